"""Who may read and write a 1:1."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from qa.errors import Missing, Refused
from qa.services.access.permissions import ROLES
from qa.services.coaching import meetings as coaching
from qa.services.coaching.meetings import acknowledge, agree_action, draft, history, hold, view
from qa.services.coaching.people import people
from qa.services.coaching.preparation import (
    preparation,
)
from tests.unit.qa.coaching_rows import TODAY, account, actor, day, talk
from tests.unit.qa.services.coaching.conftest import (
    ANNA,
    BASIA,
    COACH,
    CONTENT,
    FREE,
    LEAD,
    held,
)


def test_an_agent_reads_only_own_1_to_1s_and_never_a_draft(session: Session) -> None:
    begun = draft(session, COACH, "a", CONTENT)
    with pytest.raises(Missing):
        view(session, ANNA, begun.id)
    with pytest.raises(Missing):
        acknowledge(session, ANNA, begun.id, "")
    with pytest.raises(Missing):
        coaching.effects(session, ANNA, begun.id, TODAY)
    assert history(session, ANNA, "a") == ()
    hold(session, COACH, begun.id, begun.version)
    assert view(session, ANNA, begun.id).notes == "Próbujemy."
    assert [one.id for one in history(session, ANNA, "a")] == [begun.id]
    with pytest.raises(Missing):
        view(session, BASIA, begun.id)
    with pytest.raises(Missing):
        history(session, BASIA, "a")
    with pytest.raises(Missing):
        view(session, ANNA, "nie ma")


def test_a_coach_with_a_team_does_not_learn_of_agents_of_another(session: Session) -> None:
    theirs = held(session, "z")
    unknown = []
    for agent, meeting in (("z", theirs.id), ("nie ma", "nie ma"), ("a\0", "\0")):
        calls = (
            lambda agent=agent: preparation(session, COACH, agent, TODAY),
            lambda agent=agent: draft(session, COACH, agent, CONTENT),
            lambda agent=agent: history(session, COACH, agent),
            lambda meeting=meeting: view(session, COACH, meeting),
            lambda meeting=meeting: coaching.effects(session, COACH, meeting, TODAY),
            lambda meeting=meeting: hold(session, COACH, meeting, 2),
            lambda meeting=meeting: agree_action(session, COACH, meeting, "x", None, day(-3), TODAY),
        )
        said = []
        for call in calls:
            with pytest.raises(Missing) as caught:
                call()
            said.append(str(caught.value))
        unknown.append(said)
    assert unknown[0] == unknown[1] == unknown[2]  # the same words whether or not there is one
    assert view(session, FREE, theirs.id).id == view(session, LEAD, theirs.id).id == theirs.id


def test_the_team_is_that_of_the_latest_conversation_or_else_of_the_account(session: Session) -> None:
    talk(session, "a2", "a", day(1), {}, team="T2")
    talk(session, "a3", "a", day(0), {}, team=None)
    with pytest.raises(Missing):
        preparation(session, COACH, "a", TODAY)
    account(session, "new", agent_id="n", team="T1", roles=["agent"])
    assert preparation(session, COACH, "n", TODAY).team == "T1"  # no conversation yet


def test_nobody_leads_a_1_to_1_with_themselves(session: Session) -> None:
    both = actor("coach", "agent", agent="a", login="anna")
    for call in (
        lambda: preparation(session, both, "a", TODAY),
        lambda: draft(session, both, "a", CONTENT),
    ):
        with pytest.raises(Refused, match="własnej pracy"):
            call()
    begun = draft(session, COACH, "a", CONTENT)
    with pytest.raises(Missing):
        view(session, both, begun.id)  # a draft about them stays closed
    assert history(session, both, "a") == ()
    assert "a" not in [one.agent_id for one in people(session, both, TODAY).rows]


@pytest.mark.parametrize("role", ROLES)
def test_every_other_role_is_refused(session: Session, role: str) -> None:
    done = held(session)
    somebody = actor(role, login="x")
    writes = somebody.may("coaching.write")
    for call in (
        lambda: people(session, somebody, TODAY),
        lambda: preparation(session, somebody, "a", TODAY),
        lambda: agree_action(session, somebody, done.id, "x", None, day(-1), TODAY),
        lambda: history(session, somebody, "a"),
        lambda: view(session, somebody, done.id),
        lambda: coaching.effects(session, somebody, done.id, TODAY),
        lambda: draft(session, somebody, "a", CONTENT),
    ):
        if writes:
            call()
        else:
            with pytest.raises((Refused, Missing)):
                call()
    assert writes == (role in ("coach", "qa_lead"))
