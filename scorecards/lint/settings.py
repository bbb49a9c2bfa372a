"""Rules about weights, thresholds, parameters and conditions: what can never happen, and what has no effect."""

from __future__ import annotations

from collections.abc import Iterator

from scorecards.card import Condition, Criterion
from scorecards.checks import registered
from scorecards.condition import GROUP
from scorecards.lint.reach import reach
from scorecards.lint.remark import Remark, Written
from scorecards.wording import CHANNEL_NAMES
from transcripts.conversation import CHANNELS

HEAVIEST = 40.0
LIGHTEST = 1.0
BROADEST = 3
OUTCOMES = {"pass": "zaliczone", "fail": "niezaliczone", "na": "nie dotyczy"}


def weights(written: Written) -> Iterator[Remark]:
    """A criterion that decides nearly alone, or decides nothing."""
    for c in written.card.criteria:
        if c.weight > HEAVIEST:
            text = f"ma {c.weight:g} ze 100 punktów i prawie samo decyduje o wyniku; podziel je albo zmniejsz wagę"
            yield Remark("weight", c.id, "weight", text)
        elif c.weight < LIGHTEST:
            text = f"ma {c.weight:g} punktu i nie zmieni wyniku; zwiększ wagę albo usuń kryterium"
            yield Remark("weight", c.id, "weight", text)


def unreachable(written: Written) -> Iterator[Remark]:
    """An outcome that never stands because the check is never as sure as the threshold asks."""
    for c in written.card.criteria:
        most = reach(c)
        if most is None:
            continue
        never = [name for name, sure in most.items() if sure < c.thresholds.of(name)]
        if {"pass", "fail"} <= set(never):
            text = "żaden wynik nie osiąga progu, więc kryterium zawsze trafi do człowieka; obniż progi"
            yield Remark("unreachable", c.id, "thresholds", text, "error")
            continue
        for name in never:
            yield _never(c, name, most[name])


def _never(criterion: Criterion, outcome: str, most: float) -> Remark:
    asked = criterion.thresholds.of(outcome)
    figures = f"próg {asked:g}, a {_checks(criterion)} jest pewne najwyżej na {most:.4g}".replace(".", ",")
    if outcome == "fail" and (criterion.critical or criterion.fails_section):
        text = f"jest krytyczne, a nigdy nie zostanie automatycznie niezaliczone ({figures}); obniż próg fail"
        return Remark("never_fails", criterion.id, "thresholds", text, "error")
    rule = "never_fails" if outcome == "fail" else "unreachable"
    text = f"wynik „{OUTCOMES[outcome]}” nigdy nie zapadnie automatycznie ({figures}); takie rozmowy zawsze oceni człowiek"
    return Remark(rule, criterion.id, "thresholds", text)


def _checks(criterion: Criterion) -> str:
    """What answers the criterion."""
    names = ", ".join(dict.fromkeys(name for name, _ in criterion.uses))
    return f"żadne ze sprawdzeń {names}" if "," in names else f"sprawdzenie {names}"


def conditions(written: Written) -> Iterator[Remark]:
    """A condition that always or never holds, or says the same twice."""
    for c in written.card.criteria:
        if c.only is None:
            continue
        channel = written.card.id
        if set(c.only.channels) >= set(CHANNELS):
            text = "wymienia wszystkie kanały, więc niczego nie ogranicza; usuń „channels”"
            yield Remark("condition", c.id, "only", text)
        elif channel in CHANNELS and c.only.channels and channel not in c.only.channels:
            text = f"nie obejmuje kanału tej karty ({CHANNEL_NAMES[channel]}), więc kryterium nigdy nie zostanie ocenione"
            yield Remark("unreachable", c.id, "only", text)
        covered = _covered(c.only)
        if covered:
            text = f"powtarza się w nim {', '.join(covered)}; zostaw jeden zapis"
            yield Remark("condition", c.id, "only", text)


def _covered(only: Condition) -> list[str]:
    """What stands twice, or beside its whole group."""
    groups = {reason.removesuffix(GROUP) for reason in only.reasons if reason.endswith(GROUP)}
    return sorted(
        {
            one
            for names in (only.reasons, only.channels)
            for one in names
            if names.count(one) > 1 or (not one.endswith(GROUP) and one.partition(".")[0] in groups)
        }
    )


def unused(written: Written) -> Iterator[Remark]:
    """Parameters and thresholds without effect, and a section lost by its only criterion."""
    for c in written.card.criteria:
        given = written.fields.get(c.id, {})
        for check, parameters in c.uses:
            where = parameters.get("where", registered()[check].parameters.get("where"))
            if "turns" in parameters and where == "anywhere":
                text = "parametr „turns” nic nie zmienia bez „where: opening” albo „where: closing”; usuń go albo dodaj miejsce"
                yield Remark("unused", c.id, "parameters", text)
        most = reach(c)
        for name in given.get("thresholds") or {}:
            if most is not None and name not in most:
                text = f"próg „{name}” nic nie zmienia, bo {_checks(c)} nie daje takiego wyniku; usuń go"
                yield Remark("unused", c.id, "thresholds", text)
    for section in written.card.sections:
        if len(section.criteria) == 1 and section.criteria[0].fails_section:
            text = "jest jedyne w swojej sekcji, więc „critical: section” nic nie zmienia; usuń to pole"
            yield Remark("unused", section.criteria[0].id, "critical", text)


def broad_phrases(written: Written) -> Iterator[Remark]:
    """A pattern of a few letters that nearly every conversation has, so that the criterion hardly ever fails."""
    for c in written.card.criteria:
        for pattern in (p for _, parameters in c.uses for p in parameters.get("phrases", ())):
            pieces = pattern.split("|") if " " not in pattern else ()
            broad = [piece for piece in pieces if piece.endswith("*") and len(piece) <= BROADEST + 1]
            if broad:
                text = f"wzorzec „{broad[0]}” pasuje prawie do każdej rozmowy, więc kryterium prawie nigdy nie będzie niezaliczone; wydłuż go"
                yield Remark("never_fails", c.id, "parameters", text)


def same_check(written: Written) -> Iterator[Remark]:
    """Two criteria that ask the same of the machine count it twice."""
    seen: dict[tuple[str, str], str] = {}
    for c in written.card.criteria:
        asked = [
            (name, sorted({**registered()[name].parameters, **parameters}.items()))
            for name, parameters in c.uses
        ]
        key = (repr(asked), repr(c.only))
        if key in seen:
            text = f"ma to samo sprawdzenie i parametry co {seen[key]}, więc to samo liczy się dwa razy; zmień jedno z nich"
            yield Remark("duplicate", c.id, "check", text)
        seen.setdefault(key, c.id)
