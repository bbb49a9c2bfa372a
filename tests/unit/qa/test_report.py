import re
from html.parser import HTMLParser

from qa.report.page import ReportInput, anchor, render, team_scores
from qa.trends import Contact, trends
from tests.unit.qa.test_trends import weeks_of


class Outline(HTMLParser):
    """Collects ids, links and whatever would be loaded from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids |= {values["id"] or ""} if "id" in values else set()
        if tag == "a":
            self.links.append(values.get("href") or "")
        if tag in ("script", "img", "link", "iframe") and (values.get("src") or values.get("href")):
            self.loaded.append(tag)


def page(contacts: list[Contact], conversations: list[dict[str, object]] | None = None) -> str:
    from qa.backlog.proposals import propose

    found = trends(contacts)
    proposals = propose(found, [], contacts, str)
    return render(ReportInput(contacts, found, proposals, conversations or [], 2, "0.1", "t@1"), str)


def test_the_report_loads_nothing_from_elsewhere() -> None:
    outline = Outline()
    html = page(weeks_of(1, 9))
    outline.feed(html)
    assert outline.loaded == []
    assert not re.search(r"https?://", html)
    assert "wzrost z" in html
    assert "<svg" in html


def test_customers_words_are_escaped_and_links_lead_somewhere() -> None:
    contacts = [
        Contact(
            f"<b>{c.id}",
            c.channel,
            c.started_at,
            c.reasons,
            c.primary,
            c.sentiment,
            quotes=dict.fromkeys(c.reasons, "<script>x</script>"),
        )
        for c in weeks_of(1, 9)
    ]
    rows = [
        {"id": c.id, "channel": "chat", "turns": [{"speaker": "customer", "text": "<i>"}]} for c in contacts
    ]
    outline = Outline()
    html = page(contacts, rows)  # type: ignore[arg-type]
    outline.feed(html)
    assert "<script>x" not in html
    assert "&lt;script&gt;x" in html
    assert outline.links
    assert all(link[1:] in outline.ids for link in outline.links)


def test_an_empty_database_gives_a_page_that_says_what_to_do() -> None:
    assert "odsluch run" in page([])


def test_team_means_stand_beside_their_n_and_interval() -> None:
    rows = team_scores(
        [Contact(str(i), "phone", None, (), None, None, "A", None, 50.0 + i) for i in range(5)]
    )
    assert rows == [{"team": "A", "n": "5", "mean": "52", "interval": "50 - 54"}]
    (single,) = team_scores([Contact("1", "phone", None, (), None, None, None, None, 80.0)])
    assert single["interval"] == "brak (n = 1)"


def test_anchors_are_safe_whatever_the_id() -> None:
    assert re.fullmatch(r"c-[0-9a-f]{12}", anchor('x" onload="1'))
