"""The trust report that is kept: measured on finished reviews, shown wherever an automatic result is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.access.blindness import awaited_from_anybody, not_in_open_calibration
from qa.services.access.permissions import Actor
from qa.services.judging.answers import levels_of, outcomes_of
from qa.services.judging.cards import known_card
from qa.services.judging.trust import Bar, trust_report
from qa.storage import audit
from qa.storage.people import DisputeRow, OverviewRow, ReviewRow, TrustRow
from qa.storage.tables import ConversationRow, EvaluationRow, TaggingRow, now


@dataclass(frozen=True, slots=True)
class TrustLevelLine:
    """The levels of a criterion with a scale; see :class:`qa.services.judging.trust.TrustLevels`."""

    top: int
    n: int
    decided: float | None
    exact: float | None
    low: float | None
    high: float | None
    near: float | None
    kappa: float | None
    ac2: float | None
    bias: float | None
    people_kappa: float | None


@dataclass(frozen=True, slots=True)
class TrustLine:
    """One criterion; shares are of 0..1 and None of nothing, ``fail`` and ``na`` are (precision, recall).

    ``levels`` are there where the criterion has a scale and was measured.
    """

    criterion: str
    name: str
    critical: bool
    state: str
    n: int
    decided: float | None
    agreement: float | None
    low: float | None
    high: float | None
    kappa: float | None
    ac1: float | None
    people_kappa: float | None
    fail: tuple[float | None, float | None]
    na: tuple[float | None, float | None]
    change: float | None
    levels: TrustLevelLine | None = None


@dataclass(frozen=True, slots=True)
class TrustView:
    """The report of one scorecard; ``measured_at`` is None where there is none yet. ``blind`` of ``conversations``
    reviews were made without seeing the machine's outcomes."""

    scorecard: str
    scorecards: tuple[str, ...]
    measured_at: str | None
    bar: Mapping[str, float]
    conversations: int
    blind: int
    lines: tuple[TrustLine, ...]


def trust_view(session: Session, actor: Actor, scorecard: str = "") -> TrustView:
    """The latest report; of the first scorecard in use where none is named.

    Raises:
        UsageProblem: there is no such scorecard.
    """
    actor.must("trust.read")
    keys = session.scalars(select(OverviewRow.scorecard).where(OverviewRow.scorecard.is_not(None)).distinct())
    used = tuple(sorted(key for key in keys if key))
    chosen = scorecard or (used[0] if used else "phone@1")
    card = known_card(chosen)
    row = session.get(TrustRow, chosen)
    content = row.content if row else {}
    lines = tuple(_line(c.id, c.name, c.critical, content.get(c.id)) for c in card.criteria)
    meta = row.bar if row else {}
    return TrustView(
        chosen,
        used or (chosen,),
        row.created_at.isoformat() if row else None,
        meta.get("bar", asdict(Bar())),
        meta.get("conversations", 0),
        meta.get("blind", 0),
        lines,
    )


def measure(session: Session, actor: Actor, scorecard: str, bar: Bar) -> int:
    """Measure anew against finished reviews of this scorecard; how many conversations were compared.

    Each reviewer of a conversation is a rater; where a dispute was decided, its outcome of that criterion stands alone.

    Raises:
        UsageProblem: there is no such scorecard, or nothing was reviewed with it.
    """
    actor.must("trust.set_bar")
    known_card(scorecard)
    labels, blind = _labels(session, scorecard)
    if not labels:
        raise UsageProblem(
            "Nie ma jeszcze zakończonych ocen kartą {card}: najpierw oceń próbę rozmów.", card=scorecard
        )
    machine = _machine(session, scorecard)
    report = trust_report({name: machine[name] for name in labels if name in machine}, labels, bar)
    before = session.get(TrustRow, scorecard)
    earlier = before.content if before else {}
    content = {}
    for one in report:
        figures = one.as_dict()
        old = earlier.get(one.criterion, {}).get("agreement", {}).get("value")
        value = figures["agreement"]["value"]
        figures["change"] = None if old is None or value is None else value - old
        content[one.criterion] = figures
    meta = {"bar": asdict(bar), "conversations": len(labels), "blind": blind}
    session.merge(
        TrustRow(scorecard=scorecard, source="reviews", content=content, bar=meta, created_at=now())
    )
    states = {name: figures["state"] for name, figures in content.items()}
    audit.record(
        session, actor.login, "trust_measure", scorecard, {"n": len(labels), "states": states, **asdict(bar)}
    )
    return len(labels)


