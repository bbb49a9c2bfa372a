"""Reports as pages, PDFs and letters: the boards' figures in both languages, nothing loaded, nothing said too much."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP
from email.utils import parseaddr
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pypdf
import pytest
from selectolax.lexbor import LexborHTMLParser

import qa.web.reports
from qa.services.boards.quality_board import GroupQuality
from qa.services.privacy.subject import Subject, erase
from qa.services.reports import outcomes, schedule, smtp, subscriptions
from qa.services.reports.content import BOARDS, QualityReport, VoiceReport
from qa.services.reports.sending import Addressed
from qa.services.workspace import Workspace
from qa.settings_mail import MailSettings
from qa.web.language import english
from qa.web.reports.letter import as_file, html, letter, report_of
from qa.web.reports.model import Cell, Quoted, Report, Section, Table
from qa.web.reports.pdf import KNOWN, pdf, png
from qa.web.routes import reports as routes
from tests.unit.qa.board_rows import LEAD, PRODUCT
from tests.unit.qa.web.conftest import AGENTS
from tests.unit.qa.web.reports.conftest import MADE_AT, SITE, Made

MAIL = MailSettings("localhost", 25, "Odsłuch <odsluch@firma.example.pl>", SITE)
SAID = re.compile(r"""\bt\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
POLISH = re.compile("[ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]")


def words_of(content: bytes) -> str:
    """The text of a PDF, with blanks as they are read."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split()).replace("\u00a0", " ")


class Page(HTMLParser):
    """What a page would load, and what it says."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.text: list[str] = []
        self._hidden = 0
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "href" and tag == "a":
                self.links.append(str(value))
            elif name in ("src", "href", "srcset", "data", "action", "poster", "background"):
                self.loads.append(str(value))
        self._hidden += tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.text).split())


def addressed(content: Any, **values: Any) -> Addressed:
    given = {
        "reader": LEAD,
        "email": "ola@firma.example.pl",
        "form": "both",
        "trial": False,
        "key": "k1",
        **values,
    }
    return Addressed(content, **given)


