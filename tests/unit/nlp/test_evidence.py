import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nlp.evidence import best_run, strongest_span, whole_words
from nlp.windows import Piece, Window


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=12))
def test_best_run_is_the_largest_of_all_runs(shares: list[float]) -> None:
    first, last, total = best_run(np.array(shares, dtype=np.float32))
    every = [sum(shares[i:j]) for i in range(len(shares)) for j in range(i + 1, len(shares) + 1)]
    assert 0 <= first < last <= len(shares)
    assert abs(total - max(every)) < 1e-4


def test_evidence_lies_in_the_turn_that_carries_the_weight() -> None:
    texts = {0: "no dzień dobry", 2: "ta paczka nie doszła"}
    window = Window(
        "customer",
        ids=list(range(10)),
        offsets=[(0, 0), (0, 2), (3, 8), (9, 14), (0, 0), (0, 2), (3, 9), (10, 13), (14, 20), (0, 0)],
        pieces=[Piece(0, 1, 4), Piece(2, 5, 9)],
    )
    shares = np.array([0, 0.1, 0, 0, 0, 0, 2.0, 1.5, 2.5, 0], dtype=np.float32)
    found = strongest_span(window, shares, texts)
    assert found is not None
    span, _ = found
    assert texts[span.turn][span.start : span.end] == "paczka nie doszła"


def test_spans_are_widened_to_whole_words_and_never_empty() -> None:
    text = "żadnej przesyłki brak"
    assert text[slice(*whole_words(text, 9, 12))] == "przesyłki"
    assert whole_words("...", 1, 1) == (0, 3)
