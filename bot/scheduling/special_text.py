"""Dates that are unlike others, as people type them: "1-5 Dec Tokyo", "24 Dec 9-12", "DE-BY". See `hours_text`.

What can't be read raises ConfigProblem, whose sentence quotes it and shows how to write it.
"""

import re

from bot.scheduling.hours_text import read_away_text, read_hours_text
from bot.scheduling.profiles import Override
from calendar_sync.hours import public_holidays
from calendar_sync.when import day_span
from calendar_sync.zones import ConfigProblem, date_text, day_of

MOST_DATES = 31  # that get their own hours in one go
_COUNTRY = re.compile(r"([a-z]{2})(?:\s*[-_/ ]\s*([a-z0-9]{1,4}))?", re.I)
_EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
_NO_DATES = frozenset(("bad_date", "no_dates"))  # codes of ConfigProblem
_HOW_HOLIDAYS = "Please write a country's code such as GB, DE or US, with its part where that matters: DE-BY."
_HOW_DATES = 'Please write the dates first, like "24 Dec" or "1-5 Dec".'


def read_dates_in(text: str, today: int) -> tuple[list[int], str]:
    """(days, the rest) of a text that begins or ends with dates: "1-5 Dec Tokyo", "Tokyo 1-5 Dec"."""
    words = text.split()
    cuts = [(words[:n], words[n:]) for n in range(len(words), 0, -1)]
    cuts += [(words[n:], words[:n]) for n in range(1, len(words))]
    for head, rest in cuts:
        try:
            ranges = read_away_text(" ".join(head).rstrip(":,"), today)
        except ConfigProblem as problem:
            if problem.code not in _NO_DATES:
                raise
            continue
        if ranges:
            days = {d for first, last in ranges for d in range(day_of(first), day_of(last) + 1)}
            return sorted(days), " ".join(rest)
    raise ConfigProblem("no_dates", f'I find no date in "{text[:60]}". {_HOW_DATES}')


def read_day_hours(text: str) -> tuple[tuple[str, str], ...]:
    """The hours of one date: "9-12, 13:30-17"."""
    rules = read_hours_text(f"daily {text}") if text[:1].isdigit() else ()
    if not rules or any(rule.days != _EVERY_DAY for rule in rules):
        raise ConfigProblem("bad_hours", f'I can\'t read "{text[:60]}" as hours of one date. Write them like "9-12".')
    return tuple((rule.start, rule.end) for rule in rules)


def overrides_text(overrides: tuple[Override, ...], most: int = 8) -> str:
    """ "24 December 09:00-12:00; 31 December off"; "" for none."""
    said = [
        f"{day_span(day_of(o.date), day_of(o.date))} {', '.join(f'{a}-{b}' for a, b in o.intervals) or 'off'}"
        for o in overrides
    ]
    return "; ".join([*said[:most], *([f"and {len(said) - most} more"] if len(said) > most else [])])


def without(away: tuple[tuple[str, str], ...], days: list[int]) -> tuple[tuple[str, str], ...]:
    """Days off without these dates: a range around one of them falls in two."""
    left: list[list[int]] = []
    for first, last in away:
        before = None
        for day in range(day_of(first), day_of(last) + 1):
            if day in days:
                continue
            if before == day - 1:
                left[-1][1] = day
            else:
                left.append([day, day])
            before = day
    return tuple((date_text(a), date_text(b)) for a, b in left)


def read_country(text: str) -> tuple[str, str]:
    """(country, part) whose public holidays are known: "DE-BY" is ("DE", "BY")."""
    read = _COUNTRY.fullmatch(text.strip())
    country, part = (read[1].upper(), (read[2] or "").upper()) if read else ("", "")
    try:
        found = public_holidays(country, [2026], part or None) if country else ()
    except ConfigProblem:
        found = ()
    if not found:
        raise ConfigProblem("unknown_country", f'I know no public holidays of "{text.strip()[:40]}". {_HOW_HOLIDAYS}')
    return country, part


def country_text(country: str, part: str) -> str:
    """The inverse; "" for none."""
    return f"{country}-{part}" if part else country
