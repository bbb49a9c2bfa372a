"""What reports look like: as a page, as a PDF, and as a letter."""
