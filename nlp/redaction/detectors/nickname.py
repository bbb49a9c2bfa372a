"""Names that people go by on platforms: "@marzena.kulik", "janek_z_lublina77"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.dialogue import Dialogue
from nlp.redaction.names import looks_given
from nlp.redaction.spans import Finding, producer

_HANDLE = re.compile(r"(?<![\w.@])@(?P<value>\w[\w.]*\w)")
_LOGIN = re.compile(
    r"(?<![\w@/.#:-])(?P<value>[^\W\d_]+\d*(?:_[^\W_]+)*_[^\W\d_]{2,}\d*(?:_[^\W_]+)*)(?![\w@/]|\.\w)"
)
_PARTS = re.compile(r"[^\W\d_]+")
_PEOPLE = frozenset({"agent", "customer", "bot"})


class NicknameDetector:
    """Handles that hold a first name or are made of pieces, and words joined by an underscore.

    In names of files, queues and fields an underscore is only a space: there a first name has to be among the words.
    """

    name = "nickname"
    version = "1"

    def find(self, dialogue: Dialogue) -> Iterator[Finding]:
        """See ``Detector.find``."""
        sign = producer(self)
        for line in dialogue.lines:
            for match in _HANDLE.finditer(line.text):
                if is_personal(match["value"]):
                    yield Finding(line.turn, *match.span("value"), "PERSON", 0.8, sign, "handle")
            for match in _LOGIN.finditer(line.text):
                if _is_login(match["value"], said=line.speaker in _PEOPLE):
                    yield Finding(line.turn, *match.span("value"), "CUSTOMER_NUMBER", 0.7, sign, "login")


def _is_login(word: str, *, said: bool) -> bool:
    return not word.isupper() if said else _holds_name(word)


def is_personal(handle: str) -> bool:
    """Whether a handle is hardly that of a shop: pieces joined by an underscore, or a first name among them."""
    return "_" in handle or _holds_name(handle)


def _holds_name(handle: str) -> bool:
    return any(looks_given(part.lower()) for part in _PARTS.findall(handle))
