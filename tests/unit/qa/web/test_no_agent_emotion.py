"""No emotion of agents, ever: no stored field and no screen names one (AI Act, art. 5(1)(f)).

Emotions may be named where they are a customer's. Who bears one is read off the words; where a text or a field leaves
it open, it is settled below, in one place, and the tests at the end show that what is meant there never comes from an
agent's words.
"""

from __future__ import annotations

import ast
import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient

import qa
import scorecards
from nlp.taxonomy import load_behaviours
from qa.services.exports import tables as exported
from qa.storage import people  # noqa: F401  (its tables are declared on import)
from qa.storage.tables import Base
from qa.web.language import english
from scorecards import SCORECARD_SCHEMA, available, load_scorecard
from scorecards.evaluation import evaluation_to_dict
from tests.unit.qa.web.emotion_bearers import Named, faults, in_field, in_text
from transcripts.conversation import Conversation, ConversationError, Span, Turn
from transcripts.serialise import CONVERSATION_SCHEMA
from transcripts.tags import (
    BehaviourTag,
    ReasonTag,
    Respelling,
    SentimentTag,
    TaggedConversation,
    TurnSentiment,
)
from transcripts.tags_json import tags_from_dict, tags_to_dict

PACKAGES = (Path(qa.__file__).parent, Path(scorecards.__file__).parent)
TEMPLATES = [
    *sorted((PACKAGES[0] / "web" / "templates").glob("*.html")),
    PACKAGES[0] / "report" / "template.html",
]
WEB = PACKAGES[0] / "web"
SCRIPTS = [*sorted((WEB / "static").glob("*.js")), *sorted((WEB / "reports").glob("*.typ"))]

# Whose it is where the words leave it open. What nobody uses any more has to go from here.
CUSTOMERS = {
    "nastrój": "a layer of the transcript and a line of the course, drawn from the customer's turns alone",
    "sentiment": "its English",
    "nastrój się pogorszył": "a filter of conversations: between the customer's first and last words",
    "sentiment got worse": "its English",
    "Nieznany wydźwięk": "a filter of the voice-of-customer board that nobody knows",
    "Unknown sentiment": "its English",
    "Wydźwięk": "a column of exports: conversation_overview.sentiment",
    "wydźwięk": "a filter of exports",
    "sprawa neutralna, bez problemu i bez złych emocji": "phone@1, when a call needs no empathy: the guide says the customer's",
    "JSON lines albo CSV UTF-8 z polami text i reasons (primary, sentiment, channel, writer)": "labels of a customer's contact",
}
SAYS_THAT_NONE_IS_JUDGED = {
    "Emocji konsultantów nie ocenia się wcale, a emocji z głosu nikomu (art",
    "Nie ocenia ich emocji i nie układa rankingu",
    "It judges no emotions of theirs and ranks nobody",
    "ocenia emocje konsultanta, czego zabrania akt o AI (art",
    "Błędy to karta, której program nie przyjmie, kryterium, którego nigdy nie rozstrzygnie, i pytanie o emocje konsultanta",
}
# Fields by place, where the name alone does not say it is the customer's.
FIELDS = {
    "tagging.sentiment": "the overall one of the customer",
    "overview.sentiment": "the same, for lists",
    "overview.sentiment_start": "the customer's first words",
    "overview.sentiment_end": "the customer's last words",
    "tags.sentiment": "of the customer's turns only: see the last tests",
}


def by_hand(found: Iterator[Named]) -> list[Named]:
    return [one for one in found if one.words not in SAYS_THAT_NONE_IS_JUDGED]


class Texts(HTMLParser):
    """What people read of a template: text, and the attributes that are read out or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            value for name, value in attrs if value and name in ("title", "alt", "placeholder", "aria-label")
        ]


def texts_of_template(source: str) -> list[str]:
    """Plain text and the sentences inside expressions."""
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.S)
    literals = re.findall(
        r"""\"([^\"]*)\"|'([^']*)'""", " ".join(re.findall(r"\{[{%].*?[%}]\}", source, re.S))
    )
    spoken = [
        text for pair in literals for text in pair if text.count(" ") or not text.isascii() or text.istitle()
    ]
    parser = Texts()
    parser.feed(re.sub(r"\{[{%].*?[%}]\}", " ", source, flags=re.S))
    return [*spoken, *parser.found]


