"""A conversation of a calibration as it is judged blind: the bare conversation, the criteria, one's own word so far."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from nlp.taxonomy import Taxonomy
from qa.services.access.permissions import Actor
from qa.services.calibration.views import CalibrationView, Judgement, calibration, judgement
from qa.services.conversations.turns import Piece, ShownTurn
from qa.services.conversations.view import ConversationView, conversation_view
from qa.services.judging.answers import ShownScale, choices, shown_scale, word_of
from qa.services.judging.cards import known_card
from qa.services.judging.losses import Losses


@dataclass(frozen=True, slots=True)
class AskedCriterion:
    """A criterion to judge, with what the actor has said so far; ``choices`` are the words that answer it."""

    id: str
    name: str
    question: str
    guide: str
    critical: bool
    outcome: str | None
    comment: str
    level: int | None
    scale: ShownScale | None
    choices: tuple[str, ...]

    @property
    def answer(self) -> str | None:
        """What the actor has said so far, as one word."""
        return word_of(self.outcome, self.level)


@dataclass(frozen=True, slots=True)
class AskedSection:
    """A section of the scorecard."""

    name: str
    criteria: tuple[AskedCriterion, ...]


@dataclass(frozen=True, slots=True)
class BlindReading:
    """What somebody has in front of them who judges: the ``number``-th conversation of the session.

    ``following`` is the next one that waits for the actor, None where there is no other.
    """

    session: CalibrationView
    number: int
    following: str | None
    judgement: Judgement
    sections: tuple[AskedSection, ...]
    conversation: ConversationView


def blind_reading(
    session: Session, actor: Actor, calibration_id: str, conversation_id: str, taxonomy: Taxonomy
) -> BlindReading:
    """The conversation without anything that the machine or other people say; the opening is noted in the audit log.

    Raises:
        Missing: the actor does not take part, or the conversation is not in the session, or is deleted.
    """
    own = judgement(session, actor, calibration_id, conversation_id)
    found = calibration(session, actor, calibration_id)
    ids = [one.conversation_id for one in found.mine]
    place = ids.index(conversation_id)
    waiting = [one.conversation_id for one in found.mine if one.status != "finished"]
    later = [one for one in (*ids[place + 1 :], *ids[:place]) if one in waiting]
    view = conversation_view(session, actor, conversation_id, taxonomy, None)
    return BlindReading(
        found, place + 1, later[0] if later else None, own, _sections(found.line.scorecard, own), _bare(view)
    )


def _sections(scorecard: str, own: Judgement) -> tuple[AskedSection, ...]:
    said = {one.criterion: one for one in own.criteria}
    return tuple(
        AskedSection(
            section.name,
            tuple(
                AskedCriterion(
                    one.id,
                    one.name,
                    one.question,
                    one.guide,
                    one.critical,
                    said[one.id].outcome,
                    said[one.id].comment,
                    said[one.id].level,
                    shown_scale(one.scale),
                    choices(one),
                )
                for one in section.criteria
            ),
        )
        for section in known_card(scorecard).sections
    )


def _bare(view: ConversationView) -> ConversationView:
    """The conversation without tags, scores and reviews, and without the agent, who might sway the judge."""
    return replace(
        view,
        agent_id=None,
        team=None,
        customer_key=None,
        course=replace(view.course, moods=(), carried=()),
        turns=tuple(_bare_turn(turn) for turn in view.turns),
        reasons=(),
        sentiment=None,
        score=None,
        coverage=None,
        critical=(),
        sections_failed=(),
        losses=Losses(),
        criteria=(),
        reviews=(),
        blind=True,
        review_id=None,
        review_version=None,
        review_status=None,
        review_comment="",
        review_score=None,
        my_losses=Losses(),
    )


def _bare_turn(turn: ShownTurn) -> ShownTurn:
    bare = (Piece(turn.text, ()),)
    return replace(turn, pieces=bare, sentiment=None, sentiment_score=None, behaviours=())
