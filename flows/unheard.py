"""What became of the recordings that were sent as answers: which question each belongs to, and why one gave no words.

Whoever reads an interview has to know: an answer that could not be heard is no short answer, and no low one.
"""

import re
from collections.abc import Iterable

from flows.ledger import Journal, Ledger
from flows.turns import token

# A step whose answer is one to a question of a kit: at first, in a further take, to a follow-up, or anew in the last look.
_ANSWER = re.compile(r"(?:end\.anew#\d+\.)?([a-z][a-z0-9_]*)(?:\.(?:try\d+|follow#\d+))?(?:#\d+)?(?:@\d+)?")
NO_SPEECH, UNCLEAR = "no_speech", "low_stt_confidence"  # reasons, as a machine's card names them
_NOBODY_SPOKE = frozenset({"silence", "too_short", "empty", "no_audio"})


def recorded(journal: Journal, seed: str) -> dict[str, list[str]]:
    """Question -> the recordings that were sent for it and not taken back, in order. seed: the conversation's id."""
    led = Ledger(journal)
    asked = {token(seed, e.key): found[1] for e in journal.entries if e.kind == "asked" and (found := _of(e.key))}
    gone = {e.value["u"] for e in journal.entries if e.kind == "dropped"}
    questions: dict[str, list[str]] = {}
    for u, spoke in led.spoke.items():
        if u not in gone and (question := asked.get(spoke.value["asked"])):
            questions.setdefault(question, []).append(u)
    return questions


def why_unheard(journal: Journal, seed: str) -> dict[str, str]:
    """Question -> why the words of its recordings are in no answer, for every question where that is so: nobody spoke in
    them, or what was said could not be made out well enough."""
    led = Ledger(journal)
    return {
        question: why
        for question, sent in recorded(journal, seed).items()
        if (why := _worst(_why(led, u) for u in sent))
    }


def _of(key: str) -> re.Match[str] | None:
    return _ANSWER.fullmatch(key)


def _why(led: Ledger, u: str) -> str:
    if u in led.unheard:
        return NO_SPEECH if led.unheard[u].value["why"] in _NOBODY_SPOKE else UNCLEAR
    return UNCLEAR if u in led.doubtful or u in led.listening else ""


def _worst(reasons: Iterable[str]) -> str:
    found = set(reasons)
    return next((reason for reason in (UNCLEAR, NO_SPEECH) if reason in found), "")
