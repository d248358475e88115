"""The calendar inside Parley, for people who connect none: what is taken is what Parley has booked.

Working hours are the slot engine's (calendar_sync/hours.py); here is only what they are cut by. There is nobody outside
who could change anything, so there is nothing to write and nothing to hear of.
"""

from typing import Protocol

from calendar_sync.calendar import Busy, Changes, Event, Kept
from calendar_sync.intervals import Interval, Minute, clip, merged


class Bookings(Protocol):
    """Where Parley keeps its bookings: a port, so that this file needs no database."""

    async def booked(self, interviewer: str, lo: Minute, hi: Minute) -> list[Interval]:
        """The accepted bookings of a person that touch [lo, hi), in any order."""
        ...


class Builtin:
    """The calendar (`calendar.Calendar`) of one interviewer in Parley itself."""

    def __init__(self, interviewer: str, bookings: Bookings) -> None:
        self._interviewer, self._bookings = interviewer, bookings

    async def busy(self, lo: Minute, hi: Minute) -> Busy:
        """The person's bookings in [lo, hi)."""
        taken = await self._bookings.booked(self._interviewer, lo, hi)
        return Busy("ok", clip(merged(taken), lo, hi), [])

    async def put(self, event: Event) -> Kept:
        """The booking itself is the entry: it is kept already."""
        return Kept(ref=event.id, etag=str(event.version))

    async def remove(self, id: str) -> None:
        """The booking is gone already."""

    async def changes(self, token: str) -> Changes:
        """Nobody else writes here."""
        return Changes(token or "builtin", [])
