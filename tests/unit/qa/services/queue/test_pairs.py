"""Blind seconds stay blind."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from qa.errors import Refused
from qa.services.queue import claiming as queue
from qa.services.queue.listing import next_items
from tests.unit.qa.sampling_rows import (
    ANNA,
    BASIA,
    LEAD,
    add_review,
)
from tests.unit.qa.services.queue.conftest import (
    drawn,
    filled,
    paired,
    reviewed,
    taken,
)


@pytest.mark.parametrize("finished", [False, True], ids=["claimed", "finished"])
def test_who_has_the_first_never_gets_the_second(session: Session, finished: bool) -> None:
    first, second = paired(session)
    item = queue.claim(session, ANNA, first)
    if finished:
        reviewed(session, ANNA, item)
    assert second not in [one.id for one in next_items(session, ANNA).rows]
    assert queue.claim_next(session, ANNA) is None
    with pytest.raises(Refused):
        queue.claim(session, ANNA, second)
    with pytest.raises(Refused):
        queue.assign(session, LEAD, second, ANNA.id)
    other = taken(session, BASIA)
    assert (other.id, other.blind, other.second, other.why) == (second, True, True, "Druga, niezależna ocena")
    assert not any("anna" in str(value).lower() for value in (other.assignee_name, other.why, other.assignee))


def test_who_has_the_second_never_gets_the_first(session: Session) -> None:
    first, second = paired(session)
    reviewed(session, ANNA, queue.claim(session, ANNA, second))
    assert next_items(session, ANNA).rows == ()
    with pytest.raises(Refused):
        queue.claim(session, ANNA, first)
    assert taken(session, BASIA).id == first


def test_who_gave_the_first_back_may_have_the_second(session: Session) -> None:
    first, second = paired(session)
    queue.claim(session, ANNA, first)
    queue.release(session, ANNA, first)
    assert queue.claim(session, ANNA, second).id == second


def test_who_judged_the_conversation_otherwise_gets_no_blind_second(session: Session) -> None:
    first, second = paired(session)
    add_review(session, "c-0000", ANNA, {"greeting": "fail"}, status="draft")
    assert [one.id for one in next_items(session, ANNA).rows] == [first]
    with pytest.raises(Refused):
        queue.claim(session, ANNA, second)
    assert queue.claim(session, ANNA, first).id == first


def test_a_pair_of_one_plan_says_nothing_about_another_plan(session: Session) -> None:
    filled(session, 1, 1)
    drawn(session, {"cycle": "weekly", "method": "random", "size": 1})
    assert next_items(session, ANNA).total == 2
    taken(session)
    assert taken(session).conversation_id == "c-0000"
