"""Surface heads: what the words themselves say, beside what the encoder makes of them.

Words and character n-grams, hashed, with a linear model for each question. The encoder knows meaning but
blurs rare words; n-grams know the words of the trade and survive typos. Their logits are added (ADR 6).
Diacritics, case, digits and the gender of past forms are folded first, so that none of them decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
from scipy import sparse
from sklearn.utils import murmurhash3_32
from torch import Tensor

from nlp.rounding import packed, unpacked

BLOCK = 2**15  # buckets for words, and as many for character n-grams
FEATURES = 2 * BLOCK

_FOLD = str.maketrans("ąćęłńóśźż", "acelnoszz")
_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(r"\bpan(?:i|ia|a|u|em|ie)?\b")
# zrobiłem, zrobiłam, zrobiłbym, zrobiłabym: after folding the gender is gone
_GENDER = re.compile(r"(?<=\w\w)l(?:[ae]m|a?bym|[ae]s|a?bys)\b")


def folded(text: str) -> str:
    """Lower case without diacritics, digits as zeros, past forms and Pan/Pani without gender."""
    plain = text.lower().translate(_FOLD)
    return re.sub(r"\d", "0", _ADDRESS.sub("pan", _GENDER.sub("l", plain)))


# The features are those of scikit-learn's HashingVectorizer (words and pairs; "char_wb" from 2 to 5). Its loop
# hashes every n-gram anew; most words of a conversation were met before, so here each is hashed once.
Buckets = npt.NDArray[np.int32]


def _bucket(term: str) -> int:
    return abs(int(murmurhash3_32(term, seed=0))) % BLOCK


@lru_cache(maxsize=2**13)
def _inside(word: str) -> Buckets:
    """Buckets of the character n-grams of a word between blanks; a short word counts once whole."""
    padded = f" {word} "
    grams = []
    for size in range(2, 6):
        grams += [padded[at : at + size] for at in range(max(1, len(padded) - size + 1))]
        if len(padded) <= size:
            break
    return np.array([BLOCK + _bucket(gram) for gram in grams], np.int32)


def _buckets(plain: str) -> Buckets:
    words = _WORD.findall(plain)
    pairs = [f"{left} {right}" for left, right in pairwise(words)]
    whole = np.array([_bucket(term) for term in (*words, *pairs)], np.int32)
    return np.concatenate([whole, *map(_inside, plain.split())])


def counts(texts: Sequence[str]) -> sparse.csr_matrix:
    """How often each n-gram bucket occurs: (texts, FEATURES)."""
    found = [_buckets(folded(text)) for text in texts]
    ends = np.cumsum([0, *map(len, found)], dtype=np.int32)
    indices = np.concatenate(found) if found else np.zeros(0, np.int32)
    ones = np.ones(len(indices), np.float32)
    matrix = sparse.csr_matrix((ones, indices, ends), shape=(len(texts), FEATURES))
    matrix.sum_duplicates()
    return matrix


@dataclass(frozen=True, slots=True)
class SurfaceHeads:
    """Inverse document frequencies (FEATURES,) and for each head weights (FEATURES, classes) and biases."""

    idf: np.ndarray
    weights: Mapping[str, np.ndarray]
    biases: Mapping[str, np.ndarray]

    def features(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """TF-IDF with sublinear counts, words and n-grams each of length one."""
        return self._weighed(counts(texts))

    def _weighed(self, often: sparse.csr_matrix) -> sparse.csr_matrix:
        rows = np.repeat(np.arange(often.shape[0]), np.diff(often.indptr))
        data = np.log1p(often.data) * self.idf[often.indices]
        part = 2 * rows + (often.indices >= BLOCK)
        length = np.sqrt(np.bincount(part, data**2, 2 * often.shape[0]))
        length[length == 0] = 1.0
        data = (data / length[part]).astype(np.float32)
        return sparse.csr_matrix((data, often.indices, often.indptr), shape=often.shape)

    def logits(self, head: str, features: sparse.csr_matrix) -> Tensor:
        """Logits (texts, classes) of one head."""
        return torch.from_numpy(np.asarray(features @ self.weights[head] + self.biases[head], np.float32))

    def word_shares(self, head: str, label: int, texts: Sequence[str]) -> list[list[tuple[int, int, float]]]:
        """For each of ``texts``, read as one: start, end and share in the logit of every word.

        A word's share is that of its own n-grams; pairs of words are left out.
        """
        often = counts(["\n".join(texts)])
        found = self._weighed(often)
        worth = np.zeros(FEATURES, np.float32)
        worth[found.indices] = found.data / often.data * self.weights[head][found.indices, label]
        shares = []
        for text in texts:
            words = list(_WORD.finditer(text))
            values = [worth[_buckets(folded(word.group()))].sum() for word in words]
            shares.append([(w.start(), w.end(), float(v)) for w, v in zip(words, values, strict=True)])
        return shares

    def state(self) -> dict[str, Tensor]:
        """All arrays to be written, weights as int8: of 587 dev contacts none was decided otherwise for it."""
        found = {"idf": self.idf}
        for head in self.weights:
            found |= {f"{head}.weight": self.weights[head].T, f"{head}.bias": self.biases[head]}
        return packed({name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in found.items()})

    @classmethod
    def of(cls, state: Mapping[str, Tensor]) -> SurfaceHeads:
        """From what :meth:`state` gave."""
        arrays = {name: tensor.numpy() for name, tensor in unpacked(state).items()}
        heads = [name.removesuffix(".weight") for name in arrays if name.endswith(".weight")]
        return cls(
            arrays["idf"],
            {head: np.ascontiguousarray(arrays[f"{head}.weight"].T) for head in heads},
            {head: arrays[f"{head}.bias"] for head in heads},
        )
