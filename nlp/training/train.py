"""``odsluch models train``: from the repository's examples to the shipped artefact in one command."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from models.store import cache_folder
from nlp.artefact import base_encoder, load, packed_encoder, save, write_manifest
from nlp.network import ContactNetwork
from nlp.surface import SurfaceHeads
from nlp.tagging import without_person
from nlp.taxonomy import load_behaviours, load_contact_reasons
from nlp.training.augment import roughen
from nlp.training.calibrate import (
    Costs,
    add_surface,
    choose_thresholds,
    collect,
    fit_calibration,
    texts_asked,
)
from nlp.training.course import Checkpoint, Progress, Recipe, plan_epochs, run_stage
from nlp.training.examples import (
    Example,
    by_split,
    read_folder,
    read_own,
    read_review_reasons,
    read_sentiment_reviews,
    redacted,
)
from nlp.training.fit import Labels
from nlp.training.heads import refit_heads
from nlp.training.surface_fit import fit_surface
from nlp.windows import Windower

REVIEWS_FOR_HEADS = 5000

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What to train from and where to write it.

    ``sentiment_reviews`` are optional PolEmo 2.0 files (CC BY-SA 4.0), read where they lie; ``own`` are a
    user's labelled exports, added to the examples; ``start`` is a tagger to go on from instead of the base.
    """

    examples: Path
    target: Path
    base: str = "e5-small-pl"
    name: str = "contact-tagger"
    version: str = "3"
    sentiment_reviews: tuple[Path, ...] = ()
    own: tuple[Path, ...] = ()
    start: str | None = None
    recipe: Recipe = field(default_factory=Recipe)
    costs: Costs = field(default_factory=Costs)


def train(order: Order, say: Say, progress: Progress) -> Path:
    """Fine-tune, calibrate and write the artefact; returns its folder.

    An interrupted call goes on where it was: the long stage keeps a checkpoint in the cache folder.
    With no epochs the encoder stays as it is, and only heads, calibration and thresholds are made.
    """
    known = load_contact_reasons().codes
    added = [example for path in order.own for example in read_own(path, known)]
    parts = by_split([*read_folder(order.examples), *added], read_splits(order.examples))
    dev = _as_tagged(parts["dev"])
    rated = read_review_reasons(order.examples)
    extra = [e for path in order.sentiment_reviews for e in read_sentiment_reviews(path, path.stem, rated)]
    say(
        f"Przykłady: {len(parts['train'])} uczących, {len(parts['dev'])} do kalibracji, {len(extra)} opinii PolEmo."
    )
    torch.manual_seed(order.recipe.seed)
    encoder, tokenizer, padding = base_encoder(order.base)
    original = {name: value.clone() for name, value in encoder.state_dict().items()}
    labels = Labels(load_contact_reasons().codes, load_behaviours().codes)
    network = ContactNetwork(encoder, labels.sizes)
    windower = Windower(tokenizer)
    stages = _Stages(order, network, windower, labels, padding, progress)
    seen = [*parts["train"], *(e for e in extra if e.primary)]
    say("Etap 1 z 4: głowy powierzchniowe (słowa i n-gramy).")
    surface = stages.surface(seen, extra)
    start = load(order.start) if order.start else None
    if start:
        network.load_state_dict(start.network.state_dict())
    if order.recipe.epochs:
        say("Etap 2 z 4: głowy liniowe na koderze przed dostrojeniem.")
        stages.heads(seen, dev, extra)
        say("Etap 3 z 4: dostrajanie kodera na przykładach i opiniach.")
        stages.encoder(seen, [e for e in extra if not e.primary])
    say("Etap 4 z 4: głowy liniowe na gotowym koderze.")
    stages.heads(seen, dev, extra)
    manifest = _manifest(order, labels, parts, len(extra), start.version if start else None)
    untouched = start and start.base == order.base and not order.recipe.epochs
    packed = packed_encoder(order.start) if order.start and untouched else None
    save(order.target, network, original, manifest, surface, packed)
    say("Kalibracja na osobach piszących, których uczenie nie widziało.")
    _calibrate(order, manifest, labels, dev, padding)
    return order.target


