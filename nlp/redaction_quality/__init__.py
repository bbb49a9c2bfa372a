"""How much personal data redaction finds, by type, on marked contacts."""

from nlp.redaction_quality.contacts import TEST, TRAINING, Marked, MarkingError, read_contacts
from nlp.redaction_quality.measure import Figures, measured
from nlp.redaction_quality.variants import VARIANTS

__all__ = ["TEST", "TRAINING", "VARIANTS", "Figures", "Marked", "MarkingError", "measured", "read_contacts"]
