"""Names that may be kept: file names, identifiers and messages can hold a person's name or number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from qa.storage.digests import Pseudonyms

_SEPARATORS = re.compile(r"[\W_]+")
_LONG_NUMBER = re.compile(r"\d(?:[\s._-]?\d){8,}")
_MAX_ID = 200


class RedactsText(Protocol):
    """The part of the redactor that is needed here."""

    def redact_text(self, s: str, hints: Sequence[str] = ()) -> str: ...

    def redact_name(self, s: str) -> str: ...


def is_plain(redactor: RedactsText, name: str) -> bool:
    """Whether nothing in ``name`` looks like personal data, however its words are joined or cased."""
    if "@" in name or _LONG_NUMBER.search(name):
        return False
    words = _SEPARATORS.sub(" ", name).strip()
    return all(redactor.redact_name(form) == form for form in {name, words, words.title()})


class KeptNames:
    """Decides whether a name is kept as it is or becomes a pseudonym."""

    def __init__(self, redactor: RedactsText, pseudonyms: Pseudonyms) -> None:
        self._redactor = redactor
        self._pseudonyms = pseudonyms

    def is_plain(self, name: str) -> bool:
        """See :func:`is_plain`."""
        return is_plain(self._redactor, name)

    def identifier(self, kind: str, value: str) -> str:
        """``value``, or a pseudonym where it could tell who somebody is."""
        if len(value) <= _MAX_ID and value.isprintable() and self.is_plain(value):
            return value
        return self._pseudonyms.of(kind, value)

    def file(self, path: Path) -> str:
        """The file's name, or a pseudonym with the same ending."""
        if self.is_plain(path.stem):
            return path.name
        return self._pseudonyms.of("plik", path.name) + path.suffix.lower()

    def message(self, text: str, path: Path) -> str:
        """``text`` with the path, the file's name and other personal data replaced."""
        shown = self.file(path)
        for form in (str(path), path.name):
            text = text.replace(form, shown)
        return text if self._redactor.redact_text(text) == text else self._redactor.redact_text(text)

    def folder(self, path: Path) -> str | None:
        """The folder for a later retry, or None where its own name must not be kept."""
        return str(path) if all(self.is_plain(part) for part in path.parts[1:]) else None

    def path_key(self, path: Path) -> str:
        """A keyed digest of the whole path."""
        return self._pseudonyms.of("path", str(path.absolute()))
