"""What a customer asks, which kind of answer that needs, and whether a reply gives one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scorecards.durations import durations
from scorecards.matching import Token
from scorecards.phrases import card_words
from scorecards.view import View
from transcripts.conversation import Span

_SENTENCE = re.compile(r"[^.!?…\n]+(?:\.(?=\d)[^.!?…\n]+)*[.!?…]*")
SHORTEST = 2
STEM = 5
SHORTEST_CONTENT = 4
KINDS = ("when", "how_much", "where", "why", "who", "how", "which", "yes_no")
_CLOCK = re.compile(r"\b\d{1,2}[.:]\d{2}\b|\b\d{1,2}\.\d{1,2}(?:\.\d{2,4})?\b")


@dataclass(frozen=True, slots=True)
class Question:
    """A question at ``span``; ``kind`` is one of ``KINDS``, ``topic`` the stems of its content words."""

    kind: str
    span: Span
    topic: frozenset[str]


def sentences(view: View, turn: int) -> Iterator[tuple[Span, list[Token]]]:
    """The sentences of a turn with their words."""
    for match in _SENTENCE.finditer(view.turns[turn].text):
        inside = [w for w in view.words[turn] if match.start() <= w.start < match.end()]
        if inside:
            yield Span(turn, inside[0].start, match.end()), inside


def questions(view: View, turn: int, speaker: str = "customer") -> Iterator[Question]:
    """The questions of a turn: with their mark, or begun as questions are where marks are missing."""
    for span, words in sentences(view, turn):
        marked = view.turns[turn].text[: span.end].endswith("?")
        kind = _kind(view, speaker, span, words, marked)
        if kind is not None and len(words) >= SHORTEST:
            yield Question(kind, span, content(words))


def _kind(view: View, speaker: str, span: Span, words: Sequence[Token], marked: bool) -> str | None:
    places = {
        kind: [s for spans in view.said(speaker, f"asks_{kind}", (span.turn,)) for s in spans if _in(s, span)]
        for kind in KINDS
    }
    asked = [kind for kind in KINDS if places[kind]]
    first = next((w.start for w in words if w.norm not in card_words("before_questions")), -1)
    begins = [kind for kind in asked if any(s.start == first for s in places[kind])]
    wonders = any(_in(s, span) for spans in view.said(speaker, "wonders", (span.turn,)) for s in spans)
    if marked:
        return (begins or asked or ["yes_no"])[0]
    if wonders and asked:
        return asked[0]
    told = view.turns[span.turn].text[: span.end].endswith(".")  # "Da się." tells
    return next((kind for kind in begins if not (told and kind == "yes_no")), None)


def _in(inner: Span, outer: Span) -> bool:
    return inner.turn == outer.turn and outer.start <= inner.start < outer.end


def content(words: Sequence[Token]) -> frozenset[str]:
    """Beginnings of the words that carry meaning."""
    return frozenset(
        word.norm[:STEM]
        for word in words
        if len(word.norm) >= SHORTEST_CONTENT
        and word.norm not in card_words("no_content")
        and word.norm[0] != "["
    )


def gives(view: View, kind: str, turn: int, speaker: str = "agent") -> bool:
    """Whether a turn has what an answer of this kind is made of."""
    words, text = view.words[turn], view.turns[turn].text
    if kind == "when":
        said = view.said(speaker, "gives_when", (turn,))
        return bool(said or _CLOCK.search(text) or next(durations(words), None))
    if kind == "how_much":
        return any(char.isdigit() for char in text) or bool(view.said(speaker, "gives_how_much", (turn,)))
    return bool(view.said(speaker, f"gives_{kind}", (turn,)))
