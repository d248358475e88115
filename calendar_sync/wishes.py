"""What a candidate writes when none of the times suit: "weekday mornings", "next week except Wednesday", "Fri after 3pm".

English only. What can't be understood is left out, so a wish is always shown as it was understood (`Wish.said`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from calendar_sync import when
from calendar_sync.intervals import Interval, Minute, clip, merged, subtract
from calendar_sync.wish_reading import Item, Reader
from calendar_sync.wish_tokens import FOREVER, Dates, Days, Part, Window
from calendar_sync.wish_words import PARTS, tokens
from calendar_sync.zones import DAY, weekday, zone

_NAMED = {PARTS[name]: name for name in ("morning", "afternoon", "evening", "night")}


@dataclass(frozen=True, slots=True)
class Choice:
    """Days and the parts of them. Nothing of a kind means all of that kind.

    A date is chosen when it is one of `dates`, or a weekday of `days` within one of `windows`.
    """

    days: frozenset[int] = frozenset()
    windows: tuple[Window, ...] = ()
    dates: frozenset[int] = frozenset()
    parts: tuple[Interval, ...] = ()

    def has(self, day: int) -> bool:
        if day in self.dates:
            return True
        if self.dates and not self.days and not self.windows:
            return False
        inside = not self.windows or any(w.first <= day <= w.last for w in self.windows)
        return inside and (not self.days or weekday(day) in self.days)

    def said(self, joined: str = "and") -> str:
        """ "mornings, Monday to Friday". `joined`: the word between several of a kind."""
        many = not self.dates or bool(self.days or self.windows)
        parts = _listed((_part_said(a, b, many) for a, b in self.parts), joined)
        return ", ".join(text for text in (parts, self._days_said(joined)) if text) or "any time"

    def _days_said(self, joined: str) -> str:
        within = _listed((_window_said(w, joined) for w in self.windows), joined)
        regular = _weekdays_said(self.days, joined)
        if regular and within:
            regular += f" in {within}" if within.startswith("the ") else f", {within}"
        return _listed((regular or within, *(when.long_day(d) for d in sorted(self.dates))), "or")


@dataclass(frozen=True, slots=True)
class Wish:
    """Any of `take`, and none of `leave`, on the dates and the clock of `zone`."""

    zone: str
    take: tuple[Choice, ...]
    leave: tuple[Choice, ...] = ()

    def intervals(self, lo: Minute, hi: Minute) -> list[Interval]:
        """The times in [lo, hi) that are wished for: sorted and disjoint."""
        if hi <= lo:
            return []
        wanted = merged(i for choice in self.take for i in self._times(choice, lo, hi))
        unwanted = merged(i for choice in self.leave for i in self._times(choice, lo, hi))
        return clip(subtract(wanted, unwanted), lo, hi)

    @property
    def said(self) -> str:
        """How it was understood: "mornings, Monday to Friday"; "any time, but not Wednesday"."""
        text = "; or ".join(choice.said() for choice in self.take)
        return f"{text}, but not {', and not '.join(c.said('or') for c in self.leave)}" if self.leave else text

    def _times(self, choice: Choice, lo: Minute, hi: Minute) -> list[Interval]:
        here = zone(self.zone)
        found: list[Interval] = []
        for day in range(here.date_of(lo), here.date_of(hi) + 1):
            if choice.has(day):
                for start, end in choice.parts or ((0, DAY),):
                    last = here.first(day + 1) if end == DAY else here.end_of(day * DAY + end)
                    found.append((here.start_of(day * DAY + start), last))
        return found


def read(text: str, zone: str, today: int) -> Wish | None:
    """A wish as somebody in `zone` wrote it on the date `today`; None when nothing in it is about time."""
    reader = Reader(tokens(text, today), today)
    reader.run()
    take = tuple(c for c in map(_choice, reader.take) if c is not None)
    leave = tuple(dict.fromkeys(c for c in map(_choice, reader.leave) if c is not None))
    if not take and not leave and not reader.anything:
        return None
    return Wish(zone, tuple(dict.fromkeys(take)) or (Choice(),), leave)


def _choice(items: list[Item]) -> Choice | None:
    if not items:
        return None
    parts: list[Interval] = []
    for item in items:
        if isinstance(item, Part):
            parts = _joined(parts, item)
    return Choice(
        frozenset(d for i in items if isinstance(i, Days) for d in i.of),
        _windows([i for i in items if isinstance(i, Window)]),
        frozenset(d for i in items if isinstance(i, Dates) for d in i.of),
        tuple(merged(parts)),
    )


def _joined(parts: list[Interval], more: Part) -> list[Interval]:
    """ "after 10 and before 16" is one part, "mornings between 9 and 11" too; "before 10 or after 16" are two."""
    narrows = more.bound or (parts[-1:] and parts[-1] in _NAMED and (more.start, more.end) not in _NAMED)
    if narrows and (common := clip(parts, more.start, more.end)):
        return common
    return [*parts, (more.start, more.end)]


def _windows(windows: list[Window]) -> tuple[Window, ...]:
    """ "after 3 December" and "before the 10th" are one window; "this week" and "next week" are both."""
    done: list[Window] = []
    for w in windows:
        if done and (abs(w.first) == FOREVER or abs(w.last) == FOREVER):
            lo, hi = max(done[-1].first, w.first), min(done[-1].last, w.last)
            if lo <= hi:
                done[-1] = Window(lo, hi)
                continue
        done.append(w)
    return tuple(dict.fromkeys(done))


def _part_said(start: int, end: int, many: bool) -> str:
    if (start, end) in _NAMED:
        return _NAMED[start, end] + ("s" if many else "")
    if end == DAY:
        return f"after {when.wall(start)}"
    return f"{when.wall(start)} to {when.wall(end)}" if start else f"before {when.wall(end)}"


def _weekdays_said(days: frozenset[int], joined: str) -> str:
    if len(days) == 7:
        return "every day"
    begins = [d for d in sorted(days) if (d - 2) % 7 + 1 not in days]
    if len(days) > 2 and len(begins) == 1:
        return f"{when.WEEKDAYS[begins[0] - 1]} to {when.WEEKDAYS[(begins[0] + len(days) - 2) % 7]}"
    return _listed((when.WEEKDAYS[d - 1] for d in sorted(days)), joined)


def _window_said(w: Window, joined: str) -> str:
    if w.last == FOREVER:
        return f"from {when.day_span(w.first, w.first)}"
    if w.first == -FOREVER:  # "not until the 3rd" would mean something else
        return (
            f"before {when.day_span(w.last + 1, w.last + 1)}"
            if joined == "or"
            else f"until {when.day_span(w.last, w.last)}"
        )
    if weekday(w.first) == 1 and w.last == w.first + 6:
        return f"the week of {when.day_span(w.first, w.first)}"
    return when.day_span(w.first, w.last)


def _listed(texts: Iterable[str], joined: str) -> str:
    *most, last = [t for t in texts if t] or [""]
    return f"{', '.join(most)} {joined} {last}" if most else last
