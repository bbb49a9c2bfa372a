"""What a linear model sees of a word that may be of a name or an address, and of the words around it.

The word itself is not among the features, only what the dictionary says of it: names that were not in the
training texts must be found just as well.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import TYPE_CHECKING
from zlib import crc32

from nlp.redaction.brands import is_brand
from nlp.redaction.detectors.person_known import stem_of
from nlp.redaction.detectors.person_words import BUSINESS, INTRODUCTION_ENDS, KIN, RANKS, TITLES, things_sold
from nlp.redaction.function_words import FUNCTION_WORDS
from nlp.redaction.names import NameForm, agree, has_grammar, name_form
from nlp.redaction.number_words import UNITS
from nlp.redaction.spoken_numbers import NUMERALS
from nlp.redaction.words import Line, Word

if TYPE_CHECKING:
    from nlp.redaction.dialogue import Dialogue

BUCKETS = 1 << 14
_REACH = 3  # words looked at on each side
_START, _END = "^", "$"
_SHORTEST = 3
_RARE = 12  # a longer turn is a long turn
_NOT_POLISH = re.compile(r"[qvx]|th|sh|oo|ee|ck|ph|y[aeou]|[aeou]y")
_TWICE = re.compile(r"([b-df-hj-np-tv-z])\1")
_POLISH = re.compile(r"[ąćęłńóśźż]|cz|sz|rz|dz")
_ROLES: tuple[tuple[str, Container[str]], ...] = (
    ("T", TITLES),
    ("R", RANKS),
    ("K", KIN),
    ("I", INTRODUCTION_ENDS),
    ("B", BUSINESS),
)
_PARTS = (
    ("a", {"adj", "adja", "ppas", "pact"}),
    ("v", {"fin", "praet", "impt", "inf", "imps", "bedzie", "pcon"}),
    ("p", {"prep"}),
    ("c", {"conj", "comp"}),
)


def may_be_name(word: Word, form: NameForm, *, capital: bool) -> bool:
    """Whether a word is worth asking about as somebody's name."""
    if form.never or word.is_sign or word.is_mark:
        return False
    return form.any_name or form.unknown or form.known_word or (capital and not has_grammar(word))


def may_be_address(word: Word, form: NameForm, *, capital: bool) -> bool:
    """Whether a word is worth asking about as the name of a street or a town where somebody lives."""
    if word.is_sign or word.is_mark or not word.text.isalpha() or len(word.text) < _SHORTEST:
        return False
    if word.fold in FUNCTION_WORDS or word.fold in NUMERALS or word.fold in UNITS:
        return False
    known = form.any_name or form.unknown or form.place or bool(word.form.parts & {"adj", "adja"})
    return known or (capital and not has_grammar(word))


def features(dialogue: Dialogue, line: Line, index: int) -> list[int]:
    """Buckets of the features of word ``index``, each once."""
    return sorted({crc32(name.encode()) % BUCKETS for name in _names(dialogue, line, index)})


def _names(dialogue: Dialogue, line: Line, index: int) -> Iterator[str]:
    case = "c" if dialogue.cased else "l"
    own = traits(dialogue, line, index)
    left = [neighbour(line, index - i) for i in range(1, _REACH + 1)]
    right = [neighbour(line, index + i) for i in range(1, _REACH + 1)]
    before, after = traits(dialogue, line, index - 1), traits(dialogue, line, index + 1)
    shape = "".join(own)
    yield case
    yield f"{case}|{shape}"
    for trait in own:
        yield f"{case}|own={trait}"
        yield f"{case}|own={trait}|l={left[0]}"
        yield f"{case}|own={trait}|r={right[0]}"
        yield f"{case}|own={trait}|lt={''.join(before)}"
        yield f"{case}|own={trait}|rt={''.join(after)}"
    rule = dialogue.name_seeds.get(line.turn, {}).get(index, (0.0, "-"))[1]
    known = dialogue.name_stems.get(stem_of(line.words[index].fold))
    yield f"rule={rule}|{case}"
    yield f"rule={rule}|{shape}"
    yield f"rule={rule}|l={left[0]}"
    yield f"known={known}|rule={rule}"
    yield f"known={known}|{shape}"
    thing = stem_of(line.words[index].fold) in dialogue.thing_stems
    yield f"thing={thing}|rule={rule}"
    yield f"thing={thing}|{shape}"
    roles = [role_of(line, index + i) for i in (-2, -1, 1, 2)]
    yield f"thing={thing}|role={roles[1]}"
    yield f"role={roles[1]}|{shape}"
    yield f"role={roles[0]}{roles[1]}|{case}"
    yield f"role={roles[0]}{roles[1]}|{shape}"
    yield f"after={roles[2]}|{shape}"
    yield f"after={roles[2]}{roles[3]}|{shape}"
    yield f"roles={roles[1]}{roles[2]}|{shape}"
    spelling = _spelling(line.words[index])
    yield f"spelling={spelling}|{case}{'u' in own}"
    yield f"spelling={spelling}|role={roles[1]}"
    place = _in_its_row(line, line.words[index])
    yield f"row={place}|{case}"
    yield f"row={place}|{shape}"
    for i in range(_REACH):
        yield f"l{i}={left[i]}"
        yield f"r{i}={right[i]}"
    yield f"l01={left[1]} {left[0]}"
    yield f"r01={right[0]} {right[1]}"
    yield f"l012={left[2]} {left[1]} {left[0]}"
    yield f"lr={left[0]} {right[0]}"
    yield f"{case}|lt={''.join(before)}|rt={''.join(after)}|{shape}"
    yield f"{case}|agree={_agreement(line, index, index - 1)}{_agreement(line, index, index + 1)}|{shape}"
    yield f"end={line.words[index].fold[-3:]}|{case}"
    yield f"end2={line.words[index].fold[-2:]}|{shape}"
    length = min(line.spoken, _RARE)
    yield f"{case}|n={length}|{shape}"
    yield f"{line.speaker}|first={line.turn == 0}|at={min(index, 5)}|g={'g' in own or 's' in own}"
    for topic in ("PERSON", "ADDRESS"):
        if dialogue.asks.during(topic, line.first + index):
            yield f"{topic}|n={length}"
            yield f"{topic}|{shape}"
            yield f"{topic}|rt={''.join(after)}"


