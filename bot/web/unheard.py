"""Recordings that are in no answer, below the question that they were for: that one could not be heard is no short answer."""

import re
from typing import Any

from bot.store.store import Row
from bot.threads import Conv
from flows.ledger import Ledger
from flows.turns import token
from flows.unheard import recorded
from flows.words import listen_en, voice_en

_NTH = re.compile(r"(#\d+)?(@\d+)?$")  # what counts the messages and the corrections of one step


def lines(rows: dict[str, Row], talks: list[Conv], not_chosen: set[str]) -> list[dict[str, Any]]:
    """`{"id", "text", "at", "seq", "step"}` each. rows: the interview's recordings; not_chosen: the steps of takes that
    don't count, of which nothing is shown."""
    hidden = {_NTH.sub("", step) for step in not_chosen}
    found: list[dict[str, Any]] = []
    for talk in talks:
        for u, step, why in _without_words(talk):
            if u in rows and _NTH.sub("", step) not in hidden:
                text = listen_en.no_words(voice_en.length(rows[u]["ms"] / 1000), why)
                found.append({"id": u, "text": text, "at": rows[u]["at"], "seq": rows[u]["seq"], "step": step})
    return found


def _without_words(talk: Conv) -> list[tuple[str, str, str]]:
    """(recording, the step that it answered, why there are no words or ""), in order."""
    led = Ledger(talk.journal)
    steps = {token(talk.id, e.key): e.key for e in talk.journal.entries if e.kind == "asked"}
    sent = [u for us in recorded(talk.journal, talk.id).values() for u in us]
    return [
        (u, steps[led.spoke[u].value["asked"]], led.unheard[u].value["why"] if u in led.unheard else "")
        for u in sent
        if u in led.unheard or u in led.doubtful
    ]
