"""Figures of disputes: time to decision, shares overturned."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from qa.errors import Refused, UsageProblem
from qa.services.access.permissions import Actor
from qa.services.disputes.deciding import decide, withdraw
from qa.services.disputes.figures import MACHINE, dispute_figures
from qa.services.judging.trust import Share
from qa.storage.people import DisputeRow
from tests.unit.qa.services.disputes.conftest import (
    World,
    aged,
)


def decided(world: World, identifier: str, who: Actor, status: str, after: float, on: int = 6) -> None:
    """Decide, as if on that day of November, so many hours after it was raised."""
    row = world.row(identifier)
    decide(
        world.session,
        who,
        identifier,
        status,
        "Dlatego",
        "pass" if status in ("accepted", "partly") else None,
    )
    row.decided_at = datetime(2026, 11, on, 12, tzinfo=UTC)
    row.created_at = row.decided_at - timedelta(hours=after)
    world.session.flush()


def test_figures_of_nothing(world: World) -> None:
    found = dispute_figures(world.session, world.coach)
    assert (found.open, found.oldest_open, found.hours, found.slowest) == (0, None, None, None)
    assert found.overturned.value is None
    assert found.by_criterion == found.by_reviewer == ()


def test_time_to_decision_and_overturn_rates(world: World) -> None:
    world.review("r-2", "c-1", world.ewa, "second", identity_check="fail", empathy="fail")
    decided(world, world.objects(), world.ewa, "accepted", 1)
    decided(world, world.objects("empathy"), world.ewa, "rejected", 100)
    decided(world, world.objects(review_id="r-2"), world.jan, "wrong_person", 3)
    decided(world, world.objects(name="c-2"), world.jan, "partly", 7)
    withdraw(world.session, world.ala, world.objects("recap"))
    waiting = aged(world, world.objects("farewell"), 30)
    aged(world, world.objects("greeting"), 2)
    found = dispute_figures(world.session, world.coach)
    assert (found.open, found.oldest_open) == (2, world.row(waiting).created_at.isoformat())
    assert (found.hours, found.slowest) == (5, 100)
    assert found.overturned == Share(2, 4)
    assert found.overturned.interval is not None
    assert [(one.id, one.name, one.overturned) for one in found.by_criterion] == [
        ("empathy", "Empatia", Share(0, 1)),
        ("identity_check", "Weryfikacja klienta", Share(2, 3)),
    ]
    assert [(one.id, one.name, one.overturned) for one in found.by_reviewer] == [
        (None, MACHINE, Share(1, 1)),
        (world.ewa.id, "Osoba ewa", Share(0, 1)),
        (world.jan.id, "Osoba jan", Share(1, 2)),
    ]


def test_a_period_has_both_its_polish_days(world: World) -> None:
    for criterion, on in (("greeting", 5), ("farewell", 6), ("recap", 7)):
        decided(world, world.objects(criterion), world.ewa, "rejected", 1, on)
    row = world.session.scalars(select(DisputeRow).where(DisputeRow.criterion == "recap")).one()
    row.decided_at = datetime(2026, 11, 6, 23, 30, tzinfo=UTC)  # the 7th in Poland
    world.session.flush()

    def number(first: date | None, last: date | None) -> int:
        return dispute_figures(world.session, world.coach, first, last).overturned.whole

    sixth, seventh = date(2026, 11, 6), date(2026, 11, 7)
    assert [number(None, None), number(sixth, None), number(None, sixth), number(sixth, sixth)] == [
        3,
        2,
        2,
        1,
    ]
    assert number(seventh, seventh) == 1
    with pytest.raises(UsageProblem, match="zamień daty"):
        number(seventh, sixth)
    for first, last in ((date.min, None), (None, date.max)):
        with pytest.raises(UsageProblem, match="2000"):
            number(first, last)
    with pytest.raises(Refused):
        dispute_figures(world.session, world.ala)
