"""The record of processing (RODO art. 30) as the present configuration makes it, in Polish Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, make_url, select

from qa.services.workspace import Workspace
from qa.settings import Settings, without_password
from qa.settings_mail import LOCAL_HOSTS, MailSettings
from qa.storage.tables import ConversationRow, SealedRow, now

BLANK = "(uzupełnij)"
CLASS_NAMES = {
    "raw_audio": "nagrania oryginalne",
    "raw_text": "treść oryginalna",
    "redacted_audio": "nagrania z wyciszonymi danymi",
    "redacted_text": "treść bez danych osobowych, z tagami",
    "evaluations": "oceny obsługi",
}


@dataclass(frozen=True, slots=True)
class Controller:
    """What only the operator knows."""

    name: str = BLANK
    contact: str = BLANK
    officer: str = BLANK


def processing_record(workspace: Workspace, controller: Controller) -> str:
    """The document. Nothing in it is personal data of customers or agents."""
    settings = workspace.settings
    sections = [
        ("Administrator", _controller(controller)),
        ("Cele i podstawy", PURPOSES),
        ("Osoby i dane", _persons(settings)),
        ("Odbiorcy i przekazywanie", _recipients(settings)),
        ("Okresy przechowywania", _retention(settings)),
        ("Środki techniczne i organizacyjne", _measures(workspace)),
        ("Automatyczne ocenianie", AUTOMATION),
        ("Stan na dziś", _present(workspace)),
    ]
    body = "\n".join(f"\n## {title}\n\n{_listed(lines)}" for title, lines in sections)
    return f"# Rejestr czynności przetwarzania: jakość obsługi i głos klienta\n\n{INTRODUCTION}\n{body}\n"


INTRODUCTION = (
    f"Wygenerowany przez `odsluch privacy record` z bieżącej konfiguracji. Pozycje {BLANK} zna tylko "
    "administrator. Dokument jest pomocą, a nie poradą prawną: przejrzyj go z inspektorem ochrony danych."
)
PURPOSES = (
    "Ocena jakości obsługi klientów i szkolenie konsultantów: prawnie uzasadniony interes "
    "(art. 6 ust. 1 lit. f RODO); test równowagi: " + BLANK + ".",
    "Ustalanie powodów kontaktu i usprawnianie sklepu: prawnie uzasadniony interes, na danych bez danych osobowych.",
    "Monitoring pracy konsultantów wymaga podstawy w regulaminie pracy i uprzedzenia (art. 22(2)-22(3) Kodeksu pracy).",
    "Konta osób pracujących z Odsłuchem, ich logowania i dziennik czynności: bezpieczeństwo i rozliczalność "
    "(art. 5 ust. 2 i art. 32 RODO); podstawa: " + BLANK + ".",
)
NOTHING_SENT = "Program działa na maszynie administratora i niczego nie wysyła: nie ma odbiorców ani przekazywania poza EOG."
EXPORTED = (
    "Pliki, które ktoś sam wyeksportuje (raport, lista usprawnień, archiwum dla osoby), poza tym rejestrem: "
    + BLANK
    + "."
)
AUTOMATION = (
    "Wynik automatyczny jest podpowiedzią: zmienia go człowiek, a pierwotny wynik zostaje widoczny (art. 22 RODO, "
    "załącznik III i art. 14 aktu o AI).",
    "Nastrój klienta odczytuje się tylko ze słów. Emocji konsultantów nie ocenia się wcale, a emocji z głosu nikomu "
    "(art. 5 ust. 1 lit. f aktu o AI).",
    "Ocena skutków dla ochrony danych (art. 35 RODO): " + BLANK + ".",
)


def _controller(controller: Controller) -> Sequence[str]:
    return (
        f"Nazwa: {controller.name}",
        f"Kontakt: {controller.contact}",
        f"Inspektor ochrony danych: {controller.officer}",
    )


def _recipients(settings: Settings) -> Iterable[str]:
    configured = (
        _identity_provider(settings.oidc_issuer) if settings.oidc_issuer else "",
        _mail_server(settings.mail) if settings.mail else "",
        _database_server(settings.url),
    )
    yield from [one for one in configured if one] or [NOTHING_SENT]
    yield EXPORTED


def _identity_provider(issuer: str) -> str:
    return (
        f"Dostawca kont firmowych (OpenID Connect) {issuer}: przy logowaniu firmowym dowiaduje się, kto i kiedy loguje "
        "się do Odsłuchu, i podaje stały identyfikator osoby, jej login i adres e-mail. Danych klientów ani ocen nie "
        f"dostaje. Dostawca jako podmiot przetwarzający, przekazywanie poza EOG: {BLANK}."
    )


def _mail_server(mail: MailSettings) -> str:
    return (
        f"Serwer poczty {mail.host}: raporty z pulpitów do osób, które mają konto, z ich imieniem, nazwiskiem i adresem "
        "e-mail; w raporcie jakości wyniki konsultantów z identyfikatorami, w raporcie głosu klienta na życzenie cytaty "
        "bez danych osobowych. Wysłanego listu usunięcie rozmowy nie cofa. Dostawca poczty jako podmiot przetwarzający, "
        f"przekazywanie poza EOG: {BLANK}."
    )


def _database_server(url: str) -> str:
    host = make_url(url).host
    if not host or host in LOCAL_HOSTS:
        return ""
    return (
        f"Serwer bazy danych {host}: cała baza. Jeśli prowadzi go ktoś inny, podmiot przetwarzający: {BLANK}."
    )


def _persons(settings: Settings) -> Iterable[str]:
    yield "Klienci: treść kontaktów; identyfikatory klienta, zamówienia i sprawy tylko jako pseudonimy z kluczem."
    yield "Konsultanci: identyfikator, zespół, oceny według karty; imię i nazwisko są usuwane z treści."
    yield (
        "Usuwane przed zapisem: osoby, telefony, PESEL, dokumenty, konta i karty, numery klienta i zamówień, hasła i kody, "
        "adresy e-mail i pocztowe, daty urodzenia. Usuwanie nie jest doskonałe: zmierzone pokrycie podaje docs/redaction.md."
    )
    kept = [CLASS_NAMES[name] for name in settings.keep]
    yield "Przechowywane zaszyfrowane prócz treści bez danych osobowych: " + (", ".join(kept) or "nic") + "."
    yield from STAFF


STAFF = (
    "Osoby z kontem (pracownicy): login, imię i nazwisko, role, identyfikator konsultanta, zespół, język, adres e-mail "
    "do raportów, skrót hasła (Argon2), przy logowaniu firmowym stały identyfikator u dostawcy, błędne hasła z rzędu i "
    "blokada konta.",
    "Logowania: konto, początek, ostatnie użycie i koniec; ciasteczko przeglądarki tylko jako skrót.",
    "Praca osób z kontem: oceny rozmów z komentarzami, odwołania i decyzje, poprawki powodów i nastroju klienta, kolejka "
    "i losowania prób, kalibracje, zapisane filtry, zamówione raporty i ich wysyłki.",
    "Rozmowy 1:1: konsultant i prowadzący, mocne strony, punkt do pracy, wybrane miejsca rozmów z komentarzem, notatki, "
    "ustalenia z terminem i liczbami.",
    "Dziennik czynności: kto (login albo konto systemowe), kiedy i co zrobił, w czyim koncie, powód odsłonięcia oryginału "
    "bez danych osobowych; rozmowy tylko jako znaki z kluczem.",
)


def _retention(settings: Settings) -> Iterable[str]:
    for name, shown in CLASS_NAMES.items():
        kept = name in settings.keep or name in ("redacted_text", "evaluations")
        yield f"{shown}: {_days(settings, name)} dni od rozmowy" if kept else f"{shown}: nie przechowuje się"
    yield from _staff_retention(settings)
    yield (
        "Usuwanie po terminie: `odsluch privacy purge`, uruchamiane codziennie (cron, systemd): "
        + BLANK
        + "."
    )


def _days(settings: Settings, name: str) -> int:
    """How long a class is kept: with the text of a conversation goes all that was made of it."""
    return min(settings.retention_days[name], settings.retention_days["redacted_text"])


def _staff_retention(settings: Settings) -> Iterable[str]:
    web = settings.web
    yield (
        "oceny ludzi, odwołania, poprawki powodów i nastroju klienta, wylosowane rozmowy: "
        f"{_days(settings, 'evaluations')} dni od rozmowy"
    )
    yield f"rozmowy 1:1 i ustalenia z nich: {settings.retention_days['evaluations']} dni od utworzenia"
    yield (
        f"logowania: ważne najwyżej {web.session_hours} godz. i {web.idle_minutes} min bez użycia; wpis usuwa wylogowanie, "
        "zmiana hasła lub ról i wyłączenie konta, a po terminie najbliższe czyjekolwiek zalogowanie"
    )
    yield f"konta: bez terminu, program je wyłącza, ale nie usuwa; termin: {BLANK}"
    yield (
        "kalibracje, plany i losowania prób, zapisane filtry, zamówione raporty i ich wysyłki: bez terminu; usunięta "
        f"rozmowa znika także z nich, a filtry i raporty może usunąć ich właściciel; termin: {BLANK}"
    )
    yield f"dziennik czynności: bez terminu, bo wpisów nie da się usunąć; termin: {BLANK}"


def _measures(workspace: Workspace) -> Iterable[str]:
    settings = workspace.settings
    versions = workspace.components.named_versions()
    yield f"Redakcja danych osobowych przed zapisem (wersja {versions['redaction']})."
    yield f"Baza: {without_password(settings.url)}; prawa dostępu do folderu danych: {BLANK}."
    if settings.keep:
        yield "Szyfrowanie przechowywanych oryginałów: Fernet (AES-128-CBC, HMAC-SHA256), klucz poza bazą."
    yield "Dziennik czynności tylko do dopisywania, z łańcuchem skrótów: `odsluch privacy audit --verify`."
    yield "Realizacja praw osób: `odsluch privacy export` i `odsluch privacy erase`."


def _present(workspace: Workspace) -> Iterable[str]:
    yield f"Data: {now().date().isoformat()}; Odsłuch {workspace.components.named_versions()['odsluch']}."
    with workspace.storage.reading() as session:
        conversations = session.scalar(
            select(func.count()).select_from(ConversationRow).where(ConversationRow.current)
        )
        sealed = session.execute(select(SealedRow.kind, func.count()).group_by(SealedRow.kind)).tuples().all()
    yield f"Rozmów: {conversations}."
    for kind, count in sorted(sealed):
        yield f"Zaszyfrowane, {CLASS_NAMES[kind]}: {count}."


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
