"""Sampling plans, drawings and what they say about all conversations."""
