"""Who may be asked into a calibration, and which conversations are drawn for it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from qa.errors import Refused, UsageProblem
from qa.services.access.accounts import change
from qa.services.calibration.choice import able, draw
from qa.services.calibration.sessions import open_session
from qa.services.judging.reviews import Change, save
from qa.storage import audit
from tests.unit.qa.services.calibration.conftest import (
    BOSS,
    CARD,
    NAMES,
    Table,
    conversations,
    person,
)


def test_able_are_active_people_who_may_judge(table: Table) -> None:
    session = table.session
    person(session, "kon", "agent")
    person(session, "adm", "administrator")
    change(session, table.ewa.id, BOSS, active=False)
    assert [one.login for one in able(session, table.lead)] == ["jan", "obcy", "ola"]
    assert able(session, table.lead)[2].roles == ("Kierownik jakości",)
    with pytest.raises(Refused):
        able(session, table.jan)


def test_a_drawing_is_repeated_by_its_seed_and_takes_nothing_twice(session: Session) -> None:
    lead, jan = person(session, "ola", "qa_lead"), person(session, "jan")
    ids = conversations(session, 30)
    drawn = draw(session, lead, CARD.key, 10, 7)
    assert len(set(drawn)) == 10
    assert drawn == draw(session, lead, CARD.key, 10, 7)
    assert drawn != draw(session, lead, CARD.key, 10, 8)
    open_session(session, lead, "Pierwsza", CARD.key, drawn, [lead.id, jan.id])
    assert set(draw(session, lead, CARD.key, 20, 7)) == set(ids) - set(drawn)
    entry = list(audit.entries(session))[-1]
    assert (entry.action, entry.details["seed"], entry.details["frame"]) == ("calibration_draw", 7, 20)


def test_what_somebody_has_judged_is_not_drawn(session: Session) -> None:
    lead, jan = person(session, "ola", "qa_lead"), person(session, "jan")
    ids = conversations(session, 6)
    save(session, jan, ids[2], CARD, Change({NAMES[0]: "pass"}, {}))
    assert set(draw(session, lead, CARD.key, 5, 1)) == set(ids) - {ids[2]}
    with pytest.raises(UsageProblem, match="oceniał: 5"):
        draw(session, lead, CARD.key, 6, 1)


def test_each_conversation_is_as_likely_as_any_other(session: Session) -> None:
    lead = person(session, "ola", "qa_lead")
    ids = conversations(session, 5)
    counts = Counter(one for seed in range(400) for one in draw(session, lead, CARD.key, 2, seed))
    assert set(counts) == set(ids)
    assert all(120 <= counts[one] <= 200 for one in ids)  # 160 expected, over 4 standard deviations


@pytest.mark.parametrize(
    ("values", "match"),
    [
        (("phone@99", 1, 1), "karty"),
        ((CARD.key, 0, 1), "od 1 do 50"),
        ((CARD.key, 51, 1), "od 1 do 50"),
        ((CARD.key, 4, 1), "oceniał: 3"),
        ((CARD.key, 1, 1, date(2026, 11, 3)), "oceniał: 0"),
        ((CARD.key, 1, 1, None, date(2026, 11, 1)), "oceniał: 0"),
        ((CARD.key, 1, 1, date(2026, 11, 3), date(2026, 11, 2)), "zamień daty"),
    ],
)
def test_what_cannot_be_drawn(session: Session, values: tuple[Any, ...], match: str) -> None:
    lead = person(session, "ola", "qa_lead")
    conversations(session, 3)
    with pytest.raises(UsageProblem, match=match):
        draw(session, lead, *values)
    assert len(draw(session, lead, CARD.key, 3, 1, date(2026, 11, 2), date(2026, 11, 2))) == 3
    with pytest.raises(Refused):
        draw(session, person(session, "jan"), CARD.key, 1, 1)
