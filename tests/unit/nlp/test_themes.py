from nlp.themes import new_themes, terms


def test_terms_are_lemmas_of_content_words_and_their_neighbours() -> None:
    found = terms(["Te lampki solarne nie świecą!", "lampkę solarną kupiłam"])
    assert {"lampka", "solarny", "lampka solarny"} <= found
    assert not {"nie", "ten", "te"} & found
    assert terms(["jeszcze raz, no i znowu raz"]) == set()


def corpus(texts: list[str], start: int = 0) -> dict[str, set[str]]:
    return {f"c{start + i}": terms([text]) for i, text in enumerate(texts)}


def test_a_new_theme_is_found_with_its_conversations() -> None:
    usual = ["gdzie jest paczka", "zwrot pieniędzy za buty", "nie działa czajnik", "faktura na firmę"] * 15
    lately = (
        usual[:30]
        + ["lampki solarne nie świecą", "padły lampki solarne", "lampka solarna zgasła po deszczu"] * 4
    )
    (theme, *rest) = new_themes(corpus(usual), corpus(lately, 1000))
    assert any("lamp" in term or "solar" in term for term in theme.terms)
    assert theme.recent == 12
    assert len(theme.conversations) == 12
    assert all("paczka" not in t.terms for t in [theme, *rest])


def test_nothing_new_gives_no_theme() -> None:
    usual = ["gdzie jest paczka", "zwrot pieniędzy za buty"] * 20
    assert new_themes(corpus(usual), corpus(usual, 1000)) == []
    assert new_themes({}, corpus(usual)) == []
