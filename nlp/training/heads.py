"""The heads fitted to their optimum on the finished encoder.

A linear head over fixed vectors is a convex problem: it can be solved, where a few passes of small steps
leave rare classes far from it (measured: behaviours with a hundred examples had F1 0.0 before, see ADR 5).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from nlp.network import ContactNetwork
from nlp.training.calibrate import SIGMOID_HEADS, SOFTMAX_HEADS, Rows, collect
from nlp.training.examples import Example
from nlp.training.fit import Labels
from nlp.windows import Windower

# the tuned encoder tells its own texts apart, so that small penalties overfit
PENALTIES = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1)
ITERATIONS = 80


def refit_heads(
    network: ContactNetwork,
    windower: Windower,
    labels: Labels,
    train: Sequence[Example],
    dev: Sequence[Example],
    padding: int,
) -> dict[str, float]:
    """Replace every head by the best linear one for ``train``; returns the penalty chosen for each on ``dev``."""
    vectors = collect(network, windower, labels, train, padding, vectors=True)
    held = collect(network, windower, labels, dev, padding, vectors=True)
    chosen = {}
    for head in (*SOFTMAX_HEADS, *SIGMOID_HEADS):
        if head in vectors and head in held:
            tried = [(penalty, _solve(head, vectors[head], penalty, labels)) for penalty in PENALTIES]
            penalty, (weight, bias) = min(tried, key=lambda t, h=head: float(_loss(h, held[h], *t[1])))  # type: ignore[misc]
            with torch.no_grad():
                network.heads[head].weight.copy_(weight)  # type: ignore[operator, union-attr]
                network.heads[head].bias.copy_(bias)  # type: ignore[operator, union-attr]
            chosen[head] = penalty
    return chosen


def _loss(head: str, rows: Rows, weight: Tensor, bias: Tensor) -> Tensor:
    scores = rows.values @ weight.T + bias
    wanted = rows.wanted
    if head in SOFTMAX_HEADS:
        return functional.cross_entropy(scores, wanted)
    return functional.binary_cross_entropy_with_logits(scores, wanted) * wanted.shape[1]


def _solve(head: str, rows: Rows, penalty: float, labels: Labels) -> tuple[Tensor, Tensor]:
    """Weight (classes, width) and bias of the penalised optimum, found on standardised vectors."""
    mean, spread = rows.values.mean(0), rows.values.std(0).clamp(min=1e-5)
    scaled = Rows((rows.values - mean) / spread, rows.wanted, rows.texts)
    weight = torch.zeros(labels.sizes[head], len(mean), requires_grad=True)
    bias = torch.zeros(labels.sizes[head], requires_grad=True)
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=ITERATIONS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = _loss(head, scaled, weight, bias) + penalty * weight.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    found = weight.detach() / spread
    return found, bias.detach() - found @ mean
