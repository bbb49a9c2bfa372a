"""Values from outside, checked before they reach the database."""

from __future__ import annotations

from qa.errors import Term, UsageProblem

MOST_ROWS = 200
LAST_PAGE = 1_000_000


def is_storable(text: str) -> bool:
    """Whether every database keeps the text: no NUL (PostgreSQL refuses it), no half of a surrogate pair."""
    return "\0" not in text and not any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)


def text_of(value: str, what: Term, least: int, most: int) -> str:
    """The text without blanks around it. ``what`` names it for people, such as "Komentarz".

    Raises:
        UsageProblem: it is too short, too long, or cannot be stored.
    """
    text = value.strip()
    if not least <= len(text) <= most:
        raise UsageProblem("{what}: podaj od {least} do {most} znaków.", what=what, least=least, most=most)
    if not is_storable(text):
        raise UsageProblem("{what}: usuń znaki, których nie da się zapisać.", what=what)
    return text


def rows_of(page: int, size: int) -> tuple[int, int]:
    """Offset and limit of a page; the first has the number 1.

    Raises:
        UsageProblem: there is no such page.
    """
    if not 1 <= page <= LAST_PAGE or not 1 <= size <= MOST_ROWS:
        raise UsageProblem(
            "Strony liczą się od 1, a na jednej mieści się od 1 do {most} pozycji.", most=MOST_ROWS
        )
    return (page - 1) * size, size
