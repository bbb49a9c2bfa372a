"""The trust report that is kept: measured on finished reviews, shown wherever an automatic result is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.access.blindness import awaited_from_anybody, not_in_open_calibration
from qa.services.access.permissions import Actor
from qa.services.judging.answers import levels_of, outcomes_of
from qa.services.judging.cards import known_card
from qa.services.judging.trust import Bar, Trust, trust_report
from qa.services.judging.trust_kept import UNMEASURED, kept, with_change
from qa.services.judging.trust_labels import Scored
from qa.storage import audit
from qa.storage.people import DisputeRow, OverviewRow, ReviewRow, TrustRow
from qa.storage.tables import ConversationRow, EvaluationRow, TaggingRow, now
from scorecards import Criterion

_NOTHING: Mapping[str, Any] = {"value": None, "interval": None}


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
class TrustShare:
    """A share of 0..1 (None of nothing) with its 95 % interval and its counts; ``of`` says what it is about."""

    of: str
    value: float | None
    low: float | None
    high: float | None
    part: int
    n: int


@dataclass(frozen=True, slots=True)
class TrustDetails:
    """What stands behind the state of a criterion.

    ``raters`` says how many labels each person gave; ``base_rates`` are the outcomes that people gave, ``errors`` the wrong
    outcomes among the surest, of the shares of conversations in ``of``.
    """

    raters: tuple[int, ...]
    base_rates: tuple[TrustShare, ...]
    precision: tuple[TrustShare, ...]
    recall: tuple[TrustShare, ...]
    errors: tuple[TrustShare, ...]
    kappa: tuple[float | None, float | None]
    ac1: tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class TrustLine:
    """One criterion on one channel; shares are of 0..1 and None of nothing, ``fail`` and ``na`` are (precision, recall).

    ``levels`` are there where the criterion has a scale and was measured; ``channel`` is None where it was not measured,
    or before channels were told apart.
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
    channel: str | None = None
    details: TrustDetails | None = None


@dataclass(frozen=True, slots=True)
class TrustView:
    """The report of one scorecard; ``measured_at`` is None where there is none yet. ``blind`` of ``conversations``
    reviews were made without seeing the machine's outcomes, by ``raters`` people (None: not counted then). ``channels``
    are those that were measured."""

    scorecard: str
    scorecards: tuple[str, ...]
    measured_at: str | None
    bar: Mapping[str, float]
    conversations: int
    blind: int
    lines: tuple[TrustLine, ...]
    raters: int | None = None
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredTrust:
    """What this installation's finished reviews say of a card: by channel, and ``whole`` with all channels together."""

    rows: tuple[Trust, ...]
    whole: tuple[Trust, ...]
    conversations: int
    blind: int
    raters: int


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
    lines = tuple(line for c in card.criteria for line in _lines(c, content.get(c.id)))
    meta = row.bar if row else {}
    return TrustView(
        chosen,
        used or (chosen,),
        row.created_at.isoformat() if row else None,
        meta.get("bar", asdict(Bar())),
        meta.get("conversations", 0),
        meta.get("blind", 0),
        lines,
        meta.get("raters"),
        tuple(sorted({line.channel for line in lines if line.channel})),
    )


def measure(session: Session, actor: Actor, scorecard: str, bar: Bar) -> int:
    """Measure anew against finished reviews of this scorecard; how many conversations were compared.

    Each reviewer of a conversation is a rater; where a dispute was decided, its outcome of that criterion stands alone.

    Raises:
        UsageProblem: there is no such scorecard, or nothing was reviewed with it.
    """
    actor.must("trust.set_bar")
    known_card(scorecard)
    found = stored_trust(session, scorecard, bar)
    before = session.get(TrustRow, scorecard)
    earlier = before.content if before else {}
    content = {}
    for one in found.whole:
        channels = [row for row in found.rows if row.criterion == one.criterion]
        content[one.criterion] = with_change(kept(one, channels), earlier.get(one.criterion, {}))
    n = found.conversations
    meta = {"bar": asdict(bar), "conversations": n, "blind": found.blind, "raters": found.raters}
    session.merge(
        TrustRow(scorecard=scorecard, source="reviews", content=content, bar=meta, created_at=now())
    )
    states = {name: figures["state"] for name, figures in content.items()}
    audit.record(session, actor.login, "trust_measure", scorecard, {"n": n, "states": states, **asdict(bar)})
    return n


def kept_bar(session: Session, scorecard: str) -> Bar:
    """The bar of the latest report; the usual one where there is none yet."""
    row = session.get(TrustRow, scorecard)
    return Bar(**row.bar["bar"]) if row and "bar" in row.bar else Bar()


def reviewed_cards(session: Session) -> list[str]:
    """The scorecards with which reviews were finished."""
    query = select(ReviewRow.scorecard).where(ReviewRow.status == "finished").distinct()
    return sorted(session.scalars(query))


