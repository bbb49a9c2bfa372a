"""A tagged conversation as checks see it: who said what where, and how surely each act was performed.

The certainty of an act joins the tagger's confidence (prior odds) with the phrases found (likelihood ratios
of ``scorecards.phrases``), as if both were independent. They are not, so it is capped and is **not calibrated**;
a card's thresholds decide what it is good for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from scorecards.matching import Lexicon, Match, Speech, Token, normalise, tokenise
from scorecards.phrases import ACTS, Act, agent_lexicon, card_lexicon, customer_lexicon
from scorecards.sentences import split_sentences
from transcripts.conversation import Conversation, Span
from transcripts.tags import TaggedConversation

UNTAGGED_PRIOR = 0.15
ABSENT_PRIOR = 0.03
CEILING = 0.97
WORDS_THAT_BREAK = 4
_UNKNOWN = Act(recall=0.5, lift=1.0)


@dataclass(frozen=True, slots=True)
class Sighting:
    """An act in an agent's turn; ``certainty`` 0..1 (uncalibrated), ``spoken`` when phrases were found."""

    turn: int
    certainty: float
    evidence: tuple[Span, ...]
    spoken: bool


NOWHERE = Sighting(turn=-1, certainty=0.0, evidence=(), spoken=False)


class View:
    """Read-only access for checks. Everything is computed once, on demand."""

    def __init__(self, tagged: TaggedConversation) -> None:
        self.tagged = tagged
        self.conversation: Conversation = tagged.conversation
        self.turns = tagged.conversation.turns
        self.agent_turns = self.turns_of("agent")
        self.customer_turns = self.turns_of("customer")
        self.is_tagged = bool(tagged.behaviours)
        self.prior = ABSENT_PRIOR if self.is_tagged else UNTAGGED_PRIOR
        self._speeches: dict[str, Speech] = {}
        self._messages: dict[str, tuple[Speech, dict[str, list[Match]]]] = {}
        self._confidence: dict[tuple[str, int], float] = {}
        for tag in tagged.behaviours:
            key = (tag.code, tag.turn)
            self._confidence[key] = max(tag.confidence, self._confidence.get(key, 0.0))

    def turns_of(self, speaker: str) -> tuple[int, ...]:
        """The turns in which this speaker says something."""
        return tuple(i for i, turn in enumerate(self.turns) if turn.speaker == speaker and turn.text.strip())

    @cached_property
    def words(self) -> tuple[list[Token], ...]:
        """The words of each turn, misspelled ones as they were meant."""
        meant = {(one.turn, one.start): normalise(one.word) for one in self.tagged.spelling}
        return tuple(
            [
                word._replace(norm=meant.get((index, word.start), word.norm))
                for word in tokenise(turn.text, index)
            ]
            for index, turn in enumerate(self.turns)
        )

    @property
    def agent(self) -> Speech:
        """What the agent says."""
        return self.speech("agent")

    @property
    def customer(self) -> Speech:
        """What the customer says."""
        return self.speech("customer")

    def speech(self, speaker: str) -> Speech:
        """What this speaker says."""
        if speaker not in self._speeches:
            self._speeches[speaker] = Speech(self._side(speaker, WORDS_THAT_BREAK))
        return self._speeches[speaker]

    def _side(self, speaker: str, words_that_break: int) -> Iterator[list[Token] | None]:
        for turn, words in zip(self.turns, self.words, strict=True):
            if turn.speaker == speaker:
                yield words
            elif len(words) >= words_that_break:
                yield None

    def _sentences(self, speaker: str) -> Iterator[list[Token] | None]:
        """What a speaker says, broken where a sentence ends and, in writing, where somebody else writes.

        A sentence that is spoken may go on after the other side has said a word or two.
        """
        words_that_break = WORDS_THAT_BREAK if self.conversation.channel == "phone" else 1
        for turn, words in zip(self.turns, self.words, strict=True):
            if turn.speaker != speaker:
                if len(words) >= words_that_break:
                    yield None
                continue
            for sentence in split_sentences(turn.text, words):
                yield sentence
                if turn.text[sentence[-1].end :].strip() or words_that_break == 1:
                    yield None

    @cached_property
    def _agent_phrases(self) -> dict[str, list[Match]]:
        return agent_lexicon().find(self.agent)

    @cached_property
    def _customer_phrases(self) -> dict[str, list[Match]]:
        return customer_lexicon().find(self.customer)

    def said_by_agent(self, group: str, turns: Collection[int] | None = None) -> list[tuple[Span, ...]]:
        """Places where the agent uses a phrase of ``group``, optionally beginning in one of ``turns``."""
        return _places(self.agent, self._agent_phrases.get(group, ()), turns)

    def said_by_customer(self, group: str, turns: Collection[int] | None = None) -> list[tuple[Span, ...]]:
        """Places where the customer uses a phrase of ``group``."""
        return _places(self.customer, self._customer_phrases.get(group, ()), turns)

    def said(self, speaker: str, group: str, turns: Collection[int] | None = None) -> list[tuple[Span, ...]]:
        """Places where this speaker uses a phrase of ``phrases_cards.yaml``."""
        if speaker not in self._messages:
            speech = Speech(self._sentences(speaker))
            self._messages[speaker] = speech, card_lexicon(speaker).find(speech)
        speech, found = self._messages[speaker]
        return _places(speech, found.get(group, ()), turns)

    def find(
        self, lexicon: Lexicon, group: str, turns: Collection[int] | None = None
    ) -> list[tuple[Span, ...]]:
        """Places where the agent uses a phrase of a lexicon of the check's own."""
        return _places(self.agent, lexicon.find(self.agent).get(group, ()), turns)

    def model(self, behaviour: str, turn: int) -> float:
        """The tagger's confidence; 0 where it is silent."""
        return self._confidence.get((behaviour, turn), 0.0)

    @cached_property
    def _spoken(self) -> dict[str, dict[int, tuple[Span, ...]]]:
        found: dict[str, dict[int, tuple[Span, ...]]] = defaultdict(dict)
        for group, matches in self._agent_phrases.items():
            for match in matches:
                spans = self.agent.spans(match.first, match.last)
                for span in spans:
                    found[group].setdefault(span.turn, spans)
        return found

    def sighting(self, behaviour: str, turn: int) -> Sighting:
        """How surely the agent performs the behaviour in this turn."""
        act = ACTS.get(behaviour, _UNKNOWN)
        spans = self._spoken.get(behaviour, {}).get(turn, ())
        prior = max((self.model(behaviour, span.turn) for span in spans), default=self.model(behaviour, turn))
        certainty = weigh(max(prior, self.prior), act.lift if spans else 1 - act.recall)
        return Sighting(turn, certainty, spans or (self.whole(turn),), bool(spans))

    def sightings(
        self, behaviour: str, turns: Iterable[int] | None = None, floor: float = 0.5
    ) -> list[Sighting]:
        """Turns in which the behaviour is at least as sure as ``floor``, in order."""
        seen = (self.sighting(behaviour, turn) for turn in self._candidates(behaviour, turns))
        return [sighting for sighting in seen if sighting.certainty >= floor]

    def best(self, behaviour: str, turns: Iterable[int] | None = None) -> Sighting:
        """The surest sighting, the earliest among equals; ``NOWHERE`` when nothing speaks for one."""
        seen = [self.sighting(behaviour, turn) for turn in self._candidates(behaviour, turns)]
        return max(seen, key=lambda sighting: sighting.certainty, default=NOWHERE)

    def _candidates(self, behaviour: str, turns: Iterable[int] | None) -> list[int]:
        """Agent turns in which a phrase or the tagger speaks for the behaviour."""
        spoken = self._spoken.get(behaviour, {})
        allowed = self.agent_turns if turns is None else turns
        return [turn for turn in allowed if turn in spoken or (behaviour, turn) in self._confidence]

    def absence(self, behaviour: str, best: Sighting) -> float:
        """Certainty that the behaviour is missing altogether, given the best sighting of it.

        Without a tagger only missing phrases speak: with recall r and even odds that is 1 / (2 - r).
        """
        if self.is_tagged:
            return min(CEILING, 1 - best.certainty)
        return min(1 / (2 - ACTS.get(behaviour, _UNKNOWN).recall), 1 - best.certainty)

    def whole(self, turn: int) -> Span:
        """A whole turn without the blanks around it."""
        text = self.turns[turn].text
        return Span(turn, len(text) - len(text.lstrip()), len(text.rstrip()))

    def opening(self, turns: int, words: int) -> tuple[int, ...]:
        """The agent's first ``turns`` turns, or more while they are scraps of ``words`` together."""
        chosen: list[int] = []
        said = 0
        for turn in self.agent_turns[: 2 * turns]:
            if len(chosen) >= turns and said >= words:
                break
            chosen.append(turn)
            said += len(self.words[turn])
        return tuple(chosen)

    def closing(self, turns: int) -> tuple[int, ...]:
        """The agent's last ``turns`` turns."""
        return self.agent_turns[-turns:]

    def last_part(self, share: float, turns: int) -> tuple[int, ...]:
        """Agent turns in the last ``share`` of the conversation, at least the last ``turns``."""
        border = len(self.turns) * (1 - share)
        late = set(self.closing(turns))
        return tuple(turn for turn in self.agent_turns if turn >= border or turn in late)


def weigh(prior: float, ratio: float) -> float:
    """Posterior of ``prior`` (0..1) after evidence with likelihood ratio ``ratio``, kept off certainty."""
    prior = min(max(prior, 1 - CEILING), CEILING)
    odds = prior / (1 - prior) * ratio
    return min(odds / (1 + odds), CEILING)


def either(*certainties: float) -> float:
    """Certainty that at least one holds, as if they were independent; capped."""
    missing = 1.0
    for certainty in certainties:
        missing *= 1 - certainty
    return min(1 - missing, CEILING)


def _places(
    speech: Speech, matches: Iterable[Match], turns: Collection[int] | None
) -> list[tuple[Span, ...]]:
    chosen = set(turns) if turns is not None else None
    return [
        speech.spans(match.first, match.last)
        for match in matches
        if chosen is None or speech.tokens[match.first].turn in chosen
    ]
