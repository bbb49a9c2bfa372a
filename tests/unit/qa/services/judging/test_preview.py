"""What a draft scorecard would change in stored conversations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import pytest
from scipy.stats import t as student

from qa.services.judging.preview import ABSENT, CriterionChange, Example, Rescored, preview
from qa.storage.database import Storage
from qa.storage.fingerprint import content_fingerprint
from qa.storage.results import keep_taggings
from qa.storage.tables import ConversationRow
from scorecards import Scorecard, parse_scorecard
from scorecards.shelf import text_of
from tests.unit.qa.conftest import Run
from tests.unit.qa.databases import empty_storage

SINCE = date(2026, 11, 1)
RECORDED = ["nagrywan*"]
THANKED = ["dziekuj*"]


def criterion(name: str, weight: int, phrases: list[str], **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "name": name.title(),
        "question": f"Czy konsultant mówi {name}?",
        "weight": weight,
        "check": "phrase_said",
        "parameters": {"phrases": phrases},
        **more,
    }


def card_text(*criteria: dict[str, Any], version: int = 1, **more: Any) -> str:
    section = {"id": "all", "name": "Wszystko", "weight": 100, "criteria": list(criteria)}
    # YAML reads JSON
    return json.dumps(
        {"format": 1, "id": "phone", "version": version, "name": "T", "sections": [section], **more}
    )


def card(*criteria: dict[str, Any], **more: Any) -> Scorecard:
    return parse_scorecard(card_text(*criteria, **more), "test.yaml")


OLD = card(criterion("rodo", 40, RECORDED), criterion("thanks", 60, THANKED))


def keep(storage: Storage, identifier: str, text: str, **values: Any) -> None:
    """A stored conversation in which the agent says this, with tags."""
    channel = values.get("channel", "phone")
    content = {"id": identifier, "channel": channel, "turns": [{"speaker": "agent", "text": text}]}
    row = {
        "key": f"k-{identifier}",
        "conversation_id": identifier,
        "source_digest": "s",
        "raw_digest": "r",
        "version": "1",
        "digest": f"d-{identifier}",
        "channel": channel,
        "started_at": "2026-11-10T09:00:00+00:00",
        "content": content,
        **{name: value for name, value in values.items() if name != "tags"},
    }
    with storage.writing() as session:
        session.add(ConversationRow(**row))
        tags = values.get("tags", {"reasons": [], "behaviours": []})
        keep_taggings(session, "tagger@1", {row["digest"]: tags})


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    opened = empty_storage(tmp_path)
    yield opened
    opened.close()


def look(storage: Storage, draft: Scorecard, old: Scorecard = OLD, **values: Any) -> Any:
    with storage.reading() as session:
        return preview(session, draft, old, ("phone",), SINCE, **values)


def of(found: Any, name: str) -> CriterionChange:
    return next(one for one in found.criteria if one.id == name)


def test_an_empty_database(storage: Storage) -> None:
    found = look(storage, OLD)
    assert (found.conversations, found.changed.whole, found.difference.mean) == (0, 0, None)
    assert of(found, "rodo").outcomes == {}


def test_the_same_card_changes_nothing(storage: Storage) -> None:
    keep(storage, "a", "Rozmowa jest nagrywana, dziękuję")
    keep(storage, "b", "Proszę")
    found = look(storage, OLD)
    assert (found.changed.part, found.rescored.part, found.changed.whole) == (0, 0, 2)
    assert (found.difference.mean, found.examples) == (0.0, ())
    assert of(found, "thanks").outcomes == {("pass", "pass"): 1, ("fail", "fail"): 1}


def test_old_outcomes_against_new_ones_and_the_mean_change(storage: Storage) -> None:
    keep(storage, "both", "Rozmowa jest nagrywana, dziękuję")
    keep(storage, "rodo", "Rozmowa jest nagrywana")
    keep(storage, "thanks", "Dziękuję bardzo")
    keep(storage, "none", "Proszę")
    draft = card(
        criterion("rodo", 40, ["prosze"]), criterion("thanks", 60, THANKED), version=2, status="draft"
    )
    found = look(storage, draft)
    assert (found.draft, found.against, found.since) == ("phone@2-draft", "phone@1", "2026-11-01")
    assert of(found, "rodo").outcomes == {("pass", "fail"): 2, ("fail", "fail"): 1, ("fail", "pass"): 1}
    assert of(found, "rodo").changed.part == 3
    assert set(of(found, "rodo").examples) == {
        Example("both", "pass", "fail"),
        Example("rodo", "pass", "fail"),
        Example("none", "fail", "pass"),
    }
    assert of(found, "thanks").changed.part == 0
    assert (found.changed.part, found.rescored.part, found.changed.whole) == (3, 3, 4)
    changes = [-40.0, -40.0, 0.0, 40.0]
    half = float(student.ppf(0.975, 3)) * stdev(changes) / 2
    assert found.difference.mean == pytest.approx(mean(changes))
    assert found.difference.low == pytest.approx(mean(changes) - half)
    assert found.difference.high == pytest.approx(mean(changes) + half)
    assert (found.before.mean, found.after.mean) == (50.0, 40.0)
    assert found.examples == (
        Rescored("both", 100.0, 60.0),
        Rescored("none", 0.0, 40.0),
        Rescored("rodo", 40.0, 0.0),
    )


def test_added_and_removed_criteria_alone_change_no_outcome(storage: Storage) -> None:
    keep(storage, "a", "Rozmowa jest nagrywana, dziękuję")
    keep(storage, "b", "Dziękuję")
    draft = card(criterion("rodo", 40, RECORDED), criterion("bye", 60, THANKED))
    found = look(storage, draft)
    assert found.changed.part == 0
    assert [one.id for one in found.criteria] == ["rodo", "bye", "thanks"]
    assert of(found, "bye").outcomes == {(ABSENT, "pass"): 2}
    assert of(found, "thanks").outcomes == {("pass", ABSENT): 2}
    assert of(found, "bye").examples == ()


def test_only_weights_change_the_score_alone(storage: Storage) -> None:
    keep(storage, "a", "Rozmowa jest nagrywana")
    found = look(storage, card(criterion("rodo", 30, RECORDED), criterion("thanks", 70, THANKED)))
    assert (found.changed.part, found.rescored.part, of(found, "rodo").changed.part) == (1, 1, 0)
    assert (found.difference.mean, found.difference.low, found.difference.n) == (-10.0, None, 1)


def test_scores_that_come_and_go_are_counted_apart(storage: Storage) -> None:
    keep(storage, "a", "Rozmowa jest nagrywana")
    unsure = card(
        criterion("rodo", 40, RECORDED, thresholds={"pass": 0.95}),
        criterion("thanks", 60, THANKED, thresholds={"fail": 0.95}),
    )
    found = look(storage, unsure)
    assert (found.gained, found.lost, found.difference.n, found.after.n) == (0, 1, 0, 0)
    assert of(found, "rodo").outcomes == {("pass", "review"): 1}
    found = look(storage, OLD, unsure)
    assert (found.gained, found.lost) == (1, 0)


def test_a_condition_shows_as_not_applicable(storage: Storage) -> None:
    reasons = [{"code": "delivery.delayed", "confidence": 0.9, "evidence": []}]
    keep(storage, "a", "Dziękuję", tags={"reasons": reasons, "behaviours": []})
    draft = card(
        criterion("rodo", 40, RECORDED, only={"reasons": ["complaint.*"]}), criterion("thanks", 60, THANKED)
    )
    found = look(storage, draft)
    assert of(found, "rodo").outcomes == {("fail", "na"): 1}
    assert found.examples == (Rescored("a", 60.0, 100.0),)


def test_which_conversations_count(storage: Storage) -> None:
    keep(storage, "kept", "Proszę")
    keep(storage, "chat", "Proszę", channel="chat")
    keep(storage, "old", "Proszę", started_at="2026-10-31T22:59:59+00:00")
    # the first of November begins in Warsaw an hour before it does in UTC
    keep(storage, "edge", "Proszę", started_at="2026-10-31T23:00:00+00:00")
    keep(storage, "replaced", "Proszę", current=False)
    keep(storage, "undated", "Proszę", started_at=None, created_at=datetime(2026, 11, 2, tzinfo=UTC))
    keep(storage, "undated-old", "Proszę", started_at=None, created_at=datetime(2026, 10, 2, tzinfo=UTC))
    draft = card(criterion("rodo", 40, ["prosze"]), criterion("thanks", 60, THANKED))
    found = look(storage, draft)
    assert {one.conversation_id for one in of(found, "rodo").examples} == {"kept", "edge", "undated"}
    assert found.conversations == 3


def test_tags_of_an_older_version_do_not_count_twice(storage: Storage) -> None:
    keep(storage, "a", "Proszę")
    with storage.writing() as session:
        keep_taggings(session, "tagger@2", {"d-a": {"reasons": [], "behaviours": []}})
    assert look(storage, OLD).changed.whole == 1


@pytest.mark.parametrize("tags", [{}, {"reasons": [{"code": "x"}], "behaviours": []}])
def test_tags_that_cannot_be_read_are_counted(storage: Storage, tags: dict[str, Any]) -> None:
    keep(storage, "a", "Proszę", tags=tags)
    keep(storage, "b", "Proszę")
    found = look(storage, OLD)
    assert (found.unreadable, found.changed.whole, found.conversations) == (1, 1, 2)


def test_a_limit_takes_the_same_ones_every_time_and_examples_are_few(storage: Storage) -> None:
    for number in range(20):
        keep(storage, f"c{number}", "Proszę")
    draft = card(criterion("rodo", 40, ["prosze"]), criterion("thanks", 60, THANKED))
    found = look(storage, draft, limit=8)
    assert (found.conversations, found.changed.whole, found.changed.part) == (20, 8, 8)
    assert len(of(found, "rodo").examples) == len(found.examples) == 5
    assert look(storage, draft, limit=8) == found


class Heard:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def stage(self, name: str, total: int) -> None:
        self.told.append((name, total))

    def advance(self, items: int) -> None:
        self.told.append(items)

    def within(self, seconds: float) -> None:
        raise AssertionError("no recording is read here")


def test_nothing_is_written_and_progress_is_told(storage: Storage) -> None:
    keep(storage, "a", "Proszę")
    with storage.reading() as session:
        before = content_fingerprint(session)
    heard = Heard()
    look(storage, card(criterion("rodo", 100, ["prosze"])), progress=heard)
    with storage.reading() as session:
        assert content_fingerprint(session) == before
    assert heard.told == [("score", 1), 1]


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A data folder with two conversations of today, and a draft beside it."""
    opened = empty_storage(tmp_path / "var", "odsluch.db")
    moment = datetime.now(UTC).isoformat()
    keep(opened, "rozmowa-1", "Rozmowa jest nagrywana, dziękuję", started_at=moment)
    keep(opened, "rozmowa-2", "Proszę", started_at=moment)
    opened.close()
    (tmp_path / "old.yaml").write_text(
        card_text(criterion("rodo", 40, RECORDED), criterion("thanks", 60, THANKED))
    )
    draft = card_text(
        criterion("rodo", 40, ["prosze"]), criterion("thanks", 60, THANKED), version=2, status="draft"
    )
    (tmp_path / "draft.yaml").write_text(draft)
    return tmp_path


