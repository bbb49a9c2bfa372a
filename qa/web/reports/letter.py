"""A report as a letter: figures in plain words, the page as its HTML, the PDF attached, whatever was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from hashlib import sha256

from qa.services.reports.content import Content, QualityReport
from qa.services.reports.sending import Addressed
from qa.settings_mail import MailSettings
from qa.storage.tables import now
from qa.web.language import Words
from qa.web.pages import fill
from qa.web.reports.model import Report
from qa.web.reports.pdf import pdf, png
from qa.web.reports.quality import quality_report
from qa.web.reports.voice import voice_report


def report_of(content: Content, language: str) -> Report:
    """The report in a language."""
    t = Words(language)
    return quality_report(content, t) if isinstance(content, QualityReport) else voice_report(content, t)


def html(
    report: Report,
    made_at: datetime,
    address: str = "",
    trial: bool = False,
    cids: Mapping[str, str] | None = None,
) -> str:
    """The report as a page that loads nothing.

    Args:
        address: where the application is, for links; empty: without links.
        cids: the names of pictures that come with the letter, by what they say; None: they are drawn in the page.
    """
    return fill(
        "board_report.html",
        Words(report.language),
        report=report,
        made_at=made_at,
        address=address,
        trial=trial,
        cids=cids,
    )


@dataclass(frozen=True, slots=True)
class File:
    """A report as a file."""

    name: str
    media_type: str
    content: bytes


def as_file(content: Content, language: str, kind: str, made_at: datetime, address: str) -> File:
    """The report as a file; ``kind`` is ``html`` or ``pdf``."""
    report, name = report_of(content, language), file_name(content, kind)
    if kind == "pdf":
        return File(name, "application/pdf", pdf(report, made_at, address))
    return File(name, "text/html; charset=utf-8", html(report, made_at, address).encode())


def file_name(content: Content, kind: str) -> str:
    """What a file of the report is called: ASCII, since mail programs differ about other letters."""
    board = "jakosc" if isinstance(content, QualityReport) else "glos-klienta"
    return f"odsluch-{board}-{content.view.first}-{content.view.last}.{kind}"


def letter(addressed: Addressed, mail: MailSettings) -> EmailMessage:
    """The letter (see :data:`qa.services.reports.sending.Letters`)."""
    report = report_of(addressed.content, addressed.reader.language)
    t, made_at = Words(report.language), now()
    message = _headed(addressed, mail, report, made_at, t)
    message.set_content(
        "\n".join(_plain(report, mail.base_url, addressed.trial, t)) + "\n", cte="quoted-printable"
    )
    if addressed.form in ("html", "both"):
        _add_page(message, report, made_at, mail.base_url, addressed.trial)
    if addressed.form in ("pdf", "both"):
        content = pdf(report, made_at, mail.base_url, addressed.trial)
        name = file_name(addressed.content, "pdf")
        message.add_attachment(content, "application", "pdf", filename=name)
    return message


def _headed(
    addressed: Addressed, mail: MailSettings, report: Report, made_at: datetime, t: Words
) -> EmailMessage:
    message = EmailMessage()
    name, sender = parseaddr(mail.sender)
    prefix = f"[{t('próbny')}] " if addressed.trial else ""
    message["From"] = Address(display_name=_plain_name(name) or "Odsłuch", addr_spec=sender)
    message["To"] = Address(display_name=_plain_name(addressed.reader.name), addr_spec=addressed.email)
    message["Subject"] = f"{prefix}{report.title}, {report.days}"
    message["Date"] = format_datetime(made_at)
    # the same for each try of one occasion: where a letter arrives twice after all, mail servers can tell
    message["Message-ID"] = f"<{addressed.key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers of those who are away
    message["List-Unsubscribe"] = f"<{mail.base_url}/reports>"
    message["Content-Language"] = report.language
    return message


def _plain_name(name: str) -> str:
    """A name that the library cannot take for an encoded word: it would decode it, line ends included, into the header."""
    return name.replace("=?", "= ?")


def _plain(report: Report, address: str, trial: bool, t: Words) -> list[str]:
    lines = [report.title, report.days, ""]
    if trial:
        lines += [t("To próba: wysłano ją na czyjąś prośbę, poza harmonogramem."), ""]
    lines += [f"{name}: {value.text}" for name, value in report.facts]
    lines += ["", f"{t('Otwórz te liczby w Odsłuchu')}: {address}{report.path}"]
    lines += [f"{t('Zmień, wstrzymaj albo usuń ten raport')}: {address}/reports", ""]
    return [*lines, *report.notes]


def _add_page(message: EmailMessage, report: Report, made_at: datetime, address: str, trial: bool) -> None:
    """The page with its charts as pictures of the same letter: nothing is loaded from anywhere."""
    pictures = [picture for section in report.sections for picture in section.pictures]
    cids = {one.said: f"{sha256(one.said.encode()).hexdigest()[:16]}@odsluch" for one in pictures}
    message.add_alternative(
        html(report, made_at, address, trial, cids), subtype="html", cte="quoted-printable"
    )
    page = message.get_payload()[-1]  # type: ignore[index]
    for one in {picture.said: picture for picture in pictures}.values():
        page.add_related(  # type: ignore[union-attr]
            png(one.svg),
            "image",
            "png",
            cid=f"<{cids[one.said]}>",
            disposition="inline",
            filename="wykres.png",
        )
