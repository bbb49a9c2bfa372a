"""The shared encoder with one linear head for each question; pure torch, no files.

Every head is linear over the mean of a run of token vectors, so each token's share in a decision is
exact and serves as evidence without a second pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import BertModel

from nlp.windows import Window, padded_length

Run = tuple[int, int, int]  # row in the batch, first token, last token (exclusive)


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded windows: ``ids`` and ``mask`` are (windows, tokens)."""

    ids: Tensor
    mask: Tensor


def collate(windows: Sequence[Window], padding: int) -> Batch:
    """Pad windows to the longest of them, and a few tokens more."""
    longest = max(padded_length(window) for window in windows)
    ids = torch.full((len(windows), longest), padding)
    mask = torch.zeros((len(windows), longest), dtype=torch.long)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = torch.tensor(window.ids)
        mask[row, : len(window.ids)] = 1
    return Batch(ids, mask)


def whole(window: Window) -> tuple[int, int]:
    """The run of all turns in a window."""
    return window.pieces[0].first, window.pieces[-1].last


def third(window: Window, *, last: bool) -> tuple[int, int]:
    """The run of the first (or last) third of a window's turns, at least one turn."""
    count = max(1, round(len(window.pieces) / 3))
    pieces = window.pieces[-count:] if last else window.pieces[:count]
    return pieces[0].first, pieces[-1].last


def text_of(window: Window, run: Run) -> str:
    """What the turns in ``run`` say, a line each."""
    return "\n".join(piece.text for piece in window.pieces if run[1] <= piece.first and piece.last <= run[2])


class ContactNetwork(nn.Module):
    """Encoder and heads. ``sizes`` maps each head's name to its number of classes."""

    def __init__(self, encoder: BertModel, sizes: Mapping[str, int], dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        width = encoder.config.hidden_size
        self.heads = nn.ModuleDict({name: nn.Linear(width, size) for name, size in sizes.items()})

    def hidden(self, batch: Batch) -> Tensor:
        """Token vectors (windows, tokens, width) as float32."""
        states: Tensor = self.encoder(input_ids=batch.ids, attention_mask=batch.mask).last_hidden_state
        return states.float()

    def logits(self, head: str, pooled: Tensor) -> Tensor:
        """Logits (rows, classes) of one head for pooled vectors (rows, width)."""
        result: Tensor = self.heads[head](self.dropout(pooled))
        return result


def pool(hidden: Tensor, runs: Sequence[Run]) -> Tensor:
    """Mean token vector of each run: (runs, width), from ``hidden`` (windows, tokens, width)."""
    rows, firsts, lasts = (torch.tensor(values) for values in zip(*runs, strict=True))
    sums = torch.cat([torch.zeros_like(hidden[:, :1]), hidden.cumsum(1)], dim=1)
    return (sums[rows, lasts] - sums[rows, firsts]) / (lasts - firsts).unsqueeze(1)
