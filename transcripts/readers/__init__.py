"""Readers, one file for each format; the first that accepts a path reads it."""

from __future__ import annotations

from transcripts.readers.audio import AudioReader
from transcripts.readers.chat_log import ChatLogReader
from transcripts.readers.json_lines import JsonLinesReader
from transcripts.readers.mail import MailReader
from transcripts.readers.subtitles import SubtitleReader
from transcripts.readers.tables import TableReader
from transcripts.reading import Reader

READERS: tuple[Reader, ...] = (
    JsonLinesReader(),
    TableReader(),
    MailReader(),
    SubtitleReader(),
    ChatLogReader(),
    AudioReader(),
)
