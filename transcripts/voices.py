"""Who speaks in a one-channel recording: two voices told apart window by window.

Every ``HOP`` seconds of speech, a window of 1.6 s becomes one vector by the speaker encoder
(``voice-encoder``). The vectors fall into two groups; words go to a group by the windows over them,
smoothed so that the speaker changes at pauses and sentence ends rather than within a phrase.
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
    """Two voices over time. ``scores`` is positive for voice 1 and negative for voice 0 in each window.

    ``distance`` (0..1) is how far the two voices are apart.
    """

    centres: Vectors
    scores: Vectors
    distance: float


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


def _encoded(windows: Sequence[npt.NDArray[np.float32]], folder: Path) -> Vectors:
    import torch

    lstm, linear = _encoder(folder)
    out = []
    with torch.inference_mode():
        for first in range(0, len(windows), _BATCH):
            _, (hidden, _) = lstm(torch.from_numpy(np.stack(windows[first : first + _BATCH])))
            out.append(torch.relu(linear(hidden[-1])).double().numpy())
    return np.concatenate(out)


def find_voices(samples: Samples, regions: Sequence[Region], encoder: Path) -> Voices | None:
    """Tell two voices apart, or None where there is too little speech to do so."""
    span, hop = int(SPAN * RATE), int(HOP * RATE)
    starts = [
        min(max(0, s), max(0, len(samples) - span))
        for r in regions
        for s in range(r.start, max(r.start + 1, r.end - span + hop), hop)
    ]
    frames = int(SPAN * 100)
    if len(starts) < 8 or len(samples) < span:  # three seconds of speech
        return None
    windows = [mel(signal(samples[s : s + span]))[:frames] for s in starts]
    vectors = _encoded(windows, encoder)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    groups = _two_groups(vectors)
    scores = vectors @ (groups[1] - groups[0])
    distance = float(1 - groups[0] @ groups[1])
    centres = np.asarray(starts, np.float64) / RATE + SPAN / 2
    return Voices(centres, scores - _threshold(scores), distance)


def _two_groups(vectors: Vectors) -> tuple[Vectors, Vectors]:
    """Unit centres of two groups, found from several starts."""
    from sklearn.cluster import KMeans

    centres = KMeans(2, n_init=10, random_state=0).fit(vectors).cluster_centers_
    first, second = centres / (np.linalg.norm(centres, axis=1, keepdims=True) + 1e-9)
    return first, second


def _threshold(scores: Vectors) -> float:
    """The middle between the two groups' scores."""
    return float((scores[scores > 0].mean() + scores[scores <= 0].mean()) / 2) if (scores > 0).any() else 0.0


def assign(words: Sequence[Word], voices: Voices, *, stay: float = 1.0) -> list[int]:
    """The voice (0 or 1) of each word: the best path through both, where changing costs ``stay``.

    A change costs a fifth of that after a pause of 0.3 s and two fifths after the end of a sentence.
    """
    scale = float(np.mean(np.abs(voices.scores))) or 1.0
    evidence = [_word_score(w, voices) / scale for w in words]
    best = [0.0, 0.0]
    back: list[tuple[int, int]] = []
    for i, score in enumerate(evidence):
        cost = _change_cost(words[i - 1], words[i], stay) if i else 0.0
        came = (0 if best[0] >= best[1] - cost else 1, 1 if best[1] >= best[0] - cost else 0)
        best = [
            best[came[0]] - cost * (came[0] != 0) - score,
            best[came[1]] - cost * (came[1] != 1) + score,
        ]
        back.append(came)
    path = [0 if best[0] >= best[1] else 1]
    for came in reversed(back[1:]):
        path.append(came[path[-1]])
    return path[::-1]


def _word_score(word: Word, voices: Voices) -> float:
    middle = (word.start + word.end) / 2
    weights = np.clip(SPAN / 2 - np.abs(voices.centres - middle), 0, None)
    if not weights.any():
        return float(voices.scores[np.abs(voices.centres - middle).argmin()])
    return float(np.average(voices.scores, weights=weights))


def _change_cost(before: Word, after: Word, stay: float) -> float:
    if after.start - before.end > 0.3:
        return stay / 5
    return stay * 0.4 if before.text.rstrip().endswith(_SENTENCE_END) else stay
