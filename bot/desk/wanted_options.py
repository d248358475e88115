"""What may follow an order, with commas between: "15 min after, within 3 weeks, notice 4h". No database."""

import re
from dataclasses import replace

from bot.desk.wanted import CELL, NUMBERS, Line, NotRead, line, minutes, plain
from bot.scheduling.plans import Plan
from flows.words import schedule_en as words

MOST_BUFFER, MOST_NOTICE, MOST_DAYS, MOST_STEP = 120, 14 * 1440, 60, 240
_LENGTH = r"(?P<n>\d{1,4}(?:\.5)?|an?|one|two|three|four|five)\s*(?P<unit>[a-z]+)"
_NOTICE = re.compile(rf"(?P<move>move\s+)?notice\s*:?\s*(?:{_LENGTH}|none)", re.I)
_AHEAD = re.compile(rf"(?:within|in)\s+(?:the\s+)?(?:next\s+)?{_LENGTH}", re.I)
_BUFFER = re.compile(
    r"(?P<length>.+?)\s+(?:free\s+)?(?P<side>before\s+and\s+after|before|after(?:wards)?)(?:\s+it)?", re.I
)
_STEP = re.compile(r"every\s+(?P<length>.+)", re.I)
_SEEMS = re.compile(
    r"(?:(?:move\s+)?notice|within|in\s+(?:the\s+)?(?:next\s+)?\d|every|from|not\s+before|starting)\b.*|"
    r"(?:\d|an?\s|half|one|two|three)[^,]*\s(?:before|after(?:wards)?)(?:\s+it)?",
    re.I,
)
_ABOUT = re.compile(r"\s+about\s", re.I)
_UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 1),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 60),
    **dict.fromkeys(("d", "day", "days"), 1440),
    **dict.fromkeys(("w", "week", "weeks"), 7 * 1440),
}


def read(head: str) -> tuple[Line, tuple[str, ...]]:
    """A line in parts, and the options that stand at its end or before what it is about."""
    found = _ABOUT.search(head)
    before, early = parted(head[: found.start()] if found else head)
    title, late = parted(head[found.start() :]) if found else ("", ())
    return line(before + title), (*early, *late)


def parted(text: str) -> tuple[str, tuple[str, ...]]:
    """(what comes before them, the options at the end), as they were written."""
    found: list[str] = []
    while True:
        head, comma, tail = text.rpartition(",")
        if not comma or not _SEEMS.fullmatch(plain(tail)):
            return text, tuple(found)
        text = head
        found.insert(0, plain(tail))


def applied(plan: Plan, options: tuple[str, ...]) -> Plan:
    """The plan as these options want it. Raises NotRead for one that can't be read or kept."""
    for option in options:
        plan = _applied(plan, option)
    return plan


def _applied(plan: Plan, option: str) -> Plan:
    if found := _NOTICE.fullmatch(option):
        notice = _minutes(found, option) if found["n"] else 0
        if notice > MOST_NOTICE:
            raise NotRead(words.NOTICE_LONG)
        return replace(plan, move_notice=notice) if found["move"] else replace(plan, notice=notice)
    if found := _AHEAD.fullmatch(option):
        days = _minutes(found, option) / 1440
        if days != int(days) or not 1 <= days <= MOST_DAYS:
            raise NotRead(words.AHEAD_BETWEEN)
        return replace(plan, days=int(days))
    if found := _BUFFER.fullmatch(option):
        length, side = minutes(found["length"], least=CELL), found["side"].lower()
        if length > MOST_BUFFER:
            raise NotRead(words.BUFFER_LONG)
        return replace(
            plan,
            before=length if side.startswith("before") else plan.before,
            after=length if "after" in side else plan.after,
        )
    if found := _STEP.fullmatch(option):
        step = minutes(found["length"], least=CELL)
        if step > MOST_STEP:
            raise NotRead(words.STEP_LONG)
        return replace(plan, step=step)
    raise NotRead(words.no_option(option))


def _minutes(found: re.Match[str], option: str) -> int:
    unit = _UNITS.get(found["unit"].lower())
    if unit is None:
        raise NotRead(words.no_option(option))
    said = found["n"].lower()
    return round(float(NUMBERS.get(said, 0) or said) * unit)


def buffers_text(plan: Plan) -> str:
    """ "10 min before, 15 min after"; "" for none. `applied` reads it."""
    sides = ((plan.before, "before"), (plan.after, "after"))
    return ", ".join(f"{length} min {side}" for length, side in sides if length)
