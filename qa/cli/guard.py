"""Whatever goes wrong reaches the user as one Polish sentence and an exit status, never as a traceback."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from qa.cli.polish import speak_polish
from qa.errors import FULL_DISK, UserError, is_disk_full

INTERRUPTED = 130
BROKEN_PIPE = 141

_data_dir = Path("var")  # where crash files go; set once the settings are known


def crash_folder(data_dir: Path) -> None:
    """From now on, crash files go below ``data_dir``."""
    global _data_dir
    _data_dir = data_dir


def guarded(arguments: Sequence[str] | None) -> int:
    """Run the command line; see :func:`qa.cli.main`."""
    speak_polish()
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        from qa.cli.app import odsluch

        status = odsluch.main(args=arguments, prog_name="odsluch", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.UsageError as error:
        return _usage(error)
    except click.ClickException as error:
        return _say(error.format_message(), 1)
    except UserError as error:
        return _say(str(error), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return _say("Przerwano. Uruchom polecenie ponownie, a dokończy pracę.", INTERRUPTED)
    except BrokenPipeError:
        return _quietly()
    except Exception as error:  # the last resort: no user ever sees a traceback
        return _unexpected(error)


def _usage(error: click.UsageError) -> int:
    command = error.ctx.command_path if error.ctx else "odsluch"
    sentence = error.format_message().strip().rstrip(".")
    return _say(f"{sentence}. Pomoc: {command} --help", 2)


def _say(sentence: str, status: int) -> int:
    try:
        print(f"odsluch: {sentence}", file=sys.stderr)
    except OSError:  # nobody is listening
        return status
    return status


def _quietly() -> int:
    """The reader of our output has gone: say nothing, also not when Python flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def _unexpected(error: Exception) -> int:
    if is_disk_full(error):
        return _say(FULL_DISK.format(where=_data_dir.absolute()), 1)
    kind = type(error).__name__
    try:
        place = write_crash(error, _data_dir / "logs")
    except OSError:
        return _say(
            f"Nieoczekiwany błąd ({kind}); nie udało się zapisać szczegółów w {_data_dir / 'logs'}.", 1
        )
    return _say(f"Nieoczekiwany błąd ({kind}); szczegóły techniczne bez treści rozmów są w {place}.", 1)


def write_crash(error: BaseException, folder: Path) -> Path:
    """Write where it happened: frames and kinds of errors, but no message, since it may quote a record."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"crash-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        lines.append(type(seen).__qualname__)
        lines += [f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(seen.__traceback__)]
        seen = seen.__cause__ or seen.__context__
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path
