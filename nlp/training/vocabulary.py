"""``python -m nlp.training.vocabulary``: write the common words of ``nlp.spelling`` again from the training texts.

Words come from texts spelled with care and from recognised speech of the writers in ``train``; so held-out texts say
what the spelling is worth on words that nobody chose for them.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from nlp.spelling import VOCABULARY, lacks_marks_of
from nlp.text import analyse, fold
from nlp.training.examples import Example, by_split, read_folder

TEXTS = Path(__file__).parents[2] / "models" / "training"
WELL_SPELLED = ("clean", "asr")
OFTEN = 2
SHORTEST = 2
SLIP = 20  # a word is taken for a slip where the same with more diacritics is so many times as frequent
_WORD = re.compile(r"[^\W\d_]+")


def common_words(examples: Iterable[Example]) -> list[str]:
    """Words that the dictionary knows and that occur at least twice, commonest first, then by the alphabet.

    Careful writers slip too: "sie" is a word of the dictionary and never meant.
    """
    counts: Counter[str] = Counter()
    for example in examples:
        if example.quality in WELL_SPELLED:
            counts.update(word.lower() for word in _WORD.findall(example.text))
    most: dict[str, str] = {}
    for word in counts:
        most[fold(word)] = max(most.get(fold(word), word), word, key=lambda one: (counts[one], one))
    often = (
        word
        for word, n in counts.items()
        if n >= OFTEN and len(word) >= SHORTEST and not _slip(word, most[fold(word)], counts)
    )
    return sorted(
        (word for word in often if not analyse(word).unknown), key=lambda word: (-counts[word], word)
    )


def _slip(word: str, commonest: str, counts: Mapping[str, int]) -> bool:
    return counts[commonest] >= SLIP * counts[word] and lacks_marks_of(word, commonest)


def from_texts(folder: Path = TEXTS) -> str:
    """What the file of the vocabulary should hold: a word a line."""
    splits = json.loads((folder / "splits.json").read_text(encoding="utf-8"))
    words = common_words(by_split(read_folder(folder), splits)["train"])
    return "".join(f"{word}\n" for word in words)


def main() -> int:
    """Write the file and say what it holds."""
    content = from_texts()
    VOCABULARY.write_text(content, encoding="utf-8")
    print(f"{VOCABULARY.name}: {content.count(chr(10))} słów", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
