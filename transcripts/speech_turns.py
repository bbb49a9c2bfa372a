"""From recognised words to turns: invented text out, turns cut at pauses and put in true order."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from transcripts.audio import RATE
from transcripts.conversation import Speaker, Turn, Word
from transcripts.crosstalk import FRAME, Levels, Mask, speech_level
from transcripts.recognition import Passage

GAP = 0.6  # s; a longer pause ends a turn when somebody else speaks in it, or ...
LONG_GAP = 2.0  # ... a pause of this length always does
FAINT_DB = 35.0  # text this far below the channel's speech is invented
MAX_REPEATS = 3  # "nie, nie, nie" is speech, more of the same a loop
_QUIET_DB = 32.0  # below the channel's speech: breath and line noise
_OVER_FLOOR_DB = 8.0
_SECONDS = FRAME / RATE
_RUN_ON = 75  # frames that a word, above all a number, may sound on after its end by Whisper
_BREATH = 10  # frames of quiet within a word
_LONGEST_LOOP = 8  # words
_NO_SPEECH, _UNSURE = 0.6, -1.0
_CREDITS = re.compile(
    r"amara\.?org|społeczność amara|napisy\s+(?:stworzone|wykonane|wykonał|by|:)|tłumaczenie i napisy"
    r"|(?:dziękuję|dziękujemy|dzięki) za (?:oglądanie|obejrzenie)|subskryb(?:uj|cj)|zdjęcia i montaż"
    r"|do zobaczenia w (?:następnym|kolejnym) (?:odcinku|filmie)",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[^\w]+")
_BACKCHANNELS = frozenset(
    [
        "mhm",
        "mmhm",
        "yhm",
        "ehe",
        "aha",
        "hm",
        "hmm",
        "no",
        "tak",
        "okej",
        "ok",
        "dobrze",
        "jasne",
        "rozumiem",
    ]
)
_BACKCHANNEL_WORDS = 3
_KEPT_FLOOR = 1.0  # s; who goes on after such a pause had not handed over
_ENDS = (".", "?", "!")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of one channel or voice without a pause of ``GAP`` in between."""

    words: tuple[Word, ...]

    @property
    def start(self) -> float:
        """Seconds."""
        return self.words[0].start

    @property
    def end(self) -> float:
        """Seconds."""
        return max(w.end for w in self.words)

    @property
    def text(self) -> str:
        """The words as written."""
        return "".join(w.text for w in self.words).strip()


def phrases(words: Iterable[Word]) -> list[Phrase]:
    """Words in order of time, cut where nobody says anything for ``GAP`` seconds."""
    out: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.start, w.end)):
        if out and word.start - out[-1][-1].end <= GAP:
            out[-1].append(word)
        else:
            out.append([word])
    return [Phrase(tuple(part)) for part in out]


def trusted(passages: Iterable[Passage], level: Levels) -> tuple[list[Word], Counter[str]]:
    """The words of one channel that were really said, and how many were removed by the reason why.

    Reasons: ``silence`` (the recording is all but silent there, or the model itself doubts that anybody
    speaks), ``loops`` (a passage repeated over and over), ``credits`` (of films that the model learnt from).
    """
    kept: list[Word] = []
    removed: Counter[str] = Counter(loops=0, credits=0, silence=0)
    for passage in passages:
        if passage.no_speech > _NO_SPEECH and passage.log_probability < _UNSURE:
            removed["silence"] += len(passage.words)
            continue
        once = without_loops(fitted(passage.words, level))
        removed["loops"] += len(passage.words) - len(once)
        for phrase in phrases(once):
            if faint(phrase, level):
                removed["silence"] += len(phrase.words)
                continue
            said = without_credits(phrase.words)
            removed["credits"] += len(phrase.words) - len(said)
            kept += said
    return kept, removed


def fitted(words: Sequence[Word], level: Levels) -> list[Word]:
    """Words with times as they sound: Whisper lets them begin early, take in silence, and end too soon."""
    if not len(level):
        return list(words)
    bound = max(speech_level(level) - _QUIET_DB, float(np.percentile(level, 10)) + _OVER_FLOOR_DB)
    loud = level > bound
    later = [w.start for w in words[1:]] + [len(level) * _SECONDS]
    return [_fitted(word, loud, until) for word, until in zip(words, later, strict=True)]


def _fitted(word: Word, loud: Mask, until: float) -> Word:
    """``until``: where the next word begins."""
    first, last = int(word.start / _SECONDS), int(np.ceil(word.end / _SECONDS))
    sounding = np.flatnonzero(loud[first:last])
    if not len(sounding):
        return word
    start = max(word.start, (first + int(sounding[0])) * _SECONDS)
    end = first + int(sounding[-1]) + 1
    limit = min(int(until / _SECONDS), last + _RUN_ON)
    while end < limit and loud[end : end + _BREATH].any():
        end += 1
    return dataclasses.replace(word, start=round(start, 3), end=round(end * _SECONDS, 3))


