"""Personal data out of conversations, before anything is stored or logged."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nlp.redaction.dialogue import prepare
from nlp.redaction.echoes import find_echoes
from nlp.redaction.numbering import numbers_of
from nlp.redaction.registry import default_detectors, version_of
from nlp.redaction.spans import Detector, Finding, Redacted, Redaction, resolve, tidy
from transcripts.conversation import Conversation, Turn
from transcripts.word_times import without_words

# "whisper-base@c8172266809b", alone or with the settings behind it: an address to a detector that does not know
_RECOGNISER = re.compile(
    r"(?:speech-\d{1,3}/)?whisper-[a-z]{1,12}(?:-v\d)?@[0-9a-f]{12}"
    r"(?:/beam\d{1,2}/(?:voices\d|no-voices)/left-(?:agent|customer)/silence\d{1,2}(?:\.\d)?/glossary-[0-9a-f]{1,8})?"
)


class Redactor:
    """Replaces personal data by ``[TYPE]``. Holds no state between conversations."""

    def __init__(
        self, detectors: Sequence[Detector] | None = None, *, learned: bool = True, numbered: bool = False
    ) -> None:
        """Make a redactor.

        Args:
            detectors: instead of all.
            learned: whether what was learned of names, addresses and numbers is used beside the rules.
            numbered: marks such as ``[PERSON_1]``, the same for the same person inside a conversation.
        """
        self._detectors = tuple(detectors) if detectors is not None else default_detectors(learned=learned)
        self._rules = tuple(detectors) if detectors is not None else default_detectors(learned=False)
        self.version = version_of(self._detectors)
        self._numbered = numbered
        self._learned = learned

    def find(self, turns: Sequence[Turn], hints: Sequence[str] = ()) -> list[Finding]:
        """Disjoint findings in reading order, with their explanations."""
        return _found(self._detectors, turns, hints, learned=self._learned)

    def redact(self, c: Conversation) -> Redacted:
        """The conversation without personal data in turns, metadata, queue and agent name.

        Metadata and queue are read as further turns, behind the real ones, so that a value known from the
        conversation is recognised in a subject line too.
        Times of words, which belong to the text as it was, go.
        ``customer_id``, ``order_id`` and ``case_id`` stay: storage replaces them by pseudonyms, so that a
        customer's contacts can still be counted together.
        """
        hints = known_names(c)
        beside = [*_strings({"queue": c.queue}), *_strings(c.metadata)]
        labelled = [Turn("system", f"{key}: {value}") for key, value in beside]
        findings = self.find((*c.turns, *labelled), hints)
        said = [f for f in findings if f.turn < len(c.turns)]
        queue, metadata = _cleaned(c, beside, [f for f in findings if f.turn >= len(c.turns)])
        clean = dataclasses.replace(
            c,
            turns=replaced(c.turns, said, numbered=self._numbered),
            agent=dataclasses.replace(c.agent, name=None) if c.agent else None,
            queue=queue,
            metadata=without_words(metadata),
        )
        rows = tuple(
            Redaction(f.turn, f.start, f.end, f.type, f.confidence, f.producer, f.explanation) for f in said
        )
        return Redacted(clean, rows)

    def redact_text(self, s: str, hints: Sequence[str] = ()) -> str:
        """One sentence on its own, such as a subject."""
        turns = (Turn("unknown", s),)
        return replaced(turns, self.find(turns, hints))[0].text

    def redact_name(self, s: str) -> str:
        """A name on its own, such as that of a file: what was learned from sentences says nothing of it."""
        turns = (Turn("unknown", s),)
        return replaced(turns, _found(self._rules, turns, (), learned=False))[0].text


def _found(
    detectors: Sequence[Detector], turns: Sequence[Turn], hints: Sequence[str], *, learned: bool
) -> list[Finding]:
    dialogue = prepare(turns, hints, learned=learned)
    found = [finding for detector in detectors for finding in detector.find(dialogue)]
    found += find_echoes(dialogue, found)
    return tidy(resolve(found), [turn.text for turn in turns])


def _may_be_personal(value: str) -> bool:
    """Whether a string of metadata has to be read: not empty, and no version that the recogniser wrote."""
    return bool(value.strip()) and not _RECOGNISER.fullmatch(value)


def _strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every string of nested metadata that may be personal, with the key it stands under, which says what it is."""
    if isinstance(value, str) and _may_be_personal(value):
        yield key, value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _strings(item, str(name))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item, key)


def _cleaned(
    c: Conversation, beside: Sequence[tuple[str, str]], findings: Sequence[Finding]
) -> tuple[str | None, dict[str, Any]]:
    """Queue and metadata with ``findings`` (in the turns made of ``beside``) replaced by marks."""
    prefixes = [len(f"{key}: ") for key, _ in beside]
    first = len(c.turns)
    inside = [
        dataclasses.replace(f, turn=f.turn - first, start=max(f.start - skip, 0), end=f.end - skip)
        for f in findings
        if f.end > (skip := prefixes[f.turn - first])
    ]
    clean = iter(replaced([Turn("unknown", value) for _, value in beside], inside))
    queue = _filled({"queue": c.queue}, clean)["queue"]
    return queue, _filled(c.metadata, clean)


def _filled(value: Any, clean: Iterator[Turn]) -> Any:
    """``value`` with its strings, in the order of :func:`_strings`, taken from ``clean``."""
    if isinstance(value, str) and _may_be_personal(value):
        return next(clean).text
    if isinstance(value, Mapping):
        return {key: _filled(item, clean) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(item, clean) for item in value]
    return value


def known_names(c: Conversation) -> tuple[str, ...]:
    """Names that are known before anything is read."""
    return (c.agent.name,) if c.agent and c.agent.name else ()


def replaced(
    turns: Sequence[Turn], findings: Sequence[Finding], *, numbered: bool = False
) -> tuple[Turn, ...]:
    """The turns with each finding replaced by its mark."""
    texts = [turn.text for turn in turns]
    marks = [f"[{finding.type}]" for finding in findings]
    if numbered:
        marks = [f"{m[:-1]}_{n}]" for m, n in zip(marks, numbers_of(findings, texts), strict=True)]
    for finding, mark in zip(reversed(findings), reversed(marks), strict=True):
        text = texts[finding.turn]
        texts[finding.turn] = f"{text[: finding.start]}{mark}{text[finding.end :]}"
    return tuple(
        turn if turn.text == text else dataclasses.replace(turn, text=text)
        for turn, text in zip(turns, texts, strict=True)
    )
