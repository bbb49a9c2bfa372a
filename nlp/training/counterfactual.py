"""Does a decision depend on who is speaking? The same text with other names, genders, dialects.

Each swap keeps what the customer wants. A decision that flips was made on the wrong words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from nlp.tagging import Tagger
from nlp.text import analyse
from nlp.training.examples import Example
from nlp.training.probes import same_decisions

# first names by case are left to the sentence: whole forms are swapped for forms of the same case
_NAMES = {
    "Anna": "Oksana", "Annę": "Oksanę", "Anny": "Oksany", "Annie": "Oksanie",
    "Marek": "Nguyen", "Marka": "Nguyena", "Markiem": "Nguyenem", "Piotr": "Dmytro", "Piotra": "Dmytra",
    "Katarzyna": "Fatima", "Kasia": "Fatima", "Kasi": "Fatimy", "Tomasz": "Ahmed", "Tomek": "Ahmed",
    "Krzysztof": "Giorgi", "Agnieszka": "Thuy", "Magda": "Linh", "Ewa": "Olena", "Jan": "Wasyl",
    "Nowak": "Kovalenko", "Kowalski": "Tran", "Kowalska": "Tran", "Wiśniewski": "Szewczenko",
}  # fmt: skip
_GENDERS = (
    (r"(\w{2,})łem\b", r"\1łam"), (r"(\w{2,})łam\b", r"\1łem"),
    (r"(\w{2,})łbym\b", r"\1łabym"), (r"(\w{2,})łabym\b", r"\1łbym"),
    (r"\bpan\b", "pani"), (r"\bpani\b", "pan"), (r"\bPan\b", "Pani"), (r"\bPani\b", "Pan"),
    (r"\bżona\b", "mąż"), (r"\bmąż\b", "żona"), (r"\bsyn\b", "córka"), (r"\bcórka\b", "syn"),
)  # fmt: skip
_IRREGULAR = {"szedłem": "szłam", "szłam": "szedłem", "poszedłem": "poszłam", "poszłam": "poszedłem"}
_DIALECT = {
    "jest": "je", "gdzie": "kaj", "tylko": "ino", "dzisiaj": "dzisiej", "co": "co tyż", "trochę": "kapkę",
    "bardzo": "fest", "mówi": "godo", "ja": "jo", "dziecko": "bajtel", "ziemniaki": "pyry", "zobaczyć": "obaczyć",
}  # fmt: skip


def _words(table: Mapping[str, str], text: str) -> str:
    """Whole words swapped, the first letter's case kept."""

    def other(match: re.Match[str]) -> str:
        word = match.group()
        found = table.get(word) or table.get(word.lower())
        if found is None:
            return word
        return found[0].upper() + found[1:] if word[0].isupper() else found

    return re.sub(r"\w+", other, text)


def other_gender(text: str) -> str:
    """First-person past forms and forms of address in the other gender, all in one pass."""
    pattern = re.compile("|".join(f"(?:{source})" for source, _ in _GENDERS) + r"|\b\w+\b")

    def other(match: re.Match[str]) -> str:
        word = match.group()
        if word.lower() in _IRREGULAR:
            return _IRREGULAR[word.lower()]
        for source, target in _GENDERS:
            if re.fullmatch(source, word):
                swapped = re.sub(source, target, word)
                return swapped if _fits(word, swapped) else word
        return word

    return pattern.sub(other, text)


def _fits(word: str, swapped: str) -> bool:
    """A form of address, or a past form whose counterpart is a past form too: "hasłem" is a noun and stays."""
    return "ł" not in word or all("praet" in analyse(form.lower()).parts for form in (word, swapped))


SWAPS: Mapping[str, Callable[[str], str]] = {
    "names": partial(_words, _NAMES),
    "gender": other_gender,
    "dialect": partial(_words, _DIALECT),
}


def flips(tagger: Tagger, examples: Sequence[Example]) -> dict[str, dict[str, float]]:
    """For each swap: how many texts it changes, and the share of them whose primary reason or sentiment flips."""
    table = {}
    for name, swap in SWAPS.items():
        changed = [
            (example, other)
            for example in examples
            if (other := example.with_texts(map(swap, example.document.texts))).document != example.document
        ]
        table[name] = same_decisions(tagger, changed)
    total = sum(row["n"] for row in table.values())
    if total:
        keys = ("primary_flips", "sentiment_flips")
        mean = {k: round(sum(row[k] * row["n"] for row in table.values()) / total, 4) for k in keys}
        table["all"] = {"n": total, **mean}
    return table
