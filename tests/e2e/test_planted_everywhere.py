"""Every type of personal data in every channel, run, reported and served: no byte and no page holds any of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy import select

from qa.bootstrap import open_workspace
from qa.services.access import accounts
from qa.services.access.permissions import ROLES
from qa.settings import Settings
from qa.storage.tables import ConversationRow
from qa.web.app import begin, create_app
from qa.web.routes import all_routers
from tests.e2e.test_real_parts import SEALING, holds, odsluch, written
from transcripts.conversation import CHANNELS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SURNAMES = ("Trzcińska", "Borowiec", "Kuligowski", "Zdunek", "Szramka", "Więcław", "Olejarz", "Pokrywka")


def values(number: int) -> dict[str, tuple[str, str]]:
    """By type: a value of its own for each channel, and a sentence that says it as customers do."""
    n = number
    pin, password = f"{4000 + 317 * n}{n}7", f"Kotek{n}{n + 1}xz!"
    return {
        "PERSON": (SURNAMES[n], f"Nazywam się Halina {SURNAMES[n]}."),
        "PHONE": (f"60{n} 318 77{n}", f"Mój telefon to 60{n} 318 77{n}."),
        "PESEL": (f"6{n}041512{n}49", f"Mój PESEL to 6{n}041512{n}49."),
        "ID_NUMBER": (f"DBK 71{n}82{n}", f"Dowód osobisty DBK 71{n}82{n}."),
        "ACCOUNT_OR_CARD": (
            f"1090 1014 0000 071{n} 1981 28{n}4",
            f"Zwrot na konto PL61 1090 1014 0000 071{n} 1981 28{n}4.",
        ),
        "CUSTOMER_NUMBER": (f"ZP-883{n}41{n}", f"Numer zamówienia: ZP-883{n}41{n}."),
        "SECRET": (password, f"Hasło do konta to {password}, a PIN {pin}."),
        "EMAIL": (f"h.kotek{n}@poczta.example.pl", f"Proszę pisać na h.kotek{n}@poczta.example.pl."),
        "ADDRESS": (f"Wierzbowa 4{n}", f"Mieszkam przy ul. Wierzbowa 4{n} m. 3, 61-24{n} Poznań."),
        "DATE_OF_BIRTH": (f"1{n}.03.1959", f"Urodziłam się 1{n}.03.1959 r."),
    }


PLANTED = [value for n in range(len(CHANNELS)) for value, _ in values(n).values()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the planted conversations were run and reported, with sealed originals; the sources are gone."""
    place = tmp_path_factory.mktemp("wszedzie")
    lines = []
    for n, channel in enumerate(CHANNELS):
        turns = [{"speaker": "customer", "text": "Dzień dobry, gdzie jest moja paczka? Jestem zła."}]
        for _, sentence in values(n).values():
            turns += [{"speaker": "customer", "text": sentence}, {"speaker": "agent", "text": "Dziękuję."}]
        record = {"id": f"w-{n}", "channel": channel, "started_at": "2026-11-02T09:14:00+01:00"}
        who = {"customer": {"id": f"klient-{n}"}, "metadata": {"temat": values(n)["PHONE"][1]}}
        lines.append(json.dumps({**record, **who, "turns": turns}, ensure_ascii=False))
    (place / "zrodla.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    for number, call in enumerate(
        (
            ("run", "zrodla.jsonl"),
            ("report", "-o", "raport.html"),
            ("backlog", "export", "-o", "backlog.md"),
        )
    ):
        output = odsluch(place, *call, **SEALING)
        assert output.returncode == 0, output.stderr
        (place / f"terminal-{number}.log").write_text(output.stdout + output.stderr, "utf-8")
    (place / "zrodla.jsonl").unlink()
    return place


def test_the_table_is_whole() -> None:
    assert len(CHANNELS) == len(SURNAMES)
    assert len(set(PLANTED)) == 10 * len(CHANNELS)


def test_no_file_holds_a_planted_value(folder: Path) -> None:
    files = written(folder)
    assert [(v, name) for name, text in files.items() for v in PLANTED if holds(text, v)] == []


def pages(ids: list[str]) -> Iterator[str]:
    """Every address that is read without a choice, and every page of each conversation."""
    for router in all_routers():
        for route in router.routes:
            if not isinstance(route, APIRoute) or "GET" not in (route.methods or ()):
                continue
            if "{conversation_id" in route.path:
                for one in ids:
                    yield route.path.replace("{conversation_id:path}", quote(one)).replace(
                        "{conversation_id}", quote(one)
                    )
            elif "{" not in route.path:
                yield route.path


def test_no_page_shows_a_planted_value(folder: Path) -> None:
    work = open_workspace(Settings(data_dir=folder / "var"))
    with work.storage.writing() as session:
        row = accounts.create(session, "ola", "Ola", tuple(ROLES), None, agent_id="a-1", team=None, by=None)
        token = accounts.begin(session, accounts.account(session, row.id))
        ids = list(session.scalars(select(ConversationRow.conversation_id)))
    assert len(ids) == len(CHANNELS)
    app = create_app(work)
    begin(app, work)
    client = TestClient(app, base_url="http://testserver", raise_server_exceptions=False)
    client.cookies.set("odsluch", token)
    seen, shown = {}, []
    for address in pages(ids):
        answer = client.get(address, follow_redirects=False)
        seen[address] = answer.status_code
        text = answer.content.decode("utf-8", "replace")
        shown += [(value, address) for value in PLANTED if holds(text, value)]
    work.storage.close()
    assert shown == []
    assert all(status < 500 for status in seen.values()), seen
    assert seen[f"/conversations/{ids[0]}"] == 200
    assert sum(status == 200 for status in seen.values()) >= 30, seen
