"""Styl: one form of address, plain words, sentences that can be read. Judged on what is written, never on who writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from scorecards.checks.general import searched
from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.matching import Lexicon
from scorecards.policy import Policy, standard_policy
from scorecards.sentences import split_sentences
from scorecards.view import View
from transcripts.conversation import Span

MIXED, ONE, WRONG_FORM, GENERAL_ONLY = 0.84, 0.86, 0.86, 0.62
AVOIDED, STIFF, SLIGHTLY, PLAIN = 0.9, 0.82, 0.72, 0.86
TOO_LONG, LOUD, READABLE = 0.86, 0.82, 0.9
SHOUTED_WORDS = 3
SHORT_FORMS = 5  # letters of a word in capitals that may be an abbreviation
_QUOTED = re.compile(r"„[^”]*”|\"[^\"]*\"|«[^»]*»")
_CAPITALS = re.compile(r"(?<![\[\w-])[A-ZĄĆĘŁŃÓŚŹŻ]{3,}(?![\w\]-])")
_MARKS = re.compile(r"[!?]*(?:!!|\?\?\?)[!?]*")


def _told(view: View, spoken: str, written: str) -> str:
    """The sentence for a call or for writing."""
    return spoken if view.conversation.channel == "phone" else written


@check("positive_formulas")
def positive_formulas(view: View, *, least: int = 1) -> Finding:
    """The agent says what is being done or can be done ("już sprawdzam", "chętnie pomogę") at least ``least`` times."""
    said = view.said("agent", "positive_formula")
    if len(said) >= least:
        spans = tuple(dict.fromkeys(span for spans in said[:2] for span in spans))
        spoken = "Konsultant mówi, co robi albo co może zrobić."
        reason = _told(view, spoken, "Konsultant pisze, co robi albo co może zrobić.")
        return Finding("pass", AVOIDED, spans, reason)
    reason = "Brakuje zwrotów, które mówią, co konsultant robi albo może zrobić."
    return Finding("fail", SLIGHTLY, searched(view, view.agent_turns), reason)


@check("one_form_of_address")
def one_form_of_address(view: View, *, policy: Policy | None = None) -> Finding:
    """The agent says either Pan and Pani or "ty", the one that the policy asks for; words in quotes do not count."""
    wanted = (policy or standard_policy()).style.address
    formal, informal, general = (
        _said(view, group) for group in ("formal_address", "informal_address", "general_address")
    )
    if wanted == "formal" and informal:
        return Finding(
            "fail", WRONG_FORM, informal[0], "Konsultant zwraca się na „ty”, a zasady mówią: Pan, Pani."
        )
    if wanted == "informal" and formal:
        return Finding(
            "fail",
            WRONG_FORM,
            formal[0],
            "Konsultant używa formy Pan lub Pani, a zasady każą zwracać się na „ty”.",
        )
    if formal and informal:
        return Finding(
            "fail", MIXED, (*formal[0], *informal[0]), "Konsultant miesza formę Pan, Pani z formą „ty”."
        )
    if informal and general:
        return Finding(
            "fail", GENERAL_ONLY, (*informal[0], *general[0]), "Konsultant pisze na „ty” i „Państwo”."
        )
    said = formal or informal or general
    if not said:
        return Finding("na", 0.8, (), "Konsultant nie zwraca się do klienta żadną formą.")
    return Finding("pass", ONE, said[0], "Konsultant trzyma się jednej formy.")


def _said(view: View, group: str) -> list[tuple[Span, ...]]:
    """Places of a form of address, those that belong to others and quoted ones left out."""
    return [spans for spans in view.said("agent", group) if not any(_quoted(view, span) for span in spans)]


def _quoted(view: View, span: Span) -> bool:
    text = view.turns[span.turn].text
    return any(match.start() < span.start and span.end <= match.end() for match in _QUOTED.finditer(text))


@check("plain_words", asks_for_act=False)
def plain_words(view: View, *, policy: Policy | None = None) -> Finding:
    """No words that the policy avoids, and at most one of office language."""
    avoided = view.find(_lexicon((policy or standard_policy()).style.avoid), "own")
    if avoided:
        return Finding("fail", AVOIDED, avoided[0], "Pada zwrot, którego zasady każą unikać.")
    stiff = [spans for spans in view.said("agent", "office_language") if not _quoted(view, spans[0])]
    if len(stiff) > 1:
        return Finding("fail", STIFF, (*stiff[0], *stiff[1]), "Konsultant używa języka urzędowego.")
    if stiff:
        return Finding("pass", SLIGHTLY, stiff[0], "Pada jeden zwrot urzędowy, reszta jest prosta.")
    reason = _told(view, "Konsultant mówi prostymi słowami.", "Konsultant pisze prostymi słowami.")
    return Finding("pass", PLAIN, searched(view, view.agent_turns, 1), reason)


@lru_cache(maxsize=64)
def _lexicon(avoid: tuple[str, ...]) -> Lexicon:
    return Lexicon({"own": avoid} if avoid else {})


@check("readable_sentences", asks_for_act=False)
def readable_sentences(view: View, *, policy: Policy | None = None) -> Finding:
    """In writing: no sentence longer than the policy allows, no words in capitals, no rows of exclamation marks."""
    if view.conversation.channel == "phone":
        return Finding("na", 0.95, (), "W mowie nie ma znaków, po których widać zdania.")
    most = (policy or standard_policy()).style.longest_sentence
    longest = max(_sentences(view), key=lambda one: one[1], default=None)
    if longest is not None and longest[1] > most:
        reason = f"Najdłuższe zdanie ma {longest[1]} słów, a zasady pozwalają na {most}."
        return Finding("fail", TOO_LONG, (longest[0],), reason)
    loud = [span for turn in view.agent_turns for span in _loud(view, turn)]
    if loud:
        return Finding(
            "fail", LOUD, (loud[0],), "Konsultant pisze wielkimi literami albo stawia kilka wykrzykników."
        )
    return Finding(
        "pass", READABLE, searched(view, view.agent_turns, 1), "Zdania są krótkie i spokojnie zapisane."
    )


def _sentences(view: View) -> Iterator[tuple[Span, int]]:
    """Each sentence of the agent with its number of words; every line of a list is one."""
    for turn in view.agent_turns:
        for sentence in split_sentences(view.turns[turn].text, view.words[turn]):
            yield Span(turn, sentence[0].start, sentence[-1].end), len(sentence)


def _loud(view: View, turn: int) -> Iterator[Span]:
    text = view.turns[turn].text
    for match in _MARKS.finditer(text):
        yield Span(turn, match.start(), match.end())
    capitals = list(_CAPITALS.finditer(text))
    shouted = [match for match in capitals if len(match.group()) > SHORT_FORMS]
    if shouted and len(capitals) >= SHOUTED_WORDS:
        yield Span(turn, shouted[0].start(), shouted[0].end())
