"""ingest -> transcribe -> redact -> tag -> score -> trends -> propose, as a Prefect flow.

A task takes a batch of ids and returns counts. Nothing else reaches Prefect: no text, no path, and of an
exception only its kind, because Prefect stores the message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from qa.errors import is_transient
from qa.flows.server import prepare_environment, temporary_server
from qa.services.pipeline.ingest import Outcome
from qa.services.pipeline.stages import PAUSES, Batch, Executor, Stage, lasting, note_done
from qa.services.workspace import Progress

FLOW_NAME = "odsluch"
SERVER_STAGE = "prefect"

T = TypeVar("T")


class StageFailed(Exception):
    """A task that failed for good; names the kind of error only. The original is kept beside."""


class TransientFailure(Exception):
    """A task that failed in a way that may pass; names the kind of error only."""


def prefect_executor(data_dir: Path) -> Executor:
    """An executor that runs the stages as a Prefect flow with its server's files in ``data_dir/prefect``."""

    def execute(planned: Sequence[Stage], progress: Progress) -> Mapping[str, Outcome]:
        progress.stage(SERVER_STAGE, 0)
        prepare_environment(data_dir / "prefect")
        with temporary_server():
            return _run_flow(planned, progress)

    return execute


def _run_flow(planned: Sequence[Stage], progress: Progress) -> Mapping[str, Outcome]:
    import prefect

    errors: list[Exception] = []

    @prefect.flow(name=FLOW_NAME, persist_result=False, log_prints=False)  # type: ignore[untyped-decorator, unused-ignore]
    def odsluch() -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {}
        for stage in planned:
            batches = _only_the_kind(stage.batches, errors)()
            progress.stage(stage.name, sum(map(len, batches)))
            outcomes[stage.name] = Outcome()
            step = _task(prefect, stage, errors)
            for batch in batches:
                outcomes[stage.name] += step(batch)
                note_done(stage, batch, progress)
        return outcomes

    try:
        return dict(odsluch())
    except (StageFailed, TransientFailure):
        raise lasting(errors[-1]) from None


def _task(prefect: Any, stage: Stage, errors: list[Exception]) -> Any:
    return prefect.task(
        _only_the_kind(stage.work, errors),
        name=stage.name,
        retries=len(PAUSES),
        retry_delay_seconds=list(PAUSES),
        retry_condition_fn=_is_transient_state,
        persist_result=False,
    )


def _only_the_kind(work: Callable[..., T], errors: list[Exception]) -> Callable[..., T]:
    """``work`` with errors that say nothing but their kind; the originals go to ``errors``."""

    def guarded(*batch: Batch) -> T:
        try:
            return work(*batch)
        except Exception as error:  # whatever it is, Prefect must not see its message
            errors.append(error)
            kind = TransientFailure if is_transient(error) else StageFailed
            raise kind(type(error).__name__) from None

    return guarded


def _is_transient_state(_task: object, _run: object, state: Any) -> bool:
    return isinstance(state.result(raise_on_failure=False), TransientFailure)
