"""The boards and the list of conversations as tables for :mod:`qa.services.exports.files`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from qa.report.charts import SENTIMENT_NAMES
from qa.services.access.blindness import hidden_from
from qa.services.access.permissions import Actor
from qa.services.boards.figures import Average
from qa.services.boards.quality_board import CriterionQuality, GroupQuality, QualityView
from qa.services.boards.voice_board import SentimentCount, VoiceView, over_time
from qa.services.coaching.progress import Proportion
from qa.services.conversations.listing import Filters, conditions_of
from qa.services.conversations.reasons import reason_name
from qa.services.exports.files import Cell, Rows, Table
from qa.storage.people import OverviewRow, ReviewRow

FILTER_NAMES: Mapping[str, str] = {
    "channel": "kanał",
    "team": "zespół",
    "agent": "konsultant",
    "reason": "powód",
    "sentiment": "wydźwięk",
    "criterion": "kryterium",
    "outcome": "wynik kryterium",
    "state": "stan",
    "customer": "klient",
    "identifier": "rozmowa",
    "scorecard": "karta oceny",
}
_LISTED: tuple[Any, ...] = (
    OverviewRow.conversation_id,
    OverviewRow.started_at,
    OverviewRow.channel,
    OverviewRow.agent_id,
    OverviewRow.team,
    OverviewRow.primary_reason,
    OverviewRow.sentiment,
    OverviewRow.scorecard,
    OverviewRow.score,
    OverviewRow.critical,
    OverviewRow.undecided,
    OverviewRow.seconds,
)
_Tables = Mapping[str, tuple[str, tuple[str, ...], Rows]]  # title, columns, rows by name
_DAYS = ("first", "last")
_INTERVAL = ("95 % od", "95 % do")


def quality_tables(view: QualityView) -> dict[str, Table]:
    """The tables of the quality board by name."""
    scored = ("n", "Średni wynik", *_INTERVAL)
    tables: _Tables = {
        "jakosc-kryteria": (
            "Jakość według kryteriów",
            (
                "Kryterium", "Nazwa",
                "Automat: n", "Automat: zaliczone", "Automat: 95 % od", "Automat: 95 % do",
                "Z ocenami ludzi: n", "Z ocenami ludzi: zaliczone", "Z ocenami ludzi: 95 % od",
                "Z ocenami ludzi: 95 % do", "Uwaga", "Nierozstrzygnięte", "Nie dotyczy", *_level_columns(view),
            ),
            list(_criteria(view)),
        ),
        "jakosc-w-czasie": (
            "Wynik w czasie",
            ("Od", "Do", "Rozmowy", *scored),
            [(part.first, part.last, part.conversations, *_average(part.score)) for part in view.parts],
        ),
        "jakosc-kryteria-w-czasie": (
            "Kryteria w czasie (ocena automatyczna)",
            ("Kryterium", "Nazwa", "Od", "Do", "n", "Zaliczone", *_INTERVAL),
            list(_points(view)),
        ),
        "jakosc-zespoly": ("Zespoły", ("Zespół", *scored, "Porównanie"), list(_groups(view.teams))),
        "jakosc-konsultanci": (
            "Konsultanci",
            ("Konsultant", "Zespół", *scored, "Porównanie"),
            [(one.agent, *row) for one, row in zip(view.agents, _groups(view.agents), strict=True)],
        ),
    }  # fmt: skip
    given = {"team": view.team, "agent": view.agent, "channel": view.channel, "scorecard": view.scorecard}
    filters = _named(given)
    return {
        name: Table(name, title, columns, rows, view.first, view.last, filters, view.conversations)
        for name, (title, columns, rows) in tables.items()
    }


def _criteria(view: QualityView) -> Iterator[Sequence[Cell]]:
    for one in view.criteria:
        combined = one.combined
        people = (combined.n_human, None, None, None) if combined.automatic_only else (
            combined.n_human, combined.value, combined.low, combined.high
        )  # fmt: skip
        notes = " ".join(filter(None, (combined.note, view.audit.note)))
        yield (
            one.id, one.name, *_share(one.automatic), *people, notes, one.undecided, one.not_applicable,
            *_level_cells(view, one),
        )  # fmt: skip


_LEVELS = (
    "Poziomy: n",
    "Średni poziom",
    "Poziom: 95 % od",
    "Poziom: 95 % do",
    "Najwyższy poziom",
    "Zaliczone od",
)


def _level_columns(view: QualityView) -> tuple[str, ...]:
    """Columns for the levels, only where a criterion of the card has a scale."""
    return _LEVELS if any(one.levels for one in view.criteria) else ()


def _level_cells(view: QualityView, one: CriterionQuality) -> tuple[Cell, ...]:
    if not _level_columns(view):
        return ()
    if one.levels is None:
        return (None,) * len(_LEVELS)
    return *_average(one.levels.mean), one.levels.top, one.levels.pass_from


def _points(view: QualityView) -> Iterator[Sequence[Cell]]:
    for one in view.criteria:
        for part, point in zip(view.parts, one.points, strict=True):
            yield one.id, one.name, part.first, part.last, *_share(point)


def _groups(groups: Sequence[GroupQuality]) -> Iterator[Sequence[Cell]]:
    for one in groups:
        yield one.team, *_average(one.score), one.group


def _share(one: Proportion) -> tuple[Cell, ...]:
    return one.n, one.value, one.low, one.high


def _average(one: Average) -> tuple[Cell, ...]:
    return one.n, one.mean, one.low, one.high


def voice_tables(view: VoiceView) -> dict[str, Table]:
    """The tables of the voice-of-customer board by name."""
    felt = tuple(f"Wydźwięk: {name}" for name in SENTIMENT_NAMES.values())
    tables: _Tables = {
        "glos-powody": (
            "Powody kontaktu",
            (
                "Powód", "Nazwa", "Kontakty", "Udział", *_INTERVAL, "Udział poprzednio", "Zmiana",
                "Zmiana: 95 % od", "Zmiana: 95 % do", "Zmiana pewna", *felt, "Udział negatywnych",
                "Negatywne: 95 % od", "Negatywne: 95 % do",
            ),
            list(_reasons(view)),
        ),
        "glos-w-czasie": (
            "Kontakty w czasie",
            ("Od", "Do", "Kontakty", "Wszystkie kontakty", "Udział", *_INTERVAL, *felt),
            [
                (
                    part.first, part.last, part.share.part, *_share(part.share),
                    *_felt(part.sentiments),
                )
                for part in view.parts
            ],
        ),
        "glos-powody-w-czasie": (
            "Powody kontaktu w czasie",
            ("Powód", "Nazwa", "Od", "Do", "Kontakty", "Wszystkie kontakty", "Udział", *_INTERVAL),
            [
                (one.code, one.name, part.first, part.last, share.part, *_share(share))
                for one in view.reasons
                for part, share in zip(view.parts, over_time(view, one), strict=True)
            ],
        ),
    }  # fmt: skip
    filters = _named({name: value for name, value in view.where.items() if name not in _DAYS})
    return {
        name: Table(name, title, columns, rows, view.first, view.last, filters, view.contacts)
        for name, (title, columns, rows) in tables.items()
    }


def _reasons(view: VoiceView) -> Iterator[Sequence[Cell]]:
    for one in view.reasons:
        change = one.change
        changed: tuple[Cell, ...] = (change.value, change.low, change.high) if change else (None,) * 3
        yield (
            one.code, one.name, one.share.part, *_share(one.share)[1:], one.before.value, *changed,
            _yes(one.changed), *_felt(one.sentiments), *_share(one.negative)[1:],
        )  # fmt: skip


def _felt(sentiments: Sequence[SentimentCount]) -> tuple[Cell, ...]:
    """A cell for each sentiment; empty for those that the filter leaves out."""
    counts = {one.code: one.count for one in sentiments}
    return tuple(counts.get(code) for code in SENTIMENT_NAMES)


def _yes(value: bool) -> str:
    return "tak" if value else "nie"


def _named(filters: Mapping[str, str]) -> dict[str, str]:
    return {FILTER_NAMES[name]: value for name, value in filters.items() if value}


def conversation_table(session: Session, actor: Actor, filters: Filters) -> Table:
    """All conversations that the list shows with these filters, newest first; read from the database as it is written.

    Without customers and their words: those are read in the application, where every opening is noted. Without
    conversations that the actor has still to judge blind.

    Raises:
        Refused: the actor may not read all conversations, or not export.
        UsageProblem: a filter cannot be understood.
    """
    actor.must("conversation.read")
    actor.must("export.figures")
    where = list(conditions_of(session, actor, filters))
    if hidden := hidden_from(session, actor):
        where.append(OverviewRow.conversation_id.not_in(list(hidden)))
    n = session.scalar(select(func.count()).select_from(OverviewRow).where(*where)) or 0
    reviewed = exists().where(
        ReviewRow.conversation_id == OverviewRow.conversation_id,
        ReviewRow.status == "finished",
        ReviewRow.kind != "calibration",
    )
    # columns instead of rows: a hundred thousand objects take three times as long
    query = (
        select(*_LISTED, reviewed)
        .where(*where)
        .order_by(OverviewRow.started_at.desc(), OverviewRow.conversation_id.desc())
        .execution_options(yield_per=1000)
    )
    given = filters.given()
    named = _named({name: value for name, value in given.items() if name not in _DAYS})
    return Table(
        "rozmowy",
        "Rozmowy",
        (
            "Rozmowa", "Początek", "Kanał", "Konsultant", "Zespół", "Powód", "Nazwa powodu", "Wydźwięk", "Karta oceny",
            "Wynik", "Błąd krytyczny", "Nierozstrzygnięte kryteria", "Długość (s)", "Oceniona przez człowieka",
        ),
        (_conversation(*row) for row in session.execute(query).tuples()),
        filters.first,
        filters.last,
        named,
        n,
    )  # fmt: skip


def _conversation(*row: Any) -> Sequence[Cell]:
    """The columns of ``_LISTED`` and whether it was reviewed, with names in place of codes."""
    *known, reason, felt, card, score, critical, undecided, seconds, reviewed = row
    named = (reason, reason_name(reason) if reason else None, SENTIMENT_NAMES.get(felt))
    return (*known, *named, card, score, _yes(critical), undecided, seconds, _yes(reviewed))
