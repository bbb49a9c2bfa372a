"""What is kept, and how it is read: redacted conversations, tags, evaluations, trends, proposals."""
