"""Contact reasons as lists are narrowed to them: a leaf, a whole group, or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.alphabet import alphabetical
from qa.storage.byte_order import byte_order
from qa.storage.people import OverviewRow

NONE = "none"
NO_REASON = "bez rozpoznanego powodu"


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """A group of reasons with those of its leaves that occur, all with their Polish names."""

    code: str
    name: str
    leaves: tuple[tuple[str, str], ...]


@cache
def _names() -> Mapping[str, str]:
    """Names of leaves and groups; read once, as every page would otherwise read the file anew."""
    from nlp.taxonomy import load_contact_reasons

    taxonomy = load_contact_reasons()
    groups = {group.code: group.name for group in taxonomy.groups}
    return groups | {label.code: label.name for label in taxonomy.labels}


def reason_name(code: str) -> str:
    """The Polish name of a reason or a group; the code itself where the taxonomy does not have it."""
    return NO_REASON if code == NONE else _names().get(code, code)


def reason_groups(codes: Iterable[str]) -> tuple[ReasonGroup, ...]:
    """The groups of these reasons by name, each with its reasons by name."""
    leaves: dict[str, list[tuple[str, str]]] = {}
    for code in codes:
        leaves.setdefault(code.partition(".")[0], []).append((code, reason_name(code)))
    found = [ReasonGroup(code, reason_name(code), _by_name(some)) for code, some in leaves.items()]
    return tuple(sorted(found, key=lambda one: (alphabetical(one.name), one.code)))


def _by_name(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pairs, key=lambda one: (alphabetical(one[1]), one[0])))


def check_reason_filter(session: Session, value: str) -> None:
    """Accept a leaf, a group, ``none``, and what conversations still have though the taxonomy no longer does.

    Raises:
        UsageProblem: it is none of these, so nothing could ever match it.
    """
    if not value or value == NONE or value in _names():
        return
    if session.scalar(select(OverviewRow.conversation_id).where(has_reason(value)).limit(1)) is None:
        groups = [code for code in _names() if "." not in code]
        raise UsageProblem(
            "Nieznany powód kontaktu: do wyboru {known} albo powód z jednej z tych grup.",
            known=[NONE, *groups],
        )


def has_reason(value: str) -> ColumnElement[bool]:
    """That a conversation's main reason is this leaf, is in this group, or is ``none``; on :class:`OverviewRow`."""
    reason = OverviewRow.primary_reason
    if value == NONE:
        return reason.is_(None)
    if "." in value:
        return reason == value
    # a range instead of LIKE: on SQLite an index serves it, and "/" follows "." in order
    return and_(byte_order(reason) >= value + ".", byte_order(reason) < value + "/")
