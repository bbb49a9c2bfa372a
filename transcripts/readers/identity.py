"""Identifiers that tell nothing about a person."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/#-]{0,63}")
_PHONE = re.compile(r"\+?(?:\d[ -]?){8,}\d")
_CHUNK = 1 << 20


def digest(prefix: str, *parts: str) -> str:
    """A stable id such as ``em-3f0c...`` (64 bits of SHA-256) from what must not be seen.

    Without a secret this is a pseudonym, not anonymity: who knows an address can compute its id.
    """
    content = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return f"{prefix}-{hashlib.sha256(content).hexdigest()[:16]}"


def opaque(prefix: str, value: str, *, numeric: bool = True) -> str:
    """``value`` itself where it is a plain code, its digest where it may be an address, a name or a phone."""
    value = value.strip()
    if (
        _PLAIN.fullmatch(value)
        and any(c.isdigit() for c in value)
        and (numeric or not _PHONE.fullmatch(value))
    ):
        return value
    return digest(prefix, value.casefold())


def file_id(prefix: str, path: Path) -> str:
    """An id from the content of a file: names of recordings often hold phone numbers."""
    content = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            content.update(chunk)
    return f"{prefix}-{content.hexdigest()[:16]}"
