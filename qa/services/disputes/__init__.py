"""Disputes of agents about their evaluations."""
