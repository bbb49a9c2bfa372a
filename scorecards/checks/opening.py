"""Otwarcie: greeting, introduction, offer of help."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from scorecards.checks.general import presence, searched
from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.matching import Token
from scorecards.phrases import is_word, words_of
from scorecards.view import NOWHERE, UNTAGGED_PRIOR, Sighting, View, weigh
from transcripts.conversation import Span

SPOKEN_NAME = 25.0
SPOKEN_COMPANY = 25.0
UNSAID = 0.01  # a name or a company cannot be given without a word that can be one
PERHAPS_UNSAID = 0.15  # in long text without capitals such words are not told apart
LONGEST_INTRODUCTION = 9
NEAR_NAME = 4  # words
CALLED = frozenset(
    (("nazywam", "sie"), ("na", "imie"), ("przy", "czacie"), ("przy", "klawiaturze"), ("tej", "strony"))
)
HAILS = frozenset(
    ("dzien", "dobry", "wieczor", "witam", "witajcie", "czesc", "hej", "hejka", "halo", "siema", "siemka", "jest",
     "jestescie", "tam", "tu", "ktos", "prosze", "panstwa")
)  # fmt: skip
INTRODUCING = frozenset(
    ("tu", "tutaj", "jestem", "imie", "nazywam", "strony", "klawiaturze", "konsultant", "konsultantka")
)
_OF_A_PERSON = ("pan", "pani", "pania", "pana", "panu", "panem", "panie")
_SURNAME = (
    "ski",
    "cki",
    "dzki",
    "ska",
    "cka",
    "dzka",
    "skiej",
    "ckiej",
    "dzkiej",
    "skim",
    "ckim",
    "wicz",
    "wiczem",
    "czyk",
)
_SENTENCE_ENDS = ".!?"
_MARK = re.compile(r"\[[A-Z_]+\d*\]")


def _absent(view: View, heard: str, read: str) -> str:
    """The sentence for a call or for writing, where nothing is heard."""
    return heard if view.conversation.channel == "phone" else read


@check("greeting", behaviours=("greeting",))
def greeting(view: View, *, turns: int = 4, words: int = 30) -> Finding:
    """The agent greets at the start; a clipped greeting counts."""
    opening = view.opening(turns, words)
    return presence(
        view,
        "greeting",
        opening,
        "Konsultant wita klienta na początku rozmowy.",
        _absent(view, "Na początku rozmowy nie słychać powitania.", "Na początku rozmowy nie ma powitania."),
        searched(view, opening),
    )


@check("introduction", behaviours=("company_named", "name_given"), version=3)
def introduction(view: View, *, turns: int = 4, words: int = 30) -> Finding:
    """The agent gives the company and their own name; both are needed."""
    opening = view.opening(turns, words)
    companies = {t: _company(view, t) for t in opening}
    # a rare first name looks like a company's
    unknown_names = [t for t, words in companies.items() if words]
    name = _surest(view, "name_given", {t: _name(view, t) for t in opening}, SPOKEN_NAME, unknown_names)
    company = _surest(view, "company_named", companies, SPOKEN_COMPANY)
    certainty = name.certainty * company.certainty
    missing = [what for what, act in (("imienia", name), ("nazwy firmy", company)) if act.certainty < 0.5]
    if not missing and certainty >= 0.5:
        spans = tuple(dict.fromkeys(name.evidence + company.evidence))
        return Finding(
            "pass", min(name.certainty, company.certainty), spans, "Konsultant podaje firmę i imię."
        )
    reason = (
        f"W otwarciu brakuje {' i '.join(missing)}." if missing else "Nie wiadomo, czy padły firma i imię."
    )
    return Finding("fail", 1 - min(name.certainty, company.certainty), searched(view, opening), reason)


@check("own_name", behaviours=("name_given",), version=2)
def own_name(view: View, *, turns: int = 4, words: int = 30) -> Finding:
    """The agent gives their own name at the start; a chat's window shows the company.

    A name in a later message is somebody else's unless words introduce it.
    """
    opening = view.opening(turns, words)
    own = {t: _name(view, t) if t == opening[0] else _introduced(view, t) for t in opening}
    name = _surest(view, "name_given", own, SPOKEN_NAME)
    if name.certainty >= 0.5:
        return Finding("pass", name.certainty, name.evidence, "Konsultant podaje imię.")
    reason = "Na początku rozmowy konsultant nie podaje imienia."
    return Finding("fail", 1 - name.certainty, searched(view, opening), reason)


def _surest(
    view: View,
    behaviour: str,
    spoken: Mapping[int, Sequence[Token]],
    lift: float,
    perhaps: Collection[int] = (),
) -> Sighting:
    best = NOWHERE
    for turn, tokens in spoken.items():
        # what the redaction or the place in the opening shows outweighs a tagger that is silent
        prior = max(view.model(behaviour, turn), UNTAGGED_PRIOR if tokens else view.prior)
        certainty = weigh(
            prior, lift if tokens else PERHAPS_UNSAID if turn in perhaps else _missing(view, turn)
        )
        if certainty > best.certainty:
            spans = (Span(turn, tokens[0].start, tokens[-1].end),) if tokens else (view.whole(turn),)
            best = Sighting(turn, certainty, spans, bool(tokens))
    return best


def _missing(view: View, turn: int) -> float:
    plain = _without_capitals(view.turns[turn].text) and len(view.words[turn]) > LONGEST_INTRODUCTION
    return PERHAPS_UNSAID if plain else UNSAID


def _without_capitals(text: str) -> bool:
    """Whether nothing has a capital but the marks of redaction, as recognition writes."""
    said = _MARK.sub("", text)
    return said == said.lower()


def _name(view: View, turn: int) -> list[Token]:
    """The words that are the agent's own name: a redaction token or a first name that introduces."""
    words = view.words[turn]
    for index, token in enumerate(words):
        if token.norm != "[person]" and not is_word("first_names", token.norm):
            continue
        before = words[index - 1] if index else None
        if (
            before
            and before.norm in (*_OF_A_PERSON, "do", "dr", "lekarza")
            and not _apart(view, before, token)
        ):
            continue
        return [token]
    return _called(view, turn)


