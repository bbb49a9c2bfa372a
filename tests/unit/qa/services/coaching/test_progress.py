"""Figures of people over periods: what counts, whose word stands, and Newcombe's intervals."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from statsmodels.stats.proportion import confint_proportions_2indep

from qa.services.coaching.progress import (
    BETTER,
    SAME,
    WORSE,
    Period,
    colleagues,
    difference,
    judged_by_people,
    period,
    period_before,
    pooled,
    proportion,
    shares,
)
from qa.services.judging.trust import Share
from qa.storage.people import DisputeRow, OverviewRow
from tests.unit.qa.coaching_rows import account, day, review, talk
from tests.unit.qa.databases import empty_storage

NOW = Period(day(27), day(0), 28)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Without rows, other than that of the tests beside."""
    storage = empty_storage(tmp_path)
    with storage.writing() as session:
        yield session
    storage.close()


def of(session: Session, agent: str = "a") -> dict[str, tuple[int, int]]:
    """Passes and n by criterion."""
    return {name: (one.part, one.whole) for name, one in shares(session, [agent], NOW).get(agent, {}).items()}


@pytest.mark.parametrize(
    ("now", "before", "low", "high"),
    [  # table II of Newcombe (1998), method 10
        (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
        (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        (Share(6, 7), Share(2, 7), 0.0582, 0.8062),
        (Share(5, 56), Share(0, 29), -0.0381, 0.1926),
        (Share(0, 10), Share(0, 20), -0.1611, 0.2775),
        (Share(10, 10), Share(0, 20), 0.6791, 1.0),
    ],
)
def test_differences_are_those_that_newcombe_published(
    now: Share, before: Share, low: float, high: float
) -> None:
    found = difference(now, before)
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))


@given(st.data())
def test_differences_are_those_of_statsmodels(data: st.DataObject) -> None:
    n, m = data.draw(st.integers(1, 400)), data.draw(st.integers(1, 400))
    now, before = Share(data.draw(st.integers(0, n)), n), Share(data.draw(st.integers(0, m)), m)
    found = difference(now, before)
    assert found is not None
    expected = confint_proportions_2indep(now.part, n, before.part, m, method="newcomb")
    assert (found.low, found.high) == pytest.approx(expected)
    assert found.low <= found.value <= found.high
    assert (found.verdict == BETTER) == (found.low > 0)
    assert (found.verdict == WORSE) == (found.high < 0)


def test_nothing_is_said_of_nothing_or_of_a_single_conversation() -> None:
    assert difference(Share(0, 0), Share(5, 9)) is None
    assert difference(Share(5, 9), Share(0, 0)) is None
    one = difference(Share(1, 1), Share(0, 1))
    assert one is not None
    assert one.verdict == SAME
    assert proportion(Share(0, 0)).low is None


def test_only_decided_applicable_outcomes_count_and_both_ends_of_the_period_belong_to_it(
    session: Session,
) -> None:
    dated = [(day(28), "fail"), (day(27), "pass"), (day(0), "fail"), (day(-1), "pass"), ("", "pass")]
    for number, (on, outcome) in enumerate([*dated, (day(3), "review"), (day(3), "na")]):
        talk(session, f"c{number}", "a", on, {"greeting": outcome, "recap": "review"})
    talk(session, "other", "b", day(3), {"greeting": "pass"})
    talk(session, "nobody", None, day(3), {"greeting": "pass"})
    assert of(session) == {"greeting": (1, 2)}


@pytest.mark.parametrize(
    ("machine", "person", "expected"),
    [
        ("pass", "fail", (0, 1)),
        ("fail", "pass", (1, 1)),
        ("review", "pass", (1, 1)),
        ("na", "fail", (0, 1)),
        ("pass", "na", None),
        ("pass", "pass", (1, 1)),
        ("pass", None, (1, 1)),  # left open by the person
    ],
)
def test_what_a_person_decided_stands_in_place_of_the_machine(
    session: Session, machine: str, person: str | None, expected: tuple[int, int] | None
) -> None:
    talk(session, "c", "a", day(3), {"greeting": machine})
    review(session, "c", {"greeting": person})
    assert of(session).get("greeting") == expected


def test_a_criterion_that_only_people_judged_counts(session: Session) -> None:
    talk(session, "c", "a", day(3), {})
    review(session, "c", {"own_question": "fail"})
    assert of(session) == {"own_question": (0, 1)}
    assert [one.machine for one in judged_by_people(session, ["a"], NOW)] == [None]


