"""Saved filters are one's own, named once, and hold nothing but names and values."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, UsageProblem
from qa.services.saved_filters import MOST, MOST_NAME, MOST_QUERY, create, delete, saved
from qa.storage.people import SavedFilterRow
from qa.storage.tables import AuditRow
from tests.unit.qa.board_rows import AUDITOR, LEAD, PRODUCT, SPECIALIST


def test_filters_are_listed_by_name_for_their_owner_and_page(session: Session) -> None:
    create(session, LEAD, "voice", "zwroty", "reason=returns")
    create(session, LEAD, "voice", "  Dostawy   tygodnia ", "?reason=delivery&team=&team=T+1&x=%C5%BC")
    create(session, LEAD, "quality", "zwroty", "team=T2")
    create(session, PRODUCT, "voice", "zwroty", "reason=returns.exchange")
    assert [(one.name, one.query) for one in saved(session, LEAD, "voice")] == [
        ("Dostawy tygodnia", "reason=delivery&team=T+1&x=%C5%BC"),
        ("zwroty", "reason=returns"),
    ]
    assert saved(session, AUDITOR, "voice") == ()


def test_a_name_is_taken_once(session: Session) -> None:
    create(session, LEAD, "voice", "zwroty", "a=1")
    with pytest.raises(Conflict, match="zwroty"):
        create(session, LEAD, "voice", " zwroty ", "a=2")
    assert len(saved(session, LEAD, "voice")) == 1


def test_two_windows_at_once_get_a_conflict_not_a_fault(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(session, LEAD, "voice", "zwroty", "a=1")
    # as PostgreSQL would see it: neither window finds the other's row before it writes its own
    monkeypatch.setattr(session, "scalar", lambda *_: None)
    with pytest.raises(Conflict, match="zwroty"):
        create(session, LEAD, "voice", "zwroty", "a=2")
    monkeypatch.undo()
    assert [one.query for one in saved(session, LEAD, "voice")] == ["a=1"]


def test_only_the_owner_deletes(session: Session) -> None:
    kept = create(session, LEAD, "voice", "zwroty", "a=1")
    for other in (PRODUCT, AUDITOR):
        with pytest.raises(Missing):
            delete(session, other, kept.id)
    for unknown in ("nie-ma", "\0", ""):
        with pytest.raises(Missing):
            delete(session, LEAD, unknown)
    delete(session, LEAD, kept.id)
    assert saved(session, LEAD, "voice") == ()
    with pytest.raises(Missing):
        delete(session, LEAD, kept.id)


def test_a_page_that_one_may_not_open_has_no_filters(session: Session) -> None:
    with pytest.raises(Refused):
        create(session, PRODUCT, "conversations", "moje", "a=1")
    with pytest.raises(Refused):
        saved(session, SPECIALIST, "quality")
    with pytest.raises(UsageProblem, match="voice"):
        saved(session, LEAD, "../etc")


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("", "a=1"),
        ("   ", "a=1"),
        ("x" * (MOST_NAME + 1), "a=1"),
        ("a\0b", "a=1"),
        ("nazwa", ""),
        ("nazwa", "?a=&b"),
        ("nazwa", "a=" + "x" * MOST_QUERY),
        ("nazwa", "&".join(f"a{n}={n}" for n in range(60))),
        ("nazwa", "a=%00"),
        ("nazwa", "a=\ud800"),
    ],
)
def test_what_cannot_be_kept_is_refused(session: Session, name: str, query: str) -> None:
    with pytest.raises(UsageProblem):
        create(session, LEAD, "voice", name, query)
    assert session.scalars(select(SavedFilterRow)).all() == []


def test_there_is_an_end_to_them(session: Session) -> None:
    for number in range(MOST):
        create(session, LEAD, "voice", f"f{number}", "a=1")
    with pytest.raises(UsageProblem, match="usuń"):
        create(session, LEAD, "voice", "jeszcze", "a=1")
    create(session, LEAD, "quality", "jeszcze", "a=1")


def test_the_log_names_the_filter_but_not_what_it_looks_for(session: Session) -> None:
    kept = create(session, LEAD, "conversations", "Kowalski", "customer=klient-1")
    delete(session, LEAD, kept.id)
    rows = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    assert [(row.action, row.subject, row.details) for row in rows] == [
        ("filter_save", kept.id, {"page": "conversations"}),
        ("filter_delete", kept.id, {"page": "conversations"}),
    ]
