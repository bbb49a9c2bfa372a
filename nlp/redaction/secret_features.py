"""What a linear model sees of a word that may be a password: how it was asked for, what stands around it, whether it comes back.

As with names, the word itself is not among the features: a password can be any word.
"""

from __future__ import annotations

import itertools
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
_PHRASE = 2  # words
_ACCEPTS = frozenset(
    ["zgadza", "dziekuje", "zapisalam", "zapisalem", "zapisuje", "dobrze", "prawidlowo", "pasuje"]
)
_REFUSES = frozenset(["niestety", "nie", "inne", "blad", "bledne", "niepoprawne", "nieprawidlowe", "jeszcze"])
_OPENING, _CLOSING = frozenset("(„”\"«»'[:,;/"), frozenset(".,;:!?)]”\"»'…/")
_KINDS_OF_SIGNS = ((str.isupper, "A"), (str.islower, "a"), (str.isdigit, "0"))
_LONGEST_ROW = 6  # changes of kind that are told apart
_TURNS = 8  # after the last word for a secret in which one may still be said: a password is guessed at


def may_be_secret(dialogue: Dialogue, line: Line, index: int) -> bool:
    """Whether a word is worth asking about as a password: a secret was spoken of some turns before, or is in this turn."""
    word = line.words[index]
    if word.is_sign or word.is_mark or word.fold in FUNCTION_WORDS:
        return False
    return dialogue.asks.during("SECRET", line.first + index) or secret_spoken_of(dialogue, line)


def secret_spoken_of(dialogue: Dialogue, line: Line) -> bool:
    """Whether a secret is named in this turn or in one of those before; other questions may have come between."""
    return any(cue.topic == "SECRET" and 0 <= line.turn - cue.turn <= _TURNS for cue in dialogue.cues)


def glued(line: Line, start: int, end: int) -> tuple[int, int]:
    """Characters ``start`` to ``end`` with all that no space parts from them: a written password is one row of signs,
    "Kot_w-butach7"; signs of the sentence at its rims stay."""
    while start > 0 and not line.text[start - 1].isspace() and line.text[start - 1] not in _OPENING:
        start -= 1
    stop = end
    while stop < len(line.text) and not line.text[stop].isspace():
        stop += 1
    while stop > end and line.text[stop - 1] in _CLOSING:
        stop -= 1
    return start, stop


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
        f"row={_row(line, word)}",
        f"l={left[0]}",
        f"l01={left[1]} {left[0]}",
        f"r={right[0]}",
        f"roles={roles[1]}{roles[2]}{roles[3]}",
        f"n={length}",
        f"rest={rest}",
        f"content={min(_content(line), 6)}",
        f"echo={_echoes(dialogue, line, word)}",
        f"stop={word.after_stop}",
        f"together={_echoed_together(dialogue, line, index)}",
        f"speaker={line.speaker}",
        *_beside(dialogue, line),
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


def _row(line: Line, word: Word) -> str:
    """The kinds of signs that stand together without a space, each change once: "Aa_0" of "Kot_7"."""
    start, end = glued(line, word.start, word.end)
    kinds = [next((k for is_kind, k in _KINDS_OF_SIGNS if is_kind(ch)), ch) for ch in line.text[start:end]]
    return "".join(kind for kind, _ in itertools.groupby(kinds))[:_LONGEST_ROW]


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


def _beside(dialogue: Dialogue, line: Line) -> Iterator[str]:
    """How the other side's turn before ends, and how the one after begins: "niestety nie", "zgadza się"."""
    before = next((o for o in reversed(dialogue.lines[: line.turn]) if o.speaker != line.speaker), None)
    after = next((o for o in dialogue.lines[line.turn + 1 :] if o.speaker != line.speaker), None)
    said = [word.fold for word in before.words if not word.is_sign] if before else []
    answer = [word.fold for word in after.words if not word.is_sign] if after else []
    yield f"before={' '.join(said[-1:])}"
    yield f"before2={' '.join(said[-_PHRASE:])}"
    yield f"asks={bool(before and '?' in before.text)}{step(len(said))}"
    yield f"after={' '.join(answer[:1])}"
    yield f"after2={' '.join(answer[:_PHRASE])}"
    yield f"accepted={any(word in _ACCEPTS for word in answer)}{any(word in _REFUSES for word in answer)}"


def _echoed_together(dialogue: Dialogue, line: Line, index: int) -> bool:
    """Whether the other side says this word beside the same neighbour: a password of several words comes back whole."""
    pairs = set(itertools.pairwise([w.fold for w in line.words[max(0, index - 1) : index + 2]]))
    near = [o for o in dialogue.lines if 0 < abs(o.turn - line.turn) <= _FEW and o.speaker != line.speaker]
    return any(pair in pairs for o in near for pair in itertools.pairwise([w.fold for w in o.words]))


def _echoes(dialogue: Dialogue, line: Line, word: Word) -> str:
    """Whether the word comes again: in the next turns of the other side, or elsewhere."""
    if len(word.fold) < _SHORTEST_ECHO:
        return "-"
    turns = [other for other in dialogue.lines if any(w.fold == word.fold for w in other.words)]
    near = any(0 < abs(other.turn - line.turn) <= _FEW and other.speaker != line.speaker for other in turns)
    return f"{'n' if near else '-'}{min(len(turns), _FEW)}"
