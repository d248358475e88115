"""Interval arithmetic, against sets of minutes."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.intervals import Interval, clip, covers, intersect, merged, subtract

times = st.integers(0, 60)
anything = st.lists(st.tuples(times, times), max_size=8)


def minutes(intervals: list[Interval]) -> set[int]:
    return {m for s, e in intervals for m in range(s, e)}


def neat(intervals: list[Interval]) -> bool:
    return all(s < e for s, e in intervals) and all(a[1] < b[0] for a, b in itertools.pairwise(intervals))


@given(anything)
def test_merged_keeps_every_minute_and_is_neat(found: list[Interval]):
    assert neat(merged(found))
    assert minutes(merged(found)) == minutes(found)


@given(anything, anything)
def test_subtract_and_intersect(a: list[Interval], b: list[Interval]):
    a, b = merged(a), merged(b)
    for found, wanted in ((subtract(a, b), minutes(a) - minutes(b)), (intersect(a, b), minutes(a) & minutes(b))):
        assert minutes(found) == wanted
        assert neat(found)


@given(anything, times, times)
def test_clip_and_covers(a: list[Interval], lo: int, hi: int):
    a = merged(a)
    assert minutes(clip(a, lo, hi)) == minutes(a) & set(range(lo, hi))
    if lo < hi:
        assert covers(a, lo, hi) is (set(range(lo, hi)) <= minutes(a))
