"""A preview where a card begins to ask for degrees, or asks for them otherwise."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from qa.cli.preview import OUTCOMES
from qa.services.judging.answers import LEVELS
from qa.services.judging.preview import Preview, preview
from qa.storage.results import keep_taggings
from qa.storage.tables import ConversationRow
from scorecards import Scorecard, parse_scorecard
from tests.unit.qa.databases import empty_storage

SINCE = date(2026, 11, 1)
LINES = ("Milczę.", "Mówię raz.", "Mówię raz i dwa.", "Mówię raz, dwa, trzy.")


def card(fields: dict[str, Any], version: int = 1) -> Scorecard:
    criterion = {"id": "words", "name": "Słowa", "question": "Jak dużo?", "weight": 100, **fields}
    section = {"id": "all", "name": "Wszystko", "weight": 100, "criteria": [criterion]}
    content = {"format": 1, "id": "phone", "version": version, "name": "T", "sections": [section]}
    return parse_scorecard(json.dumps(content), "test.yaml")


def said(phrase: str) -> dict[str, Any]:
    return {"check": "phrase_said", "parameters": {"phrases": [phrase]}}


def scale(*phrases: str, pass_from: int = 2) -> dict[str, Any]:
    levels = {str(level): said(phrase) for level, phrase in enumerate(phrases, 1)}
    return {"scale": "0-3", "pass_from": pass_from, "levels": levels}


PLAIN = card(said("dwa"))
SCALED = card(scale("raz", "dwa", "trzy"), version=2)


def previewed(folder: Path, draft: Scorecard, against: Scorecard) -> Preview:
    """Of four conversations in which the agent says nothing, one, two, three of the words."""
    storage = empty_storage(folder)
    with storage.writing() as session:
        for number, line in enumerate(LINES):
            content = {"id": f"c-{number}", "channel": "phone", "turns": [{"speaker": "agent", "text": line}]}
            session.add(
                ConversationRow(
                    key=f"k-{number}",
                    conversation_id=f"c-{number}",
                    source_digest="s",
                    raw_digest="r",
                    version="1",
                    digest=f"d-{number}",
                    channel="phone",
                    started_at=datetime(2026, 11, 5, tzinfo=UTC).isoformat(),
                    content=content,
                )
            )
        keep_taggings(
            session, "t", {f"d-{number}": {"reasons": [], "behaviours": []} for number in range(len(LINES))}
        )
    with storage.reading() as session:
        found = preview(session, draft, against, ["phone"], SINCE)
    storage.close()
    return found


def test_degrees_alone_change_no_outcome(tmp_path: Path) -> None:
    found = previewed(tmp_path, SCALED, PLAIN)
    (one,) = found.criteria
    assert one.outcomes == {("fail", "0"): 1, ("fail", "1"): 1, ("pass", "2"): 1, ("pass", "3"): 1}
    assert one.changed.part == 0
    assert found.rescored.part == 2  # levels 1 and 2 are worth a part
    assert found.after.mean == 50.0


def test_another_level_of_the_same_scale_is_a_change(tmp_path: Path) -> None:
    found = previewed(tmp_path, card(scale("raz", "raz", "trzy"), version=3), SCALED)
    (one,) = found.criteria
    assert one.outcomes == {("0", "0"): 1, ("1", "2"): 1, ("2", "2"): 1, ("3", "3"): 1}
    assert (one.changed.part, [example.conversation_id for example in one.examples]) == (1, ["c-1"])
    assert (one.examples[0].before, one.examples[0].after) == ("1", "2")


def test_where_it_passes_changes_the_outcome_of_the_same_level(tmp_path: Path) -> None:
    found = previewed(tmp_path, card(scale("raz", "dwa", "trzy", pass_from=3), version=3), SCALED)
    (one,) = found.criteria
    assert one.changed.part == 1  # level 2 is a fail now
    assert found.rescored.part == 0  # points follow the level


def test_the_command_has_words_for_every_level() -> None:
    assert [OUTCOMES[level] for level in LEVELS] == [f"poziom {level}" for level in LEVELS]
