"""``odsluch serve``: the web application on this machine."""

from __future__ import annotations

import ipaddress
import os
import socket

import click

from qa.cli.options import STORED, settings_options, workspace
from qa.errors import UsageProblem
from qa.settings import Configuration


@click.command(options_metavar="[OPCJE]")
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="ADRES", help="Na jakim adresie słuchać."
)
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), metavar="N", help="Port."
)
@click.option("--https", "secure", is_flag=True, help="Stoi za serwerem HTTPS: ciasteczka tylko po HTTPS.")
@settings_options(*STORED)
def serve(configuration: Configuration, host: str, port: int, secure: bool) -> None:
    """Otwórz aplikację w przeglądarce: kolejka, oceny, kalibracje, odwołania, 1:1, pulpity.

    Za pierwszym razem wypisuje odnośnik, pod którym zakłada się pierwsze konto. Słucha tylko na tej maszynie;
    aby udostępnić aplikację zespołowi, postaw przed nią serwer HTTPS (np. Caddy albo nginx) i dodaj --https.
    Gdy w ustawieniach jest serwer poczty, wysyła też zamówione raporty.

    \b
    Przykłady:
      odsluch serve
      odsluch serve --config examples/odsluch.toml --port 8080
    """
    import uvicorn

    from qa.services.access import accounts, single_sign_on
    from qa.services.conversations import overview
    from qa.services.reports.background import sending_in_background
    from qa.services.sampling.automatic import drawing_in_background
    from qa.services.workspace import check_key
    from qa.web.app import create_app
    from qa.web.reports.letter import letter

    if not secure and not _is_local(host):
        raise UsageProblem(
            f"Adres {host} jest widoczny w sieci, a hasła szłyby po niej otwarte: postaw przed aplikacją serwer HTTPS "
            "i dodaj --https."
        )
    # what is missing for single sign-on is said now, not at the first sign-in
    single_sign_on.registration(configuration.settings, os.environ)
    with workspace(configuration) as opened, _listening(host, port) as door:
        check_key(opened.storage, opened.pseudonyms)
        overview.refresh(opened, _told)
        app = create_app(opened, secure=secure)
        with opened.storage.writing() as session:
            code = accounts.setup_code(session)
        address = _address(configuration, host, door.getsockname()[1], secure)
        if code:
            click.echo(f"Pierwsze konto załóż tutaj: {address}/setup?code={code}")
        with sending_in_background(opened, letter), drawing_in_background(opened):
            click.echo(f"Odsłuch działa: {address} (koniec: Ctrl+C)")
            uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[door])


def _address(configuration: Configuration, host: str, port: int, secure: bool) -> str:
    """What people type into the browser, as far as it is known here."""
    if secure:
        return configuration.settings.oidc_address or "(adres Twojego serwera HTTPS)"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _told(done: int, total: int) -> None:
    """How far the overview is; said seldom, since a line is written for each."""
    if done == total or done % 5000 == 0:
        click.echo(f"Zestawienie rozmów: {done} z {total} nowych lub zmienionych.", err=True)


def _listening(host: str, port: int) -> socket.socket:
    """The open port; whoever connects from now on is served as soon as the application is ready."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        raise UsageProblem(
            f"Nie można słuchać na {host}, port {port}: jest zajęty albo niedozwolony; wybierz inny przez --port."
        ) from error


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
