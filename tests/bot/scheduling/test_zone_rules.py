"""Local times that people were told and that are no longer true: new rules for clocks, and people who move."""

import asyncio
import shutil
import zoneinfo
from collections.abc import AsyncIterator, Callable, Iterator
from importlib import resources
from pathlib import Path

import pytest

from bot.scheduling import zone_rules
from bot.store.rows import Appointment
from calendar_sync import zones
from tests.bot.scheduling.playing import Play, minute, on_stage
from tests.bot.stagehand import settle

AT = minute("2026-11-25 11:00"), minute("2026-11-25 11:45")


@pytest.fixture
async def booked(home: Path) -> AsyncIterator[Play]:
    """Ada in Paris meets Priya in London on Wednesday at 12:00 for Ada, 11:00 for Priya."""
    async with on_stage(home) as stage:
        play = await Play.begun(stage)
        await play.orders("for 45 min with Priya")
        await play.books("Wed 25 Nov", "12:00")
        await play.ear.everybody()
        yield play


@pytest.fixture
def rules(tmp_path: Path) -> Iterator[Callable[[str, str], None]]:
    """Give a zone the rules of another, as a new release of the time zone data would."""
    own = tmp_path / "zoneinfo"

    def change(name: str, like: str) -> None:
        target = own / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with resources.as_file(resources.files("tzdata") / "zoneinfo" / like) as source:
            shutil.copyfile(source, target)
        read_anew([str(own)])

    yield change
    read_anew(None)


def read_anew(path: list[str] | None) -> None:
    """What a new process reads by itself."""
    zoneinfo.reset_tzpath(path)
    zoneinfo.ZoneInfo.clear_cache()
    zones.zone.cache_clear()


async def started_again(play: Play) -> None:
    await play.stage.restart()
    await asyncio.gather(*[t for t in asyncio.all_tasks() if t.get_name() == "zone rules"])
    await settle()


async def test_new_rules_are_told_once_and_the_recruiter_is_asked(
    booked: Play, rules: Callable[[str, str], None]
) -> None:
    rules("Europe/Paris", "Europe/Moscow")
    await started_again(booked)
    candidate, interviewer, recruiter = [await booked.ear.of(n) for n in ("Ada", "Priya", "Noor")]
    assert "The rules for clocks in Paris have changed" in candidate
    assert "is on Wednesday 25 November, 14:00 to 14:45 (Paris, UTC+3)" in candidate
    assert "I had told you Wednesday 25 November, 12:00." in candidate
    assert interviewer == ""
    assert "than I had told Ada, because rules for clocks have changed" in recruiter
    assert "Wednesday 25 November, 11:00 to 11:45 (London, UTC+0)" in recruiter
    await booked.stored("booked", AT, "Priya")
    await started_again(booked)
    assert [await booked.ear.of(n) for n in ("Ada", "Priya", "Noor")] == ["", "", ""]
    assert len(await booked.facts("local_time_changed")) == 1
    await booked.press("yes.1", "Noor")
    assert "reschedule" in await booked.open_talks("Ada")
    assert "14:00 to 14:45 (Paris, UTC+3)" in await booked.ear.of("Ada")


async def test_it_can_stay(booked: Play, rules: Callable[[str, str], None]) -> None:
    rules("Europe/Paris", "Europe/Moscow")
    await started_again(booked)
    await booked.press("no", "Noor")
    assert "reschedule" not in await booked.open_talks("Ada")
    await booked.stored("booked", AT, "Priya")


async def test_rules_that_change_nothing_for_anybody_are_not_told(
    booked: Play, rules: Callable[[str, str], None]
) -> None:
    rules("Europe/Paris", "Africa/Lagos")  # an hour ahead of UTC too, at this time of the year
    await started_again(booked)
    assert [await booked.ear.of(n) for n in ("Ada", "Priya", "Noor")] == ["", "", ""]


async def test_an_interviewer_who_moves_hears_their_new_local_time(booked: Play) -> None:
    await booked.seat("Priya").orders("/interview availability zone Kolkata")
    await booked.ear.everybody()
    await booked.stage.app.scheduling.zone_rules.check()
    await settle()
    interviewer, recruiter = await booked.ear.of("Priya"), await booked.ear.of("Noor")
    assert "You read times in another zone now" in interviewer
    assert "Wednesday 25 November, 16:30 to 17:15 (Kolkata, UTC+5:30)" in interviewer
    assert "I had told you Wednesday 25 November, 11:00 (London)" in interviewer
    assert "than I had told Priya, because they are in another time zone now" in recruiter
    assert await booked.ear.of("Ada") == ""
    await booked.press("cant", "Priya")
    assert "swap" in await booked.open_talks("Priya")


async def test_a_zone_with_the_same_clock_is_no_news(booked: Play) -> None:
    await booked.seat("Priya").orders("/interview availability zone Lisbon")
    await booked.ear.everybody()
    await booked.stage.app.scheduling.zone_rules.check()
    await settle()
    assert await booked.ear.of("Priya") == await booked.ear.of("Noor") == ""


@pytest.mark.parametrize("state", ["cancelled", "over"])
async def test_what_no_longer_comes_is_left_alone(booked: Play, rules: Callable[[str, str], None], state: str) -> None:
    if state == "cancelled":
        await booked.manages("cancel", "not_needed.1")
    else:
        await booked.go(AT[1] + 60)
    await booked.ear.everybody()
    rules("Europe/Paris", "Europe/Moscow")
    await started_again(booked)
    assert await booked.ear.of("Ada") == await booked.ear.of("Noor") == ""


async def test_every_one_of_many_is_looked_at(booked: Play, rules: Callable[[str, str], None]) -> None:
    """More appointments than are looked at in one go, several of them at the same time."""
    (row,) = await booked.stage.rows(Appointment)
    many = [{**row, "id": f"ap_{n:04d}", "start_minute": AT[0] + n // 10 * 30} for n in range(zone_rules.AT_ONCE + 20)]
    await booked.stage.app.store.commit(lambda tx: [tx.insert(Appointment, r) for r in many])
    rules("Europe/Paris", "Europe/Moscow")
    await started_again(booked)
    told = await booked.facts("local_time_changed")
    assert len(told) == len(many) + 1
