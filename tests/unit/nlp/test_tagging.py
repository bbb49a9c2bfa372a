import json
import shutil
from itertools import islice
from pathlib import Path

import pytest

from nlp.artefact import ArtefactError, load
from nlp.tagging import CONVERSATIONS_AT_ONCE, Tagger, without_person
from nlp.windows import Document
from transcripts.conversation import Conversation, Turn


@pytest.fixture(scope="module")
def tagger(artefact_folder: Path) -> Tagger:
    return Tagger.load(str(artefact_folder))


def conversation(identifier: str, *turns: tuple[str, str]) -> Conversation:
    return Conversation(identifier, "chat", tuple(Turn(s, text) for s, text in turns))  # type: ignore[arg-type]


def test_reasons_sentiment_and_behaviours_come_from_one_conversation(tagger: Tagger) -> None:
    talk = conversation(
        "c1",
        ("agent", "dzień dobry w czym mogę pomóc"),
        ("customer", "czajnik przestał grzać porażka"),
        ("agent", "przykro mi przepraszam"),
        ("agent", "do widzenia"),
    )
    (tagged,) = tagger.tag_many([talk])
    assert tagged.primary == "complaint.defect"
    assert tagged.reasons[0].code == "complaint.defect"
    assert tagged.sentiment is not None
    assert tagged.sentiment.overall == "negative"
    assert tagged.sentiment.score < 0
    sure = {(b.turn, b.code) for b in tagged.behaviours if b.confidence > 0.5}
    assert {(0, "greeting"), (0, "offer_of_help"), (2, "empathy"), (3, "farewell")} <= sure
    assert (2, "farewell") not in sure
    assert tagged.producer == "tiny@1"


def test_evidence_is_words_of_the_customer(tagger: Tagger) -> None:
    talk = conversation(
        "c1", ("agent", "do widzenia"), ("customer", "mhm"), ("customer", "gdzie jest moja paczka")
    )
    (tagged,) = tagger.tag_many([talk])
    spans = [span for reason in tagged.reasons for span in reason.evidence]
    assert spans
    for span in spans:
        assert talk.turns[span.turn].speaker == "customer"
        assert span.text(talk).strip() == span.text(talk) != ""


def test_the_end_of_a_long_call_is_not_coloured_by_its_middle(tagger: Tagger) -> None:
    angry, calm = "czajnik przestał grzać porażka", "super polecam dziękuję super polecam"
    turns = [("customer", angry)] * 57 + [("customer", calm)] * 3
    (tagged,) = tagger.tag_many([conversation("c1", *turns)])
    assert tagged.sentiment is not None
    assert (tagged.sentiment.start, tagged.sentiment.end) == ("negative", "positive")
    assert len(tagged.sentiment.turns) == 60


def test_order_is_kept_whatever_the_lengths(tagger: Tagger) -> None:
    talks = [conversation(str(i), ("customer", "gdzie paczka " * (1 + i * 37 % 11))) for i in range(40)]
    assert [t.conversation.id for t in tagger.tag_many(talks)] == [str(i) for i in range(40)]


def test_the_same_conversation_gets_the_same_tags_in_any_company(tagger: Tagger) -> None:
    talk = conversation("x", ("customer", "paczka zginęła skandal"))
    company = [conversation(str(i), ("customer", "dziękuję wszystko super " * i)) for i in range(1, 9)]
    alone = next(tagger.tag_many([talk]))
    together = next(t for t in tagger.tag_many([*company, talk]) if t.conversation.id == "x")
    assert alone.primary == together.primary
    assert alone.primary_confidence == pytest.approx(together.primary_confidence, abs=0.02)


def test_tagging_is_lazy_so_that_memory_stays_constant(tagger: Tagger) -> None:
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield conversation(str(taken), ("customer", "gdzie paczka"))

    list(islice(tagger.tag_many(endless()), 3))
    assert taken <= CONVERSATIONS_AT_ONCE


def test_a_page_long_contact_is_read_to_its_end(tagger: Tagger) -> None:
    text = "mhm " * 900 + "paczka zginęła skandal"
    (tagged,) = tagger.tag_many([conversation("long", ("customer", text))])
    assert "delivery.lost" in {reason.code for reason in tagged.reasons} or tagged.primary is not None
    assert tagged.sentiment is not None


