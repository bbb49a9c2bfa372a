"""The same words by, or to, a person of the other gender: past forms, adjectives, Pan and Pani."""

from __future__ import annotations

from nlp.text import analyse
from nlp.word_forms import Gender, Word, other, other_unmarked, past, predicate, readings, replaced, words

_OWN_MARKS = ("bym", "żebym", "zebym", "gdybym", "abym", "jakbym", "będę", "bede")
_I_AM = frozenset(
    [
        "jestem",
        "byłam",
        "byłem",
        "bylam",
        "bylem",
        "będę",
        "bede",
        "zostałam",
        "zostałem",
        "czuję",
        "bym",
        "byłabym",
        "byłbym",
        "bylabym",
        "bylbym",
    ]
)
_IS = frozenset(
    [
        "jest",
        "była",
        "był",
        "byla",
        "byl",
        "będzie",
        "bedzie",
        "byłaby",
        "byłby",
        "bylaby",
        "bylby",
        "została",
        "został",
        "czuje",
    ]
)
_PRONOUNS = frozenset(
    ["nic", "co", "coś", "cos", "kto", "ktoś", "ktos", "to", "wszystko", "ja", "ty", "my", "on", "ona"]
)
_ADVERBS = (
    "się",
    "sie",
    "bardzo",
    "tak",
    "taka",
    "taki",
    "dość",
    "całkiem",
    "naprawdę",
    "nie",
    "już",
    "też",
    "pani",
    "pan",
)
_MRS = {"pani", "panią", "pania"}
_MR = {"pan", "pana", "panu", "panem", "panie"}
REACH = 4
FAR = 7

_GENITIVE = frozenset(
    [
        "do",
        "od",
        "u",
        "dla",
        "bez",
        "oprócz",
        "oprocz",
        "według",
        "wedlug",
        "obok",
        "koło",
        "kolo",
        "wobec",
        "podczas",
        "proszę",
        "prosze",
        "strony",
    ]
)
_DATIVE = frozenset(
    [
        "ku",
        "dzięki",
        "dzieki",
        "przeciw",
        "dobry",
        "widzenia",
        "usłyszenia",
        "wieczór",
        "dziękuję",
        "dziekuje",
        "dziękujemy",
        "dziekujemy",
    ]
)
_LOCATIVE = frozenset(["o", "w", "we", "po", "przy"])
_ACCUSATIVE = frozenset(
    [
        "na",
        "przez",
        "za",
        "o",
        "przepraszam",
        "przepraszamy",
        "łączę",
        "lacze",
        "informuję",
        "informuje",
        "poinformuję",
        "zapraszam",
        "zapraszamy",
        "przełączę",
        "przelacze",
        "witam",
        "witamy",
        "żegnam",
        "zegnam",
        "rozumiem",
        "słyszę",
        "slysze",
        "uspokoję",
        "obsłużę",
        "zapytam",
        "prosić",
        "prosic",
        "poprosić",
        "poprosic",
        "poproszę",
        "poproszę",
        "przeprosić",
        "przeprosic",
        "poinformować",
        "połączyć",
        "przełączyć",
        "zapewniam",
        "zawiadomię",
        "powiadomię",
    ]
)
_VOCATIVE = frozenset(["szanowna", "szanowny", "droga", "drogi"])
_SUBJECT_AFTER = frozenset(
    [
        "czy",
        "że",
        "ze",
        "żeby",
        "zeby",
        "jak",
        "co",
        "gdzie",
        "kiedy",
        "jeśli",
        "jesli",
        "jeżeli",
        "jezeli",
        "gdy",
        "gdyby",
        "niech",
        "aby",
        "czego",
        "ile",
        "skąd",
        "którą",
        "ktorą",
        "który",
        "ktory",
        "które",
        "dlaczego",
        "czemu",
        "skoro",
        "to",
        "a",
        "i",
        "bo",
        "ale",
        "lub",
        "albo",
        "jaki",
        "jaką",
        "jakie",
    ]
)
_HONORIFICS = {
    ("szanowna", "m"): "szanowny",
    ("szanowny", "f"): "szanowna",
    ("droga", "m"): "drogi",
    ("drogi", "f"): "droga",
}