def _called(view: View, turn: int) -> list[Token]:
    """In writing: a word with a capital just after "nazywam się", "na imię" or "przy czacie", however rare the name."""
    if view.conversation.channel == "phone":
        return []
    text, words = view.turns[turn].text, view.words[turn]
    for first, cue, named in zip(words, words[1:], words[2:], strict=False):
        if (first.norm, cue.norm) in CALLED and text[named.start].isupper():
            return [named]
    return []


def _apart(view: View, before: Token, token: Token) -> bool:
    """Whether a comma or the like stands between two words: "Dzień dobry Panu, Robert" is no Mr Robert."""
    return any(sign in ",.!-:" for sign in view.turns[token.turn].text[before.end : token.start])


def _introduced(view: View, turn: int) -> list[Token]:
    """The agent's own name where "tu", "jestem", "na imię" or "z tej strony" stand just before or after it."""
    name = _name(view, turn)
    if not name:
        return []
    words = [token.norm for token in view.words[turn]]
    at = view.words[turn].index(name[0])
    around = words[max(0, at - NEAR_NAME) : at + NEAR_NAME]
    return name if INTRODUCING.intersection(around) else []


def _company(view: View, turn: int) -> list[Token]:
    """The words that can be the own company's name in an introducing turn."""
    words = view.words[turn]
    introduces = view.said_by_agent("introduces", (turn,)) or view.said_by_agent("greeting", (turn,))
    if not (introduces or _name(view, turn) or view.said_by_agent("offer_of_help", (turn,))):
        return []
    return [token for token in _introducing(words) if _names_a_company(view, token)][:4]


def _introducing(words: Sequence[Token]) -> list[Token]:
    """Words up to the offer of help or the matter, without names of people.

    Those are first names with what follows them, and two words after "pani" or "pana": the customer's name.
    """
    kept: list[Token] = []
    skip = 0
    for token in words:
        if token.norm in ("czym", "slucham", "pomoc", "sprawie", "chcialabym", "chcialbym"):
            break
        if token.norm in _OF_A_PERSON:
            skip = 2
        elif _is_first_name(token.norm):
            skip = 1
        elif token.norm == "[person]":
            skip = 0
        elif skip:
            skip -= 1
        else:
            kept.append(token)
    return kept


