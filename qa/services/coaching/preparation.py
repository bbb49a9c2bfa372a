"""Everything for preparing a 1:1 in two minutes: what changed, what shows it, what was agreed and whether it worked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from qa.services.access.blindness import hidden_from
from qa.services.access.permissions import Actor
from qa.services.coaching.access import (
    agent_names,
    criterion_names,
    open_agent,
)
from qa.services.coaching.effects import LEAST_COLLEAGUES, NOTHING, Effect
from qa.services.coaching.meetings import Meeting, draft_of, effects_of, local_day, meeting_of
from qa.services.coaching.moments import Moment, moments
from qa.services.coaching.progress import (
    BETTER,
    SAME,
    WORSE,
    Difference,
    Period,
    Proportion,
    colleagues,
    difference,
    period,
    period_before,
    pooled,
    proportion,
    shares,
)
from qa.services.conversations.view import trust_states
from qa.services.judging.cards import card_of
from qa.services.judging.trust import Share
from qa.storage.people import ActionRow, CoachingRow, OverviewRow

USUAL_DAYS = 28
LONGEST_DAYS = 182
LEAST_N = 10
LEAST_STRENGTH = 0.5
MOST_STRENGTHS = 3
MOST_POINTS = 2
ROOM = 0.9  # a criterion that is met nearly always is no point to work on, however low beside the others
LEAST_TRUSTED_FIRST = ("manual", "assisted", "automatic")
CHANNELS_CHANGED = (
    "Zmienił się udział kanałów w rozmowach tej osoby: część różnic może pochodzić stąd, nie z jej pracy."
)


@dataclass(frozen=True, slots=True)
class CriterionProgress:
    """One criterion now, before, and among the colleagues now; differences are None of nothing.

    ``trust`` is the state of automatic scoring: ``automatic``, ``assisted``, ``manual`` or ``unmeasured``.
    """

    criterion: str
    name: str
    critical: bool
    trust: str
    now: Proportion
    before: Proportion
    team: Proportion | None
    change: Difference | None
    against_team: Difference | None


@dataclass(frozen=True, slots=True)
class Remark:
    """A strength or a point to work on, and why it is one."""

    criterion: str
    name: str
    why: str
    now: Proportion
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class ChannelShare:
    """The share of a channel in the person's conversations, which alone can move the figures."""

    channel: str
    now: Proportion
    before: Proportion


@dataclass(frozen=True, slots=True)
class Preparation:
    """The page for preparing a 1:1.

    ``since_last`` tells whether the period began with the last 1:1. ``by_chance`` is how many differences would look
    clear if nothing had changed. ``moments`` show ``shown_criterion``. ``caution`` is a sentence, or empty.
    """

    agent_id: str
    name: str
    team: str | None
    colleagues: int
    now: Period
    before: Period
    since_last: bool
    last_one_on: str | None
    conversations: int
    conversations_before: int
    channels: tuple[ChannelShare, ...]
    caution: str
    criteria: tuple[CriterionProgress, ...]
    by_chance: float
    strengths: tuple[Remark, ...]
    points: tuple[Remark, ...]
    shown_criterion: str | None
    moments: tuple[Moment, ...]
    agreed: tuple[Effect, ...]
    draft: Meeting | None


