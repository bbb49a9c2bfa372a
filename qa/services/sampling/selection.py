"""Which conversations of a frame to draw, and with what probability. Pure: the same values give the same drawing.

One design serves every method. Each stratum gets a fixed number ``n`` of its ``N`` conversations, and conversation
``i`` is drawn with probability ``p_i = (1 - s) * n / N + s * min(1, c * w_i)``, where ``s`` is the share that goes to
risk, ``w_i`` is 1 plus the weights of the risks that ``i`` shows, and ``c`` makes the second part sum to ``n``.
``s = 0`` is simple random sampling; ``s`` never exceeds MOST_RISK, so that every probability is at least
``(1 - MOST_RISK) * n / N`` and no weight ``1 / p_i`` explodes. The drawing itself is systematic with unequal
probabilities over a randomly ordered list (Hartley and Rao 1962): its size is fixed and its inclusion probabilities
are exactly ``p_i``.

Chance comes from digests of the seed and the conversation, so neither the order of the frame nor the version of
Python matters.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from types import MappingProxyType

MOST_RISK = 0.9
RISKS: Mapping[str, str] = MappingProxyType(
    {
        "critical": "niezaliczone kryterium krytyczne",
        "falling": "pogorszenie nastroju klienta",
        "repeated": "ponowny kontakt w ciągu 7 dni",
        "unsure": "niepewna ocena automatyczna",
        "silence": "długa cisza",
    }
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A conversation that can be drawn; ``risks`` are those of :data:`RISKS` that it shows."""

    conversation_id: str
    agent_id: str | None
    stratum: str = ""
    risks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Design:
    """How many to draw and how: ``size`` in all, in proportion to the strata, or ``each`` from every stratum.

    ``risk_share`` is the share of the sample that goes to risk, ``weights`` how much each risk weighs;
    ``by`` is the Polish name of what the strata are, for the reason of selection.
    """

    size: int | None = None
    each: int | None = None
    risk_share: float = 0.0
    weights: Mapping[str, float] = field(default_factory=dict)
    by: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A drawn conversation with its inclusion probability and, in Polish, why it was drawn."""

    conversation_id: str
    agent_id: str | None
    stratum: str
    probability: float
    reason: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What was drawn, what replaces it stratum by stratum (first one first), and the frame.

    ``frame`` holds for each stratum how many conversations it has and how many of them were drawn.
    """

    chosen: tuple[Chosen, ...]
    reserve: Mapping[str, tuple[Chosen, ...]]
    frame: Mapping[str, tuple[int, int]]


def allocate(counts: Mapping[str, int], design: Design) -> dict[str, int]:
    """How many to draw from each stratum.

    ``size`` is split in proportion (largest remainders), but every stratum gets at least one: otherwise its
    conversations could not be drawn at all. With more strata than ``size`` the sample is therefore larger.
    """
    if design.each is not None:
        return {name: min(design.each, count) for name, count in counts.items()}
    total, size = sum(counts.values()), design.size or 0
    if size >= total:
        return dict(counts)
    shares = {name: size * count / total for name, count in counts.items()}
    found = {name: max(1, math.floor(share)) for name, share in shares.items()}
    left = size - sum(found.values())
    for name in sorted(shares, key=lambda name: (math.floor(shares[name]) - shares[name], name)):
        if left <= 0:
            break
        if shares[name] > found[name]:
            found[name] += 1
            left -= 1
    return found


def probabilities(stratum: Sequence[Candidate], n: int, design: Design) -> list[float]:
    """The inclusion probability of each conversation of a stratum of which ``n`` are drawn; they sum to ``n``."""
    if n >= len(stratum):
        return [1.0] * len(stratum)
    share = min(design.risk_share, MOST_RISK)
    even = n / len(stratum)
    if not share:
        return [even] * len(stratum)
    weights = [1.0 + sum(design.weights.get(risk, 0.0) for risk in one.risks) for one in stratum]
    return [(1 - share) * even + share * part for part in _proportional(weights, n)]


