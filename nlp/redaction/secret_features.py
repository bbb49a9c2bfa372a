"""What a linear model sees of a word that may be a password: how it was asked for, what stands around it, whether it comes back.

As with names, the word itself is not among the features: a password can be any word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zlib import crc32

from nlp.redaction.function_words import FUNCTION_WORDS
from nlp.redaction.number_features import step
from nlp.redaction.spoken_numbers import NUMERALS
from nlp.redaction.word_features import BUCKETS, neighbour, role_of, traits
from nlp.redaction.words import Line, Word

if TYPE_CHECKING:
    from nlp.redaction.cues import Cue
    from nlp.redaction.dialogue import Dialogue

_REACH = 3  # words looked at on each side
_STEM = 4  # letters of the word that asks
_SHORTEST_ECHO = 3
_FEW = 3


def may_be_secret(dialogue: Dialogue, line: Line, index: int) -> bool:
    """Whether a word is worth asking about as a password: a secret was spoken of not long before, or is in this turn."""
    word = line.words[index]
    if word.is_sign or word.is_mark or word.fold in FUNCTION_WORDS:
        return False
    return dialogue.asks.during("SECRET", line.first + index)


def secret_features(dialogue: Dialogue, line: Line, index: int) -> list[int]:
    """Buckets of the features of word ``index``, each once."""
    return sorted({crc32(name.encode()) % BUCKETS for name in _names(dialogue, line, index)})


def _names(dialogue: Dialogue, line: Line, index: int) -> Iterator[str]:
    word = line.words[index]
    case = "c" if dialogue.cased else "l"
    left = [neighbour(line, index - i) for i in range(1, _REACH + 1)]
    right = [neighbour(line, index + i) for i in range(1, _REACH + 1)]
    roles = [role_of(line, index + i) for i in (-2, -1, 0, 1, 2)]
    shape = f"{case}{''.join(traits(dialogue, line, index))}"
    asked = _asked(dialogue, line, index)
    length = step(line.spoken)
    rest = step(_rest(line, index))
    written = "d" if any(ch.isdigit() for ch in word.text) else "-"
    inner = (
        "m" if any(not ch.isalnum() for ch in word.text) or word.text[1:] != word.text[1:].lower() else "-"
    )
    yield case
    for trait in (
        f"shape={shape}",
        f"role={roles[2]}",
        f"signs={written}{inner}{min(len(word.text), 9) // 3}",
        f"l={left[0]}",
        f"l01={left[1]} {left[0]}",
        f"r={right[0]}",
        f"roles={roles[1]}{roles[2]}{roles[3]}",
        f"n={length}",
        f"rest={rest}",
        f"content={min(_content(line), 6)}",
        f"echo={_echoes(dialogue, line, word)}",
        f"stop={word.after_stop}",
        f"speaker={line.speaker}",
    ):
        yield trait
        yield f"{asked}|{trait}"
        yield f"{asked[:2]}|{trait}"
    for i in range(_REACH):
        yield f"l{i}={left[i]}"
        yield f"r{i}={right[i]}"
    yield f"l012={left[2]} {left[1]} {left[0]}"
    yield f"lr={left[0]} {right[0]}"
    yield f"left={roles[0]}{roles[1]}|{shape}"
    yield f"right={roles[3]}{roles[4]}|{shape}"
    yield f"{asked}|n={length}|rest={rest}"
    yield f"{asked}|n={length}|{roles[2]}"


def _asked(dialogue: Dialogue, line: Line, index: int) -> str:
    """How the last word for a secret relates to this word: turns and words between, who said it, what it was."""
    cue = _last_cue(dialogue, line, index)
    if cue is None:
        return "-"
    other = dialogue.lines[cue.turn]
    turns = min(line.turn - cue.turn, _FEW)
    whose = "s" if other.speaker == line.speaker else "o"
    near = step(line.first + index - other.first - cue.last)
    words = near if turns == 0 else "-"
    stem = other.folded(cue.first)[:_STEM]
    return f"{turns}{whose}{'r' if cue.request else 'm'}{words}{stem}"


def _last_cue(dialogue: Dialogue, line: Line, index: int) -> Cue | None:
    before = [
        cue
        for cue in dialogue.cues
        if cue.topic == "SECRET" and (cue.turn < line.turn or (cue.turn == line.turn and cue.last <= index))
    ]
    return before[-1] if before else None


def _rest(line: Line, index: int) -> int:
    """Words from here to the end of the turn."""
    return sum(not word.is_sign for word in line.words[index + 1 :])


def _content(line: Line) -> int:
    """Words that say something."""
    return sum(
        not word.is_sign and word.fold not in FUNCTION_WORDS and word.fold not in NUMERALS
        for word in line.words
    )


def _echoes(dialogue: Dialogue, line: Line, word: Word) -> str:
    """Whether the word comes again: in the next turns of the other side, or elsewhere."""
    if len(word.fold) < _SHORTEST_ECHO:
        return "-"
    turns = [other for other in dialogue.lines if any(w.fold == word.fold for w in other.words)]
    near = any(0 < abs(other.turn - line.turn) <= _FEW and other.speaker != line.speaker for other in turns)
    return f"{'n' if near else '-'}{min(len(turns), _FEW)}"
