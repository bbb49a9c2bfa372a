"""Which kind of answer is awaited where: the question types the number that follows it.

A cue opens an ask; the ask lives for a while of words, longer after a real request than after a mention,
and lives on as pieces of the answer, read-backs and corrections come, whoever says them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nlp.redaction.cues import Cue, Topic
from nlp.redaction.function_words import FUNCTION_WORDS
from nlp.redaction.runs import Run
from nlp.redaction.spans import PersonalType
from nlp.redaction.words import Line

NUMERIC: frozenset[str] = frozenset(
    ("PHONE", "PESEL", "ID_NUMBER", "ACCOUNT_OR_CARD", "CUSTOMER_NUMBER", "SECRET", "NUMBER")
)
_DICTATED = 5
_NEIGHBOURS = 3  # words beside a number that are looked at where nothing ends a sentence
_FEW = 3
_SHORT = 3  # digits of a number said in one go that may be anything
_RIGHT_AFTER = 2  # words from a secret's name to its value
_ENOUGH = 6  # digits said after which an answer may be whole
_WHOLE = {"PESEL": 11, "PHONE": 9}
_PATIENCE_REQUEST, _PATIENCE_MENTION, _PATIENCE_ANSWERED, _PATIENCE_WHOLE = 75, 20, 45, 18


@dataclass(slots=True)
class Ask:
    """An awaited answer: from word ``start`` of the conversation to word ``end``."""

    topic: Topic
    turn: int
    start: int
    end: int
    said: str = ""
    answered: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asks:
    """All asks and the type that each number run got, by the run's position."""

    rows: tuple[Ask, ...]
    typed: dict[int, PersonalType]

    def during(self, topic: str, position: int) -> bool:
        """Whether an answer of this kind is awaited at a word of the conversation."""
        return any(ask.topic == topic and ask.start <= position <= ask.end for ask in self.rows)

    def of(self, topic: str) -> Iterator[Ask]:
        """The asks of one kind, in order."""
        return (ask for ask in self.rows if ask.topic == topic)


def follow(lines: Sequence[Line], cues: Sequence[Cue], runs: Sequence[Run]) -> Asks:
    """Walk through the conversation and hand every number to the question it answers."""
    open_asks: list[Ask] = []
    rows: list[Ask] = []
    typed: dict[int, PersonalType] = {}
    marks = {line.first + i for line in lines for i, word in enumerate(line.words) if word.is_mark}
    events: list[tuple[int, int, Cue | Run | None]] = [(lines[c.turn].first + c.first, 0, c) for c in cues]
    events += [(run.position, 1, run) for run in runs]
    events += [(mark, 2, None) for mark in marks]
    for position, _, event in sorted(events, key=lambda e: e[:2]):
        open_asks = [ask for ask in open_asks if ask.end >= position]
        if isinstance(event, Cue):
            open_asks = _opened(open_asks, event, lines[event.turn], rows)
        elif isinstance(event, Run):
            line = lines[event.turn]
            # labels and what the system writes answer nobody's question
            asks = [a for a in open_asks if a.turn == line.turn] if line.speaker == "system" else open_asks
            ask = _answered(asks, event, line)
            if ask:
                _extend(ask, event, lines[event.turn])
                typed[event.position] = _kind(ask)
        else:
            for ask in open_asks:
                ask.end = max(ask.end, position + _PATIENCE_ANSWERED)
    typed.update(_dictated(lines, runs, rows, typed))
    return Asks(tuple(rows), typed)


def _opened(open_asks: list[Ask], cue: Cue, line: Line, rows: list[Ask]) -> list[Ask]:
    """The asks open after a cue: a new topic in a later turn ends the old ones."""
    position = line.first + cue.first
    patience = _PATIENCE_REQUEST if cue.request else _PATIENCE_MENTION
    if cue.topic == "NUMBER" and any(ask.topic in NUMERIC for ask in open_asks):
        for ask in open_asks:
            ask.end = max(ask.end, position + patience)
        return open_asks
    same = [ask for ask in open_asks if ask.turn == cue.turn or ask.topic == cue.topic]
    for ask in open_asks:
        if ask not in same and not (cue.topic in ("PERSON", "EMAIL", "ADDRESS") and ask.topic not in NUMERIC):
            ask.end = min(ask.end, position)
    if cue.topic == "NEUTRAL":
        for ask in same:
            ask.end = min(ask.end, position)
        return []
    known = next((ask for ask in same if ask.topic == cue.topic), None)
    if known:
        known.end, known.said = max(known.end, position + patience), ""
        return same
    fresh = Ask(cue.topic, cue.turn, position, position + patience)
    rows.append(fresh)
    return [*same, fresh]


