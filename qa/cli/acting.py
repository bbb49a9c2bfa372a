"""Who acts at the command line, as the audit log names them."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping

SUDO_VARIABLE = "SUDO_UID"


def acting_person(environ: Mapping[str, str] | None = None) -> str:
    """The account of this process; behind sudo, also that of the person who called it.

    The system says whose process it is. Variables such as LOGNAME can be set to anything and are not read, and
    SUDO_UID counts only for root, who could write anything into the log anyway.
    """
    uid = os.getuid()
    caller = (os.environ if environ is None else environ).get(SUDO_VARIABLE, "")
    if uid == 0 and caller.isascii() and caller.isdigit():
        return f"{_account(uid)} przez sudo: {_account(int(caller))}"
    return _account(uid)


def _account(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):  # a container may run under a number that has no name
        return f"uid-{uid}"
