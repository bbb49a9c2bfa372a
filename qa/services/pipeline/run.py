"""One run over sources: what is new is read, what is missing is computed, what happened is recorded."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qa.services.conversations import overview
from qa.services.pipeline.ingest import Outcome
from qa.services.pipeline.sources import Plan, plan
from qa.services.pipeline.stages import Executor, anything_missing, stages
from qa.services.privacy.sealing import clear_work
from qa.services.workspace import Progress, Workspace, check_key, only_run, open_cipher
from qa.storage.parking import park
from qa.storage.tables import RunRow, now


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run found and did; ``stages`` is empty where there was nothing to do."""

    found: int
    new_sources: int
    known_sources: int
    unreadable: int
    stages: Mapping[str, Outcome] = field(default_factory=dict)

    @property
    def parked(self) -> int:
        """What this run parked."""
        return self.unreadable + sum(outcome.parked for outcome in self.stages.values())

    @property
    def nothing_new(self) -> bool:
        """Whether everything was there already."""
        return not self.stages


def run(
    workspace: Workspace,
    paths: Sequence[Path],
    executor: Callable[[], Executor],
    progress: Progress,
    *,
    again: bool = False,
) -> RunReport:
    """Process everything under ``paths`` that is new, and everything else that is still missing.

    Args:
        executor: makes the executor; called only when there is something to do, because it may be slow.
        again: read known sources once more (for ``retry``).
    """
    if workspace.settings.keep:
        open_cipher(workspace)  # without a key nothing is read at all
    with only_run(workspace.settings.data_dir):
        check_key(workspace.storage, workspace.pseudonyms)
        clear_work(workspace.settings.data_dir)
        planned = plan(workspace, paths, progress, again=again)
        with workspace.storage.writing() as session:
            park(session, planned.unreadable)
        steps = stages(workspace, planned.new, progress)
        if not anything_missing(steps):
            return _report(planned, {})
        row = _begin(workspace)
        outcomes = executor()(steps, progress)
        report = _report(planned, outcomes)
        overview.refresh(workspace)
        _finish(workspace, row, report)
        return report


def _report(planned: Plan, outcomes: Mapping[str, Outcome]) -> RunReport:
    return RunReport(planned.found, len(planned.new), planned.known, len(planned.unreadable), outcomes)


def _begin(workspace: Workspace) -> str:
    identifier = uuid.uuid4().hex
    with workspace.storage.writing() as session:
        session.add(RunRow(id=identifier, versions=dict(workspace.components.named_versions()), counts={}))
    return identifier


def _finish(workspace: Workspace, identifier: str, report: RunReport) -> None:
    counts = {name: [o.done, o.known, o.parked] for name, o in report.stages.items()}
    with workspace.storage.writing() as session:
        row = session.get_one(RunRow, identifier)
        row.finished_at = now()
        row.status = "done"
        row.counts = {"sources": report.found, "parked": report.parked, **counts}
