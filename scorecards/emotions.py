"""Texts that ask what an agent feels: nobody may infer the emotions of people at work (AI Act, art. 5(1)(f)).

Words for emotions and moods (``emotions.yaml``) are looked for, and whose they are by the words around them. Customers' emotions are free.
Where it is not clear whose they are, they are the agent's: a card judges agents. It is no grammar of Polish.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml

from scorecards.matching import Lexicon, Match, Speech, Token, tokenise

Owner = Literal["agent", "customer"]
AGENTS = re.compile(
    r"konsultan\w*|agent\w{0,4}|agenc(?:i|ie)|pracowni[ck]\w*|doradc\w*|doradz\w|opiekun\w*|sprzedawc\w*|sprzedawczyn\w*|operator\w*|"
    r"telemarketer\w*|asystent\w*|handlow(?:iec|c\w*)|obslug(?:a|i|e|o)|przedstawiciel\w*|personel\w*|obslugujac\w*|konsultingow\w*"
)
CUSTOMERS = re.compile(
    r"klien[tc]\w*|kupujac\w*|rozmowc\w*|dzwoniac\w*|piszac\w*|reklamujac\w*|pacjen[tc]\w*|odbiorc\w*|uzytkowni\w+|abonen[tc]\w*|gosc(?:|ia|iem|iowi|iom|ie)"
)
_SUBJECTS = re.compile(
    r"konsultant(?:|ka|ki)|konsultanci|agent(?:|ka|ki)|agenci|pracowni(?:k|ca|cy)|doradc(?:a|y|zyni)|opiekun(?:|ka|owie)|sprzedawc[ay]|"
    r"sprzedawczyni|operator(?:|ka|zy)|telemarketer(?:|ka|zy)|asystent(?:|ka)|asystenci|handlow(?:iec|cy)|obsluga|przedstawiciel(?:|ka|e)|personel|"
    r"klient(?:|ka|ki)|klienci|kupujac[ay]|rozmowc[ay]|rozmowczyni|dzwoniac[ay]|piszac[ay]|pacjent(?:|ka)|pacjenci|odbiorc[ay]|uzytkowni(?:k|cy|czka)|"
    r"abonent(?:|ka)|abonenci|gosc"
)
_DATIVES = frozenset(
    ["klientowi", "klientom", "klientce", "konsultantowi", "konsultantom", "rozmowcy", "agentowi"]
)
_BEARING = re.compile(
    r"u|glos\w*|ton\w{0,3}|wypowiedz\w*|slow\w*|stron\w*|reakcj\w*|zachowani\w*|wiadomosc\w*|tekst\w*|barw\w*|intonacj\w*|mimi\w*|postaw\w*"
)
_PREPOSITIONS = frozenset(
    ["do", "z", "ze", "na", "dla", "wobec", "przy", "od", "o", "przez", "za", "przed", "nad", "wzgledem"]
)
_SUBORDINATE = re.compile(
    r"czy|ze|zeby|aby|jak|gdy|gdyby|kiedy|jesli|jezeli|bo|poniewaz|co|ktor\w+|jaki\w*|skoro|dlaczego"
)
_COPULAS = re.compile(
    r"jest|jestem|sa|byl\w*|byc|bedzie|bywa\w*|wydaj\w+|wydawal\w*|brzmi\w*|zabrzmi\w*|zdaje|zdawal\w*|robi|staje|stal|stala|pozostaje|pozostal\w*|"
    r"czuje|wyglada\w*|okazuje|okazal\w*|sprawia|odbierany"
)
_SHOWS = re.compile(
    r"okazuj\w*|okazal\w*|wyraza\w*|wyrazil\w*|przejawia\w*|ma|miewa|mial\w*|zdradza\w*|tlumi\w*|ukrywa\w*|skrywa\w*|opanowuj\w*|panuj\w*|demonstruj\w*|"
    r"pokazuj\w*|mowi|odpowiada|pisze|rozmawia|reaguje|brzmi|obsluguje|slychac|widac|daje|wykazuj\w*|ocen|oceniaj|wpada|unosi|traci|kieruje|ulega|bez|brak|brakuje"
)
_VOICE = re.compile(r"glos\w*|ton|tonu|tonem|tonie|barw\w*|intonacj\w*|brzmi\w*|slychac|slyszaln\w*|mimik\w*")
_OWN = re.compile(r"swoj\w*|swoi\w*|swego|wlasn\w+")
_JOINS = frozenset(["i", "oraz", "lub", "albo", "czy", "ani", "nie", "tez", "bardzo", "a"])
_BAD = frozenset(["zly", "zla", "zli", "zlego", "zlej"])  # of a thing it is no emotion
_OTHER_WORDS = re.compile(r"lek(?:|u|iem|owi|i|ow|ami|ach|om)|zapal")  # of a medicine, of lighting
_EVEN = frozenset(["nawet", "takze", "rowniez", "zwlaszcza", "szczegolnie", "tylko", "a", "i"])
_NOUN_END = re.compile(r".*ni(?:e|a|u|em|om|ach|ami)$")
_SENTENCE = re.compile(r"[^.?!;\n]+")
_ENDS_CLAUSE = re.compile(r"[,:–—()]")
_EMPTY = (
    _JOINS
    | _EVEN
    | {
        "ten",
        "ta",
        "ci",
        "on",
        "ona",
        "oni",
        "sie",
        "na",
        "juz",
        "wtedy",
        "ktos",
        "troche",
        "wyraznie",
        "moze",
        "oraz",
    }
)
REACH = 3  # words from an emotion to the person whose it is
COPULA_REACH = 5


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody in a sentence: behind a preposition (``led``), its subject, or whose voice or words it tells of."""

    at: int
    owner: Owner
    led: bool
    subject: bool
    bears: bool


