"""Prefect's own server for the time of one run: local, quiet, and gone with the process that started it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa.errors import UserError

STARTUP_SECONDS = 180.0
POLL_SECONDS = 0.2
STOP_SECONDS = 5.0

# The server ends when its standard input does: that happens however the parent ends, even by kill -9.
_SERVE = """
import os, sys, threading, uvicorn
def watch():
    sys.stdin.buffer.read()
    os._exit(0)
threading.Thread(target=watch, daemon=True).start()
uvicorn.run("prefect.server.api.server:create_app", factory=True, host="127.0.0.1",
            port=int(sys.argv[1]), log_level="critical", lifespan="on")
"""


def prepare_environment(home: Path) -> None:
    """What Prefect reads when it is imported: everything local, no telemetry, a silent console."""
    home.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        {
            "PREFECT_HOME": str(home.absolute()),
            "PREFECT_PROFILES_PATH": str(home.absolute() / "profiles.toml"),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
            "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
            "DO_NOT_TRACK": "1",
            "PREFECT_LOGGING_LEVEL": "CRITICAL",
            "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
            "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
            "PREFECT_LOGGING_TO_API_ENABLED": "false",
            "PREFECT_SERVER_UI_ENABLED": "false",
            "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
            "PREFECT_CLI_COLORS": "false",
        }
    )


@contextmanager
def temporary_server() -> Iterator[None]:
    """Have a server at ``PREFECT_API_URL``: the one that is set there already, or one of our own.

    Raises:
        UserError: the server does not come up.
    """
    if os.environ.get("PREFECT_API_URL"):
        yield
        return
    port = _free_port()
    environment = {**os.environ, "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    try:
        _wait_until_up(process, port)
        yield
    finally:
        del os.environ["PREFECT_API_URL"]
        _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(process: subprocess.Popen[bytes], port: int) -> None:
    address = f"http://127.0.0.1:{port}/api/health"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with opener.open(address, timeout=POLL_SECONDS * 10):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(POLL_SECONDS)
    raise UserError(
        "Tymczasowy serwer Prefect nie uruchomił się: sprawdź wolne miejsce na dysku i spróbuj ponownie."
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
