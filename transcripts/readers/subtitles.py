"""Transcripts as WebVTT or SRT; speakers from ``<v Name>`` or from prefixes such as ``Klient:``."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pysubs2

from transcripts.readers.companions import SUBTITLE_SUFFIXES, with_sidecar
from transcripts.readers.content import read_text
from transcripts.readers.identity import digest, file_id
from transcripts.readers.roles import assign_roles, read_label
from transcripts.reading import ReadingError, ReadOptions, Record

_TIMES = re.compile(
    r"\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}(?:\s.*)?"
)
_VOICE = re.compile(r"<v(?:\.[\w.]+)?\s+([^>]*)>", re.IGNORECASE)
_PREFIX = re.compile(r"\s*(?:-\s*)?\[?([^\W\d_][^:\[\]<>\n]{0,40}?)\]?\s*:\s+(?=\S)")
_TAG = re.compile(r"</?[a-z][^>]*>|\{\\[^}]*\}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Cue:
    label: str
    text: str
    start: float
    end: float


class SubtitleReader:
    """One file, one conversation."""

    name = "subtitles"
    version = "1"

    def accepts(self, path: Path) -> bool:
        return path.suffix.lower() in SUBTITLE_SUFFIXES

    def read(self, path: Path, options: ReadOptions) -> Iterator[Record]:
        text = read_text(path, options)
        _check_times(text)
        cues = _spoken(text, path.suffix.lower().lstrip("."), options)
        if not cues:
            message = f"W pliku `{path.name}` nie ma ani jednego napisu."
            raise ReadingError("no_turns", message, "Sprawdź, czy to WebVTT lub SRT z wierszami `-->`.")
        roles = assign_roles({cue.label for cue in cues if cue.label}, options)
        fallback: dict[str, Any] = {"id": file_id("sub", path), "channel": options.channel or "phone"}
        agents = {cue.label for cue in cues if roles.get(cue.label) == "agent"}
        name = read_label(agents.pop(), options).name if len(agents) == 1 else ""
        if name:
            fallback["agent"] = {"id": digest("a", name.casefold()), "name": name}
        turns = [
            {"speaker": roles.get(cue.label, "unknown"), "text": cue.text, "start": cue.start, "end": cue.end}
            for cue in cues
        ]
        yield with_sidecar(path, fallback, turns, options)


def _check_times(text: str) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        if "-->" in line and not _TIMES.fullmatch(line):
            remedy = "Zapisz czasy jak 00:01:02.500 --> 00:01:04.000."
            code = "negative_time" if re.search(r"(?:^|>)\s*-\d", line) else "bad_time"
            raise ReadingError(code, f"Niepoprawne czasy napisu w wierszu {number}.", remedy, line=number)


def _spoken(text: str, form: str, options: ReadOptions) -> list[_Cue]:
    cues: list[_Cue] = []
    events = pysubs2.SSAFile.from_string(text, format_=form, keep_html_tags=True, keep_unknown_html_tags=True)
    for number, event in enumerate(sorted(events, key=lambda event: event.start), 1):
        if event.end < event.start:
            remedy = "Popraw czasy napisów."
            raise ReadingError("end_before_start", f"Napis nr {number} kończy się przed początkiem.", remedy)
        raw = event.text.replace("\\N", "\n").replace("\\n", "\n")
        for label, words in _voices(raw, cues[-1].label if cues else "", options):
            cues.append(_Cue(label, words, event.start / 1000, event.end / 1000))
    return cues


def _voices(raw: str, previous: str, options: ReadOptions) -> Iterator[tuple[str, str]]:
    """Parts of a cue by speaker; a part without label continues the one before."""
    pieces = _VOICE.split(raw)
    parts = [("", pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]
    label = previous
    for voice, part in parts:
        label = voice.strip() or label
        for line_label, words in _prefixed(html.unescape(_TAG.sub("", part)), voice != "", options):
            label = line_label or label
            if words:
                yield label, words


def _prefixed(text: str, voiced: bool, options: ReadOptions) -> Iterator[tuple[str, str]]:
    """Lines joined under the prefix that they follow; only prefixes that name a role count."""
    label, words = "", list[str]()
    for line in text.splitlines():
        match = None if voiced else _PREFIX.match(line)
        if match and read_label(match[1], options).role:
            yield label, " ".join(words)
            label, words = match[1], [line[match.end() :].strip()]
        else:
            words.append(line.strip())
    yield label, " ".join(word for word in words if word).strip()
