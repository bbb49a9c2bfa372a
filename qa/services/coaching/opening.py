"""Opening a 1:1 or the page for preparing one: with the sentences of its moments, and noted where it is another's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.quoting import sentence_around
from qa.services.access.permissions import Actor, may_see
from qa.services.coaching.access import criterion_names, is_own
from qa.services.coaching.content import MeetingMoment
from qa.services.coaching.effects import Effect
from qa.services.coaching.meetings import Held, Meeting, effects, history, view
from qa.services.coaching.moments import Moment
from qa.services.coaching.preparation import Preparation, preparation
from qa.storage import audit
from qa.storage.digests import digest_of
from qa.storage.people import OutcomeRow
from qa.storage.results import current_rows
from qa.storage.tables import SealedRow
from transcripts.serialise import conversation_from_dict

MOST_LETTERS = 240
ACTION = "coaching_open"


@dataclass(frozen=True, slots=True)
class Quote:
    """The sentence of a moment. ``second`` is where its turn begins; ``sound`` where its recording can be heard."""

    channel: str
    started_at: str | None
    speaker: str
    text: str
    second: float | None
    sound: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A criterion that an action may be about."""

    criterion: str
    name: str


@dataclass(frozen=True, slots=True)
class OpenedPreparation:
    """The page for preparing a 1:1.

    ``quotes`` belong to the moments of the preparation and ``draft_quotes`` to those of its draft, one each: None
    where the conversation is gone.
    """

    preparation: Preparation
    quotes: tuple[Quote | None, ...]
    draft_quotes: tuple[Quote | None, ...]
    history: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class OpenedMeeting:
    """A 1:1 with the sentences of its moments and the effects of its actions.

    ``own`` tells whether it is the reader's; ``choices`` are the criteria for another action, as long as one may be
    added by the reader.
    """

    meeting: Meeting
    own: bool
    quotes: tuple[Quote | None, ...]
    effects: tuple[Effect, ...]
    choices: tuple[Choice, ...]


def open_preparation(session: Session, actor: Actor, agent_id: str, today: date) -> OpenedPreparation:
    """Everything for preparing a 1:1 with a person.

    Raises:
        Missing: there is no such person among the coach's.
        Refused: it is the coach's own person.
    """
    found = preparation(session, actor, agent_id, today)
    draft = found.draft
    shown = quotes(session, actor, found.moments)
    planned = draft.moments if draft else ()
    chosen = quotes(session, actor, planned)
    quoted = _quoted(found.moments, shown) | _quoted(planned, chosen)
    details = {"draft": draft.id if draft else None, "conversations": _marks(session, quoted)}
    audit.record(session, actor.login, ACTION, agent_mark(agent_id), details)
    return OpenedPreparation(
        found,
        shown,
        chosen,
        history(session, actor, agent_id),
    )


def open_meeting(session: Session, actor: Actor, coaching_id: str, today: date) -> OpenedMeeting:
    """A 1:1 for its coach or its person.

    Raises:
        Missing: there is none that the actor may read.
    """
    meeting = view(session, actor, coaching_id)
    own = is_own(actor, meeting.agent_id)
    shown = quotes(session, actor, meeting.moments)
    quoted = _marks(session, _quoted(meeting.moments, shown))
    if not own or quoted:  # one's own words are noted like one's own conversations
        details = {"status": meeting.status, "conversations": quoted}
        audit.record(session, actor.login, ACTION, meeting.id, details)
    return OpenedMeeting(
        meeting,
        own,
        shown,
        effects(session, actor, coaching_id, today),
        () if own or meeting.status == "acknowledged" else _choices(session, meeting.agent_id),
    )


def own_history(session: Session, actor: Actor) -> tuple[Held, ...]:
    """The actor's own 1:1s, newest first; none for an account without a person."""
    actor.must("coaching.read_own")
    return history(session, actor, actor.agent_id) if actor.agent_id else ()


def _quoted(moments: Sequence[Moment | MeetingMoment], shown: Sequence[Quote | None]) -> frozenset[str]:
    """The conversations that sentences are shown of."""
    pairs = zip(moments, shown, strict=True)
    return frozenset(moment.conversation_id for moment, quote in pairs if quote)


def _marks(session: Session, ids: Iterable[str]) -> list[str]:
    """How the log names these conversations."""
    return sorted(audit.mark_of(session, one) for one in ids)


def quotes(
    session: Session, actor: Actor, moments: Sequence[Moment | MeetingMoment]
) -> tuple[Quote | None, ...]:
    """A sentence for each moment; None where the conversation or the place in it is gone, or not for the actor."""
    listens = actor.may("conversation.listen")
    heard = _with_sound(session, {one.conversation_id for one in moments}) if listens else set()
    return tuple(_quote(session, actor, one, one.conversation_id in heard) for one in moments)


def agent_mark(agent_id: str) -> str:
    """How the log names a person: entries stay for ever, so they never hold the person's id."""
    return "konsultant-" + digest_of("audit", "agent", agent_id)[:16]


def _with_sound(session: Session, ids: Iterable[str]) -> set[str]:
    query = select(SealedRow.conversation_id).where(
        SealedRow.conversation_id.in_(sorted(ids)), SealedRow.kind == "redacted_audio"
    )
    return set(session.scalars(query))


def _quote(session: Session, actor: Actor, moment: Moment | MeetingMoment, sound: bool) -> Quote | None:
    rows = current_rows(session, moment.conversation_id)
    if rows is None or not may_see(actor, rows[0].agent_id):
        return None
    turns = conversation_from_dict(rows[0].content).turns
    if moment.turn >= len(turns) or moment.end > len(turns[moment.turn].text):
        return None  # the conversation was read anew and differs
    turn = turns[moment.turn]
    text = sentence_around(turn.text, moment.start, moment.end, MOST_LETTERS)
    return Quote(rows[0].channel, rows[0].started_at, turn.speaker, text, turn.start, sound)


def _choices(session: Session, agent_id: str) -> tuple[Choice, ...]:
    """The criteria in which the person has outcomes, in the order of the scorecards."""
    query = select(OutcomeRow.criterion).where(OutcomeRow.agent_id == agent_id).distinct()
    known = set(session.scalars(query))
    names = criterion_names(session, agent_id)
    return tuple(Choice(one, name) for one, name in names.items() if one in known)
