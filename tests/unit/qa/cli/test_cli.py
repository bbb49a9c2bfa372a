"""The command line: Polish, one sentence for each error, exit statuses, quiet where it should be."""

from __future__ import annotations

import errno
import io
import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import nlp.written_form  # noqa: F401  imported in a test, its two seconds would be announced on the terminal
from qa.cli.app import COMMANDS
from qa.cli.privacy import privacy
from qa.cli.streams import writing
from tests.unit.qa.conftest import Run
from tests.unit.qa.fakes import conversation, write_lines

ALL = [[name] for name in COMMANDS] + [
    ["backlog", "list"],
    ["backlog", "show"],
    ["backlog", "export"],
    ["models", "list"],
    ["models", "build"],
    ["models", "verify"],
    ["scorecards", "list"],
    ["scorecards", "show"],
    ["scorecards", "trust"],
    ["config", "show"],
    *(["privacy", name] for name in privacy.commands),
]
ENGLISH = ("Usage", "Options", "Arguments", "Commands", "Show this", "default", "[OPTIONS]", "required")


@pytest.mark.parametrize("command", [[], *ALL], ids=" ".join)
def test_every_help_is_polish_and_has_an_example(cli: Run, command: list[str]) -> None:
    status, out, _ = cli(*command, "--help")
    assert status == 0
    assert "Użycie:" in out
    assert "Przykład" in out
    assert not [word for word in ENGLISH if word in out]


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from qa.cli import main; main(['--help']); print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert not loaded & {"torch", "prefect", "spacy", "sqlalchemy", "transformers", "pandas", "rich", "numpy"}


