"""Where in the recording each word of a turn sounds, so that a place in the text is a place in the sound.

A call's metadata hold, under ``words``, a list for each turn of ``[start, end, from, to]``: characters of the
turn's text and seconds of the recording. It belongs to the text as recognised and is dropped when that changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from transcripts.call_metrics import union
from transcripts.conversation import Conversation, Span

if TYPE_CHECKING:
    from transcripts.speech_turns import SpokenTurn

WORDS = "words"
_LEAST, _MOST = 0.04, 3.0  # seconds that one word can take; other times are not relied on

Stretch = tuple[float, float]


def word_times(turns: Iterable[SpokenTurn]) -> list[list[list[float]]]:
    """``[start, end, from, to]`` of each word of each turn."""
    return [_of_turn(spoken) for spoken in turns]


def _of_turn(spoken: SpokenTurn) -> list[list[float]]:
    out: list[list[float]] = []
    at = 0
    for word in spoken.words:
        shown = word.text.strip()
        found = spoken.turn.text.find(shown, at) if shown else -1
        if found < 0:
            continue
        at = found + len(shown)
        out.append([found, at, round(word.start, 2), round(word.end, 2)])
    return out


def without_words(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata without the times of words."""
    return {key: value for key, value in metadata.items() if key != WORDS}


def stretches(heard: Conversation, places: Iterable[Span], margin: float) -> list[Stretch]:
    """The seconds in which ``places`` sound, ``margin`` wider on both sides, merged and in order.

    A place whose words have no time that can be relied on takes its whole turn.

    Args:
        heard: a conversation with ``metadata["words"]`` for its turns.
    """
    found = [_stretch(heard, place) for place in places]
    return union([(max(0.0, start - margin), end + margin) for start, end in found])


def _stretch(heard: Conversation, place: Span) -> Stretch:
    turn = heard.turns[place.turn]
    whole = (turn.start or 0.0, turn.end or 0.0)
    times = [
        (start, end)
        for first, last, start, end in heard.metadata[WORDS][place.turn]
        if first < place.end and last > place.start
    ]
    if not times or not all(_relied_on(time, whole) for time in times):
        return whole
    return min(start for start, _ in times), max(end for _, end in times)


def _relied_on(time: Stretch, turn: Stretch) -> bool:
    start, end = time
    return _LEAST <= end - start <= _MOST and turn[0] - _LEAST <= start and end <= turn[1] + _LEAST
