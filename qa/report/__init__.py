"""The voice-of-customer report: one HTML file that needs nothing else."""
