"""What a linear model sees of a number that may be somebody's: its shape, what was asked for, the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from zlib import crc32

from nlp.redaction.function_words import FUNCTION_WORDS
from nlp.redaction.number_words import MONTHS, UNITS
from nlp.redaction.word_features import BUCKETS, neighbour, role_of, traits
from nlp.redaction.words import Line, Word

if TYPE_CHECKING:
    from nlp.redaction.dialogue import Dialogue
    from nlp.redaction.runs import Run

_REACH = 3  # words looked at on each side
_AROUND = re.compile(r"[\w/#.:*+()-]*")
_LONGEST_SHAPE = 14
_STEPS = (0, 1, 2, 3, 5, 8, 13, 21, 40)
_PIECES = 4
_ENDS = frozenset(["00", "99", "90", "50"])
_NEAR = 2  # turns before and after in which pieces of one number are looked for
_TELLING = 4  # digits that are hardly the same by chance
_TOPICS = (
    "PHONE",
    "PESEL",
    "ID_NUMBER",
    "ACCOUNT_OR_CARD",
    "CUSTOMER_NUMBER",
    "SECRET",
    "NUMBER",
    "ADDRESS",
    "DATE_OF_BIRTH",
)


def number_features(dialogue: Dialogue, run: Run) -> list[int]:
    """Buckets of the features of a number, each once."""
    return sorted({crc32(name.encode()) % BUCKETS for name in _names(dialogue, run)})


def _names(dialogue: Dialogue, run: Run) -> Iterator[str]:
    line = dialogue.lines[run.turn]
    kind = dialogue.asks.typed.get(run.position, "-")
    size = f"{'w' if run.written else 's'}{min(len(run.digits), 12)}{'P' if run.plain else ''}{'O' if run.ordinal else ''}"
    shape = f"{size}/{min(len(run.pieces), 5)}"
    left = [neighbour(line, run.first - i) for i in range(1, _REACH + 1)]
    right = [neighbour(line, run.last + i) for i in range(_REACH)]
    alone = step(_content(line, run))
    yield f"kind={kind}"
    for trait in (
        shape,
        f"alone={alone}",
        f"l={left[0]}",
        f"r={right[0]}",
        f"of={_class(line.at(run.last))}",
        *_cue(dialogue, run),
    ):
        yield trait
        yield f"{kind}|{trait}"
        yield f"{size}|{trait}"
    written = _written(line, run)
    yield f"written={written}"
    yield f"written={written}|{kind}"
    for i in range(_REACH):
        yield f"l{i}={left[i]}"
        yield f"r{i}={right[i]}"
    yield f"l01={left[1]} {left[0]}"
    yield f"l012={left[2]} {left[1]} {left[0]}"
    yield f"r01={right[0]} {right[1]}"
    yield f"lr={left[0]} {right[0]}"
    roles = [role_of(line, index) for index in (run.first - 2, run.first - 1, run.last, run.last + 1)]
    before = "".join(traits(dialogue, line, run.first - 1))
    yield f"roles={roles[0]}{roles[1]}|{size}"
    yield f"roles={roles[1]}{roles[2]}|{size}"
    yield f"roles={roles[2]}{roles[3]}|{size}"
    yield f"before={before}|{'w' if run.written else 's'}{min(len(run.digits), 4)}"
    yield f"before={before}|l1={left[1]}"
    yield f"before={before}|r={right[0]}"
    yield f"{kind}|{shape}|alone={alone}"
    yield f"{line.speaker}|{kind}|{size}"
    runs = dialogue.runs_of(run.turn)
    yield f"runs={step(len(runs))}|place={step(runs.index(run))}|{size}"
    yield f"beside={any(other.position in dialogue.asks.typed for other in runs if other != run)}|{kind}|{size}"
    again = _said_again(dialogue, run)
    yield f"again={again}"
    yield f"again={again}|{size}"
    for trait in (*_amount_like(run), *_around(dialogue, run)):
        yield trait
        yield f"{kind}|{trait}"
        yield f"{size[:1]}{alone}|{trait}"
    for topic in _TOPICS:
        if dialogue.asks.during(topic, run.position):
            yield f"awaited={topic}"
            yield f"awaited={topic}|{shape}"


def step(count: int) -> int:
    """A count, roughly."""
    return max(step for step in _STEPS if step <= count)


def _content(line: Line, run: Run) -> int:
    """How many words of content the turn holds beside the number."""
    beside = (*line.words[: run.first], *line.words[run.last :])
    return sum(not word.is_sign and word.fold not in FUNCTION_WORDS for word in beside)


def _class(word: Word | None) -> str:
    """What kind of word follows."""
    if word is None:
        return "end"
    if word.is_sign or word.is_mark:
        return word.text[0]
    if word.fold in UNITS:
        return "unit"
    if word.fold in MONTHS:
        return "month"
    if word.fold in FUNCTION_WORDS:
        return "small"
    return "+".join(sorted(word.form.parts)) or ("unknown" if word.form.unknown else "name")


def _cue(dialogue: Dialogue, run: Run) -> Iterator[str]:
    """The last words before the number that name a kind of personal data, and how far away they are."""
    before = [cue for cue in dialogue.cues if dialogue.lines[cue.turn].first + cue.last <= run.position]
    if not before:
        yield "cue=none"
        return
    cue = before[-1]
    away = step(run.position - dialogue.lines[cue.turn].first - cue.last)
    near = f"{min(run.turn - cue.turn, 3)}/{away}"
    yield f"cue={cue.topic}|{near}"
    yield f"cue at {near}|{cue.request}"


def _written(line: Line, run: Run) -> str:
    """The number with the signs and letters it is glued to, figures as 0, letters as a and A."""
    end = line.words[run.last - 1].end
    start = run.start
    while start > 0 and _AROUND.fullmatch(line.text[start - 1]):
        start -= 1
    if after := _AROUND.match(line.text, end):
        end = after.end()
    text = re.sub(
        r"[a-zżźćńółęąś]+", "a", re.sub(r"[A-ZŻŹĆŃÓŁĘĄŚ]", "A", re.sub(r"\d", "0", line.text[start:end]))
    )
    return text[:_LONGEST_SHAPE]


def _amount_like(run: Run) -> Iterator[str]:
    """How the number is grouped and how it ends: amounts are said in one breath and are round or end like prices."""
    yield f"grouped={''.join(str(min(len(piece.digits), 4)) for piece in run.pieces[:_PIECES])}"
    yield f"end={run.digits[-2:] if run.digits[-2:] in _ENDS else '-'}{any(piece.multiplied for piece in run.pieces)}"


def _around(dialogue: Dialogue, run: Run) -> Iterator[str]:
    """What the turns around say: how the other side's turn before ends, and how many digits they dictate with this one."""
    line = dialogue.lines[run.turn]
    before = next((o for o in reversed(dialogue.lines[: run.turn]) if o.speaker != line.speaker), None)
    said = [word.fold for word in before.words if not word.is_sign] if before else []
    yield f"said before={' '.join(said[-2:])}"
    yield f"short before={step(len(said))}{bool(before and '?' in before.text)}"
    near = [r for r in dialogue.runs if abs(r.turn - run.turn) <= _NEAR and not r.plain]
    yield f"digits around={step(sum(len(r.digits) for r in near))}"
    yield f"turns of digits={len({r.turn for r in near})}"


def _said_again(dialogue: Dialogue, run: Run) -> bool:
    """Whether another turn holds the same digits, as when a number is read back."""
    if len(run.digits) < _TELLING:
        return False
    return any(
        other.turn != run.turn
        and len(other.digits) >= _TELLING
        and (run.digits in other.digits or other.digits in run.digits)
        for other in dialogue.runs
    )
