"""Personal data out of conversations, before anything is stored or logged."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from nlp.redaction.dialogue import prepare
from nlp.redaction.echoes import find_echoes
from nlp.redaction.registry import default_detectors, version_of
from nlp.redaction.spans import Detector, Finding, Redacted, Redaction, resolve, tidy
from transcripts.conversation import Conversation, Turn


class Redactor:
    """Replaces personal data by ``[TYPE]``. Holds no state between conversations."""

    def __init__(self, detectors: Sequence[Detector] | None = None) -> None:
        self._detectors = tuple(detectors) if detectors is not None else default_detectors()
        self.version = version_of(self._detectors)

    def find(self, turns: Sequence[Turn], hints: Sequence[str] = ()) -> list[Finding]:
        """Disjoint findings in reading order, with their explanations."""
        dialogue = prepare(turns, hints)
        found = [finding for detector in self._detectors for finding in detector.find(dialogue)]
        found += find_echoes(dialogue, found)
        return tidy(resolve(found), [turn.text for turn in turns])

    def redact(self, c: Conversation) -> Redacted:
        """The conversation without personal data in turns, metadata, queue and agent name.

        ``customer_id``, ``order_id`` and ``case_id`` stay: storage replaces them by pseudonyms, so that a
        customer's contacts can still be counted together.
        """
        hints = (c.agent.name,) if c.agent and c.agent.name else ()
        findings = self.find(c.turns, hints)
        clean = dataclasses.replace(
            c,
            turns=_replaced(c.turns, findings),
            agent=dataclasses.replace(c.agent, name=None) if c.agent else None,
            queue=self.redact_text(c.queue, hints) if c.queue else c.queue,
            metadata=self._clean_mapping(c.metadata, hints),
        )
        rows = tuple(Redaction(f.turn, f.start, f.end, f.type, f.confidence, f.producer) for f in findings)
        return Redacted(clean, rows)

    def redact_text(self, s: str, hints: Sequence[str] = ()) -> str:
        """One string on its own, such as a file name or a subject."""
        turns = (Turn("unknown", s),)
        return _replaced(turns, self.find(turns, hints))[0].text

    def _clean_mapping(self, values: Mapping[str, Any], hints: Sequence[str]) -> dict[str, Any]:
        return {key: self._clean(value, key, hints) for key, value in values.items()}

    def _clean(self, value: Any, key: str, hints: Sequence[str]) -> Any:
        """A metadata value; its key says what it is, as a question would."""
        if isinstance(value, str) and value.strip():
            prefix = f"{key}: "
            turns = (Turn("unknown", prefix + value),)
            findings = [f for f in self.find(turns, hints) if f.end > len(prefix)]
            inside = [dataclasses.replace(f, start=max(f.start, len(prefix))) for f in findings]
            return _replaced(turns, inside)[0].text[len(prefix) :]
        if isinstance(value, Mapping):
            return self._clean_mapping(value, hints)
        if isinstance(value, list | tuple):
            return [self._clean(item, key, hints) for item in value]
        return value


def _replaced(turns: Sequence[Turn], findings: Sequence[Finding]) -> tuple[Turn, ...]:
    """The turns with each finding replaced by its mark."""
    texts = [turn.text for turn in turns]
    for finding in reversed(findings):
        text = texts[finding.turn]
        texts[finding.turn] = f"{text[: finding.start]}[{finding.type}]{text[finding.end :]}"
    return tuple(
        turn if turn.text == text else dataclasses.replace(turn, text=text)
        for turn, text in zip(turns, texts, strict=True)
    )
