"""E-maile: how a letter begins, takes leave, and invites to write back; by its words or by how it is built."""

from __future__ import annotations

from scorecards.checks.general import searched
from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.letters import formula_line, lines_of
from scorecards.matching import normalise
from scorecards.phrases import is_word
from scorecards.view import View
from transcripts.conversation import Span

BY_WORDS, BY_PLACE = 0.9, 0.78
FIRST_WORDS = 6
ADDRESSED = ("pani", "panie", "panu", "pana", "panstwo", "szanown", "drog")


@check("salutation", behaviours=("greeting",))
def salutation(view: View) -> Finding:
    """The agent's first letter begins by addressing whom it is written to, with or without a greeting."""
    if not view.agent_turns:
        return Finding("fail", 0.5, (), "W rozmowie nie ma wypowiedzi konsultanta.")
    turn = view.agent_turns[0]
    said = [spans for spans in view.said("agent", "salutation", (turn,)) if _at_the_start(view, spans[0])]
    if said:
        return Finding("pass", BY_WORDS, said[0], "List zaczyna się od zwrotu do adresata.")
    addressed = _addressed(view, turn)
    if addressed:
        return Finding("pass", BY_PLACE, (addressed,), "List zaczyna się od zwrotu do adresata.")
    return Finding("fail", 0.8, searched(view, (turn,)), "List nie zaczyna się od zwrotu do adresata.")


def _at_the_start(view: View, said: Span) -> bool:
    """Within the first words; "cześć" as the very first, since without its signs "część" is the same word."""
    starts = [word.start for word in view.words[said.turn][:FIRST_WORDS]]
    text = view.turns[said.turn].text[said.start : said.end]
    if normalise(text) == "czesc":
        return said.start == starts[0] and "ę" not in text.lower()
    return said.start in starts


def _addressed(view: View, turn: int) -> Span | None:
    """A first line such as "Pani Igo," or "Marku!", known by its capitals and its sign at the end."""
    first = next(iter(lines_of(view, turn)), None)
    if first is None or not first.words:
        return None
    if normalise(first.words[0]).startswith(ADDRESSED) and len(first.words) > 1:
        named = first.words[1]
        if named[0].isupper() or named.startswith("["):
            return first.span
    named = first.words[-1]
    short = len(first.words) <= 2 and first.text.endswith((",", "!"))
    known = named.startswith("[PERSON") or is_word("first_names", normalise(named))
    return first.span if short and known else None


@check("valediction", behaviours=("farewell",))
def valediction(view: View) -> Finding:
    """A letter of the agent takes leave politely, in known words or in a short line of its own before the name."""
    for turn in view.agent_turns:
        said = view.said_by_agent("signs_off", (turn,)) or view.said_by_agent("farewell", (turn,))
        if said:
            return Finding("pass", BY_WORDS, said[-1], "List kończy zwrot grzecznościowy.")
    for turn in view.agent_turns:
        line = formula_line(view, turn)
        if line:
            return Finding("pass", BY_PLACE, (line,), "List kończy zwrot grzecznościowy.")
    nowhere = searched(view, view.agent_turns[-1:])
    return Finding("fail", 0.8, nowhere, "Pod listem nie ma zwrotu grzecznościowego.")


@check("invites_back", behaviours=("further_help",))
def invites_back(view: View) -> Finding:
    """The agent invites to write back or offers more help: "gdyby coś, jestem tutaj" is enough in a letter."""
    said = view.said("agent", "invites_back")
    if said:
        return Finding("pass", BY_WORDS, said[-1], "Konsultant zaprasza do dalszego kontaktu.")
    best = view.best("further_help")
    if best.certainty >= 0.5:
        return Finding("pass", best.certainty, best.evidence, "Konsultant proponuje dalszą pomoc.")
    confidence = min(0.85, view.absence("further_help", best))
    nowhere = searched(view, view.agent_turns[-1:])
    return Finding("fail", confidence, nowhere, "Konsultant nie zaprasza do dalszego kontaktu.")
