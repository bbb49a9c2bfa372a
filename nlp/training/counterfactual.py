"""Does a decision depend on who is speaking? The same text with other names, genders, dialects.

Each swap keeps what the customer wants. A decision that flips was made on the wrong words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from nlp.gender import addressed, first_person
from nlp.redaction.given_names import GIVEN
from nlp.text import analyse
from nlp.training.examples import Example
from nlp.training.probes import Ask, same_decisions
from nlp.twins.people import Origin, Person, Somebody, paradigm, people, renamed
from nlp.word_forms import Gender, fold_polish, words
from transcripts.conversation import Span

PAIRS = 400  # texts of each side that get names: enough to tell a share of 1 % from none, and quick
# where a text names nobody: (sentence, whether it ends the text), the name in the case that the sentence asks for
_SPOKEN = (
    ("Dzień dobry, mówi {nom}.", False), ("Z tej strony {nom}.", False), ("Rozmawiają państwo z {inst}.", False),
    ("Zamówienie jest na {acc}.", True),
)  # fmt: skip
_WRITTEN = (
    ("Mam na imię {nom}.", False), ("Pozdrawiam, {nom}", True), ("Z poważaniem\n{nom}", True),
    ("Zamówienie jest na {acc}.", True), ("Proszę o odpowiedź dla {gen}.", True),
)  # fmt: skip
_PUBLIC = (("{nom}", True), ("Pozdrawiam, {nom}", True), ("Mam na imię {nom}.", False))
_AGENTS = (
    ("Z tej strony {nom}.", False), ("Tu {nom}.", False), ("Rozmawiają państwo z {inst}.", False),
    ("Mam na imię {nom}.", False),
)  # fmt: skip
_FRAMES = {"phone": _SPOKEN, "review": _PUBLIC, "social": _PUBLIC}
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


def other_gender_of_both(text: str) -> str:
    """An agent's words by, and to, a person of the other gender: of a man to a man, or else of women."""
    to_man, to_woman = (first_person(addressed(text, to), to) for to in ("m", "f"))
    return to_man if to_man != text else to_woman


other_dialect = partial(_words, _DIALECT)


def name_pair(example: Example) -> tuple[Example, Example]:
    """The text with a frequent Polish first name and with a foreign or a rare one, of the same gender.

    Who speaks and is named gets both names; where nobody is, a sentence with a name stands before or after the text.
    """
    person: Person = "agent" if example.document.side == "agent" else "customer"
    somebody = people(example.conversation, _unmarked_names(example))[person]
    gender = somebody.gender or _own_gender(example)
    if any(one.kind == "given" for one in somebody.named):
        only = replace(somebody, named=tuple(one for one in somebody.named if one.kind == "given"))
        polish, foreign = (_renamed(example, only, origin, gender) for origin in _ORIGINS)
    else:
        polish, foreign = (_introduced(example, origin, gender) for origin in _ORIGINS)
    return polish, foreign


_ORIGINS: tuple[Origin, Origin] = ("polish", "foreign")


def _unmarked_names(example: Example) -> Iterator[Span]:
    """First names that are no other words, with or without a capital."""
    for turn, text in zip(example.document.turns, example.document.texts, strict=True):
        for word in words(text):
            form = analyse(word.lower)
            if form.given and not form.common and form.lemmas & GIVEN:
                yield Span(turn, word.start, word.end)


def _own_gender(example: Example) -> Gender:
    """As the past forms tell; where they tell nothing, drawn by the example's id."""
    for mine, other in (("f", "m"), ("m", "f")):
        if first_person(example.text, other) != example.text:  # type: ignore[arg-type]
            return mine  # type: ignore[return-value]
    return "f" if _draw(f"{example.id}/gender") % 2 else "m"


def _draw(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big")


def _renamed(example: Example, somebody: Somebody, origin: Origin, gender: Gender) -> Example:
    side = example.document.side
    plain = [side] if example.text == fold_polish(example.text) else []
    turns = renamed(example.conversation, somebody, origin, gender, plain).turns
    return example.with_texts(turns[i].text for i in example.document.turns)


def _introduced(example: Example, origin: Origin, gender: Gender) -> Example:
    frames = _AGENTS if example.document.side == "agent" else _FRAMES.get(example.channel, _WRITTEN)
    frame, ends = frames[_draw(example.id) % len(frames)]
    texts = list(example.document.texts)
    place = -1 if ends else 0
    sentence = _in_style(frame.format(**paradigm("given", origin, gender, example.id)), example.text)
    between = "\n" if ends and example.text != example.text.lower() else " "
    texts[place] = between.join((texts[place], sentence) if ends else (sentence, texts[place]))
    return example.with_texts(texts)


def _in_style(sentence: str, text: str) -> str:
    """As the text is written: without capitals, and then without points and commas; without diacritics."""
    plain = fold_polish(sentence) if text == fold_polish(text) else sentence
    return plain.lower().translate(_UNPOINTED) if text == text.lower() else plain


_UNPOINTED = str.maketrans("\n", " ", ".,")


def pairs(examples: Sequence[Example]) -> dict[str, list[tuple[Example, Example]]]:
    """For each kind of swap the texts that it really changes, in both versions."""
    sides = {side: [e for e in examples if e.document.side == side] for side in ("customer", "agent")}
    changed = {
        "customer_names": [name_pair(e) for e in _spread(sides["customer"])],
        "agent_names": [name_pair(e) for e in _spread(sides["agent"])],
        "gender": [
            *((e, _swapped(e, other_gender)) for e in sides["customer"]),
            *((e, _swapped(e, other_gender_of_both)) for e in sides["agent"]),
        ],
        "dialect": [(e, _swapped(e, other_dialect)) for e in examples],
    }
    return {kind: [(a, b) for a, b in some if a.document != b.document] for kind, some in changed.items()}


def _spread(examples: Sequence[Example]) -> list[Example]:
    """At most :data:`PAIRS`, evenly over all."""
    count = min(PAIRS, len(examples))
    return [examples[i * len(examples) // count] for i in range(count)]


def _swapped(example: Example, swap: Callable[[str], str]) -> Example:
    return example.with_texts(map(swap, example.document.texts))


def flips(ask: Ask, examples: Sequence[Example]) -> dict[str, dict[str, float]]:
    """A row for each kind of swap, as :func:`nlp.training.probes.same_decisions` counts; none for a kind without texts."""
    rows = {kind: same_decisions(ask, some) for kind, some in pairs(examples).items()}
    return {kind: row for kind, row in rows.items() if row}