def test_the_command_tells_people(cli: Run, stored: Path) -> None:
    status, out, err = cli("scorecards", "preview", "draft.yaml", "--against", "old.yaml")
    assert (status, err) == (0, "")
    assert "phone@1 → phone@2-draft" in out
    assert "(telefon): 2\n" in out
    assert "Zmieni się: 2 z 2 (100,0 %, 95 % przedział" in out
    assert "Średni wynik: 50,0 (n = 2) → 50,0 (n = 2)." in out
    assert "rodo: rozmowa-1 (zaliczone → niezaliczone)" in out
    assert "rozmowa-2: 0,0 → 40,0" in out
    assert "Bez zmian: thanks." in out


def test_the_command_tells_scripts(cli: Run, stored: Path) -> None:
    status, out, _ = cli(
        "scorecards", "preview", "draft.yaml", "--against", "old.yaml", "--limit", 1, "--json"
    )
    found = json.loads(out)
    assert status == 0
    assert (found["draft"], found["against"], found["channels"]) == ("phone@2-draft", "phone@1", ["phone"])
    assert (found["conversations"], found["judged"], found["changed"]["part"]) == (2, 1, 1)
    assert found["score"]["difference"]["n"] == 1
    rodo = found["criteria"][0]
    assert (rodo["id"], len(rodo["outcomes"]), len(rodo["examples"])) == ("rodo", 1, 1)


