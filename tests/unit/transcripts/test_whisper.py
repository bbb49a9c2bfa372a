"""Where the model runs, which language is believed, and how features are padded; no model is loaded."""

from __future__ import annotations

import ctranslate2
import numpy as np
import pytest

from transcripts.whisper import Device, _language, _padded, best_device


@pytest.mark.parametrize(
    ("threads", "expected"),
    [
        (1, Device("cpu", "int8", 1, 1, 60)),
        (2, Device("cpu", "int8", 2, 1, 60)),
        (5, Device("cpu", "int8", 2, 2, 60)),
    ],
)
def test_two_batches_at_a_time_on_a_cpu(
    monkeypatch: pytest.MonkeyPatch, threads: int, expected: Device
) -> None:
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 0)
    assert best_device(threads) == expected


@pytest.mark.parametrize(
    ("able", "kind"),
    [
        ({"float32", "float16", "int8_float16"}, "float16"),
        ({"float32", "int8_float32"}, "int8_float32"),
        ({"float32"}, "float32"),
    ],
)
def test_a_gpu_is_taken_with_the_best_it_can(
    monkeypatch: pytest.MonkeyPatch, able: set[str], kind: str
) -> None:
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 1)
    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", lambda _device: able)
    assert best_device(4) == Device("cuda", kind, 1, 4, 480)


@pytest.mark.parametrize(
    ("row", "seconds", "language"),
    [
        ([("<|en|>", 0.95), ("<|pl|>", 0.01)], 12.0, "en"),
        ([("<|en|>", 0.95), ("<|pl|>", 0.01)], 2.0, "pl"),  # too short to tell
        ([("<|uk|>", 0.7), ("<|pl|>", 0.05)], 12.0, "pl"),  # not sure
        ([("<|cs|>", 0.82), ("<|pl|>", 0.15)], 12.0, "pl"),  # Polish is possible
        ([("<|pl|>", 0.99), ("<|en|>", 0.0)], 12.0, "pl"),
    ],
)
def test_another_language_is_believed_only_when_it_is_clear(
    row: list[tuple[str, float]], seconds: float, language: str
) -> None:
    assert _language(row, seconds) == language


def test_padding_is_silence() -> None:
    features = np.linspace(-0.5, 1.5, 80 * 10, dtype=np.float32).reshape(80, 10)
    padded = _padded(features, 14)
    assert padded.shape == (80, 14)
    assert np.array_equal(padded[:, :10], features)
    assert np.all(padded[:, 10:] == pytest.approx(-0.5))
    assert _padded(features, 6).shape == (80, 6)
