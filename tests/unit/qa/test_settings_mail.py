"""The table [mail]: from a file and the environment, each mistake named, no password in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.errors import UsageProblem
from qa.settings import load
from tests.unit.qa.conftest import Run

LEAST = (
    'host = "smtp.firma.pl"\nsender = "Odsłuch <odsluch@firma.pl>"\nbase_url = "https://odsluch.firma.pl/"\n'
)


def loaded(tmp_path: Path, content: str):  # type: ignore[no-untyped-def]
    (tmp_path / "odsluch.toml").write_text(f"[mail]\n{content}", encoding="utf-8")
    return load(environ={}, folder=tmp_path).settings.mail


def test_the_least_that_is_needed(tmp_path: Path) -> None:
    mail = loaded(tmp_path, LEAST)
    assert (mail.host, mail.port, mail.tls, mail.user) == ("smtp.firma.pl", 587, "starttls", "")
    assert mail.base_url == "https://odsluch.firma.pl"
    assert mail.accepts("ktokolwiek@gdziekolwiek.pl")
    assert load(environ={}, folder=tmp_path / "nigdzie").settings.mail is None


def test_all_of_it(tmp_path: Path) -> None:
    more = 'tls = "tls"\nuser = "odsluch"\npassword_file = "/etc/h"\nca_file = "ca.pem"\ndomains = ["@Firma.pl"]\nport = 4650\n'
    mail = loaded(tmp_path, LEAST + more)
    assert (mail.port, mail.tls, mail.password_file, mail.ca_file) == (
        4650,
        "tls",
        Path("/etc/h"),
        Path("ca.pem"),
    )
    assert mail.accepts("ola@FIRMA.pl")
    for foreign in ("ola@firma.pl.zla.example", "ola@zlafirma.pl", "ola@poczta.firma.pl", "ola@firma.pl."):
        assert not mail.accepts(foreign)


def test_domains_with_other_letters_are_those_of_addresses(tmp_path: Path) -> None:
    mail = loaded(tmp_path, LEAST + 'domains = ["Żółw.pl", "firma.pl"]')
    assert mail.accepts("ola@xn--w-uga1v8h.pl")
    assert mail.accepts("ola@Firma.PL")
    assert not mail.accepts("ola@xn--zlo.pl")


def test_from_the_environment(tmp_path: Path) -> None:
    environ = {"ODSLUCH_MAIL": "host=localhost,tls=none,sender=o@firma.pl,base_url=http://localhost:8000"}
    mail = load(environ=environ, folder=tmp_path).settings.mail
    assert mail is not None
    assert (mail.host, mail.port, mail.tls, mail.base_url) == (
        "localhost",
        25,
        "none",
        "http://localhost:8000",
    )


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('password = "tajne"', "mail.password"),
        ('hasło = "tajne"', "TOML"),
        ('nieznany = "x"', "mail.nieznany"),
        ("port = 0", "mail.port"),
        ("port = true", "mail.port"),
        ("port = 1.5", "mail.port"),
        ('tls = "ssl"', "mail.tls"),
        ('tls = "none"', "mail.tls"),
        ('domains = "a,b"\ndomains2 = 1', "mail.domains2"),
        ("domains = [1]", "mail.domains"),
        ("domains = []", "mail.domains"),
        ('domains = ""', "mail.domains"),
        ('domains = "firma.pl, inna.pl"', "mail.domains"),
        ('domains = ["*.firma.pl"]', "mail.domains"),
        ('domains = ["@"]', "mail.domains"),
        ('user = ""', "mail.user"),
        ("ca_file = 1", "mail.ca_file"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, line: str, key: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        loaded(tmp_path, LEAST + line)
    message = str(caught.value)
    assert key in message
    assert "tajne" not in message
    assert "\n" not in message.strip()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("host", ""), ("host", "smtp firma"), ("host", "smtp.firma.pl/x"), ("sender", "Odsłuch"), ("sender", "a@b.pl\nX: y"),
        ("base_url", "http://odsluch.firma.pl"), ("base_url", "odsluch.firma.pl"), ("base_url", "https://a:b@odsluch.firma.pl"),
        ("base_url", "https://odsluch.firma.pl/?x=1"), ("base_url", "javascript:alert(1)"),
    ],
)  # fmt: skip
def test_a_needed_value_that_does_not_do(tmp_path: Path, key: str, value: str) -> None:
    good = {"host": "smtp.firma.pl", "sender": "o@firma.pl", "base_url": "https://odsluch.firma.pl"}
    content = "".join(f"{name} = {json.dumps(text)}\n" for name, text in {**good, key: value}.items())
    with pytest.raises(UsageProblem, match=f"mail.{key}"):
        loaded(tmp_path, content)
    with pytest.raises(UsageProblem, match=f"mail.{key}"):
        loaded(
            tmp_path, "".join(f"{name} = {json.dumps(text)}\n" for name, text in good.items() if name != key)
        )


def test_a_table_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "odsluch.toml").write_text("mail = 1\n", encoding="utf-8")
    with pytest.raises(UsageProblem, match="`mail`"):
        load(environ={}, folder=tmp_path)
    with pytest.raises(UsageProblem, match="ODSLUCH_MAIL"):
        load(environ={"ODSLUCH_MAIL": "bzdura"}, folder=tmp_path / "x")
    with pytest.raises(UsageProblem, match=r"ODSLUCH_MAIL: klucz `mail.port`"):
        load(environ={"ODSLUCH_MAIL": "host=a,port=x"}, folder=tmp_path / "x")


def test_it_is_shown(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "odsluch.toml").write_text(f"[mail]\n{LEAST}", encoding="utf-8")
    status, out, _ = cli("config", "show", "--json")
    assert status == 0
    assert json.loads(out)["mail"]["value"]["host"] == "smtp.firma.pl"
