"""Labels with provenance: the trust command reads them, and nobody is named in them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Refused, UsageProblem
from qa.services.access.permissions import PERMISSIONS, ROLES
from qa.services.judging.label_export import labels
from qa.storage.digests import Pseudonyms
from qa.storage.tables import AuditRow
from tests.unit.qa.board_rows import LEAD, add, draw, judge, overturn, person, plan
from tests.unit.qa.conftest import Run

KEYS = Pseudonyms(b"k" * 32)
ANNA, BASIA = KEYS.of("oceniajacy", "anna"), KEYS.of("oceniajacy", "basia")


@pytest.fixture
def session(session: Session) -> Session:
    """With one conversation."""
    add(session, "c-1", {"greeting": "pass", "empathy": "fail"})
    return session


def exported(session: Session, **values: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in labels(session, LEAD, KEYS, "phone@1", **values)]


def test_a_review_comes_with_where_it_is_from(session: Session) -> None:
    item = draw(session, plan(session, "losowy", 10), "c-1", 0.25, blind=True)
    judge(session, "c-1", {"greeting": "fail", "empathy": "na"}, item)
    assert exported(session) == [
        {
            "id": "c-1",
            ANNA: {
                "criteria": {"greeting": "fail", "empathy": "na"},
                "kind": "review",
                "blind": True,
                "probability": 0.25,
                "scorecard": "phone@1",
                "machine": {
                    "greeting": {"outcome": "pass", "confidence": 0.9},
                    "empathy": {"outcome": "pass", "confidence": 0.9},
                },
                "finished_at": "2026-11-05T12:00:00+00:00",
                "overturned": {},
            },
        }
    ]


def test_each_rater_is_one_and_a_later_review_replaces_the_earlier(session: Session) -> None:
    judge(session, "c-1", {"greeting": "fail"})
    judge(session, "c-1", {"greeting": "fail"}, account_id="basia", kind="second")
    later = datetime(2026, 11, 9, tzinfo=UTC)
    judge(session, "c-1", {"greeting": "pass"}, kind="calibration", finished_at=later)
    (line,) = exported(session)
    assert {name: one["criteria"] for name, one in line.items() if name != "id"} == {
        ANNA: {"greeting": "pass"},
        BASIA: {"greeting": "fail"},
    }
    assert (line[ANNA]["blind"], line[BASIA]["blind"], line[BASIA]["probability"]) == (True, True, None)


def test_what_a_dispute_overturned_is_no_label(session: Session) -> None:
    review = judge(session, "c-1", {"greeting": "fail", "empathy": "fail"})
    overturn(session, "c-1", review, "greeting", "pass")
    (line,) = exported(session)
    assert line[ANNA]["criteria"] == {"empathy": "fail"}
    assert line[ANNA]["overturned"] == {"greeting": "fail"}
    # the decision is about this criterion alone: the rest of it is copied from the review
    assert line[f"{BASIA}-greeting"]["criteria"] == {"greeting": "pass"}
    assert line[f"{BASIA}-greeting"]["kind"] == "dispute"
    assert len(line) == 3


def test_drafts_other_scorecards_and_empty_outcomes_stay_here(session: Session) -> None:
    judge(session, "c-1", {"greeting": "fail"}, status="draft", finished_at=None)
    judge(session, "c-1", {"greeting": "fail"}, scorecard="chat@1")
    assert exported(session) == []
    judge(session, "c-1", {"greeting": "pass", "empathy": None})  # type: ignore[dict-item]
    assert [line[ANNA]["criteria"] for line in exported(session)] == [{"greeting": "pass"}]


def test_days_are_polish_and_both_included(session: Session) -> None:
    # half past midnight on the sixth, in Poland
    judge(session, "c-1", {"greeting": "pass"}, finished_at=datetime(2026, 11, 5, 23, 30, tzinfo=UTC))
    sixth, fifth = date(2026, 11, 6), date(2026, 11, 5)
    assert len(exported(session, first=sixth, last=sixth)) == 1
    assert exported(session, last=fifth) == []
    assert exported(session, first=date(2026, 11, 7)) == []


def test_kinds_can_be_chosen(session: Session) -> None:
    judge(session, "c-1", {"greeting": "pass"})
    judge(session, "c-1", {"greeting": "pass"}, account_id="basia", kind="second")
    assert [set(line) for line in exported(session, kinds=("second",))] == [{"id", BASIA}]


@pytest.mark.parametrize(
    ("scorecard", "values"),
    [
        ("phone@9", {}),
        ("../../etc/passwd", {}),
        ("phone@1", {"kinds": ()}),
        ("phone@1", {"kinds": ("draft",)}),
        ("phone@1", {"first": date(2026, 12, 1), "last": date(2026, 11, 1)}),
    ],
)
def test_what_cannot_be_understood_is_refused(
    session: Session, scorecard: str, values: dict[str, Any]
) -> None:
    with pytest.raises(UsageProblem):
        labels(session, LEAD, KEYS, scorecard, **values)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_export_and_that_it_is_logged(session: Session, role: str) -> None:
    judge(session, "c-1", {"greeting": "pass"})
    actor = person("p", role)
    if role not in PERMISSIONS["export.labels"]:
        with pytest.raises(Refused, match="eksport ocen"):
            labels(session, actor, KEYS, "phone@1")
        return
    labels(session, actor, KEYS, "phone@1", date(2026, 11, 1))
    row = session.scalars(select(AuditRow)).one()
    assert (row.action, row.subject) == ("labels_export", "phone@1")
    assert row.details == {
        "n": 1,
        "days": ["2026-11-01", None],
        "kinds": ["calibration", "dispute", "review", "second"],
    }


def test_nobody_is_named_and_no_comment_leaves(session: Session) -> None:
    judge(session, "c-1", {"greeting": "pass"}, comment="Klient Jan Nowak")
    text = "".join(labels(session, LEAD, KEYS, "phone@1"))
    assert not any(secret in text for secret in ("anna", "Anny", "Nowak", "a-1"))


def test_the_trust_command_reads_it(session: Session, tmp_path: Path, cli: Run) -> None:
    add(session, "c-2", {"greeting": "pass"})
    judge(session, "c-1", {"greeting": "pass"})
    judge(session, "c-1", {"greeting": "pass"}, account_id="basia", kind="second")
    review = judge(session, "c-2", {"greeting": "fail"})
    overturn(session, "c-2", review, "greeting", "pass")
    (tmp_path / "l.jsonl").write_text("".join(labels(session, LEAD, KEYS, "phone@1")), encoding="utf-8")
    evaluation = {
        "scorecard": "phone@1",
        "criteria": [{"id": "greeting", "outcome": "pass", "confidence": 0.9}],
    }
    rows = [json.dumps({"id": name, "evaluation": evaluation}) for name in ("c-1", "c-2")]
    (tmp_path / "o.jsonl").write_text("\n".join(rows), encoding="utf-8")
    status, out, _ = cli("scorecards", "trust", "o.jsonl", "l.jsonl", "--json")
    (found,) = json.loads(out)["criteria"]
    assert status == 0
    # both are agreed on: the overturned outcome of c-2 is no second voice
    assert (found["n"], found["agreement"]["value"]) == (2, 1.0)
