"""The report of the voice-of-customer board."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.services.boards.voice_board import PartVoice, ReasonVoice, VoiceView, over_time
from qa.services.coaching.progress import Proportion
from qa.services.conversations.reasons import NONE, reason_name
from qa.services.reports.content import VoiceReport
from qa.web.charts import SHARES, SMALL, Spread, axis_of, part_name
from qa.web.language import Words
from qa.web.pages import link
from qa.web.reports import wording
from qa.web.reports.model import Bar, Cell, Picture, Quoted, Report, Section, Table

MOST_REASONS = 15
LINES = 4
FILTERS = {"channel": "Kanał", "team": "Zespół", "reason": "Powód", "sentiment": "Nastrój klienta"}


def voice_report(content: VoiceReport, t: Words) -> Report:
    """The report in the language of ``t``."""
    view = content.view
    sections = [*_reasons(view, t), *_over_time(content.span, t), *_quotes(content, t)]
    return Report(
        t.language,
        t("Raport: głos klienta"),
        wording.days(view.first, view.last),
        tuple(_facts(content, t)),
        tuple(sections),
        (
            t("Pod liczbą albo w nawiasach jej przedział 95 %, n to liczba kontaktów."),
            t("Nastrój wyłącznie ze słów klienta."),
        ),
        link("/voice", **{**content.wanted.filters, "first": view.first, "last": view.last}),
    )


def _facts(content: VoiceReport, t: Words) -> Iterator[tuple[str, Cell]]:
    view = content.view
    filters = wording.filters(t, content.wanted.filters, FILTERS, _reason(view.reason, t))
    yield t("Filtry"), Cell(filters)
    yield t("Kontakty"), Cell(t.whole(view.contacts))
    earlier = t("Okres wcześniej ({days})", days=wording.days(view.before_first, view.before_last))
    yield earlier, Cell(t.whole(view.contacts_before))
    if view.negative.n:
        shown = f"{wording.share(t, view.negative)}, n = {t.whole(view.negative.n)}"
        yield t("Negatywny nastrój klienta"), Cell(shown)


def _reason(code: str, t: Words) -> str:
    """The name of the reason that the board is narrowed to."""
    return t(reason_name(code)) if code == NONE else reason_name(code)


def _name(one: ReasonVoice, t: Words) -> Cell:
    return Cell(t(one.name)) if one.code == NONE else Cell(one.name, lang="pl")


def _reasons(view: VoiceView, t: Words) -> Iterator[Section]:
    shown = [one for one in view.reasons if one.share.part][:MOST_REASONS]
    if not shown:
        return
    most = max(one.share.high or 0.0 for one in shown)
    rows = tuple(_reason_row(one, most, t) for one in shown)
    columns = wording.heads(
        t("Powód"), t("Kontakty i udział (95 %)"), t("Zmiana (95 %)"), t("Negatywne (95 %)")
    )
    notes = [
        t(
            "Kolejność według liczby kontaktów. Gdzie przedziały zachodzą na siebie, nie wiadomo, który powód jest częstszy."
        ),
        t(
            "Zmiana względem okresu {days}: nazywamy ją dopiero wtedy, gdy przechodzi test z poprawką na liczbę powodów.",
            days=wording.days(view.before_first, view.before_last),
        ),
    ]
    if rest := sum(bool(one.share.part) for one in view.reasons) - len(shown):
        notes.append(t("Rzadszych powodów, które są w aplikacji: {n}.", n=rest))
    yield Section(t("Powody kontaktu"), tuple(notes), table=Table(t("Powody kontaktu"), columns, rows))


def _reason_row(one: ReasonVoice, most: float, t: Words) -> tuple[Cell, ...]:
    share = one.share
    bar = None
    if share.value is not None and share.low is not None and share.high is not None:
        bar = Bar(share.value / most, share.low / most, share.high / most)
    text = f"{t.whole(share.part)} · {wording.fine_cell(t, share).text}"
    quiet = f"{wording.fine_interval(t, share)}, n = {t.whole(share.n)}"
    return (
        _name(one, t),
        Cell(text, quiet, bar),
        _change(one, t),
        wording.share_cell(t, one.negative),
    )


def _change(one: ReasonVoice, t: Words) -> Cell:
    if one.change is None:
        return Cell("–")
    ends = f"{_points(t, one.change.low)} {t('do')} {_points(t, one.change.high)}"
    said = t("bez pewnej zmiany")
    if one.changed:
        said = t("↑ więcej niż poprzednio") if one.change.value > 0 else t("↓ mniej niż poprzednio")
    return Cell(f"{_points(t, one.change.value)} {t('p.p.')}", f"{ends}: {said}")


def _points(t: Words, value: float) -> str:
    return wording.signed(t, 100 * value)


def _over_time(view: VoiceView, t: Words) -> Iterator[Section]:
    top = [one for one in view.reasons if one.share.part][:LINES]
    begin = next((place for place, part in enumerate(view.parts) if part.share.n), len(view.parts))
    parts = view.parts[begin:]
    if not top or len(parts) < 2:
        return
    weekly = [over_time(view, one)[begin:] for one in top]
    columns = (*wording.heads(t("Okres"), t("Kontakty")), *(_name(one, t) for one in top))
    rows = tuple(
        (
            Cell(wording.days(part.first, part.last)),
            Cell(t.whole(part.share.n)),
            *(wording.fine_cell(t, shares[place]) for shares in weekly),
        )
        for place, part in enumerate(parts)
    )
    name = t("Najczęstsze powody w czasie")
    note = t("Udział powodu we wszystkich kontaktach; pas: przedział 95 %.")
    names = [part_name(part.first, view.unit) for part in parts]
    charts = tuple(_charts(parts, names, top, weekly, t))
    yield Section(name, (note,), charts, Table(name, columns, rows))


def _charts(
    parts: Sequence[PartVoice],
    names: Sequence[str],
    top: Sequence[ReasonVoice],
    weekly: Sequence[Sequence[Proportion]],
    t: Words,
) -> Iterator[Picture]:
    """All on one axis, so that they can be compared."""
    lines = [
        [Spread(name, one.value, one.low, one.high) for name, one in zip(names, shares, strict=True)]
        for shares in weekly
    ]
    axis = axis_of([one for line in lines for one in line], SHARES, zero=True)
    for reason, shares, line in zip(top, weekly, lines, strict=True):
        name = _name(reason, t)
        said = "; ".join(
            f"{wording.days(part.first, part.last)}: {wording.fine_share(t, share)}, n = {share.n}"
            for part, share in zip(parts, shares, strict=True)
        )
        yield wording.chart(name.text, line, axis, f"{name.text}: {said}", SMALL, name.lang)


def _quotes(content: VoiceReport, t: Words) -> Iterator[Section]:
    if not content.wanted.quotes:
        return
    note = t(
        "Zdania klientów bez danych osobowych, z najnowszych rozmów; dane mogły zostać usunięte nie w całości."
    )
    found = tuple(Quoted(one.name, one.quotes) for one in content.quotes)
    none = t("Brak cytatów: w tych rozmowach powód nie pada wprost w słowach klienta.")
    yield Section(t("Cytaty"), (note,) if found else (none,), quotes=found)
