"""Recipe for ``voice-encoder``: the speaker encoder (GE2E, Apache-2.0) that the Resemblyzer wheel carries.

Only the weights are taken, as safetensors; the package's code and its dependencies are not needed, so
``pip install --no-deps Resemblyzer`` is enough.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from models.whisper_base import package_file

Progress = Callable[[str], None]

SOURCE = "Resemblyzer"
CONFIG = {"model_type": "ge2e-lstm", "mel_bands": 40, "hidden_size": 256, "layers": 3, "window_frames": 160}


def build(target: Path, progress: Progress = lambda _: None) -> None:
    """Write ``model.safetensors`` (LSTM and projection, 5.7 MB) and ``config.json`` into ``target``.

    Raises:
        ModelError: the package is missing or incomplete.
    """
    import torch
    from safetensors.torch import save_file

    source = package_file(SOURCE, "/pretrained.pt")
    progress("odczyt wag modelu głosów")
    state = torch.load(source, map_location="cpu", weights_only=True)["model_state"]
    weights = {k: v.contiguous() for k, v in state.items() if k.startswith(("lstm.", "linear."))}
    target.mkdir(parents=True, exist_ok=True)
    save_file(weights, str(target / "model.safetensors"))
    (target / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
