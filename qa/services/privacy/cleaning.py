"""What follows a deletion, and the mark that has it finished where it was cut off.

The mark is a file in the data folder with keyed digests of what was deleted. It is written before a deletion is
committed and removed when nothing is left to do, so that the next deletion does what an interrupted one has not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.services.privacy.deletion import refresh_findings
from qa.services.privacy.outputs import renew_outputs
from qa.services.privacy.traces import Sought, forms_of, is_short, must_settle_again, traces
from qa.services.workspace import Workspace
from qa.storage.cipher import write_whole

MARK_FILE = "unfinished.cleaning"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a cleaning found and did; see :class:`qa.services.privacy.subject.Erased`."""

    traces: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()
    to_replace: tuple[str, ...] = ()


def is_unfinished(workspace: Workspace) -> bool:
    """Whether an earlier deletion was interrupted before its cleaning ended."""
    return _mark(workspace).exists()


def promise_cleaning(workspace: Workspace, ids: Sequence[str]) -> None:
    """Leave the mark, with what an earlier one holds; short ids, which are not looked for in files, are left out."""
    forms = {form for one in ids if not is_short(one) for form in forms_of(one)}
    lines = {
        f"{len(form.encode('utf-8', 'surrogatepass'))} {workspace.pseudonyms.digest(form)}" for form in forms
    }
    content = "".join(f"{line}\n" for line in sorted(lines.union(_lines(workspace)))).encode()

    def all_of_it(write: Callable[[bytes], object]) -> None:
        write(content)

    write_whole(_mark(workspace), all_of_it)


def clean(workspace: Workspace, ids: Sequence[str], *, renew: bool = True) -> Cleaned:
    """Compute findings and reports anew, leave nothing in the database's files, and look for what is left.

    The mark stays where another program kept the database from being written anew.

    Args:
        renew: whether reports that were written may have quotes of what was deleted.
    """
    refresh_findings(workspace)
    workspace.storage.settle()
    rewritten, to_replace = renew_outputs(workspace) if renew else ((), ())
    sought = _sought(workspace, ids)
    left = traces(workspace, sought)
    if not must_settle_again(workspace, sought, left):
        _mark(workspace).unlink(missing_ok=True)
    return Cleaned(left, rewritten, to_replace)


def _sought(workspace: Workspace, ids: Sequence[str]) -> Sought:
    """The ids, and what the mark has of others."""
    digest = workspace.pseudonyms.digest
    known = {digest(form) for one in ids for form in forms_of(one)}
    hidden: dict[int, set[str]] = {}
    for length, found in (line.split() for line in _lines(workspace)):
        if found not in known:
            hidden.setdefault(int(length), set()).add(found)
    return Sought(tuple(ids), digest, hidden)


def _lines(workspace: Workspace) -> list[str]:
    path = _mark(workspace)
    return path.read_text(encoding="ascii").splitlines() if path.exists() else []


def _mark(workspace: Workspace) -> Path:
    return workspace.settings.data_dir / MARK_FILE
