"""Low-rank adapters (LoRA, Hu et al. 2021): what is taught on top of an encoder that stays as it is.

Every matrix of the encoder's layers gets ``SCALE * up @ down`` added, with ``up`` (rows, rank) and ``down`` (rank, columns).
For the shipped encoder at rank 16 that is a sixteenth of its weights and about as good as teaching all of them
(``docs/comparisons/adapters_and_seeds.py``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize
from transformers import BertModel

SCALE = 2.0
FASTER = 10.0
"""Adapters learn at this many times the rate of full tuning."""

Adapter = Mapping[str, Tensor]
"""``<module>.down`` and ``<module>.up`` for each matrix."""


class _LowRank(nn.Module):
    """A matrix and what is added to it; nothing at first, since ``up`` begins at zero."""

    def __init__(self, rows: int, columns: int, rank: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.empty(rank, columns))
        self.up = nn.Parameter(torch.zeros(rows, rank))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, weight: Tensor) -> Tensor:
        return weight + SCALE * (self.up @ self.down)


def attach(encoder: BertModel, rank: int) -> None:
    """Give every matrix of the layers an adapter; from now on only adapters learn."""
    for parameter in encoder.parameters():
        parameter.requires_grad = False
    for _, linear in list(_matrices(encoder)):
        rows, columns = linear.weight.shape
        parametrize.register_parametrization(linear, "weight", _LowRank(rows, columns, rank))


def detach(encoder: BertModel) -> Adapter:
    """Fold the adapters into the weights and give them back as half-precision tensors."""
    found: dict[str, Tensor] = {}
    for name, linear in list(_matrices(encoder)):
        low_rank = next(part for part in linear.modules() if isinstance(part, _LowRank))
        found[f"{name}.down"] = low_rank.down.detach().half()
        found[f"{name}.up"] = low_rank.up.detach().half()
        parametrize.remove_parametrizations(linear, "weight")
    return found


def joined(first: Adapter, second: Adapter) -> Adapter:
    """One adapter that adds what both add: their ranks side by side."""
    if not first or not second:
        return first or second
    return {
        name: torch.cat([first[name], second[name]], dim=0 if name.endswith(".down") else 1)
        for name in second
    }


def added(adapter: Adapter) -> Iterator[tuple[str, Tensor]]:
    """What the adapter adds, by the names of the encoder's weights, as float32."""
    for name, up in adapter.items():
        if name.endswith(".up"):
            module = name.removesuffix(".up")
            yield f"{module}.weight", SCALE * (up.float() @ adapter[f"{module}.down"].float())


def _matrices(encoder: BertModel) -> Iterator[tuple[str, nn.Linear]]:
    for name, module in encoder.encoder.named_modules(prefix="encoder"):
        if isinstance(module, nn.Linear):
            yield name, module
