"""Options that several commands share, and what they make of them."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qa.cli.guard import crash_folder
from qa.settings import Configuration, load

if TYPE_CHECKING:
    from qa.services.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])

_FLAGS: dict[str, click.Option] = {
    "data_dir": click.Option(
        ["--data-dir"], type=click.Path(path_type=Path), metavar="FOLDER", help="Folder danych."
    ),
    "database_url": click.Option(
        ["--database-url"], metavar="ADRES", help="Adres bazy (SQLite lub PostgreSQL)."
    ),
    "threads": click.Option(
        ["--threads"], type=int, metavar="N", help="Wątki obliczeń (0: wybór biblioteki)."
    ),
    "batch_size": click.Option(["--batch-size"], type=int, metavar="N", help="Rozmów w jednej paczce."),
    "speech_model": click.Option(["--speech-model"], metavar="MODEL", help="Model rozpoznawania mowy."),
    "tagger_model": click.Option(["--tagger-model"], metavar="MODEL", help="Model tagowania rozmów."),
    "column_map": click.Option(
        ["--column-map"], type=click.Path(path_type=Path), metavar="PLIK", help="Mapa kolumn dla CSV i XLSX."
    ),
}
STORED = ("data_dir", "database_url")
_SHOWN = ("config", "data_dir")


def settings_options(*names: str) -> Callable[[F], F]:
    """Add ``--config`` and the named flags; the command's first argument is the :class:`Configuration`."""

    def decorate(function: F) -> F:
        @wraps(function)
        def command(*args: Any, config: Path | None, **values: Any) -> Any:
            flags = {name: values.pop(name) for name in names}
            configuration = load(flags, config=config)
            crash_folder(configuration.settings.data_dir)
            return function(configuration, *args, **values)

        option = click.option(
            "--config", type=click.Path(path_type=Path), metavar="PLIK", help="Plik ustawień TOML."
        )
        wrapped: Any = option(command)
        for name in reversed(names):
            _attach(wrapped, _FLAGS[name])
        return wrapped  # type: ignore[no-any-return]

    return decorate


def _attach(function: Any, option: click.Option) -> None:
    function.__click_params__.append(option)


json_option = click.option("--json", "as_json", is_flag=True, help="Wynik jako JSON, dla skryptów.")


def same_store(command: str) -> str:
    """``odsluch COMMAND`` as the user would type it now, with the options that name the present data.

    A database address may hold a password and is never shown.
    """
    given = click.get_current_context().params
    program = "odsluch" if shutil.which("odsluch") else shlex.quote(sys.argv[0])
    flags = [
        f"--{name.replace('_', '-')} {shlex.quote(str(given[name]))}" for name in _SHOWN if given.get(name)
    ]
    return " ".join([program, command, *flags])


def print_json(content: Any) -> None:
    """JSON on standard output, readable for people too."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=2, default=str))


@contextmanager
def workspace(configuration: Configuration, say: Callable[[str], None] | None = None) -> Iterator[Workspace]:
    """Storage and components for these settings."""
    from qa.bootstrap import open_workspace

    opened = open_workspace(configuration.settings, say)
    try:
        yield opened
    finally:
        opened.storage.close()


@contextmanager
def library_chatter_aside() -> Iterator[None]:
    """Keep progress bars and advice of the model libraries off the terminal."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    yield
    sys.stderr.flush()
