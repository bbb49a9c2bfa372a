"""Which voice is the agent: by what agents and customers say on the phone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from transcripts.conversation import Speaker

MARGIN = 2.0  # points by which one voice must lead; below, nobody is named
_OPENING = 25  # words in which somebody introduces the shop
_AGENT = re.compile(
    r"w czym (?:mogę|możemy) pomóc|jak mogę pomóc|przy telefonie|infolinia|biuro obsługi|dział obsługi"
    r"|prosz[ęe] (?:podać|o podanie|o numer|o chwilę|poczekać|pozostać)|poprosz[ęe] (?:o )?(?:numer|kod|imię)"
    r"|już sprawdzam|(?:widzę|mam) (?:tu )?(?:pana|pani|to) zamówieni"
    r"|dziękuję za (?:telefon|kontakt|oczekiwanie)"
    r"|czy mogę jeszcze|w czymś jeszcze|zwrócimy|wyślemy|przyj(?:mę|muję) zgłoszenie|z naszej strony",
    re.IGNORECASE,
)
_CUSTOMER = re.compile(
    r"\bdzwonię|zamówi(?:łem|łam)|kupi(?:łem|łam)|zapłaci(?:łem|łam)|zwróci(?:łem|łam)|chcia(?:łbym|łabym)"
    r"|(?:dosta|odebra|otrzyma)(?:łem|łam)|moj(?:e|ego) (?:zamówieni|pieni)|moja (?:paczka|przesyłka)"
    r"|czekam (?:na|już)|nie (?:dosta|otrzyma)(?:łem|łam)|państwa sklep",
    re.IGNORECASE,
)
_SHOP_OPENING = re.compile(
    r"\bsłucham\b|dzień dobry[^?]{0,60}(?:z tej strony|przy telefonie|słucham)", re.IGNORECASE
)


def agent_points(text: str, opening: str, *, speaks_first: bool, agent_name: str | None) -> float:
    """How much the words of one voice sound like the agent's; negative for a customer's."""
    points = 1.0 * len(_AGENT.findall(text)) - 1.0 * len(_CUSTOMER.findall(text))
    points += 2.0 * bool(_SHOP_OPENING.search(opening))
    names = [n for n in (agent_name or "").lower().split() if len(n) > 2]
    points += 2.0 * any(n in opening.lower() for n in names)
    return points + (2.0 if speaks_first else 0.0)  # who answers the phone speaks first


def roles(
    texts: Sequence[str], first: int, *, inbound: bool, agent_name: str | None
) -> tuple[list[Speaker], float]:
    """The speaker of each voice and by how many points the decision leads.

    Of more than two voices, the one that sounds most like the agent and the one that sounds most like the
    customer get their names, the others stay unknown.

    Args:
        texts: what each voice says, whole.
        first: index of the voice that speaks first; in an inbound call that speaks for the agent.
        inbound: whether the customer called.
        agent_name: the agent's name by the sidecar, listened for in the opening.
    """
    points = [
        agent_points(
            text,
            " ".join(text.split()[:_OPENING]),
            speaks_first=inbound and i == first,
            agent_name=agent_name,
        )
        for i, text in enumerate(texts)
    ]
    if len(points) == 1:
        return [_alone(points[0])], abs(points[0])
    agent = max(range(len(points)), key=lambda i: points[i])
    customer = min(range(len(points)), key=lambda i: (points[i], -len(texts[i])))
    lead = points[agent] - points[customer]
    names: list[Speaker] = ["unknown"] * len(points)
    if lead >= MARGIN:
        names[agent], names[customer] = "agent", "customer"
    return names, lead


def _alone(points: float) -> Speaker:
    if abs(points) < MARGIN:
        return "unknown"
    return "agent" if points > 0 else "customer"
