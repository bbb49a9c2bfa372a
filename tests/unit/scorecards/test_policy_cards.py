"""The cards that are held against a policy, and its checks on written conversations."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from scorecards import load_scorecard, parse_policy, score
from scorecards.calendar import Calendar
from scorecards.checks import registered
from scorecards.lint import lint
from scorecards.loader import Served
from scorecards.policy_use import uses_policy
from scorecards.view import View
from transcripts.serialise import conversation_from_dict
from transcripts.tags import TaggedConversation

CARDS = ("chat@3", "email@3", "social@2", "marketplace@2", "complaint@3")
WRITTEN = Path(__file__).with_name("policy_written.jsonl")
READ_WITHOUT_A_TAGGER = (
    "stated_terms_right", "one_form_of_address", "plain_words", "readable_sentences", "first_answer_in_time",
    "later_answers_in_time",
)  # fmt: skip


def rows() -> list[dict]:
    return [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]


def tagged(row: dict) -> TaggedConversation:
    return TaggedConversation(conversation_from_dict({k: row[k] for k in ("id", "channel", "turns")}))


@pytest.mark.parametrize("key", CARDS)
def test_the_card_uses_a_policy_and_has_no_fault(key: str) -> None:
    card = load_scorecard(key)
    assert card.key == key
    assert uses_policy(card)
    assert not uses_policy(load_scorecard(f"{key[:-1]}1"))
    assert lint(key, Served()).errors == 0


def test_the_shops_policy_reaches_the_card() -> None:
    shop = parse_policy(
        "format: 1\nid: s\nversion: 1\nname: S\nresponse: {email: {first: 30 min}}\nstyle: {address: informal}\n",
        "s.yaml",
    )
    row = next(row for row in rows() if row["id"] == "p-24")
    by_law = {r.id: r.outcome for r in score(load_scorecard("email@3"), tagged(row)).criteria}
    by_shop = {r.id: r.outcome for r in score(load_scorecard("email@3", policy=shop), tagged(row)).criteria}
    assert (by_law["first_response"], by_law["one_form"]) == ("pass", "pass")
    assert (by_shop["first_response"], by_shop["one_form"]) == ("fail", "fail")


def test_one_change_of_the_policy_reaches_the_complaint_card_too() -> None:
    shop = parse_policy(
        "format: 1\nid: s\nversion: 1\nname: S\nterms: [{id: withdrawal, name: Zwrot, days: 30}]\n", "s.yaml"
    )
    said = "Przyjmuję reklamację. Na odstąpienie od umowy ma Pani 30 dni."
    turns = [{"speaker": "customer", "text": "but się rozkleił"}, {"speaker": "agent", "text": said}]
    told = tagged({"id": "t", "channel": "email", "turns": turns})
    by_law, by_shop = (
        {r.id: r.outcome for r in score(load_scorecard("complaint@3", policy=policy), told).criteria}
        for policy in (None, shop)
    )
    assert (by_law["terms_right"], by_shop["terms_right"]) == ("fail", "pass")


def test_what_was_measured_is_still_so() -> None:
    """The figures of docs/scorecards.md for the checks that need no tagger."""
    found: Counter[bool] = Counter()
    for row in rows():
        view = View(tagged(row))
        for name in READ_WITHOUT_A_TAGGER:
            if name in row["criteria"]:
                found[registered()[name].run(view).outcome == row["criteria"][name]] += 1
    assert found == {True: 162, False: 2}


def test_a_day_without_hours_is_free() -> None:
    assert not Calendar(((),) * 7).possible
    assert Calendar().open_on(date(2026, 1, 1)) == ((0.0, 24.0),)
