"""Random questions about slots, and a slow, plain answer to them: every minute by itself, with the library's zones."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from calendar_sync.facts import Ask, Booking, BookingWindow, Hold, Interviewer, Limits, Session
from calendar_sync.hours import Hours, read_hours

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = [
    *["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "America/Havana"],
    *["Africa/Cairo", "Antarctica/Troll", "America/Santiago", "Asia/Beirut", "Atlantic/Azores", "Asia/Kolkata"],
]
# Around every change of these zones from autumn 2026 to spring 2027, and one quiet week.
MONDAYS = [
    "2026-09-07",
    "2026-09-28",
    "2026-10-26",
    "2026-11-02",
    "2027-03-15",
    "2027-03-29",
    "2027-04-05",
    "2027-04-26",
]
LENGTH = 2 * 1440
TIMES = [f"{n // 60:02}:{n % 60:02}" for n in range(0, 1440, 15)]


def minute(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp()) // 60


@st.composite
def sessions(draw: st.DrawFn, five: bool = False) -> Session:
    lengths = [15, 30, 45, 60] if five else [7, 15, 25, 30, 60]
    buffers = st.sampled_from([0, 0, 10, 15] if five else [0, 0, 10, 13])
    least = st.none() | st.integers(1, 2)
    limits = Limits(draw(least), draw(least), draw(st.sampled_from([None, 45, 90])), draw(st.sampled_from([None, 120])))
    return Session(
        zone=draw(st.sampled_from(ZONES)),
        duration=draw(st.sampled_from(lengths)),
        step=draw(st.sampled_from([5, 15, 30, 50] if five else [7, 15, 30, 50])),
        offset=draw(st.sampled_from([0, 5, 10] if five else [0, 5, 3])),
        notice=draw(st.sampled_from([0, 90])),
        before=draw(buffers),
        after=draw(buffers),
        limits=draw(st.sampled_from([Limits(), Limits(), limits])),
        week_start=draw(st.sampled_from([1, 7])),
        need=draw(st.sampled_from([(), (), (("a", 2),), (("a", 0), ("b", 1))])),
    )


@st.composite
def hours(draw: st.DrawFn, monday: str) -> Hours:
    first = date.fromisoformat(monday) - timedelta(days=2)
    weekly: list[dict[str, object]] = []
    for _ in range(draw(st.integers(1, 2))):
        a, b = sorted(draw(st.lists(st.sampled_from(TIMES), min_size=2, max_size=2, unique=True)))
        turn = draw(st.sampled_from([(a, b), (a, "24:00"), (b, f"{a}+1"), ("00:00", "23:59"), ("00:00", "24:00")]))
        weekly.append({"days": [6, 7, 1], "from": turn[0], "to": turn[1]})
    day = str(first + timedelta(days=draw(st.integers(0, 3))))
    overrides = draw(st.sampled_from([[], [], [{"date": day, "intervals": [["01:00", "03:30"]]}]]))
    return read_hours(
        "Ada", draw(st.sampled_from(ZONES)), weekly, overrides, draw(st.sampled_from([[], [], [str(first)]]))
    )


@st.composite
def asks(draw: st.DrawFn, five: bool = False) -> Ask:
    monday = draw(st.sampled_from(MONDAYS))
    lo = minute(f"{monday}T00:00Z") - 1440 - 300
    when, length = st.integers(lo - 2000, lo + LENGTH), st.sampled_from([5, 30, 61])

    def ids() -> st.SearchStrategy[frozenset[str] | None]:
        return st.none() | st.frozensets(st.sampled_from("0123"))

    people: list[Interviewer] = []
    for n in range(draw(st.integers(1, 4))):
        events = [(s, s + draw(length)) for s in draw(st.lists(when, max_size=3))]
        own = [
            Booking(
                s, s + draw(length), draw(st.sampled_from(["accepted", "accepted", "pending"])), b, a, c, f"b{n}{s}"
            )
            for s, b, a, c in draw(
                st.lists(st.tuples(when, st.sampled_from([0, 20]), st.sampled_from([0, 20]), st.booleans()), max_size=2)
            )
        ]
        known, fixed = draw(st.sampled_from([True] * 7 + [False])), draw(st.booleans())
        group = draw(st.sampled_from(["a", "a", "b"]))
        crew = Interviewer(str(n), draw(hours(monday)), tuple(events), tuple(own), None, known, fixed, group)
        people.append(crew)
    now = lo * 60_000 + draw(st.sampled_from([-(10**8), 1, 7_200_000, 7_200_001]))
    holds = [
        Hold(
            s, s + draw(length), draw(st.sampled_from(["me", "you"])), now + draw(st.sampled_from([0, 1])), draw(ids())
        )
        for s in draw(st.lists(when, max_size=2))
    ]
    day = (lo + 1440) // 1440
    rules = [
        None,
        BookingWindow("rolling_days", 1),
        BookingWindow("rolling_bookable_days", 1, True, zone="Asia/Kolkata"),
    ]
    return Ask(
        draw(sessions(five)),
        tuple(people),
        now,
        (lo, lo + LENGTH),
        "single" if len(people) == 1 else draw(st.sampled_from(["any", "all", "groups"])),
        tuple(holds),
        "me",
        draw(st.sampled_from([*rules, BookingWindow("date_range", 0, False, day, day)])),
    )


# ---- the slow answer


def local(at: int, zone: str) -> datetime:
    return (EPOCH + timedelta(minutes=at)).astimezone(ZoneInfo(zone))


def brute(ask: Ask) -> list[int]:
    """Every start, found by looking at each minute of the window."""
    lo, hi = ask.window
    session = ask.session
    free = {p.id: work_minutes(p.hours, lo, hi) for p in ask.interviewers}
    starts = [
        t
        for t in range(lo, hi - session.duration + 1)
        if (local(t, session.zone).hour * 60 + local(t, session.zone).minute - session.offset) % session.step == 0
        and t * 60_000 >= ask.now + session.notice * 60_000
        and _enough(ask, {p.id for p in ask.interviewers if _can(ask, p, t, free[p.id])})
    ]
    return _on_dates(ask, starts)


def work_minutes(hours: Hours, lo: int, hi: int) -> set[int]:
    there, found = ZoneInfo(hours.zone), set[int]()
    first = (EPOCH + timedelta(minutes=lo)).date() - timedelta(days=3)
    for n in range((hi - lo) // 1440 + 7):
        day = first + timedelta(days=n)
        number = (day - EPOCH.date()).days
        if number in hours.away:
            continue
        parts = dict(hours.dates).get(number)
        if parts is None:
            parts = (*hours.week[day.weekday()], *dict(hours.after).get(number, ()))
        for a, b in parts:
            start = datetime.combine(day, time(a // 60, a % 60), there)
            begins = _instant(start, start.replace(fold=0).utcoffset())
            if b == 1440:
                next_day = str(day + timedelta(days=1))
                noon = int(datetime.combine(day, time(12), there).timestamp()) // 60
                ends = next(t for t in range(noon, noon + 2000) if str(local(t, hours.zone).date()) == next_day)
            else:
                end = datetime.combine(day, time(b // 60, b % 60), there)
                ends = _instant(end, min(end.replace(fold=f).utcoffset() or timedelta() for f in (0, 1)))
            found |= set(range(begins, ends))
    return found & set(range(lo, hi))


def _instant(wall: datetime, offset: timedelta | None) -> int:
    return int((wall.replace(tzinfo=UTC) - (offset or timedelta())).timestamp()) // 60


def _can(ask: Ask, p: Interviewer, t: int, free: set[int]) -> bool:
    s = ask.session
    end = t + s.duration
    if not p.known or not all(m in free for m in range(t, end)):
        return False
    if any(t - s.before < e and b < end + s.after for b, e in p.busy):
        return False
    holds = [h for h in ask.holds if h.release_at > ask.now and h.by != ask.requester]
    holds = [h for h in holds if h.interviewers is None or p.id in h.interviewers]
    own = [b for b in p.bookings if b.status == "accepted"]
    for b in [*own, *holds]:
        if not (t - b.end >= max(b.after, s.before) or b.start - end >= max(b.before, s.after)):
            return False
    return _within_limits(ask, p, t, [b for b in own if b.counts], holds)


def _within_limits(ask: Ask, p: Interviewer, t: int, own: list[Booking], holds: list[Hold]) -> bool:
    s, numbers, minutes = ask.session, Counter[object](), Counter[object]()

    def keys(at: int) -> tuple[date, date]:
        day = local(at, p.hours.zone).date()
        return day, day - timedelta(days=(day.isoweekday() - s.week_start) % 7)

    for b in [*own, *holds]:
        for n, key in enumerate(keys(b.start)):
            numbers[n, key] += 1
            minutes[n, key] += b.end - b.start
    most = ((s.limits.per_day, s.limits.minutes_per_day), (s.limits.per_week, s.limits.minutes_per_week))
    for n, key in enumerate(keys(t)):
        number, length = most[n]
        if number is not None and numbers[n, key] >= number:
            return False
        if length is not None and minutes[n, key] + s.duration > length:
            return False
    return True


def _enough(ask: Ask, who: set[str]) -> bool:
    everybody = {p.id for p in ask.interviewers}
    if ask.mode == "any":
        return bool(who)
    if ask.mode in ("all", "single"):
        return who == everybody
    fixed = {p.id for p in ask.interviewers if p.fixed}
    need = {p.group: 1 for p in ask.interviewers if not p.fixed} | dict(ask.session.need)
    for group, k in need.items():
        pool = [p.id for p in ask.interviewers if not p.fixed and p.group == group]
        if not any(set(some) <= who for some in combinations(pool, k)):
            return False
    return fixed <= who and bool(fixed or any(need.values()))


def _on_dates(ask: Ask, starts: list[int]) -> list[int]:
    rule = ask.booking_window
    if rule is None:
        return starts
    zone = rule.zone or ask.session.zone
    dates = {t: (local(t, zone).date() - EPOCH.date()).days for t in starts}
    if rule.kind == "date_range":
        return [t for t in starts if rule.first <= dates[t] <= rule.last]
    if rule.kind == "rolling_days":
        today = (local(ask.now // 60_000, zone).date() - EPOCH.date()).days
        return [t for t in starts if dates[t] <= today + rule.days]
    counted = sorted({d for d in dates.values() if not rule.business_only or (d + 3) % 7 < 5})
    return starts if len(counted) <= rule.days else [t for t in starts if dates[t] <= counted[rule.days - 1]]
