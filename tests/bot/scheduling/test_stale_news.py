"""Nobody hears or does what no longer holds: old offers, questions about another appointment, times that are past."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.web.parse import SubmittedIn
from bot.scheduling import appointments
from tests.bot.scheduling.playing import Play, minute, on_stage
from tests.bot.stagehand import DAY, MINUTE, Stage, settle

AT = minute("2026-11-25 11:00"), minute("2026-11-25 11:45")


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with on_stage(home) as made:
        yield made


async def wanted(stage: Stage, order: str = "for 45 min with Priya") -> Play:
    play = await Play.begun(stage)
    await play.orders(order)
    return play


async def booked(stage: Stage, order: str = "for 45 min with Priya") -> Play:
    play = await wanted(stage, order)
    await play.books("Wed 25 Nov", "12:00")
    await play.ear.everybody()
    return play


async def claim_token(play: Play, name: str) -> str:
    found = [m["token"] for m in await play.seat(name).messages() if m.get("token", "").startswith("do:claim:")]
    return found[-1]


async def test_an_offer_to_take_over_ends_with_the_time_it_was_for(stage: Stage) -> None:
    await stage.seats["Noor"].orders("/interview pool platform add Priya, Tom")
    play = await booked(stage, "for 45 min with any of platform")
    picked = await play.entries()
    first, other = sorted(("Priya", "Tom"), key=lambda n: stage.seats[n].who.person_id not in picked)
    for option in ("cant", "ill", "ask"):
        await play.press(option, first)
    token = await claim_token(play, other)
    await play.seat().says("reschedule")
    await play.books("Thu 26 Nov", "12:00")
    await play.ear.everybody()
    await stage.seats[other].taps("claim", token)
    assert "Somebody has taken it already" in await play.ear.of(other)
    await play.stored("booked", (AT[0] + 1440, AT[1] + 1440), first)


async def test_nobody_takes_over_what_they_were_not_asked_for(stage: Stage) -> None:
    await stage.seats["Noor"].orders("/interview pool platform add Priya, Tom")
    play = await booked(stage, "for 45 min with any of platform")
    picked = await play.entries()
    first, other = sorted(("Priya", "Tom"), key=lambda n: stage.seats[n].who.person_id not in picked)
    await stage.seats[other].taps("claim", f"do:claim:{play.appointment}:{stage.seats[first].who.person_id}")
    assert "is yours" not in await play.ear.of(other)
    await play.stored("booked", AT, first)


async def test_other_people_also_count_for_a_time_that_is_being_confirmed(stage: Stage) -> None:
    play = await wanted(stage)
    await play.until("confirm", "Wed 25 Nov", "12:00")
    fields = {"who": stage.seats["Tom"].who.person_id, "how": "all"}
    token = f"cmd:people:{play.appointment}"
    noor = stage.seats["Noor"].who
    event = SubmittedIn(id=stage.event_id(), kind="submitted", token=token, fields=fields)
    await stage.app.port.receive(noor, noor.thread_id, "person", event)
    await settle()
    assert "The people are changed" in await play.ear.of("Noor")
    await play.seat().taps("book")
    await play.stored("booked", AT, "Tom")
    assert "You are interviewing" not in await play.ear.of("Priya")


async def test_who_leaves_before_choosing_a_time_is_spoken_of_in_whole_sentences(stage: Stage) -> None:
    play = await wanted(stage)
    await play.until("time", "Wed 25 Nov")
    await play.ear.everybody()
    await play.seat().says("withdraw")
    await play.seat().taps("stop")
    await play.stored("cancelled", None)
    said = await play.ear.of("Noor")
    assert "Ada has cancelled the interview for Customer support specialist, because they are no longer" in said


async def test_who_gets_time_back_is_told_which(stage: Stage) -> None:
    play = await booked(stage)
    await play.go(AT[0] + 3)
    await play.press("cannot", "Ada")
    await play.ear.everybody()
    await play.press("rebook", "Ada")
    assert "on Wednesday 25 November, 11:00 to 11:45 (London, UTC+0) is cancelled" in await play.ear.of("Priya")


async def test_what_is_asked_about_one_appointment_outlives_the_end_of_another(stage: Stage) -> None:
    play = await booked(stage)
    first = play.appointment
    await play.orders("for 30 min with Tom")
    second = play.appointment
    await stage.wait(15 * MINUTE)
    assert "booking" in await play.open_talks("Ada")
    play.appointment = first
    await play.manages("cancel", f"not_needed.{(await play.row())['version']}")
    assert "booking" in await play.open_talks("Ada"), "the other one is still to be chosen"
    play.appointment = second
    row = await play.books("Thu 26 Nov", "12:00")
    assert row["state"] == "booked"


async def test_who_waits_for_more_times_is_not_reminded_to_choose(stage: Stage) -> None:
    play = await wanted(stage)
    await stage.seats["Priya"].orders("/interview availability away 23 Nov - 31 Dec")
    await play.until("rest")
    await play.ear.everybody()
    await play.go((stage.clock.now() + DAY) // MINUTE + 1)
    assert "You haven't chosen a time" not in await play.ear.of("Ada")
    assert "None of the times suits Ada" in await play.ear.of("Noor")


async def test_what_was_due_while_parley_was_away_is_not_said_afterwards(stage: Stage) -> None:
    play = await booked(stage)
    stage.clock.forward((AT[1] + 60) * MINUTE - stage.clock.now())
    await stage.wait(0)
    assert await play.ear.of("Ada") == ""
    assert "Did it take place?" in await play.ear.of("Priya"), "all that is asked is what nobody can know"
    row = await play.row()
    assert (row["state"], appointments.attendance(row)) == ("over", {})


async def test_nobody_is_missed_in_the_moment_in_which_parley_comes_back(stage: Stage) -> None:
    play = await booked(stage)
    stage.clock.forward((AT[0] + 20) * MINUTE - stage.clock.now())
    await stage.wait(0)
    said = await play.ear.of("Ada")
    assert "begins now" in said
    assert "Are you coming?" not in said
    await play.go(AT[0] + 24)
    assert "Are you coming?" in await play.ear.of("Ada")


async def test_who_is_named_without_having_said_their_hours_is_told_which_are_offered(stage: Stage) -> None:
    await stage.join("Uma", "panelist")
    play = await wanted(stage, "for 45 min with Uma")
    said = await play.ear.of("Uma")
    assert said.count("I offer your time on Mon-Fri 09:00-17:00, London time (UTC+0)") == 1
    assert "You have been named as an interviewer" not in await play.ear.of("Priya")
