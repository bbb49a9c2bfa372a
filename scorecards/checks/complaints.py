"""Reklamacja: przyjmij, przeproś, proponuj; and a confirmation that it was received.

A phrase gives a pass only where it is affirmed: no "nie", "ani" or "bez" governs it, and it is not the customer who
does it or is told to. ``affirmed`` decides that for every phrase in the same way, clause by clause.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from scorecards.checks.attitude import blame_after
from scorecards.checks.general import best_of, restated, searched
from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.matching import Token
from scorecards.phrases import card_words
from scorecards.view import View
from transcripts.conversation import Span

REACH = 7  # words after an auxiliary in which the verb that it denies may stand
_BORDER = re.compile(r"[.!?;:,()\n…]|\s[-–—]\s")
_DENIES = re.compile(r"odmawia\w*|odmow\w*|wyklucz\w*")
_FINITE = re.compile(r"\w+(?:am|amy|emy|imy|ymy|uje|ujemy|lem|lam|lismy|lysmy)")
_INFINITIVE = re.compile(r"\w{2,}[aeiyrs]c")
_PARTICIPLE_OR_NOUN = re.compile(r"\w+(?:n|t)[aeoy]|przeprosin\w*|przykro|wstyd|glupio|potwierdzeni\w*")
_OF_THE_CUSTOMER = re.compile(r"\w+(?:l|la|li|ly|osi|dzi|sza|uje|jmie)")
_PREPOSITIONS = ("od", "do", "dla", "u", "z", "ze", "na", "przez", "za", "o", "przed", "bez", "wobec")
_CUSTOMERS = ("pan", "pani", "panstwo", "klient", "klientka", "ty")
_OTHERS = re.compile(
    r"koleg\w*|kolezank\w*|konsultant\w*|kierowni\w*|magazyn|dzial|serwis|system|sklep|zespol|kurier"
)
_RECEIVES = re.compile(r"otrzyma\w*|dosta\w*|ma|maja|masz")
_ASKED_TO = re.compile(r"prosze|prosimy|prosilbym|prosilabym|oczekuj\w+|wypadaloby|nalezaloby|niech")
_SHOULD = re.compile(r"powinn\w+|powinien|musi|musza|moze|moglaby|moglby|mogliby|zechce|raczy")


def affirmed(
    view: View, speaker: str, group: str, turns: Collection[int] | None = None
) -> list[tuple[Span, ...]]:
    """Places where this speaker uses a phrase of ``group`` and neither denies it nor speaks of what the customer does."""
    return [spans for spans in view.said(speaker, group, turns) if not taken_back(view, spans)]


def taken_back(view: View, spans: Sequence[Span]) -> bool:
    """Whether a phrase is denied in its own clause, or is the customer's act."""
    return denied(view, spans) or _of_the_customer(view, *_bounds(view, spans))


def denied(view: View, spans: Sequence[Span], *, inner: bool = True) -> bool:
    """Whether a "nie", "ani" or "bez" governs a word of the phrase.

    Without ``inner`` only one that stands outside of it: some phrases have their own ("proszę się nie martwić").
    """
    words, first, last = _bounds(view, spans)
    clauses = clauses_of(view, spans[0].turn)
    # a phrase that begins with "nie" means it
    before = any(
        place in (first, last) if words[negator].norm == "bez" else first <= place <= last
        for negator in range(len(words))
        if negator != first and (inner or not first < negator <= last)
        for place in _governed(words, clauses, negator)
    )
    return before or _denied_after(words, clauses, first, last)


def _bounds(view: View, spans: Sequence[Span]) -> tuple[list[Token], int, int]:
    """The words of the turn in which a phrase begins, and the places of its first and last one there."""
    words = view.words[spans[0].turn]
    inside = [i for i, word in enumerate(words) if spans[0].start <= word.start < spans[0].end]
    return words, inside[0], inside[-1]


