"""Rozmowa z botem: says what it is, hands over, does not go round in circles, does not pretend to be a person."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scorecards.checks.complaints import affirmed, clauses_of, denied
from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.matching import Token
from scorecards.view import View
from transcripts.conversation import Span

SHORTEST_ANSWER = 3
THE_SAME, PERHAPS_THE_SAME = 0.8, 0.6
SAID, SAID_BY_SYSTEM, NOT_SAID = 0.93, 0.8, 0.85
ANSWERED_YES, DENIED = 0.85, 0.9
_NO_AND_THEN = re.compile(r"(?i)nie\s*[,.!;–—-]")
_MARKS = re.compile(r"[,.!?;]")
_NAMES_A_BOT = re.compile(r"(?:chat|czat)?bot\w*|robot\w*|automat\w*|maszyn\w*|program\w*|wirtualn\w*")


@dataclass(frozen=True, slots=True)
class Contribution:
    """What the bot says in a row, before somebody else speaks."""

    turns: tuple[int, ...]
    words: tuple[Token, ...]

    @property
    def first(self) -> int:
        """Its first turn."""
        return self.turns[0]


def contributions(view: View) -> list[Contribution]:
    """The bot's contributions in order."""
    found: list[list[int]] = []
    last = -2
    spoken = [
        index for index, turn in enumerate(view.turns) if turn.text.strip() and turn.speaker != "system"
    ]
    for place, index in enumerate(spoken):
        if view.turns[index].speaker == "bot":
            if last == place - 1:
                found[-1].append(index)
            else:
                found.append([index])
            last = place
    return [Contribution(tuple(turns), tuple(w for t in turns for w in view.words[t])) for turns in found]


@check("says_it_is_a_bot", speaker="bot", version=2)
def says_it_is_a_bot(view: View, *, turns: int = 2) -> Finding:
    """In its first ``turns`` contributions the bot says that it is one; a notice of the system counts too."""
    opening = contributions(view)[:turns]
    early = [turn for one in opening for turn in one.turns]
    said = _says_bot(view, early)
    if said:
        return Finding("pass", SAID, said[0], "Bot na początku mówi, że jest botem.")
    system = [t for t in view.turns_of("system") if t <= early[-1]]
    notice = view.said("system", "is_bot", system)
    if notice:
        return Finding("pass", SAID_BY_SYSTEM, notice[0], "Na początku widać informację, że odpowiada bot.")
    late = _says_bot(view)
    if late:
        return Finding(
            "fail", NOT_SAID, late[0], "Bot mówi, że jest botem, dopiero w dalszej części rozmowy."
        )
    evidence = tuple(view.whole(turn) for turn in early[:2])
    return Finding("fail", NOT_SAID, evidence, "Na początku rozmowy bot nie mówi, że jest botem.")


@check("claims_to_be_human", asks_for_act=False, speaker="bot", version=2)
def claims_to_be_human(view: View) -> Finding:
    """Pass where the bot never says that it is a person or has a person's life; set phrases of courtesy are fine."""
    turns = view.turns_of("bot")
    claimed = [spans for spans in _claims(view) if not _no_and_then(view, spans)]
    if claimed:
        asked_first = _asked_before(view, claimed[0][0].turn)
        confidence = 0.6 if asked_first and _unpunctuated_no(view, claimed[0]) else DENIED
        return Finding("fail", confidence, claimed[0], "Bot podaje się za człowieka.")
    agreed = _agrees_to_be_human(view)
    if agreed:
        return Finding("fail", ANSWERED_YES, agreed, "Zapytany wprost bot potwierdza, że jest człowiekiem.")
    lived = [*view.said("bot", "own_life"), *_own_past(view)]
    if lived:
        confidence = 0.82 if len(lived) == 1 else 0.9
        return Finding("fail", confidence, lived[0], "Bot mówi o sobie jak o człowieku.")
    asked = view.said("customer", "asks_if_human") + view.said("customer", "asks_if_bot")
    honest = _says_bot(view)
    confidence = 0.65 if asked and not honest else 0.88
    return Finding("pass", confidence, (view.whole(turns[0]),), "Bot nie podaje się za człowieka.")


def _own_past(view: View) -> Iterator[tuple[Span, ...]]:
    """ "Sama ostatnio tańczyłam": a bot that says "sam" with a verb of the past tells of a life."""
    for turn in view.turns_of("bot"):
        words = view.words[turn]
        for index, word in enumerate(words):
            if word.norm in ("sam", "sama"):
                verbs = [w for w in words[index + 1 : index + 5] if w.norm.endswith(("lam", "lem"))]
                if verbs:
                    yield (Span(turn, word.start, verbs[0].end),)


