"""Text compared letter by letter: databases compare by their language, in which "." can count for nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class byte_order(FunctionElement[str]):
    """A text column whose ``<`` and ``>`` are those of its letters' codes, the same in both databases."""

    name = "byte_order"
    type = String()
    inherit_cache = True


@compiles(byte_order)
def _plain(element: byte_order, compiler: SQLCompiler, **values: Any) -> str:
    """SQLite knows no other order."""
    return compiler.process(element.clauses, **values)


@compiles(byte_order, "postgresql")
def _collated(element: byte_order, compiler: SQLCompiler, **values: Any) -> str:
    return f'({compiler.process(element.clauses, **values)} COLLATE "C")'
