"""The cards for social media, marketplaces, complaints, sales advice and bots, as a whole and on written talks."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scorecard_conversations import talk

from qa.settings import Settings
from scorecards import available, load_scorecard, score
from scorecards.checks import registered
from scorecards.phrases import card_lexicon
from scorecards.view import View
from transcripts.conversation import CHANNELS, SPEAKERS, Conversation, Turn
from transcripts.serialise import conversation_from_dict
from transcripts.tags import TaggedConversation

CARDS = ("social@1", "marketplace@1", "complaint@1", "sales@1", "bot@1")
WRITTEN = Path(__file__).with_name("cards_written.jsonl")
CONTRACT = ("id", "channel", "turns", "metadata")
CRITICAL = {
    "social@1": ["no_public_data", "courtesy"],
    "marketplace@1": ["stays_on_platform", "courtesy"],
    "complaint@1": ["courtesy"],
    "sales@1": ["courtesy"],
    "bot@1": ["no_pretending"],
}


def rows() -> list[dict]:
    return [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("key", CARDS)
def test_the_card_comes_with_the_program(key: str) -> None:
    assert key in available()
    card = load_scorecard(key)
    assert card.key == key
    assert sum(section.weight for section in card.sections) == 100
    assert [c.id for c in card.criteria if c.critical] == CRITICAL[key]


def test_no_card_is_the_default_of_a_channel() -> None:
    assert not set(CARDS) & set(Settings().scorecards.values())


def test_bot_checks_judge_the_bot_and_the_others_the_agent() -> None:
    bots = {c.check for c in load_scorecard("bot").criteria}
    assert {name for name, check in registered().items() if check.speaker == "bot"} == bots


@pytest.mark.parametrize("speaker", ["agent", "customer", "bot", "system"])
def test_every_pattern_can_be_read(speaker: str) -> None:
    assert card_lexicon(speaker).find(View(talk("a: nic")).speech("agent")) == {}


SAID = """dzień dobry jestem botem człowiekiem nie tak łączę z konsultantem konsultant przepraszam 14 dni na zwrot
reklamację w ciągu dwóch tygodni czternaście priv wiadomość prywatna numer zamówienia proszę podać 600100200 ² ½
[PHONE] [EMAIL_2] ola@poczta.example poza allegro www.sklep.pl polecam kosztuje 99 zł do tego etui dostępny
gdzie kiedy czy ile ? . ! nie, dziękuję sama czekałam uwielbiam rozumiem że ul. Lipowa 8 ąę 🙂 | \u0301 ,"""
WORDS = st.sampled_from(SAID.split())
TEXT = st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=25)
START = datetime(2026, 11, 2, 9, tzinfo=UTC)
MOMENT = st.none() | st.integers(-500, 500_000).map(lambda minutes: START + timedelta(minutes=minutes))


@st.composite
def conversations(draw: st.DrawFn) -> TaggedConversation:
    turn = st.builds(Turn, speaker=st.sampled_from(SPEAKERS), text=TEXT, at=MOMENT)
    turns = draw(st.lists(turn, max_size=10))
    metadata = draw(
        st.sampled_from([{}, {"visibility": "private"}, {"visibility": "public"}, {"visibility": 3}])
    )
    channel = draw(st.sampled_from(CHANNELS))
    conversation = Conversation("h", channel, tuple(turns), draw(MOMENT), metadata=metadata)  # type: ignore[arg-type]
    return TaggedConversation(conversation)


@pytest.mark.parametrize("key", CARDS)
@settings(max_examples=80, deadline=None)
@given(tagged=conversations())
def test_whatever_is_said_the_evaluation_is_sound(key: str, tagged: TaggedConversation) -> None:
    card = load_scorecard(key)
    result = score(card, tagged)
    assert result == score(card, tagged)
    for criterion, answer in zip(card.criteria, result.criteria, strict=True):
        assert 0 <= answer.confidence <= 1
        assert answer.reason.endswith(".")
        assert all(span.text(tagged.conversation) for span in answer.evidence)
        check = registered()[criterion.check]
        assert answer.outcome != "pass" or answer.evidence or not check.asks_for_act


def test_no_reason_quotes_the_conversation() -> None:
    said = (
        "c: gdzie moja kolorowa papuga",
        "a: Na zwrot ma pani 9 dni, proszę podać numer papugi.",
        "c: papuga!",
    )
    for key in CARDS:
        reasons = [c.reason for c in score(load_scorecard(key), talk(*said, channel="social")).criteria]
        assert not [reason for reason in reasons if "papug" in reason or "9" in reason]


def test_the_written_conversations_are_what_the_documentation_says() -> None:
    listed = rows()
    assert Counter(row["card"] for row in listed) == dict.fromkeys(CARDS, 12)
    assert Counter((row["card"], row["half"]) for row in listed) == {
        (c, h): 6 for c in CARDS for h in ("mended", "held")
    }
    assert {row["written_by"] for row in listed} == {"a language model, the author of these checks"}
    for row in listed:
        known = {c.id for c in load_scorecard(row["card"]).criteria}
        assert set(row["criteria"]) <= known
        assert set(row["criteria"].values()) <= {"pass", "fail", "na"}
        conversation_from_dict({name: row[name] for name in ("id", "channel", "turns")})


def decided(row: dict) -> list[tuple[str, str, str]]:
    """What each check says of a written conversation without a tagger, above the thresholds of the card."""
    view = View(TaggedConversation(conversation_from_dict({k: row[k] for k in row if k in CONTRACT})))
    found = []
    for criterion in load_scorecard(row["card"]).criteria:
        check = registered()[criterion.check]
        if criterion.id not in row["criteria"] or not view.turns_of(check.speaker):
            continue
        finding = check.run(view, **criterion.parameters)
        if finding.outcome != "review" and finding.confidence >= criterion.thresholds.of(finding.outcome):
            found.append((criterion.id, finding.outcome, row["criteria"][criterion.id]))
    return found


def test_the_mended_half_stays_mended() -> None:
    """The held half is not asked here: it was looked at once, and what is not seen cannot be fitted."""
    answers = [answer for row in rows() if row["half"] == "mended" for answer in decided(row)]
    wrong = [answer for answer in answers if answer[1] != answer[2]]
    assert len(answers) >= 125
    assert len(wrong) <= 4, wrong


NOT_FAILED = {("complaint@1", "proposes")}  # nobody in the twelve complaints offers nothing at all


def test_every_criterion_is_passed_and_failed_somewhere_in_the_written_conversations() -> None:
    seen = {(row["card"], name, outcome) for row in rows() for name, outcome in row["criteria"].items()}
    wanted = {(key, c.id) for key in CARDS for c in load_scorecard(key).criteria}
    assert {pair for pair in wanted if (*pair, "pass") not in seen} == set()
    assert {pair for pair in wanted if (*pair, "fail") not in seen} == NOT_FAILED
