"""The calendar inside Parley: its busy time is the bookings, and nothing comes from outside."""

from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.builtin import Builtin
from calendar_sync.calendar import Busy, Calendar, Event
from calendar_sync.intervals import Interval, Minute

intervals = st.tuples(st.integers(0, 300), st.integers(1, 60)).map(lambda p: (p[0], p[0] + p[1]))


class Book:
    """Bookings in memory, for everybody."""

    def __init__(self, kept: dict[str, list[Interval]]) -> None:
        self.kept = kept

    async def booked(self, interviewer: str, lo: Minute, hi: Minute) -> list[Interval]:
        return [(s, e) for s, e in self.kept.get(interviewer, []) if s < hi and e > lo]


async def test_busy_is_what_this_person_is_booked_for() -> None:
    calendar: Calendar = Builtin("ada", Book({"ada": [(500, 560), (90, 150)], "ben": [(0, 1000)]}))
    assert await calendar.busy(100, 600) == Busy("ok", [(100, 150), (500, 560)], [])
    assert await calendar.busy(150, 500) == Busy("ok", [], [])


@given(st.lists(intervals, max_size=12), st.integers(0, 300), st.integers(1, 120))
async def test_every_minute_is_taken_exactly_when_a_booking_has_it(kept: list[Interval], lo: int, length: int) -> None:
    busy = await Builtin("ada", Book({"ada": kept})).busy(lo, lo + length)
    taken = {m for s, e in busy.intervals for m in range(s, e)}
    assert taken == {m for m in range(lo, lo + length) if any(s <= m < e for s, e in kept)}
    assert all(a[1] < b[0] for a, b in zip(busy.intervals, busy.intervals[1:], strict=False))


async def test_writing_succeeds_and_nothing_ever_comes_from_outside() -> None:
    book = Book({"ada": [(60, 120)]})
    calendar: Calendar = Builtin("ada", book)
    event = Event("b1", 2, 60, 120, "Europe/Berlin", "Interview")
    assert await calendar.put(event) == await calendar.put(event)
    await calendar.remove("b1")
    await calendar.remove("b1")
    first = await calendar.changes("")
    assert first.events == []
    assert await calendar.changes(first.token) == first
    assert book.kept == {"ada": [(60, 120)]}
