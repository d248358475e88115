"""Recurrence rules: the starts of a series inside a window, within a budget (slots.md, section 8, ICS import 6 and 7).

Everything here is wall-clock time without a zone; the caller converts each start on its own. dateutil walks a rule from
its start and can't be stopped while a rule matches nothing, hence the two shifts of `_walk`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dateutil.rrule import rrule, rrulestr

# The calendar repeats every 400 years, weekdays included.
_CYCLE_YEARS, _CYCLE = 400, timedelta(days=146_097)
_LAST_YEAR = 9998
_UNITS = {
    "SECONDLY": timedelta(seconds=1),
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(weeks=1),
}
_FINE = ("SECONDLY", "MINUTELY", "HOURLY")
_LONGEST = 1000


class Unreadable(ValueError):
    """A property that can't be used. The message is the end of the sentence "... can't be read: "."""


class Capped(Exception):
    """A rule was stopped by a cap; its starts so far were given."""


@dataclass(slots=True)
class Budget:
    """What one feed may cost. `instances` and `walked` count down over the whole feed, `per_rule` is for each rule."""

    clock: Callable[[], float]
    deadline: float
    per_rule: int
    instances: int
    walked: int

    def late(self) -> bool:
        """Whether the feed used up its time, its instances or its steps."""
        return self.instances <= 0 or self.walked <= 0 or self.clock() > self.deadline


@dataclass(frozen=True, slots=True)
class Rule:
    """One RRULE or EXRULE. `until` is kept apart, because its zone depends on the start's."""

    parts: dict[str, str]
    until: str
    freq: str
    interval: int


def rule(text: str) -> Rule:
    """Read a rule. Raises Unreadable for what is damaged, endless or not supported."""
    if len(text) > _LONGEST:
        raise Unreadable("its rule is too long")
    parts: dict[str, str] = {}
    for piece in text.strip().strip(";").split(";"):
        name, sign, value = piece.strip().partition("=")
        if not sign or not value:
            raise Unreadable(f"its rule has a damaged part, {piece!r}")
        parts[name.strip().upper()] = value.strip().upper()
    if "RSCALE" in parts or "SKIP" in parts:
        raise Unreadable("its rule follows another calendar (RSCALE), which is not supported")
    until, freq = parts.pop("UNTIL", ""), parts.get("FREQ", "")
    interval = parts.get("INTERVAL", "1")
    if not interval.isascii() or not interval.isdigit() or not 0 < int(interval) < 100_000:
        raise Unreadable(f"its rule has the interval {interval!r}")
    if freq in _FINE and "BYSETPOS" in parts:
        raise Unreadable("its rule picks positions within hours or less, which is not supported")
    return Rule(parts, until, freq, int(interval))


def starts(
    a_rule: Rule, first: datetime, until: datetime | None, lo: datetime, hi: datetime, budget: Budget
) -> Iterator[datetime]:
    """The starts in [lo, hi] of a series that begins at `first`, in order; `until` is inclusive.

    Raises Unreadable for a rule that makes no sense, Capped when the budget is used up.
    """
    end = hi if until is None else min(until, hi)
    if first > end:
        return
    given = 0
    for start in _walk(a_rule, first, lo, hi):
        budget.walked -= 1
        if start > end:
            return
        if budget.walked % 256 == 0 and budget.late():
            raise Capped
        if start < lo:
            continue
        given += 1
        budget.instances -= 1
        yield start
        if given >= budget.per_rule or budget.instances <= 0:
            raise Capped


def _walk(a_rule: Rule, first: datetime, lo: datetime, hi: datetime) -> Iterator[datetime]:
    """Starts from shortly before `lo` on. Near the last year that datetime knows, a rule without matches ends soon."""
    begin = first if "COUNT" in a_rule.parts else _forward(a_rule, first, lo)
    shift = max((_LAST_YEAR - hi.year) // _CYCLE_YEARS, 0) * _CYCLE
    text = ";".join(f"{k}={v}" for k, v in a_rule.parts.items())
    try:
        made = rrulestr(text, dtstart=begin + shift)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as e:
        raise Unreadable(f"its rule makes no sense ({e})") from None
    if not isinstance(made, rrule):
        raise Unreadable("its rule makes no sense")
    for start in made:
        yield start - shift


def _forward(a_rule: Rule, first: datetime, lo: datetime) -> datetime:
    """`first` moved on by whole periods to shortly before `lo`, so that a rule of many years ago is not walked."""
    if first >= lo:
        return first
    if unit := _UNITS.get(a_rule.freq):
        step = unit * a_rule.interval
        return first + max((lo - first) // step - 1, 0) * step
    years = lo.year - first.year
    if a_rule.freq == "YEARLY" and (first.month, first.day) != (2, 29):
        return first.replace(year=first.year + max(years // a_rule.interval - 1, 0) * a_rule.interval)
    if a_rule.freq == "MONTHLY" and first.day <= 28:
        months = years * 12 + lo.month - first.month
        at = first.month - 1 + max(months // a_rule.interval - 1, 0) * a_rule.interval
        return first.replace(year=first.year + at // 12, month=at % 12 + 1)
    return first
