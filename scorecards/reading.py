"""YAML with line numbers: values that know where they stand, so that a refusal can name the place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


class ScorecardError(ValueError):
    """A scorecard that cannot be used; the message is one Polish sentence with file, line and remedy.

    ``line`` is the line in the file, 0 where the fault lies in none.
    """

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class Node:
    """A YAML node with the name of its file and a Polish name of its place."""

    node: yaml.Node
    file: str
    place: str

    def refuse(self, message: str) -> ScorecardError:
        """An error at this node."""
        return ScorecardError(f"{self.file}, wiersz {self.line}, {self.place}: {message}.", self.line)

    @property
    def line(self) -> int:
        """Where it begins in the file, from 1."""
        return int(self.node.start_mark.line) + 1

    def at(self, place: str) -> Node:
        """The same node under another name of its place."""
        return Node(self.node, self.file, place)

    @property
    def value(self) -> Any:
        """The plain value: scalars, lists and mappings of the safe schema."""
        return _Constructor().construct_document(self.node)

    @property
    def has_fields(self) -> bool:
        """Whether it is a mapping."""
        return isinstance(self.node, yaml.MappingNode)

    def items(self) -> Iterator[Node]:
        """The elements of a non-empty list."""
        if not isinstance(self.node, yaml.SequenceNode) or not self.node.value:
            raise self.refuse("oczekiwano niepustej listy")
        for child in self.node.value:
            yield Node(child, self.file, self.place)

    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """Keys with values of a non-empty mapping whose keys are its own; refuses one that is given twice."""
        if not isinstance(self.node, yaml.MappingNode) or not self.node.value:
            raise self.refuse("oczekiwano niepustej listy pól z wartościami")
        seen = set()
        for key_node, child in self.node.value:
            key = Node(key_node, self.file, self.place)
            if str(key.value) in seen:
                raise key.refuse(f"pole „{key.value}” podano dwa razy; zostaw jedno")
            seen.add(str(key.value))
            yield key, Node(child, self.file, self.place)

    def fields(self, required: tuple[str, ...], optional: tuple[str, ...]) -> dict[str, Node]:
        """The fields of a mapping; refuses what is missing, unknown or given twice."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.refuse(f"oczekiwano pól: {', '.join(required + optional)}")
        found: dict[str, Node] = {}
        for key_node, child in self.node.value:
            key = Node(key_node, self.file, self.place)
            name = str(key.value)
            if name not in required + optional:
                allowed = ", ".join(required + optional)
                raise key.refuse(f"nieznane pole „{name}”; dozwolone pola to: {allowed}")
            if name in found:
                raise key.refuse(f"pole „{name}” podano dwa razy; zostaw jedno")
            found[name] = Node(child, self.file, self.place)
        for name in required:
            if name not in found:
                raise self.refuse(f"brakuje pola „{name}”; dopisz je")
        return found

    def text(self, name: str) -> str:
        """A non-empty text."""
        value = self.value
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(f"pole „{name}” musi być niepustym tekstem")
        return value

    def identifier(self) -> str:
        """A name for programs, in a field ``id``."""
        value = self.text("id")
        if not _IDENTIFIER.fullmatch(value):
            raise self.refuse(
                "pole „id” może mieć tylko małe litery a-z, cyfry i podkreślenia, a zaczyna się od litery"
            )
        return value

    def number(self, name: str, low: float, high: float) -> float:
        """A number in a closed interval."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.refuse(f"pole „{name}” musi być liczbą od {low:g} do {high:g}")
        return value

    def flag(self, name: str) -> bool:
        """A truth value."""
        value = self.value
        if not isinstance(value, bool):
            raise self.refuse(f"pole „{name}” musi mieć wartość true albo false")
        return value


class _Constructor(yaml.constructor.SafeConstructor):
    """Builds values from nodes that were composed before."""


def compose(text: str, file: str, start: str = "skopiuj kartę z biblioteki i zmień ją") -> Node:
    """The document of a YAML text; one document only, no aliases that refer to themselves.

    ``start`` is how to begin where the file is empty.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        message = (
            f"{file}, wiersz {line}: plik nie jest poprawnym YAML; sprawdź wcięcia, dwukropki i cudzysłowy."
        )
        raise ScorecardError(message, line) from error
    except yaml.YAMLError as error:
        raise ScorecardError(
            f"{file}: plik zawiera znaki, których YAML nie dopuszcza; zapisz go jako UTF-8."
        ) from error
    except RecursionError as error:
        raise ScorecardError(f"{file}: plik jest zbyt głęboko zagnieżdżony; uprość go.") from error
    if node is None:
        raise ScorecardError(f"{file}: plik jest pusty; {start}.")
    return Node(node, file, "karta")
