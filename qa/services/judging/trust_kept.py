"""The figures of a criterion as the kept report holds them, and the state that they give on a channel.

Where a card judged one channel, the figures name it. Where it judged several, they are those of all together, those of
each stand in ``by_channel``, and the state is the lowest of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qa.services.judging.trust import STATES, Trust

UNMEASURED = "unmeasured"


def kept(whole: Trust, channels: Sequence[Trust]) -> dict[str, Any]:
    """What is kept of a criterion: of all channels together, and of each."""
    each = {one.channel: one.without_names().as_dict() for one in channels}  # reviewers are counted only
    if len(each) == 1:
        return next(iter(each.values()))
    state = max((one.state for one in channels), key=STATES.index)
    return {**whole.without_names().as_dict(), "state": state, "by_channel": each}


def of_channel(figures: Mapping[str, Any], channel: str | None) -> Mapping[str, Any] | None:
    """The figures of a channel; None where it was not measured. Reports of before channels were told apart hold for all."""
    if "by_channel" in figures:
        found: Mapping[str, Any] | None = figures["by_channel"].get(channel)
        return found
    return figures if figures.get("channel") in (None, channel) else None


def state_of(figures: Mapping[str, Any], channel: str | None = None) -> str:
    """The state on a channel; the lowest of all where none is named."""
    chosen = figures if channel is None else of_channel(figures, channel)
    return str(chosen["state"]) if chosen else UNMEASURED


def with_change(figures: dict[str, Any], earlier: Mapping[str, Any]) -> dict[str, Any]:
    """The figures with the change of agreement since an earlier report, of each channel by itself."""
    figures["change"] = _change(
        figures, earlier if "by_channel" in figures else of_channel(earlier, figures["channel"])
    )
    for channel, one in figures.get("by_channel", {}).items():
        one["change"] = _change(one, of_channel(earlier, channel))
    return figures


def _change(now: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> float | None:
    value, old = (one.get("agreement", {}).get("value") if one else None for one in (now, earlier))
    return None if value is None or old is None else value - old