@dataclass(frozen=True, slots=True)
class _Sentence:
    """The words of a sentence as they are compared and as they are written; ``clause`` numbers the clause of each."""

    words: tuple[str, ...]
    written: tuple[str, ...]
    clause: tuple[int, ...]
    people: tuple[_Person, ...]
    tokens: tuple[Token, ...]


def agents_emotion(text: str, *, bare: bool = False) -> str | None:
    """The words of the text that ask for an emotion of the agent; None where there are none.

    ``bare`` texts, such as names, do so too where they hold nothing but an emotion.
    """
    of_customers = any(CUSTOMERS.fullmatch(token.norm) for token in tokenise(text, 0))
    for found in _SENTENCE.finditer(text):
        sentence = _sentence(found.group())
        matches = _matches(sentence)
        alone = not of_customers and _alone(sentence, matches)
        owner: Owner | None = None
        last: Match | None = None
        for match in matches:
            joined = last is not None and _joined(sentence, last, match)
            owner = (
                _beside(sentence, match, matches) or (owner if joined else None) or _owner(sentence, match)
            )
            last = match
            nobodys = owner is None and not of_customers and _shown(sentence, match)
            if owner == "agent" or nobodys or (alone and (bare or match.name == "state")):
                return found.group()[sentence.tokens[match.first].start : sentence.tokens[match.last].end]
    return None


def _sentence(text: str) -> _Sentence:
    tokens = tuple(tokenise(text, 0))
    clauses, number, end = [], 0, 0
    for token in tokens:
        number += bool(_ENDS_CLAUSE.search(text, end, token.start))
        clauses.append(number)
        end = token.end
    words = tuple(token.norm for token in tokens)
    written = tuple(text[token.start : token.end].lower() for token in tokens)
    return _Sentence(words, written, tuple(clauses), tuple(_people(words, written)), tokens)


def _people(words: Sequence[str], written: Sequence[str]) -> Iterator[_Person]:
    for at, word in enumerate(words):
        owner: Owner | None = (
            "agent" if AGENTS.fullmatch(word) else "customer" if CUSTOMERS.fullmatch(word) else None
        )
        if owner:
            before = words[at - 1] if at else ""
            led = before in _PREPOSITIONS and written[at - 1] != "że"
            bears = bool(_BEARING.fullmatch(before)) and word not in _DATIVES
            yield _Person(at, owner, led, bool(_SUBJECTS.fullmatch(word)) and not led, bears)


