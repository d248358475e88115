"""What was heard in a recording, as the model gave it, and where the words that count are spoken.

A transcript never changes; a person's correction is a further wording of the recording's utterance. `times` finds the
words of any wording again in the sound: those that were heard where they were heard, corrected ones in the place of what
they replace.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any, cast

from bot.keyring import Keyring
from bot.store.rows import Transcript
from bot.store.store import Row, Tx

Times = list[tuple[int, int, int, int]]  # (first character, the one after the last, from ms, to ms) of each word
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Heard:
    """What is sealed of a transcript. words: (text, from ms, to ms, how sure 0 to 1). segments: (from ms, to ms, mean log
    probability, no-speech probability, compression). speech: stretches in which somebody speaks (from ms, to ms)."""

    text: str
    words: tuple[tuple[str, int, int, float], ...]
    segments: tuple[tuple[int, int, float, float, float], ...] = ()
    speech: tuple[tuple[int, int], ...] = ()


def keep(tx: Tx, keys: Keyring, recording: Row, heard: Heard, engine: str, language: str, at: int) -> None:
    """Write down what was heard. Hearing it again takes the place of the first time."""
    tenant_id, subject = recording["tenant_id"], recording["subject_id"]
    keys.load(tx, tenant_id, subject)
    row: Row = {"tenant_id": tenant_id, "recording_id": recording["id"], "engine": engine, "language": language}
    tx.put(Transcript, {**row, "subject_id": subject, "sealed": keys.seal(tenant_id, subject, asdict(heard)), "at": at})


def of(tx: Tx, keys: Keyring, tenant_id: str, recording_id: str) -> Heard | None:
    """The transcript of a recording; None where there is none. Raises `bot.keyring.Erased`."""
    row = tx.one(Transcript, tenant_id=tenant_id, recording_id=recording_id)
    if row is None:
        return None
    keys.load(tx, tenant_id, row["subject_id"])
    data = cast("dict[str, Any]", keys.open(tenant_id, row["subject_id"], row["sealed"]))
    words, segments = (tuple(tuple(w) for w in data[part]) for part in ("words", "segments"))
    speech = tuple((int(a), int(b)) for a, b in data["speech"])
    return Heard(data["text"], cast("Any", words), cast("Any", segments), speech)


def language_of(tx: Tx, recording: Row) -> str:
    """The language that a recording was heard in; "" where that isn't known."""
    row = tx.one(Transcript, tenant_id=recording["tenant_id"], recording_id=recording["id"])
    return row["language"] if row else ""


def times(tx: Tx, keys: Keyring, tenant_id: str, recording_id: str, text: str) -> Times:
    """When each word of `text` (what was heard, or its correction) is spoken; empty where nothing was heard."""
    heard = of(tx, keys, tenant_id, recording_id)
    return aligned(heard.words, text) if heard else []


def aligned(words: Sequence[tuple[str, int, int, float]], text: str) -> Times:
    """The words of `text` with the times of the heard `words`. Never goes back in time."""
    places = [(m.start(), m.end()) for m in _WORD.finditer(text)]
    if not words or not places:
        return []
    heard = [_plain(w[0]) for w in words]
    wanted = [_plain(text[a:b]) for a, b in places]
    found: Times = []
    for _, i1, i2, j1, j2 in SequenceMatcher(None, heard, wanted, autojunk=False).get_opcodes():
        if j1 == j2:
            continue
        if i2 - i1 == j2 - j1:
            found += [(*places[j], words[i][1], words[i][2]) for i, j in zip(range(i1, i2), range(j1, j2), strict=True)]
            continue
        begin = words[i1][1] if i1 < i2 else words[i1 - 1][2] if i1 else 0
        end = words[i2 - 1][2] if i1 < i2 else words[i1][1] if i1 < len(words) else begin
        found += _shared(places[j1:j2], begin, max(begin, end))
    return found


def _shared(places: Sequence[tuple[int, int]], begin: int, end: int) -> Times:
    """Words that weren't heard one by one share a stretch of time by their length."""
    letters = sum(b - a for a, b in places)
    found, done = Times(), 0
    for a, b in places:
        start = begin + (end - begin) * done // letters
        done += b - a
        found.append((a, b, start, begin + (end - begin) * done // letters))
    return found


def stretch(found: Times, start: int, end: int) -> tuple[int, int] | None:
    """From when to when the characters `start` to `end` are spoken (ms); None where that isn't known."""
    inside = [t for t in found if t[0] < end and t[1] > start]
    return (inside[0][2], inside[-1][3]) if inside else None


def _plain(word: str) -> str:
    return re.sub(r"[^\w']", "", word.casefold()) or word
