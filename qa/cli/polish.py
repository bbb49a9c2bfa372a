"""Click's own words in Polish. Click asks gettext for the text under its English words; we answer."""

from __future__ import annotations

from types import ModuleType

import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.types

WORDS = {
    "Usage:": "Użycie:",
    "Usage: ": "Użycie: ",
    "Options": "Opcje",
    "Arguments": "Argumenty",
    "Positional arguments": "Argumenty",
    "Commands": "Polecenia",
    "Show this message and exit.": "Pokaż tę pomoc i zakończ.",
    "Show the version and exit.": "Pokaż wersję i zakończ.",
    "default: {default}": "domyślnie: {default}",
    "required": "wymagane",
    "(DEPRECATED)": "(WYCOFYWANE)",
    "Missing command.": "Brakuje polecenia.",
    "Missing argument": "Brakuje argumentu",
    "Missing option": "Brakuje opcji",
    "Missing parameter": "Brakuje parametru",
    "Missing {param_type}": "Brakuje {param_type}",
    "Missing parameter: {param_name}": "Brakuje parametru {param_name}",
    "No such command {name!r}.": "Nie ma polecenia {name!r}.",
    "No such option {name!r}.": "Nie ma opcji {name!r}.",
    "No such option: {name}": "Nie ma opcji {name}",
    "Did you mean {possibility}?": "Czy chodziło o {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(Czy chodziło o jedną z: {possibilities}?)",
    "Invalid value: {message}": "Niewłaściwa wartość: {message}",
    "Invalid value for {param_hint}: {message}": "Niewłaściwa wartość {param_hint}: {message}",
    "Option {name!r} requires an argument.": "Opcja {name!r} wymaga wartości.",
    "Option {name!r} does not take a value.": "Opcja {name!r} nie przyjmuje wartości.",
    "{value!r} is not a valid {number_type}.": "{value!r} nie jest liczbą ({number_type}).",
    "{value} is not in the range {range}.": "{value} nie mieści się w zakresie {range}.",
    "{name} {filename!r} does not exist.": "{name} {filename!r} nie istnieje.",
    "{name} {filename!r} is a file.": "{name} {filename!r} jest plikiem.",
    "{name} {filename!r} is a directory.": "{name} {filename!r} jest folderem.",
    "{name} {filename!r} is not readable.": "{name} {filename!r}: brak prawa odczytu.",
    "file": "plik",
    "directory": "folder",
    "path": "ścieżka",
    "File": "Plik",
    "Directory": "Folder",
    "Path": "Ścieżka",
    "integer": "całkowita",
    "float": "ułamkowa",
    "Choice({choices})": "jedno z ({choices})",
    "Choose from:\n\t{choices}": "Do wyboru:\n\t{choices}",
    "{missing}{param_hint}.{msg}": "{missing}{param_hint}.{msg}",
    "Aborted!": "Przerwano!",
}
ONE_OR_MANY = {
    "Got unexpected extra argument ({args})": "Zbędny argument ({args})",
    "Got unexpected extra arguments ({args})": "Zbędne argumenty ({args})",
    "{value!r} is not {choice}.": "{value!r} to nie {choice}.",
    "{value!r} is not one of {choices}.": "{value!r} nie jest jedną z wartości: {choices}.",
}


def _word(text: str) -> str:
    return WORDS.get(text, text)


def _by_number(one: str, many: str, count: int) -> str:
    chosen = one if count == 1 else many
    return ONE_OR_MANY.get(chosen, WORDS.get(chosen, chosen))


def speak_polish() -> None:
    """Put our words in place of the gettext functions of Click's modules (Click has no catalogues)."""
    modules: tuple[ModuleType, ...] = (
        click.core,
        click.decorators,
        click.exceptions,
        click.formatting,
        click.parser,
        click.types,
    )
    for module in modules:
        if hasattr(module, "_"):
            setattr(module, "_", _word)  # noqa: B010 (mypy knows no such attribute)
        if hasattr(module, "ngettext"):
            setattr(module, "ngettext", _by_number)  # noqa: B010
