"""A report as it is laid out, whatever it is shown as: a page and a PDF say the same because both are made from this."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """A value with the ends of its interval, as parts (0..1) of the width of its column."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text, a second quieter one, and a bar that repeats them. ``lang`` where it is not the report's."""

    text: str
    quiet: str = ""
    bar: Bar | None = None
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of each row names it."""

    caption: str
    columns: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as SVG, with its name and all that it says in words; ``wide`` takes the whole width."""

    name: str
    svg: str
    said: str
    wide: bool
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A reason in the words of customers, without their personal data."""

    name: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report with what to know about it."""

    title: str
    notes: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    table: Table | None = None
    quotes: tuple[Quoted, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report in one language. ``facts`` are its first figures, ``path`` is that of the same board in the application."""

    language: str
    title: str
    days: str
    facts: tuple[tuple[str, Cell], ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    path: str
