"""``python -m nlp.redaction_quality.train_words``: train the learned part of redaction.

Labels come from the marked contacts, from sentences in which nothing is personal and, as a teacher whose capitals are then taken away, from what the
rules find in the training texts that have capitals. About three minutes on two cores.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from safetensors.numpy import save_file
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from nlp.redaction.dialogue import Dialogue, prepare
from nlp.redaction.given_names import ABROAD, GIVEN, SURNAMES_ABROAD, WORD_SURNAMES
from nlp.redaction.names import name_form
from nlp.redaction.number_features import number_features
from nlp.redaction.redactor import Redactor
from nlp.redaction.secret_features import may_be_secret, secret_features
from nlp.redaction.spans import NUMERIC
from nlp.redaction.word_features import BUCKETS, features, may_be_address, may_be_name
from nlp.redaction.word_model import OF_NUMBERS, OF_WORDS, TARGETS, WEIGHTS, Target, forget_weights
from nlp.redaction.words import Word
from nlp.redaction_quality.contacts import TRAINING, Marked, read_contacts
from nlp.redaction_quality.variants import rewritten
from nlp.text import analyse
from transcripts.conversation import Conversation, Span, Turn

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "models" / "training"
REVIEWED = Path(__file__).with_name("reviewed.jsonl")
"""Personal data in models/training/contacts: what the redactor found there, without what is not personal."""
NEAR_MISSES = ROOT / "tests" / "unit" / "nlp" / "redaction" / "near_misses"
Trust = Literal["marked", "reviewed", "ruled"]
WEIGHT: Mapping[Trust, float] = {"marked": 3.0, "reviewed": 1.0, "ruled": 1.0}  # of a word
DOUBTFUL = 0.2  # of a word with a capital that the rules leave alone: it may be a name that they do not know
KEPT_NEGATIVES = 0.25  # share of the other words of texts not marked by hand, weighted up accordingly
UNHEARD_OF = 0.3  # share of the names given in training that no dictionary knows, spliced of two others
STRENGTH: dict[Target, float] = {
    "PERSON": 0.3,
    "ADDRESS": 0.3,
    "SECRET": 0.3,
    "NUMBER": 0.3,
    "BIRTH": 0.3,
    "HOUSE": 0.3,
}  # inverse of regularisation
_KINDS_OF: Mapping[Target, frozenset[str]] = {
    "NUMBER": frozenset(NUMERIC),
    "BIRTH": frozenset({"DATE_OF_BIRTH"}),
    "HOUSE": frozenset({"ADDRESS"}),
}
_SIGNS = re.compile(r"[^\w\s]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_SURNAMES = (sorted(WORD_SURNAMES), sorted(SURNAMES_ABROAD))
_GIVEN = (sorted(GIVEN), sorted(ABROAD))


@dataclass(frozen=True, slots=True)
class Sample:
    """One word: its features, what it is of, what it could be of, and its weight."""

    buckets: Sequence[int]
    kind: str | None
    targets: tuple[Target, ...]
    weight: float


def samples(contact: Marked, rng: random.Random, trust: Trust) -> Iterator[Sample]:
    """Words and numbers of a contact as it is, in lower case, and in lower case without signs."""
    forms: list[Callable[[str], str]] = [str, str.lower, lambda text: _SIGNS.sub(" ", text.lower())]
    named = trust == "marked" or any(kind == "PERSON" for _, kind in contact.spans)
    if trust == "ruled":
        del forms[0]  # with its capitals the text would only teach what the rules say
    for form in forms:
        for source in (contact, renamed(contact, rng)) if named else (contact,):
            changed = rewritten(source, lambda text, _, form=form: form(text))  # type: ignore[misc]
            dialogue = prepare(changed.conversation.turns)
            yield from _words(dialogue, changed, rng, trust)
            if trust == "marked":
                yield from _secrets(dialogue, changed)
            if trust != "ruled":
                yield from _numbers(dialogue, changed, WEIGHT[trust])


def _words(dialogue: Dialogue, contact: Marked, rng: random.Random, trust: Trust) -> Iterator[Sample]:
    for line in dialogue.lines:
        marked = [(s, kind) for s, kind in contact.spans if s.turn == line.turn]
        for index, word in enumerate(line.words):
            capital = dialogue.cased and word.capital
            targets = _targets(word, capital=capital, ruled=index in dialogue.name_seeds[line.turn])
            kind = next((k for s, k in marked if s.start < word.end and s.end > word.start), None)
            if not targets or (kind is not None and kind not in OF_WORDS):
                continue
            weight = WEIGHT[trust]
            if trust == "ruled" and kind is None and capital and not word.after_stop:
                weight *= DOUBTFUL
            if trust != "marked" and kind is None:
                if rng.random() > KEPT_NEGATIVES:
                    continue
                weight /= KEPT_NEGATIVES
            yield Sample(features(dialogue, line, index), kind, targets, weight)


def _secrets(dialogue: Dialogue, contact: Marked) -> Iterator[Sample]:
    """Words where a password may be awaited; only the marked contacts say which are."""
    for line in dialogue.lines:
        places = [s for s, kind in contact.spans if s.turn == line.turn and kind == "SECRET"]
        for index, word in enumerate(line.words):
            if may_be_secret(dialogue, line, index):
                kind = "SECRET" if any(s.start < word.end and s.end > word.start for s in places) else None
                yield Sample(secret_features(dialogue, line, index), kind, ("SECRET",), WEIGHT["marked"])


def _targets(word: Word, *, capital: bool, ruled: bool) -> tuple[Target, ...]:
    form = name_form(word)
    asked: dict[Target, bool] = {
        "PERSON": ruled or may_be_name(word, form, capital=capital),
        "ADDRESS": may_be_address(word, form, capital=capital),
    }
    return tuple(target for target in OF_WORDS if asked[target])


def _numbers(dialogue: Dialogue, contact: Marked, weight: float) -> Iterator[Sample]:
    """Numbers said or written; those of addresses and the like are somebody's, but not of these targets."""
    for run in dialogue.runs:
        kinds = [
            k for s, k in contact.spans if s.turn == run.turn and s.start < run.end and s.end > run.start
        ]
        kind = next((target for target, of in _KINDS_OF.items() if of.intersection(kinds)), None)
        targets = OF_NUMBERS if kind == "NUMBER" or not kinds else ("BIRTH", "HOUSE")
        yield Sample(number_features(dialogue, run), kind, targets, weight)


