"""The form in which somebody of the team says when they can be booked."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.desk.own_details import read_holidays, read_phrases
from bot.desk.own_profile import changed, coming, names, pool_names, profile_of, read_zone, today
from bot.desk.sight import Call
from bot.desk.wanted import NotRead
from bot.scene import Reply
from bot.scheduling import profiles
from bot.scheduling.hours_text import away_text, hours_text, read_away_text, read_hours_text
from bot.scheduling.profiles import Profile
from bot.scheduling.special_text import country_text
from calendar_sync.zones import ConfigProblem
from flows.cards import Card
from flows.words import schedule_en as words

MOST_LIMIT = 50
_FIELDS = {
    "weekly": "hours",
    "limits": "per_day",
    "country": "holidays",
}  # what a profile calls it -> the field of the form


def form(call: Call) -> Card:
    profile = profile_of(call)
    limits = profile.limits
    values = {
        "hours": hours_text(profile.weekly),
        "zone": profile.zone,
        "per_day": "" if limits.per_day is None else str(limits.per_day),
        "per_week": "" if limits.per_week is None else str(limits.per_week),
        "away": away_text(coming(call, profile)),
        "holidays": country_text(profile.country, profile.part),
        "movable": ", ".join(profile.movable),
        "pools": ", ".join(profile.pools),
        "skills": ", ".join(profile.skills),
    }
    return words.hours_form(values)


def submit(call: Call, fields: Mapping[str, str]) -> Reply:
    """The form sent off: every field that can't be read is named."""
    problems: dict[str, str] = {}
    profile = profile_of(call)
    if not fields.get("hours", "").strip():
        problems["hours"] = words.HOURS_MISSING
    readers: dict[str, tuple[str, Callable[[str], object]]] = {
        "weekly": ("hours", read_hours_text),
        "zone": ("zone", lambda text: read_zone(text or profile.zone)),
        "away": ("away", lambda text: _away(call, profile, text)),
        "holidays": ("holidays", read_holidays),
        "movable": ("movable", read_phrases),
        "pools": ("pools", lambda text: pool_names(call, text)),
        "skills": ("skills", names),
    }
    read: dict[str, Any] = {}
    for name, (key, reading) in readers.items():
        try:
            read[name] = reading(fields.get(key, ""))
        except (NotRead, ConfigProblem) as problem:
            problems.setdefault(key, problem.say)
    for key in ("per_day", "per_week"):
        text = fields.get(key, "").strip()
        if text and not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_LIMIT):
            problems[key] = words.LIMIT_BAD
    if problems:
        return Reply(problems=problems)
    day, week = (int(fields.get(k, "").strip() or 0) or None for k in ("per_day", "per_week"))
    limits = replace(profile.limits, per_day=day, per_week=week)
    country, part = read.pop("holidays")
    wanted = replace(profile, limits=limits, country=country, part=part, **read)
    found = profiles.problems(wanted)
    if found:
        return Reply(problems={_FIELDS.get(k, k): v for k, v in found.items()})
    return changed(call, wanted)


def _away(call: Call, profile: Profile, text: str) -> tuple[tuple[str, str], ...]:
    """Days off as they were written. Where they are as they were shown nothing changes: without a year, what has begun
    already would be read as that of next year."""
    if text.strip() == away_text(coming(call, profile)):
        return profile.away
    return read_away_text(text, today(call)) if text.strip() else ()