def _answered(open_asks: list[Ask], run: Run, line: Line) -> Ask | None:
    """The ask that a run answers, if it looks like an answer at all."""
    asks = [ask for ask in open_asks if ask.topic in NUMERIC]
    if not asks or run.plain or run.ordinal:
        return None
    answered = any(run.turn - turn <= 3 for ask in asks for turn in ask.answered)
    short = len(run.digits) <= _SHORT and len(run.pieces) == 1
    named = [ask for ask in asks if ask.topic == "SECRET" and run.position - ask.start <= _RIGHT_AFTER]
    if named and run.written:
        return named[-1]  # "cvv 918"
    if short and not answered and not _mostly_number(run, line):
        return None
    if short and all(len(ask.said) >= _ENOUGH and run.turn - ask.answered[-1] > 1 for ask in asks):
        return None  # the number has been said: a small one later on is another thing
    if len(run.digits) == 1 and not run.written and not answered and line.spoken > 3:
        return None
    exact = [ask for ask in asks if _WHOLE.get(ask.topic) == len(run.digits)]
    waiting = [ask for ask in asks if len(ask.said) < _WHOLE.get(ask.topic, 99)]
    return (exact or [ask for ask in waiting if ask.said] or waiting or asks)[-1 if not exact else 0]


def _mostly_number(run: Run, line: Line) -> bool:
    """A sentence that says little else than this number."""
    first, last = run.first, run.last
    if all(word.text not in ".?!," for word in line.words):  # as recognised: no sentence ends to be seen
        first, last = max(0, first - _NEIGHBOURS), min(len(line.words), last + _NEIGHBOURS)
    else:
        while first > 0 and not line.words[first].after_stop:
            first -= 1
        while (word := line.at(last)) and word.text not in ".?!":
            last += 1
    inside = sum(not word.is_sign for word in line.words[run.first : run.last])
    beside = [*line.words[first : run.first], *line.words[run.last : last]]
    return sum(not w.is_sign and w.fold not in FUNCTION_WORDS for w in beside) <= max(_FEW, inside)


def _dictated(
    lines: Sequence[Line], runs: Sequence[Run], rows: Sequence[Ask], typed: dict[int, PersonalType]
) -> dict[int, PersonalType]:
    """Types for numbers that nobody was seen to ask for, but that several turns in a row spell out."""
    found: dict[int, PersonalType] = {}
    group: list[Run] = []
    spelled = [r for r in runs if not r.plain and not r.ordinal and _mostly_number(r, lines[r.turn])]
    for run in [*spelled, None]:
        if group and (run is None or run.turn - group[-1].turn > 3):
            found.update(_dictation(group, rows, typed))
            group = []
        if run is not None:
            group.append(run)
    return found


def _dictation(
    group: list[Run], rows: Sequence[Ask], typed: dict[int, PersonalType]
) -> dict[int, PersonalType]:
    """The type of a dictated group: that of its typed parts, of the last question, or by its length."""
    digits = "".join(run.digits for run in group)
    loose = [run for run in group if run.position not in typed]
    if not loose or len(digits) < _DICTATED or len({run.turn for run in group}) < 2:
        return {}
    kinds = [typed[run.position] for run in group if run.position in typed]
    asked = [row for row in rows if row.topic in NUMERIC and row.start <= group[0].position]
    recent = asked[-1] if asked and group[0].position - asked[-1].start < 2 * _PATIENCE_REQUEST else None
    if not kinds and recent is None and len(digits) < _WHOLE["PHONE"]:
        return {}
    kind = kinds[0] if kinds else _kind(recent) if recent else "CUSTOMER_NUMBER"
    return {run.position: kind for run in loose}


def _extend(ask: Ask, run: Run, line: Line) -> None:
    ask.said += run.digits
    ask.answered.append(run.turn)
    whole = len(ask.said) >= _WHOLE.get(ask.topic, 99)
    ask.end = max(
        ask.end if not whole else 0,
        line.first + run.last + (_PATIENCE_WHOLE if whole else _PATIENCE_ANSWERED),
    )


def _kind(ask: Ask) -> PersonalType:
    """The type of an ask; a bare "numer" is told by its length."""
    if ask.topic == "NUMBER":
        return {11: "PESEL", 9: "PHONE"}.get(len(ask.said), "CUSTOMER_NUMBER")  # type: ignore[return-value]
    return ask.topic  # type: ignore[return-value]