def clauses_of(view: View, turn: int) -> list[int]:
    """For each word of a turn the number of its clause: marks, conjunctions and a second "jestem" begin another."""
    words, text = view.words[turn], view.turns[turn].text
    found: list[int] = []
    verbs: set[str] = set()
    for before, word in zip([None, *words], words, strict=False):
        number = found[-1] if found else 0
        if before is not None and _begins(text[before.end : word.start], before, word, verbs):
            number, verbs = number + 1, set()
        if word.norm in card_words("being"):
            verbs.add(word.norm)
        found.append(number)
    return found


def _begins(gap: str, before: Token, word: Token, verbs: Collection[str]) -> bool:
    if _BORDER.search(gap) or word.norm in verbs:
        return True
    return word.norm in card_words("conjunctions") and before.norm != "nie"


def _governed(words: Sequence[Token], clauses: Sequence[int], negator: int) -> Iterator[int]:
    """The places of what a word denies: the next word, and behind an auxiliary the verb or noun that it carries."""
    norm = words[negator].norm
    auxiliary = bool(_DENIES.fullmatch(norm))
    if norm not in ("nie", "ani", "bez") and not auxiliary:
        return
    rest = [i for i in range(negator + 1, len(words)) if clauses[i] == clauses[negator]]
    if not rest or words[rest[0]].norm == "tylko":
        return
    yield from rest[:1] if not auxiliary else ()
    carrier = words[rest[0]].norm
    if norm == "bez" or not (auxiliary or _carries(carrier)):
        return
    if len(rest) > 1 and words[rest[1]].norm in card_words("no_trouble"):
        return
    yield from _carried(words, rest[0 if auxiliary else 1 :][:REACH], carrier in card_words("being"))


def _carries(norm: str) -> bool:
    return norm in card_words("being") or norm in card_words("carrying")


def _carried(words: Sequence[Token], places: Iterable[int], being: bool) -> Iterator[int]:
    for place in places:
        norm = words[place].norm
        if norm in card_words("light"):
            continue
        if _FINITE.fullmatch(norm):
            return  # a verb of its own: another clause without a mark
        yield place
        if being or _INFINITIVE.fullmatch(norm):
            return


def _denied_after(words: Sequence[Token], clauses: Sequence[int], first: int, last: int) -> bool:
    """ "Przepraszać nie będę", "przeprosiny to nie mój dział": the denial stands behind what it denies."""
    act = [word.norm for word in words[first : last + 1] if word.norm not in card_words("light")]
    if any(_FINITE.fullmatch(norm) for norm in act):
        return False
    rest = [i for i in range(last + 1, len(words)) if clauses[i] == clauses[last]]
    named = list(itertools.takewhile(lambda i: words[i].norm != "nie", rest))
    if len(named) == len(rest) or any(words[i].norm not in card_words("light") for i in named):
        return False
    behind = rest[len(named) + 1 :]
    if named and words[named[-1]].norm == "to":
        return True
    if not behind or not _carries(words[behind[0]].norm):
        return False
    ends = len(behind) == 1
    return bool(act and _INFINITIVE.fullmatch(act[-1])) or (
        ends and any(map(_PARTICIPLE_OR_NOUN.fullmatch, act))
    )


def _of_the_customer(view: View, words: Sequence[Token], first: int, last: int) -> bool:
    """ "To Pani przeprosiła", "zgłosił Pan", "proszę przeprosić": what the customer does or is asked to do."""
    act, clauses = words[first].norm, clauses_of(view, words[first].turn)
    before = [words[i].norm for i in range(first) if clauses[i] == clauses[first]]
    if _INFINITIVE.fullmatch(act):
        near = [norm for norm in before if norm not in card_words("light")]
        told = bool(near) and bool(_ASKED_TO.fullmatch(near[-1]))
        should = any(_SHOULD.fullmatch(norm) for norm in before) and any(n in _CUSTOMERS for n in before)
        return told or should
    if not _third_person(view, words[first]) or any(_OTHERS.fullmatch(norm) for norm in before):
        return False
    if _is_subject(before):
        return True
    following = words[first + 1].norm if first < last else ""
    return following == "pan" or (following == "pani" and act.endswith(("la", "si")))


