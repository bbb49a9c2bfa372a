"""Labelled examples for training and evaluation, read from JSON lines; split by writer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nlp.windows import Document

SPLITS = ("train", "dev", "test")


class ExampleError(ValueError):
    """A training record that cannot be used; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Example:
    """One document with whatever labels it has; None means "not labelled", not "absent".

    ``turn_sentiment`` and ``behaviours`` are keyed by the turn's index in the document.
    ``halves`` are the customer's sentiment at start and end of a whole conversation.
    """

    id: str
    writer: str
    channel: str
    quality: str
    document: Document
    reasons: frozenset[str] | None = None
    primary: str | None = None
    sentiment: str | None = None
    halves: tuple[str, str] | None = None
    turn_sentiment: Mapping[int, str] = field(default_factory=dict)
    behaviours: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All turns joined, as the baseline reads them."""
        return "\n".join(self.document.texts)

    def with_texts(self, texts: Iterable[str]) -> Example:
        """The same labels on altered texts."""
        return replace(self, document=replace(self.document, texts=tuple(texts)))


def read_folder(folder: Path) -> list[Example]:
    """All examples below ``folder``: ``contacts/``, ``conversations/`` and ``turns/``, in file order."""
    readers = {"contacts": _contact, "conversations": _conversation, "turns": _turn}
    found: list[Example] = []
    for kind, reader in readers.items():
        for path in sorted((folder / kind).glob("*.jsonl")):
            for number, record in _records(path):
                try:
                    found += reader(record)
                except (KeyError, TypeError, IndexError) as error:
                    raise ExampleError(
                        f"{path.name}, wiersz {number}: brak pola lub zły typ ({error}); popraw rekord treningowy."
                    ) from error
    if not found:
        raise ExampleError(f"W folderze {folder.name} nie ma przykładów: oczekiwano contacts/*.jsonl.")
    return found


def by_split(examples: Iterable[Example], splits: Mapping[str, list[str]]) -> dict[str, list[Example]]:
    """Examples by split. A writer listed nowhere goes to ``train``: a user's own data."""
    side = {writer: name for name in SPLITS for writer in splits.get(name, [])}
    parts: dict[str, list[Example]] = {name: [] for name in SPLITS}
    for example in examples:
        parts[side.get(example.writer, "train")].append(example)
    return parts


def read_sentiment_reviews(path: Path, writer: str) -> list[Example]:
    """PolEmo 2.0 style JSON lines with ``text`` and ``label`` (``ambivalent`` is our ``mixed``)."""
    found = []
    for number, record in _records(path):
        label = {"ambivalent": "mixed"}.get(record["label"], record["label"])
        document = Document("customer", (0,), (record["text"],))
        found.append(
            Example(
                f"{writer}-{number}",
                writer,
                "review",
                "clean",
                document,
                sentiment=label,
                turn_sentiment={0: label},
            )
        )
    return found


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except json.JSONDecodeError as error:
                    raise ExampleError(f"{path.name}, wiersz {number}: niepoprawny JSON.") from error


def _contact(record: dict[str, Any]) -> list[Example]:
    return [
        Example(
            record["id"],
            record["writer"],
            record["channel"],
            record["quality"],
            Document("customer", (0,), (record["text"],)),
            frozenset(record["reasons"]),
            record["primary"],
            record["sentiment"],
            turn_sentiment={0: record["sentiment"]},
        )
    ]


def _turn(record: dict[str, Any]) -> list[Example]:
    document = Document("agent", (0,), (record["text"],))
    behaviours = {0: frozenset(record["behaviours"])}
    return [Example(record["id"], record["writer"], "chat", "clean", document, behaviours=behaviours)]


def _conversation(record: dict[str, Any]) -> list[Example]:
    labels, turns = record["labels"], record["turns"]
    common = (labels["writer"], record["channel"], labels["quality"])
    customer = [i for i, t in enumerate(turns) if t["speaker"] == "customer"]
    agent = [i for i, t in enumerate(turns) if t["speaker"] == "agent"]
    examples = []
    if customer:
        document = Document("customer", tuple(customer), tuple(turns[i]["text"] for i in customer))
        examples.append(
            Example(
                record["id"],
                *common,
                document,
                frozenset(labels["reasons"]),
                labels["primary"],
                labels["sentiment"]["overall"],
                (labels["sentiment"]["start"], labels["sentiment"]["end"]),
                {i: turns[i]["sentiment"] for i in customer},
            )
        )
    if agent:
        document = Document("agent", tuple(agent), tuple(turns[i]["text"] for i in agent))
        behaviours = {i: frozenset(turns[i]["behaviours"]) for i in agent}
        examples.append(Example(record["id"] + "/agent", *common, document, behaviours=behaviours))
    return examples