def sentences_of_module(source: str) -> Iterator[str]:
    """The strings of a module that people may read: no documentation of the code, no keys, no patterns."""
    tree = ast.parse(source)
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body and isinstance(node.body[0], ast.Expr) and not _is_command(node)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            text = node.value
            if "(?:" not in text and (re.search(r"\s", text.strip()) or not text.isascii() or text.istitle()):
                yield text


def _is_command(node: ast.AST) -> bool:
    """The documentation of a command is its help."""
    return isinstance(node, ast.FunctionDef) and any(
        "command" in ast.dump(one) or "group" in ast.dump(one) for one in node.decorator_list
    )


def modules() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in sorted(package.rglob("*.py")):
            yield str(path.relative_to(package.parent)), path.read_text(encoding="utf-8")


def said_by_the_program() -> Iterator[Named]:
    """Every sentence of templates, catalogue, scorecards, checks, commands, services and reports."""
    for path in TEMPLATES:
        for text in texts_of_template(path.read_text(encoding="utf-8")):
            yield from in_text(path.name, text)
    for path in SCRIPTS:
        for text in re.findall(r"""["'`]([^"'`\n]*)["'`]""", path.read_text(encoding="utf-8")):
            yield from in_text(path.name, text)
    for polish, translation in english().items():
        yield from in_text("catalogue, Polish", polish)
        yield from in_text("catalogue, English", translation)
    for place, source in modules():
        for text in sentences_of_module(source):
            yield from in_text(place, text)
    for key in available(drafts=True):
        for criterion in load_scorecard(key).criteria:
            for text in (criterion.name, criterion.question, criterion.not_applicable, criterion.guide):
                yield from in_text(key, text)
    for label in load_behaviours().labels:
        yield from in_text("behaviours", label.name)


def test_no_sentence_names_an_agents_emotion() -> None:
    assert faults(by_hand(said_by_the_program()), CUSTOMERS) == []


def test_what_is_settled_by_hand_is_still_said() -> None:
    said = {one.words for one in said_by_the_program()}
    assert set(CUSTOMERS) - said == set()
    assert SAYS_THAT_NONE_IS_JUDGED - said == set()


# Fields


