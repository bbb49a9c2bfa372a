"""Calibration sessions: several people judge the same conversations, blind until the lead compares them.

While a session is open, counts of finished judgements are all that anybody learns about others, the lead too;
what is compared is shown by :mod:`qa.services.calibration.comparison`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, Term, UsageProblem
from qa.services.access.accounts import actor_of, new_id
from qa.services.access.permissions import Actor
from qa.services.calibration.views import (
    KIND,
    CalibrationView,
    Judgement,
    calibration,
    finished_counts,
    judgement_of,
    own_review,
    to_judge,
    visible,
)
from qa.services.inputs import is_storable, text_of
from qa.services.judging.answers import as_kept, levels_of, machine_kept, outcomes_of, read_answer
from qa.services.judging.cards import known_card
from qa.services.judging.person_score import person_score
from qa.storage import audit
from qa.storage.people import AccountRow, CalibrationRow, OutcomeRow, OverviewRow, ReviewRow
from qa.storage.tables import now
from scorecards import Criterion, Scorecard

MOST_NAMED = 5
MOST_CONVERSATIONS = 50
LEAST_PARTICIPANTS, MOST_PARTICIPANTS = 2, 20
MOST_COMMENT = 4000
MOST_WORDING = 1000

Said = Mapping[str, Mapping[str, str | None]]  # criterion -> {"outcome", "comment"}


def open_session(
    session: Session,
    actor: Actor,
    name: str,
    scorecard: str,
    conversation_ids: Sequence[str],
    participants: Sequence[str],
) -> CalibrationView:
    """Open a session on 1 to 50 conversations for 2 to 20 accounts that may take part.

    Raises:
        Refused: the actor may not lead calibrations.
        UsageProblem: a value cannot be used; the sentence says which and why.
    """
    actor.must("calibration.lead")
    row = CalibrationRow(
        id=new_id(),
        name=text_of(name, Term("Nazwa kalibracji"), 2, 120),
        scorecard=known_card(scorecard).key,
        status="open",
        conversations=_conversations(session, conversation_ids),
        participants=_participants(session, participants),
        decisions={},
        created_by=actor.id,
    )
    session.add(row)
    session.flush()
    details = {
        "conversations": len(row.conversations),
        "participants": len(row.participants),
        "scorecard": row.scorecard,
    }
    audit.record(session, actor.login, "calibration_open", row.id, details)
    return calibration(session, actor, row.id)


def judge(
    session: Session,
    actor: Actor,
    calibration_id: str,
    conversation_id: str,
    criteria: Said,
    comment: str,
    version: int,
    *,
    finish: bool = False,
) -> Judgement:
    """Keep the actor's judgement as a draft, or finish it, which is final: from then on they may see the machine's.

    Args:
        criteria: by id ``{"outcome": "pass"|"fail"|"na"|None, "comment": ...}``, with a scale the number of a level as the
            outcome; it replaces what was kept.
        version: that of the judgement which the actor saw, 0 where there was none.

    Raises:
        Missing: the actor does not take part, or the conversation is not in the session.
        Refused: the judgement is finished, or the outcomes are compared already.
        Conflict: the judgement was changed elsewhere meanwhile.
        UsageProblem: an unknown criterion or outcome, a text too long, or an outcome missing at the end.
    """
    actor.must("calibration.take")
    row = _locked(session, actor, calibration_id)
    to_judge(row, actor, conversation_id)
    if row.status != "open":
        raise Refused("Oceny tej kalibracji są już porównane: nie można ich zmieniać.")
    card = known_card(row.scorecard)
    said = _said(card, criteria, finish)
    kept = _comment(comment)
    review = own_review(session, actor, row, conversation_id)
    if (review.version if review else 0) != version:
        raise Conflict("Ocena zmieniła się w innym oknie: odśwież stronę i wprowadź zmiany ponownie.")
    if review and review.status == "finished":
        raise Refused(
            "Ta ocena jest zakończona: nie można jej zmienić, bo wyniki automatu są już odsłonięte."
        )
    review = review or _begun(session, actor, row, conversation_id)
    review.criteria = _with_machine(session, review, card, said)
    review.score = person_score(card, outcomes_of(said), levels_of(said))
    review.comment, review.version = kept, version + 1
    _note(session, actor, review, "finished" if finish else "draft")
    session.flush()
    return judgement_of(row, conversation_id, review)


def compare(
    session: Session, actor: Actor, calibration_id: str, *, without_missing: bool = False
) -> CalibrationView:
    """End the blind part: from now on participants and leads see all finished judgements, drafts stay out.

    Raises:
        Missing: there is no such session.
        Conflict: it is compared already.
        Refused: the actor may not lead, or somebody has not finished and ``without_missing`` is not set.
    """
    actor.must("calibration.lead")
    row = _locked(session, actor, calibration_id)
    if row.status != "open":
        raise Conflict("Oceny tej kalibracji są już porównane: odśwież stronę.")
    missing = len(row.participants) * len(row.conversations) - finished_counts(session, [row])[row.id].total()
    if missing and not without_missing:
        raise Refused(
            "Brakuje jeszcze zakończonych ocen: {missing}. Poczekaj na nie albo porównaj bez nich.",
            missing=missing,
        )
    row.status = "compared"
    session.flush()
    audit.record(session, actor.login, "calibration_compare", row.id, {"missing": missing})
    return calibration(session, actor, row.id)


def decide(
    session: Session,
    actor: Actor,
    calibration_id: str,
    conversation_id: str,
    criterion: str,
    outcome: str,
    why: str,
    wording: str = "",
) -> None:
    """Record what was decided on a criterion of a conversation; a later decision replaces it.

    Args:
        outcome: with a scale the number of a level.
        wording: a proposal for rewording the criterion; empty for none.

    Raises:
        Missing: there is no such session, or the conversation is not in it.
        Refused: the actor may not lead, or the outcomes are not being compared.
        UsageProblem: an unknown criterion or outcome, or a text too short or too long.
    """
    actor.must("calibration.lead")
    row = _locked(session, actor, calibration_id)
    if row.status != "compared":
        raise Refused("Decyzje zapisuje się po porównaniu ocen, a przed zamknięciem kalibracji.")
    if conversation_id not in row.conversations:
        raise Missing("Tej rozmowy nie ma w kalibracji: wybierz jedną z jej listy.")
    asked = _known_criterion(known_card(row.scorecard), criterion)
    decision: dict[str, Any] = {
        **as_kept(asked, read_answer(asked, outcome)),
        "why": text_of(why, Term("Uzasadnienie"), 3, MOST_COMMENT),
        "wording": text_of(wording, Term("Propozycja brzmienia"), 0, MOST_WORDING),
        "by": actor.id,
        "at": now().isoformat(timespec="seconds"),
    }
    row.decisions = {**row.decisions, f"{conversation_id}/{criterion}": decision}
    session.flush()
    said = {name: decision[name] for name in ("outcome", "level") if name in decision}
    details: dict[str, Any] = {
        "conversation": audit.mark_of(session, conversation_id),
        "criterion": criterion,
    }
    audit.record(session, actor.login, "calibration_decide", row.id, details | said)


def close(session: Session, actor: Actor, calibration_id: str) -> CalibrationView:
    """End a session that has been compared.

    Raises:
        Missing: there is no such session.
        Refused: the actor may not lead, or its outcomes have not been compared.
        Conflict: it is closed already.
    """
    actor.must("calibration.lead")
    row = _locked(session, actor, calibration_id)
    if row.status == "closed":
        raise Conflict("Ta kalibracja jest już zamknięta: odśwież stronę.")
    if row.status == "open":
        raise Refused("Najpierw porównaj oceny, potem zamknij kalibrację.")
    row.status, row.closed_at = "closed", now()
    session.flush()
    audit.record(session, actor.login, "calibration_close", row.id, {"decisions": len(row.decisions)})
    return calibration(session, actor, row.id)


def _locked(session: Session, actor: Actor, calibration_id: str) -> CalibrationRow:
    """The session as it is now; whoever else wants to change it waits (SQLite has one writer anyway)."""
    row = visible(session, actor, calibration_id)
    session.refresh(row, with_for_update=True)
    return row


def _conversations(session: Session, ids: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(ids))
    if not 1 <= len(wanted) <= MOST_CONVERSATIONS:
        raise UsageProblem(
            "Kalibracja obejmuje od 1 do {most} rozmów: zmień ich listę.", most=MOST_CONVERSATIONS
        )
    known = OverviewRow.conversation_id.in_([one for one in wanted if is_storable(one)])
    found = set(session.scalars(select(OverviewRow.conversation_id).where(known)))
    missing = [one for one in wanted if one not in found]
    if missing:
        raise UsageProblem(
            "Tych rozmów nie ma wśród przetworzonych: {missing}. Popraw listę.", missing=missing[:MOST_NAMED]
        )
    return wanted


def _participants(session: Session, ids: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(ids))
    if not LEAST_PARTICIPANTS <= len(wanted) <= MOST_PARTICIPANTS:
        raise UsageProblem(
            "W kalibracji bierze udział od {least} do {most} osób: zmień ich listę.",
            least=LEAST_PARTICIPANTS,
            most=MOST_PARTICIPANTS,
        )
    known = AccountRow.id.in_([one for one in wanted if is_storable(one)])
    rows = session.scalars(select(AccountRow).where(known, AccountRow.active))
    able = {row.id for row in rows if actor_of(row).may("calibration.take")}
    if len(able) < len(wanted):
        raise UsageProblem(
            "Osoby, które nie mogą brać udziału w kalibracji: {count}. "
            "Wybierz czynne konta kierowników jakości, specjalistów jakości i coachów.",
            count=len(wanted) - len(able),
        )
    return wanted


def _said(card: Scorecard, criteria: Said, finish: bool) -> dict[str, dict[str, Any]]:
    """What was given, checked; at the end nothing may be left out."""
    found = {}
    for name, one in criteria.items():
        asked = _known_criterion(card, name)
        answer = as_kept(asked, read_answer(asked, one.get("outcome")))
        found[name] = {**answer, "comment": _comment(one.get("comment") or "")}
    missing = [one.name for one in card.criteria if not found.get(one.id, {}).get("outcome")]
    if finish and missing:
        raise UsageProblem("Oceń jeszcze: {missing}.", missing=missing)
    return found


def _comment(text: str) -> str:
    """A comment as it was typed: a draft keeps its blanks too."""
    text_of(text, Term("Komentarz"), 0, MOST_COMMENT)
    return text


def _known_criterion(card: Scorecard, criterion: str) -> Criterion:
    for one in card.criteria:
        if one.id == criterion:
            return one
    raise UsageProblem("Karta {card} nie ma takiego kryterium: odśwież stronę.", card=card.key)


def _begun(session: Session, actor: Actor, row: CalibrationRow, conversation_id: str) -> ReviewRow:
    # without the agent: a calibration measures those who judge, and belongs to nobody's results
    review = ReviewRow(
        id=new_id(),
        conversation_id=conversation_id,
        account_id=actor.id,
        kind=KIND,
        status="new",
        scorecard=row.scorecard,
        calibration_id=row.id,
        criteria={},
    )
    session.add(review)
    return review


def _note(session: Session, actor: Actor, review: ReviewRow, status: str) -> None:
    """Set the status; the log has its changes, not each saving of a draft."""
    review.updated_at = now()
    review.finished_at = review.updated_at if status == "finished" else None
    if review.status != status:
        review.status = status
        details = {"conversation": audit.mark_of(session, review.conversation_id), "status": status}
        audit.record(session, actor.login, "calibration_judge", review.calibration_id, details)


def _with_machine(
    session: Session, review: ReviewRow, card: Scorecard, said: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """What was said, with the machine's outcome of the same scorecard at this moment, which is not shown yet."""
    query = select(OutcomeRow.criterion, OutcomeRow.outcome, OutcomeRow.level, OutcomeRow.confidence).where(
        OutcomeRow.conversation_id == review.conversation_id, OutcomeRow.scorecard == review.scorecard
    )
    machine = {row.criterion: row for row in session.execute(query)}
    found: dict[str, Any] = {}
    for one in card.criteria:
        if one.id in said:
            row = machine.get(one.id)
            beside = (row.outcome, row.level, row.confidence) if row else (None, None, None)
            found[one.id] = {**said[one.id], **machine_kept(one, *beside)}
    return found
