"""Czas odpowiedzi: how long customers wait for an answer in writing, by the times of the messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.service_hours import ServiceHours
from scorecards.view import View

MEASURED = 0.97
SHORT_THANKS = 6
STALLED, SURELY_WAITING = 0.82, 0.7
_UNTIMED = "Brakuje godzin wiadomości, więc czas odpowiedzi sprawdza człowiek."
_LIVE = "Rozmowa odbywa się na żywo, więc nie mierzy się czasu odpowiedzi."
_WRONG_HOURS = "Godziny pracy w karcie są niemożliwe, więc czas odpowiedzi sprawdza człowiek."


class OpenHours(Protocol):
    """Time that counts for an answer."""

    @property
    def possible(self) -> bool:
        """Whether there is any."""

    def between(self, start: datetime, end: datetime) -> float:
        """Hours that count from ``start`` to ``end``."""


@dataclass(frozen=True, slots=True)
class Wait:
    """From the customer's first unanswered message to the answer; ``hours`` is None where times are missing."""

    asked: int
    answered: int
    hours: float | None


@check("response_time", asks_for_act=False)
def response_time(
    view: View, *, hours: float = 2.0, days_a_week: int = 7, opens: float = 0.0, closes: float = 24.0
) -> Finding:
    """The first answer comes within ``hours``; see ``service_hours`` for the working time.

    An answer that says of itself that it is automatic is no answer.
    """
    return first_answer(view, ServiceHours(days_a_week, opens, closes), hours)


def first_answer(view: View, service: OpenHours, hours: float) -> Finding:
    """Whether the first answer comes within so many open hours."""
    refused = _cannot_measure(view, service)
    if refused:
        return refused
    first = next(_waits(view, service), None)
    if first is None:
        return _never_answered(view)
    if first.hours is None:
        return Finding("review", 0.0, (view.whole(first.asked),), _UNTIMED)
    return _held_against(view, first, hours, "Pierwsza odpowiedź")


@check("later_response_time", asks_for_act=False)
def later_response_time(
    view: View, *, hours: float = 24.0, days_a_week: int = 7, opens: float = 0.0, closes: float = 24.0
) -> Finding:
    """Every answer after the first comes within ``hours``; thanks need no answer."""
    return later_answers(view, ServiceHours(days_a_week, opens, closes), hours)


def later_answers(view: View, service: OpenHours, hours: float) -> Finding:
    """Whether every answer after the first comes within so many open hours."""
    refused = _cannot_measure(view, service)
    if refused:
        return refused
    waits = list(_waits(view, service))
    later = waits[1:]
    timed = [wait for wait in later if wait.hours is not None]
    worst = max(timed, key=lambda wait: wait.hours or 0.0, default=None)
    if worst is not None and (worst.hours or 0.0) > hours:
        return _held_against(view, worst, hours, "Kolejna odpowiedź")
    open_question = _left_open(view)
    if open_question is not None and waits:
        reason = "Ostatnia wiadomość klienta jest bez odpowiedzi, więc sprawdza człowiek."
        return Finding("review", 0.0, (view.whole(open_question),), reason)
    if len(timed) < len(later):
        return Finding("review", 0.0, (view.whole(later[0].asked),), _UNTIMED)
    stalled = _asked_to_wait(view)
    if stalled is not None and waits:
        reason = "Konsultant prosi o chwilę i już się nie odzywa."
        return Finding("fail", STALLED, (view.whole(stalled),), reason)
    if worst is None:
        return Finding("na", 0.95, (), "Po pierwszej odpowiedzi klient o nic więcej nie pisze.")
    return _held_against(view, worst, hours, "Kolejna odpowiedź")


def _cannot_measure(view: View, service: OpenHours) -> Finding | None:
    if view.conversation.channel == "phone":
        return Finding("na", 0.95, (), _LIVE)
    if not service.possible:
        return Finding("review", 0.0, (), _WRONG_HOURS)
    return None


def _never_answered(view: View) -> Finding:
    """The agent never speaks after the customer: they wrote first, or an automatic answer is the only one."""
    if any(_automatic(view, turn) for turn in view.agent_turns):
        reason = "Klient dostał tylko odpowiedź automatyczną."
        return Finding("fail", 0.8, tuple(view.whole(turn) for turn in view.agent_turns[:1]), reason)
    return Finding("na", 0.9, (), "Po wiadomości klienta nie ma odpowiedzi, którą można zmierzyć.")


def _held_against(view: View, wait: Wait, limit: float, what: str) -> Finding:
    spans = (view.whole(wait.asked), view.whole(wait.answered))
    if wait.hours is not None and wait.hours <= limit:
        return Finding("pass", MEASURED, spans, f"{what} mieści się w terminie.")
    return Finding("fail", MEASURED, spans, f"{what} przychodzi po terminie.")


def _waits(view: View, service: OpenHours) -> Iterator[Wait]:
    """All waits in order; thanks after the first answer need no other."""
    asked: int | None = None
    answered = False
    for index, turn in enumerate(view.turns):
        if not turn.text.strip():
            continue
        if turn.speaker == "customer":
            if asked is None and not (answered and _only_thanks(view, index)):
                asked = index
        elif turn.speaker == "agent" and asked is not None and not _automatic(view, index):
            yield Wait(asked, index, _hours(view, service, asked, index))
            asked, answered = None, True


def _hours(view: View, service: OpenHours, asked: int, answered: int) -> float | None:
    start, end = view.turns[asked].at, view.turns[answered].at
    if start is None and asked == 0:
        start = view.conversation.started_at
    if start is None or end is None:
        return None
    if ServiceHours().between(end, start) > 0:  # a clock is wrong
        return None
    return service.between(start, end)


def _automatic(view: View, turn: int) -> bool:
    return bool(view.said("agent", "automatic", (turn,)))


def _only_thanks(view: View, turn: int) -> bool:
    """A few words of thanks or farewell without a question."""
    words, text = view.words[turn], view.turns[turn].text
    return len(words) <= SHORT_THANKS and "?" not in text and bool(view.said("customer", "thanks", (turn,)))


def _gone_private(view: View, turn: int) -> bool:
    """ "Napisałam" after an invitation: the answer is due elsewhere."""
    return len(view.words[turn]) <= SHORT_THANKS and bool(view.said("customer", "gone_private", (turn,)))


def _asked_to_wait(view: View) -> int | None:
    """The agent's last message, where it says nothing but that the customer should wait."""
    last = view.agent_turns[-1] if view.agent_turns else -1
    if last < 0 or len(view.words[last]) > SHORT_THANKS or any(t > last for t in view.customer_turns):
        return None
    return last if view.best("hold_announced", (last,)).certainty >= SURELY_WAITING else None


def _left_open(view: View) -> int | None:
    """The customer's first message after the last answer, if it is more than thanks."""
    last = view.agent_turns[-1] if view.agent_turns else -1
    open_turns = [
        turn
        for turn in view.customer_turns
        if turn > last and not (_only_thanks(view, turn) or _gone_private(view, turn))
    ]
    return open_turns[0] if open_turns else None
