"""The team's quality over time: shares of passes by criterion with intervals, scores by team and by person.

Figures of one scorecard at a time: another one asks other questions under the same names. Nobody is ranked: teams and
people stand in the order of their names, and one is said to differ from the others only where a comparison that is
corrected for how many are compared (Holm) says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa.errors import Refused, Term, UsageProblem
from qa.services.access.blindness import hidden_from
from qa.services.access.permissions import PERMISSIONS, Actor
from qa.services.alphabet import alphabetical
from qa.services.boards.figures import (
    Average,
    Moments,
    average,
    checked_days,
    checked_text,
    different,
    steps,
    summed,
    welch_p,
)
from qa.services.boards.memory import MEMORY, overview_version, review_version
from qa.services.boards.quality_counts import (
    Groups,
    Outcomes,
    Scores,
    Selection,
    group_scores,
    levels,
    outcomes,
    scores,
)
from qa.services.coaching.progress import Period, Proportion, proportion
from qa.services.conversations.listing import Filters
from qa.services.judging.audited import Audit, audited
from qa.services.judging.cards import card_of
from qa.services.judging.powered import Audited, Powered, powered_share
from qa.services.judging.trust import Share
from qa.storage.people import OverviewRow
from scorecards import Scale
from transcripts.conversation import CHANNELS

K = TypeVar("K")
LEAST_COMPARED = 10
DIFFERS = "różni się od średniej zespołu"
DIFFERS_TEAM = "różni się od średniej pozostałych zespołów"
SAME = "bez różnicy do wykazania"
FEW = "za mało ocen do porównania"
NO_TEAM = "bez zespołu"


@dataclass(frozen=True, slots=True)
class QualityFilters:
    """What the board is narrowed to; an empty value narrows nothing, but without a scorecard it is the most used."""

    first: date
    last: date
    team: str = ""
    agent: str = ""
    channel: str = ""
    scorecard: str = ""


@dataclass(frozen=True, slots=True)
class LevelQuality:
    """The machine's levels of a criterion with a scale: how often each from 0 to ``top``, and their mean."""

    pass_from: int
    top: int
    counts: tuple[int, ...]
    mean: Average


@dataclass(frozen=True, slots=True)
class CriterionQuality:
    """One criterion: passes among decided applicable outcomes; with a scale its ``levels`` too.

    ``automatic`` is what the machine says, ``combined`` corrects it by people's outcomes; ``points`` are the
    machine's by part of the period. ``where`` and ``where_failed`` are filters of the list of conversations.
    """

    id: str
    name: str
    weight: float | None
    critical: bool
    automatic: Proportion
    combined: Powered
    undecided: int
    not_applicable: int
    points: tuple[Proportion, ...]
    where: dict[str, str]
    where_failed: dict[str, str]
    levels: LevelQuality | None = None


@dataclass(frozen=True, slots=True)
class PartQuality:
    """The scores of one week or month; ``conversations`` counts those without a score too."""

    first: str
    last: str
    conversations: int
    score: Average
    where: dict[str, str]


@dataclass(frozen=True, slots=True)
class GroupQuality:
    """The scores of a team, or of a person in a team; ``group`` says in Polish whether they differ from the others."""

    team: str
    agent: str
    score: Average
    group: str
    where: dict[str, str]


@dataclass(frozen=True, slots=True)
class UsedScorecard:
    """A scorecard that occurs in the selection; the name is its key where it is not in the library."""

    key: str
    name: str
    conversations: int


@dataclass(frozen=True, slots=True)
class QualityView:
    """The board. ``team`` is the one it is narrowed to, also where the person may see no other; ``unit`` is ``week``
    or ``month``, ``scorecard`` empty where nothing was scored. ``people`` are all agents of the selection with a score, also
    where one is chosen. ``hidden`` conversations are counted nowhere, as the person has still to judge them blind."""

    first: str
    last: str
    unit: str
    team: str
    agent: str
    channel: str
    scorecard: str
    scorecards: tuple[UsedScorecard, ...]
    conversations: int
    score: Average
    parts: tuple[PartQuality, ...]
    criteria: tuple[CriterionQuality, ...]
    audit: Audit
    teams: tuple[GroupQuality, ...]
    agents: tuple[GroupQuality, ...]
    people: tuple[str, ...]
    where: dict[str, str]
    hidden: int = 0


