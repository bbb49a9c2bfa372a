"""Labelled examples for training and evaluation, read from JSON lines; split by writer."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from nlp.redaction import Redactor
from nlp.taxonomy import load_behaviours, load_contact_reasons
from nlp.training import shares
from nlp.training.records import ExampleError as ExampleError
from nlp.training.records import quoted, read_rows, records
from nlp.windows import Document
from transcripts.conversation import Conversation, Turn
from transcripts.tags import SENTIMENTS

SPLITS = shares.SPLITS
LABELS = {"ambivalent": "mixed"}  # PolEmo's word and ours
Say = Callable[[str], None]
Unit = Literal["writer", "text"]


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


def read_folder(folder: Path, say: Say = lambda _: None) -> list[Example]:
    """All examples below ``folder``: ``contacts/``, ``conversations/`` and ``turns/``, in file order.

    Where there are none of these, files as :func:`read_own` takes them, which lie in the folder itself.

    Raises:
        ExampleError: no examples, or a record that cannot be used; the message names file, line and remedy.
    """
    readers = {"contacts": _contact, "conversations": _conversation, "turns": _turn}
    found: list[Example] = []
    for kind, reader in readers.items():
        for path in sorted((folder / kind).glob("*.jsonl")):
            for number, record in records(path):
                found += _read(reader, record, f"{path.name}, wiersz {number}")
    found = found or _loose(folder, say)
    if not found:
        raise ExampleError(
            f"W folderze {folder.name} nie ma przykładów: oczekiwano contacts/*.jsonl albo plików CSV lub JSON lines "
            "z polami text i reasons."
        )
    return found


def _read(
    reader: Callable[[dict[str, Any]], list[Example]], record: dict[str, Any], where: str
) -> list[Example]:
    try:
        found = reader(record)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ExampleError(f"{where}: brak pola lub zły typ ({error}); popraw rekord treningowy.") from error
    return [checked(example, where) for example in found]


def _loose(folder: Path, say: Say) -> list[Example]:
    """A user's exports in place of the folders. Who wrote a text that names no writer is not known."""
    paths = sorted(path for form in ("*.csv", "*.jsonl") for path in folder.glob(form))
    writer = None if (folder / shares.FILE).exists() else ""
    codes = load_contact_reasons().codes
    return [example for path in paths for example in read_own(path, codes, say, writer)]


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(load_contact_reasons().codes), frozenset(load_behaviours().codes)


def checked(example: Example, where: str) -> Example:
    """The example, if all its labels are known ones and its main reason is among its reasons.

    Raises:
        ExampleError: it is not so; the message begins with ``where``.
    """
    reasons, behaviours = _known()
    said = [*(example.reasons or ()), *_given(example.primary)]
    acts = [code for codes in (*example.behaviours.values(), *example.unsure.values()) for code in codes]
    halves = [half for half in example.halves or () if half]
    felt = [*_given(example.sentiment), *halves, *example.turn_sentiment.values()]
    _all_in(said, reasons, "nieznany powód", where)
    _all_in(acts, behaviours, "nieznane zachowanie", where)
    _all_in(felt, SENTIMENTS, "nieznany nastrój", where)
    if example.primary and example.reasons is not None and example.primary not in example.reasons:
        raise ExampleError(f"{where}: `primary` nie jest wśród `reasons`; dopisz go tam albo popraw.")
    if not all(isinstance(text, str) for text in example.document.texts):
        raise ExampleError(f"{where}: `text` nie jest tekstem; popraw rekord treningowy.")
    return example


def _given(label: str | None) -> list[str]:
    return [] if label is None else [label]


def _all_in(values: Iterable[object], known: Collection[str], unknown: str, where: str) -> None:
    remedy = f"dozwolone: {', '.join(known)}" if known is SENTIMENTS else "użyj kodów z taksonomii"
    for value in values:
        if not isinstance(value, str) or value not in known:
            raise ExampleError(f"{where}: {unknown} {quoted(value)}; {remedy}.")


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
    """Examples by split. A writer listed nowhere goes to ``train``; without any list a hash decides."""
    found = list(examples)
    parts: dict[str, list[Example]] = {name: [] for name in SPLITS}
    if splits:
        side = {writer: name for name in SPLITS for writer in splits.get(name, [])}
        for example in found:
            parts[side.get(example.writer, "train")].append(example)
        return parts
    unit, side = shared_out(found)
    for example in found:
        parts[side[_unit(example, unit)]].append(example)
    return parts


