"""Zgodność z zasadami sklepu: every period that the agent states, against the terms of the policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scorecards.checks.facts import (
    FROM_THE_QUESTION,
    MARKS_A_PERIOD,
    NEAR_WORDS,
    PERHAPS_A_REFUND,
    RIGHT,
    RIGHT_BY_THE_MATTER,
    SHORT_REPLY,
    SILENT,
    TOPICS,
    WRONG_WORKING,
    as_a_right,
    asked_about,
    between,
    clause_about_answer,
    clause_of,
    set_aside,
)
from scorecards.checks.registry import check
from scorecards.durations import Duration, durations
from scorecards.evaluation import Finding
from scorecards.matching import Lexicon, Token
from scorecards.policy import Policy, Term, standard_policy
from scorecards.view import View
from transcripts.conversation import Span

WEEK_IN_WORKING_DAYS = 7 / 5
DAY_APART = 0.51
_RULES = {"exactly": "dokładnie", "at_most": "najwyżej", "at_least": "co najmniej"}


@dataclass(frozen=True, slots=True)
class _Stated:
    term: Term
    period: Duration
    evidence: Span
    certainty: float

    @property
    def contradicts(self) -> bool:
        stated, agreed = (
            _calendar_days(self.period.days, self.period.working),
            _calendar_days(self.term.days, self.term.working),
        )
        if self.term.rule == "at_most":
            return stated > agreed + DAY_APART
        if self.term.rule == "at_least":
            return stated < agreed - DAY_APART
        return abs(stated - agreed) > DAY_APART or self.period.working != self.term.working


def _calendar_days(days: float, working: bool) -> float:
    return days * WEEK_IN_WORKING_DAYS if working else days


@check("stated_terms_right")
def stated_terms_right(view: View, *, policy: Policy | None = None) -> Finding:
    """Every stated period agrees with the policy's term that it is about; other periods are not judged."""
    terms = {term.id: term for term in (policy or standard_policy()).terms}
    stated = [one for turn in view.agent_turns for one in _stated(view, turn, terms)]
    if not stated:
        return Finding("na", SILENT, (), "Nie podano żadnego terminu, o którym mówią zasady.")
    wrong = [one for one in stated if one.contradicts]
    if wrong:
        worst = max(wrong, key=lambda one: one.certainty)
        term = worst.term
        days = f"{term.days:g}".replace(".", ",") + (" dni roboczych" if term.working else " dni")
        reason = (
            f"Podany termin ({term.name}) jest inny niż w zasadach, gdzie wynosi {_RULES[term.rule]} {days}."
        )
        return Finding("fail", worst.certainty, (worst.evidence,), reason)
    confidence = min(RIGHT if one.certainty <= PERHAPS_A_REFUND else one.certainty for one in stated)
    evidence = tuple(one.evidence for one in stated)
    return Finding("pass", confidence, evidence, "Podane terminy zgadzają się z zasadami.")


def _stated(view: View, turn: int, terms: dict[str, Term]) -> Iterator[_Stated]:
    words = view.words[turn]
    found = [period for period in durations(words) if not set_aside(view, turn, words, period)]
    for period in found:
        place = Span(turn, words[period.first].start, words[period.last].end)
        topic, certainty = _topic(view, turn, words, period, found, terms)
        if topic not in terms or _waited(view, place) or (topic == "refund" and not _pays_back(view, turn)):
            continue
        sure = (
            min(certainty, WRONG_WORKING) if period.working and terms[topic].rule == "exactly" else certainty
        )
        if topic == "withdrawal" and certainty != FROM_THE_QUESTION and not as_a_right(view, turn):
            sure = PERHAPS_A_REFUND
        yield _Stated(terms[topic], period, place, sure)


def _pays_back(view: View, turn: int) -> bool:
    """Money comes back to the customer: a word of money alone may be about paying."""
    return bool(view.said("agent", "refund_paid", (turn,)))


def _waited(view: View, place: Span) -> bool:
    """How long somebody waits already, or may put off paying: no term."""
    return any(
        span.turn == place.turn and span.start <= place.end and place.start <= span.end
        for spans in view.said("agent", "waited_for", (place.turn,))
        for span in spans
    )


def _topic(
    view: View,
    turn: int,
    words: Sequence[Token],
    period: Duration,
    periods: Sequence[Duration],
    terms: dict[str, Term],
) -> tuple[str, float]:
    """What a period is about: a cue in its clause, the shop's own terms first; then one nearby; then the question."""
    clauses = [clause_of(view, turn, words, index) for index in range(len(words))]
    own = clauses[period.first]
    cues = list(_cues(view, turn, words, terms))
    others = [other for other in periods if other is not period]
    order = [*(topic for topic in terms if topic not in TOPICS), *TOPICS]
    in_clause = [(topic, index) for topic, index in cues if clauses[index] == own]
    nearest = {topic for topic, index in in_clause if not between(others, index, period.first)}
    for topic in order:
        if topic in (nearest or {topic for topic, _ in in_clause}):
            return topic, RIGHT
    if clause_about_answer(view, turn, words, own):
        return "complaint_answer", RIGHT_BY_THE_MATTER
    near = [
        (abs(index - period.first), order.index(topic), topic)
        for topic, index in cues
        if abs(index - period.first) <= NEAR_WORDS and not between(others, index, period.first)
    ]
    if near and any(word.norm in MARKS_A_PERIOD for word in words[max(0, period.first - 3) : period.first]):
        return min(near)[2], RIGHT - 0.05
    return (asked_about(view, turn) or "" if len(words) <= SHORT_REPLY else ""), FROM_THE_QUESTION


def _cues(view: View, turn: int, words: Sequence[Token], terms: dict[str, Term]) -> Iterator[tuple[str, int]]:
    starts = {word.start: index for index, word in enumerate(words)}
    found = [(topic, view.said("agent", f"about_{topic}", (turn,))) for topic in TOPICS]
    found += [
        (term.id, view.find(_lexicon(term.about), "own", (turn,))) for term in terms.values() if term.about
    ]
    for topic, places in found:
        for spans in places:
            if spans[0].start in starts:
                yield topic, starts[spans[0].start]


@lru_cache(maxsize=256)
def _lexicon(about: tuple[str, ...]) -> Lexicon:
    return Lexicon({"own": about})
