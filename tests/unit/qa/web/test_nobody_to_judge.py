"""A conversation in which nobody of the shop speaks: kept and listed, but not drawn and not on the boards."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from qa.services.conversations.overview import refresh
from qa.services.workspace import Workspace
from qa.storage.people import OutcomeRow, OverviewRow
from qa.storage.tables import EvaluationRow
from scorecards import load_scorecard, score
from scorecards.evaluation import evaluation_to_dict
from tests.unit.qa.web.conftest import store, stored_conversation
from transcripts.conversation import Conversation, Turn
from transcripts.tags import TaggedConversation


@pytest.fixture
def half_answered(workspace: Workspace) -> Workspace:
    """Two calls, one of which has been judged as if only the customer had spoken."""
    store(workspace, [stored_conversation(1), stored_conversation(2)])
    alone = TaggedConversation(Conversation("c-0001", "phone", (Turn("customer", "Halo, jest tam ktoś?"),)))
    content = evaluation_to_dict(score(load_scorecard("phone@1"), alone))
    with workspace.storage.writing() as session:
        row = session.scalars(select(EvaluationRow).order_by(EvaluationRow.key)).first()
        assert row is not None
        row.content, row.score, row.key = content, None, "judged-anew"
    assert refresh(workspace) == 1
    return workspace


def test_what_nobody_answered_is_not_counted_as_scored(half_answered: Workspace) -> None:
    with half_answered.storage.reading() as session:
        cards = {row.conversation_id: row.scorecard for row in session.scalars(select(OverviewRow))}
        assert sorted(cards.values(), key=str) == [None, "phone@1"]
        (unjudged,) = [identifier for identifier, card in cards.items() if card is None]
        kept = select(func.count()).where(OutcomeRow.conversation_id == unjudged)
        assert session.scalar(kept) == 0


def test_its_overview_is_not_made_again_and_again(half_answered: Workspace) -> None:
    assert refresh(half_answered) == 0