def preparation(session: Session, actor: Actor, agent_id: str, today: date) -> Preparation:
    """What a coach needs before a 1:1: against the person's own past first, against the team second.

    Conversations that the coach has still to judge blind count in no figure and are in no moment.

    Raises:
        Missing: there is no such person among the coach's.
        Refused: it is the coach's own person.
    """
    actor.must("coaching.write")
    team = open_agent(session, actor, agent_id)
    last_on = _last_one(session, agent_id)
    before = period_before(now := _since(last_on, today))
    talks, talks_before = (_talks(session, agent_id, one) for one in (now, before))
    others = colleagues(session, agent_id, team, now)
    cards = {card for _, card in {**talks, **talks_before}}
    hidden = hidden_from(session, actor)
    criteria = _criteria(session, agent_id, others, (now, before), cards, hidden)
    strengths, points = remarks(criteria)
    focus = next(iter((*points, *strengths)), None)
    draft = draft_of(session, agent_id)
    return Preparation(
        agent_id,
        agent_names(session, [agent_id]).get(agent_id, agent_id),
        team,
        len(others),
        now,
        before,
        last_on is not None and now.days == (today - last_on).days,
        last_on.isoformat() if last_on else None,
        sum(talks.values()),
        sum(talks_before.values()),
        *_channels(talks, talks_before),
        criteria,
        _by_chance(criteria),
        strengths,
        points,
        focus.criterion if focus else None,
        moments(session, agent_id, now, focus.criterion, only_good=not points, without=hidden)
        if focus
        else (),
        effects_of(session, agent_id, _agreed_last(session, agent_id, last_on), today, hidden),
        meeting_of(session, draft, hidden) if draft else None,
    )


def remarks(criteria: Sequence[CriterionProgress]) -> tuple[tuple[Remark, ...], tuple[Remark, ...]]:
    """Strengths, and at most two points to work on.

    A clear change against the own past counts before a clear difference to the team. Where nothing is clear, the
    highest shares are the strengths and the lowest one, while there is room, is the point. What the machine judges
    too badly to be used (``manual``) is neither.
    """
    usable = [one for one in criteria if one.trust != "manual"]
    told = [(one, *_standing(one)) for one in usable]
    told.sort(key=lambda row: row[3] is not row[0].change)  # the own past first, then as on the scorecard
    strengths = [_remark(one, why, by) for one, verdict, why, by in told if verdict == BETTER]
    worse = [(one, _remark(one, why, by)) for one, verdict, why, by in told if verdict == WORSE]
    points = [remark for _, remark in sorted(worse, key=lambda pair: not pair[0].critical)]
    plain = [one for one, verdict, *_ in told if verdict == SAME and one.now.n >= LEAST_N]
    plain.sort(key=lambda one: (-(one.now.low or 0.0), one.criterion))
    lowest = [one for one in plain if (one.now.high or 0.0) < ROOM][-1:] if not points else []
    points += [_remark(one, "najniższy udział, bez uchwytnej różnicy", None) for one in lowest]
    if not strengths:
        highest = [one for one in plain if one not in lowest and (one.now.value or 0.0) >= LEAST_STRENGTH]
        strengths = [_remark(one, "najwyższy udział", None) for one in highest]
    return tuple(strengths[:MOST_STRENGTHS]), tuple(points[:MOST_POINTS])


def _standing(one: CriterionProgress) -> tuple[str, str, Difference | None]:
    """The verdict that counts, its reason, and the difference that it rests on; the own past comes first."""
    if one.change is not None and one.change.verdict != SAME:
        why = "wyraźna poprawa" if one.change.verdict == BETTER else "wyraźnie rzadziej niż poprzednio"
        return one.change.verdict, why, one.change
    if one.against_team is not None and one.against_team.verdict != SAME:
        better = one.against_team.verdict == BETTER
        why = (
            "wyraźnie częściej niż w reszcie zespołu" if better else "wyraźnie rzadziej niż w reszcie zespołu"
        )
        return one.against_team.verdict, why, one.against_team
    return SAME, "", None


def _remark(one: CriterionProgress, why: str, by: Difference | None) -> Remark:
    return Remark(one.criterion, one.name, why, one.now, by)


def _last_one(session: Session, agent_id: str) -> date | None:
    query = select(func.max(CoachingRow.held_at)).where(CoachingRow.agent_id == agent_id)
    day = local_day(session.scalar(query))
    return date.fromisoformat(day) if day else None


def _since(last_on: date | None, today: date) -> Period:
    """The days after the last 1:1, or the last four weeks; at most half a year, and today at least."""
    usual = today - timedelta(days=USUAL_DAYS - 1)
    first = last_on + timedelta(days=1) if last_on else usual
    return period(min(max(first, today - timedelta(days=LONGEST_DAYS - 1)), today), today)


