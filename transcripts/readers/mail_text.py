"""What one person wrote in one e-mail: quoted history, signatures and legal footers cut away.

``mail-parser-reply`` has Polish rules, but knows only "Dnia ... napisał(a):" and takes any single line that
begins with "Do:" or "Data:" for a header of history, so it both leaves Gmail's and Outlook's history in and
cuts order details that customers list. These rules are written for Polish clients and shops.
"""

from __future__ import annotations

import re

_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\xad\u034f]")
_LABEL = r"[>*_\s]*(?:{})\s*:[*_\s]*"
_FROM = re.compile(_LABEL.format("od|from|nadawca"), re.IGNORECASE)
_SENT = re.compile(
    _LABEL.format("wysłan[eoy]|wyslano|data|sent|date|do|to|odbiorca|temat|subject|dw|cc"), re.IGNORECASE
)
_DIVIDER = re.compile(
    r"[>\s]*[-_=]{2,}\s*(?:wiadomość oryginalna|oryginalna wiadomość|original message|"
    r"wiadomość przesłana dalej|przekazana wiadomość|forwarded message|"
    r"treść przekazanej wiadomości|poprzednia wiadomość)\s*[-_=]{2,}.*"
    r"|[>\s]*(?:początek przekazywanej wiadomości|begin forwarded message):?\s*"
    r"|##-.*(?:powyżej tej linii|above this line).*",
    re.IGNORECASE,
)
_LINE_OF_SIGNS = re.compile(r"[_\-=]{10,}")
_WROTE = re.compile(
    r"[>\s]*(?:w\s+dniu\b|dnia\b|on\b|użytkownik\b|(?:pon|wt|śr|czw|pt|sob|niedz|nd|ndz)\w*\.?,|\d{1,4}[-.\s/])"
    r"[^\n]*?(?:napisał(?:\(a\)|\(-a\)|/a|a)?|pisze|nadesłał(?:\(a\)|a)?|wrote)\s*:?\s*(?:\[[^\]]*\])?\s*",
    re.IGNORECASE,
)
_WRITTEN_BY = re.compile(r"[>\s]*wiadomość napisana przez\b.*(?:w dniu|dnia)\b.*:\s*", re.IGNORECASE)
_WROTE_LINES = 4

_DEVICE = re.compile(
    r"[-–\s]*(?:(?:wysłan[eoay]|wyslan[eoay]|sent|wiadomość wysłana)\s+(?:z|ze|przez|za pomocą|from|using)\s+"
    r"(?!.*\b(?:reklamac|paczk|zwrot|magazyn|sklep))"
    r"(?:mojego|mojej|urządzenia|telefonu|smartfona|iphone|ipada?|aplikacji|programu|poczty|samsung|huawei|xiaomi|"
    r"androida?|outlook|yahoo|wp|onet|o2|interii|gmail|thunderbird|my|mail|the)\b.{0,80}"
    r"|(?:pobierz|uzyskaj|get)\s+(?:aplikację\s+)?outlook\b.{0,80})",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"((?:(?:serdecznie|ciepło|gorąco)\s+)?pozdrawia(?:m|my)|pozdrowienia|pozdr|z\s+(?:wyrazami\s+)?(?:poważaniem|"
    r"powazaniem|szacunku)|z\s+(?:serdecznymi\s+)?pozdrowieniami|łączę\s+(?:wyrazy\s+szacunku|pozdrowienia)|"
    r"(?:best|kind)\s+regards|regards)((?:\s+(?:serdecznie|ciepło|gorąco|i\s+życzę\s+miłego\s+dnia))?)\s*[.,!:;)]*"
    r"(?:\s+(?:-\s*)?(?P<name>[^\W\d_][\w.-]*(?:\s+[^\W\d_][\w.-]*){0,2}))?[.,!]*",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"p\.?\s?s\b\.?", re.IGNORECASE)
_MAX_SIGNATURE = 15
_LEGAL_START = re.compile(
    r"[*_\s]*(?:niniejsza\s+(?:wiadomość|korespondencja)|(?:ta|treść\s+tej|treść\s+niniejszej)\s+wiadomoś\w+\b.{0,60}"
    r"(?:poufn|przeznaczon|zawiera|adresat|załącznik)|wiadomość\s+ta\s+(?:jest|zawiera|może)|informacj[ea]\s+zawart[ea]\s+w\s+"
    r"(?:tej|niniejszej)|(?:uprzejmie\s+)?(?:informujemy,?\s+(?:że|iż)\s+)?administratorem\s+(?:państwa|pani|pana|pani/pana|"
    r"twoich|danych)\b|klauzula\s+(?:informacyjna|rodo|poufności)|(?:zgodnie\s+z|na\s+podstawie)\s+art\.?\s*13\b|"
    r"(?:przetwarzamy|państwa|twoje)\s+dane\s+osobowe\b.{0,80}(?:przetwarza|rodo|administrator|zgodnie)|"
    r"(?:pomyśl|zanim)\b.{0,60}wydruk|(?:spółka\s+)?(?:zarejestrowana|wpisana)\b.{0,80}(?:krs|sąd)|sąd\s+rejonowy\b|"
    r"kapitał\s+zakładowy|this\s+(?:e-?mail|message)\b.{0,80}(?:confidential|intended)|"
    r"(?:uwaga[:!]?\s*)?(?:ta\s+)?wiadomość\b.{0,30}(?:spoza\s+organizacji|od\s+zewnętrznego\s+nadawcy)|"
    r"\[?(?:external|zewnętrzn\w+)\]?\s*$|nota\s+prawna\b|disclaimer\b)",
    re.IGNORECASE | re.DOTALL,
)
_LEGAL_WORDS = re.compile(
    r"rodo|danych osobowych|dane osobowe|poufn|adresat|odbiorc|\bkrs\b|\bregon\b|\bnip\b|"
    r"kapitał zakładowy|nadawc|niezwłoczne|zniszcz|inspektor|2016/679|wydruk",
    re.IGNORECASE,
)


