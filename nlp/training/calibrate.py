"""From logits to probabilities: temperature and Platt scaling on writers that training never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy import sparse
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from torch import Tensor
from torch.nn import functional

from nlp.artefact import TINY, Calibration
from nlp.network import ContactNetwork, Run, collate, pool, text_of
from nlp.surface import SurfaceHeads
from nlp.training.examples import Example
from nlp.training.fit import UNSURE, Labels, Targets, add_targets
from nlp.windows import Window, Windower, batches

SOFTMAX_HEADS = ("primary", "sentiment", "turn_sentiment")
SIGMOID_HEADS = ("leaf", "behaviour")
SURFACE_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
GRID = tuple(round(float(t), 3) for t in np.arange(0.2, 0.85, 0.025))
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


@dataclass(slots=True)
class Rows:
    """What one head is asked: ``values`` (rows, classes or width), wanted labels, and the texts behind them."""

    values: Tensor
    wanted: Tensor
    texts: list[str]


def collect(
    network: ContactNetwork,
    windower: Windower,
    labels: Labels,
    examples: Sequence[Example],
    padding: int,
    *,
    vectors: bool = False,
) -> dict[str, Rows]:
    """Logits (or with ``vectors`` the pooled vectors they are made of) and wanted labels of every head."""
    flat = _windows(windower, examples)
    found: dict[str, list[Rows]] = {}
    with torch.no_grad():
        for group in batches([window for window, _, _ in flat], 4096):
            windows = [flat[i][0] for i in group]
            with torch.autocast("cpu", torch.bfloat16):
                hidden = network.hidden(collate(windows, padding))
            for head, (runs, wanted) in _asked([flat[i] for i in group], labels).items():
                pooled = pool(hidden, runs)
                values = pooled if vectors else network.logits(head, pooled)
                texts = [text_of(windows[run[0]], run) for run in runs]
                found.setdefault(head, []).append(Rows(values, wanted, texts))
    return {head: _joined(parts) for head, parts in found.items()}


def texts_asked(
    windower: Windower, labels: Labels, examples: Sequence[Example]
) -> dict[str, tuple[list[str], Tensor]]:
    """The texts behind every question of every head and the wanted labels, without any network."""
    flat = _windows(windower, examples)
    return {
        head: ([text_of(flat[run[0]][0], run) for run in runs], wanted)
        for head, (runs, wanted) in _asked(flat, labels).items()
    }


def _windows(windower: Windower, examples: Sequence[Example]) -> list[tuple[Window, Example, bool]]:
    cut = windower([example.document for example in examples])
    return [
        (window, example, i == 0)
        for example, ws in zip(examples, cut, strict=True)
        for i, window in enumerate(ws)
    ]


def _asked(
    flat: Sequence[tuple[Window, Example, bool]], labels: Labels
) -> dict[str, tuple[tuple[Run, ...], Tensor]]:
    targets = Targets()
    for row, (window, example, first) in enumerate(flat):
        add_targets(targets, row, window, example, labels, first=first)
    found = {}
    for head in (*SOFTMAX_HEADS, *SIGMOID_HEADS):
        pairs = getattr(targets, head)
        if pairs:
            runs, wanted = zip(*pairs, strict=True)
            found[head] = (runs, torch.tensor(wanted))
    return found


def _joined(parts: Sequence[Rows]) -> Rows:
    return Rows(
        torch.cat([part.values for part in parts]),
        torch.cat([part.wanted for part in parts]),
        [text for part in parts for text in part.texts],
    )


def add_surface(collected: dict[str, Rows], surface: SurfaceHeads) -> dict[str, float]:
    """Add the surface heads' logits in place, each with the weight that fits ``collected`` best; returns the weights."""
    weights = {}
    for head in surface.weights:
        if head in collected:
            rows = collected[head]
            extra = surface.logits(head, surface.features(rows.texts))
            tried = {
                w: _fit(head, Rows(rows.values + w * extra, rows.wanted, rows.texts))[1]
                for w in SURFACE_WEIGHTS
            }
            weights[head] = min(tried, key=lambda w: tried[w])
            rows.values = rows.values + weights[head] * extra
    return weights


def fit_calibration(collected: dict[str, Rows]) -> Calibration:
    """One temperature for each softmax head; one slope and a shift for each class of a sigmoid head.

    Where every example has both, one temperature more for the primary reason read from both heads.
    """
    fitted = {head: _fit(head, rows)[0] for head, rows in collected.items()}
    temperature = {head: float(fit[0]) for head, fit in fitted.items() if head in SOFTMAX_HEADS}
    slope = {head: float(fit[0]) for head, fit in fitted.items() if head in SIGMOID_HEADS}
    shift = {head: list(fit[1]) for head, fit in fitted.items() if head in SIGMOID_HEADS}
    if "primary" in collected and "leaf" in collected:
        primary, leaf = collected["primary"], collected["leaf"]
        if primary.texts == leaf.texts:
            plain = Calibration({**temperature, "joint": 1.0}, slope, shift)
            product = plain.primary(primary.values, leaf.values).clamp(min=TINY).log()
            temperature["joint"] = _temperature(Rows(product, primary.wanted, primary.texts))[0][0]
    return Calibration(temperature, slope, shift)


