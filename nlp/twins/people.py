"""Who is named where in a conversation, and the same conversation with other names in the right case."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml

from nlp.text import Form, analyse, fold
from nlp.word_forms import Gender, Word, replaced, words
from transcripts.conversation import Conversation, Span, Turn

Person = Literal["agent", "customer"]
CASES = ("nom", "gen", "dat", "acc", "inst", "loc", "voc")
OPENING = 4  # turns in which an agent says who they are
SIGNATURE = 12  # last words of a message
_TITLES = frozenset(
    [
        "pan",
        "pani",
        "pana",
        "panu",
        "panem",
        "panią",
        "pania",
        "panie",
        "p",
        "doktor",
        "doktora",
        "doktorem",
        "lekarz",
        "lekarza",
    ]
)
_AFTER_TITLE = {"pana": "gen", "panu": "dat", "panem": "inst", "panią": "acc", "pania": "acc", "panie": "voc"}
_INTRODUCES = frozenset(
    [
        "nazywam",
        "się",
        "sie",
        "jestem",
        "tu",
        "mówi",
        "mowi",
        "strony",
        "mnie",
        "nazwisko",
        "imię",
        "imie",
        "przy",
        "telefonie",
    ]
)


@dataclass(frozen=True, slots=True)
class Named:
    """A word that names somebody: place, whose name, given name or surname, case and gender as written."""

    turn: int
    index: int
    person: Person
    kind: Literal["given", "surname"]
    case: str


@dataclass(frozen=True, slots=True)
class Somebody:
    """Where one side is named, and their gender as the names tell it."""

    named: tuple[Named, ...]
    gender: Gender | None


@dataclass(frozen=True, slots=True)
class _Candidate:
    turn: int
    index: int
    word: Word
    before: str
    form: Form
    late: bool  # among the last words of a message

    @property
    def keys(self) -> frozenset[str]:
        return self.form.lemmas | {fold(self.word.lower)}


def people(conversation: Conversation, persons: Iterable[Span]) -> dict[Person, Somebody]:
    """Agent and customer with the places where they are named; ``persons`` are the redactor's places of names."""
    candidates = list(_candidates(conversation, persons))
    runs = list(_runs(candidates))
    agent = _agent_keys(conversation, runs)
    customer: set[str] = set()
    for run in runs:
        said_by = conversation.turns[run[0].turn].speaker
        titled = run[0].before in _TITLES
        if (titled if said_by == "agent" else not titled and _introduces(run)) and not _keys(run) & agent:
            customer |= _keys(run)
    return {
        "agent": _somebody("agent", agent, candidates),
        "customer": _somebody("customer", customer, candidates),
    }


def _runs(candidates: Iterable[_Candidate]) -> Iterator[list[_Candidate]]:
    """Names that stand side by side."""
    run: list[_Candidate] = []
    for one in candidates:
        if run and (one.turn, one.index) != (run[-1].turn, run[-1].index + 1):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _keys(run: Iterable[_Candidate]) -> set[str]:
    return {key for one in run for key in one.keys}


def _agent_keys(conversation: Conversation, runs: Iterable[list[_Candidate]]) -> set[str]:
    """The first name without a title in the agent's opening, and those that sign the agent's messages."""
    opening = [i for i, t in enumerate(conversation.turns) if t.speaker == "agent"][:OPENING]
    own: set[str] = set()
    for run in runs:
        by_agent = conversation.turns[run[0].turn].speaker == "agent"
        if not by_agent or run[0].before in _TITLES or not any(one.form.given for one in run):
            continue
        if run[-1].late or (run[0].turn in opening and not own):
            own |= _keys(run)
    return own


def _introduces(run: Sequence[_Candidate]) -> bool:
    first, with_given = run[0], any(one.form.given for one in run)
    return first.before in _INTRODUCES or (with_given and (run[-1].late or first.index <= 1))


