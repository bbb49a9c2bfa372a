"""Figures of agreement, each with n and, where it is a headline, a bootstrap interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from sklearn.metrics import cohen_kappa_score, f1_score

Pair = tuple[str, str]


def accuracy(pairs: Sequence[Pair]) -> float:
    """Share of equal pairs (wanted, got)."""
    return sum(a == b for a, b in pairs) / len(pairs)


def macro_f1(pairs: Sequence[Pair]) -> float:
    """Mean F1 over the wanted labels."""
    wanted, got = zip(*pairs, strict=True)
    return float(f1_score(wanted, got, labels=sorted(set(wanted)), average="macro", zero_division=0.0))


def one_class_f1(pairs: Sequence[Pair]) -> float:
    """F1 of the class "1" over pairs of "0" and "1"; 1 where it neither occurs nor is claimed."""
    hits = sum(a == b == "1" for a, b in pairs)
    total = sum((a == "1") + (b == "1") for a, b in pairs)
    return 2 * hits / total if total else 1.0


def kappa(pairs: Sequence[Pair]) -> float:
    """Cohen's kappa; not a number where only one label occurs, since then chance agrees fully."""
    if len({label for pair in pairs for label in pair}) < 2:
        return float("nan")
    wanted, got = zip(*pairs, strict=True)
    return float(cohen_kappa_score(wanted, got))


def interval(
    pairs: Sequence[Pair], figure: Callable[[Sequence[Pair]], float], rounds: int = 400
) -> list[float]:
    """95 % percentile bootstrap interval over pairs, with a fixed seed."""
    rng = np.random.default_rng(7)
    draws = [figure([pairs[i] for i in rng.integers(0, len(pairs), len(pairs))]) for _ in range(rounds)]
    return [round(float(x), 3) for x in np.quantile(draws, [0.025, 0.975])]


def micro_f1(sets: Sequence[tuple[frozenset[str], frozenset[str]]]) -> float:
    """F1 over all (wanted, got) sets taken together."""
    hits = sum(len(wanted & got) for wanted, got in sets)
    total = sum(len(wanted) + len(got) for wanted, got in sets)
    return 2 * hits / total if total else 1.0


def share(part: int, whole: int) -> float:
    """A share, rounded."""
    return round(part / whole, 3)


def mean_code_f1(
    sets: Sequence[tuple[frozenset[str], frozenset[str]]], codes: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 and support of each code that occurs among the wanted."""
    table = {}
    for code in codes:
        hits = sum(code in wanted and code in got for wanted, got in sets)
        support = sum(code in wanted for wanted, _ in sets)
        found = sum(code in got for _, got in sets)
        if support:
            f1 = 2 * hits / (support + found)
            precision = hits / found if found else 0.0
            row = {"n": support, "precision": precision, "recall": hits / support, "f1": f1}
            table[code] = {key: round(value, 3) for key, value in row.items()}
    return table


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error over ``bins`` bins with equal numbers of cases."""
    order = np.argsort(confidences)
    sure, hit = np.asarray(confidences)[order], np.asarray(right, dtype=float)[order]
    parts = np.array_split(np.arange(len(sure)), min(bins, len(sure)))
    return float(sum(len(p) / len(sure) * abs(sure[p].mean() - hit[p].mean()) for p in parts if len(p)))


def error_at_coverage(confidences: Sequence[float], right: Sequence[bool], coverage: float) -> float:
    """Error among the most confident ``coverage`` of the cases."""
    order = np.argsort(confidences)[::-1][: max(1, round(len(confidences) * coverage))]
    return float(1 - np.asarray(right, dtype=float)[order].mean())
