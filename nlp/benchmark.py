"""``make bench``: tagging speed beside the naive way, on the same conversations in the same run.

The naive way is one ``transformers`` pipeline call for each turn and task, with the same encoder and
the same heads: reasons and sentiment for a customer's turn, behaviours for an agent's turn.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nlp.tagging import Tagger
from nlp.training.examples import read_folder
from transcripts.conversation import Conversation, Turn

TASKS = {"customer": ("primary", "sentiment"), "agent": ("behaviour",)}


def chats(folder: Path, count: int, turns: int = 12, seed: int = 5) -> Iterator[Conversation]:
    """``count`` chats of ``turns`` turns, customer and agent in turn, drawn from the written conversations.

    Contacts are no turns: they are nearly three times as long as what a customer says at once in a real call.
    """
    by_side: dict[str, list[str]] = {"customer": [], "agent": []}
    for example in read_folder(folder):
        if len(example.document.texts) > 1:
            by_side[example.document.side] += example.document.texts
    rng = random.Random(seed)
    for number in range(count):
        pairs = [("customer", "agent")[i % 2] for i in range(turns)]
        drawn = tuple(Turn(side, rng.choice(by_side[side])) for side in pairs)  # type: ignore[arg-type]
        yield Conversation(f"bench-{number}", "chat", drawn)


def naive_pipelines(tagger: Tagger) -> dict[str, Any]:
    """One text-classification pipeline a task, made of the tagger's own encoder and heads."""
    from transformers import BertForSequenceClassification, PreTrainedTokenizerFast, pipeline

    network = tagger.artefact.network
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=tagger.artefact.tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="</s>"
    )
    found = {}
    for task in ("primary", "sentiment", "behaviour"):
        config = type(network.encoder.config)(**network.encoder.config.to_dict())
        config.num_labels = network.heads[task].out_features
        model = BertForSequenceClassification(config)
        model.bert.load_state_dict(network.encoder.state_dict(), strict=False)
        model.classifier.load_state_dict(network.heads[task].state_dict())
        found[task] = pipeline("text-classification", model=model.eval(), tokenizer=tokenizer, device="cpu")
    return found


def run_naive(pipelines: dict[str, Any], conversations: Sequence[Conversation]) -> float:
    """Seconds for one call for each turn and task."""
    started = time.perf_counter()
    for conversation in conversations:
        for turn in conversation.turns:
            for task in TASKS[turn.speaker]:
                pipelines[task](turn.text, truncation=True, max_length=512)
    return time.perf_counter() - started


def main(arguments: Sequence[str] | None = None) -> int:
    """Print conversations and turns per second of both ways and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=Path, default=Path("models/training"))
    parser.add_argument("--conversations", type=int, default=1000)
    parser.add_argument("--naive", type=int, default=40, help="conversations for the naive way (it is slow)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    tagger = Tagger.load()
    for _ in tagger.tag_many(chats(options.examples, 20, seed=1)):
        pass
    pipelines = naive_pipelines(tagger)
    few = list(chats(options.examples, options.naive))
    run_naive(pipelines, few[:2])
    # half before and half after, so that a machine that slows down meanwhile favours neither
    before = run_naive(pipelines, few[::2])
    started = time.perf_counter()
    count = sum(1 for _ in tagger.tag_many(chats(options.examples, options.conversations)))
    ours = (time.perf_counter() - started) / count
    naive = (before + run_naive(pipelines, few[1::2])) / len(few)
    row = {
        "conversations": count,
        "turns_each": 12,
        "characters_a_turn": round(statistics.mean(len(t.text) for c in few for t in c.turns)),
        "conversations_per_second": round(1 / ours, 1),
        "turns_per_second": round(12 / ours, 1),
        "naive_conversations_per_second": round(1 / naive, 2),
        "naive_turns_per_second": round(12 / naive, 1),
        "times_faster": round(naive / ours, 1),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    if options.json:
        print(json.dumps(row))
    else:
        print("\n".join(f"{key:32s} {value}" for key, value in row.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
