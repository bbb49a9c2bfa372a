"""Saved filters: one's own, page by page."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from qa.services import saved_filters
from qa.services.access.permissions import Actor
from qa.services.saved_filters import PAGES, SavedFilter
from qa.web.context import API, Reading, Writing, permitted

router = APIRouter()
PageName = Literal["conversations", "disputes", "quality", "queue", "voice"]
# whoever may open one of the pages; the service asks for the one that it is about
ANY = permitted(*sorted({name for names in PAGES.values() for name in names}))


class NewFilter(BaseModel):
    """The filters of a page under a name; ``query`` is what follows the question mark of its address."""

    page: PageName
    name: str = Field(max_length=200)
    query: str = Field(max_length=saved_filters.MOST_QUERY)


@router.get(f"{API}/saved-filters")
def list_filters(session: Reading, page: PageName, actor: Actor = ANY) -> tuple[SavedFilter, ...]:
    """One's own filters of a page, by name."""
    return saved_filters.saved(session, actor, page)


@router.post(f"{API}/saved-filters", status_code=201)
def save_filter(session: Writing, given: NewFilter, actor: Actor = ANY) -> SavedFilter:
    """Keep the filters of a page under a name."""
    return saved_filters.create(session, actor, given.page, given.name, given.query)


@router.delete(f"{API}/saved-filters/{{filter_id}}")
def delete_filter(
    session: Writing, filter_id: Annotated[str, Field(max_length=32)], actor: Actor = ANY
) -> dict[str, bool]:
    """Forget one of one's own filters."""
    saved_filters.delete(session, actor, filter_id)
    return {"ok": True}
