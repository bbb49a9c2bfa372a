"""Sending reports on a schedule with Prefect, for those who watch their work there.

Every few minutes this process runs the flow once: Prefect's own scheduler would need a server that runs all the time, while
this works with the temporary one too. Prefect is told how many reports ended in which state, and of an error only its kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from qa.errors import UserError
from qa.flows.server import prepare_environment, temporary_server
from qa.services.reports.outcomes import Outcome

FLOW_NAME = "odsluch-reports"
Send = Callable[[], tuple[Outcome, ...]]


class SendingFailed(Exception):
    """A run that failed; names the kind of error only, since Prefect stores the message."""


def send_on_schedule(
    home: Path,
    send: Send,
    rest: Callable[[], bool],
    say: Callable[[tuple[Outcome, ...]], None],
    server: Callable[[], AbstractContextManager[None]] = temporary_server,
) -> None:
    """Run the flow again and again.

    Args:
        home: where Prefect keeps its files.
        send: sends what is due.
        rest: waits until the next run; its false ends the work.
        say: told what became of the reports of a run.

    Raises:
        UserError: the settings or the database do not let reports be sent at all.
    """
    prepare_environment(home)
    with server():
        flow = sending_flow(send, say)
        while True:
            flow()
            if not rest():
                return


def sending_flow(send: Send, say: Callable[[tuple[Outcome, ...]], None]) -> Callable[[], dict[str, int]]:
    """The flow: one run sends what is due. A run that fails is over; what it left is done by the next one."""
    import prefect

    troubles: list[UserError] = []

    @prefect.flow(name=FLOW_NAME, persist_result=False, log_prints=False)  # type: ignore[untyped-decorator, unused-ignore]
    def odsluch_reports() -> dict[str, int]:
        try:
            found = send()
        except Exception as error:  # whatever it is, Prefect must not see its message
            if isinstance(error, UserError):
                troubles.append(error)
            raise SendingFailed(type(error).__name__) from None
        say(found)
        return dict(Counter(one.status for one in found))

    def run() -> dict[str, int]:
        try:
            return dict(odsluch_reports())
        except SendingFailed:
            if troubles:  # nothing that waiting mends
                raise troubles[-1] from None
            return {}

    return run
