"""Whether an agreed action worked: nobody gains from having been chosen after a bad month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from qa.services.coaching.effects import (
    CORRELATION,
    NOTHING,
    Baseline,
    Counted,
    Guarded,
    after_period,
    baseline,
    baseline_of,
    effect,
    fluctuation,
    judge,
    prior,
    shrunken,
)
from qa.services.coaching.progress import BETTER, SAME, WORSE, Period
from qa.services.judging.trust import Share
from qa.storage.people import ActionRow
from tests.unit.qa.coaching_rows import TODAY, talks
from tests.unit.qa.databases import empty_storage

AGENTS = 20


@dataclass(frozen=True)
class World:
    """A team without a real change, unless ``lift`` says so of the chosen person and ``team_lift`` of all."""

    usual: float = 0.75
    alike: float = 30.0  # parameters of the beta distribution of people's own shares together
    wobble: float = 0.0  # correlation of the conversations of one month of one person
    earlier: int = 360
    month: int = 60
    fall: float = 0.0  # real, before the baseline, of everybody: they stay there
    lift: float = 0.0
    team_lift: float = 0.0


def verdicts(world: World, times: int = 400) -> tuple[float, Counter[str], Counter[str]]:
    """Of the person with the worst month of the team: how often said anything, by the guarded and by the plain way."""
    rng = np.random.default_rng(7)
    plain: Counter[str] = Counter()
    guarded: Counter[str] = Counter()
    for _ in range(times):
        found = _one(world, rng)
        assert found.plain is not None
        plain[found.plain.verdict] += 1
        guarded[found.verdict] += 1
    return guarded[SAME] / times, plain, guarded


def _one(world: World, rng: np.random.Generator) -> Guarded:
    own = rng.beta(world.usual * world.alike, (1 - world.usual) * world.alike, AGENTS)
    before = _drawn(rng, world.earlier, own)
    month = _drawn(rng, world.month, _wobbled(rng, world.wobble, np.clip(own - world.fall, 0, 1)))
    worst = min(range(AGENTS), key=lambda one: (month[one].value or 0.0, one))
    later = np.clip(own - world.fall + world.team_lift, 0, 1)
    later[worst] = min(1.0, later[worst] + world.lift)
    after = _drawn(rng, world.month, _wobbled(rng, world.wobble, later))
    others = [one for one in range(AGENTS) if one != worst]
    usual = prior([_sum([before[one], month[one]]) for one in others])
    base = Baseline(
        month[worst],
        before[worst],
        _sum([month[one] for one in others]),
        len(others),
        *(usual or (None, None)),
    )
    wider = fluctuation({str(one): month[one] for one in others}, {str(one): after[one] for one in others})
    return judge(base, after[worst], _sum([after[one] for one in others]), len(others), wider)


def _wobbled(
    rng: np.random.Generator, wobble: float, own: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if not wobble:
        return own
    together = 1 / wobble - 1
    return rng.beta(np.maximum(own * together, 1e-3), np.maximum((1 - own) * together, 1e-3))


def _drawn(
    rng: np.random.Generator, n: int, own: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> list[Share]:
    return [Share(int(passed), n) for passed in rng.binomial(n, own)]


def _sum(parts: Sequence[Share]) -> Share:
    return Share(sum(one.part for one in parts), sum(one.whole for one in parts))


@pytest.mark.parametrize(
    "world",
    [
        pytest.param(World(), id="usual"),
        pytest.param(World(alike=3000), id="all alike"),
        pytest.param(World(earlier=0), id="no past"),
        pytest.param(World(alike=3000, earlier=0), id="all alike, no past"),
        pytest.param(World(month=15, earlier=60), id="few conversations"),
        pytest.param(World(usual=0.95), id="nearly always met"),
        pytest.param(World(wobble=0.03), id="months differ"),
    ],
)
def test_who_was_chosen_for_a_bad_month_and_has_not_changed_is_told_so(world: World) -> None:
    silent, plain, guarded = verdicts(world)
    assert silent >= 0.95
    assert plain[BETTER] >= 4 * max(1, guarded[BETTER])  # what simply comparing two months would have praised
    assert (
        plain[BETTER] / plain.total() > 0.025
    )  # which is all that luck alone may bring, without the choosing


def test_a_real_change_is_still_seen() -> None:
    _, _, guarded = verdicts(World(month=100, earlier=600, lift=0.2), times=150)
    assert guarded[BETTER] / guarded.total() > 0.85
    _, _, guarded = verdicts(World(month=100, earlier=600, lift=-0.35), times=150)
    assert guarded[WORSE] / guarded.total() > 0.85


def test_what_the_whole_team_gained_is_nobodys_own_change() -> None:
    silent, plain, _ = verdicts(World(month=200, earlier=1200, team_lift=0.1), times=150)
    assert plain[BETTER] / plain.total() > 0.5
    assert silent >= 0.95


def test_who_had_really_fallen_before_and_stays_there_is_not_said_to_have_fallen_since() -> None:
    _, _, guarded = verdicts(World(month=100, earlier=600, fall=0.15), times=150)
    assert guarded[WORSE] / guarded.total() < 0.02


def test_the_prior_is_heavy_of_equal_people_and_light_of_different_ones() -> None:
    equal = prior([Share(75, 100)] * 6)
    different = prior([Share(95, 100), Share(20, 100), Share(60, 100), Share(5, 100)])
    assert equal is not None
    assert different is not None
    assert equal[1] == pytest.approx(1 / CORRELATION[0] - 1)
    assert different[1] < 10
    assert equal[0] == pytest.approx(0.75, abs=0.001)


def test_the_prior_finds_the_spread_that_made_the_shares() -> None:
    rng = np.random.default_rng(3)
    found = prior(_drawn(rng, 200, rng.beta(15, 5, 400)))
    assert found is not None
    assert found[0] == pytest.approx(0.75, abs=0.02)
    assert found[1] == pytest.approx(20, rel=0.2)


def test_two_people_are_no_prior_and_people_without_outcomes_are_not_counted() -> None:
    assert prior([Share(5, 9), Share(6, 9)]) is None
    assert prior([Share(5, 9), Share(6, 9), NOTHING]) is None
    assert prior([Share(1, 1)] * 3) is not None  # no variance to measure at all


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=3, max_size=12), st.data())
def test_no_counts_break_the_figures(pairs: list[tuple[int, int]], data: st.DataObject) -> None:
    people = [Share(min(part, whole), whole) for part, whole in pairs]
    n = data.draw(st.integers(0, 80))
    own = Share(data.draw(st.integers(0, n)), n)
    base = Baseline(own, people[0], _sum(people[1:]), len(people) - 1, *(prior(people[1:]) or (None, None)))
    found = judge(base, people[-1], _sum(people), len(people))
    assert found.verdict in (BETTER, WORSE, SAME)
    if found.expected is not None and n:
        assert 0 <= found.expected.low < found.expected.value < found.expected.high <= 1
    assert baseline_of(base.as_dict()) == base


def test_the_shrunken_baseline_lies_between_the_month_and_the_usual() -> None:
    base = Baseline(Share(10, 40), Share(240, 300), Share(300, 400), 5, 0.75, 30.0)
    found = shrunken(base)
    assert found is not None
    assert 0.25 < found.value < 0.8
    assert found.value == pytest.approx((0.75 * 30 + 250) / 370)


def test_without_any_past_and_team_nothing_can_be_told_from_chance() -> None:
    base = Baseline(Share(1, 40), NOTHING, NOTHING, 0, None, None)
    found = judge(base, Share(40, 40), NOTHING, 0)
    assert found.plain is not None
    assert found.plain.verdict == BETTER
    assert (found.expected, found.guarded, found.verdict) == (None, None, SAME)


def test_a_team_of_two_others_is_neither_shown_nor_used() -> None:
    base = Baseline(Share(20, 100), Share(150, 600), Share(100, 200), 2, None, None)
    found = judge(base, Share(90, 100), Share(190, 200), 2)
    assert found.against_team is None
    assert found.verdict == BETTER  # by the own long past alone
    assert judge(replace(base, colleagues=3), Share(90, 100), Share(190, 200), 2).against_team is None


def test_months_that_differ_by_more_than_luck_make_intervals_wider() -> None:
    calm = {str(n): Share(50, 100) for n in range(6)}
    wild = {str(n): Share(20 if n % 2 else 80, 100) for n in range(6)}
    assert fluctuation(calm, calm) == 1.0
    assert fluctuation(calm, wild) > 3
    assert fluctuation(dict(list(calm.items())[:2]), wild) == 1.0  # too few to tell


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 1), None),  # the day of agreement
        (date(2026, 11, 2), Period("2026-11-02", "2026-11-02", 1)),
        (date(2026, 11, 20), Period("2026-11-02", "2026-11-20", 19)),
        (date(2026, 12, 10), Period("2026-11-13", "2026-12-10", 28)),
        (date(2026, 12, 13), Period("2026-11-16", "2026-12-13", 28)),
        (
            date(2027, 6, 1),
            Period("2026-11-16", "2026-12-13", 28),
        ),  # four weeks after it fell due it is settled
    ],
)
def test_the_days_that_show_the_effect(today: date, expected: Period | None) -> None:
    assert after_period(date(2026, 11, 1), date(2026, 11, 15), today) == expected


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Without rows, other than that of the tests beside."""
    storage = empty_storage(tmp_path)
    with storage.writing() as session:
        yield session
    storage.close()


