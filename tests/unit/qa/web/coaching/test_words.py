"""Every sentence that the services of 1:1s give has its English."""

from __future__ import annotations

from itertools import product

from qa.services.coaching import effects
from qa.services.coaching.effects import Counted, Guarded
from qa.services.coaching.meetings import STATUSES
from qa.services.coaching.preparation import CHANNELS_CHANGED, CriterionProgress, remarks
from qa.services.coaching.progress import BETTER, SAME, WORSE, Difference, proportion, verdict_of
from qa.services.judging.trust import Share
from qa.storage.people import ActionRow
from qa.web.language import english
from tests.unit.qa.coaching_rows import TODAY

DIFFERENCES = (
    None,
    Difference(0.2, 0.1, 0.3, BETTER),
    Difference(-0.2, -0.3, -0.1, WORSE),
    Difference(0.0, -0.1, 0.1, SAME),
)


def reasons_of_remarks() -> set[str]:
    """Why something is a strength or a point, in every case."""
    found = set()
    for change, against in product(DIFFERENCES, repeat=2):
        for part in (5, 19):
            now = proportion(Share(part, 20))
            one = CriterionProgress("recap", "x", False, "assisted", now, now, now, change, against)
            found |= {remark.why for kind in remarks([one]) for remark in kind}
    return found


def reasons_of_effects() -> set[str]:
    """Why an action is said to have worked or not, in every case."""
    found = {effects.effect(Counted(None, "a", None), _without_criterion(), TODAY, None).why}  # type: ignore[arg-type]
    for plain, guarded, against in product(DIFFERENCES, repeat=3):
        told = [one for one in (plain, guarded, against) if one]
        verdict = verdict_of(*told) if plain and guarded else SAME
        found.add(effects._why(Guarded(None, plain, guarded, against, verdict)))
    return found


def _without_criterion() -> ActionRow:
    return ActionRow(
        id="x", criterion=None, text="x", due_on=TODAY.isoformat(), baseline={"agreed_on": TODAY.isoformat()}
    )


def test_words_of_the_services_have_their_english() -> None:
    remarked, effected = reasons_of_remarks(), reasons_of_effects()
    assert (len(remarked), len(effected)) == (6, 8)
    words = {*STATUSES.values(), BETTER, WORSE, SAME, CHANNELS_CHANGED, "konto usunięte"}
    assert not (words | remarked | effected) - set(english())
