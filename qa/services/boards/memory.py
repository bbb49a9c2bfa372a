"""Finished counts that are kept in memory until the data change.

Counting 1.5 million outcomes takes a second or more, and a team opens the same board many times between two runs. So
a result is kept by what it was asked for, together with a *version* of the data: a few sums over the overview, which
are much cheaper than the board. Where the version differs, the result is made anew, by one of those who wait for it.

The version would miss a change that leaves all those sums as they were (one conversation moved to another team
with the same score and the same confidences); so nothing is kept longer than ten minutes whatever the version says.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa.storage.people import OverviewRow, ReviewRow, SampleItemRow

T = TypeVar("T")
MOST = 128
SECONDS = 600.0


class _Kept:
    """A result with the version it belongs to; whoever makes it holds ``lock``, and the others wait."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.version: Hashable = None
        self.made_at: float | None = None
        self.value: Any = None


class BoardMemory:
    """The last results by database and question; the least recently asked go first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        # by connection pool, which is the database's in this process and is gone when it is closed
        self._kept: WeakKeyDictionary[Any, OrderedDict[Hashable, _Kept]] = WeakKeyDictionary()

    def recall(self, session: Session, question: Hashable, version: Hashable, make: Callable[[], T]) -> T:
        """The result for ``question``, made by ``make`` where there is none of this ``version``."""
        kept = self._place(session, question)
        with kept.lock:
            old = kept.made_at is None or self._clock() - kept.made_at >= SECONDS
            if old or kept.version != version:
                kept.value = make()
                kept.version, kept.made_at = version, self._clock()
            value: T = kept.value
            return value

    def _place(self, session: Session, question: Hashable) -> _Kept:
        with self._lock:
            known = self._kept.setdefault(session.get_bind().engine.pool, OrderedDict())
            kept = known.setdefault(question, _Kept())
            known.move_to_end(question)
            while len(known) > MOST:
                known.popitem(last=False)
            return kept


# One for the process: every request would otherwise begin with an empty one.
MEMORY = BoardMemory()


def overview_version(session: Session) -> Hashable:
    """Changes whenever conversations are new, gone, or tagged or scored anew."""
    row = OverviewRow
    sums = (func.sum(one) for one in (row.score, row.confidence, row.least_confidence, row.undecided))
    query = select(func.count(), func.min(row.versions), func.max(row.versions), *sums).select_from(row)
    # databases may add floats in any order: the last digits say nothing
    return tuple(round(one, 6) if isinstance(one, float) else one for one in session.execute(query).one())


def review_version(session: Session) -> Hashable:
    """Changes whenever a review is finished or reopened, or a queue's item closed."""
    reviews = select(func.count(), func.sum(ReviewRow.version), func.max(ReviewRow.finished_at)).where(
        ReviewRow.status == "finished"
    )
    items = select(func.count(), func.max(SampleItemRow.closed_at))
    return (*session.execute(reviews).one(), *session.execute(items).one())
