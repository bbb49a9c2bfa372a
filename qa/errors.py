"""Three kinds of trouble: the user's to mend, worth another try, and everything else (a bug)."""

from __future__ import annotations

import errno
from collections.abc import Callable


class Term(str):
    """Polish product text inside a sentence, such as the name of a field, which is translated by itself."""

    __slots__ = ()


class UserError(Exception):
    """Something the user can mend; the message is one Polish sentence with the remedy.

    The sentence is written as it stands in the catalogue of other languages, with ``{name}`` for each of ``values``: a
    number, a text from outside, a :class:`Term`, or a list of these. A sentence without values is taken as it is.
    """

    exit_code = 1

    def __init__(self, sentence: str, /, **values: object) -> None:
        self.sentence = sentence
        self.values = values
        super().__init__(self.told(str))

    def told(self, translate: Callable[[str], str]) -> str:
        """The sentence with its values, in another language where ``translate`` knows it."""
        sentence = translate(self.sentence)
        return sentence.format(**_said(self.values, translate)) if self.values else sentence


def _said(values: dict[str, object], translate: Callable[[str], str]) -> dict[str, object]:
    return {name: _value(one, translate) for name, one in values.items()}


def _value(value: object, translate: Callable[[str], str]) -> object:
    """The value as a sentence says it: a term in the sentence's language, a list with commas, the rest as it is."""
    if isinstance(value, Term):
        return translate(str(value))
    if isinstance(value, list | tuple):
        return ", ".join(str(_value(one, translate)) for one in value)
    return value


class UsageProblem(UserError):
    """A wrong command line or configuration."""

    exit_code = 2


class Missing(UserError):
    """What was asked for is not there, or not for this person."""


class Refused(UserError):
    """This person may not do that."""


class Conflict(UserError):
    """Somebody was quicker: what was to be changed is no longer as it was seen."""


class Busy(UserError):
    """Too much is asked at the moment; a little later it will do."""


class Transient(Exception):
    """A fault that is likely gone at the next attempt. Its message never holds text of a record."""


_TRANSIENT_ERRNO = frozenset({errno.EINTR, errno.EAGAIN, errno.EBUSY, errno.ETIMEDOUT})
_FULL_ERRNO = frozenset({errno.ENOSPC, errno.EDQUOT})
FULL_DISK = "Brak miejsca na dysku: zwolnij je w {where} i uruchom polecenie ponownie, a dokończy pracę."


def is_transient(error: BaseException) -> bool:
    """Whether another attempt may help: a locked database, an interrupted call, a lost connection."""
    if isinstance(error, Transient) or getattr(error, "connection_invalidated", False):
        return True
    original = getattr(error, "orig", None)
    if original is not None:
        text = str(original).lower()
        return "database is locked" in text or "database is busy" in text
    return isinstance(error, OSError) and error.errno in _TRANSIENT_ERRNO


def is_disk_full(error: BaseException) -> bool:
    """Whether ``error``, or what caused it, says that the disk is full."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _FULL_ERRNO:
            return True
        if "database or disk is full" in str(getattr(seen, "orig", "")):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
