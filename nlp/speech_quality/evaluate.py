"""Recordings with references: ours, the same mixed to one channel, plain faster-whisper, and sounds without speech."""

from __future__ import annotations

import json
import time
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import numpy as np

from nlp.speech_quality.measure import Pair, figures
from nlp.speech_quality.plain import PlainWhisper
from transcripts.audio import AUDIO_SUFFIXES, RATE, AudioError, Samples, decode
from transcripts.conversation import Conversation, ConversationError
from transcripts.reading import Recording
from transcripts.serialise import conversation_from_dict

SILENT_SECONDS = 60
_FORMS = (".json", ".jsonl")


class EvaluationError(ValueError):
    """A folder that cannot be evaluated: one sentence in Polish."""


class Recogniser(Protocol):
    """What is measured."""

    def transcribe_many(
        self, recordings: Sequence[Recording], progress: Callable[[float], None] | None = None
    ) -> Iterator[Conversation | AudioError]: ...


@dataclass(frozen=True, slots=True)
class Referenced:
    """A recording and what is said in it."""

    path: Path
    reference: Conversation

    def recording(self, path: Path | None = None) -> Recording:
        """As the recogniser gets it: without the reference's turns."""
        known = self.reference
        bare = Conversation(known.id, "phone", (), direction=known.direction, agent=known.agent)
        return Recording(path or self.path, bare)


def referenced(folder: Path) -> list[Referenced]:
    """The folder's recordings that have a reference of the same name (``rozmowa.wav``, ``rozmowa.json``).

    Raises:
        EvaluationError: no such pair, or a reference that is none.
    """
    found = []
    for path in sorted(p for p in folder.iterdir() if p.suffix.lower() in AUDIO_SUFFIXES):
        reference = next((path.with_suffix(f) for f in _FORMS if path.with_suffix(f).is_file()), None)
        if reference:
            found.append(Referenced(path, _read(reference)))
    if not found:
        raise EvaluationError(
            f"W folderze {folder} nie ma nagrania z wzorcem: obok rozmowa.wav połóż rozmowa.json "
            "z wypowiedziami (speaker, text, start, end)."
        )
    return found


def _read(path: Path) -> Conversation:
    try:
        record = json.loads(path.read_text(encoding="utf-8-sig"))
        return conversation_from_dict(record, where=path.name)
    except (json.JSONDecodeError, UnicodeDecodeError, OSError) as error:
        raise EvaluationError(f"Wzorzec {path} nie jest plikiem JSON w UTF-8: popraw go.") from error
    except ConversationError as error:
        raise EvaluationError(str(error)) from error


