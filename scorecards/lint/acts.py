"""Words for what an agent does, by act: a question that joins two acts asks two things.

Patterns are those of :mod:`scorecards.matching`. Words of one group are one act, such as the ways of showing
understanding. It is no dictionary of Polish: a question with other verbs is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from scorecards.matching import Lexicon, Match, Speech, Token, tokenise

# "albo" is left out on purpose: it says that one of both is enough.
CONJUNCTIONS = (
    *(
        "i",
        "oraz",
        "lub",
        "a takze",
        "a nastepnie",
        "i nastepnie",
        "a potem",
        "a pozniej",
        "a na koniec",
        "po czym",
    ),
    *("i czy", "oraz czy", "lub czy", "a czy", "a takze czy", "i czy tez", "oraz czy tez"),
)
ACTS: dict[str, tuple[str, ...]] = {
    "greeting": ("wita|przywital*|powitanie|powitania", "powital*"),
    "name": ("przedstawia|przedstawil*|przedstawienie", "imie|imienia|imieniem"),
    "company": ("nazw* firmy|marki|sklepu|przychodni|banku",),
    "offer": ("proponuje|zaproponowal*|oferuje|zaoferowal*", "propozycj*"),
    "identity": (
        "weryfikuje|zweryfikowal*|weryfikacj*",
        "potwierdza ~2 tozsamosc",
        "sprawdza ~2 kto|tozsamosc|dane",
    ),
    "question": ("pyta|zapytal*|spytal*|dopytuje|dopytal*", "zadaje|zadal* ~2 pytan*"),
    "restating": ("parafrazuje|parafraz*", "powtarza|powtorzyl*"),
    "understanding": (
        "przeprasza|przeprosil*|przeprosin*",
        "wspolczuje|wspolczul*",
        "okazuje|wyraza ~3 zrozumieni*|empati*|zal|wspolczuci*",
        "uspokaja|uspokoil*",
    ),
    "courtesy": (
        "kpi|krzyczy|obwinia|poucza|obraza|przerywa|ironizuje|ocenia",
        "jest ~2 uprzejm*|grzeczn*|mil*|kulturaln*",
        "zwraca sie",
    ),
    "explaining": ("wyjasnia|wyjasnil*|wyjasnieni*", "tlumaczy|wytlumaczyl*"),
    "informing": ("informuje|poinformowal*|powiadamia|powiadomil*|uprzedza|uprzedzil*|ostrzega",),
    "saying": ("mowi|powiedzial*|pisze|napisal*|podaje|podal|podala|wskazuje|wskazal*",),
    "solving": ("rozwiazuje|rozwiazal*", "zalatwia|zalatwil*", "pomaga|pomogl*", "naprawia|naprawil*"),
    "checking": ("sprawdza|sprawdzil*", "upewnia|upewnil*"),
    "confirming": ("potwierdza|potwierdzil*", "zatwierdza"),
    "recording": ("zapisuje|zapisal*|notuje|zanotowal*|rejestruje|zarejestrowal*|odnotowuje",),
    "hold": (
        "zapowiada|zapowiedzial*",
        "prosi ~1 cierpliwosc",
        "dziekuje za czekanie|cierpliwosc|oczekiwanie",
    ),
    "asking": ("prosi|poprosil*",),
    "recap": ("podsumowuje|podsumowal*|podsumowanie|podsumowania",),
    "transferring": ("przekazuje|przekazal*|przelacza|przelaczyl*|kieruje|skierowal*|odsyla|odeslal*",),
    "calling": ("oddzwania|oddzwonil*|kontaktuje|skontaktowal*",),
    "selling": ("sprzedaje|poleca|polecil*|doradza|doradzil*|rekomenduje",),
    "farewell": (
        "zegna|pozegnal*|pozegnanie|pozegnania",
        "dziekuje|podziekowal*|podziekowani*",
        "zyczy|zyczyl*",
    ),
    "signing": ("podpisuje|podpisal*|podpis",),
}
REACHES = 5  # words between the conjunction and the act that it joins
_ANY_VERB = re.compile(r"[a-z]{3,}uje")
_ASIDE = re.compile(r"\([^)]*\)")
_JOINS = tuple(tuple(words.split()) for words in CONJUNCTIONS)  # a comma before them ends no clause
_MARK = re.compile(r"[,;:?]")
_BEGINS_CLAUSE = frozenset(
    [
        "czy",
        "gdy",
        "gdyby",
        "jesli",
        "jezeli",
        "ze",
        "zeby",
        "aby",
        "zamiast",
        "ktory",
        "ktora",
        "ktore",
        "bez",
    ]
)


@dataclass(frozen=True, slots=True)
class Act:
    """An act named in a question: its group, its words, and where in the clause they begin and end."""

    group: str
    words: str
    first: int
    last: int


def joined_acts(question: str) -> tuple[Act, Act] | None:
    """Two different acts that a conjunction joins in one clause; what stands in brackets is an example."""
    text = _ASIDE.sub(lambda aside: "," * len(aside.group()), question)
    for clause in _clauses(text):
        acts = _acts(clause, text)
        for first, last in _conjunctions(clause):
            before = max((act for act in acts if act.last < first), key=lambda act: act.last, default=None)
            after = min((act for act in acts if act.first > last), key=lambda act: act.first, default=None)
            if before and after and after.first - last <= REACHES and before.group != after.group:
                return before, after
    return None


def _clauses(text: str) -> Iterator[list[Token]]:
    clause: list[Token] = []
    end = 0
    tokens = tokenise(text, 0)
    joining = _joining([token.norm for token in tokens])
    for index, token in enumerate(tokens):
        marked = _MARK.search(text, end, token.start) and index not in joining
        begins = token.norm in _BEGINS_CLAUSE and index not in joining
        if clause and (marked or begins):
            yield clause
            clause = []
        clause.append(token)
        end = token.end
    if clause:
        yield clause


def _joining(norms: Sequence[str]) -> frozenset[int]:
    """The places of the words of conjunctions."""
    return frozenset(index for first, last in _joins(norms) for index in range(first, last + 1))


def _conjunctions(clause: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """First and last word of each conjunction."""
    return _joins([token.norm for token in clause])


def _joins(norms: Sequence[str]) -> Iterator[tuple[int, int]]:
    for words in _JOINS:
        for index in range(len(norms)):
            if tuple(norms[index : index + len(words)]) == words:
                yield index, index + len(words) - 1


def _acts(clause: Sequence[Token], text: str) -> list[Act]:
    """The acts of a clause; where words can be several acts, the one with most words."""
    found = [m for matches in _lexicon().find(Speech([clause])).values() for m in matches]
    verbs = [Match(t.norm, i, i) for i, t in enumerate(clause) if _ANY_VERB.fullmatch(t.norm)]
    kept: list[Match] = []
    for match in sorted([*found, *verbs], key=lambda m: (m.first - m.last, m.name not in ACTS)):
        if not any(match.first <= other.last and other.first <= match.last for other in kept):
            kept.append(match)
    return [Act(m.name, text[clause[m.first].start : clause[m.last].end], m.first, m.last) for m in kept]


@cache
def _lexicon() -> Lexicon:
    return Lexicon(ACTS)
