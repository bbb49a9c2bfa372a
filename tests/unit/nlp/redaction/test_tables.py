"""The redactor against tables: lines with nothing personal in them for each type, and lines with what must go."""

from pathlib import Path

import pytest

from nlp.redaction import Redactor
from nlp.redaction_quality.contacts import MARKS
from transcripts.conversation import Conversation, Turn

HERE = Path(__file__).parent


def _lines(name: str) -> list[str]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "? "))]


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor()


TABLES = sorted(path.stem for path in (HERE / "near_misses").glob("*.txt"))


def test_every_type_has_a_table_of_near_misses() -> None:
    lines = [line for table in TABLES for line in _lines(f"near_misses/{table}.txt")]
    assert [table.upper() for table in TABLES] == sorted(MARKS.values())
    assert len(set(lines)) == len(lines) >= 400


@pytest.mark.parametrize("table", TABLES)
def test_near_misses_stay_as_they_are(redactor: Redactor, table: str) -> None:
    """A table in one test with a list of what failed: the tables are long and each line is quick."""
    lines = _lines(f"near_misses/{table}.txt")
    wrong = [f"{line} -> {clean}" for line in lines if (clean := redactor.redact_text(line)) != line]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", _lines("hits.txt"))
def test_hits_are_replaced_and_nothing_else(redactor: Redactor, row: str) -> None:
    text, wanted = row.split(" => ")
    assert redactor.redact_text(text) == wanted


def _redacted(redactor: Redactor, *turns: tuple[str, str]) -> list[str]:
    said = [Turn(speaker, text) for speaker, text in turns]  # type: ignore[arg-type]
    found = redactor.find(said)
    texts = [text for _, text in turns]
    for f in reversed(found):
        texts[f.turn] = f"{texts[f.turn][: f.start]}[{f.type}]{texts[f.turn][f.end :]}"
    return texts


def test_an_address_spelled_over_several_turns_is_covered_whole(redactor: Redactor) -> None:
    texts = _redacted(
        redactor,
        ("agent", "Poproszę o adres mailowy."),
        ("customer", "To będzie g, t, r."),
        ("agent", "Grażyna, Tomasz, Roman."),
        ("customer", "Kropka wnuk, małpa, poczta kropka example."),
        ("agent", "G?"),
        ("customer", "Tak, zgadza się."),
    )
    assert texts[1] == "To będzie [EMAIL]."
    assert "Grażyna" not in texts[2]
    assert "Roman" not in texts[2]
    assert "wnuk" not in texts[3]
    assert texts[4] == "[EMAIL]?"
    assert texts[5] == "Tak, zgadza się."


def test_letters_in_ordinary_talk_beside_an_address_stay(redactor: Redactor) -> None:
    texts = _redacted(
        redactor,
        ("customer", "Mój mail to ola kropka lis małpa poczta kropka example."),
        ("agent", "Dziękuję. A w instrukcji, co tam jest?"),
        ("customer", "A i o tym nic nie ma, a w pudełku też."),
    )
    assert texts[1:] == ["Dziękuję. A w instrukcji, co tam jest?", "A i o tym nic nie ma, a w pudełku też."]


def test_a_number_that_is_begun_anew_is_covered_with_its_cut_word(redactor: Redactor) -> None:
    texts = _redacted(
        redactor,
        ("agent", "Proszę podać numer telefonu."),
        ("customer", "Siedemset dziewięć, osi... trzy, trzysta dwanaście, sto."),
    )
    assert texts[1] == "[PHONE]."


def test_a_town_alone_answers_the_question_for_an_address(redactor: Redactor) -> None:
    asked = ("agent", "Na jaki adres mamy wysłać?")
    assert _redacted(redactor, asked, ("customer", "Warszawa"))[1] == "[ADDRESS]"
    texts = _redacted(
        redactor,
        ("agent", "na jaki adres mamy wysłać"),
        ("customer", "dziewięćdziesiąt sześć siedem pięć łódź"),
    )
    assert "łódź" not in texts[1]


def test_an_underscore_in_a_name_of_a_file_or_queue_is_only_a_space(redactor: Redactor) -> None:
    told = Turn("customer", "mój nick na allegro to dziki_wrobel77, kupiłem też jako kasia_z_gor")
    queue = Conversation("c", "marketplace", (told,), queue="reklamacje_bok")
    clean = redactor.redact(queue).conversation
    assert clean.queue == "reklamacje_bok"
    assert "wrobel" not in clean.turns[0].text
    assert "kasia" not in clean.turns[0].text
    assert redactor.redact_name("czaty_listopad") == "czaty_listopad"
    assert "kasia" not in redactor.redact_name("kasia_z_gor")


def test_letters_of_a_series_and_its_number_in_turns_of_their_own_go(redactor: Redactor) -> None:
    texts = _redacted(
        redactor,
        ("agent", "poproszę serię i numer dowodu"),
        ("customer", "de er fau"),
        ("agent", "tak"),
        ("customer", "cztery zero zero"),
        ("agent", "i dalej"),
        ("customer", "siedem jeden dziewięć"),
    )
    assert texts[1::2] == ["[ID_NUMBER]"] * 3


def test_a_password_of_words_goes_wherever_it_is_said_again(redactor: Redactor) -> None:
    texts = _redacted(
        redactor,
        ("agent", "Poproszę hasło do infolinii."),
        ("customer", "Hasło to srebrna konewka."),
        ("agent", "Srebrna konewka, zgadza się, dziękuję."),
        ("customer", "A konewka ogrodowa jest jeszcze w sklepie?"),
    )
    assert texts[1:3] == ["Hasło to [SECRET].", "[SECRET], zgadza się, dziękuję."]
    assert texts[3] == "A konewka ogrodowa jest jeszcze w sklepie?"


def test_a_number_in_a_sentence_about_something_else_is_no_answer(redactor: Redactor) -> None:
    texts = _redacted(
        redactor,
        ("agent", "Proszę o numer zamówienia."),
        ("customer", "cztery jeden zero, osiemset dwa"),
        ("agent", "Dziękuję. Kurier będzie u pani jutro o piętnastej czterdzieści."),
    )
    assert texts[1] == "[CUSTOMER_NUMBER]"
    assert texts[2] == "Dziękuję. Kurier będzie u pani jutro o piętnastej czterdzieści."