def _no_and_then(view: View, spans: tuple[Span, ...]) -> bool:
    """ "Nie, jestem botem" says yes to being a bot; "nie jestem botem" denies it."""
    return bool(_NO_AND_THEN.match(spans[0].text(view.conversation)))


def _unpunctuated_no(view: View, spans: tuple[Span, ...]) -> bool:
    """Without any marks "nie jestem botem" may be either."""
    text = view.turns[spans[0].turn].text
    return text[spans[0].start :].lower().startswith("nie") and not _MARKS.search(text)


def _asked_before(view: View, turn: int) -> bool:
    before = [t for t in view.customer_turns if t < turn][-1:]
    return bool(view.said("customer", "asks_if_human", before))


def _says_bot(view: View, turns: Sequence[int] | None = None) -> list[tuple[Span, ...]]:
    yes = [spans for spans in _claims(view, turns) if _no_and_then(view, spans)]
    said = [spans for spans in _unless_denied(view, "is_bot", turns) if not denied(view, spans)]
    return sorted(said + yes, key=lambda spans: spans[0].turn)


def _claims(view: View, turns: Sequence[int] | None = None) -> list[tuple[Span, ...]]:
    """Where the bot says that it is a person; "jestem botem, konsultant odpisze jutro" does not."""
    found = _unless_denied(view, "human_claim", turns)
    return [
        spans for spans in found if not (_first_word(view, spans) == "jestem" and _names_a_bot(view, spans))
    ]


def _unless_denied(view: View, group: str, turns: Sequence[int] | None) -> list[tuple[Span, ...]]:
    """Phrases of a group without those that a denial in the same clause takes back."""
    misses = view.said("bot", f"{group}_not")
    found = view.said("bot", group, turns)
    return [spans for spans in found if not any(_covers(view, spans, miss) for miss in misses)]


def _covers(view: View, spans: tuple[Span, ...], miss: tuple[Span, ...]) -> bool:
    """The miss overlaps the phrase and goes over no end of a clause that the phrase does not go over too."""
    one, other = spans[0], miss[0]
    return one.overlaps(other) and _clauses(view, other) <= _clauses(view, one)


def _clauses(view: View, span: Span) -> set[int]:
    numbers = clauses_of(view, span.turn)
    words = view.words[span.turn]
    return {
        number for number, word in zip(numbers, words, strict=True) if span.start <= word.start < span.end
    }


def _first_word(view: View, spans: tuple[Span, ...]) -> str:
    return next(word.norm for word in view.words[spans[0].turn] if word.start == spans[0].start)


def _names_a_bot(view: View, spans: tuple[Span, ...]) -> bool:
    span = spans[0]
    inside = (w.norm for w in view.words[span.turn] if span.start <= w.start < span.end)
    return any(_NAMES_A_BOT.fullmatch(norm) for norm in inside)


def _agrees_to_be_human(view: View) -> tuple[Span, ...]:
    """ "Tak" to "are you a person?", "nie" to "are you a bot?"."""
    for group, word in (("asks_if_human", "yes"), ("asks_if_bot", "no")):
        for asked in view.said("customer", group):
            reply = next((one for one in contributions(view) if one.first > asked[0].turn), None)
            if reply is None or _says_bot(view, reply.turns) or _other_between(view, asked[0].turn, reply):
                continue
            said = view.said("bot", f"says_{word}", reply.turns)
            if said and said[0][0].start <= reply.words[0].end:
                return (view.whole(asked[0].turn), *said[0])
    return ()


def _other_between(view: View, turn: int, reply: Contribution) -> bool:
    return any(t.speaker == "agent" for t in view.turns[turn + 1 : reply.first])


@check("hands_over_when_asked", speaker="bot", version=2)
def hands_over_when_asked(view: View, *, within: int = 2) -> Finding:
    """Asked for a person, the bot hands over, or says how to reach one, within so many of its contributions."""
    wishes = sorted(view.said("customer", "wants_person") + list(_bare_wish(view)), key=lambda s: s[0].turn)
    wishes = [wish for wish in wishes if any(t < wish[0].turn for t in view.turns_of("bot"))] or wishes
    if not wishes:
        return Finding("na", 0.85, (), "Klient nie prosi o rozmowę z człowiekiem.")
    asked = wishes[0]
    after = [one for one in contributions(view) if one.first > asked[0].turn]
    person = next((t for t in view.agent_turns if t > asked[0].turn), None)
    in_time = after[:within]
    border = in_time[-1].turns[-1] + 1 if in_time else asked[0].turn
    if person is not None and person <= border + 1:
        return Finding(
            "pass", 0.93, (*asked, view.whole(person)), "Po prośbie klienta rozmowę przejmuje człowiek."
        )
    near = [turn for one in in_time for turn in one.turns]
    handed = affirmed(view, "bot", "hands_over", near) or view.said(
        "system", "hands_over", _after(view, asked[0].turn)
    )
    if handed:
        return Finding("pass", 0.88, (*asked, *handed[0]), "Bot przekazuje rozmowę człowiekowi.")
    told = next((way for one in in_time if (way := _way(view, one))), ())
    refused = view.said("bot", "refuses_person", near)
    if told and refused:
        reason = "Bot odmawia rozmowy z człowiekiem, choć podaje kontakt, więc sprawdza człowiek."
        return Finding("review", 0.0, (*asked, *refused[0], *told), reason)
    if told:
        return Finding("pass", 0.72, (*asked, *told), "Bot mówi, jak i kiedy skontaktować się z człowiekiem.")
    return _not_handed_over(view, asked, after, person, len(in_time) < within)


