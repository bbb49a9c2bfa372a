"""Rules about wording: a criterion asks one short question that can be answered with yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scorecards.card import Criterion
from scorecards.lint.acts import joined_acts
from scorecards.lint.reach import reach
from scorecards.lint.remark import Remark, Written
from scorecards.matching import normalise, tokenise

MOST_WORDS = 30
ALIKE = 0.8
_CONDITIONAL = re.compile(r"\b(?:gdy|gdyby|jesli|jezeli|o ile|w razie|w przypadku)\b")
_COMMON = frozenset(
    ["czy", "konsultant", "konsultanta", "klient", "klienta", "klientowi", "i", "w", "na", "o", "do", "z", "sie",
     "to", "jest"]
)  # fmt: skip


def questions(written: Written) -> Iterator[Remark]:
    """A question ends with a question mark, asks with "czy", and can be read in one breath.

    On a scale it may ask how far.
    """
    for c in written.card.criteria:
        words = [token.norm for token in tokenise(c.question, 0)]
        if not c.question.rstrip().endswith("?"):
            text = "nie jest pytaniem; zacznij od „Czy” i zakończ znakiem zapytania"
            yield Remark("question", c.id, "question", text)
        elif "czy" not in words and c.scale is None:
            text = (
                "nie ma w nim „czy”, więc nie da się odpowiedzieć tak albo nie; zapytaj „Czy konsultant ...?”"
            )
            yield Remark("question", c.id, "question", text)
        if len(words) > MOST_WORDS:
            text = f"ma {len(words)} słów (najwięcej {MOST_WORDS}); skróć je, a wyjaśnienie przenieś do pola „guide”"
            yield Remark("long", c.id, "question", text)


def double_barrelled(written: Written) -> Iterator[Remark]:
    """A question about two acts has no answer where only one was performed."""
    for c in written.card.criteria:
        acts = joined_acts(c.question)
        if acts:
            text = (
                f"pyta o dwie czynności („{acts[0].words}” i „{acts[1].words}”); rozdziel je na dwa kryteria"
            )
            yield Remark("double_barrelled", c.id, "question", text)


def when_not(written: Written) -> Iterator[Remark]:
    """What is asked only sometimes says when it does not apply; what says so can also be ``na``."""
    for c in written.card.criteria:
        most = reach(c)
        silent = not c.not_applicable and c.only is None
        if silent and _CONDITIONAL.search(_plain(c.question)):
            text = "pyta warunkowo, a nie mówi, kiedy nie dotyczy; dopisz „not_applicable” albo „only”"
            yield Remark("not_applicable", c.id, "question", text)
        elif silent and most is not None and "na" in most:
            text = f"{_served(c)} może odpowiedzieć „nie dotyczy”, a karta nie mówi kiedy; dopisz „not_applicable”"
            yield Remark("not_applicable", c.id, "check", text)
        elif c.not_applicable and most is not None and "na" not in most:
            text = (
                f"{_served(c)} nigdy nie odpowie „nie dotyczy”; dopisz „only” albo wybierz inne sprawdzenie"
            )
            yield Remark("not_applicable", c.id, "not_applicable", text)


def _served(criterion: Criterion) -> str:
    names = dict.fromkeys(name for name, _ in criterion.uses)
    return f"sprawdzenie {' albo '.join(names)}"


def repeated(written: Written) -> Iterator[Remark]:
    """Two criteria with the same name or nearly the same question."""
    seen: list[tuple[str, str, frozenset[str]]] = []
    for c in written.card.criteria:
        words = frozenset(t.norm for t in tokenise(c.question, 0)) - _COMMON
        for other, name, known in seen:
            if _plain(name) == _plain(c.name):
                yield Remark("duplicate", c.id, "name", f"ma tę samą nazwę co {other}; nadaj inną")
            if words and len(words & known) >= ALIKE * len(words | known):
                yield Remark(
                    "duplicate", c.id, "question", f"pyta prawie o to samo co {other}; zostaw jedno z nich"
                )
        seen.append((c.id, c.name, words))


def _plain(text: str) -> str:
    return " ".join(normalise(word) for word in re.findall(r"\w+", text))
