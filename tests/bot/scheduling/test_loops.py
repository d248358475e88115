"""Interview days: several sessions with different people, held and booked at once."""

import asyncio
from dataclasses import replace

import pytest

from bot.scheduling import crews, profiles
from bot.scheduling.plans import CANDIDATE, Group, Plan, Session
from bot.scheduling.profiles import Profile
from bot.store import guard
from bot.store.store import Store, Tx
from calendar_sync.facts import Limits
from flows.scheduling import BookSlot, FindSlots, SlotBooked, SlotGone, SlotHeld, Times
from tests.bot.scheduling.team import MINUTE, Team, at, plan


@pytest.fixture
async def team(store: Store) -> Team:
    return await Team.gathered(store)


def tech(need: int = 1) -> Session:
    return Session("tech", "System design", 60, groups=(Group(need, "tech"),))


def talk(who: str) -> Session:
    return Session("talk", "With your manager", 45, (who,))


def day(*sessions: Session, **changes: object) -> Plan:
    return plan(*sessions, **{"order": (("tech", "talk"),), "breaks": (0, 60), **changes})


async def test_each_day_has_one_best_plan_and_it_can_be_booked(team: Team) -> None:
    ben = await team.interviewer("Ben")
    pool = {await team.interviewer(name, pools=("tech",)) for name in ("Cleo", "Dan")}
    await team.calendar(ben, [(at(0, 9), at(0, 15)), (at(1, 0), at(2, 0))])
    row = await team.appointment(day(tech(), talk(ben)))
    slots = await team.slots(row)
    assert [s[0] for s in slots] == [at(0, 14), at(2, 9), at(3, 9), at(4, 9)]
    assert slots[0] == (at(0, 14), at(0, 15))
    assert isinstance(await team.books(row, *slots[0]), SlotBooked)
    seats = await team.seats(row)
    assert (ben, "talk", at(0, 15)) in seats
    (sat,) = [who for who, part, _ in seats if part == "tech"]
    assert sat in pool
    assert [start for _, part, start in seats if part == CANDIDATE] == [at(0, 14), at(0, 15)]
    now = await team.row(row["id"])
    assert (now["start_minute"], now["end_minute"]) == (at(0, 14), at(0, 15, 45))


async def test_a_lost_race_plans_the_day_anew(team: Team) -> None:
    ben = await team.interviewer("Ben")
    await team.interviewer("Cleo", pools=("tech",))
    rows = [await team.appointment(day(tech(), talk(ben)), name) for name in ("Ada", "Bob")]
    (slot, *_), _ = [await team.slots(row) for row in rows]
    got = await asyncio.gather(*(team.holds(row, *slot) for row in rows))
    assert sorted(type(g).__name__ for g in got) == ["SlotGone", "SlotHeld"]
    loser = rows[0] if isinstance(got[0], SlotGone) else rows[1]
    again = (await team.slots(loser))[0]
    assert again[0] == at(0, 10), "the same day, an hour later"
    assert isinstance(await team.books(loser, *again), SlotBooked)


async def test_nobody_of_a_pool_sits_in_two_sessions(team: Team) -> None:
    cleo = await team.interviewer("Cleo", pools=("tech", "people"))
    sessions = (tech(), Session("people", "Working together", 30, groups=(Group(1, "people"),)))
    row = await team.appointment(plan(*sessions))
    assert await team.slots(row) == []
    dan = await team.interviewer("Dan", pools=("tech",))
    slot = (await team.slots(row))[0]
    assert isinstance(await team.books(row, *slot), SlotBooked)
    assert {(w, p) for w, p, _ in await team.seats(row) if p != CANDIDATE} == {(dan, "tech"), (cleo, "people")}


async def test_a_pool_with_nobody_in_it_is_not_no_pool(team: Team) -> None:
    ben = await team.interviewer("Ben")
    both = Session("talk", "With your manager", 45, (ben,), (Group(1, "nobody"),))
    row = await team.appointment(plan(both, Session("two", "More", 45, (ben,))))
    assert await team.slots(row) == []


async def test_limits_of_somebody_who_is_in_several_sessions(team: Team) -> None:
    ben = await team.interviewer("Ben", limits=Limits(per_day=1))
    row = await team.appointment(plan(talk(ben), Session("two", "More", 45, (ben,))))
    assert await team.slots(row) == []
    await team.profile(ben, (await _profile(team, ben, Limits(per_day=2))))
    slot = (await team.slots(row))[0]
    assert isinstance(await team.books(row, *slot), SlotBooked)
    other = await team.appointment(plan(talk(ben)), "Bob")
    assert min(await team.starts(other)) >= at(1, 0)


async def _profile(team: Team, who: str, limits: Limits) -> Profile:
    known = await team.store.read(lambda tx: profiles.load(tx, team.keys, "t_1", who))
    assert known is not None
    return replace(known, limits=limits)


