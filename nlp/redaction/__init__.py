"""Redaction of personal data in Polish conversations, written or spoken."""

from nlp.redaction.redactor import Redactor
from nlp.redaction.spans import TYPES, Redacted, Redaction

__all__ = ["TYPES", "Redacted", "Redaction", "Redactor"]
