"""Sending what is due beside other work of the same process: ``odsluch serve`` needs no cron for it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from qa.services.reports.outcomes import is_anything_due
from qa.services.reports.sending import Letters, mail_of, send_due
from qa.services.workspace import Workspace
from qa.storage.tables import now

EVERY = 60.0  # seconds
PATIENCE = 45.0  # seconds for a letter on its way when the process ends; longer than the mail server may take to answer
_LOG = logging.getLogger(__name__)


@contextmanager
def sending_in_background(workspace: Workspace, letters: Letters, every: float = EVERY) -> Iterator[None]:
    """Look every minute whether a report is due, and send it, until the block ends; nothing where no mail is configured.

    Raises:
        UsageProblem: the mail server's password is missing.
    """
    if workspace.settings.mail is None:
        yield
        return
    mail_of(workspace)  # what is missing is said now, not at the first report
    over = Event()
    thread = Thread(target=_work, args=(workspace, letters, over, every), name="odsluch-reports", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(PATIENCE)


def _work(workspace: Workspace, letters: Letters, over: Event, every: float) -> None:
    while not over.wait(every):
        try:
            with workspace.storage.reading() as session:
                anything = is_anything_due(session, now())
            if anything:
                send_due(workspace, letters)
        except (
            Exception
        ) as error:  # whatever it is, in a minute there is another try; a message may quote a record
            _LOG.error("reports: %s", type(error).__name__)
