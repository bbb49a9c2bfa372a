import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scorecard_conversations import behaviours, talk

from scorecards import (
    Criterion,
    Finding,
    Scorecard,
    Section,
    Thresholds,
    evaluation_to_dict,
    load_scorecard,
    score,
)
from scorecards.checks import registry
from scorecards.phrases import BEHAVIOURS
from scorecards.view import View
from transcripts.conversation import CHANNELS, SPEAKERS, Conversation, Span, Turn
from transcripts.tags import BehaviourTag, TaggedConversation

PHONE = load_scorecard("phone")
SAID = talk("a: Dzień dobry", "c: Dobry")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Finding]:
    """Checks ``one`` to ``three`` that give the findings put here."""
    given_: dict[str, Finding] = {}
    checks = dict(registry._CHECKS)
    for name in ("one", "two", "three"):
        checks[name] = registry.Check(name, lambda _view, name=name: given_[name], 1, (), {}, True)
    monkeypatch.setattr(registry, "_CHECKS", checks)
    return given_


def card(*weights: float, critical: str = "", least: float = 0.5) -> Scorecard:
    names = ("one", "two", "three")
    criteria = tuple(
        Criterion(n, n, n, w, n, thresholds=Thresholds(0.6, 0.6, 0.6), critical=n == critical)
        for n, w in zip(names, weights, strict=False)
    )
    return Scorecard("probe", 1, "Probe", (Section("s", "S", sum(weights), criteria),), least)


def finding(outcome: str, confidence: float = 0.9, spans: tuple[Span, ...] = (Span(0, 0, 5),)) -> Finding:
    return Finding(outcome, confidence, spans, "Powód.")  # type: ignore[arg-type]


def test_score_is_the_share_of_decided_points(answers: dict[str, Finding]) -> None:
    answers.update(one=finding("pass"), two=finding("fail"), three=finding("na"))
    result = score(card(30, 20, 50), SAID)
    assert (result.score, result.coverage) == (60.0, 1.0)
    assert [c.points for c in result.criteria] == [30, 0, 0]


def test_review_lowers_coverage_and_not_the_score(answers: dict[str, Finding]) -> None:
    answers.update(one=finding("pass"), two=finding("pass"), three=finding("fail", 0.59))
    result = score(card(30, 30, 40), SAID)
    assert (result.score, result.coverage) == (100.0, 0.6)
    assert result.criteria[2].outcome == "review"
    assert score(card(20, 20, 60), SAID).score is None


def test_critical_fail_is_zero_even_when_little_is_decided(answers: dict[str, Finding]) -> None:
    answers.update(one=finding("fail"), two=finding("review"), three=finding("review"))
    result = score(card(5, 45, 50, critical="one"), SAID)
    assert (result.score, result.critical_failed) == (0.0, ("one",))


def test_unsure_critical_fail_is_a_review(answers: dict[str, Finding]) -> None:
    answers.update(one=finding("fail", 0.5), two=finding("pass"), three=finding("pass"))
    result = score(card(10, 45, 45, critical="one"), SAID)
    assert (result.score, result.critical_failed) == (100.0, ())


def test_a_criterion_that_fails_its_section_loses_the_section_only(answers: dict[str, Finding]) -> None:
    answers.update(one=finding("fail"), two=finding("pass"), three=finding("pass"))
    first, second, third = card(10, 30, 60).criteria
    failing = dataclasses.replace(first, fails_section=True)
    sections = (Section("s", "S", 40, (failing, second)), Section("t", "T", 60, (third,)))
    two_sections = Scorecard("probe", 1, "Probe", sections)
    result = score(two_sections, SAID)
    assert (result.score, result.coverage) == (60.0, 1.0)
    assert (result.critical_failed, result.sections_failed) == ((), ("s",))
    assert [(c.outcome, c.points) for c in result.criteria] == [("fail", 0), ("pass", 0), ("pass", 60)]
    assert evaluation_to_dict(result)["sections_failed"] == ["s"]
    answers.update(two=finding("review"))
    assert (score(two_sections, SAID).score, score(two_sections, SAID).coverage) == (60.0, 1.0)
    answers.update(two=finding("na"))
    assert score(two_sections, SAID).score == 85.71
    answers.update(one=finding("pass"))
    assert "sections_failed" not in evaluation_to_dict(score(two_sections, SAID))


def test_a_critical_fail_outweighs_a_lost_section(answers: dict[str, Finding]) -> None:
    answers.update(one=finding("fail"), two=finding("fail"), three=finding("pass"))
    first, second, third = card(10, 30, 60, critical="one").criteria
    sections = (Section("s", "S", 100, (first, dataclasses.replace(second, fails_section=True), third)),)
    result = score(Scorecard("probe", 1, "Probe", sections), SAID)
    assert (result.score, result.critical_failed, result.sections_failed) == (0.0, ("one",), ("s",))


def test_all_na_gives_no_score(answers: dict[str, Finding]) -> None:
    answers.update(one=finding("na"), two=finding("na"), three=finding("na"))
    assert score(card(30, 30, 40), SAID).score is None


@pytest.mark.parametrize(
    "span", [Span(0, 0, 99), Span(7, 0, 1), Span(-1, 0, 1), Span(0, 3, 3), Span(0, -2, 3)]
)
def test_pass_without_evidence_inside_the_text_is_refused(answers: dict[str, Finding], span: Span) -> None:
    answers.update(one=finding("pass", 0.99, (span,)))
    result = score(card(100), SAID).criteria[0]
    assert (result.outcome, result.evidence, result.points) == ("review", (), 0)


