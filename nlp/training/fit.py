"""Fine-tuning: one encoder, all heads, on whatever labels each example has."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional

from nlp.network import ContactNetwork, Run, collate, pool, third, whole
from nlp.training.augment import roughen
from nlp.training.examples import Example
from nlp.windows import Window, Windower, batches
from transcripts.tags import SENTIMENTS


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a training run depends on besides its data."""

    epochs: int = 8
    batch_tokens: int = 2048
    encoder_rate: float = 1.5e-4
    head_rate: float = 2e-3
    frozen_layers: int = 0
    warm_up: float = 0.1
    extra_share: float = 0.25
    seed: int = 1


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
            targets.sentiment.append(((row, *third(window, last=last)), labels.sentiments[label]))
    for piece in window.pieces:
        place: Run = (row, piece.first, piece.last)
        if piece.turn in example.turn_sentiment:
            targets.turn_sentiment.append((place, labels.sentiments[example.turn_sentiment[piece.turn]]))
        if piece.turn in example.behaviours:
            targets.behaviour.append((place, many_hot(example.behaviours[piece.turn], labels.behaviours)))


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


def fit(
    network: ContactNetwork,
    windower: Windower,
    labels: Labels,
    train: Sequence[Example],
    extra: Sequence[Example],
    recipe: Recipe,
    progress: Callable[[int, int, float], None],
    padding: int = 1,
) -> None:
    """Fine-tune ``network`` in place in bfloat16 autocast.

    Args:
        train: our own examples, all used in every epoch.
        extra: many examples of one task (PolEmo); each epoch draws ``extra_share`` of them once.
        progress: called with (step, steps, running loss).
    """
    rng = random.Random(recipe.seed)
    torch.manual_seed(recipe.seed)
    plan = [list(_epoch(windower, train, extra, recipe, rng)) for _ in range(recipe.epochs)]
    steps = sum(len(epoch) for epoch in plan)
    optimiser = _optimiser(network, recipe)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps, recipe.warm_up))
    network.train()
    running = 0.0
    for step, batch in enumerate((batch for epoch in plan for batch in epoch), 1):
        loss = _step(network, batch, labels, padding)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad(set_to_none=True)
        running = 0.95 * running + 0.05 * loss.item() if step > 1 else loss.item()
        progress(step, steps, running)
    network.eval()


BatchOfWindows = list[tuple[Window, Example, bool]]


def _step(network: ContactNetwork, batch: BatchOfWindows, labels: Labels, padding: int) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        hidden = network.hidden(collate([window for window, _, _ in batch], padding))
    targets = Targets()
    for row, (window, example, first) in enumerate(batch):
        add_targets(targets, row, window, example, labels, first=first)
    return loss_of(network, hidden, targets, labels)


def _epoch(
    windower: Windower, train: Sequence[Example], extra: Sequence[Example], recipe: Recipe, rng: random.Random
) -> Iterator[BatchOfWindows]:
    drawn = rng.sample(list(extra), int(len(extra) * recipe.extra_share))
    examples = [roughen(example, rng) for example in [*train, *drawn]]
    rng.shuffle(examples)
    cut = windower([example.document for example in examples])
    flat = [
        (window, example, i == 0)
        for example, ws in zip(examples, cut, strict=True)
        for i, window in enumerate(ws)
    ]
    groups = list(batches([window for window, _, _ in flat], recipe.batch_tokens))
    rng.shuffle(groups)
    for group in groups:
        yield [flat[i] for i in group]


def _rate(step: int, steps: int, warm_up: float) -> float:
    rise = max(1, int(steps * warm_up))
    return step / rise if step < rise else max(0.0, (steps - step) / max(1, steps - rise))


def _optimiser(network: ContactNetwork, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW with two rates; embeddings stay as they are so that they need not be shipped."""
    for parameter in network.encoder.embeddings.parameters():
        parameter.requires_grad = False
    for layer in network.encoder.encoder.layer[: recipe.frozen_layers]:
        for parameter in layer.parameters():
            parameter.requires_grad = False
    encoder = [p for p in network.encoder.parameters() if p.requires_grad]
    return torch.optim.AdamW(
        [
            {"params": encoder, "lr": recipe.encoder_rate},
            {"params": list(network.heads.parameters()), "lr": recipe.head_rate},
        ],
        weight_decay=0.01,
    )
