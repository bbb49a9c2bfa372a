"""Fits the surface heads: logistic regression over hashed n-grams, one model for each head."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from nlp.surface import FEATURES, SurfaceHeads, counts
from nlp.training.fit import UNSURE

HEADS = ("primary", "leaf", "behaviour", "sentiment", "turn_sentiment")
STRENGTH = 30.0  # inverse penalty; 10 was 1.5 points worse on the dev voices
NEVER = -8.0  # bias of a class that training never showed


def fit_surface(asked: Mapping[str, tuple[list[str], Tensor]], sizes: Mapping[str, int]) -> SurfaceHeads:
    """Surface heads for the questions in ``asked``: texts and wanted labels by head.

    Args:
        sizes: number of classes of each head.
    """
    heads = [head for head in HEADS if head in asked]
    bare = SurfaceHeads(_idf([text for head in heads for text in asked[head][0]]), {}, {})
    weights, biases = {}, {}
    for head in heads:
        texts, wanted = asked[head]
        features = bare.features(texts)
        labels = wanted.numpy()
        fit = _one_of_many if labels.ndim == 1 else _each_alone
        weight, biases[head] = fit(features, labels, sizes[head])
        weights[head] = np.ascontiguousarray(weight.T)
    return SurfaceHeads(bare.idf, weights, biases)


def _idf(texts: list[str]) -> np.ndarray:
    """Smoothed inverse document frequency; n-grams that only one text has say nothing and weigh nothing."""
    documents = np.asarray((counts(list(dict.fromkeys(texts))) > 0).sum(0)).ravel()
    total = len(set(texts))
    idf = np.log((1 + total) / (1 + documents)) + 1
    return np.where(documents > 1, idf, 0.0).astype(np.float32)


def _one_of_many(
    features: sparse.csr_matrix, labels: np.ndarray, classes: int
) -> tuple[np.ndarray, np.ndarray]:
    weight, bias = np.zeros((classes, FEATURES), np.float32), np.full(classes, NEVER, np.float32)
    seen = np.unique(labels)
    if len(seen) > 2:
        model = LogisticRegression(C=STRENGTH, max_iter=200).fit(features, labels)
        weight[model.classes_], bias[model.classes_] = model.coef_, model.intercept_
    else:
        bias[seen] = 0.0
    return weight, bias


def _each_alone(
    features: sparse.csr_matrix, labels: np.ndarray, classes: int
) -> tuple[np.ndarray, np.ndarray]:
    weight, bias = np.zeros((classes, FEATURES), np.float32), np.full(classes, NEVER, np.float32)
    for code in range(classes):
        sure = labels[:, code] != UNSURE
        wanted = labels[sure, code]
        if 0 < wanted.sum() < len(wanted):
            model = LogisticRegression(C=STRENGTH, solver="liblinear").fit(features[sure], wanted)
            weight[code], bias[code] = model.coef_[0], model.intercept_[0]
    return weight, bias
