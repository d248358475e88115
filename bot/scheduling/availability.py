"""When an appointment can be, from what is kept of everybody: the one function behind what is shown and what is booked.

Kept in memory: each interviewer's free cells (`calendar_sync.kept`), with the `stamp` that their row had when they were
read. Every answer first compares the stamps in the caller's own transaction, and reads again whoever has changed. Stamps
are random and never come twice, so what a transaction that is taken back has left here never fits again. Inside a
booking (`fits`) the rows may already be half changed under an old stamp: then nothing that is read is kept.

On PostgreSQL transactions run in threads, hence one lock around comparing, reading and answering. It waits for nothing
but plain SELECTs, so nobody can wait in a circle.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from threading import RLock

from bot.keyring import Keyring
from bot.scheduling import crews, roster
from bot.scheduling.crews import Crew
from bot.scheduling.plans import Plan, Session
from bot.scheduling.roster import DAY_MS, MINUTE, Person
from bot.store.store import Lru, Tx
from calendar_sync import facts, slots
from calendar_sync.bits import Span, runs
from calendar_sync.facts import Ask, Booking, Hold
from calendar_sync.hours import Hours, working
from calendar_sync.intervals import Interval
from calendar_sync.kept import DAYS, Kept
from calendar_sync.slots import Offer
from calendar_sync.zones import DAY, zone

MOST_TENANTS = 64
MOST_PEOPLE = 2000  # of one tenant; each takes some ten kilobytes
AWAKE = (7 * 60, 22 * 60)  # when a candidate may talk with Parley, by their own clock
NONE = Offer(Span(0, 0, 5), 0, ())


@dataclass(frozen=True, slots=True)
class Seeker:
    """An appointment that looks for a time.

    zone: the candidate's (IANA; "" = the plan's). moving: the booking that it has, which is to be replaced. appointment:
    whose own holds are in nobody's way. Team members may look before there is an appointment: then these are empty.
    """

    tenant_id: str
    plan: Plan
    appointment: str = ""
    candidate: str = ""
    zone: str = ""
    moving: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One session as it is asked of the engine, with everybody's facts in it.

    taken: when the candidate is in something else. firm: the events of those who have movable ones, without them.
    people: what is known of everybody who was looked at. kept: whether all of them are kept as they are here.
    """

    crew: Crew
    ask: Ask
    taken: tuple[Interval, ...]
    firm: Mapping[str, tuple[Interval, ...]]
    people: Mapping[str, Person]
    kept: bool


@dataclass(slots=True)
class _Tenant:
    kept: Kept
    people: OrderedDict[str, Person]


