"""Numbers that lead to a customer: orders, complaints, contracts, invoices, parcels, meters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.detectors.numbers import asked_runs, digits_of, shaped
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.spans import Finding, producer

_CODE = re.compile(
    r"(?<![\w/-])(?:(?:FV|FVS|FS|FA|RMA|REK|ZG|ZW|ORD|UM|KL|PAR|WZ|PZ|REKL|SPR|INV|(?-i:SO|PO)|ABO|UMO|POL)[-/_#. ]{0,2}"
    r"|(?:ZAM|CASE|ZGL|NR|ID)[-/_#]{0,2})\d{2,}(?:[-/_.]?[A-Z0-9]+)*(?!\w)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?<![\w/-])(?:NR|ID|ZAM|ZGL|ZGŁ)[ .:]{1,2}(?P<value>#?\d{2,}(?:[-/_.]?[A-Z0-9]+)*)(?!\w)", re.IGNORECASE
)
_LETTERED = re.compile(r"(?<![\w/-])[A-Za-z]{1,4}[-/]\d{5,}(?:[-/][A-Za-z0-9]+)*(?!\w)")
_NAMED = re.compile(
    r"(?<!\w)(?:zam(?:[óo]wien\w*|\.)|rekl\w*|zg[łl]osz\w*|zlec\w*|umow\w*|nr|numer\w*|faktur\w*|fv|zwrot\w*|spraw\w*"
    r"|pacz(?!k[ao]mat)\w*|przesy[łl]\w*|rezerw\w*|wniosk\w*|polis\w*|bilet\w*|szkod\w*|login\w*)(?:\s+nr)?\s*:?\s*"
    r"(?P<value>#?(?=[\w/-]*\d[\w/-]*\d)(?=[\w/-]*[A-Za-z_/-])\w+(?:[-/_]\w+)*)(?![\w/-]|[.,]\d)",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?<!\w)login\w*\s*:?\s*(?:to\s+|jest\s+)?(?P<value>(?=[\w.-]*[_.\d-])\w[\w.-]{3,}\w)(?![\w@])",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"(?<![\w/.-])(?=[A-Z0-9]*[A-Z][A-Z0-9]*[A-Z])(?=[A-Z0-9]*\d)[A-Z0-9]{5,12}(?![\w-])")
_RANGE = re.compile(r"\d{1,2}[-/]\d{1,2}|\d+[a-zA-Z]{1,3}|\d+x\d+")
_LOCKER = re.compile(r"[A-Z]{3}\d{2,3}[A-Z]{0,3}")  # KRA08M: a machine for parcels
_HASHED = re.compile(r"(?<!\w)#\d{4,}(?:[-/]\d+)*(?!\w)")
_SLASHED = re.compile(r"(?<![\w/.-])[A-Z]{1,5}[-/]\d{2,}(?:[-/][A-Z0-9]+)+(?!\w)")
_MIXED = re.compile(r"(?<![\w/.-])(?=[A-Z0-9]*[A-Z])(?=(?:[A-Z]*\d){6})[A-Z0-9]{9,}(?!\w)")
_PARTS = re.compile(r"(?<![\w/.,-])\d{3,}[-/]\d{3,}(?:[-/]\d+)*(?![\w/]|[.,]\d)")
_LONG = re.compile(r"(?<![\w/.,-])\d(?:[ ]?\d){9,33}(?![\w/]|[.,]\d)")


class CustomerNumberDetector:
    """Asked for, or a code of a known shape, or a number too long to count anything."""

    name = "customer_number"
    version = "3"

    def find(self, dialogue: Dialogue) -> Iterator[Finding]:
        """See ``Detector.find``."""
        kind = "CUSTOMER_NUMBER"
        yield from asked_runs(self, "CUSTOMER_NUMBER", dialogue)
        for pattern, certainty in (
            (_CODE, 0.8),
            (_LABELLED, 0.8),
            (_HASHED, 0.8),
            (_LETTERED, 0.75),
            (_SLASHED, 0.8),
            (_MIXED, 0.7),
            (_PARTS, 0.6),
        ):
            yield from shaped(self, "CUSTOMER_NUMBER", dialogue, pattern, lambda _, c=certainty: c)  # type: ignore[misc]
        yield from self._named(dialogue)
        yield from self._awaited(dialogue)
        yield from shaped(self, kind, dialogue, _LONG, lambda t: 0.55 if len(digits_of(t)) >= 10 else 0.0)
        for run in dialogue.runs:
            if not run.plain and not run.written and len(run.digits) >= 7 and len(run.pieces) >= 3:
                yield Finding(
                    run.turn, run.start, run.end, kind, 0.5, producer(self), "long number said in pieces"
                )

    def _named(self, dialogue: Dialogue) -> Iterator[Finding]:
        """Codes right after the word for what they number: "zam. KP-2210", "zgłoszenie f8c21a-77"."""
        for line in dialogue.lines:
            for match in (*_NAMED.finditer(line.text), *_LOGIN.finditer(line.text)):
                start, end = match.span("value")
                if not _RANGE.fullmatch(match["value"]) and not _LOCKER.fullmatch(match["value"]):
                    sign = producer(self)
                    yield Finding(line.turn, start, end, "CUSTOMER_NUMBER", 0.75, sign, "after its name")

    def _awaited(self, dialogue: Dialogue) -> Iterator[Finding]:
        """Capitals and figures such as QX7T4P while a number is awaited."""
        for line in dialogue.lines:
            for match in _CAPITALS.finditer(line.text):
                index = next((i for i, word in enumerate(line.words) if word.start >= match.start()), 0)
                awaited = dialogue.asks.during("CUSTOMER_NUMBER", line.first + index)
                if awaited and not _LOCKER.fullmatch(match.group()):
                    sign = producer(self)
                    yield Finding(
                        line.turn, *match.span(), "CUSTOMER_NUMBER", 0.6, sign, "a code, number awaited"
                    )