def shared_out(examples: Iterable[Example]) -> tuple[Unit, dict[str, str]]:
    """What was shared out without ``splits.json``, writers or texts, and the part of each of them.

    Writers, if there are enough, so that nobody is on both sides; else texts, the same text always on one side.
    """
    found = list(examples)
    writers = {example.writer for example in found if example.writer}
    ways: tuple[Unit, ...] = ("writer", "text") if len(writers) >= shares.LEAST_WRITERS else ("text",)
    last: tuple[Unit, dict[str, str]] = ("text", {})
    for unit in ways:
        contacts = Counter({_unit(example, unit): 0 for example in found})
        contacts.update(_unit(example, unit) for example in found if is_contact(example))
        for way in (shares.hashed, shares.dealt):
            last = unit, way(contacts)
            if shares.enough(last[1], contacts):
                return last
    return last


def is_contact(example: Example) -> bool:
    """Whether it says why somebody got in touch, in words."""
    return bool(example.primary and example.reasons and example.text.strip())


def _unit(example: Example, unit: Unit) -> str:
    return (example.writer if unit == "writer" else "") or example.text


def read_sentiment_reviews(
    path: Path, writer: str, reasons: Mapping[str, Mapping[str, Any]] | None = None
) -> list[Example]:
    """PolEmo 2.0 style JSON lines with ``text`` and ``label`` (``ambivalent`` is our ``mixed``).

    Args:
        reasons: our raters' contact reasons for some of the reviews, as :func:`read_review_reasons` gives them.

    Raises:
        ExampleError: a record that cannot be used; the message names file, line and remedy.
    """
    return [_review(record, path, number, writer, reasons or {}) for number, record in read_rows(path)]


def _review(
    record: Mapping[str, Any], path: Path, number: int, writer: str, reasons: Mapping[str, Mapping[str, Any]]
) -> Example:
    where = f"{path.name}, wiersz {number}"
    text, given = record.get("text"), record.get("label")
    if not isinstance(text, str) or not text.strip() or not isinstance(given, str):
        raise ExampleError(f"{where}: brak pola `text` lub `label`; uzupełnij je albo usuń wiersz.")
    label = LABELS.get(given, given)
    if label not in SENTIMENTS:
        allowed = ", ".join((*SENTIMENTS, *LABELS))
        raise ExampleError(f"{where}: nieznana etykieta `label` {quoted(given)}; dozwolone: {allowed}.")
    rated = reasons.get(text_key(text))
    return Example(
        f"{writer}-{number}",
        writer,
        "review",
        "clean",
        Document("customer", (0,), (text,)),
        frozenset(rated["reasons"]) if rated else None,
        rated["primary"] if rated else None,
        sentiment=label,
        turn_sentiment={0: label},
    )


def read_review_reasons(folder: Path) -> dict[str, Mapping[str, Any]]:
    """``reviews/*.jsonl``: contact reasons of reviews that are not ours to store, by :func:`text_key`."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted((folder / "reviews").glob("*.jsonl")):
        for number, record in records(path):
            _read(_rated, record, f"{path.name}, wiersz {number}")
            found[str(record["text_sha256"])] = record
    return found


def _rated(record: dict[str, Any]) -> list[Example]:
    """What raters say of a review whose text lies elsewhere, as an example of nothing."""
    document = Document("customer", (0,), ("",))
    common = (record["text_sha256"], "", "review", "clean", document)
    return [Example(*common, _codes(record["reasons"]), record["primary"])]


def text_key(text: str) -> str:
    """The first twelve hex digits of the text's SHA-256: enough to find it again, nothing of what it says."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def read_own(
    path: Path, codes: Container[str], say: Say = lambda _: None, writer: str | None = None
) -> list[Example]:
    """A user's labelled export: JSON lines, or CSV with a header, one customer's contact a record.

    Fields: ``text`` and ``reasons`` (a list, or codes separated by commas or semicolons, the primary one
    first); optional ``primary``, ``sentiment``, ``channel``, ``id`` and ``writer``. Without a writer the file
    stands for one, which goes to training. A ``primary`` that ``reasons`` lacks is added to them, and said.

    Args:
        writer: who stands for those that are not named, instead of the file.

    Raises:
        ExampleError: a record that cannot be used; the message names file, line and remedy.
    """
    unnamed = path.stem if writer is None else writer
    found, added = [], 0
    for number, record in read_rows(path):
        example = _own(record, f"{path.name}, wiersz {number}", codes, f"{path.stem}-{number}", unnamed)
        reasons = example.reasons or frozenset()
        added += example.primary not in reasons
        found.append(replace(example, reasons=reasons | {str(example.primary)}))
    if added:
        say(
            f"{path.name}: główny powód (`primary`) dopisano do `reasons` w tylu wierszach, gdzie go nie było: {added}."
        )
    return found


