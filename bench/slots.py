"""How long it takes to find every time: from nothing, and from kept availability, beside a plain merge of intervals.

Monday to Friday from 9 to 17 in five zones, ten events a day in each calendar, half an hour, any one of the people, 60
days with both spring changes in them. "Cold" begins with empty caches: zones, hours and grid are worked out anew.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import common

from calendar_sync.bits import grid
from calendar_sync.facts import Ask, Interviewer, Session
from calendar_sync.hours import read_hours, working
from calendar_sync.kept import Kept
from calendar_sync.slots import find
from calendar_sync.zones import day_of, zone

NAMES = ("slots_cold_1x60", "slots_kept_100x60", "slots_cold_100x60")
ZONES = ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "America/Los_Angeles", "Europe/London")
DAYS, LENGTH, STEP = 60, 30, 30
FIRST = day_of("2027-03-01")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BASELINE = "a plain merge of sorted intervals in Python, ms"


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of each round, ours and the baseline's in turns, so that both meet the same machine."""

    ours: list[float]
    plain: list[float]


def people(number: int) -> tuple[Interviewer, ...]:
    """Interviewers with full calendars, the same ones in every run."""
    dice = random.Random(4)
    week = [{"days": [1, 2, 3, 4, 5], "from": "09:00", "to": "17:00"}]
    crew: list[Interviewer] = []
    for n in range(number):
        starts = [(FIRST + day) * 1440 + dice.randrange(0, 288) * 5 for day in range(DAYS) for _ in range(10)]
        busy = tuple((s, s + dice.choice((15, 30, 45, 60))) for s in starts)
        crew.append(Interviewer(f"p{n}", read_hours(f"p{n}", ZONES[n % 5], week), busy))
    return tuple(crew)


def ask(number: int) -> Ask:
    lo = FIRST * 1440
    return Ask(Session("Europe/Berlin", LENGTH, STEP), people(number), lo * 60_000, (lo, lo + DAYS * 1440), "any")


def plain(asked: Ask) -> list[int]:
    """What a careful programmer would write: hours by zoneinfo, sort and merge what is taken, walk the gaps."""
    lo, hi = asked.window
    there, found = ZoneInfo(asked.session.zone), set[int]()
    shift = {day: _offset(there, (FIRST + day) * 1440 + 720) for day in range(-1, DAYS + 1)}
    for person in asked.interviewers:
        taken = merge(sorted(person.busy))
        at = 0
        for start, end in _hours(person.hours.zone, lo, hi):
            while at < len(taken) and taken[at][1] <= start:
                at += 1
            n = at
            while start < end:
                stop = taken[n][0] if n < len(taken) and taken[n][0] < end else end
                local = start + shift[start // 1440 - FIRST]
                found.update(range(start - local % -STEP, stop - LENGTH + 1, STEP))
                start, n = (taken[n][1], n + 1) if stop < end else (end, n)
    return sorted(found)


def merge(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]:
    done = [intervals[0]]
    for start, end in intervals:
        if start <= done[-1][1]:
            done[-1] = (done[-1][0], max(done[-1][1], end))
        else:
            done.append((start, end))
    return done


def _hours(name: str, lo: int, hi: int) -> list[tuple[int, int]]:
    there, found = ZoneInfo(name), list[tuple[int, int]]()
    for day in range(-1, DAYS + 1):
        date = EPOCH.replace(tzinfo=None) + timedelta(days=FIRST + day)
        if date.weekday() < 5:
            nine, five = (date.replace(hour=h, tzinfo=there).timestamp() // 60 for h in (9, 17))
            found.append((max(lo, int(nine)), min(hi, int(five))))
    return [(s, e) for s, e in found if s < e]


def _offset(there: ZoneInfo, at: int) -> int:
    return int((EPOCH + timedelta(minutes=at)).astimezone(there).utcoffset().total_seconds() // 60)  # pyright: ignore


def cold(asked: Ask) -> list[int]:
    for cached in (working, grid, zone):
        cached.cache_clear()
    return find(asked).starts


def measure(rounds: int, ours: Callable[[], list[int]], theirs: Callable[[], list[int]]) -> Times:
    """Raises SystemExit where the two do not find the same times: then a figure would mean nothing."""
    found = ours()
    if not found or found != theirs():
        raise SystemExit("The engine and the plain merge did not find the same times.")
    times = Times([], [])
    for _ in range(rounds):
        for kept, run in ((times.ours, ours), (times.plain, theirs)):
            at = perf_counter()
            run()
            kept.append(perf_counter() - at)
    return times


def report(name: str, times: Times, aim: float, **facts: object) -> None:
    ms, base = common.percentile(times.ours, 50) * 1000, common.percentile(times.plain, 50) * 1000
    half = len(times.plain) // 2
    early, late = common.percentile(times.plain[:half], 50), common.percentile(times.plain[half:], 50)
    noisy = max(early, late) > (1 + common.MOST_NOISE) * min(early, late)
    common.context(name, p99_ms=common.percentile(times.ours, 99) * 1000, rounds=len(times.ours), **facts)
    common.Figure(name, ms, "ms", BASELINE, base, f"under {aim:g} ms", ms < aim, noisy).print()


def main(chosen: set[str]) -> None:
    if "slots_cold_1x60" in chosen:
        one = ask(1)
        report("slots_cold_1x60", measure(200, lambda: cold(one), lambda: plain(one)), 1, starts=len(find(one).starts))
    if not chosen & {"slots_kept_100x60", "slots_cold_100x60"}:
        return
    many = ask(100)
    if "slots_kept_100x60" in chosen:
        kept = Kept(FIRST)
        at = perf_counter()
        for person in many.interviewers:
            kept.put(person)
        kept.find(many)
        built, starts = (perf_counter() - at) * 1000, len(kept.find(many).starts)
        times = measure(100, lambda: kept.find(many).starts, lambda: plain(many))
        report("slots_kept_100x60", times, 2, starts=starts, built_once_ms=built)
    if "slots_cold_100x60" in chosen:
        times = measure(30, lambda: cold(many), lambda: plain(many))
        report("slots_cold_100x60", times, 50, starts=len(find(many).starts))


if __name__ == "__main__":
    main(set(NAMES))
