"""The share of "pass" from many automatic outcomes and a few human ones, without the machine's bias.

Prediction-powered inference with power tuning ("PPI++"): A. N. Angelopoulos, J. C. Duchi, T. Zrnic, "PPI++:
Efficient Prediction-Powered Inference" (2023), after A. N. Angelopoulos, S. Bates, C. Fannjiang, M. I. Jordan,
T. Zrnic, "Prediction-powered inference", Science 382 (2023). People's outcomes of a sample give an unbiased
share; the machine's outcomes of everything only sharpen it, as far as they go along with people's in the sample
(``power``, from 0: not used, to 1: used fully). However wrong the machine is, the share stays that of people.

Three additions: the share is a ratio (of what passes to what applies), so the method works on its linear form;
sampled conversations weigh the inverse of their probability; and the interval counts four imagined conversations,
one for each pair of outcomes, so that it does not vanish where a small sample happens to agree
(A. Agresti, B. A. Coull, "Approximate is better than exact", The American Statistician 52, 1998).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.services.judging.trust import Share

LEAST_HUMAN = 10
Z = 1.959963984540054
_APPLIES = ("pass", "fail")
_Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Audited:
    """One criterion of one conversation: a person's outcome, the machine's, and 1 / probability of selection."""

    person: str
    machine: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Powered:
    """A share of "pass" with its 95 % interval; None where there is nothing to tell it from.

    ``n_automatic`` counts conversations that the machine decided, ``n_human`` those that people did, both where the
    criterion applies; ``power`` is how far the machine was used. ``note`` is Polish and says where people were not.
    """

    value: float | None
    low: float | None
    high: float | None
    n_automatic: int
    n_human: int
    power: float
    automatic_only: bool
    note: str


def powered_share(automatic: Mapping[str, int], audited: Sequence[Audited]) -> Powered:
    """The share of "pass" among the conversations to which a criterion applies.

    Args:
        automatic: how many conversations got which outcome from the machine, audited ones included.
        audited: those of them that a person judged; drawn at random, with the probability in their weight.
    """
    passed, failed = automatic.get("pass", 0), automatic.get("fail", 0)
    n_human = sum(one.person in _APPLIES for one in audited)
    if n_human < LEAST_HUMAN:
        return _automatic_only(Share(passed, passed + failed), n_human)
    population = max(sum(automatic.values()), len(audited))
    heard = _heard(audited)
    padded = heard.padded()
    centre = padded.share
    everywhere = (passed * (1 - centre) - failed * centre) / population
    power = padded.power(centre)
    half = Z * padded.error(centre, power, population)
    middle = padded.corrected(centre, power, everywhere)
    value = min(max(heard.corrected(centre, power, everywhere), 0.0), 1.0)
    low, high = max(min(middle - half, value), 0.0), min(max(middle + half, value), 1.0)
    return Powered(value, low, high, passed + failed, n_human, power, False, "")


def _automatic_only(decided: Share, n_human: int) -> Powered:
    low, high = decided.interval or (None, None)
    note = (
        "Tylko ocena automatyczna: do poprawki na oceny ludzi potrzeba co najmniej "
        f"{LEAST_HUMAN} ocenionych przez nich rozmów, a jest {n_human}."
    )
    return Powered(decided.value, low, high, decided.whole, n_human, 1.0, True, note)


def _heard(audited: Sequence[Audited]) -> _Heard:
    def column(values: Iterable[float]) -> _Column:
        return np.fromiter(values, np.float64, len(audited))

    return _Heard(
        column(one.weight for one in audited),
        column(one.person in _APPLIES for one in audited),
        column(one.person == "pass" for one in audited),
        column(one.machine in _APPLIES for one in audited),
        column(one.machine == "pass" for one in audited),
    )


class _Heard:
    """Audited conversations as columns. What does not apply, or is undecided, counts nothing in either sum."""

    def __init__(
        self,
        weights: _Column,
        applies: _Column,
        passes: _Column,
        machine_applies: _Column,
        machine_passes: _Column,
    ) -> None:
        self.count = len(weights)
        self.weights = weights / weights.sum()
        self.applies = applies
        self.passes = passes
        self.machine_applies = machine_applies
        self.machine_passes = machine_passes

    def padded(self) -> _Heard:
        """With the four imagined conversations, each of mean weight: passed by both, one, the other, none."""
        ones = np.ones(4)
        return _Heard(
            np.append(self.weights, ones / self.count),
            np.append(self.applies, ones),
            np.append(self.passes, (1.0, 1.0, 0.0, 0.0)),
            np.append(self.machine_applies, ones),
            np.append(self.machine_passes, (1.0, 0.0, 1.0, 0.0)),
        )

    @property
    def share(self) -> float:
        """People's alone."""
        return float(self.weights @ self.passes / (self.weights @ self.applies))

    def power(self, centre: float) -> float:
        """The use of the machine that makes the interval shortest."""
        people, machine = self._linear(centre)
        squares = self.weights**2
        spread = float(squares @ machine**2)
        return min(max(float(squares @ (people * machine)) / spread, 0.0), 1.0) if spread else 0.0

    def error(self, centre: float, power: float, population: int) -> float:
        """The standard error: of the sample for what the machine leaves open, of the population for the rest."""
        people, machine = self._linear(centre)
        left = people - power * machine
        left -= self.weights @ left
        drawn = float(self.weights**2 @ left**2) * self.count / (self.count - 1)
        unseen = max(0.0, 1 - self.count / population)
        own = float(self.weights @ people**2) / population
        return float(np.sqrt(drawn * unseen + own) / (self.weights @ self.applies))

    def corrected(self, centre: float, power: float, everywhere: float) -> float:
        """People's share plus what the machine says of all conversations beyond what it says of these.

        ``everywhere`` is the mean over all conversations of what :meth:`_linear` gives for the machine.
        """
        here = float(self.weights @ (self.machine_passes - centre * self.machine_applies))
        return self.share + power * (everywhere - here) / float(self.weights @ self.applies)

    def _linear(self, centre: float) -> tuple[_Column, _Column]:
        """How far each conversation lies from ``centre``, by people (less their mean) and by the machine (so too)."""
        people = self.passes - centre * self.applies
        machine = self.machine_passes - centre * self.machine_applies
        return people - self.weights @ people, machine - self.weights @ machine
