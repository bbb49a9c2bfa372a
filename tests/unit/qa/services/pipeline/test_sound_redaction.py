"""Muting until nothing comes back, with a fake ear that hears what is not silent."""

from __future__ import annotations

import fcntl
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa.services.names import KeptNames
from qa.services.pipeline.muted_copies import CopyNames, mute_all
from qa.services.pipeline.sound_redaction import CopyTaken, SoundRedactor, StillHeard, said_again
from qa.services.workspace import Unwatched
from qa.storage.digests import Pseudonyms
from tests.unit.qa.fakes import FakeParts, FakeRedactor
from transcripts.audio import RATE, decode
from transcripts.conversation import Conversation, Turn, Word
from transcripts.reading import Recording
from transcripts.speech_turns import spoken_turns
from transcripts.word_times import WORDS, word_times

STEP = 0.8


class Ear:
    """Hears word i in second ``i * STEP`` wherever the recording is loud there; ``echo`` never falls silent."""

    version = "ear@1"

    def __init__(self, words: Sequence[str], late: str = "", echo: str = "") -> None:
        self.words, self.late, self.echo, self.listened = words, late, echo, 0

    def transcribe(self, recording: Recording, progress: Any = None) -> Conversation:
        samples = decode(recording.path).channels[0]
        self.listened += 1
        heard = [
            Word(f" {self._misheard(word)}", i * STEP + 0.1, i * STEP + 0.6)
            for i, word in enumerate(self.words)
            if np.abs(samples[int((i * STEP + 0.2) * RATE) : int((i * STEP + 0.5) * RATE)]).max() > 500
            or word == self.echo
        ]
        spoken = spoken_turns([("customer", heard)])
        turns = tuple(s.turn for s in spoken)
        return Conversation("c", "phone", turns, metadata={WORDS: word_times(spoken)})

    def _misheard(self, word: str) -> str:
        """A word that is understood only when it is heard for the second time."""
        return "szum" if word == self.late and self.listened == 1 else word

    def transcribe_many(self, recordings: Any, progress: Any = None) -> Any:
        return (self.transcribe(recording) for recording in recordings)


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    path = tmp_path / "rozmowa.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((8000 * np.sin(np.arange(8 * RATE) * 0.2)).astype(np.int16).tobytes())
    return Recording(path, Conversation("c", "phone", ()))


WORDS_SAID = ("mówi", "Kowalska", "numer", "600123456", "dziękuję", "pani", "Zawadzka")


def test_what_is_redacted_is_silent_and_the_rest_is_still_heard(tmp_path: Path, recording: Recording) -> None:
    ear = Ear(WORDS_SAID)
    target = tmp_path / "kopia.wav"
    done = SoundRedactor(ear, FakeRedactor()).redact(recording, ear.transcribe(recording), target)
    left = " ".join(t.text for t in ear.transcribe(Recording(target, recording.conversation)).turns)
    assert left.split() == ["mówi", "numer", "dziękuję", "pani"]
    assert done.rounds == 1
    assert 2.5 < done.seconds < 3.5


def test_a_value_understood_only_in_the_copy_goes_too(tmp_path: Path, recording: Recording) -> None:
    ear = Ear(WORDS_SAID, late="Kowalska")
    done = SoundRedactor(ear, FakeRedactor()).redact(
        recording, ear.transcribe(recording), tmp_path / "kopia.wav"
    )
    assert done.rounds == 2


def test_what_will_not_fall_silent_leaves_no_copy(tmp_path: Path, recording: Recording) -> None:
    ear = Ear(WORDS_SAID, echo="Kowalska")
    with pytest.raises(StillHeard, match=r"rozmowa\.wav"):
        SoundRedactor(ear, FakeRedactor()).redact(recording, ear.transcribe(recording), tmp_path / "k.wav")
    assert not (tmp_path / "k.wav").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rozmowa.wav"]


class Watching(Ear):
    """Notes what lies in the folder, with its rights, whenever a copy is listened to; then is ``stopped``."""

    def __init__(self, words: Sequence[str], stopped: bool = False) -> None:
        super().__init__(words)
        self.stopped, self.seen = stopped, list[tuple[str, int]]()

    def transcribe(self, recording: Recording, progress: Any = None) -> Conversation:
        if recording.path.name != "rozmowa.wav":
            files = sorted(recording.path.parent.glob("*kopia*"))
            self.seen += [(path.name, path.stat().st_mode & 0o777) for path in files]
            if self.stopped:
                raise KeyboardInterrupt
        return super().transcribe(recording, progress)


@pytest.mark.parametrize("name", ["kopia.wav", "kopia.ogg"])
def test_a_copy_has_its_name_only_when_it_was_listened_to(
    tmp_path: Path, recording: Recording, name: str
) -> None:
    ear, target = Watching(WORDS_SAID), tmp_path / name
    left_over = tmp_path / f".part-{name}"
    left_over.write_bytes(b"Kowalska" * 1_000_000)  # a killed process cannot tidy up
    left_over.chmod(0o644)
    SoundRedactor(ear, FakeRedactor()).redact(recording, ear.transcribe(recording), target)
    assert set(ear.seen) == {(f".part-{name}", 0o600)}
    assert target.stat().st_mode & 0o777 == 0o600
    assert b"Kowalska" not in target.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [name, "rozmowa.wav"]


