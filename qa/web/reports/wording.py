"""How figures are written in a report: a value never stands without its interval and its n."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa.services.boards.figures import Average
from qa.services.coaching.progress import Proportion
from qa.web.charts import SMALL, Axis, Plot, Spread, plot
from qa.web.figures import NONE, day, interval, percent, points
from qa.web.language import Words
from qa.web.pages import CHANNELS, SENTIMENTS, fill
from qa.web.reports.model import Bar, Cell, Picture

NARROW = "\u00a0"


def days(first: str, last: str) -> str:
    """Both days, such as 16.11–22.11.2026; of two years both."""
    return f"{day(first)[:5] if first[:4] == last[:4] else day(first)}–{day(last)}"


def tenths(t: Words, value: float) -> str:
    """A share as per cent with one digit, without its sign."""
    text = f"{100 * value:.1f}"
    return text.replace(".", ",") if t.language == "pl" else text


def signed(t: Words, value: float) -> str:
    """A difference with its sign and one digit."""
    text = f"{value:+.1f}"
    if text in ("+0.0", "-0.0"):
        text = "0"
    text = text.replace("-", "−")
    return text.replace(".", ",") if t.language == "pl" else text


def heads(*names: str) -> tuple[Cell, ...]:
    """The heads of columns in the report's own language."""
    return tuple(map(Cell, names))


def share(t: Words, one: Proportion) -> str:
    """A share with its interval, as whole per cent."""
    return NONE if one.value is None else f"{percent(one.value)} ({interval(one.low, one.high)})"


def fine_share(t: Words, one: Proportion) -> str:
    """A share with its interval, to one digit: for reasons, which are small."""
    if one.value is None or one.low is None or one.high is None:
        return NONE
    return f"{tenths(t, one.value)}{NARROW}% ({fine_interval(t, one)})"


def score(one: Average) -> str:
    """A mean score with its interval where there is one."""
    if one.mean is None:
        return NONE
    ends = f" ({points(one.low)}–{points(one.high)})" if one.low is not None else ""
    return f"{points(one.mean)}{ends}"


def share_cell(t: Words, one: Proportion, n_of: str = "") -> Cell:
    """A share with its interval, n and bar."""
    if one.value is None:
        return Cell(NONE)
    quiet = f"{interval(one.low, one.high)}, {n_of} n = {t.whole(one.n)}".replace("  ", " ")
    return Cell(percent(one.value), quiet, Bar(one.value, one.low, one.high))


def fine_cell(t: Words, one: Proportion) -> Cell:
    """A share to one digit with its interval; n has a column of its own."""
    if one.value is None:
        return Cell(NONE)
    return Cell(f"{tenths(t, one.value)}{NARROW}%", fine_interval(t, one))


def fine_interval(t: Words, one: Proportion) -> str:
    """The interval of a share to one digit."""
    if one.low is None or one.high is None:
        return NONE
    return f"{tenths(t, one.low)}–{tenths(t, one.high)}{NARROW}%"


def score_cell(one: Average) -> Cell:
    """A mean score with its interval and bar; n has a column of its own."""
    if one.mean is None:
        return Cell(NONE)
    if one.low is None or one.high is None:
        return Cell(points(one.mean), bar=Bar(one.mean / 100, None, None))
    bar = Bar(one.mean / 100, one.low / 100, one.high / 100)
    return Cell(points(one.mean), f"{points(one.low)}–{points(one.high)}", bar)


def filters(t: Words, given: Mapping[str, str], names: Mapping[str, str], reason: str = "") -> str:
    """The filters in words, or that there are none."""
    words = {"channel": CHANNELS, "sentiment": SENTIMENTS}
    shown = {
        name: t(words[name].get(value, value)) if name in words else value for name, value in given.items()
    }
    if "reason" in given:
        shown["reason"] = reason
    return "; ".join(f"{t(names[name])}: {value}" for name, value in shown.items()) or t("bez filtrów")


def chart(
    name: str, spreads: Sequence[Spread], axis: Axis, said: str, size: tuple[int, int], lang: str = ""
) -> Picture:
    """A line with its intervals; axes up to 1 are shares, others scores."""
    drawn: Plot = plot(spreads, axis, *size)
    svg = fill("report_chart.svg", Words("pl"), plot=drawn, said=said, percents=axis.most <= 1)
    return Picture(name, svg, said, size != SMALL, lang)