def quality(session: Session, actor: Actor, filters: QualityFilters) -> QualityView:
    """The board; a coach who has a team sees only that one.

    Raises:
        Refused: the actor may see no team, or not this one.
        UsageProblem: a filter cannot be understood.
    """
    actor.must("team.read")
    chosen = replace(selection(actor, filters), hidden=hidden_from(session, actor))
    version = overview_version(session)
    return MEMORY.recall(
        session,
        ("quality", chosen),
        (version, review_version(session)),
        lambda: _view(session, chosen, filters, version),
    )


def _left_out(session: Session, chosen: Selection) -> int:
    """How many conversations of the selection are not counted."""
    if not chosen.hidden:
        return 0
    every_one = replace(chosen, hidden=frozenset()).overview
    within = (
        select(func.count()).select_from(OverviewRow).where(*every_one, OverviewRow.scorecard.is_not(None))
    )
    return session.scalar(within.where(OverviewRow.conversation_id.in_(sorted(chosen.hidden)))) or 0


def _view(session: Session, chosen: Selection, filters: QualityFilters, version: Hashable) -> QualityView:
    """The board; what is counted of the machine outlasts a finished review, so it is kept by itself."""
    unit, parts = steps(filters.first, filters.last)
    every_card = replace(chosen, scorecard="")
    by_card = MEMORY.recall(
        session, ("scores", every_card), version, lambda: scores(session, every_card, parts)
    )
    key = chosen.scorecard or max(by_card, key=lambda one: (by_card[one].conversations, one), default="")
    chosen = replace(chosen, scorecard=key)
    of_card = by_card.get(key, Scores(0, frozenset(), (Moments(),) * len(parts), (0,) * len(parts)))
    counted = MEMORY.recall(
        session, ("outcomes", chosen), version, lambda: outcomes(session, chosen, parts, of_card.channels)
    )
    graded = MEMORY.recall(
        session,
        ("levels", chosen),
        version,
        lambda: levels(session, chosen, of_card.channels, _scaled(key)),
    )
    # of the whole team, also where one person is chosen: they are compared with the others
    everybody = replace(chosen, agent="")
    groups = MEMORY.recall(session, ("groups", everybody), version, lambda: group_scores(session, everybody))
    audit, heard = audited(session, chosen.overview, key)
    return QualityView(
        chosen.first,
        chosen.last,
        unit,
        chosen.team,
        chosen.agent,
        chosen.channel,
        key,
        tuple(_used(by_card)),
        of_card.conversations,
        average(summed(of_card.by_part)),
        tuple(_parts(chosen, parts, of_card)),
        tuple(_criteria(chosen, counted, heard, graded)),
        audit,
        tuple(_teams(chosen, groups)),
        tuple(_agents(chosen, groups)),
        tuple(sorted({agent for _, agent in groups}, key=alphabetical)),
        _where(chosen),
        _left_out(session, chosen),
    )


def only_team(actor: Actor) -> str:
    """The team that somebody is kept to: a coach's who has one; empty where they may see all."""
    return actor.team if actor.team and actor.roles & PERMISSIONS["team.read"] == {"coach"} else ""


def selection(actor: Actor, filters: QualityFilters) -> Selection:
    """What the filters select for this person.

    Raises:
        Refused: they may not see this team.
        UsageProblem: a filter cannot be understood.
    """
    within = checked_days(filters.first, filters.last)
    team = checked_text(Term("Zespół"), filters.team)
    if filters.channel and filters.channel not in CHANNELS:
        raise UsageProblem("Nieznany kanał: do wyboru {known}.", known=CHANNELS)
    if own := only_team(actor):
        if team not in ("", own):
            raise Refused("Widzisz wyniki zespołu {team}: o inne zapytaj kierownika jakości.", team=own)
        team = own
    return Selection(
        within.first,
        within.last,
        team,
        checked_text(Term("Konsultant"), filters.agent),
        filters.channel,
        checked_text(Term("Karta oceny"), filters.scorecard),
    )


def _where(chosen: Selection, **values: str) -> dict[str, str]:
    """Filters of the list of conversations."""
    given = {
        "first": chosen.first,
        "last": chosen.last,
        "team": chosen.team,
        "agent": chosen.agent,
        "channel": chosen.channel,
        "scorecard": chosen.scorecard,
        **values,
    }
    return Filters(**given).given()