def role_of(line: Line, index: int) -> str:
    """One letter for what kind of word stands at an index: a title, a person by role, a thing, a verb ..."""
    word = line.at(index) if index >= 0 else None
    if word is None:
        return "-"
    if word.is_sign or word.is_mark:
        return word.text[0]
    if word.text[0].isdigit() or word.fold in NUMERALS:
        return "0"
    if word.fold in things_sold():
        return "P"
    for letter, words in _ROLES:
        if word.fold in words:
            return letter
    if is_brand(word.fold, unknown=word.form.unknown):
        return "b"
    form = name_form(word)
    if form.given or (form.any_name and not form.word):
        return "N"
    if word.form.unknown:
        return "u"
    if word.form.nouns:
        people = "m1" in word.form.nouns
        return (
            ("y" if word.form.nouns & {"m2", "m3"} else "m")
            if people
            else "f"
            if word.form.nouns == {"f"}
            else "i"
        )
    return next((letter for letter, parts in _PARTS if word.form.parts & parts), "o")


def _spelling(word: Word) -> str:
    """What is foreign to Polish in the spelling of a word."""
    text = word.text
    found = {
        "q": bool(_NOT_POLISH.search(text.lower())),
        "d": bool(_TWICE.search(text.lower())),
        "i": text[1:] != text[1:].lower() and not text.isupper(),
        "A": text.isupper() and len(text) > 1,
        "z": bool(_POLISH.search(text.lower())),
    }
    return "".join(letter for letter, holds in found.items() if holds) + str(min(len(text), 9) // 3)


def _in_its_row(line: Line, word: Word) -> str:
    """Whether the word begins or ends its row of the text, and whether the row holds little else."""
    begin = line.text.rfind("\n", 0, word.start) + 1
    end = line.text.find("\n", word.end)
    end = len(line.text) if end < 0 else end
    spaces = line.text.count(" ", begin, end)
    return f"{line.text[begin : word.start].strip() == ''}{line.text[word.end : end].strip(' .,') == ''}{min(spaces, 3)}"


def neighbour(line: Line, index: int) -> str:
    """The folded word; names of people stand for each other, and so do numbers."""
    if index < 0:
        return _START
    word = line.at(index)
    if word is None:
        return _END
    if word.text[0].isdigit():
        return "0"
    if word.is_sign or word.is_mark:
        return word.text[0]
    form = name_form(word)
    return "<name>" if form.given or (form.shaped and form.surname and not form.word) else word.fold


def traits(dialogue: Dialogue, line: Line, index: int) -> list[str]:
    """One letter for each thing that is known of a word."""
    word = line.at(index) if index >= 0 else None
    if word is None:
        return ["-"]
    if word.is_sign or word.is_mark:
        return [word.text[0]]
    form = name_form(word)
    found = {
        "g": form.given,
        "r": form.rare_given and not form.given,
        "s": form.surname,
        "e": form.shaped,
        "w": form.word,
        "k": form.known_word,
        "u": form.unknown,
        "p": form.place,
        "v": has_grammar(word),
        "n": form.never,
        "C": dialogue.cased and word.capital,
        "A": dialogue.cased and len(word.text) > 1 and word.text.isupper(),
        "b": word.after_stop,
        "a": "adj" in word.form.parts,
        "f": word.fold.endswith(("a", "ej")),
        "d": word.text[0].isdigit() or word.fold in NUMERALS,
    }
    return [letter for letter, holds in found.items() if holds] or ["o"]


def _agreement(line: Line, index: int, other: int) -> str:
    word = line.at(other) if other >= 0 else None
    if word is None or word.is_sign or word.is_mark:
        return "-"
    form = name_form(word)
    if not form.any_name:
        return "0"
    return "1" if agree(name_form(line.words[index]), form) else "x"
