"""The muted recording of a conversation: who hears it, what the log says of that, and how loud it is over time."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Busy, Missing
from qa.services.access.permissions import Actor, may_see
from qa.storage import audit
from qa.storage.database import Storage
from qa.storage.results import current_rows
from qa.storage.sealed_stream import SealedStream
from qa.storage.tables import SealedRow
from qa.storage.vault import Vault
from transcripts.audio import AudioError
from transcripts.call_metrics import SIDES, Interval, spans
from transcripts.conversation import Turn
from transcripts.serialise import conversation_from_dict
from transcripts.waveform import Waveform, waveform

KIND = "redacted_audio"
PAUSE = 30 * 60.0  # seconds without a request after which listening begins anew
MOST_HEARD = 10_000
NO_SOUND = 'Nie ma nagrania tej rozmowy: włącz przechowywanie, keep = ["redacted_audio"].'
GONE = "Pliku tego nagrania nie ma w magazynie: przywróć go z kopii zapasowej folderu danych."
UNREADABLE = "Nie da się odczytać tego nagrania: przywróć je z kopii zapasowej folderu danych."
BUSY = "Trwa rysowanie innego nagrania: spróbuj za chwilę."
VERSION = 1  # of what is kept beside recordings
# one waveform is worked out at a time, and nobody waits for it: other people's pages matter more
_decoding = threading.Lock()


@dataclass(frozen=True, slots=True)
class Sound:
    """A sealed recording of so many bytes; ``suffix`` is the file ending of what is inside."""

    vault: Vault
    key: str
    size: int
    suffix: str

    def part(self, start: int, stop: int) -> Iterator[bytes]:
        """Its bytes from ``start`` up to ``stop``, a block at a time.

        Raises:
            Missing: the file is gone.
            UserError: it is damaged, or sealed with another key.
        """
        try:
            yield from self.vault.part(self.key, start, stop)
        except FileNotFoundError as error:  # erased a moment ago
            raise Missing(GONE) from error


@dataclass(frozen=True, slots=True)
class Lane:
    """Levels 0..100 of one channel, evenly over the recording; ``speaker`` is None where it is everybody's."""

    speaker: str | None
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Loudness:
    """The waveform of a recording of so many ``seconds``."""

    seconds: float
    lanes: tuple[Lane, ...]


