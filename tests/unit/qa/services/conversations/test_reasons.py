"""Lists narrowed to a reason, to a group of reasons, or to none: which conversations, under which names."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from nlp.taxonomy import load_contact_reasons
from qa.errors import UsageProblem
from qa.services.conversations.listing import Filters, conversations
from qa.services.conversations.reasons import (
    NO_REASON,
    NONE,
    ReasonGroup,
    _names,
    has_reason,
    reason_groups,
    reason_name,
)
from qa.services.exports.files import export_rows
from qa.services.exports.tables import conversation_table
from qa.storage.people import OverviewRow
from tests.unit.qa.board_rows import LEAD, add

KEPT = {
    "late": "delivery.delayed",
    "lost": "delivery.lost",
    "refund": "returns.refund_status",
    "near": "delivery_time.other",  # begins the same, is another group
    "own": "delivered.own",
    "unknown": None,
}
FOUND = [
    ("delivery", {"late", "lost"}),
    ("delivery.lost", {"lost"}),
    ("returns", {"refund"}),
    ("deliver", set()),
    ("delivery.", set()),
    ("none", {"unknown"}),
    ("%", set()),
    ("delivery_", set()),
    ("DELIVERY", set()),
    ("' OR 1=1 --", set()),
    ("/", set()),
]


@pytest.fixture
def stock(session: Session) -> Session:
    for name, reason in KEPT.items():
        add(session, name, primary_reason=reason)
    return session


@pytest.mark.parametrize(("value", "names"), FOUND)
def test_a_group_is_its_leaves_and_nothing_that_only_begins_so(
    stock: Session, value: str, names: set[str]
) -> None:
    assert set(stock.scalars(select(OverviewRow.conversation_id).where(has_reason(value)))) == names


@pytest.mark.parametrize(("value", "names"), FOUND)
def test_the_list_and_its_file_hold_the_same(stock: Session, value: str, names: set[str]) -> None:
    filters = Filters(reason=value)
    if not names and value not in (NONE, *_names()):  # nothing could ever match it
        for refused in (conversations, conversation_table):
            with pytest.raises(UsageProblem, match="Nieznany powód kontaktu"):
                refused(stock, LEAD, filters)
        return
    assert {row.conversation_id for row in conversations(stock, LEAD, filters).rows} == names
    table = conversation_table(stock, LEAD, filters)
    assert table.n == len(names)
    lines = export_rows(table, "csv").decode("utf-8-sig").splitlines()
    assert {line.partition(";")[0] for line in lines[1 : 1 + table.n]} == names


def test_groups_stand_by_name_with_the_reasons_that_occur() -> None:
    found = reason_groups(["returns.refund_status", "our.own", "delivery.lost", "delivery.delayed"])
    assert [(one.code, one.name) for one in found] == [
        ("delivery", "Dostawa"),
        ("our", "our"),
        ("returns", "Zwroty"),
    ]
    assert found[0].leaves == (
        ("delivery.delayed", "Opóźniona dostawa"),
        ("delivery.lost", "Zaginiona przesyłka"),
    )
    assert found[1] == ReasonGroup("our", "our", (("our.own", "our.own"),))
    assert reason_groups([]) == ()


def test_every_group_and_leaf_has_its_name() -> None:
    taxonomy = load_contact_reasons()
    for one in (*taxonomy.groups, *taxonomy.labels):
        assert reason_name(one.code) == one.name
    assert reason_name("none") == NO_REASON
    assert reason_name("nie.ma") == "nie.ma"
