"""Hours and days off as people type them: "Mon-Fri 9-17, Sat 10:00-13:00", "24 Dec - 2 Jan".

What can't be read raises ConfigProblem, whose sentence quotes it and shows how to write it.
"""

import re
from datetime import date

from bot.scheduling.profiles import Rule
from calendar_sync.when import MONTHS, WEEKDAYS, day_span
from calendar_sync.zones import DAY, ConfigProblem, date_text, day_of

MOST_OFF = 366  # days in one range: more is a mistake, and each is kept
_DAY_NAMES = {name[:n].lower(): at for at, name in enumerate(WEEKDAYS, 1) for n in (2, 3, 4, 5, len(name))}
_GROUPS = {
    **dict.fromkeys(("weekdays", "weekday", "working days"), range(1, 6)),
    **dict.fromkeys(("weekend", "weekends"), range(6, 8)),
    **dict.fromkeys(("daily", "every day", "all days"), range(1, 8)),
}
_TIME = r"(\d{1,2})(?:[:.h](\d\d))?\s*(am|pm)?"
_RANGE = re.compile(rf"{_TIME}\s*-\s*{_TIME}\s*(\+1)?")
_PART = re.compile(r"(?P<days>[a-z][a-z .-]*?)?\s*:?\s*(?P<times>\d.*)?")
_NONE = frozenset(("none", "off", "never", "no hours", "nothing"))
_MONTHS = {name[:n].lower(): at for at, name in enumerate(MONTHS, 1) for n in (3, 4, len(name))}
_DATE = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]+)|([a-z]+)\s+(\d{1,2})(?:st|nd|rd|th)?)\s*,?\s*(\d{4})?")
_SHORT_RANGE = re.compile(r"(\d{1,2})\s*-\s*(\d{1,2})\s+([a-z]+)\s*(\d{4})?")
_HOW = 'Write them like "Mon-Fri 9-17, Sat 10:00-13:00".'
_HOW_OFF = 'Write days off like "24 Dec", "24 Dec - 2 Jan" or "2027-01-15".'


def read_hours_text(text: str) -> tuple[Rule, ...]:
    """The weekly rules that were meant; none for "off". Times without days belong to the days before them."""
    plain = _plain(text)
    if plain in _NONE:
        return ()
    found: list[Rule] = []
    days: list[int] = []
    fresh = True  # the days so far have no times yet, so more days may follow
    for part in (p.strip() for p in re.split(r"[,;\n]", plain) if p.strip()):
        read = _PART.fullmatch(part)
        if read is None:
            raise _unread(part)
        if read["days"]:
            days = [*(days if fresh else ()), *_days(read["days"].strip(" .-"), part)]
            fresh = True
        if read["times"]:
            if not days:
                raise ConfigProblem("no_days", f'I can\'t tell for which days "{part}" is. {_HOW}')
            start, end = _times(read["times"].strip(), part)
            found.append(Rule(tuple(sorted(set(days))), start, end))
            fresh = False
    if fresh:
        raise _unread(text.strip())
    return tuple(found)


def hours_text(weekly: tuple[Rule, ...]) -> str:
    """The inverse, in one line: "Mon-Fri 09:00-17:00, Sat 10:00-13:00"; "" for no hours."""
    return ", ".join(f"{_days_text(rule.days)} {rule.start}-{rule.end}" for rule in weekly)


def read_away_text(text: str, today: int) -> tuple[tuple[str, str], ...]:
    """Ranges of dates (first, last, both off) as ISO dates. A day without a year is the next one from `today` on."""
    plain = _plain(text)
    if plain in _NONE:
        return ()
    found: list[tuple[str, str]] = []
    for part in (p.strip() for p in re.split(r"[,;\n]", plain) if p.strip()):
        first, last = _away(part, today)
        if last < first:
            raise ConfigProblem("end_before_start", f'"{part}" ends before it begins. Swap the two dates.')
        if last - first >= MOST_OFF:
            raise ConfigProblem("too_long", f'"{part}" is more than a year. Write at most {MOST_OFF} days at a time.')
        found.append((date_text(first), date_text(last)))
    if not found:
        raise ConfigProblem("no_dates", f"I found no date in that. {_HOW_OFF}")
    return tuple(sorted(found))


