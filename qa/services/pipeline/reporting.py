"""The voice-of-customer report from what is stored."""

from __future__ import annotations

from qa.services.pipeline.findings import as_backlog, contacts
from qa.services.workspace import Workspace
from qa.storage.analysis import analysed, proposals
from qa.storage.parking import parked_count
from transcripts.serialise import conversation_to_dict


def report_html(workspace: Workspace) -> str:
    """The report as one self-contained HTML page."""
    from nlp.taxonomy import load_contact_reasons
    from qa.report.page import ReportInput, render
    from qa.trends import trends

    with workspace.storage.reading() as session:
        known = contacts(session)
        content = ReportInput(
            known,
            trends(known),
            [as_backlog(item) for item in proposals(session)],
            [conversation_to_dict(item.conversation) for item in analysed(session)],
            parked_count(session),
            workspace.components.named_versions()["odsluch"],
            workspace.components.versions().tagging,
        )
    return render(content, load_contact_reasons().name)
