"""Files: the tables of the boards, the list of conversations, people's outcomes for measuring and training."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from qa.services.access.permissions import Actor
from qa.services.boards.quality_board import quality
from qa.services.boards.voice_board import voice
from qa.services.conversations.listing import Filters
from qa.services.exports import files as exports
from qa.services.exports.files import KINDS, Table
from qa.services.exports.tables import conversation_table, quality_tables, voice_tables
from qa.services.judging import contact_labels, label_export
from qa.web.board_filters import (
    DAY,
    QualityQuery,
    VoiceQuery,
    day_of,
    quality_filters,
    usual_days,
    voice_filters,
)
from qa.web.context import API, Reading, Writing, permitted, workspace_of
from qa.web.routes.conversations import filters_of

router = APIRouter()
Kind = Literal["csv", "xlsx", "parquet"]
LabelKind = Literal["review", "second", "calibration", "dispute"]
FIGURES = permitted("export.figures")
EVERY: tuple[LabelKind, ...] = ("review", "second", "calibration", "dispute")
LINES = "application/x-ndjson"
FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {name.partition(";")[0]: {} for name in KINDS.values()}}
}
UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
LABELS: dict[int | str, dict[str, Any]] = {200: {"description": "JSON lines", "content": {LINES: {}}}}


class QualityExport(QualityQuery):
    """A table of the quality board, with its filters."""

    table: Literal[
        "jakosc-kryteria",
        "jakosc-w-czasie",
        "jakosc-kryteria-w-czasie",
        "jakosc-zespoly",
        "jakosc-konsultanci",
    ]
    kind: Kind


class VoiceExport(VoiceQuery):
    """A table of the voice-of-customer board, with its filters."""

    table: Literal["glos-powody", "glos-w-czasie", "glos-powody-w-czasie"]
    kind: Kind


@router.get(f"{API}/export/quality", response_class=Response, responses=FILE)
def export_quality(
    request: Request, session: Reading, query: Annotated[QualityExport, Query()], actor: Actor = FIGURES
) -> Response:
    """A table of the quality board as CSV, XLSX or Parquet; only for those who may see the board."""
    view = quality(session, actor, quality_filters(query, usual_days(session)))
    return _file(request, actor, quality_tables(view)[query.table], query.kind)


@router.get(f"{API}/export/voice", response_class=Response, responses=FILE)
def export_voice(
    request: Request, session: Reading, query: Annotated[VoiceExport, Query()], actor: Actor = FIGURES
) -> Response:
    """A table of the voice-of-customer board as CSV, XLSX or Parquet."""
    view = voice(session, actor, voice_filters(query, usual_days(session)))
    return _file(request, actor, voice_tables(view)[query.table], query.kind)


@router.get(f"{API}/export/conversations", response_class=Response, responses=FILE)
def export_conversations(request: Request, session: Reading, kind: Kind, actor: Actor = FIGURES) -> Response:
    """The list of conversations with the filters of its page (first, last, channel, team, agent, ...); CSV is streamed.

    Only for those who may read all conversations.
    """
    filters = filters_of(request)
    table = conversation_table(session, actor, filters)
    if kind != "csv":
        return _file(request, actor, table, kind)
    _note(request, actor, table, kind)
    return StreamingResponse(
        _streamed(request, actor, filters),
        media_type=KINDS[kind],
        headers=attachment(exports.file_name(table, kind)),
    )


def _streamed(request: Request, actor: Actor, filters: Filters) -> Iterator[bytes]:
    """In a session of its own: that of the request is closed before the first piece is sent."""
    with workspace_of(request).storage.reading() as session:
        yield from exports.stream_csv(conversation_table(session, actor, filters))


def _file(request: Request, actor: Actor, table: Table, kind: str) -> Response:
    content = exports.export_rows(table, kind)
    _note(request, actor, table, kind)
    return Response(content, media_type=KINDS[kind], headers=attachment(exports.file_name(table, kind)))


def _note(request: Request, actor: Actor, table: Table, kind: str) -> None:
    """In a transaction of its own, which is short: making a file can take seconds."""
    with workspace_of(request).storage.writing() as session:
        exports.note(session, actor, table, kind)


def attachment(name: str) -> dict[str, str]:
    """The header that makes an answer a file of this name; a header holds no other letters."""
    return {"Content-Disposition": f'attachment; filename="{UNSAFE.sub("", name)}"'}


@router.get(f"{API}/export/training", response_class=Response, responses=LABELS)
def export_training(
    request: Request,
    session: Writing,
    first: Annotated[str, Query(pattern=DAY)] = "",
    last: Annotated[str, Query(pattern=DAY)] = "",
    actor: Actor = permitted("export.labels"),
) -> Response:
    """Contact reasons and sentiment as people say them, with the customer's redacted words: for ``models train --add``."""
    pseudonyms = workspace_of(request).pseudonyms
    lines = contact_labels.training_lines(session, actor, pseudonyms, day_of(first), day_of(last))
    name = "-".join(filter(None, ("odsluch-powody", first, last))) + ".jsonl"
    return Response("".join(lines), media_type=LINES, headers=attachment(name))


@router.get(f"{API}/export/labels", response_class=Response, responses=LABELS)
def export_labels(
    request: Request,
    session: Writing,
    scorecard: Annotated[str, Query(max_length=120)],
    first: Annotated[str, Query(pattern=DAY)] = "",
    last: Annotated[str, Query(pattern=DAY)] = "",
    kinds: Annotated[tuple[LabelKind, ...], Query(max_length=4)] = EVERY,
    actor: Actor = permitted("export.labels"),
) -> Response:
    """People's outcomes of a scorecard under pseudonyms, a JSON line for each conversation; days are those of finishing."""
    lines = label_export.labels(
        session, actor, workspace_of(request).pseudonyms, scorecard, day_of(first), day_of(last), kinds
    )
    name = "-".join(filter(None, ("odsluch-oceny", scorecard.replace("@", "-"), first, last))) + ".jsonl"
    return Response("".join(lines), media_type=LINES, headers=attachment(name))