def _matches(sentence: _Sentence) -> list[Match]:
    """The emotions of a sentence, in its order; a gerund among the adjectives is a thing."""
    found = _lexicon().find(Speech([sentence.tokens]))
    kept = []
    for match in sorted(
        (m for name in ("feeling", "state", "verb") for m in found.get(name, ())), key=lambda m: m.first
    ):
        noun = match.name == "state" and _NOUN_END.fullmatch(sentence.words[match.last])
        if not _OTHER_WORDS.fullmatch(sentence.written[match.first]):
            kept.append(match._replace(name="feeling") if noun else match)
    return kept


def _beside(sentence: _Sentence, match: Match, matches: Sequence[Match]) -> Owner | None:
    """Whose it is by the words next to it."""
    if match.name == "state":
        return _described(sentence, match, matches)
    return _following(sentence, match) if match.name == "feeling" else None


def _joined(sentence: _Sentence, last: Match, match: Match) -> bool:
    """Whether one emotion stands beside the other in a list: it is of the same person."""
    return all(word in _JOINS for word in sentence.words[last.last + 1 : match.first])


def _owner(sentence: _Sentence, match: Match) -> Owner | None:
    """Whose it is by the sentence; None where nobody is named, or where an adjective is said of a thing."""
    if match.name == "feeling":
        return _met(sentence, match) or _nearest(sentence, match)
    if match.name == "verb" or _predicated(sentence, match):
        return _subject(sentence, match)
    return None


def _predicated(sentence: _Sentence, match: Match) -> bool:
    """Whether an adjective is said of a person: "jest zdenerwowany", "znudzonym głosem"."""
    before = sentence.words[max(0, match.first - COPULA_REACH) : match.first]
    after = sentence.words[match.last + 1 : match.last + 3]
    voiced = any(_VOICE.fullmatch(word) for word in after) and sentence.words[match.last] not in _BAD
    said = any(_COPULAS.fullmatch(word) for word in (*before, *after[:1]))
    of_a_thing = sentence.written[match.last].endswith("ą") and before[-1:] != ("na",)
    return voiced or (said and not of_a_thing)


def _described(sentence: _Sentence, match: Match, matches: Sequence[Match]) -> Owner | None:
    """The person beside the adjective: "zdenerwowanego klienta", "zdenerwowany lub znudzony klient", "konsultant zły"."""
    emotional = {at for one in matches if one.name == "state" for at in range(one.first, one.last + 1)}
    people = {p.at: p for p in sentence.people if sentence.clause[p.at] == sentence.clause[match.first]}
    behind = _beyond(sentence, emotional, match.last, 1)
    if behind in people and _agree(sentence.words[match.last], sentence.words[behind]):
        return people[behind].owner
    before = _beyond(sentence, emotional, match.first, -1)
    return people[before].owner if before in people and people[before].subject else None


def _beyond(sentence: _Sentence, emotional: Set[int], at: int, step: int) -> int:
    """The next word that is no further adjective and joins none."""
    words = sentence.words
    at += step
    while at in emotional or (0 <= at < len(words) and words[at] in _JOINS and at + step in emotional):
        at += step
    return at


def _agree(state: str, person: str) -> bool:
    """Whether they stand in the same case, as far as the instrumental shows it."""
    if person.endswith("em"):
        return state.endswith(("ym", "im"))
    return not person.endswith("ami") or state.endswith(("ymi", "imi"))


def _following(sentence: _Sentence, match: Match) -> Owner | None:
    """The person behind a thing, as in "zdenerwowania klienta" or "złość u konsultanta"."""
    people = {person.at: person for person in sentence.people}
    for at in range(match.last + 1, min(match.last + 1 + REACH, len(sentence.words))):
        word = sentence.words[at]
        if sentence.clause[at] != sentence.clause[match.last] or _SUBORDINATE.fullmatch(word):
            return None
        if word in _PREPOSITIONS - {"ze"} or word in _DATIVES:
            return None
        if at in people:
            return people[at].owner
    return None


