"""Passwords, PINs and codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.detectors.letters import asked_letters
from nlp.redaction.detectors.numbers import KEYS, asked_runs
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.function_words import FUNCTION_WORDS
from nlp.redaction.secret_features import glued, may_be_secret, secret_spoken_of
from nlp.redaction.spans import Finding, producer
from nlp.redaction.spoken_numbers import NUMERALS
from nlp.redaction.word_model import secret_likelihood
from nlp.redaction.words import Line, Word

_WRITTEN = re.compile(
    r"(?:has[łl]o|has[łl]em|hase[łl]ko|pin|password|cvv|cvc|kod|puk|token)\s*(?:to|jest|brzmi)?\s*[:=]\s*(?P<value>\S{3,}[^\s.,;!?)])",
    re.IGNORECASE,
)
_STRANGE = re.compile(
    r"\bhas[łl](?:o|em|a)\b(?:(?!kod|rabat|promo)[^.!?\n]){0,30}?\s(?P<value>(?=\S*[A-Za-zżźćńółęąś])(?=\S*[\d@$%^&*])[^\s\[\]]{5,}[^\s.,;!?)\]])",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?<!\w)kod(?:u|em|zik)?\s+(?:odbioru\s+|dost[ęe]pu\s+|do\s+\w+\s+|z\s+sms\w*\s+)?(?P<value>(?=\w*\d{4})[A-Za-z0-9]{4,12})(?!\w)",
    re.IGNORECASE,
)
_INTRODUCES = frozenset(["to", "jest", "brzmi", "mam", "bylo", "brzmialo", ":", "bedzie", "="])
_WORD_CUES = re.compile(r"^(hasl|hasel)")
# what follows these is the question itself, only the other side answers it
_QUESTIONS = re.compile(r"^(pytani|odpowied|slow)")
_BETWEEN_KEYS = frozenset([",", "-", "–", ".", "i", "potem", "a", "dalej"])
_LONGEST = 5
LIKELY = 0.28
UNLIKELY = 0.02  # words that a rule takes for a password stay one from here
LIKELY_INSIDE = 0.15  # the same for a word between or beside words that are likely


class SecretDetector:
    """Asked-for numbers, and passwords that are words."""

    name = "secret"
    version = "4"

    def __init__(self, *, learned: bool = True) -> None:
        self._learned = learned

    def find(self, dialogue: Dialogue) -> Iterator[Finding]:
        """See ``Detector.find``."""
        yield from asked_runs(self, "SECRET", dialogue)
        yield from asked_letters(self, "SECRET", dialogue)
        for line in dialogue.lines:
            for pattern in (_WRITTEN, _STRANGE, _CODE):
                for match in pattern.finditer(line.text):
                    start, end = match.span("value")
                    if not line.text[start:end].startswith("["):
                        yield Finding(
                            line.turn, start, end, "SECRET", 0.92, producer(self), "follows its name"
                        )
        yield from self._words(dialogue)
        yield from self._keyed(dialogue)
        if self._learned:
            for line in dialogue.lines:
                if line.speaker != "system":  # labels are no sentences
                    yield from self._likely(dialogue, line)

    def _likely(self, dialogue: Dialogue, line: Line) -> Iterator[Finding]:
        """Words that the learned part takes for a password, each with its likely neighbours."""
        sure = {
            index: secret_likelihood(dialogue, line, index)
            for index in range(len(line.words))
            if may_be_secret(dialogue, line, index)
        }
        index = 0
        while index < len(line.words):
            if sure.get(index, 0.0) < LIKELY:
                index += 1
                continue
            first, last = index, index + 1
            while sure.get(first - 1, 0.0) >= LIKELY_INSIDE:
                first -= 1
            while sure.get(last, 0.0) >= LIKELY_INSIDE or (
                _joins(line, last) and sure.get(last + 1, 0.0) >= LIKELY
            ):
                last += 1
            start, end = glued(line, line.words[first].start, line.words[last - 1].end)
            confidence = min(0.9, max(sure.get(i, 0.0) for i in range(first, last)))
            yield Finding(
                line.turn, start, end, "SECRET", confidence, producer(self), "learned from its context"
            )
            index = last

    def _words(self, dialogue: Dialogue) -> Iterator[Finding]:
        """Spoken passwords: after "hasło to ...", or the short answer to a request for one."""
        for cue in dialogue.cues:
            line = dialogue.lines[cue.turn]
            named = _WORD_CUES.match(line.folded(cue.first))
            if cue.topic != "SECRET" or not (named or _QUESTIONS.match(line.folded(cue.first))):
                continue
            place = (_said(line, cue.last) or _right_after(dialogue, line, cue.last)) if named else None
            if place is None and cue.request:
                line, place = _answer(dialogue, cue.turn)
            if place and not (self._learned and _unlikely(dialogue, line, place)):
                start, end = line.words[place[0]].start, line.words[place[1] - 1].end
                yield Finding(
                    line.turn, start, end, "SECRET", 0.8, producer(self), "answer to a request for a password"
                )

    def _keyed(self, dialogue: Dialogue) -> Iterator[Finding]:
        """Codes of a door with the keys between their figures: "czternaście klucz dwadzieścia dwa"."""
        for line in dialogue.lines:
            for first, last in _keypads(line):
                if secret_spoken_of(dialogue, line):
                    start, end = line.words[first].start, line.words[last - 1].end
                    yield Finding(line.turn, start, end, "SECRET", 0.85, producer(self), "keys of a door")


def _keypads(line: Line) -> Iterator[tuple[int, int]]:
    """Words ``first`` to ``last`` (exclusive) of rows of figures with a key such as "kluczyk" among them."""
    first = 0
    while first < len(line.words):
        last = _row_of_keys(line, first)
        row = line.words[first:last]
        if any(word.fold in KEYS for word in row) and any(_is_figure(word) for word in row):
            yield first, last
        first = max(last, first + 1)


def _row_of_keys(line: Line, first: int) -> int:
    """Where a row of figures and keys ends that begins at ``first``."""
    last = probe = first
    while word := line.at(probe):
        key = word.fold in KEYS or _is_figure(word)
        if not key and (probe == first or word.fold not in _BETWEEN_KEYS):
            break
        probe += 1
        last = probe if key else last
    return last


def _is_figure(word: Word) -> bool:
    return word.fold in NUMERALS or word.text.isdigit()


def _unlikely(dialogue: Dialogue, line: Line, place: tuple[int, int]) -> bool:
    """Whether none of the words is likely to be of a password."""
    asked = [i for i in range(*place) if may_be_secret(dialogue, line, i)]
    return all(secret_likelihood(dialogue, line, i) < UNLIKELY for i in asked) if asked else False


def _joins(line: Line, index: int) -> bool:
    """Whether a word stands inside a password of several words: "kot w butach"."""
    word = line.at(index)
    return word is not None and not word.is_mark and word.text not in ".?!,;:"


def _said(line: Line, after: int) -> tuple[int, int] | None:
    """The words after "hasło (abonenckie) to (jest)"."""
    for index in range(after, min(after + 8, len(line.words))):
        if line.folded(index) in _INTRODUCES:
            while line.folded(index) in _INTRODUCES or line.folded(index) in (",", "…", "."):
                index += 1  # noqa: PLW2901
            return _content(line, index)
    return None


def _right_after(dialogue: Dialogue, line: Line, after: int) -> tuple[int, int] | None:
    """ "hasło Burek pięć": a word with a capital, or one before a number, and the number."""
    word, following = line.at(after), line.at(after + 1)
    if word is None or word.is_sign or word.is_mark or word.fold in FUNCTION_WORDS:
        return None
    numbered = following is not None and (following.fold in NUMERALS or following.text.isdigit())
    if not numbered and not (dialogue.cased and word.capital and not word.after_stop):
        return None
    last = after + 1
    while (nxt := line.at(last)) and (nxt.fold in NUMERALS or nxt.text.isdigit()):
        last += 1
    return after, last


def _content(line: Line, first: int) -> tuple[int, int] | None:
    """From a first word of content to the end of the sentence, when that is short."""
    last = first
    while (
        (word := line.at(last)) and last - first < _LONGEST and word.text not in ".?!,;" and not word.is_mark
    ):
        last += 1
    while last > first and (line.folded(last - 1) in FUNCTION_WORDS or line.words[last - 1].is_sign):
        last -= 1
    if any(line.folded(i).startswith(("hasl", "hasel", "nie")) for i in range(first, last)):
        return None
    after = line.at(last)
    open_end = after is not None and last - first >= _LONGEST and not after.is_sign
    if last == first or line.folded(first) in FUNCTION_WORDS or open_end:
        return None
    return first, last


def _answer(dialogue: Dialogue, turn: int) -> tuple[Line, tuple[int, int] | None]:
    """The next turn of the other side, when it is nothing but a word or a few."""
    asker = dialogue.lines[turn]
    for line in dialogue.lines[turn + 1 : turn + 4]:
        if line.speaker == asker.speaker and line.speaker != "unknown":
            continue
        first = 0
        while (word := line.at(first)) and (
            word.is_sign or word.fold in FUNCTION_WORDS or word.fold in _INTRODUCES
        ):
            first += 1
        if first < len(line.words):
            place = _content(line, first)
            return line, place if place and len(line.words) - place[1] <= 2 else None
    return asker, None
