from pathlib import Path

import pytest

from nlp.taxonomy import TaxonomyError, load_behaviours, load_contact_reasons


def test_the_default_taxonomy_has_all_leaves_of_version_1() -> None:
    taxonomy = load_contact_reasons()
    assert len(taxonomy.codes) == 36
    assert taxonomy.key == "retail@1"
    assert taxonomy.name("delivery.lost") == "Zaginiona przesyłka"
    assert taxonomy.name("moja.nowa") == "moja.nowa"


def test_groups_have_the_names_of_the_file_or_their_codes(tmp_path: Path) -> None:
    groups = load_contact_reasons().groups
    assert [group.code for group in groups] == list(
        dict.fromkeys(code.partition(".")[0] for code in load_contact_reasons().codes)
    )
    assert groups[0].name == "Dostawa"
    assert load_behaviours().groups == ()
    path = tmp_path / "moja.yaml"
    path.write_text("id: x\ngroups:\n  - id: a\n    leaves:\n      - {id: b, name: B, means: b}\n")
    assert [(group.code, group.name) for group in load_contact_reasons(path).groups] == [("a", "a")]


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
        (
            "id: x\ngroups:\n"
            + "  - id: a\n    name: A\n    leaves:\n      - {id: b, name: B, means: b}\n"
            + "  - id: a\n    name: C\n    leaves:\n      - {id: c, name: C, means: c}\n",
            "powtórzone kody: a;",
        ),
        (
            "id: x\ngroups:\n  - id: a\n    name: 7\n    leaves:\n      - {id: b, name: B, means: b}\n",
            "`name`",
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
