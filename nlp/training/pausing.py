"""How a training run stops when it is told to, without losing what it has done."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from nlp.training.course import Checkpoint


@dataclass(slots=True)
class Pause:
    """How a run is told to stop: at once, or in the long stage after the present step and its checkpoint."""

    asked: bool = False
    _long: bool = False

    def ask(self, *_: object) -> None:
        """Stop; may be the handler of a signal. Whoever asks again does not want to wait for the checkpoint."""
        if not self._long or self.asked:
            raise KeyboardInterrupt
        self.asked = True

    @contextmanager
    def long_stage(self) -> Iterator[None]:
        """Inside, the stage itself looks whether it was asked to stop."""
        self._long = True
        try:
            yield
        finally:
            self._long = False


class Kept(Checkpoint):
    """A checkpoint that is also written when the run is to stop, and at the end, until the artefact is there."""

    def __init__(self, path: Path, key: str, steps: int, pause: Pause) -> None:
        super().__init__(path, key)
        self._steps, self._pause = steps, pause

    def keep(self, network: nn.Module, optimiser: torch.optim.Optimizer, step: int) -> None:
        """Write the state where it is time, or the last one; then stop, if somebody asked.

        Raises:
            KeyboardInterrupt: somebody asked to stop.
        """
        asked = self._pause.asked  # a signal may come at any moment: what stops here has been saved here
        if asked or step == self._steps:
            self._saved = -math.inf
        super().keep(network, optimiser, step)
        if asked:
            raise KeyboardInterrupt

    def done(self) -> None:
        """The stage has ended, but what follows may be interrupted: the file stays."""