def first_person(text: str, to: Gender, *, plain: bool = False) -> str:
    """What a person says of themselves, in gender ``to``; ``plain`` without diacritics."""
    found = words(text)
    changes = {}
    for index, _word in enumerate(found):
        new = _own_verb(found, index, to) or _own_adjective(found, index, to)
        if new:
            changes[index] = new
    return replaced(text, changes, found, plain=plain)


def _own_verb(found: list[Word], index: int, to: Gender) -> str | None:
    low = found[index].lower
    of_past = [reading for reading in readings(low) if past(reading)]
    if any(reading.own for reading in of_past):
        return other(low, to, past)
    if of_past and _near(found, index, _OWN_MARKS):
        return other(low, to, past)
    return other_unmarked(low, to)


def _own_adjective(found: list[Word], index: int, to: Gender) -> str | None:
    """ "Jestem pewna", "sama to zrobiłam"; not "jestem dobra klientka"."""
    low = found[index].lower
    if not any(map(predicate, readings(low))) or _feminine_noun_follows(found, index):
        return None
    if low in ("sam", "sama") or _beside_own_be(found, index):
        return other(low, to, predicate)
    return None


def _beside_own_be(found: list[Word], index: int) -> bool:
    clause = found[index].clause
    after = found[index + 1 : index + 2]
    if any(word.lower in _I_AM and word.lower != "bym" and word.clause == clause for word in after):
        return True  # "zła byłam"
    for before in reversed(found[max(0, index - 3) : index]):
        if before.clause != clause:
            return False
        if before.lower in _I_AM:
            return True
        if before.lower not in _ADVERBS:
            return False
    return False


def _feminine_noun_follows(found: list[Word], index: int) -> bool:
    after = found[index + 1 : index + 2]
    return bool(after) and after[0].clause == found[index].clause and _is_noun(after[0].lower)


def _near(found: list[Word], index: int, marks: tuple[str, ...], reach: int = REACH) -> bool:
    here = found[index]
    around = found[max(0, index - reach) : index] + found[index + 1 : index + 3]
    return any(word.clause == here.clause and word.lower in marks for word in around)


def addressed(text: str, to: Gender, *, plain: bool = False) -> str:
    """What is said to, or of, somebody who is called Pan or Pani, in gender ``to``."""
    found = words(text)
    changes: dict[int, str] = {}
    for index, word in enumerate(found):
        if word.lower in (_MRS if to == "m" else _MR):
            if to == "f" and word.lower == "panie" and _plural(found, index):
                continue
            form, subject = _masculine(found, index) if to == "m" else _feminine(found, index)
            changes[index] = form
            if subject:
                changes |= _agreeing(found, index, to)
            before = found[index - 1].lower if index else ""
            if (before, to) in _HONORIFICS:
                changes[index - 1] = _HONORIFICS[before, to]
    return replaced(text, changes, found, plain=plain)


def _plural(found: list[Word], index: int) -> bool:
    """ "Te panie", "panie konsultantki": several women."""
    return bool(index) and found[index - 1].lower in ("te", "dwie", "trzy", "miłe", "wszystkie")


def _masculine(found: list[Word], index: int) -> tuple[str, bool]:
    """The form of "pan" that stands for this "pani", and whether it is the subject."""
    before, after = _neighbour(found, index, -1), _neighbour(found, index, 1)
    if found[index].lower in ("panią", "pania"):
        return ("panem" if before in ("z", "ze", "przed", "nad", "pod", "między") else "pana"), False
    if before in _VOCATIVE or (after and _vocative_name(after)):
        return "panie", False
    if before in _GENITIVE:
        return "pana", False
    if before in _DATIVE:
        return "panu", False
    if any(w.lower not in _IS and _third_person(w.lower) for w in _just_before(found, index)):
        return "pan", True
    if before in _I_AM or (after and _first_person(after)):
        return "panu", False
    if after and _is_noun(after) and not _is_verb(after):
        return ("pan", False) if _is_name(found, index + 1) else ("pana", False)
    if before in _LOCATIVE:
        return "panu", False
    if before in _SUBJECT_AFTER or not before or before in _IS or (after and _third_person(after)):
        return "pan", True
    if _is_verb(before) or before in ("się", "sie", "tu", "tutaj", "już", "juz", "jeszcze", "to"):
        return ("pan", True) if _verb_follows(found, index) else ("panu", False)
    return "pan", True


