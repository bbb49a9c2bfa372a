"""Nobody learns from figures, lists or files how a conversation came out that they have still to judge blind."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from qa.errors import Refused
from qa.services.access.audit_log import entries as log_entries
from qa.services.access.blindness import QUEUE, awaited_from_anybody, hidden_by, hidden_from
from qa.services.access.permissions import Actor
from qa.services.boards.quality_board import QualityFilters, QualityView, quality
from qa.services.coaching.meetings import agree_action, draft, effects, view
from qa.services.coaching.opening import open_preparation
from qa.services.coaching.preparation import preparation
from qa.services.conversations.listing import Filters, conversations
from qa.services.judging.label_export import labels
from qa.services.judging.reviews import reopen
from qa.services.judging.trust_state import _labels
from qa.services.queue import claiming as queue
from qa.services.reports.content import QualityReport, Wanted, gathered
from qa.services.sampling.plan_content import plan_content
from qa.services.sampling.results import SampleResults, results
from qa.storage import audit
from qa.storage.people import (
    ActionRow,
    CalibrationRow,
    CoachingRow,
    OutcomeRow,
    PlanRow,
    SampleItemRow,
    SampleRow,
)
from tests.unit.qa.databases import KEYS
from tests.unit.qa.sampling_rows import (
    ANNA,
    BASIA,
    DAY,
    LEAD,
    add_account,
    add_conversation,
    add_review,
    person,
)

COACH_TOO = Actor("coach", "coach", "Coach", frozenset({"coach"}))
NOVEMBER = QualityFilters(date(2026, 11, 1), date(2026, 11, 30))
SECRET, PLAIN = "c-secret", "c-plain"
LONG_AGO = datetime(2026, 1, 2, tzinfo=UTC)


def says(session: Session, conversation_id: str, outcome: str, agent: str) -> None:
    session.add(
        OutcomeRow(
            conversation_id=conversation_id,
            criterion="greeting",
            scorecard="phone@1",
            outcome=outcome,
            confidence=0.9,
            agent_id=agent,
            team="T1",
            day=str(DAY),
        )
    )


@pytest.fixture
def session(session: Session) -> Session:
    """Two conversations of two agents; the first of each sample is reviewed, the secret one waits for a blind second."""
    for one in (LEAD, ANNA, BASIA, COACH_TOO):
        add_account(session, one)
    content = plan_content({"cycle": "weekly", "method": "random", "size": 2}).as_dict()
    session.add(PlanRow(id="p", name="Plan", content=content, created_by=LEAD.id))
    details = {"content": content, "reserve": {}}
    session.add(
        SampleRow(
            id="s",
            plan_id="p",
            period_start="2026-11-02",
            period_end="2026-11-08",
            seed=1,
            population=2,
            created_by=LEAD.id,
            details=details,
        )
    )
    for name, agent, score, outcome in ((SECRET, "a-1", 13.0, "fail"), (PLAIN, "a-2", 90.0, "pass")):
        add_conversation(session, name, agent_id=agent, score=score)
        says(session, name, outcome, agent)
        item(session, f"i-{name}", name, "done", ANNA)
        add_review(session, name, ANNA, {"greeting": outcome}, item_id=f"i-{name}", agent_id=agent)
    item(session, "again", SECRET, "waiting", None, blind=True, second_of=f"i-{SECRET}")
    session.flush()
    return session


def item(
    session: Session, key: str, name: str, status: str, who: Actor | None, **values: object
) -> SampleItemRow:
    row = SampleItemRow(
        **{
            "id": key,
            "sample_id": "s",
            "conversation_id": name,
            "stratum": "",
            "probability": 1.0,
            "status": status,
            "assignee": who.id if who else None,
            "agent_id": "a-1",
            **values,
        }
    )
    session.add(row)
    session.flush()
    return row


def item_row(session: Session) -> SampleItemRow:
    return session.get_one(SampleItemRow, "again", populate_existing=True)


# What is hidden from whom


def test_an_open_blind_item_hides_the_conversation_from_who_might_still_get_it(session: Session) -> None:
    assert hidden_by(session, BASIA) == {SECRET: QUEUE}
    assert hidden_from(session, LEAD) == {SECRET}
    assert hidden_from(session, ANNA) == frozenset()  # hers is the first review
    assert hidden_from(session, COACH_TOO) == frozenset()  # no work of a coach's


def test_while_another_has_claimed_it_nobody_looks_and_claims_it_afterwards(session: Session) -> None:
    queue.claim(session, BASIA, "again")
    add_review(session, SECRET, BASIA, {"greeting": "pass"}, item_id="again", kind="second", status="draft")
    queue.release(session, BASIA, "again")
    queue.claim(session, LEAD, "again")
    assert hidden_from(session, BASIA) == {SECRET}  # her draft waits: it may be hers again
    queue.release(session, LEAD, "again")
    queue.claim(session, BASIA, "again")
    assert hidden_from(session, BASIA) == {SECRET}
    assert hidden_from(session, LEAD) == {SECRET}


def test_another_review_of_ones_own_does_not_uncover_a_blind_item_that_one_has(session: Session) -> None:
    queue.claim(session, BASIA, "again")
    add_review(session, SECRET, BASIA, {"greeting": "pass"})
    assert hidden_from(session, BASIA) == {SECRET}
    add_review(session, SECRET, BASIA, {"greeting": "pass"}, item_id="again", kind="second")
    assert hidden_from(session, BASIA) == frozenset()


def test_who_knows_the_outcomes_gets_no_blind_item_of_any_kind(session: Session) -> None:
    item(session, "blind-first", PLAIN, "waiting", None, blind=True)
    add_review(session, PLAIN, BASIA, {"greeting": "pass"})
    with pytest.raises(Refused):
        queue.claim(session, BASIA, "blind-first")
    assert queue.claim(session, LEAD, "blind-first").status == "claimed"


def test_a_blind_review_is_final_whatever_its_kind(session: Session) -> None:
    item(session, "blind-first", PLAIN, "done", BASIA, blind=True)
    done = add_review(session, PLAIN, BASIA, {"greeting": "pass"}, item_id="blind-first")
    with pytest.raises(Refused, match="w ciemno"):
        reopen(session, BASIA, done.id)


def test_a_review_without_an_item_is_final_too_where_the_queue_made_it_blind(session: Session) -> None:
    assert hidden_from(session, LEAD) == {SECRET}  # who opens it from the list sees as little
    session.get_one(SampleRow, "s").created_at = LONG_AGO
    done = add_review(session, SECRET, LEAD, {"greeting": "pass"})
    assert hidden_from(session, LEAD) == frozenset()  # now it is all there to be read
    with pytest.raises(Refused, match="w ciemno"):
        reopen(session, LEAD, done.id)
    queue.claim(session, BASIA, "again")
    row = item_row(session)
    row.status, row.closed_at = "done", done.finished_at
    session.flush()
    with pytest.raises(Refused, match="w ciemno"):
        reopen(session, LEAD, done.id)


def test_a_review_that_was_never_blind_can_be_opened_again(session: Session) -> None:
    session.get_one(SampleRow, "s").created_at = LONG_AGO
    plain = add_review(session, PLAIN, LEAD, {"greeting": "pass"})
    assert reopen(session, LEAD, plain.id).status == "draft"
    item(session, "earlier", PLAIN, "done", BASIA, blind=True, closed_at=LONG_AGO)
    again = add_review(session, PLAIN, LEAD, {"greeting": "pass"})
    assert reopen(session, LEAD, again.id).status == "draft"


def test_what_anybody_has_still_to_judge_blind(session: Session) -> None:
    calibration(session, ["c-1", "c-2"])
    calibration(session, ["c-3"], status="compared")
    assert awaited_from_anybody(session) == {SECRET, "c-1", "c-2"}
    item_row(session).status = "done"
    assert awaited_from_anybody(session) == {"c-1", "c-2"}


def calibration(session: Session, names: list[str], *people: Actor, status: str = "open") -> None:
    session.add(
        CalibrationRow(
            id=f"k-{names[0]}",
            name="K",
            scorecard="phone@1",
            conversations=names,
            participants=[one.id for one in people],
            status=status,
            created_by="x",
            decisions={},
        )
    )
    session.flush()


# The quality board


def board(session: Session, actor: Actor, **filters: str) -> QualityView:
    given = {"first": NOVEMBER.first, "last": NOVEMBER.last, **filters}
    return quality(session, actor, QualityFilters(**given))  # type: ignore[arg-type]


def test_no_filter_of_the_board_singles_it_out(session: Session) -> None:
    auditor = person("auditor", "auditor")
    assert board(session, auditor, agent="a-1").score.mean == 13.0  # who judges nothing may see it
    whole = board(session, LEAD)
    assert (whole.score.mean, whole.conversations, whole.hidden) == (90.0, 1, 1)
    assert [one.agent for one in whole.agents] == ["a-2"]
    assert [(one.automatic.part, one.automatic.n) for one in whole.criteria] == [(1, 1)]
    assert whole.audit.reviewed == 1
    for filters in ({"agent": "a-1"}, {"agent": "a-1", "channel": "phone", "scorecard": "phone@1"}):
        alone = board(session, LEAD, **filters)
        assert (alone.score.mean, alone.criteria, alone.agents, alone.hidden) == (None, (), (), 1)
    item_row(session).status = "done"
    assert board(session, LEAD).hidden == 0
    assert board(session, LEAD, agent="a-1").score.mean == 13.0


def test_the_list_behind_a_figure_of_the_board_does_not_tell_either(session: Session) -> None:
    for filters in ({"criterion": "greeting"}, {"criterion": "greeting", "outcome": "fail"}):
        found = conversations(session, LEAD, Filters(agent="a-1", **filters))
        assert (found.rows, found.total) == ((), 0)
    (line,) = conversations(session, LEAD, Filters(agent="a-1", state="scored")).rows
    assert line.score is None


def test_a_report_says_no_more_than_the_board(session: Session) -> None:
    wanted = Wanted("quality", "week", {"agent": "a-1"})
    found = gathered(session, LEAD, wanted, date(2026, 11, 2), date(2026, 11, 8))
    assert isinstance(found, QualityReport)
    assert [one.score.mean for one in (found.view, found.before, found.span)] == [None] * 3


# Results of samples


def sampled(session: Session, actor: Actor) -> SampleResults:
    found = results(session, actor, "p")
    assert found is not None
    return found


def test_the_results_of_a_plan_leave_it_out(session: Session) -> None:
    (shown,) = (one for one in sampled(session, ANNA).rows if one.criterion == "greeting")
    assert (shown.sample.n, shown.sample.value, shown.automatic.part, shown.automatic.n) == (2, 0.5, 1, 2)
    found = sampled(session, BASIA)
    (hidden,) = (one for one in found.rows if one.criterion == "greeting")
    assert (found.reviewed, found.drawn) == (1, 2)
    assert (hidden.sample.n, hidden.sample.value, hidden.automatic.part, hidden.automatic.n) == (1, 1.0, 1, 1)


# 1:1s


def coaching(session: Session, name: str = SECRET) -> None:
    """A draft about the agent of the secret conversation, with a moment in it."""
    moment = {"conversation_id": name, "turn": 0, "start": 0, "end": 1, "comment": "Tu zabrakło powitania."}
    content = {"strengths": [], "point": "Powitanie", "moments": [moment], "notes": ""}
    session.add(CoachingRow(id="m", agent_id="a-1", coach="x", status="draft", content=content))
    session.flush()


def test_preparing_a_1_to_1_leaves_it_out_of_figures_and_moments(session: Session) -> None:
    calibration(session, [SECRET], COACH_TOO)
    auditor_like = Actor("other", "other", "Other", frozenset({"coach"}))
    assert [one.now.n for one in preparation(session, auditor_like, "a-1", DAY).criteria] == [1]
    for actor in (COACH_TOO, LEAD):  # the calibration, and the blind second review
        found = preparation(session, actor, "a-1", DAY)
        assert (found.criteria, found.points, found.moments) == ((), (), ())


def test_the_draft_of_a_1_to_1_hides_the_moment_and_keeps_it(session: Session) -> None:
    coaching(session)
    opened = open_preparation(session, LEAD, "a-1", DAY)
    assert opened.preparation.draft is not None
    assert (opened.preparation.draft.moments, opened.draft_quotes) == ((), ())
    assert view(session, LEAD, "m").moments == ()
    saved = draft(
        session, LEAD, "a-1", {"point": "Nowy punkt", "moments": []}, opened.preparation.draft.version
    )
    assert (saved.point, saved.moments) == ("Nowy punkt", ())
    for_others = view(session, COACH_TOO, "m")
    assert [one.conversation_id for one in for_others.moments] == [SECRET]
    assert for_others.point == "Nowy punkt"


def test_what_was_agreed_is_measured_without_it(session: Session) -> None:
    coaching(session)
    agreed = agree_action(session, LEAD, "m", "Witam", "greeting", "2026-11-10", DAY)
    assert agreed.before is not None
    assert (agreed.before.n, agreed.before.value) == (0, None)
    session.get_one(ActionRow, agreed.id).baseline = {
        **session.get_one(ActionRow, agreed.id).baseline,
        "agreed_on": "2026-11-01",
    }
    session.flush()
    seen = {actor.id: effects(session, actor, "m", DAY)[0].after for actor in (LEAD, COACH_TOO)}
    assert [one.n for one in (seen["lead"], seen["coach"]) if one] == [0, 1]


# Files and measurements


def test_exported_labels_and_the_trust_report_wait_for_the_blind_review(session: Session) -> None:
    def exported() -> set[str]:
        return {json.loads(line)["id"] for line in labels(session, LEAD, KEYS, "phone@1")}

    assert exported() == {PLAIN}
    assert set(_labels(session, "phone@1")[0]) == {PLAIN}
    item_row(session).status = "done"
    assert exported() == {PLAIN, SECRET}
    assert set(_labels(session, "phone@1")[0]) == {PLAIN, SECRET}


# The audit log


def test_the_log_does_not_tell_what_was_decided_about_it(session: Session) -> None:
    both = person("boss", "administrator", "qa_lead")  # as the first account of an installation
    for name in (SECRET, PLAIN):
        told = {"conversation": audit.mark_of(session, name), "was": "pass", "becomes": "fail", "n": [1]}
        audit.record(session, "ola", "dispute_decide", f"d-{name}", told)
    plain, secret = log_entries(session, both).rows
    assert json.loads(secret.details) == {"conversation": audit.mark_of(session, SECRET)}
    assert json.loads(plain.details)["becomes"] == "fail"
    whole = log_entries(session, person("auditor", "auditor")).rows
    assert [json.loads(one.details)["becomes"] for one in whole] == ["fail", "fail"]
    item_row(session).status = "done"
    assert json.loads(log_entries(session, both).rows[1].details)["becomes"] == "fail"
