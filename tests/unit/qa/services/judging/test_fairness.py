"""Fairness: figures of twins, with a judge that is fair and judges that are not."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from qa.services.judging.fairness import UNCHANGED, Counts, Fairness, Swapped, Way, fairness
from scorecards import Criterion, CriterionResult, Evaluation, Scorecard, Section, load_scorecard
from tests.unit.qa.fakes import FakeRedacted, FakeRedaction
from transcripts.conversation import Conversation, Turn
from transcripts.tags import BehaviourTag, TaggedConversation

CARD = load_scorecard("phone@1")


class Redactor:
    """Finds two people; replaces nothing."""

    version = "r@1"

    def redact(self, conversation: Conversation) -> FakeRedacted:
        found = tuple(
            FakeRedaction(i, m.start(), m.end(), "PERSON")
            for i, turn in enumerate(conversation.turns)
            for m in re.finditer(r"\b(?:Bożena|Krzemińska|Tomasz\w*|Adamczyk)\b", turn.text)
        )
        return FakeRedacted(conversation, found)


class Tagger:
    """Sees a greeting where ``greets`` does, and other acts everywhere."""

    def __init__(self, greets: str) -> None:
        self.greets = re.compile(greets)

    def tag_many(
        self, conversations: Iterable[Conversation], *, redacted: bool = False
    ) -> Iterator[TaggedConversation]:
        for conversation in conversations:
            tags = [
                BehaviourTag(i, "greeting", 0.99)
                for i, turn in enumerate(conversation.turns)
                if turn.speaker == "agent" and self.greets.search(turn.text)
            ]
            yield TaggedConversation(conversation, behaviours=(*tags, BehaviourTag(2, "solution", 0.9)))


LINES = (
    ("agent", "No słucham, sklep ogrodniczy, mówi Bożena Krzemińska, sprawdziłam już w systemie."),
    ("customer", "tu Tomasz Adamczyk, zamówiłem doniczki, dziękuję pani"),
    ("agent", "Panie Tomaszu, paczka dojdzie jutro, już ją wysłałam, do widzenia."),
)


def talks(count: int = 4, channel: str = "phone") -> list[Conversation]:
    turns = tuple(Turn(speaker, text) for speaker, text in LINES)  # type: ignore[arg-type]
    return [Conversation(f"c-{i}", channel, turns) for i in range(count)]  # type: ignore[arg-type]


def measured(greets: str, **options: Any) -> tuple[Fairness, dict[str, Swapped]]:
    way = Way(Redactor(), Tagger(greets), {"phone": CARD}.get, redacts=False)  # type: ignore[arg-type]
    found = fairness(talks(), way, **options)
    return found, {kind.kind: kind for kind in found.kinds}


def test_a_judge_who_looks_at_the_matter_only_changes_nothing() -> None:
    found, kinds = measured("nigdy")
    assert found.conversations == 4
    assert found.cards == ("phone@1",)
    assert found.over == ()
    for kind in ("agent_name", "customer_name", "agent_gender", "customer_gender", UNCHANGED):
        assert kinds[kind].conversations == 4
        assert kinds[kind].changed.part == 0
        assert kinds[kind].changed.whole == 4 * 15


def test_a_judge_who_knows_a_name_is_found_out() -> None:
    found, kinds = measured("Bożena")
    assert "agent_name" in found.over
    greeting = kinds["agent_name"].criteria["greeting"]
    assert (greeting.n, greeting.changed, greeting.to_fail, greeting.to_pass) == (4, 4, 4, 0)
    assert kinds["agent_name"].touched == 4
    assert len(greeting.examples) == 4
    assert kinds["customer_name"].changed.part == 0
    mean = kinds["agent_name"].difference
    assert mean.mean is not None
    assert mean.mean < 0


def test_a_judge_who_favours_men_is_found_out_with_the_direction() -> None:
    _, kinds = measured("wysłałem|sprawdziłem")
    greeting = kinds["agent_gender"].criteria["greeting"]
    assert (greeting.changed, greeting.to_pass, greeting.to_fail) == (4, 4, 0)  # from woman to man
    assert kinds["agent_gender"].over
    assert not kinds["customer_gender"].over


def test_a_judge_of_spelling_is_found_out() -> None:
    _, kinds = measured("wysłałam|sprawdziłam")
    assert kinds["no_diacritics"].criteria["greeting"].to_fail == 4


def test_the_bar_is_set_by_the_user() -> None:
    assert measured("Bożena", most=0.5)[0].over == ()


def test_the_report_has_intervals_and_no_text() -> None:
    found, _ = measured("Bożena")
    content = found.as_dict()
    by_kind = {kind["kind"]: kind for kind in content["kinds"]}
    changed = by_kind["agent_name"]["criteria"]["greeting"]["changed"]
    assert changed["value"] == 1.0
    assert changed["interval"][0] == pytest.approx(0.51, abs=0.01)  # Wilson, 4 of 4
    assert by_kind["agent_name"]["score"]["n"] == 4
    assert "Bożena" not in str(content)
    assert content["over"] == list(found.over)


def test_channels_without_a_card_are_counted_and_left_out() -> None:
    way = Way(Redactor(), Tagger("x"), {"phone": CARD}.get, redacts=False)  # type: ignore[arg-type]
    found = fairness([*talks(1), *talks(2, "review")], way)
    assert found.conversations == 1
    assert found.without == {"review": 2}


def result(outcome: str, level: int | None = None) -> CriterionResult:
    return CriterionResult("k", outcome, 1.0, 0.0, (), "", "p", level, level is not None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "to_fail", "to_pass", "flipped"),
    [
        (result("pass"), result("fail"), 1, 0, 1),
        (result("fail"), result("pass"), 0, 1, 1),
        (result("pass"), result("review"), 1, 0, 0),
        (result("fail"), result("na"), 0, 1, 0),
        (result("na"), result("review"), 0, 0, 0),
        (result("pass", 3), result("pass", 2), 1, 0, 0),
        (result("fail", 0), result("fail", 1), 0, 1, 0),
    ],
)
def test_which_way_an_outcome_goes(
    before: CriterionResult, after: CriterionResult, to_fail: int, to_pass: int, flipped: int
) -> None:
    counts = Counts()
    assert counts.add(before, after, "c")
    assert (counts.to_fail, counts.to_pass, counts.flipped) == (to_fail, to_pass, flipped)
    assert not Counts().add(before, before, "c")


def test_scores_that_only_one_of_a_pair_has_are_counted_apart() -> None:
    kind = Swapped("agent_name", 0.02)
    for old, new in ((50.0, 40.0), (None, 40.0), (50.0, None), (None, None)):
        before, after = (Evaluation("x@1", score, 1.0, (), (result("pass"),), "p") for score in (old, new))
        kind.add(before, after, "c")
    assert (kind.difference.mean, kind.difference.n, kind.gained, kind.lost) == (-10.0, 1, 1, 1)


def test_a_card_with_one_criterion_is_enough() -> None:
    criterion = Criterion("g", "G", "Czy wita?", 100, "greeting")
    card = Scorecard("x", 1, "X", (Section("s", "S", 100, (criterion,)),))
    way = Way(Redactor(), Tagger("No"), lambda channel: card, redacts=False)  # type: ignore[arg-type]
    assert dataclasses.asdict(fairness(talks(1), way))["cards"] == ("x@1",)
