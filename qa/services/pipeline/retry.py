"""Another try for what was parked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.errors import UserError
from qa.services.names import KeptNames
from qa.services.pipeline.run import RunReport, run
from qa.services.pipeline.stages import Executor
from qa.services.workspace import Progress, Workspace
from qa.storage.parking import forget, parked
from qa.storage.tables import ParkedRow


@dataclass(frozen=True, slots=True)
class Retried:
    """The run over what was found again; ``lost`` are parked items whose file could not be found."""

    report: RunReport | None
    lost: tuple[str, ...]


def retry(
    workspace: Workspace,
    prefixes: Sequence[str],
    executor: Callable[[], Executor],
    progress: Progress,
) -> Retried:
    """Try parked items again: all, or those whose id begins with one of ``prefixes``.

    Raises:
        UserError: a prefix fits no parked item.
    """
    with workspace.storage.reading() as session:
        rows = parked(session, prefixes)
    for prefix in prefixes:
        if not any(row.key.startswith(prefix) for row in rows):
            raise UserError(f"Nie ma odłożonej pozycji {prefix}: sprawdź listę poleceniem odsluch parked.")
    if not rows:
        return Retried(None, ())
    files, lost = _found_again(workspace, [row for row in rows if row.stage == "intake"])
    with workspace.storage.writing() as session:
        forget(session, [row.key for row in rows if row.stage != "intake"])
    return Retried(run(workspace, files, executor, progress, again=True), lost)


def _found_again(workspace: Workspace, rows: Sequence[ParkedRow]) -> tuple[list[Path], tuple[str, ...]]:
    """The parked items' files: their folders are searched for the path with the right keyed digest."""
    names = KeptNames(workspace.components.redactor(), workspace.pseudonyms)
    wanted = {row.path_key for row in rows}
    roots = sorted({row.root for row in rows if row.root})
    found: dict[str, Path] = {}
    for path in workspace.components.find_sources([Path(root) for root in roots if Path(root).is_dir()]):
        key = names.path_key(path)
        if key in wanted:
            found.setdefault(key, path)
    lost = sorted({row.key for row in rows if row.path_key not in found})
    return list(found.values()), tuple(lost)
