"""Labelled examples for training and evaluation, read from JSON lines; split by writer."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nlp.redaction import Redactor
from nlp.windows import Document
from transcripts.conversation import Conversation, Turn
from transcripts.tags import SENTIMENTS

SPLITS = ("train", "dev", "test")


class ExampleError(ValueError):
    """A training record that cannot be used; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Example:
    """One document with whatever labels it has; None means "not labelled", not "absent".

    ``turn_sentiment``, ``behaviours`` and ``unsure`` are keyed by the turn's index in the conversation;
    ``unsure`` holds behaviours on which two readers differ, neither taught nor counted.
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
    halves: tuple[str | None, str | None] | None = None
    turn_sentiment: Mapping[int, str] = field(default_factory=dict)
    behaviours: Mapping[int, frozenset[str]] = field(default_factory=dict)
    unsure: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All turns joined, as the baseline reads them."""
        return "\n".join(self.document.texts)

    @property
    def conversation(self) -> Conversation:
        """A conversation with the same turn indices; turns of the other side are empty system turns."""
        texts = dict(zip(self.document.turns, self.document.texts, strict=True))
        turns = tuple(
            Turn(self.document.side, texts[i]) if i in texts else Turn("system", "")
            for i in range(max(self.document.turns) + 1)
        )
        return Conversation(self.id, "chat", turns)

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


def redacted(examples: Iterable[Example]) -> dict[str, Example]:
    """By id, the examples in which the redactor finds something, as the tagger meets them in a run."""
    redactor = Redactor()
    found = {}
    for example in examples:
        turns = redactor.redact(example.conversation).conversation.turns
        other = example.with_texts(turns[i].text for i in example.document.turns)
        if other.document != example.document:
            found[example.id] = other
    return found


def by_split(examples: Iterable[Example], splits: Mapping[str, list[str]]) -> dict[str, list[Example]]:
    """Examples by split. A writer listed nowhere goes to ``train``: a user's own data."""
    side = {writer: name for name in SPLITS for writer in splits.get(name, [])}
    parts: dict[str, list[Example]] = {name: [] for name in SPLITS}
    for example in examples:
        parts[side.get(example.writer, "train")].append(example)
    return parts


def read_sentiment_reviews(
    path: Path, writer: str, reasons: Mapping[str, Mapping[str, Any]] | None = None
) -> list[Example]:
    """PolEmo 2.0 style JSON lines with ``text`` and ``label`` (``ambivalent`` is our ``mixed``).

    Args:
        reasons: our raters' contact reasons for some of the reviews, as :func:`read_review_reasons` gives them.
    """
    found = []
    for number, record in _records(path):
        label = {"ambivalent": "mixed"}.get(record["label"], record["label"])
        document = Document("customer", (0,), (record["text"],))
        rated = (reasons or {}).get(text_key(record["text"]))
        found.append(
            Example(
                f"{writer}-{number}",
                writer,
                "review",
                "clean",
                document,
                frozenset(rated["reasons"]) if rated else None,
                rated["primary"] if rated else None,
                sentiment=label,
                turn_sentiment={0: label},
            )
        )
    return found


def read_review_reasons(folder: Path) -> dict[str, Mapping[str, Any]]:
    """``reviews/*.jsonl``: contact reasons of reviews that are not ours to store, by :func:`text_key`."""
    paths = sorted((folder / "reviews").glob("*.jsonl"))
    return {str(record["text_sha256"]): record for path in paths for _, record in _records(path)}


def text_key(text: str) -> str:
    """The first twelve hex digits of the text's SHA-256: enough to find it again, nothing of what it says."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def read_own(path: Path, codes: Container[str]) -> list[Example]:
    """A user's labelled export: JSON lines, or CSV with a header, one customer's contact a record.

    Fields: ``text`` and ``reasons`` (a list, or codes separated by commas or semicolons, the primary one
    first); optional ``sentiment``, ``channel``, ``id`` and ``writer``. Without a writer the file stands
    for one, which goes to training.

    Raises:
        ExampleError: a record that cannot be used; the message names file, line and remedy.
    """
    rows = _table(path) if path.suffix.lower() == ".csv" else _records(path)
    return [_own(record, path, number, codes) for number, record in rows]


def _table(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            delimiter = max(",;\t", key=lines.readline().count)
            lines.seek(0)
            yield from enumerate(csv.DictReader(lines, delimiter=delimiter), 2)
    except UnicodeDecodeError as error:
        raise ExampleError(f"{path.name}: to nie jest UTF-8; zapisz plik jako CSV UTF-8.") from error


def _own(record: Mapping[str, Any], path: Path, number: int, codes: Container[str]) -> Example:
    where = f"{path.name}, wiersz {number}"
    text, given = record.get("text"), record.get("reasons") or record.get("primary")
    if not isinstance(text, str) or not text.strip() or not given:
        raise ExampleError(f"{where}: brak pola `text` lub `reasons`; uzupełnij je albo usuń wiersz.")
    reasons = [r.strip() for r in (re.split("[,;]", given) if isinstance(given, str) else given) if r]
    unknown = [reason for reason in reasons if reason not in codes]
    sentiment = record.get("sentiment") or None
    if unknown:
        raise ExampleError(f"{where}: nieznany powód `{unknown[0]}`; użyj kodów z taksonomii.")
    if sentiment not in (None, *SENTIMENTS):
        raise ExampleError(f"{where}: nieznany nastrój `{sentiment}`; dozwolone: {', '.join(SENTIMENTS)}.")
    return Example(
        str(record.get("id") or f"{path.stem}-{number}"),
        str(record.get("writer") or path.stem),
        str(record.get("channel") or "chat"),
        "clean",
        Document("customer", (0,), (text,)),
        frozenset(reasons),
        record.get("primary") or reasons[0],
        sentiment,
        turn_sentiment={0: sentiment} if sentiment else {},
    )


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
            turn_sentiment={0: record["sentiment"]} if record["sentiment"] else {},
        )
    ]


def _turn(record: dict[str, Any]) -> list[Example]:
    document = Document("agent", (0,), (record["text"],))
    behaviours = {0: frozenset(record["behaviours"])}
    unsure = {0: frozenset(record["unsure"])} if record.get("unsure") else {}
    common = (record["id"], record["writer"], "chat", "clean")
    return [Example(*common, document, behaviours=behaviours, unsure=unsure)]


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
                frozenset(labels["reasons"]) if "reasons" in labels else None,
                labels.get("primary"),
                labels["sentiment"]["overall"],
                (labels["sentiment"].get("start"), labels["sentiment"].get("end")),
                {i: turns[i]["sentiment"] for i in customer if turns[i]["sentiment"]},
            )
        )
    if agent:
        document = Document("agent", tuple(agent), tuple(turns[i]["text"] for i in agent))
        behaviours = {i: frozenset(turns[i]["behaviours"]) for i in agent}
        unsure = {i: frozenset(turns[i]["unsure"]) for i in agent if turns[i].get("unsure")}
        found = Example(record["id"] + "/agent", *common, document, behaviours=behaviours, unsure=unsure)
        examples.append(found)
    return examples
