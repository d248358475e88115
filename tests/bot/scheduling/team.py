"""A hiring team with interviewers, candidates and appointments, and the workers that book them."""

import itertools
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bot import hiring, people
from bot.clock import SetClock
from bot.ids import SeededIds
from bot.keyring import Keyring
from bot.scheduling import accounts, appointments, asking, booking, finding, profiles, slotting
from bot.scheduling.availability import Availability
from bot.scheduling.plans import Plan, Session
from bot.scheduling.profiles import Profile
from bot.settings import Settings
from bot.store import guard
from bot.store.rows import Appointment, BusyCell, CalendarAccount, Interviewer
from bot.store.store import Row, Store, Tx
from bot.threads import Conv
from bot.vault import Vault
from bot.work.job import Job
from calendar_sync.calendar import Busy
from calendar_sync.intervals import Interval
from calendar_sync.zones import DAY, day_of
from flows.ledger import Journal
from flows.requests import REQUESTS, Request, encode_request
from flows.scheduling import BookSlot, HoldSlot, SlotHeld
from tests.flows.rating.small_kit import KIT

T = "t_1"
MINUTE = 60_000
MONDAY = day_of("2026-11-23")
NOW = (MONDAY - 1) * DAY * MINUTE + 12 * 60 * MINUTE  # noon of the Sunday before, UTC


def at(day: int, hour: int, minute: int = 0) -> int:
    """UTC minutes; day 0 is the Monday."""
    return (MONDAY + day) * DAY + hour * 60 + minute


def plan(*sessions: Session, **changes: Any) -> Plan:
    """A plan in UTC: one session of 60 minutes on the full hour unless said otherwise, over the coming week."""
    usual: dict[str, Any] = {"zone": "UTC", "step": 60, "days": 5, "notice": 0}
    return Plan(sessions or (Session("one", "Interview", 60),), **{**usual, **changes})


