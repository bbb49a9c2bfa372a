"""Weights on disk: matrices as int8 with one scale for each row, vectors as float16."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, int8

MARK = "#"  # between a tensor's name and which part of it a stored tensor is
SMALLEST = 1e-8


def packed(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors as they are stored, the parts of each as ``<name>#<part>``."""
    return {
        f"{name}{MARK}{part}": stored.contiguous()
        for name, tensor in tensors.items()
        for part, stored in quantise(tensor).items()
    }


def unpacked(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The float32 tensors that :func:`packed` stored; a tensor stored whole, as taggers before had it, stays."""
    parts: dict[str, dict[str, Tensor]] = {}
    for key, tensor in stored.items():
        name, _, part = key.partition(MARK)
        parts.setdefault(name, {})[part or "value"] = tensor
    return {name: restore(found) for name, found in parts.items()}


def quantise(tensor: Tensor) -> dict[str, Tensor]:
    """A matrix as int8 rows with float32 scales, a vector as float16."""
    if tensor.dim() != 2:
        return {"value": tensor.half()}
    scale = (tensor.abs().amax(1, keepdim=True) / 127).clamp(min=SMALLEST)
    return {"int8": (tensor / scale).round().to(int8), "scale": scale.float()}


def restore(parts: Mapping[str, Tensor]) -> Tensor:
    """The float32 tensor that :func:`quantise` took apart."""
    if "value" in parts:
        return parts["value"].float()
    return parts["int8"].float() * parts["scale"]
