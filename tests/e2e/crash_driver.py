"""Runs the whole way with quick fake parts and kills itself at a chosen moment.

python crash_driver.py DATA_DIR SOURCES MOMENT COUNT {in-process|prefect}

MOMENT is a stage's name (killed when that stage begins), ``reading``, ``transcribing`` or ``tagging``
(killed at the COUNT-th conversation within a batch), ``committing`` (killed after the COUNT-th flush inside
a transaction), or ``never``.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from qa.services.pipeline.run import run
from qa.services.pipeline.stages import Executor, run_in_process
from qa.services.workspace import Unwatched
from tests.unit.qa.fakes import FakeParts, FakeRedactor, FakeTagger, FakeTranscriber, workspace


class Countdown:
    """Kills this process, as hard as can be, when it has been told ``count`` times."""

    def __init__(self, moment: str, count: int) -> None:
        self.moment, self.left = moment, count

    def __call__(self, moment: str) -> None:
        if moment == self.moment:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


class KillingRedactor(FakeRedactor):
    def __init__(self, tick: Countdown) -> None:
        self.tick = tick

    def redact(self, conversation: Any) -> Any:
        self.tick("reading")
        return super().redact(conversation)


class KillingTranscriber(FakeTranscriber):
    def __init__(self, tick: Countdown) -> None:
        self.tick = tick

    def transcribe(self, recording: Any, progress: Any = None) -> Any:
        self.tick("transcribing")
        return super().transcribe(recording, progress)


class KillingTagger(FakeTagger):
    def __init__(self, tick: Countdown) -> None:
        self.tick = tick

    def tag_many(self, conversations: Any, **options: Any) -> Iterator[Any]:
        for conversation in conversations:
            self.tick("tagging")
            yield self.tagged(conversation)


class KillingParts(FakeParts):
    def __init__(self, tick: Countdown) -> None:
        super().__init__(tagger_part=KillingTagger(tick))
        self.tick = tick

    def redactor(self) -> KillingRedactor:
        return KillingRedactor(self.tick)

    def transcriber(self) -> KillingTranscriber:
        return KillingTranscriber(self.tick)

    def evaluate(self, tagged: Any, channel: str) -> dict[str, Any]:
        self.tick("judging")
        return super().evaluate(tagged, channel)


class KillingProgress(Unwatched):
    def __init__(self, tick: Countdown) -> None:
        self.tick = tick

    def stage(self, name: str, total: int) -> None:
        self.tick(name)


def main(data_dir: str, sources: str, moment: str, count: str, engine: str) -> None:
    tick = Countdown(moment, int(count))
    work = workspace(Path(data_dir), KillingParts(tick))

    def flushed(*_: object) -> None:
        tick("committing")

    event.listen(Session, "after_flush", flushed)
    executor: Executor = run_in_process
    if engine == "prefect":
        from qa.flows.whole_way import prefect_executor

        executor = prefect_executor(Path(data_dir))
    try:
        run(work, [Path(sources)], lambda: executor, KillingProgress(tick))
    finally:
        event.remove(Session, "after_flush", flushed)
        work.storage.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
