"""Setting up single sign-on: what is refused at the start, with the remedy, and what is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.cli import main
from qa.errors import UsageProblem
from qa.services.access.single_sign_on import SECRET_VARIABLE, is_configured, registration
from qa.settings import Settings, is_guarded_address, load

WHOLE = {
    "ODSLUCH_OIDC_ISSUER": "https://konta.firma.example/realms/sklep",
    "ODSLUCH_OIDC_CLIENT_ID": "odsluch",
    "ODSLUCH_OIDC_ADDRESS": "https://odsluch.firma.example/",
}


def configured(folder: Path, **changed: str) -> Settings:
    environ = {**WHOLE, **{f"ODSLUCH_{name.upper()}": value for name, value in changed.items()}}
    return load(environ={name: value for name, value in environ.items() if value}, folder=folder).settings


@pytest.mark.parametrize(
    ("address", "guarded"),
    [
        ("https://konta.firma.example", True),
        ("https://konta.firma.example:8443/realms/a?policy=b", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1:9/x", True),
        ("http://[::1]:9/x", True),
        ("http://konta.firma.example", False),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("https://ola:haslo@konta.firma.example", False),
        ("https://@konta.firma.example", False),
        ("https://konta.firma.example/#x", False),
        ("https://konta.firma.example:port", False),
        ("https://[zly", False),
        ("https:///sciezka", False),
        ("https://konta.firma\t.example", False),
        ("https://konta firma.example", False),
        ("https://kontą.firma.example", False),
        ("ftp://localhost", False),
        ("konta.firma.example", False),
        ("", False),
    ],
)
def test_only_addresses_that_nobody_on_the_way_can_change_are_taken(address: str, guarded: bool) -> None:
    assert is_guarded_address(address) is guarded


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("oidc_issuer", "http://konta.firma.example"),
        ("oidc_issuer", "https://konta.firma.example?x=1"),
        ("oidc_issuer", "https://konta.firma.example/" + "x" * 120),
        ("oidc_address", "http://odsluch.firma.example"),
        ("oidc_address", "https://odsluch.firma.example/aplikacja"),
        ("oidc_address", "https://odsluch.firma.example//"),
    ],
)
def test_a_wrong_address_is_refused_when_settings_are_read(tmp_path: Path, key: str, value: str) -> None:
    with pytest.raises(UsageProblem, match=f"`{key}` wymaga adresu https://"):
        configured(tmp_path, **{key: value})


def test_the_issuer_is_kept_to_the_letter_and_the_way_back_is_one_address(tmp_path: Path) -> None:
    settings = configured(tmp_path, oidc_issuer="https://konta.firma.example/")
    found = registration(settings, {SECRET_VARIABLE: " tajne \n"})
    assert found is not None
    assert (found.issuer, found.client_id, found.secret, found.back) == (
        "https://konta.firma.example/",
        "odsluch",
        "tajne",
        "https://odsluch.firma.example/sso/back",
    )


def test_without_an_issuer_there_is_no_single_sign_on(tmp_path: Path) -> None:
    (tmp_path / "odsluch.toml").write_text('oidc_issuer = ""\noidc_client_id = "odsluch"\n')
    settings = load(environ={}, folder=tmp_path).settings
    assert not is_configured(settings)
    assert registration(settings, {}) is None


@pytest.mark.parametrize("key", ["oidc_client_id", "oidc_address"])
def test_what_is_missing_is_named(tmp_path: Path, key: str) -> None:
    with pytest.raises(UsageProblem, match=f"wymaga ustawienia `{key}`"):
        registration(configured(tmp_path, **{key: ""}), {SECRET_VARIABLE: "tajne"})


def test_the_secret_comes_from_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "sekret"
    settings = configured(tmp_path, oidc_secret_file=str(path))
    with pytest.raises(UsageProblem, match="Nie można odczytać pliku sekretu"):
        registration(settings, {})
    path.write_text("tajne\n")
    path.chmod(0o644)
    with pytest.raises(UsageProblem, match="mogą czytać inni"):
        registration(settings, {})
    path.chmod(0o600)
    found = registration(settings, {})
    assert found is not None
    assert found.secret == "tajne"
    again = registration(settings, {SECRET_VARIABLE: "ze-zmiennej"})
    assert again is not None
    assert again.secret == "ze-zmiennej"
    for wrong, sentence in (("\n", "jest pusty"), ("zażółć", "Nie można odczytać")):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(UsageProblem, match=sentence):
            registration(settings, {})


def test_without_any_secret_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="`oidc_secret_file` albo ustaw ODSLUCH_OIDC_SECRET"):
        registration(configured(tmp_path), {SECRET_VARIABLE: "  "})


def test_the_secret_is_no_setting_that_could_be_shown(tmp_path: Path) -> None:
    found = load(environ={**WHOLE, SECRET_VARIABLE: "tajne-haslo"}, folder=tmp_path)
    assert "tajne-haslo" not in repr(found)


def test_serve_says_at_the_start_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    assert main(["serve", "--data-dir", str(tmp_path / "var")]) == 2
    told = capsys.readouterr().err
    assert told.startswith("odsluch: Logowanie firmowe wymaga sekretu")
    assert len(told.splitlines()) == 1
