"""Full fine-tuning beside low-rank adapters, and several seeds, under one recipe.

    pip install peft
    python docs/comparisons/adapters_and_seeds.py FOLDER --reviews polemo2_text_train.jsonl --epochs 2 \
        --seeds 1 2 3 --ranks 0 16

Rank 0 is full tuning. Everything else is the same for all: the texts, the heads before tuning, and the surface heads of
the shipped tagger. Each run leaves a tagger in FOLDER/rank-R-seed-S (not made again) and a line in FOLDER/figures.jsonl,
measured on the test writers. Adapters learn at ten times the rate of full tuning, as is usual for them.
"""

from __future__ import annotations

import argparse
import json
import time
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora import LoraLayer
from torch import nn

from nlp.artefact import base_encoder, load, save
from nlp.network import ContactNetwork
from nlp.tagging import Tagger
from nlp.taxonomy import load_behaviours, load_contact_reasons
from nlp.training import train as training
from nlp.training.course import Recipe
from nlp.training.evaluate import figures, model_answers
from nlp.training.examples import by_split, read_folder, read_review_reasons, read_sentiment_reviews
from nlp.training.fit import Labels
from nlp.windows import Windower

FASTER = 10.0
MATRICES = ["query", "key", "value", "dense"]


def main() -> None:
    """Every run that is still missing."""
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("--examples", type=Path, default=Path("models/training"))
    asked.add_argument("--reviews", type=Path, required=True)
    asked.add_argument("--epochs", type=int, default=2)
    asked.add_argument("--every", type=int, default=1, help="learn from every n-th example only")
    asked.add_argument("--seeds", type=int, nargs="+", default=[1])
    asked.add_argument("--ranks", type=int, nargs="+", default=[0, 16])
    given = asked.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for rank in given.ranks:
        for seed in given.seeds:
            target = given.folder / f"rank-{rank}-seed-{seed}"
            if not (target / "manifest.json").exists():
                begun = time.monotonic()
                trainable = run(given, target, rank, seed)
                line = {"rank": rank, "seed": seed, "epochs": given.epochs, "every": given.every}
                line |= {"trained_parameters": trainable}
                line |= {"minutes": round((time.monotonic() - begun) / 60, 1), **measured(given, target)}
                with (given.folder / "figures.jsonl").open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
                print(line, flush=True)


def run(given: argparse.Namespace, target: Path, rank: int, seed: int) -> int:
    """Train one tagger as :func:`nlp.training.train.train` does; returns how many weights of the encoder it taught."""
    recipe = replace(Recipe(), epochs=given.epochs, seed=seed)
    if rank:
        recipe = replace(recipe, encoder_rate=recipe.encoder_rate * FASTER)
    order = training.Order(given.examples, target, sentiment_reviews=(given.reviews,), recipe=recipe)
    parts = by_split(read_folder(given.examples), training.read_splits(given.examples))
    reviews = read_sentiment_reviews(given.reviews, given.reviews.stem, read_review_reasons(given.examples))
    dev = training._as_tagged(parts["dev"])
    seen = [*parts["train"], *(e for e in reviews if e.primary)][:: given.every]
    reviews = reviews[:: given.every]
    labels = Labels(load_contact_reasons().codes, load_behaviours().codes)
    torch.manual_seed(seed)
    encoder, tokenizer, padding = base_encoder(order.base)
    base = deepcopy(encoder)
    original = {name: value.clone() for name, value in encoder.state_dict().items()}
    network = ContactNetwork(encoder, labels.sizes)
    stages = training._Stages(order, network, Windower(tokenizer), labels, padding, progress())
    first = given.folder / "first-heads.pt"
    if first.exists():
        network.heads.load_state_dict(torch.load(first, weights_only=True))
    else:
        stages.heads(seen, dev, reviews)
        torch.save(network.heads.state_dict(), first)
    if rank:
        config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=MATRICES)
        network.encoder = inject_adapter_in_model(config, encoder)  # type: ignore[assignment]
    tuned = given.folder / f"rank-{rank}-seed-{seed}.pt"
    if tuned.exists():
        network.load_state_dict(torch.load(tuned, weights_only=True))
    else:
        stages.encoder(seen, [e for e in reviews if not e.primary])
        torch.save(network.state_dict(), tuned)
    trainable = sum(p.numel() for p in network.encoder.parameters() if p.requires_grad)
    if rank:
        network.encoder = merged(network.encoder, base)  # type: ignore[assignment]
    stages.heads(seen, dev, reviews)
    manifest = training._manifest(order, labels, parts, len(reviews), None)
    save(target, network, original, manifest, load("contact-tagger").surface)
    training._calibrate(order, manifest, labels, dev, padding)
    return trainable


def merged(adapted: nn.Module, plain: nn.Module) -> nn.Module:
    """The adapters folded into the weights of ``plain``."""
    for module in adapted.modules():
        if isinstance(module, LoraLayer):
            module.merge()  # type: ignore[operator]
    state = {name.replace(".base_layer", ""): value for name, value in adapted.state_dict().items()}
    plain.load_state_dict({name: state[name] for name in plain.state_dict()})
    return plain.eval()


def progress() -> Any:
    """Says every hundredth step how long the steps take."""
    begun = time.monotonic()

    def say(step: int, steps: int, loss: float) -> None:
        if step % 100 == 0:
            print(f"{step}/{steps} {loss:.2f} {time.monotonic() - begun:.0f} s", flush=True)

    return say


def measured(given: argparse.Namespace, target: Path) -> dict[str, Any]:
    """The headline figures on the test writers."""
    parts = by_split(read_folder(given.examples), training.read_splits(given.examples))
    tagger = Tagger.load(str(target))
    table = figures(parts["test"], model_answers(tagger, parts["test"]), tagger.artefact.behaviours)
    reasons, felt = table["reasons"], table["sentiment"]
    return {
        "n": reasons["n"],
        "primary": reasons["accuracy"],
        "primary_macro_f1": reasons["macro_f1"],
        "group": reasons["group_accuracy"],
        "all_reasons": reasons["all_reasons_micro_f1"],
        "sentiment_n": felt["n"],
        "sentiment": felt["accuracy"],
        "turns": table["behaviours"]["turns"],
        "behaviours": table["behaviours"]["mean_f1"],
    }


if __name__ == "__main__":
    main()
