"""Filling a template: language, figures, navigation, and what the person may do."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from qa.errors import Term, UserError
from qa.services.access.permissions import Actor
from qa.web import figures
from qa.web.check_reasons import check_reason
from qa.web.language import Words

LANGUAGE_COOKIE = "odsluch_language"

# page, name, one of these permissions
NAVIGATION = (
    ("/conversations", "Rozmowy", ("conversation.read", "conversation.read_own")),
    ("/queue", "Kolejka", ("queue.work",)),
    ("/plans", "Próby", ("sample.plan",)),
    ("/calibrations", "Kalibracje", ("calibration.take", "calibration.lead")),
    ("/disputes", "Odwołania", ("dispute.read", "dispute.raise")),
    ("/coaching", "1:1", ("coaching.write", "coaching.read_own")),
    ("/quality", "Jakość", ("team.read",)),
    ("/voice", "Głos klienta", ("voice.read",)),
    ("/reports", "Raporty", ("report.subscribe",)),
    ("/trust", "Zaufanie", ("trust.read",)),
    ("/accounts", "Konta", ("account.manage",)),
    ("/audit", "Dziennik", ("audit.read",)),
)

CHANNELS = {
    "phone": "telefon",
    "chat": "czat",
    "email": "e-mail",
    "social": "media społecznościowe",
    "marketplace": "platforma sprzedażowa",
    "review": "opinia",
    "form": "formularz",
    "sms": "SMS",
}
SENTIMENTS = {"negative": "negatywny", "neutral": "neutralny", "mixed": "mieszany", "positive": "pozytywny"}
OUTCOMES = {"pass": "zaliczone", "fail": "niezaliczone", "na": "nie dotyczy", "review": "do oceny"}
SPEAKERS = {
    "agent": "konsultant",
    "customer": "klient",
    "bot": "bot",
    "system": "system",
    "unknown": "nieznany",
}
TRUST = {
    "automatic": "automatyczne",
    "assisted": "podpowiedź",
    "manual": "ocenia człowiek",
    "unmeasured": "niezmierzone",
}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("qa.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_in_its_language,
    )
    for name in ("percent", "interval", "points", "clock", "moment", "day"):
        environment.filters[name] = getattr(figures, name)
    environment.filters["paired"] = lambda values: [(value, value) for value in values]
    environment.globals |= {
        "CHANNELS": CHANNELS,
        "SENTIMENTS": SENTIMENTS,
        "OUTCOMES": OUTCOMES,
        "SPEAKERS": SPEAKERS,
        "TRUST": TRUST,
        "asset": asset,
        "check_reason": check_reason,
        "link": link,
        "polish": polish,
    }
    return environment


@pass_context
def _in_its_language(context: Context, value: object) -> object:
    """What a template is about to say: a term that a service put in place of a name is said as the page speaks."""
    return context["t"](value) if isinstance(value, Term) and "t" in context else value


def link(path: str, **values: Any) -> str:
    """A path with those values as its query that are not empty."""
    query = urlencode({name: value for name, value in values.items() if value not in ("", None)})
    return f"{path}?{query}" if query else path


def polish(name: str) -> Markup:
    """A name that stays Polish under English, marked as such for whatever reads the page aloud."""
    return Markup('<span lang="pl">{}</span>').format(name)


@cache
def asset(name: str) -> str:
    """The address of a static file, which changes with its content, so that browsers may keep it for ever."""
    content = resources.files("qa.web").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"


def language_of(request: Request, actor: Actor | None) -> str:
    """The account's language, or the one chosen in this browser."""
    return actor.language if actor else request.cookies.get(LANGUAGE_COOKIE, "pl")


def json_error(
    request: Request, actor: Actor | None, status: int, error: UserError, code: str
) -> JSONResponse:
    """The answer of an operation that failed; its message is in the language of the person."""
    message = error.told(Words(language_of(request, actor)))
    return JSONResponse({"error": {"code": code, "message": message}}, status)


def page(
    request: Request, template: str, actor: Actor | None, status: int = 200, place: str = "", **values: Any
) -> HTMLResponse:
    """The filled template for somebody, with navigation: ``place`` is where they are in it, else the address."""
    words = Words(language_of(request, actor))
    shown = [item for item in NAVIGATION if actor and any(actor.may(one) for one in item[2])]
    html = fill(
        template,
        words,
        actor=actor,
        navigation=shown,
        path=place or request.url.path,
        form_token=actor.form_token if actor else "",
        **values,
    )
    return HTMLResponse(html, status)


def fill(template: str, words: Words, **values: Any) -> str:
    """The filled template as text, for whatever shows it. ``t`` gives words, ``n`` a number with its noun."""
    return _environment().get_template(template).render(t=words, n=words.count, **values)
