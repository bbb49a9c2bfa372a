"""Whether a criterion applies to a conversation, by its channel and the reasons that the tagger found.

The confidence of a reason is a calibrated probability: where it speaks against the criterion, it is the confidence of
``na``; where it speaks for it, an outcome is no surer than that the criterion applies at all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from scorecards.card import Condition
from scorecards.evaluation import Finding
from scorecards.wording import channel_names
from transcripts.tags import ReasonTag, TaggedConversation

PRODUCER = "only@1"
GROUP = ".*"
UNKNOWN = 0.5


def matches(pattern: str, code: str) -> bool:
    """Whether ``pattern``, a reason or a group such as ``complaint.*``, means the reason ``code``."""
    if pattern.endswith(GROUP):
        return code.startswith(pattern.removesuffix("*"))
    return code == pattern


def unmet(only: Condition, tagged: TaggedConversation) -> Finding | None:
    """Why the criterion does not apply; None where it does.

    Where no reason was found at all nobody knows, so that a person decides.
    """
    if only.channels and tagged.conversation.channel not in only.channels:
        names = ", ".join(channel_names(only.channels))
        return Finding("na", 1.0, (), f"Kryterium dotyczy tylko kanałów: {names}.")
    if not only.reasons or list(_matching(only, tagged)):
        return None
    best = max(tagged.reasons, key=lambda reason: reason.confidence, default=None)
    if best is None:
        reason = "Nie rozpoznano powodu kontaktu, więc nie wiadomo, czy kryterium dotyczy tej rozmowy."
        return Finding("review", UNKNOWN, (), reason)
    wanted = ", ".join(only.reasons)
    reason = f"Powód kontaktu to {best.code}, a kryterium dotyczy tylko powodów: {wanted}."
    return Finding("na", best.confidence, best.evidence, reason)


def within(only: Condition, tagged: TaggedConversation, finding: Finding) -> Finding:
    """The finding of a criterion that applies, no surer than that."""
    applies = max((reason.confidence for reason in _matching(only, tagged)), default=1.0)
    if finding.outcome == "na" or applies >= 1:
        return finding
    return dataclasses.replace(finding, confidence=finding.confidence * applies)


def _matching(only: Condition, tagged: TaggedConversation) -> Iterable[ReasonTag]:
    return (r for r in tagged.reasons if any(matches(pattern, r.code) for pattern in only.reasons))
