"""The whole way with the real redactor, tagger, scorecards, speech, Prefect and database, as a user runs it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.planted import PLANTED, write_bad, write_planted

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SECOND_RUN_SECONDS = 20
SEALING = {
    "ODSLUCH_KEEP": "raw_text",
    "ODSLUCH_KEY": "b2RzbHVjaC10ZXN0LWtsdWN6LTMyLWJhanR5LWRsdWc=",  # of these tests only
    "ODSLUCH_RETENTION_DAYS": "raw_text=36500,redacted_text=36500",
}


def odsluch(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """The command line in ``folder`` with its data in ``folder/var``; ``extra`` are variables."""
    program = [sys.executable, "-c", "import sys; from qa.cli import main; sys.exit(main())"]
    environment = {
        **os.environ,
        "ODSLUCH_DATA_DIR": str(folder / "var"),
        "TMPDIR": str(folder / "tmp"),
        **extra,
    }
    (folder / "tmp").mkdir(exist_ok=True)
    return subprocess.run(
        [*program, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def written(folder: Path) -> dict[str, str]:
    """Every file below ``folder`` as text, with its name, bytes of any encoding kept readable."""
    return {
        str(path.relative_to(folder)): f"{path.name}\n{path.read_bytes().decode('utf-8', 'replace')}"
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the planted sources were run, reported and exported; sources are gone again.

    Originals are kept, sealed: what is searched for must not be readable there either.
    """
    folder = tmp_path_factory.mktemp("odsluch")
    write_planted(folder / "zrodla")
    outputs = [
        odsluch(folder, "run", "zrodla", **SEALING),
        odsluch(folder, "report", "-o", "raport.html"),
        odsluch(folder, "backlog", "export", "-o", "backlog.md"),
        odsluch(folder, "backlog", "export", "--format", "csv", "-o", "backlog.csv"),
        odsluch(folder, "parked"),
    ]
    for number, output in enumerate(outputs):
        assert output.returncode == 0, output.stderr
        (folder / f"terminal-{number}.log").write_text(output.stdout + output.stderr, "utf-8")
    assert len(list((folder / "var" / "vault").rglob("*.sealed"))) == 6
    shutil.rmtree(folder / "zrodla")
    return folder


def holds(text: str, value: str) -> bool:
    """Whether ``text`` says ``value``; six digits by chance in a time stamp or an identifier do not count."""
    bare = value.isdigit() and len(value) < 9
    return bool(re.search(rf"(?<![0-9a-f.]){value}(?![0-9a-f])", text)) if bare else value in text


def test_thirty_planted_values_are_in_no_file_that_was_written(planted: Path) -> None:
    assert len(PLANTED) == 30
    assert all(holds(f"kod {value}, nr RK/{value} albo ZP-{value}.", value) for value in PLANTED)
    files = written(planted)
    found = [(value, name) for name, text in files.items() for value in PLANTED if holds(text, value)]
    assert found == []
    stored = "".join(text for name, text in files.items() if "odsluch.db" in name)
    for mark in ("[PESEL]", "[PHONE]", "[PERSON]", "[EMAIL]", "[ADDRESS]", "[ACCOUNT_OR_CARD]"):
        assert mark in stored, mark


def test_the_database_is_no_plain_copy_in_another_spelling(planted: Path) -> None:
    """JSON escapes and runs of digits without their separators would hide a leak from a plain search."""
    text = "".join(written(planted).values())
    escaped = [v for v in PLANTED if json.dumps(v)[1:-1] != v and json.dumps(v)[1:-1] in text]
    digits = {"".join(c for c in v if c.isdigit()) for v in PLANTED}
    assert escaped == []
    assert [d for d in digits if len(d) >= 8 and d in text] == []


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    folder = tmp_path_factory.mktemp("zle")
    write_bad(folder / "zrodla", EXAMPLES / "calls" / "call-08-loyalty-points.ogg")
    good = {
        "id": "g-1",
        "channel": "chat",
        "turns": [{"speaker": "customer", "text": "Kiedy będzie paczka?"}],
    }
    (folder / "zrodla" / "dobry.jsonl").write_text(json.dumps(good) + "\n", "utf-8")
    output = odsluch(folder, "run", "zrodla", "--json")
    assert output.returncode == 1, output.stderr
    assert "Traceback" not in output.stderr
    return folder, json.loads(output.stdout)


def test_every_kind_of_bad_input_is_parked_and_the_rest_goes_on(
    bad: tuple[Path, dict[str, object]],
) -> None:
    folder, _ = bad
    rows = json.loads(odsluch(folder, "parked", "--json").stdout)
    faults = {row["source"]: row["code"] for row in rows}
    readable = {"dobry.jsonl", "cp1250.jsonl"}  # cp1250 is recognised, not parked
    everything = {path.name for path in (folder / "zrodla").iterdir()}
    assert everything - set(faults) <= readable
    assert all(row["message"] and row["remedy"] for row in rows)


def test_good_records_beside_bad_ones_are_kept(bad: tuple[Path, dict[str, object]]) -> None:
    folder, summary = bad
    stored = {"g-1", "b-1", "b-8"}  # b-1 before its clashing twin, b-8 behind the 50 MB line
    text = json.dumps(summary)
    assert '"chat"' in text
    output = odsluch(folder, "run", "zrodla")
    assert output.returncode == 0
    from sqlalchemy import select

    from qa.storage.database import open_storage
    from qa.storage.tables import ConversationRow

    storage = open_storage(f"sqlite:///{folder / 'var' / 'odsluch.db'}")
    with storage.reading() as session:
        kept = set(session.scalars(select(ConversationRow.conversation_id)))
    storage.close()
    assert stored <= kept


def test_a_second_run_stores_nothing_and_is_quick(planted: Path) -> None:
    write_planted(planted / "zrodla")
    started = time.perf_counter()
    output = odsluch(planted, "run", "zrodla")
    seconds = time.perf_counter() - started
    shutil.rmtree(planted / "zrodla")
    assert output.returncode == 0, output.stderr
    assert "Nic nowego" in output.stdout
    assert seconds < SECOND_RUN_SECONDS
