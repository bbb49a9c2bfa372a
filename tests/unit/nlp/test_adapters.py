"""Adapters: what is taught on top of an encoder, kept as a file of its own."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import BertConfig, BertModel

from models.manifest import MANIFEST
from models.store import ARTEFACTS
from nlp.adapters import added, attach, detach, joined
from nlp.artefact import ADAPTER, ENCODER, load
from nlp.training.course import Recipe
from nlp.training.target import SHIPPED, version_of
from nlp.training.train import Order, train

IDS = torch.tensor([[1, 2, 3, 4]])


@pytest.fixture
def encoder() -> BertModel:
    torch.manual_seed(0)
    shape = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 12}
    return BertModel(BertConfig(vocab_size=9, **shape), add_pooling_layer=False).eval()


def taught(encoder: BertModel, rank: int) -> None:
    """An adapter that says something, as after training."""
    attach(encoder, rank)
    with torch.no_grad():
        for name, parameter in encoder.named_parameters():
            if name.endswith(".up"):
                parameter.normal_()


def said(encoder: BertModel) -> torch.Tensor:
    with torch.no_grad():
        states: torch.Tensor = encoder(input_ids=IDS).last_hidden_state
    return states


def test_a_new_adapter_says_nothing_and_only_adapters_learn(encoder: BertModel) -> None:
    before = said(encoder)
    attach(encoder, 2)
    assert torch.equal(said(encoder), before)
    learning = {name for name, parameter in encoder.named_parameters() if parameter.requires_grad}
    assert len(learning) == 2 * 2 * 6  # down and up of six matrices in two layers
    assert all(".parametrizations.weight.0." in name for name in learning)


def test_folded_in_it_says_the_same_and_the_encoder_has_its_old_form(encoder: BertModel) -> None:
    names = list(encoder.state_dict())
    before = said(encoder)
    taught(encoder, 2)
    with_it = said(encoder)
    assert not torch.allclose(with_it, before, atol=1e-2)
    adapter = detach(encoder)
    assert torch.allclose(said(encoder), with_it, atol=1e-5)
    assert sorted(encoder.state_dict()) == sorted(names)
    assert all(tensor.dtype == torch.float16 for tensor in adapter.values())


def test_two_adapters_joined_add_what_both_add(encoder: BertModel) -> None:
    begun = {name: value.clone() for name, value in encoder.state_dict().items()}
    taught(encoder, 2)
    first = detach(encoder)
    taught(encoder, 3)
    both = joined(first, detach(encoder))
    for name, more in added(both):
        assert torch.allclose(begun[name] + more, encoder.state_dict()[name], atol=2e-2), name
    assert len(list(added(both))) == 12
    assert joined(first, {}) == joined({}, first) == first


def test_an_adapter_lies_beside_the_encoder_it_was_taught_on(
    artefact_folder: Path, examples: Path, tmp_path: Path
) -> None:
    base = json.loads((artefact_folder / "manifest.json").read_text(encoding="utf-8"))["base"]
    copy = shutil.copytree(artefact_folder, tmp_path / "start")
    ranks = []
    for rank, epochs in ((2, 1), (3, 1), (0, 0)):  # one on the start, one on top of it, and heads alone
        recipe = Recipe(epochs=epochs, adapter_rank=rank, batch_tokens=256, encoder_rate=2e-3)
        order = Order(examples, copy, base, start=str(copy), recipe=recipe, overwrite=True)
        before = load(str(copy)).network.encoder.state_dict()
        train(order, lambda _: None, lambda *_: None)
        after = load(str(copy)).network.encoder.state_dict()
        assert (copy / ENCODER).read_bytes() == (artefact_folder / ENCODER).read_bytes()
        same = {
            torch.equal(after[name], before[name]) for name in after if "attention.self.query.weight" in name
        }
        assert same == {not epochs}
        ranks.append({tensor.shape[0] for name, tensor in adapter_of(copy).items() if name.endswith(".down")})
    assert ranks == [{2}, {5}, {5}]
    full = Order(examples, copy, base, start=str(copy), recipe=Recipe(epochs=1), overwrite=True)
    train(full, lambda _: None, lambda *_: None)
    assert not (copy / ADAPTER).exists()
    assert (copy / ENCODER).read_bytes() != (artefact_folder / ENCODER).read_bytes()


def test_on_a_base_alone_the_adapter_is_all_that_differs(
    artefact_folder: Path, examples: Path, tmp_path: Path
) -> None:
    base = json.loads((artefact_folder / "manifest.json").read_text(encoding="utf-8"))["base"]
    order = Order(examples, tmp_path / "new", base, recipe=Recipe(epochs=1, adapter_rank=2, batch_tokens=256))
    train(order, lambda _: None, lambda *_: None)
    assert (tmp_path / "new" / ENCODER).stat().st_size < 100
    assert adapter_of(tmp_path / "new")


def test_heads_solved_once_more_on_the_shipped_tagger_keep_its_version_and_more_adapters_do_not() -> None:
    shipped = json.loads((ARTEFACTS / SHIPPED / MANIFEST).read_text(encoding="utf-8"))
    training = shipped["training"] | {"start": f"{shipped['name']}@{shipped['version']}"}
    again = shipped | {"training": training | {"recipe": shipped["training"]["recipe"] | {"epochs": 0}}}
    assert version_of(again, "any") == shipped["version"]
    further = shipped | {"training": training | {"recipe": shipped["training"]["recipe"] | {"epochs": 1}}}
    assert version_of(further, "any").startswith("own-")


def adapter_of(folder: Path) -> dict[str, torch.Tensor]:
    return dict(load_file(folder / ADAPTER))
