"""What each window teaches: one encoder, all heads, on whatever labels an example has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional

from nlp.network import ContactNetwork, Run, pool, third, whole
from nlp.training.examples import Example
from nlp.windows import Window
from transcripts.tags import SENTIMENTS

UNSURE = 0.5  # teaches neither yes nor no


@dataclass(slots=True)
class Targets:
    """Runs to pool and what each should say, collected over the windows of one batch."""

    primary: list[tuple[Run, int]] = field(default_factory=list)
    leaf: list[tuple[Run, list[float]]] = field(default_factory=list)
    sentiment: list[tuple[Run, int]] = field(default_factory=list)
    turn_sentiment: list[tuple[Run, int]] = field(default_factory=list)
    behaviour: list[tuple[Run, list[float]]] = field(default_factory=list)


class Labels:
    """Class indices of every head."""

    def __init__(self, reasons: Sequence[str], behaviours: Sequence[str]) -> None:
        self.reasons = {code: i for i, code in enumerate(reasons)}
        self.behaviours = {code: i for i, code in enumerate(behaviours)}
        self.sentiments = {code: i for i, code in enumerate(SENTIMENTS)}
        groups = [code.split(".")[0] for code in reasons]
        names = sorted(set(groups), key=groups.index)
        self.group_of = torch.tensor([names.index(group) for group in groups])

    @property
    def sizes(self) -> dict[str, int]:
        """Number of classes of each head."""
        reasons = len(self.reasons)
        sentiments = len(self.sentiments)
        return {
            "primary": reasons,
            "leaf": reasons,
            "sentiment": sentiments,
            "turn_sentiment": sentiments,
            "behaviour": len(self.behaviours),
        }


def many_hot(codes: Iterable[str], index: Mapping[str, int]) -> list[float]:
    """A vector with 1 for each code."""
    vector = [0.0] * len(index)
    for code in codes:
        vector[index[code]] = 1.0
    return vector


def add_targets(
    targets: Targets, row: int, window: Window, example: Example, labels: Labels, *, first: bool
) -> None:
    """What ``window`` teaches. Labels of a whole document are asked of its first window only."""
    run: Run = (row, *whole(window))
    if first and example.primary is not None:
        targets.primary.append((run, labels.reasons[example.primary]))
    if first and example.reasons is not None:
        targets.leaf.append((run, many_hot(example.reasons, labels.reasons)))
    if first and example.sentiment is not None:
        targets.sentiment.append((run, labels.sentiments[example.sentiment]))
    if first and example.halves is not None:
        for label, last in zip(example.halves, (False, True), strict=True):
            if label:
                targets.sentiment.append(((row, *third(window, last=last)), labels.sentiments[label]))
    for piece in window.pieces:
        place: Run = (row, piece.first, piece.last)
        if piece.turn in example.turn_sentiment:
            targets.turn_sentiment.append((place, labels.sentiments[example.turn_sentiment[piece.turn]]))
        if piece.turn in example.behaviours:
            wanted = many_hot(example.behaviours[piece.turn], labels.behaviours)
            for code in example.unsure.get(piece.turn, ()):
                wanted[labels.behaviours[code]] = UNSURE
            targets.behaviour.append((place, wanted))


def loss_of(network: ContactNetwork, hidden: Tensor, targets: Targets, labels: Labels) -> Tensor:
    """The sum of all heads' losses on one batch."""
    losses = [hidden.sum() * 0.0]
    for head in ("primary", "sentiment", "turn_sentiment"):
        pairs = getattr(targets, head)
        if pairs:
            runs, wanted = zip(*pairs, strict=True)
            scores = network.logits(head, pool(hidden, runs))
            losses.append(functional.cross_entropy(scores, torch.tensor(wanted), label_smoothing=0.05))
            if head == "primary":
                losses.append(0.5 * _group_loss(scores, torch.tensor(wanted), labels.group_of))
    for head, weight in (("leaf", 6.0), ("behaviour", 6.0)):
        pairs = getattr(targets, head)
        if pairs:
            runs, vectors = zip(*pairs, strict=True)
            scores = network.logits(head, pool(hidden, runs))
            losses.append(weight * functional.binary_cross_entropy_with_logits(scores, torch.tensor(vectors)))
    return torch.stack(losses).sum()


def _group_loss(scores: Tensor, wanted: Tensor, group_of: Tensor) -> Tensor:
    """Cross-entropy of the group: probabilities of its leaves added up."""
    probabilities = scores.softmax(1)
    groups = torch.zeros(len(scores), int(group_of.max()) + 1).index_add(1, group_of, probabilities)
    return functional.nll_loss(groups.clamp(min=1e-7).log(), group_of[wanted])
