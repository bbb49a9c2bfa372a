"""What no view of 1:1s ever shows: an emotion or a rank."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from qa.services.access.permissions import Actor
from qa.services.coaching import content as coaching_content
from qa.services.coaching import effects, progress
from qa.services.coaching import meetings as coaching
from qa.services.coaching import moments as coaching_moments
from qa.services.coaching import people as coaching_people
from qa.services.coaching import preparation as coaching_preparation
from qa.services.coaching.meetings import agree_action, draft, view
from qa.services.coaching.people import people
from qa.services.coaching.preparation import (
    preparation,
)
from tests.unit.qa.coaching_rows import TODAY, day
from tests.unit.qa.services.coaching.conftest import (
    COACH,
    CONTENT,
    filled,
    held,
)

FEELINGS = (
    "emocj",
    "emotion",
    "mood",
    "nastr",
    "sentiment",
    "ang",
    "złoś",
    "stres",
    "frustr",
    "feel",
    "uczuc",
)
RANKS = (
    "rank",
    "place",
    "miejsce",
    "pozycja",
    "position",
    "percentile",
    "best",
    "worst",
    "top",
    "najleps",
    "najgors",
)
MODULES = (
    coaching,
    coaching_content,
    coaching_moments,
    coaching_people,
    coaching_preparation,
    effects,
    progress,
)


def words_of_views() -> Iterator[str]:
    """The names of all views of these modules and of their fields."""
    for module in MODULES:
        for one in vars(module).values():
            if isinstance(one, type) and is_dataclass(one) and one is not Actor:
                yield one.__name__.lower()
                yield from (word for field in fields(one) for word in field.name.lower().split("_"))


def texts_in(value: Any) -> Iterator[str]:
    """All texts of a view."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts_in(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from texts_in(one)
    else:
        assert value is None or isinstance(value, int | float), type(value)


def test_no_view_names_an_emotion_or_a_rank(session: Session) -> None:
    found = set(words_of_views())
    assert {"strengths", "verdict", "meeting", "moment"} <= found  # the walk finds something
    assert not [word for word in found for part in (*FEELINGS, *RANKS) if word.startswith(part)]
    filled(session)
    first = preparation(session, COACH, "a", TODAY)
    done = held(session, ago=10)
    agree_action(session, COACH, done.id, "Podsumuję", "recap", day(-4), TODAY - timedelta(days=10))
    draft(session, COACH, "a", CONTENT)
    views = (
        first,
        preparation(session, COACH, "a", TODAY),
        people(session, COACH, TODAY),
        view(session, COACH, done.id),
    )
    texts = [text.lower() for one in views for text in texts_in(one)]
    assert "wyraźna poprawa" in texts
    words = {word for text in texts for word in text.split()}
    assert not [word for word in words for part in (*FEELINGS, *RANKS) if word.startswith(part)]
