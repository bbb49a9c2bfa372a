"""Files with quotes that were written for people: known, so that an erasure reaches them too."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from qa.services.names import KeptNames
from qa.services.pipeline.reporting import report_html
from qa.services.workspace import Workspace
from qa.storage.digests import digest_of
from qa.storage.tables import MarkRow

PREFIX = "output."


def note_output(workspace: Workspace, kind: str, path: Path) -> None:
    """Remember that a ``report`` or a ``backlog`` export lies at ``path``.

    A path that may name a person is not kept; such a file has to be found by the operator.
    """
    names = KeptNames(workspace.components.redactor(), workspace.pseudonyms)
    place = path.absolute()
    folder = names.folder(place.parent)
    if folder is None or not names.is_plain(place.stem):
        return
    name = f"{PREFIX}{kind}.{digest_of(str(place))}"
    with workspace.storage.writing() as session:
        session.merge(MarkRow(name=name, value=str(place)))


def renew_outputs(workspace: Workspace) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write known reports anew; returns those, and known files that a person has to replace."""
    with workspace.storage.reading() as session:
        query = select(MarkRow).where(MarkRow.name.startswith(PREFIX)).order_by(MarkRow.value)
        known = [(row.name.split(".")[1], Path(row.value)) for row in session.scalars(query)]
    present = [(kind, path) for kind, path in known if path.is_file()]
    reports = [path for kind, path in present if kind == "report"]
    content = report_html(workspace) if reports else ""
    rewritten = {path for path in reports if _is_written(path, content)}
    to_replace = [path for _, path in present if path not in rewritten]
    return tuple(str(path) for path in reports if path in rewritten), tuple(map(str, to_replace))


def _is_written(path: Path, content: str) -> bool:
    """Write a report; one that cannot be written is left to a person, and the cleaning goes on."""
    try:
        path.write_text(content, encoding="utf-8")
    except OSError:
        return False
    return True
