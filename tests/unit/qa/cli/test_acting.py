"""The acting person is what the system says, not what the environment says."""

from __future__ import annotations

import os
import pwd

import pytest

from qa.cli.acting import acting_person

PEOPLE = {0: "root", 1000: "ola", 1001: "prezes"}


@pytest.fixture(autouse=True)
def accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    def named(uid: int) -> pwd.struct_passwd:
        return pwd.struct_passwd((PEOPLE[uid], "x", uid, uid, "", "/", "/bin/sh"))  # KeyError as the real one

    monkeypatch.setattr(pwd, "getpwuid", named)


@pytest.mark.parametrize(
    ("uid", "environ", "named"),
    [
        (1000, {}, "ola"),
        (1000, {"LOGNAME": "prezes", "USER": "prezes"}, "ola"),
        (
            1000,
            {"SUDO_UID": "1001", "SUDO_USER": "prezes"},
            "ola",
        ),  # anybody can set it for their own process
        (4242, {}, "uid-4242"),
        (0, {}, "root"),
        (0, {"SUDO_UID": "1000", "SUDO_USER": "prezes"}, "root przez sudo: ola"),
        (0, {"SUDO_UID": "4242"}, "root przez sudo: uid-4242"),
        (0, {"SUDO_UID": "prezes"}, "root"),
        (0, {"SUDO_UID": "¹"}, "root"),
    ],
)
def test_who_acts(monkeypatch: pytest.MonkeyPatch, uid: int, environ: dict[str, str], named: str) -> None:
    monkeypatch.setattr(os, "getuid", lambda: uid)
    assert acting_person(environ) == named


def test_a_number_too_large_for_an_account_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert acting_person({"SUDO_UID": "9" * 30}) == f"root przez sudo: uid-{'9' * 30}"
