"""The linter of scorecards: what the loader refuses, and what it accepts although it is hardly meant so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scorecards.card import Scorecard
from scorecards.lint import questions, scales, settings
from scorecards.lint.remark import Level, Remark, Written
from scorecards.loader import (
    CARD_FIELDS,
    CRITERION_FIELDS,
    SECTION_FIELDS,
    Forbidden,
    Served,
    read_scorecard,
)
from scorecards.reading import Node, ScorecardError, compose
from scorecards.shelf import text_of

Rule = Callable[[Written], Iterator[Remark]]
RULES: tuple[Rule, ...] = (
    settings.weights,
    settings.unreachable,
    settings.conditions,
    settings.unused,
    settings.broad_phrases,
    settings.same_check,
    scales.described,
    scales.given,
    questions.questions,
    questions.double_barrelled,
    questions.when_not,
    questions.repeated,
)
REFUSED = "refused"
FEELINGS = "feelings"
ALL = Served()


@dataclass(frozen=True, slots=True)
class Placed:
    """A remark with its place: the message is one Polish sentence that names file, line and criterion."""

    level: Level
    rule: str
    line: int
    criterion: str
    message: str


@dataclass(frozen=True, slots=True)
class Linted:
    """What the linter says of a file; ``card`` is None where the loader refuses it."""

    card: Scorecard | None
    remarks: tuple[Placed, ...]

    @property
    def errors(self) -> int:
        """How many remarks are errors."""
        return sum(remark.level == "error" for remark in self.remarks)


def lint(source: str | Path, served: Served = ALL) -> Linted:
    """What is to be said of the scorecard with that key or path.

    Raises:
        ScorecardError: it cannot be read at all.
    """
    text, file = text_of(source)
    return lint_text(text, file, served)


def lint_text(text: str, file: str, served: Served = ALL) -> Linted:
    """What is to be said of the YAML text; ``file`` names it."""
    card, refusals = read_scorecard(text, file, served)
    remarks = [_refused(refusal) for refusal in refusals]
    if card is not None:
        nodes = _nodes(compose(text, file))
        written = Written(card, {name: node.value for name, (node, _) in nodes.items()})
        remarks += [_placed(remark, file, nodes) for rule in RULES for remark in rule(written)]
    ordered = tuple(sorted(remarks, key=lambda one: (one.line, one.rule)))
    return Linted(None if refusals else card, ordered)


def _refused(refusal: ScorecardError) -> Placed:
    if isinstance(refusal, Forbidden):
        return Placed("error", FEELINGS, refusal.line, refusal.criterion, refusal.message)
    return Placed("error", REFUSED, refusal.line, "", refusal.message)


def _placed(remark: Remark, file: str, nodes: Mapping[str, tuple[Node, Mapping[str, Node]]]) -> Placed:
    node, fields = nodes[remark.criterion]
    line = fields.get(remark.field, node).line
    message = f"{file}, wiersz {line}, kryterium {remark.criterion}: {remark.message}."
    return Placed(remark.level, remark.rule, line, remark.criterion, message)


def _nodes(root: Node) -> dict[str, tuple[Node, Mapping[str, Node]]]:
    """Each criterion's node and the nodes of its fields."""
    found: dict[str, tuple[Node, Mapping[str, Node]]] = {}
    for node in _criteria(root):
        fields = node.fields(*CRITERION_FIELDS)
        found[fields["id"].text("id")] = (node, fields)
    return found


def _criteria(root: Node) -> Iterable[Node]:
    for section in root.fields(*CARD_FIELDS)["sections"].items():
        yield from section.fields(*SECTION_FIELDS)["criteria"].items()
