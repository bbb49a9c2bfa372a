"""How the audit log names conversations: not to be looked up without the key, found with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.storage.audit import broken_at, entries, entries_about, mark_of, record
from qa.storage.database import Storage
from qa.storage.digests import Pseudonyms, canonical, digest_of
from tests.unit.qa.databases import KEYS, empty_storage

IDS = ("c-0001", "c-0002")


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    made = empty_storage(tmp_path)
    yield made
    made.close()


def unkeyed(conversation_id: str) -> str:
    """What an outsider can compute; so entries were named before marks had a key."""
    return "rozmowa-" + digest_of("audit", conversation_id)[:16]


def test_a_list_of_ids_tells_nothing_without_the_key(storage: Storage) -> None:
    with storage.writing() as session:
        for one in IDS:
            record(session, "iga", "conversation_open", mark_of(session, one), {})
            record(session, "iga", "review_begin", "r", {"conversation": mark_of(session, one)})
        written = canonical([[row.subject, row.details] for row in entries(session)])
    guesses = {make(one) for one in IDS for make in (str, unkeyed, digest_of)}
    guesses |= {Pseudonyms(b"x" * 32).of("rozmowa-log", one) for one in IDS}
    assert not [guess for guess in guesses if guess in written]


def test_a_mark_is_not_the_pseudonym_that_is_kept_in_place_of_an_id(storage: Storage) -> None:
    with storage.reading() as session:
        assert mark_of(session, "c-0001") != KEYS.of("rozmowa", "c-0001")


def test_all_entries_of_a_conversation_are_found_old_ones_too(storage: Storage) -> None:
    with storage.writing() as session:
        record(session, "ola", "conversation_open", unkeyed("c-0001"), {})
        record(session, "ola", "review_finish", "r-1", {"conversation": unkeyed("c-0001"), "kind": "review"})
        record(session, "op", "erase", f"klient-1 {KEYS.of('rozmowa', 'c-0001')}", {})
        for one in IDS:
            record(session, "iga", "conversation_open", mark_of(session, one), {"blind": True})
            record(session, "iga", "dispute_raise", "d-1", {"conversation": mark_of(session, one)})
        record(session, "iga", "erase", f"klient-1 {mark_of(session, 'c-0001')}", {})
        found = [row.id for row in entries_about(session, "c-0001")]
        assert found == [1, 2, 3, 4, 5, 8]
        assert [row.id for row in entries_about(session, "c-0002")] == [6, 7]
        assert list(entries_about(session, "%")) == []
        assert broken_at(session) is None


def test_an_id_of_the_source_finds_what_is_kept_under_a_pseudonym(storage: Storage) -> None:
    with storage.writing() as session:
        record(
            session, "iga", "conversation_open", mark_of(session, KEYS.of("rozmowa", "Jan Kowalski 7")), {}
        )
        assert [row.id for row in entries_about(session, "Jan Kowalski 7")] == [1]


def test_without_a_key_nothing_is_named(storage: Storage) -> None:
    storage.pseudonyms = None
    with storage.reading() as session, pytest.raises(RuntimeError, match="no key"):
        mark_of(session, "c-0001")
