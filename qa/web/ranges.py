"""Parts of a file, as a player asks for them: the first range of the request, as RFC 9110 means it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import chain, islice

from fastapi import Response
from fastapi.responses import StreamingResponse

RANGE_NUMBER = re.compile(r"[0-9]{1,15}")
Range = tuple[int, int]  # first and last byte
Part = Callable[[int, int], Iterable[bytes]]  # the content from a byte up to another


class OutOfRange(ValueError):
    """What is asked for begins after the end."""


def ranged(part: Part, size: int, wanted: str, kind: str) -> Response:
    """The whole, or the part that the header ``Range`` asks for, read while it is sent.

    The first piece is read before the answer begins, so that what cannot be read is an error and no broken answer.

    Args:
        wanted: the header's value, or nothing.
        kind: the media type.
    """
    headers = {"Accept-Ranges": "bytes"}
    try:
        found = first_range(wanted, size)
    except OutOfRange:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    first, last = found or (0, size - 1)
    headers["Content-Length"] = str(last + 1 - first)
    if found:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    pieces = iter(part(first, last + 1))
    begun = list(islice(pieces, 1))
    return StreamingResponse(chain(begun, pieces), 206 if found else 200, headers, kind)


def first_range(wanted: str, size: int) -> Range | None:
    """The first range asked for; None where none is, or where it is nonsense, which is passed over.

    Raises:
        OutOfRange: it begins after the end.
    """
    unit, _, places = wanted.partition("=")
    first, bar, last = places.split(",")[0].strip().partition("-")
    numbers = [part for part in (first, last) if part]
    if unit != "bytes" or not bar or not numbers or not all(RANGE_NUMBER.fullmatch(part) for part in numbers):
        return None
    start = int(first) if first else max(0, size - int(last))
    stop = min(int(last), size - 1) if first and last else size - 1
    if start >= size or (not first and not int(last)):
        raise OutOfRange(wanted)
    return (start, stop) if start <= stop else None
