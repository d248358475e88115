"""Instant answers: where somebody is, how an appointment stands, and which times are shown."""

from typing import Any

import pytest

from bot.scheduling.plans import Group, Session
from bot.scheduling.profiles import Profile, Rule
from bot.scheduling.slotting import slot_id, slot_of
from bot.store.rows import Appointment
from bot.store.store import Row, Store
from flows.scheduling import (
    BookSlot,
    CancelBooking,
    FindSlots,
    FindZone,
    GuessZone,
    HowItStands,
    NoTimes,
    SlotBooked,
    SlotHeld,
    Times,
    Zones,
)
from tests.bot.scheduling.team import MINUTE, T, Team, at, plan

PARIS, TOKYO = "Europe/Paris", "Asia/Tokyo"


@pytest.fixture
async def team(store: Store) -> Team:
    return await Team.gathered(store)


def one(*fixed: str, minutes: int = 60, **more: Any) -> Session:
    return Session("one", "Interview", minutes, fixed, **more)


async def shown(team: Team, row: Row, zone: str = PARIS, after: str = "", wish: str = "") -> Any:
    return await team.answers(row, FindSlots(row["id"], zone, after, wish))


async def test_times_are_those_of_whoever_reads_them(team: Team) -> None:
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben), days=9))
    found = await shown(team, row)
    assert isinstance(found, Times)
    assert found.days[0] == ("2026-11-23", "Mon 23 Nov", 8)
    assert found.times[0] == (slot_id((at(0, 9),)), "2026-11-23", "10:00 – 11:00", "")
    assert found.zone == "Paris time (UTC+1)"
    assert [d[0] for d in found.days] == [f"2026-11-{d}" for d in range(23, 28)]
    assert found.more
    rest = await shown(team, row, after=found.days[-1][0])
    assert [d[0] for d in rest.days] == ["2026-11-30", "2026-12-01"]
    assert not rest.more
    assert isinstance(await shown(team, row, after="2026-12-01"), NoTimes)


async def test_another_zone_moves_times_to_other_days_and_never_changes_them(team: Team) -> None:
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben)))
    home, far = await shown(team, row, "UTC"), await shown(team, row, TOKYO)
    assert {t[0] for t in far.times} < {t[0] for t in home.times}, "only what is night there is left out"
    assert far.times[0][1:] == ("2026-11-23", "18:00 – 19:00", "")
    assert {t[2] for t in far.times} == {"18:00 – 19:00", "19:00 – 20:00", "20:00 – 21:00", "21:00 – 22:00"}


async def test_nights_are_shown_where_there_is_nothing_else(team: Team) -> None:
    ben = await team.interviewer("Ben", Profile("UTC", (Rule((1, 2, 3, 4, 5), "14:00", "17:00"),)))
    row = await team.appointment(plan(one(ben)))
    found = await shown(team, row, TOKYO)
    assert [t[1:] for t in found.times[:2]] == [
        ("2026-11-23", "23:00 – 00:00", "late"),
        ("2026-11-24", "00:00 – 01:00", "early"),
    ]


async def test_both_passes_of_an_hour_can_be_told_apart(team: Team) -> None:
    ben = await team.interviewer("Ben", Profile("UTC", (Rule((7,), "00:00", "03:00"),)))
    row = await team.appointment(plan(one(ben), zone="UTC", days=60))
    team.clock.at = (at(0, 0) - 60 * 1440) * MINUTE  # the autumn change of 2026 lies ahead
    found = await shown(team, row)
    twice = [t for t in found.times if t[1] == "2026-10-25"]
    assert [(t[2], t[3]) for t in twice] == [
        ("02:00 – 02:00", "UTC+2, then UTC+1, early"),
        ("02:00 – 03:00", "UTC+1, early"),
        ("03:00 – 04:00", "UTC+1, early"),
    ]


async def test_many_times_are_thinned_to_the_hour_and_all_can_be_wished_for(team: Team) -> None:
    row = await team.appointment(plan(one(), step=5))
    found = await shown(team, row)
    assert all(count <= 24 for _, _, count in found.days)
    assert {t[2][3:5] for t in found.times if t[1] == "2026-11-24"} == {"00"}
    wished = await shown(team, row, wish="Tuesday 10:35")
    assert wished.exact
    assert wished.times[0][2] == "10:35 – 11:35"


