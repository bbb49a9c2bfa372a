"""The archive that a person who asks for their data gets: a page, JSON lines, originals and recordings."""

from __future__ import annotations

import html
import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa.storage.tables import SealedRow, now
from qa.storage.vault import Vault

SPEAKERS = {"agent": "Konsultant", "customer": "Klient", "bot": "Bot", "system": "System", "unknown": "Ktoś"}
FOLDERS = {"raw_text": "oryginaly", "raw_audio": "nagrania", "redacted_audio": "nagrania_bez_danych"}
REVIEWS = {
    "review": "ocena",
    "second": "druga ocena",
    "calibration": "ocena w kalibracji",
    "dispute": "ocena po odwołaniu",
}
OUTCOMES = {"pass": "zaliczone", "fail": "niezaliczone", "na": "nie dotyczy"}
DISPUTES = {
    "open": "otwarte",
    "accepted": "uwzględnione",
    "partly": "uwzględnione częściowo",
    "rejected": "odrzucone",
    "wrong_person": "dotyczyło innej osoby",
    "withdrawn": "wycofane",
}
STYLE = "body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}dt{font-weight:bold}"

Held = Mapping[str, Any]


def write_archive(
    target: Path, held: Sequence[Held], sealed: Sequence[SealedRow], vault: Vault | None
) -> None:
    """Write the archive, readable by its owner only, whole or not at all."""
    with _aside(target) as aside, zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
        originals = dict(_originals(archive, sealed, vault)) if vault else {}
        lines = (json.dumps(one, ensure_ascii=False) for one in held)
        archive.writestr("rozmowy.jsonl", "".join(f"{line}\n" for line in lines))
        archive.writestr("czytaj.html", _page(held, originals, sealed))


