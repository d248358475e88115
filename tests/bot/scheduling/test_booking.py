"""From what is offered to what is booked, through the workers, on both databases."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import orjson
import pytest

from bot.scheduling import profiles
from bot.scheduling.plans import CANDIDATE, Group, Session
from bot.scheduling.roster import hold_id
from bot.store import guard
from bot.store.guard import Seat
from bot.store.rows import Appointment, BookingTap, CalendarAccount, FactRow
from bot.store.store import Row, Store
from calendar_sync.facts import Limits
from flows.scheduling import (
    BookSlot,
    CancelBooking,
    Cancelled,
    HoldSlot,
    LetGo,
    Released,
    SlotBooked,
    SlotGone,
    SlotHeld,
    TooLate,
)
from tests.bot.scheduling.team import MINUTE, NOW, T, Team, at, named, plan


@pytest.fixture
async def team(store: Store) -> Team:
    return await Team.gathered(store)


def one(*fixed: str, minutes: int = 60, **more: Any) -> Session:
    return Session("one", "Interview", minutes, fixed, **more)


async def test_a_time_is_held_and_booked(team: Team) -> None:
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben)))
    assert await team.starts(row) == [at(d, h) for d in range(5) for h in range(9, 17)][: 5 * 8]
    held = await team.holds(row, at(1, 10))
    assert isinstance(held, SlotHeld)
    assert held.until == NOW + 5 * MINUTE
    assert held.when == "Tuesday 24 November, 10:00 to 11:00 (UTC)"
    assert [part[2] for part in held.parts] == ["Ben"]
    booked = await team.does(row, BookSlot(row["id"], held.hold))
    assert isinstance(booked, SlotBooked)
    assert (booked.version, booked.moved, booked.link) == (1, False, "https://meet.example/1")
    assert (booked.start, booked.end) == (at(1, 10) * MINUTE, at(1, 11) * MINUTE)
    now = await team.row(row["id"])
    assert (now["state"], now["version"], now["start_minute"], now["end_minute"]) == ("booked", 1, at(1, 10), at(1, 11))
    assert await team.seats(row) == [(ben, "one", at(1, 10)), (row["candidate_id"], CANDIDATE, at(1, 10))]
    other = await team.appointment(plan(one(ben)), "Bob")
    assert at(1, 10) not in await team.starts(other)


async def test_two_candidates_and_one_slot(team: Team) -> None:
    ben = await team.interviewer("Ben")
    ada, bob = await team.appointment(plan(one(ben))), await team.appointment(plan(one(ben)), "Bob")
    got = await asyncio.gather(team.holds(ada, at(0, 9)), team.holds(bob, at(0, 9)))
    assert sorted(map(named, got)) == ["SlotGone", "SlotHeld"]
    loser = bob if isinstance(got[0], SlotHeld) else ada
    assert at(0, 9) not in await team.starts(loser)
    assert at(0, 10) in await team.starts(loser)


async def test_two_candidates_one_pool(team: Team) -> None:
    for name in ("Ben", "Cleo"):
        await team.interviewer(name, pools=("tech",))
    session = one(groups=(Group(1, "tech"),))
    rows = [await team.appointment(plan(session), name) for name in ("Ada", "Bob", "Cid")]
    got = await asyncio.gather(*(team.holds(row, at(0, 9)) for row in rows))
    assert sorted(map(named, got)) == ["SlotGone", "SlotHeld", "SlotHeld"], "each of the pool once, whoever came first"


async def test_the_same_tap_twice_is_one_hold_and_one_booking(team: Team) -> None:
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben)))
    tap = HoldSlot(row["id"], str(at(0, 9)), "UTC")
    first = await team.does(row, tap, work="w_tap")
    team.clock.forward(1000)
    assert await team.does(row, tap, work="w_tap") == first
    book = BookSlot(row["id"], first.hold)
    booked = await team.does(row, book, work="w_book")
    assert await team.does(row, book, work="w_book") == booked
    # Another tap on the same button is another piece of work, and still the same booking.
    assert replace(await team.does(row, book), moved=booked.moved) == booked
    assert (await team.row(row["id"]))["version"] == 1
    assert await team.cells() == 2 * 12


async def test_a_hold_lapses_while_confirming(team: Team) -> None:
    ben, cleo = await team.interviewer("Ben", pools=("tech",)), await team.interviewer("Cleo", pools=("tech",))
    session = one(groups=(Group(1, "tech"),))
    ada, bob = await team.appointment(plan(session)), await team.appointment(plan(session), "Bob")
    held = await team.holds(ada, at(0, 9))
    first = (await team.store.read(lambda tx: tx.find(FactRow, {"name": "slot_held"})))[0]
    picked = orjson.loads(first["data"])["why"][0][1]
    team.clock.forward(5 * MINUTE)
    rival = await team.appointment(plan(one(picked)), "Cid")
    assert isinstance(await team.books(rival, at(0, 9)), SlotBooked)
    got = await team.does(ada, BookSlot(ada["id"], held.hold))
    assert isinstance(got, SlotBooked), "somebody else of the pool is free, so the time is still theirs"
    assert {who for who, part, _ in await team.seats(ada) if part == "one"} == {ben, cleo} - {picked}
    assert isinstance(await team.holds(bob, at(0, 9)), SlotGone)


async def test_a_lapsed_hold_whose_time_is_gone(team: Team) -> None:
    ben = await team.interviewer("Ben")
    ada, bob = await team.appointment(plan(one(ben))), await team.appointment(plan(one(ben)), "Bob")
    held = await team.holds(ada, at(0, 9))
    assert isinstance(await team.holds(bob, at(0, 9)), SlotGone)
    team.clock.forward(5 * MINUTE)
    assert isinstance(await team.books(bob, at(0, 9)), SlotBooked)
    late = BookSlot(ada["id"], held.hold)
    assert isinstance(await team.does(ada, late, work="w_late"), SlotGone)
    assert isinstance(await team.does(ada, late, work="w_late"), SlotGone), "done again, it is the same"
    assert (await team.row(ada["id"]))["state"] == "open"


async def test_a_lapsed_hold_is_taken_anew(team: Team) -> None:
    ben = await team.interviewer("Ben")
    ada = await team.appointment(plan(one(ben)))
    held = await team.holds(ada, at(0, 9))
    team.clock.forward(6 * MINUTE)
    assert isinstance(await team.does(ada, BookSlot(ada["id"], held.hold)), SlotBooked)


async def test_one_hold_at_most_and_given_back(team: Team) -> None:
    ben = await team.interviewer("Ben")
    ada, bob = await team.appointment(plan(one(ben))), await team.appointment(plan(one(ben)), "Bob")
    await team.holds(ada, at(0, 9))
    second = await team.holds(ada, at(0, 10))
    assert at(0, 9) in await team.starts(bob)
    assert at(0, 10) not in await team.starts(bob)
    assert at(0, 10) in await team.starts(ada), "one's own hold is in nobody's way"
    assert await team.does(ada, LetGo(ada["id"], second.hold)) == Released()
    assert await team.does(ada, LetGo(ada["id"], second.hold)) == Released()
    assert at(0, 10) in await team.starts(bob)
    assert isinstance(await team.does(ada, BookSlot(ada["id"], second.hold)), SlotGone)


async def test_two_holds_at_once_never_become_two_bookings(team: Team) -> None:
    """Two taps in the same moment may both hold; the second one to be confirmed is refused."""
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben)))
    first = await team.holds(row, at(0, 9))
    name = hold_id(row["id"], "another tap")
    seats = (Seat(ben, at(0, 10), at(0, 11), "one"), Seat(row["candidate_id"], at(0, 10), at(0, 11), CANDIDATE))
    ask = guard.Ask(T, name, row["interview_id"], seats, team.now, lambda _: None)
    await team.store.commit(lambda tx: guard.hold(tx, ask, team.now + MINUTE))
    assert isinstance(await team.does(row, BookSlot(row["id"], name)), SlotBooked)
    assert isinstance(await team.does(row, BookSlot(row["id"], first.hold)), SlotGone)
    assert await team.seats(row) == [(ben, "one", at(0, 10)), (row["candidate_id"], CANDIDATE, at(0, 10))]
    assert (await team.row(row["id"]))["version"] == 1


async def test_a_panel_needs_everybody(team: Team) -> None:
    ben, cleo = await team.interviewer("Ben"), await team.interviewer("Cleo")
    await team.calendar(cleo, [(at(0, 9), at(0, 12))])
    row = await team.appointment(plan(one(ben, cleo)))
    assert [s for s in await team.starts(row) if s < at(1, 0)] == [at(0, h) for h in range(12, 17)]
    assert isinstance(await team.holds(row, at(0, 9)), SlotGone)
    assert isinstance(await team.books(row, at(0, 12)), SlotBooked)
    assert {who for who, _, _ in await team.seats(row)} == {ben, cleo, row["candidate_id"]}


async def test_two_of_a_pool_with_skills(team: Team) -> None:
    names = {n: await team.interviewer(n, pools=("tech",), skills=("sql",), level=2) for n in ("Ben", "Cleo", "Dan")}
    await team.interviewer("Eve", pools=("tech",), skills=("css",), level=9)
    await team.interviewer("Fay", pools=("tech",), skills=("sql",), level=1)
    gus = await team.interviewer("Gus", pools=("tech",), skills=("sql",), level=2, training=(("tech", "shadow"),))
    await team.calendar(gus, [(at(0, 9), at(0, 10))])
    await team.calendar(names["Ben"], [(at(0, 0), at(1, 0))])
    row = await team.appointment(plan(one(groups=(Group(2, "tech", (), ("sql",), 2),))))
    assert isinstance(await team.books(row, at(0, 9)), SlotBooked)
    assert {w for w, p, _ in await team.seats(row) if p == "one"} == {names["Cleo"], names["Dan"]}
    why = orjson.loads((await team.row(row["id"]))["why"])
    assert sorted(w[:2] for w in why) == sorted(["one", names[n]] for n in ("Cleo", "Dan"))
    other = await team.appointment(plan(one(groups=(Group(2, "tech", (), ("sql",), 2),))), "Bob")
    assert at(0, 9) not in await team.starts(other)


async def test_groups_that_share_people_never_count_anybody_twice(team: Team) -> None:
    await team.interviewer("Ben", pools=("a", "b"))
    row = await team.appointment(plan(one(groups=(Group(1, "a"), Group(1, "b")))))
    assert await team.starts(row) == []
    cleo = await team.interviewer("Cleo", pools=("b",))
    assert len(await team.starts(row)) == 40
    assert isinstance(await team.books(row, at(0, 9)), SlotBooked)
    assert cleo in {w for w, _, _ in await team.seats(row)}


async def test_shadows_come_if_they_can(team: Team) -> None:
    ben, sue = await team.interviewer("Ben"), await team.interviewer("Sue")
    await team.calendar(sue, [(at(0, 9), at(0, 10))])
    row = await team.appointment(plan(one(ben, shadow=(sue,))))
    assert at(0, 9) in await team.starts(row)
    await team.books(row, at(0, 9))
    assert sue not in {w for w, _, _ in await team.seats(row)}
    other = await team.appointment(plan(one(ben, shadow=(sue,))), "Bob")
    await team.books(other, at(0, 10))
    assert (sue, "one", at(0, 10)) in await team.seats(other)


async def test_one_who_is_learning_comes_along_and_is_never_needed(team: Team) -> None:
    ben = await team.interviewer("Ben", pools=("tech",))
    sue = await team.interviewer("Sue", pools=("tech",), training=(("tech", "shadow"),), limits=Limits(per_day=1))
    tim = await team.interviewer("Tim", pools=("tech",), training=(("tech", "reverse"),))
    await team.calendar(tim, [(at(0, 0), at(1, 0))])
    wanted = plan(one(groups=(Group(1, "tech"),)))
    rows = [await team.appointment(wanted, name) for name in ("Ada", "Bob", "Cid")]
    for row, start in zip(rows, (at(0, 9), at(0, 10), at(1, 9)), strict=True):
        assert isinstance(await team.books(row, start), SlotBooked)
    sitting = [{w for w, p, _ in await team.seats(row) if p == "one"} for row in rows]
    assert sitting[:2] == [{ben, sue}, {ben}], "one a day is enough for Sue, and Tim is away"
    assert sitting[2] == {ben, tim}, "Tim had none yet"
    kinds = {w[1]: w[2] for row in rows for w in orjson.loads((await team.row(row["id"]))["why"])}
    assert (kinds[sue], kinds[tim]) == ("shadow", "reverse")
    other = await team.appointment(wanted, "Dov")
    assert at(1, 9) not in await team.starts(other), "a trainee alone holds nothing"


async def test_limits_count_bookings_and_live_holds(team: Team) -> None:
    ben = await team.interviewer("Ben", limits=Limits(per_day=2))
    rows = [await team.appointment(plan(one(ben)), n) for n in ("Ada", "Bob", "Cid")]
    assert isinstance(await team.books(rows[0], at(0, 9)), SlotBooked)
    assert isinstance(await team.holds(rows[1], at(0, 11)), SlotHeld)
    assert min(await team.starts(rows[2])) == at(1, 9)
    assert isinstance(await team.holds(rows[2], at(0, 14)), SlotGone)
    team.clock.forward(5 * MINUTE)
    assert min(await team.starts(rows[2])) == at(0, 10)


async def test_the_larger_buffer_of_two_bookings_is_kept(team: Team) -> None:
    ben = await team.interviewer("Ben")
    first = await team.appointment(plan(one(ben), after=30))
    second = await team.appointment(plan(one(ben), before=15, step=15), "Bob")
    assert isinstance(await team.holds(first, at(0, 9)), SlotHeld)
    assert min(await team.starts(second)) == at(0, 10, 30), "what is only held has its buffers, too"
    await team.books(first, at(0, 9))
    assert min(await team.starts(second)) == at(0, 10, 30)


@pytest.mark.parametrize("state", ["failed", "stale", "new"])
async def test_a_calendar_that_is_not_known_is_busy(team: Team, state: str) -> None:
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben)))
    assert await team.starts(row)
    await team.calendar(ben, [], state=state, synced=None if state == "new" else NOW)
    assert await team.starts(row) == []
    assert isinstance(await team.holds(row, at(0, 9)), SlotGone)
    await team.calendar(ben, [(at(0, 9), at(0, 10))], state="partial")
    assert min(await team.starts(row)) == at(0, 10)


async def test_old_news_of_a_calendar_are_no_news(team: Team) -> None:
    ben = await team.interviewer("Ben")
    await team.calendar(ben)
    row = await team.appointment(plan(one(ben)))
    assert await team.starts(row)
    team.clock.forward(45 * MINUTE - 1)
    assert await team.starts(row)
    team.clock.forward(1)
    assert await team.starts(row) == [] == await team.fresh_starts(row)
    # Read again and found as it was: the account's row changes, what is kept of the person does not.
    fresh = {"synced_at": team.now}
    await team.store.commit(lambda tx: tx.change(CalendarAccount, {"tenant_id": T, "interviewer_id": ben}, fresh))
    assert await team.starts(row)


async def test_movable_events_are_booked_over_only_if_nothing_else_is_free(team: Team) -> None:
    ben = await team.interviewer("Ben")
    week = [(at(d, 0), at(d + 1, 0)) for d in range(5)]
    await team.calendar(ben, [(at(0, 10), at(1, 0)), *week[2:]], movable=[(at(0, 9), at(0, 10)), *week[1:2]])
    row = await team.appointment(plan(one(ben)))
    assert await team.starts(row) == [at(0, 9), *(at(1, h) for h in range(9, 17))]
    assert isinstance(await team.books(row, at(1, 12)), SlotBooked)
    await team.calendar(ben, [(at(0, 10), at(1, 0)), *week[3:]], movable=[(at(0, 9), at(0, 10)), *week[1:2]])
    other = await team.appointment(plan(one(ben)), "Bob")
    assert min(await team.starts(other)) == at(2, 9)
    assert isinstance(await team.holds(other, at(0, 9)), SlotGone)


async def test_a_bot_interview_needs_the_candidate_only(team: Team) -> None:
    row = await team.appointment(plan())
    await team.store.commit(lambda tx: tx.change(Appointment, {"id": row["id"]}, {"zone": "Asia/Tokyo"}))
    seen = await team.slots(row)
    assert [s for (s,) in seen if at(0, 0) <= s < at(1, 0)] == [at(0, h) for h in range(7, 22)]
    assert isinstance(await team.books(row, at(0, 22)), SlotGone)
    # Booked where the candidate is, the same rule holds for their own clock: 7 to 22 in Tokyo is 22 to 13 UTC.
    again = await team.holds(row, at(0, 22), zone="Asia/Tokyo")
    assert isinstance(again, SlotHeld)
    assert again.when == "Tuesday 24 November, 07:00 to 08:00 (Tokyo, UTC+9)"
    assert isinstance(await team.does(row, BookSlot(row["id"], again.hold)), SlotBooked)
    assert await team.seats(row) == [(row["candidate_id"], CANDIDATE, at(0, 22))]


async def test_a_candidate_is_never_in_two_interviews_at_once(team: Team) -> None:
    ben, cleo = await team.interviewer("Ben"), await team.interviewer("Cleo")
    first = await team.appointment(plan(one(ben)))
    second = await team.appointment(plan(one(cleo), step=30), candidate=first["candidate_id"])
    assert first["candidate_id"] == second["candidate_id"]
    await team.books(first, at(0, 10))
    seen = await team.starts(second)
    assert not {at(0, 9, 30), at(0, 10), at(0, 10, 30)} & set(seen)
    assert {at(0, 9), at(0, 11)} <= set(seen)
    assert isinstance(await team.holds(second, at(0, 10)), SlotGone)


# -- moved --------------------------------------------------------------------------------------------------------


async def test_moving_keeps_the_interviewer_where_that_can_be(team: Team) -> None:
    for name in ("Ben", "Cleo", "Dan"):
        await team.interviewer(name, pools=("tech",))
    row = await team.appointment(plan(one(groups=(Group(1, "tech"),))))
    await team.books(row, at(0, 9))
    (who, *_), _ = await team.seats(row)
    moved = await team.books(row, at(2, 9))
    assert isinstance(moved, SlotBooked)
    assert (moved.version, moved.moved) == (2, True)
    assert (await team.seats(row))[0] == (who, "one", at(2, 9))
    assert orjson.loads((await team.row(row["id"]))["why"])[0][:3] == ["one", who, "kept"]
    assert await team.cells() == 2 * 12, "the old time is free"
    await team.calendar(who, [(at(3, 0), at(4, 0))])
    assert isinstance(await team.books(row, at(3, 9)), SlotBooked)
    assert (await team.seats(row))[0][0] != who


async def test_its_own_time_is_in_nobodys_way_when_moving(team: Team) -> None:
    ben = await team.interviewer("Ben", limits=Limits(per_day=1))
    row = await team.appointment(plan(one(ben), step=15))
    await team.books(row, at(0, 10))
    assert at(0, 10, 15) in await team.starts(row)
    held = await team.holds(row, at(0, 10, 15))
    assert isinstance(held, SlotHeld)
    assert (await team.row(row["id"]))["start_minute"] == at(0, 10), "a hold changes nothing yet"
    assert isinstance(await team.does(row, BookSlot(row["id"], held.hold)), SlotBooked)
    assert (await team.seats(row))[0] == (ben, "one", at(0, 10, 15))


async def test_while_a_hold_lives_notice_does_not_run_out(team: Team) -> None:
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben), notice=120))
    await team.books(row, at(1, 9))
    team.clock.at = at(0, 7) * MINUTE
    held = await team.holds(row, at(0, 9))
    team.clock.forward(5 * MINUTE - 1)
    assert isinstance(await team.does(row, BookSlot(row["id"], held.hold)), SlotBooked)


async def test_too_late_to_move_or_cancel(team: Team) -> None:
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben), move_notice=60))
    await team.books(row, at(0, 9))
    team.clock.at = at(0, 8) * MINUTE
    assert not isinstance(await team.holds(row, at(1, 9)), SlotGone)
    team.clock.forward(1)
    assert named(await team.holds(row, at(1, 9))) == "Unavailable"
    got = await team.does(row, CancelBooking(row["id"], "timing"))
    assert isinstance(got, TooLate)
    assert "less than 1 hour" in got.say
    assert (await team.row(row["id"]))["state"] == "booked"
    by_team = await team.does(row, CancelBooking(row["id"], "timing"), person=ben)
    assert isinstance(by_team, Cancelled)


async def test_cancelled_once_and_for_all(team: Team) -> None:
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben)))
    held = await team.holds(row, at(0, 9))
    await team.does(row, BookSlot(row["id"], held.hold))
    gone = await team.does(row, CancelBooking(row["id"], "offer"), work="w_c")
    assert gone == Cancelled("Monday 23 November, 10:00 to 11:00 (Paris, UTC+1)")
    assert await team.does(row, CancelBooking(row["id"], "offer"), work="w_c") == gone
    now = await team.row(row["id"])
    assert (now["state"], now["version"]) == ("cancelled", 2)
    assert await team.cells() == 0
    assert isinstance(await team.holds(row, at(0, 9)), SlotGone)
    assert isinstance(await team.does(row, BookSlot(row["id"], held.hold)), SlotGone)


async def test_booking_and_cancelling_at_once_leaves_one_of_both(team: Team) -> None:
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben)))
    held = await team.holds(row, at(0, 9))
    got = await asyncio.gather(
        team.does(row, BookSlot(row["id"], held.hold)), team.does(row, CancelBooking(row["id"], "timing"))
    )
    now, cells = await team.row(row["id"]), await team.cells()
    assert isinstance(got[1], Cancelled)
    assert now["state"] == "cancelled"
    if isinstance(got[0], SlotBooked):
        assert cells == 0, "booked, then cancelled"
    else:
        assert isinstance(got[0], SlotGone)
        team.clock.forward(6 * MINUTE)
        other = await team.appointment(plan(one(ben)), "Bob")
        assert at(0, 9) in await team.starts(other)


@pytest.mark.parametrize("slot", ["", "x", "12.x", "29408940.5", "-1", "99999999999999999999"])
async def test_a_slot_that_was_never_offered(team: Team, slot: str) -> None:
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben)))
    assert isinstance(await team.does(row, HoldSlot(row["id"], slot, "UTC")), SlotGone)
    assert await team.cells() == 0


async def test_a_conversation_touches_its_own_appointment_only(team: Team) -> None:
    ben = await team.interviewer("Ben")
    ada, bob = await team.appointment(plan(one(ben))), await team.appointment(plan(one(ben)), "Bob")
    held = await team.holds(ada, at(0, 9))
    assert isinstance(await team.does(bob, BookSlot(ada["id"], held.hold)), SlotGone)
    assert isinstance(await team.does(bob, BookSlot(bob["id"], held.hold)), SlotGone)
    assert isinstance(await team.does(bob, HoldSlot(ada["id"], str(at(0, 10)), "UTC")), SlotGone)
    await team.does(bob, LetGo(bob["id"], held.hold))
    assert named(await team.does(bob, CancelBooking(ada["id"], "offer"))) == "Unavailable"
    assert isinstance(await team.does(ada, BookSlot(ada["id"], held.hold)), SlotBooked)


async def test_somebody_paused_erased_or_without_hours_is_never_booked(team: Team) -> None:
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben)))
    assert await team.starts(row)
    await team.pause(ben)
    assert await team.starts(row) == []
    assert isinstance(await team.holds(row, at(0, 9)), SlotGone)
    await team.pause(ben, "active")
    await team.profile(ben, profiles.Profile("UTC"))
    assert await team.starts(row) == []
    nobody = await team.appointment(plan(one("p_nobody")), "Bob")
    assert await team.starts(nobody) == []
    assert isinstance(await team.holds(nobody, at(0, 9)), SlotGone)


async def test_taps_are_kept_under_the_works_own_names(team: Team) -> None:
    ben = await team.interviewer("Ben")
    row = await team.appointment(plan(one(ben)))
    await team.books(row, at(0, 9))
    keys = {tap["key"] for tap in await team.store.read(lambda tx: tx.find(BookingTap, {"tenant_id": T}))}
    assert keys == {"w_0.0", "w_1"}


async def test_a_crowd_of_candidates_all_find_a_time(team: Team) -> None:
    """Every loser sees other times and gets one of them; nobody of the team is anywhere twice."""
    for name in ("Ben", "Cleo", "Dan"):
        await team.interviewer(name, pools=("tech",), limits=Limits(per_day=3))
    wanted = plan(one(groups=(Group(1, "tech"),)), days=2)
    rows = [await team.appointment(wanted, f"Candidate {n}") for n in range(12)]
    lost = 0

    async def finds(row: Row) -> None:
        nonlocal lost
        for _ in range(20):
            (first, *_), *_ = await team.slots(row)
            if isinstance(await team.books(row, first), SlotBooked):
                return
            lost += 1
        raise AssertionError("never found a time")

    await asyncio.gather(*(finds(row) for row in rows))
    assert lost > 0, "they were in each other's way"
    seats = [seat for row in rows for seat in await team.seats(row) if seat[1] == "one"]
    assert len({(who, start) for who, _, start in seats}) == len(rows) == 12
    per_day = Counter((who, start // 1440) for who, _, start in seats)
    assert max(per_day.values()) <= 3