def _is_first_name(norm: str) -> bool:
    """A first name in the nominative or in a common ending: Lucyny, Adama, Tomaszem, Markowi."""
    if is_word("first_names", norm):
        return True
    feminine = norm[-1:] in ("y", "i", "e", "o") and is_word("first_names", norm[:-1] + "a")
    stems = [norm.removesuffix(end) for end in ("a", "em", "owi") if norm.endswith(end)]
    return feminine or any(is_word("first_names", stem) for stem in stems)


def _names_a_company(view: View, token: Token) -> bool:
    norm = token.norm
    if (
        is_word("not_a_company", norm)
        or norm.startswith(words_of("generic_businesses"))
        or norm.startswith("[")
        or len(norm) < 2
    ):
        return False
    if norm.endswith(_SURNAME) and not _follows_a_business(view, token):
        return False
    text = view.turns[token.turn].text
    if _without_capitals(text):  # speech recognition without capitals: only a short introduction is trusted
        return len(view.words[token.turn]) <= LONGEST_INTRODUCTION
    return text[token.start].isupper() and not _merely_begins(text, token)


def _follows_a_business(view: View, token: Token) -> bool:
    """Bank Śląski, Browar Warszawski: after a kind of business the word is no surname."""
    words = view.words[token.turn]
    before = words[words.index(token) - 1].norm if words.index(token) else ""
    return before.startswith(words_of("generic_businesses"))


def _merely_begins(text: str, token: Token) -> bool:
    """A capital that only begins a sentence: neither a comma nor another capital follows."""
    before, after = text[: token.start].rstrip(), text[token.end :]
    if before and before[-1] not in _SENTENCE_ENDS:
        return False
    rest = after.lstrip()
    return bool(rest) and not rest[0].isupper() and rest[0] not in ",.!"


@check("offer_of_help", behaviours=("offer_of_help",), version=3)
def offer_of_help(view: View, *, turns: int = 4, words: int = 30, matter_words: int = 0) -> Finding:
    """The agent opens by offering help; not asked of outbound calls or when the opening is not recorded.

    With ``matter_words``, not asked either where the customer has written as many words before the agent's first,
    greetings left out.
    """
    opening = view.opening(turns, words)
    calls_out = view.said_by_agent("calls_out", opening)
    if view.conversation.direction == "outbound":
        return Finding("na", 0.95, (), "To konsultant dzwoni do klienta.")
    offered = presence(
        view,
        "offer_of_help",
        opening,
        "Konsultant proponuje pomoc na początku.",
        _absent(
            view,
            "Na początku rozmowy nie słychać propozycji pomocy.",
            "Na początku rozmowy nie ma propozycji pomocy.",
        ),
        searched(view, opening),
    )
    if offered.outcome == "pass":
        return offered
    matter = [t for t in view.customer_turns if view.agent_turns and t < view.agent_turns[0]]
    said = [word for turn in matter for word in view.words[turn] if word.norm not in HAILS]
    if matter_words and len(said) >= matter_words:
        return Finding("na", 0.85, (view.whole(matter[-1]),), "Klient od razu napisał, o co chodzi.")
    if calls_out and view.conversation.direction is None:
        return Finding("na", 0.85, calls_out[0], "To konsultant dzwoni do klienta.")
    if view.conversation.channel == "phone" and _starts_late(view, opening):
        return Finding("na", 0.65, searched(view, opening, 1), "Nagranie zaczyna się po otwarciu rozmowy.")
    return offered


def _starts_late(view: View, opening: Sequence[int]) -> bool:
    """Nobody greets and nobody introduces themselves in the first turns."""
    if any(view.best(act, opening).certainty >= 0.5 for act in ("greeting", "name_given", "company_named")):
        return False
    if any(_name(view, turn) for turn in opening[:2]):
        return False
    return not view.said_by_customer("greeting", view.customer_turns[:3])