def evaluate(
    items: Sequence[Referenced],
    recogniser: Recogniser,
    plain: PlainWhisper | None,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """All figures: ``ours``, ``mono`` (two-channel calls mixed), ``plain`` and ``without_speech``.

    Times exclude loading the models. ``speed`` is seconds of recording by second of work.
    """
    for item in items:
        try:
            decode(item.path)
        except AudioError as error:
            raise EvaluationError(str(error)) from error
    _warm_up(items[0], recogniser, plain)
    say(f"Nagrania z wzorcem: {len(items)}. Przepisuję ...")
    report: dict[str, Any] = {"ours": _ours(items, recogniser, lambda item: item.path)}
    with TemporaryDirectory() as folder:
        mixed = [(item, _mixed(item, Path(folder))) for item in items]
        paths = {id(item): path for item, path in mixed if path}
        two_channel = [item for item, path in mixed if path]
        if two_channel:
            say(f"To samo zmieszane do jednego kanału: {len(two_channel)} ...")
            report["mono"] = _ours(two_channel, recogniser, lambda item: paths[id(item)])
        say("Cisza, sygnał, szum i przesłuch, po minucie ...")
        report["without_speech"] = _without_speech(items, recogniser, Path(folder))
    if plain:
        say("Zwykły faster-whisper ...")
        report["plain"] = _plainly(items, plain)
        report["times_plain"] = round(report["plain"]["seconds"] / report["ours"]["seconds"], 2)
    return report


def _warm_up(item: Referenced, recogniser: Recogniser, plain: PlainWhisper | None) -> None:
    """Load all models, so that no time is counted for it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "start.wav"
        _write(path, [c[: 5 * RATE] for c in decode(item.path).channels])
        list(recogniser.transcribe_many([item.recording(path)]))
        mono = Path(folder) / "mono.wav"
        _write(mono, [decode(item.path).channels[0][: 20 * RATE]])
        list(recogniser.transcribe_many([item.recording(mono)]))
        if plain:
            plain.transcribe(decode(path), item.reference)


def _ours(
    items: Sequence[Referenced], recogniser: Recogniser, path_of: Callable[[Referenced], Path]
) -> dict[str, Any]:
    began = time.perf_counter()
    heard = list(recogniser.transcribe_many([item.recording(path_of(item)) for item in items]))
    seconds = time.perf_counter() - began
    pairs = [
        Pair(item.reference, answer)
        for item, answer in zip(items, heard, strict=True)
        if isinstance(answer, Conversation)
    ]
    return _timed(pairs, items, seconds)


def _plainly(items: Sequence[Referenced], plain: PlainWhisper) -> dict[str, Any]:
    began = time.perf_counter()
    pairs = [Pair(i.reference, plain.transcribe(decode(i.path), i.recording().conversation)) for i in items]
    return _timed(pairs, items, time.perf_counter() - began)


def _timed(pairs: Sequence[Pair], items: Sequence[Referenced], seconds: float) -> dict[str, Any]:
    audio = sum(decode(item.path).duration for item in items)
    rows = {
        pair.reference.id: {
            "wer": row["wer"]["rate"],
            "speaker_words": row["speaker_words"]["share"],
            "turn_starts": row["turn_starts"]["share"],
        }
        for pair in pairs
        for row in [figures([pair])]
    }
    times = {
        "audio_seconds": round(audio, 1),
        "seconds": round(seconds, 1),
        "speed": round(audio / seconds, 1),
    }
    return {**figures(pairs), **times, "by_recording": rows}


def _mixed(item: Referenced, folder: Path) -> Path | None:
    """A two-channel recording as one channel, or None."""
    audio = decode(item.path)
    if audio.layout != "two_channel":
        return None
    mix = sum(channel.astype(np.int32) for channel in audio.channels)
    path = folder / f"{item.path.stem}.wav"
    _write(path, [np.clip(mix, -32768, 32767).astype(np.int16)])
    return path


def _without_speech(items: Sequence[Referenced], recogniser: Recogniser, folder: Path) -> dict[str, int]:
    """Words invented in a minute of each sound that holds no speech of its own."""
    found = {}
    for name, channels in silent_sounds(items).items():
        path = folder / f"bez-mowy-{name}.wav"
        _write(path, channels)
        heard = next(recogniser.transcribe_many([Recording(path, Conversation(name, "phone", ()))]))
        turns = heard.turns if isinstance(heard, Conversation) else ()
        # of crosstalk only what is heard on the side that says nothing was invented
        said = [t for t in turns if name != "crosstalk" or t.speaker == "customer"]
        found[name] = sum(len(turn.text.split()) for turn in said)
    return found


def silent_sounds(items: Sequence[Referenced]) -> dict[str, list[Samples]]:
    """Silence, a tone, noise (two channels each), and crosstalk at -40 dB of real speech if there is any."""
    time_axis = np.arange(SILENT_SECONDS * RATE) / RATE
    random = np.random.default_rng(0)
    tone = 4000 * np.sin(2 * np.pi * 425 * time_axis) * (time_axis % 5 < 1)
    sounds = {
        "silence": [np.zeros(len(time_axis)), np.zeros(len(time_axis))],
        "tone": [tone, random.normal(0, 10, len(time_axis))],
        "noise": [random.normal(0, 300, len(time_axis)), random.normal(0, 60, len(time_axis))],
    }
    for item in items:
        audio = decode(item.path)
        if audio.layout == "two_channel":
            speech = np.resize(audio.channels[0], len(time_axis)).astype(np.float64)
            leaked = np.roll(speech, RATE // 25) / 100
            sounds["crosstalk"] = [speech, leaked + random.normal(0, 20, len(speech))]
            break
    return {
        name: [np.clip(c, -32768, 32767).astype(np.int16) for c in channels]
        for name, channels in sounds.items()
    }


def _write(path: Path, channels: Sequence[Samples]) -> None:
    with wave.open(str(path), "wb") as out:
        out.setparams((len(channels), 2, RATE, 0, "NONE", ""))
        out.writeframes(np.stack(channels, 1).tobytes())
