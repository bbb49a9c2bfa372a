"""The geometry of small line charts; ``charts.html`` draws them, and whoever uses one shows its figures as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, floor

LEFT, RIGHT, TOP, BOTTOM = 48, 14, 10, 24
MOST_TICKS = 5
LETTERS = 64  # so much room does a name under the axis take
HALF_LETTER = 3.2  # of half a name from its middle to its end
TENS = (10.0, 20.0, 50.0)
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


@dataclass(frozen=True, slots=True)
class Spread:
    """One point: its value with the ends of its interval, None where there is none; ``name`` stands under the axis."""

    name: str
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Axis:
    """The vertical axis: a tick at each ``step`` from ``least`` to ``most``."""

    least: float
    most: float
    step: float


SMALL = (320, 120)  # width and height of one among many
WHOLE = Axis(0.0, 1.0, 0.5)


@dataclass(frozen=True, slots=True)
class Plot:
    """What to draw: points of polygons and lines as SVG text, dots, ticks (y and value), names (x and text)."""

    width: int
    height: int
    bands: tuple[str, ...]
    lines: tuple[str, ...]
    whiskers: tuple[tuple[float, float, float], ...]
    dots: tuple[tuple[float, float], ...]
    ticks: tuple[tuple[float, float], ...]
    names: tuple[tuple[float, str], ...]


def part_name(first: str, unit: str) -> str:
    """A week by its first day, or a month, short enough to stand under the axis."""
    return f"{first[5:7]}.{first[:4]}" if unit == "month" else f"{first[8:10]}.{first[5:7]}"


def axis_of(points: Sequence[Spread], steps: Sequence[float], zero: bool = False) -> Axis:
    """An axis that holds all points and intervals; from zero where told so, never more than the last step's ticks.

    Args:
        steps: distances between ticks to choose from, the smallest first.
    """
    ends = [end for one in points for end in (one.value, one.low, one.high) if end is not None]
    low, high = (0.0 if zero else min(ends, default=0.0)), max(ends, default=steps[-1])
    for step in steps:
        # a value on a tick stays on it however it was rounded
        least, most = floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step
        if (most - least) / step <= MOST_TICKS or step == steps[-1]:
            break
    return Axis(least, most if most > least else least + step, step)


def plot(points: Sequence[Spread], axis: Axis, width: int = 720, height: int = 220) -> Plot:
    """A line with the band of its intervals, broken where there is no value.

    An interval without neighbours is a whisker.
    """
    between = (width - LEFT - RIGHT) / max(1, len(points) - 1)
    first = LEFT if len(points) > 1 else (LEFT + width - RIGHT) / 2

    def x(place: int) -> float:
        return round(first + place * between, 1)

    def y(value: float) -> float:
        share = (min(max(value, axis.least), axis.most) - axis.least) / (axis.most - axis.least)
        return round(TOP + (1 - share) * (height - TOP - BOTTOM), 1)

    values = _runs([(i, one.value) for i, one in enumerate(points) if one.value is not None])
    lows = _runs([(i, one.low) for i, one in enumerate(points) if one.low is not None])
    highs = _runs([(i, one.high) for i, one in enumerate(points) if one.high is not None])
    intervals = list(zip(lows, highs, strict=True))  # an interval has both ends or none
    ticks = [
        axis.least + place * axis.step for place in range(round((axis.most - axis.least) / axis.step) + 1)
    ]
    every = ceil(len(points) * LETTERS / (width - LEFT - RIGHT))
    return Plot(
        width,
        height,
        tuple(
            _line([(x(i), y(end)) for i, end in [*up, *down[::-1]]]) for down, up in intervals if len(up) > 1
        ),
        tuple(_line([(x(i), y(value)) for i, value in run]) for run in values if len(run) > 1),
        tuple((x(down[0][0]), y(down[0][1]), y(up[0][1])) for down, up in intervals if len(up) == 1),
        tuple((x(i), y(value)) for run in values for i, value in run),
        tuple((y(value), value) for value in ticks),
        tuple(
            # the last one is not cut off where it is longer than the margin
            (round(min(x(i), width - HALF_LETTER * len(one.name)), 1), one.name)
            for i, one in enumerate(points)
            if i % every == 0
        ),
    )


def _runs(known: Sequence[tuple[int, float]]) -> list[list[tuple[int, float]]]:
    """Stretches of neighbours: within one, places and their order go up together."""
    parts = groupby(enumerate(known), key=lambda one: one[1][0] - one[0])
    return [[pair for _, pair in part] for _, part in parts]


def _line(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
