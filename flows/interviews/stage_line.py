"""Reading stages as people type them: "recorded screen, live interview, panel 45 min with Ann and Tom". Pure.

Names of people come back as they were written; whoever knows the team looks them up.
"""

import difflib
import re
from dataclasses import dataclass

from flows.words import funnel_en as words

KINDS = {
    "recorded": ("recorded", "recording", "async", "screen", "screening", "one-way", "oneway", "video"),
    "text": ("live", "chat", "text", "bot", "parley", "conversation", "interview"),
    "people": ("panel", "people", "human", "onsite", "team", "meeting", "meet", "final", "manager", "call", "loop"),
}
MOST, MOST_TITLE = 8, 60
_KIND_OF = {word: kind for kind, found in KINDS.items() for word in found}
_STRONG = ("recorded", "recording", "async", "live", "panel", "people", "onsite")  # decide wherever they stand
_WITH = re.compile(r"\s+with\s+", re.IGNORECASE)
_LENGTH = re.compile(r"\b(?:for\s+)?(\d{1,3})\s*(m|min|mins|minutes?|h|hours?)\b", re.IGNORECASE)
_SEAM = re.compile(r"\s*(?:,|;|\n|\bthen\b|->|\u2192)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One stage as it was written. with_: who holds it, in words ("" for nobody named); minutes: 0 for none said."""

    form: str
    title: str
    minutes: int = 0
    with_: str = ""


@dataclass(frozen=True, slots=True)
class NotRead:
    """What can't be read, and what to write instead, as a sentence."""

    say: str


def read(text: str) -> tuple[Wanted, ...] | NotRead:
    """The stages in order, at least one. A part that names no kind of stage belongs to the people before it."""
    parts = list[str]()
    for part in (p.strip(" .") for p in _SEAM.split(text)):
        if not part:
            continue
        if parts and _WITH.search(parts[-1]) and _kind(part) is None and len(part.split()) <= 4:
            parts[-1] += f", {part}"
        else:
            parts.append(part)
    found = [_stage(p) for p in parts]
    refused = next((f for f in found if isinstance(f, NotRead)), None)
    if refused is not None or not found:
        return refused or NotRead(words.HOW_STAGES)
    stages = tuple(f for f in found if isinstance(f, Wanted))
    return _checked(stages)


def _stage(part: str) -> Wanted | NotRead:
    head, *rest = _WITH.split(part, maxsplit=1)
    length = _LENGTH.search(head)
    minutes = int(length[1]) * (60 if length[2].lower().startswith("h") else 1) if length else 0
    title = " ".join(_LENGTH.sub(" ", head).split())
    kind = _kind(title)
    if kind is None:
        near = _near(title)
        return NotRead(words.did_you_mean(part, near) if near else words.not_a_stage(part))
    title = title[:1].upper() + title[1:MOST_TITLE]
    if kind != "people" and (minutes or rest):
        return NotRead(words.not_with_people(title))
    return Wanted(kind, title, minutes, rest[0] if rest else "")


def _kind(title: str) -> str | None:
    said = re.findall(r"[a-z-]+", title.casefold())
    known = [w for w in said if w in _STRONG] or [w for w in said if w in _KIND_OF]
    return _KIND_OF[known[0]] if known else None


def _near(title: str) -> str:
    """The kind of stage that a misspelt word was probably meant to be; "" for none."""
    said: list[str] = re.findall(r"[a-z-]{4,}", title.casefold())
    for word in said:
        close: list[str] = difflib.get_close_matches(word, list(_KIND_OF), 1, 0.75)
        if close:
            return re.sub(word, close[0], title, count=1, flags=re.IGNORECASE)
    return ""


def _checked(stages: tuple[Wanted, ...]) -> tuple[Wanted, ...] | NotRead:
    titles = [s.title.casefold() for s in stages]
    if len(stages) > MOST:
        return NotRead(words.MOST_STAGES)
    if len(set(titles)) < len(titles):
        return NotRead(words.SAME_TITLE)
    return NotRead(words.FIRST_BY_PEOPLE) if stages[0].form == "people" else stages