def _feminine(found: list[Word], index: int) -> tuple[str, bool]:
    low, before, after = found[index].lower, _neighbour(found, index, -1), _neighbour(found, index, 1)
    if low == "pan":
        return "pani", True
    if low == "panem":
        return "panią", False
    noun = bool(after) and _is_noun(after) and not _is_verb(after)
    if low == "pana" and before in _ACCUSATIVE and not noun:
        return "panią", False
    return "pani", False


def _just_before(found: list[Word], index: int) -> list[Word]:
    """The word before in the same clause; the one before that too where a short pronoun stands between."""
    near = [w for w in found[max(0, index - 2) : index] if w.clause == found[index].clause]
    return (
        near
        if near and near[-1].lower in ("mi", "mnie", "nam", "się", "sie", "to", "ją", "go", "je")
        else near[-1:]
    )


def _neighbour(found: list[Word], index: int, step: int) -> str:
    """The next word on that side in the same clause, or nothing."""
    place = index + step
    if 0 <= place < len(found) and found[place].clause == found[index].clause:
        return found[place].lower
    return ""


def _agreeing(found: list[Word], index: int, to: Gender) -> dict[int, str]:
    """Verbs and predicates of the subject at ``index``, in its clause."""
    changes: dict[int, str] = {}
    for place in range(max(0, index - 3), min(len(found), index + FAR)):
        word = found[place]
        if place == index or word.clause != found[index].clause:
            continue
        new = other(word.lower, to, past) if not _says_i(word.lower) else None
        if new is None and place > index and _predicative(found, place, index):
            new = other(word.lower, to, predicate)
        if new:
            changes[place] = new
    return changes


def _says_i(low: str) -> bool:
    return any(reading.own for reading in readings(low))


def _predicative(found: list[Word], place: int, subject: int) -> bool:
    """ "Czy jest pani pewna", "żeby była pani spokojna", "sama"."""
    if _feminine_noun_follows(found, place):
        return False
    if found[place].lower in ("sam", "sama"):
        return True
    between = {word.lower for word in found[max(0, subject - 2) : place]}
    return bool(between & _IS) and any(map(predicate, readings(found[place].lower)))


def _verb_follows(found: list[Word], index: int) -> bool:
    rest = [w.lower for w in found[index + 1 : index + FAR] if w.clause == found[index].clause]
    return any(map(_third_person, rest))


def _third_person(low: str) -> bool:
    return any(
        (r.tag[0] in ("fin", "bedzie") and "sg" in r.tag and "ter" in r.tag)
        or (past(r) and r.rest[:1] != ("aglt",) and "sg" in r.tag)
        for r in readings(low)
    )


def _first_person(low: str) -> bool:
    return any(r.tag[0] == "fin" and "sg" in r.tag and "pri" in r.tag for r in readings(low))


def _is_verb(low: str) -> bool:
    return any(r.tag[0] in ("fin", "praet", "winien", "bedzie", "inf", "impt", "pred") for r in readings(low))


def _is_noun(low: str) -> bool:
    nouns = [
        r
        for r in readings(low)
        if r.tag[0] in ("subst", "ger", "depr") and r.lemma.split(":")[0] not in _PRONOUNS
    ]
    return bool(nouns) and not any(
        r.tag[0] in ("prep", "conj", "comp", "part", "qub", "adv") or r.tag[0].startswith("ppron")
        for r in readings(low)
    )


def _is_name(found: list[Word], index: int) -> bool:
    form = analyse(found[index].lower)
    capital = found[index].text[:1].isupper()
    return found[index].text.startswith("[") or bool(
        (form.given or form.surname) and (capital or not form.common)
    )


def _vocative_name(low: str) -> bool:
    form = analyse(low)
    cases = {case for _, case in form.given}
    return "voc" in cases and "nom" not in cases


def as_to_a_man(text: str) -> str:
    """What an agent says as a man would say it to a man: what a tagger reads does not tell who speaks to whom."""
    return first_person(addressed(text, "m"), "m")
