"""Calibrations with a scale: levels are judged blind, compared as ordered, and decided."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from nlp.taxonomy import load_contact_reasons
from qa.errors import UsageProblem
from qa.services.access.permissions import Actor
from qa.services.calibration.comparison import ComparedCriterion, comparison
from qa.services.calibration.reading import AskedCriterion, blind_reading
from qa.services.calibration.sessions import compare, decide, judge, open_session
from qa.services.calibration.views import judgement
from qa.storage.people import CalibrationRow
from tests.unit.qa.scale_rows import CARD, SCALED, add, answers
from tests.unit.qa.services.calibration.conftest import person

IDS = ["c-1", "c-2", "c-3"]


class Panel:
    """Three who judge three conversations in which the machine finds levels 0, 1 and 2."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lead = person(session, "ola", "qa_lead")
        self.jan, self.ewa = person(session, "jan"), person(session, "ewa")
        for level, name in enumerate(IDS):
            add(session, name, level)
        people = [one.id for one in (self.lead, self.jan, self.ewa)]
        self.id = open_session(session, self.lead, "Stopnie", CARD.key, IDS, people).line.id

    def says(self, who: Actor, name: str, level: int | str, finish: bool = True) -> Any:
        version = judgement(self.session, who, self.id, name).version
        said = {one: {"outcome": word, "comment": ""} for one, word in answers(level).items()}
        return judge(self.session, who, self.id, name, said, "", version, finish=finish)

    def compared(self, *levels: tuple[int | str, int | str, int | str]) -> ComparedCriterion:
        """What each of the three said of each conversation."""
        for name, given in zip(IDS, levels, strict=True):
            for who, level in zip((self.lead, self.jan, self.ewa), given, strict=True):
                self.says(who, name, level)
        compare(self.session, self.lead, self.id)
        found = comparison(self.session, self.lead, self.id)
        return next(one for one in found.criteria if one.id == SCALED)


@pytest.fixture
def panel(session: Session) -> Panel:
    return Panel(session)


def test_a_level_is_judged_blind_and_shown_again(panel: Panel) -> None:
    kept = panel.says(panel.jan, "c-2", 2, finish=False)
    own = next(one for one in kept.criteria if one.criterion == SCALED)
    assert (own.outcome, own.level) == ("pass", 2)
    asked = asked_of(panel, panel.jan, "c-2")
    assert (asked.answer, asked.choices) == ("2", ("0", "1", "2", "3", "na"))
    assert asked.scale is not None
    assert asked.scale.levels[0].startswith("Proponuje")
    assert asked_of(panel, panel.ewa, "c-2").answer is None


def asked_of(panel: Panel, who: Actor, name: str) -> AskedCriterion:
    reading = blind_reading(panel.session, who, panel.id, name, load_contact_reasons())
    return next(one for section in reading.sections for one in section.criteria if one.id == SCALED)


@pytest.mark.parametrize("word", ["4", "pass", ""])
def test_no_level_is_refused(panel: Panel, word: str) -> None:
    with pytest.raises(UsageProblem, match="ocenia się poziomem od 0 do 3"):
        panel.says(panel.jan, "c-1", word)


def test_levels_are_compared_as_ordered_and_outcomes_beside(panel: Panel) -> None:
    found = panel.compared((0, 0, 0), (2, 3, 2), (3, 1, 2))
    assert found.levels is not None
    assert (found.levels.unanimous.part, found.levels.unanimous.whole) == (1, 3)
    assert found.levels.near.part == 2
    assert (found.levels.kappa.n, found.levels.levels) == (3, 9)
    assert found.levels.kappa.value is not None
    assert (found.agreement.unanimous.part, found.agreement.unanimous.whole) == (2, 3)  # as pass and fail
    assert found.scale is not None


def test_who_differs_in_the_level_splits_although_all_pass(panel: Panel) -> None:
    first, second, third = panel.compared((0, 0, 0), (2, 3, 2), (3, 1, 2)).conversations
    assert (first.split, first.machine_differs, first.majority_level) == (False, False, 0)
    assert (second.split, second.majority, second.majority_level) == (True, "pass", 2)
    assert second.machine_differs  # level 1, a fail
    assert second.machine is not None
    assert (second.machine.outcome, second.machine.level) == ("fail", 1)
    assert (third.split, third.majority, third.majority_level) == (True, "pass", None)
    assert not third.machine_differs  # it passes as most say, and on the level nobody agrees
    assert [one.level for one in third.people] == [3, 1, 2]


def test_another_level_of_the_machine_differs_also_with_the_same_outcome(panel: Panel) -> None:
    last = panel.compared((0, 0, 0), (1, 1, 1), (3, 3, 3)).conversations[2]
    assert last.machine is not None
    assert (last.machine.outcome, last.machine.level, last.split) == ("pass", 2, False)
    assert last.machine_differs
    assert last.machine.reason


def test_what_does_not_apply_is_no_level(panel: Panel) -> None:
    found = panel.compared(("na", "na", 0), (1, 1, 1), (2, 2, 2))
    assert found.levels is not None
    assert (found.levels.unanimous.part, found.levels.unanimous.whole) == (2, 2)
    assert found.agreement.unanimous.part == 2
    assert found.conversations[0].split


def test_a_level_is_decided(panel: Panel) -> None:
    panel.compared((0, 0, 0), (2, 3, 2), (3, 1, 2))
    decide(panel.session, panel.lead, panel.id, "c-3", SCALED, "3", "Uzasadnia propozycję.")
    for wrong in ("pass", "4"):
        with pytest.raises(UsageProblem, match="ocenia się poziomem"):
            decide(panel.session, panel.lead, panel.id, "c-3", SCALED, wrong, "Źle.")
    kept = panel.session.get_one(CalibrationRow, panel.id).decisions[f"c-3/{SCALED}"]
    assert (kept["outcome"], kept["level"]) == ("pass", 3)
    found = comparison(panel.session, panel.lead, panel.id)
    criterion = next(one for one in found.criteria if one.id == SCALED)
    decision = criterion.conversations[2].decision
    assert decision is not None
    assert (decision.outcome, decision.level, decision.answer) == ("pass", 3, "3")
