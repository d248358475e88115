"""What the slot engine is asked about: people, sessions, bookings, holds. Plain values; times are UTC minutes."""

from dataclasses import dataclass
from typing import Literal

from calendar_sync.hours import Hours
from calendar_sync.intervals import Interval, Minute
from calendar_sync.zones import ConfigProblem, zone

Mode = Literal["single", "any", "all", "groups"]
DEFAULT_GROUP = "default"


@dataclass(frozen=True, slots=True)
class Limits:
    """The most an interviewer does, counted by the interviewer's own dates (rule 7). None: no limit."""

    per_day: int | None = None
    per_week: int | None = None
    minutes_per_day: int | None = None
    minutes_per_week: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A kind of meeting. Lengths in minutes; `zone` is that of the grid (rule 5)."""

    zone: str
    duration: int
    step: int
    offset: int = 0
    notice: int = 0
    before: int = 0
    after: int = 0
    limits: Limits = Limits()
    week_start: int = 1
    need: tuple[tuple[str, int], ...] = ()  # (group, how many of it), for the mode "groups"; 1 where none is named

    def check(self) -> None:
        """Raises ConfigProblem for numbers that can't be meant."""
        zone(self.zone)
        least = {"duration": 1, "step": 1, "notice": 0, "before": 0, "after": 0}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise ConfigProblem(
                    f"bad_{name}", f"The session's {name} is {getattr(self, name)} min. Write {low} or more."
                )
        if not 1 <= self.week_start <= 7:
            raise ConfigProblem(
                "bad_week_start", f"The week starts on day {self.week_start}. Write 1 (Monday) to 7 (Sunday)."
            )


@dataclass(frozen=True, slots=True)
class Booking:
    """One of our own. Only an accepted one blocks and counts (rule 10); `counts=False` blocks without counting."""

    start: Minute
    end: Minute
    status: str = "accepted"
    before: int = 0
    after: int = 0
    counts: bool = True
    id: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Somebody is about to book. It lapses at `release_at` (ms since the epoch), that instant included."""

    start: Minute
    end: Minute
    by: str
    release_at: int
    interviewers: frozenset[str] | None = None  # None: everybody who is asked about
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class Interviewer:
    """A person with hours (or given `free` ranges), external events and own bookings.

    `known=False`: the calendar failed or is stale, so all of it counts as busy (rule 11).
    """

    id: str
    hours: Hours
    busy: tuple[Interval, ...] = ()
    bookings: tuple[Booking, ...] = ()
    free: tuple[Interval, ...] | None = None
    known: bool = True
    fixed: bool = False
    group: str = DEFAULT_GROUP
    limits: Limits = Limits()
    skills: frozenset[str] = frozenset()
    level: int = 0


@dataclass(frozen=True, slots=True)
class BookingWindow:
    """The dates on which a session may be booked (rule 8); `zone` "" means the session's."""

    kind: Literal["rolling_days", "rolling_bookable_days", "date_range"]
    days: int = 0
    business_only: bool = False
    first: int = 0
    last: int = 0
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: when can this session be? `now` in ms since the epoch, `window` in minutes.

    `moving`: the booking that is being rescheduled, which is in nobody's way.
    """

    session: Session
    interviewers: tuple[Interviewer, ...]
    now: int
    window: Interval
    mode: Mode = "single"
    holds: tuple[Hold, ...] = ()
    requester: str = ""
    booking_window: BookingWindow | None = None
    moving: str = ""

    @property
    def live(self) -> tuple[Hold, ...]:
        """The holds that are in this asker's way."""
        return tuple(h for h in self.holds if h.release_at > self.now and not (h.by and h.by == self.requester))
