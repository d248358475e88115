"""One interview from the recruiter's order to its end, with a calendar of each kind: Google, CalDAV, Parley's own.

After every step the calendar, what both sides were told in their own local time, and everything that is stored agree.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.scheduling.appointments import attendance
from tests.bot.scheduling.diaries import PUBLIC, Builtin, CalDav, Diary, Google, google_settings, reachable
from tests.bot.scheduling.playing import Play, minute, on_stage
from tests.fakes.google import FakeGoogle
from tests.serving_radicale import Radicale, serving

DENTIST = minute("2026-11-25 13:00"), minute("2026-11-25 14:00")
FIRST = minute("2026-11-25 11:00"), minute("2026-11-25 11:45")
SECOND = minute("2026-11-26 14:00"), minute("2026-11-26 14:45")
THIRD = minute("2026-11-26 15:30"), minute("2026-11-26 16:15")


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    with serving(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture(params=["google", "caldav", "builtin"])
async def played(request: pytest.FixtureRequest, home: Path) -> AsyncIterator[tuple[Play, Diary]]:
    """A stage with Priya's calendar of one kind, connected; the candidate is in Paris, the team in London."""
    async with AsyncExitStack() as stack:
        if request.param == "google":
            fake = await stack.enter_async_context(FakeGoogle().running())
            stage = await stack.enter_async_context(on_stage(home, **google_settings(fake)))
            fake.hooks[PUBLIC] = await stack.enter_async_context(reachable(stage))
            diary: Diary = Google(fake)
        elif request.param == "caldav":
            server: Radicale = request.getfixturevalue("radicale")
            stage = await stack.enter_async_context(on_stage(home, calendar_hosts="127.0.0.1"))
            diary = CalDav(server, server.make_calendar("priya", "Priya"))
        else:
            stage = await stack.enter_async_context(on_stage(home))
            diary = Builtin()
        play = await Play.begun(stage)
        await diary.connect(play, "Priya")
        yield play, diary


def asked_rightly(fake: FakeGoogle) -> None:
    """Google saw nothing that its own rules forbid, was synced step by step, and called when something had changed."""
    assert fake.violations == []
    assert {"events.insert", "events.delete", "events.list", "freebusy.query", "events.watch"} <= set(fake.counts)
    assert len([headers for _, headers in fake.notices if headers["X-Goog-Resource-State"] == "exists"]) >= 3


async def agrees(play: Play, diary: Diary, state: str, at: tuple[int, int] | None) -> None:
    """The calendar stands where the rows say it does."""
    await play.works()
    await play.stored(state, at, "Priya")
    assert await diary.interviews(play, "Priya") == ([at] if state == "booked" else [])


async def test_one_interview_from_the_order_to_its_end(played: tuple[Play, Diary]) -> None:
    play, diary = played
    ear = play.ear
    await diary.takes(play, DENTIST)
    await ordered_and_booked(play, diary)
    await reminded(play, diary)
    await moved_by_the_candidate(play, diary)
    last = await (moved_from_outside if diary.outside else moved_by_the_team)(play, diary)
    await cancelled(play, diary, last)
    await ear.everybody()
    await play.go(THIRD[1] + 120)
    said = {name: await ear.of(name) for name in ("Ada", "Priya")}
    assert said == {"Ada": "", "Priya": ""}, "somebody hears of what was cancelled"
    assert await play.open_talks("Priya") == []
    if isinstance(diary, Google):
        asked_rightly(diary.fake)


async def ordered_and_booked(play: Play, diary: Diary) -> None:
    ear = play.ear
    preview = await play.orders("for 45 min with Priya")
    assert "Europe/London" not in preview
    assert "Priya" in preview
    assert (await play.row())["state"] == "open"
    offered = await play.offered("Wed 25 Nov")
    assert "12:00 – 12:45" in offered
    assert not {t for t in offered if "14:00" <= t[:5] < "15:00" or "13:15" < t[:5] < "14:00"}, "the dentist is busy"
    await ear.everybody()
    await play.books("Wed 25 Nov", "12:00")
    await agrees(play, diary, "booked", FIRST)
    candidate, interviewer = await ear.of("Ada"), await ear.of("Priya")
    assert "When: Wednesday 25 November, 12:00 to 12:45 (Paris, UTC+1)" in candidate
    assert "It's booked." in candidate
    assert "When: Wednesday 25 November, 11:00 to 11:45 (London, UTC+0)" in interviewer
    assert "You are interviewing Ada" in interviewer
    assert "(London" not in candidate
    assert "(Paris" not in interviewer


