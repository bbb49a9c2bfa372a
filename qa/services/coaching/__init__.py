"""1:1s between coach and agent."""
