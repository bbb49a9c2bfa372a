from pathlib import Path

import pytest

from nlp.taxonomy import TaxonomyError, load_behaviours, load_contact_reasons


def test_the_default_taxonomy_has_all_leaves_of_version_1() -> None:
    taxonomy = load_contact_reasons()
    assert len(taxonomy.codes) == 36
    assert taxonomy.key == "retail@1"
    assert taxonomy.name("delivery.lost") == "Zaginiona przesyłka"
    assert taxonomy.name("moja.nowa") == "moja.nowa"


def test_behaviours_are_what_agents_do_and_never_how_they_feel() -> None:
    codes = load_behaviours().codes
    assert {"greeting", "identity_request", "recap"} <= set(codes)
    assert not {
        code for code in codes if any(word in code for word in ("anger", "emotion", "stress", "mood"))
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- nie\n- słownik", "oczekiwano słownika"),
        ("id: x\nversion: 1\n", "`groups`"),
        ("id: x\ngroups:\n  - id: a\n    leaves:\n      - id: b\n        name: B\n", "`means`"),
        (
            "id: x\ngroups:\n  - id: a\n    leaves:\n      - {id: b, name: B, means: b}\n      - {id: b, name: C, means: c}\n",
            "powtórzone kody: a.b",
        ),
        ("id: [", "Nie można odczytać"),
    ],
)
def test_a_bad_copy_is_refused_with_file_and_place(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "moja.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TaxonomyError, match=r"moja\.yaml") as caught:
        load_contact_reasons(path)
    assert complaint in str(caught.value)
