"""The report of what is stored: by channel, with who labelled, at the command line and in the kept report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.access.permissions import Actor
from qa.services.conversations.view import trust_states
from qa.services.judging.reviews import Change, finish, save
from qa.services.judging.trust import Bar
from qa.services.judging.trust_state import kept_bar, measure, reviewed_cards, stored_trust, trust_view
from qa.storage.people import TrustRow
from qa.storage.tables import AuditRow, ConversationRow
from tests.unit.qa.conftest import Run
from tests.unit.qa.databases import empty_storage
from tests.unit.qa.sampling_rows import person
from tests.unit.qa.scale_rows import CARD, NAMES, SCALED, add, answers

ANNA, OLA, LEAD = person("anna", "qa_specialist"), person("ola", "qa_specialist"), person("lead", "qa_lead")
BAR = Bar(least=1, agreement=0.05, kappa=0.0, assisted=0.1)


def reviewed(session: Session, actor: Actor, identifier: str, **given: str) -> None:
    row = save(session, actor, identifier, CARD, Change(answers(2, **given), dict.fromkeys(NAMES, "Bo tak.")))
    finish(session, actor, row.id, CARD)


def stock(session: Session) -> None:
    """Two chats and an e-mail thread that Anna judged, one chat that Ola judged too."""
    for number, channel in enumerate(("chat", "chat", "email")):
        add(session, f"c-{number}", 2)
        moved = update(ConversationRow).where(ConversationRow.conversation_id == f"c-{number}")
        session.execute(moved.values(channel=channel))
        reviewed(session, ANNA, f"c-{number}", price="fail" if channel == "email" else "pass")
    reviewed(session, OLA, "c-0")


def test_channels_and_raters_are_told_apart(session: Session) -> None:
    stock(session)
    found = stored_trust(session, CARD.key, BAR)
    assert (found.conversations, found.raters) == (3, 2)
    prices = {one.channel: one for one in found.rows if one.criterion == "price"}
    assert {channel: one.n for channel, one in prices.items()} == {"chat": 2, "email": 1}
    assert sorted(n for _, n in prices["chat"].raters.counts) == [1, 2]
    assert [n for _, n in prices["email"].raters.counts] == [1]
    (whole,) = [one for one in found.whole if one.criterion == "price"]
    assert (whole.channel, whole.n) == ("", 3)
    assert reviewed_cards(session) == [CARD.key]
    assert session.scalars(select(TrustRow)).all() == []  # nothing is written


def test_the_kept_report_has_a_state_for_each_channel(session: Session) -> None:
    stock(session)
    measure(session, LEAD, CARD.key, BAR)
    view = trust_view(session, LEAD, CARD.key)
    assert (view.channels, view.raters) == (("chat", "email"), 2)
    prices = {line.channel: line for line in view.lines if line.criterion == "price"}
    assert {channel: (line.n, line.agreement) for channel, line in prices.items()} == {
        "chat": (2, 1.0),
        "email": (1, 0.0),
    }
    states = {
        channel: trust_states(session, CARD.key, channel)["price"] for channel in ("chat", "email", "phone")
    }
    assert states == {"chat": prices["chat"].state, "email": "manual", "phone": "unmeasured"}
    assert trust_states(session, CARD.key)["price"] == "manual"  # the lowest
    details = prices["chat"].details
    assert details is not None
    assert details.raters == (2, 1) or details.raters == (1, 2)
    assert [(one.of, one.part, one.n) for one in details.base_rates] == [
        ("pass", 2, 2),
        ("fail", 0, 2),
        ("na", 0, 2),
    ]
    assert [one.of for one in details.errors] == ["0.5", "0.8", "1"]
    content = json.dumps(session.get_one(TrustRow, CARD.key).content)
    assert not [name for name in (ANNA.id, OLA.id) if name in content]
    (row,) = session.scalars(select(AuditRow).where(AuditRow.action == "trust_measure")).all()
    assert row.details["states"]["price"] == "manual"


def test_change_is_that_of_the_channel(session: Session) -> None:
    stock(session)
    measure(session, LEAD, CARD.key, BAR)
    measure(session, LEAD, CARD.key, Bar())
    assert {
        line.change for line in trust_view(session, LEAD, CARD.key).lines if line.agreement is not None
    } == {0.0}
    assert kept_bar(session, CARD.key) == Bar()


def test_reports_of_before_are_still_shown(session: Session) -> None:
    stock(session)
    measure(session, LEAD, CARD.key, BAR)
    row = session.get_one(TrustRow, CARD.key)
    new = ("by_channel", "channel", "scorecard", "raters", "base_rates")
    row.content = {
        name: {key: value for key, value in figures.items() if key not in new}
        for name, figures in row.content.items()
    }
    row.bar = {key: value for key, value in row.bar.items() if key != "raters"}
    session.flush()
    view = trust_view(session, LEAD, CARD.key)
    assert (view.channels, view.raters, len(view.lines)) == ((), None, len(NAMES))
    assert view.lines[0].details is not None
    assert view.lines[0].details.base_rates == ()
    assert trust_states(session, CARD.key, "email") == trust_states(session, CARD.key)
    measure(session, LEAD, CARD.key, BAR)
    assert trust_states(session, CARD.key, "email")["price"] == "manual"


def test_nothing_stored_is_told(session: Session) -> None:
    with pytest.raises(UsageProblem, match="Nie ma jeszcze zakończonych ocen kartą sales@2"):
        stored_trust(session, CARD.key, BAR)
    add(session, "c-0", 2)
    reviewed(session, ANNA, "c-0")
    session.execute(update(ConversationRow).values(digest="x"))
    with pytest.raises(UsageProblem, match="nie mają jej wyników automatycznych"):
        stored_trust(session, CARD.key, BAR)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A data folder with the reviews."""
    opened = empty_storage(tmp_path / "var", "odsluch.db")
    with opened.writing() as session:
        stock(session)
    opened.close()
    return tmp_path


