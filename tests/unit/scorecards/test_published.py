"""Published versions never change."""

import hashlib
from pathlib import Path

import pytest

from scorecards import ScorecardError, available, load_scorecard
from scorecards.published import LOCK, add, faults
from scorecards.shelf import library_folder

SHIPPED = library_folder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with phone@1 that is locked."""
    text = SHIPPED.joinpath("phone@1.yaml").read_text(encoding="utf-8")
    (tmp_path / "phone@1.yaml").write_text(text, encoding="utf-8")
    assert add(tmp_path) == ["phone@1"]
    return tmp_path


def changed(folder: Path, old: str, new: str, file: str = "phone@1.yaml") -> str:
    text = (folder / "phone@1.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text


def test_no_published_card_of_the_library_has_changed() -> None:
    """If this fails, put the card back and keep the change as the next version; see the messages."""
    keys, found = faults()
    assert [fault.message for fault in found] == []
    assert keys == sorted(available(drafts=True))


def test_the_lock_file_is_what_sha256sum_reads(folder: Path) -> None:
    digest = hashlib.sha256((folder / "phone@1.yaml").read_bytes()).hexdigest()
    assert (folder / LOCK).read_text() == f"{digest}  phone@1.yaml\n"
    assert add(folder) == []


def test_a_changed_version_is_told_with_the_remedy(folder: Path) -> None:
    before = (folder / LOCK).read_bytes()
    changed(folder, "weight: 12", "weight: 12.0")
    _, (fault,) = faults(folder)
    assert fault.file == "phone@1.yaml"
    assert "opublikowana wersja zmieniła się" in fault.message
    assert "phone@2.yaml" in fault.message
    assert "podnieś wersję" in fault.message
    assert add(folder) == []
    assert (folder / LOCK).read_bytes() == before


def test_raising_the_version_is_the_way_out(folder: Path) -> None:
    changed(folder, "version: 1", "version: 2", "phone@2.yaml")
    _, (fault,) = faults(folder)
    assert "odsluch scorecards check --add" in fault.message
    assert add(folder) == ["phone@2"]
    assert faults(folder) == (["phone@1", "phone@2"], [])
    (folder / "phone@1.yaml").unlink()
    _, (fault,) = faults(folder)
    assert "brakuje opublikowanej karty" in fault.message


def test_a_draft_may_change_and_is_never_locked(folder: Path) -> None:
    changed(folder, "version: 1", "version: 2\nstatus: draft", "phone@2-draft.yaml")
    assert faults(folder) == (["phone@1", "phone@2-draft"], [])
    assert add(folder) == []
    assert "phone@2" not in (folder / LOCK).read_text()


@pytest.mark.parametrize(
    ("old", "new", "file", "words"),
    [
        ("version: 1", "version: 3", "phone@2.yaml", "musi nazywać się phone@3.yaml"),
        ("version: 1", "version: 2\nstatus: draft", "phone@2.yaml", "musi nazywać się phone@2-draft.yaml"),
        ("check: greeting", "check: brak", "phone@2.yaml", "phone@2.yaml, wiersz 20"),
        ("weight: 12", "weight: 11", "phone@2.yaml", "popraw wagi"),
    ],
)
def test_other_faults_name_the_file(folder: Path, old: str, new: str, file: str, words: str) -> None:
    changed(folder, old, new, file)
    _, (fault,) = faults(folder)
    assert fault.file == file
    assert words in fault.message
    with pytest.raises(ScorecardError):
        add(folder)


def test_a_reason_that_nobody_serves_and_a_wrong_encoding_are_faults(folder: Path) -> None:
    assert faults(folder, reasons=("complaint.service",)) == (["phone@1"], [])
    changed(
        folder,
        "check: greeting",
        "check: greeting\n        only: {reasons: [delivery.*]}\n",
        "phone@2.yaml",
    )
    assert "żaden tagger" in faults(folder, reasons=("complaint.service",))[1][0].message
    (folder / "phone@2.yaml").write_bytes("nazwa: Łódź".encode("cp1250"))
    assert "UTF-8" in faults(folder)[1][0].message


@pytest.mark.parametrize("line", ["abc  phone@1.yaml", "phone@1.yaml", f"{'0' * 64} phone@1.yaml"])
def test_a_broken_lock_file_is_refused(folder: Path, line: str) -> None:
    (folder / LOCK).write_text(line + "\n")
    with pytest.raises(ScorecardError, match=r"published\.lock, wiersz 1: .*historii"):
        faults(folder)


def test_published_cards_keep_their_keys() -> None:
    for key in available():
        assert load_scorecard(key).key == key
        assert load_scorecard(key).status == "published"
