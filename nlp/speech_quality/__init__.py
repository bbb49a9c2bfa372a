"""How well recordings were transcribed, against reference texts and beside plain faster-whisper."""
