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

from models.store import cache_folder, resolve
from nlp.adapters import Adapter, attach, detach, joined
from nlp.artefact import (
    Artefact,
    ArtefactError,
    base_encoder,
    load,
    nothing_packed,
    packed_adapter,
    packed_encoder,
    save,
    write_manifest,
)
from nlp.names_hidden import HidesNames
from nlp.network import ContactNetwork
from nlp.surface import SurfaceHeads
from nlp.tagging import without_person
from nlp.taxonomy import load_behaviours, load_contact_reasons
from nlp.training.augment import roughen
from nlp.training.calibrate import (
    SIGMOID_HEADS,
    SOFTMAX_HEADS,
    Costs,
    add_surface,
    choose_thresholds,
    collect,
    fit_calibration,
    texts_asked,
)
from nlp.training.course import Checkpoint, Progress, Recipe, plan_epochs, run_stage
from nlp.training.examples import Example, redacted
from nlp.training.fit import Labels
from nlp.training.gathering import gather, only, taught
from nlp.training.heads import refit_heads
from nlp.training.pausing import Kept, Pause
from nlp.training.shares import read_splits as read_splits
from nlp.training.surface_fit import NEVER, fit_surface
from nlp.training.target import CARD, SHIPPED, check_target, outdated_card, version_of
from nlp.windows import Windower
from transcripts.tags import SENTIMENTS

REVIEWS_FOR_HEADS = 7000  # all of PolEmo 2.0 train; a larger export is sampled
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What to train from and where to write it.

    ``sentiment_reviews`` are optional PolEmo 2.0 files (CC BY-SA 4.0), read where they lie; ``own`` are a
    user's labelled exports, added to the examples; ``start`` is a tagger to go on from instead of the base.
    Without a ``version`` data and recipe decide on it. A finished tagger in ``target`` stays unless ``overwrite``.
    """

    examples: Path
    target: Path
    base: str = "e5-small-pl"
    name: str = SHIPPED
    version: str | None = None
    sentiment_reviews: tuple[Path, ...] = ()
    own: tuple[Path, ...] = ()
    start: str | None = None
    recipe: Recipe = field(default_factory=Recipe)
    costs: Costs = field(default_factory=Costs)
    overwrite: bool = False


def train(order: Order, say: Say, progress: Progress, pause: Pause | None = None) -> Path:
    """Fine-tune, calibrate and write the artefact; returns its folder.

    An interrupted call goes on where it was: the long stage keeps a checkpoint in the cache folder.
    With no epochs the encoder stays as it is, and only heads, calibration and thresholds are made.

    Raises:
        ExampleError: texts or labels that cannot be used, or too few; before any training.
        ArtefactError, ModelError: a base, a start or a target that cannot be used; before any training.
    """
    check_target(order.target, overwrite=order.overwrite)
    parts, extra = gather(order.examples, order.own, order.sentiment_reviews, say, start=bool(order.start))
    dev = _as_tagged(parts["dev"])
    torch.manual_seed(order.recipe.seed)
    encoder, tokenizer, padding = base_encoder(order.base)
    original = {name: value.clone() for name, value in encoder.state_dict().items()}
    labels = Labels(load_contact_reasons().codes, load_behaviours().codes)
    network = ContactNetwork(encoder, labels.sizes)
    start = _start(order, labels, network)
    stages = _Stages(order, network, Windower(tokenizer), labels, padding, progress, pause or Pause())
    seen = [*parts["train"], *(e for e in extra if e.primary)]
    say("Etap 1 z 4: głowy powierzchniowe (słowa i n-gramy).")
    surface = stages.surface(seen, extra)
    if start:
        network.load_state_dict(start.network.state_dict())
    stages.fit(seen, dev, extra, say)
    _silence(network, set(start.network.heads) if start else taught([*seen, *extra]))
    manifest = _manifest(order, labels, parts, len(extra), start.version if start else None, _reviews(extra))
    packed, adapter = _kept(order, start, stages.adapter)
    card = outdated_card(order.target)
    save(order.target, network, original, manifest, surface, packed, adapter)
    say("Kalibracja na osobach piszących, których uczenie nie widziało.")
    _calibrate(order, manifest, labels, dev, padding)
    stages.finish()
    _put_aside(order, manifest, card, say)
    return order.target


def _start(order: Order, labels: Labels, network: ContactNetwork) -> Artefact | None:
    """The tagger to go on from, if any; one with other labels or of another shape is refused."""
    if not order.start:
        return None
    start = load(order.start)
    if (start.reasons, start.behaviours) != (tuple(labels.reasons), tuple(labels.behaviours)):
        raise ArtefactError(
            f"Tagger {order.start} zna inne etykiety niż obecna taksonomia: zacznij od samego kodera."
        )
    shapes = [{k: v.shape for k, v in one.state_dict().items()} for one in (network, start.network)]
    if shapes[0] != shapes[1]:
        raise ArtefactError(f"Tagger {order.start} stoi na innym koderze: podaj --base {start.base}.")
    return start


def _kept(order: Order, start: Artefact | None, taught: Adapter) -> tuple[bytes | None, Adapter]:
    """The encoder's file where it stays as it was, and the adapters on top of it; none where all of it was taught."""
    if order.recipe.epochs and not order.recipe.adapter_rank:
        return None, {}
    if not order.start or start is None:
        return (nothing_packed(), taught) if taught else (None, {})
    if start.base != order.base:
        return None, {}
    return packed_encoder(order.start), joined(packed_adapter(order.start), taught)


