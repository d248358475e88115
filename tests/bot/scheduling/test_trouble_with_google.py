"""Google in trouble while an interview is written or read: what people see, that the booking stands, and how it mends."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.scheduling.accounts import TRUSTED
from bot.store.rows import CalendarAccount, CalendarEntry
from tests.bot.scheduling.diaries import MAIL, PUBLIC, Google, google_settings, reachable
from tests.bot.scheduling.playing import Play, minute, on_stage
from tests.bot.stagehand import MINUTE
from tests.fakes.google import FakeGoogle, Fault

AT = minute("2026-11-25 11:00"), minute("2026-11-25 11:45")
PASSES = [
    Fault("status", 429, "rateLimitExceeded"),
    Fault("status", 403, "userRateLimitExceeded"),
    Fault("status", 503, retry_after=30),
    Fault("status", 401, "authError"),
    Fault("drop"),
    Fault("error_after"),
]


@pytest.fixture
async def fake() -> AsyncIterator[FakeGoogle]:
    async with FakeGoogle().running() as google:
        yield google
        assert google.violations == []
        assert google.counts["events.list"] > 0, "nothing was asked of Google"


@pytest.fixture
async def play(home: Path, fake: FakeGoogle) -> AsyncIterator[Play]:
    """Ada is about to choose a time with Priya, whose Google calendar is connected."""
    async with on_stage(home, **google_settings(fake)) as stage, reachable(stage) as here:
        fake.hooks[PUBLIC] = here
        made = await Play.begun(stage)
        await Google(fake).connect(made, "Priya")
        await made.orders("for 45 min with Priya")
        yield made


async def entry(play: Play) -> tuple[str, str]:
    (row,) = await play.stage.rows(CalendarEntry, appointment_id=play.appointment)
    return row["state"], row["problem"]


def forget_tokens(play: Play) -> None:
    """What a process that is started again has forgotten."""
    play.stage.app.scheduling.clients._google.clear()  # pyright: ignore[reportPrivateUsage]


async def heard(play: Play, fake: FakeGoogle) -> None:
    """Every call of Google's has arrived, and what it was about has been read."""
    await fake.delivered()
    await play.read()


@pytest.mark.parametrize("fault", PASSES, ids=lambda f: f"{f.kind}-{f.status}-{f.reason}")
async def test_trouble_that_passes_costs_nobody_anything(play: Play, fake: FakeGoogle, fault: Fault) -> None:
    fake.fail("events.insert", *[fault] * (1 if fault.status == 401 else 3))  # a token that ran out is renewed once
    await play.books("Wed 25 Nov", "12:00")
    candidate = await play.ear.of("Ada")
    assert "It's booked." in candidate
    await play.works()
    await play.stored("booked", AT, "Priya")
    assert await Google(fake).interviews(play, "Priya") == [AT]
    told = await play.ear.of("Priya") + await play.ear.of("Noor")
    assert "couldn't" not in told, "nobody needs to hear of what mends itself"


