"""The order of the Polish alphabet, in which ł comes before m; databases and code points put it after z."""

from __future__ import annotations

from collections.abc import Mapping

_LETTERS = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
_PLACES: Mapping[str, int] = {letter: ord("a") + place for place, letter in enumerate(_LETTERS)}


def alphabetical(text: str) -> tuple[tuple[int, ...], str]:
    """A key for sorting names: capitals count as small letters, digits and signs come before letters."""
    return tuple(_PLACES.get(letter, ord(letter)) for letter in text.casefold()), text
