"""What the application does, without a user interface and without a flow engine."""
