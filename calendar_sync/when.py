"""The only place where a time becomes words: British-neutral English, 24 hours, always in the zone of whoever reads it.

A zone is an IANA name; one that is none raises `ConfigProblem`. A day is days since 1970-01-01 (see `zones`).
Names of months and weekdays are written here, not taken from the system: they must not depend on where the server runs.
"""

from datetime import date, timedelta

from calendar_sync.intervals import Minute
from calendar_sync.zones import DAY, Zone, weekday, zone

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_EPOCH = date(1970, 1, 1)
_SOON = 180  # up to three hours ahead, counting is easier to grasp than a time of day
# Zones whose last part is not how the city is written today.
_CITIES = {
    "America/Asuncion": "Asunción",
    "America/Bogota": "Bogotá",
    "America/Cancun": "Cancún",
    "America/Merida": "Mérida",
    "America/Sao_Paulo": "São Paulo",
    "America/St_Johns": "St John's",
    "America/St_Lucia": "St Lucia",
    "America/St_Thomas": "St Thomas",
    "Antarctica/DumontDUrville": "Dumont d'Urville",
    "Asia/Calcutta": "Kolkata",
    "Asia/Ho_Chi_Minh": "Ho Chi Minh City",
    "Asia/Katmandu": "Kathmandu",
    "Asia/Rangoon": "Yangon",
    "Asia/Saigon": "Ho Chi Minh City",
    "Europe/Kiev": "Kyiv",
}


def spoken(minute: Minute, zone: str, now_ms: int | None = None) -> str:
    """ "Tuesday 1 December, 10:00 (Paris, UTC+1)"; with a year when `now_ms` is given and it is another one."""
    here = _zone(zone)
    return f"{long_day(here.date_of(minute), zone, now_ms)}, {_time(minute, here)} ({_where(here, minute)})"


def spoken_range(start: Minute, end: Minute, zone: str, now_ms: int | None = None) -> str:
    """ "Tuesday 1 December, 10:00 to 10:45 (Paris, UTC+1)"; names the second date only where it needs one."""
    here = _zone(zone)
    first, last = here.date_of(start), here.date_of(end)
    begins, ends = _time(start, here), _time(end, here)
    begins += "," if _pass(start, here) else ""
    if last == first + 1 and end == here.first(last):
        ends = "midnight"  # "to Wednesday, 00:00" reads as if it took all of Wednesday
    elif last != first:
        ends = f"{long_day(last, zone, now_ms)}, {ends}"
    where = _where(here, start)
    if here.offset(start) != here.offset(end):
        where += f", then {utc(here.offset(end))}"
    return f"{long_day(first, zone, now_ms)}, {begins} to {ends} ({where})"


def long_day(day: int, zone: str = "UTC", now_ms: int | None = None) -> str:
    """ "Tuesday 1 December"; with a year as in `spoken`."""
    the = _EPOCH + timedelta(days=day)
    return f"{WEEKDAYS[weekday(day) - 1]} {the.day} {MONTHS[the.month - 1]}{_year(day, zone, now_ms)}"


def day_label(day: int, zone: str = "UTC", now_ms: int | None = None) -> str:
    """ "Tue 1 Dec", for buttons and columns; with a year as in `spoken`. `zone` says only whose year is the current."""
    the = _EPOCH + timedelta(days=day)
    return f"{WEEKDAYS[weekday(day) - 1][:3]} {the.day} {MONTHS[the.month - 1][:3]}{_year(day, zone, now_ms)}"


def day_span(first: int, last: int) -> str:
    """Some days in a row, without weekdays: "1 December", "1 to 7 December", "30 November to 4 December"."""
    a, b = _EPOCH + timedelta(days=first), _EPOCH + timedelta(days=last)
    end = f"{b.day} {MONTHS[b.month - 1]}"
    if first == last:
        return end
    return f"{a.day}{'' if (a.year, a.month) == (b.year, b.month) else ' ' + MONTHS[a.month - 1]} to {end}"


def clock(minute: Minute, zone: str) -> str:
    """ "10:00": only where the day and the zone stand next to it."""
    here = _zone(zone)
    return wall((minute + here.offset(minute)) % DAY)