def renamed(contact: Marked, rng: random.Random) -> Marked:
    """The contact with its people's names, where in the nominative, replaced by others of all kinds."""

    def another(match: re.Match[str]) -> str:
        form = analyse(match[0].lower())
        cases = form.given | form.surname
        if cases and not any(case == "nom" for _, case in cases):
            return match[0]
        pool = rng.choice(_GIVEN if form.given else _SURNAMES)
        chosen = rng.choice(pool)
        if rng.random() < UNHEARD_OF:
            other = rng.choice(pool)
            chosen = chosen[: len(chosen) // 2 + 1] + other[len(other) // 2 :]
        return chosen if match[0].islower() else chosen.title()

    return rewritten(contact, lambda text, kind: _WORD.sub(another, text) if kind == "PERSON" else text)


def near_misses() -> Iterator[Marked]:
    """Sentences in which nothing is personal, each a contact of its own; ``?`` before those not reached yet."""
    for table in sorted(NEAR_MISSES.glob("*.txt")):
        for line in table.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                yield Marked(Conversation("", "chat", (Turn("customer", line.removeprefix("? ")),)), ())


def texts(folder: str) -> Iterator[tuple[str, list[Turn]]]:
    """The ids and turns of the training texts in a folder."""
    for path in sorted((TEXTS / folder).glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if turns := _turns(record):
                yield record["id"], turns


def reviewed() -> Iterator[Marked]:
    """Customers' contacts with what was found in them and read over (:data:`REVIEWED`)."""
    rows = map(json.loads, REVIEWED.read_text(encoding="utf-8").splitlines())
    spans = {row["id"]: row["spans"] for row in rows}
    for name, turns in texts("contacts"):
        places = tuple((Span(0, start, end), kind) for start, end, kind in sorted(spans.get(name, ())))
        yield Marked(Conversation(name, "chat", tuple(turns)), places)


def taught(redactor: Redactor) -> Iterator[Marked]:
    """Agents' turns and whole conversations with capitals, marked by the rules."""
    for folder in ("turns", "conversations"):
        for _, turns in texts(folder):
            if prepare(turns).cased:
                found = redactor.find(turns)
                spans = tuple((Span(f.turn, f.start, f.end), str(f.type)) for f in found)
                yield Marked(Conversation("", "chat", tuple(turns)), spans)


def _turns(record: dict[str, Any]) -> list[Turn]:
    rows = record.get("turns") or ([record] if "text" in record else [])
    return [Turn(row.get("speaker", "customer"), row["text"]) for row in rows]


def fitted(rows: Sequence[Sample], target: Target) -> LogisticRegression:
    """Logistic regression over hashed features, of the words that could be of ``target``."""
    asked = [row for row in rows if target in row.targets]
    model = LogisticRegression(C=STRENGTH[target], solver="liblinear", max_iter=200)
    weights = [row.weight for row in asked]
    model.fit(_matrix(asked), [row.kind == target for row in asked], sample_weight=weights)
    return model


def _matrix(rows: Sequence[Sample]) -> csr_matrix:
    ends = np.cumsum([0, *(len(row.buckets) for row in rows)])
    columns = np.concatenate([np.asarray(row.buckets, np.int32) for row in rows])
    return csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(rows), BUCKETS))


def write(models: Mapping[Target, LogisticRegression], path: Path = WEIGHTS) -> None:
    """Keep the weights."""
    stored: dict[str, Any] = {}
    for target, model in models.items():
        stored[f"{target}.weights"] = np.asarray(model.coef_[0], np.float32)
        stored[f"{target}.bias"] = np.asarray(model.intercept_, np.float32)
    save_file(stored, path)
    forget_weights()


def training_rows(contacts: Iterable[Marked], say: Callable[[str], None]) -> list[Sample]:
    """Words of the marked contacts and of the training texts."""
    rng = random.Random(7)
    lessons = [*contacts, *near_misses(), *near_misses(), *near_misses()]
    rows = [row for contact in lessons for row in samples(contact, rng, "marked")]
    say(f"słowa z oznaczonych rozmów: {len(rows)}")
    for contact in reviewed():
        rows += samples(contact, rng, "reviewed")
    say(f"z przejrzanymi kontaktami: {len(rows)}")
    for contact in taught(Redactor(learned=False)):
        rows += samples(contact, rng, "ruled")
    return rows


def main() -> int:
    """Train on everything and write the weights."""

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    rows = training_rows(read_contacts(TRAINING), say)
    write({target: fitted(rows, target) for target in TARGETS})
    counts = ", ".join(f"{target} {sum(row.kind == target for row in rows)}" for target in TARGETS)
    say(f"słów {len(rows)}, z nich {counts}: zapisano {WEIGHTS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