async def reminded(play: Play, diary: Diary) -> None:
    """A day before, both sides; the candidate confirms."""
    ear = play.ear
    await play.go(FIRST[0] - 1440)
    candidate, interviewer = await ear.of("Ada"), await ear.of("Priya")
    assert "Tomorrow at 12:00" in candidate
    assert "Wednesday 25 November, 12:00 to 12:45 (Paris, UTC+1)" in candidate
    assert "You meet Priya" in candidate
    assert "Tomorrow at 11:00" in interviewer
    assert "Wednesday 25 November, 11:00 to 11:45 (London, UTC+0)" in interviewer
    assert "You meet Ada" in interviewer
    await play.press("confirm", "Ada")
    assert attendance(await play.row()) == {play.seat().who.person_id: "confirmed"}
    await agrees(play, diary, "booked", FIRST)


async def moved_by_the_candidate(play: Play, diary: Diary) -> None:
    ear = play.ear
    await ear.everybody()
    await play.seat().says("reschedule")
    row = await play.books("Thu 26 Nov", "15:00")
    assert row["version"] == 2
    await agrees(play, diary, "booked", SECOND)
    assert attendance(await play.row()) == {}, "what was said about the old time is void"
    candidate, interviewer = await ear.of("Ada"), await ear.of("Priya")
    assert "Thursday 26 November, 15:00 to 15:45 (Paris, UTC+1)" in candidate
    assert "Your interview with Ada has moved." in interviewer
    assert "Thursday 26 November, 14:00 to 14:45 (London, UTC+0)" in interviewer
    assert "reminder" not in await play.open_talks("Priya"), "the question about the old time is void"
    await play.go(FIRST[1])
    assert (await play.row())["state"] == "booked"
    assert "begins now" not in await ear.of("Ada") + await ear.of("Priya")


async def moved_from_outside(play: Play, diary: Diary) -> tuple[int, int]:
    """Priya drags it elsewhere; nothing follows before somebody says what it means."""
    ear = play.ear
    await ear.everybody()
    await diary.drags(play, THIRD)
    interviewer, recruiter = await ear.of("Priya"), await ear.of("Noor")
    asked = "this interview was moved to Thursday 26 November, 15:30 to 16:15 (London, UTC+0). What happened?"
    assert f"In your calendar {asked}" in interviewer
    assert f"In Priya's calendar {asked}" in recruiter
    assert await ear.of("Ada") == ""
    assert (await play.row())["start_minute"] == SECOND[0]
    await play.press("moved", "Priya")
    await agrees(play, diary, "booked", THIRD)
    candidate = await ear.of("Ada")
    assert "Your interview has changed." in candidate
    assert "Thursday 26 November, 16:30 to 17:15 (Paris, UTC+1)" in candidate
    assert "Thursday 26 November, 15:30 to 16:15 (London, UTC+0)" in await ear.of("Priya")
    await play.press("moved", "Noor")
    assert "settled this already" in await ear.of("Noor")
    assert (await play.row())["version"] == 3
    return THIRD


async def moved_by_the_team(play: Play, diary: Diary) -> tuple[int, int]:
    """What only Parley keeps nobody can change elsewhere: the recruiter asks for another time."""
    ear = play.ear
    await ear.everybody()
    await play.manages("move", f"yes.{(await play.row())['version']}")
    assert "Thursday 26 November, 15:00 to 15:45 (Paris, UTC+1)" in await ear.of("Ada")
    await play.books("Thu 26 Nov", "16:30")
    await agrees(play, diary, "booked", THIRD)
    assert "Thursday 26 November, 16:30 to 17:15 (Paris, UTC+1)" in await ear.of("Ada")
    assert "Thursday 26 November, 15:30 to 16:15 (London, UTC+0)" in await ear.of("Priya")
    return THIRD


async def cancelled(play: Play, diary: Diary, at: tuple[int, int]) -> None:
    ear, ada = play.ear, play.seat()
    await play.go(at[0] - 300)
    await ear.everybody()
    await ada.says("cancel")
    assert "Thursday 26 November, 16:30 to 17:15 (Paris, UTC+1)" in await ear.of("Ada")
    await ada.taps("cancel")
    await ada.taps("came_up")
    await ada.taps("cancel")
    await agrees(play, diary, "cancelled", None)
    assert "cancelled" in (await ear.of("Ada")).casefold()
    interviewer, recruiter = await ear.of("Priya"), await ear.of("Noor")
    assert "on Thursday 26 November, 15:30 to 16:15 (London, UTC+0) is cancelled" in interviewer
    assert "Ada has cancelled" in recruiter
    assert "15:30 to 16:15 (London, UTC+0)" in recruiter
