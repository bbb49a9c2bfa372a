import pytest

from scorecards.matching import Lexicon, PatternError, Speech, tokenise


def found(pattern: str, *turns: str) -> bool:
    return bool(Lexicon({"x": (pattern,)}).find(Speech(tokenise(t, i) for i, t in enumerate(turns))))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("czym ~2 pomoc", "W czym mogę pomóc?"),
        ("czym ~2 pomoc", "w czym moge pani pomoc"),
        ("przykr*", "PRZYKRO mi"),
        ("przykro mi|nam", "bardzo przykro nam"),
        ("[person] slucham", "[PERSON], słucham"),
        ("za # dni", "za 14 dni"),
        ("zolty", "żo\u0301łty"),
        ("tak bardzo? dziekuje", "tak dziękuję"),
    ],
)
def test_finds(pattern: str, text: str) -> None:
    assert found(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("czym ~2 pomoc", "czym ja dzisiaj państwu mogę pomóc"),
        ("pomoc", "pomocnik"),
        ("za # dni", "za kilka dni"),
        ("ma pani", "kobieta ma panie"),
    ],
)
def test_leaves_near_misses(pattern: str, text: str) -> None:
    assert not found(pattern, text)


def test_phrase_over_two_turns_has_a_span_in_each() -> None:
    speech = Speech([tokenise("w czym mogę", 0), tokenise("pomóc?", 2)])
    match = Lexicon({"x": ("czym ~2 pomoc",)}).find(speech)["x"][0]
    assert [(s.turn, s.start, s.end) for s in speech.spans(match.first, match.last)] == [
        (0, 2, 11),
        (2, 0, 5),
    ]


def test_long_contribution_between_ends_a_phrase() -> None:
    speech = Speech([tokenise("w czym mogę", 0), None, tokenise("pomóc", 2)])
    assert not Lexicon({"x": ("czym ~2 pomoc",)}).find(speech)


def test_near_miss_group_cancels_only_what_it_overlaps() -> None:
    lexicon = Lexicon({"x": ("przepraszam",), "x!": ("przepraszam ~2 doslysz*",)})
    speech = Speech([tokenise("przepraszam nie dosłyszałam", 0), tokenise("a za to przepraszam", 1)])
    assert [speech.tokens[m.first].turn for m in lexicon.find(speech)["x"]] == [1]


@pytest.mark.parametrize("pattern", ["", "~2 pomoc", "tak?", "a*", "Żółty", "tak ~x", "#"])
def test_bad_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        Lexicon({"x": (pattern,)})
