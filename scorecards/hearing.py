"""What a poor recording does to a finding: what was not heard may still have been said."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from scorecards.evaluation import Finding
from transcripts.conversation import Conversation

_POORLY_HEARD = "Nagranie rozpoznano słabo, więc sprawdza człowiek: "
_POOR_PLACE = "To miejsce nagrania rozpoznano słabo, więc sprawdza człowiek: "


def as_heard(finding: Finding, conversation: Conversation, top: int | None = None) -> Finding:
    """The finding, or ``review`` where the transcript does not carry it.

    In a call of low trust nothing is failed, and nothing passed without a place that shows it; nor is a level below the
    ``top`` of its scale given, because what is missing for a higher one may not have been heard. In any call,
    evidence that lies only in turns of low trust decides nothing. ``metadata["speech"]`` says which they are;
    conversations that were never sound are left alone.
    """
    speech = conversation.metadata.get("speech")
    if not isinstance(speech, Mapping) or finding.outcome not in ("pass", "fail"):
        return finding
    places = {span.turn for span in finding.evidence}
    if places and places <= _low_turns(speech):
        return _review(finding, _POOR_PLACE)
    misses = finding.outcome == "fail" or finding.level != top
    if speech.get("trust") == "low" and (misses or not places):
        return _review(finding, _POORLY_HEARD)
    return finding


def _low_turns(speech: Mapping[str, Any]) -> set[int]:
    rows = speech.get("turns")
    if not isinstance(rows, list):
        return set()
    return {r["turn"] for r in rows if isinstance(r, Mapping) and r.get("low") is True and "turn" in r}


def _review(finding: Finding, why: str) -> Finding:
    reason = f"{why}{finding.reason[:1].lower()}{finding.reason[1:]}"
    return dataclasses.replace(finding, outcome="review", reason=reason)
