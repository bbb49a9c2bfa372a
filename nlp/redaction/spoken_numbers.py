"""Polish numbers as people say and as recognisers spell them, read as digits.

``read`` takes folded words (see ``nlp.text.fold``) and gives pieces: which words, which digits. A piece is
what was said in one breath: "dziewięćdziesiąt jeden zero osiem" is 91, 0, 8; "podwójne zero" 00;
"trzy razy siedem" 777; "trzy siódemki" 777; "dwa tysiące dziewiętnaście" 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Rank = Literal["zero", "unit", "teen", "ten", "hundred", "thousand"]


@dataclass(frozen=True, slots=True)
class Numeral:
    """One number word. ``noun`` is a digit as a thing: "siódemka", "zera"."""

    value: int
    rank: Rank
    ordinal: bool = False
    noun: bool = False
    plural: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Words ``first`` to ``last`` (exclusive) read as ``digits``."""

    first: int
    last: int
    digits: str
    ordinal: bool = False
    written: bool = False
    multiplied: bool = False


_UNITS = {
    1: "jeden jedna jedno jednego jednej jednemu jednym jedyn",
    2: "dwa dwie dwoch dwu dwom dwoma dwiema dwoje",
    3: "trzy trzech trzem trzema troje tszy",
    4: "cztery czterech czterem czterema czworo cztyry",
    5: "piec pieciu piecioma piecioro pienc",
    6: "szesc szesciu szescioma szes szejsc",
    7: "siedem siedmiu siedmioma siedm siedym",
    8: "osiem osmiu osmioma osim",
    9: "dziewiec dziewieciu dziewiecioma dziewienc",
}
_DIGIT_NOUNS = {
    1: "jedynk",
    2: "dwojk",
    3: "trojk",
    4: "czwork",
    5: "piatk",
    6: "szostk",
    7: "siodemk",
    8: "osemk",
}
_DIGIT_NOUNS[9] = "dziewiatk"
_TEENS = {
    10: "dziesiec dziesieciu dziesiecioma",
    11: "jedenascie jedenastu jedynascie",
    12: "dwanascie dwunastu",
    13: "trzynascie trzynastu czynascie",
    14: "czternascie czternastu",
    15: "pietnascie pietnastu pientnascie",
    16: "szesnascie szesnastu szestnascie",
    17: "siedemnascie siedemnastu",
    18: "osiemnascie osiemnastu",
    19: "dziewietnascie dziewietnastu",
}
_TENS = {
    20: "dwadziescia dwudziestu",
    30: "trzydziesci trzydziestu",
    40: "czterdziesci czterdziestu",
    50: "piecdziesiat piecdziesieciu pindziesiat piedziesiat",
    60: "szescdziesiat szescdziesieciu szejsiat szejdziesiat szesdziesiat",
    70: "siedemdziesiat siedemdziesieciu siedymdziesiat",
    80: "osiemdziesiat osiemdziesieciu",
    90: "dziewiecdziesiat dziewiecdziesieciu dziewiedziesiat",
}
_HUNDREDS = {
    100: "sto stu",
    200: "dwiescie dwustu",
    300: "trzysta trzystu",
    400: "czterysta czterystu",
    500: "piecset pieciuset",
    600: "szescset szesciuset szejset szesset",
    700: "siedemset siedmiuset",
    800: "osiemset osmiuset",
    900: "dziewiecset dziewieciuset",
}
_ORDINAL_STEMS: dict[int, str] = {
    1: "pierwsz",
    2: "drug",
    3: "trzec",
    4: "czwart",
    5: "piat",
    6: "szost",
    7: "siodm",
    8: "osm",
    9: "dziewiat",
    10: "dziesiat",
    11: "jedenast",
    12: "dwunast",
    13: "trzynast",
    14: "czternast",
    15: "pietnast",
    16: "szesnast",
    17: "siedemnast",
    18: "osiemnast",
    19: "dziewietnast",
    20: "dwudziest",
    30: "trzydziest",
    40: "czterdziest",
    50: "piecdziesiat",
    60: "szescdziesiat",
    70: "siedemdziesiat",
    80: "osiemdziesiat",
    90: "dziewiecdziesiat",
}
_ORDINAL_ENDINGS = ["y", "a", "e", "ego", "ej", "emu", "ym", "i", "iego", "iej", "iemu", "im", "ia", "ie"]
_DOUBLE = {
    "podwojne": 2,
    "podwojna": 2,
    "podwojny": 2,
    "podwojnie": 2,
    "potrojne": 3,
    "potrojna": 3,
    "potrojny": 3,
}
_TIMES = frozenset({"razy", "raz"})


def _rank(value: int) -> Rank:
    return "unit" if value < 10 else "teen" if value < 20 else "ten" if value < 100 else "hundred"