def test_an_interrupted_muting_leaves_no_copy_and_can_be_repeated(
    tmp_path: Path, recording: Recording
) -> None:
    ear, target = Watching(WORDS_SAID, stopped=True), tmp_path / "kopia.wav"
    heard = Ear(WORDS_SAID).transcribe(recording)
    with pytest.raises(KeyboardInterrupt):
        SoundRedactor(ear, FakeRedactor()).redact(recording, heard, target)
    assert [path.name for path in tmp_path.iterdir()] == ["rozmowa.wav"]
    assert SoundRedactor(Ear(WORDS_SAID), FakeRedactor()).redact(recording, heard, target).rounds == 1


def test_two_processes_do_not_make_the_same_copy(tmp_path: Path, recording: Recording) -> None:
    ear, target = Ear(WORDS_SAID), tmp_path / "kopia.wav"
    heard = ear.transcribe(recording)
    with (tmp_path / ".part-kopia.wav").open("wb") as other:
        other.write(b"od innego procesu")
        other.flush()
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(CopyTaken, match="inne polecenie"):
            SoundRedactor(ear, FakeRedactor()).redact(recording, heard, target)
        assert (tmp_path / ".part-kopia.wav").read_bytes() == b"od innego procesu"
    assert not target.exists()


def test_a_copy_that_is_there_is_not_written_over(tmp_path: Path, recording: Recording) -> None:
    ear, target = Ear(WORDS_SAID), tmp_path / "kopia.wav"
    target.write_bytes(b"wczorajsza")
    with pytest.raises(CopyTaken, match="już istnieje"):
        SoundRedactor(ear, FakeRedactor()).redact(recording, ear.transcribe(recording), target)
    assert target.read_bytes() == b"wczorajsza"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kopia.wav", "rozmowa.wav"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pytam panią Kowalską o paczkę", ["Kowalską"]),
        ("końcówka 1234, kwota 2045", ["1234"]),
        ("końcówka 12 34", ["12 34"]),
        ("dwa tysiące osiem, a na ulicy Lipowa", ["Lipowa"]),
        ("nic tu nie ma, proszę pana", []),
    ],
)
def test_parts_of_values_are_recognised(text: str, found: list[str]) -> None:
    heard = Conversation("c", "phone", (Turn("customer", text),))
    values = ["Kowalska", "600 512 345", "ulica Lipowa osiem mieszkanie dwa"]
    assert [place.text(heard) for place in said_again(heard, values)] == found


class EarParts(FakeParts):
    def transcriber(self) -> Any:
        return Ear(WORDS_SAID)


def copy_names(folder: Path) -> CopyNames:
    return CopyNames(KeptNames(FakeRedactor(), Pseudonyms(b"k" * 32)), folder, ".wav")


def test_files_are_muted_each_on_its_own(tmp_path: Path, recording: Recording) -> None:
    (tmp_path / "zła.wav").write_text("to nie nagranie")
    (tmp_path / "a.jsonl").write_text("{}")
    paths = [tmp_path / "a.jsonl", recording.path, tmp_path / "zła.wav"]
    for turn in ("first", "second"):
        out = tmp_path / "kopie"
        found = list(mute_all(EarParts(), paths, copy_names(out), Unwatched(), beep=False))
        assert "error" in found[0]
        assert "error" in found[2]
        if turn == "first":
            assert found[1]["copy"] == str(out / "rozmowa.wav")
        else:
            assert found[1]["error"] == "copy_exists"


def test_names_of_copies_hold_no_personal_data_and_do_not_collide(
    tmp_path: Path, recording: Recording
) -> None:
    paths = [
        tmp_path / "Kowalski 604318772.wav",
        tmp_path / "kowalski_604318773.wav",
        tmp_path / "kolejka" / "Kowalski 604318772.wav",
        tmp_path / "kolejka" / "rozmowa.wav",
        recording.path,
    ]
    (tmp_path / "kolejka").mkdir()
    for path in paths[:-1]:
        path.write_bytes(recording.path.read_bytes())
    out = tmp_path / "kopie"
    found = list(mute_all(EarParts(), paths, copy_names(out), Unwatched(), beep=False))
    assert [one["source"] for one in found] == [path.name for path in paths]
    names = [Path(one["copy"]).name for one in found]
    assert sorted(names) == sorted(path.name for path in out.iterdir())
    assert len(set(names)) == len(paths)
    assert names[3] == "rozmowa.wav"
    said = " ".join([*names, *(one["message"] for one in found)])
    assert not any(secret in said.lower() for secret in ("kowalski", "60431877"))
    assert ["--json" in one["message"] for one in found] == [True, True, True, False, False]
    again = list(mute_all(EarParts(), paths, copy_names(out), Unwatched(), beep=False))
    assert [one["error"] for one in again] == ["copy_exists"] * len(paths)
