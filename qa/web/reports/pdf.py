"""A report as a PDF that screen readers can read (PDF/UA-1: tagged, with title and language), set by Typst.

Nothing is read from the machine but the template beside this file and the font Lato, which comes as a package (SIL Open Font
License) and is embedded; Typst's own fonts stand in for letters that Lato lacks, such as Cyrillic ones.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib import resources, util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qa.web.figures import moment
from qa.web.language import Words
from qa.web.reports.model import Report

if TYPE_CHECKING:
    from typst import Fonts

STANDARD: Final = "ua-1"
PIXELS_PER_INCH = 160.0
UNKNOWN = "\ufffd"
# What the fonts have: Latin, Greek, Cyrillic, punctuation, currencies, arrows and mathematical signs.
KNOWN = (
    (0x20, 0x7E),
    (0xA0, 0x24F),
    (0x370, 0x3FF),
    (0x400, 0x4FF),
    (0x2000, 0x200A),
    (0x2010, 0x2027),
    (0x202F, 0x203E),
    (0x20A0, 0x20BF),
    (0x2190, 0x22FF),
    (0xFFFD, 0xFFFD),
)
_PICTURE = b"""#set page(width: auto, height: auto, margin: 4pt)
#set text(font: "Lato")
#image(bytes(sys.inputs.svg), format: "svg", width: 16cm)
"""


@cache
def _fonts() -> Fonts:
    """Read once: looking through them takes longer than a report."""
    from typst import Fonts

    found = util.find_spec("font_lato")
    folders = list(found.submodule_search_locations or ()) if found else []
    return Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(Path(folder) / "files") for folder in folders],
    )


def pdf(report: Report, made_at: datetime, address: str = "", trial: bool = False) -> bytes:
    """The report as a PDF.

    Args:
        address: where the application is, for links; empty: without links.
    """
    t = Words(report.language)
    content: dict[str, Any] = {
        **asdict(report),
        "trial": t("To próba: wysłano ją na czyjąś prośbę, poza harmonogramem.") if trial else "",
        "address": address,
        "open": t("Otwórz te liczby w Odsłuchu"),
        "description": "; ".join(f"{name}: {value.text}" for name, value in report.facts),
        "notes": [*report.notes, f"{t('Odsłuch')} · {t('ułożono {moment}', moment=moment(made_at))}"],
    }
    for section in content["sections"]:
        for picture in section["pictures"]:
            picture["caption"] = "" if picture["wide"] else picture["name"]
    return _set(_template(), {"report": json.dumps(_writable(content), ensure_ascii=False)}, made_at)


@cache
def _template() -> bytes:
    return resources.files("qa.web.reports").joinpath("report.typ").read_bytes()


def _set(source: bytes, values: dict[str, str], made_at: datetime) -> bytes:
    import typst

    found = typst.compile(
        source,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs=values,
        pdf_standards=STANDARD,
        timestamp=made_at.replace(microsecond=0),
    )
    return bytes(found)  # type: ignore[arg-type]


def png(svg: str) -> bytes:
    """A chart as a picture, for letters: few mail programs show SVG."""
    import typst

    found = typst.compile(
        _PICTURE,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"svg": svg},
        format="png",
        ppi=PIXELS_PER_INCH,
    )
    return bytes(found)  # type: ignore[arg-type]


def _writable(value: Any) -> Any:
    """Texts with only such letters as the fonts have: a PDF/UA must not hold others, and Typst refuses to write it."""
    if isinstance(value, str):
        return "".join(_letter(one) for one in unicodedata.normalize("NFC", value))
    if isinstance(value, dict):
        return {name: one if name == "svg" else _writable(one) for name, one in value.items()}
    return [_writable(one) for one in value] if isinstance(value, list | tuple) else value


def _letter(one: str) -> str:
    if one.isspace():
        return one if one in "\u00a0\u202f\u2009" else " "
    known = any(first <= ord(one) <= last for first, last in KNOWN)
    return one if known and unicodedata.category(one)[0] != "C" else UNKNOWN
