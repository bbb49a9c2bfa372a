"""Czas odpowiedzi według zasad: the times that the policy promises for a channel, in the hours that it is open."""

from __future__ import annotations

from scorecards.checks.registry import check
from scorecards.checks.timing import first_answer, later_answers
from scorecards.evaluation import Finding
from scorecards.policy import Policy, standard_policy
from scorecards.view import View

_NONE_AGREED = Finding("na", 0.95, (), "Zasady nie podają czasu odpowiedzi w tym kanale.")


@check("first_answer_in_time", asks_for_act=False)
def first_answer_in_time(view: View, *, policy: Policy | None = None) -> Finding:
    """The first answer comes within the time of the policy; see ``response_time``."""
    policy = policy or standard_policy()
    agreed = policy.response.get(view.conversation.channel)
    if agreed is None or agreed.first is None:
        return _NONE_AGREED
    return first_answer(view, policy.calendar, agreed.first)


@check("later_answers_in_time", asks_for_act=False)
def later_answers_in_time(view: View, *, policy: Policy | None = None) -> Finding:
    """Every later answer comes within the time of the policy; see ``later_response_time``."""
    policy = policy or standard_policy()
    agreed = policy.response.get(view.conversation.channel)
    if agreed is None or agreed.later is None:
        return _NONE_AGREED
    return later_answers(view, policy.calendar, agreed.later)
