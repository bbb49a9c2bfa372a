"""What a 1:1 holds, as it comes from outside: checked, or refused with the place that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa.errors import Term, UsageProblem
from qa.services.inputs import is_storable, text_of
from qa.storage.people import OverviewRow

FIELDS = ("strengths", "point", "moments", "notes")
MOMENT_FIELDS = ("conversation_id", "turn", "start", "end", "comment")
MOST_STRENGTHS = 5
MOST_MOMENTS = 6
LONGEST_STRENGTH = 300
LONGEST_POINT = 1000
LONGEST_NOTES = 4000
LONGEST_COMMENT = 300
LAST_OFFSET = 1_000_000


@dataclass(frozen=True, slots=True)
class MeetingMoment:
    """A place in one of the person's conversations, with what to say about it."""

    conversation_id: str
    turn: int
    start: int
    end: int
    comment: str


def checked(session: Session, agent_id: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The content in the form in which it is stored.

    Raises:
        UsageProblem: something in it is unknown, too long, of another kind, or about another person's conversation.
    """
    _only(content, FIELDS)
    strengths = [
        text_of(_text(one, Term("Mocna strona")), Term("Mocna strona"), 0, LONGEST_STRENGTH)
        for one in _listed(content, "strengths", Term("mocnych stron"), MOST_STRENGTHS)
    ]
    moments = [_moment(one) for one in _listed(content, "moments", Term("momentów"), MOST_MOMENTS)]
    _are_theirs(session, agent_id, {one["conversation_id"] for one in moments})
    return {
        "strengths": [one for one in strengths if one],
        "point": _written(content, "point", Term("Punkt do pracy"), LONGEST_POINT),
        "moments": moments,
        "notes": _written(content, "notes", Term("Notatki"), LONGEST_NOTES),
    }


def is_empty(content: Mapping[str, Any]) -> bool:
    """Whether nobody has written anything in it."""
    return not (content["strengths"] or content["point"] or content["notes"])


def shown_moments(content: Mapping[str, Any]) -> tuple[MeetingMoment, ...]:
    """The moments of a stored content."""
    return tuple(MeetingMoment(**one) for one in content["moments"])


def _only(given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    unknown = sorted(str(name) for name in given if name not in known)
    if unknown:
        raise UsageProblem(
            "Rozmowa 1:1 nie ma pola {field}: dozwolone to {known}.", field=unknown[0][:40], known=known
        )


def _listed(content: Mapping[str, Any], field: str, of_what: Term, most: int) -> list[Any]:
    given = content.get(field, [])
    if not isinstance(given, list | tuple):
        raise UsageProblem("Pole {field} jest listą.", field=field)
    if len(given) > most:
        raise UsageProblem(
            "Wybierz najwyżej {most} {of_what}: mniej łatwiej zapamiętać.", most=most, of_what=of_what
        )
    return list(given)


def _text(value: Any, what: Term) -> str:
    if not isinstance(value, str):
        raise UsageProblem("{what}: podaj tekst.", what=what)
    return value


def _written(given: Mapping[str, Any], field: str, what: Term, most: int) -> str:
    return text_of(_text(given.get(field, ""), what), what, 0, most)


def _moment(given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise UsageProblem("Moment to rozmowa, wypowiedź i miejsce w niej: wybierz go z listy.")
    _only(given, MOMENT_FIELDS)
    numbers = [given.get(name) for name in ("turn", "start", "end")]
    turn, start, end = (one if type(one) is int and 0 <= one <= LAST_OFFSET else -1 for one in numbers)
    identifier = given.get("conversation_id")
    if not isinstance(identifier, str) or turn < 0 or not 0 <= start <= end:
        raise UsageProblem("Moment nie wskazuje miejsca w rozmowie: wybierz go jeszcze raz z listy.")
    comment = _written(given, "comment", Term("Komentarz do momentu"), LONGEST_COMMENT)
    return {"conversation_id": identifier, "turn": turn, "start": start, "end": end, "comment": comment}


def _are_theirs(session: Session, agent_id: str, ids: set[str]) -> None:
    known = sorted(one for one in ids if is_storable(one))
    query = select(func.count()).where(
        OverviewRow.conversation_id.in_(known), OverviewRow.agent_id == agent_id
    )
    if (session.scalar(query) or 0) < len(ids):
        raise UsageProblem(
            "Moment wskazuje rozmowę, której ta osoba nie prowadziła albo której już nie ma: usuń go."
        )
