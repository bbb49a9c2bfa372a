"""From sources to findings: reading, redaction, analysis, trends, proposals."""
