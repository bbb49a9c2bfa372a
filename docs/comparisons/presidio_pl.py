"""Microsoft Presidio's recognisers for Polish on conversation JSON lines, written as `odsluch redact` writes.

    python -m venv presidio && presidio/bin/pip install presidio-analyzer
    presidio/bin/python docs/comparisons/presidio_pl.py CONVERSATIONS.jsonl > presidio.jsonl

Presidio needs an environment of its own. All its results count, however unsure, which favours its recall. Names
need a spaCy pipeline for Polish, which the package index does not have: names are outside this comparison.
"""

import json
import sys
from pathlib import Path

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    DateRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    PhoneRecognizer,
    PlPeselRecognizer,
)


class BlankPolish(SpacyNlpEngine):
    """Tokens only."""

    def __init__(self) -> None:
        super().__init__(models=[{"lang_code": "pl", "model_name": "pl"}])
        self.nlp = {"pl": spacy.blank("pl")}

    def load(self) -> None:
        """Nothing to load."""


def engine() -> AnalyzerEngine:
    """Presidio with every recogniser that can serve Polish without a trained pipeline."""
    registry = RecognizerRegistry(supported_languages=["pl"])
    registry.add_recognizer(PlPeselRecognizer(supported_language="pl"))
    registry.add_recognizer(PhoneRecognizer(supported_language="pl", supported_regions=["PL"], leniency=0))
    for kind in (EmailRecognizer, IbanRecognizer, CreditCardRecognizer, DateRecognizer):
        registry.add_recognizer(kind(supported_language="pl"))
    return AnalyzerEngine(registry=registry, nlp_engine=BlankPolish(), supported_languages=["pl"])


def main(path: str) -> None:
    """Write one line with `redactions` for each conversation."""
    analyzer = engine()
    with Path(path).open(encoding="utf-8") as lines:
        for line in lines:
            conversation = json.loads(line)
            found = [
                {"turn": number, "start": hit.start, "end": hit.end, "type": hit.entity_type}
                for number, turn in enumerate(conversation["turns"])
                for hit in analyzer.analyze(turn["text"], language="pl", score_threshold=0.0)
            ]
            print(json.dumps({"id": conversation["id"], "redactions": found}, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1])
