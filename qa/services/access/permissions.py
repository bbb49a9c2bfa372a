"""Who may do what: one table, which the tests walk cell by cell over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from qa.errors import Refused, Term

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "administrator": "Administrator",
        "qa_lead": "Kierownik jakości",
        "qa_specialist": "Specjalista jakości",
        "coach": "Coach, lider zespołu",
        "agent": "Konsultant",
        "product": "Zespół produktu",
        "auditor": "Audytor",
    }
)

_LEAD, _WORK, _COACH, _AGENT, _PRODUCT, _AUDIT, _ADMIN = (
    "qa_lead",
    "qa_specialist",
    "coach",
    "agent",
    "product",
    "auditor",
    "administrator",
)

PERMISSIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        # every conversation; an agent's own are another permission
        "conversation.read": frozenset({_LEAD, _WORK, _COACH, _AUDIT}),
        "conversation.read_own": frozenset({_AGENT}),
        "conversation.listen": frozenset({_LEAD, _WORK, _COACH, _AGENT}),
        "review.write": frozenset({_LEAD, _WORK}),
        "review.read": frozenset({_LEAD, _WORK, _COACH, _AUDIT}),
        "sample.plan": frozenset({_LEAD}),
        "queue.work": frozenset({_LEAD, _WORK}),
        "calibration.lead": frozenset({_LEAD}),
        "calibration.take": frozenset({_LEAD, _WORK, _COACH}),
        "dispute.raise": frozenset({_AGENT}),
        "dispute.decide": frozenset({_LEAD, _WORK}),
        "dispute.read": frozenset({_LEAD, _WORK, _COACH, _AUDIT}),
        "coaching.write": frozenset({_COACH, _LEAD}),
        "coaching.read_own": frozenset({_AGENT}),
        "team.read": frozenset({_LEAD, _COACH, _AUDIT}),
        "voice.read": frozenset({_LEAD, _WORK, _COACH, _PRODUCT, _AUDIT}),
        "backlog.decide": frozenset({_LEAD, _PRODUCT}),
        "trust.read": frozenset({_LEAD, _WORK, _COACH, _AGENT, _AUDIT}),
        "trust.set_bar": frozenset({_LEAD}),
        "export.figures": frozenset({_LEAD, _COACH, _PRODUCT, _AUDIT}),
        "export.labels": frozenset({_LEAD}),
        "report.subscribe": frozenset({_LEAD, _WORK, _COACH, _PRODUCT, _AUDIT}),
        # for other people, only of boards that one may read oneself
        "report.manage": frozenset({_LEAD, _PRODUCT}),
        "account.manage": frozenset({_ADMIN}),
        "audit.read": frozenset({_ADMIN, _AUDIT}),
    }
)

# What the interface says is missing, for people.
MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "conversation.read": "czytanie rozmów",
        "conversation.read_own": "czytanie własnych rozmów",
        "conversation.listen": "słuchanie nagrań",
        "review.write": "ocenianie rozmów",
        "review.read": "czytanie ocen",
        "sample.plan": "układanie planów prób",
        "queue.work": "praca z kolejką",
        "calibration.lead": "prowadzenie kalibracji",
        "calibration.take": "udział w kalibracji",
        "dispute.raise": "zgłaszanie odwołań",
        "dispute.decide": "rozstrzyganie odwołań",
        "dispute.read": "czytanie odwołań",
        "coaching.write": "prowadzenie rozmów 1:1",
        "coaching.read_own": "czytanie własnych rozmów 1:1",
        "team.read": "wyniki zespołu",
        "voice.read": "głos klienta",
        "backlog.decide": "decyzje o propozycjach",
        "trust.read": "raport zaufania",
        "trust.set_bar": "ustalanie progu zaufania",
        "export.figures": "eksport zestawień",
        "export.labels": "eksport ocen do uczenia",
        "report.subscribe": "raporty e-mailem",
        "report.manage": "raporty e-mailem dla innych",
        "account.manage": "zarządzanie kontami",
        "audit.read": "czytanie dziennika",
    }
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who is signed in. ``form_token`` has to come back with every change they ask for."""

    id: str
    login: str
    name: str
    roles: frozenset[str]
    agent_id: str | None = None
    team: str | None = None
    language: str = "pl"
    form_token: str = ""

    def may(self, permission: str) -> bool:
        """Whether one of the roles allows it.

        Raises:
            KeyError: there is no such permission.
        """
        return bool(PERMISSIONS[permission] & self.roles)

    def must(self, *permissions: str) -> None:
        """Go on only where one of ``permissions`` is allowed.

        Raises:
            Refused: none is.
        """
        if not any(self.may(permission) for permission in permissions):
            raise Refused(
                "Brak uprawnienia: {permission}. Poproś administratora o rolę, która je daje.",
                permission=Term(MEANINGS[permissions[0]]),
            )


def may_see(actor: Actor, agent_id: str | None) -> bool:
    """Whether the actor may read what this agent did: everybody's, or their own."""
    if actor.may("conversation.read"):
        return True
    return actor.may("conversation.read_own") and actor.agent_id is not None and actor.agent_id == agent_id
