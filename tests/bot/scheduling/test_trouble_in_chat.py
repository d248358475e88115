"""What can go wrong around an appointment, as people live through it: in chat, on the whole application."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.scheduling import profiles
from bot.scheduling.appointments import attendance
from bot.store.rows import Appointment, Booking
from tests.bot.scheduling.playing import Play, T, minute, on_stage, words_on
from tests.bot.stagehand import MINUTE, Stage

AT = minute("2026-11-25 11:00"), minute("2026-11-25 11:45")


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with on_stage(home) as made:
        yield made


async def wanted(stage: Stage, order: str = "for 45 min with Priya", name: str = "Ada") -> Play:
    play = await Play.begun(stage, name)
    await play.orders(order)
    return play


async def booked(stage: Stage, order: str = "for 45 min with Priya", name: str = "Ada") -> Play:
    play = await wanted(stage, order, name)
    await play.books("Wed 25 Nov", "12:00")
    await play.ear.everybody()
    return play


# -- one time, several people -----------------------------------------------------------------------------------------


async def test_of_two_who_press_at_the_same_moment_one_has_it_and_the_other_sees_other_times(stage: Stage) -> None:
    ada, ben = await wanted(stage), await wanted(stage, name="Ben")
    for play in (ada, ben):
        await play.until("time", "Wed 25 Nov")
    await asyncio.gather(ada.picks("12:00"), ben.picks("12:00"))
    keys = {p.name: (await p.seat().must_wait()).key for p in (ada, ben)}
    (winner,) = [p for p in (ada, ben) if keys[p.name].startswith("confirm")]
    (loser,) = [p for p in (ada, ben) if p is not winner]
    assert "just taken" in await loser.ear.of(loser.name)
    await winner.seat().taps("book")
    assert "12:00 – 12:45" not in await loser.offered("Wed 25 Nov")
    await loser.books("Wed 25 Nov", "14:00")
    await winner.stored("booked", AT, "Priya")
    await loser.stored("booked", (AT[0] + 120, AT[1] + 120), "Priya")


async def test_a_hold_that_ran_out_and_was_taken_leads_to_other_times(stage: Stage) -> None:
    ada, ben = await wanted(stage), await wanted(stage, name="Ben")
    await ada.until("confirm", "Wed 25 Nov", "12:00")
    assert "12:00 – 12:45" not in await ben.offered("Wed 25 Nov")
    await stage.wait(6 * MINUTE)
    for option in ("unsuited", "again"):
        await ben.seat().taps(option)
    await ben.books("Wed 25 Nov", "12:00")
    await ada.ear.everybody()
    await ada.seat().taps("book")
    assert "just taken" in await ada.ear.of("Ada")
    await ben.stored("booked", AT, "Priya")
    assert (await ada.row())["state"] == "open"
    await ada.books("Wed 25 Nov", "13:00")
    await ada.stored("booked", (AT[0] + 60, AT[1] + 60), "Priya")


async def test_a_hold_that_ran_out_while_it_was_confirmed_is_booked_if_it_is_still_free(stage: Stage) -> None:
    ada = await wanted(stage)
    await ada.until("confirm", "Wed 25 Nov", "12:00")
    await stage.wait(6 * MINUTE)
    await ada.seat().taps("book")
    await ada.stored("booked", AT, "Priya")


async def test_one_candidate_is_never_offered_a_time_that_they_have_already(stage: Stage) -> None:
    ada = await booked(stage)
    await ada.orders("for 45 min with Tom")
    offered = await ada.offered("Wed 25 Nov")
    assert "13:00 – 13:45" in offered
    assert not {"11:30 – 12:15", "12:00 – 12:45", "12:30 – 13:15"} & set(offered)
    await ada.books("Wed 25 Nov", "13:00")
    await ada.stored("booked", (AT[0] + 60, AT[1] + 60), "Tom")


async def test_pressed_twice_it_is_booked_once(stage: Stage) -> None:
    ada = await wanted(stage)
    await ada.until("confirm", "Wed 25 Nov", "12:00")
    token = (await ada.seat().must_wait()).token
    await asyncio.gather(ada.seat().taps("book", token), ada.seat().taps("book", token))
    await ada.stored("booked", AT, "Priya")
    assert [b["state"] for b in await stage.rows(Booking)] == ["booked"]
    assert (await ada.row())["version"] == 1
    assert (await ada.ear.of("Priya")).count("You are interviewing Ada") == 1


# -- no time at all -----------------------------------------------------------------------------------------------------


async def without_hours(stage: Stage, name: str) -> None:
    """Somebody whose calendar is connected, and who hasn't said when they can be booked."""
    person, app = stage.seats[name].who.person_id, stage.app
    nothing = profiles.Profile("Europe/London")
    await app.store.commit(lambda tx: profiles.save(tx, app.keys, T, person, nothing, stage.clock.now()))