def keys_of(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every key of nested JSON with its place."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield place, str(key)
            yield from keys_of(inner, f"{place}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner, place)


def columns() -> Iterator[tuple[str, str]]:
    for name, table in Base.metadata.tables.items():
        for column in table.columns:
            yield name, column.name


def felt_everywhere() -> TaggedConversation:
    """Tags with every field filled in."""
    turns = (Turn("agent", "Dzień dobry"), Turn("customer", "Gdzie moja paczka?"))
    sentiment = SentimentTag(
        "negative", "negative", "neutral", -0.5, 0.9, (TurnSentiment(1, "negative", -0.5),)
    )
    return TaggedConversation(
        Conversation("c", "chat", turns),
        (ReasonTag("delivery.delayed", 0.9, (Span(1, 0, 5),)),),
        "delivery.delayed",
        0.9,
        sentiment,
        (BehaviourTag(0, "greeting", 0.9),),
        "tagger@1",
        (Respelling(1, 0, 5, "gdzie"),),
    )


def test_every_field_of_tags_is_walked() -> None:
    tags = felt_everywhere()
    assert not [field.name for field in dataclasses.fields(tags) if not getattr(tags, field.name)]


def stored_fields() -> Iterator[tuple[str, str]]:
    yield from columns()
    yield from keys_of(CONVERSATION_SCHEMA, "conversation")
    yield from keys_of(SCORECARD_SCHEMA, "scorecard")
    yield from keys_of(tags_to_dict(felt_everywhere()), "tags")
    for key in available(drafts=True):
        evaluation = evaluation_to_dict(scorecards.score(load_scorecard(key), felt_everywhere()))
        yield from keys_of(evaluation, "evaluation")


def named_fields(fields: Iterator[tuple[str, str]]) -> Iterator[Named]:
    for place, name in fields:
        yield from in_field(place, name)


def test_no_stored_field_names_an_agents_emotion() -> None:
    assert faults(named_fields(stored_fields()), FIELDS) == []


def test_no_export_has_a_column_of_an_agents_emotion() -> None:
    assert [
        column
        for column in exported.FILTER_NAMES
        if list(in_field("agent", column)) and column != "sentiment"
    ] == []


def test_no_answer_of_the_api_names_an_agents_emotion(sign_in_as: Callable[[str], TestClient]) -> None:
    schema = sign_in_as("qa_lead").get("/api/v1/openapi.json").json()
    assert len(schema["paths"]) > 30
    texts = [text for text in strings_of(schema) if re.search(r"\s", text)]
    named = [one for text in texts for one in in_text("api", text)]
    fields = [
        one
        for model, content in schema["components"]["schemas"].items()
        for one in named_fields(properties(model, content))
    ]
    parameters = [
        one
        for path, methods in schema["paths"].items()
        for method in methods.values()
        for parameter in method.get("parameters", ())
        for one in in_field(path, parameter["name"])
    ]
    assert [one for one in [*named, *fields, *parameters] if one.bearer == "agent"] == []


def properties(model: str, content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in content.get("properties", {}):
        yield model, name


def strings_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from strings_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_of(inner)


# Whose the sentiment of stored tags is


@pytest.mark.parametrize("speaker", ["agent", "bot", "system"])
def test_a_sentiment_of_anybody_but_the_customer_cannot_be_made_nor_read(speaker: Any) -> None:
    conversation = Conversation("c", "chat", (Turn(speaker, "Mam tego dość!"), Turn("customer", "Słucham?")))
    felt = SentimentTag("negative", "negative", "negative", -0.9, 0.9, (TurnSentiment(0, "negative", -0.9),))
    with pytest.raises(ValueError, match="turn 0"):
        TaggedConversation(conversation, sentiment=felt)
    stored = {
        "reasons": [], "behaviours": [],
        "sentiment": {"overall": "negative", "start": "negative", "end": "negative", "score": -0.9,
                      "turns": [{"turn": 0, "label": "negative", "score": -0.9}]},
    }  # fmt: skip
    with pytest.raises(ConversationError) as refused:
        tags_from_dict(conversation, stored)
    assert refused.value.code == "bad_tags"
    stored["sentiment"]["turns"][0]["turn"] = 1  # type: ignore[index]
    assert tags_from_dict(conversation, stored).sentiment is not None


# The walk finds what is planted


@pytest.mark.parametrize(
    "text",
    [
        "Czy konsultant jest zdenerwowany?",
        "Nastrój konsultanta",
        "Gdy klient pyta, konsultantka jest zirytowana.",
        "Poziom stresu pracownika w rozmowie",
        "Doradca brzmi na znudzonego",
        "The agent's mood during the call",
        "How frustrated the agent sounds",
        "Employee sentiment",
        "Zadowolenie agenta",
        "Emocje w głosie konsultanta i klienta",
    ],
)
def test_a_planted_sentence_is_found(text: str) -> None:
    assert faults(in_text("planted", text), CUSTOMERS)


@pytest.mark.parametrize(
    "text",
    [
        "Nastrój klienta",
        "Czy konsultant okazuje zrozumienie, gdy klient jest zdenerwowany?",
        "Gdy klient zgłasza problem albo jest zdenerwowany, czy konsultant przeprasza?",
        "The customer's sentiment by their words",
        "Alerts where customers are angry",
        "Konsultant wita klienta",
        "Najpierw porównanie z własną przeszłością",
    ],
)
def test_a_customers_emotion_is_allowed(text: str) -> None:
    assert not faults(in_text("planted", text), CUSTOMERS)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("agent_week", "mood"), ("conversation_overview", "agent_sentiment"), ("evaluation.criteria", "emotion"),
        ("tags.behaviours", "sentiment"), ("coaching", "agentStress"), ("review", "sentiment"),
    ],
)  # fmt: skip
def test_a_planted_field_is_found(place: str, name: str) -> None:
    assert faults(in_field(place, name), FIELDS)


def test_a_planted_template_module_and_label_are_found(tmp_path: Path) -> None:
    page = '<p title="Nastrój konsultanta">{{ t("Agent jest zły") }}</p>{# agent zły #}'
    assert {one.words for text in texts_of_template(page) for one in in_text("p", text)} == {
        "Nastrój konsultanta",
        "Agent jest zły",
    }
    module = '"""Agent\'s mood."""\nKEY = "mood"\nTEXT = "Konsultant jest zły"\n'
    assert [one.words for text in sentences_of_module(module) for one in in_text("m", text)] == [
        "Konsultant jest zły"
    ]
    settled = yaml.safe_load(json.dumps({"nastrój": "x"}))
    assert faults(in_text("p", "Nastrój: zły"), settled)
