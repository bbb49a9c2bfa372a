"""The cards of chats and e-mails: what differs from a call."""

import pytest
from scorecard_conversations import behaviours, talk

from scorecards import available, load_scorecard, score
from transcripts.tags import TaggedConversation


def outcome(card: str, criterion: str, tagged: TaggedConversation) -> str:
    """What the check itself says: the thresholds of the card are not asked."""
    from scorecards.checks import registered
    from scorecards.view import View

    wanted = next(c for c in load_scorecard(card).criteria if c.id == criterion)
    return registered()[wanted.check].run(View(tagged), **wanted.parameters).outcome


def chat(*lines: str) -> TaggedConversation:
    return talk(*lines, channel="chat")


def mail(*lines: str) -> TaggedConversation:
    return talk(*lines, channel="email")


def test_cards_of_written_channels_come_with_the_program() -> None:
    assert {"chat@1", "email@1"} <= set(available())
    for card in ("chat", "email"):
        loaded = load_scorecard(card)
        assert sum(section.weight for section in loaded.sections) == 100
        assert [c.id for c in loaded.criteria if c.critical] == ["identity_check", "courtesy"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hej, tu [PERSON], juz sprawdzam", "pass"),
        ("Dzień dobry, Kasia z tej strony", "pass"),
        ("Dzień dobry, już sprawdzam", "fail"),
        ("Dzień dobry, czy rozmawiam z panią [PERSON]?", "fail"),
    ],
)
def test_in_a_chat_the_name_is_enough(text: str, expected: str) -> None:
    assert outcome("chat", "introduction", chat("c: gdzie jest paczka", f"a: {text}")) == expected


@pytest.mark.parametrize(
    ("first", "reply", "expected"),
    [
        ("hej, od tygodnia nie mam paczki i nikt nie pisze", "Dzień dobry, sprawdzam.", "na"),
        ("hej", "Dzień dobry, słucham, o co chodzi?", "pass"),
        ("hej", "Dzień dobry.", "fail"),
    ],
)
def test_who_has_said_what_it_is_about_needs_no_offer(first: str, reply: str, expected: str) -> None:
    talked = chat(f"c: {first}", f"a: {reply}", "c: chodzi o zwrot butów", "a: Numer zamówienia?")
    assert outcome("chat", "offer_of_help", talked) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dzień dobry, paczka wyjdzie jutro. Pozdrawiam, [PERSON]", "pass"),
        ("Dzień dobry, paczka wyjdzie jutro.\nZ poważaniem\n[PERSON]\nBiuro Obsługi", "pass"),
        ("Paczka wyjdzie jutro. Pozdrawiam, Zespół Obsługi Klienta", "fail"),
        (
            "Pani [PERSON], paczka wyjdzie jutro, proszę czekać na kuriera od rana. Pozdrawiamy, Sklep Modrzew",
            "fail",
        ),
    ],
)
def test_a_department_is_no_signature(text: str, expected: str) -> None:
    assert outcome("email", "signature", mail("c: kiedy paczka?", f"a: {text}")) == expected


@pytest.mark.parametrize(
    ("criterion", "text", "expected"),
    [
        ("greeting", "Szanowna Pani, wysyłamy jutro.", "pass"),
        ("greeting", "Panie [PERSON], wysyłamy jutro.", "pass"),
        ("greeting", "Wysyłamy jutro.", "fail"),
        ("farewell", "Wysyłamy jutro. Z poważaniem, [PERSON]", "pass"),
        ("farewell", "Wysyłamy jutro. [PERSON]", "fail"),
        ("further_help", "W razie dalszych pytań proszę pisać.", "pass"),
        ("further_help", "Pozostaję do dyspozycji.", "pass"),
        ("further_help", "Wysyłamy jutro.", "fail"),
    ],
)
def test_the_form_of_an_email(criterion: str, text: str, expected: str) -> None:
    assert outcome("email", criterion, mail("c: kiedy paczka?", f"a: {text}")) == expected


def test_a_mail_is_scored_as_a_whole() -> None:
    text = "a: Dzień dobry, paczka wyjdzie jutro, numer śledzenia wyślę do 12:00. Pozdrawiam, [PERSON]"
    evaluation = score(load_scorecard("email"), mail("c: Kiedy wyjdzie moja paczka?", text))
    assert evaluation.scorecard == "email@3"
    by_id = {c.id: c.outcome for c in evaluation.criteria}
    assert by_id["signature"] == by_id["greeting"] == by_id["farewell"] == "pass"
    assert all(c.evidence for c in evaluation.criteria if c.outcome == "pass" and c.id == "signature")


def test_a_customers_name_in_a_later_message_is_not_the_agents() -> None:
    lines = ["c: hej", "a: Witam", "c: faktura zginęła", "a: Konto jest na Anna Pyra, zgadza się?"]
    assert outcome("chat", "introduction", chat(*lines)) == "fail"
    lines[3] = "a: Już patrzę, tu Anna"
    assert outcome("chat", "introduction", chat(*lines)) == "pass"


