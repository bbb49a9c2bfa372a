"""People's reviews with a scale: kept with level and score, beside the machine's level; exported with both."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.access.permissions import Actor
from qa.services.conversations.view import ShownCriterion, conversation_view
from qa.services.judging.label_export import labels
from qa.services.judging.reviews import Change, finish, save
from qa.services.judging.trust import Bar
from qa.services.judging.trust_state import measure, trust_view
from qa.storage.digests import Pseudonyms
from qa.storage.people import OutcomeRow, ReviewRow
from qa.storage.tables import AuditRow
from tests.unit.qa.sampling_rows import person
from tests.unit.qa.scale_rows import CARD, SCALED, add, answers

ANNA, LEAD = person("anna", "qa_specialist"), person("lead", "qa_lead")
KEYS = Pseudonyms(b"k" * 32)


@pytest.fixture
def session(session: Session) -> Session:
    """With one conversation to which the machine gives level 1."""
    add(session, "c-1", 1)
    return session


def review(session: Session, actor: Actor = ANNA, level: int | str = 2, **others: str) -> ReviewRow:
    return save(session, actor, "c-1", CARD, Change(answers(level, **others), {}))


def kept(row: ReviewRow) -> dict[str, Any]:
    found: dict[str, Any] = row.criteria[SCALED]
    return found


def test_the_overview_keeps_the_machines_level_of_scaled_criteria_only(session: Session) -> None:
    found = dict(session.execute(select(OutcomeRow.criterion, OutcomeRow.level)).tuples().all())
    assert found.pop(SCALED) == 1
    assert set(found.values()) == {None}


def test_a_level_is_kept_beside_the_machines_and_earns_its_points(session: Session) -> None:
    row = review(session, level=2)
    assert kept(row) == {
        "outcome": "pass",
        "level": 2,
        "comment": "",
        "automatic": "fail",
        "automatic_level": 1,
        "confidence": 0.75,
    }
    assert "level" not in row.criteria["price"]
    assert row.score == pytest.approx(100 - 30 / 3)  # 30 points, two of three levels
    assert review(session, level=0).score == pytest.approx(70)
    assert review(session, level=3).score == 100
    assert review(session, level="na").score == 100


def test_a_level_below_the_pass_is_a_fail_with_points(session: Session) -> None:
    row = review(session, level=1)
    assert (kept(row)["outcome"], kept(row)["level"]) == ("fail", 1)
    assert row.score == pytest.approx(80)


def test_an_answer_is_taken_back_with_its_level(session: Session) -> None:
    review(session, level=2)
    row = save(session, ANNA, "c-1", CARD, Change({SCALED: None}, {}))
    assert (kept(row)["outcome"], kept(row)["level"]) == (None, None)
    assert save(session, ANNA, "c-1", CARD, Change({SCALED: "na"}, {})).criteria[SCALED]["level"] is None
    save(session, ANNA, "c-1", CARD, Change({SCALED: None}, {}))
    with pytest.raises(UsageProblem, match="Oceń jeszcze"):
        finish(session, ANNA, row.id, CARD)


def test_a_comment_alone_begins_a_criterion_without_an_answer(session: Session) -> None:
    row = save(session, ANNA, "c-1", CARD, Change({}, {SCALED: "krótko"}))
    assert (kept(row)["outcome"], kept(row)["level"], kept(row)["automatic_level"]) == (None, None, 1)


@pytest.mark.parametrize("word", ["4", "pass", "fail", "-1", "", "2.0", "²"])
def test_what_is_no_level_of_the_card_is_refused_and_nothing_is_kept(session: Session, word: str) -> None:
    with pytest.raises(UsageProblem, match="„Analiza potrzeb” ocenia się poziomem od 0 do 3"):
        save(session, ANNA, "c-1", CARD, Change({SCALED: word}, {}))
    with pytest.raises(UsageProblem, match="pass, fail albo na"):
        save(session, ANNA, "c-1", CARD, Change({"price": "2"}, {}))
    assert session.scalars(select(ReviewRow)).first() is None


def test_another_level_overrides_the_machine_also_with_the_same_outcome(session: Session) -> None:
    automatic = {row.criterion: row.outcome for row in session.scalars(select(OutcomeRow))}
    others = {name: outcome for name, outcome in automatic.items() if outcome in ("pass", "fail", "na")}
    others.pop(SCALED)
    row = review(session, level=0, **others)
    finish(session, ANNA, row.id, CARD)
    details = session.scalars(select(AuditRow.details).where(AuditRow.action == "review_finish")).one()
    undecided = sum(outcome == "review" for outcome in automatic.values())
    assert details["overridden"] == 1 + undecided


def shown(session: Session, actor: Actor) -> ShownCriterion:
    from nlp.taxonomy import load_contact_reasons

    view = conversation_view(session, actor, "c-1", load_contact_reasons(), None)
    return next(one for one in view.criteria if one.id == SCALED)


def test_the_page_shows_the_machines_level_also_after_an_override(session: Session) -> None:
    before = shown(session, ANNA)
    assert (before.level, before.automatic, before.answer, before.my_level) == (1, "1", None, None)
    row = review(session, level=3)
    finish(session, ANNA, row.id, CARD)
    after = shown(session, ANNA)
    assert (after.outcome, after.level, after.automatic) == ("fail", 1, "1")
    assert (after.mine, after.my_level, after.answer) == ("pass", 3, "3")
    assert after.choices == ("0", "1", "2", "3", "na")
    assert after.scale is not None
    assert (after.scale.top, after.scale.pass_from, len(after.scale.levels)) == (3, 2, 4)
    from nlp.taxonomy import load_contact_reasons

    others = conversation_view(session, LEAD, "c-1", load_contact_reasons(), None).reviews
    assert others[0].levels == {SCALED: 3}


def test_labels_carry_levels_of_both(session: Session) -> None:
    row = review(session, level=3)
    finish(session, ANNA, row.id, CARD)
    (line,) = [json.loads(one) for one in labels(session, LEAD, KEYS, CARD.key)]
    rater = line[KEYS.of("oceniajacy", "anna")]
    assert rater["criteria"][SCALED] == "pass"
    assert rater["levels"] == {SCALED: 3}
    assert rater["machine"][SCALED] == {"outcome": "fail", "confidence": 0.75, "level": 1}
    assert "level" not in rater["machine"]["price"]
    assert "overturned_levels" not in rater


def test_the_trust_report_reads_levels_of_reviews(session: Session) -> None:
    row = review(session, level=2)
    finish(session, ANNA, row.id, CARD)
    assert measure(session, LEAD, CARD.key, Bar()) == 1
    lines = {line.criterion: line for line in trust_view(session, LEAD, CARD.key).lines}
    levels = lines[SCALED].levels
    assert levels is not None
    assert (levels.top, levels.n, levels.exact, levels.near, levels.bias) == (3, 1, 0.0, 1.0, -1.0)
    assert lines["price"].levels is None