async def test_a_wish_is_fulfilled_or_the_nearest_times_are_shown(team: Team) -> None:
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben)))
    found = await shown(team, row, wish="Wednesday morning")
    assert (found.exact, found.understood) == (True, "mornings, Wednesday")
    assert [t[1:3] for t in found.times] == [("2026-11-25", "10:00 – 11:00"), ("2026-11-25", "11:00 – 12:00")]
    never = await shown(team, row, wish="Saturday")
    assert not never.exact
    assert {t[1] for t in never.times} <= {"2026-11-26", "2026-11-27"}, "the end of the week is nearest"
    assert 0 < len(never.times) <= 12
    lost = await shown(team, row, wish="whatever you like")
    assert isinstance(lost, Times)


async def test_nothing_is_offered_for_what_is_over_or_too_late(team: Team) -> None:
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben)))
    assert isinstance(await team.books(row, at(0, 9)), SlotBooked)
    again = await shown(team, row)
    assert slot_id((at(0, 9),)) not in {t[0] for t in again.times}, "the time it has is no other time"
    team.clock.at = at(0, 8, 30) * MINUTE
    assert isinstance(await shown(team, row), NoTimes)
    await team.does(row, CancelBooking(row["id"], "offer"), person=ben)
    assert isinstance(await shown(team, row), NoTimes)


async def test_a_plan_that_can_not_be_has_no_times(team: Team) -> None:
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben, minutes=32)))
    assert isinstance(await shown(team, row), NoTimes)


async def test_an_appointment_is_told_to_each_reader_in_their_zone(team: Team) -> None:
    ben = await team.interviewer("Ben", Profile("Asia/Kolkata", (Rule((1, 2, 3, 4, 5), "09:00", "23:00"),)))
    await team.interviewer("Cleo", pools=("tech",))
    sessions = (Session("a", "Design", 60, groups=(Group(1, "tech"),)), Session("b", "Manager", 45, (ben,)))
    row = await team.appointment(plan(*sessions, order=(("a", "b"),)))
    stands = await team.answers(row, HowItStands(row["id"]))
    assert (stands.state, stands.when, stands.title, stands.minutes) == ("open", "", "A talk", 105)
    slot = (await team.slots(row))[0]
    held = await team.holds(row, *slot, zone=TOKYO)
    assert isinstance(held, SlotHeld)
    assert held.parts[0] == ("Design", "Monday 23 November, 18:00 to 19:00 (Tokyo, UTC+9)", "Cleo")
    booked = await team.does(row, BookSlot(row["id"], held.hold))
    assert isinstance(booked, SlotBooked)
    assert "(Paris, UTC+1)" in booked.when, "where the team is, as long as they have not said where they are"
    await team.store.commit(lambda tx: tx.change(Appointment, {"tenant_id": T, "id": row["id"]}, {"zone": TOKYO}))
    stands = await team.answers(row, HowItStands(row["id"]))
    assert stands.when == "Monday 23 November, 18:00 to 19:45 (Tokyo, UTC+9)"
    assert [p[2] for p in stands.parts] == ["Cleo", "Ben"]
    assert (stands.link, stands.late_to_move, stands.yours) == ("https://meet.example/1", "", True)
    assert (stands.soon, stands.left, stands.changed_by) == ("tomorrow at 18:00", 21 * 60, "")
    his = await team.answers(row, HowItStands(row["id"]), person=ben)
    assert his.when == "Monday 23 November, 15:30 to 16:15 (Kolkata, UTC+5:30)"
    assert his.parts == (("Manager", his.when, "Ada"),)
    assert (his.changed_by, his.yours, his.minutes) == ("Ada", True, 45)
    stranger = await team.interviewer("Zoe")
    assert not (await team.answers(row, HowItStands(row["id"]), person=stranger)).yours
    team.clock.at = at(0, 8, 1) * MINUTE
    late = await team.answers(row, HowItStands(row["id"]))
    assert "less than 1 hour" in late.late_to_move


async def test_where_somebody_is(team: Team) -> None:
    row = await team.appointment(plan(one()))
    guessed = await team.answers(row, GuessZone(row["id"]))
    assert guessed == Zones(((PARIS, "Paris", "13:00"),)), "where the team is"
    await team.store.commit(lambda tx: tx.change(Appointment, {"tenant_id": T, "id": row["id"]}, {"zone": TOKYO}))
    assert (await team.answers(row, GuessZone(row["id"]))).found[0][0] == TOKYO
    found = await team.answers(row, FindZone("Munich"))
    assert found.found[0][0] == "Europe/Berlin"
    assert found.found[0][2] == "13:00"
    assert await team.answers(row, FindZone("qqqqq")) == Zones()


@pytest.mark.parametrize("slot", [(5,), (100, 160, 40), (29408940, 29409000)])
def test_a_slot_comes_back_as_it_went(slot: tuple[int, ...]) -> None:
    assert slot_of(slot_id(slot)) == slot
