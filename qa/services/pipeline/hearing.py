"""Recordings to conversations in common batches, whatever is in one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from qa.errors import is_disk_full, is_transient
from qa.ports import Components, Transcribing
from transcripts.conversation import Conversation
from transcripts.reading import Recording

Progress = Callable[[float], None]


def heard(
    components: Components, recordings: Sequence[Recording], progress: Progress
) -> Iterator[Conversation | Exception]:
    """An answer for each recording in order: its conversation, or why there is none.

    When a common batch fails, each remaining recording gets its own chance. The transcriber is made only
    when there is a recording. Faults that another attempt may mend, and a full disk, are raised.
    """
    if not recordings:
        return
    transcriber, done = components.transcriber(), 0
    try:
        for answer in transcriber.transcribe_many(recordings, progress):
            done += 1
            yield answer
    except Exception as error:  # one recording must not stop the others
        _raise_what_concerns_all(error)
        for recording in recordings[done:]:
            yield _alone(transcriber, recording, progress)


def _alone(transcriber: Transcribing, recording: Recording, progress: Progress) -> Conversation | Exception:
    try:
        return transcriber.transcribe(recording, progress)
    except Exception as error:  # decoders fail in many ways; the rest goes on
        _raise_what_concerns_all(error)
        return error


def _raise_what_concerns_all(error: Exception) -> None:
    if is_transient(error) or is_disk_full(error):
        raise error