def _proportional(weights: Sequence[float], n: int) -> list[float]:
    """Parts in proportion to the weights that sum to ``n``, none above 1: what is above goes to the others."""
    order = sorted(range(len(weights)), key=lambda i: -weights[i])
    left, total, full = n, math.fsum(weights), 0
    for i in order:
        if left * weights[i] < total:
            break
        left, total, full = left - 1, total - weights[i], full + 1
    found = [left * weight / total for weight in weights]
    for i in order[:full]:
        found[i] = 1.0
    return found


def draw(candidates: Sequence[Candidate], design: Design, seed: int) -> Drawing:
    """Draw from every stratum, with a quarter as many (and two) in reserve for what cannot be judged.

    The reserve is a race in which a conversation wins with a probability in proportion to its inclusion
    probability; it keeps that probability. This is exact where what is skipped does not depend on the outcome.
    """
    strata: dict[str, list[Candidate]] = {}
    for one in sorted(candidates, key=lambda one: one.conversation_id):
        strata.setdefault(one.stratum, []).append(one)
    planned = allocate({name: len(rows) for name, rows in strata.items()}, design)
    chosen: list[Chosen] = []
    reserve: dict[str, tuple[Chosen, ...]] = {}
    for name, rows in sorted(strata.items()):
        n = planned[name]
        known = [_chosen(one, p, design) for one, p in zip(rows, probabilities(rows, n, design), strict=True)]
        taken = _systematic(known, n, seed)
        chosen += taken
        ids = {one.conversation_id for one in taken}
        rest = [one for one in known if one.conversation_id not in ids]
        rest.sort(key=lambda one: (_race(one, seed), one.conversation_id))
        reserve[name] = tuple(rest[: n // 4 + 2])
    return Drawing(
        tuple(chosen), reserve, {name: (len(rows), planned[name]) for name, rows in strata.items()}
    )


def _chosen(one: Candidate, probability: float, design: Design) -> Chosen:
    return Chosen(one.conversation_id, one.agent_id, one.stratum, probability, _reason(one, design))


def _reason(one: Candidate, design: Design) -> str:
    shown = [RISKS[risk] for risk in RISKS if risk in one.risks and design.weights.get(risk, 0.0) > 0]
    if design.risk_share and shown:
        return f"Ryzyko: {', '.join(shown)}"
    plain = f"Losowo, osobno: {design.by}" if design.by else "Losowo"
    return f"{plain}; bez sygnałów ryzyka" if design.risk_share else plain


def _systematic(known: Sequence[Chosen], n: int, seed: int) -> list[Chosen]:
    """Every conversation whose stretch of the randomly ordered line holds one of ``n`` evenly spaced points."""
    if n >= len(known):
        return list(known)
    line = sorted(known, key=lambda one: (chance(seed, "order", one.conversation_id), one.conversation_id))
    ends = list(accumulate(one.probability for one in line))
    start = chance(seed, "start", line[0].stratum)
    # the line is as long as n but for rounding, and no stretch reaches 1: nothing is hit twice
    hits = (bisect_right(ends, (start + k) * ends[-1] / n) for k in range(n))
    return [line[min(hit, len(line) - 1)] for hit in hits]


def _race(one: Chosen, seed: int) -> float:
    return -math.log1p(-chance(seed, "reserve", one.conversation_id)) / one.probability


def seconds(chosen: Sequence[Chosen], share: float, seed: int) -> frozenset[str]:
    """The drawn conversations that another person judges too: that share of them, at least one of some."""
    if not share or not chosen:
        return frozenset()
    ids = sorted(
        (one.conversation_id for one in chosen),
        key=lambda identifier: (chance(seed, "second", identifier), identifier),
    )
    return frozenset(ids[: max(1, math.floor(share * len(ids) + 0.5))])


def chance(seed: int, purpose: str, name: str) -> float:
    """A number from 0 to below 1 that only the seed, the purpose and the name decide."""
    digest = hashlib.blake2b(f"{seed}|{purpose}|{name}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / 2**53
