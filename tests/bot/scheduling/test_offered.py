"""Offered is bookable, nothing else is; and what is kept always equals what is read anew."""

import asyncio
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.scheduling import profiles, slotting, telling
from bot.scheduling.availability import Availability
from bot.scheduling.plans import CANDIDATE, Group, Plan, Session
from bot.scheduling.profiles import Rule
from bot.store.guard import Seat
from bot.store.rows import Appointment
from bot.store.store import Row, Store, sqlite_url
from calendar_sync.facts import Limits
from flows.scheduling import BookSlot, CancelBooking, Cancelled, SlotBooked, SlotGone, SlotHeld
from tests.bot.scheduling.team import MINUTE, T, Team, at, plan
from tests.examples import examples

HOURS = [
    (Rule((1, 2, 3, 4, 5), "09:00", "17:00"),),
    (Rule((1, 3), "10:00", "12:00"), Rule((1, 3), "13:00", "18:30")),
    (Rule((2, 4), "20:00", "02:00+1"),),
    (),
]
LIMITS = [Limits(), Limits(per_day=1), Limits(per_week=2, minutes_per_day=120)]
ZONES = ["UTC", "America/New_York", "Asia/Kathmandu"]

Draw = Callable[[int], int]


class Play:
    """Random changes of a team, and what must hold after each. `draw(n)`: a number below n."""

    def __init__(self, team: Team, draw: Draw) -> None:
        self.team, self.draw = team, draw
        self.people: list[str] = []
        self.rows: list[Row] = []
        self.holds: list[tuple[Row, str]] = []
        self.done: Counter[str] = Counter()

    async def begin(self) -> None:
        for name in ("Ben", "Cleo", "Dan"):
            self.people.append(await self.team.interviewer(name, pools=("tech",)))
        for n, wanted in enumerate(self._plans()):
            self.rows.append(await self.team.appointment(wanted, f"Candidate {n}"))

    def _plans(self) -> list[Plan]:
        ben, cleo, _ = self.people
        return [
            plan(Session("one", "", 60, (ben,)), step=30, before=15),
            plan(Session("one", "", 45, (ben, cleo)), step=30, zone="Asia/Kathmandu"),
            plan(Session("one", "", 60, groups=(Group(2, "tech"),)), after=30, notice=120),
            plan(Session("a", "", 60, (cleo,)), Session("b", "", 30, groups=(Group(1, "tech"),)), days=3),
            plan(step=120),
        ]

    async def change(self) -> None:
        often = (self.hold, self.book, self.hold, self.book, self.cancel)
        await (*often, *often, self.hours, self.calendar, self.calendar, self.pause, self.wait)[self.draw(15)]()

    def one(self) -> Row:
        return self.rows[self.draw(len(self.rows))]

    async def hold(self) -> None:
        """Something that is offered can be held; something that is not, can't."""
        row = await self.team.row(self.one()["id"])
        slots = await self.team.slots(row)
        if telling.late(row, Plan.from_json(row["plan"]), self.team.now):
            return
        wrong = at(self.draw(7), self.draw(24), self.draw(2) * 30)
        if len(Plan.from_json(row["plan"]).sessions) == 1 and (wrong,) not in slots:
            assert isinstance(await self.team.holds(row, wrong), SlotGone), (row["plan"], wrong)
        if slots:
            slot = slots[self.draw(len(slots))]
            held = await self.team.holds(row, *slot)
            assert isinstance(held, SlotHeld), (row["plan"], slot)
            self.holds.append((row, held.hold))
            self.done["held"] += 1

    async def book(self) -> None:
        if self.holds:
            row, hold = self.holds.pop()
            got = await self.team.does(row, BookSlot(row["id"], hold))
            assert isinstance(got, SlotBooked | SlotGone)
            self.done[type(got).__name__ + (" moved" if isinstance(got, SlotBooked) and got.moved else "")] += 1

    async def cancel(self) -> None:
        row = await self.team.row(self.one()["id"])
        if row["state"] == "booked":
            got = await self.team.does(row, CancelBooking(row["id"], "timing"), person=self.people[0])
            assert isinstance(got, Cancelled)
            again = {"state": "open", "booking_id": "", "start_minute": None, "end_minute": None}
            await self.team.store.commit(lambda tx: tx.change(Appointment, {"tenant_id": T, "id": row["id"]}, again))
            self.done["cancelled"] += 1

    async def hours(self) -> None:
        known = replace(profiles.default(ZONES[self.draw(3)]), weekly=HOURS[max(self.draw(6) - 2, 0)], pools=("tech",))
        await self.team.profile(self.people[self.draw(3)], replace(known, limits=LIMITS[self.draw(3)]))

    async def calendar(self) -> None:
        lo = at(self.draw(5), self.draw(20))
        movable = [(lo + 60, lo + 300)] if self.draw(3) == 0 else []
        state = "failed" if self.draw(6) == 0 else "ok"
        who = self.people[self.draw(3)]
        await self.team.calendar(who, [(lo, lo + 7 + self.draw(200))], movable, state, self.team.now)

    async def pause(self) -> None:
        await self.team.pause(self.people[self.draw(3)], "active" if self.draw(3) else "paused")

    async def wait(self) -> None:
        self.team.clock.forward([1, 4 * MINUTE, 6 * MINUTE, 6 * MINUTE, 50 * MINUTE, 26 * 60 * MINUTE][self.draw(6)])

    async def check(self) -> None:
        """Kept = read anew, seat for seat."""
        anew = Availability(self.team.keys)
        for row in self.rows:
            kept = await self.team.slots(row)
            self.team.availability, anew = anew, self.team.availability
            assert await self.team.slots(row) == kept, row["plan"]
            self.team.availability, anew = anew, self.team.availability