async def test_an_interviewer_without_hours_is_named_before_anybody_is_asked(stage: Stage) -> None:
    await without_hours(stage, "Priya")
    play = await Play.begun(stage)
    said = await play.orders("for 45 min with Priya")
    assert "Priya has no hours" in said, said


async def test_a_pool_that_cannot_meet_the_panel_is_said_to_the_recruiter(stage: Stage) -> None:
    noor = stage.seats["Noor"]
    await noor.orders("/interview pool platform add Priya, Tom")
    play = await Play.begun(stage)
    said = await play.orders("for 45 min with 3 of platform")
    assert "platform" in said
    assert await stage.rows(Appointment) == [], "nothing is asked that can't be"
    said = await play.orders("for 45 min with 2 of platform")
    assert "choose between" in said
    await stage.seats["Tom"].orders("/interview availability away 23 Nov - 31 Dec")
    said = await play.orders("for 45 min with 2 of platform")
    assert "Tom" in said


async def test_where_nothing_is_left_the_team_opens_more_and_the_candidate_hears_of_it(stage: Stage) -> None:
    play = await wanted(stage)
    await stage.seats["Priya"].orders("/interview availability away 23 Nov - 31 Dec")
    await play.ear.everybody()
    await play.until("rest")
    assert "I've asked the team to open more times" in await play.ear.of("Ada")
    assert "None of the times suits Ada" in await play.ear.of("Noor")
    await stage.seats["Priya"].orders("/interview availability away none")
    await play.press("opened", "Noor")
    assert "There are new times now." in await play.ear.of("Ada")
    await play.books("Wed 25 Nov", "12:00")
    await play.stored("booked", AT, "Priya")


# -- somebody can't -----------------------------------------------------------------------------------------------------


async def test_an_interviewer_who_cant_is_replaced_by_the_first_who_claims(stage: Stage) -> None:
    await stage.join("Uma", "panelist")
    await stage.seats["Noor"].orders("/interview pool platform add Priya, Tom, Uma")
    play = await wanted(stage, "for 45 min with any of platform")
    await play.books("Wed 25 Nov", "12:00")
    picked = await play.entries()
    first = next(n for n in ("Priya", "Tom", "Uma") if stage.seats[n].who.person_id in picked)
    others = [n for n in ("Priya", "Tom", "Uma") if n != first]
    await play.ear.everybody()
    await play.press("cant", first)
    await play.press("ill", first)
    await play.press("ask", first)
    assert "I asked 2 colleagues who are free" in await play.ear.of(first)
    for name in others:
        assert f"{first} can't make this interview with Ada" in await play.ear.of(name)
        await stage.seats[name].messages()
    tokens = {n: [m for m in await stage.seats[n].messages() if m.get("token")][-1]["token"] for n in others}
    await asyncio.gather(*(stage.seats[n].taps("claim", tokens[n]) for n in others))
    heard = {n: await play.ear.of(n) for n in (*others, first, "Ada")}
    (taker,) = [n for n in others if "is yours" in heard[n]]
    (other,) = [n for n in others if n != taker]
    assert "Somebody has taken it already" in heard[other]
    assert f"{taker} takes it" in heard[first]
    assert f"With: {taker}" in heard["Ada"]
    assert "Wednesday 25 November, 12:00 to 12:45 (Paris, UTC+1)" in heard["Ada"]
    row = await play.stored("booked", AT, taker)
    assert row["version"] == 2
    await play.go(AT[0] - 60)
    assert await play.ear.of(first) == await play.ear.of(other) == ""
    assert "You meet Ada" in await play.ear.of(taker)
    assert f"You meet {taker}" in await play.ear.of("Ada")