class Availability:
    """Answers when. Safe for threads; everything it keeps can be thrown away at any moment."""

    def __init__(self, keys: Keyring) -> None:
        self._keys = keys
        self._tenants: Lru[_Tenant] = Lru(MOST_TENANTS)
        self._lock = RLock()

    # -- one session ------------------------------------------------------------------------------------

    def offer(
        self,
        tx: Tx,
        tenant_id: str,
        plan: Plan,
        *,
        now: int,
        zone: str = "",
        window: Interval | None = None,
        moving: str = "",
        requester: str = "",
        candidate: str = "",
    ) -> Offer:
        """Every start of a plan of one session. Raises ConfigProblem for a plan that can't be (`crews.fault`).

        now: ms. window: minutes; by default from now to the last of the plan's days. The rest: see `Seeker`.
        """
        return self.look(tx, Seeker(tenant_id, plan, requester, candidate, zone, moving), now=now, window=window)[1]

    def look(
        self, tx: Tx, seeker: Seeker, *, now: int, window: Interval | None = None, keep: bool = True
    ) -> tuple[Question | None, Offer]:
        """The question and its answer; without a question where only the candidate is needed.

        keep=False: inside a booking, where nothing that is read may be kept.
        """
        if seeker.plan.kind == "bot":
            return None, self._alone(tx, seeker, now, window)
        with self._lock:
            kept = self._tenant(seeker.tenant_id, now, room=True).kept
            question = self.question(tx, seeker, seeker.plan.sessions[0], now=now, window=window, keep=keep)
            return question, answer(question, kept.find if question.kept else slots.find)

    def question(
        self,
        tx: Tx,
        seeker: Seeker,
        session: Session,
        *,
        now: int,
        window: Interval | None = None,
        keep: bool = True,
    ) -> Question:
        """A session's question, as plain facts that can also be changed and asked again (see `bot.scheduling.why`)."""
        plan = seeker.plan
        people, kept = self.wanted(tx, seeker, now=now, keep=keep)
        crew = crews.crew_of(session, people)
        everybody = crew.everybody
        holds = roster.live_holds(tx, seeker.tenant_id, everybody, now)
        ask = Ask(
            crews.engine_session(plan, crew),
            crews.seated(crew, people, now),
            now,
            window or window_of(plan, now),
            crews.mode_of(crew),
            holds,
            seeker.appointment,
            moving=seeker.moving,
        )
        firm = {p: f for p in everybody if p in people and (f := people[p].firm) is not None}
        # Somebody who is not there, or paused, is asked about as nobody, of whom nothing is kept.
        whole = kept and all(p in people and people[p].stamp.state == "active" for p in everybody)
        return Question(crew, ask, taken(tx, seeker, now), firm, people, whole)

    def _alone(self, tx: Tx, seeker: Seeker, now: int, window: Interval | None) -> Offer:
        """Parley itself has always time, so the candidate's own day is all there is."""
        plan = seeker.plan
        hours = Hours(seeker.zone or plan.zone, ((AWAKE,),) * 7)
        person = facts.Interviewer(seeker.candidate or "candidate", hours, busy=taken(tx, seeker, now))
        session = crews.engine_session(plan, Crew(plan.sessions[0]))
        return slots.find(Ask(session, (person,), now, window or window_of(plan, now)))

    # -- everybody --------------------------------------------------------------------------------------

    def wanted(self, tx: Tx, seeker: Seeker, *, now: int, keep: bool = True) -> tuple[dict[str, Person], bool]:
        """Everybody a plan may mean, as by `people`."""
        named, pool = crews.wanted(seeker.plan)
        found, whole = self.people(tx, seeker.tenant_id, None if pool else named, now=now, keep=keep)
        if missing := named - found.keys():
            more, also = self.people(tx, seeker.tenant_id, missing, now=now, keep=keep)
            return {**found, **more}, whole and also
        return found, whole

    def people(
        self, tx: Tx, tenant_id: str, ids: Collection[str] | None, *, now: int, keep: bool = True
    ) -> tuple[dict[str, Person], bool]:
        """What is known of these people (None: of all with a profile), and whether all of it is kept by now."""
        with self._lock:
            here = self._tenant(tenant_id, now)
            found, whole = dict[str, Person](), True
            for id, stamp in roster.stamps(tx, tenant_id, ids).items():
                known = here.people.get(id)
                if known is None or known.stamp.stamp != stamp.stamp:
                    fresh = roster.read(tx, self._keys, tenant_id, stamp, now // DAY_MS)
                    if fresh is None:
                        self.forget(tenant_id, id)
                        continue
                    if keep:
                        _keep(here, known, fresh)
                    whole, known = whole and keep, fresh
                found[id] = replace(known, stamp=stamp)  # how far calendars are trusted changes with time
                if id in here.people:
                    here.people.move_to_end(id)
            return found, whole

    def free(
        self,
        tx: Tx,
        tenant_id: str,
        ids: Collection[str],
        window: Interval,
        *,
        now: int,
        buffers: tuple[int, int] = (0, 0),
        moving: str = "",
        requester: str = "",
    ) -> dict[str, list[Interval]]:
        """When each of these people has time in [lo, hi), without their limits. Nobody whose calendar is unknown has."""
        with self._lock:
            people, _ = self.people(tx, tenant_id, ids, now=now)
            holds = [
                h for h in roster.live_holds(tx, tenant_id, list(people), now) if not requester or h.by != requester
            ]
            session = facts.Session("UTC", 5, 5, before=buffers[0], after=buffers[1])
            span = Span.over(*window, 5)
            return {
                id: intervals_of(free_bits(p, session, span, holds, moving), span)
                for id, p in people.items()
                if p.stamp.state == "active" and p.stamp.known(now)
            }

    def forget(self, tenant_id: str, person_id: str) -> None:
        """Drop what is kept of somebody, who was erased."""
        with self._lock:
            here = self._tenants.get(tenant_id)
            if here is not None and here.people.pop(person_id, None) is not None:
                here.kept.drop(person_id)

    def _tenant(self, tenant_id: str, now: int, room: bool = False) -> _Tenant:
        """What is kept for a tenant. room: forget whoever was not asked about for longest; not while answering."""
        today = now // DAY_MS
        here = self._tenants.take(tenant_id)
        if here is None:
            here = _Tenant(Kept(today), OrderedDict())
            self._tenants.keep(tenant_id, here)
        here.kept.tick(today)
        while room and len(here.people) > MOST_PEOPLE:
            id, _ = here.people.popitem(last=False)
            here.kept.drop(id)
        return here


def _keep(here: _Tenant, known: Person | None, fresh: Person) -> None:
    """Keep what was read: all of it, or only other bookings where nothing else has changed."""
    here.people[fresh.facts.id] = fresh
    if known is None or known.rules != fresh.rules:
        here.kept.put(fresh.facts)
        return
    before, after = _by_id(known.facts.bookings), _by_id(fresh.facts.bookings)
    for id in [id for id, some in before.items() if after.get(id) != some]:
        here.kept.cancel(fresh.facts.id, id)
    for id, some in after.items():
        if before.get(id) != some:
            for one in some:
                here.kept.book(fresh.facts.id, one)


def _by_id(bookings: Iterable[Booking]) -> dict[str, tuple[Booking, ...]]:
    """A person may sit in several sessions of one booking."""
    found: dict[str, tuple[Booking, ...]] = {}
    for b in bookings:
        found[b.id] = (*found.get(b.id, ()), b)
    return found


# -- from facts to the answer -------------------------------------------------------------------------------


def taken(tx: Tx, seeker: Seeker, now: int) -> tuple[Interval, ...]:
    """When the candidate is in something else."""
    return roster.taken_by(tx, seeker.tenant_id, seeker.candidate, now, seeker.moving, seeker.appointment)


def window_of(plan: Plan, now: int) -> Interval:
    """From the beginning of this UTC day, so that what is cached by it lasts, to the end of the plan's last day."""
    today = now // DAY_MS
    there = zone(plan.zone)
    last = there.date_of(now // MINUTE) + plan.days
    return today * DAY, min(there.first(last + 1), (today + DAYS) * DAY)


def answer(question: Question, find: Callable[[Ask], Offer] = slots.find) -> Offer:
    """The starts; over events that may be moved only where there are none otherwise."""
    offer = _without(find(question.ask), question)
    if offer.bits or not question.firm:
        return offer
    people = tuple(replace(p, busy=question.firm.get(p.id, p.busy)) for p in question.ask.interviewers)
    return _without(slots.find(replace(question.ask, interviewers=people)), question)


def _without(offer: Offer, question: Question) -> Offer:
    """The starts at which the candidate is not in something else."""
    if not offer.bits or not question.taken:
        return offer
    span = offer.span
    free = ((1 << span.cells) - 1) & ~span.touched(question.taken)
    return replace(offer, bits=offer.bits & runs(free, -(-question.ask.session.duration // span.cell)))


def free_bits(person: Person, session: facts.Session, span: Span, holds: Iterable[Hold], moving: str = "") -> int:
    """The cells in which a person has time: hours without events, bookings and other people's holds."""
    free = span.inside(working(person.facts.hours, span.base, span.end))
    free &= ~slots.blocked(person.facts, session, span, moving)
    mine = [h for h in holds if h.interviewers is None or person.facts.id in h.interviewers]
    return free & ~span.touched(slots.widened(h, session) for h in mine)


def intervals_of(bits: int, span: Span) -> list[Interval]:
    """Cells as intervals, touching ones joined."""
    found: list[Interval] = []
    while bits:
        low = (bits & -bits).bit_length() - 1
        length = (~(bits >> low) & -~(bits >> low)).bit_length() - 1
        found.append((span.base + low * span.cell, span.base + (low + length) * span.cell))
        bits &= ~(((1 << length) - 1) << low)
    return found