def parts(message: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for part in message.walk():
        found.setdefault(part.get_content_type(), []).append(part)
    return found


def test_the_page_loads_nothing_and_leads_to_the_board(made: Made) -> None:
    content = made("quality", filters={"team": "T1"})
    source = html(report_of(content, "pl"), MADE_AT, SITE)
    page = Page(source)
    assert page.loads == []
    assert "script" not in page.tags
    assert page.links == [f"{SITE}/quality?team=T1&first=2026-11-01&last=2026-11-25", f"{SITE}/reports"]
    assert "default-src 'none'" in source
    assert "url(" not in source
    assert "@import" not in source
    assert '<html lang="pl">' in source


def test_without_an_address_it_has_no_links(made: Made) -> None:
    assert Page(html(report_of(made("voice"), "pl"), MADE_AT)).links == []


def test_every_figure_of_the_quality_board_stands_with_interval_and_n(made: Made) -> None:
    content = made("quality")
    assert isinstance(content, QualityReport)
    view = content.view
    page = Page(html(report_of(content, "pl"), MADE_AT)).said.replace("\u00a0", " ")
    score = view.score
    assert score.mean is not None
    assert f"{score.mean:.0f} ({score.low:.0f}–{score.high:.0f}), n = {score.n}" in page
    assert f"Ocenione rozmowy {view.conversations}" in page
    for one in view.criteria:
        share = one.automatic
        assert one.name in page
        if share.value is not None and share.low is not None and share.high is not None:
            quiet = f"{100 * share.low:.0f}–{100 * share.high:.0f} %, automat n = {share.n}"
            assert f"{100 * share.value:.0f} % {quiet}" in page
    for group in [*view.teams, *view.agents]:
        assert (group.agent or group.team) in page
    assert "25.11.2026" in page


def test_every_figure_of_the_voice_board_stands_with_interval_and_n(made: Made) -> None:
    content = made("voice")
    assert isinstance(content, VoiceReport)
    page = Page(html(report_of(content, "pl"), MADE_AT)).said.replace("\u00a0", " ")
    assert f"Kontakty {content.view.contacts}" in page
    for one in content.view.reasons:
        assert one.name in page
        assert f"n = {one.share.n}" in page
    negative = content.view.negative
    assert f"{100 * (negative.value or 0):.0f} %" in page
    assert f"n = {negative.n}" in page


@pytest.mark.parametrize("board", ["quality", "voice"])
@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_pdf_says_the_same_with_polish_letters_title_language_and_tags(
    made: Made, board: str, language: str
) -> None:
    content = made(board)
    report = report_of(content, language)
    written = pdf(report, MADE_AT, SITE)
    text = words_of(written)
    shown = [
        *((name, value.text) for name, value in report.facts),
        *(
            (cell.text, cell.quiet)
            for s in report.sections
            if s.table
            for row in s.table.rows
            for cell in row
        ),
    ]
    for pair in shown:
        for said in pair:
            assert said.replace("\u00a0", " ") in text, said
    if language == "pl":
        assert POLISH.search(text)
        assert ("Średni wynik" if board == "quality" else "Powody kontaktu") in text
    reader = pypdf.PdfReader(io.BytesIO(written))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == f"{report.title}, {report.days}"
    kinds = set(tags_of(root["/StructTreeRoot"]["/K"]))
    assert {"/H1", "/Table", "/TH", "/TD", "/Figure"} <= kinds
    assert embedded_fonts(reader) == {True}


def tags_of(node: Any) -> Any:
    """The kinds of all elements of a structure tree; figures must have words."""
    node = node.get_object()
    for one in node if isinstance(node, list) else [node]:
        element = one.get_object() if hasattr(one, "get_object") else one
        if not isinstance(element, dict):
            continue
        kind = element.get("/S")
        if kind:
            yield str(kind)
        if kind == "/Figure":
            assert element.get("/Alt")
        if "/K" in element:
            yield from tags_of(element["/K"])


def embedded_fonts(reader: pypdf.PdfReader) -> set[bool]:
    found = set()
    for page in reader.pages:
        fonts: Any = page["/Resources"]["/Font"]  # type: ignore[index]
        for font in fonts.values():
            described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            found.add(any(f"/FontFile{number}" in described for number in ("2", "3")))
    return found


def invented(text: str) -> Report:
    table = Table(text, (Cell(text), Cell("b")), ((Cell(text, text), Cell("1")),))
    section = Section(text, (text,), table=table, quotes=(Quoted(text, (text,)),))
    return Report("pl", text, "1–2.11.2026", ((text, Cell(text)),), (section,), (text,), "/quality")


@pytest.mark.parametrize(
    "text",
    [
        "Zażółć gęślą jaźń ĄĆĘŁŃÓŚŹŻ „cytat” – 5 % ≥ →",
        "Олена Шевченко",
        '#panic("x") *gruby* $x$ <etykieta> @odnośnik \\n // uwaga',
        "<script>alert(1)</script>\"'&",
        "🙂 日本語 \u202e odwrócone \u0000 \ufeff \ud800",
        "e\u0301 a\u0328",
    ],
)
def test_whatever_people_write_is_text_in_page_and_pdf(text: str) -> None:
    report = invented(text)
    shown = words_of(pdf(report, MADE_AT))
    page = html(report, MADE_AT)
    assert "<script>" not in page
    if "🙂" not in text:
        import unicodedata

        assert unicodedata.normalize("NFC", text) in shown
        assert text in Page(page).said


def test_the_fonts_have_every_letter_that_is_let_through() -> None:
    every = "".join(chr(code) for first, last in KNOWN for code in range(first, last + 1))
    assert pdf(invented(every), MADE_AT).startswith(b"%PDF")


def test_charts_become_pictures_for_letters(made: Made) -> None:
    pictures = [one for section in report_of(made("quality"), "pl").sections for one in section.pictures]
    assert pictures
    for one in pictures:
        assert png(one.svg).startswith(b"\x89PNG")
        assert "n = " in one.said


@pytest.mark.parametrize("board", ["quality", "voice"])
def test_the_letter_holds_all_it_needs(made: Made, board: str) -> None:
    content = made(board)
    message = letter(addressed(content), MAIL)
    found = parts(message)
    (page,) = found["text/html"]
    names = {part["Content-ID"].strip("<>") for part in found["image/png"]}
    shown = Page(page.get_content())
    assert {one.removeprefix("cid:") for one in shown.loads} == names
    assert all(one.startswith("cid:") for one in shown.loads)
    (attached,) = found["application/pdf"]
    assert attached.get_content().startswith(b"%PDF")
    assert re.fullmatch(r"odsluch-[a-z-]+-2026-11-01-2026-11-25\.pdf", attached.get_filename())
    (plain,) = found["text/plain"]
    for name, value in report_of(content, "pl").facts:
        assert f"{name}: {value.text}" in plain.get_content().replace("\r\n", "\n")
    assert f"{SITE}/reports" in plain.get_content()
    assert message["Subject"] == f"{report_of(content, 'pl').title}, 01.11–25.11.2026"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<k1@firma.example.pl>"
    assert max(map(len, message.as_bytes().split(b"\n"))) < 998  # RFC 5322


@pytest.mark.parametrize(
    ("form", "kinds"), [("html", {"text/html", "image/png"}), ("pdf", {"application/pdf"})]
)
def test_a_letter_comes_in_the_form_that_was_asked_for(made: Made, form: str, kinds: set[str]) -> None:
    found = set(parts(letter(addressed(made("quality"), form=form), MAIL)))
    assert found & {"text/html", "image/png", "application/pdf"} == kinds


def test_a_trial_says_so_and_the_letter_is_in_the_readers_language(made: Made) -> None:
    english_reader = replace(LEAD, language="en")
    message = letter(addressed(made("quality"), reader=english_reader, trial=True), MAIL)
    assert message["Subject"].startswith("[trial] Report: quality of service")
    assert "This is a trial" in parts(message)["text/html"][0].get_content()
    assert "This is a trial" in words_of(parts(message)["application/pdf"][0].get_content())


@pytest.mark.parametrize(
    "name",
    [
        'Ola "Kowal" <x@y.pl>,',
        "Ola =?utf-8?q?=0D=0ABcc=3A_ktos=40example=2Eorg?=",
        "==??utf-8?b?DQpCY2M6IGt0b3NAZXhhbXBsZS5vcmc=?= Ola",
    ],
)
def test_a_name_cannot_begin_another_header(made: Made, name: str) -> None:
    plain, crooked = (
        message_from_bytes(letter(addressed(made("quality"), reader=one), MAIL).as_bytes(policy=SMTP))
        for one in (LEAD, replace(LEAD, name=name))
    )
    assert crooked.keys() == plain.keys()
    assert parseaddr(crooked["To"])[1] == "ola@firma.example.pl"


def test_quotes_come_only_where_asked_for_and_without_who_said_it(made: Made) -> None:
    assert "zamówienie" not in html(report_of(made("voice"), "pl"), MADE_AT)
    content = made("voice", quotes=True)
    assert isinstance(content, VoiceReport)
    assert content.quotes
    page = html(report_of(content, "pl"), MADE_AT)
    for one in content.quotes:
        for quote in one.quotes:
            assert quote in page
    for agent in AGENTS:
        assert agent not in page
    assert "c-00" not in page


def test_no_quote_of_an_erased_customer_is_in_a_later_report(stocked: Workspace, made: Made) -> None:
    content = made("voice", quotes=True)
    assert isinstance(content, VoiceReport)
    gone = content.quotes[0].quotes[0]
    number = re.search(r"zamówienie (\d+)", gone)
    assert number
    done = erase(stocked, Subject(conversation=f"c-{int(number[1]):04d}"), "ola", dry_run=False)
    assert done.ids
    later = made("voice", quotes=True)
    assert isinstance(later, VoiceReport)
    for kind in ("html", "pdf"):
        file = as_file(later, "pl", kind, MADE_AT, SITE)
        said = file.content.decode() if kind == "html" else words_of(file.content)
        assert gone not in said
        assert later.quotes[0].quotes[0] in said
    assert later.view.contacts == content.view.contacts - 1


def test_teams_and_people_stand_in_the_order_of_their_names(made: Made) -> None:
    content = made("quality")
    assert isinstance(content, QualityReport)
    tables = [
        s.table
        for s in report_of(content, "pl").sections
        if s.table and s.title in ("Zespoły", "Konsultanci")
    ]
    assert len(tables) == 2
    for table in tables:
        names = [row[0].text for row in table.rows]
        assert names == sorted(names)
        assert "Miejsce" not in table.columns


def test_of_very_many_people_the_rest_is_named_as_left_out(made: Made) -> None:
    content = made("quality")
    assert isinstance(content, QualityReport)
    one = content.view.agents[0]
    many = tuple(GroupQuality("T1", f"a-{number:03d}", one.score, one.group, {}) for number in range(120))
    report = report_of(replace(content, view=replace(content.view, agents=many)), "pl")
    people = next(section for section in report.sections if section.title == "Konsultanci")
    assert people.table is not None
    assert len(people.table.rows) == 100
    assert any("100 z 120" in note for note in people.notes)


def test_days_without_conversations_make_a_report_that_says_so(made: Made) -> None:
    from datetime import date

    for board in ("quality", "voice"):
        content = made(board, days=(date(2025, 1, 6), date(2025, 1, 12)), period="week")
        report = report_of(content, "pl")
        assert dict(report.facts)["Ocenione rozmowy" if board == "quality" else "Kontakty"] == Cell("0")
        assert pdf(report, MADE_AT).startswith(b"%PDF")
        assert html(report, MADE_AT)


def test_every_word_of_reports_has_its_english() -> None:
    said = {
        first or second
        for path in Path(qa.web.reports.__file__).parent.glob("*.py")
        for first, second in SAID.findall(path.read_text(encoding="utf-8"))
    }
    assert len(said) > 30
    tables = (
        BOARDS, schedule.CYCLES, schedule.PERIODS, subscriptions.FORMS, subscriptions.STOPPED, smtp.PROBLEMS,
        outcomes.TROUBLES, routes.STATES, routes.FILTER_NAMES,
    )  # fmt: skip
    names = {name for table in tables for name in table.values()} | set(routes.DAY_NAMES)
    assert not (said | names) - set(english())


@pytest.mark.parametrize("board", ["quality", "voice"])
def test_under_english_polish_is_only_what_says_that_it_is(made: Made, board: str) -> None:
    page = LexborHTMLParser(html(report_of(made(board, quotes=True), "en"), MADE_AT, SITE))
    for one in page.css("[lang='pl'], style"):
        one.decompose()
    said = [
        page.body.text(separator=" ") if page.body else "",
        *(one.attributes["aria-label"] or "" for one in page.css(".scroll")),
    ]
    assert [
        word for text in said for word in text.replace("Odsłuch", "").split() if POLISH.search(word)
    ] == []


def test_the_voice_report_of_a_product_team_names_nobody(made: Made) -> None:
    page = html(report_of(made("voice", reader=PRODUCT), "pl"), MADE_AT, SITE)
    assert "a-1" not in page
    assert "T1" not in page
    assert "/conversations" not in page
