"""Calibration sessions as people see them: blind while open, in lists of one's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa.errors import Refused, UsageProblem, UserError
from qa.services.access.blindness import still_blind
from qa.services.access.permissions import Actor
from qa.services.calibration.comparison import comparison
from qa.services.calibration.sessions import close, compare, decide, judge, open_session
from qa.services.calibration.views import calibration, calibrations, judgement
from qa.storage import audit
from qa.storage.people import CalibrationRow, ReviewRow
from tests.unit.qa.databases import empty_storage
from tests.unit.qa.services.calibration.conftest import (
    CARD,
    NAMES,
    PASSED,
    Table,
    person,
)

# Blind while open


def everything(table: Table, who: Actor) -> list[str]:
    """All that the functions tell this person about the open session, refusals too."""
    session = table.session
    asked: list[Callable[[], object]] = [
        lambda: calibrations(session, who),
        lambda: calibrations(session, who, "open"),
        lambda: calibration(session, who, table.id),
        lambda: comparison(session, who, table.id),
        *(lambda name=name: judgement(session, who, table.id, name) for name in table.ids),
        *(
            lambda name=name: judge(session, who, table.id, name, PASSED, "", 7)  # a version nobody has
            for name in table.ids
        ),
        lambda: decide(session, who, table.id, "c-00", "empathy", "pass", "Podejrzenie"),
        lambda: close(session, who, table.id),
        lambda: compare(session, who, table.id),
    ]
    found = []
    for one in asked:
        try:
            found.append(repr(one()))
        except UserError as error:
            found.append(f"{type(error).__name__}: {error}")
    return found


@pytest.mark.parametrize("who", ["lead", "ewa", "outsider"])
def test_while_open_nothing_depends_on_what_another_said(
    tmp_path: Path, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for outcome in ("pass", "fail"):
        numbers = iter(range(1000))
        for module in ("access.accounts", "calibration.sessions"):
            monkeypatch.setattr(f"qa.services.{module}.new_id", lambda n=numbers: f"{next(n):032x}")
        storage = empty_storage(tmp_path, f"{outcome}.db")
        with storage.writing() as session:
            table = Table(session)
            session.get_one(CalibrationRow, table.id).created_at = datetime(2026, 11, 2, tzinfo=UTC)
            for name in table.ids:
                table.says(table.jan, name, f"tajne {outcome}", **dict.fromkeys(NAMES, outcome))
            seen = everything(table, getattr(table, who))
            told.append((seen, [(one.action, one.subject, one.details) for one in audit.entries(session)]))
        storage.close()
    assert told[0] == told[1]
    assert "tajne" not in repr(told)


def test_progress_is_counts_only(table: Table) -> None:
    table.says(table.jan, "c-00", empathy="fail")
    table.says(table.jan, "c-01", finish=False)
    found = calibration(table.session, table.lead, table.id)
    assert [(one.name, one.finished) for one in found.progress] == [
        ("Osoba ola", 0),
        ("Osoba jan", 1),
        ("Osoba ewa", 0),
    ]
    assert (found.line.finished, found.line.expected, found.line.mine) == (1, 6, 0)
    assert [one.status for one in found.mine] == ["waiting", "waiting"]


def test_what_is_judged_blind_in_one_session_is_not_shown_by_another(table: Table) -> None:
    session = table.session
    table.everybody()
    compare(session, table.lead, table.id)
    second = open_session(session, table.lead, "Druga", CARD.key, ["c-01"], [table.jan.id, table.outsider.id])
    assert still_blind(session, table.jan) == {"c-01": second.line.id}
    assert still_blind(session, table.ewa) == {}
    with pytest.raises(Refused, match="w innej, otwartej kalibracji"):
        comparison(session, table.jan, table.id)
    assert comparison(session, table.ewa, table.id).status == "compared"
    judge(session, table.jan, second.line.id, "c-01", PASSED, "", 0)
    assert "c-01" in still_blind(session, table.jan)  # a draft is no word yet
    judge(session, table.jan, second.line.id, "c-01", PASSED, "", 1, finish=True)
    assert still_blind(session, table.jan) == {}
    assert comparison(session, table.jan, table.id).status == "compared"


# The list


def test_the_list_has_ones_own_sessions_and_a_lead_sees_all(table: Table) -> None:
    session = table.session
    open_session(session, table.lead, "Druga", CARD.key, ["c-01"], [table.lead.id, table.outsider.id])
    assert [one.name for one in calibrations(session, table.lead).rows] == ["Druga", "Listopad"]
    assert [one.name for one in calibrations(session, table.jan).rows] == ["Listopad"]
    assert [one.name for one in calibrations(session, table.outsider).rows] == ["Druga"]
    everybodys = calibrations(session, person(session, "lea", "qa_lead"))
    assert (everybodys.total, everybodys.rows[0].mine) == (2, None)
    assert calibrations(session, table.lead, "closed").total == 0
    second = calibrations(session, table.lead, page=2, size=1)
    assert ([one.name for one in second.rows], second.total) == (["Listopad"], 2)
    assert calibrations(session, table.lead, page=3, size=1).rows == ()
    with pytest.raises(UsageProblem, match="status"):
        calibrations(session, table.lead, "otwarte")
    for page, size in ((0, 10), (1, 0), (1, 201), (10**30, 10)):
        with pytest.raises(UsageProblem, match="Strony"):
            calibrations(session, table.lead, page=page, size=size)
    with pytest.raises(Refused):
        calibrations(session, person(session, "kon", "agent"))


def test_an_account_whose_id_is_part_of_anothers_sees_nothing_of_theirs(table: Table) -> None:
    for identifier in (table.jan.id[:-1], "%", "_" * 32):
        stranger = Actor(identifier, "x", "X", frozenset({"coach"}))
        assert calibrations(table.session, stranger).total == 0


def test_others_judgements_of_the_conversation_count_nowhere(table: Table) -> None:
    session = table.session
    other = open_session(session, table.lead, "Druga", CARD.key, table.ids, [table.lead.id, table.jan.id])
    table.says(table.jan, "c-00")
    session.add(
        ReviewRow(
            id="r",
            conversation_id="c-00",
            account_id=table.jan.id,
            status="finished",
            scorecard=CARD.key,
            criteria={},
        )
    )
    session.flush()
    assert calibration(session, table.jan, other.line.id).line.finished == 0
    assert calibration(session, table.jan, table.id).line.finished == 1
    assert judgement(session, table.jan, other.line.id, "c-00").version == 0