def wall(minutes: int) -> str:
    """Minutes of a day as a clock shows them: 600 -> "10:00", 1440 -> "24:00"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def utc(offset: int) -> str:
    """Minutes east of UTC: 60 -> "UTC+1", -210 -> "UTC-3:30", 0 -> "UTC+0"."""
    hours, minutes = divmod(abs(offset), 60)
    return f"UTC{'-' if offset < 0 else '+'}{hours}" + (f":{minutes:02}" if minutes else "")


def city(zone: str) -> str:
    """What people call the place of a zone: "Paris"; "" for one that is only an offset, such as UTC or Etc/GMT-2."""
    if zone in _CITIES:
        return _CITIES[zone]
    if zone.startswith("Etc/") or zone in _PLACELESS:
        return ""
    area, _, place = zone.rpartition("/")
    return (f"US {place}" if area == "US" else place).replace("_", " ")


def zone_label(zone: str, at: Minute) -> str:
    """ "Paris time (UTC+1)", with the offset in force at `at`; "UTC" and "UTC+2" where there is no place."""
    here = _zone(zone)
    place, offset = city(zone), here.offset(at)
    if place:
        return f"{place} time ({utc(offset)})"
    return utc(offset) if offset else "UTC"


def two(minute: Minute, zone_a: str, zone_b: str) -> str:
    """One instant for two readers: "10:00 Paris / 14:30 Kolkata"; with both dates where they differ."""
    names = [zone_a] if zone_a == zone_b else [zone_a, zone_b]
    zones = [_zone(name) for name in names]
    days = [there.date_of(minute) for there in zones]
    said = [f"{clock(minute, name)} {_short(there, minute)}" for name, there in zip(names, zones, strict=True)]
    if len(set(days)) > 1:
        said = [f"{day_label(day)}, {words}" for day, words in zip(days, said, strict=True)]
    return " / ".join(said)


def relative(minute: Minute, zone: str, now_ms: int) -> str:
    """How far away, for use next to a `spoken`: "in 25 minutes", "tomorrow at 10:00", "10 minutes ago"."""
    here, now = _zone(zone), now_ms // 60_000
    seconds = (minute * 60_000 - now_ms) // 1000
    away = abs(seconds) // 60 * (1 if seconds > 0 else -1)  # whole minutes: 60 and a half are "in 1 hour"
    if away == 0:
        return "now"
    if abs(away) < _SOON:
        return f"in {length(away)}" if away > 0 else f"{length(-away)} ago"
    day, today = here.date_of(minute), here.date_of(now)
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if day - today in near:
        named = near[day - today]
    elif 0 < day - today < 7:
        named = f"on {WEEKDAYS[weekday(day) - 1]}"
    else:
        named = f"on {long_day(day, zone, now_ms)}"
    return f"{named} at {_time(minute, here)}"


def length(minutes: int) -> str:
    """A number of minutes from 0 up: "45 minutes", "1 hour", "2 hours and 15 minutes"."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in ((hours, "hour"), (rest, "minute")) if n]
    return " and ".join(parts) or "0 minutes"


_PLACELESS = frozenset(("UTC", "GMT", "UCT", "Zulu", "Universal", "Greenwich", "GMT0", "GMT+0", "GMT-0"))


def _zone(name: str) -> Zone:
    return zone(name)  # under another name, because every public function here calls its zone name `zone`


def _time(minute: Minute, here: Zone) -> str:
    """The time on the wall; where a clock shows it twice that night, which of both."""
    shown = clock(minute, here.name)
    which = _pass(minute, here)
    return f"{shown}, {which} that night" if which else shown


def _pass(minute: Minute, here: Zone) -> str:
    local = minute + here.offset(minute)
    first, last = here.start_of(local), here.end_of(local)
    if first == last:
        return ""
    return "the second one" if minute == last else "the first one"


def _where(here: Zone, at: Minute) -> str:
    place, offset = city(here.name), here.offset(at)
    if place:
        return f"{place}, {utc(offset)}"
    return utc(offset) if offset else "UTC"


def _short(here: Zone, at: Minute) -> str:
    """ "Paris"; "Paris (UTC+2)" where the clock shows this time twice, since the place alone would not say which."""
    place, offset = city(here.name), utc(here.offset(at))
    if not place:
        return _where(here, at)
    return f"{place} ({offset})" if _pass(at, here) else place


def _year(day: int, zone: str, now_ms: int | None) -> str:
    if now_ms is None:
        return ""
    year = (_EPOCH + timedelta(days=day)).year
    current = (_EPOCH + timedelta(days=_zone(zone).date_of(now_ms // 60_000))).year
    return "" if year == current else f" {year}"