def _way(view: View, one: Contribution) -> tuple[Span, ...]:
    """A number, an address or a place to leave one; that people are there only with the time when they are."""
    said = view.said("bot", "way_to_person", one.turns)
    ways = [
        spans for spans in said if not denied(view, spans)
    ]  # "proszę zadzwonić": the customer's act is meant
    if ways:
        return ways[0]
    there = affirmed(view, "bot", "person_there", one.turns)
    when = view.said("bot", "person_when", one.turns)
    return (*there[0], *when[0]) if there and when else ()


def _not_handed_over(
    view: View, asked: tuple[Span, ...], after: Sequence[Contribution], person: int | None, ended: bool
) -> Finding:
    if not after and person is None:
        return Finding("review", 0.0, asked, "Zapis kończy się na prośbie o człowieka.")
    late = person is not None or affirmed(view, "bot", "hands_over", [t for one in after for t in one.turns])
    reason = (
        "Bot przekazuje rozmowę dopiero po wielu odpowiedziach." if late else "Bot nie przekazuje rozmowy."
    )
    asks_first = bool(after) and ended and _asks(view, after[-1])
    confidence = 0.6 if asks_first else 0.87
    evidence = (*asked, *(view.whole(one.first) for one in after[:1]))
    return Finding("fail", confidence, evidence, reason)


def _asks(view: View, one: Contribution) -> bool:
    return view.turns[one.turns[-1]].text.rstrip().endswith("?")


def _after(view: View, turn: int) -> list[int]:
    return [t for t in view.turns_of("system") if turn < t]


def _bare_wish(view: View) -> Iterator[tuple[Span, ...]]:
    """A message that is nothing but "konsultant" or "człowiek"."""
    for turn in view.customer_turns:
        if len(view.words[turn]) <= 3 and view.said("customer", "person", (turn,)):
            yield (view.whole(turn),)


@check("repeated_answer", asks_for_act=False, speaker="bot")
def repeated_answer(view: View) -> Finding:
    """Pass where the bot never gives the same answer twice in a row, or fails to understand twice in a row."""
    said = contributions(view)
    suspected = 0.0
    for one, following in itertools.pairwise(said):
        if (
            _asked_to_repeat(view, one, following)
            or min(len(one.words), len(following.words)) < SHORTEST_ANSWER
        ):
            continue
        alike = max(_alike(one.words, following.words), _alike(view.words[one.turns[-1]], following.words))
        evidence = (*map(view.whole, one.turns[:1]), *map(view.whole, following.turns[:1]))
        if alike >= THE_SAME:
            confidence = 0.95 if alike == 1 else 0.85
            return Finding("fail", confidence, evidence, "Bot dwa razy z rzędu odpowiada tak samo.")
        if view.said("bot", "fallback", one.turns) and view.said("bot", "fallback", following.turns):
            return Finding("fail", 0.82, evidence, "Bot dwa razy z rzędu odpowiada, że nie rozumie.")
        suspected = max(suspected, alike)
    evidence = tuple(view.whole(one.first) for one in said[:2])
    confidence = 0.6 if suspected >= PERHAPS_THE_SAME else 0.88
    return Finding("pass", confidence, evidence, "Bot nie powtarza tej samej odpowiedzi.")


def _alike(one: Sequence[Token], other: Sequence[Token]) -> float:
    """The share of words in common; 0 where numbers differ, which makes it another answer."""
    left, right = ([word.norm for word in side] for side in (one, other))
    if [w for w in left if w[0].isdigit()] != [w for w in right if w[0].isdigit()]:
        return 0.0
    common = sum((Counter(left) & Counter(right)).values())
    return common / max(len(left), len(right))


def _asked_to_repeat(view: View, one: Contribution, other: Contribution) -> bool:
    between = [t for t in view.customer_turns if one.turns[-1] < t < other.first]
    return bool(view.said("customer", "repeat_please", between))
