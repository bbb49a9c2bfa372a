"""From recognised words to turns: invented text out, turns cut at pauses and put in true order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from transcripts.audio import RATE
from transcripts.conversation import Speaker, Turn, Word
from transcripts.crosstalk import FRAME, Levels, speech_level
from transcripts.recognition import Passage

GAP = 0.6  # s; a longer pause ends a turn when somebody else speaks in it, or ...
LONG_GAP = 2.0  # ... a pause of this length always does
FAINT_DB = 35.0  # text this far below the channel's speech is invented
MAX_REPEATS = 3  # "nie, nie, nie" is speech, more of the same a loop
_LONGEST_LOOP = 8  # words
_NO_SPEECH, _UNSURE = 0.6, -1.0
_CREDITS = re.compile(
    r"amara\.?org|społeczność amara|napisy\s+(?:stworzone|wykonane|wykonał|by|:)|tłumaczenie i napisy"
    r"|(?:dziękuję|dziękujemy|dzięki) za (?:oglądanie|obejrzenie)|subskryb(?:uj|cj)|zdjęcia i montaż"
    r"|do zobaczenia w (?:następnym|kolejnym) (?:odcinku|filmie)",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[^\w]+")


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


def trusted(passages: Iterable[Passage], level: Levels) -> tuple[list[Word], int]:
    """The words of one channel that were really said, and how many were removed as invented."""
    kept: list[Word] = []
    total = 0
    for passage in passages:
        total += len(passage.words)
        if passage.no_speech > _NO_SPEECH and passage.log_probability < _UNSURE:
            continue
        for phrase in phrases(without_loops(passage.words)):
            if not faint(phrase, level):
                kept += without_credits(phrase.words)
    return kept, total - len(kept)


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


def interleaved(by_speaker: Iterable[tuple[Speaker, Sequence[Word]]]) -> tuple[Turn, ...]:
    """Turns of all speakers in order of their start; talk over each other stays two overlapping turns.

    A voice's phrases become one turn while no other voice begins to speak between them and the pause is
    under ``LONG_GAP``; two voices of unknown speakers stay apart.
    """
    pieces = [
        (voice, speaker, phrase)
        for voice, (speaker, words) in enumerate(by_speaker)
        for phrase in phrases(words)
    ]
    pieces.sort(key=lambda p: (p[2].start, p[2].end))
    turns: list[Turn] = []
    last = -1
    for voice, speaker, phrase in pieces:
        before = turns[-1] if voice == last else None
        last = voice
        if before and phrase.start - (before.end or 0.0) <= LONG_GAP:
            end = max(before.end or 0.0, phrase.end)
            turns[-1] = Turn(speaker, f"{before.text} {phrase.text}", before.start, round(end, 2))
        else:
            turns.append(Turn(speaker, phrase.text, round(phrase.start, 2), round(phrase.end, 2)))
    return tuple(turns)


def low_share(words: Sequence[Word], below: float = 0.5) -> float:
    """Share of words that the model itself gives less than even odds."""
    return float(np.mean([w.probability < below for w in words])) if words else 0.0
