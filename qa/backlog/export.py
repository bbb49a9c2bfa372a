"""The backlog as Markdown for reading and CSV for a spreadsheet or tracker import."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from qa.backlog.proposals import Proposal

COLUMNS = ["fingerprint", "kind", "code", "title", "contacts_a_month", "priority", "body", "conversations"]
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|])")


def escape(text: str) -> str:
    """Customer's words as plain Markdown text on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def to_markdown(proposals: Iterable[Proposal]) -> str:
    """One section for each proposal, most urgent first."""
    parts = ["# Propozycje usprawnień\n"]
    for number, proposal in enumerate(proposals, 1):
        parts.append(f"## {number}. {escape(proposal.title)}\n\n{escape_lines(proposal.body)}\n")
        quotes = [
            f"- `{item['conversation']}` ({item['channel']}): „{escape(item['quote'])}”"
            for item in proposal.evidence
            if item.get("quote")
        ]
        if quotes:
            parts.append("Dowody:\n\n" + "\n".join(quotes) + "\n")
        parts.append(f"Odcisk: `{proposal.fingerprint}`\n")
    if len(parts) == 1:
        parts.append("Brak propozycji: za mało rozmów lub nic nie odbiega od zwykłego poziomu.\n")
    return "\n".join(parts)


def escape_lines(text: str) -> str:
    """Each line of ``text`` as its own Markdown paragraph line."""
    return "  \n".join(escape(line) for line in text.splitlines())


def to_csv(proposals: Iterable[Proposal]) -> str:
    """A table with a header. Cells that a spreadsheet would run as a formula get a leading apostrophe."""
    rows = [
        {
            **{column: getattr(proposal, column) for column in COLUMNS[:-1]},
            "conversations": " ".join(item["conversation"] for item in proposal.evidence),
        }
        for proposal in proposals
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    for column in ("code", "title", "body", "conversations"):
        table[column] = table[column].map(_harmless)
    return table.to_csv(index=False)


def _harmless(cell: object) -> str:
    text = str(cell)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t") else text
