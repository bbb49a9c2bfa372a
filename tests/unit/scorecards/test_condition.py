"""Criteria that apply only to some channels or reasons."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scorecard_conversations import reasons, talk

from scorecards import Condition, Criterion, CriterionResult, Scorecard, Section, Thresholds, score
from scorecards.condition import matches
from transcripts.conversation import Span
from transcripts.tags import ReasonTag, TaggedConversation

GREETS = "a: Dzień dobry, w czym mogę pomóc?"
SILENT = "a: No słucham"
LOW = Thresholds(0.0, 0.0, 0.0)


def result(
    only: Condition | None, tagged: TaggedConversation, thresholds: Thresholds = LOW
) -> CriterionResult:
    criterion = Criterion("g", "G", "Czy wita?", 100, "greeting", thresholds=thresholds, only=only)
    (answer,) = score(
        Scorecard("probe", 1, "Probe", (Section("s", "S", 100, (criterion,)),)), tagged
    ).criteria
    return answer


@pytest.mark.parametrize(
    ("pattern", "code", "expected"),
    [
        ("complaint.*", "complaint.service", True),
        ("complaint.service", "complaint.service", True),
        ("complaint.service", "complaint.service_desk", False),
        ("complaint.*", "complaints.service", False),
        ("complaint.*", "delivery.complaint", False),
    ],
)
def test_which_reason_a_pattern_means(pattern: str, code: str, expected: bool) -> None:
    assert matches(pattern, code) is expected


def test_another_channel_is_certain() -> None:
    found = result(Condition(channels=("chat", "email")), talk(GREETS), Thresholds())
    assert (found.outcome, found.confidence, found.evidence) == ("na", 1.0, ())
    assert found.reason == "Kryterium dotyczy tylko kanałów: czat, e-mail."
    assert found.producer == "only@1"
    assert result(Condition(channels=("chat", "phone")), talk(GREETS)).outcome == "pass"


def test_another_reason_is_as_sure_as_the_tagger() -> None:
    evidence = (Span(0, 0, 5),)
    tagged = talk(
        GREETS, reasons=(ReasonTag("payment.invoice", 0.6), ReasonTag("returns.how", 0.83, evidence))
    )
    found = result(Condition(reasons=("complaint.*", "delivery.delayed")), tagged)
    assert (found.outcome, found.confidence, found.evidence) == ("na", 0.83, evidence)
    assert found.reason == (
        "Powód kontaktu to returns.how, a kryterium dotyczy tylko powodów: complaint.*, delivery.delayed."
    )


def test_an_unsure_reason_leaves_it_to_a_person() -> None:
    found = result(
        Condition(reasons=("complaint.*",)),
        talk(GREETS, reasons=reasons("payment.invoice", 0.4)),
        Thresholds(),
    )
    assert (found.outcome, found.confidence) == ("review", 0.4)
    assert found.reason.startswith("Do sprawdzenia przez człowieka: powód kontaktu to payment.invoice")


def test_where_no_reason_was_found_nobody_knows() -> None:
    found = result(Condition(reasons=("complaint.*",)), talk(GREETS))
    assert (found.outcome, found.confidence) == ("review", 0.5)
    assert "Nie rozpoznano powodu kontaktu" in found.reason


def test_any_found_reason_may_match_and_all_conditions_must_hold() -> None:
    tagged = talk(GREETS, reasons=(ReasonTag("payment.invoice", 0.9), ReasonTag("complaint.defect", 0.8)))
    assert result(Condition(reasons=("complaint.*",)), tagged).outcome == "pass"
    assert result(Condition(reasons=("complaint.*",), channels=("phone",)), tagged).outcome == "pass"
    assert result(Condition(reasons=("complaint.*",), channels=("chat",)), tagged).outcome == "na"
    assert result(Condition(reasons=("delivery.*",), channels=("phone",)), tagged).outcome == "na"


@pytest.mark.parametrize("line", [GREETS, SILENT])
def test_an_outcome_is_no_surer_than_that_it_applies(line: str) -> None:
    always = result(None, talk(line))
    tagged = talk(line, reasons=(ReasonTag("complaint.defect", 0.5), ReasonTag("complaint.status", 0.8)))
    sometimes = result(Condition(reasons=("complaint.*",)), tagged)
    assert sometimes.outcome == always.outcome
    assert sometimes.confidence == pytest.approx(0.8 * always.confidence, abs=1e-4)
    assert result(Condition(channels=("phone",)), tagged) == result(None, tagged)


def test_a_check_that_says_na_itself_stays_as_sure() -> None:
    tagged = dataclasses.replace(talk("c: Halo?", "a: Proszę."), reasons=reasons("complaint.defect", 0.5))
    criterion = Criterion("e", "E", "Czy?", 100, "empathy", thresholds=LOW)
    card = Scorecard("probe", 1, "Probe", (Section("s", "S", 100, (criterion,)),))
    (plain,) = score(card, dataclasses.replace(tagged, reasons=reasons("payment.invoice", 0.5))).criteria
    conditional = dataclasses.replace(criterion, only=Condition(reasons=("payment.*",)))
    card = dataclasses.replace(card, sections=(Section("s", "S", 100, (conditional,)),))
    (found,) = score(card, dataclasses.replace(tagged, reasons=reasons("payment.invoice", 0.5))).criteria
    assert plain.outcome == found.outcome == "na"
    assert plain.confidence == found.confidence


def test_without_an_agent_nothing_is_asked_of_the_reason() -> None:
    found = result(Condition(reasons=("complaint.*",)), talk("c: Halo?"))
    assert (found.outcome, found.confidence, found.producer) == ("na", 1.0, "greeting@1")


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["complaint.a", "complaint.b", "delivery.a"]), st.floats(0, 1)), max_size=3
    ),
    st.lists(st.sampled_from(["complaint.*", "delivery.a", "payment.*"]), max_size=2),
    st.lists(st.sampled_from(["phone", "chat"]), max_size=2),
)
def test_a_condition_never_makes_an_outcome_surer(
    found: list[tuple[str, float]], wanted: list[str], channels: list[str]
) -> None:
    tagged = talk(GREETS, reasons=tuple(ReasonTag(code, sure) for code, sure in found))
    plain = result(None, tagged)
    answer = result(Condition(tuple(wanted), tuple(channels)), tagged)
    assert answer.outcome in (plain.outcome, "na", "review")
    assert answer.outcome != plain.outcome or answer.confidence <= plain.confidence
    assert answer.reason.endswith(".")
