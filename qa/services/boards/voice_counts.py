"""What the voice-of-customer board counts in the database: contacts by reason, sentiment and part of the period."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from qa.services.boards.figures import place_of_day
from qa.services.coaching.progress import Period
from qa.storage.people import OverviewRow

NONE = "none"  # no reason, as in the filters of the list of conversations

Felt = Counter[str]  # contacts by sentiment; the code is empty where nothing was said to tell it from


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts by reason and part of the period."""

    cells: Mapping[str, Sequence[Felt]]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(felt.total() for parts in self.cells.values() for felt in parts)

    def of(self, code: str) -> Felt:
        """Those with this reason."""
        return sum(self.cells.get(code, ()), Counter[str]())

    def points(self, code: str, parts: int) -> tuple[int, ...]:
        """How many had this reason in each of so many parts."""
        return tuple(part.total() for part in self.cells[code]) if code in self.cells else (0,) * parts

    def at(self, place: int) -> Felt:
        """Those of this part of the period."""
        return sum((parts[place] for parts in self.cells.values()), Counter[str]())

    def only(self, codes: set[str]) -> Contacts:
        """Those with one of these reasons."""
        return Contacts({code: parts for code, parts in self.cells.items() if code in codes})


def contacts(
    session: Session, narrowed: Sequence[ColumnElement[bool]], within: Period, parts: Sequence[Period]
) -> Contacts:
    """The contacts of a period; ``narrowed`` are conditions on the overview."""
    row = OverviewRow
    query = (
        select(row.day, row.primary_reason, row.sentiment, func.count())
        .where(row.day >= within.first, row.day <= within.last, *narrowed)
        .group_by(row.day, row.primary_reason, row.sentiment)
    )
    place = place_of_day(parts)
    cells: dict[str, list[Felt]] = defaultdict(lambda: [Counter() for _ in parts])
    for day, code, felt, n in session.execute(query).tuples():
        cells[code or NONE][place[day]][felt or ""] += n
    return Contacts(dict(cells))


def reasons_of(session: Session, narrowed: Sequence[ColumnElement[bool]], within: Period) -> Counter[str]:
    """How many contacts of a period had which reason."""
    row = OverviewRow
    query = (
        select(row.primary_reason, func.count())
        .where(row.day >= within.first, row.day <= within.last, *narrowed)
        .group_by(row.primary_reason)
    )
    return Counter({code or NONE: n for code, n in session.execute(query).tuples()})
