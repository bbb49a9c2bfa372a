"""What a 1:1 holds, as it comes from outside: checked, or refused with the place that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
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
        text_of(_text(one, "Mocna strona"), "Mocna strona", 0, LONGEST_STRENGTH)
        for one in _listed(content, "strengths", "mocnych stron", MOST_STRENGTHS)
    ]
    moments = [_moment(one) for one in _listed(content, "moments", "momentów", MOST_MOMENTS)]
    _are_theirs(session, agent_id, {one["conversation_id"] for one in moments})
    return {
        "strengths": [one for one in strengths if one],
        "point": text_of(_text(content.get("point", ""), "Punkt"), "Punkt do pracy", 0, LONGEST_POINT),
        "moments": moments,
        "notes": text_of(_text(content.get("notes", ""), "Notatki"), "Notatki", 0, LONGEST_NOTES),
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
        raise UsageProblem(f"Rozmowa 1:1 nie ma pola {unknown[0][:40]}: dozwolone to {', '.join(known)}.")


def _listed(content: Mapping[str, Any], field: str, of_what: str, most: int) -> list[Any]:
    given = content.get(field, [])
    if not isinstance(given, list | tuple):
        raise UsageProblem(f"Pole {field} jest listą.")
    if len(given) > most:
        raise UsageProblem(f"Wybierz najwyżej {most} {of_what}: mniej łatwiej zapamiętać.")
    return list(given)


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise UsageProblem(f"{what}: podaj tekst.")
    return value


def _moment(given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise UsageProblem("Moment to rozmowa, wypowiedź i miejsce w niej: wybierz go z listy.")
    _only(given, MOMENT_FIELDS)
    numbers = [given.get(name) for name in ("turn", "start", "end")]
    turn, start, end = (one if type(one) is int and 0 <= one <= LAST_OFFSET else -1 for one in numbers)
    identifier = given.get("conversation_id")
    if not isinstance(identifier, str) or turn < 0 or not 0 <= start <= end:
        raise UsageProblem("Moment nie wskazuje miejsca w rozmowie: wybierz go jeszcze raz z listy.")
    comment = text_of(
        _text(given.get("comment", ""), "Komentarz"), "Komentarz do momentu", 0, LONGEST_COMMENT
    )
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
