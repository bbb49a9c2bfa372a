"""The same said at greater length, or without long pleasantries; nothing that any criterion asks about changes."""

from __future__ import annotations

import dataclasses
import random
import re

from transcripts.conversation import Conversation, Turn

APART = 10  # words between two fillers
SMALL_TALK_AT = 0.4
SPOKEN = ("no więc", "znaczy", "jak to się mówi", "że tak powiem", "tak naprawdę", "w sumie", "yyy", "prawda")
WRITTEN = ("tak naprawdę", "ogólnie rzecz biorąc", "w sumie", "że tak powiem")
SMALL_TALK = "U nas dziś zwykły dzień, za oknem jesień."
_JOINS = frozenset(
    [
        "że",
        "ze",
        "żeby",
        "zeby",
        "ale",
        "bo",
        "czyli",
        "jeśli",
        "jesli",
        "jeżeli",
        "jezeli",
        "gdy",
        "więc",
        "wiec",
        "który",
        "która",
        "które",
    ]
)

# what is cut, where the turn says thanks or goodbye without it
_WISHES = re.compile(
    r"[,.;]?\s*(?:\b(?:i|oraz|a także)\s+)?(?:\b(?:życzę|życzymy|zycze|zyczymy)\s+)?(?:\b(?:pani|panu|państwu|ci)\s+)?"
    r"\b(?:bardzo\s+)?(?:miłego|milego|udanego|spokojnego|dobrego|przyjemnego|wspaniałego|pięknego|słonecznego)"
    r"(?:\s+(?:i\s+)?\w+ego)?\s+(?:dnia|popołudnia|popoludnia|wieczoru|weekendu|tygodnia|odpoczynku)"
    r"(?:\s+(?:życzę|życzymy|zycze))?(?:\s+(?:pani|panu|państwu))?",
    re.I,
)
_KEEPS = re.compile(
    r"do widzenia|do usłyszenia|do uslyszenia|do zobaczenia|dziękuj|dziekuj|pozdrawiam|z poważaniem|kłaniam",
    re.I,
)
_STRONGER = re.compile(
    r"\b(?:bardzo|ogromnie|niezmiernie|serdecznie|uprzejmie|gorąco|pięknie)\s+(?:(?:bardzo|serdecznie|uprzejmie|gorąco|pięknie)\s+)?"
    r"(?=(?:dziękuj|dziekuj|przepraszam|zapraszam|proszę|prosze|witam|pozdrawiam)\w*)",
    re.I,
)
_WEAKER = re.compile(
    r"\b(dziękuję|dziękujemy|dziekuje|pozdrawiam|zapraszam|witam|przepraszam)"
    r"\s+(?:bardzo\s+)?(?:serdecznie|uprzejmie|ślicznie|pięknie|gorąco)",
    re.I,
)
_GLADLY = re.compile(r",?\s*\b(?:z (?:wielką |ogromną )?(?:przyjemnością|chęcią|radością))\b", re.I)
_THANKS_FOR = re.compile(
    r"\b(dziękuję|dziękujemy|dziekuje)( (?:pani|panu|państwu))? za (?:telefon|rozmowę|rozmowe|kontakt|wiadomość)\b",
    re.I,
)


def longer(conversation: Conversation) -> Conversation:
    """Fillers in the agent's longer turns and, where people talk at once, one remark about nothing in the middle."""
    rng = random.Random(conversation.id)
    pool = SPOKEN if conversation.channel == "phone" else WRITTEN
    turns = [_filled(turn, pool, rng) for turn in conversation.turns]
    middle = next(
        (
            i
            for i, t in enumerate(turns)
            if t.speaker == "agent" and i >= SMALL_TALK_AT * len(turns) and t.text.strip()
        ),
        None,
    )
    if middle is not None and conversation.channel in ("phone", "chat"):
        text = turns[middle].text
        remark = SMALL_TALK.lower().rstrip(".").replace(",", "") if text == text.lower() else SMALL_TALK
        turns[middle] = dataclasses.replace(turns[middle], text=f"{text.rstrip()} {remark}")
    return conversation.with_turns(tuple(turns))


def _filled(turn: Turn, pool: tuple[str, ...], rng: random.Random) -> Turn:
    """Fillers where people put them: before a clause that goes on."""
    if turn.speaker != "agent":
        return turn
    words = turn.text.split(" ")
    marked = any(char in turn.text for char in ",.?!")
    out: list[str] = []
    since = 0
    for at, word in enumerate(words):
        follows = at > 1 and (words[at - 1].endswith(",") if marked else word.lower() in _JOINS)
        if follows and since >= APART // 2 and word[:1].isalpha():
            out.append(rng.choice(pool) + ("," if marked else ""))
            since = -APART // 2
        out.append(word)
        since += 1
    return dataclasses.replace(turn, text=" ".join(out))


def shorter(conversation: Conversation) -> Conversation:
    """Agents' wishes for the day, stronger thanks and other pleasantries cut; thanks and goodbye stay."""
    return conversation.with_turns(
        tuple(
            dataclasses.replace(t, text=_cut(t.text)) if t.speaker == "agent" else t
            for t in conversation.turns
        )
    )


def _cut(text: str) -> str:
    text = _THANKS_FOR.sub(r"\1\2", _GLADLY.sub("", _WEAKER.sub(r"\1", _STRONGER.sub("", text))))
    without = _WISHES.sub("", text)
    return without if _KEEPS.search(without) else text