async def test_running_late_is_passed_on_and_waited_for(stage: Stage) -> None:
    play = await booked(stage)
    await play.go(AT[0] - 30)
    await play.ear.everybody()
    await play.press("late", "Ada")
    await play.press("15", "Ada")
    assert attendance(await play.row())[play.seat().who.person_id] == "late 15"
    assert "Ada is running 15 minutes late" in await play.ear.of("Priya")
    await play.go(AT[0] + 10)
    await play.ear.everybody()
    assert (await play.row())["state"] == "began"
    await play.go(AT[0] + 17)
    assert await play.ear.of("Priya") == "", "it was said that they come later"
    await play.go(AT[0] + 18)
    assert "Is Ada there?" in await play.ear.of("Priya")


async def test_nobody_comes_and_everybody_is_asked_told_and_offered_a_way(stage: Stage) -> None:
    play = await booked(stage)
    await play.go(AT[0])
    assert "begins now" in await play.ear.of("Ada")
    assert "begins now" in await play.ear.of("Priya")
    await play.go(AT[0] + 3)
    assert "Are you coming?" in await play.ear.of("Ada")
    assert "Is Ada there?" in await play.ear.of("Priya")
    await play.press("not_here", "Priya")
    assert "Priya is there and waiting for you" in await play.ear.of("Ada")
    await play.ear.everybody()
    await play.go(AT[0] + 11)
    candidate, recruiter = await play.ear.of("Ada"), await play.ear.of("Noor")
    assert "it doesn't count against you" in candidate
    assert "Ada did not come to the interview" in recruiter
    assert "Wednesday 25 November, 11:00 (London, UTC+0)" in recruiter
    await play.press("rebook", "Ada")
    assert "They are choosing another time" in await play.ear.of("Noor")
    assert (await play.row())["state"] == "open"
    await play.books("Thu 26 Nov", "12:00")
    await play.stored("booked", (AT[0] + 1440, AT[1] + 1440), "Priya")


async def test_an_interviewer_who_does_not_come_leaves_the_candidate_with_a_choice(stage: Stage) -> None:
    play = await booked(stage)
    await play.go(AT[0] + 3)
    await play.press("here", "Ada")
    await play.ear.everybody()
    await play.seat("Priya").says("I can't, I'm ill")
    said = await play.ear.of("Ada")
    assert "Priya can't" in said
    assert "Priya says that they can't come" in await play.ear.of("Noor")


async def test_who_misses_a_meeting_can_begin_in_writing_at_once(stage: Stage) -> None:
    play = await booked(stage)
    await play.go(AT[0] + 3)
    await play.press("cannot", "Ada")
    await play.press("text_now", "Ada")
    assert "They are doing a text interview with me now instead" in await play.ear.of("Noor")
    assert (await play.seat().must_wait()).key.startswith("outage")
    assert (await play.row())["state"] == "missed"


async def test_who_withdraws_has_no_appointments_any_more(stage: Stage) -> None:
    play = await booked(stage)
    await play.seat().says("cancel")
    for option in ("cancel", "no_interest", "out", "cancel"):
        await play.seat().taps(option)
    await play.stored("cancelled", None)
    assert "cancelled" in await play.ear.of("Priya")
    assert (await stage.interview(play.seat()))["status"] == "withdrawn"
    await play.ear.everybody()
    await play.go(AT[1] + 60)
    assert await play.ear.of("Ada") == await play.ear.of("Priya") == ""


async def test_a_recruiters_withdrawal_takes_the_appointment_along(stage: Stage) -> None:
    play = await booked(stage)
    card = await stage.seats["Noor"].orders("/interview withdraw Ada")
    option = next(o["id"] for o in card["options"] if o["style"] in ("danger", "primary"))
    await play.press(option, "Noor")
    await play.stored("cancelled", None)
    assert "Wednesday 25 November, 11:00 to 11:45 (London, UTC+0) is cancelled" in await play.ear.of("Priya")


# -- an interview with Parley itself ----------------------------------------------------------------------------------


