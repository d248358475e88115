"""Working hours: from what a person writes down to free intervals (slots.md, rules 1 to 4)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import holidays

from calendar_sync.intervals import Interval, Minute, clip, merged
from calendar_sync.zones import DAY, ConfigProblem, Zone, day_of, weekday, zone

Part = tuple[int, int]  # minutes of one date's wall clock; 1440 is the end of the date
_TIME = re.compile(r"(\d\d):(\d\d)(\+1)?")
_NAMES = ("", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody works. Hashable, because people share hours and these are the key of the cache.

    `week`: parts for Monday to Sunday; `dates`: (day, parts) that replace a whole date; `after`: (day, parts) that an
    override of the evening before adds; `away`: days without any time; `travel`: (first day, last day, zone).
    """

    zone: str
    week: tuple[tuple[Part, ...], ...] = ((),) * 7
    dates: tuple[tuple[int, tuple[Part, ...]], ...] = ()
    after: tuple[tuple[int, tuple[Part, ...]], ...] = ()
    away: frozenset[int] = frozenset()
    travel: tuple[tuple[int, int, str], ...] = ()

    def zone_on(self, day: int) -> Zone:
        """The zone in force on a date. Of overlapping journeys, the one begun last counts."""
        name = self.zone
        for first, last, there in self.travel:  # sorted by the first day
            if first <= day <= last:
                name = there
        return zone(name)

    def first(self, day: int) -> Minute:
        """The instant at which a date begins for this person."""
        return self.zone_on(day).first(day)

    def date_of(self, at: Minute) -> int:
        """The date an instant belongs to for this person: the last one that has begun."""
        day = zone(self.zone).date_of(at) + (2 if self.travel else 1)
        while self.first(day) > at:
            day -= 1
        return day


@lru_cache(maxsize=4096)
def working(hours: Hours, lo: Minute, hi: Minute) -> tuple[Interval, ...]:
    """The working hours in [lo, hi): sorted, touching and overlapping ones joined."""
    if hi <= lo:
        return ()
    dates, after, found = dict(hours.dates), dict(hours.after), list[Interval]()
    home = zone(hours.zone)
    for day in range(lo // DAY - 2, hi // DAY + 3):
        if day in hours.away:
            continue
        parts = dates.get(day)
        if parts is None:
            parts = (*hours.week[weekday(day) - 1], *after.get(day, ()))
        if parts:
            found += _instants(hours.zone_on(day) if hours.travel else home, day, parts)
    return tuple(clip(merged(found), lo, hi))


def _instants(there: Zone, day: int, parts: Iterable[Part]) -> list[Interval]:
    wall, calm = day * DAY, there.calm(day)
    if calm is not None:
        return [(wall + a - calm, wall + b - calm) for a, b in parts]
    return [(there.start_of(wall + a), there.first(day + 1) if b == DAY else there.end_of(wall + b)) for a, b in parts]


def read_hours(
    who: str,
    home: str,
    weekly: Iterable[Mapping[str, Any]] = (),
    overrides: Iterable[Mapping[str, Any]] = (),
    away: Iterable[str] = (),
    travel: Iterable[Mapping[str, Any]] = (),
) -> Hours:
    """Hours from plain data (the fields of slots.schema.md). Raises ConfigProblem, which names `who` and the rule."""
    week: list[list[Part]] = [[] for _ in range(7)]
    for rule in weekly:
        days = _weekdays(who, rule["days"])
        today, tomorrow = _parts(f"{who}'s hours on {', '.join(_NAMES[d] for d in days)}", rule["from"], rule["to"])
        for d in days:
            week[d - 1] += today
            week[d % 7] += tomorrow
    dates, after = dict[int, list[Part]](), dict[int, list[Part]]()
    for override in overrides:
        day = day_of(override["date"])
        dates.setdefault(day, [])
        for start, end in override["intervals"]:
            today, tomorrow = _parts(f"{who}'s hours on {override['date']}", start, end)
            dates[day] += today
            after.setdefault(day + 1, []).extend(tomorrow)
    return Hours(
        zone(home).name,
        tuple(tuple(sorted(parts)) for parts in week),
        tuple((d, tuple(sorted(p))) for d, p in sorted(dates.items())),
        tuple((d, tuple(sorted(p))) for d, p in sorted(after.items()) if p),
        frozenset(day_of(d) for d in away),
        tuple(sorted(_journey(who, t) for t in travel)),
    )


def public_holidays(country: str, years: Iterable[int], part: str | None = None) -> frozenset[str]:
    """The public holidays of a country (ISO code) and a part of it, as dates to be away. Raises ConfigProblem."""
    try:
        found = holidays.country_holidays(country, subdiv=part, years=list(years))
    except NotImplementedError:
        place = f"{country}-{part}" if part else country
        raise ConfigProblem(
            "unknown_country", f'No holidays are known for "{place}". Write a code such as DE, GB or US.'
        ) from None
    return frozenset(day.isoformat() for day in found)


def _weekdays(who: str, days: Iterable[int]) -> list[int]:
    known = sorted(set(days))
    if bad := [d for d in known if not 1 <= d <= 7]:
        raise ConfigProblem(
            "bad_weekday", f"{who}'s hours name the weekday {bad[0]}. Write 1 for Monday to 7 for Sunday."
        )
    return known


def _journey(who: str, entry: Mapping[str, Any]) -> tuple[int, int, str]:
    first, last = day_of(entry["from_date"]), day_of(entry["to_date"]) if entry.get("to_date") else 10**9
    if last < first:
        raise ConfigProblem(
            "end_before_start",
            f"{who}'s journey ends on {entry['to_date']}, before it begins on {entry['from_date']}. Swap the dates.",
        )
    return first, last, zone(entry["tz"]).name


def _parts(rule: str, start: str, end: str) -> tuple[list[Part], list[Part]]:
    """The parts on the date itself and on the next one."""
    a, b = _minute(rule, start), _minute(rule, end)
    if b == DAY - 1:
        b = DAY  # 23:59 is how many a form writes the end of the day
    if b == 2 * DAY - 1:
        b = 2 * DAY
    if a >= DAY:
        raise ConfigProblem("bad_time", f'{rule} start at "{start}". A start is a time from 00:00 to 23:59.')
    if b <= a:
        instead = "24:00" if b == 0 else f"{end}+1"
        hint = f'Write "{instead}" if they end {"at midnight" if b == 0 else "on the next day"}, or swap the two times.'
        raise ConfigProblem("end_before_start", f"{rule} start at {start} and end at {end}, which is not later. {hint}")
    if b - a > DAY:
        raise ConfigProblem(
            "longer_than_a_day", f"{rule} from {start} to {end} are more than 24 hours. Write one rule for each day."
        )
    return [(a, min(b, DAY))], [(0, b - DAY)] if b > DAY else []


def _minute(rule: str, text: str) -> int:
    found = _TIME.fullmatch(text)
    hour, minute = (int(found[1]), int(found[2])) if found else (99, 0)
    if found is None or minute > 59 or hour * 60 + minute > DAY:
        raise ConfigProblem("bad_time", f'{rule} have the time "{text}". Write it as 09:30, or as 24:00 for midnight.')
    return hour * 60 + minute + (DAY if found[3] else 0)
