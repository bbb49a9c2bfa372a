import csv
import io

from nlp.themes import Theme
from qa.backlog.export import to_csv, to_markdown
from qa.backlog.proposals import Proposal, fingerprint, propose
from qa.trends import Contact, trends
from tests.unit.qa.test_trends import weeks_of

NAMES = {"payment.wrong_charge": "Błędne obciążenie", "delivery.delayed": "Opóźniona dostawa"}


def name(code: str) -> str:
    return NAMES.get(code, code)


def test_a_rise_leads_the_backlog_and_shows_its_figures() -> None:
    contacts = weeks_of(1, 9)
    first = propose(trends(contacts), [], contacts, name)[0]
    assert first.title.startswith("Błędne obciążenie: wzrost z 5,0 % do 45,0 %")
    assert "27 z 60" in first.body
    assert first.evidence
    assert first.contacts_a_month > 30


def test_the_same_subject_keeps_its_fingerprint_when_figures_change() -> None:
    one, two = weeks_of(1, 9), weeks_of(2, 8)
    prints = [{p.fingerprint for p in propose(trends(c), [], c, name)} for c in (one, two)]
    assert prints[0] == prints[1]
    assert fingerprint("reason", "a") != fingerprint("theme", "a")


def test_praise_is_no_improvement_proposal() -> None:
    contacts = [
        Contact(f"c{i}", "review", None, ("feedback.praise",), "feedback.praise", "positive")
        for i in range(9)
    ]
    assert propose(trends(contacts), [], contacts, name) == []


def test_a_theme_becomes_a_proposal_with_quotes() -> None:
    contact = Contact(
        "c1",
        "chat",
        None,
        ("complaint.defect",),
        "complaint.defect",
        "negative",
        quotes={"complaint.defect": "lampki nie świecą"},
    )
    theme = Theme(("lampka solarny", "lampka"), ("c1",), 9, 50, 1, 80, 0.001)
    (found,) = propose([], [theme], [contact], name)
    assert found.kind == "theme"
    assert found.evidence[0]["quote"] == "lampki nie świecą"


def proposal(title: str, quote: str = "ok") -> Proposal:
    evidence = ({"conversation": "c1", "channel": "chat", "quote": quote},)
    return Proposal("f" * 16, "reason", "a.b", title, "Treść", 3.0, 6.0, evidence)


def test_customers_words_cannot_break_markdown() -> None:
    text = to_markdown([proposal("Tytuł", "# nagłówek\n[link](http://zly)")])
    assert "\\# nagłówek \\[link\\]" in text
    assert "\n# nagłówek" not in text


def test_an_empty_backlog_says_so() -> None:
    assert "Brak propozycji" in to_markdown([])


def test_csv_cells_never_start_a_formula() -> None:
    rows = list(
        csv.DictReader(io.StringIO(to_csv([proposal("=HYPERLINK(1)"), proposal("Zwykły, z przecinkiem")])))
    )
    assert rows[0]["title"] == "'=HYPERLINK(1)"
    assert rows[1]["title"] == "Zwykły, z przecinkiem"
    assert rows[0]["conversations"] == "c1"
