"""Arithmetic on time. A time is an `int`: minutes since the epoch, UTC. An interval is half-open, [start, end).

Every list here is sorted and disjoint, and touching intervals are one; only `merged` takes any list at all.
"""

from bisect import bisect_right
from collections.abc import Iterable

Minute = int
Interval = tuple[int, int]


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Any intervals, in any order -> sorted and disjoint; touching ones are joined, empty ones dropped."""
    done: list[Interval] = []
    lo = hi = 0
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if hi > lo and start <= hi:
            hi = max(hi, end)
            continue
        if hi > lo:
            done.append((lo, hi))
        lo, hi = start, end
    if hi > lo:
        done.append((lo, hi))
    return done


def subtract(free: list[Interval], busy: list[Interval]) -> list[Interval]:
    """`free` without `busy`."""
    left: list[Interval] = []
    at = 0
    for start, end in free:
        while at < len(busy) and busy[at][1] <= start:
            at += 1
        n = at
        while n < len(busy) and busy[n][0] < end:
            if busy[n][0] > start:
                left.append((start, busy[n][0]))
            start = busy[n][1]
            n += 1
        if start < end:
            left.append((start, end))
    return left


def intersect(a: list[Interval], b: list[Interval]) -> list[Interval]:
    """The time that is in both lists."""
    both: list[Interval] = []
    i = j = 0
    while i < len(a) and j < len(b):
        lo, hi = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if lo < hi:
            both.append((lo, hi))
        if a[i][1] <= b[j][1]:
            i += 1
        else:
            j += 1
    return both


def clip(intervals: list[Interval], lo: Minute, hi: Minute) -> list[Interval]:
    """What of `intervals` lies in [lo, hi)."""
    return [(max(s, lo), min(e, hi)) for s, e in intervals if s < hi and e > lo and lo < hi]


def covers(intervals: list[Interval], lo: Minute, hi: Minute) -> bool:
    """Whether the whole of [lo, hi) is inside one of `intervals`."""
    at = bisect_right(intervals, lo, key=lambda i: i[0]) - 1
    return at >= 0 and hi <= intervals[at][1]
