"""What RODO asks for: deletion, export, retention, the vault."""
