"""Zamknięcie: recap, further help, farewell."""

from __future__ import annotations

import re

from scorecards.checks.general import best_of, presence, restated, searched
from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.letters import signature_line
from scorecards.phrases import is_word
from scorecards.view import NOWHERE, UNTAGGED_PRIOR, Sighting, View, weigh
from transcripts.conversation import Span

CONFIRMED_LIFT = 10.0
SHORTEST_SUMMARY = 5
LATEST_CONFIRMATION = 12
SOON = 4
FAINT = 0.3
DENIAL_WITHIN = 6
LEFT, SIGNED, WISHED, UNLISTED = 0.85, 0.8, 0.85, 0.7
_WARM = re.compile(r"[:;]-?[)D]|[\U0001F300-\U0001FAFF\u2600-\u27BF]")


@check("recap", behaviours=("recap",))
def recap(view: View, *, share: float = 0.35, turns: int = 6) -> Finding:
    """Near the end the agent sums up, or confirms the customer's own summary."""
    late = view.last_part(share, turns)
    summed = view.best("recap", late)
    confirmed = best_of(NOWHERE, *(_confirmed(view, turn) for turn in late))
    best = best_of(summed, confirmed, restated(view, "recap", late))
    denied = _denied(view, best) if best.certainty >= 0.5 else ()
    if denied:
        reason = "Zaraz po podsumowaniu klient zaprzecza, więc sprawdza człowiek."
        return Finding("review", 0.0, (*best.evidence, *denied), reason)
    if best.certainty >= 0.5:
        reason = (
            "Konsultant podsumowuje ustalenia."
            if best is not confirmed
            else "Konsultant potwierdza podsumowanie klienta."
        )
        return Finding("pass", best.certainty, best.evidence, reason)
    return Finding(
        "fail",
        view.absence("recap", best),
        searched(view, late[-2:]),
        "Pod koniec rozmowy brakuje podsumowania.",
    )


def _denied(view: View, recap: Sighting) -> tuple[Span, ...]:
    """The customer's next words, where they begin by taking the summary back; a no to "w czymś jeszcze?" is none."""
    after = next((t for t in view.customer_turns if t > recap.turn), None)
    between = [t for t in view.agent_turns if recap.turn <= t < (after if after is not None else -1)]
    if after is None or any(view.best("further_help", (t,)).certainty >= FAINT for t in between):
        return ()
    words = [word.norm for word in view.words[after][:DENIAL_WITHIN]]
    if view.said_by_customer("takes_back", (after,)) and words:
        return (view.whole(after),)
    flat = words[:1] == ["nie"] and not {"dziekuje", "wszystko", "dzieki", "trzeba"} & set(words)
    return (view.whole(after),) if flat and len(view.words[after]) > 1 else ()


def _confirmed(view: View, turn: int) -> Sighting:
    """The agent's "dokładnie", "zgadza się" soon after a customer's summary of some length."""
    confirms = view.said_by_agent("confirms", (turn,))
    if (
        not confirms
        or confirms[0][0].start > LATEST_CONFIRMATION
        or view.turns[turn].text.rstrip().endswith("?")
    ):
        return NOWHERE
    before = [t for t in view.customer_turns if turn - SOON <= t < turn]
    summaries = [
        t for t in before if len(view.words[t]) >= SHORTEST_SUMMARY and view.said_by_customer("summary", (t,))
    ]
    if not summaries:
        return NOWHERE
    # the tagger reads one turn at a time and cannot know that the customer summed up
    certainty = weigh(max(view.model("recap", turn), UNTAGGED_PRIOR), CONFIRMED_LIFT)
    return Sighting(turn, certainty, (view.whole(summaries[-1]), *confirms[0]), True)


@check("further_help", behaviours=("further_help",))
def further_help(view: View, *, share: float = 0.5, turns: int = 6) -> Finding:
    """In the later half the agent asks for anything else; "gdyby były pytania" is no question."""
    late = tuple(
        t for t in view.last_part(share, turns) if t != view.agent_turns[0] or len(view.agent_turns) == 1
    )
    return presence(
        view,
        "further_help",
        late,
        "Konsultant pyta, czy może jeszcze w czymś pomóc.",
        "Konsultant nie pyta, czy może jeszcze w czymś pomóc.",
        searched(view, late[-2:]),
    )


