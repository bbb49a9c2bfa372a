"""Surface heads: what the words themselves say, beside what the encoder makes of them.

Words and character n-grams, hashed, with a linear model for each question. The encoder knows meaning but
blurs rare words; n-grams know the words of the trade and survive typos. Their logits are added (ADR 6).
Diacritics, case, digits and the gender of past forms are folded first, so that none of them decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize
from torch import Tensor

BLOCK = 2**15  # buckets for words, and as many for character n-grams
FEATURES = 2 * BLOCK

_FOLD = str.maketrans("ąćęłńóśźż", "acelnoszz")
_WORD = re.compile(r"\w+")
# zrobiłem, zrobiłam, zrobiłbym, zrobiłabym: after folding the gender is gone
_ADDRESS = re.compile(r"\bpan(?:i|ia|a|u|em|ie)?\b")
# zrobiłem, zrobiłam, zrobiłbym, zrobiłabym: after folding the gender is gone
_GENDER = re.compile(r"(?<=\w\w)l(?:[ae]m|a?bym|[ae]s|a?bys)\b")


def folded(text: str) -> str:
    """Lower case without diacritics, digits as zeros, past forms and Pan/Pani without gender."""
    plain = text.lower().translate(_FOLD)
    return re.sub(r"\d", "0", _ADDRESS.sub("pan", _GENDER.sub("l", plain)))


@cache
def _counters() -> tuple[HashingVectorizer, HashingVectorizer]:
    common: dict[str, Any] = {"n_features": BLOCK, "alternate_sign": False, "norm": None, "lowercase": False}
    return (
        HashingVectorizer(ngram_range=(1, 2), token_pattern=r"\w+", **common),
        HashingVectorizer(analyzer="char_wb", ngram_range=(2, 5), **common),
    )


def counts(texts: Sequence[str]) -> sparse.csr_matrix:
    """How often each n-gram bucket occurs: (texts, FEATURES)."""
    plain = [folded(text) for text in texts]
    return sparse.hstack([counter.transform(plain) for counter in _counters()]).tocsr()


@dataclass(frozen=True, slots=True)
class SurfaceHeads:
    """Inverse document frequencies (FEATURES,) and for each head weights (classes, FEATURES) and biases."""

    idf: np.ndarray
    weights: Mapping[str, np.ndarray]
    biases: Mapping[str, np.ndarray]

    def features(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """TF-IDF with sublinear counts, words and n-grams each of length one."""
        found = counts(texts).astype(np.float32)
        np.log1p(found.data, out=found.data)
        found = found.multiply(self.idf).tocsr()
        parts = [normalize(found[:, :BLOCK]), normalize(found[:, BLOCK:])]
        return sparse.hstack(parts).tocsr()

    def logits(self, head: str, features: sparse.csr_matrix) -> Tensor:
        """Logits (texts, classes) of one head."""
        return torch.from_numpy(np.asarray(features @ self.weights[head].T + self.biases[head], np.float32))

    def word_shares(self, head: str, label: int, texts: Sequence[str]) -> list[list[tuple[int, int, float]]]:
        """For each of ``texts``, read as one: start, end and share in the logit of every word.

        A word's share is that of its own n-grams; pairs of words are left out.
        """
        joined = ["\n".join(texts)]
        found, often = self.features(joined), counts(joined)
        worth = np.zeros(FEATURES, np.float32)
        worth[found.indices] = found.data * self.weights[head][label][found.indices]
        worth[often.indices] /= often.data
        shares = []
        for text in texts:
            words = list(_WORD.finditer(text))
            values = counts([word.group() for word in words]) @ worth if words else []
            shares.append([(w.start(), w.end(), float(v)) for w, v in zip(words, values, strict=True)])
        return shares

    def state(self) -> dict[str, Tensor]:
        """All arrays as float16 tensors, to be written."""
        found = {"idf": self.idf}
        for head in self.weights:
            found |= {f"{head}.weight": self.weights[head], f"{head}.bias": self.biases[head]}
        return {name: torch.from_numpy(np.ascontiguousarray(array)).half() for name, array in found.items()}

    @classmethod
    def of(cls, state: Mapping[str, Tensor]) -> SurfaceHeads:
        """From what :meth:`state` gave."""
        arrays = {name: tensor.float().numpy() for name, tensor in state.items()}
        heads = [name.removesuffix(".weight") for name in arrays if name.endswith(".weight")]
        return cls(
            arrays["idf"],
            {head: arrays[f"{head}.weight"] for head in heads},
            {head: arrays[f"{head}.bias"] for head in heads},
        )
