"""The detectors that run, in the order in which they are asked. A new one is added here."""

from __future__ import annotations

from nlp.redaction import echoes
from nlp.redaction.detectors.account_or_card import AccountOrCardDetector
from nlp.redaction.detectors.address import AddressDetector
from nlp.redaction.detectors.customer_number import CustomerNumberDetector
from nlp.redaction.detectors.date_of_birth import DateOfBirthDetector
from nlp.redaction.detectors.email import EmailDetector
from nlp.redaction.detectors.id_number import IdNumberDetector
from nlp.redaction.detectors.nickname import NicknameDetector
from nlp.redaction.detectors.person import PersonDetector
from nlp.redaction.detectors.pesel import PeselDetector
from nlp.redaction.detectors.phone import PhoneDetector
from nlp.redaction.detectors.secret import SecretDetector
from nlp.redaction.spans import Detector, producer
from nlp.redaction.word_model import weights_version


def default_detectors(*, learned: bool = True) -> tuple[Detector, ...]:
    """One detector for each type, those of names, addresses and passwords with or without what they learned."""
    return (
        PersonDetector(learned=learned),
        PhoneDetector(),
        PeselDetector(),
        IdNumberDetector(),
        AccountOrCardDetector(),
        CustomerNumberDetector(),
        SecretDetector(learned=learned),
        EmailDetector(),
        NicknameDetector(),
        AddressDetector(learned=learned),
        DateOfBirthDetector(learned=learned),
    )


def version_of(detectors: tuple[Detector, ...]) -> str:
    """Names and versions of all that decide, what was learned included, to key stored results by."""
    parts = [*(producer(detector) for detector in detectors), echoes.PRODUCER, f"words@{weights_version()}"]
    return " ".join(parts)