def test_a_chat_without_a_greeting_is_no_recording_that_begins_late() -> None:
    lines = ["c: ej", "a: No?", "c: w paczce przyszly dwa lewe buty", "a: aha"]
    assert outcome("chat", "offer_of_help", chat(*lines)) == "fail"
    assert outcome("phone", "offer_of_help", talk(*lines)) == "na"


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (["a: Etykieta jest w paczce."], "fail"),
        (["a: Coś jeszcze?", "c: nie"], "fail"),
        (["a: Etykieta jest w paczce.", "s: Klient opuścił rozmowę."], "na"),
        (["a: Etykieta jest w paczce.", "c: a gdzie dokładnie?"], "na"),
        (["a: Miłego dnia!"], "pass"),
    ],
)
def test_writing_ends_where_somebody_leaves(end: list[str], expected: str) -> None:
    talked = chat("c: jak odesłać buty", "a: Dzień dobry, już piszę.", *end)
    assert outcome("chat", "farewell", talked) == expected


def test_plain_data_in_writing_count_as_the_marks_of_redaction_do() -> None:
    told = ["c: nie wiem na jaki adres poszla paczka", "a: Numer i telefon?", "c: nr 120122, 600 600 601"]
    assert outcome("chat", "identity_check", chat(*told, "a: Poszła na ul. Sportowa 3.")) == "pass"
    untold = ["c: nie pamietam maila do konta", "a: tomek@skrzynka.example"]
    assert outcome("chat", "identity_check", chat(*untold)) == "fail"
    own = ["c: gdzie mam napisac", "a: Proszę pisać na kontakt@sklep.example"]
    assert outcome("chat", "identity_check", chat(*own)) == "na"


def test_an_answer_that_only_pushes_away_is_a_doubtful_solution() -> None:
    def confidence(said: str) -> float:
        from scorecards.checks import registered
        from scorecards.view import View

        return registered()["solution"].run(View(mail("c: gdzie zwrot", f"a: {said}"))).confidence

    plain = "Zwrot wyślemy jutro na konto."
    assert confidence(f"To nie nasza sprawa. {plain}") < confidence(plain) - 0.2


@pytest.mark.parametrize(
    ("last", "expected", "least", "most"),
    [
        ("Proszę bardzo, miłej lektury!", "pass", 0.8, 1.0),
        ("No to szerokości i dzięki", "pass", 0.8, 1.0),
        ("luz", "fail", 0.0, 0.7),  # answers thanks: perhaps a goodbye that nobody listed
        ("Na stronie jest, trzeba poszukać.", "fail", 0.75, 1.0),
    ],
)
def test_a_chat_ends_with_wishes_of_any_kind(last: str, expected: str, least: float, most: float) -> None:
    from scorecards.checks import registered
    from scorecards.view import View

    asked = "c: jaki formularz?" if last.startswith("Na stronie") else "c: dzieki wielkie"
    found = registered()["farewell"].run(View(chat("c: hej", "a: Dzień dobry", asked, f"a: {last}")))
    assert found.outcome == expected
    assert least <= found.confidence <= most


def test_a_comma_parts_the_customers_title_from_the_agents_name() -> None:
    assert outcome("chat", "introduction", chat("c: hej", "a: Dzień dobry Panu, Robert Stolarz.")) == "pass"
    assert (
        outcome("chat", "introduction", chat("c: hej", "a: Dzień dobry, czy to pan Robert Stolarz?"))
        == "fail"
    )


def test_a_letter_with_a_name_and_a_number_is_no_check_while_nothing_is_disclosed() -> None:
    order = "c: Dzień dobry,\nzamówienie BT 40118, buty są za małe. Kiedy wymienicie?\n\nZ poważaniem\nAdrian Rudy"
    kurier = "a: Dzień dobry,\nkurier odbierze buty 18 listopada.\n\nPozdrawiam\nAnna Mech"
    assert outcome("email", "identity_check", mail(order, kurier)) == "na"
    told = "c: Dzień dobry,\nzmieńcie mój e-mail. Nr karty 4400 1182, data ur. 12.03.1984\n\nAnna Górna"
    sent = "a: Pani Anno,\nnowy adres to a.gorna@poczta.example, telefon 600 700 811 bez zmian."
    assert outcome("email", "identity_check", mail(told, sent)) == "pass"
    assert outcome("email", "identity_check", mail("c: zmieńcie mój e-mail", sent)) == "fail"


def test_a_short_answer_in_writing_is_not_called_no_answer() -> None:
    from scorecards.checks import registered
    from scorecards.view import View

    asked = ["c: Czy w sobotę sklep jest czynny?", "a: W sobotę salon pracuje w godzinach 10-16."]
    assert registered()["solution"].run(View(mail(*asked))).confidence <= 0.7


@pytest.mark.parametrize(
    ("said", "surely"),
    [
        ("Zamówienie jest na Helena Barć, ul. Ogrodowa 22.", True),
        ("Zwroty proszę na adres: Magazyn Zwrotów, ul. Składowa 5.", False),
        ("Zgłosiłam to do przewoźnika, numer zgłoszenia SPR-40118.", False),
    ],
)
def test_only_personal_data_that_are_seen_fail_a_chat_surely(said: str, surely: bool) -> None:
    from scorecards.checks import registered
    from scorecards.view import View

    told = behaviours((1, "data_disclosure", 1.0))
    tagged = talk("c: gdzie jest paczka", f"a: {said}", channel="chat", behaviours=told)
    found = registered()["identity_check"].run(View(tagged))
    assert (found.outcome == "fail" and found.confidence > 0.9) is surely


def test_a_long_message_without_an_end_is_read_at_once() -> None:
    import time

    begun = time.perf_counter()
    outcome("email", "identity_check", mail("c: " + "nr " * 30_000, "a: Dzień dobry, sprawdzę to."))
    assert time.perf_counter() - begun < 5
