"""The honest opponent: TF-IDF over words and character n-grams with logistic regression."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import MultiLabelBinarizer


def _features() -> Any:
    return make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2),
    )


def single_label(texts: Sequence[str], labels: Sequence[str]) -> Pipeline:
    """A classifier for one label out of many."""
    return make_pipeline(_features(), LogisticRegression(C=10, max_iter=300, class_weight="balanced")).fit(
        texts, labels
    )


class ManyLabels:
    """A classifier for any number of labels, each on its own."""

    def __init__(self, texts: Sequence[str], labels: Sequence[frozenset[str]], codes: Sequence[str]) -> None:
        self.binarizer = MultiLabelBinarizer(classes=list(codes))
        wanted = self.binarizer.fit_transform([sorted(codes) for codes in labels])
        model = OneVsRestClassifier(LogisticRegression(C=10, max_iter=300, class_weight="balanced"))
        with warnings.catch_warnings():  # a code that no text has is no news here
            warnings.filterwarnings("ignore", message="Label not", category=UserWarning)
            self.pipeline = make_pipeline(_features(), model).fit(texts, wanted)

    def __call__(self, texts: Sequence[str]) -> list[frozenset[str]]:
        """The predicted codes of each text."""
        rows = self.binarizer.inverse_transform(self.pipeline.predict(texts))
        return [frozenset(row) for row in rows]
