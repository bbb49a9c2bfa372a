"""One dispute with both comments and the words in question."""

from __future__ import annotations

from typing import Any

import pytest

from qa.errors import Missing
from qa.services.disputes.case import dispute_case
from qa.storage import audit
from qa.storage.tables import ConversationRow, EvaluationRow, TaggingRow
from tests.unit.qa.services.disputes.conftest import (
    WHY,
    World,
)


def stored(world: World, name: str, outcome: str) -> None:
    """The conversation with the machine's result for the disputed criterion."""
    result = {
        "id": "identity_check",
        "outcome": outcome,
        "confidence": 0.95,
        "evidence": [{"turn": 0, "start": 13, "end": 19}],
        "reason": "Pyta o numer.",
    }
    common: dict[str, Any] = {"version": "1", "current": True}
    world.session.add_all(
        [
            ConversationRow(
                key=f"k-{name}",
                conversation_id=name,
                source_digest="s",
                raw_digest="r",
                digest=f"d-{name}",
                channel="phone",
                agent_id="ala",
                content={"turns": [{"speaker": "agent", "text": "Dzień dobry. Proszę o numer klienta."}]},
                **common,
            ),
            TaggingRow(key=f"t-{name}", input_digest=f"d-{name}", digest=f"td-{name}", content={}, **common),
            EvaluationRow(
                key=f"e-{name}",
                input_digest=f"td-{name}",
                scorecard="phone@1",
                content={"criteria": [result]},
                **common,
            ),
        ]
    )
    world.session.flush()


def test_a_case_has_both_comments_and_the_words_in_question(world: World) -> None:
    identifier = world.objects()
    stored(world, "c-1", outcome="pass")
    found = dispute_case(world.session, world.ewa, identifier)
    assert (found.said, found.dispute.comment, found.scorecard) == ("o identity_check", WHY, "phone@1")
    assert found.question
    assert found.machine is not None
    assert (found.machine.outcome, found.machine.confidence) == ("pass", 0.8)  # when Jan judged
    assert [one.quote for one in found.machine.evidence] == ["Proszę o numer klienta."]
    assert (found.channel, found.agent_id) == ("phone", "ala")
    entry = list(audit.entries(world.session))[-1]
    assert (entry.action, entry.actor, entry.subject) == ("dispute_open", "ewa", identifier)


def test_the_words_go_where_the_machine_now_says_something_else(world: World) -> None:
    identifier = world.objects(name="c-2")
    stored(world, "c-2", outcome="pass")
    found = dispute_case(world.session, world.ewa, identifier).machine
    assert found is not None
    assert (found.outcome, found.confidence, found.reason, found.evidence) == ("fail", None, "", ())


def test_a_case_of_a_deleted_conversation_keeps_what_was_said(world: World) -> None:
    found = dispute_case(world.session, world.ewa, world.objects())
    assert (found.channel, found.said) == (None, "o identity_check")
    for missing in ("nie ma", "\0"):
        with pytest.raises(Missing):
            dispute_case(world.session, world.ewa, missing)
    with pytest.raises(Missing):
        dispute_case(world.session, world.ben, found.dispute.id)
