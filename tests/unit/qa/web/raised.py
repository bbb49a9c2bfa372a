"""Reads from source which sentences the code can raise: every call of an error class, and the terms inside of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter

import qa

ROOT = Path(qa.__file__).parent.parent
ERRORS = frozenset({"UserError", "UsageProblem", "Missing", "Refused", "Conflict", "Busy"})


@dataclass(frozen=True)
class Said:
    """A sentence with the names of its values; ``fixed`` where the call has to give exactly those."""

    where: str
    text: str
    values: frozenset[str] = frozenset()
    fixed: bool = True


@dataclass
class Found:
    """What a module says; ``unclear`` are calls whose sentence stands nowhere in the source as it is."""

    sentences: list[Said] = field(default_factory=list)
    terms: list[Said] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)


def fields_of(text: str) -> frozenset[str]:
    """The names of a sentence's values."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


@cache
def modules() -> Mapping[str, Path]:
    """The application's modules by name."""
    found = {}
    for path in sorted((ROOT / "qa").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


@cache
def reachable(start: str = "qa.web") -> tuple[str, ...]:
    """The modules of a package, and what they import however far away, inside of functions too."""
    todo = [name for name in modules() if name == start or name.startswith(f"{start}.")]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in modules() and name not in seen:
            seen.add(name)
            todo += _imported(tree_of(name))
    return tuple(sorted(seen))


@cache
def own_errors() -> Mapping[str, frozenset[str]]:
    """Subclasses that take a sentence and further values by position, with the names of these values."""
    found: dict[str, frozenset[str]] = {}
    for module in modules():
        for node in ast.walk(tree_of(module)):
            if not isinstance(node, ast.ClassDef):
                continue
            bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
            if parents := bases & (ERRORS | found.keys()):
                made = [
                    one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"
                ]
                inherited = found.get(next(iter(parents)), frozenset())
                names = frozenset(arg.arg for one in made for arg in one.args.args[2:])
                found[node.name] = names if made else inherited
    return {name: values for name, values in found.items() if name not in ERRORS}


def _constants(tree: ast.Module, name: str) -> ast.expr | None:
    """What a name stands for: a constant of this module, or of the one that it is imported from."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(one, ast.Name) and one.id == name for one in node.targets
        ):
            return node.value
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
            return node.value
        if isinstance(node, ast.ImportFrom) and node.module in modules():
            for one in node.names:
                if (one.asname or one.name) == name:
                    return _constants(tree_of(node.module), one.name)
    return None


def _texts(tree: ast.Module, node: ast.expr | None) -> list[str] | None:
    """The texts that an expression can be, where the source says so."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        known = _constants(tree, node.id)
        return None if known is None or isinstance(known, ast.Name) else _texts(tree, known)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return _table(tree, _constants(tree, node.value.id))
    return None


def _table(tree: ast.Module, node: ast.expr | None) -> list[str] | None:
    """The texts of a mapping."""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        node = node.args[0]
    if not isinstance(node, ast.Dict):
        return None
    found = [_texts(tree, value) for value in node.values]
    return None if None in found else [text for some in found for text in some or ()]


def said(tree: ast.Module, module: str) -> Found:
    """All errors and terms that are made in a module."""
    found = Found()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name != "Term" and name not in ERRORS and name not in own_errors():
            continue
        where = f"{module}:{node.lineno}"
        texts = _texts(tree, node.args[0]) if node.args else None
        if texts is None:
            found.unclear.append(f"{where} {ast.unparse(node)}")
            continue
        given = frozenset(keyword.arg or "**" for keyword in node.keywords)
        own = own_errors().get(name, frozenset())
        kept = found.terms if name == "Term" else found.sentences
        kept += [Said(where, text, given | own, not own) for text in texts]
    return found