@contextmanager
def _aside(target: Path) -> Iterator[Any]:
    """A new file beside ``target`` that takes its place at the end; nobody else can read it at any time."""
    aside = target.with_name(target.name + ".part")
    aside.unlink(missing_ok=True)
    try:
        handle = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w+b") as stream:
            yield stream
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _originals(
    archive: zipfile.ZipFile, sealed: Sequence[SealedRow], vault: Vault
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Put the vault's items into the archive; gives the original texts by conversation."""
    for row in sealed:
        with archive.open(_name(row), "w", force_zip64=True) as out:
            content = b""
            for block in vault.read(row.key):
                out.write(block)
                content += block if row.kind == "raw_text" else b""
        if row.kind == "raw_text":
            yield row.conversation_id, json.loads(content)


def _name(row: SealedRow) -> str:
    return f"{FOLDERS[row.kind]}/{row.key[:10]}{row.suffix}"


def _page(held: Sequence[Held], originals: Mapping[str, Held], sealed: Sequence[SealedRow]) -> str:
    parts = [
        _section(one, originals.get(one["id"]), [r for r in sealed if r.conversation_id == one["id"]])
        for one in held
    ]
    made = now().date().isoformat()
    return (
        '<!doctype html><html lang="pl"><meta charset="utf-8"><title>Dane osoby</title>'
        f"<style>{STYLE}</style>"
        f"<h1>Dane przechowywane przez Odsłuch</h1><p>Stan na {made}. Rozmów: {len(held)}.</p>"
        + "".join(parts)
        + "</html>\n"
    )


def _section(held: Held, original: Held | None, sealed: Sequence[SealedRow]) -> str:
    return (
        f"<h2>Rozmowa {html.escape(held['id'])}</h2>"
        + _listed("", [*_facts(held), f"pliki w archiwum: {_joined(map(_name, sealed))}"])
        + _spoken(held, original)
        + _listed("Oceny i komentarze ludzi", _reviews(held["reviews"]))
        + _listed("Odwołania", map(_dispute, held["disputes"]))
        + _listed("Decyzje z kalibracji", map(_decision, held["calibrations"]))
        + _listed("Powody kontaktu wskazane przez ludzi", map(_label, held["labels"]))
        + _listed("Wylosowanie do oceny", map(_sample_item, held["sample_items"]))
        + _listed("Fragmenty omawiane w rozmowach 1:1", map(_moment, held["coaching_moments"]))
        + _listed("Odłożone pozycje", (f"{one['source']}: {one['message']}" for one in held["parked"]))
    )


def _listed(title: str, entries: Iterable[str]) -> str:
    listed = "".join(f"<li>{html.escape(entry)}</li>" for entry in entries)
    heading = f"<h3>{title}</h3>" if title else ""
    return f"{heading}<ul>{listed}</ul>" if listed else ""


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(parts) or "brak"


def _facts(held: Held) -> Iterator[str]:
    if held["versions"]:
        yield f"kanał: {held['channel']}"
        yield f"początek: {held.get('started_at') or 'nieznany'}"
    reasons = sorted({r["code"] for tags in held["tags"] for r in tags.get("reasons", [])})
    yield f"rozpoznane powody: {_joined(reasons)}"
    scores = [f"{e['scorecard']}: {e['score']}" for e in held["evaluations"] if e["current"]]
    yield f"oceny obsługi: {_joined(scores)}"
    older = len(held["versions"]) - 1
    if older > 0:
        yield f"starsze wersje w rozmowy.jsonl: {older}"


def _spoken(held: Held, original: Held | None) -> str:
    shown = original or held
    if "turns" not in shown:
        return "<p>Treści tej rozmowy program nie przechowuje.</p>"
    turns = "".join(
        f"<dt>{SPEAKERS[turn['speaker']]}</dt><dd>{html.escape(turn['text'])}</dd>" for turn in shown["turns"]
    )
    kept = "treść oryginalna" if original else "treść przechowywana bez danych osobowych"
    return f"<h3>{kept}</h3><dl>{turns}</dl>"


def _reviews(reviews: Iterable[Held]) -> Iterator[str]:
    for one in reviews:
        draft = "" if one["status"] == "finished" else " (szkic)"
        score = "bez wyniku" if one["score"] is None else f"wynik {one['score']}"
        name = REVIEWS.get(one["kind"], one["kind"])
        yield f"{name}{draft}, {one['scorecard']}, {score}{_remark(one['comment'])}"
        for criterion, said in sorted(one["criteria"].items()):
            yield f"{criterion}: {_answer(said)}{_remark(said.get('comment'))}"


def _answer(said: Held) -> str:
    return _outcome(said.get("outcome"), said.get("level"))


def _outcome(outcome: str | None, level: int | None) -> str:
    word = "bez odpowiedzi" if outcome is None else OUTCOMES.get(outcome, outcome)
    return word if level is None else f"{word}, poziom {level}"


def _remark(text: str | None) -> str:
    return f": {text}" if text else ""


def _dispute(one: Held) -> str:
    was = _outcome(one["was"], one["was_level"])
    decision = f"; rozstrzygnięcie: {one['decision']}" if one["decision"] else ""
    state = DISPUTES.get(one["status"], one["status"])
    becomes = f", zmieniono na {_outcome(one['becomes'], one['becomes_level'])}" if one["becomes"] else ""
    return f"{one['criterion']} ({was}{becomes}), {state}{_remark(one['comment'])}{decision}"


def _decision(one: Held) -> str:
    wording = f"; propozycja brzmienia: {one['wording']}" if one.get("wording") else ""
    return f"{one['criterion']}: {_answer(one)}{_remark(one.get('why'))}{wording}"


def _label(one: Held) -> str:
    sentiment = f"; nastrój klienta: {one['customer_sentiment']}" if one["customer_sentiment"] else ""
    return f"{_joined(one['reasons'])}{sentiment}"


def _sample_item(one: Held) -> str:
    skipped = f"; powód pominięcia: {one['skip_reason']}" if one["skip_reason"] else ""
    return f"{one['status']}{_remark(one['reason'])}{skipped}"


def _moment(one: Held) -> str:
    return f"wypowiedź {one['turn'] + 1}{_remark(one.get('comment'))}"
