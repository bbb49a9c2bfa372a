"""Reasons, sentiment and behaviours of conversations: one encoder pass for all questions."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import torch
from torch import Tensor

from nlp.artefact import Artefact, load
from nlp.evidence import Floats, strongest_span
from nlp.gender import as_to_a_man
from nlp.names_hidden import HidesNames, Unnamed
from nlp.network import Run, collate, pool, text_of, third, whole
from nlp.spelling import leaves_out_diacritics, respelled, respellings
from nlp.windows import Document, Part, Window, Windower, batches, documents, ends_of
from transcripts.conversation import Conversation, Span
from transcripts.tags import (
    SENTIMENTS,
    BehaviourTag,
    ReasonTag,
    Sentiment,
    SentimentTag,
    TaggedConversation,
    TurnSentiment,
)

CONVERSATIONS_AT_ONCE = 128
BATCH_TOKENS = 1024  # measured: 5,300 tokens/s against 4,400 with 4,096, since attention stays in the cache
FLOOR = 0.05


@dataclass(slots=True)
class Read:
    """What the heads said about one window (rows are the window's pieces where a head works by turn)."""

    window: Window
    primary: Tensor | None = None
    leaf: Tensor | None = None
    sentiment: Tensor | None = None
    turn_sentiment: Tensor | None = None
    behaviour: Tensor | None = None
    hidden: Tensor | None = None


class Tagger:
    """A loaded artefact that tags conversations in batches of similar length."""

    def __init__(self, artefact: Artefact, *, batch_tokens: int = BATCH_TOKENS) -> None:
        self.artefact = artefact
        self.windower = Windower(artefact.tokenizer)
        self.batch_tokens = batch_tokens
        self.version = artefact.version
        self._hides_names = HidesNames()

    @classmethod
    def load(cls, model: str = "contact-tagger", *, threads: int = 0) -> Tagger:
        """Load a tagger by name; ``threads`` of 0 leaves the choice to torch."""
        if threads:
            torch.set_num_threads(threads)
        return cls(load(model))

    def tag_many(
        self, conversations: Iterable[Conversation], *, redacted: bool = False
    ) -> Iterator[TaggedConversation]:
        """Tag in order, holding a few hundred conversations at a time.

        Args:
            redacted: names were taken out before, so that there are none to hide.
        """
        for chunk in _chunks(conversations, CONVERSATIONS_AT_ONCE):
            yield from self._tag_chunk(
                [Unnamed(c) if redacted else self._hides_names(c) for c in chunk], chunk
            )

    def _tag_chunk(
        self, unnamed: Sequence[Unnamed], chunk: Sequence[Conversation]
    ) -> Iterator[TaggedConversation]:
        owners: list[tuple[int, Document]] = [
            (i, document) for i, one in enumerate(unnamed) for document in _documents(one.conversation)
        ]
        cut = self.windower([document for _, document in owners])
        flat = [
            (owner, window) for (owner, _), windows in zip(owners, cut, strict=True) for window in windows
        ]
        reads: list[list[Read]] = [[] for _ in chunk]
        results: dict[int, Read] = {}
        windows = [window for _, window in flat]
        for group in batches(windows, self.batch_tokens):
            for index, read in zip(group, self._read([windows[i] for i in group]), strict=True):
                results[index] = read
        for index, (owner, _) in enumerate(flat):
            reads[owner].append(results[index])
        for conversation, as_read, found in zip(chunk, unnamed, reads, strict=True):
            yield self._assemble(conversation, as_read, found)

    def _read(self, windows: Sequence[Window]) -> list[Read]:
        network = self.artefact.network
        with torch.inference_mode():
            with torch.autocast("cpu", torch.bfloat16):
                hidden = network.hidden(collate(windows, self.artefact.padding))
            reads = [Read(window) for window in windows]
            customer = [i for i, w in enumerate(windows) if w.side == "customer"]
            agent = [i for i, w in enumerate(windows) if w.side == "agent"]
            if customer:
                self._read_customer(hidden, windows, customer, reads)
            if agent:
                self._by_piece("behaviour", hidden, windows, agent, reads)
        return reads

    def _read_customer(
        self, hidden: Tensor, windows: Sequence[Window], rows: Sequence[int], reads: list[Read]
    ) -> None:
        pooled = pool(hidden, [(row, *whole(windows[row])) for row in rows])
        primary, leaf = self.artefact.logits(("primary", "leaf"), pooled, [windows[row].text for row in rows])
        thirds: list[Run] = []
        for row in rows:
            window = windows[row]
            thirds += [
                (row, *whole(window)),
                (row, *third(window, last=False)),
                (row, *third(window, last=True)),
            ]
        said = [text_of(windows[run[0]], run) for run in thirds]
        (found,) = self.artefact.logits(("sentiment",), pool(hidden, thirds), said)
        sentiment = found.view(len(rows), 3, -1)
        for position, row in enumerate(rows):
            reads[row].primary, reads[row].leaf = primary[position], leaf[position]
            reads[row].sentiment = sentiment[position]
            reads[row].hidden = hidden[row, : len(windows[row].ids)]
        self._by_piece("turn_sentiment", hidden, windows, rows, reads)

    def _by_piece(
        self, head: str, hidden: Tensor, windows: Sequence[Window], rows: Sequence[int], reads: list[Read]
    ) -> None:
        runs = [(row, piece.first, piece.last) for row in rows for piece in windows[row].pieces]
        texts = [piece.text for row in rows for piece in windows[row].pieces]
        (logits,) = self.artefact.logits((head,), pool(hidden, runs), texts)
        for row, part in zip(
            rows, torch.split(logits, [len(windows[row].pieces) for row in rows]), strict=True
        ):
            setattr(reads[row], head, part)

    def _assemble(
        self, conversation: Conversation, unnamed: Unnamed, reads: Sequence[Read]
    ) -> TaggedConversation:
        customer = [read for read in reads if read.window.side == "customer" and read.window.part == "whole"]
        ends: dict[Part, Read] = {}
        for read in reads:
            if read.window.part == "opening":
                ends.setdefault("opening", read)
            elif read.window.part == "ending":
                ends["ending"] = read
        agent = [read for read in reads if read.window.side == "agent"]
        reasons, primary, confidence = self._reasons(unnamed, customer)
        return TaggedConversation(
            conversation,
            reasons,
            primary,
            confidence,
            self._sentiment(customer, ends),
            self._behaviours(agent),
            self.version,
            tuple(one for i, turn in enumerate(conversation.turns) for one in respellings(turn.text, i)),
        )

    def _reasons(
        self, unnamed: Unnamed, reads: Sequence[Read]
    ) -> tuple[tuple[ReasonTag, ...], str | None, float]:
        if not reads:
            return (), None, 0.0
        calibration, thresholds = self.artefact.calibration, self.artefact.thresholds
        weights = _early_weights(reads)
        of_primary = torch.stack([_known(read.primary) for read in reads])
        of_leaf = torch.stack([_known(read.leaf) for read in reads])
        primary = (calibration.primary(of_primary, of_leaf) * weights[:, None]).sum(0)
        leaf = calibration.sigmoid("leaf", of_leaf).amax(0)
        best = int(primary.argmax())
        confidence = float(primary[best])
        decided = confidence >= thresholds["primary"]
        bars = [thresholds.get(f"leaf:{code}", thresholds["leaf"]) for code in self.artefact.reasons]
        chosen = {i for i, bar in enumerate(bars) if float(leaf[i]) >= bar} | ({best} if decided else set())
        tags = []
        for i in sorted(chosen, key=lambda i: (-(i == best), -float(leaf[i]))):
            sure = max(float(leaf[i]), confidence) if i == best else float(leaf[i])
            tags.append(
                ReasonTag(self.artefact.reasons[i], min(sure, 1.0), self._evidence(unnamed, reads, i))
            )
        return tuple(tags), self.artefact.reasons[best] if decided else None, confidence

    def _evidence(self, unnamed: Unnamed, reads: Sequence[Read], label: int) -> tuple[Span, ...]:
        weight = self.artefact.network.heads["leaf"].weight[label].detach()  # type: ignore[union-attr, index]
        strongest = max(reads, key=lambda read: float(_known(read.leaf)[label]))
        shares = (_known(strongest.hidden) @ weight).numpy().astype(np.float32)
        turns = unnamed.conversation.turns
        texts = {piece.turn: turns[piece.turn].text for piece in strongest.window.pieces}
        shares += self._surface_shares(strongest.window, label)
        found = strongest_span(strongest.window, shares, texts)
        return (unnamed.as_given(found[0]),) if found else ()

    def _surface_shares(self, window: Window, label: int) -> Floats:
        """Each token's part of the surface logit, on the scale of the encoder's shares (a mean over tokens)."""
        shares = np.zeros(len(window.ids), np.float32)
        surface, weight = self.artefact.surface, self.artefact.surface_weights.get("leaf", 0.0)
        if surface is None or not weight:
            return shares
        scale = weight * sum(piece.last - piece.first for piece in window.pieces)
        texts = [piece.text for piece in window.pieces]
        for piece, words in zip(window.pieces, surface.word_shares("leaf", label, texts), strict=True):
            begin = window.offsets[piece.first][0]
            starts = [window.offsets[position][0] - begin for position in range(piece.first, piece.last)]
            for start, end, share in words:
                first, last = bisect_left(starts, start), bisect_left(starts, end)
                if last > first:
                    shares[piece.first + first : piece.first + last] += scale * share / (last - first)
        return shares

    def _sentiment(self, reads: Sequence[Read], ends: Mapping[Part, Read]) -> SentimentTag | None:
        """How the customer felt; start and end by ``ends`` where they were read alone, else by thirds.

        Opening and ending count once more in the whole: a matter told in anger and settled is remembered as both.
        """
        if not reads:
            return None
        calibration = self.artefact.calibration
        sizes = torch.tensor([float(len(read.window.ids)) for read in reads])
        stacked = calibration.softmax("sentiment", torch.stack([_known(read.sentiment) for read in reads]))
        overall = (stacked[:, 0] * (sizes / sizes.sum())[:, None]).sum(0)
        start, end = stacked[0, 1], stacked[-1, 2]
        if ends:
            alone = torch.stack([_known(ends[part].sentiment)[0] for part in ("opening", "ending")])
            start, end = calibration.softmax("sentiment", alone)
        overall = (overall + start + end) / 3
        return SentimentTag(
            _label(overall),
            _label(start),
            _label(end),
            _score(overall),
            float(overall.max()),
            self._turns(reads),
        )

    def _turns(self, reads: Sequence[Read]) -> tuple[TurnSentiment, ...]:
        found: dict[int, Tensor] = {}
        for read in reads:
            probabilities = self.artefact.calibration.softmax("turn_sentiment", _known(read.turn_sentiment))
            for piece, row in zip(read.window.pieces, probabilities, strict=True):
                found.setdefault(piece.turn, row)
        return tuple(TurnSentiment(turn, _label(row), _score(row)) for turn, row in sorted(found.items()))

    def _behaviours(self, reads: Sequence[Read]) -> tuple[BehaviourTag, ...]:
        strongest: dict[tuple[int, int], float] = {}
        for read in reads:
            probabilities = self.artefact.calibration.sigmoid("behaviour", _known(read.behaviour))
            for piece, row in zip(read.window.pieces, probabilities.tolist(), strict=True):
                for index, value in enumerate(row):
                    if value >= FLOOR:
                        key = (piece.turn, index)
                        strongest[key] = max(value, strongest.get(key, 0.0))
        codes = self.artefact.behaviours
        return tuple(BehaviourTag(turn, codes[i], value) for (turn, i), value in sorted(strongest.items()))


def _chunks(items: Iterable[Conversation], size: int) -> Iterator[tuple[Conversation, ...]]:
    iterator = iter(items)
    while chunk := tuple(itertools.islice(iterator, size)):
        yield chunk


def _known(value: Tensor | None) -> Tensor:
    if value is None:
        raise ValueError("this window was not read by that head")
    return value


def _documents(conversation: Conversation) -> list[Document]:
    sides = [without_person(side) for side in documents(conversation)]
    return sides + [end for side in sides if side.side == "customer" for end in ends_of(side)]


def without_person(document: Document) -> Document:
    """What the agent says, whoever says it: misspelled words as they were meant, forms as of a man to a man.

    Behaviours belong to whole turns, so that no place in the text is needed. The customer's side stays as it is.
    """
    if document.side == "customer":
        return document
    plain = leaves_out_diacritics("".join(document.texts))
    texts = (as_to_a_man(respelled(text, plain=plain)) or text for text in document.texts)
    return replace(document, texts=tuple(texts))


def _early_weights(reads: Sequence[Read]) -> Tensor:
    """Customers say early why they came: each later window counts half of the one before."""
    weights = torch.tensor([0.5**i for i in range(len(reads))])
    return weights / weights.sum()


def _label(probabilities: Tensor) -> Sentiment:
    return cast(Sentiment, SENTIMENTS[int(probabilities.argmax())])


def _score(probabilities: Tensor) -> float:
    return float(probabilities[SENTIMENTS.index("positive")] - probabilities[SENTIMENTS.index("negative")])
