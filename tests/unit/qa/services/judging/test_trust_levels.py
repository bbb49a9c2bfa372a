"""The trust report on criteria with a scale."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa.errors import UserError
from qa.services.judging.trust import Bar, Trust, trust_report
from qa.services.judging.trust_labels import Scored
from tests.unit.qa.conftest import Run

BAR = Bar()


def evaluation(level: int | str, sure: float = 0.9, **more: Any) -> dict[str, Any]:
    """What the machine says: a level, ``na`` or ``review``; from 2 it is a pass."""
    outcome = level if isinstance(level, str) else "pass" if level >= 2 else "fail"
    number = None if isinstance(level, str) else level
    result = {"id": "recap", "outcome": outcome, "level": number, "scale": "0-3", "confidence": sure}
    return {"scorecard": "moja@1", "criteria": [result, *more.get("others", ())]}


def label(level: int | str) -> dict[str, Any]:
    if isinstance(level, str):
        return {"criteria": {"recap": level}}
    return {"criteria": {"recap": "pass" if level >= 2 else "fail"}, "levels": {"recap": level}}


def report(*pairs: tuple[int | str, int | str], bar: Bar = BAR) -> Trust:
    """What people and the machine said of each conversation."""
    evaluations = [Scored(f"c-{n}", evaluation(machine)) for n, (_, machine) in enumerate(pairs)]
    labels = {f"c-{n}": label(person) for n, (person, _) in enumerate(pairs)}
    (found,) = trust_report(evaluations, labels, bar)
    return found


def test_exact_and_near_levels_are_counted_where_both_gave_one() -> None:
    found = report((0, 0), (1, 2), (3, 0), (2, "review"), ("na", 2), (3, 3), ("na", "na"))
    levels = found.levels
    assert levels is not None
    assert (levels.top, levels.n) == (3, 5)
    assert (levels.decided.part, levels.decided.whole) == (4, 5)
    assert (levels.exact.part, levels.exact.whole) == (2, 4)
    assert levels.near.part == 3
    assert levels.bias == pytest.approx((0 + 1 - 3 + 0) / 4)
    # the figures of outcomes stand beside: seven conversations, six decided, three of them alike
    assert (found.n, found.decided.part, found.agreement.part) == (7, 6, 3)


def test_without_a_scale_there_are_no_levels_in_the_report() -> None:
    plain = {"id": "greeting", "outcome": "pass", "confidence": 0.9}
    found = trust_report(
        [Scored("c", {"criteria": [plain]})], {"c": {"criteria": {"greeting": "pass"}}}, Bar()
    )
    assert found[0].levels is None
    assert "levels" not in found[0].as_dict()


def test_raters_who_differ_in_the_level_count_for_the_outcome_only() -> None:
    both = {"A": label(2), "B": label(3)}
    (found,) = trust_report([Scored("c", evaluation(2))], {"c": both}, Bar())
    assert found.levels is not None
    assert (found.n, found.levels.n) == (1, 0)
    assert found.agreement.part == 1
    assert found.levels.bias is None


def test_raters_agree_on_levels_among_themselves() -> None:
    said = [(0, 0), (1, 1), (2, 3), (3, 3), (2, 2)]
    evaluations = [Scored(f"c-{n}", evaluation(2)) for n in range(len(said))]
    labels = {f"c-{n}": {"A": label(a), "B": label(b)} for n, (a, b) in enumerate(said)}
    (found,) = trust_report(evaluations, labels, Bar())
    assert found.levels is not None
    assert found.levels.people.value is not None
    assert found.levels.people.value > 0.8


def test_a_state_needs_the_bar_for_levels_too() -> None:
    bar = Bar(least=20)
    alike = [(level, level) for level in (0, 1, 2, 3)] * 10
    assert report(*alike, bar=bar).state == "automatic"
    # pass and fail are right everywhere, but the levels are one off in half of the conversations
    outcomes_only = [(0, 1), (1, 0), (2, 3), (3, 2), *[(level, level) for level in (0, 1, 2, 3)]] * 5
    found = report(*outcomes_only, bar=bar)
    assert found.agreement.value == 1
    assert found.state == "manual"
    mostly = [(0, 0), (1, 1), (2, 2), (3, 3), (2, 3)] * 8
    assert report(*mostly, bar=bar).state == "assisted"


@pytest.mark.parametrize("level", [4, -1, "2", 2.0, True, [2], {"a": 1}])
def test_a_level_that_is_none_is_told(level: Any) -> None:
    labels = {"c": {"criteria": {"recap": "pass"}, "levels": {"recap": level}}}
    with pytest.raises(UserError, match="recap w ocenach ludzi to liczba całkowita od 0 do 3"):
        trust_report([Scored("c", evaluation(2))], labels, Bar())


def test_labels_without_levels_count_for_outcomes() -> None:
    for levels in ({}, {"levels": None}, {"levels": {}}, {"levels": {"recap": None}}):
        labels = {"c": {"criteria": {"recap": "pass"}, **levels}}
        (found,) = trust_report([Scored("c", evaluation(2))], labels, Bar())
        assert found.levels is not None
        assert (found.n, found.levels.n) == (1, 0)


def test_the_command_shows_the_levels(cli: Run, tmp_path: Path) -> None:
    scored, people = tmp_path / "oceny.jsonl", tmp_path / "ludzie.jsonl"
    pairs = [(0, 0), (1, 1), (2, 3), (3, 3)] * 3
    scored.write_text(
        "".join(
            json.dumps({"id": f"c-{n}", "evaluation": evaluation(got)}) + "\n"
            for n, (_, got) in enumerate(pairs)
        )
    )
    people.write_text(
        "".join(json.dumps({"id": f"c-{n}", **label(want)}) + "\n" for n, (want, _) in enumerate(pairs))
    )
    status, out, _ = cli("scorecards", "trust", scored, people)
    assert status == 0
    assert "Poziomy (kappa i AC2 z wagami kwadratowymi)" in out
    status, out, _ = cli("scorecards", "trust", scored, people, "--json")
    (one,) = json.loads(out)["criteria"]
    assert (one["levels"]["exact"]["part"], one["levels"]["near"]["part"], one["levels"]["n"]) == (9, 12, 12)
    people.write_text(json.dumps({"id": "c-0", "criteria": {"recap": "fail"}, "levels": {"recap": 7}}) + "\n")
    status, _, err = cli("scorecards", "trust", scored, people)
    assert status == 1
    assert "od 0 do 3" in err
