"""Identity card, passport, NIP and REGON."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum.pl import nip, regon

from nlp.redaction.detectors.letters import asked_letters
from nlp.redaction.detectors.numbers import asked_runs, digits_of, shaped
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.number_words import LABELS
from nlp.redaction.spans import Finding
from nlp.text import analyse

_CARD = re.compile(r"(?<!\w)[A-Za-z]{3}[ -]?\d{3}[ -]?\d{3}(?!\w)")
_PASSPORT = re.compile(r"(?<!\w)[A-Za-z]{2}[ -]?\d{7}(?!\w)")
_NIP = re.compile(r"(?<![\d/-])(?:PL ?)?(?:\d{3}-\d{3}-\d{2}-\d{2}|\d{3}-\d{2}-\d{2}-\d{3}|\d{10})(?![\d/-])")
_REGON = re.compile(r"(?<![\d/-])\d{14}(?![\d/-])")
_CARD_WEIGHTS = (7, 3, 1, 9, 7, 3, 1, 7, 3)


class IdNumberDetector:
    """Official numbers of people and their businesses."""

    name = "id_number"
    version = "2"

    def find(self, dialogue: Dialogue) -> Iterator[Finding]:
        """See ``Detector.find``."""
        yield from asked_runs(
            self, "ID_NUMBER", dialogue, lambda d: bool(nip.is_valid(d) or regon.is_valid(d))
        )
        yield from asked_letters(self, "ID_NUMBER", dialogue)
        yield from shaped(
            self,
            "ID_NUMBER",
            dialogue,
            _CARD,
            lambda text: 0.95 if is_card(text) and not _is_word(text[:3]) else 0.0,
        )
        yield from shaped(
            self, "ID_NUMBER", dialogue, _PASSPORT, lambda text: 0.8 if is_passport(text) else 0.0
        )
        yield from shaped(self, "ID_NUMBER", dialogue, _NIP, _nip_confidence)
        yield from shaped(
            self, "ID_NUMBER", dialogue, _REGON, lambda text: 0.85 if regon.is_valid(text) else 0.0
        )


def _is_word(text: str) -> bool:
    """Whether three letters before a number are a word such as "pod" or "NIP" and no series."""
    return text.lower() in LABELS or (text.islower() and not analyse(text).unknown)


def _weighted(text: str, weights: tuple[int, ...]) -> int:
    signs = [character for character in text.upper() if character.isalnum()]
    values = [int(sign) if sign.isdigit() else ord(sign) - 55 for sign in signs]
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) % 10


def is_card(text: str) -> bool:
    """Whether an identity card number keeps its checksum (letters count from A = 10)."""
    return _weighted(text, _CARD_WEIGHTS) == 0


def is_passport(text: str) -> bool:
    """Whether a Polish passport number keeps its checksum."""
    return _weighted(text, (7, 3, 9, 1, 7, 3, 1, 7, 3)) == 0


def _nip_confidence(text: str) -> float:
    if nip.is_valid(digits_of(text)):
        return 0.9
    return 0.75 if text.count("-") == 3 else 0.0
