"""The list of conversations, the page of one, its sound, and the review beside it."""

from __future__ import annotations

import mimetypes
from functools import partial
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
from qa.services.conversations import sound as conversation_sound
from qa.services.conversations import view as conversation_view
from qa.services.conversations.reasons import reason_groups, reason_name
from qa.services.disputes import views as dispute_views
from qa.services.disputes.window import dispute_window
from qa.services.judging import contact_labels, reviews
from qa.services.judging.cards import criterion_name, known_card
from qa.services.judging.losses import losses
from qa.services.queue import claiming as queue
from qa.services.workspace import open_vault
from qa.storage.people import OverviewRow, SampleItemRow
from qa.web.context import API, Reading, Writing, noting, permitted, today, web_settings_of, workspace_of
from qa.web.pages import page
from qa.web.ranges import ranged
from qa.web.routes.disputes import STATUSES
from scorecards import Scorecard

router = APIRouter()
Identifier = Annotated[str, Field(max_length=200)]
Few = Annotated[str, Query(max_length=200)]
Item = Annotated[str, Query(pattern=r"^[0-9A-Za-z]{0,32}$")]  # becomes part of an address in the page
READ = ("conversation.read", "conversation.read_own")


class ReviewChange(BaseModel):
    """What changes in a review; see :class:`qa.services.judging.reviews.Change`. With a scale an outcome is a level: "2"."""

    outcomes: dict[str, str | None] = Field(default_factory=dict, max_length=200)
    comments: dict[str, str] = Field(default_factory=dict, max_length=200)
    comment: str | None = Field(default=None, max_length=reviews.LONGEST_COMMENT)
    version: int | None = None
    item: str | None = Field(default=None, max_length=32)


class NewLabels(BaseModel):
    """What a conversation is about: codes of the taxonomy, the main one first, and the customer's sentiment."""

    reasons: list[Annotated[str, Field(max_length=120)]] = Field(max_length=20)
    sentiment: Annotated[str, Field(max_length=16)] | None = None


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
    choices = conversation_list.choices(session, actor)
    return page(
        request,
        "conversations.html",
        actor,
        found=conversation_list.conversations(
            session, actor, filters, after, web_settings_of(request).page_rows
        ),
        filters=filters,
        criterion=_criterion_name(request, filters),
        choices=choices,
        groups=reason_groups(choices.reasons),
        reason=reason_name,
        counted=conversation_list.COUNTED,
        after=after,
        kept=saved_filters.saved(session, actor, "conversations"),
        kept_page="conversations",
        kept_query=urlencode(filters.given()),
    )


def _criterion_name(request: Request, filters: conversation_list.Filters) -> str:
    """The name in the scorecard of the filters, or in one of the settings; the id where none has it."""
    keys = (filters.scorecard, *request.app.state.cards.values())
    names = (criterion_name(key, filters.criterion) for key in keys)
    return next((name for name in names if name != filters.criterion), filters.criterion)


@router.get(f"{API}/conversations")
def list_conversations(
    request: Request, session: Reading, after: Few = "", actor: Actor = permitted(*READ)
) -> conversation_list.ConversationPage:
    """A page of conversations, newest first; filters as in the page's address (first, last, channel, team, agent, ...)."""
    size = web_settings_of(request).page_rows
    return conversation_list.conversations(session, actor, filters_of(request), after, size)


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
    request: Request, conversation_id: str, item: Item = "", actor: Actor = permitted(*READ)
) -> HTMLResponse:
    """The page of one conversation; with ``item`` as a piece of work from the queue."""
    with noting(request) as session:
        view = _view(request, session, actor, conversation_id, item)
        labels = contact_labels.labels_of(session, actor, view.conversation_id)
        objects = None if view.blind else _objections(request, session, actor, conversation_id)
    return page(
        request,
        "conversation.html",
        actor,
        view=view,
        place="/queue" if item else "",
        item=item,
        most_reason=queue.MOST_REASON,
        labels=labels,
        every_reason=reason_groups(load_contact_reasons().codes),
        objects=objects,
    )


def _objections(request: Request, session: Any, actor: Actor, conversation_id: str) -> dict[str, Any] | None:
    """What an agent can object to, and what became of their own disputes, by criterion; None for everybody else."""
    row = session.get(OverviewRow, conversation_id)
    own = row is not None and actor.agent_id is not None and row.agent_id == actor.agent_id
    if not own or not actor.may("dispute.raise"):
        return None
    by_criterion: dict[str, list[dispute_views.DisputeView]] = {}
    for one in dispute_views.conversation_disputes(session, actor, conversation_id):
        by_criterion.setdefault(one.criterion, []).append(one)
    window = dispute_window(session, actor, conversation_id, today(), web_settings_of(request).dispute_days)
    return {"window": window, "disputes": by_criterion, "statuses": STATUSES}


# The id comes last or in the query: it may hold any character, also a slash.
@router.get(f"{API}/conversation")
def conversation(
    request: Request, session: Writing, id: Few, item: Item = "", actor: Actor = permitted(*READ)
) -> conversation_view.ConversationView:
    """One conversation with tags, evaluation, reviews and one's own draft."""
    return _view(request, session, actor, id, item)


@router.get(f"{API}/conversation/sound", response_class=Response)
def sound(
    request: Request, session: Reading, id: Few, actor: Actor = permitted("conversation.listen")
) -> Response:
    """The muted recording, as far as it is kept; ranges are served. One entry in the audit log for one listening."""
    workspace = workspace_of(request)
    found = conversation_sound.sound_of(session, actor, partial(open_vault, workspace), id)
    kind = mimetypes.guess_type(f"x{found.suffix}")[0] or "application/octet-stream"
    answer = ranged(found.part, found.size, request.headers.get("range", ""), kind)
    if answer.status_code < 400:
        request.app.state.listening.note(workspace.storage, actor, id)
    return answer


@router.get(f"{API}/conversation/waveform")
def waveform(
    request: Request, session: Reading, id: Few, actor: Actor = permitted("conversation.listen")
) -> conversation_sound.Loudness:
    """How loud the muted recording is over time, at most 1,200 levels a channel, with the speaker of each channel."""
    opening = partial(open_vault, workspace_of(request))
    return conversation_sound.loudness(session, actor, opening, id)


@router.put(f"{API}/conversation/labels")
def save_labels(
    session: Writing, id: Few, given: NewLabels, actor: Actor = permitted("review.write")
) -> tuple[contact_labels.ContactLabel, ...]:
    """Say which contact reasons and sentiment the conversation has; what the machine says stays beside it."""
    contact_labels.save(session, actor, id, given.reasons, given.sentiment)
    return contact_labels.labels_of(session, actor, id)


@router.delete(f"{API}/conversation/labels")
def take_labels_back(
    session: Writing, id: Few, actor: Actor = permitted("review.write")
) -> tuple[contact_labels.ContactLabel, ...]:
    """Take back what one has said."""
    contact_labels.take_back(session, actor, id)
    return contact_labels.labels_of(session, actor, id)


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
    card = _card(session, request, id)
    row = reviews.save(session, actor, id, card, change, given.item)
    lost = losses(card, {name: one["outcome"] for name, one in row.criteria.items()})
    return {"id": row.id, "version": row.version, "score": row.score, "status": row.status, "losses": lost}


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
