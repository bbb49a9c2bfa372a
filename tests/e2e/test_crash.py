"""``kill -9`` at any moment, then ``run``: the same content as a run that nobody disturbed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qa.storage.database import open_storage
from qa.storage.fingerprint import content_fingerprint
from tests.e2e import crash_driver
from tests.unit.qa.fakes import conversation, write_lines

DRIVER = Path(crash_driver.__file__)
STAGES = ["ingest", "transcribe", "tag", "score phone", "trends", "propose"]
INSIDE = [
    ("reading", 1),
    ("reading", 6),  # batches hold four: the first is kept, the second half read
    ("reading", 11),
    ("transcribing", 2),
    ("tagging", 1),
    ("tagging", 7),
    ("judging", 2),
    ("committing", 1),
    ("committing", 3),
    ("committing", 5),
    ("committing", 8),
    ("committing", 11),
]


def drive(data_dir: Path, sources: Path, moment: str = "never", count: int = 1) -> int:
    """Run in a forked child, which has all modules already; the status is minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        status = 3
        try:
            crash_driver.main(str(data_dir), str(sources), moment, str(count), "in-process")
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def drive_through_prefect(data_dir: Path, sources: Path, moment: str = "never", count: int = 1) -> int:
    arguments = [sys.executable, str(DRIVER), str(data_dir), str(sources), moment, str(count), "prefect"]
    finished = subprocess.run(arguments, capture_output=True, text=True, timeout=180, check=False)
    assert finished.returncode in (0, -signal.SIGKILL), finished.stderr
    return finished.returncode


def fingerprint(data_dir: Path) -> str:
    storage = open_storage(f"sqlite:///{data_dir / 'odsluch.db'}")
    with storage.reading() as session:
        found = content_fingerprint(session)
    storage.close()
    return found


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wejście")
    write_lines(
        folder / "a.jsonl", [*(conversation(i) for i in range(9)), "{urwany", conversation(2, "inna treść")]
    )
    write_lines(folder / "b.jsonl", [conversation(i, "Proszę o fakturę") for i in range(9, 14)])
    write_lines(
        folder / "c.jsonl", [conversation(20, "wybuch taggera"), conversation(3, "inna"), conversation(3)]
    )
    for name in ("n1", "n2", "n3"):
        (folder / f"{name}.wav").write_text(f"Gdzie paczka {name}")
    (folder / "n4.wav").write_text("urwane")
    return folder


@pytest.fixture(scope="module")
def undisturbed(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Runs in this process, so that the children forked later have all modules loaded."""
    data_dir = tmp_path_factory.mktemp("var")
    crash_driver.main(str(data_dir), str(sources), "never", "1", "in-process")
    return fingerprint(data_dir)


@pytest.mark.parametrize(("moment", "count"), [*((stage, 1) for stage in STAGES), *INSIDE])
def test_killed_and_run_again(
    sources: Path, undisturbed: str, tmp_path: Path, moment: str, count: int
) -> None:
    assert drive(tmp_path, sources, moment, count) == -signal.SIGKILL
    assert fingerprint(tmp_path) != undisturbed
    assert drive(tmp_path, sources) == 0
    assert fingerprint(tmp_path) == undisturbed


def test_killed_again_and_again(sources: Path, undisturbed: str, tmp_path: Path) -> None:
    for count in (2, 1, 3, 2, 4):
        drive(tmp_path, sources, "committing", count)
    assert drive(tmp_path, sources) == 0
    assert fingerprint(tmp_path) == undisturbed


@pytest.mark.slow
def test_killed_inside_a_prefect_flow(sources: Path, undisturbed: str, tmp_path: Path) -> None:
    assert drive_through_prefect(tmp_path, sources, "tagging", 7) == -signal.SIGKILL
    assert _servers(tmp_path) == []
    assert drive_through_prefect(tmp_path, sources) == 0
    assert fingerprint(tmp_path) == undisturbed
    assert _servers(tmp_path) == []


def _servers(data_dir: Path) -> list[int]:
    """Processes that still have this run's Prefect home in their environment."""
    wanted = f"PREFECT_HOME={data_dir / 'prefect'}".encode()
    for _ in range(50):
        found = [
            int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and _has(p / "environ", wanted)
        ]
        if not [pid for pid in found if pid != os.getpid()]:
            return []
        time.sleep(0.1)
    return found


def _has(path: Path, wanted: bytes) -> bool:
    try:
        return wanted in path.read_bytes().split(b"\0")
    except OSError:  # it has just ended
        return False