def _is_subject(before: Sequence[str]) -> bool:
    """The customer is named last before the verb, and not as "od Pani"."""
    place = max((i for i, norm in enumerate(before) if norm in _CUSTOMERS), default=-1)
    if place < 0 or any(norm not in card_words("light") for norm in before[place + 1 :]):
        return False
    return place == 0 or before[place - 1] not in _PREPOSITIONS


def _third_person(view: View, word: Token) -> bool:
    """Without "ę", which the normalised form has lost; "otrzyma Pani" is what the agent does for the customer."""
    written = view.turns[word.turn].text[word.start : word.end].lower()
    return bool(
        _OF_THE_CUSTOMER.fullmatch(word.norm)
        and not _RECEIVES.fullmatch(word.norm)
        and not written.endswith("ę")
    )


@check("complaint_accepted", behaviours=("paraphrase", "deflection"), version=2)
def complaint_accepted(view: View) -> Finding:
    """The agent takes in what the customer complains of: thanks for it, restates it, or takes it up.

    A refusal to hear it, before anything was taken in, fails.
    """
    accepted = sorted(
        affirmed(view, "agent", "accepts_complaint") + affirmed(view, "agent", "confirms_receipt"),
        key=lambda spans: spans[0].turn,
    )
    refused = view.said("agent", "refuses_complaint")
    if refused and not (accepted and accepted[0][0].turn < refused[0][0].turn):
        return Finding("fail", 0.85, refused[0], "Konsultant nie przyjmuje skargi klienta.")
    if accepted:
        return Finding("pass", 0.85, accepted[0], "Konsultant przyjmuje zgłoszenie klienta.")
    told = best_of(view.best("paraphrase"), restated(view, "paraphrase"))
    if told.certainty >= 0.5:
        return Finding(
            "pass", min(told.certainty, 0.8), told.evidence, "Konsultant powtarza, na co skarży się klient."
        )
    pushed = view.best("deflection")
    if pushed.certainty >= 0.5:
        return Finding("fail", pushed.certainty, pushed.evidence, "Konsultant zbywa skargę klienta.")
    confidence = 0.82 if view.is_tagged and told.certainty < 0.15 else 0.65
    return Finding(
        "fail", confidence, searched(view, view.agent_turns), "Konsultant nie odnosi się do skargi."
    )


@check("apology", version=2)
def apology(view: View) -> Finding:
    """The agent says sorry for what happened; an apology that blames the customer is none."""
    said = affirmed(view, "agent", "apology")
    if not said:
        return Finding("fail", 0.85, searched(view, view.agent_turns), "Konsultant nie przeprasza.")
    for spans in said:
        blamed = blame_after(view, spans[0].turn)
        if not blamed or denied(view, blamed):
            return Finding("pass", 0.9, spans, "Konsultant przeprasza.")
    return Finding("fail", 0.75, (*said[0], *blamed), "Przeprosiny łączą się z obwinianiem klienta.")


@check("receipt_confirmed", version=2)
def receipt_confirmed(view: View) -> Finding:
    """The agent says that the complaint is registered, or that a confirmation was sent."""
    said = affirmed(view, "agent", "confirms_receipt")
    if said:
        return Finding("pass", 0.88, said[0], "Konsultant potwierdza przyjęcie reklamacji.")
    told = view.said("agent", "own_filing")
    if told:
        return Finding(
            "fail", 0.7, told[0], "Klient ma złożyć reklamację sam, przyjęcia nikt nie potwierdza."
        )
    return Finding(
        "fail", 0.82, searched(view, view.agent_turns[-2:]), "Nikt nie potwierdza przyjęcia reklamacji."
    )