def test_drafts_and_calibrations_change_nothing(session: Session) -> None:
    talk(session, "c", "a", day(3), {"greeting": "pass"})
    review(session, "c", {"greeting": "fail"}, status="draft")
    review(session, "c", {"greeting": "fail"}, kind="calibration", hour=9)
    assert of(session) == {"greeting": (1, 1)}


def test_a_dispute_has_the_last_word_and_a_blind_second_review_has_none(session: Session) -> None:
    talk(session, "c", "a", day(3), {"greeting": "fail", "recap": "fail"})
    review(session, "c", {"greeting": "fail", "recap": "pass"}, hour=8)
    review(session, "c", {"greeting": "pass"}, kind="dispute", hour=9)  # of the disputed criterion only
    review(session, "c", {"greeting": "fail", "recap": "fail"}, kind="second", hour=10)
    review(session, "c", {"greeting": "fail", "recap": "pass"}, hour=11)
    assert of(session) == {"greeting": (1, 1), "recap": (1, 1)}


def test_the_newest_of_two_reviews_counts_once(session: Session) -> None:
    talk(session, "c", "a", day(3), {"greeting": "pass"})
    review(session, "c", {"greeting": "pass"}, hour=12)
    review(session, "c", {"greeting": "fail"}, hour=13)
    assert of(session) == {"greeting": (0, 1)}


def test_a_conversation_that_was_another_persons_counts_for_nobody_until_it_is_put_right(
    session: Session,
) -> None:
    account(session, "anna", roles=["agent"], agent_id="a")
    talk(session, "c", "a", day(3), {"greeting": "fail", "recap": "review"})
    talk(session, "d", "a", day(3), {"greeting": "pass"})
    review(session, "c", {"greeting": "fail"})
    session.add(
        DisputeRow(
            id="d1",
            conversation_id="c",
            criterion="greeting",
            account_id="id-anna",
            was="fail",
            comment="To nie ja.",
            status="wrong_person",
            decided_at=datetime(2026, 11, 19, tzinfo=UTC),
        )
    )
    session.flush()
    assert of(session) == {"greeting": (1, 1)}
    row = session.get(OverviewRow, "c")
    assert row is not None
    row.agent_id = "b"
    session.flush()
    assert [one.outcome for one in judged_by_people(session, ["b"], NOW)] == ["fail"]


def test_random_rows_give_what_counting_one_by_one_gives(session: Session) -> None:
    rng = random.Random(5)
    expected: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for number in range(700):  # more than one batch of ids
        agent = rng.choice("abc")
        outcomes = {name: rng.choice(["pass", "fail", "na", "review"]) for name in ("greeting", "recap")}
        talk(session, f"c{number}", agent, day(rng.randrange(28)), outcomes)
        if rng.random() < 0.9:
            said = {name: rng.choice(["pass", "fail", "na"]) for name in ("greeting", "recap")}
            review(session, f"c{number}", said)
            outcomes.update(said)
        for name, outcome in outcomes.items():
            expected[agent, name][0] += outcome == "pass"
            expected[agent, name][1] += outcome in ("pass", "fail")
    found = shares(session, ["a", "b", "c", *(f"x{n}" for n in range(600))], NOW)
    flat = {(agent, name): [s.part, s.whole] for agent, one in found.items() for name, s in one.items()}
    assert flat == expected
    only = shares(session, ["a"], NOW, "recap")
    assert only == {"a": {"recap": found["a"]["recap"]}}
    together = pooled(found)["greeting"]
    assert together.whole == sum(one["greeting"].whole for one in found.values())


def test_colleagues_are_the_others_of_the_team_in_the_period(session: Session) -> None:
    for number, (agent, team, on) in enumerate(
        [("a", "T1", 1), ("b", "T1", 1), ("b", "T1", 2), ("c", "T1", 40), ("d", "T2", 1), (None, "T1", 1)]
    ):
        talk(session, f"c{number}", agent, day(on), {}, team=team)
    assert colleagues(session, "a", "T1", NOW) == ["b"]
    assert colleagues(session, "a", None, NOW) == []


def test_the_period_before_ends_the_day_before_and_is_as_long() -> None:
    one = period(date(2026, 2, 27), date(2026, 3, 1))
    assert one == Period("2026-02-27", "2026-03-01", 3)
    assert period_before(one) == Period("2026-02-24", "2026-02-26", 3)
    assert period_before(one, 1) == Period("2026-02-26", "2026-02-26", 1)
