"""Proposals for the improvement backlog: what to mend, why, for how many, with what evidence."""
