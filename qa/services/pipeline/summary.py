"""What a run ends with: conversations by channel, top reasons with intervals, proposals, parked items."""

from __future__ import annotations

from dataclasses import dataclass

from qa.services.workspace import Workspace
from qa.storage.analysis import Proposal, Trend, proposals, trends
from qa.storage.parking import parked_count
from qa.storage.results import counts_by_channel

TOP = 5


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of the whole database; ``channels`` maps a channel to conversations, tagged, scored."""

    channels: dict[str, tuple[int, int, int]]
    reasons: tuple[Trend, ...]
    proposals: tuple[Proposal, ...]
    parked: int


def summarise(workspace: Workspace) -> Summary:
    """Read the figures; the reasons' shares and intervals are those of the trends."""
    with workspace.storage.reading() as session:
        by_count = sorted(trends(session), key=lambda trend: (-trend.count, trend.code))
        return Summary(
            counts_by_channel(session),
            tuple(trend for trend in by_count if trend.kind == "reason")[:TOP],
            tuple(proposals(session)),
            parked_count(session),
        )