@pytest.mark.usefixtures("fake_parts")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nagraj"], "nagraj"),
        (["run"], "ŹRÓDŁO"),
        (["tag"], "PLIK"),
        (["tag", "brak.jsonl"], "brak.jsonl"),
        (["redact", "."], "folder"),
        (["score", "-", "--nieznana"], "nieznana"),
        (["transcribe", "brak.wav"], "brak.wav"),
        (["schema", "rozmowy"], "conversation"),
        (["config", "show", "--threads", "dużo"], "dużo"),
        (["config", "show", "--threads", "-3"], "threads"),
        (["config", "show", "--config", "brak.toml"], "brak.toml"),
        (["run", "x", "--database-url", "mysql://h/b"], "database_url"),
        (["redact", "-", "-o", "nie/ma/takiego.jsonl"], "nie/ma"),
    ],
)
def test_wrong_usage_is_one_polish_sentence_and_status_2(
    cli: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    status, out, err = cli(*arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert not [word for word in ("Error", "No such", "Missing", "Invalid", "Try", "Got") if word in err]


@pytest.mark.usefixtures("fake_parts")
def test_a_filter_writes_to_a_file_whole_or_not_at_all(cli: Run, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", [conversation(1), "{", conversation(2)])
    out = tmp_path / "wynik.jsonl"
    status, printed, err = cli("redact", source, "-o", out)
    assert (status, printed) == (1, "")
    assert "Wiersze z błędem: 1" in err
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [r.get("id") for r in records] == ["c-0001", None, "c-0002"]
    with pytest.raises(OSError, match="No space"), writing(str(out)) as stream:
        _fill(stream)
    assert len(out.read_text(encoding="utf-8").splitlines()) == 3
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.jsonl", "wynik.jsonl"]


def _fill(stream: io.BufferedIOBase) -> None:
    stream.write(b"half of it")
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.usefixtures("fake_parts")
def test_filters_may_be_chained_over_standard_input(cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    record = json.dumps(conversation(0)) + "\n"
    for command in ("redact", "tag"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(record.encode())))
        status, record, err = cli(command, "-")
        assert (status, err) == (0, "")
    found = json.loads(record)
    assert found["primary"] == "delivery.late"
    assert found["redactions"]


@pytest.mark.usefixtures("fake_parts")
def test_a_full_disk_is_one_sentence(cli: Run, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    source = write_lines(tmp_path / "a.jsonl", [conversation(i) for i in range(200)])
    status, _, err = cli("redact", source, "-o", "/dev/full")
    assert status == 1
    assert err.startswith("odsluch: Brak miejsca na dysku")
    assert err.count("\n") == 1


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", ["{"] * 50_000)
    code = (
        "import sys; from qa import filters; from qa.cli import main, filter_commands;"
        "filter_commands._redacting = lambda s, say: lambda records: [];"
        f"sys.exit(main(['redact', {str(source)!r}]))"
    )
    command = f"{sys.executable} -c {json.dumps(code)} | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, check=False)
    assert json.loads(done.stdout)["error"]["code"] == "invalid_json"
    assert done.stderr == ""


def test_an_unexpected_error_is_one_sentence_and_a_file_without_text(
    cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("tajna treść rozmowy")

    monkeypatch.setattr("qa.services.pipeline.reporting.report_html", broken)
    status, out, err = cli("report")
    assert (status, out) == (1, "")
    assert "ValueError" in err
    assert "Traceback" not in err
    (crash,) = (tmp_path / "var" / "logs").iterdir()
    assert "tajna" not in crash.read_text(encoding="utf-8") + err
    assert "broken" in crash.read_text(encoding="utf-8")


@pytest.mark.usefixtures("fake_parts", "in_process")
def test_run_twice_parked_retry_report_backlog(cli: Run, tmp_path: Path) -> None:
    write_lines(tmp_path / "wejście" / "a.jsonl", [*(conversation(i) for i in range(12)), "{"])
    status, out, _ = cli("run", "wejście")
    assert status == 1
    for words in (
        "telefon",
        "delivery.late",
        "12 z 12",
        "100,0 %",
        "odsluch serve",
        "odsluch parked",
        "Propozycje usprawnień: 1",
    ):
        assert words in out, words
    status, out, _ = cli("run", "wejście")
    assert (status, out) == (0, "Nic nowego: plików 1, wszystkie znane i przetworzone.\n")
    status, out, _ = cli("parked", "--json")
    (item,) = json.loads(out)
    assert (status, item["code"], item["line"], item["source"]) == (0, "invalid_json", 13, "a.jsonl")
    status, out, _ = cli("parked")
    assert "a.jsonl, wiersz 13" in out
    write_lines(tmp_path / "wejście" / "a.jsonl", [conversation(i) for i in range(12)])
    assert cli("retry", item["id"])[0] == 0
    assert cli("parked")[1] == "Nic nie jest odłożone.\n"
    assert cli("retry", "abc")[0] == 1
    status, out, _ = cli("report", "-o", "raport.html")
    assert status == 0
    assert "<html" in (tmp_path / "raport.html").read_text(encoding="utf-8")
    status, out, _ = cli("backlog", "list", "--json")
    (proposal,) = json.loads(out)
    assert proposal["fingerprint"] in cli("backlog", "list")[1]
    assert proposal["title"].split(":")[0] in cli("backlog", "show", proposal["fingerprint"][:4])[1]
    assert cli("backlog", "export", "--format", "csv")[1].startswith("fingerprint,")
    assert cli("backlog", "export")[1].startswith("# Propozycje")
    assert cli("backlog", "show", "zzz")[0] == 1


@pytest.mark.usefixtures("fake_parts", "in_process")
def test_the_commands_shown_at_the_end_name_the_same_data(cli: Run, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", [conversation(i) for i in range(3)])
    (tmp_path / "moje ustawienia.toml").write_text("batch_size = 2\n", encoding="utf-8")
    _, out, _ = cli("run", "a.jsonl", "--data-dir", "inne", "--config", "moje ustawienia.toml")
    shown = "backlog list --config 'moje ustawienia.toml' --data-dir inne"
    assert shown in out
    assert "delivery.late" not in cli("backlog", "list")[1]
    assert cli(*shlex.split(shown))[0] == 0


@pytest.mark.usefixtures("fake_parts", "in_process")
def test_run_tells_scripts_everything_as_json(cli: Run, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", [conversation(i) for i in range(6)])
    status, out, _ = cli("run", "a.jsonl", "brak.jsonl", "--json")
    found = json.loads(out)
    assert status == 1
    assert found["channels"]["phone"] == {"conversations": 2, "tagged": 2, "scored": 2}
    assert found["parked"] == {"now": 1, "all": 1}
    assert found["reasons"][0]["of"] == 6
    assert json.loads(cli("run", "a.jsonl", "--json")[1])["nothing_new"] is True


@pytest.mark.usefixtures("fake_parts", "in_process")
def test_keeping_raw_content_without_a_key_is_refused(
    cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_lines(tmp_path / "a.jsonl", [conversation(1)])
    monkeypatch.setenv("ODSLUCH_KEEP", "raw_text")
    status, _, err = cli("run", "a.jsonl")
    assert status == 2
    assert "privacy new-key" in err


def test_config_show_says_where_each_value_comes_from(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "odsluch.toml").write_text("threads = 2\n")
    found = json.loads(cli("config", "show", "--json", "--data-dir", "dane")[1])
    assert found["threads"] == {"value": 2, "source": f"plik {tmp_path / 'odsluch.toml'}"}
    assert found["data_dir"] == {"value": "dane", "source": "opcja"}
    assert "threads" in cli("config", "show")[1]


def test_schema_and_completion(cli: Run) -> None:
    assert json.loads(cli("schema", "conversation")[1])["required"] == ["id", "channel", "turns"]
    assert "_ODSLUCH_COMPLETE=bash_complete" in cli("completion", "bash")[1]
    assert "~/.zshrc" in cli("completion", "zsh")[1]