def _used(by_card: Mapping[str, Scores]) -> Iterator[UsedScorecard]:
    for key, found in sorted(by_card.items()):
        card = card_of(key)
        yield UsedScorecard(key, card.name if card else key, found.conversations)


def _parts(chosen: Selection, parts: Sequence[Period], found: Scores) -> Iterator[PartQuality]:
    for part, n, moments in zip(parts, found.counts, found.by_part, strict=True):
        where = _where(replace(chosen, first=part.first, last=part.last), state="scored")
        yield PartQuality(part.first, part.last, n, average(moments), where)


def _scaled(key: str) -> list[str]:
    """The criteria of the scorecard that have a scale."""
    card = card_of(key)
    return [one.id for one in card.criteria if one.scale] if card else []


def _levels(scale: Scale, counts: Mapping[int, int]) -> LevelQuality:
    listed = tuple(counts.get(level, 0) for level in range(scale.top + 1))
    total = sum(n * level for level, n in enumerate(listed))
    squares = sum(n * level**2 for level, n in enumerate(listed))
    mean = average(Moments(sum(listed), total, squares), most=scale.top)
    return LevelQuality(scale.pass_from, scale.top, listed, mean)


def _criteria(
    chosen: Selection,
    counted: Outcomes,
    heard: Mapping[str, Sequence[Audited]],
    graded: Mapping[str, Mapping[int, int]],
) -> Iterator[CriterionQuality]:
    """In the order of the scorecard; of one that is not in the library by id."""
    card = card_of(chosen.scorecard)
    known = {one.id: one for one in card.criteria} if card else {}
    for identifier in [*(one for one in known if one in counted), *sorted(counted.keys() - known)]:
        one = known.get(identifier)
        points = counted[identifier]
        total = sum(points, Counter[str]())
        yield CriterionQuality(
            identifier,
            one.name if one else identifier,
            one.weight if one else None,
            bool(one and one.critical),
            _passes(total),
            powered_share(total, heard.get(identifier, ())),
            total["review"],
            total["na"],
            tuple(_passes(point) for point in points),
            _where(chosen, criterion=identifier),
            _where(chosen, criterion=identifier, outcome="fail"),
            _levels(one.scale, graded.get(identifier, {})) if one and one.scale else None,
        )


def _passes(counts: Counter[str]) -> Proportion:
    return proportion(Share(counts["pass"], counts["pass"] + counts["fail"]))


def _teams(chosen: Selection, groups: Groups) -> Iterator[GroupQuality]:
    """Each team against all others."""
    names = sorted({team for team, _ in groups if team}, key=alphabetical)
    of_team = {name: summed(one for (team, _), one in groups.items() if team == name) for name in names}
    everything = summed(of_team.values())
    verdicts = _verdicts({name: (one, everything - one) for name, one in of_team.items()}, DIFFERS_TEAM)
    for name, one in of_team.items():
        where = _where(chosen, team=name, agent="", state="scored")
        yield GroupQuality(name, "", average(one), verdicts[name], where)


def _agents(chosen: Selection, groups: Groups) -> Iterator[GroupQuality]:
    """Each person against the others of their team."""
    teams: dict[str, Moments] = {}
    for (team, _), one in groups.items():
        teams[team] = teams.get(team, Moments()) + one
    verdicts = _verdicts({key: (one, teams[key[0]] - one) for key, one in groups.items() if key[0]}, DIFFERS)
    for team, agent in sorted(groups, key=lambda key: (alphabetical(key[1]), alphabetical(key[0]))):
        if chosen.agent in ("", agent):
            verdict = verdicts.get((team, agent), NO_TEAM)
            where = _where(chosen, team=team, agent=agent, state="scored")
            yield GroupQuality(team, agent, average(groups[team, agent]), verdict, where)


def _verdicts(pairs: Mapping[K, tuple[Moments, Moments]], differs: str) -> dict[K, str]:
    """What is said of each against its others."""
    tested = {
        name: welch_p(one, others)
        for name, (one, others) in pairs.items()
        if min(one.n, others.n) >= LEAST_COMPARED
    }
    named = different(tested)
    return {name: (differs if name in named else SAME) if name in tested else FEW for name in pairs}
