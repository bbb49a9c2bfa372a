"""Rules about scales: every level says what it means, and the machine can give it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scorecards.card import Criterion
from scorecards.checks import registered
from scorecards.lint.reach import level_reach
from scorecards.lint.remark import Remark, Written
from scorecards.matching import tokenise
from scorecards.scale import Scale

RULE = "levels"
UNREACHABLE = "unreachable"


def described(written: Written) -> Iterator[Remark]:
    """People agree on a level only where it is anchored: each says in words when it is reached, and differs."""
    for c, scale in _scaled(written):
        bare = [number for number, level in enumerate(scale.levels) if not level.description.strip()]
        if bare:
            text = f"{_named(bare)} nie ma opisu, więc każdy zrozumie go inaczej; napisz w „levels”, kiedy się go daje"
            yield Remark(RULE, c.id, "levels", text, "error")
        seen: dict[tuple[str, ...], int] = {}
        for number, level in enumerate(scale.levels):
            words = tuple(token.norm for token in tokenise(level.description, 0))
            if words and words in seen:
                text = f"poziom {number} ma ten sam opis co poziom {seen[words]}; napisz, czym się różnią"
                yield Remark(RULE, c.id, "levels", text)
            seen.setdefault(words, number)


def given(written: Written) -> Iterator[Remark]:
    """A level that no check can give: nobody would ever get the points of the highest from the machine."""
    for c, scale in _scaled(written):
        if c.check:
            yield from _by_check(c, scale)
        else:
            yield from _by_levels(c, scale)
        for number, most in level_reach(c).items():
            asked = c.thresholds.of(scale.outcome(number))
            if most < asked:
                figures = f"próg {asked:g}, a sprawdzenia są pewne najwyżej na {most:.2f}".replace(".", ",")
                text = f"poziom {number} nigdy nie zapadnie automatycznie ({figures}); takie rozmowy zawsze oceni człowiek"
                yield Remark(UNREACHABLE, c.id, "thresholds", text)


def _scaled(written: Written) -> Iterator[tuple[Criterion, Scale]]:
    return ((c, c.scale) for c in written.card.criteria if c.scale is not None)


def _by_check(criterion: Criterion, scale: Scale) -> Iterator[Remark]:
    check = registered()[criterion.check]
    if check.top_level is None:
        return
    top = check.top_level({**check.parameters, **criterion.parameters})
    if top < scale.top:
        text = f"sprawdzenie {check.name} daje z tymi parametrami najwyżej poziom {top}, a skala sięga {scale.top}; zmień parametry albo skalę"
        yield Remark(UNREACHABLE, criterion.id, "check", text, "error")
    elif top > scale.top:
        text = f"sprawdzenie {check.name} liczy z tymi parametrami do {top}, a skala kończy się na {scale.top}, więc wyższe wyniki zleją się w jeden; zmień parametry albo skalę"
        yield Remark(RULE, criterion.id, "check", text)


def _by_levels(criterion: Criterion, scale: Scale) -> Iterator[Remark]:
    missing = [number for number in range(1, scale.top + 1) if not scale.levels[number].check]
    if scale.top in missing:
        text = f"poziom {scale.top} nie ma sprawdzenia, więc automat nigdy nie da wszystkich punktów; dodaj „check”"
        yield Remark(UNREACHABLE, criterion.id, "levels", text, "error")
    between = [number for number in missing if number != scale.top]
    if between:
        text = (
            f"{_named(between)} nie ma sprawdzenia, więc da go tylko człowiek; dodaj „check” albo zmień skalę"
        )
        yield Remark(UNREACHABLE, criterion.id, "levels", text)
    for lower, higher in _hidden(scale):
        text = f"poziom {lower} ma to samo sprawdzenie i parametry co poziom {higher}, więc nigdy nie zostanie dany; zmień jedno z nich"
        yield Remark(UNREACHABLE, criterion.id, "levels", text, "error")


def _hidden(scale: Scale) -> Iterator[tuple[int, int]]:
    """Levels whose check holds only where that of a higher one does, with that one."""
    asked: dict[str, int] = {}
    for number in range(scale.top, 0, -1):
        level = scale.levels[number]
        if not level.check:
            continue
        key = repr(
            (level.check, sorted({**registered()[level.check].parameters, **level.parameters}.items()))
        )
        if key in asked:
            yield number, asked[key]
        asked.setdefault(key, number)


def _named(levels: Sequence[int]) -> str:
    if len(levels) == 1:
        return f"poziom {levels[0]}"
    return f"żaden z poziomów {', '.join(map(str, levels[:-1]))} i {levels[-1]}"
