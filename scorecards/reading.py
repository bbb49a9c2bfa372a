"""YAML with line numbers: values that know where they stand, so that a refusal can name the place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml

T = TypeVar("T")
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
        try:
            return _Constructor().construct_document(self.node)
        except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
            raise self.refuse(
                "tej wartości nie da się odczytać; wpisz zwykły tekst, liczbę albo listę"
            ) from error

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
        found, refusals = self.told_fields(required, optional)
        if refusals:
            raise refusals[0]
        return found

    def told_fields(
        self, required: tuple[str, ...], optional: tuple[str, ...]
    ) -> tuple[dict[str, Node], list[ScorecardError]]:
        """The fields of a mapping that are known, and a refusal for all that is missing, unknown or given twice.

        Raises:
            ScorecardError: it is no mapping.
        """
        if not isinstance(self.node, yaml.MappingNode):
            raise self.refuse(f"oczekiwano pól: {', '.join(required + optional)}")
        found: dict[str, Node] = {}
        refusals = []
        for key_node, child in self.node.value:
            key = Node(key_node, self.file, self.place)
            name = str(key.value)
            if name not in required + optional:
                allowed = ", ".join(required + optional)
                refusals.append(key.refuse(f"nieznane pole „{name}”; dozwolone pola to: {allowed}"))
            elif name in found:
                refusals.append(key.refuse(f"pole „{name}” podano dwa razy; zostaw jedno"))
            else:
                found[name] = Node(child, self.file, self.place)
        missing = (name for name in required if name not in found)
        refusals += [self.refuse(f"brakuje pola „{name}”; dopisz je") for name in missing]
        return found, refusals

    def child(self, name: str) -> Node | None:
        """The field of that name, whatever else stands there."""
        pairs = self.node.value if isinstance(self.node, yaml.MappingNode) else ()
        return next((Node(child, self.file, self.place) for key, child in pairs if key.value == name), None)

    def children(self) -> Iterator[Node]:
        """The values of a mapping; nothing where it is none."""
        pairs = self.node.value if isinstance(self.node, yaml.MappingNode) else ()
        return (Node(child, self.file, self.place) for _, child in pairs)

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


@dataclass(slots=True)
class Refusals:
    """What is refused while a file is read: one fault hides no other."""

    found: list[ScorecardError] = field(default_factory=list)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Keep a refusal and go on behind."""
        try:
            yield
        except ScorecardError as refusal:
            self.found.append(refusal)

    def of(self, fields: Mapping[str, Node], name: str, read: Callable[[Node], T], default: T) -> T:
        """The field as it is read; the default where it is missing, or refused, which is kept."""
        if name in fields:
            with self.collecting():
                return read(fields[name])
        return default

    def each(self, nodes: Iterable[Node], read: Callable[[Node], T]) -> tuple[T, ...]:
        """What can be read of the nodes."""
        found = []
        with self.collecting():
            for node in nodes:
                with self.collecting():
                    found.append(read(node))
        return tuple(found)

    def fields(
        self, node: Node, required: tuple[str, ...], optional: tuple[str, ...]
    ) -> dict[str, Node] | None:
        """The fields that are known; None where it is no mapping."""
        with self.collecting():
            found, refusals = node.told_fields(required, optional)
            self.found += refusals
            return found
        return None


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
