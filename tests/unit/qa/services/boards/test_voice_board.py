"""The voice-of-customer board: shares, real changes, drill-down, and quotes that give nobody away."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from nlp.taxonomy import load_contact_reasons
from qa.errors import Refused, UsageProblem
from qa.services.access.permissions import PERMISSIONS, ROLES
from qa.services.boards.voice_board import ReasonVoice, VoiceFilters, VoiceView, voice
from qa.services.boards.voice_quotes import MOST, quotes
from qa.services.coaching.progress import Estimate, minus
from qa.services.conversations.listing import Filters, conversations
from qa.services.conversations.reasons import NO_REASON
from qa.services.judging.trust import Share
from qa.storage.tables import ConversationRow, TaggingRow
from tests.unit.qa.board_rows import LEAD, PRODUCT, add, person

NOVEMBER = VoiceFilters(date(2026, 11, 2), date(2026, 11, 15))
BEFORE = "2026-10-25"
DELAYED, LOST, REFUND = "delivery.delayed", "delivery.lost", "returns.refund_status"


def many(session: Session, reason: str | None, count: int, **values: Any) -> None:
    for number in range(count):
        name = f"{reason}-{values.get('day', '')}-{values.get('sentiment', '')}-{values.get('team', '')}-{number}"
        add(session, name, primary_reason=reason, **values)


def of(view: VoiceView, code: str) -> ReasonVoice:
    return next(one for one in view.reasons if one.code == code)


def total(session: Session, where: dict[str, str]) -> int:
    return conversations(session, LEAD, Filters(**where)).total


def test_an_empty_database_is_an_empty_board(session: Session) -> None:
    view = voice(session, PRODUCT, NOVEMBER)
    assert (view.contacts, view.contacts_before, view.reasons) == (0, 0, ())
    assert view.negative.value is None
    assert [part.share.n for part in view.parts] == [0, 0]


def test_shares_are_of_all_contacts_and_unknown_reasons_are_one(session: Session) -> None:
    many(session, DELAYED, 6)
    many(session, None, 3)
    many(session, LOST, 1)
    view = voice(session, PRODUCT, NOVEMBER)
    assert [(one.code, one.share.part, one.share.n) for one in view.reasons] == [
        (DELAYED, 6, 10),
        ("none", 3, 10),
        (LOST, 1, 10),
    ]
    assert of(view, "none").name == NO_REASON
    assert of(view, LOST).name == load_contact_reasons().name(LOST) != LOST
    assert (of(view, LOST).share.low, of(view, LOST).share.high) == Share(1, 10).interval


def test_a_reason_that_no_taxonomy_has_shows_its_code(session: Session) -> None:
    many(session, "our.own", 1)
    assert of(voice(session, PRODUCT, NOVEMBER), "our.own").name == "our.own"


def test_a_group_keeps_the_denominator(session: Session) -> None:
    many(session, DELAYED, 6)
    many(session, LOST, 2)
    many(session, REFUND, 2, sentiment="negative")
    many(session, "deliveryx.other", 10)
    view = voice(session, PRODUCT, replace(NOVEMBER, reason="delivery"))
    assert [(one.code, one.share.n) for one in view.reasons] == [(DELAYED, 20), (LOST, 20)]
    assert (view.parts[0].share.part, view.parts[0].share.n, view.negative.n) == (8, 20, 8)
    assert [one.code for one in voice(session, PRODUCT, replace(NOVEMBER, reason=REFUND)).reasons] == [REFUND]
    assert voice(session, PRODUCT, replace(NOVEMBER, reason="none")).reasons == ()


def test_the_change_is_against_as_many_days_before(session: Session) -> None:
    many(session, DELAYED, 5)
    many(session, LOST, 5)
    many(session, DELAYED, 2, day="2026-11-01")
    many(session, REFUND, 6, day="2026-10-19")
    many(session, REFUND, 50, day="2026-10-18")
    view = voice(session, PRODUCT, NOVEMBER)
    assert (view.before_first, view.before_last, view.contacts_before) == ("2026-10-19", "2026-11-01", 8)
    found = of(view, DELAYED)
    assert (found.before.part, found.before.n) == (2, 8)
    now, then = Share(5, 10), Share(2, 8)
    assert now.interval is not None
    assert then.interval is not None
    assert found.change == minus(Estimate(0.5, *now.interval), Estimate(0.25, *then.interval))
    # what is gone is shown too
    assert (of(view, REFUND).share.part, of(view, REFUND).points) == (0, (0, 0))
    assert of(view, REFUND).where["reason"] == REFUND


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-11-01", "2026-11-30", ("2026-10-01", "2026-10-31")),
        ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2026-01-01", "2026-03-31", ("2025-10-01", "2025-12-31")),
        ("2026-11-01", "2026-11-29", ("2026-10-03", "2026-10-31")),
        ("2026-11-02", "2026-11-30", ("2026-10-04", "2026-11-01")),
    ],
)
def test_whole_months_are_compared_with_whole_months(
    session: Session, first: str, last: str, before: tuple[str, str]
) -> None:
    chosen = VoiceFilters(date.fromisoformat(first), date.fromisoformat(last))
    view = voice(session, PRODUCT, chosen)
    assert (view.before_first, view.before_last) == before


def test_without_contacts_before_nothing_has_changed(session: Session) -> None:
    many(session, DELAYED, 50)
    found = of(voice(session, PRODUCT, NOVEMBER), DELAYED)
    assert (found.change, found.changed, found.before.value) == (None, False, None)


def test_only_a_change_that_is_more_than_luck_is_called_one(session: Session) -> None:
    for number in range(12):
        many(session, f"group.r{number:02}", 10)
        many(session, f"group.r{number:02}", 10, day=BEFORE)
    many(session, REFUND, 20)
    many(session, REFUND, 9, day=BEFORE)  # its own interval almost leaves out 0: luck among thirteen
    many(session, LOST, 60)
    many(session, LOST, 10, day=BEFORE)
    view = voice(session, PRODUCT, NOVEMBER)
    assert [one.code for one in view.reasons if one.changed] == [LOST]


def test_sentiment_by_reason_and_week(session: Session) -> None:
    many(session, DELAYED, 3, sentiment="negative")
    many(session, DELAYED, 1, sentiment="positive", day="2026-11-10")
    many(session, DELAYED, 2, sentiment=None)
    many(session, LOST, 4, sentiment="mixed")
    view = voice(session, PRODUCT, NOVEMBER)
    found = of(view, DELAYED)
    assert {one.code: one.count for one in found.sentiments} == {
        "negative": 3,
        "mixed": 0,
        "neutral": 0,
        "positive": 1,
        "": 2,
    }
    assert (found.negative.part, found.negative.n) == (3, 4)
    assert found.points == (5, 1)
    assert [(part.first, part.share.part, part.negative.n) for part in view.parts] == [
        ("2026-11-02", 9, 7),
        ("2026-11-09", 1, 1),
    ]


def test_every_figure_leads_to_its_conversations(session: Session) -> None:
    many(session, DELAYED, 3, sentiment="negative", team="T1")
    many(session, DELAYED, 2, sentiment="negative", team="T2")
    many(session, LOST, 4, sentiment="positive", day="2026-11-12")
    many(session, None, 2, sentiment=None)
    for chosen in (
        NOVEMBER,
        replace(NOVEMBER, team="T1"),
        replace(NOVEMBER, reason="delivery"),
        replace(NOVEMBER, sentiment="negative"),
    ):
        view = voice(session, PRODUCT, chosen)
        for one in view.reasons:
            assert total(session, one.where) == one.share.part
        for sentiments in (view.sentiments, *(one.sentiments for one in (*view.reasons, *view.parts))):
            assert all(total(session, felt.where) == felt.count for felt in sentiments if felt.code)
            assert all(felt.where == {} for felt in sentiments if not felt.code)
        assert [total(session, part.where) for part in view.parts] == [part.share.part for part in view.parts]


def test_filters_narrow_both_periods(session: Session) -> None:
    for day in ("2026-11-05", BEFORE):
        many(session, DELAYED, 3, day=day, team="T1", channel="phone")
        many(session, DELAYED, 2, day=day, team="T2", channel="chat", sentiment="negative")
    felt = voice(session, PRODUCT, replace(NOVEMBER, sentiment="negative"))
    assert [(one.code, one.count) for one in felt.sentiments] == [("negative", 2)]
    assert felt.negative.value is None  # of negative ones all are
    for narrowed in ({"team": "T2"}, {"channel": "chat"}, {"sentiment": "negative"}):
        view = voice(session, PRODUCT, replace(NOVEMBER, **narrowed))  # type: ignore[arg-type]
        assert (view.contacts, view.contacts_before) == (2, 2)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_open_it(session: Session, role: str) -> None:
    actor, chosen = person("p", role), replace(NOVEMBER, reason=DELAYED)
    if role in PERMISSIONS["voice.read"]:
        assert voice(session, actor, chosen).contacts == 0
        assert quotes(session, actor, chosen).quotes == ()
        return
    for read in (voice, quotes):
        with pytest.raises(Refused, match="głos klienta"):
            read(session, actor, chosen)


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": date(2026, 12, 1)},
        {"channel": "telepatia"},
        {"sentiment": "angry"},
        {"team": "a\0"},
        {"reason": "x" * 300},
    ],
)
def test_filters_that_cannot_be_understood_are_refused(session: Session, wrong: dict[str, Any]) -> None:
    chosen = replace(replace(NOVEMBER, reason=DELAYED), **wrong)
    for read in (voice, quotes):
        with pytest.raises(UsageProblem):
            read(session, PRODUCT, chosen)


def spoken(
    session: Session, name: str, turns: list[tuple[str, str]], words: str, reason: str = DELAYED
) -> None:
    """A conversation whose evidence for the reason is where ``words`` are said."""
    place = next(i for i, (_, text) in enumerate(turns) if words in text)
    start = turns[place][1].index(words)
    session.add(
        ConversationRow(
            key=name,
            conversation_id=name,
            source_digest="s",
            raw_digest="r",
            version="1",
            digest=f"d-{name}",
            channel="phone",
            started_at="2026-11-04T09:00:00+01:00",
            content={
                "id": name,
                "channel": "phone",
                "agent": {"id": "a-1", "team": "T1"},
                "turns": [{"speaker": speaker, "text": text} for speaker, text in turns],
            },
        )
    )
    span = {"turn": place, "start": start, "end": start + len(words)}
    session.add(
        TaggingRow(
            key=f"t-{name}",
            input_digest=f"d-{name}",
            version="t",
            digest=f"t-{name}",
            primary_reason=reason,
            content={
                "reasons": [{"code": reason, "confidence": 0.9, "evidence": [span]}],
                "primary": reason,
                "sentiment": None,
                "behaviours": [],
            },
        )
    )
    add(session, name, primary_reason=reason)


def test_quotes_are_customers_sentences_and_nothing_else(session: Session) -> None:
    greeting = ("agent", "Dzień dobry, tu Sklep, w czym pomóc?")
    spoken(
        session,
        "c-1",
        [greeting, ("customer", "Witam. Paczka [PERSON] nie dotarła do dziś. Czekam.")],
        "nie dotarła",
    )
    spoken(
        session,
        "c-2",
        [("agent", "Widzę, że paczka pana jest spóźniona."), ("customer", "Tak.")],
        "spóźniona",
    )
    spoken(session, "c-3", [greeting, ("customer", "No nie ma.")], "nie ma")
    spoken(session, "c-4", [greeting, ("customer", "Zgubiliście moją paczkę z butami!")], "Zgubiliście", LOST)
    found = quotes(session, PRODUCT, replace(NOVEMBER, reason=DELAYED))
    assert found.quotes == ("Paczka [PERSON] nie dotarła do dziś.",)
    shown = json.dumps(found.quotes) + found.name
    assert not any(secret in shown for secret in ("c-1", "a-1", "T1"))
    with pytest.raises(UsageProblem, match="jeden powód"):
        quotes(session, PRODUCT, replace(NOVEMBER, reason="delivery"))


def test_at_most_five_quotes_and_none_twice(session: Session) -> None:
    for number in range(4):
        spoken(session, f"same-{number}", [("customer", "Gdzie jest moja paczka?")], "moja paczka")
    for number in range(7):
        spoken(session, f"other-{number}", [("customer", f"Czekam na paczkę już {number} tygodni")], "Czekam")
    found = quotes(session, PRODUCT, replace(NOVEMBER, reason=DELAYED)).quotes
    assert len(found) == MOST == len(set(found))
    assert quotes(session, PRODUCT, replace(NOVEMBER, reason=DELAYED, team="T9")).quotes == ()