@dataclass(slots=True)
class _Stages:
    """The stages of one order."""

    order: Order
    network: ContactNetwork
    windower: Windower
    labels: Labels
    padding: int
    progress: Progress

    def surface(self, train: Sequence[Example], extra: Sequence[Example]) -> SurfaceHeads:
        """Heads over hashed n-grams, on the same texts as the linear heads."""
        asked = texts_asked(self.windower, self.labels, self._seen(train, extra))
        return fit_surface(asked, self.labels.sizes)

    def encoder(self, train: Sequence[Example], extra: Sequence[Example]) -> None:
        """The encoder and the heads together: our own examples with a share of the reviews."""
        recipe = self.order.recipe
        plan = plan_epochs(self.windower, train, extra, recipe.epochs, recipe, redacted(train))
        key = self._key(recipe, [*train, *extra])
        checkpoint = Checkpoint(cache_folder() / "training" / f"checkpoint-{key}.pt", key)
        run_stage(self.network, plan, self.labels, recipe, self.progress, self.padding, checkpoint)

    def heads(self, train: Sequence[Example], dev: Sequence[Example], extra: Sequence[Example]) -> None:
        """The linear heads that fit best on the encoder as it is."""
        refit_heads(self.network, self.windower, self.labels, self._seen(train, extra), dev, self.padding)

    def _seen(self, train: Sequence[Example], extra: Sequence[Example]) -> list[Example]:
        """Each example twice: redacted where that changes it, and roughened; and some of the reviews."""
        rng = random.Random(self.order.recipe.seed)
        marked = redacted(train)
        twice = [*(marked.get(e.id, e) for e in train), *(roughen(e, rng) for e in train)]
        return [*_as_tagged(twice), *rng.sample(list(extra), min(len(extra), REVIEWS_FOR_HEADS))]

    def _key(self, recipe: Recipe, examples: Sequence[Example]) -> str:
        """Names a stage by everything that its result depends on."""
        depends: dict[str, Any] = {**asdict(recipe), "base": self.order.base, "heads": self.labels.sizes}
        depends["start"] = self.order.start
        depends["examples"] = examples_sha256(examples)
        return hashlib.sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()[:16]


def _as_tagged(examples: Iterable[Example]) -> list[Example]:
    """The examples as the tagger reads them."""
    return [replace(example, document=without_person(example.document)) for example in examples]


def _everything(example: Example) -> list[Any]:
    """Texts and labels of an example in an order that is the same in every process."""
    behaviours = {turn: sorted(codes) for turn, codes in example.behaviours.items()}
    felt = [example.sentiment, example.halves, dict(example.turn_sentiment)]
    return [
        example.id,
        example.document.texts,
        sorted(example.reasons or ()),
        example.primary,
        felt,
        behaviours,
    ]


def _calibrate(
    order: Order, manifest: dict[str, Any], labels: Labels, dev: Sequence[Example], padding: int
) -> None:
    """Calibrate what was written, so that the cost of rounding the weights is part of it."""
    artefact = load(str(order.target))
    collected = collect(artefact.network, Windower(artefact.tokenizer), labels, dev, padding)
    manifest["tagger"]["surface"] = add_surface(collected, artefact.surface) if artefact.surface else {}
    calibration = fit_calibration(collected)
    manifest["tagger"]["calibration"] = asdict(calibration)
    manifest["tagger"]["thresholds"] = choose_thresholds(
        collected, calibration, order.costs, list(labels.reasons)
    )
    write_manifest(order.target, manifest)


def read_splits(folder: Path) -> dict[str, list[str]]:
    """Which writer belongs to which split: ``splits.json`` beside the examples, if there is one."""
    path = folder / "splits.json"
    if not path.exists():
        return {}
    splits: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return splits


def _manifest(
    order: Order, labels: Labels, parts: dict[str, list[Example]], extra: int, start: str | None
) -> dict[str, Any]:
    return {
        "name": order.name,
        "version": order.version,
        "kind": "tagger",
        "base": order.base,
        "license": "Apache-2.0 (adapter and heads); base model MIT",
        "tagger": {
            "sizes": labels.sizes,
            "reasons": list(labels.reasons),
            "behaviours": list(labels.behaviours),
            "taxonomy": load_contact_reasons().key,
            "calibration": {},
            "thresholds": {"leaf": 0.5, "primary": order.costs.primary_threshold},
        },
        "training": {
            "recipe": asdict(order.recipe),
            "start": start,
            "examples": {split: len(examples) for split, examples in parts.items()},
            "sentiment_reviews": extra,
            "data_sha256": {split: examples_sha256(parts[split]) for split in ("train", "dev")},
        },
    }


def examples_sha256(examples: Iterable[Example]) -> str:
    """One hash over texts and labels of all examples, in order."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(json.dumps(_everything(example), ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()