@pytest.mark.parametrize("channel", CHANNELS)
def test_no_agent_turn_means_nothing_to_judge(channel: str) -> None:
    result = score(PHONE, talk("c: Paczka nie doszła, skandal!", channel=channel))  # type: ignore[arg-type]
    assert result.score is None
    assert {c.outcome for c in result.criteria} == {"na"}


def test_contract_2_keys() -> None:
    record = evaluation_to_dict(score(PHONE, SAID))
    assert list(record)[:2] == ["scorecard", "score"]
    assert record["scorecard"] == "phone@1"
    assert {"id", "outcome", "confidence", "points", "evidence", "reason"} <= set(record["criteria"][0])
    assert record["criteria"][0]["evidence"] == [{"turn": 0, "start": 0, "end": 11}]


WORDS = st.sampled_from(
    [
        "dzień",
        "dobry",
        "[PERSON]",
        "[PESEL]",
        "w",
        "czym",
        "mogę",
        "pomóc",
        "czyli",
        "rozumiem",
        "że",
        "przykro",
        "mi",
        "paczka",
        "jest",
        "jutro",
        "do",
        "widzenia",
        "?",
        "...",
        "to",
        "nie",
        "my",
        "proszę",
        "o",
        "numer",
        "zamówienia",
        "czy",
        "jeszcze",
        "mhm",
        "14",
        "dni",
        "ąę",
        "́",
        "🙂",
        "|",
        "przepraszam",
        "chwileczkę",
        "trzeba",
        "było",
    ]
)
TEXT = st.lists(WORDS, max_size=9).map(" ".join) | st.text(max_size=20)


@st.composite
def conversations(draw: st.DrawFn) -> TaggedConversation:
    turns = draw(
        st.lists(
            st.builds(
                Turn,
                speaker=st.sampled_from(SPEAKERS),
                text=TEXT,
                start=st.none() | st.floats(0, 900),
                end=st.none() | st.floats(0, 900),
            ),
            max_size=12,
        )
    )
    agents = [i for i, turn in enumerate(turns) if turn.speaker == "agent"]
    tag = st.builds(
        BehaviourTag,
        turn=st.sampled_from(agents or [0]),
        code=st.sampled_from(BEHAVIOURS),
        confidence=st.floats(0, 1),
    )
    tags = draw(st.lists(tag, max_size=12)) if agents else []
    channel = draw(st.sampled_from(CHANNELS))
    return TaggedConversation(Conversation("h", channel, tuple(turns)), behaviours=tuple(tags))  # type: ignore[arg-type]


@settings(max_examples=250, deadline=None)
@given(conversations())
def test_invariants(tagged: TaggedConversation) -> None:
    result = score(PHONE, tagged)
    assert result == score(PHONE, tagged)
    assert result.score is None or 0 <= result.score <= 100
    assert 0 <= result.coverage <= 1
    for criterion, answer in zip(PHONE.criteria, result.criteria, strict=True):
        assert 0 <= answer.points <= criterion.weight
        assert (answer.points > 0) == (answer.outcome == "pass")
        assert 0 <= answer.confidence <= 1
        assert answer.reason.endswith(".")
        assert all(span.text(tagged.conversation) for span in answer.evidence)
        assert answer.outcome != "pass" or answer.evidence


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_a_surer_tagger_never_makes_an_act_less_sure(low: float, high: float) -> None:
    low, high = sorted((low, high))
    said = talk("a: Przykro mi, że tak wyszło", behaviours=behaviours((0, "empathy", low)))
    surer = dataclasses.replace(said, behaviours=behaviours((0, "empathy", high)))
    assert View(said).sighting("empathy", 0).certainty <= View(surer).sighting("empathy", 0).certainty


def heard(trust: str, *low_turns: int) -> TaggedConversation:
    """``SAID`` as a recogniser gave it."""
    rows = [{"turn": 0}, *({"turn": turn, "low": True} for turn in low_turns)]
    metadata = {"speech": {"trust": trust, "turns": rows}}
    return dataclasses.replace(SAID, conversation=dataclasses.replace(SAID.conversation, metadata=metadata))


def test_a_poorly_heard_call_fails_nobody(answers: dict[str, Finding]) -> None:
    answers.update(one=finding("fail"), two=finding("fail", spans=()), three=finding("pass"))
    outcomes = [c.outcome for c in score(card(1, 1, 1, critical="one"), heard("low")).criteria]
    assert outcomes == ["review", "review", "pass"]
    result = score(card(1, 1, 1, critical="one"), heard("low"))
    assert result.critical_failed == ()
    assert "sprawdza człowiek" in result.criteria[0].reason
    assert [c.outcome for c in score(card(1, 1, 1), heard("ok")).criteria] == ["fail", "fail", "pass"]


def test_evidence_from_a_poorly_heard_turn_alone_decides_nothing(answers: dict[str, Finding]) -> None:
    both = (Span(0, 0, 5), Span(1, 0, 5))
    answers.update(one=finding("pass"), two=finding("pass", spans=both), three=finding("na"))
    assert [c.outcome for c in score(card(1, 1, 1), heard("ok", 0)).criteria] == ["review", "pass", "na"]


@pytest.mark.parametrize("speech", [None, "tak", {}, {"turns": "x"}, {"turns": [1, {"low": True}]}])
def test_whatever_stands_in_metadata(answers: dict[str, Finding], speech: object) -> None:
    answers.update(one=finding("fail"), two=finding("pass"), three=finding("na"))
    talked = dataclasses.replace(SAID.conversation, metadata={"speech": speech})
    result = score(card(1, 1, 1), dataclasses.replace(SAID, conversation=talked))
    assert [c.outcome for c in result.criteria] == ["fail", "pass", "na"]
