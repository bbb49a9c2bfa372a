"""Finds texts and fields that name an emotion, and decides whose it is: of a customer it is allowed, of an agent never."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

FEELS = re.compile(
    r"\b(?:nastr[oó]j\w*|emocj\w*|sentyment\w*|uczu(?:cie|cia|ć|ciach|ciami|ciom)|odczuwa\w*|wydźwięk\w*|humor\w*|gniew\w*|złoś[cć]\w*"
    r"|(?:z|pod)?denerwow\w*|zdenerwuj\w*|nerwow\w*|(?:z|po)?irytow\w*|irytacj\w*|rozzłoszcz\w*|wściek\w*|smut\w*|(?:z|za)nudz\w*"
    r"|zniechęc\w*|(?:ze)?stres\w*|(?:s)?frustr\w*|(?:nie)?szczęśliw\w*|(?:nie)?zadowol\w*|(?:roz)?rado\w*|przestrasz\w*|lęk\w*"
    r"|zmęcz\w*|z[łl](?:y|a|e)\b(?=[ ,.]*(?:na|i|$))|entuzja\w*|wypaleni\w*|morale"
    r"|moods?|emotion\w*|sentiments?|feelings?|feels?|felt|angr[yi]\w*|anger|annoyed|irritat\w*|upset|sad|sadness|bored\w*"
    r"|stress\w*|frustrat\w*|happ(?:y|iness)|unhapp\w*|(?:dis)?satisf\w*|tired\w*|nervous\w*|enthusias\w*|burnout)\b",
    re.I,
)
AGENT = re.compile(
    r"\b(?:konsultant\w*|agent\w*|pracowni\w+|doradc\w+|operator\w*|agents?|advis[eo]rs?|employees?|workers?|staff)\b",
    re.I,
)
CUSTOMER = re.compile(r"\b(?:klien\w+|kupując\w+|dzwoniąc\w+|customers?|buyers?|callers?|contacts?)\b", re.I)
_SENTENCE = re.compile(r"[^.!?;:\n→]+")
_FIELD_WORDS = {
    "mood", "moods", "emotion", "emotions", "emotional", "sentiment", "sentiments", "feeling", "feelings", "felt", "anger",
    "angry", "stress", "stressed", "happiness", "frustration", "nastroj", "emocje", "upset", "boredom", "morale", "tone",
    "enthusiasm", "burnout",
}  # fmt: skip


class Named(NamedTuple):
    """An emotion that a text or a field names at a place, and whose: ``agent``, ``customer`` or ``nobody``."""

    place: str
    words: str
    bearer: str


def in_text(place: str, text: str) -> Iterator[Named]:
    """The emotions that the sentences of a text name."""
    for sentence in _SENTENCE.findall(re.sub(r"(?<!\n)\n[ \t]*(?=\S)", " ", text)):
        for match in FEELS.finditer(sentence):
            yield Named(place, " ".join(sentence.split()), _bearer(sentence, match))


def _bearer(sentence: str, emotion: re.Match[str]) -> str:
    """Who is named in the clause of the emotion; else who was named last before it; else who is named next."""
    people = sorted(
        (person.start(), person.end(), who)
        for who, pattern in (("agent", AGENT), ("customer", CUSTOMER))
        for person in pattern.finditer(sentence)
    )
    begin, end = (
        sentence.rfind(",", 0, emotion.start()) + 1,
        sentence.find(",", emotion.end()) % (len(sentence) + 1),
    )
    inside = [(_apart(emotion, *place), who) for *place, who in people if begin <= place[0] < end]
    before = [who for _, last, who in people if last <= emotion.start()]
    if inside:
        return min(inside)[1]
    return before[-1] if before else people[0][2] if people else "nobody"


def _apart(emotion: re.Match[str], start: int, end: int) -> int:
    return start - emotion.end() if start >= emotion.end() else emotion.start() - end


def in_field(place: str, name: str) -> Iterator[Named]:
    """The emotion that a field's name names, and whose by the same name or by that of its place."""
    words = set(re.findall(r"[a-z]+", re.sub(r"([A-Z])", r"_\1", name).lower()))
    if words & _FIELD_WORDS:
        whole = set(re.findall(r"[a-z]+", f"{place} {name}".lower()))
        agents = whole & {
            "agent",
            "agents",
            "employee",
            "staff",
            "worker",
            "consultant",
            "behaviour",
            "behaviours",
            "criteria",
            "evaluation",
        }
        yield Named(
            place, name, "agent" if agents else "customer" if whole & {"customer", "customers"} else "nobody"
        )


def faults(found: Iterable[Named], customers: dict[str, str]) -> list[str]:
    """What is wrong: an agent's emotion anywhere, and one whose bearer nobody has settled in ``customers``."""
    return [
        f"{one.place}: „{one.words}” ({one.bearer})"
        for one in found
        if one.bearer == "agent"
        or (
            one.bearer == "nobody"
            and one.words not in customers
            and f"{one.place}.{one.words}" not in customers
        )
    ]
