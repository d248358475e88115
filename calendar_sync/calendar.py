"""What Parley asks of any calendar, and the values that answer (slots.md, section 8).

Times are `Minute`: whole minutes since the epoch, UTC. Intervals are half-open pairs of them. A calendar fails
closed: what it can't tell is never "free". `busy` answers trouble as a value, because the rest of the panel is still
worth asking; the other calls raise `CalendarTrouble`, because a write that may not have happened must not look like one
that did.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

from calendar_sync.intervals import Interval, Minute

BusyState = Literal["ok", "partial", "failed", "stale"]
OutsideStatus = Literal["moved", "cancelled", "declined", "unchanged"]


@dataclass(frozen=True, slots=True)
class Busy:
    """What is known to be taken. Anything but `ok` counts as busy throughout; `problem` is the sentence for the owner."""

    state: BusyState
    intervals: list[Interval]
    movable: list[Interval]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One booking as a calendar entry. `id` is the booking's id; a higher `version` replaces a lower one.

    `start` and `end` are UTC minutes; `zone` (IANA) is the one the entry is shown in; `attendees` are addresses.
    """

    id: str
    version: int
    start: Minute
    end: Minute
    zone: str
    summary: str
    description: str = ""
    location: str = ""
    attendees: tuple[str, ...] = ()
    conference: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """The calendar's own names for an entry it keeps: `ref` to find it, `etag` to change it, `link` to the meeting.

    `problem` is a sentence for the owner when the entry is kept but something of it failed, e.g. the meeting link.
    """

    ref: str
    etag: str = ""
    link: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """What became of one of our own entries. `id` is the booking's id; times are None when the calendar gave none."""

    id: str
    status: OutsideStatus
    start: Minute | None = None
    end: Minute | None = None
    who: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since a token. `full`: everything was listed anew, so one of ours that is absent is gone."""

    token: str
    events: list[Outside]
    full: bool = False


class CalendarTrouble(Exception):
    """A calendar could not do what was asked.

    `code` is for programs, `say` is the sentence for the owner, and `after_ms` says when trying again is worth it
    (None: not before somebody has done something about it).
    """

    def __init__(self, code: str, say: str, after_ms: int | None = None) -> None:
        super().__init__(f"{code}: {say}")
        self.code = code
        self.say = say
        self.after_ms = after_ms


class Calendar(Protocol):
    """One calendar account. `id` everywhere is the booking's id (`Event.id`), never the vendor's."""

    async def busy(self, lo: Minute, hi: Minute) -> Busy:
        """What is taken in [lo, hi). Never raises for a calendar that fails: see `Busy.state`."""
        ...

    async def put(self, event: Event) -> Kept:
        """Create or replace the entry of `event.id`; doing it twice keeps one entry. Raises CalendarTrouble."""
        ...

    async def remove(self, id: str) -> None:
        """Take the entry away; one that is already gone is fine. Raises CalendarTrouble."""
        ...

    async def changes(self, token: str) -> Changes:
        """What became of our own entries since `token` ("" = from the start). Raises CalendarTrouble."""
        ...
