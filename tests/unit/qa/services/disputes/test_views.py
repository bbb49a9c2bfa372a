"""Lists of disputes: what each person is shown."""

from __future__ import annotations

import pytest

from qa.errors import Missing, Refused, UsageProblem
from qa.services.calibration.sessions import judge, open_session
from qa.services.disputes.case import dispute_case
from qa.services.disputes.deciding import decide, raise_dispute
from qa.services.disputes.figures import dispute_figures
from qa.services.disputes.views import conversation_disputes, dispute, disputes, own_disputes
from qa.storage.people import OverviewRow, SampleItemRow
from tests.unit.qa.services.disputes.conftest import (
    NAMES,
    TODAY,
    WHY,
    World,
    aged,
)


def test_open_disputes_come_first_by_age_then_the_newest(world: World) -> None:
    old = aged(world, world.objects("greeting"), 9)
    new = aged(world, world.objects("farewell"), 1)
    ended = [aged(world, world.objects(name), days) for name, days in (("recap", 10), ("empathy", 2))]
    for identifier in ended:
        decide(world.session, world.ewa, identifier, "rejected", "Dlatego")
    found = disputes(world.session, world.coach)
    assert [one.id for one in found.rows] == [old, new, ended[1], ended[0]]
    assert found.total == 4
    pages = [disputes(world.session, world.coach, page=page, size=3) for page in (1, 2, 3)]
    assert [[one.id for one in page.rows] for page in pages] == [[old, new, ended[1]], [ended[0]], []]
    assert {page.total for page in pages} == {4}
    assert [one.id for one in disputes(world.session, world.coach, "rejected").rows] == [ended[1], ended[0]]
    assert disputes(world.session, world.coach, "accepted").total == 0
    with pytest.raises(UsageProblem, match="status"):
        disputes(world.session, world.coach, "otwarte")
    with pytest.raises(UsageProblem, match="Strony"):
        disputes(world.session, world.coach, page=0)
    with pytest.raises(Refused):
        disputes(world.session, world.ala)


def test_a_line_says_who_about_what_and_whether_one_may_decide(world: World) -> None:
    identifier = world.objects()
    machine = world.objects(name="c-2")
    for who, expected in (
        (world.jan, [False, True]),
        (world.ewa, [True, True]),
        (world.coach, [False, False]),
    ):
        found = {one.id: one for one in disputes(world.session, who).rows}
        assert [found[identifier].may_decide, found[machine].may_decide] == expected
    one = dispute(world.session, world.ewa, identifier)
    assert (one.criterion_name, one.raised_by, one.author) == (
        "Weryfikacja klienta",
        "Osoba ala",
        "Osoba jan",
    )
    assert (one.was, one.becomes, one.status, one.decided_by, one.new_review_id) == (
        "fail",
        None,
        "open",
        None,
        None,
    )
    assert dispute(world.session, world.ewa, machine).author is None
    decide(world.session, world.ewa, identifier, "partly", "Jedna dana", "na")
    one = dispute(world.session, world.ala, identifier)
    assert (one.decided_by, one.decision, one.new_review_id) == ("Osoba ewa", "Jedna dana", identifier)
    assert one.decided_at is not None
    assert dispute(world.session, world.jan, identifier).may_decide is False


def test_an_agent_sees_own_disputes_only(world: World) -> None:
    mine = world.objects()
    theirs = raise_dispute(world.session, world.ben, "c-3", "identity_check", WHY, None, TODAY)
    assert [one.id for one in own_disputes(world.session, world.ala).rows] == [mine]
    assert own_disputes(world.session, world.ala, page=2).rows == ()
    assert own_disputes(world.session, world.ala).total == 1
    with pytest.raises(Refused):
        own_disputes(world.session, world.jan)
    for missing in (theirs, "nie ma", "\0"):
        with pytest.raises(Missing):
            dispute(world.session, world.ala, missing)
    assert dispute(world.session, world.coach, theirs).raised_by == "Osoba ben"