def report(cli: Run, *arguments: str) -> dict[str, Any]:
    status, out, err = cli("scorecards", "trust", *arguments, "--json")
    assert (status, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def test_a_card_alone_reads_what_is_stored(cli: Run, stored: Path) -> None:
    found = report(cli, "sales@2")
    assert {name: found[name] for name in ("source", "conversations", "blind", "raters")} == {
        "source": "reviews",
        "conversations": 3,
        "blind": 0,
        "raters": 2,
    }
    assert found["scorecards"] == ["sales@2"]
    prices = {one["channel"]: one["n"] for one in found["criteria"] if one["criterion"] == "price"}
    assert prices == {"chat": 2, "email": 1}
    assert {label["name"] for one in found["criteria"] for label in one["raters"]["labels"]} == {None}
    joined = report(cli, "sales@2", "--join-channels", "--least", "3")
    assert {one["criterion"]: one["n"] for one in joined["criteria"] if one["criterion"] == "price"} == {
        "price": 3
    }
    assert joined["bar"] == {"least": 3, "agreement": 0.8, "kappa": 0.6, "assisted": 0.75}
    assert report(cli, "sales")["scorecards"] == ["sales@2"]


def test_the_tables_name_channel_and_raters(cli: Run, stored: Path) -> None:
    status, out, _ = cli("scorecards", "trust", "sales@2")
    assert status == 0
    assert "Zaufanie: sales@2, czat" in out
    assert "Zaufanie: sales@2, e-mail" in out
    assert "Oceniających: 2; ocen na kryterium razem: 3." in out
    assert "Oceniających: 1; ocen na kryterium razem: 1." in out
    assert SCALED in out


def test_another_card_is_told_which_ones_are_reviewed(cli: Run, stored: Path) -> None:
    status, _, err = cli("scorecards", "trust", "phone@1")
    assert status == 1
    assert "Zakończone oceny są kartą: sales@2." in err
