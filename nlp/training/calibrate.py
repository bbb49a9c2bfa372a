"""From logits to probabilities: temperature and Platt scaling on writers that training never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from torch import Tensor
from torch.nn import functional

from nlp.artefact import Calibration
from nlp.network import ContactNetwork, collate, pool
from nlp.training.examples import Example
from nlp.training.fit import UNSURE, Labels, Targets, add_targets
from nlp.windows import Windower, batches

SOFTMAX_HEADS = ("primary", "sentiment", "turn_sentiment")
SIGMOID_HEADS = ("leaf", "behaviour")
FEW = 30  # with so many examples of a reason its own best threshold counts half


@dataclass(frozen=True, slots=True)
class Costs:
    """What mistakes cost a QA team, in units of one wrong tag; thresholds follow from it.

    A person who tags a contact by hand costs ``manual`` of a wrong tag that goes unnoticed.
    """

    manual: float = 0.75

    @property
    def primary_threshold(self) -> float:
        """Below this probability abstaining is cheaper than guessing: 1 - p > manual."""
        return 1 - self.manual


def collect(
    network: ContactNetwork,
    windower: Windower,
    labels: Labels,
    examples: Sequence[Example],
    padding: int,
    *,
    vectors: bool = False,
) -> dict[str, tuple[Tensor, Tensor]]:
    """Logits (or with ``vectors`` the pooled vectors they are made of) and wanted labels of every head."""
    cut = windower([example.document for example in examples])
    flat = [
        (window, example, i == 0)
        for example, ws in zip(examples, cut, strict=True)
        for i, window in enumerate(ws)
    ]
    found: dict[str, list[tuple[Tensor, Tensor]]] = {}
    with torch.no_grad():
        for group in batches([window for window, _, _ in flat], 4096):
            with torch.autocast("cpu", torch.bfloat16):
                hidden = network.hidden(collate([flat[i][0] for i in group], padding))
            targets = Targets()
            for row, i in enumerate(group):
                add_targets(targets, row, flat[i][0], flat[i][1], labels, first=flat[i][2])
            for head in (*SOFTMAX_HEADS, *SIGMOID_HEADS):
                pairs = getattr(targets, head)
                if pairs:
                    runs, wanted = zip(*pairs, strict=True)
                    pooled = pool(hidden, runs)
                    values = pooled if vectors else network.logits(head, pooled)
                    found.setdefault(head, []).append((values, torch.tensor(wanted)))
    return {
        head: (torch.cat([a for a, _ in rows]), torch.cat([b for _, b in rows]))
        for head, rows in found.items()
    }


def fit_calibration(collected: dict[str, tuple[Tensor, Tensor]]) -> Calibration:
    """One temperature for each softmax head; one slope and a shift for each class of a sigmoid head."""
    temperature = {h: _temperature(*collected[h]) for h in SOFTMAX_HEADS if h in collected}
    platt = {h: _platt(*collected[h]) for h in SIGMOID_HEADS if h in collected}
    return Calibration(
        temperature,
        {h: slope for h, (slope, _) in platt.items()},
        {h: shifts for h, (_, shifts) in platt.items()},
    )


def _temperature(logits: Tensor, wanted: Tensor) -> float:
    def loss(log_temperature: float) -> float:
        return float(functional.cross_entropy(logits / float(np.exp(log_temperature)), wanted))

    return round(float(np.exp(minimize_scalar(loss, bounds=(-2, 2), method="bounded").x)), 4)


def _platt(logits: Tensor, wanted: Tensor) -> tuple[float, list[float]]:
    """Platt scaling with a shift for each class; the penalty keeps rare classes near the common shift."""
    rows, classes = logits.shape
    features = np.concatenate(
        [logits.reshape(-1, 1).numpy(), np.tile(np.eye(classes, dtype=np.float32), (rows, 1))], axis=1
    )
    sure = (wanted.reshape(-1) != UNSURE).numpy()
    model = LogisticRegression(C=1.0, max_iter=500).fit(features[sure], wanted.reshape(-1).numpy()[sure])
    slope, *shifts = model.coef_[0]
    return round(float(slope), 4), [round(float(s + model.intercept_[0]), 4) for s in shifts]


def choose_thresholds(
    collected: dict[str, tuple[Tensor, Tensor]],
    calibration: Calibration,
    costs: Costs,
    codes: Sequence[str],
) -> dict[str, float]:
    """``leaf``: best micro-F1 together with the primary leaf; ``leaf:CODE``: the same for one reason,
    drawn to the common threshold where there are few examples; ``primary``: from the costs."""
    logits, wanted = collected["leaf"]
    leaf = calibration.sigmoid("leaf", logits)
    primary = collected["primary"][0].argmax(1) if "primary" in collected else leaf.argmax(1)
    grid = [round(float(t), 3) for t in np.arange(0.2, 0.85, 0.025)]
    best = max(grid, key=lambda t: _micro_f1(leaf >= t, primary, wanted))
    found = {"leaf": best, "primary": round(costs.primary_threshold, 3), "behaviour": 0.5}
    for i, code in enumerate(codes):
        support = float(wanted[:, i].sum())
        weight = support / (support + FEW)
        own = max(grid, key=lambda t, i=i: _micro_f1((leaf >= t)[:, [i]], None, wanted[:, [i]]))  # type: ignore[misc]
        found[f"leaf:{code}"] = round(weight * own + (1 - weight) * best, 3)
    return found


def _micro_f1(chosen: Tensor, primary: Tensor | None, wanted: Tensor) -> float:
    chosen = chosen.clone()
    if primary is not None:
        chosen[torch.arange(len(primary)), primary] = True
    hits = float((chosen * wanted).sum())
    return 2 * hits / max(float(chosen.sum() + wanted.sum()), 1.0)
