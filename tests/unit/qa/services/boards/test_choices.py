"""The days that a board begins with, and what its filters can be set to."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from qa.errors import Refused
from qa.services.access.permissions import PERMISSIONS, ROLES
from qa.services.boards.choices import board_choices, default_days
from qa.services.conversations.reasons import ReasonGroup
from tests.unit.qa.board_rows import LEAD, PRODUCT, add, person

TODAY = date(2026, 11, 27)  # a Friday


def test_without_conversations_it_is_the_last_twelve_weeks(session: Session) -> None:
    assert default_days(session, TODAY) == (date(2026, 9, 7), TODAY)


def test_it_ends_where_conversations_end_and_begins_where_they_begin(session: Session) -> None:
    add(session, "last", day="2026-11-04")
    assert default_days(session, TODAY) == (date(2026, 11, 2), date(2026, 11, 4))
    add(session, "third", day="2026-10-15")
    assert default_days(session, TODAY)[0] == date(2026, 10, 12)
    add(session, "long ago", day="2025-01-01")
    assert default_days(session, TODAY)[0] == date(2026, 10, 12)
    for week in range(14):
        add(session, f"w{week}", day=date.fromordinal(TODAY.toordinal() - 7 * week).isoformat())
    assert default_days(session, TODAY) == (date(2026, 9, 7), TODAY)


def test_a_wrong_clock_or_a_missing_day_empties_nothing(session: Session) -> None:
    add(session, "timeless", day="", started_at="")
    assert default_days(session, TODAY) == (date(2026, 9, 7), TODAY)
    add(session, "future", day="2099-01-01")
    assert default_days(session, TODAY) == (date(2098, 12, 29), date(2099, 1, 1))
    add(session, "known", day="2026-11-04")
    assert default_days(session, TODAY) == (date(2026, 11, 2), date(2026, 11, 4))


def test_choices_are_what_there_is(session: Session) -> None:
    add(session, "a", team="Łódź", primary_reason="delivery.lost")
    add(session, "b", team="Wrocław", primary_reason="our.own", channel="chat")
    add(session, "c", team=None, primary_reason=None)
    found = board_choices(session, LEAD)
    assert (found.channels, found.teams) == (("chat", "phone"), ("Łódź", "Wrocław"))
    assert found.reasons == (
        ReasonGroup("delivery", "Dostawa", (("delivery.lost", "Zaginiona przesyłka"),)),
        ReasonGroup("our", "our", (("our.own", "our.own"),)),
    )


def test_teams_are_not_for_the_product_team(session: Session) -> None:
    add(session, "a")
    found = board_choices(session, PRODUCT)
    assert (found.channels, found.teams) == (("phone",), ())


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_ask(session: Session, role: str) -> None:
    if role in PERMISSIONS["team.read"] | PERMISSIONS["voice.read"]:
        assert board_choices(session, person("p", role)).channels == ()
        return
    with pytest.raises(Refused):
        board_choices(session, person("p", role))
