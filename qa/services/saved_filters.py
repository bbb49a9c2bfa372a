"""Filters that somebody keeps under a name, for themselves, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Term, UsageProblem
from qa.services.access.accounts import new_id
from qa.services.access.permissions import Actor
from qa.services.inputs import is_storable, text_of
from qa.storage import audit
from qa.storage.people import SavedFilterRow

MOST = 50
MOST_NAME = 80
MOST_QUERY = 2000
MOST_FIELDS = 40

# Pages that can be filtered, and what it takes to open them.
PAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "conversations": ("conversation.read", "conversation.read_own"),
        "disputes": ("dispute.read", "dispute.raise"),
        "quality": ("team.read",),
        "queue": ("queue.work",),
        "voice": ("voice.read",),
    }
)


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A kept filter; ``query`` is what follows the question mark of the page's address."""

    id: str
    page: str
    name: str
    query: str


def create(session: Session, actor: Actor, page: str, name: str, query: str) -> SavedFilter:
    """Keep the filters of a page.

    Raises:
        Refused: the actor may not open this page.
        UsageProblem: an unknown page, a name or filters that cannot be kept, or too many kept already.
        Conflict: the actor has such a name on this page already.
    """
    _check(actor, page)
    name = " ".join(text_of(name, Term("Nazwa filtra"), 1, MOST_NAME).split())
    query = _query(query)
    own = (SavedFilterRow.account_id == actor.id, SavedFilterRow.page == page)
    taken = Conflict("Masz już filtr o nazwie {name}: wybierz inną albo usuń tamten.", name=name)
    if session.scalar(select(SavedFilterRow.id).where(*own, SavedFilterRow.name == name)):
        raise taken
    if (session.scalar(select(func.count()).select_from(SavedFilterRow).where(*own)) or 0) >= MOST:
        raise UsageProblem("Na jednej stronie można zachować {most} filtrów: usuń któryś.", most=MOST)
    row = SavedFilterRow(id=new_id(), account_id=actor.id, page=page, name=name, query=query)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:  # the same person was quicker in another window
        raise taken from error
    audit.record(session, actor.login, "filter_save", row.id, {"page": page})
    return _view(row)


def saved(session: Session, actor: Actor, page: str) -> tuple[SavedFilter, ...]:
    """The actor's filters of a page by name.

    Raises:
        Refused: the actor may not open this page.
        UsageProblem: there is no such page.
    """
    _check(actor, page)
    query = select(SavedFilterRow).where(SavedFilterRow.account_id == actor.id, SavedFilterRow.page == page)
    return tuple(sorted((_view(row) for row in session.scalars(query)), key=lambda one: one.name.casefold()))


def delete(session: Session, actor: Actor, filter_id: str) -> None:
    """Forget one of the actor's filters; also one of a page that they may no longer open.

    Raises:
        Missing: there is no such filter of theirs.
    """
    row = session.get(SavedFilterRow, filter_id) if is_storable(filter_id) else None
    if row is None or row.account_id != actor.id:
        raise Missing("Nie ma takiego filtra wśród Twoich.")
    session.delete(row)
    session.flush()
    audit.record(session, actor.login, "filter_delete", filter_id, {"page": row.page})


def _check(actor: Actor, page: str) -> None:
    if page not in PAGES:
        raise UsageProblem("Nie ma takiej strony z filtrami: do wyboru {known}.", known=tuple(PAGES))
    actor.must(*PAGES[page])


def _query(text: str) -> str:
    """The filters in one form, without empty ones, so that nothing but names and values is ever kept."""
    if len(text) > MOST_QUERY or not is_storable(text):
        raise UsageProblem("Filtry są za długie: skróć je do {most} znaków.", most=MOST_QUERY)
    try:
        pairs = parse_qsl(text.removeprefix("?"), max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise UsageProblem("Filtrów jest za dużo: zostaw najwyżej {most}.", most=MOST_FIELDS) from error
    if not pairs:
        raise UsageProblem("Ustaw najpierw jakiś filtr, potem go zachowaj.")
    if any(not is_storable(part) for pair in pairs for part in pair):
        raise UsageProblem("Filtry zawierają znaki, których nie da się zapisać: usuń je.")
    return urlencode(pairs)


def _view(row: SavedFilterRow) -> SavedFilter:
    return SavedFilter(row.id, row.page, row.name, row.query)
