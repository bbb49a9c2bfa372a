"""Figures over time: quality and the voice of customers."""
