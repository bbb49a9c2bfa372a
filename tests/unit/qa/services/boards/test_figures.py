"""Weeks and months of a board, means with intervals, corrected comparisons, and what is kept in memory."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from threading import Thread
from time import sleep

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from qa.errors import UsageProblem
from qa.services.boards.figures import (
    Average,
    Moments,
    average,
    average_difference,
    checked_days,
    checked_text,
    different,
    place_of_day,
    steps,
    summed,
    welch_p,
)
from qa.services.boards.memory import SECONDS, BoardMemory, overview_version, review_version
from qa.storage.people import OverviewRow, ReviewRow
from tests.unit.qa.board_rows import add, empty_storage, judge

values = st.lists(st.floats(0, 100), min_size=3, max_size=30)


def moments(of: list[float]) -> Moments:
    return summed(Moments(1, one, one**2) for one in of)


def test_weeks_are_cut_at_the_ends_of_the_board() -> None:
    unit, parts = steps(date(2026, 11, 4), date(2026, 11, 16))
    assert unit == "week"
    assert [(one.first, one.last, one.days) for one in parts] == [
        ("2026-11-04", "2026-11-08", 5),
        ("2026-11-09", "2026-11-15", 7),
        ("2026-11-16", "2026-11-16", 1),
    ]


def test_more_than_26_weeks_are_months_across_the_year() -> None:
    assert steps(date(2026, 1, 5), date(2026, 7, 5))[0] == "week"  # 182 days
    unit, parts = steps(date(2025, 12, 31), date(2026, 7, 1))
    assert unit == "month"
    assert [one.first for one in parts][:3] == ["2025-12-31", "2026-01-01", "2026-02-01"]
    assert parts[2].last == "2026-02-28"
    assert parts[-1].last == "2026-07-01"


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 800))
def test_every_day_has_one_place(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    parts = steps(first, last)[1]
    place = place_of_day(parts)
    assert len(place) == length + 1 == sum(one.days for one in parts)
    assert list(place.values()) == sorted(place.values())
    assert place[last.isoformat()] == len(parts) - 1


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [(date(2026, 2, 1), date(2026, 1, 1), "zamień"), (date(2020, 1, 1), date(2026, 1, 1), "trzy lata")],
)
def test_impossible_days_are_refused(first: date, last: date, says: str) -> None:
    with pytest.raises(UsageProblem, match=says):
        checked_days(first, last)


def test_text_that_no_database_keeps_is_refused() -> None:
    assert checked_text("Zespół", "  T1 ") == "T1"
    for bad in ("x" * 201, "a\0b", "\ud800"):
        with pytest.raises(UsageProblem, match="Zespół"):
            checked_text("Zespół", bad)


def test_the_interval_of_a_mean_is_students() -> None:
    known = [70.0, 80.0, 85.0, 60.0]
    found = average(moments(known))
    low, high = stats.t.interval(0.95, 3, loc=np.mean(known), scale=stats.sem(known))
    assert (found.mean, found.low, found.high, found.n) == (
        73.75,
        pytest.approx(low),
        pytest.approx(high),
        4,
    )


def test_an_interval_ends_where_scores_end() -> None:
    found = average(moments([0.0, 100.0]))
    assert (found.low, found.high) == (0.0, 100.0)
    assert average(moments([50.0])) == average(Moments(1, 50.0, 2500.0))
    assert average(Moments()).mean is None


@given(st.floats(0, 100), st.integers(1, 40))
def test_scores_that_are_all_the_same_are_no_certain_mean(score: float, n: int) -> None:
    found = average(moments([score] * n))
    low, high = proportion_confint(score / 100 * n, n, method="wilson")
    assert (found.low, found.high) == (
        pytest.approx(100 * low, abs=1e-6),
        pytest.approx(100 * high, abs=1e-6),
    )
    assert found.high - found.low > 100 * 3.84 / (n + 3.84) / 2  # and never narrower than this


def test_differences_that_are_all_the_same_are_as_they_are() -> None:
    found = average_difference(moments([0.0] * 30))
    assert (found.mean, found.low, found.high, found.n) == (0.0, 0.0, 0.0, 30)
    assert average_difference(moments([5.0])) == Average(5.0, None, None, 1)
    assert average_difference(Moments()).n == 0
    assert average_difference(moments([-100.0, 100.0])) == Average(0.0, -100.0, 100.0, 2)


@given(values, values)
def test_the_comparison_of_means_is_welchs(one: list[float], other: list[float]) -> None:
    found = welch_p(moments(one), moments(other))
    if min(np.std(one), np.std(other)) < 1e-3:
        assert 0 <= found <= 1
        return
    assert found == pytest.approx(stats.ttest_ind(one, other, equal_var=False).pvalue, abs=1e-5)


def test_means_without_any_spread_differ_or_do_not() -> None:
    assert welch_p(moments([80.0] * 4), moments([80.0] * 9)) == 1.0
    assert welch_p(moments([80.0] * 4), moments([64.0] * 8)) == 0.0


@settings(max_examples=8)  # what it is compared with takes 50 ms
@given(st.lists(st.sampled_from((0.001, 0.004, 0.01, 0.02, 0.03, 0.05, 0.2, 1.0)), min_size=1, max_size=12))
def test_the_correction_is_holms(p_values: list[float]) -> None:
    wanted = multipletests(p_values, alpha=0.05, method="holm")[0]
    assert different(dict(enumerate(p_values))) == set(np.flatnonzero(wanted))


def test_a_kept_result_is_made_anew_for_another_version_and_when_it_is_old(tmp_path: Path) -> None:
    times = [0.0]
    memory = BoardMemory(lambda: times[0])
    made: list[int] = []

    def make() -> int:
        made.append(len(made))
        return made[-1]

    with empty_storage(tmp_path).reading() as session:
        assert [memory.recall(session, "q", 1, make) for _ in range(3)] == [0, 0, 0]
        assert memory.recall(session, "q", 2, make) == 1
        assert memory.recall(session, "other", 2, make) == 2
        times[0] = SECONDS - 1
        assert memory.recall(session, "q", 2, make) == 1
        times[0] = SECONDS
        assert memory.recall(session, "q", 2, make) == 3


def test_databases_do_not_share_what_is_kept(tmp_path: Path) -> None:
    memory = BoardMemory()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    one, other = empty_storage(tmp_path / "a"), empty_storage(tmp_path / "b")
    with one.reading() as session:
        assert memory.recall(session, "q", 1, lambda: "a") == "a"
    with other.reading() as session:
        assert memory.recall(session, "q", 1, lambda: "b") == "b"
    with one.writing() as session:
        assert memory.recall(session, "q", 1, lambda: "again") == "a"


def test_what_failed_is_not_kept(tmp_path: Path) -> None:
    memory = BoardMemory()
    with empty_storage(tmp_path).reading() as session:
        with pytest.raises(ZeroDivisionError):
            memory.recall(session, "q", 1, lambda: 1 / 0)
        assert memory.recall(session, "q", 1, lambda: 5) == 5


def test_of_many_who_wait_one_makes_it(tmp_path: Path) -> None:
    memory, storage, made = BoardMemory(), empty_storage(tmp_path), []

    def make() -> int:
        sleep(0.05)
        made.append(1)
        return 7

    def ask() -> None:
        with storage.reading() as session:
            answers.append(memory.recall(session, "q", 1, make))

    answers: list[int] = []
    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [7] * 8
    assert made == [1]


def test_the_version_tells_new_gone_and_changed_conversations_and_reviews(tmp_path: Path) -> None:
    storage = empty_storage(tmp_path)
    seen: set[object] = set()

    def changed() -> bool:
        with storage.reading() as session:
            version = overview_version(session), review_version(session)
        new = version not in seen
        seen.add(version)
        return new

    assert changed()
    with storage.writing() as session:
        add(session, "c-1", {"greeting": "pass"}, score=80.0)
        add(session, "c-2", {"greeting": "pass"}, score=60.0)
    assert changed()
    assert not changed()
    with storage.writing() as session:
        session.get_one(OverviewRow, "c-1").score = 81.0
    assert changed()
    with storage.writing() as session:
        session.delete(session.get_one(OverviewRow, "c-2"))
    assert changed()
    with storage.writing() as session:
        judge(session, "c-1", {"greeting": "fail"}, id="r")
    assert changed()
    with storage.writing() as session:
        row = session.get_one(ReviewRow, "r")
        row.status, row.version = "draft", 2
    with storage.writing() as session:
        row = session.get_one(ReviewRow, "r")
        row.status, row.version = "finished", 3
    assert changed()
