"""The course of a training run: batches planned ahead, one optimiser, a checkpoint to go on from."""

from __future__ import annotations

import dataclasses
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from nlp.adapters import FASTER
from nlp.network import ContactNetwork, collate
from nlp.training.augment import roughen
from nlp.training.examples import Example
from nlp.training.fit import Labels, Targets, add_targets, loss_of
from nlp.windows import Window, Windower, batches

CHECKPOINT_SECONDS = 180.0

Progress = Callable[[int, int, float], None]
BatchOfWindows = list[tuple[Window, Example, bool]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a training run depends on besides its data.

    ``epochs`` passes over our own examples, each with another ``extra_share`` of the sentiment reviews mixed
    in. The encoder's rate is small and the batches too: at 1.5e-4 the encoder forgot more than it learned
    (ADR 6). ``word_dropout`` hides that share of the tokens. It stands in for dropout inside the encoder,
    which halves the speed on a processor (measured: 680 against 1,370 tokens/s). ``frozen_layers`` of the
    encoder stay as they are. With an ``adapter_rank`` only low-rank adapters learn, at ten times the rate.
    """

    epochs: int = 6
    batch_tokens: int = 512
    encoder_rate: float = 1e-4
    head_rate: float = 1e-3
    frozen_layers: int = 0
    warm_up: float = 0.1
    extra_share: float = 0.15
    word_dropout: float = 0.1
    adapter_rank: int = 0
    seed: int = 1

    @property
    def tuning_rate(self) -> float:
        """The highest rate of what learns in the encoder."""
        return self.encoder_rate * (FASTER if self.adapter_rank else 1.0)


class Checkpoint:
    """Where an interrupted stage goes on; ``key`` tells whether a file belongs to this very stage."""

    def __init__(self, path: Path, key: str) -> None:
        self.path, self.key = path, key
        self._saved = time.monotonic()

    def restore(self, network: nn.Module, optimiser: torch.optim.Optimizer) -> int:
        """Put network and optimiser where they were; returns the steps done (0: nothing to go on from)."""
        if not self.path.exists():
            return 0
        content = torch.load(self.path, weights_only=True)
        if content["key"] != self.key:
            return 0
        network.load_state_dict(content["network"])
        optimiser.load_state_dict(content["optimiser"])
        return int(content["step"])

    def keep(self, network: nn.Module, optimiser: torch.optim.Optimizer, step: int) -> None:
        """Write the state when the last time is long enough ago; whole or not at all."""
        if time.monotonic() - self._saved < CHECKPOINT_SECONDS:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_suffix(".part")
        state = {"network": network.state_dict(), "optimiser": optimiser.state_dict()}
        torch.save({"key": self.key, "step": step, **state}, part)
        part.replace(self.path)
        self._saved = time.monotonic()

    def done(self) -> None:
        """The stage has ended: nothing is left to go on from."""
        self.path.unlink(missing_ok=True)


def plan_epochs(
    windower: Windower,
    train: Sequence[Example],
    extra: Sequence[Example],
    epochs: int,
    recipe: Recipe,
    marked: Mapping[str, Example] | None = None,
) -> list[BatchOfWindows]:
    """All batches of a stage in order: each epoch holds ``train`` and a share of ``extra``, roughened anew.

    Args:
        marked: redacted forms of examples by id; each time a coin decides between the two, because the
            tagger reads redacted text in a run and any text as a filter.
    """
    rng = random.Random(recipe.seed)
    batches_of_stage: list[BatchOfWindows] = []
    for _ in range(epochs):
        chosen = [(marked or {}).get(e.id, e) if rng.random() < 0.5 else e for e in train]
        batches_of_stage += _epoch(windower, chosen, extra, recipe, rng)
    return batches_of_stage


def _epoch(
    windower: Windower, train: Sequence[Example], extra: Sequence[Example], recipe: Recipe, rng: random.Random
) -> Iterator[BatchOfWindows]:
    drawn = rng.sample(list(extra), int(len(extra) * recipe.extra_share))
    examples = [roughen(example, rng) for example in [*train, *drawn]]
    rng.shuffle(examples)
    cut = windower([example.document for example in examples])
    flat = [
        (_hidden(window, recipe.word_dropout, windower.unknown, rng), example, i == 0)
        for example, ws in zip(examples, cut, strict=True)
        for i, window in enumerate(ws)
    ]
    groups = list(batches([window for window, _, _ in flat], recipe.batch_tokens))
    rng.shuffle(groups)
    for group in groups:
        yield [flat[i] for i in group]


def _hidden(window: Window, share: float, unknown: int, rng: random.Random) -> Window:
    """The window with a share of its words' tokens replaced by the unknown token."""
    inside = {i for piece in window.pieces for i in range(piece.first, piece.last)}
    ids = [unknown if i in inside and rng.random() < share else token for i, token in enumerate(window.ids)]
    return dataclasses.replace(window, ids=ids)


def run_stage(
    network: ContactNetwork,
    plan: Sequence[BatchOfWindows],
    labels: Labels,
    recipe: Recipe,
    progress: Progress,
    padding: int,
    checkpoint: Checkpoint | None = None,
) -> None:
    """Fine-tune ``network`` in place over ``plan`` in bfloat16 autocast.

    Args:
        progress: called with (step, steps, running loss).
        checkpoint: where to go on from after an interruption; removed at the end.
    """
    optimiser = _optimiser(network, recipe)
    steps = len(plan)
    done = checkpoint.restore(network, optimiser) if checkpoint else 0
    network.train()
    _without_dropout(network.encoder)
    torch.manual_seed(recipe.seed + done)
    running = 0.0
    for step, batch in enumerate(plan, 1):
        if step <= done:
            continue
        for group, top in zip(optimiser.param_groups, (recipe.tuning_rate, recipe.head_rate), strict=True):
            group["lr"] = top * _rate(step, steps, recipe.warm_up)
        loss = _loss(network, batch, labels, padding)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        running = 0.95 * running + 0.05 * loss.item() if running else loss.item()
        progress(step, steps, running)
        if checkpoint:
            checkpoint.keep(network, optimiser, step)
    network.eval()
    if checkpoint:
        checkpoint.done()


def _without_dropout(encoder: nn.Module) -> None:
    for module in encoder.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0


def _loss(network: ContactNetwork, batch: BatchOfWindows, labels: Labels, padding: int) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        hidden = network.hidden(collate([window for window, _, _ in batch], padding))
    targets = Targets()
    for row, (window, example, first) in enumerate(batch):
        add_targets(targets, row, window, example, labels, first=first)
    return loss_of(network, hidden, targets, labels)


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
            {"params": encoder, "lr": recipe.tuning_rate},
            {"params": list(network.heads.parameters()), "lr": recipe.head_rate},
        ],
        weight_decay=0.01,
    )
