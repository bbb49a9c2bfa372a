"""A copy of a recording without the personal data said in it, proved by listening to the copy."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qa.errors import UserError
from qa.ports import Redacting, Transcribing
from transcripts.audio import decode
from transcripts.call_metrics import union
from transcripts.conversation import Conversation, Span
from transcripts.muting import muted, write_recording
from transcripts.reading import Recording
from transcripts.word_times import Stretch, stretches

MARGIN = 0.25  # seconds before and after each word: where a word begins and ends is known to a tenth or two
ROUNDS = 5
_LETTERS, _DIGITS = 4, 4  # the least that is enough to recognise a value by
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d(?:[\s.\-/]{0,3}\d)*")
_SAME_STEM = 2  # letters that inflection may change at the end


@dataclass(frozen=True, slots=True)
class SoundRedaction:
    """What was done to a recording. ``rounds`` counts how often the copy was listened to."""

    stretches: tuple[Stretch, ...]
    duration: float
    rounds: int

    @property
    def seconds(self) -> float:
        """How much of the recording is silent now."""
        return sum(end - start for start, end in self.stretches)


class StillHeard(UserError):
    """Personal data is heard in the copy after all attempts."""


class CopyTaken(UserError):
    """The copy is there already, or another process is making it."""


@dataclass(frozen=True, slots=True)
class SoundRedactor:
    """Mutes what the redactor finds in a transcript, and listens again until nothing comes back."""

    transcriber: Transcribing
    redactor: Redacting

    def redact(
        self, recording: Recording, heard: Conversation, target: Path, *, beep: bool = False
    ) -> SoundRedaction:
        """Write the muted copy to ``target`` (``.ogg`` or ``.wav``).

        The copy is transcribed and redacted again. What the redactor finds in it, and every word or run of
        digits of a value that was to go, is muted too, until a transcript of the copy holds none. Only then
        does it get its name, readable by its owner only: under ``target`` there is never an unproved copy.

        Args:
            heard: the recording's conversation with times of words, as the transcriber gave it.

        Raises:
            StillHeard: something came back ``ROUNDS`` times; the copy is deleted.
            CopyTaken: ``target`` is there already, or another process is making it.
            AudioError: the recording cannot be decoded.
        """
        with _named_when_proved(target) as copy:
            return self._silenced(recording, heard, copy, beep)

    def _silenced(self, recording: Recording, heard: Conversation, copy: Path, beep: bool) -> SoundRedaction:
        audio = decode(recording.path)
        values = [place.text(heard) for place in self._places(heard)]
        silent = stretches(heard, self._places(heard), MARGIN)
        for round_ in range(1, ROUNDS + 1):
            write_recording(muted(audio.channels, silent, beep=beep), copy)
            again = self.transcriber.transcribe(Recording(copy, recording.conversation))
            left = [*self._places(again), *said_again(again, values)]
            if not left:
                return SoundRedaction(tuple(silent), audio.duration, round_)
            values += [place.text(again) for place in left]
            silent = union([*silent, *stretches(again, left, MARGIN * round_)])
        raise StillHeard(
            f"W kopii nagrania {recording.path.name} po {ROUNDS} próbach nadal słychać dane osobowe: "
            "kopii nie zapisano."
        )

    def _places(self, heard: Conversation) -> list[Span]:
        return [Span(r.turn, r.start, r.end) for r in self.redactor.redact(heard).redactions]


@contextmanager
def _named_when_proved(target: Path) -> Iterator[Path]:
    """A hidden file beside ``target``, for its owner and this process only, which becomes ``target`` if all goes well.

    What an interrupted process has left there is taken over: the system lets its lock go, however it ended.

    Raises:
        CopyTaken: ``target`` is there already, or another process is making it.
    """
    copy = target.with_name(f".part-{target.name}")
    handle = os.open(copy, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        _lock(handle, copy, target)
        try:
            check_free(target)  # now that nobody else can make it
            os.ftruncate(handle, 0)
            os.fchmod(handle, 0o600)
            yield copy
            os.fsync(handle)
            copy.replace(target)
        finally:
            copy.unlink(missing_ok=True)
    finally:
        os.close(handle)


def check_free(target: Path) -> None:
    """Refuse to make a copy that is there already.

    Raises:
        CopyTaken: it is; nothing is ever overwritten.
    """
    if target.exists():
        raise CopyTaken(f"Kopia {target} już istnieje: usuń ją albo podaj inny folder.")


def _lock(handle: int, copy: Path, target: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_ours = os.path.samestat(os.fstat(handle), copy.stat())  # not one that was renamed or deleted since
    except (BlockingIOError, FileNotFoundError):
        is_ours = False
    if not is_ours:
        raise CopyTaken(f"Kopię {target} robi właśnie inne polecenie odsluch: poczekaj, aż skończy.")


def said_again(heard: Conversation, values: Iterable[str]) -> list[Span]:
    """Places where a word (four letters or more, inflected or not) or four digits of ``values`` are said."""
    shown = list(values)
    stems = {_stem(word) for value in shown for word in _words(value)}
    numbers = {digits for value in shown for digits in _numbers(value)}
    return [Span(i, a, b) for i, turn in enumerate(heard.turns) for a, b in _again(turn.text, stems, numbers)]


def _again(text: str, stems: set[str], numbers: set[str]) -> Iterator[tuple[int, int]]:
    for match in _WORD.finditer(text):
        if len(match[0]) >= _LETTERS and _stem(match[0]) in stems:
            yield match.span()
    for match in _NUMBER.finditer(text):
        if _shares(_only_digits(match[0]), numbers):
            yield match.span()


def _shares(said: str, numbers: set[str]) -> bool:
    parts = {said[i : i + _DIGITS] for i in range(len(said) - _DIGITS + 1)}
    return any(part in number for part in parts for number in numbers)


def _words(value: str) -> list[str]:
    """Words that tell something: number words are everywhere, and the redactor hears runs of them itself."""
    from nlp.redaction.function_words import FUNCTION_WORDS  # takes two seconds: only when there is sound
    from nlp.redaction.spoken_numbers import NUMERALS

    found = (word for word in _WORD.findall(value) if len(word) >= _LETTERS)
    return [
        word for word in found if word.casefold() not in NUMERALS and word.casefold() not in FUNCTION_WORDS
    ]


def _numbers(value: str) -> Sequence[str]:
    found = [_only_digits(match) for match in _NUMBER.findall(value)]
    return [digits for digits in found if len(digits) >= _DIGITS]


def _only_digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _stem(word: str) -> str:
    """What stays of a word when its ending is inflected."""
    plain = word.casefold()
    return plain[:-_SAME_STEM] if len(plain) > _LETTERS + _SAME_STEM else plain
