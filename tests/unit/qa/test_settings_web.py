"""The table ``[web]``: usual values, ranges, one sentence for what does not do, and the page that documents it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from qa.errors import UsageProblem
from qa.settings import EXPLANATIONS, Settings, load
from qa.settings_web import RANGES, WebSettings
from tests.unit.qa.conftest import Run

PAGE = Path(__file__).parents[3] / "docs" / "web.md"


def web(folder: Path, content: str) -> WebSettings:
    (folder / "odsluch.toml").write_text(content)
    return load(environ={}, folder=folder).settings.web


def test_without_a_table_everything_is_as_usual(tmp_path: Path) -> None:
    usual = WebSettings(
        dispute_days=14,
        session_hours=24,
        idle_minutes=480,
        sign_in_tries=5,
        lock_minutes=15,
        page_rows=50,
    )
    assert load(environ={}, folder=tmp_path).settings.web == usual == Settings().web


def test_what_the_table_leaves_out_stays_as_usual(tmp_path: Path) -> None:
    found = web(tmp_path, "[web]\ndispute_days = 30\nidle_minutes = 60\n")
    assert found == WebSettings(dispute_days=30, idle_minutes=60)
    assert web(tmp_path, "[web]\n") == WebSettings()


def test_the_environment_replaces_the_table(tmp_path: Path) -> None:
    (tmp_path / "odsluch.toml").write_text("[web]\ndispute_days = 30\n")
    given = {"ODSLUCH_WEB": "session_hours=12, page_rows=100"}
    assert load(environ=given, folder=tmp_path).settings.web == WebSettings(session_hours=12, page_rows=100)


@pytest.mark.parametrize("key", sorted(RANGES))
def test_both_ends_of_a_range_do_and_nothing_beyond(tmp_path: Path, key: str) -> None:
    least, most = RANGES[key]
    for value in (least, most):
        assert getattr(web(tmp_path, f"[web]\n{key} = {value}"), key) == value
    for value in (least - 1, most + 1):
        with pytest.raises(UsageProblem) as caught:
            web(tmp_path, f"[web]\n{key} = {value}")
        said = f"klucz `web.{key}` wymaga liczby całkowitej od {least} do {most}."
        assert str(caught.value).endswith(said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[web]\npage_rows = true", "`web.page_rows`"),
        ("[web]\npage_rows = 50.5", "`web.page_rows`"),
        ('[web]\npage_rows = "dużo"', "`web.page_rows`"),
        ("[web]\npage_rows = [50]", "`web.page_rows`"),
        ("[web]\npages = 50", "`web.pages` wymaga usunięcia, bo jest nieznany; znane klucze: dispute_days"),
        ("web = 50", "`web` wymaga tabeli"),
        ('web = "page_rows"', "`web` wymaga tabeli"),
    ],
)
def test_what_does_not_do_is_named(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        web(tmp_path, content)
    message = str(caught.value)
    assert message.startswith(f"Plik {tmp_path / 'odsluch.toml'}: klucz ")
    assert said in message
    assert caught.value.exit_code == 2


def test_the_command_line_shows_the_table_with_its_origin(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "odsluch.toml").write_text("[web]\ndispute_days = 30\n")
    status, out, _ = cli("config", "show", "--json")
    shown = json.loads(out)["web"]
    assert status == 0
    assert shown == {
        "value": asdict(WebSettings(dispute_days=30)),
        "source": f"plik {tmp_path / 'odsluch.toml'}",
    }
    assert "dispute_days" in cli("config", "show")[1]


def test_every_key_has_a_range_that_holds_its_usual_value_and_is_explained() -> None:
    assert {one.name for one in fields(WebSettings)} == set(RANGES)
    for key, value in asdict(WebSettings()).items():
        least, most = RANGES[key]
        assert least <= value <= most
        assert key in EXPLANATIONS["web"]


def test_the_page_says_range_and_usual_value_of_every_key() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+) to ([\d,]+) \| ([\d,]+) \|", PAGE.read_text(), re.MULTILINE)
    told = {key: tuple(int(number.replace(",", "")) for number in numbers) for key, *numbers in rows}
    assert told == {key: (*RANGES[key], value) for key, value in asdict(WebSettings()).items()}