async def play(store: Store, draw: Draw, rounds: int) -> Counter[str]:
    team = await Team.gathered(store)
    it = Play(team, draw)
    await it.begin()
    for _ in range(rounds):
        await it.change()
        await it.check()
    return it.done


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)])
async def test_offered_is_bookable_and_kept_is_true(store: Store, seed: int) -> None:
    done = await play(store, random.Random(seed).randrange, 60)
    assert min(done[what] for what in ("held", "SlotBooked", "SlotBooked moved", "cancelled")) > 0, done


@settings(
    max_examples=examples(4),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.integers(0, 2**16), min_size=40, max_size=160))
def test_whatever_happens(sqlite_template: Path, numbers: list[int]) -> None:
    left = iter(numbers * 50)

    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copyfile(sqlite_template, Path(folder) / "parley.db")
            store = Store.at(sqlite_url(Path(folder)))
            try:
                await play(store, lambda n: next(left) % n, 12)
            finally:
                await store.close()

    asyncio.run(run())


# -- exactly these seats -----------------------------------------------------------------------------------------


async def test_only_the_right_seats_fit(store: Store) -> None:
    team = await Team.gathered(store)
    ben, cleo = await team.interviewer("Ben"), await team.interviewer("Cleo", pools=("tech",))
    dan, eve = await team.interviewer("Dan", pools=("tech",)), await team.interviewer("Eve")
    row = await team.appointment(plan(Session("one", "", 60, (ben,), (Group(1, "tech"),))))
    guest = (row["candidate_id"], at(0, 9), at(0, 10), CANDIDATE)

    def seats(*who: str, start: int = at(0, 9), minutes: int = 60) -> tuple[Seat, ...]:
        return (*(Seat(p, start, start + minutes, "one") for p in who), Seat(*guest))

    async def fit(*given: Seat) -> bool:
        seeker = slotting.seeker_of(row)
        return await store.read(lambda tx: slotting.fits(team.availability, tx, seeker, given, team.now)) is None

    assert await fit(*seats(ben, cleo))
    assert await fit(*seats(ben, dan))
    for wrong in (
        seats(ben),
        seats(cleo, dan),
        seats(ben, eve),
        seats(ben, cleo, minutes=90),
        seats(ben, cleo, start=at(0, 9, 30)),
        seats(ben, cleo, start=at(0, 8)),
        (*seats(ben, cleo), Seat(dan, at(0, 11), at(0, 12), "one")),
        (*seats(ben, cleo), Seat(dan, at(0, 9), at(0, 10), "two")),
        (Seat(*guest),),
    ):
        assert not await fit(*wrong), wrong


# -- nothing that was taken back stays ------------------------------------------------------------------------------


async def test_what_a_unit_took_back_is_not_remembered(store: Store) -> None:
    team = await Team.gathered(store)
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(Session("one", "", 60, (ben,))))
    before = await team.starts(row)

    class Undone(Exception):
        pass

    def unit(tx: Any) -> None:
        profiles.save(tx, team.keys, T, ben, profiles.Profile("UTC"), team.now)
        seen = team.availability.offer(tx, T, Plan.from_json(row["plan"]), now=team.now)
        assert seen.starts == [], "inside, one's own change is seen"
        raise Undone

    with pytest.raises(Undone):
        await store.commit(unit)
    assert await team.starts(row) == before == await team.fresh_starts(row)


async def test_a_refused_move_leaves_nothing_behind(store: Store) -> None:
    """Inside the guard the old seats are gone already while the stamp is old: that must not be kept."""
    team = await Team.gathered(store)
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(Session("one", "", 60, (ben,))))
    assert isinstance(await team.books(row, at(0, 9)), SlotBooked)
    other = await team.appointment(plan(Session("one", "", 60, (ben,))), "Bob")
    held = await team.holds(row, at(0, 11))
    team.clock.forward(5 * MINUTE)
    rival = await team.appointment(plan(Session("one", "", 60, (ben,))), "Cid")
    assert isinstance(await team.books(rival, at(0, 11)), SlotBooked)
    team.availability.forget(T, ben)
    assert isinstance(await team.does(row, BookSlot(row["id"], held.hold)), SlotGone)
    assert at(0, 9) not in await team.starts(other)
    assert await team.starts(other) == await team.fresh_starts(other)


async def test_only_so_much_is_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.scheduling import availability

    monkeypatch.setattr(availability, "MOST_PEOPLE", 2)
    team = await Team.gathered(store)
    people = [await team.interviewer(f"P{n}", pools=("tech",)) for n in range(5)]
    row = await team.appointment(plan(Session("one", "", 60, groups=(Group(5, "tech"),))))
    for _ in range(3):
        assert len(await team.starts(row)) == 40
    single = await team.appointment(plan(Session("one", "", 60, (people[0],))), "Bob")
    assert len(await team.starts(single)) == 40