async def test_a_revoked_grant_is_said_to_owner_and_recruiter_and_written_after_they_connect_again(
    play: Play, fake: FakeGoogle
) -> None:
    fake.revoke(MAIL)
    forget_tokens(play)  # one that was fetched before lives for an hour
    await play.books("Wed 25 Nov", "12:00")
    await play.works()
    assert await entry(play) == ("failed", "reconnect")
    candidate, owner, recruiter = [await play.ear.of(n) for n in ("Ada", "Priya", "Noor")]
    assert "It's booked." in candidate
    assert "calendar" not in candidate.rpartition("It's booked.")[2].replace("For your calendar", "")
    assert "Wednesday 25 November, 11:00 (London, UTC+0)" in owner
    assert "Priya" in recruiter
    assert (await play.row())["state"] == "booked"
    await play.go(play.stage.clock.now() // MINUTE + 15)
    assert "has to be connected again" in await play.ear.of("Noor")
    fake._refresh[f"refresh-{MAIL}"] = MAIL  # pyright: ignore[reportPrivateUsage]  # they have allowed it again
    forget_tokens(play)
    await play.go(play.stage.clock.now() // MINUTE + 400)
    await play.works()
    await play.stored("booked", AT, "Priya")
    assert await Google(fake).interviews(play, "Priya") == [AT]
    assert "again" in await play.ear.of("Priya")


async def test_a_refusal_that_stays_is_said_and_the_booking_stands(play: Play, fake: FakeGoogle) -> None:
    fake.fail("events.insert", *[Fault("status", 403, "forbidden")] * 8)
    await play.books("Wed 25 Nov", "12:00")
    await play.works()
    state, problem = await entry(play)
    assert state == "failed"
    assert problem
    assert "Priya" in await play.ear.of("Noor")
    assert (await play.row())["state"] == "booked"
    await play.go(AT[0] - 60)
    assert "Wednesday 25 November, 12:00 to 12:45 (Paris, UTC+1)" in await play.ear.of("Ada")


async def test_forgotten_sync_tokens_cost_one_listing_and_nothing_else(play: Play, fake: FakeGoogle) -> None:
    await play.books("Wed 25 Nov", "12:00")
    await play.works()
    await heard(play, fake)
    fake.forget_tokens(MAIL)
    await play.ear.everybody()
    await play.go(play.stage.clock.now() // MINUTE + 20)
    assert ("events.list", 410, "fullSyncRequired") in fake.refusals
    await play.stored("booked", AT, "Priya")
    assert await play.ear.of("Priya") == await play.ear.of("Noor") == ""


async def test_a_calendar_that_stays_silent_counts_as_busy_until_it_answers(play: Play, fake: FakeGoogle) -> None:
    stage = play.stage
    await play.ear.everybody()
    until = stage.clock.now() + 2 * TRUSTED["google"]
    while stage.clock.now() < until:
        fake.fail("events.list", *[Fault("status", 503)] * 8)
        await stage.wait(5 * MINUTE)
        await play.sync()
    fake.script.clear()
    (account,) = await stage.rows(CalendarAccount)
    assert account["state"] == "stale"
    owner, recruiter = await play.ear.of("Priya"), await play.ear.of("Noor")
    assert "Google Calendar (priya@example.com)" in owner
    assert "Priya" in recruiter
    await play.until("rest")
    assert "I've asked the team to open more times" in await play.ear.of("Ada")
    await play.go(stage.clock.now() // MINUTE + 60)
    assert "again" in await play.ear.of("Priya")
    assert "There are new times now." in await play.ear.of("Ada")
    await play.books("Wed 25 Nov", "12:00")
    await play.works()
    await play.stored("booked", AT, "Priya")


@pytest.mark.parametrize("answer", ["put_back", "cancelled"])
async def test_an_event_deleted_outside_is_asked_about(play: Play, fake: FakeGoogle, answer: str) -> None:
    await play.books("Wed 25 Nov", "12:00")
    await play.works()
    await play.ear.everybody()
    (event,) = fake.alive(MAIL)
    fake.delete(MAIL, event["id"])
    await heard(play, fake)
    assert "taken out of Priya's calendar" in await play.ear.of("Noor")
    assert "taken out of your calendar" in await play.ear.of("Priya")
    assert await play.ear.of("Ada") == ""
    await play.press(answer, "Noor")
    if answer == "cancelled":
        await play.press("cancel", "Noor")
    await play.works()
    if answer == "put_back":
        await play.stored("booked", AT, "Priya")
        assert await Google(fake).interviews(play, "Priya") == [AT]
        assert await play.ear.of("Ada") == ""
        return
    await play.stored("cancelled", None)
    assert "Wednesday 25 November, 12:00 to 12:45 (Paris, UTC+1) won't take place" in await play.ear.of("Ada")
    await play.press("put_back", "Priya")
    assert "settled this already" in await play.ear.of("Priya")
    await play.works()
    assert await Google(fake).interviews(play, "Priya") == []


async def test_a_decline_is_passed_to_a_colleague_and_the_calendar_follows(play: Play, fake: FakeGoogle) -> None:
    stage = play.stage
    await play.books("Wed 25 Nov", "12:00")
    await play.works()
    await play.ear.everybody()
    (event,) = fake.alive(MAIL)
    fake.answer(MAIL, event["id"], MAIL, "declined")
    await heard(play, fake)
    assert "Priya declined this interview" in await play.ear.of("Noor")
    await play.press("replace", "Noor")
    await play.press("conflict", "Priya")
    await play.press("ask", "Priya")
    token = [m for m in await stage.seats["Tom"].messages() if m.get("token")][-1]["token"]
    await stage.seats["Tom"].taps("claim", token)
    await play.works()
    await play.stored("booked", AT, "Tom")
    assert await Google(fake).interviews(play, "Priya") == []
    assert "With: Tom" in await play.ear.of("Ada")