@check("farewell", behaviours=("farewell",), version=2)
def farewell(view: View, *, turns: int = 4) -> Finding:
    """The agent thanks or says goodbye; not asked when the recording is cut or the customer leaves."""
    last = view.closing(turns)
    said = presence(
        view,
        "farewell",
        last,
        "Konsultant uprzejmie się żegna.",
        "Konsultant się nie żegna.",
        searched(view, last[-1:]),
    )
    if said.outcome == "pass":
        return said
    if view.conversation.channel != "phone":
        return _in_writing(view, said)
    if last[-1] == len(view.turns) - 1 and view.turns[-1].text.rstrip().endswith(("...", "…", "-")):
        return Finding("na", 0.7, searched(view, last[-1:]), "Nagranie urywa się w pół zdania.")
    goodbyes = view.said_by_customer("farewell", view.customer_turns[-3:])
    if not goodbyes:
        return Finding("na", 0.7, searched(view, last[-1:]), "Nagranie urywa się przed końcem rozmowy.")
    if goodbyes[-1][0].turn > last[-1]:
        return Finding("na", 0.65, goodbyes[-1], "Klient kończy rozmowę, zanim konsultant się pożegna.")
    return said


def _in_writing(view: View, said: Finding) -> Finding:
    """Whatever wishes or thanks end the writing; where nothing is cut off, the customer has left or the agent has said none."""
    wished = view.said("agent", "takes_leave", view.agent_turns[-1:])
    if wished:
        return Finding("pass", WISHED, wished[-1], "Konsultant uprzejmie się żegna.")
    end = len(view.turns) - 1
    if view.turns[end].speaker == "system":
        return Finding("na", LEFT, (view.whole(end),), "Rozmowę zakończono, zanim konsultant się pożegnał.")
    if view.turns[end].speaker == "customer" and view.turns[end].text.rstrip().endswith("?"):
        return Finding("na", 0.6, (view.whole(end),), "Klient pyta, a odpowiedzi już nie ma.")
    if _polite_reply(view):
        # answers to thanks end in more ways than anybody lists ("szerokości!"): a person has a look
        return Finding(said.outcome, min(said.confidence, UNLISTED), said.evidence, said.reason)
    return said


def _polite_reply(view: View) -> bool:
    """Whether the agent's last message answers thanks or a goodbye, is written with warmth, or nothing answers a goodbye."""
    last = view.agent_turns[-1]
    if view.said_by_customer("farewell", [turn for turn in view.customer_turns if turn > last]):
        return True  # perhaps the customer has left, perhaps the agent did not care to answer
    before = [turn for turn in view.customer_turns if turn < last][-1:]
    thanked = view.said_by_customer("farewell", before) or view.said_by_customer("thanks", before)
    return bool(thanked) or "!" in view.turns[last].text or bool(_WARM.search(view.turns[last].text))


@check("signature", version=2)
def signature(view: View, *, words: int = 14) -> Finding:
    """The agent's first message ends with a person's name, given or redacted, not only with a department.

    A last line of one to three words with capitals is a name, also where the name is a rare one.
    """
    if not view.agent_turns:
        return Finding("fail", 0.5, (), "W rozmowie nie ma wypowiedzi konsultanta.")
    turn = view.agent_turns[0]
    last = view.words[turn][-words:]
    formulas = [m[-1].end for m in view.said_by_agent("signs_off", (turn,))]
    after = [token for token in last if not formulas or token.start >= max(formulas)]
    names = [t for t in after if t.norm == "[person]" or is_word("first_names", t.norm)]
    if names:
        spans = (Span(turn, names[0].start, names[-1].end),)
        return Finding(
            "pass", 0.9 if formulas else 0.75, spans, "Wiadomość jest podpisana imieniem lub nazwiskiem."
        )
    signed = signature_line(view, turn)
    if signed:
        return Finding("pass", SIGNED, (signed,), "Wiadomość jest podpisana imieniem lub nazwiskiem.")
    return Finding("fail", 0.85, (view.whole(turn),), "Pod wiadomością nie ma imienia ani nazwiska.")
