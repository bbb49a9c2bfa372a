"""The list of conversations, the page of one, its sound, and the review beside it."""

from __future__ import annotations

import mimetypes
import re
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from nlp.taxonomy import load_contact_reasons
from qa.errors import Missing
from qa.services import saved_filters
from qa.services.access.permissions import Actor
from qa.services.conversations import listing as conversation_list
from qa.services.conversations import view as conversation_view
from qa.services.judging import reviews
from qa.services.judging.cards import known_card
from qa.services.queue import claiming as queue
from qa.services.workspace import open_vault
from qa.storage.people import OverviewRow, SampleItemRow
from qa.web.context import API, Reading, Writing, permitted, workspace_of
from qa.web.pages import page
from scorecards import Scorecard

router = APIRouter()
Identifier = Annotated[str, Field(max_length=200)]
Few = Annotated[str, Query(max_length=200)]
RANGE_NUMBER = re.compile(r"[0-9]{1,15}")
READ = ("conversation.read", "conversation.read_own")


class ReviewChange(BaseModel):
    """What changes in a review; see :class:`qa.services.judging.reviews.Change`."""

    outcomes: dict[str, str | None] = Field(default_factory=dict, max_length=200)
    comments: dict[str, str] = Field(default_factory=dict, max_length=200)
    comment: str | None = Field(default=None, max_length=reviews.LONGEST_COMMENT)
    version: int | None = None
    item: str | None = Field(default=None, max_length=32)


def filters_of(request: Request) -> conversation_list.Filters:
    """The filters of a list in the query; unknown ones are passed over."""
    known = conversation_list.Filters.__dataclass_fields__
    given = {name: value[:200].strip() for name, value in request.query_params.items() if name in known}
    return conversation_list.Filters(**given)


@router.get("/conversations", response_class=HTMLResponse, include_in_schema=False)
def list_page(
    request: Request, session: Reading, after: Few = "", actor: Actor = permitted(*READ)
) -> HTMLResponse:
    """The list with its filters."""
    filters = filters_of(request)
    return page(
        request,
        "conversations.html",
        actor,
        found=conversation_list.conversations(session, actor, filters, after),
        filters=filters,
        choices=conversation_list.choices(session, actor),
        reason=load_contact_reasons().name,
        counted=conversation_list.COUNTED,
        after=after,
        kept=saved_filters.saved(session, actor, "conversations"),
        kept_page="conversations",
        kept_query=urlencode(filters.given()),
    )


@router.get(f"{API}/conversations")
def list_conversations(
    request: Request, session: Reading, after: Few = "", actor: Actor = permitted(*READ)
) -> conversation_list.ConversationPage:
    """A page of conversations, newest first; filters as in the page's address (first, last, channel, team, agent, ...)."""
    return conversation_list.conversations(session, actor, filters_of(request), after)


def _view(
    request: Request, session: Any, actor: Actor, conversation_id: str, item: str | None
) -> conversation_view.ConversationView:
    row = session.get(OverviewRow, conversation_id)
    default = request.app.state.cards.get(row.channel) if row else None
    return conversation_view.conversation_view(
        session, actor, conversation_id, load_contact_reasons(), default, item or None
    )


@router.get("/conversations/{conversation_id:path}", response_class=HTMLResponse, include_in_schema=False)
def conversation_page(
    request: Request, session: Writing, conversation_id: str, item: Few = "", actor: Actor = permitted(*READ)
) -> HTMLResponse:
    """The page of one conversation; with ``item`` as a piece of work from the queue."""
    view = _view(request, session, actor, conversation_id, item)
    return page(request, "conversation.html", actor, view=view, item=item, given=reviews.GIVEN)


# The id comes last or in the query: it may hold any character, also a slash.
@router.get(f"{API}/conversation")
def conversation(
    request: Request, session: Writing, id: Few, item: Few = "", actor: Actor = permitted(*READ)
) -> conversation_view.ConversationView:
    """One conversation with tags, evaluation, reviews and one's own draft."""
    return _view(request, session, actor, id, item)


@router.get(f"{API}/conversation/sound", response_class=Response)
def sound(
    request: Request, session: Reading, id: Few, actor: Actor = permitted("conversation.listen")
) -> Response:
    """The muted recording, as far as it is kept; ranges are served."""
    sealed = conversation_view.sound_of(session, actor, id)
    content = b"".join(open_vault(workspace_of(request)).read(sealed.key))
    kind = mimetypes.guess_type(f"x{sealed.suffix}")[0] or "application/octet-stream"
    return _ranged(content, request.headers.get("range", ""), kind)


def _ranged(content: bytes, wanted: str, kind: str) -> Response:
    headers = {"Accept-Ranges": "bytes"}
    first, last = _range(wanted, len(content))
    if first is None or last is None:
        return Response(content, media_type=kind, headers=headers)
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return Response(content[first : last + 1], 206, headers, kind)


def _range(wanted: str, size: int) -> tuple[int | None, int | None]:
    """The first range asked for, or None where there is none that can be served."""
    unit, _, places = wanted.partition("=")
    first, bar, last = places.split(",")[0].strip().partition("-")
    numbers = [part for part in (first, last) if part]
    if unit != "bytes" or not bar or not numbers or not all(RANGE_NUMBER.fullmatch(part) for part in numbers):
        return None, None
    if not first.isdigit():
        return max(0, size - int(last)), size - 1
    if int(first) >= size:
        return None, None
    return int(first), min(int(last), size - 1) if last.isdigit() else size - 1


def _card(session: Any, request: Request, conversation_id: str) -> Scorecard:
    row = session.get(OverviewRow, conversation_id)
    if row is None:
        raise Missing("Nie ma takiej rozmowy.")
    key = row.scorecard or request.app.state.cards.get(row.channel)
    if key is None:
        raise Missing("Ten kanał nie ma karty oceny: ustaw ją w `scorecards`.")
    return known_card(key)


@router.put(f"{API}/review")
def save_review(
    request: Request,
    session: Writing,
    id: Few,
    given: ReviewChange,
    actor: Actor = permitted("review.write"),
) -> dict[str, Any]:
    """Keep a draft of one's own review of the conversation ``id``."""
    change = reviews.Change(given.outcomes, given.comments, given.comment, given.version)
    row = reviews.save(session, actor, id, _card(session, request, id), change, given.item)
    return {"id": row.id, "version": row.version, "score": row.score, "status": row.status}


@router.post(f"{API}/reviews/{{review_id}}/finish")
def finish_review(
    request: Request, session: Writing, review_id: Identifier, actor: Actor = permitted("review.write")
) -> dict[str, Any]:
    """Finish one's own review, and the piece of the queue that it belongs to, where that is still the person's."""
    row = reviews.own(session, actor, review_id)
    # whoever changes an item locks it first and the audit log after it: the same order here, or two would wait for ever
    item = session.get(SampleItemRow, row.item_id, with_for_update=True) if row.item_id else None
    row = reviews.finish(session, actor, review_id, _card(session, request, row.conversation_id))
    if item is not None and item.assignee == actor.id and item.status in ("waiting", "claimed"):
        queue.finish(session, actor, item.id)
    return {"id": row.id, "version": row.version, "score": row.score, "status": row.status}


@router.post(f"{API}/reviews/{{review_id}}/reopen")
def reopen_review(
    session: Writing, review_id: Identifier, actor: Actor = permitted("review.write")
) -> dict[str, Any]:
    """Take a finished review of one's own back to a draft."""
    row = reviews.reopen(session, actor, review_id)
    return {"id": row.id, "version": row.version, "score": row.score, "status": row.status}
