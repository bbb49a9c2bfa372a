"""Polish by default, English second: the catalogue maps the Polish text of a page to its English one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

import yaml

LANGUAGES = ("pl", "en")


@cache
def english() -> Mapping[str, str]:
    """Polish text to English text, from every file under ``locales/en``."""
    found: dict[str, str] = {}
    for file in sorted(_folder().iterdir(), key=lambda item: item.name):
        found.update(catalogue(file.name.removesuffix(".yaml")))
    return found


@cache
def catalogue(name: str) -> Mapping[str, str]:
    """One file of it."""
    text = _folder().joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return MappingProxyType(yaml.safe_load(text) or {})


def _folder() -> Traversable:
    return resources.files("qa.web").joinpath("locales", "en")


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]

    def __call__(self, polish: str, **values: object) -> str:
        """The text in this language, with ``{name}`` filled in; Polish where the catalogue lacks it."""
        text = polish if self.language == "pl" else english().get(polish, polish)
        return text.format(**values) if values else text

    def count(self, number: int, forms: str) -> str:
        """A number with its noun: ``forms`` is ``rozmowa|rozmowy|rozmów``, the catalogue has ``conversation|conversations``."""
        return f"{self.whole(number)}\u00a0{self.noun(number, forms)}"

    def noun(self, number: int, forms: str) -> str:
        """The noun alone, in the form that the number asks for; ``forms`` as for :meth:`count`."""
        if self.language == "pl":
            return _polish_form(number, *forms.split("|"))
        singular, _, plural = english().get(forms, forms).partition("|")
        return singular if number == 1 else plural.split("|")[0]

    def whole(self, number: int) -> str:
        """A whole number with its thousands apart."""
        return spaced(number) if self.language == "pl" else f"{number:,}"

    def decimal(self, value: float | None, places: int = 2) -> str:
        """A number with that many decimal places, written as this language does; a dash where there is none."""
        if value is None:
            return "–"
        text = f"{value:.{places}f}".replace("-", "−")
        return text.replace(".", ",") if self.language == "pl" else text


def spaced(number: int) -> str:
    """Thousands apart by a space that does not break."""
    return f"{number:,}".replace(",", "\u00a0")


def _polish_form(number: int, one: str, few: str, many: str) -> str:
    if number == 1:
        return one
    return few if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else many
