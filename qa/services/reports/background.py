"""Sending what is due beside ``odsluch serve``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qa.services.background import EVERY, again_and_again
from qa.services.reports.outcomes import is_anything_due
from qa.services.reports.sending import Letters, mail_of, send_due
from qa.services.workspace import Workspace
from qa.storage.tables import now


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
    with again_and_again(lambda: _send(workspace, letters), "reports", every):
        yield


def _send(workspace: Workspace, letters: Letters) -> None:
    with workspace.storage.reading() as session:
        anything = is_anything_due(session, now())
    if anything:
        send_due(workspace, letters)
