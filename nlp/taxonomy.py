"""The label sets that the taggers serve: contact reasons (``group.leaf``) and agent behaviours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import yaml


class TaxonomyError(ValueError):
    """A taxonomy file that cannot be used; the message names file and place."""


@dataclass(frozen=True, slots=True)
class Label:
    """One code with its Polish name and what raters count as it."""

    code: str
    name: str
    means: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group of labels: the part of their codes before the point, with its Polish name (the code where it has none)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Labels and their groups in file order; ``key`` is ``id@version``."""

    key: str
    labels: tuple[Label, ...]
    groups: tuple[Group, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes in file order."""
        return tuple(label.code for label in self.labels)

    def name(self, code: str) -> str:
        """The Polish name, or the code itself where the taxonomy lacks it."""
        return next((label.name for label in self.labels if label.code == code), code)


def load_contact_reasons(path: Path | None = None) -> Taxonomy:
    """The taxonomy of contact reasons: the default one, or the user's copy at ``path``."""
    record, where = _read(path, "contact_reasons.yaml")
    labels: list[Label] = []
    groups: list[Group] = []
    for group in _items(record, "groups", where):
        prefix = _text(group, "id", where)
        groups.append(Group(prefix, _text(group, "name", where) if "name" in group else prefix))
        leaves = _items(group, "leaves", f"{where}, grupa {prefix}")
        labels += [_label(leaf, f"{prefix}.", f"{where}, grupa {prefix}") for leaf in leaves]
    return _taxonomy(record, labels, where, groups)


def load_behaviours(path: Path | None = None) -> Taxonomy:
    """The agent behaviours that the shipped tagger knows."""
    record, where = _read(path, "behaviours.yaml")
    labels = [_label(item, "", where) for item in _items(record, "behaviours", where)]
    return _taxonomy(record, labels, where)


def _read(path: Path | None, default: str) -> tuple[Mapping[str, Any], str]:
    where = path.name if path else default
    try:
        if path is None:
            text = resources.files("nlp").joinpath("taxonomies", default).read_text(encoding="utf-8")
        else:
            text = path.read_text(encoding="utf-8")
        record = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TaxonomyError(f"Nie można odczytać taksonomii {where}: {type(error).__name__}.") from error
    if not isinstance(record, dict):
        raise TaxonomyError(f"{where}: oczekiwano słownika z polami `id`, `version` i listą etykiet.")
    return record, where


def _items(record: Mapping[str, Any], key: str, where: str) -> list[Mapping[str, Any]]:
    items = record.get(key)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise TaxonomyError(f"{where}: pole `{key}` musi być listą słowników.")
    return items


def _text(item: Mapping[str, Any], key: str, where: str) -> str:
    value = item.get(key)
    if not isinstance(value, str) or not value.strip():
        raise TaxonomyError(f"{where}: brak tekstowego pola `{key}` w {item.get('id', 'elemencie bez id')}.")
    return value


def _label(item: Mapping[str, Any], prefix: str, where: str) -> Label:
    code = prefix + _text(item, "id", where)
    return Label(code, _text(item, "name", where), _text(item, "means", where))


def _taxonomy(
    record: Mapping[str, Any], labels: list[Label], where: str, groups: Sequence[Group] = ()
) -> Taxonomy:
    codes = [*(label.code for label in labels), *(group.code for group in groups)]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise TaxonomyError(f"{where}: powtórzone kody: {', '.join(twice)}; każdy może wystąpić raz.")
    return Taxonomy(f"{_text(record, 'id', where)}@{record.get('version', 1)}", tuple(labels), tuple(groups))