def away_text(away: tuple[tuple[str, str], ...]) -> str:
    """ "15 January, 24 December to 2 January"; "" for none."""
    return ", ".join(day_span(day_of(first), day_of(last)) for first, last in away)


# -- hours --------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Lower case, with one sign for "until" and one for "and"."""
    plain = re.sub(r"[\u2010-\u2015\u2212]", "-", text.strip().casefold())
    plain = re.sub(r"\s+(?:to|till|until|through)\s+", " - ", plain)
    return re.sub(r"\s*(?:\band\b|&|/|\+(?!1\b))\s*", ", ", plain).strip(" .")


def _days(text: str, part: str) -> list[int]:
    if text in _GROUPS:
        return list(_GROUPS[text])
    first, dash, last = (t.strip(" .") for t in text.partition("-"))
    if dash and first in _DAY_NAMES and last in _DAY_NAMES:
        a, b = _DAY_NAMES[first], _DAY_NAMES[last]
        return list(range(a, b + 1)) if a <= b else [*range(a, 8), *range(1, b + 1)]
    names = [t.strip(".") for t in text.split()]
    if unknown := [n for n in names if n not in _DAY_NAMES]:
        raise ConfigProblem("bad_weekday", f'"{unknown[0]}" in "{part}" is no weekday that I know. {_HOW}')
    return [_DAY_NAMES[n] for n in names]


def _times(text: str, part: str) -> tuple[str, str]:
    read = _RANGE.fullmatch(text)
    if read is None:
        raise _unread(part)
    start, end = _minute(read[1], read[2], read[3], part), _minute(read[4], read[5], read[6], part)
    bare = not (read[2] or read[3] or read[5] or read[6] or read[7])
    if bare and end <= start < 12 * 60 < end + 12 * 60:
        end += 12 * 60  # "9-5" is what people say for nine to five in the afternoon
    if read[6] and end == 0:
        end = DAY
    return _clock(start), _clock(end) + ("+1" if read[7] else "")


def _minute(hour: str, minute: str | None, half: str | None, part: str) -> int:
    h, m = int(hour), int(minute or 0)
    if (half and not 1 <= h <= 12) or h * 60 + m > DAY or m > 59:
        raise ConfigProblem("bad_time", f'"{part}" has a time that no clock shows. {_HOW}')
    if half:
        h = h % 12 + (12 if half == "pm" else 0)
    return h * 60 + m


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _days_text(days: tuple[int, ...]) -> str:
    names, runs = [n[:3] for n in WEEKDAYS], list[list[int]]()
    for day in sorted(set(days)):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    said = [names[r[0] - 1] + (f"-{names[r[-1] - 1]}" if len(r) > 1 else "") for r in runs]
    return " & ".join(said)


def _unread(part: str) -> ConfigProblem:
    return ConfigProblem("bad_hours", f'I can\'t read "{part}" as hours. {_HOW}')


# -- days off -----------------------------------------------------------------------------------------


def _away(part: str, today: int) -> tuple[int, int]:
    if read := _SHORT_RANGE.fullmatch(part):
        first = _date(int(read[1]), read[3], read[4], today, part)
        return first, _date(int(read[2]), read[3], read[4], first, part)
    begin, dash, end = part.partition(" - ")
    first = _one_date(begin.strip(), today, part)
    return first, _one_date(end.strip(), first, part) if dash else first


def _one_date(text: str, since: int, part: str) -> int:
    if text in ("today", "tomorrow"):
        return since + (text == "tomorrow")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return day_of(text)
    read = _DATE.fullmatch(text)
    if read is None:
        raise ConfigProblem("bad_date", f'I can\'t read "{part}" as dates. {_HOW_OFF}')
    return _date(int(read[1] or read[4]), read[2] or read[3], read[5], since, part)


def _date(day: int, month: str, year: str | None, since: int, part: str) -> int:
    number = _MONTHS.get(month)
    this = date.fromisoformat(date_text(since)).year
    # Four years on is the next 29 February.
    for y in (int(year),) if year else range(this, this + 5):
        try:
            found = day_of(date(y, number or 0, day).isoformat())
        except ValueError:
            continue
        if year or found >= since:
            return found
    raise ConfigProblem("bad_date", f'"{part}" has a date that is in no calendar. {_HOW_OFF}')
