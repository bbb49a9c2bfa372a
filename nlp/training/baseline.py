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

from nlp.training.examples import Example
from nlp.training.probes import Answer

LEAST = 2  # labels to choose between
Texts = Sequence[tuple[str, str]]


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


class Baseline:
    """All that the model is asked, each question fitted once on the same examples as the model.

    Attributes:
        lacks: in Polish, what the examples have too few labels for; such questions stay unanswered.
    """

    def __init__(self, train: Sequence[Example], codes: Sequence[str]) -> None:
        reasons = [e for e in train if e.primary and e.reasons]
        self.lacks: list[str] = []
        self.primary = self._single("powód główny", [(e.text, str(e.primary)) for e in reasons])
        self.leaves = self._many([(e.text, e.reasons or frozenset()) for e in reasons], codes)
        self.sentiment = self._single(
            "nastawienie klienta", [(e.text, str(e.sentiment)) for e in train if e.sentiment]
        )
        turns = [one for e in train if len(e.document.turns) > 1 for one in _felt_turns(e)]
        alone = [(e.text, felt) for e in train if len(e.document.turns) == 1 for _, felt in _felt_turns(e)]
        self.turn_sentiment = self._single("nastawienie w wypowiedziach", [*turns, *alone] if turns else [])
        acts = [one for e in train for one in _agent_turns(e)]
        self.acts = self._many(acts, sorted({code for _, wanted in acts for code in wanted}))
        if self.acts is None:
            self.lacks.append("zachowania konsultanta")

    def _single(self, name: str, labelled: Texts) -> Pipeline | None:
        if len({label for _, label in labelled}) < LEAST:
            self.lacks.append(name)
            return None
        return single_label([text for text, _ in labelled], [label for _, label in labelled])

    def _many(
        self, labelled: Sequence[tuple[str, frozenset[str]]], codes: Sequence[str]
    ) -> ManyLabels | None:
        if not any(wanted for _, wanted in labelled):
            return None
        return ManyLabels([text for text, _ in labelled], [wanted for _, wanted in labelled], codes)

    def __call__(self, examples: Sequence[Example]) -> list[Answer]:
        """Its answers: customers' sides and agents' sides, in order, as :func:`nlp.training.probes.model_answers`."""
        customers = iter(self._customers([e for e in examples if e.document.side == "customer"]))
        agents = iter(self._agents([e for e in examples if e.document.side == "agent"]))
        return [next(agents if e.document.side == "agent" else customers) for e in examples]

    def _agents(self, examples: Sequence[Example]) -> list[Answer]:
        texts = [text for e in examples for text in e.document.texts]
        codes = iter(self.acts(texts) if self.acts and texts else [frozenset[str]()] * len(texts))
        found = [{turn: next(codes) for turn in e.document.turns} for e in examples]
        return [Answer(None, 0.0, frozenset(), None, acts) for acts in found]

    def _customers(self, examples: Sequence[Example]) -> list[Answer]:
        if not examples:
            return []
        texts = [e.text for e in examples]
        primary, sentiment = _surest(self.primary, texts), _surest(self.sentiment, texts)
        leaves = self.leaves(texts) if self.leaves else [frozenset[str]()] * len(texts)
        turns = iter(_surest(self.turn_sentiment, [text for e in examples for text in e.document.texts]))
        by_turn = [{turn: next(turns)[0] for turn in e.document.turns} for e in examples]
        return [
            Answer(
                best,
                sure,
                more | ({best} if best else frozenset()),
                felt,
                {},
                felt_sure,
                turn_sentiment={turn: label for turn, label in said.items() if label},
            )
            for (best, sure), more, (felt, felt_sure), said in zip(
                primary, leaves, sentiment, by_turn, strict=True
            )
        ]


def _surest(model: Pipeline | None, texts: Sequence[str]) -> list[tuple[str | None, float]]:
    """The most probable label of each text with its probability; None where there is no model."""
    if model is None:
        return [(None, 0.0)] * len(texts)
    scores = model.predict_proba(texts)
    return [(str(model.classes_[row.argmax()]), float(row.max())) for row in scores]


def _felt_turns(example: Example) -> Texts:
    texts = dict(zip(example.document.turns, example.document.texts, strict=True))
    return [(texts[turn], felt) for turn, felt in example.turn_sentiment.items()]


def _agent_turns(example: Example) -> Sequence[tuple[str, frozenset[str]]]:
    texts = dict(zip(example.document.turns, example.document.texts, strict=True))
    return [(texts[turn], codes) for turn, codes in example.behaviours.items()]
