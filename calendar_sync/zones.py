"""The edge between wall time and minutes: the only place that knows zone rules (slots.md, rules 1 to 4).

A day is an `int`: days since 1970-01-01. A wall time is an `int` too: day x 1440 + minute of the day, as a clock on that
wall shows it. Offsets are whole minutes east of UTC.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from calendar_sync.intervals import Minute

DAY = 1440
_BLOCK = 64 * DAY  # offsets are looked up once per zone and block
_REACH = 16 * 60  # more than any zone is away from UTC
_EPOCH = date(1970, 1, 1).toordinal()
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = ((date(year, 1, 1).toordinal() - _EPOCH) * DAY for year in (2, 9998))  # datetime ends soon after
_PROBE = 4 * DAY  # since 1995 no zone has kept an offset for less than a week


class ConfigProblem(ValueError):
    """A setting that can't be what was meant. `code` is for programs; `say` names who and what, and a remedy."""

    def __init__(self, code: str, say: str) -> None:
        super().__init__(say)
        self.code = code
        self.say = say


class Zone:
    """One IANA zone as pieces of constant offset. Make it with `zone`, which keeps one of each."""

    def __init__(self, name: str, info: ZoneInfo) -> None:
        self.name = name
        self._info = info
        self._blocks: dict[int, list[tuple[Minute, int]]] = {}
        self._calm: dict[int, int | None] = {}

    def offset(self, at: Minute) -> int:
        """Minutes east of UTC in force at the instant `at`."""
        block = self._block(at // _BLOCK)
        return block[bisect_right(block, at, key=lambda p: p[0]) - 1][1]

    def pieces(self, lo: Minute, hi: Minute) -> list[tuple[Minute, Minute, int]]:
        """[lo, hi) as (start, end, offset), one for each time the offset changes."""
        begun: list[tuple[Minute, int]] = []
        for n in range(lo // _BLOCK, (hi - 1) // _BLOCK + 1):
            for since, offset in self._block(n):  # a block begins with the offset that the one before ends with
                if since < hi and (not begun or offset != begun[-1][1]):
                    begun.append((since, offset))
        ends = [p[0] for p in begun[1:]] + [hi]
        return [(max(lo, s), e, o) for (s, o), e in zip(begun, ends, strict=True) if e > lo]

    def start_of(self, wall: int) -> Minute:
        """The instant at which something that starts at `wall` starts: moved on by a gap, the first pass of a fold."""
        return self._instant(wall, first=True)

    def end_of(self, wall: int) -> Minute:
        """The instant at which something that ends at `wall` ends: moved on by a gap, the second pass of a fold."""
        return self._instant(wall, first=False)

    def first(self, day: int) -> Minute:
        """The first instant of a date (of the next one that exists, where a zone skipped the whole date)."""
        calm = self.calm(day)
        if calm is not None:
            return day * DAY - calm
        pieces = self._around(day * DAY)
        return next(max(s, day * DAY - o) for s, e, o in pieces if day * DAY - o < e)

    def date_of(self, at: Minute) -> int:
        """The local date of an instant."""
        return (at + self.offset(at)) // DAY

    def calm(self, day: int) -> int | None:
        """The one offset in force throughout this date and a day on both sides; None where it changes."""
        if day not in self._calm:
            for n, offset in enumerate(self._calms(day - 4, day + 68), day - 4):
                self._calm[n] = offset
        return self._calm[day]

    def _calms(self, first: int, last: int) -> list[int | None]:
        """`calm` for the days from `first` to before `last`, in one pass."""
        found: list[int | None] = []
        for lo, hi, offset in self.pieces((first - 1) * DAY, (last + 1) * DAY):
            start = -(-lo // DAY) + 1  # the first day whose day before is wholly in this piece
            found += [None] * (start - first - len(found))
            found += [offset] * (hi // DAY - 1 - start)
        return found + [None] * (last - first - len(found))

    def _instant(self, wall: int, *, first: bool) -> Minute:
        pieces = self._around(wall)
        hits = [wall - o for s, e, o in pieces if s <= wall - o < e]
        if hits:
            return min(hits) if first else max(hits)
        return max(wall - o for _, e, o in pieces if wall - o >= e)  # in a gap: what the clock before it would say

    def _around(self, wall: int) -> list[tuple[Minute, Minute, int]]:
        return self.pieces(wall - _REACH, wall + _REACH)

    def _block(self, n: int) -> list[tuple[Minute, int]]:
        if n not in self._blocks:
            self._blocks[n] = self._changes(n * _BLOCK, (n + 1) * _BLOCK)
        return self._blocks[n]

    def _changes(self, lo: Minute, hi: Minute) -> list[tuple[Minute, int]]:
        """(since when, offset), probed every few days and then halved down to the minute."""
        offset = self._probe(lo)
        found = [(lo, offset)]
        for right in range(lo + _PROBE, hi + 1, _PROBE):
            if self._probe(right) == offset:
                continue
            left = right - _PROBE
            while right - left > 1:
                middle = (left + right) // 2
                left, right = (middle, right) if self._probe(middle) == offset else (left, middle)
            offset = self._probe(right)
            if right < hi:
                found.append((right, offset))
        return found

    def _probe(self, at: Minute) -> int:
        at = min(max(at, _FIRST), _LAST)
        offset = (_ZERO + timedelta(minutes=at)).astimezone(self._info).utcoffset() or timedelta()
        return int(offset.total_seconds() // 60)


@cache
def zone(name: str) -> Zone:
    """The zone of an IANA name. Raises ConfigProblem for a name that is none."""
    try:
        return Zone(name, ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigProblem(
            "unknown_zone", f'There is no time zone "{name}". Write one such as Europe/Berlin or America/New_York.'
        ) from None


def day_of(iso: str) -> int:
    """ "2027-01-11" as a day. Raises ConfigProblem."""
    try:
        return date.fromisoformat(iso).toordinal() - _EPOCH
    except ValueError:
        raise ConfigProblem("bad_date", f'"{iso}" is no date. Write it as 2027-01-11.') from None


def date_text(day: int) -> str:
    """A day as "2027-01-11"."""
    return date.fromordinal(day + _EPOCH).isoformat()


def weekday(day: int) -> int:
    """1 = Monday to 7 = Sunday."""
    return (day + 3) % 7 + 1


def week(day: int, first: int = 1) -> int:
    """The number of the week a day is in, weeks beginning on weekday `first`."""
    return (day + 4 - first) // 7
