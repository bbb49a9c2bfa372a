"""Which encoders a tagger may stand on: those that are loaded whole; all others are refused in one sentence."""

import json
import re
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.trainers import BpeTrainer
from transformers import (
    BertConfig,
    BertModel,
    CamembertConfig,
    CamembertModel,
    DistilBertConfig,
    DistilBertModel,
    RobertaConfig,
    RobertaModel,
    XLMRobertaConfig,
    XLMRobertaModel,
)

from models.manifest import ModelError
from nlp.artefact import ArtefactError, base_encoder, load
from nlp.network import ContactNetwork, collate
from nlp.taxonomy import load_behaviours, load_contact_reasons
from nlp.training.course import Recipe
from nlp.training.fit import Labels
from nlp.training.train import Order, train
from nlp.windows import Document, Windower
from tests.unit.nlp.conftest import write_base

SHAPE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48}
ROBERTAS = [
    (RobertaConfig, RobertaModel),
    (XLMRobertaConfig, XLMRobertaModel),
    (CamembertConfig, CamembertModel),
]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return write_base(tmp_path / "base")


def other_kind(base: Path, config: object, model: object, positions: int = 330) -> dict[str, torch.Tensor]:
    """The weights of another kind in place of those of ``base``."""
    words = Tokenizer.from_file(str(base / "tokenizer.json")).get_vocab_size()
    made = model(config(vocab_size=words, pad_token_id=1, max_position_embeddings=positions, **SHAPE))  # type: ignore[operator]
    made.save_pretrained(base)
    return dict(made.state_dict())


@pytest.mark.parametrize(("config", "model"), ROBERTAS)
def test_kinds_like_bert_are_loaded_whole_and_can_be_trained(
    base: Path, config: object, model: object, examples: Path, tmp_path: Path
) -> None:
    weights = other_kind(base, config, model)
    encoder, tokenizer, padding = base_encoder(str(base))
    state = encoder.state_dict()
    assert state
    assert all(torch.equal(value, weights[name]) for name, value in state.items())
    (windows,) = Windower(tokenizer)([Document("customer", (0,), ("paczka " * 900,))])
    labels = Labels(load_contact_reasons().codes, load_behaviours().codes)
    network = ContactNetwork(encoder, labels.sizes)
    assert network.hidden(collate(windows, padding)).isfinite().all()
    if model is XLMRobertaModel:
        order = Order(examples, tmp_path / "out", str(base), recipe=Recipe(epochs=1))
        assert load(str(train(order, lambda _: None, lambda *_: None))).base == str(base)


def test_another_kind_is_refused_with_those_that_work(base: Path) -> None:
    words = Tokenizer.from_file(str(base / "tokenizer.json")).get_vocab_size()
    shape = {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 48}
    DistilBertModel(DistilBertConfig(vocab_size=words, **shape)).save_pretrained(base)
    with pytest.raises(
        ModelError, match=r"rodzaj distilbert.*działają rodzaje bert, roberta, xlm-roberta, cam"
    ):
        base_encoder(str(base))


def test_an_encoder_without_some_of_its_weights_is_refused(base: Path) -> None:
    weights = load_file(base / "model.safetensors")
    kept = {name: value for name, value in weights.items() if "layer.1." not in name}
    save_file(kept, base / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match=f"niekompletny: brakuje {len(weights) - len(kept)} tensorów"):
        base_encoder(str(base))


def test_weights_of_another_shape_are_refused(base: Path) -> None:
    settings = json.loads((base / "config.json").read_text())
    (base / "config.json").write_text(json.dumps(settings | {"hidden_size": 64}))
    with pytest.raises(ModelError, match=r"nie pasują do config\.json"):
        base_encoder(str(base))


def test_damaged_files_are_refused(base: Path, tmp_path: Path) -> None:
    for name, complaint in (
        ("model.safetensors", "Wag kodera .* brakuje lub nie pasują"),
        ("tokenizer.json", "nie ma działającego tokenizera"),
        ("config.json", "nie ma poprawnego pliku config.json"),
    ):
        copy = shutil.copytree(base, tmp_path / name)
        (copy / name).write_text("[")
        with pytest.raises(ModelError, match=complaint):
            base_encoder(str(copy))


def test_a_folder_without_tokenizer_is_refused(base: Path) -> None:
    (base / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match=r"nie ma działającego tokenizera: dodaj plik tokenizer\.json"):
        base_encoder(str(base))


def test_a_vocabulary_of_the_older_form_is_read(base: Path) -> None:
    (base / "tokenizer.json").unlink()
    trained = Tokenizer(BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    trained.pre_tokenizer = Whitespace()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trained.train_from_iterator(
        ["gdzie jest paczka"] * 3,
        BpeTrainer(vocab_size=60, special_tokens=special, end_of_word_suffix="</w>"),
    )
    trained.model.save(str(base))
    (base / "tokenizer_config.json").write_text('{"tokenizer_class": "HerbertTokenizer"}')
    BertModel(BertConfig(vocab_size=80, pad_token_id=1, **SHAPE)).save_pretrained(base)
    _, tokenizer, _ = base_encoder(str(base))
    (windows,) = Windower(tokenizer)([Document("customer", (0,), ("gdzie paczka",))])
    assert tokenizer.token_to_id("<unk>") not in windows[0].ids[1:-1]
    assert windows[0].ids[-1] == tokenizer.token_to_id("</s>")


def test_a_tokenizer_with_more_words_than_the_encoder_is_refused(base: Path) -> None:
    BertModel(BertConfig(vocab_size=5, pad_token_id=1, **SHAPE)).save_pretrained(base)
    with pytest.raises(ModelError, match="zna więcej słów niż koder"):
        base_encoder(str(base))


def test_an_encoder_that_reads_less_than_a_window_is_refused(base: Path) -> None:
    other_kind(base, XLMRobertaConfig, XLMRobertaModel, positions=321)
    with pytest.raises(ModelError, match="czyta za krótkie teksty"):
        base_encoder(str(base))


def test_a_tagger_is_no_base_and_a_base_no_tagger(
    base: Path, artefact_folder: Path, examples: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=f"{re.escape(str(artefact_folder))} to tagger.*--start-from"):
        base_encoder(str(artefact_folder))
    with pytest.raises(ModelError, match="contact-tagger to tagger"):
        base_encoder("contact-tagger")
    said: list[str] = []
    order = Order(examples, tmp_path / "out", str(base), start=str(base))
    with pytest.raises(ArtefactError, match="nie jest taggerem: podaj tagger"):
        train(order, said.append, lambda *_: None)
    assert not [line for line in said if "Etap" in line]


def test_a_start_on_an_encoder_of_another_shape_is_refused(
    base: Path, artefact_folder: Path, examples: Path, tmp_path: Path
) -> None:
    shape = SHAPE | {"hidden_size": 16}
    BertModel(BertConfig(vocab_size=80, pad_token_id=1, **shape)).save_pretrained(base)
    order = Order(examples, tmp_path / "out", str(base), start=str(artefact_folder))
    with pytest.raises(ArtefactError, match="stoi na innym koderze: podaj --base"):
        train(order, lambda _: None, lambda *_: None)
