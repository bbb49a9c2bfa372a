"""Checks for users' own scorecards, and what several checks share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.matching import Lexicon
from scorecards.view import NOWHERE, Sighting, View, weigh
from transcripts.conversation import Span

SENTENCE_ENDS = ("", ".", "!", "?", ",", "…")
SHORTEST_RESTATEMENT = 3
RESTATED_LIFT = 8.0
PLACES = ("anywhere", "opening", "closing", "after_negative")


def presence(
    view: View,
    behaviour: str,
    turns: Collection[int] | None,
    yes: str,
    no: str,
    searched: Sequence[Span] = (),
) -> Finding:
    """Pass where the agent performs the behaviour in ``turns``, else fail with ``searched``."""
    best = view.best(behaviour, turns)
    if best.certainty >= 0.5:
        return Finding("pass", best.certainty, best.evidence, yes)
    return Finding("fail", view.absence(behaviour, best), tuple(searched), no)


def searched(view: View, turns: Sequence[int], most: int = 2) -> tuple[Span, ...]:
    """The turns that were searched in vain, as evidence of an absence."""
    return tuple(view.whole(turn) for turn in turns[:most])


def restated(view: View, behaviour: str, turns: Collection[int] | None = None) -> Sighting:
    """A sentence that begins with "czyli" and goes on for some words: a restatement early, a summary late."""
    chosen = view.agent_turns if turns is None else turns
    return best_of(NOWHERE, *(_begun_with_so(view, behaviour, turn) for turn in chosen))


def _begun_with_so(view: View, behaviour: str, turn: int) -> Sighting:
    words, text = view.words[turn], view.turns[turn].text
    for index, word in enumerate(words):
        if word.norm != "czyli" or text[: word.start].rstrip()[-1:] not in SENTENCE_ENDS:
            continue
        rest = words[index + 1 :]
        if len(rest) >= SHORTEST_RESTATEMENT and not rest[0].norm.startswith(("numer", "nr", "[")):
            certainty = weigh(max(view.model(behaviour, turn), view.prior), RESTATED_LIFT)
            return Sighting(turn, certainty, (Span(turn, word.start, words[-1].end),), True)
    return NOWHERE


def best_of(*sightings: Sighting) -> Sighting:
    """The surest of several."""
    return max(sightings, key=lambda sighting: sighting.certainty, default=NOWHERE)


def place(view: View, where: str, turns: int) -> tuple[int, ...]:
    """The agent's turns at a place named in a scorecard."""
    if where == "opening":
        return view.opening(turns, 0)
    if where == "after_negative":
        return _answers_to_negative(view)
    return view.closing(turns) if where == "closing" else view.agent_turns


def _answers_to_negative(view: View) -> tuple[int, ...]:
    """The agent's next turn after each customer's turn that is tagged as negative or mixed."""
    sentiment = view.tagged.sentiment
    upset = [t.turn for t in sentiment.turns if t.label in ("negative", "mixed")] if sentiment else []
    answers = (next((turn for turn in view.agent_turns if turn > one), None) for one in upset)
    return tuple(sorted({turn for turn in answers if turn is not None}))


@check("behaviour_present")
def behaviour_present(
    view: View, *, behaviour: str = "greeting", where: str = "anywhere", turns: int = 4
) -> Finding:
    """The tagger's behaviour occurs at the place; ``after_negative``: in answer to a turn of negative sentiment."""
    chosen = place(view, where, turns)
    if where == "after_negative" and not chosen:
        return Finding("na", 0.85, (), "Żadna wypowiedź klienta nie ma negatywnego wydźwięku.")
    return presence(
        view, behaviour, chosen, "Oczekiwane zachowanie wystąpiło.", "Oczekiwanego zachowania nie znaleziono."
    )


@check("behaviour_absent", asks_for_act=False)
def behaviour_absent(
    view: View, *, behaviour: str = "rudeness", where: str = "anywhere", turns: int = 4
) -> Finding:
    """The tagger's behaviour does not occur at the place."""
    best = view.best(behaviour, place(view, where, turns))
    if best.certainty >= 0.5:
        return Finding("fail", best.certainty, best.evidence, "Wystąpiło niepożądane zachowanie.")
    return Finding("pass", view.absence(behaviour, best), (), "Niepożądanego zachowania nie znaleziono.")


@lru_cache(maxsize=256)
def _own_lexicon(phrases: tuple[str, ...]) -> Lexicon:
    return Lexicon({"own": phrases})


@check("phrase_said")
def phrase_said(
    view: View, *, phrases: tuple[str, ...] = (), where: str = "anywhere", turns: int = 4
) -> Finding:
    """The agent uses one of the patterns (see ``scorecards.matching``); certain by convention."""
    found = view.find(_own_lexicon(phrases), "own", place(view, where, turns))
    if found:
        return Finding("pass", 0.9, found[0], "Wymagany zwrot padł.")
    return Finding("fail", 0.75, (), "Wymaganego zwrotu nie znaleziono.")
