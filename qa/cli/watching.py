"""Progress for people: a bar on a terminal, now and then a line elsewhere, always on standard error."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

STAGES = {
    "sources": "Sprawdzam źródła",
    "ingest": "Wczytuję i usuwam dane osobowe",
    "transcribe": "Przepisuję nagrania i usuwam dane osobowe",
    "speech": "Przepisuję nagrania",
    "tag": "Rozpoznaję powody, nastrój klienta i zachowania",
    "trends": "Liczę trendy",
    "propose": "Układam propozycje usprawnień",
    "prefect": "Uruchamiam tymczasowy serwer Prefect (około 10 s)",
    "redact": "Usuwam dane osobowe",
    "score": "Oceniam rozmowy",
    "fairness": "Oceniam rozmowy i ich bliźniaki",
    "models": "Przygotowuję model",
    "train": "Uczę model",
    "mute": "Wyciszam dane osobowe i odsłuchuję kopie",
    "rotate": "Szyfruję nowym kluczem",
}
FIRST_WORD_AFTER = 2.0
THEN_EVERY = 10.0


def stage_name(code: str) -> str:
    """What the user reads for a stage such as ``tag`` or ``score phone``."""
    known = STAGES.get(code) or STAGES.get(code.partition(" ")[0])
    detail = code.partition(" ")[2]
    return f"{known or code} ({detail})" if detail else known or code


def watch(*, eager: bool) -> Watch:
    """Progress on this terminal, or in lines where there is none; ``eager`` lines announce each stage."""
    return Bars() if sys.stderr.isatty() else Lines(eager=eager)


class Watch:
    """What both ways have in common: how much of the present stage is done."""

    def __init__(self) -> None:
        self.name, self.total, self.done = "", 0, 0
        self.began = time.monotonic()

    def stage(self, name: str, total: int) -> None:
        """A stage with ``total`` items begins (0: nobody knows how many)."""
        self.name, self.total, self.done = name, total, 0
        self.show(0.0)

    def advance(self, items: int) -> None:
        """So many items more are done."""
        self.done += items
        self.show(0.0)

    def within(self, seconds: float) -> None:
        """So many seconds of the present recordings are done."""
        self.show(seconds)

    def say(self, text: str) -> None:
        """A remark, such as which model is being built."""
        raise NotImplementedError

    def show(self, seconds: float) -> None:
        """Show the present state; ``seconds`` of the present recordings, 0 outside them."""
        raise NotImplementedError

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the terminal as it was."""


def as_minutes(seconds: float) -> str:
    """Minutes and seconds, such as ``5:03``."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


class Bars(Watch):
    """A bar on a terminal."""

    def __init__(self) -> None:
        super().__init__()
        self._bars: Progress | None = None
        self._task: TaskID | None = None
        self._shown = ""

    def show(self, seconds: float) -> None:
        """Draw the bar; begin a new one for a new stage."""
        bars = self._started()
        if self._task is None or self._shown != self.name:
            if self._task is not None:
                bars.remove_task(self._task)
            self._task = bars.add_task(stage_name(self.name), total=self.total or None)
            self._shown = self.name
        description = stage_name(self.name) + (f" (+ {as_minutes(seconds)} min)" if seconds else "")
        bars.update(self._task, completed=self.done, description=description)

    def _started(self) -> Progress:
        if self._bars is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns: Any = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
            )
            self._bars = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bars.start()
        return self._bars

    def say(self, text: str) -> None:
        """A line above the bar."""
        self._started().console.print(text, highlight=False)

    def close(self) -> None:
        """Take the bar away."""
        if self._bars is not None:
            self._bars.stop()


class Lines(Watch):
    """A line at times: after two seconds, then every ten; with ``eager`` also when a stage begins."""

    def __init__(self, *, eager: bool) -> None:
        super().__init__()
        self._eager = eager
        self._announced = ""
        self._next = self.began + FIRST_WORD_AFTER

    def show(self, seconds: float) -> None:
        """Say how far it is, if it is time."""
        new = self._eager and self._announced != self.name and (self.total > 0 or self.name == "prefect")
        if new and self.name != "sources":
            self._announced = self.name
            self._next = time.monotonic() + FIRST_WORD_AFTER
            self.say(f"{stage_name(self.name)}{f': {self.total}' if self.total else ''} ...")
        elif time.monotonic() >= self._next and (self.done or seconds):
            self._next = time.monotonic() + THEN_EVERY
            of = f" z {self.total}" if self.total else ""
            heard = f", z następnych rozpoznano {as_minutes(seconds)} min" if seconds else ""
            self.say(f"{stage_name(self.name)}: {self.done}{of}{heard}")

    def say(self, text: str) -> None:
        """A line on standard error."""
        print(text, file=sys.stderr, flush=True)
