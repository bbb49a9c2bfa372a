"""Whether scores depend on who speaks: conversations beside their counterfactual twins, by criterion and kind of swap.

Both go the whole way: redaction, tags, the channel's scorecard. A swap changes nothing that any criterion asks about, so
every difference is an error of one of these steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlp.twins import KINDS, Names, twins
from qa.ports import Redacting, Tagging
from qa.services.boards.figures import Average, Moments, average_difference
from qa.services.judging.trust import Share
from qa.services.workspace import Progress, Unwatched
from scorecards import CriterionResult, Evaluation, Scorecard, score
from transcripts.conversation import Conversation, Span
from transcripts.tags import TaggedConversation

EXAMPLES = 5
UNCHANGED = "unchanged"  # the same conversation tagged in other company: what arithmetic alone changes
MOST = 0.02
UNDECIDED = ("review", "na")


@dataclass(slots=True)
class Counts:
    """Outcomes of one criterion, or of all, under one kind of swap.

    ``to_fail`` and ``to_pass`` say which way a changed outcome went; ``review`` and ``na`` stand between fail and pass, and
    a change between those two goes nowhere. ``flipped`` counts those that went from pass to fail or back.
    """

    n: int = 0
    changed: int = 0
    to_fail: int = 0
    to_pass: int = 0
    flipped: int = 0
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def add(self, before: CriterionResult, after: CriterionResult, conversation: str) -> bool:
        """Count one criterion of one conversation; whether its outcome changed."""
        old, new = _named(before), _named(after)
        self.n += 1
        self.outcomes[old, new] += 1
        if old == new:
            return False
        self.changed += 1
        self.to_fail += _standing(after) < _standing(before)
        self.to_pass += _standing(after) > _standing(before)
        self.flipped += {before.outcome, after.outcome} == {"pass", "fail"}
        if len(self.examples) < EXAMPLES and conversation not in self.examples:
            self.examples.append(conversation)
        return True

    def as_dict(self) -> dict[str, Any]:
        """For JSON; examples are ids of conversations."""
        return {
            "n": self.n,
            "changed": Share(self.changed, self.n).as_dict(),
            "to_fail": self.to_fail,
            "to_pass": self.to_pass,
            "flipped": self.flipped,
            "outcomes": [
                {"before": old, "after": new, "n": n}
                for (old, new), n in sorted(self.outcomes.items())
                if old != new
            ],
            "examples": self.examples,
        }


def _named(result: CriterionResult) -> str:
    return result.outcome if result.level is None else f"{result.outcome} {result.level}"


def _standing(result: CriterionResult) -> tuple[float, int]:
    """The order of outcomes: fail, then what is not decided, then pass; a level within its outcome."""
    place = {"fail": 0.0, "pass": 1.0}.get(result.outcome, 0.5)
    return place, result.level or 0


@dataclass(slots=True)
class Swapped:
    """One kind of swap: ``conversations`` whose words it changes, ``touched`` of them with any other outcome.

    ``difference`` is the mean of score after less score before, in pairs that have both, with its 95 % interval;
    ``gained`` and ``lost`` count pairs in which only the one after, or only the one before, has a score.
    """

    kind: str
    most: float
    conversations: int = 0
    touched: int = 0
    total: Counts = field(default_factory=Counts)
    criteria: dict[str, Counts] = field(default_factory=dict)
    scores: Moments = field(default_factory=Moments)
    gained: int = 0
    lost: int = 0

    @property
    def changed(self) -> Share:
        """Of all outcomes."""
        return Share(self.total.changed, self.total.n)

    @property
    def over(self) -> bool:
        """Whether more outcomes change than the bar allows."""
        return (self.changed.value or 0.0) > self.most

    @property
    def difference(self) -> Average:
        """Mean change of the score with its interval."""
        return average_difference(self.scores)

    def add(self, before: Evaluation, after: Evaluation, conversation: str) -> None:
        """Count one pair."""
        self.conversations += 1
        found = [
            (
                self.criteria.setdefault(old.id, Counts()).add(old, new, conversation),
                self.total.add(old, new, conversation),
            )
            for old, new in zip(before.criteria, after.criteria, strict=True)
        ]
        self.touched += any(changed for changed, _ in found)
        if before.score is None or after.score is None:
            self.gained += before.score is None and after.score is not None
            self.lost += before.score is not None and after.score is None
            return
        apart = after.score - before.score
        self.scores += Moments(1, apart, apart * apart)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        mean = self.difference
        return {
            "kind": self.kind,
            "conversations": Share(self.touched, self.conversations).as_dict(),
            **self.total.as_dict(),
            "over": self.over,
            "score": {
                "difference": mean.mean, "low": mean.low, "high": mean.high, "n": mean.n,
                "gained": self.gained, "lost": self.lost,
            },
            "criteria": {name: counts.as_dict() for name, counts in self.criteria.items()},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """The way of a conversation to its evaluation; without ``redacts`` the texts are judged as they are."""

    redactor: Redacting
    tagger: Tagging
    card_of: Callable[[str], Scorecard | None]
    redacts: bool = True

    def names(self, conversation: Conversation) -> Iterable[Span]:
        """Where people are named."""
        found = self.redactor.redact(conversation).redactions
        return [Span(r.turn, r.start, r.end) for r in found if r.type == "PERSON"]

    def judged(self, conversations: Sequence[Conversation]) -> list[Evaluation]:
        """The evaluations in order; what is the same after redaction is tagged once."""
        ready = [self.redactor.redact(c).conversation if self.redacts else c for c in conversations]
        unlike: list[Conversation] = []
        for one in ready:
            if one not in unlike:
                unlike.append(one)
        tagged = list(self.tagger.tag_many(unlike, redacted=self.redacts))
        return [self._scored(tagged[unlike.index(one)]) for one in ready]

    def again(self, conversation: Conversation) -> Evaluation:
        """The evaluation of a conversation that is tagged alone."""
        ready = self.redactor.redact(conversation).conversation if self.redacts else conversation
        (tagged,) = self.tagger.tag_many([ready], redacted=self.redacts)
        return self._scored(tagged)

    def _scored(self, tagged: TaggedConversation) -> Evaluation:
        card = self.card_of(tagged.conversation.channel)
        if card is None:
            raise LookupError(tagged.conversation.channel)
        return score(card, tagged)


@dataclass(frozen=True, slots=True)
class Fairness:
    """The figures of each kind, in the order of the kinds; ``without`` counts conversations by channels without a card."""

    conversations: int
    cards: tuple[str, ...]
    most: float
    kinds: tuple[Swapped, ...]
    without: Mapping[str, int]

    @property
    def over(self) -> tuple[str, ...]:
        """The kinds of swap that change more outcomes than the bar allows."""
        return tuple(kind.kind for kind in self.kinds if kind.over)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "conversations": self.conversations,
            "scorecards": list(self.cards),
            "bar": self.most,
            "over": list(self.over),
            "without_card": dict(self.without),
            "kinds": [kind.as_dict() for kind in self.kinds],
        }


def fairness(
    conversations: Iterable[Conversation], way: Way, most: float = MOST, progress: Progress | None = None
) -> Fairness:
    """Judge conversations and their twins."""
    watched = progress or Unwatched()
    kinds = {kind: Swapped(kind, most) for kind in (UNCHANGED, *KINDS)}
    cards: set[str] = set()
    without: Counter[str] = Counter()
    n = 0
    for conversation in conversations:
        card = way.card_of(conversation.channel)
        if card is None:
            without[conversation.channel] += 1
            continue
        n += 1
        cards.add(card.key)
        for kind, before, after in _compared(conversation, way):
            kinds[kind].add(before, after, conversation.id)
        watched.advance(1)
    return Fairness(n, tuple(sorted(cards)), most, tuple(kinds.values()), dict(without))


def _compared(conversation: Conversation, way: Way) -> Iterator[tuple[str, Evaluation, Evaluation]]:
    """The kinds that change this conversation's words, with both evaluations."""
    names: Names = way.names
    pairs = twins(conversation, names)
    texts = [conversation, *(one for pair in pairs.values() for one in (pair.before, pair.after))]
    judged = way.judged(texts)
    yield UNCHANGED, judged[0], way.again(conversation)
    for place, kind in enumerate(pairs):
        yield kind, judged[1 + 2 * place], judged[2 + 2 * place]