def stored_trust(session: Session, scorecard: str, bar: Bar) -> StoredTrust:
    """The report of finished reviews against the automatic results that are kept of this scorecard; nothing is written.

    Each reviewer of a conversation is a rater; where a dispute was decided, its outcome of that criterion stands alone.

    Raises:
        UsageProblem: nothing was reviewed with it, or the machine judged none of it.
    """
    labels, blind = _labels(session, scorecard)
    if not labels:
        raise _nothing(session, scorecard)
    scored = [one for one in _machine(session, scorecard) if one.conversation in labels]
    rows = tuple(trust_report(scored, labels, bar))
    if not rows:
        raise UsageProblem(
            "Rozmowy ocenione kartą {card} nie mają jej wyników automatycznych: przetwórz je poleceniem odsluch run.",
            card=scorecard,
        )
    several = len({one.channel for one in scored}) > 1
    whole = tuple(trust_report(scored, labels, bar, joined=True)) if several else rows
    people = {one["rater"] for raters in labels.values() for one in raters.values()}
    return StoredTrust(rows, whole, len(labels), blind, len(people))


def _nothing(session: Session, scorecard: str) -> UsageProblem:
    """Why there is nothing to measure with, and what to do."""
    finished = (
        select(func.count())
        .select_from(ReviewRow)
        .where(ReviewRow.status == "finished", ReviewRow.scorecard == scorecard)
    )
    if session.scalar(finished):
        return UsageProblem(
            "Wszystkie zakończone oceny kartą {card} czekają na ocenę w ciemno albo koniec kalibracji: dokończ je, a raport "
            "będzie można policzyć.",
            card=scorecard,
        )
    return UsageProblem(
        "Nie ma jeszcze zakończonych ocen kartą {card}: najpierw oceń próbę rozmów.", card=scorecard
    )


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
        given = {"criteria": outcomes, "levels": levels, "rater": row.account_id}
        raters[f"{row.kind}-{row.account_id}-{disputed or ''}"] = given
        if row.kind in ("second", "calibration"):
            blind.add(row.conversation_id)
    return dict(found), len(blind)


def _machine(session: Session, scorecard: str) -> list[Scored]:
    query = (
        select(ConversationRow.conversation_id, EvaluationRow.content, ConversationRow.channel)
        .join(TaggingRow, and_(TaggingRow.input_digest == ConversationRow.digest, TaggingRow.current))
        .join(EvaluationRow, and_(EvaluationRow.input_digest == TaggingRow.digest, EvaluationRow.current))
        .where(
            ConversationRow.current,
            EvaluationRow.scorecard == scorecard,
            ConversationRow.conversation_id.in_(
                select(ReviewRow.conversation_id).where(ReviewRow.status == "finished")
            ),
        )
        .order_by(ConversationRow.conversation_id)
    )
    return [Scored(*row) for row in session.execute(query).tuples()]


def _lines(criterion: Criterion, figures: Mapping[str, Any] | None) -> list[TrustLine]:
    """A line for each channel that was measured; one without figures where none was."""
    if figures is None:
        return [_line(criterion, UNMEASURED, {})]
    channels = figures.get("by_channel", {None: figures})
    return [_line(criterion, one["state"], one) for _, one in sorted(channels.items(), key=str)]


def _line(criterion: Criterion, state: str, figures: Mapping[str, Any]) -> TrustLine:
    agreement = figures.get("agreement", _NOTHING)
    low, high = agreement["interval"] or (None, None)
    outcomes = figures.get("outcomes", {})

    def pair(outcome: str) -> tuple[float | None, float | None]:
        both = outcomes.get(outcome, {"precision": _NOTHING, "recall": _NOTHING})
        return both["precision"]["value"], both["recall"]["value"]

    def value(name: str) -> float | None:
        found: float | None = figures.get(name, _NOTHING)["value"]
        return found

    return TrustLine(
        criterion.id,
        criterion.name,
        criterion.critical,
        state,
        figures.get("n", 0),
        value("decided"),
        agreement["value"],
        low,
        high,
        value("kappa"),
        value("ac1"),
        value("people_kappa"),
        pair("fail"),
        pair("na"),
        figures.get("change"),
        _level_line(figures.get("levels")),
        figures.get("channel"),
        _details(figures) if figures else None,
    )


def _details(figures: Mapping[str, Any]) -> TrustDetails:
    outcomes = figures["outcomes"]
    rates = figures.get("base_rates", {})  # reports of before have the commonest outcome only
    return TrustDetails(
        tuple(one["n"] for one in figures.get("raters", {"labels": ()})["labels"]),
        tuple(_share(name, one) for name, one in rates.items()),
        tuple(_share(name, one["precision"]) for name, one in outcomes.items()),
        tuple(_share(name, one["recall"]) for name, one in outcomes.items()),
        tuple(_share(coverage, one) for coverage, one in figures["error_at_coverage"].items()),
        tuple(figures["kappa"]["interval"] or (None, None)),
        tuple(figures["ac1"]["interval"] or (None, None)),
    )


def _share(of: str, figures: Mapping[str, Any]) -> TrustShare:
    low, high = figures["interval"] or (None, None)
    return TrustShare(of, figures["value"], low, high, figures["part"], figures["n"])


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
