import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from nlp.windows import AGENT_TURNS, Document, Windower, batches, documents, ends_of
from transcripts.conversation import Conversation, Turn


@pytest.fixture(scope="module")
def windower() -> Windower:
    words = ["<unk>", "<pad>", "<s>", "</s>", "no", "gdzie", "paczka", "dzień", "dobry"]
    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    return Windower(tokenizer, size=16)


def test_turns_of_one_side_share_a_window_in_order(windower: Windower) -> None:
    document = Document("customer", (1, 3), ("no gdzie paczka", "dzień dobry"))
    (windows,) = windower([document])
    assert [(p.turn, p.last - p.first) for p in windows[0].pieces] == [(1, 3), (3, 2)]
    assert windows[0].offsets[1] == (0, 2)


def test_a_longer_turn_of_an_agent_moves_no_window_but_its_own(windower: Windower) -> None:
    """Else what is said in one turn would change what is seen in all turns after it."""
    short = ("no",) * (3 * AGENT_TURNS)
    longer = ("no gdzie paczka", *short[1:])
    roomy = Windower(windower.tokenizer, size=100)
    before, after = (
        [
            [piece.turn for piece in window.pieces]
            for window in roomy([Document("agent", tuple(range(len(texts))), texts)])[0]
        ]
        for texts in (short, longer)
    )
    assert before == after
    assert [len(turns) for turns in before] == [AGENT_TURNS] * 3
    (customers,) = roomy([Document("customer", tuple(range(len(short))), short)])
    assert len(customers) == 1


@given(st.lists(st.integers(1, 60), min_size=1, max_size=6))
def test_no_token_is_lost_and_no_window_is_too_long(windower: Windower, lengths: list[int]) -> None:
    texts = tuple(" ".join(["paczka"] * length) for length in lengths)
    (windows,) = windower([Document("customer", tuple(range(len(texts))), texts)])
    kept = dict.fromkeys(range(len(texts)), 0)
    for window in windows:
        assert len(window.ids) <= windower.size
        for piece in window.pieces:
            kept[piece.turn] += piece.last - piece.first
    assert list(kept.values()) == lengths


def test_unknown_speakers_stand_in_for_a_missing_customer() -> None:
    turns = (Turn("unknown", "gdzie paczka"), Turn("agent", "dzień dobry"), Turn("bot", "no"))
    found = documents(Conversation("c", "chat", turns))
    assert [(d.side, d.turns) for d in found] == [("customer", (0,)), ("agent", (1,))]


def test_a_conversation_without_words_has_no_documents() -> None:
    assert documents(Conversation("c", "chat", (Turn("customer", "  "),))) == []


def test_batches_hold_every_window_once_within_the_token_budget(windower: Windower) -> None:
    documents_ = [Document("agent", (0,), (" ".join(["no"] * n),)) for n in (1, 9, 3, 12, 2)]
    windows = [w for ws in windower(documents_) for w in ws]
    groups = list(batches(windows, 30))
    assert sorted(i for group in groups for i in group) == list(range(len(windows)))
    assert all(max(len(windows[i].ids) for i in g) * len(g) <= 30 or len(g) == 1 for g in groups)


def test_a_long_document_is_read_again_at_both_ends() -> None:
    texts = tuple(f"{i} " + "słowo " * 14 for i in range(12))
    document = Document("customer", tuple(range(0, 24, 2)), texts)
    opening, ending = ends_of(document)
    assert (opening.part, opening.turns) == ("opening", (0, 2, 4))
    assert (ending.part, ending.turns) == ("ending", (18, 20, 22))
    assert ending.texts == texts[-3:]


def test_scraps_are_gathered_until_something_was_said() -> None:
    texts = ("mhm",) * 50 + ("a to jest dłuższa wypowiedź o paczce i o kurierze",) * 10
    opening, ending = ends_of(Document("customer", tuple(range(60)), texts))
    assert len(opening.turns) == 40
    assert len(ending.turns) == 3


@pytest.mark.parametrize("texts", [("słowo " * 300,), ("krótko",) * 30, ("dość długa wypowiedź " * 10,) * 6])
def test_short_ones_and_letters_are_read_once(texts: tuple[str, ...]) -> None:
    assert ends_of(Document("customer", tuple(range(len(texts))), texts)) == []


def test_special_tokens_of_other_families_are_found_by_their_names() -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "paczka": 4}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    windower = Windower(tokenizer)
    assert (windower.begin, windower.end, windower.unknown) == (2, 3, 1)
