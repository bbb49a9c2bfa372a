"""What a draft scorecard would change: stored conversations judged by it and by the card in use. Nothing is written.

Both cards judge the same stored tags now, so that only the cards differ, not the versions of checks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.services.boards.figures import Average, Moments, average, average_difference
from qa.services.judging.answers import word_of
from qa.services.judging.trust import Share
from qa.services.workspace import Progress, Unwatched
from qa.storage.batches import in_batches
from qa.storage.results import older, taggings_of
from qa.storage.tables import ConversationRow, TaggingRow
from scorecards import CriterionResult, Evaluation, Scorecard
from scorecards.engine import score_view
from scorecards.view import View
from transcripts.conversation import ConversationError
from transcripts.serialise import WARSAW
from transcripts.tags import TaggedConversation
from transcripts.tags_json import tagged_from_dict

BATCH = 200
EXAMPLES = 5
ABSENT = "absent"  # the outcome of a criterion that one of the cards does not have


@dataclass(frozen=True, slots=True)
class Example:
    """A conversation in which a criterion gets another answer: an outcome, or the number of a level."""

    conversation_id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Rescored:
    """A conversation that gets another score."""

    conversation_id: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class CriterionChange:
    """Old answers against new ones: outcomes, or numbers of levels; ``absent`` where a card lacks the criterion.

    ``changed`` counts another outcome, or another level of the same scale: a card that begins to ask for degrees has
    changed nothing by that alone.
    """

    id: str
    name: str
    outcomes: Mapping[tuple[str, str], int]
    changed: Share
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What the draft would change among the stored conversations of some channels since a day.

    ``conversations`` is how many there are; with a limit, fewer of them were judged (``changed.whole``), drawn at random.
    ``changed`` counts conversations with another score or another outcome of a criterion that both cards have,
    ``rescored`` those with another score. ``before`` and ``after`` are mean scores, ``difference`` is the mean change
    of those that have both, with its 95 % interval; ``gained`` and ``lost`` count conversations that get a score only
    under the draft, or only without it. ``unreadable`` counts stored tags that cannot be read.
    """

    draft: str
    against: str
    since: str
    channels: tuple[str, ...]
    conversations: int
    changed: Share
    rescored: Share
    before: Average
    after: Average
    difference: Average
    gained: int
    lost: int
    unreadable: int
    criteria: tuple[CriterionChange, ...]
    examples: tuple[Rescored, ...]


def preview(
    session: Session,
    draft: Scorecard,
    against: Scorecard,
    channels: Sequence[str],
    since: date,
    limit: int | None = None,
    progress: Progress | None = None,
) -> Preview:
    """Judge the current conversations of these channels since that day (in Warsaw) by both cards.

    With ``limit`` at most so many, drawn at random, the same ones every time.
    """
    watched = progress or Unwatched()
    known = _digests(session, channels, since)
    digests = known[:limit]  # in the order of their digests, which is as good as any draw
    watched.stage("score", len(digests))
    counts = _Counts(draft, against)
    for batch in in_batches(digests, BATCH):
        records = taggings_of(session, batch)
        for digest in batch:  # in a fixed order, so that the examples are the same every time
            if digest in records:
                counts.add(records[digest])
        watched.advance(len(batch))
    return counts.result(since, channels, len(known))


def _digests(session: Session, channels: Sequence[str], since: date) -> list[str]:
    moment = datetime.combine(since, time.min, ZoneInfo(WARSAW)).astimezone(ZoneInfo("UTC"))
    query = (
        select(TaggingRow.digest)
        .join(ConversationRow, ConversationRow.digest == TaggingRow.input_digest)
        .where(ConversationRow.current, TaggingRow.current, ConversationRow.channel.in_(channels))
        .where(~older(moment))
        .order_by(TaggingRow.digest)
    )
    return list(session.scalars(query))


