"""The audit page says in words what was done; every action that the source records has its name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import qa
from qa.services.workspace import Workspace
from qa.storage import audit
from qa.web.audit_names import ACTIONS
from qa.web.language import english
from tests.unit.qa.web.conftest import Browser, SignIn

SOURCE = Path(qa.__file__).parent
ACTION = 2  # its place among the arguments of ``record``


def recorded(tree: ast.Module) -> Iterator[str]:
    """The actions that a module hands to ``record``: as texts, constants, or arguments of a function around the call."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        names = [one.arg for one in function.args.args]
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if called(call) != "record" or len(call.args) <= ACTION:
                continue
            match call.args[ACTION]:
                case ast.Constant(value=str(action)):
                    yield action
                case ast.Name(id=name) if name in constants:
                    yield str(constants[name])
                case ast.Name(id=name):
                    place = names.index(name)
                    around = [one for one in calls if called(one) == function.name]
                    assert around, (function.name, name)
                    yield from (str(ast.literal_eval(one.args[place])) for one in around)


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_every_recorded_action_has_a_name_in_both_languages() -> None:
    found = {
        action
        for path in SOURCE.rglob("*.py")
        for action in recorded(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert {
        "sign_in",
        "purge",
        "coaching_open",
        "report_subscribe",
    } <= found  # each way of writing it is seen
    assert found == set(ACTIONS)
    assert not set(ACTIONS.values()) - set(english())
    assert len(set(ACTIONS.values())) == len(ACTIONS)


def test_the_page_says_names_and_its_address_keeps_codes(stocked: Workspace, sign_in_as: SignIn) -> None:
    with stocked.storage.writing() as session:
        audit.record(session, "kto", "from_the_future", "c-1", {})
    lead: Browser = sign_in_as("auditor")
    page = lead.get("/audit?action=sign_in").text
    assert f'<option value="sign_in" selected>{ACTIONS["sign_in"]}</option>' in page
    assert f"<td>{ACTIONS['sign_in']}</td>" in page
    assert "<td>from_the_future</td>" in lead.get("/audit").text
    assert {row["action"] for row in lead.get("/api/v1/audit?action=sign_in").json()["rows"]} == {"sign_in"}