class Listening:
    """Who has been listening to what lately, so that the log has one entry for it and not one for each request.

    A browser asks for a recording in many parts. They are one listening as long as the same sign-in asks again
    within ``PAUSE``. What is noted here is known to one process only; after a restart there is an entry more.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._heard: dict[tuple[str, str, str], float] = {}

    def note(self, storage: Storage, actor: Actor, conversation_id: str) -> None:
        """Write to the audit log that the actor listens, unless that is already there."""
        key = (actor.id, actor.form_token, conversation_id)
        if self._goes_on(key):  # who listens already waits for nobody
            self._heard[key] = self._clock()
            return
        with self._lock:  # of several requests at once one writes
            if not self._goes_on(key):
                with storage.writing() as session:
                    subject = audit.mark_of(session, conversation_id)
                    audit.record(session, actor.login, "conversation_listen", subject, {})
            self._forget_old()
            self._heard[key] = self._clock()

    def _goes_on(self, key: tuple[str, str, str]) -> bool:
        return self._clock() - self._heard.get(key, -PAUSE) < PAUSE

    def _forget_old(self) -> None:
        if len(self._heard) >= MOST_HEARD:
            now = self._clock()
            self._heard = {key: at for key, at in list(self._heard.items()) if now - at < PAUSE}


def has_sound(session: Session, conversation_id: str) -> bool:
    """Whether a muted recording is kept."""
    return _sealed(session, conversation_id) is not None


def sound_of(session: Session, actor: Actor, opening: Callable[[], Vault], conversation_id: str) -> Sound:
    """The muted recording of a conversation.

    Args:
        opening: opens the vault, which needs a key; asked only where there is something in it.

    Raises:
        Refused: the actor may not listen.
        Missing: there is none, or none that the actor may hear, or its file is gone.
    """
    actor.must("conversation.listen")
    rows = current_rows(session, conversation_id)
    sealed = _sealed(session, conversation_id)
    if rows is None or sealed is None or not may_see(actor, rows[0].agent_id):
        raise Missing(NO_SOUND)
    vault = opening()
    if not vault.holds(sealed.key):
        raise Missing(GONE)
    return Sound(vault, sealed.key, sealed.size, sealed.suffix)


def loudness(session: Session, actor: Actor, opening: Callable[[], Vault], conversation_id: str) -> Loudness:
    """The waveform of the muted recording, with the speaker of each channel; raises as :func:`sound_of`.

    Raises:
        Busy: another one is being worked out.
    """
    found = _waveform(sound_of(session, actor, opening, conversation_id))
    rows = current_rows(session, conversation_id)
    turns = conversation_from_dict(rows[0].content).turns if rows else ()
    pairs = zip(speakers_of(found, turns), found.channels, strict=True)
    return Loudness(found.seconds, tuple(Lane(speaker, levels) for speaker, levels in pairs))


def speakers_of(found: Waveform, turns: Sequence[Turn]) -> tuple[str | None, ...]:
    """Whose each channel is: of two, the agent's is the one that is louder while only the agent speaks."""
    if len(found.channels) != len(SIDES):
        return (None,) * len(found.channels)
    spoken = {side: _levels_in(found, spans(turns, side)) for side in SIDES}
    both = set.intersection(*spoken.values())
    alone = [spoken[side] - both for side in SIDES]
    if not all(alone):
        return (None, None)
    (agent_left, customer_left), (agent_right, customer_right) = (
        [_mean(levels, places) for places in alone] for levels in found.channels
    )
    swapped = agent_left * customer_right < customer_left * agent_right
    return ("customer", "agent") if swapped else ("agent", "customer")


def _levels_in(found: Waveform, places: Sequence[Interval]) -> set[int]:
    """The numbers of the levels that lie in these places."""
    count = len(found.channels[0])
    scale = count / found.seconds
    return {number for a, b in places for number in range(int(a * scale), min(count, int(b * scale) + 1))}


def _mean(levels: Sequence[int], numbers: Collection[int]) -> float:
    """The mean of these levels; never 0, so that shares can be compared."""
    return 1.0 + sum(levels[number] for number in numbers) / len(numbers)


def _waveform(sound: Sound) -> Waveform:
    """The waveform that is kept beside the recording, or worked out now and kept."""
    kept = sound.vault.derived(sound.key)
    content = json.loads(kept) if kept is not None else {}
    if content.get("version") == VERSION:
        return Waveform(content["seconds"], tuple(tuple(levels) for levels in content["channels"]))
    if not _decoding.acquire(blocking=False):
        raise Busy(BUSY)
    try:
        found = _decoded(sound)
    finally:
        _decoding.release()
    with suppress(OSError):  # a full disk, or the recording was erased meanwhile: it is worked out again then
        content = {"version": VERSION, "seconds": found.seconds, "channels": found.channels}
        sound.vault.derive(sound.key, json.dumps(content).encode())
    return found


def _decoded(sound: Sound) -> Waveform:
    with io.BufferedReader(SealedStream(sound.vault, sound.key, sound.size)) as stream:
        try:
            return waveform(stream)
        except AudioError as error:
            raise Missing(UNREADABLE) from error


def _sealed(session: Session, conversation_id: str) -> SealedRow | None:
    query = select(SealedRow).where(SealedRow.conversation_id == conversation_id, SealedRow.kind == KIND)
    return session.scalars(query.order_by(SealedRow.created_at.desc(), SealedRow.key).limit(1)).first()