def _somebody(person: Person, keys: set[str], candidates: Sequence[_Candidate]) -> Somebody:
    mine = [one for one in candidates if one.keys & keys]
    votes = Counter(gender for one in mine if (gender := _gender(one)) is not None)
    gender = votes.most_common(1)[0][0] if votes else None
    named = tuple(Named(one.turn, one.index, person, _kind(one), _case(one, gender)) for one in mine)
    return Somebody(named, gender)


def _gender(one: _Candidate) -> Gender | None:
    """The gender of a name as written: by its nominative or vocative where both genders have such a form."""
    slots = one.form.given or one.form.surname
    straight = {gender for gender, case in slots if case in ("nom", "voc")} or {gender for gender, _ in slots}
    return "f" if straight == {"f"} else "m" if straight == {"m"} else None


def _kind(one: _Candidate) -> Literal["given", "surname"]:
    return "given" if one.form.given else "surname"


def _case(one: _Candidate, gender: Gender | None) -> str:
    """The case of a name as written; what is said before it decides between equal forms."""
    known = {case for g, case in (one.form.given or one.form.surname) if gender in (None, g)}
    hinted = _AFTER_TITLE.get(one.before)
    if hinted and (hinted in known or not known):
        return hinted
    return next((case for case in CASES if case in known), "nom")


def _candidates(conversation: Conversation, persons: Iterable[Span]) -> Iterator[_Candidate]:
    marked: dict[int, list[Span]] = {}
    for span in persons:
        marked.setdefault(span.turn, []).append(span)
    for number, turn in enumerate(conversation.turns):
        if turn.speaker not in ("agent", "customer"):
            continue
        found = words(turn.text)
        for index, word in enumerate(found):
            if not word.text.isalpha() or word.lower in _TITLES or len(word.text) < 3:
                continue
            form = analyse(word.lower)
            inside = any(s.start <= word.start and word.end <= s.end for s in marked.get(number, ()))
            capital = word.text[0].isupper() and (index > 0 or len(found) == 1)
            if inside or (capital and form.given and not form.common):
                before = found[index - 1].lower if index else ""
                if _part_of_address(turn.text, word):
                    continue
                late = conversation.channel != "phone" and index >= len(found) - SIGNATURE
                yield _Candidate(number, index, word, before, form, late)


def _part_of_address(text: str, word: Word) -> bool:
    """Joined to an e-mail address, a page or a number."""
    return (text[word.start - 1 : word.start] in ("@", ".", "_", "-", "/") and word.start > 0) or text[
        word.end : word.end + 1
    ] in ("@", "_", "/")


Origin = Literal["foreign", "polish"]


@cache
def _names() -> dict[str, dict[str, dict[str, list[str]]]]:
    text = resources.files("nlp.twins").joinpath("names.yaml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, dict[str, list[str]]]] = yaml.safe_load(text)
    return loaded


def paradigm(kind: str, origin: Origin, gender: Gender, seed: str) -> dict[str, str]:
    """The forms by case of a name that ``seed`` draws, the same every time."""
    listed = _names()[kind][origin][gender]
    drawn = int.from_bytes(hashlib.sha256(f"{seed}/{kind}".encode()).digest()[:4], "big") % len(listed)
    forms = listed[drawn].split()
    return dict(zip(CASES, forms * len(CASES) if len(forms) == 1 else forms, strict=False))


def renamed(
    conversation: Conversation, somebody: Somebody, origin: Origin, gender: Gender, plain: Iterable[str] = ()
) -> Conversation:
    """The conversation in which somebody has another name; ``plain`` are speakers who leave out diacritics."""
    by_turn: dict[int, dict[int, str]] = {}
    leaves_out = set(plain)
    for one in somebody.named:
        forms = paradigm(one.kind, origin, gender, conversation.id)
        by_turn.setdefault(one.turn, {})[one.index] = forms[one.case]
    turns = list(conversation.turns)
    for number, changes in by_turn.items():
        turn = turns[number]
        text = replaced(turn.text, changes, words(turn.text), plain=turn.speaker in leaves_out)
        turns[number] = _with_text(turn, text)
    return conversation.with_turns(tuple(turns))


def _with_text(turn: Turn, text: str) -> Turn:
    return dataclasses.replace(turn, text=text)
