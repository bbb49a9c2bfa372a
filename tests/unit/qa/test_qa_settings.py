"""Settings: which layer wins, where a value comes from, and refusals in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.errors import UsageProblem
from qa.settings import EXPLANATIONS, load


def origins(**kwargs):  # type: ignore[no-untyped-def]
    return {origin.key: (origin.value, origin.source) for origin in load(**kwargs).origins}


def test_flags_win_over_environment_over_file_over_defaults(tmp_path: Path) -> None:
    file = tmp_path / "odsluch.toml"
    file.write_text('threads = 1\nbatch_size = 10\ndata_dir = "dane"\nshop_addresses = ["sklep.example"]\n')
    found = origins(
        flags={"threads": 3, "batch_size": None}, environ={"ODSLUCH_BATCH_SIZE": "20"}, folder=tmp_path
    )
    assert found["threads"] == (3, "opcja")
    assert found["batch_size"] == (20, "środowisko ODSLUCH_BATCH_SIZE")
    assert found["data_dir"] == (Path("dane"), f"plik {file}")
    assert found["shop_addresses"] == (("sklep.example",), f"plik {file}")
    assert found["tagger_model"] == ("contact-tagger", "domyślne")
    assert set(found) == set(EXPLANATIONS)


def test_defaults_keep_no_raw_content_and_score_phone_calls(tmp_path: Path) -> None:
    settings = load(environ={}, folder=tmp_path).settings
    assert settings.keep == ()
    assert settings.retention_days["raw_audio"] == 30
    assert dict(settings.scorecards) == {"phone": "phone@1", "chat": "chat@3", "email": "email@3"}
    assert settings.url == "sqlite:///var/odsluch.db"


def test_the_password_of_a_database_is_not_shown(tmp_path: Path) -> None:
    url = "postgresql+psycopg://ola:tajne@host/baza"
    configuration = load(environ={"ODSLUCH_DATABASE_URL": url}, folder=tmp_path)
    assert configuration.settings.url == url
    assert "tajne" not in repr(configuration.origins)


def test_scorecards_by_channel_from_file_and_environment(tmp_path: Path) -> None:
    (tmp_path / "odsluch.toml").write_text('[scorecards]\nphone = "moja.yaml"\nchat = "czat@2"\n')
    assert dict(load(environ={}, folder=tmp_path).settings.scorecards) == {
        "phone": "moja.yaml",
        "chat": "czat@2",
    }
    by_environment = load(environ={"ODSLUCH_SCORECARDS": "chat=czat@1"}, folder=tmp_path).settings
    assert dict(by_environment.scorecards) == {"chat": "czat@1"}


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("nieznany = 1", "nieznany"),
        ("threads = true", "threads"),
        ("threads = 1.5", "threads"),
        ("batch_size = 0", "batch_size"),
        ('keep = ["wszystko"]', "keep"),
        ("[retention_days]\nraw_audio = 0", "retention_days"),
        ("[retention_days]\nnagrania = 9", "retention_days"),
        ("data_dir = 7", "data_dir"),
        ('language = "de"', "language"),
        ("min_confidence = 1.2", "min_confidence"),
        ("shop_addresses = [1]", "shop_addresses"),
        ('[scorecards]\ngołąb = "x"', "TOML"),
        ('[scorecards]\ntelefon = "x"', "scorecards"),
        ("threads = = 1", "TOML"),
    ],
)
def test_a_wrong_file_gives_one_sentence_with_file_and_key(tmp_path: Path, content: str, key: str) -> None:
    file = tmp_path / "ustawienia.toml"
    file.write_text(content)
    with pytest.raises(UsageProblem) as caught:
        load(environ={}, config=file)
    message = str(caught.value)
    assert "ustawienia.toml" in message
    assert key in message
    assert "\n" not in message.strip()
    assert caught.value.exit_code == 2


def test_a_wrong_variable_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="ODSLUCH_THREADS"):
        load(environ={"ODSLUCH_THREADS": "dużo"}, folder=tmp_path)
    with pytest.raises(UsageProblem, match=r"brak\.toml"):
        load(environ={}, config=tmp_path / "brak.toml")