async def test_an_interview_with_parley_begins_at_the_time_that_was_booked(stage: Stage) -> None:
    play = Play(stage, "Ada")
    ada = await stage.invite("Ada")
    await ada.plays(until="start")
    await ada.taps("book")
    (row,) = await stage.rows(Appointment)
    play.appointment = row["id"]
    assert row["kind"] == "bot"
    await play.books("Wed 25 Nov", "12:00")
    row = await play.stored("booked", (AT[0], (await play.row())["end_minute"]))
    await play.ear.everybody()
    await play.go(AT[0] - 60)
    assert "It's with me, in writing, here in this chat" in await play.ear.of("Ada")
    await play.press("confirm", "Ada")
    await play.go(AT[0] - 1)
    assert (await stage.interview(ada))["status"] == "consented"
    await play.go(AT[0])
    assert "It begins right here" in await play.ear.of("Ada")
    assert (await stage.interview(ada))["status"] == "in_progress"
    assert (await ada.must_wait()).key.startswith("outage")
    await ada.says("I looked at the logs first.")
    await play.ear.everybody()
    await play.go(AT[0] + 4)
    assert "Are you coming?" not in await play.ear.of("Ada"), "they are in the middle of it"


# -- nights on which clocks change ---------------------------------------------------------------------------------------


async def test_a_booking_across_the_night_on_which_paris_loses_an_hour(stage: Stage) -> None:
    stage.clock.at = minute("2027-03-22 09:00") * MINUTE
    await stage.seats["Priya"].orders("/interview availability Sun 0-6")
    play = await wanted(stage)
    offered = await play.offered("Sun 28 Mar")
    assert any(t.startswith("01:30 – 03:15") for t in offered), offered
    assert not [t for t in offered if t.startswith("02:")], "this hour does not exist"
    await play.books("Sun 28 Mar", "01:30")
    play.at_night = True
    lo = minute("2027-03-28 00:30")
    await play.stored("booked", (lo, lo + 45), "Priya")
    candidate, interviewer = await play.ear.of("Ada"), await play.ear.of("Priya")
    assert "Sunday 28 March, 01:30 to 03:15 (Paris, UTC+1, then UTC+2)" in candidate
    assert "Sunday 28 March, 00:30 to 02:15 (London, UTC+0, then UTC+1)" in interviewer
    assert "45 minutes" in candidate
    due = {t["about"]: t["due_at"] // MINUTE for t in await play.timers()}
    ada = play.seat().who.person_id
    assert due["start"] == lo
    day, hour = due[f"remind.1440.{ada}"], due[f"remind.60.{ada}"]
    assert minute("2027-03-27 06:59") <= day <= minute("2027-03-27 07:00"), "01:30 is at night; at 08:00 they are up"
    assert minute("2027-03-27 20:54") <= hour <= minute("2027-03-27 20:55"), "before the quiet hours, at 21:55"
    await play.go(lo - 1)
    assert "Sunday 28 March, 01:30 to 03:15" in await play.ear.of("Ada")


async def test_a_booking_in_the_hour_that_santiago_has_twice(stage: Stage) -> None:
    stage.clock.at = minute("2027-03-29 09:00") * MINUTE
    await stage.seats["Priya"].orders("/interview availability Sun 3-5")
    play = await wanted(stage)
    card = await play.until("time", "Sat 3 Apr", city="Santiago")
    twice = [o for o in card["options"] if o["label"].startswith("Sat 3 Apr, 23:00")]
    assert [o["hint"] for o in twice] == ["UTC-3, late", "UTC-4, late"]
    (across,) = [o["hint"] for o in card["options"] if o["label"] == "Sat 3 Apr, 23:30 – 23:15"]
    assert across == "UTC-3, then UTC-4, late"
    await play.seat().taps(twice[1]["id"])
    confirm = words_on(await play.asked())
    assert "the second one that night" in confirm
    await play.seat().taps("book")
    play.at_night, lo = True, minute("2027-04-04 03:00")
    await play.stored("booked", (lo, lo + 45), "Priya")
    assert "Sunday 4 April, 04:00 to 04:45 (London, UTC+1)" in await play.ear.of("Priya")
    await play.ear.everybody()
    await play.go(lo)
    assert "begins now" in await play.ear.of("Ada")