def agreed(session: Session, ago: int, criterion: str | None = "recap") -> ActionRow:
    """An action agreed so many days ago, due two weeks later, with the figures of that day."""
    on = TODAY - timedelta(days=ago)
    figures = baseline(session, "a", "T1", criterion, on).as_dict() if criterion else {}
    return ActionRow(
        id="x",
        coaching_id="c",
        agent_id="a",
        criterion=criterion,
        text="Podsumuję",
        due_on=(on + timedelta(days=14)).isoformat(),
        baseline={"agreed_on": on.isoformat(), **figures},
    )


def team(
    session: Session, first_ago: int, last_ago: int, passed: int, failed: int, people: str = "bcd"
) -> None:
    for one in people:
        talks(session, one, first_ago, last_ago, "recap", passed, failed)


def test_the_baseline_counts_the_four_weeks_and_the_half_year_before_them(session: Session) -> None:
    talks(session, "a", 67, 40, "recap", 10, 30)
    talks(session, "a", 68, 68, "recap", 7, 1)
    talks(session, "a", 249, 249, "recap", 2, 0)
    talks(session, "a", 250, 250, "recap", 0, 9)  # too long ago
    talks(session, "a", 39, 39, "recap", 0, 5)  # after
    team(session, 67, 40, 30, 10)
    team(session, 100, 90, 20, 20)
    found = baseline(session, "a", "T1", "recap", TODAY - timedelta(days=40))
    assert (found.own, found.earlier) == (Share(10, 40), Share(9, 10))
    assert (found.team, found.colleagues) == (Share(90, 120), 3)
    assert found.mean == pytest.approx(150 / 240, abs=0.01)