def _labels(session: Session, scorecard: str) -> tuple[dict[str, Any], int]:
    """Outcomes by conversation and rater, in the form of :func:`trust_report`; and how many conversations had a
    blind review.

    A decided dispute says one criterion anew, and its word replaces what was said before. The rest of its review is a copy,
    partly of the machine's outcomes, and is nobody's word. What somebody has still to judge blind counts only after that:
    the report of few conversations would tell them its outcomes.
    """
    awaited = awaited_from_anybody(session)
    query = (
        select(ReviewRow, DisputeRow.criterion)
        .outerjoin(DisputeRow, DisputeRow.id == ReviewRow.id)
        .where(ReviewRow.status == "finished", ReviewRow.scorecard == scorecard, not_in_open_calibration())
        .order_by(ReviewRow.finished_at)
    )
    found: dict[str, dict[str, Any]] = {}
    blind: set[str] = set()
    for row, disputed in session.execute(query).tuples():
        if row.conversation_id in awaited:
            continue
        outcomes, levels = outcomes_of(row.criteria), levels_of(row.criteria)
        raters = found.setdefault(row.conversation_id, {})
        if row.kind == "dispute":
            for earlier in raters.values():
                earlier["criteria"].pop(disputed, None)
                earlier["levels"].pop(disputed, None)
            outcomes = {name: outcome for name, outcome in outcomes.items() if name == disputed}
        raters[f"{row.kind}-{row.account_id}-{disputed or ''}"] = {"criteria": outcomes, "levels": levels}
        if row.kind in ("second", "calibration"):
            blind.add(row.conversation_id)
    return dict(found), len(blind)


def _machine(session: Session, scorecard: str) -> dict[str, dict[str, Any]]:
    query = (
        select(ConversationRow.conversation_id, EvaluationRow.content)
        .join(TaggingRow, and_(TaggingRow.input_digest == ConversationRow.digest, TaggingRow.current))
        .join(EvaluationRow, and_(EvaluationRow.input_digest == TaggingRow.digest, EvaluationRow.current))
        .where(
            ConversationRow.current,
            EvaluationRow.scorecard == scorecard,
            ConversationRow.conversation_id.in_(
                select(ReviewRow.conversation_id).where(ReviewRow.status == "finished")
            ),
        )
    )
    return dict(session.execute(query).tuples().all())


def _line(criterion: str, name: str, critical: bool, figures: Mapping[str, Any] | None) -> TrustLine:
    if figures is None:
        nothing = (None, None)
        return TrustLine(
            criterion,
            name,
            critical,
            "unmeasured",
            0,
            None,
            None,
            None,
            None,
            None,
            None,
            None,
            nothing,
            nothing,
            None,
        )
    low, high = figures["agreement"]["interval"] or (None, None)

    def pair(outcome: str) -> tuple[float | None, float | None]:
        both = figures["outcomes"][outcome]
        return both["precision"]["value"], both["recall"]["value"]

    return TrustLine(
        criterion,
        name,
        critical,
        figures["state"],
        figures["n"],
        figures["decided"]["value"],
        figures["agreement"]["value"],
        low,
        high,
        figures["kappa"]["value"],
        figures["ac1"]["value"],
        figures["people_kappa"]["value"],
        pair("fail"),
        pair("na"),
        figures.get("change"),
        _level_line(figures.get("levels")),
    )


def _level_line(figures: Mapping[str, Any] | None) -> TrustLevelLine | None:
    if figures is None:
        return None
    low, high = figures["exact"]["interval"] or (None, None)
    return TrustLevelLine(
        figures["top"],
        figures["n"],
        figures["decided"]["value"],
        figures["exact"]["value"],
        low,
        high,
        figures["near"]["value"],
        figures["kappa"]["value"],
        figures["ac2"]["value"],
        figures["bias"],
        figures["people_kappa"]["value"],
    )