def test_disputes_of_a_conversation_for_those_who_may_see_it(world: World) -> None:
    second = aged(world, world.objects("empathy"), 1)
    first = aged(world, world.objects(), 2)
    for who in (world.ala, world.jan, world.coach, world.person("aud", "auditor")):
        assert [one.id for one in conversation_disputes(world.session, who, "c-1")] == [first, second]
    for who, name in ((world.ben, "c-1"), (world.jan, "c-99"), (world.jan, "\0")):
        with pytest.raises(Missing):
            conversation_disputes(world.session, who, name)
    with pytest.raises(Refused):
        conversation_disputes(world.session, world.person("pro", "product"), "c-1")
    assert conversation_disputes(world.session, world.ala, "c-2") == ()


def test_whose_conversation_it_has_become_does_not_read_what_another_agent_wrote(world: World) -> None:
    identifier = world.objects()
    decide(world.session, world.ewa, identifier, "wrong_person", "To nie jej rozmowa.")
    world.session.get_one(OverviewRow, "c-1").agent_id = "ben"
    world.session.flush()
    assert conversation_disputes(world.session, world.ben, "c-1") == ()
    assert [one.id for one in conversation_disputes(world.session, world.jan, "c-1")] == [identifier]
    with pytest.raises(Missing):
        conversation_disputes(world.session, world.ala, "c-1")  # her own list still has it
    assert [one.id for one in own_disputes(world.session, world.ala).rows] == [identifier]


def test_what_is_to_be_judged_blind_is_neither_shown_nor_decided(world: World) -> None:
    identifier, other = world.objects(), world.objects(name="c-2")
    session, lead = world.session, world.person("ola", "qa_lead")
    blind = open_session(session, lead, "Listopad", "phone@1", ["c-1"], [world.ewa.id, lead.id]).line.id
    shown = {one.id: one for one in disputes(session, world.ewa).rows}
    assert (shown[identifier].hidden_by, shown[identifier].may_decide) == (blind, False)
    assert shown[other].hidden_by is None
    told = repr((dispute(session, world.ewa, identifier), conversation_disputes(session, world.ewa, "c-1")))
    assert not [secret for secret in ("fail", "Weryfikacja", "identity", WHY, "Osoba jan") if secret in told]
    assert WHY not in repr(dispute_case(session, world.ewa, identifier))
    assert dispute(session, world.coach, identifier).was == "fail"
    with pytest.raises(Refused, match="Najpierw oceń"):
        decide(session, world.ewa, identifier, "rejected", "Nie było jej.")
    said = {name: {"outcome": "pass", "comment": ""} for name in NAMES}
    judge(session, world.ewa, blind, "c-1", said, "", 0, finish=True)
    assert dispute(session, world.ewa, identifier).was == "fail"
    decide(session, world.ewa, identifier, "rejected", "Nie było jej.")


def test_what_waits_in_the_queue_to_be_judged_blind_is_hidden_too(world: World) -> None:
    identifier, session, ewa = world.objects(), world.session, world.ewa
    world.person("ola", "qa_lead")
    decide(session, world.person("ula"), identifier, "accepted", "Racja.", "pass")
    waiting = SampleItemRow(
        id="i", sample_id="s", conversation_id="c-1", probability=1.0, blind=True, second_of="i0"
    )
    session.add(waiting)
    session.flush()
    (shown,) = disputes(session, ewa).rows
    told = (shown.hidden_by, shown.criterion, shown.was, shown.status, shown.decided_by, shown.decided_at)
    assert told == ("queue", "", "", "", None, None)
    assert (disputes(session, ewa, "accepted").rows, disputes(session, ewa, "accepted").total) == ((), 0)
    assert dispute_figures(session, ewa, TODAY).overturned.whole == 0
    assert dispute_case(session, ewa, identifier).machine is None
    still_open = world.objects("empathy")
    with pytest.raises(Refused, match="w kolejce"):
        decide(session, ewa, still_open, "rejected", "Nie było jej.")
    assert {one.status for one in disputes(session, ewa).rows} == {"", "open"}
    assert disputes(session, world.coach, "accepted").total == 1  # has nothing to judge in the queue
    waiting.status = "done"
    assert {one.criterion for one in disputes(session, ewa).rows} == {"identity_check", "empathy"}
    assert dispute_figures(session, ewa, TODAY).overturned.whole == 1
    decide(session, ewa, still_open, "rejected", "Nie było jej.")