def test_the_command_compares_with_the_card_in_use(cli: Run, stored: Path) -> None:
    found = json.loads(cli("scorecards", "preview", "draft.yaml", "--json")[1])
    assert found["against"] == "phone@1"
    assert "greeting" in [one["id"] for one in found["criteria"]]
    (stored / "odsluch.toml").write_text('[scorecards]\nphone = "old.yaml"\n', encoding="utf-8")
    found = json.loads(cli("scorecards", "preview", "draft.yaml", "--json")[1])
    assert [one["id"] for one in found["criteria"]] == ["rodo", "thanks"]


def test_a_channel_is_compared_with_its_card(cli: Run, stored: Path) -> None:
    text = (stored / "old.yaml").read_text().replace('"phone"', '"moja"', 1)
    (stored / "moja.yaml").write_text(text)
    status, out, _ = cli("scorecards", "preview", "moja.yaml", "--channel", "phone", "--json")
    assert (status, json.loads(out)["against"]) == (0, "phone@1")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["brak.yaml"], 1, "nie ma takiego pliku"),
        (["draft.yaml", "--against", "phone@77"], 1, "Nie ma karty"),
        (["draft.yaml", "--since", "wczoraj"], 2, "podaj --since jak 2026-11-01"),
        (["draft.yaml", "--since", "2099-01-01"], 1, "nie ma otagowanych rozmów (phone)"),
        (["draft.yaml", "--channel", "email"], 1, "nie ma otagowanych rozmów (email)"),
        (["draft.yaml", "--channel", "gołąb"], 2, "gołąb"),
        (["draft.yaml", "--limit", "0"], 2, "--limit"),
        (["moja.yaml"], 2, "podaj inną kartę, np. --against phone@1"),
        (["bocik.yaml"], 2, "podaj inną kartę, np. --against bot@1"),
        (["czat.yaml"], 2, "podaj inną kartę, np. --against chat@"),
        (["moja.yaml", "--against", "inna.yaml"], 2, "podaj --channel"),
        (["phone@1"], 2, "podaj inną kartę"),
    ],
)
def test_what_cannot_be_previewed_is_one_sentence(
    cli: Run, stored: Path, arguments: list[str], status: int, words: str
) -> None:
    for name in ("moja", "inna"):
        text = (stored / "old.yaml").read_text().replace('"phone"', f'"{name}"', 1)
        (stored / f"{name}.yaml").write_text(text)
    for name, key in (("bocik", "bot@1"), ("czat", "chat@2")):
        text = text_of(key)[0].replace(f"id: {key.partition('@')[0]}", f"id: {name}", 1)
        (stored / f"{name}.yaml").write_text(text)
    found, out, err = cli("scorecards", "preview", *arguments)
    assert (found, out) == (status, "")
    assert words in err
    assert err.count("\n") == 1