def _words() -> dict[str, Numeral]:
    words: dict[str, Numeral] = {}
    for value, stem in _ORDINAL_STEMS.items():
        for ending in _ORDINAL_ENDINGS:
            words[stem + ending] = Numeral(value, _rank(value), ordinal=True)
    for table in (_UNITS, _TEENS, _TENS, _HUNDREDS):
        for value, forms in table.items():
            words.update({form: Numeral(value, _rank(value)) for form in forms.split()})
    for value, stem in _DIGIT_NOUNS.items():
        words.update({stem + end: Numeral(value, "unit", noun=True) for end in ("a", "e", "ce", "o")})
        words.update({stem + end: Numeral(value, "unit", noun=True, plural=True) for end in ("i", "ami")})
        if value != 5:  # "piątek" is Friday
            words[stem[:-1] + "ek"] = Numeral(value, "unit", noun=True, plural=True)
    words.update({form: Numeral(0, "zero") for form in ("zero", "zeru", "zerem", "zerowka")})
    words.update({form: Numeral(0, "zero", noun=True, plural=True) for form in ("zera", "zer", "zerka")})
    thousands = ["tysiac", "tysiaca", "tysiace", "tysiecy", "tysiacu", "tysiacem", "tysionc"]
    words.update({form: Numeral(1000, "thousand") for form in thousands})
    words.update({"dwutysieczn" + end: Numeral(2000, "thousand", ordinal=True) for end in _ORDINAL_ENDINGS})
    return words


NUMERALS: dict[str, Numeral] = _words()


def read(words: Sequence[str]) -> list[Piece]:
    """All pieces in a row of folded words, left to right; other words are passed over."""
    pieces: list[Piece] = []
    position = 0
    while position < len(words):
        word = words[position]
        if word.isdigit() and word.isascii():
            piece: Piece | None = Piece(position, position + 1, word, written=True)
        elif word in _DOUBLE or word in NUMERALS:
            piece = _multiplied(words, position) or _cardinal(words, position)
        else:
            piece = None
        if piece:
            pieces.append(piece)
        position = piece.last if piece else position + 1
    return pieces


def _multiplied(words: Sequence[str], at: int) -> Piece | None:
    """ "podwójne zero", "trzy razy siedem", "dwa zera", "trzy siódemki"."""
    following = [NUMERALS.get(word) for word in words[at + 1 : at + 3]]
    if words[at] in _DOUBLE:
        digit, count, last = (following[0] if following else None), _DOUBLE[words[at]], at + 2
    else:
        times, last, count = NUMERALS[words[at]], at + 2, NUMERALS[words[at]].value
        if times.rank != "unit" or times.ordinal or times.noun or count < 2 or not following:
            return None
        digit = following[0] if following[0] and following[0].plural else None
        if digit is None and words[at + 1] in _TIMES and len(following) > 1:
            digit, last = following[1], at + 3
    if digit is None or digit.rank not in ("zero", "unit") or digit.ordinal:
        return None
    return Piece(at, last, str(digit.value) * count, multiplied=True)


def _cardinal(words: Sequence[str], at: int) -> Piece | None:
    """The longest number that starts here: thousands, hundreds, tens, units in falling order."""
    if words[at] not in NUMERALS:
        return None
    value, position, ordinal = _below_thousand(words, at)
    thousand = NUMERALS.get(words[position]) if position < len(words) else None
    if thousand and thousand.rank == "thousand" and (position == at or value > 0):
        value = thousand.value if position == at else value * 1000
        position, ordinal = position + 1, thousand.ordinal
        if position < len(words) and words[position] in NUMERALS:
            rest, after, rest_ordinal = _below_thousand(words, position)
            if rest:
                value, position, ordinal = value + rest, after, rest_ordinal
    return Piece(at, position, str(value), ordinal=ordinal) if position > at else None


def _below_thousand(words: Sequence[str], at: int) -> tuple[int, int, bool]:
    """Value, next position and whether the last word is an ordinal."""
    value, position, ordinal = 0, at, False
    ceiling = 1000
    while position < len(words):
        numeral = NUMERALS.get(words[position])
        if numeral is None or numeral.rank == "thousand" or (ordinal and not numeral.ordinal):
            break
        if numeral.rank == "zero":
            position += position == at
            break
        size = {"hundred": 1000, "ten": 100, "teen": 100, "unit": 10}[numeral.rank]
        if size > ceiling:
            break
        value, position, ordinal = value + numeral.value, position + 1, numeral.ordinal
        ceiling = {"hundred": 100, "ten": 10, "teen": 0, "unit": 0}[numeral.rank]
        if position < len(words) and numeral.noun:
            break
    return value, position, ordinal
