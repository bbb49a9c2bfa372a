"""Zgodność z zasadami: a stated period contradicts the policy of the shop or the law."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scorecards.checks.registry import check
from scorecards.durations import Duration, durations
from scorecards.evaluation import Finding
from scorecards.matching import Token
from scorecards.view import View
from transcripts.conversation import Span

NEAR_WORDS = 14
SHORT_REPLY = 8
RIGHT, RIGHT_BY_THE_MATTER, WRONG_WORKING, FROM_THE_QUESTION, SILENT = 0.88, 0.81, 0.82, 0.75, 0.85
PERHAPS_A_REFUND = 0.6
MARKS_A_PERIOD = (
    "w", "ciagu", "do", "na", "za", "termin", "terminie", "ma", "mamy", "masz", "czas", "to", "jest", "sa", "przez",
    "najdalej", "najpozniej",
)  # fmt: skip
_CLAUSE = re.compile(r"[.!?;,\n…]| - | – ")
TOPICS = ("refund", "other_period", "complaint_answer", "withdrawal")


@dataclass(frozen=True, slots=True)
class Stated:
    """A period that the agent states for ``topic``: ``withdrawal`` or ``complaint_answer``."""

    topic: str
    period: Duration
    evidence: Span
    certainty: float


@check("stated_deadline_right", version=2)
def stated_deadline_right(view: View, *, withdrawal_days: int = 14, complaint_days: int = 14) -> Finding:
    """Stated periods agree with the policy: withdrawal exactly, the answer to a complaint no later.

    Periods for refunds, delivery, guarantee and the like are not judged, nor what is left of a period.
    """
    stated = [one for turn in view.agent_turns for one in _stated(view, turn)]
    if not stated:
        return Finding("na", SILENT, (), "Nie podano terminu na zwrot ani na odpowiedź na reklamację.")
    policy = {"withdrawal": withdrawal_days, "complaint_answer": complaint_days}
    wrong = [one for one in stated if _contradicts(one, policy[one.topic])]
    stated = [
        one if one.certainty > PERHAPS_A_REFUND else dataclasses.replace(one, certainty=RIGHT)
        for one in stated
    ]
    if wrong:
        worst = max(wrong, key=lambda one: one.certainty)
        what = "na odstąpienie od umowy" if worst.topic == "withdrawal" else "na odpowiedź na reklamację"
        return Finding(
            "fail", worst.certainty, (worst.evidence,), f"Podany termin {what} jest inny niż w zasadach."
        )
    evidence = tuple(one.evidence for one in stated)
    return Finding(
        "pass", min(one.certainty for one in stated), evidence, "Podany termin zgadza się z zasadami."
    )


def _contradicts(stated: Stated, days: int) -> bool:
    if stated.topic == "complaint_answer":
        return stated.period.days > days or (stated.period.working and stated.period.days >= days)
    return round(stated.period.days) != days or stated.period.working


def _stated(view: View, turn: int) -> Iterator[Stated]:
    words = view.words[turn]
    found = [period for period in durations(words) if not set_aside(view, turn, words, period)]
    for period in found:
        topic, certainty = _topic(view, turn, words, period, found)
        if topic in ("withdrawal", "complaint_answer"):
            sure = min(certainty, WRONG_WORKING) if period.working else certainty
            if topic == "withdrawal" and certainty != FROM_THE_QUESTION and not as_a_right(view, turn):
                sure = PERHAPS_A_REFUND
            yield Stated(topic, period, Span(turn, words[period.first].start, words[period.last].end), sure)


def as_a_right(view: View, turn: int) -> bool:
    """The customer's right to send back is meant: a bare "zwrot" may be the money coming back."""
    return bool(view.said("agent", "right_to_withdraw", (turn,)))


def set_aside(view: View, turn: int, words: Sequence[Token], period: Duration) -> bool:
    """What is left, what has passed, what is denied, and how long something already takes: no statement."""
    start, end = words[period.first].start, words[period.last].end
    if ". " in view.turns[turn].text[start:end]:  # "1. Godziny otwarcia"
        return True
    for spans in (*view.said("agent", "not_a_period", (turn,)), *view.said("agent", "not_so", (turn,))):
        if any(s.turn == turn and s.start <= end and start <= s.end for s in spans):
            return True
    return False


def _topic(
    view: View, turn: int, words: Sequence[Token], period: Duration, all_periods: Sequence[Duration]
) -> tuple[str | None, float]:
    """The nearest cue, in the same clause first; the customer's question where the reply has none."""
    places = [(index, clause_of(view, turn, words, index)) for index in range(len(words))]
    own = places[period.first][1]
    cues = list(_cues(view, turn, words))
    in_clause = {topic for topic, index in cues if places[index][1] == own}
    for topic in TOPICS:
        if topic in in_clause:
            return topic, RIGHT
    if clause_about_answer(view, turn, words, own):
        return "complaint_answer", RIGHT_BY_THE_MATTER
    others = [p for p in all_periods if p is not period]
    near = [
        (abs(index - period.first), topic)
        for topic, index in cues
        if abs(index - period.first) <= NEAR_WORDS and not between(others, index, period.first)
    ]
    marked = any(word.norm in MARKS_A_PERIOD for word in words[max(0, period.first - 3) : period.first])
    if near and marked:
        return min(near)[1], RIGHT - 0.05
    asked = asked_about(view, turn) if len(words) <= SHORT_REPLY else None
    return asked, FROM_THE_QUESTION


def clause_about_answer(view: View, turn: int, words: Sequence[Token], clause: int) -> bool:
    """ "Odpowiemy w ciągu 14 dni" where the conversation is about a complaint."""
    if not (view.said("agent", "complaint_talk") or view.said("customer", "complaint_talk")):
        return False
    places = {s[0].start for s in view.said("agent", "about_answer", (turn,))}
    return any(
        word.start in places and clause_of(view, turn, words, index) == clause
        for index, word in enumerate(words)
    )


def between(others: Sequence[Duration], cue: int, place: int) -> bool:
    """Another period stands nearer to the cue."""
    return any(min(cue, place) < other.first < max(cue, place) for other in others)


def clause_of(view: View, turn: int, words: Sequence[Token], index: int) -> int:
    """The number of clause ends before a word."""
    return len(_CLAUSE.findall(view.turns[turn].text[: words[index].start]))


def _cues(view: View, turn: int, words: Sequence[Token]) -> Iterator[tuple[str, int]]:
    starts = {word.start: index for index, word in enumerate(words)}
    for topic in TOPICS:
        for spans in view.said("agent", f"about_{topic}", (turn,)):
            if spans[0].start in starts:
                yield topic, starts[spans[0].start]


def asked_about(view: View, turn: int) -> str | None:
    """The period that the customer asked for just before."""
    before = [t for t in view.customer_turns if turn - 2 <= t < turn]
    for topic in TOPICS:
        if view.said("customer", f"about_{topic}", before[-1:]):
            return topic
    return None