def latest_text(text: str, *, keep_closing: bool = False) -> str:
    """What this message adds to the thread.

    Args:
        text: the body as plain text.
        keep_closing: leave the words "Pozdrawiam" and the like (not the name after them): how an agent
            takes leave is judged, how a customer does is not.

    Where nothing would be left, as in a forwarded message without comment, the history is kept.
    """
    lines = [line.rstrip() for line in _INVISIBLE.sub("", text).replace("\xa0", " ").splitlines()]
    fresh = _without_history(lines)
    if not any(line.strip() for line in fresh):
        fresh = [re.sub(r"^[>\s]+", "", line) for line in lines if not _is_history_header(line)]
    fresh = [line for line in fresh if not _DEVICE.fullmatch(line.strip())]
    kept = _without_signature(_without_legal(fresh), keep_closing)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip() or "\n".join(fresh).strip()


def _is_history_header(line: str) -> bool:
    return bool(_FROM.match(line) or _SENT.match(line) or _DIVIDER.fullmatch(line) or _WROTE.fullmatch(line))


def _without_history(lines: list[str]) -> list[str]:
    kept: list[str] = []
    number = 0
    while number < len(lines):
        if _DIVIDER.fullmatch(lines[number]) or _header_block(lines, number):
            while kept and _LINE_OF_SIGNS.fullmatch(kept[-1].strip()):
                kept.pop()
            break
        if after := _wrote(lines, number):
            if not _quoted_next(lines, after):
                break
            number = after
        elif lines[number].lstrip().startswith(">"):
            number += 1
        else:
            kept.append(lines[number])
            number += 1
    return kept


def _header_block(lines: list[str], number: int) -> bool:
    """Outlook's "Od: / Wysłano: / Do: / Temat:": two labels at least, the first one being the sender."""
    if not _FROM.match(lines[number]):
        return False
    following = [line for line in lines[number + 1 : number + 8] if line.strip()][:4]
    return (
        any(_SENT.match(line) for line in following[:2])
        and sum(bool(_SENT.match(line)) for line in following) > 1
    )


def _wrote(lines: list[str], number: int) -> int:
    """The line after "W dniu ... napisał(a):", which may run over several lines; 0 where there is none."""
    for count in range(1, _WROTE_LINES + 1):
        parts = lines[number : number + count]
        if not all(part.strip() for part in parts):
            return 0
        joined = " ".join([parts[0], *(part.strip(" >") for part in parts[1:])])
        if (_WROTE.fullmatch(joined) and _dated(joined)) or _WRITTEN_BY.fullmatch(joined):
            return number + len(parts)
    return 0


def _dated(line: str) -> bool:
    return "@" in line or bool(re.search(r"\d", line)) or line.lstrip("> ").lower().startswith("użytkownik")


def _quoted_next(lines: list[str], number: int) -> bool:
    return next((line.lstrip().startswith(">") for line in lines[number:] if line.strip()), False)


def _without_legal(lines: list[str]) -> list[str]:
    """Drop paragraphs that begin like a legal notice, and those after them that go on with it."""
    kept: list[str] = []
    legal = False
    for paragraph in _paragraphs(lines):
        words = "\n".join(paragraph)
        legal = bool(_LEGAL_START.match(words)) or (legal and bool(_LEGAL_WORDS.search(words)))
        if not legal:
            own = next((n for n, line in enumerate(paragraph) if n and _LEGAL_START.match(line)), None)
            kept += [*paragraph[:own], ""]
            legal = own is not None
    return kept


def _paragraphs(lines: list[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip() and not _LINE_OF_SIGNS.fullmatch(line.strip()):
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def _without_signature(lines: list[str], keep_closing: bool) -> list[str]:
    for number, line in enumerate(lines):
        if not any(before.strip() for before in lines[:number]):
            continue
        if line.strip() in ("--", "—", "-- "):
            return lines[:number]
        closing = _CLOSING.fullmatch(line.strip())
        if closing and _is_name(closing["name"]):
            rest = [part for part in lines[number + 1 :] if part.strip()]
            postscript = next((n for n, part in enumerate(rest) if _POSTSCRIPT.match(part.strip())), None)
            if postscript is None and len(rest) > _MAX_SIGNATURE:
                continue
            words = [closing[1] + (closing[2] or "")] if keep_closing else []
            return [*lines[:number], *words, *(rest[postscript:] if postscript is not None else [])]
    return lines


def _is_name(words: str | None) -> bool:
    return words is None or all(word[:1].isupper() for word in words.split())
