"""Conversations as lists and pages."""