def _fit(head: str, rows: Rows) -> tuple[tuple[float, list[float]], float]:
    """Temperature (or slope and shifts) that fit best, and the mean loss with them."""
    return _temperature(rows) if head in SOFTMAX_HEADS else _platt(rows)


def _temperature(rows: Rows) -> tuple[tuple[float, list[float]], float]:
    def loss(log_temperature: float) -> float:
        return float(functional.cross_entropy(rows.values / float(np.exp(log_temperature)), rows.wanted))

    found = minimize_scalar(loss, bounds=(-2, 2), method="bounded")
    return (round(float(np.exp(found.x)), 4), []), float(found.fun)


def _platt(rows: Rows) -> tuple[tuple[float, list[float]], float]:
    """Platt scaling with a shift for each class; the penalty keeps rare classes near the common shift.

    Where all answers are the same there is nothing to fit: the logits stay as they are.
    """
    count, classes = rows.values.shape
    classes_of = sparse.vstack([sparse.identity(classes, np.float32, "csr")] * count)
    features = sparse.hstack([rows.values.reshape(-1, 1).numpy(), classes_of]).tocsr()
    wanted = rows.wanted.reshape(-1).numpy()
    sure = wanted != UNSURE
    if len(np.unique(wanted[sure])) < 2:
        return (1.0, [0.0] * classes), 0.0
    model = LogisticRegression(C=1.0, max_iter=500).fit(features[sure], wanted[sure])
    loss = float(log_loss(wanted[sure], model.predict_proba(features[sure])[:, 1]))
    slope, *shifts = model.coef_[0]
    return (round(float(slope), 4), [round(float(s + model.intercept_[0]), 4) for s in shifts]), loss


def choose_thresholds(
    collected: dict[str, Rows],
    calibration: Calibration,
    costs: Costs,
    codes: Sequence[str],
) -> dict[str, float]:
    """``leaf``: best micro-F1 together with the primary leaf; ``leaf:CODE``: the same for one reason,
    drawn to the common threshold where there are few examples; ``behaviour``: best mean F1 over behaviours;
    ``primary``: from the costs. What nobody raised keeps the default."""
    found = {"leaf": 0.5, "primary": round(costs.primary_threshold, 3), "behaviour": 0.5}
    if "leaf" in collected:
        found |= _for_reasons(collected, calibration, codes)
    if "behaviour" in collected and bool((collected["behaviour"].wanted == 1).any()):
        rows = collected["behaviour"]
        acts = calibration.sigmoid("behaviour", rows.values)
        found["behaviour"] = max(GRID, key=lambda t: _mean_f1(acts >= t, rows.wanted))
    return found


def _for_reasons(
    collected: dict[str, Rows], calibration: Calibration, codes: Sequence[str]
) -> dict[str, float]:
    wanted = collected["leaf"].wanted
    leaf = calibration.sigmoid("leaf", collected["leaf"].values)
    primary = leaf.argmax(1)
    if "joint" in calibration.temperature:
        primary = calibration.primary(collected["primary"].values, collected["leaf"].values).argmax(1)
    best = max(GRID, key=lambda t: _micro_f1(leaf >= t, primary, wanted))
    found = {"leaf": best}
    for i, code in enumerate(codes):
        support = float(wanted[:, i].sum())
        weight = support / (support + FEW)
        own = max(GRID, key=lambda t, i=i: _micro_f1((leaf >= t)[:, [i]], None, wanted[:, [i]]))  # type: ignore[misc]
        found[f"leaf:{code}"] = round(weight * own + (1 - weight) * best, 3)
    return found


def _micro_f1(chosen: Tensor, primary: Tensor | None, wanted: Tensor) -> float:
    chosen = chosen.clone()
    if primary is not None:
        chosen[torch.arange(len(primary)), primary] = True
    hits = float((chosen * wanted).sum())
    return 2 * hits / max(float(chosen.sum() + wanted.sum()), 1.0)


def _mean_f1(chosen: Tensor, wanted: Tensor) -> float:
    """Mean F1 of the classes that occur; rows on which readers differ do not count for the class."""
    known = wanted != UNSURE
    hits = (chosen & (wanted == 1)).sum(0)
    sizes = (chosen & known).sum(0) + (wanted == 1).sum(0)
    occurs = (wanted == 1).any(0)
    return float((2 * hits / sizes.clamp(min=1))[occurs].mean())