@pytest.mark.parametrize(
    "turns", [(), (("system", "rozmowa zakończona"),), (("customer", "   "),), (("agent", "mhm"),)]
)
def test_nothing_said_by_a_customer_gives_no_reason(
    tagger: Tagger, turns: tuple[tuple[str, str], ...]
) -> None:
    (tagged,) = tagger.tag_many([conversation("e", *turns)])
    assert tagged.primary is None
    assert tagged.reasons == ()
    assert tagged.sentiment is None


def test_confidences_are_probabilities(tagger: Tagger) -> None:
    (tagged,) = tagger.tag_many([conversation("p", ("customer", "??? 💥 zażółć"), ("agent", "mhm"))])
    values = [r.confidence for r in tagged.reasons] + [b.confidence for b in tagged.behaviours]
    assert all(0 <= value <= 1 for value in values)


def test_a_damaged_artefact_is_one_sentence(artefact_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "broken"
    shutil.copytree(artefact_folder, copy)
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    del manifest["tagger"]["reasons"], manifest["files"]
    (copy / "manifest.json").write_text(json.dumps({**manifest, "files": {}}), encoding="utf-8")
    with pytest.raises(ArtefactError, match="odsluch models train"):
        load(str(copy))


ANGRY = "mam tego dosyć, jestem wściekły, co za koszmar"


def test_no_turn_of_an_agent_carries_a_sentiment(tagger: Tagger) -> None:
    turns = (
        Turn("agent", ANGRY), Turn("customer", "gdzie moja paczka"), Turn("bot", ANGRY), Turn("agent", f"{ANGRY} {ANGRY}"),
        Turn("customer", ANGRY), Turn("system", ANGRY), Turn("agent", ANGRY),
    )  # fmt: skip
    (tagged,) = tagger.tag_many([Conversation("c", "phone", turns)])
    assert tagged.sentiment is not None
    assert {felt.turn for felt in tagged.sentiment.turns} == {1, 4}
    (alone,) = tagger.tag_many([Conversation("c", "phone", (Turn("agent", ANGRY), Turn("bot", ANGRY)))])
    assert alone.sentiment is None


def test_an_agents_words_do_not_colour_the_customers_sentiment(tagger: Tagger) -> None:
    calm = (Turn("agent", "dzień dobry"), Turn("customer", "gdzie moja paczka"), Turn("agent", "jutro"))
    rude = (Turn("agent", ANGRY), Turn("customer", "gdzie moja paczka"), Turn("agent", ANGRY))
    first, second = tagger.tag_many([Conversation("c", "phone", calm), Conversation("c", "phone", rude)])
    assert first.sentiment is not None
    assert second.sentiment is not None
    assert second.sentiment.overall == first.sentiment.overall
    assert second.sentiment.score == pytest.approx(first.sentiment.score, abs=0.02)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sprawdziłam, czy pani podała adres", "Sprawdziłem, czy pan podał adres"),
        ("Dzień dobry, w czym mogę pomóc", "Dzien dobry, w czym moge pomoc"),
        ("Dzień dobry, proszę chwilę poczekać", "Dzień dorby, prosze hwilę poczeakć"),
    ],
)
def test_who_speaks_to_whom_and_how_they_spell_changes_no_behaviour(
    tagger: Tagger, one: str, other: str
) -> None:
    conversations = [Conversation("c", "chat", (Turn("agent", text),)) for text in (one, other)]
    first, second = tagger.tag_many(conversations)
    assert first.behaviours
    assert [b.code for b in second.behaviours] == [b.code for b in first.behaviours]
    assert [b.confidence for b in second.behaviours] == pytest.approx(
        [b.confidence for b in first.behaviours], abs=1e-3
    )


def test_misspelled_words_are_told_with_what_was_meant(tagger: Tagger) -> None:
    (tagged,) = tagger.tag_many(
        [Conversation("c", "chat", (Turn("customer", "gdzie paczka"), Turn("agent", "dzien dobry")))]
    )
    assert [(r.turn, r.start, r.end, r.word) for r in tagged.spelling] == [(1, 0, 5, "dzień")]


def test_agents_who_leave_out_diacritics_are_read_as_those_who_do_not() -> None:
    with_them = ("Dzień dobry, mówi Jan, już sprawdzam.", "Sprawdziłem, są trzy, a też się zgadza, że dziś.")
    without = tuple(text.translate(str.maketrans("ąćęłńóśźż", "acelnoszz")) for text in with_them)
    assert without[0].isascii()
    read = [without_person(Document("agent", (0, 2), texts)) for texts in (with_them, without)]
    assert read[0] == read[1]
    customer = Document("customer", (0, 2), without)
    assert without_person(customer) == customer
