"""Work again and again beside other work of the same process: ``odsluch serve`` needs no cron."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

EVERY = 60.0  # seconds
PATIENCE = (
    45.0  # seconds for work under way when the process ends; longer than a mail server may take to answer
)
_LOG = logging.getLogger(__name__)


@contextmanager
def again_and_again(work: Callable[[], object], name: str, every: float = EVERY) -> Iterator[None]:
    """Do ``work`` every so many seconds in a thread ``odsluch-name``, until the block ends."""
    over = Event()

    def run() -> None:
        while not over.wait(every):
            try:
                work()
            except Exception as error:  # next time there is another try; a message may quote a record
                _LOG.error("%s: %s", name, type(error).__name__)

    thread = Thread(target=run, name=f"odsluch-{name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(PATIENCE)
