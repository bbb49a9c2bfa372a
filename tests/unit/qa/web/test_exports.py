"""Files over HTTP: what is in them, how they are named, who gets them, and that each is noted."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import openpyxl
import pandas as pd
import pytest
from sqlalchemy import select

from qa.services.access.permissions import PERMISSIONS, ROLES
from qa.services.exports.files import KINDS
from qa.services.workspace import Workspace
from qa.storage.tables import AuditRow
from qa.web.routes.exports import attachment
from scorecards import load_scorecard
from tests.unit.qa.board_rows import add, judge
from tests.unit.qa.web.conftest import Browser, SignIn
from tests.unit.qa.web.test_quality import NOVEMBER, pages

QUALITY = (
    "jakosc-kryteria",
    "jakosc-w-czasie",
    "jakosc-kryteria-w-czasie",
    "jakosc-zespoly",
    "jakosc-konsultanci",
)
VOICE = ("glos-powody", "glos-w-czasie", "glos-powody-w-czasie")
EVERY = [("quality", table) for table in QUALITY] + [("voice", table) for table in VOICE]


def rows_of(content: bytes, kind: str) -> list[list[Any]]:
    """Header and rows."""
    if kind == "csv":
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
        return lines[: lines.index([])]
    if kind == "xlsx":
        return [
            list(row)
            for row in openpyxl.load_workbook(io.BytesIO(content))["Dane"].iter_rows(values_only=True)
        ]
    frame = pd.read_parquet(io.BytesIO(content))
    return [list(frame.columns), *frame.to_numpy().tolist()]


def noted(workspace: Workspace, action: str) -> list[AuditRow]:
    with workspace.storage.reading() as session:
        return list(session.scalars(select(AuditRow).where(AuditRow.action == action)))


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(("board", "table"), EVERY)
def test_every_table_comes_in_every_kind(
    stocked: Workspace, sign_in_as: SignIn, board: str, table: str, kind: str
) -> None:
    answer = sign_in_as("qa_lead").get(f"/api/v1/export/{board}?table={table}&kind={kind}&{NOVEMBER}&team=T1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == KINDS[kind]
    name = f"odsluch-{table}-2026-11-01-2026-11-30.{kind}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert len(rows_of(answer.content, kind)) > 1
    entry = noted(stocked, "figures_export")[0]
    assert (entry.subject, entry.details["kind"], entry.details["filters"]) == (
        table,
        kind,
        ["karta oceny", "zespół"] if board == "quality" else ["zespół"],
    )


def test_an_export_says_the_same_as_the_board(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    view = lead.get(f"/api/v1/quality?{NOVEMBER}").json()
    content = lead.get(f"/api/v1/export/quality?table=jakosc-konsultanci&kind=csv&{NOVEMBER}").content
    header, *rows = rows_of(content, "csv")
    assert [row[header.index("Konsultant")] for row in rows] == [one["agent"] for one in view["agents"]]
    means = [float(row[header.index("Średni wynik")].replace(",", ".")) for row in rows]
    assert means == pytest.approx([one["score"]["mean"] for one in view["agents"]])


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_conversations_come_with_the_filters_of_their_list(
    stocked: Workspace, sign_in_as: SignIn, kind: str
) -> None:
    lead = sign_in_as("qa_lead")
    query = "channel=chat&first=2026-11-01"
    listed = [row["conversation_id"] for row in lead.get(f"/api/v1/conversations?{query}").json()["rows"]]
    answer = lead.get(f"/api/v1/export/conversations?kind={kind}&{query}")
    assert (
        answer.headers["content-disposition"] == f'attachment; filename="odsluch-rozmowy-2026-11-01.{kind}"'
    )
    assert answer.headers["content-type"] == KINDS[kind]
    assert [row[0] for row in rows_of(answer.content, kind)[1:]] == listed
    assert len(listed) == 8
    entry = noted(stocked, "figures_export")[0]
    assert (entry.subject, entry.details["n"]) == ("rozmowy", 8)


def test_many_conversations_are_streamed_whole(workspace: Workspace, sign_in_as: SignIn) -> None:
    with workspace.storage.writing() as session:
        for number in range(2500):
            add(session, f"c-{number:04}", started_at=f"2026-11-04T09:00:{number % 60:02}+01:00")
    answer = sign_in_as("coach").get("/api/v1/export/conversations?kind=csv")
    assert "content-length" not in answer.headers
    assert len({row[0] for row in rows_of(answer.content, "csv")[1:]}) == 2500


def test_a_file_name_holds_nothing_but_plain_letters() -> None:
    named = attachment('odsluch-٢"\r\n/żółw-2026-11-01.csv')["Content-Disposition"]
    assert named == 'attachment; filename="odsluch-w-2026-11-01.csv"'


def test_pages_offer_files_to_those_who_may_have_them(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead, product, specialist = sign_in_as("qa_lead"), sign_in_as("product"), sign_in_as("qa_specialist")
    found: set[str] = set()
    for address in (f"/quality?{NOVEMBER}", f"/voice?{NOVEMBER}", "/conversations?channel=chat"):
        for html in pages(lead, address):
            found |= set(re.findall(r'href="(/api/v1/export/[^"]+)"', html))
    assert len(found) == 3 * (len(EVERY) + 1)
    for link in found:
        assert lead.get(link.replace("&amp;", "&")).status_code == 200, link
    assert "/api/v1/export/voice" in product.get(f"/voice?{NOVEMBER}").text
    for address in (f"/voice?{NOVEMBER}", "/conversations", "/trust"):
        assert "/api/v1/export/" not in specialist.get(address).text


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_gets_which_file(stocked: Workspace, sign_in_as: SignIn, role: str) -> None:
    person = sign_in_as(role)
    given = set()
    for subject, address, permissions in (
        (
            "jakosc-kryteria",
            f"quality?table=jakosc-kryteria&kind=csv&{NOVEMBER}",
            ("export.figures", "team.read"),
        ),
        ("glos-powody", f"voice?table=glos-powody&kind=csv&{NOVEMBER}", ("export.figures", "voice.read")),
        ("rozmowy", "conversations?kind=csv", ("export.figures", "conversation.read")),
        ("phone@1", "labels?scorecard=phone@1", ("export.labels",)),
    ):
        allowed = all(role in PERMISSIONS[name] for name in permissions)
        assert person.get(f"/api/v1/export/{address}").status_code == (200 if allowed else 403), address
        given |= {subject} if allowed else set()
    assert {
        row.subject for action in ("figures_export", "labels_export") for row in noted(stocked, action)
    } == given


def test_a_coach_exports_only_the_own_team(stocked: Workspace, sign_in_as: SignIn) -> None:
    coach = sign_in_as("coach", team="T1")
    address = f"/api/v1/export/quality?table=jakosc-zespoly&kind=csv&{NOVEMBER}"
    assert [row[0] for row in rows_of(coach.get(address).content, "csv")[1:]] == ["T1"]
    assert coach.get(f"{address}&team=T2").status_code == 403


@pytest.mark.parametrize(
    "address",
    ["quality?kind=csv", "quality?table=jakosc-kryteria", "quality?table=glos-powody&kind=csv",
     "quality?table=jakosc-kryteria&kind=pdf", "quality?table=jakosc-kryteria&kind=csv&first=2026-02-30",
     "voice?table=glos-powody&kind=csv&sentiment=zly", "conversations", "conversations?kind=doc",
     "conversations?kind=csv&first=wczoraj", "conversations?kind=csv&state=nie-ma", "labels", "labels?scorecard=nie@1",
     "labels?scorecard=phone@1&kinds=inne", "labels?scorecard=phone@1&first=2026-11-30&last=2026-11-01",
     "labels?scorecard=phone@1&first=2026-02-30"],
)  # fmt: skip
def test_what_cannot_be_understood_is_said_in_a_sentence_and_not_noted(
    stocked: Workspace, sign_in_as: SignIn, address: str
) -> None:
    answer = sign_in_as("qa_lead").get(f"/api/v1/export/{address}")
    assert answer.status_code == 422
    assert answer.json()["error"]["message"].endswith(".")
    assert noted(stocked, "figures_export") + noted(stocked, "labels_export") == []


def labelled(workspace: Workspace) -> None:
    criteria = {one.id: "pass" for one in load_scorecard("phone@1").criteria}
    with workspace.storage.writing() as session:
        for number in range(3):
            judge(session, f"c-{number:04}", criteria)


def lines_of(lead: Browser, query: str = "") -> list[dict[str, Any]]:
    answer = lead.get(f"/api/v1/export/labels?scorecard=phone@1{query}")
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines()]


def test_labels_are_json_lines_without_names(stocked: Workspace, sign_in_as: SignIn) -> None:
    labelled(stocked)
    lead = sign_in_as("qa_lead")
    answer = lead.get("/api/v1/export/labels?scorecard=phone@1")
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["content-disposition"] == 'attachment; filename="odsluch-oceny-phone-1.jsonl"'
    assert [line["id"] for line in lines_of(lead)] == ["c-0000", "c-0001", "c-0002"]
    assert "anna" not in answer.text
    assert "Dla Anny" not in answer.text
    assert lines_of(lead, "&kinds=second&kinds=dispute") == []
    assert len(lines_of(lead, "&first=2026-11-05&last=2026-11-05")) == 3
    assert lines_of(lead, "&first=2026-11-06") == []
    assert len(noted(stocked, "labels_export")) == 5


def test_the_trust_page_explains_labels_to_the_lead_alone(stocked: Workspace, sign_in_as: SignIn) -> None:
    for html in pages(sign_in_as("qa_lead"), "/trust"):
        assert "odsluch scorecards trust" in html
        assert 'href="/api/v1/export/labels?scorecard=phone%401"' in html
    assert "/export/labels" not in sign_in_as("auditor").get("/trust").text
