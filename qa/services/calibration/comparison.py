"""A calibration's judgements side by side: agreement by criterion, and what caused the split."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from qa.errors import Refused
from qa.quoting import sentence_around
from qa.services.access.accounts import GONE, names
from qa.services.access.blindness import FIRST_SECOND, QUEUE, hidden_by
from qa.services.access.permissions import Actor
from qa.services.calibration.views import visible
from qa.services.judging.agreement import (
    Agreement,
    Mean,
    Standing,
    against_majority,
    agreement,
    majority,
    mean,
    standing,
)
from qa.services.judging.answers import LEVELS, ShownScale, choices, shown_scale, word_of
from qa.services.judging.cards import known_card
from qa.services.judging.ordered import OrderedAgreement, ordered_agreement
from qa.storage.people import CalibrationRow, ReviewRow
from qa.storage.tables import ConversationRow, EvaluationRow, TaggingRow
from scorecards import Criterion
from scorecards.card import DECIDED_OUTCOMES

UNDECIDED = "review"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in a redacted conversation with the sentence around it."""

    turn: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class MachineOutcome:
    """What the machine said while people judged; reason and evidence where its present result is still that one."""

    outcome: str
    confidence: float | None
    reason: str
    evidence: tuple[Evidence, ...]
    level: int | None = None


@dataclass(frozen=True, slots=True)
class PersonOutcome:
    """What one participant said; the outcome is None where they have not finished."""

    account_id: str
    outcome: str | None
    comment: str
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, by whom, why, and a proposed wording of the criterion (empty for none)."""

    outcome: str
    why: str
    wording: str
    by: str
    at: str
    level: int | None = None

    @property
    def answer(self) -> str | None:
        """What was decided, as one word."""
        return word_of(self.outcome, self.level)


@dataclass(frozen=True, slots=True)
class Compared:
    """One criterion of one conversation.

    ``split`` says that people differ among themselves, ``machine_differs`` that a decided outcome of the machine is
    not that of most people. With a scale both are about levels, and ``majority_level`` is what most gave.
    """

    conversation_id: str
    people: tuple[PersonOutcome, ...]
    machine: MachineOutcome | None
    majority: str | None
    split: bool
    machine_differs: bool
    decision: Decision | None
    majority_level: int | None = None


@dataclass(frozen=True, slots=True)
class RaterStanding:
    """A participant against the majority of the others; the machine, without an account, against that of all."""

    account_id: str | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class ComparedCriterion:
    """One criterion: agreement of the people, everybody's standing, all conversations in the session's order.

    ``undecided`` counts what the machine left to people, which is neither agreement nor disagreement. With a scale
    ``agreement`` and ``standings`` are about pass and fail, and ``levels`` about the levels, ``scale`` says what they mean and
    ``choices`` are the words that answer it.
    """

    id: str
    name: str
    critical: bool
    agreement: Agreement
    standings: tuple[RaterStanding, ...]
    undecided: int
    conversations: tuple[Compared, ...]
    scale: ShownScale | None = None
    levels: OrderedAgreement | None = None
    choices: tuple[str, ...] = DECIDED_OUTCOMES


@dataclass(frozen=True, slots=True)
class Participant:
    """A participant; ``kappa`` is the mean of theirs against the majority over the criteria that define one."""

    account_id: str
    name: str
    finished: int
    kappa: Mean


@dataclass(frozen=True, slots=True)
class Remark:
    """What a participant wrote about a conversation as a whole."""

    conversation_id: str
    account_id: str
    comment: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A compared session. Participants stand in the session's order: with so few judgements nobody is ranked."""

    id: str
    name: str
    scorecard: str
    status: str
    participants: tuple[Participant, ...]
    criteria: tuple[ComparedCriterion, ...]
    remarks: tuple[Remark, ...]


