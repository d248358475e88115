"""A calendar of 1.6 MB read for the next 60 days, beside the usual libraries on a tenth of it."""

from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import common
import icalendar
import recurring_ical_events

from calendar_sync.ics import Feed, Reader, busy_of, import_feed

EVENTS = 4_800
TENTH = EVENTS // 10
ROUNDS = 5
FIRST, TODAY = date(2014, 3, 3), date(2026, 3, 2)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")
LO, HI = (int(datetime.combine(TODAY + timedelta(days=d), datetime.min.time(), UTC).timestamp()) // 60 for d in (0, 60))
READER = Reader(ZoneInfo("Europe/Berlin"))


def main() -> None:
    whole, tenth = calendar(EVENTS), calendar(TENTH)
    _theirs(calendar(TENTH // 10))  # both sides start warm
    import_feed(calendar(TENTH // 10), LO, HI, READER)
    theirs_before = _plain(tenth)
    took: list[float] = []
    for _ in range(ROUNDS):
        at = perf_counter()
        feed = import_feed(whole, LO, HI, READER)
        busy_of(feed, LO, HI, READER)
        took.append((perf_counter() - at) * 1000)
    theirs_after = _plain(tenth)
    _same(import_feed(tenth, LO, HI, READER), tenth)
    ms = sorted(took)[ROUNDS // 2]
    base = [t * (EVENTS / TENTH) for t in (theirs_before, theirs_after)]
    noisy = max(base) > (1 + common.MOST_NOISE) * min(base)
    common.context(
        "ics_large", bytes=len(whole), events=EVENTS, found=len(feed.instances), rounds=took, baseline_runs=base
    )
    baseline = "icalendar + recurring-ical-events on a tenth of it, times ten, ms"
    aim = "under 300 ms"
    common.Figure("ics_large", ms, "ms per re-sync", baseline, sum(base) / 2, aim, ms < 300, noisy).print()


def calendar(events: int) -> bytes:
    """Twelve years of that many meetings. One in forty repeats, one in a hundred lasts whole days."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Parley//bench//EN"]
    span = (TODAY - FIRST).days + 120
    for n in range(events):
        day = FIRST + timedelta(days=n * span // events)
        lines += _event(n, day)
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _event(n: int, day: date) -> list[str]:
    zone, hour = ZONES[n % 3], 8 + n % 9
    times = [f"DTSTART;TZID={zone}:{day:%Y%m%d}T{hour:02}0000", f"DTEND;TZID={zone}:{day:%Y%m%d}T{hour:02}3000"]
    if n % 100 == 50:
        times = [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=2):%Y%m%d}"]
    if n % 40 == 20:
        times.append(("RRULE:FREQ=WEEKLY", "RRULE:FREQ=WEEKLY;INTERVAL=2", "RRULE:FREQ=MONTHLY")[n // 40 % 3])
    return [
        *("BEGIN:VEVENT", f"UID:{n:08}-meeting@example.org", f"DTSTAMP:{day:%Y%m%d}T070000Z", *times),
        f"SUMMARY:Meeting {n} about the plans of the quarter",
        *("ORGANIZER:mailto:ada@example.org", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ben@example.org"),
        *("SEQUENCE:0", "STATUS:CONFIRMED", "TRANSP:OPAQUE", "END:VEVENT"),
    ]


def _plain(data: bytes) -> float:
    """Milliseconds that the libraries take for the same window."""
    at = perf_counter()
    _theirs(data)
    return (perf_counter() - at) * 1000


def _theirs(data: bytes) -> list[int]:
    lo, hi = (datetime.fromtimestamp(m * 60, UTC) for m in (LO, HI))
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between(lo, hi)
    return sorted(int(e.start.timestamp()) for e in found if isinstance(e.start, datetime))


def _same(feed: Feed, data: bytes) -> None:
    """Fast and wrong would be no result: the timed occurrences must be theirs."""
    ours = sorted(i.start for i in feed.instances if not i.all_day)
    if not ours or ours != _theirs(data):
        raise SystemExit("ics_large: the two ways of reading the calendar disagree")


if __name__ == "__main__":
    main()
