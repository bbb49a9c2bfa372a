"""Who speaks in a one-channel recording: voices told apart window by window.

Every ``HOP`` seconds of speech, a window of 1.6 s becomes one vector by the speaker encoder
(``voice-encoder``). The vectors fall into groups, two unless more are asked for; words go to a group by
the windows over them, smoothed so that the speaker changes at pauses and sentence ends rather than within a phrase.
Voices are compared only within the recording; no vector is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from transcripts.audio import RATE, Samples, Signal, signal
from transcripts.conversation import Word
from transcripts.voice_activity import Region

Vectors = npt.NDArray[np.float64]

SPAN = 1.6
HOP = 0.6
BANDS = 40
_FFT, _STEP = 400, 160  # 25 ms and 10 ms
_BATCH = 64
_TARGET_RMS = 10 ** (-30 / 20)  # the level that the encoder was trained at
_SENTENCE_END = (".", "?", "!")


@dataclass(frozen=True, slots=True)
class Voices:
    """Voices over time.

    ``centres`` are the windows' middles in seconds, shape (windows,); ``scores`` how well each window fits
    each voice, shape (windows, voices), the best above 0; ``distance`` (0..1) is how far the two nearest
    voices are apart.
    """

    centres: Vectors
    scores: Vectors
    distance: float

    @property
    def count(self) -> int:
        """Number of voices."""
        return int(self.scores.shape[1])


@lru_cache(maxsize=1)
def _filters() -> npt.NDArray[np.float32]:
    from faster_whisper.feature_extractor import FeatureExtractor

    return np.asarray(FeatureExtractor.get_mel_filters(RATE, _FFT, n_mels=BANDS), np.float32)


def mel(sound: Signal) -> npt.NDArray[np.float32]:
    """Power in 40 mel bands, shape (frames of 10 ms, 40), at an even level."""
    rms = float(np.sqrt(np.mean(np.square(sound)))) or 1.0
    padded = np.pad(sound * max(1.0, _TARGET_RMS / rms), _FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::_STEP] * np.hanning(_FFT + 1)[:-1]
    power = np.square(np.abs(np.fft.rfft(frames, axis=1)))
    return np.asarray(power @ _filters().T, np.float32)


@lru_cache(maxsize=1)
def _encoder(folder: Path) -> Any:
    """The encoder's layers with their weights."""
    import torch
    from safetensors.torch import load_file

    lstm, linear = torch.nn.LSTM(BANDS, 256, 3, batch_first=True), torch.nn.Linear(256, 256)
    weights = load_file(str(folder / "model.safetensors"))
    lstm.load_state_dict({k.removeprefix("lstm."): v for k, v in weights.items() if k.startswith("lstm.")})
    linear.load_state_dict(
        {k.removeprefix("linear."): v for k, v in weights.items() if k.startswith("linear.")}
    )
    return lstm.eval(), linear.eval()


def _encoded(samples: Samples, starts: Sequence[int], folder: Path) -> Vectors:
    """Unit vectors of the windows that begin at ``starts``, shape (windows, 256); a batch at a time."""
    import torch

    lstm, linear = _encoder(folder)
    span, frames = int(SPAN * RATE), int(SPAN * 100)
    out = []
    with torch.inference_mode():
        for first in range(0, len(starts), _BATCH):
            part = starts[first : first + _BATCH]
            windows = np.stack([mel(signal(samples[s : s + span]))[:frames] for s in part])
            _, (hidden, _) = lstm(torch.from_numpy(windows))
            out.append(torch.relu(linear(hidden[-1])).double().numpy())
    vectors = np.concatenate(out)
    return np.asarray(vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9))


def find_voices(samples: Samples, regions: Sequence[Region], encoder: Path, count: int = 2) -> Voices | None:
    """Tell ``count`` voices apart, or None where there is too little speech to do so."""
    span, hop = int(SPAN * RATE), int(HOP * RATE)
    starts = [
        min(max(0, s), max(0, len(samples) - span))
        for r in regions
        for s in range(r.start, max(r.start + 1, r.end - span + hop), hop)
    ]
    if len(starts) < 4 * count or len(samples) < span:  # some two seconds of speech a voice
        return None
    vectors = _encoded(samples, starts, encoder)
    groups = _groups(vectors, count)
    near = groups @ groups.T
    centres = np.asarray(starts, np.float64) / RATE + SPAN / 2
    return Voices(centres, _scores(vectors @ groups.T), float(1 - near[~np.eye(count, dtype=bool)].max()))


def _groups(vectors: Vectors, count: int) -> Vectors:
    """Unit centres of the groups, found from several starts."""
    from sklearn.cluster import KMeans

    centres = KMeans(count, n_init=10, random_state=0).fit(vectors).cluster_centers_
    return np.asarray(centres / (np.linalg.norm(centres, axis=1, keepdims=True) + 1e-9))


def _scores(fit: Vectors) -> Vectors:
    """How much better each voice fits than the best other; the border of two lies in their middle."""
    out = np.empty_like(fit)
    for voice in range(fit.shape[1]):
        out[:, voice] = fit[:, voice] - np.delete(fit, voice, axis=1).max(axis=1)
    if fit.shape[1] == 2 and (out[:, 1] > 0).any() and (out[:, 1] <= 0).any():
        lead = out[:, 1]
        middle = float((lead[lead > 0].mean() + lead[lead <= 0].mean()) / 2)
        return np.stack([middle - lead, lead - middle], axis=1)
    return out


def assign(words: Sequence[Word], voices: Voices, *, stay: float = 1.0) -> list[int]:
    """The voice of each word: the best path through all, where changing costs ``stay``.

    A change costs a fifth of that after a pause of 0.3 s and two fifths after the end of a sentence.
    """
    if not words:
        return []
    scale = float(np.mean(np.abs(voices.scores))) or 1.0
    fit = [_word_scores(word, voices) / scale for word in words]
    best = fit[0]
    back: list[npt.NDArray[np.int64]] = []
    for before, after, own in zip(words, words[1:], fit[1:], strict=False):
        kept = best - _change_cost(before, after, stay) * ~np.eye(voices.count, dtype=bool)
        back.append(kept.argmax(axis=1))
        best = kept.max(axis=1) + own
    path = [int(best.argmax())]
    for came in reversed(back):
        path.append(int(came[path[-1]]))
    return path[::-1]


def confidence(words: Sequence[Word], labels: Sequence[int], voices: Voices) -> float:
    """Share of words (0..1) whose own windows fit the voice they were given to."""
    fits = [_word_scores(word, voices).argmax() == own for word, own in zip(words, labels, strict=True)]
    return float(np.mean(fits)) if fits else 0.0


def _word_scores(word: Word, voices: Voices) -> Vectors:
    """Shape (voices,): the windows over the word, weighted by how centrally they lie."""
    middle = (word.start + word.end) / 2
    weights = np.clip(SPAN / 2 - np.abs(voices.centres - middle), 0, None)
    if not weights.any():
        return np.asarray(voices.scores[np.abs(voices.centres - middle).argmin()])
    return np.asarray(np.average(voices.scores, axis=0, weights=weights))


def _change_cost(before: Word, after: Word, stay: float) -> float:
    if after.start - before.end > 0.3:
        return stay / 5
    return stay * 0.4 if before.text.rstrip().endswith(_SENTENCE_END) else stay
