"""A real but tiny tagger, trained in seconds: a two-layer encoder with a vocabulary of whole words."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import BertConfig, BertModel

from nlp.training.course import Recipe
from nlp.training.train import Order, train

CONTACTS = [
    ("gdzie jest moja paczka", "delivery.where_is_order", "neutral"),
    ("paczka zginęła skandal", "delivery.lost", "negative"),
    ("czajnik przestał grzać porażka", "complaint.defect", "negative"),
    ("dziękuję wszystko super polecam", "feedback.praise", "positive"),
]
TURNS = [
    ("dzień dobry w czym mogę pomóc", ["greeting", "offer_of_help"]),
    ("przykro mi przepraszam", ["empathy"]),
    ("do widzenia", ["farewell"]),
    ("mhm", []),
]


def write_examples(folder: Path, copies: int = 12) -> Path:
    """Contacts and turns of three writers, one for each split."""
    for writer in ("a", "b", "c"):
        contacts = [
            {"id": f"{writer}{n}-{i}", "writer": writer, "channel": "chat", "quality": "clean", "text": text}
            | {"reasons": [reason], "primary": reason, "sentiment": felt}
            for n in range(copies)
            for i, (text, reason, felt) in enumerate(CONTACTS)
        ]
        turns = [
            {"id": f"t{writer}{n}-{i}", "writer": writer, "text": text, "behaviours": codes}
            for n in range(copies)
            for i, (text, codes) in enumerate(TURNS)
        ]
        for kind, rows in (("contacts", contacts), ("turns", turns)):
            (folder / kind).mkdir(parents=True, exist_ok=True)
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (folder / kind / f"{writer}.jsonl").write_text(lines, encoding="utf-8")
    splits = {"train": ["a"], "dev": ["b"], "test": ["c"]}
    (folder / "splits.json").write_text(json.dumps(splits), encoding="utf-8")
    return folder


def write_base(folder: Path) -> Path:
    """A base encoder with a tokenizer, as ``BertModel`` saves it."""
    texts = [text for text, *_ in CONTACTS] + [text for text, _ in TURNS]
    words = sorted({word for text in texts for word in text.split()})
    vocabulary = {word: i for i, word in enumerate(["<unk>", "<pad>", "<s>", "</s>", *words])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48}
    config = BertConfig(vocab_size=len(vocabulary), pad_token_id=1, max_position_embeddings=512, **shape)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch on one thread: those of models this small spend their time waiting for each other.

    Measured on two busy cores: 5 seconds of processor time for the training below, and 79 with two threads.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def single_threaded() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_examples(tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="session")
def artefact_folder(tmp_path_factory: pytest.TempPathFactory, examples: Path) -> Path:
    base = write_base(tmp_path_factory.mktemp("base"))
    recipe = Recipe(epochs=12, batch_tokens=256, encoder_rate=2e-3, head_rate=2e-2)
    order = Order(
        examples,
        tmp_path_factory.mktemp("tagger") / "tiny",
        str(base),
        name="tiny",
        version="1",
        recipe=recipe,
    )
    with one_thread():  # made before the fixture of the test that asks first
        return train(order, lambda _: None, lambda *_: None)
