"""Rozpoznanie sprawy: probing and paraphrase."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scorecards.checks.general import best_of, restated
from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.phrases import is_word
from scorecards.view import NOWHERE, UNTAGGED_PRIOR, Sighting, View, weigh
from transcripts.conversation import Span

CLEAR = 0.6
RESTATES_WITHIN = 0.7  # later "czyli" sums up what was agreed
QUESTION_LIFT = 5.0
MARKED_LIFT = 9.0
TAGS = frozenset(["tak", "dobrze", "prawda", "nie", "okej", "ok", "zgadza", "sie", "co", "jasne"])
_MARKED = re.compile(r"[^.!?…]+\?")
SHORTEST_QUESTION = 4
OTHER_QUESTIONS = (
    "identity_request",
    "further_help",
    "offer_of_help",
    "number_confirmed",
    "paraphrase",
    "security_question",
)


@check("probing", behaviours=("probing",), version=2)
def probing(view: View, *, clear_words: int = 8) -> Finding:
    """The agent asks about the matter itself.

    Without such a question the matter is taken as clear (``na``) when the customer said at least ``clear_words``
    words in a row and was not misunderstood; raters differ here (kappa 0.60), and it was right in half of the cases,
    so this confidence stays low.
    """
    best = max((_probed(view, turn) for turn in view.agent_turns), key=lambda s: s.certainty, default=NOWHERE)
    if best.certainty >= 0.5:
        return Finding("pass", best.certainty, best.evidence, "Konsultant dopytuje o szczegóły sprawy.")
    absence = view.absence("probing", best)
    misunderstood = view.said_by_customer("misunderstood")
    if misunderstood:
        return Finding("fail", absence, misunderstood[0], "Konsultant nie dopytuje, choć nie rozumie sprawy.")
    clear = _clear_statement(view, clear_words)
    if clear:
        return Finding(
            "na", min(absence, CLEAR), clear, "Klient opisał sprawę jasno, pytania nie były potrzebne."
        )
    return Finding("fail", min(absence, 0.7), (), "Konsultant nie dopytuje o szczegóły sprawy.")


def _probed(view: View, turn: int) -> Sighting:
    """A question about the matter: tagger and phrases, or the form of a question that is none of the others."""
    sighting = view.sighting("probing", turn)
    if sighting.spoken:
        return sighting
    spans = _plain_question(view, turn)
    if spans is None:
        return sighting
    lift = MARKED_LIFT if view.turns[turn].text[spans.end : spans.end + 1] == "?" else QUESTION_LIFT
    certainty = weigh(max(view.model("probing", turn), UNTAGGED_PRIOR), lift)
    return Sighting(turn, certainty, (spans,), False) if certainty > sighting.certainty else sighting


def _plain_question(view: View, turn: int) -> Span | None:
    """A question that is neither a tag ("tak?") nor for identity, further help, or the opening offer."""
    others = [
        span for group in OTHER_QUESTIONS for spans in view.said_by_agent(group, (turn,)) for span in spans
    ]
    for question in _questions(view, turn):
        if not any(one.overlaps(question) for one in others):
            return question
    return None


def _questions(view: View, turn: int) -> Iterator[Span]:
    """Sentences that end with a question mark, or a turn without marks that begins like a question."""
    words, text = view.words[turn], view.turns[turn].text
    for match in _MARKED.finditer(text):
        inside = [w for w in words if match.start() <= w.start < match.end()]
        if len(inside) >= SHORTEST_QUESTION and inside[-1].norm not in TAGS:
            yield Span(turn, inside[0].start, match.end() - 1)
    if (
        "?" not in text
        and len(words) >= SHORTEST_QUESTION
        and any(is_word("interrogatives", w.norm) for w in words[:3])
    ):
        yield view.whole(turn)


def _clear_statement(view: View, words: int) -> tuple[Span, ...]:
    """The customer's longest early contribution, if it has enough words; scraps in a row count together."""
    turns = [t for t in view.customer_turns if t < len(view.turns) / 2 or t in view.customer_turns[:3]]
    if sum(len(view.words[t]) for t in turns) < words:
        return ()
    longest = max(turns, key=lambda t: len(view.words[t]))
    return (view.whole(longest),)


@check("paraphrase", behaviours=("paraphrase",))
def paraphrase(view: View) -> Finding:
    """The agent restates the need or checks the understanding; repeating a number or a name does not count."""
    early = [t for t in view.agent_turns if t < len(view.turns) * RESTATES_WITHIN]
    best = best_of(view.best("paraphrase"), restated(view, "paraphrase", early))
    if best.certainty >= 0.5:
        return Finding(
            "pass", best.certainty, best.evidence, "Konsultant upewnia się, że dobrze rozumie sprawę."
        )
    return Finding(
        "fail", view.absence("paraphrase", best), (), "Konsultant nie powtarza sprawy własnymi słowami."
    )
