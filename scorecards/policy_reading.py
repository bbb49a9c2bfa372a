"""Reads policies from YAML, with refusals that name file, line and place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import cast

from scorecards.calendar import ALWAYS, WEEKDAYS, Calendar, Stretch
from scorecards.matching import Lexicon, PatternError
from scorecards.policy import ADDRESSES, KNOWN_TERMS, RULES, Address, Policy, Response, Rule, Style, Term
from scorecards.reading import Node, compose
from scorecards.shelf import read_file
from transcripts.conversation import CHANNELS

FORMAT = 1
POLICY_FIELDS = (
    ("format", "id", "version", "name"),
    ("hours", "holidays", "days", "response", "terms", "style"),
)
TERM_FIELDS = (("id", "name", "days"), ("rule", "working", "about"))
RESPONSE_FIELDS = ("first", "later")
STYLE_FIELDS = ("address", "avoid", "longest_sentence")
CLOSED = "closed"
HOLIDAYS = ("polish", "none")
MEASURED_CHANNELS = tuple(channel for channel in CHANNELS if channel not in ("phone", "review"))
DURATION = r"(\d{1,4}(?:[.,]\d{1,2})?) ?(s|min|h|d)"
HOURS = r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})"
_DURATION, _HOURS = re.compile(DURATION), re.compile(HOURS)
_IN_HOURS = {"s": 1 / 3600, "min": 1 / 60, "h": 1.0, "d": 24.0}


def load_policy(path: str | Path) -> Policy:
    """A policy from a user's file.

    Raises:
        ScorecardError: it cannot be used; the message names file and place.
    """
    return parse_policy(read_file(Path(path), "zasady"), str(path))


def parse_policy(text: str, file: str) -> Policy:
    """A policy from YAML text; ``file`` names it in refusals. Raises ScorecardError."""
    root = compose(text, file, "wpisz w nim zasady; opis pól jest w docs/policies.md").at("zasady")
    fields = root.fields(*POLICY_FIELDS)
    if fields["format"].value != FORMAT:
        raise fields["format"].refuse(f"nieznana wersja formatu; ten program czyta format {FORMAT}")
    version = fields["version"].value
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise fields["version"].refuse("pole „version” musi być liczbą całkowitą od 1")
    return Policy(
        fields["id"].identifier(),
        version,
        fields["name"].text("name"),
        _calendar(fields),
        _responses(fields["response"]) if "response" in fields else {},
        _terms(fields["terms"]) if "terms" in fields else (),
        _style(fields["style"]) if "style" in fields else Style(),
    )


def _calendar(fields: Mapping[str, Node]) -> Calendar:
    holidays = fields["holidays"].value if "holidays" in fields else "none"
    if holidays not in HOLIDAYS:
        raise fields["holidays"].refuse(f"pole „holidays” musi mieć jedną z wartości: {', '.join(HOLIDAYS)}")
    week = _week(fields["hours"].at("godziny")) if "hours" in fields else (ALWAYS,) * len(WEEKDAYS)
    days = dict(_days(fields["days"].at("dni"))) if "days" in fields else {}
    return Calendar(week, holidays == "polish", days)


def _week(node: Node) -> tuple[tuple[Stretch, ...], ...]:
    week: list[tuple[Stretch, ...]] = [()] * len(WEEKDAYS)
    given: set[int] = set()
    for key, child in node.pairs():
        first, _, last = str(key.value).partition("-")
        if first not in WEEKDAYS or (last and last not in WEEKDAYS):
            raise key.refuse(
                f"„{key.value}” nie jest dniem tygodnia; użyj {', '.join(WEEKDAYS)} albo zakresu jak mon-fri"
            )
        span = range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)
        if not span or given & set(span):
            raise key.refuse(f"dzień z „{key.value}” podano dwa razy albo zakres jest odwrócony; popraw dni")
        given |= set(span)
        for day in span:
            week[day] = _stretches(child)
    if not any(week):
        raise node.refuse(
            "obsługa nigdy nie jest otwarta; podaj godziny choć jednego dnia albo usuń pole „hours”"
        )
    return tuple(week)


def _days(node: Node) -> Iterator[tuple[date, tuple[Stretch, ...]]]:
    for key, child in node.pairs():
        day = key.value
        if type(day) is not date:  # a moment is a date too
            raise key.refuse(f"„{day}” nie jest dniem; podaj go jak 2026-12-31")
        yield day, () if child.value == CLOSED else _stretches(child)


def _stretches(node: Node) -> tuple[Stretch, ...]:
    """Hours such as ``8:00-16:00``, or several stretches parted by commas."""
    found: list[Stretch] = []
    for part in node.text("hours").split(","):
        match = _HOURS.fullmatch(part.strip())
        opens, closes = (
            (int(match[1]) + int(match[2]) / 60, int(match[3]) + int(match[4]) / 60) if match else (1, 0)
        )
        if (
            not match
            or int(match[2]) > 59
            or int(match[4]) > 59
            or not (found[-1][1] if found else 0) <= opens < closes <= 24
        ):
            raise node.refuse(
                f"„{part.strip()}” to nie godziny; podaj je jak 8:00-16:00, po kolei, przed północą"
            )
        found.append((opens, closes))
    return tuple(found)


def _responses(node: Node) -> Mapping[str, Response]:
    found: dict[str, Response] = {}
    for key, child in node.at("czasy odpowiedzi").pairs():
        if key.value not in MEASURED_CHANNELS:
            raise key.refuse(
                f"kanał „{key.value}” nie ma czasu odpowiedzi; dostępne: {', '.join(MEASURED_CHANNELS)}"
            )
        fields = child.fields((), RESPONSE_FIELDS)
        if not fields:
            raise child.refuse("podaj „first”, „later” albo oba, np. first: 24 h")
        first, later = (_hours(fields[name]) if name in fields else None for name in RESPONSE_FIELDS)
        found[key.value] = Response(first, later)
    return found


def _hours(node: Node) -> float:
    match = _DURATION.fullmatch(str(node.value))
    length = float(match[1].replace(",", ".")) * _IN_HOURS[match[2]] if match else 0.0
    if not length:
        raise node.refuse(f"„{node.value}” to nie czas; podaj go jak 60 s, 30 min, 24 h albo 2 d")
    return length


def _terms(node: Node) -> tuple[Term, ...]:
    found: dict[str, Term] = {}
    for child in node.at("terminy").items():
        term = _term(child)
        if term.id in found:
            raise child.refuse(f"termin „{term.id}” już wystąpił; zostaw jeden")
        found[term.id] = term
    return tuple(found.values())


def _term(node: Node) -> Term:
    fields = node.fields(*TERM_FIELDS)
    identifier = fields["id"].identifier()
    fields = {name: child.at(f"termin {identifier}") for name, child in fields.items()}
    rule = fields["rule"].value if "rule" in fields else "exactly"
    if rule not in RULES:
        raise fields["rule"].refuse(f"pole „rule” musi mieć jedną z wartości: {', '.join(RULES)}")
    about = _patterns("about", fields.get("about"))
    if (identifier in KNOWN_TERMS) == bool(about):
        known = ", ".join(KNOWN_TERMS)
        raise fields["id"].refuse(
            f"pole „about” ma termin o własnej nazwie i tylko on; terminy {known} program rozpoznaje sam"
        )
    return Term(
        identifier,
        fields["name"].text("name"),
        fields["days"].number("days", 0.04, 3660),
        cast(Rule, rule),
        fields["working"].flag("working") if "working" in fields else False,
        about,
    )


def _style(node: Node) -> Style:
    fields = node.at("styl").fields((), STYLE_FIELDS)
    fields = {name: child.at("styl") for name, child in fields.items()}
    address = fields["address"].value if "address" in fields else "any"
    if address not in ADDRESSES:
        raise fields["address"].refuse(f"pole „address” musi mieć jedną z wartości: {', '.join(ADDRESSES)}")
    longest = Style().longest_sentence
    if "longest_sentence" in fields:
        longest = int(fields["longest_sentence"].number("longest_sentence", 8, 200))
    return Style(cast(Address, address), _patterns("avoid", fields.get("avoid")), longest)


def _patterns(name: str, node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    patterns = tuple(child.text(name) for child in node.items())
    try:
        Lexicon({name: patterns})
    except PatternError as error:
        raise node.refuse(str(error)) from error
    return patterns