async def test_what_comes_back_must_be_a_day_as_the_plan_wants_it(team: Team) -> None:
    ben = await team.interviewer("Ben")
    await team.interviewer("Cleo", pools=("tech",))
    row = await team.appointment(day(tech(), talk(ben)))
    for slot in [
        (at(0, 12), at(0, 9)),  # the talk before
        (at(0, 9), at(0, 9, 30)),  # both at once
        (at(0, 9), at(1, 9)),  # on two days
        (at(0, 9),),
        (at(0, 9), at(0, 10), at(0, 11)),
        (at(0, 6), at(0, 7)),  # before anybody works
    ]:
        assert isinstance(await team.holds(row, *slot), SlotGone), slot
    assert await team.cells() == 0


async def test_a_hold_on_a_day_that_ran_out_is_chosen_anew(team: Team) -> None:
    ben = await team.interviewer("Ben")
    for name in ("Cleo", "Dan"):
        await team.interviewer(name, pools=("tech",))
    row = await team.appointment(day(tech(), talk(ben)))
    slot = (await team.slots(row))[0]
    held = await team.holds(row, *slot)
    assert isinstance(held, SlotHeld)
    seats = await team.store.read(lambda tx: _seats(tx, held.hold))
    team.clock.forward(5 * MINUTE)
    rival = await team.appointment(plan(Session("one", "", 60, (seats["tech"],))), "Bob")
    assert isinstance(await team.books(rival, slot[0]), SlotBooked)
    assert isinstance(await team.does(row, BookSlot(row["id"], held.hold)), SlotBooked)
    assert seats["tech"] not in {w for w, _, _ in await team.seats(row)}


def _seats(tx: Tx, hold: str) -> dict[str, str]:
    return {s.part: s.interviewer_id for s in guard.seats_of(tx, "t_1", hold) if s.part != CANDIDATE}


async def test_movable_events_only_where_no_day_is_free(team: Team) -> None:
    ben = await team.interviewer("Ben")
    cleo = await team.interviewer("Cleo", pools=("tech",))
    await team.calendar(cleo, [(at(d, 0), at(d + 1, 0)) for d in range(1, 5)], movable=[(at(0, 0), at(1, 0))])
    row = await team.appointment(day(tech(), talk(ben)))
    assert await team.slots(row) == [(at(0, 9), at(0, 10))]
    assert isinstance(await team.holds(row, at(0, 9), at(0, 10)), SlotHeld)
    await team.calendar(cleo, [(at(d, 0), at(d + 1, 0)) for d in range(2, 5)], movable=[(at(0, 0), at(1, 0))])
    assert await team.slots(row) == [(at(1, 9), at(1, 10))]
    assert isinstance(await team.holds(row, at(0, 9), at(0, 10)), SlotGone)


async def test_a_day_is_shown_with_its_sessions(team: Team) -> None:
    ben = await team.interviewer("Ben")
    await team.interviewer("Cleo", pools=("tech",))
    row = await team.appointment(day(tech(), talk(ben), days=10))
    shown = await team.answers(row, FindSlots(row["id"], "Europe/Paris"))
    assert isinstance(shown, Times)
    assert [d[1] for d in shown.days] == ["Mon 23 Nov", "Tue 24 Nov", "Wed 25 Nov", "Thu 26 Nov", "Fri 27 Nov"]
    assert shown.times[0][2:] == ("10:00 – 11:45", "2 sessions")
    assert shown.more
    later = await team.answers(row, FindSlots(row["id"], "Europe/Paris", shown.days[-1][0]))
    assert [d[1] for d in later.days] == ["Mon 30 Nov", "Tue 1 Dec", "Wed 2 Dec"]
    assert not later.more
    wished = await team.answers(row, FindSlots(row["id"], "Europe/Paris", wish="Wednesday afternoon"))
    assert (wished.exact, wished.understood) == (True, "afternoons, Wednesday")
    assert [(t[1], t[2]) for t in wished.times] == [("2026-11-25", "12:00 – 13:45"), ("2026-12-02", "12:00 – 13:45")]


def test_what_is_wrong_with_a_plan() -> None:
    fine = plan(talk("p_1"))
    assert crews.fault(fine) == ""
    assert "multiple of 5" in crews.fault(plan(Session("one", "Talk", 32, ("p_1",))))
    assert "such as 35" in crews.fault(plan(Session("one", "Talk", 32, ("p_1",))))
    assert "Mars/Base" in crews.fault(plan(talk("p_1"), zone="Mars/Base"))
    assert "at most one group" in crews.fault(
        plan(talk("p_1"), Session("two", "Panel", 60, groups=(Group(1, "a"), Group(1, "b"))))
    )
    assert "circle" in crews.fault(plan(tech(), talk("p_1"), order=(("tech", "talk"), ("talk", "tech"))))
    assert "1 to 60" in crews.fault(plan(talk("p_1"), days=0))
