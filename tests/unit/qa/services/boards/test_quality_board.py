"""The quality board: figures computed by hand, people's corrections, comparisons, and who may see what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from qa.errors import Refused, UsageProblem
from qa.services.access.permissions import PERMISSIONS, ROLES
from qa.services.boards.quality_board import (
    DIFFERS,
    DIFFERS_TEAM,
    FEW,
    NO_TEAM,
    SAME,
    CriterionQuality,
    QualityFilters,
    QualityView,
    quality,
)
from qa.services.conversations.listing import Filters, conversations
from qa.services.judging.audited import NO_REVIEWS, NOT_DRAWN
from qa.services.judging.trust import Share
from qa.storage.people import ReviewRow
from tests.unit.qa.board_rows import COACH, LEAD, add, draw, judge, overturn, person, plan

NOVEMBER = QualityFilters(date(2026, 11, 1), date(2026, 11, 30))


def criterion(view: QualityView, identifier: str) -> CriterionQuality:
    return next(one for one in view.criteria if one.id == identifier)


def many(session: Session, prefix: str, outcome: str, count: int, **values: object) -> list[str]:
    """Conversations with one outcome of the greeting."""
    names = [f"{prefix}-{number}" for number in range(count)]
    for name in names:
        add(session, name, {"greeting": outcome}, **values)
    return names


def total(session: Session, where: dict[str, str]) -> int:
    return conversations(session, LEAD, Filters(**where)).total


def test_an_empty_database_is_an_empty_board(session: Session) -> None:
    view = quality(session, LEAD, NOVEMBER)
    assert (view.conversations, view.scorecard, view.criteria, view.teams, view.agents) == (0, "", (), (), ())
    assert view.score.mean is None
    assert [part.conversations for part in view.parts] == [0] * 6
    assert view.audit.note == NO_REVIEWS


def test_shares_count_only_what_is_decided_and_applies(session: Session) -> None:
    for outcome, count in (("pass", 3), ("fail", 1), ("na", 5), ("review", 2)):
        many(session, outcome, outcome, count)
    many(session, "outside", "fail", 4, day="2026-12-01")
    found = criterion(quality(session, LEAD, NOVEMBER), "greeting")
    low, high = Share(3, 4).interval or (None, None)
    assert (found.automatic.part, found.automatic.n, found.automatic.low, found.automatic.high) == (
        3,
        4,
        low,
        high,
    )
    assert (found.undecided, found.not_applicable, found.name, found.critical) == (2, 5, "Powitanie", False)
    assert [point.n for point in found.points] == [0, 4, 0, 0, 0, 0]


def test_criteria_stand_in_the_order_of_the_scorecard_and_unknown_ones_last(session: Session) -> None:
    add(session, "c", {"zzz": "pass", "farewell": "pass", "aaa": "pass", "greeting": "pass"})
    found = quality(session, LEAD, NOVEMBER).criteria
    assert [(one.id, one.name, one.weight) for one in found] == [
        ("greeting", "Powitanie", 4),
        ("farewell", "Pożegnanie", 5),
        ("aaa", "aaa", None),
        ("zzz", "zzz", None),
    ]


def test_weeks_have_the_mean_score_with_its_interval(session: Session) -> None:
    for number, score in enumerate((60.0, 80.0, 100.0, None)):
        add(session, f"c{number}", {"greeting": "pass"}, score=score, day="2026-11-10")
    add(session, "alone", {"greeting": "pass"}, score=50.0, day="2026-11-17")
    view = quality(session, LEAD, NOVEMBER)
    assert [(part.conversations, part.score.n, part.score.mean) for part in view.parts[2:4]] == [
        (4, 3, 80.0),
        (1, 1, 50.0),
    ]
    assert view.parts[2].score.low == pytest.approx(80 - 4.302652729749464 * 20 / 3**0.5)
    assert view.parts[3].score.low == pytest.approx(5.46, abs=0.01)  # one score says little
    assert (view.score.n, view.score.mean, view.unit) == (4, 72.5, "week")


def test_one_scorecard_at_a_time_the_most_used_first(session: Session) -> None:
    many(session, "call", "pass", 3)
    many(session, "chat", "fail", 2, scorecard="chat@1", channel="chat")
    view = quality(session, LEAD, NOVEMBER)
    assert view.scorecard == "phone@1"
    assert [(one.key, one.name, one.conversations) for one in view.scorecards] == [
        ("chat@1", "Czat", 2),
        ("phone@1", "Rozmowa telefoniczna", 3),
    ]
    assert criterion(view, "greeting").automatic.part == 3
    chat = quality(session, LEAD, replace(NOVEMBER, scorecard="chat@1"))
    assert (criterion(chat, "greeting").automatic.part, chat.conversations) == (0, 2)
    assert quality(session, LEAD, replace(NOVEMBER, channel="chat")).scorecard == "chat@1"
    unknown = quality(session, LEAD, replace(NOVEMBER, scorecard="nie@1"))
    assert (unknown.scorecard, unknown.conversations, unknown.criteria) == ("nie@1", 0, ())


def test_a_channel_narrows_a_scorecard_that_serves_several(session: Session) -> None:
    many(session, "chat", "pass", 3, scorecard="chat@1", channel="chat", score=90.0)
    many(session, "sms", "fail", 2, scorecard="chat@1", channel="sms", score=10.0)
    add(session, "call", {"greeting": "pass"})
    both = quality(session, LEAD, NOVEMBER)
    assert total(session, both.where) == both.conversations == 5
    view = quality(session, LEAD, replace(NOVEMBER, channel="sms"))
    found = criterion(view, "greeting").automatic
    assert (found.part, found.n, view.conversations, view.score.mean) == (0, 2, 2, 10.0)


def test_filters_narrow_by_team_and_agent(session: Session) -> None:
    many(session, "a", "pass", 2, agent_id="a-1", team="T1")
    many(session, "b", "fail", 3, agent_id="a-2", team="T1")
    many(session, "c", "fail", 4, agent_id="a-3", team="T2")
    assert criterion(quality(session, LEAD, replace(NOVEMBER, team=" T1 ")), "greeting").automatic.n == 5
    view = quality(session, LEAD, replace(NOVEMBER, agent="a-2"))
    assert criterion(view, "greeting").automatic.n == 3
    assert view.where == {
        "first": "2026-11-01",
        "last": "2026-11-30",
        "agent": "a-2",
        "scorecard": "phone@1",
    }


def test_every_figure_leads_to_its_conversations(session: Session) -> None:
    many(session, "p", "pass", 5, score=90.0)
    many(session, "f", "fail", 3, score=40.0, day="2026-11-12", agent_id="a-2")
    many(session, "r", "review", 2, score=None)
    many(session, "other", "fail", 2, score=1.0, scorecard="chat@1", channel="chat")
    view = quality(session, LEAD, replace(NOVEMBER, team="T1"))
    found = criterion(view, "greeting")
    assert total(session, found.where_failed) == found.automatic.n - found.automatic.part == 3
    assert total(session, found.where) == 10
    assert total(session, view.where) == view.conversations == 10
    assert [total(session, part.where) for part in view.parts] == [part.score.n for part in view.parts]
    for groups in (view.agents, view.teams):
        assert [total(session, one.where) for one in groups] == [one.score.n for one in groups]


def test_drawn_reviews_correct_the_machine(session: Session) -> None:
    names = many(session, "c", "pass", 40)
    sample = plan(session, "losowy", 40)
    for place, name in enumerate(names[:20]):
        item = draw(session, sample, name, 0.5)
        judge(session, name, {"greeting": "fail" if place < 10 else "pass"}, item)
    view = quality(session, LEAD, NOVEMBER)
    found = criterion(view, "greeting")
    assert (found.automatic.value, found.combined.value) == (1.0, pytest.approx(0.5))
    assert (found.combined.n_human, found.combined.n_automatic) == (20, 40)
    assert (view.audit.plan, view.audit.drawn, view.audit.reviewed, view.audit.note) == ("losowy", 20, 20, "")


def test_reviews_outside_the_sample_do_not_mix_with_it(session: Session) -> None:
    names = many(session, "c", "pass", 60)
    sample = plan(session, "losowy", 60)
    for name in names[:12]:
        judge(session, name, {"greeting": "pass"}, draw(session, sample, name, 0.2))
    draw(session, sample, names[12], 0.2, status="waiting")
    draw(session, sample, names[13], 0.2, status="replaced")
    for name in names[20:60]:
        judge(session, name, {"greeting": "fail"})
    view = quality(session, LEAD, NOVEMBER)
    assert criterion(view, "greeting").combined.value == 1.0
    assert (view.audit.drawn, view.audit.reviewed) == (13, 12)
    assert view.audit.note.startswith("Oceniono 12 z 13")


def test_the_plan_that_draws_from_most_conversations_counts(session: Session) -> None:
    names = many(session, "c", "pass", 40)
    wide, narrow = plan(session, "losowy", 1000), plan(session, "ryzyko", 20)
    for name in names[:10]:
        judge(session, name, {"greeting": "pass"}, draw(session, wide, name, 0.01))
    for name in names[10:30]:
        judge(session, name, {"greeting": "fail"}, draw(session, narrow, name, 1.0))
    view = quality(session, LEAD, NOVEMBER)
    assert (view.audit.plan, criterion(view, "greeting").combined.n_human) == ("losowy", 10)


def test_without_a_sample_all_reviews_count_with_a_warning(session: Session) -> None:
    for name in many(session, "c", "pass", 30)[:10]:
        judge(session, name, {"greeting": "fail"})
    view = quality(session, LEAD, NOVEMBER)
    assert view.audit.note == NOT_DRAWN
    found = criterion(view, "greeting").combined
    assert (found.value, found.automatic_only) == (0.0, False)


def test_nine_reviews_are_too_few_to_correct(session: Session) -> None:
    for name in many(session, "c", "pass", 30)[:9]:
        judge(session, name, {"greeting": "fail"})
    found = criterion(quality(session, LEAD, NOVEMBER), "greeting").combined
    assert (found.value, found.automatic_only, found.n_human) == (1.0, True, 9)
    assert found.note.startswith("Tylko ocena automatyczna")


def test_the_last_word_of_people_counts(session: Session) -> None:
    names = many(session, "c", "pass", 10)
    for name in names:
        judge(session, name, {"greeting": "fail"}, id=f"second-{name}", kind="second")
        review = judge(session, name, {"greeting": "fail"}, id=f"review-{name}")
        overturn(session, name, review, "greeting", "pass")
        # none of these says anything about quality
        judge(session, name, {"greeting": "fail"}, id=f"cal-{name}", kind="calibration")
        judge(session, name, {"greeting": "fail"}, id=f"draft-{name}", status="draft", finished_at=None)
        judge(session, name, {"greeting": "fail"}, id=f"chat-{name}", scorecard="chat@1")
    assert criterion(quality(session, LEAD, NOVEMBER), "greeting").combined.value == 1.0


def test_a_dispute_about_the_machine_alone_is_no_sample(session: Session) -> None:
    for name in many(session, "c", "fail", 12):
        overturn(session, name, None, "greeting", "pass")
    view = quality(session, LEAD, NOVEMBER)
    assert criterion(view, "greeting").combined.n_human == 0
    assert view.audit.note == NO_REVIEWS


def test_a_finished_review_shows_at_once(session: Session) -> None:
    names = many(session, "c", "pass", 12)
    for name in names[:9]:
        judge(session, name, {"greeting": "fail"})
    assert criterion(quality(session, LEAD, NOVEMBER), "greeting").combined.n_human == 9
    judge(session, names[9], {"greeting": "fail"}, id="tenth")
    assert criterion(quality(session, LEAD, NOVEMBER), "greeting").combined.n_human == 10
    row = session.get_one(ReviewRow, "tenth")
    row.status, row.finished_at, row.version = "draft", None, row.version + 1
    assert criterion(quality(session, LEAD, NOVEMBER), "greeting").combined.n_human == 9


def scored(session: Session, agent: str, team: str | None, scores: list[float]) -> None:
    for place, score in enumerate(scores):
        add(session, f"{team}-{agent}-{place}", {"greeting": "pass"}, agent_id=agent, team=team, score=score)


def test_people_stand_by_name_and_only_a_clear_difference_is_called_one(session: Session) -> None:
    usual = [40.0, 60.0, 80.0, 90.0, 100.0] * 4
    for agent in ("a-9", "a-1", "a-7", "a-3"):
        scored(session, agent, "T1", usual)
    scored(session, "a-5", "T1", [one / 2 for one in usual])
    scored(session, "a-2", "T1", [10.0] * 9)
    view = quality(session, LEAD, NOVEMBER)
    assert [(one.agent, one.group) for one in view.agents] == [
        ("a-1", SAME),
        ("a-2", FEW),
        ("a-3", SAME),
        ("a-5", DIFFERS),
        ("a-7", SAME),
        ("a-9", SAME),
    ]
    found = quality(session, LEAD, replace(NOVEMBER, agent="a-5"))
    assert [(one.agent, one.group, one.score.n) for one in found.agents] == [("a-5", DIFFERS, 20)]
    assert found.people == ("a-1", "a-2", "a-3", "a-5", "a-7", "a-9")


def test_equal_people_are_not_told_apart_however_many_there_are(session: Session) -> None:
    for number in range(20):
        shift = number % 3 - 1
        scored(session, f"a-{number:02}", "T1", [one + shift for one in (60.0, 75.0, 80.0, 85.0, 95.0)] * 3)
    view = quality(session, LEAD, NOVEMBER)
    assert {one.group for one in view.agents} == {SAME}
    assert [one.agent for one in view.agents] == sorted(one.agent for one in view.agents)


def test_a_team_of_one_and_nobodys_team_are_compared_with_nobody(session: Session) -> None:
    scored(session, "a-1", "T1", [50.0, 60.0] * 10)
    scored(session, "a-2", None, [90.0, 95.0] * 10)
    add(session, "bot", {"greeting": "pass"}, agent_id=None, team="T1", score=1.0)
    view = quality(session, LEAD, NOVEMBER)
    assert [(one.agent, one.team, one.group) for one in view.agents] == [
        ("a-1", "T1", FEW),
        ("a-2", "", NO_TEAM),
    ]
    assert [(one.team, one.group) for one in view.teams] == [("T1", FEW)]


def test_teams_are_compared_with_the_other_teams(session: Session) -> None:
    for team, base in (("T2", 80.0), ("T1", 80.0), ("T3", 20.0)):
        scored(session, f"a-{team}", team, [base - 5, base, base + 5] * 5)
    assert [(one.team, one.score.mean, one.group) for one in quality(session, LEAD, NOVEMBER).teams] == [
        ("T1", 80.0, DIFFERS_TEAM),
        ("T2", 80.0, DIFFERS_TEAM),
        ("T3", 20.0, DIFFERS_TEAM),
    ]


def test_a_coach_with_a_team_sees_only_that_one(session: Session) -> None:
    many(session, "a", "pass", 2, team="T1", score=1.0)
    many(session, "b", "fail", 3, team="T2", score=2.0)
    own = replace(COACH, team="T1")
    view = quality(session, own, NOVEMBER)
    assert (view.team, view.conversations, [one.team for one in view.teams]) == ("T1", 2, ["T1"])
    with pytest.raises(Refused, match="T1"):
        quality(session, own, replace(NOVEMBER, team="T2"))
    # another's agent is not in the own team
    assert quality(session, own, replace(NOVEMBER, agent="a-1", team="T1")).conversations == 2
    both = replace(own, roles=frozenset({"coach", "qa_lead"}))
    assert quality(session, both, replace(NOVEMBER, team="T2")).conversations == 3
    assert quality(session, COACH, NOVEMBER).conversations == 5


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_open_it(session: Session, role: str) -> None:
    if role in PERMISSIONS["team.read"]:
        assert quality(session, person("p", role), NOVEMBER).conversations == 0
        return
    with pytest.raises(Refused, match="wyniki zespołu"):
        quality(session, person("p", role), NOVEMBER)


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": date(2026, 12, 1)},
        {"first": date(2020, 12, 1)},
        {"channel": "telepatia"},
        {"team": "x" * 201},
        {"agent": "a\0"},
        {"scorecard": "\ud800"},
    ],
)
def test_filters_that_cannot_be_understood_are_refused(session: Session, wrong: dict[str, object]) -> None:
    with pytest.raises(UsageProblem):
        quality(session, LEAD, replace(NOVEMBER, **wrong))  # type: ignore[arg-type]
