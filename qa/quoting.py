"""Quotes that can be read: the words of an evidence with the sentence around them."""

from __future__ import annotations

import re

MOST = 160
_ENDS = re.compile(r"(?<=[.!?…])\s+|\n+")


def sentence_around(text: str, start: int, end: int, most: int = MOST) -> str:
    """The sentences of ``text`` that touch ``start``..``end``, cut at words to about ``most`` characters.

    What is left out inside a sentence is marked with "…"; recognised speech has no sentences and is cut alone
    by length. The words of the span themselves are never cut.
    """
    borders = [0, *(match.end() for match in _ENDS.finditer(text)), len(text)]
    first = max(border for border in borders if border <= start)
    last = min((border for border in borders if border >= end), default=len(text))
    spare = max(0, most - (end - start))
    left = _cut_left(text, first, start, spare // 2)
    right = _cut_right(text, end, last, spare - (start - left))
    left = _cut_left(text, first, start, spare - (right - end))
    quote = " ".join(text[left:right].split())
    return f"{'… ' if left > first else ''}{quote}{' …' if right < last else ''}"


def _cut_left(text: str, first: int, start: int, room: int) -> int:
    if start - first <= room:
        return first
    blank = text.find(" ", start - room, start)
    return blank + 1 if blank >= 0 else start


def _cut_right(text: str, end: int, last: int, room: int) -> int:
    if last - end <= room:
        return last
    blank = text.rfind(" ", end, end + room + 1)
    return blank if blank >= 0 else end