def test_the_effect_of_an_action_from_rows(session: Session) -> None:
    talks(session, "a", 67, 40, "recap", 10, 30)
    talks(session, "a", 160, 100, "recap", 30, 90)
    team(session, 67, 40, 20, 20)
    action = agreed(session, 40)
    early = effect(Counted(session, "a", "T1"), action, TODAY - timedelta(days=40), "Podsumowanie")
    assert (early.after_period, early.verdict, early.is_due) == (None, SAME, False)
    assert early.why.startswith("Za mało")
    talks(session, "a", 25, 0, "recap", 38, 2)
    team(session, 25, 0, 20, 20)
    found = effect(Counted(session, "a", "T1"), action, TODAY, "Podsumowanie")
    assert found.before is not None
    assert found.after is not None
    assert (found.before.part, found.before.n, found.after.part, found.after.n) == (10, 40, 38, 40)
    assert found.is_due
    assert (found.verdict, found.criterion_name) == (BETTER, "Podsumowanie")
    assert found.against_team is not None
    assert found.against_team.verdict == BETTER
    assert "w reszcie zespołu" in found.why


def test_a_rise_of_the_whole_team_says_so(session: Session) -> None:
    talks(session, "a", 67, 40, "recap", 10, 30)
    talks(session, "a", 160, 100, "recap", 30, 90)
    team(session, 67, 40, 20, 60)
    action = agreed(session, 40)
    talks(session, "a", 25, 0, "recap", 36, 4)
    team(session, 25, 0, 72, 8)
    found = effect(Counted(session, "a", "T1"), action, TODAY, None)
    assert found.verdict == SAME
    assert found.why == "Nie da się tego odróżnić od zmiany w reszcie zespołu."


def test_a_return_to_the_usual_after_a_bad_month_says_so(session: Session) -> None:
    talks(session, "a", 67, 40, "recap", 22, 18)
    talks(session, "a", 160, 100, "recap", 240, 60)
    action = agreed(session, 40)
    talks(session, "a", 25, 0, "recap", 33, 7)
    found = effect(Counted(session, "a", "T1"), action, TODAY, None)
    assert found.plain is not None
    assert (found.plain.verdict, found.verdict) == (BETTER, SAME)
    assert "wracają do zwykłych" in found.why


def test_an_action_without_a_criterion_has_no_figures(session: Session) -> None:
    found = effect(Counted(session, "a", "T1"), agreed(session, 20, criterion=None), TODAY, None)
    assert (found.before, found.after, found.verdict, found.is_due) == (None, None, None, True)
    assert "oceńcie je razem" in found.why