class Team:
    """Everybody of a tenant, on one store."""

    def __init__(self, store: Store) -> None:
        self.store, self.keys, self.ids, self.clock = store, Keyring(Vault(b"k" * 32)), SeededIds(), SetClock(NOW)
        self.settings = Settings(time_zone="Europe/Paris")
        self.availability = Availability(self.keys)
        self.booker = booking.Booker(store, self.keys, self.availability, self.settings)
        self.finder = finding.Finder(self.keys, self.availability, self.settings, self.clock)
        self.delivered: list[str] = []
        self.swaps = asking.Swaps(store, self.keys, self.ids, self.availability, self.settings, self.delivered.append)
        self.requisition = ""
        self._works = itertools.count()

    @classmethod
    async def gathered(cls, store: Store) -> "Team":
        team = cls(store)

        def found(tx: Tx) -> str:
            team.keys.found_tenant(tx, T, "Us", NOW)
            return hiring.open_requisition(
                tx, team.ids, T, title="Engineer", kit=KIT, channel_id="", role_site="de", panel=[], at=NOW
            )

        team.requisition = await store.commit(found)
        return team

    @property
    def now(self) -> int:
        return self.clock.now()

    # -- people -------------------------------------------------------------------------------------------

    async def interviewer(self, name: str, profile: Profile | None = None, **changes: Any) -> str:
        """Somebody with the hours Mon-Fri 09:00-17:00 in UTC, or as said; their id."""
        known = replace(profile or profiles.default("UTC"), **changes)

        def joined(tx: Tx) -> str:
            id, _ = people.add_person(tx, self.keys, self.ids, T, "member", name, NOW)
            profiles.save(tx, self.keys, T, id, known, NOW)
            return id

        return await self.store.commit(joined)

    async def profile(self, who: str, profile: Profile) -> None:
        await self.store.commit(lambda tx: profiles.save(tx, self.keys, T, who, profile, self.now))

    async def pause(self, who: str, state: str = "paused") -> None:
        await self.store.commit(lambda tx: profiles.set_state(tx, T, who, state))

    async def calendar(
        self,
        who: str,
        taken: Iterable[Interval] = (),
        movable: Iterable[Interval] = (),
        state: str = "ok",
        synced: int | None = NOW,
    ) -> None:
        """Connect (or read again) a calendar of somebody."""

        def read(tx: Tx) -> None:
            self.keys.load(tx, T, who)
            row = accounts.new_row(T, f"ca_{who}", who, "ics", self.keys.seal(T, who, {"url": ""}), NOW)
            kept = accounts.busy_json(Busy("ok", list(taken), list(movable)))
            row |= {"state": state, "synced_at": synced, "busy": self.keys.seal(T, who, kept)}
            tx.put(CalendarAccount, row)
            profiles.stamp(tx, T, who)

        await self.store.commit(read)

    # -- appointments -------------------------------------------------------------------------------------

    async def appointment(self, wanted: Plan, name: str = "Ada", candidate: str = "") -> Row:
        """An open appointment of a new candidate, or one more of the same."""

        def opened(tx: Tx) -> str:
            interview = self._interview(tx, name, candidate)
            who, id = interview["candidate_id"], self.ids.new("ap")
            self.keys.load(tx, T, who)
            nobody: Row = {"tenant_id": T, "id": who, "state": "active", "stamp": "", "profile": None}
            tx.add(Interviewer, {**nobody, "created_at": NOW})
            said = {"title": "A talk", "note": "", "link": "https://meet.example/1", "place": ""}
            row: Row = {"tenant_id": T, "id": id, "interview_id": interview["id"], "candidate_id": who}
            row |= {"kind": wanted.kind, "state": "open", "version": 0, "announced": 0, "booking_id": "", "zone": ""}
            row |= {"plan": wanted.to_json(), "why": "[]", "attendance": "{}", "sealed": self.keys.seal(T, who, said)}
            row |= {"nags": 0, "asked_by": "", "start_minute": None, "end_minute": None}
            tx.insert(Appointment, {**row, "created_at": NOW, "changed_at": NOW})
            return id

        return await self.row(await self.store.commit(opened))

    def _interview(self, tx: Tx, name: str, candidate: str) -> Row:
        rows = tx.find(hiring.Interview, {"tenant_id": T, "candidate_id": candidate}) if candidate else []
        if rows:
            return rows[0]
        wanted = hiring.get_requisition(tx, T, self.requisition)
        id, _ = hiring.invite(tx, self.keys, self.ids, wanted, name, NOW, 7)
        return hiring.get_interview(tx, T, id)

    async def row(self, id: str) -> Row:
        return await self.store.read(lambda tx: appointments.get(tx, T, id))

    async def seats(self, row: Row) -> list[tuple[str, str, int]]:
        """(who, part, start) of what is booked now."""
        now = await self.row(row["id"])
        found = await self.store.read(lambda tx: guard.seats_of(tx, T, now["booking_id"]))
        return [(s.interviewer_id, s.part, s.start) for s in found]

    async def cells(self) -> int:
        return len(await self.store.read(lambda tx: tx.find(BusyCell, {"tenant_id": T})))

    # -- what conversations do ------------------------------------------------------------------------------

    def job(self, row: Row, request: Request[Any], work: str = "", person: str = "") -> Job:
        """A piece of work, of the candidate's conversation or of somebody else's."""
        name = work or f"w_{next(self._works)}"
        chat = self.store.read_now(lambda tx: people.thread_of(tx, T, person or row["candidate_id"]))
        found: Row = {"tenant_id": T, "id": name, "kind": type(request).__name__, "thread_id": chat}
        found |= {"conversation_id": "c_1", "interview_id": row["interview_id"], "subject_id": row["candidate_id"]}
        return Job(found, encode_request(request))

    async def does(self, row: Row, request: Request[Any], work: str = "", person: str = "") -> Any:
        """The request's result, by its worker."""
        workers = {**self.booker.workers(), "AskColleagues": self.swaps.ask}
        name = type(request).__name__
        return REQUESTS[name].decode(await workers[name](self.job(row, request, work, person), self.now))

    async def answers(self, row: Row, request: Request[Any], person: str = "") -> Any:
        """The instant answer to a request."""
        chat = self.store.read_now(lambda tx: people.thread_of(tx, T, person or row["candidate_id"]))
        talk: Row = {"tenant_id": T, "id": "c_1", "thread_id": chat, "interview_id": row["interview_id"]}
        conv = Conv(talk | {"subject_id": row["candidate_id"]}, {}, Journal(), 0)
        instant = self.finder.instant()[type(request).__name__]
        return await self.store.read(lambda tx: instant(tx, conv=conv, request=request))

    async def holds(self, row: Row, *starts: int, zone: str = "UTC") -> Any:
        return await self.does(row, HoldSlot(row["id"], slotting.slot_id(starts), zone))

    async def books(self, row: Row, *starts: int) -> Any:
        """Hold and confirm; what came of it."""
        held = await self.holds(row, *starts)
        if not isinstance(held, SlotHeld):
            return held
        return await self.does(row, BookSlot(row["id"], held.hold))

    async def starts(self, row: Row) -> list[int]:
        """What is offered now: the first start of each slot."""
        current = await self.row(row["id"])
        return [slot[0] for slot in await self.slots(current)]

    async def slots(self, row: Row) -> list[slotting.Slot]:
        current = await self.row(row["id"])
        seeker = slotting.seeker_of(current, "UTC")
        return await self.store.read(lambda tx: slotting.slots(self.availability, tx, seeker, self.now))

    async def fresh_starts(self, row: Row) -> list[int]:
        """As `starts`, by somebody who has kept nothing."""
        kept, self.availability = self.availability, Availability(self.keys)
        found = await self.starts(row)
        self.availability = kept
        return found


def named(value: Any) -> str:
    """What a result is."""
    return type(value).__name__
