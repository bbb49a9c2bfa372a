"""The report of the quality board."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import dropwhile

from qa.services.boards.figures import Average
from qa.services.boards.quality_board import CriterionQuality, GroupQuality, QualityView
from qa.services.coaching.progress import Estimate, minus
from qa.services.judging.powered import LEAST_HUMAN, Powered
from qa.services.reports.content import QualityReport
from qa.web.charts import TENS, Spread, axis_of, part_name
from qa.web.figures import interval, percent
from qa.web.language import Words
from qa.web.pages import TRUST, link
from qa.web.reports import wording
from qa.web.reports.model import Bar, Cell, Report, Section, Table

MOST_PEOPLE = 100
WIDE = (720, 200)
FILTERS = {"team": "Zespół", "agent": "Konsultant", "channel": "Kanał", "scorecard": "Karta oceny"}


def quality_report(content: QualityReport, t: Words) -> Report:
    """The report in the language of ``t``; teams and people stand in the order of their names."""
    view = content.view
    given = {**content.wanted.filters, "first": view.first, "last": view.last}
    sections = [_criteria(content, t), *_groups(view, t), _over_time(content.span, t)]
    return Report(
        t.language,
        t("Raport: jakość obsługi"),
        wording.days(view.first, view.last),
        tuple(_facts(content, t)),
        tuple(sections if view.conversations else [_over_time(content.span, t)]),
        (
            t(
                "Wynik to średnia z automatycznych ocen; pod liczbą albo w nawiasach jej przedział 95 %, n to liczba rozmów."
            ),
            t(
                "Raport mówi o tym, co konsultanci robią i mówią. Nie ocenia ich emocji i nie układa rankingu."
            ),
        ),
        link("/quality", **given),
    )


def _facts(content: QualityReport, t: Words) -> Iterator[tuple[str, Cell]]:
    view, before = content.view, content.before
    yield t("Filtry"), Cell(wording.filters(t, content.wanted.filters, FILTERS))
    names = [one.name for one in view.scorecards if one.key == view.scorecard]
    if names:
        yield t("Karta oceny"), Cell(names[0], lang="pl")
    yield t("Ocenione rozmowy"), Cell(t.whole(view.conversations))
    yield t("Średni wynik automatyczny"), Cell(_score(t, view.score))
    earlier = t("Okres wcześniej ({days})", days=wording.days(before.first, before.last))
    yield earlier, Cell(_score(t, before.score))
    if change := _change(view.score, before.score):
        yield t("Zmiana"), Cell(_said_change(t, change))


def _score(t: Words, one: Average) -> str:
    return f"{wording.score(one)}, n = {t.whole(one.n)}"


def _change(now: Average, before: Average) -> Estimate | None:
    if now.mean is None or now.low is None or now.high is None:
        return None
    if before.mean is None or before.low is None or before.high is None:
        return None
    return minus(Estimate(now.mean, now.low, now.high), Estimate(before.mean, before.low, before.high))


def _said_change(t: Words, one: Estimate) -> str:
    ends = f"{wording.signed(t, one.low)} {t('do')} {wording.signed(t, one.high)}"
    said = t("bez pewnej zmiany") if one.low <= 0 <= one.high else t("zmiana większa niż przypadek")
    return f"{wording.signed(t, one.value)} ({ends}): {said}"


def _over_time(view: QualityView, t: Words) -> Section:
    parts = list(dropwhile(lambda part: not part.conversations, view.parts))
    spreads = [
        Spread(part_name(part.first, view.unit), part.score.mean, part.score.low, part.score.high)
        for part in parts
    ]
    rows = tuple(
        (
            Cell(wording.days(part.first, part.last)),
            Cell(t.whole(part.conversations)),
            Cell(t.whole(part.score.n)),
            Cell(wording.score(part.score)),
        )
        for part in parts
    )
    columns = wording.heads(t("Okres"), t("Rozmowy"), t("Z wynikiem"), t("Średni wynik (95 %)"))
    said = "; ".join(f"{row[0].text}: {row[3].text}, n = {row[2].text}" for row in rows)
    name = t("Średni wynik w czasie")
    chart = wording.chart(name, spreads, axis_of(spreads, TENS), f"{name}: {said}", WIDE)
    note = t("Linia: średni wynik automatyczny; pas: przedział 95 %. Przerwa: nie było rozmów z wynikiem.")
    return Section(t("Wynik w czasie"), (note,), (chart,), Table(name, columns, rows))


def _criteria(content: QualityReport, t: Words) -> Section:
    view = content.view
    columns = wording.heads(
        t("Kryterium"),
        t("Zaliczone po poprawce na oceny ludzi (95 %)"),
        t("Zaliczone według automatu (95 %)"),
    )
    rows = tuple(_criterion(one, content.trust.get(one.id, "unmeasured"), t) for one in view.criteria)
    return Section(t("Kryteria"), tuple(_audit_notes(view, t)), table=Table(t("Kryteria"), columns, rows))


def _audit_notes(view: QualityView, t: Words) -> Iterator[str]:
    audit = view.audit
    if audit.plan:
        yield t(
            "Poprawka na oceny ludzi: losowa próba z planu „{plan}”, ocenione {reviewed} z {drawn} wylosowanych rozmów.",
            plan=audit.plan,
            reviewed=audit.reviewed,
            drawn=audit.drawn,
        )
    elif audit.note:
        yield t(audit.note)
    yield t("Przy nazwie: ile wolno ufać automatowi.")


def _criterion(one: CriterionQuality, state: str, t: Words) -> tuple[Cell, ...]:
    about = t(TRUST[state]) + (f", {t('krytyczne')}" if one.critical else "")
    return (
        Cell(one.name, about, lang="pl"),
        _combined(one.combined, t),
        wording.share_cell(t, one.automatic, t("automat")),
    )


def _combined(one: Powered, t: Words) -> Cell:
    if one.automatic_only or one.value is None or one.low is None or one.high is None:
        return Cell("–", t("za mało ocen ludzi: {n} z {least}", n=one.n_human, least=LEAST_HUMAN))
    quiet = f"{interval(one.low, one.high)}, {t('ludzie')} n = {one.n_human}"
    return Cell(percent(one.value), quiet, Bar(one.value, one.low, one.high))


def _groups(view: QualityView, t: Words) -> Iterator[Section]:
    if view.teams:
        note = t(
            "W kolejności alfabetycznej. O różnicy mówimy dopiero wtedy, gdy wykazuje ją test z poprawką na liczbę porównań."
        )
        rows = tuple((Cell(one.team), *_compared(one, t)) for one in view.teams)
        yield Section(t("Zespoły"), (note,), table=_table(t, t("Zespoły"), t("Zespół"), rows))
    if view.agents:
        shown = view.agents[:MOST_PEOPLE]
        rows = tuple((Cell(one.agent, one.team), *_compared(one, t)) for one in shown)
        yield Section(
            t("Konsultanci"),
            tuple(_people_notes(view.agents, t)),
            table=_table(t, t("Konsultanci"), t("Konsultant"), rows),
        )


def _people_notes(agents: Sequence[GroupQuality], t: Words) -> Iterator[str]:
    yield t(
        "W kolejności identyfikatorów; każda osoba jest porównana z resztą swojego zespołu. Średnia bez przedziału i liczby rozmów nic nie mówi."
    )
    if len(agents) > MOST_PEOPLE:
        yield t("Pokazano {most} z {n} osób: pozostałe są w aplikacji.", most=MOST_PEOPLE, n=len(agents))


def _compared(one: GroupQuality, t: Words) -> tuple[Cell, ...]:
    return wording.score_cell(one.score), Cell(t.whole(one.score.n)), Cell(t(one.group))


def _table(t: Words, caption: str, first: str, rows: tuple[tuple[Cell, ...], ...]) -> Table:
    columns = wording.heads(first, t("Średni wynik (95 %)"), t("Rozmowy"), t("Porównanie"))
    return Table(caption, columns, rows)
