"""Who speaks, told from the labels that systems put before a message."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from transcripts.conversation import Speaker
from transcripts.reading import ReadOptions

_WORDS: Mapping[Speaker, frozenset[str]] = {
    "agent": frozenset(
        [
            "agent",
            "agentka",
            "konsultant",
            "konsultantka",
            "doradca",
            "doradczyni",
            "obsluga",
            "obslugi",
            "biuro",
            "dzial",
            "pracownik",
            "pracowniczka",
            "operator",
            "operatorka",
            "sprzedawca",
            "sprzedajacy",
            "sklep",
            "support",
            "bok",
            "specjalista",
            "specjalistka",
            "moderator",
            "moderatorka",
            "seller",
            "advisor",
            "consultant",
        ]
    ),
    "customer": frozenset(
        [
            "klient",
            "klientka",
            "customer",
            "client",
            "uzytkownik",
            "uzytkowniczka",
            "gosc",
            "visitor",
            "odwiedzajacy",
            "kupujacy",
            "kupujaca",
            "buyer",
            "dzwoniacy",
            "dzwoniaca",
            "user",
            "autor",
            "recenzent",
        ]
    ),
    "bot": frozenset(["bot", "chatbot", "czatbot", "voicebot", "asystent", "asystentka", "automat", "ivr"]),
    "system": frozenset(["system", "info", "zdarzenie", "event"]),
}
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Label:
    """A label read: the role where it is known, and what else it says, mostly a name."""

    role: Speaker | None
    name: str


def fold(text: str) -> str:
    """Lower case without Polish diacritics and doubled spaces, for comparing labels."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def read_label(label: str, options: ReadOptions) -> Label:
    """The role behind ``Anna (konsultant)``, ``Klient``, ``Bot Zosia`` or a configured name."""
    whole = fold(label)
    named: tuple[tuple[Speaker, tuple[str, ...]], ...] = (
        ("agent", options.agent_names),
        ("bot", options.bot_names),
        ("customer", options.customer_names),
    )
    for named_role, names in named:
        if whole in {fold(name) for name in names}:
            return Label(named_role, label.strip())
    roles = {role for word in _WORD.findall(whole) if (role := _role_of_word(word))}
    if len(roles) != 1:
        return Label(None, label.strip())
    rest = [
        word for word in _WORD.findall(label) if not _role_of_word(fold(word)) and fold(word) != "klienta"
    ]
    return Label(roles.pop(), " ".join(rest))


def _role_of_word(word: str) -> Speaker | None:
    return next((role for role, words in _WORDS.items() if word in words), None)


def assign_roles(labels: Iterable[str], options: ReadOptions) -> dict[str, Speaker]:
    """Roles of all labels in one conversation; a single nameless side is the one that is missing.

    Where "Klient" talks to "Anna", Anna is the agent; where "Konsultant" talks to "Jan", Jan is the customer.
    Anything less certain stays ``unknown``.
    """
    roles = {label: read_label(label, options).role for label in labels}
    open_labels = [label for label, role in roles.items() if role is None]
    if len(open_labels) == 1:
        known = set(roles.values())
        if "customer" in known and "agent" not in known:
            roles[open_labels[0]] = "agent"
        elif "agent" in known and "customer" not in known:
            roles[open_labels[0]] = "customer"
    return {label: role or "unknown" for label, role in roles.items()}
