"""The scorer never sees an agent's past: what it is given holds none, and who the agent is decides nothing."""

from __future__ import annotations

import dataclasses
import inspect
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scorecard_conversations import behaviours, reasons, sentiment, talk

from scorecards import Evaluation, Scorecard, available, load_scorecard, score
from scorecards.engine import score_view
from scorecards.view import View
from transcripts.conversation import Agent, Conversation, Survey, Turn
from transcripts.serialise import conversation_from_dict
from transcripts.tags import TaggedConversation

WRITTEN = Path(__file__).with_name("cards_written.jsonl")
CONTRACT = ("id", "channel", "turns", "metadata")
CARDS = [load_scorecard(key) for key in available()]
# All that the engine is given. A new field has to be put into one of these on purpose.
JUDGED = {"channel", "turns", "direction", "started_at", "metadata"}
NEVER_READ = {"id", "agent", "queue", "customer_id", "order_id", "case_id", "survey"}
METADATA_READ = {"speech", "visibility"}
TAGS = {
    "conversation", "reasons", "primary", "primary_confidence", "sentiment", "behaviours", "producer", "spelling",
}  # fmt: skip
TURN = {"speaker", "text", "start", "end", "at"}


def conversations() -> list[TaggedConversation]:
    """Conversations of several channels, some tagged."""
    rows = [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]
    written = [
        TaggedConversation(conversation_from_dict({k: row[k] for k in CONTRACT if k in row}))
        for row in rows[::6]
    ]
    spoken = talk(
        "a: Dzień dobry, sklep Zielony Parapet, Iwona Sobczyk, w czym mogę pomóc?",
        "c: Paczka nie doszła, jestem wściekła!",
        "a: Przepraszam, już sprawdzam. Proszę o numer zamówienia i nazwisko.",
        "c: 4710, Gawlik",
        "a: Paczka będzie jutro do piętnastej. Czy mogę jeszcze w czymś pomóc?",
        "c: nie, dziękuję",
        "a: Do widzenia.",
        behaviours=behaviours(
            (0, "greeting", 0.9), (2, "empathy", 0.8), (4, "timeframe", 0.9), (4, "solution", 0.7)
        ),
        reasons=reasons("delivery.delayed"),
        sentiment=sentiment("negative"),
    )
    return [*written, spoken]


TALKS = conversations()


def evaluated(tagged: TaggedConversation) -> list[Evaluation]:
    return [score(card, tagged) for card in CARDS]


def of(tagged: TaggedConversation, **changes: Any) -> TaggedConversation:
    return dataclasses.replace(tagged, conversation=dataclasses.replace(tagged.conversation, **changes))


class Poison:
    """Something that nobody may look at."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"the engine looked at {name} of what it must not see")

    def __eq__(self, other: object) -> bool:
        raise AssertionError("the engine compared what it must not see")

    def __hash__(self) -> int:
        raise AssertionError("the engine hashed what it must not see")

    def __str__(self) -> str:
        raise AssertionError("the engine printed what it must not see")

    __bool__ = __len__ = __iter__ = __str__  # type: ignore[assignment]


def test_the_engine_is_given_one_card_and_one_tagged_conversation_and_nothing_else() -> None:
    assert [p.annotation for p in inspect.signature(score).parameters.values()] == [
        "Scorecard",
        "TaggedConversation",
    ]
    assert [p.annotation for p in inspect.signature(score_view).parameters.values()] == ["Scorecard", "View"]
    assert [p.annotation for p in inspect.signature(View).parameters.values()] == ["TaggedConversation"]


def test_every_field_of_the_input_is_known_and_none_tells_of_an_agents_past() -> None:
    def names(kind: Any) -> set[str]:
        return {field.name for field in dataclasses.fields(kind)}

    assert names(Conversation) == JUDGED | NEVER_READ
    assert names(TaggedConversation) == TAGS
    assert names(Turn) == TURN
    assert names(Agent) == {"id", "team", "name"}
    past = (
        "score",
        "history",
        "previous",
        "average",
        "review",
        "evaluation",
        "dispute",
        "rank",
        "age",
        "gender",
    )
    for name in JUDGED | TAGS | TURN:
        assert not any(word in name.split("_") for word in past), name


@pytest.mark.parametrize("field", sorted(NEVER_READ))
def test_the_engine_never_looks_at_who_spoke_or_what_came_of_it(field: str) -> None:
    for tagged in TALKS:
        assert evaluated(of(tagged, **{field: Poison()})) == evaluated(tagged)


def test_the_poison_works() -> None:
    with pytest.raises(AssertionError, match="must not see"):
        Poison().id  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AssertionError, match="must not see"):
        bool(Poison())


def test_a_check_that_looked_at_the_agent_would_be_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from scorecards import engine

    def unfair(card: Scorecard, view: View) -> Evaluation:
        return score_view(card, view) if view.conversation.agent.id != "a-1" else None  # type: ignore[union-attr,return-value]

    monkeypatch.setattr(engine, "score_view", unfair)
    with pytest.raises(AssertionError, match="must not see"):
        score(CARDS[0], of(TALKS[0], agent=Poison()))


def without_known(metadata: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in metadata.items() if key not in METADATA_READ}


texts = st.text(max_size=20)
agents = st.one_of(
    st.none(), st.builds(Agent, texts, st.one_of(st.none(), texts), st.one_of(st.none(), texts))
)
surveys = st.one_of(st.none(), st.builds(Survey, st.sampled_from([None, 1.0, 5.0]), st.just(5.0)))
histories = st.dictionaries(texts, st.one_of(st.integers(), texts, st.lists(st.floats(0, 100))), max_size=4)


@settings(deadline=None, max_examples=25)
@given(
    agent=agents,
    queue=st.one_of(st.none(), texts),
    survey=surveys,
    past=histories,
    which=st.integers(0, len(TALKS) - 1),
)
def test_who_the_agent_is_changes_no_outcome(
    agent: Agent | None, queue: str | None, survey: Survey | None, past: dict[str, Any], which: int
) -> None:
    tagged = TALKS[which]
    metadata = {
        **without_known({**past, "agent_history": [12.0, 40.5], "score": 3}),
        **tagged.conversation.metadata,
    }
    other = of(
        tagged,
        id="x",
        agent=agent,
        queue=queue,
        survey=survey,
        customer_id="cu",
        case_id="k",
        metadata=metadata,
    )
    assert evaluated(other) == evaluated(tagged)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 2**16))
def test_the_order_of_conversations_changes_no_outcome(seed: int) -> None:
    alone = {tagged.conversation.id: evaluated(tagged) for tagged in TALKS}
    shuffled = list(TALKS)
    random.Random(seed).shuffle(shuffled)
    assert {tagged.conversation.id: evaluated(tagged) for tagged in worse_first(shuffled)} == alone


def worse_first(talks: list[TaggedConversation]) -> Iterator[TaggedConversation]:
    """Each conversation after a bad one of the same agent, which an engine that remembers would hold against them."""
    bad = talk(
        "a: nie moja sprawa, proszę dzwonić gdzie indziej", "c: to skandal", "a: trudno, mnie to nie obchodzi"
    )
    for tagged in talks:
        for card in CARDS:
            score(card, of(bad, agent=Agent("a-1", "T1")))
        yield of(tagged, agent=Agent("a-1", "T1"))