def without_credits(words: Sequence[Word]) -> list[Word]:
    """Words without sentences that Whisper learnt from film subtitles."""
    out: list[Word] = []
    sentence: list[Word] = []
    for word in words:
        sentence.append(word)
        if word.text.rstrip().endswith((".", "?", "!")) and not word.text.lower().endswith("amara."):
            out += [] if _CREDITS.search(Phrase(tuple(sentence)).text) else sentence
            sentence = []
    if sentence and not _CREDITS.search(Phrase(tuple(sentence)).text):
        out += sentence
    return out


def without_loops(words: Sequence[Word]) -> list[Word]:
    """Words with a passage that is repeated more than ``MAX_REPEATS`` times said once."""
    plain = [_PLAIN.sub("", w.text).lower() for w in words]
    out: list[Word] = []
    at = 0
    while at < len(words):
        size, times = _loop(plain, at)
        out += words[at : at + size]
        at += size * times
    return out


def _loop(plain: Sequence[str], at: int) -> tuple[int, int]:
    """(length, repetitions) of the loop that begins here; (1, 1) where there is none. Digits may repeat."""
    for size in range(1, _LONGEST_LOOP + 1):
        unit = plain[at : at + size]
        times = 1
        while plain[at + times * size : at + (times + 1) * size] == unit:
            times += 1
        if times > MAX_REPEATS and not all(u.isdigit() for u in unit):
            return size, times
    return 1, 1


def faint(phrase: Phrase, level: Levels) -> bool:
    """Whether the recording is all but silent where the phrase should be."""
    first, last = int(phrase.start * RATE / FRAME), int(phrase.end * RATE / FRAME) + 1
    heard = level[max(0, first - 5) : last + 5]
    if not len(heard):
        return True
    return float(heard.max()) < speech_level(level) - FAINT_DB


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """A turn with the words it is made of."""

    turn: Turn
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    voice: int
    speaker: Speaker
    phrase: Phrase


def spoken_turns(by_speaker: Iterable[tuple[Speaker, Sequence[Word]]]) -> list[SpokenTurn]:
    """Turns of all speakers in order of their start; talk over each other stays two overlapping turns.

    A voice's phrases become one turn while no other voice begins to speak between them and the pause is
    under ``LONG_GAP``; two voices of unknown speakers stay apart. A listener's "mhm" that does not take the
    floor is a turn of its own and does not cut the speaker's.
    """
    pieces = [
        _Piece(voice, speaker, phrase)
        for voice, (speaker, words) in enumerate(by_speaker)
        for phrase in phrases(words)
    ]
    pieces.sort(key=lambda p: (p.phrase.start, p.phrase.end))
    aside = {i for i in range(len(pieces)) if _backchannel(pieces, i)}
    turns: list[list[_Piece]] = []
    floor: list[_Piece] = []
    for i, piece in enumerate(pieces):
        same = floor and floor[-1].voice == piece.voice
        if i in aside:
            turns.append([piece])
        elif same and piece.phrase.start - max(p.phrase.end for p in floor) <= LONG_GAP:
            floor.append(piece)
        else:
            floor = [piece]
            turns.append(floor)
    return [_spoken(parts) for parts in turns]


def interleaved(by_speaker: Iterable[tuple[Speaker, Sequence[Word]]]) -> tuple[Turn, ...]:
    """The turns of :func:`spoken_turns` alone."""
    return tuple(spoken.turn for spoken in spoken_turns(by_speaker))


def _spoken(parts: Sequence[_Piece]) -> SpokenTurn:
    text = " ".join(p.phrase.text for p in parts)
    start, end = parts[0].phrase.start, max(p.phrase.end for p in parts)
    turn = Turn(parts[0].speaker, text, round(start, 2), round(end, 2))
    return SpokenTurn(turn, tuple(w for p in parts for w in p.phrase.words))


def _backchannel(pieces: Sequence[_Piece], at: int) -> bool:
    """Whether a piece only shows that somebody listens: said within another voice's unfinished speech."""
    own = pieces[at]
    plain = [_PLAIN.sub("", w.text).lower() for w in own.phrase.words]
    if len(plain) > _BACKCHANNEL_WORDS or not set(plain) <= _BACKCHANNELS:
        return False
    others = [p for p in pieces if p.voice != own.voice]
    before = [p for p in others if p.phrase.start < own.phrase.start]
    if not before:
        return False
    last = max(before, key=lambda p: p.phrase.end)
    if last.phrase.end >= own.phrase.end:
        return True  # said while the other goes on
    if last.phrase.text.endswith(_ENDS) or last.phrase.end < own.phrase.start - GAP:
        return False  # the other had finished, or waited for an answer
    on = [p.phrase.start for p in others if p.voice == last.voice and p.phrase.start > own.phrase.start]
    return bool(on) and min(on) - last.phrase.end <= _KEPT_FLOOR