def _met(sentence: _Sentence, match: Match) -> Owner | None:
    """The customer where the agent does something about an emotion, unless it is said to be the agent's own."""
    near = sentence.words[max(0, match.first - 2) : match.first]
    if any(_OWN.fullmatch(word) for word in near):
        return None
    for one in _meeting().find(Speech([sentence.tokens])).get("meets", ()):
        between = sentence.words[one.last + 1 : match.first]
        same = sentence.clause[one.last] == sentence.clause[match.first]
        if same and one.last < match.first and len(between) <= 2 and not any(map(_SHOWS.fullmatch, between)):
            return "customer"
    return None


def _nearest(sentence: _Sentence, match: Match) -> Owner | None:
    """The subject or the bearer of the voice that is next, to the left if possible."""
    able = [person for person in sentence.people if person.subject or person.bears]
    left = [person for person in able if person.at < match.first]
    if left:
        return left[-1].owner
    if able:
        return able[0].owner
    owners = {person.owner for person in sentence.people}
    return None if not owners else "customer" if owners == {"customer"} else "agent"


def _subject(sentence: _Sentence, match: Match) -> Owner | None:
    """Who is or does it: the subject of the clause, or in a subordinate clause whoever was named last."""
    clause = sentence.clause[match.first]
    begin = sentence.clause.index(clause)
    own = [p for p in sentence.people if p.subject and sentence.clause[p.at] == clause]
    left = [p for p in own if p.at < match.first]
    if left or own:
        return (left[-1] if left else own[0]).owner
    if match.name == "state" and _of_a_thing(sentence, match, begin):
        return None
    earlier = [p for p in sentence.people if p.at < begin]
    first = next((word for word in sentence.words[begin:] if word not in _EVEN), "")
    if begin and earlier and _SUBORDINATE.fullmatch(first):
        named = [p for p in earlier if not p.led]
        return named[-1].owner if named else earlier[-1].owner
    return _nearest(sentence, match)


def _of_a_thing(sentence: _Sentence, match: Match, begin: int) -> bool:
    """Whether an adjective is said of something else than a person of the text, as in "czy adres jest zły"."""
    if any(sentence.clause[person.at] == sentence.clause[match.first] for person in sentence.people):
        return sentence.words[match.last] in _BAD
    ahead = sentence.words[begin : match.first]
    subordinate = next((bool(_SUBORDINATE.fullmatch(word)) for word in ahead if word not in _EVEN), False)
    return subordinate and any(
        not (_SUBORDINATE.fullmatch(w) or _COPULAS.fullmatch(w) or w in _EMPTY) for w in ahead
    )


def _shown(sentence: _Sentence, match: Match) -> bool:
    """Whether an emotion of nobody is one to be heard or shown."""
    if any(map(_VOICE.fullmatch, sentence.words)):
        return match.name != "state" or _predicated(sentence, match)
    if match.name == "verb":
        return True
    before = sentence.words[max(0, match.first - COPULA_REACH) : match.first]
    signs = _COPULAS if match.name == "state" else _SHOWS
    told = _COPULAS.fullmatch(sentence.words[0]) or _SHOWS.fullmatch(sentence.words[0])
    return bool(told) and any(map(signs.fullmatch, before))


def _alone(sentence: _Sentence, matches: Sequence[Match]) -> bool:
    """Whether a sentence holds nothing but emotions."""
    covered = {at for match in matches for at in range(match.first, match.last + 1)}
    rest = [word for at, word in enumerate(sentence.words) if at not in covered and word not in _JOINS]
    return bool(matches) and not [
        word for word in rest if word not in ("dobry", "zly", "dobre", "zle", "brak")
    ]


@cache
def _lexicon() -> Lexicon:
    words = _words()
    verbs = [phrase for verb in words["verb"] for phrase in (f"{verb} sie", f"sie ~1 {verb}")]
    groups = {"feeling": words["feeling"], "state": words["state"], "verb": [*verbs, *words["verb_alone"]]}
    return Lexicon({**groups, **{f"{name}!": words["misses"] for name in groups}})


@cache
def _meeting() -> Lexicon:
    return Lexicon({"meets": _words()["meets"]})


def _words() -> Mapping[str, Sequence[str]]:
    text = resources.files("scorecards").joinpath("emotions.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Sequence[str]] = yaml.safe_load(text)
    return found