def comparison(session: Session, actor: Actor, calibration_id: str) -> Comparison:
    """Everybody's finished judgements of a session side by side, with the machine's.

    Raises:
        Missing: there is no session that the actor leads or takes part in.
        Refused: it is still open, so that nobody may read another's outcomes, or the actor has yet to judge one of
            its conversations blind in another session or from the queue.
    """
    row = visible(session, actor, calibration_id)
    if row.status == "open":
        raise Refused("Ta kalibracja jeszcze trwa: oceny innych zobaczysz, gdy prowadzący je porówna.")
    hidden = hidden_by(session, actor)
    places = {hidden[one] for one in row.conversations if one in hidden}
    if places == {QUEUE}:
        raise Refused(FIRST_SECOND)
    if places:
        raise Refused("Rozmowa stąd czeka na Twoją ocenę w innej, otwartej kalibracji: najpierw ją oceń.")
    card = known_card(row.scorecard)
    found = _found(session, row)
    criteria = tuple(_criterion(row, one, found) for one in card.criteria)
    return Comparison(
        row.id,
        row.name,
        row.scorecard,
        row.status,
        tuple(_participant(one, found, criteria) for one in row.participants),
        criteria,
        found.remarks,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What was stored: criteria of finished judgements by account and conversation, and of the newest by conversation."""

    judged: Mapping[str, Mapping[str, Any]]
    newest: Mapping[str, Any]
    remarks: tuple[Remark, ...]
    results: Mapping[str, tuple[list[str], dict[str, Any]]]
    names: Mapping[str, str]


def _found(session: Session, row: CalibrationRow) -> _Found:
    judged: dict[str, dict[str, Any]] = {one: {} for one in row.participants}
    newest: dict[str, Any] = {}
    remarks: list[Remark] = []
    query = (
        select(ReviewRow.account_id, ReviewRow.conversation_id, ReviewRow.criteria, ReviewRow.comment)
        .where(ReviewRow.conversation_id.in_(row.conversations), ReviewRow.calibration_id == row.id)
        .where(ReviewRow.status == "finished")
        .order_by(ReviewRow.finished_at)
    )
    for account_id, conversation_id, criteria, comment in session.execute(query):
        judged[account_id][conversation_id] = newest[conversation_id] = criteria
        if comment.strip():
            remarks.append(Remark(conversation_id, account_id, comment))
    return _Found(judged, newest, tuple(remarks), _results(session, row), names(session))


def _results(session: Session, row: CalibrationRow) -> dict[str, tuple[list[str], dict[str, Any]]]:
    """By conversation the texts of its turns and the machine's present results by criterion."""
    query = (
        select(ConversationRow.conversation_id, ConversationRow.content, EvaluationRow.content)
        .join(TaggingRow, and_(TaggingRow.input_digest == ConversationRow.digest, TaggingRow.current))
        .join(EvaluationRow, and_(EvaluationRow.input_digest == TaggingRow.digest, EvaluationRow.current))
        .where(ConversationRow.current, ConversationRow.conversation_id.in_(row.conversations))
        .where(EvaluationRow.scorecard == row.scorecard)
    )
    return {
        conversation_id: (
            [turn["text"] for turn in content["turns"]],
            {result["id"]: result for result in evaluation["criteria"]},
        )
        for conversation_id, content, evaluation in session.execute(query)
    }


def _criterion(row: CalibrationRow, criterion: Criterion, found: _Found) -> ComparedCriterion:
    said = {
        account: {name: criteria[criterion.id] for name, criteria in theirs.items()}
        for account, theirs in found.judged.items()
    }
    ratings = {
        account: {name: one["outcome"] for name, one in theirs.items()} for account, theirs in said.items()
    }
    machine = {name: _machine(criterion.id, name, found) for name in row.conversations}
    known = {name: one.outcome for name, one in machine.items() if one is not None}
    decided = {name: outcome for name, outcome in known.items() if outcome != UNDECIDED}
    decisions = {
        name: _decision(row.decisions.get(f"{name}/{criterion.id}"), found.names) for name in machine
    }
    return ComparedCriterion(
        criterion.id,
        criterion.name,
        criterion.critical,
        agreement(ratings),
        (
            *(RaterStanding(account, standing(ratings, account)) for account in row.participants),
            RaterStanding(None, against_majority(decided, ratings)),
        ),
        len(known) - len(decided),
        tuple(_compared(name, said, one, decisions[name]) for name, one in machine.items()),
        shown_scale(criterion.scale),
        ordered_agreement(_levels(said), criterion.scale.top) if criterion.scale else None,
        choices(criterion),
    )


def _levels(said: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """The levels by participant and conversation; what was answered without one is left out."""
    return {
        account: {name: one["level"] for name, one in theirs.items() if one.get("level") is not None}
        for account, theirs in said.items()
    }


def _machine(criterion: str, conversation_id: str, found: _Found) -> MachineOutcome | None:
    """What the machine said when the conversation was judged last: a later version must not change the past."""
    kept = found.newest.get(conversation_id, {}).get(criterion)
    if kept is None or kept["automatic"] is None:
        return None
    texts, results = found.results.get(conversation_id, ([], {}))
    level = kept.get("automatic_level")
    return machine_outcome(kept["automatic"], kept["confidence"], results.get(criterion), texts, level)


def machine_outcome(
    outcome: str,
    confidence: float | None,
    result: Mapping[str, Any] | None,
    texts: Sequence[str],
    level: int | None = None,
) -> MachineOutcome:
    """What the machine said, with reason and evidence of its present ``result`` where that is still the same answer.

    Args:
        texts: those of the conversation's turns, from which the evidence is quoted.
    """
    if result is None or (result["outcome"], result.get("level")) != (outcome, level):
        return MachineOutcome(outcome, confidence, "", (), level)
    places = tuple(_evidence(texts, result["evidence"]))
    return MachineOutcome(outcome, confidence, result["reason"], places, level)


def _compared(
    conversation_id: str,
    said: Mapping[str, Mapping[str, Any]],
    machine: MachineOutcome | None,
    decision: Decision | None,
) -> Compared:
    people = tuple(
        PersonOutcome(
            account,
            theirs.get(conversation_id, {}).get("outcome"),
            theirs.get(conversation_id, {}).get("comment", ""),
            theirs.get(conversation_id, {}).get("level"),
        )
        for account, theirs in said.items()
    )
    given = [one for one in people if one.outcome is not None]
    words = [word_of(one.outcome, one.level) or "" for one in given]
    most, answer = majority(one.outcome or "" for one in given), majority(words)
    return Compared(
        conversation_id,
        people,
        machine,
        most,
        len(set(words)) > 1,
        machine is not None and _differs(machine, most, answer),
        decision,
        int(answer) if answer in LEVELS else None,
    )


def _differs(machine: MachineOutcome, most: str | None, answer: str | None) -> bool:
    """Whether a decided outcome is not that of most people, or its level not the one that most gave."""
    if machine.outcome == UNDECIDED:
        return False
    if most is not None and machine.outcome != most:
        return True
    return answer in LEVELS and word_of(machine.outcome, machine.level) != answer


def _evidence(texts: Sequence[str], places: Iterable[Mapping[str, int]]) -> Iterator[Evidence]:
    for place in places:
        turn, start, end = place["turn"], place["start"], place["end"]
        yield Evidence(turn, start, end, sentence_around(texts[turn], start, end))


def _decision(kept: Mapping[str, Any] | None, people: Mapping[str, str]) -> Decision | None:
    if kept is None:
        return None
    by = people.get(kept["by"], GONE)
    return Decision(kept["outcome"], kept["why"], kept["wording"], by, kept["at"], kept.get("level"))


def _participant(account_id: str, found: _Found, criteria: Sequence[ComparedCriterion]) -> Participant:
    own = [one.standing.kappa for c in criteria for one in c.standings if one.account_id == account_id]
    return Participant(
        account_id, found.names.get(account_id, GONE), len(found.judged[account_id]), mean(own)
    )
