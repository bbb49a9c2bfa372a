"""Bank accounts and payment cards, whole or by their last digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import iban, luhn

from nlp.redaction.detectors.numbers import asked_runs, digits_of, shaped
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.spans import Finding, producer

_ACCOUNT = re.compile(r"(?<!\w)(?:(?:[A-Z]{2}|pl|Pl) ?)?\d{2}(?:[ -]?\d{4}){6}(?!\d)")
_FOREIGN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_CARD = re.compile(r"(?<![\w-])\d{4}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\w-])")
_MASKED = re.compile(r"(?<!\w)(?:\d{4}[ -]?)?(?:[*xX•.]{2,}[ -]?)+\d{4}(?!\d)")
_TAIL = re.compile(
    r"\b(?:kart\w+|kont\w+|rachun\w+)\s+(?:(?:\w+\s+){0,2}(?:\*|\.{2,}|…)\s?|(?:\w+\s+){0,2}(?:ko[ńn]cz\w+\s+si[ęe]|ko[ńn]c[óo]wk\w+)\s*:?\s*(?:to\s+)?(?:na\s+)?(?:cyframi\s+)?)(?P<value>\d{4})(?!\d)",
    re.IGNORECASE,
)


_LONG_CARDS = ("2", "3", "4", "5", "6")
# by length, how cards begin: thirteen digits that begin otherwise are an article's number, fifteen a telephone's
_ISSUERS: dict[int, tuple[str, ...]] = {
    13: ("4",),
    14: ("3",),
    15: ("34", "37"),
    **dict.fromkeys(range(16, 20), _LONG_CARDS),
}


class AccountOrCardDetector:
    """Polish account numbers, IBAN, card numbers, masked cards."""

    name = "account_or_card"
    version = "3"

    def find(self, dialogue: Dialogue) -> Iterator[Finding]:
        """See ``Detector.find``."""
        kind = "ACCOUNT_OR_CARD"
        yield from asked_runs(self, "ACCOUNT_OR_CARD", dialogue, is_number)
        yield from shaped(
            self, "ACCOUNT_OR_CARD", dialogue, _ACCOUNT, lambda t: 0.98 if is_number(t) else 0.85
        )
        yield from shaped(
            self, "ACCOUNT_OR_CARD", dialogue, _FOREIGN, lambda t: 0.95 * bool(iban.is_valid(t))
        )
        yield from shaped(self, "ACCOUNT_OR_CARD", dialogue, _CARD, _card_confidence)
        yield from shaped(self, kind, dialogue, _MASKED, lambda text: 0.0 if text.startswith(".") else 0.85)
        for line in dialogue.lines:
            for match in _TAIL.finditer(line.text):
                yield Finding(line.turn, *match.span("value"), kind, 0.85, producer(self), "last digits")


def is_number(text: str) -> bool:
    """Whether a text is a whole account number or card number with a right checksum."""
    digits = digits_of(text)
    if len(digits) == 26:
        return bool(iban.is_valid("PL" + digits))
    return digits.startswith(_ISSUERS.get(len(digits), ())) and bool(luhn.is_valid(digits))


def _card_confidence(text: str) -> float:
    if is_number(text):
        return 0.95
    return 0.7 if len(digits_of(text)) == 16 and len(text) > 16 else 0.0