def _talks(session: Session, agent_id: str, within: Period) -> dict[tuple[str, str | None], int]:
    """The person's conversations by channel and scorecard."""
    query = (
        select(OverviewRow.channel, OverviewRow.scorecard, func.count())
        .where(OverviewRow.agent_id == agent_id)
        .where(OverviewRow.day >= within.first, OverviewRow.day <= within.last)
        .group_by(OverviewRow.channel, OverviewRow.scorecard)
    )
    return {(channel, card): n for channel, card, n in session.execute(query)}


def _channels(
    now: Mapping[tuple[str, str | None], int], before: Mapping[tuple[str, str | None], int]
) -> tuple[tuple[ChannelShare, ...], str]:
    """The share of each channel in both periods, and the caution where one clearly changed."""
    found, caution = [], ""
    for channel in sorted({channel for channel, _ in {**now, **before}}):
        one, other = (
            Share(sum(n for (name, _), n in talks.items() if name == channel), sum(talks.values()))
            for talks in (now, before)
        )
        changed = difference(one, other)
        if changed is not None and changed.verdict != SAME:
            caution = CHANNELS_CHANGED
        found.append(ChannelShare(channel, proportion(one), proportion(other)))
    return tuple(found), caution


def _criteria(
    session: Session,
    agent_id: str,
    others: Sequence[str],
    periods: tuple[Period, Period],
    cards: Iterable[str | None],
    hidden: frozenset[str],
) -> tuple[CriterionProgress, ...]:
    """Every criterion that something is decided of in either period, in the order of the scorecards."""
    now, before = periods
    own = shares(session, [agent_id], now, None, hidden).get(agent_id, {})
    past = shares(session, [agent_id], before, None, hidden).get(agent_id, {})
    enough = len(others) >= LEAST_COLLEAGUES  # the figures of one or two people are theirs, not a team's
    team = pooled(shares(session, others, now, None, hidden)) if enough else {}
    names, used = criterion_names(session, agent_id), sorted(card for card in cards if card)
    order = {name: at for at, name in enumerate(names)}
    critical = {c.id for key in used if (card := card_of(key)) for c in card.criteria if c.critical}
    trust = _trust(session, used)
    return tuple(
        CriterionProgress(
            one,
            names.get(one, one),
            one in critical,
            trust.get(one, "unmeasured"),
            proportion(own.get(one, NOTHING)),
            proportion(past.get(one, NOTHING)),
            proportion(team[one]) if one in team else None,
            difference(own.get(one, NOTHING), past.get(one, NOTHING)),
            difference(own.get(one, NOTHING), team[one]) if one in team else None,
        )
        for one in sorted(own.keys() | past.keys(), key=lambda name: (order.get(name, len(order)), name))
    )


def _by_chance(criteria: Sequence[CriterionProgress]) -> float:
    """How many of the 95 % intervals would exclude 0 if nothing differed."""
    compared = sum((one.change is not None) + (one.against_team is not None) for one in criteria)
    return round(0.05 * compared, 1)


def _trust(session: Session, cards: Sequence[str]) -> dict[str, str]:
    """The state of each criterion; the least trusted of several scorecards."""
    found: dict[str, str] = {}
    for key in cards:
        for name, state in trust_states(session, key).items():
            found[name] = min(state, found.get(name, state), key=LEAST_TRUSTED_FIRST.index)
    return found


def _agreed_last(session: Session, agent_id: str, last_on: date | None) -> list[ActionRow]:
    """What was agreed in the last held 1:1, and what from earlier ones has fallen due since or is still to."""
    if last_on is None:
        return []
    latest = (
        select(CoachingRow.id)
        .where(CoachingRow.agent_id == agent_id, CoachingRow.held_at.is_not(None))
        .order_by(CoachingRow.held_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(ActionRow)
        .join(CoachingRow, CoachingRow.id == ActionRow.coaching_id)
        .where(ActionRow.agent_id == agent_id, CoachingRow.status != "draft")
        .where(or_(ActionRow.coaching_id == latest, ActionRow.due_on > last_on.isoformat()))
    )
    return list(session.scalars(query.order_by(ActionRow.due_on, ActionRow.created_at, ActionRow.id)))
