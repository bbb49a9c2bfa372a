"""Rozmowa jako wymiana: one thing at a time in writing; who speaks how much and over whom in calls."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from scorecards.checks.general import searched
from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.questions import questions
from scorecards.view import View
from transcripts.call_metrics import call_metrics
from transcripts.conversation import Span

MEASURED = 0.9
TOO_MANY, ASIDE, ONE_AT_A_TIME = 0.82, 0.8, 0.75
_NO_TIMES = "W zapisie brakuje czasów wypowiedzi, więc sprawdza człowiek."
_WRITTEN = "To nie jest rozmowa na głos."


@check("one_thing_at_a_time")
def one_thing_at_a_time(view: View, *, questions_at_once: int = 2) -> Finding:
    """No message asks more than ``questions_at_once`` things about the matter, and nothing else is brought up before
    the customer's matter has an answer."""
    asked = [(message, _asked(view, message)) for message in _messages(view)]
    crowded = next((spans for _, spans in asked if len(spans) > questions_at_once), None)
    if crowded:
        reason = "Konsultant pyta o wiele rzeczy w jednej wiadomości."
        return Finding("fail", TOO_MANY, crowded[: questions_at_once + 1], reason)
    aside = _aside(view)
    if aside:
        return Finding("fail", ASIDE, aside, "Konsultant zaczyna inny temat, zanim załatwi sprawę klienta.")
    shown = tuple(spans[0] for _, spans in asked if spans)
    if not shown:
        return Finding("na", ONE_AT_A_TIME, (), "Konsultant o nic nie pyta i niczego obok nie proponuje.")
    return Finding("pass", ONE_AT_A_TIME, shown[:2], "Konsultant pyta po kolei, o jedną rzecz naraz.")


def _messages(view: View) -> Iterator[Sequence[int]]:
    """The agent's turns in a row."""
    spoken = [(i, turn.speaker) for i, turn in enumerate(view.turns) if turn.text.strip()]
    for speaker, group in itertools.groupby(spoken, key=lambda item: item[1]):
        if speaker == "agent":
            yield [index for index, _ in group]


def _asked(view: View, message: Sequence[int]) -> tuple[Span, ...]:
    """Questions about the matter; offers of help, and data asked for in one go, are none."""
    found = [q.span for turn in message for q in questions(view, turn, "agent")]
    groups = ("offer_of_help", "further_help", "identity_request")
    other = [s for group in groups for spans in view.said_by_agent(group, message) for s in spans]
    other += [s for spans in view.said("agent", "asks_data", message) for s in spans]
    return tuple(span for span in found if not any(span.overlaps(s) for s in other))


def _aside(view: View) -> tuple[Span, ...]:
    """Where the agent speaks of the shop's own wishes before anything was answered or promised."""
    brought_up = view.said("agent", "own_wishes")
    if not brought_up:
        return ()
    first = brought_up[0]
    answers = (*view.sightings("solution"), *view.sightings("later_action"))
    if any(_before(sighting.turn, sighting.evidence, first[0]) for sighting in answers):
        return ()
    asked_for = view.said("customer", "own_wishes", range(first[0].turn))
    return () if asked_for else first


def _before(turn: int, evidence: Sequence[Span], place: Span) -> bool:
    return turn < place.turn or (turn == place.turn and all(s.end <= place.start for s in evidence))


@check("talk_share", asks_for_act=False)
def talk_share(view: View, *, least: float = 0.2, most: float = 0.7) -> Finding:
    """The agent's share of what is said aloud lies between ``least`` and ``most``."""
    figures = _figures(view)
    if isinstance(figures, Finding):
        return figures
    share = figures["talk_share"]["agent"]
    said = f"{share:.0%}".replace("%", " %")
    if least <= share <= most:
        return Finding("pass", MEASURED, (), f"Konsultant mówi przez {said} czasu mówienia.")
    word = "za krótko" if share < least else "za długo"
    evidence = searched(view, view.agent_turns)
    return Finding("fail", MEASURED, evidence, f"Konsultant mówi {word}: {said} czasu mówienia.")


@check("overtalk", asks_for_act=False)
def overtalk(view: View, *, most: float = 0.1, interruptions: int = 3) -> Finding:
    """Both sides speak at once for at most ``most`` of the time, and the agent cuts in at most ``interruptions`` times.

    Short backchannels count as time, not as cutting in (see ``transcripts.call_metrics``).
    """
    figures = _figures(view)
    if isinstance(figures, Finding):
        return figures
    share, cut_in = figures["overtalk"]["share"], figures["interruptions"]["agent"]
    said = f"{share:.0%}".replace("%", " %")
    if share <= most and cut_in <= interruptions:
        return Finding("pass", MEASURED, (), f"Strony mówią naraz przez {said} czasu.")
    reason = f"Strony mówią naraz przez {said} czasu, konsultant wchodzi w słowo {cut_in} razy."
    return Finding("fail", MEASURED, searched(view, view.agent_turns), reason)


def _figures(view: View) -> dict[str, dict[str, float]] | Finding:
    if view.conversation.channel != "phone":
        return Finding("na", 0.95, (), _WRITTEN)
    timed = [turn for turn in view.turns if turn.start is not None and turn.end is not None]
    if len(timed) < len(view.turns) or not timed:
        return Finding("review", 0.0, (), _NO_TIMES)
    figures = call_metrics(view.turns, max(turn.end or 0.0 for turn in timed))
    return figures if figures["talk_share"]["agent"] is not None else Finding("review", 0.0, (), _NO_TIMES)
