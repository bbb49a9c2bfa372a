"""The whole way as a list of stages, each with its batches of ids; an executor runs them in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from qa.errors import UserError, is_transient
from qa.services.pipeline.analyse import score, tag
from qa.services.pipeline.findings import PROPOSALS_MARK, TRENDS_MARK, find_proposals, find_trends, missing
from qa.services.pipeline.ingest import Outcome, ingest, ingest_recordings
from qa.services.pipeline.sources import SourceFile
from qa.services.workspace import Progress, Workspace
from qa.storage.batches import in_batches
from qa.storage.intake import activate
from qa.storage.results import missing_evaluations, missing_taggings
from qa.storage.tables import EvaluationRow, TaggingRow, now

PAUSES = (1.0, 2.0, 4.0)
RECORDINGS = 16  # in one batch of speech recognition, which groups them by length of sound

Batch = list[str]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: ``batches`` says what is missing when the stage begins, ``work`` does one batch of ids."""

    name: str
    batches: Callable[[], Sequence[Batch]]
    work: Callable[[Batch], Outcome]


Executor = Callable[[Sequence[Stage], Progress], Mapping[str, Outcome]]


def stages(workspace: Workspace, sources: Sequence[SourceFile], progress: Progress) -> list[Stage]:
    """ingest (text) -> transcribe (audio), both with redaction -> tag -> score -> trends -> propose."""
    return [
        _intake_stage("ingest", workspace, [s for s in sources if not s.is_audio], progress),
        _intake_stage("transcribe", workspace, [s for s in sources if s.is_audio], progress),
        _tag_stage(workspace),
        *(_score_stage(workspace, channel) for channel in sorted(workspace.components.versions().scorecards)),
        Stage(
            "trends",
            lambda: [b for b in [missing(workspace, TRENDS_MARK)] if b],
            lambda _: find_trends(workspace),
        ),
        Stage(
            "propose",
            lambda: [b for b in [missing(workspace, PROPOSALS_MARK)] if b],
            lambda _: find_proposals(workspace),
        ),
    ]


def _intake_stage(
    name: str, workspace: Workspace, sources: Sequence[SourceFile], progress: Progress
) -> Stage:
    by_digest = {source.digest: source for source in sources}
    take, size = (
        (ingest, workspace.settings.batch_size) if name == "ingest" else (ingest_recordings, RECORDINGS)
    )

    def work(batch: Batch) -> Outcome:
        return take(workspace, [by_digest[digest] for digest in batch], progress)

    return Stage(name, lambda: list(in_batches(list(by_digest), size)), work)


def _tag_stage(workspace: Workspace) -> Stage:
    version = workspace.components.versions().tagging

    def batches() -> Sequence[Batch]:
        with workspace.storage.writing() as session:
            activate(session, TaggingRow, version)
        with workspace.storage.reading() as session:
            return list(in_batches(missing_taggings(session, version), workspace.settings.batch_size))

    return Stage("tag", batches, lambda batch: tag(workspace, batch))


def _score_stage(workspace: Workspace, channel: str) -> Stage:
    versions = workspace.components.versions()
    card = versions.scorecards[channel]
    since = now() - timedelta(days=workspace.settings.retention_days["evaluations"])

    def batches() -> Sequence[Batch]:
        with workspace.storage.writing() as session:
            activate(session, EvaluationRow, card)
        with workspace.storage.reading() as session:
            wanted = missing_evaluations(session, channel, versions.tagging, card, since)
        return list(in_batches(wanted, workspace.settings.batch_size))

    return Stage(f"score {channel}", batches, lambda batch: score(workspace, channel, batch))


def anything_missing(planned: Sequence[Stage]) -> bool:
    """Whether any stage has something to do. Loads no model."""
    return any(stage.batches() for stage in planned)


def run_in_process(planned: Sequence[Stage], progress: Progress) -> Mapping[str, Outcome]:
    """Run the stages one after the other, trying transient faults again."""
    outcomes: dict[str, Outcome] = {}
    for stage in planned:
        batches = stage.batches()
        progress.stage(stage.name, sum(map(len, batches)))
        outcomes[stage.name] = Outcome()
        for batch in batches:
            outcomes[stage.name] += attempt(stage, batch)
            note_done(stage, batch, progress)
    return outcomes


def note_done(stage: Stage, batch: Batch, progress: Progress) -> None:
    """Tell the progress, unless the stage does so itself, file by file."""
    if stage.name not in ("ingest", "transcribe"):
        progress.advance(len(batch))


def attempt(stage: Stage, batch: Batch, pauses: Sequence[float] = PAUSES) -> Outcome:
    """Do one batch; a transient fault gets further attempts with pauses (seconds) between them."""
    for pause in (*pauses, None):
        try:
            return stage.work(batch)
        except Exception as error:  # only transient faults are tried again
            if pause is None or not is_transient(error):
                raise lasting(error) from error
            time.sleep(pause)
    raise AssertionError("unreachable: the last pause is None")


def lasting(error: Exception) -> Exception:
    """A transient fault that has lasted becomes a sentence for the user; others stay what they are."""
    if not is_transient(error):
        return error
    return UserError(
        "Baza danych lub dysk są zajęte mimo kilku prób: uruchom polecenie ponownie, a dokończy pracę."
    )
