"""Words to speakers: by channel, or by voice and by what is said, with figures that say how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transcripts import voices
from transcripts.audio import Samples
from transcripts.conversation import Conversation, Speaker, Word
from transcripts.roles import roles
from transcripts.voice_activity import Region

SAME_VOICE = 0.1  # two groups nearer than this are one voice (measured: one voice 0.04-0.09, two 0.12-0.26)
SWAPPED = 5.0  # points by which the other channel must sound like the agent; speaking first gives 2
VoicedWords = list[tuple[Speaker, Sequence[Word]]]


@dataclass(frozen=True, slots=True)
class VoiceSeparation:
    """How a one-channel recording is told apart: the encoder's folder and how many voices to expect."""

    encoder: Path
    count: int = 2

    def voiced(
        self, samples: Samples, regions: Sequence[Region], words: Sequence[Word], conversation: Conversation
    ) -> tuple[VoicedWords, dict[str, Any]]:
        """Words by speaker, and how sure that is.

        ``voice_distance`` (0..1) is how far apart the nearest voices are, ``voice_confidence`` (0..1) the
        share of words whose own sound agrees with the voice they were given to, ``agent_lead`` the points by
        which the agent is told from the customer; under 2 both stay unknown.
        """
        ordered = sorted(words, key=lambda w: w.start)
        found = voices.find_voices(samples, regions, self.encoder, self.count)
        sure: dict[str, Any] = {"speakers_by": "voice"}
        groups: list[list[Word]] = [ordered]
        if found is not None:
            sure["voice_distance"] = round(found.distance, 3)
            if found.distance >= SAME_VOICE or self.count > 2:
                labels = voices.assign(ordered, found)
                sure["voice_confidence"] = round(voices.confidence(ordered, labels, found), 3)
                groups = _grouped(ordered, labels)
        names, lead = named(groups, conversation)
        sure |= {"voices": len(groups), "agent_lead": round(lead, 1)}
        return list(zip(names, groups, strict=True)), sure


def _grouped(words: Sequence[Word], labels: Sequence[int]) -> list[list[Word]]:
    """The words of each voice that speaks, in the voices' order."""
    pairs = list(zip(words, labels, strict=True))
    return [[word for word, own in pairs if own == voice] for voice in sorted(set(labels))]


def by_channel(
    sides: tuple[Speaker, Speaker], words: Sequence[Sequence[Word]], conversation: Conversation
) -> tuple[VoicedWords, dict[str, Any]]:
    """Two channels to the two sides; turned round where what is said leaves no doubt that they are swapped."""
    sure: dict[str, Any] = {"speakers_by": "channel"}
    if all(words):
        names, lead = named([sorted(own, key=lambda w: w.start) for own in words], conversation)
        if tuple(names) == sides[::-1] and lead >= SWAPPED:
            sides = sides[::-1]
            sure |= {"channels_swapped": True, "agent_lead": round(lead, 1)}
    return list(zip(sides, words, strict=True)), sure


def named(groups: Sequence[Sequence[Word]], conversation: Conversation) -> tuple[list[Speaker], float]:
    """The speaker of each group of words in order of time, and the points by which the decision leads."""
    texts = [" ".join(w.text.strip() for w in group) for group in groups]
    first = min(range(len(groups)), key=lambda i: groups[i][0].start)
    name = conversation.agent.name if conversation.agent else None
    return roles(texts, first, inbound=conversation.direction != "outbound", agent_name=name)
