"""Surface heads: folded text, what they learn, and which words carry their decision."""

import numpy as np
import pytest
import torch
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

from nlp.surface import BLOCK, SurfaceHeads, counts, folded
from nlp.training.fit import UNSURE
from nlp.training.surface_fit import fit_surface

TEXTS = ["gdzie jest moja paczka", "paczka w drodze gdzie", "czajnik nie grzeje", "zepsuty czajnik"] * 3
KINDS = torch.tensor([0, 0, 1, 1] * 3)
ACTS = torch.tensor([[1.0, 0.0], [1.0, UNSURE], [0.0, 1.0], [0.0, 1.0]] * 3)


@pytest.fixture(scope="module")
def heads() -> SurfaceHeads:
    third = ["dziękuję polecam", "super polecam bardzo"] * 3
    asked = {
        "primary": ([*TEXTS, *third], torch.cat([KINDS, torch.full((6,), 2)])),
        "behaviour": (TEXTS, ACTS),
    }
    return fit_surface(asked, {"primary": 4, "behaviour": 2})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zrobiłem przelew", "zrobilam przelew"),
        ("chciałbym oddać", "CHCIAŁABYM ODDAĆ"),
        ("czy Pani pomoże", "czy pan pomoze"),
        ("zamówienie 4471", "zamowienie 9903"),
    ],
)
def test_spelling_gender_and_digits_do_not_matter(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("zwrot", "zwroty"), ("panel", "pan"), ("hasło", "pasło")])
def test_other_words_stay_other_words(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_they_tell_known_texts_apart_and_never_choose_what_they_never_saw(heads: SurfaceHeads) -> None:
    logits = heads.logits("primary", heads.features(["moja paczka gdzie", "czajnik zepsuty", "polecam"]))
    assert logits.argmax(1).tolist() == [0, 1, 2]
    assert logits[:, 3].max() < logits[:, :3].min()


def test_a_behaviour_on_which_readers_differ_teaches_nothing(heads: SurfaceHeads) -> None:
    logits = heads.logits("behaviour", heads.features(["gdzie jest moja paczka", "czajnik nie grzeje"]))
    assert logits[0, 0] > 0 > logits[0, 1]
    assert logits[1, 1] > 0


def test_the_word_that_decides_has_the_largest_share(heads: SurfaceHeads) -> None:
    first, second = heads.word_shares("primary", 1, ["no tak", "znów ten czajnik panie"])
    assert max(second, key=lambda word: word[2])[:2] == (9, 16)
    assert [word[:2] for word in first] == [(0, 2), (3, 6)]


def test_features_are_those_of_the_hashing_vectorizer() -> None:
    texts = ["no   dzień dobry, ja w spr. paczki!!", "a", "", "nr 4471/22 yyy...", "kup\ntaśmę  ok"]
    plain = [folded(text) for text in texts]
    common = {"n_features": BLOCK, "alternate_sign": False, "norm": None, "lowercase": False}
    words = HashingVectorizer(ngram_range=(1, 2), token_pattern=r"\w+", **common).transform(plain)
    inside = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 5), **common).transform(plain)
    assert np.array_equal(counts(texts).toarray(), sparse.hstack([words, inside]).toarray())


def test_an_empty_text_gives_the_biases(heads: SurfaceHeads) -> None:
    logits = heads.logits("primary", heads.features([""]))
    assert np.allclose(logits.numpy()[0], heads.biases["primary"])
    assert heads.word_shares("primary", 0, [""]) == [[]]


def test_written_and_read_again_they_say_the_same(heads: SurfaceHeads) -> None:
    again = SurfaceHeads.of(heads.state())
    features = heads.features(TEXTS)
    assert torch.allclose(heads.logits("primary", features), again.logits("primary", features), atol=0.05)
