"""Kept availability: each interviewer's free five-minute cells for today and the days after (slots.md, section 3).

An `int` per person and buffer profile; built on a sync or a change of rules, patched on a booking or a cancel. Holds are
not in it: they are masked in each query, so nothing has to happen when one lapses. Not safe for threads: one owner.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from calendar_sync.bits import Span, fits
from calendar_sync.facts import Ask, Booking, Interviewer, Session
from calendar_sync.intervals import Interval, Minute
from calendar_sync.slots import Offer, blocked, hours_in, in_cells, offered, widened
from calendar_sync.zones import DAY, ConfigProblem

CELL = 5
DAYS = 91  # today and ninety more
_PER_DAY = DAY // CELL
Profile = tuple[int, int]  # the buffers before and after


@dataclass(slots=True)
class _Person:
    facts: Interviewer
    hours: int
    free: dict[Profile, int]


class Kept:
    """The availability of everybody, from the UTC day `today` (days since the epoch) on."""

    def __init__(self, today: int, days: int = DAYS) -> None:
        self.span = Span(today * DAY, days * _PER_DAY, CELL)
        self._people: dict[str, _Person] = {}

    def put(self, facts: Interviewer) -> None:
        """Add a person, or build anew after a sync or a change of rules."""
        known = self._people.get(facts.id)
        hours = self.span.inside(hours_in(facts, self.span.base, self.span.end))
        self._people[facts.id] = person = _Person(facts, hours, {})
        for profile in known.free if known else ():
            person.free[profile] = _free(person, profile, self.span)

    def drop(self, id: str) -> None:
        """Forget a person. One who is not there is fine."""
        self._people.pop(id, None)

    def facts(self, id: str) -> Interviewer:
        """What is known of a person. Raises KeyError."""
        return self._people[id].facts

    def book(self, id: str, booking: Booking) -> None:
        """A booking was made: its cells are taken. Raises KeyError."""
        person = self._people[id]
        person.facts = replace(person.facts, bookings=(*person.facts.bookings, booking))
        if booking.status == "accepted":
            for profile in person.free:
                person.free[profile] &= ~self.span.touched([widened(booking, _carrying(profile))])

    def cancel(self, id: str, booking_id: str) -> None:
        """A booking is gone: what it took is looked at again, for something else may lie there too. Raises KeyError."""
        person = self._people[id]
        gone = [b for b in person.facts.bookings if b.id == booking_id]
        person.facts = replace(person.facts, bookings=tuple(b for b in person.facts.bookings if b.id != booking_id))
        for profile in person.free:
            for booking in gone:
                self._again(person, profile, widened(booking, _carrying(profile)))

    def tick(self, today: int) -> None:
        """Midnight: drop the days before `today` and add as many at the end. A clock that went back changes nothing."""
        gone = today - self.span.base // DAY
        if gone <= 0:
            return
        days = self.span.cells // _PER_DAY
        if gone >= days:
            self.span = Span(today * DAY, self.span.cells, CELL)
            for person in list(self._people.values()):
                self.put(person.facts)
            return
        self.span = Span(today * DAY, self.span.cells, CELL)
        new = Span(self.span.end - gone * DAY, gone * _PER_DAY, CELL)
        shift, at = gone * _PER_DAY, (days - gone) * _PER_DAY
        for person in self._people.values():
            hours = new.inside(hours_in(person.facts, new.base, new.end))
            person.hours = person.hours >> shift | hours << at
            for profile, bits in person.free.items():
                fresh = hours & ~blocked(person.facts, _carrying(profile), new)
                person.free[profile] = bits >> shift | fresh << at

    def find(self, ask: Ask, ids: Iterable[str] | None = None) -> Offer:
        """The offer for the people with these ids (or those of `ask`), from what is kept.

        `ask.interviewers` say who is asked, and in which role (fixed, group, limits); their hours, events and bookings
        are the kept ones. Raises ConfigProblem for a session with lengths that do not fit the cells.
        """
        session, profile = ask.session, (ask.session.before, ask.session.after)
        session.check()
        if not in_cells(session, CELL) or not fits(session.zone, self.span):
            raise ConfigProblem("not_in_cells", _misfit(session))
        people = (
            tuple(self._people[i].facts for i in ids) if ids is not None else tuple(map(self._seated, ask.interviewers))
        )
        asked = replace(ask, interviewers=people)
        return offered(asked, self.span, lambda p: self._bits(p, profile, ask.moving))

    def bits(self, id: str, before: int = 0, after: int = 0) -> int:
        """The free cells of a person for a buffer profile. Raises KeyError."""
        return self._bits(self._people[id].facts, (before, after), "")

    def _seated(self, asked: Interviewer) -> Interviewer:
        known = self._people[asked.id].facts
        if known is asked:
            return known
        trusted = known.known and asked.known  # what is kept may be older than the asker trusts
        return replace(known, fixed=asked.fixed, group=asked.group, limits=asked.limits, known=trusted)

    def _bits(self, facts: Interviewer, profile: Profile, moving: str) -> int:
        person = self._people[facts.id]
        if moving and any(b.id == moving for b in person.facts.bookings):
            return person.hours & ~blocked(person.facts, _carrying(profile), self.span, moving)
        bits = person.free.get(profile)
        if bits is None:
            bits = person.free[profile] = _free(person, profile, self.span)
        return bits

    def _again(self, person: _Person, profile: Profile, where: Interval) -> None:
        """Build only the cells of `where` anew."""
        lo, hi = max(where[0], self.span.base), min(where[1], self.span.end)
        if lo >= hi:
            return
        part = Span.over(lo, hi, CELL)
        at, ones = (part.base - self.span.base) // CELL, (1 << part.cells) - 1
        fresh = person.hours >> at & ones & ~blocked(person.facts, _carrying(profile), part)
        person.free[profile] = person.free[profile] & ~(ones << at) | fresh << at


def _free(person: _Person, profile: Profile, span: Span) -> int:
    return person.hours & ~blocked(person.facts, _carrying(profile), span)


def _carrying(profile: Profile) -> Session:
    """A session that has nothing but these buffers."""
    return Session("UTC", CELL, CELL, before=profile[0], after=profile[1])


def _misfit(session: Session) -> str:
    names = ("duration", "step", "offset", "before", "after")
    wrong: Minute
    for name in names:
        wrong = getattr(session, name)
        if wrong % CELL:
            return (
                f"The session's {name} is {wrong} min. Write a multiple of {CELL}, such as {-(-wrong // CELL) * CELL}."
            )
    return f"Clocks in {session.zone} do not show full five minutes when ours do. Choose another zone for the session."
