"""Tags for conversations that lack them, and evaluations for tagged conversations that lack them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from qa.errors import is_disk_full, is_transient
from qa.services.pipeline.ingest import BUG_REMEDY, Outcome
from qa.services.workspace import Workspace
from qa.storage.parking import Parked, Stage, park, settle_inputs
from qa.storage.results import conversations_of, keep_evaluations, keep_taggings, taggings_of
from transcripts.conversation import Conversation, ConversationError
from transcripts.serialise import conversation_from_dict
from transcripts.tags import TaggedConversation
from transcripts.tags_json import tagged_from_dict, tags_to_dict

_LOG = logging.getLogger(__name__)


def tag(workspace: Workspace, digests: Sequence[str]) -> Outcome:
    """Tag redacted conversations and keep the tags, all in one transaction."""
    version = workspace.components.versions().tagging
    with workspace.storage.reading() as session:
        contents = conversations_of(session, digests)
    conversations = {
        digest: conversation_from_dict(contents[digest]) for digest in digests if digest in contents
    }
    tagged, failures = _tagged(workspace, conversations)
    parked = [
        _failure("tag", digest, version, conversations[digest].id, error)
        for digest, error in failures.items()
    ]
    with workspace.storage.writing() as session:
        keep_taggings(session, version, {digest: tags_to_dict(item) for digest, item in tagged.items()})
        settle_inputs(session, "tag", list(tagged))
        park(session, parked)
    return Outcome(done=len(tagged), parked=len(parked))


def _tagged(
    workspace: Workspace, conversations: dict[str, Conversation]
) -> tuple[dict[str, TaggedConversation], dict[str, Exception]]:
    """Tag all at once; where that fails, one by one, to find the one at fault."""
    tagger = workspace.components.tagger()
    try:
        results = list(tagger.tag_many(list(conversations.values()), redacted=True))
        return dict(zip(conversations, results, strict=True)), {}
    except Exception as error:  # one conversation must not stop the others
        _raise_if_ours(error)
    tagged: dict[str, TaggedConversation] = {}
    failures: dict[str, Exception] = {}
    for digest, conversation in conversations.items():
        try:
            (tagged[digest],) = tagger.tag_many([conversation], redacted=True)
        except Exception as error:  # parked with its kind
            _raise_if_ours(error)
            failures[digest] = error
    return tagged, failures


def _raise_if_ours(error: Exception) -> None:
    """Faults of the machine are not the conversation's."""
    if is_transient(error) or is_disk_full(error):
        raise error


def score(workspace: Workspace, channel: str, digests: Sequence[str]) -> Outcome:
    """Judge tagged conversations of one channel by its scorecard and keep the evaluations."""
    version = workspace.components.versions().scorecards[channel]
    with workspace.storage.reading() as session:
        records = taggings_of(session, digests)
    evaluations: dict[str, dict[str, Any]] = {}
    parked: list[Parked] = []
    for digest, record in records.items():
        try:
            evaluations[digest] = workspace.components.evaluate(_read(record), channel)
        except Exception as error:  # one conversation must not stop the others
            _raise_if_ours(error)
            parked.append(_failure("score", digest, version, str(record["id"]), error))
    with workspace.storage.writing() as session:
        keep_evaluations(session, version, evaluations)
        settle_inputs(session, "score", list(evaluations))
        park(session, parked)
    return Outcome(done=len(evaluations), parked=len(parked))


def _read(record: dict[str, Any]) -> TaggedConversation:
    tagged = tagged_from_dict(record)
    if tagged is None:
        raise ConversationError("bad_tags", "Zapisane tagi są niepełne.")
    return tagged


def _failure(stage: Stage, digest: str, version: str, conversation_id: str, error: Exception) -> Parked:
    step: Callable[[Stage], str] = {"tag": "tagowania", "score": "oceny", "intake": "wczytania"}.__getitem__
    _LOG.error("%s failed: %s", stage, type(error).__name__)
    return Parked(
        stage=stage,
        source=conversation_id,
        code=f"{stage}_failed",
        message=f"Nieoczekiwany błąd {step(stage)} ({type(error).__name__}).",
        remedy=BUG_REMEDY,
        version=version,
        input_digest=digest,
        conversation_id=conversation_id,
    )
