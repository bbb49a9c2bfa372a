"""One pass of Whisper over a batch of sounds: encoder, language, beam search, word times.

The encoder reads only as much as the longest sound of the batch plus a second of silence, not always
30 s: measured on 11 calls, 19 % less time at the same error rate. What is padded is padded with silence
as Whisper saw it in training (faster-whisper pads with a value that stands for noise).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from transcripts.audio import RATE, Signal

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer

POLISH = "pl"
MARGIN = 1.0  # s of silence after the sound
FOREIGN = 0.8  # a window is in another language when the model gives it this much ...
NOT_POLISH = 0.1  # ... and Polish no more than this
LONG_ENOUGH = 4.0  # s of speech below which no other language is believed
_FRAME = RATE // 100
_MOST_FRAMES = 3000
_FLOOR = 2.0  # features are cut this far below their peak
_BEFORE, _AFTER = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"
Features = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word with its place in the sound (seconds) and probability."""

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What the model made of one sound.

    ``log_probability`` is the average over tokens, ``no_speech`` the model's own doubt (0..1) and
    ``compression`` the ratio by which the text compresses.
    """

    words: tuple[HeardWord, ...]
    log_probability: float
    no_speech: float
    compression: float
    language: str


@dataclass(frozen=True, slots=True)
class Device:
    """Where the model runs: ``workers`` batches at a time, each with ``threads`` and ``seconds`` of sound."""

    name: str
    compute_type: str
    workers: int
    threads: int
    seconds: int


def best_device(threads: int) -> Device:
    """A GPU when CTranslate2 sees one, with half precision where it can; otherwise int8 on the CPU.

    On the CPU two batches with half of the threads each keep both cores busy where one batch with all
    of them waits for its slowest part. Batches over a minute were no faster there and took 400 MB more.
    """
    import ctranslate2

    if ctranslate2.get_cuda_device_count():
        able = ctranslate2.get_supported_compute_types("cuda")
        kind = next((t for t in ("float16", "int8_float16", "int8_float32") if t in able), "float32")
        return Device("cuda", kind, 1, threads, 480)
    workers = 2 if threads > 1 else 1
    return Device("cpu", "int8", workers, max(1, threads // workers), 60)


class Whisper:
    """A faster-whisper model, loaded at its first use.

    Args:
        folder: of the model in CTranslate2's form.
        threads: CPU threads; 0 takes all cores.
        beam_size: 5 is the measured best; 1 is faster and hears less.
    """

    def __init__(self, folder: Path, *, threads: int = 0, beam_size: int = 5) -> None:
        self._folder = folder
        self._threads = threads or os.cpu_count() or 1
        self._beam_size = beam_size

    @cached_property
    def device(self) -> Device:
        """Where it runs."""
        return best_device(self._threads)

    @cached_property
    def model(self) -> WhisperModel:
        """The model itself."""
        from faster_whisper import WhisperModel

        device = self.device
        return WhisperModel(
            str(self._folder),
            device=device.name,
            compute_type=device.compute_type,
            cpu_threads=device.threads,
            num_workers=device.workers,
        )

    def hear(self, sounds: Sequence[Signal], language: str | None = None) -> list[Heard]:
        """What is said in each sound of at most 29 s.

        language: None means Polish unless a sound is clearly in another language.
        """
        features = self._features(sounds)
        encoded = self.model.encode(features)
        found = [language or POLISH] * len(sounds)
        if language is None:
            found = self._languages(encoded, sounds)
        if any(code != found[0] for code in found):  # rare: each language on its own
            return self._apart(sounds, found)
        return self._decoded(encoded, sounds, found[0], features.shape[2])

    def _features(self, sounds: Sequence[Signal]) -> Features:
        """Shape (sounds, mel bands, frames of 10 ms)."""
        longest = max(len(s) for s in sounds) / RATE + MARGIN
        frames = min(_MOST_FRAMES, 2 * int(np.ceil(longest * 50)))
        return np.stack([_padded(self.model.feature_extractor(s)[..., :-1], frames) for s in sounds])

    def _languages(self, encoded: Any, sounds: Sequence[Signal]) -> list[str]:
        if not self.model.model.is_multilingual:
            return [POLISH] * len(sounds)
        rows = self.model.model.detect_language(encoded)
        return [_language(row, len(sound) / RATE) for row, sound in zip(rows, sounds, strict=True)]

    def _apart(self, sounds: Sequence[Signal], found: Sequence[str]) -> list[Heard]:
        out: dict[int, Heard] = {}
        for code in dict.fromkeys(found):
            places = [i for i, own in enumerate(found) if own == code]
            out.update(zip(places, self.hear([sounds[i] for i in places], code), strict=True))
        return [out[i] for i in range(len(sounds))]

    def _decoded(self, encoded: Any, sounds: Sequence[Signal], language: str, frames: int) -> list[Heard]:
        tokenizer, suppressed = _tokens(self.model, language)
        prompt = self.model.get_prompt(tokenizer, previous_tokens=[], without_timestamps=True)
        results = self.model.model.generate(
            encoded,
            [list(prompt) for _ in sounds],
            beam_size=self._beam_size,
            max_length=self.model.max_length,
            suppress_tokens=list(suppressed),
            return_scores=True,
            return_no_speech_prob=True,
        )
        tokens = [[t for t in r.sequences_ids[0] if t < tokenizer.eot] for r in results]
        lengths = [min(frames, -(-len(s) // _FRAME)) for s in sounds]
        words: list[list[dict[str, Any]]] = [[] for _ in sounds]
        if any(tokens):
            words = self.model.find_alignment(tokenizer, tokens, encoded, lengths)
        return [
            _heard(result, own, tokenizer.decode(ids).strip(), language)
            for result, own, ids in zip(results, words, tokens, strict=True)
        ]


@lru_cache(maxsize=8)
def _tokens(model: WhisperModel, language: str) -> tuple[Tokenizer, tuple[int, ...]]:
    from faster_whisper.tokenizer import Tokenizer
    from faster_whisper.transcribe import get_suppressed_tokens

    multilingual = model.model.is_multilingual
    tokenizer = Tokenizer(model.hf_tokenizer, multilingual, task="transcribe", language=language)
    return tokenizer, tuple(get_suppressed_tokens(tokenizer, [-1]))


def _padded(features: Features, frames: int) -> Features:
    missing = frames - features.shape[1]
    if missing <= 0:
        return np.asarray(features[:, :frames], np.float32)
    silence = float(features.max()) - _FLOOR
    return np.pad(features, ((0, 0), (0, missing)), constant_values=silence).astype(np.float32)


def _language(row: Sequence[tuple[str, float]], seconds: float) -> str:
    by_code = {token.strip("<|>"): float(p) for token, p in row}
    best = max(by_code, key=lambda code: by_code[code])
    sure = by_code[best] >= FOREIGN and by_code.get(POLISH, 0.0) <= NOT_POLISH
    return best if sure and seconds >= LONG_ENOUGH else POLISH


def _heard(result: Any, words: list[dict[str, Any]], text: str, language: str) -> Heard:
    from faster_whisper.transcribe import get_compression_ratio, merge_punctuations

    if not text:
        return Heard((), 0.0, float(result.no_speech_prob), 0.0, language)
    merge_punctuations(words, _BEFORE, _AFTER)
    size = len(result.sequences_ids[0])
    kept = [HeardWord(w["word"], float(w["start"]), float(w["end"]), float(w["probability"])) for w in words]
    return Heard(
        tuple(word for word in kept if word.text),
        result.scores[0] * size / (size + 1),
        float(result.no_speech_prob),
        get_compression_ratio(text),
        language,
    )