@dataclass(slots=True)
class _Counts:
    """Running counts over conversations."""

    draft: Scorecard
    against: Scorecard
    n: int = 0
    changed: int = 0
    rescored: int = 0
    unreadable: int = 0
    gained: int = 0
    lost: int = 0
    before: Moments = field(default_factory=Moments)
    after: Moments = field(default_factory=Moments)
    difference: Moments = field(default_factory=Moments)
    outcomes: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    apart: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Example]] = field(default_factory=dict)
    widest: list[Rescored] = field(default_factory=list)

    def add(self, record: Mapping[str, Any]) -> None:
        """Judge one conversation by both cards."""
        tagged = _read(record)
        if tagged is None:
            self.unreadable += 1
            return
        self.n += 1
        view = View(tagged)
        old, new = score_view(self.against, view), score_view(self.draft, view)
        differs = self._outcomes(tagged.conversation.id, old, new)
        self.rescored += old.score != new.score
        self.changed += differs or old.score != new.score
        self._scores(tagged.conversation.id, old.score, new.score)

    def _outcomes(self, identifier: str, old: Evaluation, new: Evaluation) -> bool:
        """Count the outcomes of every criterion; whether one that both cards have differs."""
        before = {result.id: result for result in old.criteria}
        after = {result.id: result for result in new.criteria}
        differs = False
        for name in {**before, **after}:
            one, other = before.get(name), after.get(name)
            pair = (_word(one), _word(other))
            self.outcomes.setdefault(name, Counter())[pair] += 1
            if _changes(one, other):
                self.apart[name] += 1
            if _changes(one, other) and ABSENT not in pair:
                differs = True
                listed = self.examples.setdefault(name, [])
                if len(listed) < EXAMPLES:
                    listed.append(Example(identifier, *pair))
        return differs

    def _scores(self, identifier: str, old: float | None, new: float | None) -> None:
        self.before += _moments(old)
        self.after += _moments(new)
        if old is None or new is None:
            self.gained += new is not None
            self.lost += old is not None
            return
        self.difference += _moments(new - old)
        if new != old:
            known = [*self.widest, Rescored(identifier, old, new)]
            self.widest = sorted(known, key=lambda r: (-abs(r.after - r.before), r.conversation_id))[
                :EXAMPLES
            ]

    def result(self, since: date, channels: Sequence[str], conversations: int) -> Preview:
        """The figures of all conversations added so far."""
        return Preview(
            self.draft.key,
            self.against.key,
            since.isoformat(),
            tuple(channels),
            conversations,
            Share(self.changed, self.n),
            Share(self.rescored, self.n),
            average(self.before),
            average(self.after),
            average_difference(self.difference),
            self.gained,
            self.lost,
            self.unreadable,
            tuple(self._criteria()),
            tuple(self.widest),
        )

    def _criteria(self) -> Iterator[CriterionChange]:
        """In the order of the draft, then what it leaves out."""
        names = {c.id: c.name for c in self.draft.criteria}
        names.update({c.id: c.name for c in self.against.criteria if c.id not in names})
        for identifier, name in names.items():
            counts = self.outcomes.get(identifier, Counter())
            examples = tuple(self.examples.get(identifier, ()))
            changed = Share(self.apart[identifier], self.n)
            yield CriterionChange(identifier, name, dict(counts), changed, examples)


def _word(result: CriterionResult | None) -> str:
    """The answer as one word."""
    return ABSENT if result is None else word_of(result.outcome, result.level) or ABSENT


def _changes(old: CriterionResult | None, new: CriterionResult | None) -> bool:
    if old is None or new is None:
        return old is not new
    return old.outcome != new.outcome or (old.scale == new.scale and old.level != new.level)


def _moments(value: float | None) -> Moments:
    return Moments() if value is None else Moments(1, value, value * value)


def _read(record: Mapping[str, Any]) -> TaggedConversation | None:
    try:
        return tagged_from_dict(record)
    except ConversationError:
        return None
