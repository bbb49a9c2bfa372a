"""The way of the data with fake parts: each thing once, bad input parked, versions beside each other."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from qa.errors import UsageProblem, UserError
from qa.services.pipeline.retry import retry
from qa.services.pipeline.run import RunReport, run
from qa.services.pipeline.stages import run_in_process
from qa.services.workspace import Unwatched, Workspace, only_run
from qa.storage.analysis import analysed, proposals, trends
from qa.storage.digests import open_pseudonyms
from qa.storage.fingerprint import content_fingerprint
from qa.storage.parking import parked
from qa.storage.tables import ConversationRow, EvaluationRow, RunRow, SourceRow, TaggingRow
from tests.unit.qa.fakes import FakeParts, FakeTagger, conversation, workspace, write_lines


def go(work: Workspace, *paths: Path, again: bool = False) -> RunReport:
    return run(work, paths, lambda: run_in_process, Unwatched(), again=again)


def count(work: Workspace, table: type) -> int:
    with work.storage.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def codes(work: Workspace) -> list[str]:
    with work.storage.reading() as session:
        return [row.code for row in parked(session)]


def fingerprint(work: Workspace) -> str:
    with work.storage.reading() as session:
        return content_fingerprint(session)


def everything_written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "wejście"
    write_lines(folder / "a.jsonl", [conversation(i) for i in range(9)])
    write_lines(folder / "b.jsonl", [conversation(i, "Proszę o fakturę") for i in range(9, 14)])
    (folder / "rozmowa.wav").write_text("Chcę zrobić zwrot, mówi Kowalska")
    return folder


def test_the_whole_way_stores_redacted_conversations_tags_scores_trends(
    tmp_path: Path, sources: Path
) -> None:
    work = workspace(tmp_path / "var")
    report = go(work, sources)
    assert (report.found, report.new_sources, report.parked) == (3, 3, 0)
    assert count(work, ConversationRow) == count(work, TaggingRow) == 15
    assert count(work, EvaluationRow) == 6
    with work.storage.reading() as session:
        rows = list(analysed(session))
        assert {row.primary for row in rows} == {"delivery.late", "invoices.copy", "returns.how"}
        quote = next(row.quotes[0] for row in rows if row.primary == "delivery.late")
        assert quote.text == "Gdzie jest moja paczka?"
        assert {t.code: (t.count, t.denominator) for t in trends(session)}["delivery.late"] == (9, 15)
        assert proposals(session)
        last = session.scalars(select(RunRow)).one()
        assert last.status == "done"
        assert last.versions["tagging"] == "fake@1"


def test_a_second_run_stores_nothing_and_never_asks_for_an_executor(tmp_path: Path, sources: Path) -> None:
    work = workspace(tmp_path / "var")
    go(work, sources)
    before = fingerprint(work)

    def never() -> None:
        raise AssertionError("the executor must not be made when there is nothing to do")

    report = run(work, [sources], never, Unwatched())  # type: ignore[arg-type]
    assert report.nothing_new
    assert report.known_sources == 3
    assert fingerprint(work) == before
    assert count(work, RunRow) == 1


def test_a_copy_and_a_grown_file_bring_only_what_is_new(tmp_path: Path, sources: Path) -> None:
    work = workspace(tmp_path / "var")
    go(work, sources)
    (sources / "kopia.jsonl").write_bytes((sources / "a.jsonl").read_bytes())
    assert go(work, sources).nothing_new
    write_lines(sources / "a.jsonl", [conversation(i) for i in range(12)])
    report = go(work, sources)
    assert report.stages["ingest"].done == 0
    assert codes(work) == ["duplicate_id"] * 3
    write_lines(sources / "a.jsonl", [conversation(i) for i in (*range(9), 20)])
    assert go(work, sources).stages["ingest"].done == 1


def test_nothing_personal_is_written_anywhere(tmp_path: Path, sources: Path) -> None:
    write_lines(
        sources / "jan-kowalski 600123456.jsonl", ["{", conversation(30, id="rozmowa Kowalska 600123456")]
    )
    write_lines(sources / "z.jsonl", ["wybuch"])
    work = workspace(tmp_path / "var")
    go(work, sources)
    with pytest.raises(UserError):
        retry(work, ["nie-ma"], lambda: run_in_process, Unwatched())
    written = everything_written(tmp_path / "var")
    for secret in ("Kowalsk", "kowalsk", "Zawadzka", "600123456", "cu-3", "ZAM-3"):
        assert secret.encode() not in written, secret
    assert sorted(codes(work)) == ["bad_json", "read_failed"]


def test_a_recording_whose_end_is_missing_is_kept_and_parked_with_a_note(
    tmp_path: Path, sources: Path
) -> None:
    (sources / "ucięte.wav").write_text("gdzie jest moja paczka, bez końca")
    work = workspace(tmp_path / "var")
    before = count(work, ConversationRow)
    report = go(work, sources / "ucięte.wav")
    assert report.parked == 1
    assert count(work, ConversationRow) == before + 1
    assert codes(work) == ["truncated_audio"]
    with work.storage.reading() as session:
        row = parked(session)[0]
        assert "do 1:05 min" in row.message
        assert "retry" in row.remedy
    go(work, sources / "ucięte.wav")
    assert count(work, ConversationRow) == before + 1
    assert codes(work) == ["truncated_audio"]


def test_bad_records_are_parked_with_cause_and_the_rest_goes_on(tmp_path: Path, sources: Path) -> None:
    bad = [
        "{nie json",
        conversation(40, channel="gołąb"),
        {k: v for k, v in conversation(41).items() if k != "id"},
        conversation(42),
        conversation(43, turns=[{"text": "bez mówiącego"}]),
        conversation(44, turns=[{"speaker": "agent", "text": "x", "start": -1.0, "end": 2.0}]),
        conversation(3, "zupełnie inna treść"),
        conversation(45, "wybuch taggera"),
    ]
    write_lines(sources / "zły.jsonl", bad)
    (sources / "urwane.wav").write_text("urwane")
    work = workspace(tmp_path / "var")
    report = go(work, sources)
    assert report.parked == 8
    expected = [
        "bad_json",
        "unknown_channel",
        "missing_id",
        "missing_speaker",
        "negative_time",
        "duplicate_id",
    ]
    assert sorted(codes(work)) == sorted([*expected, "truncated_audio", "tag_failed"])
    assert count(work, ConversationRow) == 17
    assert count(work, TaggingRow) == 16
    with work.storage.reading() as session:
        for row in parked(session):
            assert row.message.endswith(".")
            assert row.remedy.endswith(".")
        statuses = dict(session.execute(select(SourceRow.name, SourceRow.status)).tuples().all())
    assert statuses["zły.jsonl"] == "parked"
    assert statuses["a.jsonl"] == "done"
    assert go(work, sources).nothing_new


def test_vanished_and_unreadable_files_are_parked_and_settled_later(tmp_path: Path) -> None:
    work = workspace(tmp_path / "var")
    missing = tmp_path / "później.jsonl"
    report = go(work, missing)
    assert report.parked == 1
    assert report.nothing_new
    assert codes(work) == ["not_found"]
    go(work, missing)
    with work.storage.reading() as session:
        assert [row.attempts for row in parked(session)] == [2]
    write_lines(missing, [conversation(1)])
    assert go(work, missing).parked == 0
    assert codes(work) == []


def test_retry_finds_the_file_by_its_digest_and_settles_it(tmp_path: Path, sources: Path) -> None:
    bad = write_lines(sources / "zły.jsonl", ["{", conversation(50)])
    work = workspace(tmp_path / "var")
    go(work, sources)
    assert codes(work) == ["bad_json"]
    still = retry(work, [], lambda: run_in_process, Unwatched())
    assert still.report is not None
    assert still.report.parked == 1
    with work.storage.reading() as session:
        assert parked(session)[0].attempts == 2
        key = parked(session)[0].key
    write_lines(bad, [conversation(51), conversation(50)])
    settled = retry(work, [key[:6]], lambda: run_in_process, Unwatched())
    assert settled.report is not None
    assert settled.report.parked == 0
    assert codes(work) == []
    assert count(work, ConversationRow) == 17


def test_retry_tags_again_what_the_tagger_refused(tmp_path: Path, sources: Path) -> None:
    write_lines(sources / "c.jsonl", [conversation(60, "wybuch taggera")])
    parts = FakeParts()
    work = workspace(tmp_path / "var", parts)
    go(work, sources)
    assert codes(work) == ["tag_failed"]
    assert go(work, sources).nothing_new

    class Mended(FakeTagger):
        def tagged(self, conversation):  # type: ignore[no-untyped-def]
            text = tuple(t for t in conversation.turns if "wybuch" not in t.text)
            return super().tagged(conversation.with_turns(text))

    parts.tagger_part = Mended()
    result = retry(work, [], lambda: run_in_process, Unwatched())
    assert result.report is not None
    assert result.report.stages["tag"].done == 1
    assert codes(work) == []


def test_a_file_whose_folder_must_not_be_kept_is_reported_as_lost(tmp_path: Path) -> None:
    bad = write_lines(tmp_path / "jan kowalski" / "x.jsonl", ["{"])
    work = workspace(tmp_path / "var")
    go(work, bad)
    result = retry(work, [], lambda: run_in_process, Unwatched())
    assert len(result.lost) == 1
    assert codes(work) == ["bad_json"]


def test_a_new_tagger_version_is_a_new_row_and_going_back_activates_the_old(
    tmp_path: Path, sources: Path
) -> None:
    parts = FakeParts()
    work = workspace(tmp_path / "var", parts)
    go(work, sources)
    parts.tagging_version = "fake@2"
    report = go(work, sources)
    assert report.stages["tag"].done == 15
    assert report.new_sources == 0
    assert count(work, TaggingRow) == 30
    with work.storage.reading() as session:
        assert {r.version for r in session.scalars(select(TaggingRow).where(TaggingRow.current))} == {
            "fake@2"
        }
        assert len(list(analysed(session))) == 15
    parts.tagging_version = "fake@1"
    go(work, sources)
    with work.storage.reading() as session:
        assert {r.version for r in session.scalars(select(TaggingRow).where(TaggingRow.current))} == {
            "fake@1"
        }
    assert count(work, TaggingRow) == 30


def test_a_new_reader_version_reads_again_beside_the_old(tmp_path: Path, sources: Path) -> None:
    parts = FakeParts()
    work = workspace(tmp_path / "var", parts)
    go(work, sources)
    parts.reading_version = "fake-reader@2"
    report = go(work, sources)
    assert report.new_sources == 3
    assert report.parked == 0
    assert count(work, ConversationRow) == 30
    assert count(work, TaggingRow) == 15  # the redacted content is the same, so its tags hold
    with work.storage.reading() as session:
        assert len(list(analysed(session))) == 15


def test_raw_content_without_a_key_is_refused_before_anything_is_read(tmp_path: Path, sources: Path) -> None:
    parts = FakeParts()
    work = workspace(tmp_path / "var", parts)
    object.__setattr__(work.settings, "keep", ("raw_text",))
    with pytest.raises(UsageProblem, match="new-key"):
        go(work, sources)
    assert parts.reads == []


def test_another_key_is_refused(tmp_path: Path, sources: Path) -> None:
    work = workspace(tmp_path / "var")
    go(work, sources)
    (tmp_path / "var" / "pseudonym.key").write_bytes(b"x" * 32)
    with pytest.raises(UserError, match=r"pseudonym\.key"):
        go(workspace(tmp_path / "var"), sources)


def test_the_key_is_readable_by_its_owner_only_and_stays(tmp_path: Path) -> None:
    first = open_pseudonyms(tmp_path / "var")
    mode = (tmp_path / "var" / "pseudonym.key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert open_pseudonyms(tmp_path / "var") == first
    assert first.of("klient", "cu-1") != first.of("zamowienie", "cu-1")
    assert [p.name for p in (tmp_path / "var").iterdir()] == ["pseudonym.key"]


def test_two_runs_at_once_are_refused(tmp_path: Path, sources: Path) -> None:
    work = workspace(tmp_path / "var")
    with only_run(tmp_path / "var"), pytest.raises(UserError, match="poczekaj"):
        go(work, sources)


class Failing(FakeTagger):
    """Fails the first ``times`` times as a locked database does."""

    def __init__(self, times: int, error: Exception) -> None:
        self.times, self.error = times, error

    def tag_many(self, conversations, **options):  # type: ignore[no-untyped-def]
        if self.times:
            self.times -= 1
            raise self.error
        return super().tag_many(conversations)


LOCKED = OperationalError("INSERT", {}, Exception("database is locked"))


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("error", [LOCKED, InterruptedError(4, "EINTR")])
def test_transient_faults_are_tried_again_and_park_nothing(
    tmp_path: Path, sources: Path, error: Exception
) -> None:
    work = workspace(tmp_path / "var", FakeParts(tagger_part=Failing(3, error)))
    assert go(work, sources).parked == 0
    undisturbed = workspace(tmp_path / "var2")
    go(undisturbed, sources)
    assert fingerprint(work) == fingerprint(undisturbed)


@pytest.mark.usefixtures("no_pauses")
def test_a_fault_that_lasts_ends_in_a_sentence_and_the_next_run_finishes(
    tmp_path: Path, sources: Path
) -> None:
    parts = FakeParts(tagger_part=Failing(99, LOCKED))
    work = workspace(tmp_path / "var", parts)
    with pytest.raises(UserError, match="dokończy pracę"):
        go(work, sources)
    parts.tagger_part = FakeTagger()
    go(work, sources)
    undisturbed = workspace(tmp_path / "var2")
    go(undisturbed, sources)
    assert fingerprint(work) == fingerprint(undisturbed)


def test_a_full_disk_stops_the_run_and_the_next_one_finishes(tmp_path: Path, sources: Path) -> None:
    full = OperationalError("INSERT", {}, Exception("database or disk is full"))
    parts = FakeParts(tagger_part=Failing(1, full))
    work = workspace(tmp_path / "var", parts)
    with pytest.raises(OperationalError):
        go(work, sources)
    assert codes(work) == []
    go(work, sources)
    undisturbed = workspace(tmp_path / "var2")
    go(undisturbed, sources)
    assert fingerprint(work) == fingerprint(undisturbed)


def test_people_s_decisions_about_proposals_survive_a_later_run(tmp_path: Path, sources: Path) -> None:
    from qa.storage.tables import ProposalRow

    work = workspace(tmp_path / "var")
    go(work, sources)
    with work.storage.writing() as session:
        chosen = session.scalars(select(ProposalRow).order_by(ProposalRow.fingerprint)).first()
        assert chosen is not None
        chosen.status = "accepted"
        before: Mapping[str, str] = {
            row.fingerprint: row.title for row in session.scalars(select(ProposalRow))
        }
    write_lines(sources / "więcej.jsonl", [conversation(i, "Gdzie paczka?") for i in range(70, 90)])
    go(work, sources)
    with work.storage.reading() as session:
        after = {p.fingerprint: p.status for p in proposals(session)}
    assert set(before) <= set(after)
    assert sorted(after.values()).count("accepted") == 1
