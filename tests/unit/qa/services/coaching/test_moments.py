"""Moments of conversations that are worth listening to together."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from qa.services.coaching.moments import moments
from qa.services.coaching.progress import Period
from tests.unit.qa.coaching_rows import day, review, talk

NOW = Period(day(27), day(0), 28)


def shown(session: Session, *, only_good: bool = False) -> list[tuple[str, str, bool]]:
    session.flush()
    return [
        (one.conversation_id, one.outcome, one.confirmed)
        for one in moments(session, "m", NOW, "recap", only_good=only_good)
    ]


def recap(session: Session, name: str, outcome: str, confidence: float = 0.9, **fields: Any) -> None:
    talk(session, name, "m", day(3), {"recap": outcome}, confidence=confidence, evaluated=True, **fields)


def test_moments_are_the_clearest_with_a_good_example_among_them(session: Session) -> None:
    for number in range(5):
        recap(session, f"f{number}", "fail", 0.5 + number / 10)
        recap(session, f"p{number}", "pass", 0.5 + number / 10)
    assert shown(session) == [("f4", "fail", False), ("f3", "fail", False), ("p4", "pass", False)]
    assert [one for one, *_ in shown(session, only_good=True)] == ["p4", "p3", "p2"]
    review(session, "f0", {"recap": "fail"}, comment="Bez podsumowania.")
    review(session, "f4", {"recap": "pass"}, comment="Jest w turze 4.")
    session.flush()
    found = moments(session, "m", NOW, "recap")
    assert [(one.conversation_id, one.outcome, one.confirmed) for one in found] == [
        ("f0", "fail", True),
        ("f3", "fail", False),
        ("f4", "pass", True),
    ]
    assert [one.reason for one in found] == ["Bez podsumowania.", "Zdanie maszyny: fail.", "Jest w turze 4."]
    assert [one.confidence for one in found] == [0.5, 0.8, None]  # the machine's is in its own outcome
    assert (found[0].turn, found[0].start, found[0].end, len(found[0].evidence)) == (2, 0, 9, 2)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ("", []),
        ("f", ["fail"]),
        ("ffff", ["fail"] * 3),
        ("fp", ["fail", "pass"]),
        ("fpppp", ["fail", "pass", "pass"]),
        ("pppp", ["pass"] * 3),
    ],
)
def test_moments_of_few_conversations(session: Session, outcomes: str, expected: list[str]) -> None:
    for number, letter in enumerate(outcomes):
        recap(session, f"m{number}", {"f": "fail", "p": "pass"}[letter])
    assert [outcome for _, outcome, _ in shown(session)] == expected


def test_without_evidence_there_is_no_moment(session: Session) -> None:
    talk(session, "bare", "m", day(3), {"recap": "fail"})  # no evaluation is kept of it
    talk(session, "late", "m", day(28), {"recap": "fail"}, evaluated=True)
    talk(session, "whose", "a", day(3), {"recap": "fail"}, evaluated=True)
    recap(session, "unsure", "review")
    assert shown(session) == []
    review(session, "unsure", {"recap": "fail"})
    assert shown(session) == [("unsure", "fail", True)]