def _silence(network: ContactNetwork, taught: set[str]) -> None:
    """A head that no example taught asserts nothing, instead of what chance made it say."""
    for head, linear in network.heads.items():
        weight, bias = linear.state_dict()["weight"], linear.state_dict()["bias"]
        if head not in taught or not bool(weight.isfinite().all() and bias.isfinite().all()):
            weight.zero_()
            bias.fill_(NEVER if head in SIGMOID_HEADS else 0.0)
            if len(bias) == len(SENTIMENTS) and head in SOFTMAX_HEADS:
                bias[SENTIMENTS.index("neutral")] = 0.01


def _reviews(extra: Sequence[Example]) -> str | None:
    return examples_sha256(extra) if extra else None


def _put_aside(order: Order, manifest: dict[str, Any], card: Path | None, say: Say) -> None:
    """The card of the tagger that was here describes another one now."""
    if card and card.name != f"CARD-{manifest['name']}@{manifest['version']}.md":
        (order.target / CARD).replace(card)
        say(f"Karta {CARD} opisywała poprzedni tagger: jest teraz w {card.name}.")


@dataclass(slots=True)
class _Stages:
    """The stages of one order."""

    order: Order
    network: ContactNetwork
    windower: Windower
    labels: Labels
    padding: int
    progress: Progress
    pause: Pause | None = None
    checkpoint: Checkpoint | None = None
    adapter: Adapter = field(default_factory=dict)

    def surface(self, train: Sequence[Example], extra: Sequence[Example]) -> SurfaceHeads:
        """Heads over hashed n-grams, on the same texts as the linear heads."""
        asked = texts_asked(self.windower, self.labels, self._seen(train, extra))
        return fit_surface(asked, self.labels.sizes)

    def fit(
        self, seen: Sequence[Example], dev: Sequence[Example], extra: Sequence[Example], say: Say
    ) -> None:
        """Heads (unless a tagger to start from has them), the encoder and heads again; without epochs the heads alone."""
        if self.order.recipe.epochs:
            if not self.order.start:
                say("Etap 2 z 4: głowy liniowe na koderze przed dostrojeniem.")
                self.heads(seen, dev, extra)
            say("Etap 3 z 4: dostrajanie kodera na przykładach i opiniach.")
            self.encoder(seen, [e for e in extra if not e.primary])
        say("Etap 4 z 4: głowy liniowe na gotowym koderze.")
        self.heads(seen, dev, extra)

    def encoder(self, train: Sequence[Example], extra: Sequence[Example]) -> None:
        """The encoder and the heads together: our own examples with a share of the reviews."""
        recipe = self.order.recipe
        plan = plan_epochs(self.windower, train, extra, recipe.epochs, recipe, redacted(train))
        key = self._key(recipe, [*train, *extra])
        path = cache_folder() / "training" / f"checkpoint-{key}.pt"
        pause = self.pause or Pause()
        if recipe.adapter_rank:
            attach(self.network.encoder, recipe.adapter_rank)
        self.checkpoint = Kept(path, key, len(plan), pause) if self.pause else Checkpoint(path, key)
        with pause.long_stage():
            run_stage(self.network, plan, self.labels, recipe, self.progress, self.padding, self.checkpoint)
            if pause.asked:  # after the last step, or when all had been done before
                raise KeyboardInterrupt
        if recipe.adapter_rank:
            self.adapter = detach(self.network.encoder)

    def finish(self) -> None:
        """The artefact is written: nothing is left to go on from."""
        if self.checkpoint:
            self.checkpoint.path.unlink(missing_ok=True)

    def heads(self, train: Sequence[Example], dev: Sequence[Example], extra: Sequence[Example]) -> None:
        """The linear heads that fit best on the encoder as it is; where dev asks nothing, what was seen decides."""
        seen = self._seen(train, extra)
        lacking = taught(seen) - taught(dev)
        held = [*dev, *(only(e, lacking) for e in seen if lacking & taught([e]))]
        refit_heads(self.network, self.windower, self.labels, seen, held, self.padding)

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
    hide_names = HidesNames()
    read = []
    for example in examples:
        turns = hide_names(example.conversation).conversation.turns
        unnamed = example.with_texts(turns[i].text for i in example.document.turns)
        read.append(replace(unnamed, document=without_person(unnamed.document)))
    return read


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
    artefact = load(str(order.target.absolute()))  # a bare name could be a shipped model's
    collected = collect(artefact.network, Windower(artefact.tokenizer), labels, dev, padding)
    manifest["tagger"]["surface"] = add_surface(collected, artefact.surface) if artefact.surface else {}
    calibration = fit_calibration(collected)
    manifest["tagger"]["calibration"] = asdict(calibration)
    manifest["tagger"]["thresholds"] = choose_thresholds(
        collected, calibration, order.costs, list(labels.reasons)
    )
    write_manifest(order.target, manifest)


def _manifest(
    order: Order,
    labels: Labels,
    parts: dict[str, list[Example]],
    extra: int,
    start: str | None,
    reviews: str | None = None,
) -> dict[str, Any]:
    hashes = {split: examples_sha256(parts[split]) for split in ("train", "dev")}
    manifest: dict[str, Any] = {
        "name": order.name,
        "version": "",
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
            "data_sha256": hashes | ({"reviews": reviews} if reviews else {}),
        },
    }
    manifest["version"] = order.version or version_of(manifest, resolve(order.base).revision)
    return manifest


def examples_sha256(examples: Iterable[Example]) -> str:
    """One hash over texts and labels of all examples, in order."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(json.dumps(_everything(example), ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()
