"""Where the points of a chart lie."""

from __future__ import annotations

import pytest

from qa.web.charts import (
    BOTTOM,
    LEFT,
    RIGHT,
    SHARES,
    TENS,
    TOP,
    WHOLE,
    Axis,
    Spread,
    axis_of,
    part_name,
    plot,
)

WIDTH, HEIGHT = 720, 220
FLOOR = HEIGHT - BOTTOM


def point(value: float | None, low: float | None = None, high: float | None = None) -> Spread:
    return Spread("x", value, low, high)


def test_nothing_at_all_draws_nothing_but_the_axis() -> None:
    for points in ([], [point(None)], [point(None)] * 12):
        found = plot(points, axis_of(points, TENS))
        assert (found.bands, found.lines, found.whiskers, found.dots) == ((), (), (), ())
        assert found.ticks


def test_points_lie_between_the_ends_of_the_axis() -> None:
    found = plot([point(0.0), point(0.5), point(1.0)], WHOLE)
    assert found.lines == (f"{LEFT}.0,{FLOOR}.0 377.0,{(TOP + FLOOR) / 2} {WIDTH - RIGHT}.0,{TOP}.0",)
    assert [value for _, value in found.ticks] == [0.0, 0.5, 1.0]
    assert found.ticks[0][0] == FLOOR
    assert found.ticks[-1][0] == TOP


def test_a_gap_breaks_line_and_band() -> None:
    known = point(0.5, 0.25, 0.75)
    found = plot([known, known, point(None), known, point(0.5), known, known], WHOLE)
    assert [len(line.split()) for line in found.lines] == [2, 4]
    assert [len(band.split()) for band in found.bands] == [4, 4]
    assert len(found.whiskers) == 1
    assert len(found.dots) == 6


def test_a_band_goes_along_the_upper_ends_and_back_along_the_lower() -> None:
    found = plot([point(0.5, 0.0, 1.0), point(0.5, 0.5, 0.5)], WHOLE)
    middle = (TOP + FLOOR) / 2
    right = WIDTH - RIGHT
    assert found.bands == (f"{LEFT}.0,{TOP}.0 {right}.0,{middle} {right}.0,{middle} {LEFT}.0,{FLOOR}.0",)


def test_a_single_point_stands_in_the_middle_with_its_whisker() -> None:
    found = plot([point(0.5, 0.25, 0.75)], WHOLE)
    middle = (LEFT + WIDTH - RIGHT) / 2
    assert (found.lines, found.bands) == ((), ())
    assert [x for x, _ in found.dots] == [x for x, _, _ in found.whiskers] == [middle]


@pytest.mark.parametrize(
    ("ends", "steps", "zero", "axis"),
    [
        ((71.0, 84.0), TENS, False, Axis(70, 90, 10)),
        ((70.0, 80.0), TENS, False, Axis(70, 80, 10)),
        ((80.0, 80.0), TENS, False, Axis(80, 90, 10)),
        ((0.0, 100.0), TENS, False, Axis(0, 100, 20)),
        ((0.02, 0.034), SHARES, True, Axis(0, 0.04, 0.01)),
        ((0.3, 0.3), SHARES, True, Axis(0, 0.3, 0.1)),
        ((0.2, 1.0), SHARES, True, Axis(0, 1, 0.2)),
        ((0.0, 0.0), SHARES, True, Axis(0, 0.01, 0.01)),
    ],
)
def test_an_axis_holds_everything_with_few_ticks(
    ends: tuple[float, float], steps: tuple[float, ...], zero: bool, axis: Axis
) -> None:
    found = axis_of([point(ends[0], *ends)], steps, zero)
    assert (found.least, found.most, found.step) == pytest.approx((axis.least, axis.most, axis.step))


def test_what_is_beyond_the_axis_is_drawn_at_its_end() -> None:
    found = plot([point(150.0), point(-50.0)], Axis(0, 100, 50))
    assert [y for _, y in found.dots] == [TOP, FLOOR]


def test_names_leave_room_for_each_other() -> None:
    points = [Spread(str(number), 0.5, None, None) for number in range(36)]
    found = plot(points, WHOLE)
    assert found.names[0][1] == "0"
    gaps = [after[0] - before[0] for before, after in zip(found.names, found.names[1:], strict=False)]
    assert min(gaps) >= 60


def test_weeks_and_months_have_short_names() -> None:
    assert (part_name("2026-11-02", "week"), part_name("2026-11-02", "month")) == ("02.11", "11.2026")


def test_the_last_name_is_not_cut_off_at_the_edge() -> None:
    months = [Spread(part_name(f"2026-{month:02}-01", "month"), 0.5, None, None) for month in (8, 9)]
    (first, _), (last, name) = plot(months, WHOLE).names
    assert (first, name) == (LEFT, "09.2026")
    assert last + len(name) * 6.4 / 2 <= WIDTH
    weeks = [Spread("02.11", 0.5, None, None)] * 2
    assert plot(weeks, WHOLE).names[1][0] >= WIDTH - RIGHT - 2
