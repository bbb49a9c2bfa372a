"""Real transcription of a few seconds of an example call."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from models import store
from models.manifest import ModelError
from nlp.redaction import Redactor
from qa.services.pipeline.sound_redaction import SoundRedactor, said_again
from transcripts.audio import RATE, AudioError, decode, signal
from transcripts.conversation import Conversation, Turn
from transcripts.reading import Recording
from transcripts.speech import Transcriber

pytestmark = pytest.mark.slow

CALLS = Path(__file__).parents[2] / "examples" / "calls"


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    """The real model on the real machine."""
    try:
        return Transcriber(store.resolve("whisper-base").path)
    except ModelError as error:
        pytest.skip(f"model whisper-base is not available: {error}")


def _write(path: Path, channels: list[npt.NDArray[np.int16]]) -> Recording:
    with wave.open(str(path), "wb") as out:
        out.setparams((len(channels), 2, RATE, 0, "NONE", ""))
        out.writeframes(np.stack(channels, 1).tobytes())
    return Recording(
        path, Conversation(path.stem, "phone", (), queue="zwroty", metadata={"źródło": "centrala"})
    )


def test_a_short_cut_of_an_example_call(transcriber: Transcriber, tmp_path: Path) -> None:
    calls = sorted(CALLS.glob("call-01*.ogg"))
    if not calls:
        pytest.skip(f"no example calls in {CALLS}")
    cut = [c[: 12 * RATE] for c in decode(calls[0]).channels]
    done: list[float] = []
    got = transcriber.transcribe(_write(tmp_path / "c-1.wav", cut), done.append)
    heard = {t.speaker: t.text.lower() for t in got.turns}
    assert set(heard) == {"agent", "customer"}
    assert "dzień dobry" in " ".join(heard.values())
    starts = [t.start or 0.0 for t in got.turns]
    assert starts == sorted(starts)
    assert done == sorted(done)
    assert done[-1] == pytest.approx(12, abs=0.1)
    assert (got.id, got.queue, got.metadata["źródło"]) == ("c-1", "zwroty", "centrala")
    assert got.metadata["speech"]["layout"] == "two_channel"
    assert 0 < got.metadata["call_metrics"]["talk_share"]["agent"] < 1
    json.dumps(dict(got.metadata))


def test_several_recordings_in_common_batches_and_a_bad_one_between(
    transcriber: Transcriber, tmp_path: Path
) -> None:
    calls = sorted(CALLS.glob("call-0[12]*.ogg"))
    if len(calls) < 2:
        pytest.skip(f"no example calls in {CALLS}")
    cuts = [[c[: 9 * RATE] for c in decode(path).channels] for path in calls]
    (tmp_path / "b.wav").write_text("to nie jest dźwięk", encoding="utf-8")
    bad = Recording(tmp_path / "b.wav", Conversation("b", "phone", ()))
    first, second = (_write(tmp_path / f"{n}.wav", cut) for n, cut in zip("ac", cuts, strict=True))
    got = list(transcriber.transcribe_many([first, bad, second]))
    assert [item.code if isinstance(item, AudioError) else item.id for item in got] == ["a", "not_audio", "c"]
    for answer, recording in ((got[0], first), (got[2], second)):
        alone = transcriber.transcribe(recording)
        assert isinstance(answer, Conversation)
        assert [(t.speaker, t.start) for t in answer.turns] == [(t.speaker, t.start) for t in alone.turns]
    speech = transcriber.transcribe(first).metadata["speech"]
    assert speech["trust"] == "ok"
    assert speech["languages"] == {"pl": pytest.approx(20, abs=12)}
    assert [row["turn"] for row in speech["turns"]] == list(range(len(speech["turns"])))


def test_another_language_is_heard_in_that_language(
    transcriber: Transcriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = sorted(CALLS.glob("call-01*.ogg"))
    if not calls:
        pytest.skip(f"no example calls in {CALLS}")
    whisper = transcriber._whisper
    sound = signal(decode(calls[0]).channels[0][: 8 * RATE])
    # no recording in another language lies here: the detection is replaced, all that follows is real
    monkeypatch.setattr(whisper, "_languages", lambda _encoded, _sounds: ["pl", "en"])
    polish, english = whisper.hear([sound, sound])
    assert (polish.language, english.language) == ("pl", "en")
    assert "dzień" in "".join(w.text for w in polish.words).lower()
    assert english.words


def test_a_cut_recording_is_heard_up_to_the_damage(transcriber: Transcriber, tmp_path: Path) -> None:
    calls = sorted(CALLS.glob("call-08*.ogg"))
    if not calls:
        pytest.skip(f"no example calls in {CALLS}")
    path = tmp_path / "ucięta.ogg"
    content = calls[0].read_bytes()
    path.write_bytes(content[: len(content) // 8])
    got = transcriber.transcribe(Recording(path, Conversation("u", "phone", ())))
    assert got.turns
    assert got.metadata["speech"]["damage"]["code"] == "truncated_audio"
    assert got.metadata["speech"]["damage"]["until"] == pytest.approx(11, abs=4)


def test_nothing_is_invented_in_noise_and_tone(transcriber: Transcriber, tmp_path: Path) -> None:
    time = np.arange(20 * RATE) / RATE
    random = np.random.default_rng(0)
    ringback = 4000 * np.sin(2 * np.pi * 425 * time) * (time % 5 < 1)
    noise = random.normal(0, 60, len(time))
    got = transcriber.transcribe(
        _write(tmp_path / "t.wav", [ringback.astype(np.int16), noise.astype(np.int16)])
    )
    assert got.turns == ()
    assert got.metadata["speech"]["average_log_probability"] is None


def test_a_bad_file_is_one_sentence(transcriber: Transcriber, tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_text("to nie jest dźwięk", encoding="utf-8")
    with pytest.raises(AudioError) as caught:
        transcriber.transcribe(Recording(tmp_path / "x.wav", Conversation("x", "phone", ())))
    assert caught.value.code == "not_audio"


def test_values_muted_in_an_example_call_do_not_come_back(transcriber: Transcriber, tmp_path: Path) -> None:
    """Judged by the call's own reference text: what the redactor finds there is not heard in the copy."""
    call = CALLS / "call-04-refused-complaint.ogg"
    recording = Recording(call, Conversation("c-4", "phone", ()))
    target, redactor = tmp_path / "kopia.ogg", Redactor()
    done = SoundRedactor(transcriber, redactor).redact(recording, transcriber.transcribe(recording), target)
    written = json.loads(call.with_suffix(".json").read_text("utf-8"))["turns"]
    turns = tuple(Turn(t["speaker"], t["text"]) for t in written)
    said = redactor.redact(Conversation("c-4", "phone", turns)).redactions
    values = [turns[r.turn].text[r.start : r.end] for r in said]
    heard = transcriber.transcribe(Recording(target, recording.conversation))
    assert "Piotr Nowicki" in values
    assert [place.text(heard) for place in said_again(heard, values)] == []
    assert 5 < done.seconds < 0.3 * done.duration
    assert len(heard.turns) > 10