def _own(record: Mapping[str, Any], where: str, codes: Container[str], name: str, writer: str) -> Example:
    text, given = record.get("text"), record.get("reasons") or record.get("primary")
    if not isinstance(text, str) or not text.strip() or not given:
        raise ExampleError(f"{where}: brak pola `text` lub `reasons`; uzupełnij je albo usuń wiersz.")
    reasons = _listed(given, where)
    primary = record.get("primary") or reasons[0]
    sentiment = record.get("sentiment") or None
    for reason in [*reasons, primary]:
        if not isinstance(reason, str) or reason not in codes:
            raise ExampleError(f"{where}: nieznany powód {quoted(reason)}; użyj kodów z taksonomii.")
    if sentiment not in (None, *SENTIMENTS):
        raise ExampleError(
            f"{where}: nieznany nastrój {quoted(sentiment)}; dozwolone: {', '.join(SENTIMENTS)}."
        )
    return Example(
        str(record.get("id") or name),
        str(record.get("writer") or writer),
        str(record.get("channel") or "chat"),
        "clean",
        Document("customer", (0,), (text,)),
        frozenset(reasons),
        primary,
        sentiment,
        turn_sentiment={0: sentiment} if sentiment else {},
    )


def _listed(given: object, where: str) -> list[str]:
    """Codes of a list, or of a text with commas or semicolons between them."""
    values = re.split("[,;]", given) if isinstance(given, str) else given
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ExampleError(f'{where}: `reasons` nie jest listą kodów; podaj np. ["delivery.delayed"].')
    codes = [value.strip() for value in values if value.strip()]
    if not codes:
        raise ExampleError(f"{where}: brak pola `text` lub `reasons`; uzupełnij je albo usuń wiersz.")
    return codes


def _codes(given: object) -> frozenset[str]:
    if not isinstance(given, list) or not all(isinstance(code, str) for code in given):
        raise TypeError("oczekiwano listy kodów")
    return frozenset(given)


def _contact(record: dict[str, Any]) -> list[Example]:
    return [
        Example(
            record["id"],
            str(record["writer"]),
            record["channel"],
            record["quality"],
            Document("customer", (0,), (record["text"],)),
            _codes(record["reasons"]),
            record["primary"],
            record["sentiment"],
            turn_sentiment={0: record["sentiment"]} if record["sentiment"] else {},
        )
    ]


def _turn(record: dict[str, Any]) -> list[Example]:
    document = Document("agent", (0,), (record["text"],))
    behaviours = {0: _codes(record["behaviours"])}
    unsure = {0: _codes(record["unsure"])} if record.get("unsure") else {}
    common = (record["id"], str(record["writer"]), "chat", "clean")
    return [Example(*common, document, behaviours=behaviours, unsure=unsure)]


def _conversation(record: dict[str, Any]) -> list[Example]:
    labels, turns = record["labels"], record["turns"]
    common = (str(labels["writer"]), record["channel"], labels["quality"])
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
                _codes(labels["reasons"]) if "reasons" in labels else None,
                labels.get("primary"),
                labels["sentiment"]["overall"],
                (labels["sentiment"].get("start"), labels["sentiment"].get("end")),
                {i: turns[i]["sentiment"] for i in customer if turns[i]["sentiment"]},
            )
        )
    if agent:
        document = Document("agent", tuple(agent), tuple(turns[i]["text"] for i in agent))
        behaviours = {i: _codes(turns[i]["behaviours"]) for i in agent}
        unsure = {i: _codes(turns[i]["unsure"]) for i in agent if turns[i].get("unsure")}
        found = Example(record["id"] + "/agent", *common, document, behaviours=behaviours, unsure=unsure)
        examples.append(found)
    return examples
