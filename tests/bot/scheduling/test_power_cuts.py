"""The process dies at every commit between a press of a button and the last calendar entry: nothing is lost, nothing twice.

The cut is where it hurts: a commit is durable, and nobody has heard of it. What the database then still holds is all
that the next process has; a page sends again what was not acknowledged.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.web.parse import TappedIn
from bot.store.store import Store, Tx
from tests.bot.scheduling.diaries import Google, google_settings
from tests.bot.scheduling.playing import Play, minute, on_stage
from tests.bot.stagehand import SECOND, Stage, settle
from tests.fakes.google import FakeGoogle

FIRST = minute("2026-11-25 11:00"), minute("2026-11-25 11:45")
LATER = minute("2026-11-26 14:00"), minute("2026-11-26 14:45")
# Every sixth commit, beginning at another one in each test; the longer form takes all of them.
EVERY = pytest.mark.parametrize("step", [6, pytest.param(1, marks=pytest.mark.slow)])
MOST = 60  # commits until everything is quiet; more would mean that something goes round in circles


class PowerCut:
    """After so many commits nothing that waits for the database goes on, as in a process that is gone."""

    def __init__(self, store: Store, commits: int) -> None:
        self.dark = asyncio.Event()
        self._left, self._commit, self._read = commits, store.commit, store.read
        store.commit, store.read = self.commit, self.read  # pyright: ignore[reportAttributeAccessIssue]

    async def commit(self, unit: Callable[[Tx], Any]) -> Any:
        if not self.dark.is_set():
            done = await self._commit(unit)
            self._left -= 1
            if self._left > 0:
                return done
            self.dark.set()
        return await asyncio.Future[Any]()

    async def read(self, unit: Callable[[Tx], Any]) -> Any:
        return await (asyncio.Future[Any]() if self.dark.is_set() else self._read(unit))


@pytest.fixture
async def play(home: Path) -> AsyncIterator[tuple[Play, Google]]:
    async with FakeGoogle().running() as fake, on_stage(home, **google_settings(fake)) as stage:
        made, calendar = await Play.begun(stage), Google(fake)
        await calendar.connect(made, "Priya")
        yield made, calendar
        assert fake.violations == []


async def press_and_die(stage: Stage, option: str, commits: int) -> bool:
    """Ada presses a button; the process dies after so many commits, and another one takes over. False: it was quiet."""
    seat = stage.seats["Ada"]
    event = TappedIn(id=stage.event_id(), kind="tapped", token=(await seat.must_wait()).token, option=option)
    stage.clock.forward(SECOND)
    cut = PowerCut(stage.app.store, commits)

    async def pressed() -> None:
        await stage.app.port.receive(seat.who, seat.who.thread_id, "person", event)
        await settle()

    both: list[asyncio.Task[Any]] = [asyncio.create_task(pressed()), asyncio.create_task(cut.dark.wait())]
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    died = cut.dark.is_set()
    for task in both:
        task.cancel()
    await asyncio.gather(*both, return_exceptions=True)
    await stage.restart()
    await stage.app.port.receive(seat.who, seat.who.thread_id, "person", event)  # the page was never answered
    await stage.wait(0)
    return died


async def asked(play: Play) -> None:
    await play.orders("for 45 min with Priya")


async def finished(play: Play) -> None:
    """Make room for the next round."""
    row = await play.row()
    if row["state"] != "cancelled":
        await play.manages("cancel", f"not_needed.{row['version']}")
    await play.works()


@EVERY
async def test_booked(play: tuple[Play, Google], step: int) -> None:
    ada, google = play
    for n in range(1, MOST, step):
        await asked(ada)
        await ada.until("confirm", "Wed 25 Nov", "12:00")
        await ada.ear.everybody()
        died = await press_and_die(ada.stage, "book", n)
        await ada.works()
        row = await ada.stored("booked", FIRST, "Priya")
        assert row["version"] == 1
        assert await google.interviews(ada, "Priya") == [FIRST], f"after {n} commits"
        candidate, interviewer = await ada.ear.of("Ada"), await ada.ear.of("Priya")
        assert candidate.count("It's booked.") == 1, f"after {n} commits"
        assert interviewer.count("You are interviewing Ada") == 1, f"after {n} commits"
        await finished(ada)
        if not died:
            assert n > 5, "this is not where it begins"
            return
    raise AssertionError("it is never quiet")


@EVERY
async def test_moved(play: tuple[Play, Google], step: int) -> None:
    ada, google = play
    for n in range(min(step, 2), MOST, step):
        await asked(ada)
        await ada.books("Wed 25 Nov", "12:00")
        await ada.works()
        await ada.seat().says("reschedule")
        await ada.until("confirm", "Thu 26 Nov", "15:00")
        await ada.ear.everybody()
        died = await press_and_die(ada.stage, "book", n)
        await ada.works()
        assert (await ada.stored("booked", LATER, "Priya"))["version"] == 2
        assert await google.interviews(ada, "Priya") == [LATER], f"after {n} commits"
        assert (await ada.ear.of("Priya")).count("Your interview with Ada has moved.") == 1, f"after {n} commits"
        candidate = await ada.ear.of("Ada")
        assert candidate.count("It's moved;") == 1, f"after {n} commits"
        assert "Thursday 26 November, 15:00 to 15:45 (Paris, UTC+1)" in candidate
        await finished(ada)
        if not died:
            return
    raise AssertionError("it is never quiet")


@EVERY
async def test_cancelled(play: tuple[Play, Google], step: int) -> None:
    ada, google = play
    for n in range(min(step, 3), MOST, step):
        await asked(ada)
        await ada.books("Wed 25 Nov", "12:00")
        await ada.works()
        await ada.seat().says("cancel")
        for option in ("cancel", "came_up"):
            await ada.seat().taps(option)
        await ada.ear.everybody()
        died = await press_and_die(ada.stage, "cancel", n)
        await ada.works()
        await ada.stored("cancelled", None)
        assert await google.interviews(ada, "Priya") == [], f"after {n} commits"
        assert (await ada.ear.of("Priya")).count("is cancelled") == 1, f"after {n} commits"
        assert (await ada.ear.of("Noor")).count("Ada has cancelled") == 1, f"after {n} commits"
        if not died:
            return
    raise AssertionError("it is never quiet")
