"""The files of ``scorecards trust``: evaluations, people's labels, an earlier report; refused by line where they are wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import UsageProblem

if TYPE_CHECKING:
    from qa.services.judging.trust_labels import Scored

Row = tuple[int, dict[str, Any]]


def scored_in(path: Path) -> list[Scored]:
    """The evaluations of the file; the same one twice is one.

    Raises:
        UsageProblem: it holds none, a line is no evaluation, or a conversation has two of the same card.
    """
    from qa.services.judging.trust_labels import Scored

    found: dict[tuple[str, str], tuple[int, Scored]] = {}
    for number, row in _rows(path):
        evaluation = row.get("evaluation")
        if not evaluation:
            continue
        _check_evaluation(evaluation, f"{path}, wiersz {number}")
        channel = row.get("channel")
        one = Scored(str(row["id"]), evaluation, channel if isinstance(channel, str) else "")
        key = (one.conversation, str(evaluation.get("scorecard", "")))
        line, earlier = found.setdefault(key, (number, one))
        if earlier != one:
            raise UsageProblem(
                f"{path}, wiersz {number}: rozmowa z wiersza {line} jest tu drugi raz oceniona tą samą kartą, inaczej; "
                "zostaw jeden z tych wierszy."
            )
    if not found:
        raise UsageProblem(f"W pliku {path} nie ma ocen: utwórz go poleceniem odsluch score.")
    return [one for _, one in found.values()]


def labels_in(path: Path) -> dict[str, dict[str, Any]]:
    """People's labels by conversation.

    Raises:
        UsageProblem: an outcome is none, or a conversation stands there twice with other labels.
    """
    found: dict[str, Row] = {}
    for number, row in _rows(path):
        place = f"{path}, wiersz {number}"
        for name, criteria in _labelled(row):
            _check_labels(criteria, f"{place}, oceniający {name}" if name else place)
        line, earlier = found.setdefault(str(row["id"]), (number, row))
        if earlier != row:
            raise UsageProblem(
                f"{place}: rozmowa z wiersza {line} jest tu drugi raz; zostaw jeden wiersz, a oceny kilku osób podaj w nim "
                'obok siebie: {"id", "A": {"criteria": ...}, "B": {"criteria": ...}}.'
            )
    return {identifier: row for identifier, (_, row) in found.items()}


def report_in(path: Path) -> dict[str, Any]:
    """An earlier report.

    Raises:
        UsageProblem: it is none.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content["criteria"], list):
            raise TypeError
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageProblem(
            f"Plik {path} nie jest raportem zaufania: podaj plik zapisany opcją -o."
        ) from error
    return dict(content)


def _labelled(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if "criteria" in row:
        yield "", row["criteria"]
        return
    for name, value in row.items():
        if isinstance(value, Mapping) and "criteria" in value:
            yield name, value["criteria"]


def _check_labels(criteria: object, place: str) -> None:
    from scorecards.card import DECIDED_OUTCOMES

    if not isinstance(criteria, Mapping):
        raise UsageProblem(f'{place}: pole „criteria” musi mieć postać {{"kryterium": "pass"}}; popraw je.')
    wrong = [
        name for name, outcome in criteria.items() if outcome is not None and outcome not in DECIDED_OUTCOMES
    ]
    if wrong:
        known = ", ".join(DECIDED_OUTCOMES)
        raise UsageProblem(
            f"{place}, kryterium {wrong[0]}: ocena człowieka to jedna z: {known} (null: brak oceny); popraw ją."
        )


def _check_evaluation(evaluation: object, place: str) -> None:
    from scorecards.card import DECIDED_OUTCOMES

    outcomes = (*DECIDED_OUTCOMES, "review")
    results = evaluation.get("criteria") if isinstance(evaluation, Mapping) else None
    if not isinstance(results, list) or not all(isinstance(one, Mapping) for one in results):
        raise UsageProblem(
            f"{place}: pole „evaluation” nie jest oceną; utwórz plik poleceniem odsluch score."
        )
    for one in results:
        sure = one.get("confidence")
        numeric = isinstance(sure, int | float) and not isinstance(sure, bool)
        if not isinstance(one.get("id"), str) or one.get("outcome") not in outcomes or not numeric:
            raise UsageProblem(
                f"{place}: wynik kryterium musi mieć „id”, „outcome” ({', '.join(outcomes)}) i „confidence” (liczba); "
                "utwórz plik poleceniem odsluch score."
            )


def _rows(path: Path) -> Iterator[Row]:
    """The lines with their numbers."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(f"Nie można odczytać pliku {path}: sprawdź ścieżkę i kodowanie UTF-8.") from error
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UsageProblem(f"{path}, wiersz {number}: to nie jest JSON; popraw go albo usuń.") from error
        if not isinstance(row, dict) or "id" not in row:
            raise UsageProblem(f"{path}, wiersz {number}: brakuje pola `id`.")
        yield number, row
