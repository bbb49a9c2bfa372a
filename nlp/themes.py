"""New themes: words that customers lately use far more often than before, grouped by conversation.

The taxonomy knows what it was made for; a bad batch of a product or a broken app shows first in words
that no leaf has. Lemmas and pairs of neighbouring lemmas are compared between two periods by Fisher's
exact test, corrected over all of them; terms that share conversations become one theme.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from scipy.stats import fisher_exact
from statsmodels.stats.multitest import multipletests

LEAST_RECENT = 5
LEAST_RATIO = 3.0
FALSE_DISCOVERY_RATE = 0.01
CONTENT_TAGS = ("subst", "ger", "adj", "ppas", "pact", "fin", "praet", "inf", "ign")


@dataclass(frozen=True, slots=True)
class Theme:
    """Terms that belong together, strongest first, and the recent conversations that hold them."""

    terms: tuple[str, ...]
    conversations: tuple[str, ...]
    recent: int
    recent_total: int
    before: int
    before_total: int
    q: float


@cache
def _morfeusz() -> Any:
    import morfeusz2

    return morfeusz2.Morfeusz(generate=False)


@cache
def lemma(word: str) -> str | None:
    """The lemma of a content word in lower case; None for words that carry no theme."""
    analyses = _morfeusz().analyse(word)
    tags = [
        (interpretation[1].split(":")[0], interpretation[2].split(":")[0])
        for _, _, interpretation in analyses
    ]
    if len(word) < 3 or not word.isalpha() or not tags or tags[0][1] not in CONTENT_TAGS:
        return None
    base = str(tags[0][0]).lower().split(":")[0]
    return None if word in _stop_words() or base in _stop_words() else base


@cache
def _stop_words() -> frozenset[str]:
    """spaCy's Polish stop words: "raz" is a noun in the dictionary and no theme in a conversation."""
    from spacy.lang.pl.stop_words import STOP_WORDS

    return frozenset(STOP_WORDS)


def terms(texts: Iterable[str]) -> set[str]:
    """Lemmas and pairs of neighbouring content lemmas of a customer's turns."""
    import spacy

    tokenizer = _tokenizer(spacy)
    found: set[str] = set()
    for text in texts:
        lemmas = [lemma(token.lower_) if not token.is_punct else None for token in tokenizer(text)]
        found |= {one for one in lemmas if one}
        found |= {f"{a} {b}" for a, b in pairwise(lemmas) if a and b}
    return found


@cache
def _tokenizer(spacy: Any) -> Any:
    return spacy.blank("pl").tokenizer


def new_themes(before: dict[str, set[str]], recent: dict[str, set[str]], most: int = 5) -> list[Theme]:
    """Themes of the ``recent`` conversations (id -> terms) that the ones ``before`` hardly knew."""
    if not before or not recent:
        return []
    old, new = _counts(before), _counts(recent)
    frequent = [term for term, count in new.items() if count >= LEAST_RECENT]
    if not frequent:
        return []
    values = [_p(old[term], len(before), new[term], len(recent)) for term in frequent]
    corrected = multipletests(values, method="fdr_bh")[1]
    rising = [
        (float(q), term)
        for q, term in zip(corrected, frequent, strict=True)
        if q < FALSE_DISCOVERY_RATE
        and new[term] / len(recent) >= LEAST_RATIO * max(old[term], 0.5) / len(before)
    ]
    return _grouped(sorted(rising), before, recent)[:most]


def _counts(conversations: dict[str, set[str]]) -> Counter[str]:
    return Counter(term for found in conversations.values() for term in found)


def _p(old: int, before: int, new: int, recent: int) -> float:
    return float(fisher_exact([[new, recent - new], [old, before - old]], alternative="greater")[1])


def _grouped(
    rising: Sequence[tuple[float, str]], before: dict[str, set[str]], recent: dict[str, set[str]]
) -> list[Theme]:
    """Put a term to the first theme with which it shares half of its conversations."""
    groups: list[tuple[float, list[str], set[str]]] = []
    for q, term in rising:
        holders = {i for i, found in recent.items() if term in found}
        for _, members, ids in groups:
            if len(holders & ids) >= 0.5 * min(len(holders), len(ids)):
                members.append(term)
                break
        else:
            groups.append((q, [term], holders))
    return [_theme(q, members, ids, before, recent) for q, members, ids in groups]


def _theme(
    q: float, members: list[str], ids: set[str], before: dict[str, set[str]], recent: dict[str, set[str]]
) -> Theme:
    lead = members[0]
    old = sum(lead in found for found in before.values())
    ordered = tuple(i for i in recent if i in ids)
    return Theme(tuple(members[:6]), ordered, len(ids), len(recent), old, len(before), q)
