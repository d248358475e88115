"""Phrases for days in a wish about time: "5 Dec", "3-10 December", "next Friday", "the first week of January"."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date

from calendar_sync.wish_tokens import Dates, Days, Token, Window
from calendar_sync.zones import weekday

Read = Callable[[re.Match[str], int], list[Token]]  # what a match means on the date it is said; [] for nothing
_DAY_NAMES = (
    *("mon(?:day)?", "tue(?:s(?:day)?)?", "wed(?:s|nesday)?", "thu(?:rs?(?:day)?)?", "fri(?:day)?"),
    *("sat(?:urday)?", "sun(?:day)?"),
)
_MONTH_NAMES = (
    *("jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?", "aug(?:ust)?"),
    *("sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?"),
)
_WD, _MON = rf"(?:{'|'.join(_DAY_NAMES)})", rf"(?:{'|'.join(_MONTH_NAMES)})\.?"
_D = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?!\d|[:.h]\d|\s*[ap]m\b)"
_LINK = r"\s*(?:,|and|or|&|/|-|to|until|till)\s*"
_SKIP = rf"(?:{_WD},?\s+)?(?:the\s+)?"  # "Friday 5 December": the date says it all
_YEAR = r"(?:,?\s+(20\d\d))?"
_ORDINALS = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "last": -1}
_EDGES = r"early(?: in)?|late(?: in)?|(?:the )?(?:end|start|beginning|middle|first half|second half|rest) of|mid|later"
_EDGES_OF_WEEK = {"late": (3, 4), "end": (3, 4), "second": (3, 4), "mid": (1, 3), "rest": (0, 6), "": (0, 1)}
_NTH_WEEK = r"(?:the )?(?:first|second|third|fourth|last|1st|2nd|3rd|4th) week (?:of|in)"
_MANY = rf"{_D}(?:{_LINK}{_SKIP}{_D})"


def week_of(day: int) -> Window:
    """Monday to Sunday around a date."""
    return Window(day - weekday(day) + 1, day - weekday(day) + 7)


def nearest(days: frozenset[int], today: int) -> int:
    """The next date that is one of these days of the week; it may be today."""
    return next(day for day in range(today, today + 7) if weekday(day) in days)


def same(*meant: Token) -> Read:
    """A phrase that always means the same."""
    return lambda m, today: list(meant)


def _days(m: re.Match[str], today: int) -> list[Token]:
    return [Days(frozenset({_number(m[1], _DAY_NAMES)}))]


def _dated(m: re.Match[str], today: int) -> list[Token]:
    """ "Monday 30", where the coming 30th is a Monday; otherwise the number is a time."""
    found = _nth_day(int(m[2]), today)
    return [Dates((found,))] if found and weekday(found) == _number(m[1], _DAY_NAMES) else []


def _number(word: str, names: tuple[str, ...]) -> int:
    return next(n for n, name in enumerate(names, 1) if re.fullmatch(name, word.rstrip(".")))


def _this_day(m: re.Match[str], today: int) -> list[Token]:
    """ "next Friday" is the coming one to some and that of next week to others: both."""
    day = frozenset({_number(m[2], _DAY_NAMES)})
    if m[1] != "next":
        return [Dates((nearest(day, today),))]
    return [Dates(tuple(sorted({nearest(day, today + 1), nearest(day, week_of(today).last + 1)})))]


def _near(m: re.Match[str], today: int) -> list[Token]:
    return [Dates((today + {"today": 0, "tomorrow": 1}.get(m[0], 2),))]


def _week(m: re.Match[str], today: int) -> list[Token]:
    """ "this week" leaves out what is past; said at a weekend, the week that begins on Monday may be meant too."""
    edge, which = (m[1] or "").removeprefix("the "), m[2]
    this, now = week_of(today), which in ("this", "the")
    if which == "the" and not edge:
        return []  # "any day of the week"
    if which == "this" and not edge:
        return [_from(today, this, 7 if weekday(today) >= 6 else 0)]
    whole = this if now else week_of(today + 7)
    if not edge:
        return [whole]
    lo, hi = next(span for begins, span in _EDGES_OF_WEEK.items() if edge.startswith(begins))
    return [_from(today, Window(whole.first + lo, whole.first + hi))]


def _from(today: int, window: Window, more: int = 0) -> Window:
    first = max(window.first, today)
    return Window(first, max(first, window.last + more))


def _weekend(m: re.Match[str], today: int) -> list[Token]:
    this = week_of(today + 7 if m[1] == "next" else today)
    return [Dates((this.last - 1, this.last))]


def _week_after(m: re.Match[str], today: int) -> list[Token]:
    return [week_of(today + 14)]


def _in_weeks(m: re.Match[str], today: int) -> list[Token]:
    n = 1 if m[1] in ("a", "one") else int(m[1])
    return [week_of(today + 7 * n)] if m[2] == "week" else [Dates((today + n,))]


def _next_some(m: re.Match[str], today: int) -> list[Token]:
    n = {"": 2, "few": 3, "couple of": 2}.get(m[1] or "") or int(m[1])
    return [Window(today, today + n * (7 if m[2] == "week" else 1))]


def _month(m: re.Match[str], today: int) -> list[Token]:
    """A month or a third, a half or a week of it."""
    edge, which = re.sub(r"^the |[ -]$", "", m[1]), m[2]
    now = _date(today)
    if which.endswith("month"):
        month = now.month % 12 + 1 if which.startswith("next") else now.month
    else:
        month = _number(which, _MONTH_NAMES)
    year = now.year + (1 if month < now.month else 0)
    first, length = _day(year, month, 1), monthrange(year, month)[1]
    lo, hi = _edge(edge, length)
    return [Window(first + lo, first + hi - 1)] if first + hi > today else []


def _edge(edge: str, length: int) -> tuple[int, int]:
    if "week" in edge:
        n = _ORDINALS[edge.split()[0]]
        return (length - 7, length) if n < 0 else (7 * n, 7 * n + 7)
    if "half" in edge:
        return (0, 15) if edge.startswith("first") else (15, length)
    if edge.startswith(("end", "late")):
        return 20, length
    if edge.startswith("mid"):
        return 10, 20
    return (0, 10) if edge.startswith(("early", "start", "beginning")) else (0, length)


def _dates_month(m: re.Match[str], today: int) -> list[Token]:
    return _listed(m[1], _number(m[2], _MONTH_NAMES), m[3], today)


def _month_dates(m: re.Match[str], today: int) -> list[Token]:
    return _listed(m[2], _number(m[1], _MONTH_NAMES), m[3], today)


def _listed(numbers: str, month: int, year: str | None, today: int) -> list[Token]:
    """ "3-5, 7 and 9" of a month: ranges, then single dates."""
    days = re.findall(rf"(\d+)(?:st|nd|rd|th)?(?:\s*(?:-|to|until|till)\s*{_SKIP}(\d+))?", numbers)
    pairs = [(_next(int(a), month, year, today), _next(int(b or a), month, year, today)) for a, b in days]
    known = [(a, b) for a, b in pairs if a is not None and b is not None and a <= b]
    single = tuple(a for a, b in known if a == b)
    return [*(Window(a, b) for a, b in known if a < b), *([Dates(single)] if single else [])]


def _between_dates(m: re.Match[str], today: int) -> list[Token]:
    return _listed(f"{m[1]}-{m[2]}", _number(m[3], _MONTH_NAMES), m[4], today)


def _iso(m: re.Match[str], today: int) -> list[Token]:
    day = _next(int(m[3]), int(m[2]), m[1], today)
    return [] if day is None else [Dates((day,))]


def _slashed(m: re.Match[str], today: int) -> list[Token]:
    """Day and month in either order: the nearer date, since people talk of the coming weeks."""
    a, b, year = int(m[1]), int(m[2]), m[3]
    both = [_next(a, b, year, today), _next(b, a, year, today)]
    found = [day for day in both if day is not None]
    return [Dates((min(found, key=lambda day: (day < today, day)),))] if found else []


def _dotted(m: re.Match[str], today: int) -> list[Token]:
    day = _next(int(m[1]), int(m[2]), m[3], today)
    return [] if day is None else [Dates((day,))]


def _nth(m: re.Match[str], today: int) -> list[Token]:
    found = _nth_day(int(re.sub(r"\D", "", m[1])), today)
    return [Dates((found,))] if found else []


def _nth_day(n: int, today: int) -> int | None:
    """ "the 5th": of this month or, if it is past, of the next one that has such a day."""
    now = _date(today)
    for ahead in range(4):
        months = now.month - 1 + ahead
        day = _next(n, months % 12 + 1, str(now.year + months // 12), today)
        if day is not None and day >= today:
            return day
    return None


def _next(day: int, month: int, year: str | None, today: int) -> int | None:
    """A date; without a year, the next one. None when there is none."""
    years = [int(year)] if year else range(_date(today).year, _date(today).year + 5)
    for y in years:
        if 1 <= month <= 12 and 1 <= day <= monthrange(y, month)[1]:
            found = _day(y, month, day)
            if year or found >= today:
                return found
    return None


def _day(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - date(1970, 1, 1)).days


def _date(day: int) -> date:
    return date.fromordinal(day + date(1970, 1, 1).toordinal())


# In the order in which they are tried: what says more comes first.
DATE_PHRASES: list[tuple[str, Read]] = [
    (rf"{_SKIP}(20\d\d)-(\d\d)-(\d\d)\b", _iso),
    (rf"between (?:the )?({_D}) and (?:the )?({_D}) (?:of )?({_MON})(?!\w){_YEAR}", _between_dates),
    (rf"{_SKIP}({_MANY}+) ?(?:of )?({_MON})(?!\w| ?\d\d?(?!\d))(?:{_YEAR})", _dates_month),
    (rf"{_SKIP}({_D}) ?(?:of )?({_MON})(?!\w){_YEAR}", _dates_month),
    (rf"{_SKIP}({_MON}) (?:the )?({_MANY}*|{_D}){_YEAR}", _month_dates),
    (rf"{_SKIP}(\d{{1,2}})/(\d{{1,2}})(?:/(20\d\d))?(?![\d/])", _slashed),
    (rf"{_SKIP}(\d{{1,2}})\.(\d{{1,2}})\.(20\d\d)?(?!\d)", _dotted),
    (r"(?:the )?day after tomorrow\b|tomorrow\b|today\b", _near),
    (rf"(this|next|coming|this coming) ({_WD})\b", _this_day),
    (r"(?:the )?(this|next|coming) weekend\b", _weekend),
    (
        rf"(?:the )?(?:({_EDGES}) )?(?:the )?(this|the|next|coming|following) week\b(?! (?:of|after|start|begin|comm))",
        _week,
    ),
    (r"(?:the )?week after(?: next| that)?\b(?! \d)", _week_after),
    (r"in (a|one|\d{1,2}) (day|week)s?'?(?: time)?\b", _in_weeks),
    (r"(?:within |in )?(?:the )?(?:next|coming) (?:(few|couple of|\d{1,2}) )?(day|week)s\b", _next_some),
    (r"within (\d{1,2}) (day|week)s?\b", _next_some),
    (rf"((?:{_NTH_WEEK}|{_EDGES})[ -])(?:the )?({_MON}|next month|this month)(?!\w)", _month),
    (r"()(next month|this month)\b", _month),
    (rf"(?:in|during) ()({_MON})(?!\w)", _month),
    (r"()(january|february|april|june|july|august|september|october|november|december)\b", _month),
    (rf"{_SKIP}(\d{{1,2}}(?:st|nd|rd|th))\b", _nth),
    (rf"({_WD}) (\d\d?)(?![\w:./]| ?-| ?[ap]m)", _dated),
    (rf"({_WD})s?\b", _days),
    (r"(?:weekdays?|(?:work(?:ing)?|business) ?days?|during the week)\b", same(Days(frozenset(range(1, 6))))),
    (r"weekends?\b", same(Days(frozenset({6, 7})))),
    (r"mid-?week\b", same(Days(frozenset({2, 3, 4})))),
]
