"""Recordings go in time, whatever ended their interview; what was said stays."""

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.media.contract import Blob
from bot.recordings import shelf
from bot.store.rows import FactRow, Interview, Recording, Transcript, Utterance
from tests.bot.spoken import spoken
from tests.bot.stagehand import DAY, HOUR, Seat, Stage, acting, settle


@pytest.fixture
async def stage(tmp_path: Path, database_url: str) -> AsyncIterator[Stage]:
    async with acting(tmp_path, database_url) as stage:
        yield stage


async def at(stage: Stage, seat: Seat, status: str) -> None:
    where = {"id": (await stage.interview(seat))["id"]}
    await stage.app.store.commit(lambda tx: tx.change(Interview, where, {"status": status}))


async def states(stage: Stage) -> set[str]:
    return {r["state"] for r in await stage.rows(Recording)}


async def passes(stage: Stage, ms: int) -> None:
    """Time goes by, and the hour strikes."""
    await stage.wait(ms)
    await stage.app.keeping.sweep()
    await settle()


async def test_after_the_end_and_its_days_the_sound_goes_and_the_words_stay(stage: Stage):
    ada = await stage.finished()
    ids, days = await spoken(stage, ada), stage.settings.recording_days
    words = len(await stage.rows(Utterance))
    await passes(stage, 100 * DAY)
    assert await states(stage) == {shelf.HEARD}, "nobody has decided yet"
    await at(stage, ada, "decided")
    await passes(stage, 0)
    await passes(stage, days * DAY - HOUR)
    assert await states(stage) == {shelf.HEARD}
    await passes(stage, HOUR)
    rows = await stage.rows(Recording)
    assert {r["id"]: (r["state"], r["blob"]) for r in rows} == dict.fromkeys(ids, (shelf.GONE, ""))
    assert await stage.rows(Transcript) == []
    assert len(await stage.rows(Utterance)) == words
    assert len(await stage.rows(FactRow, name="recording_forgotten")) == len(ids)
    await passes(stage, DAY)
    assert len(await stage.rows(FactRow, name="recording_forgotten")) == len(ids), "twice is once"


async def test_an_interview_that_goes_on_after_all_keeps_them(stage: Stage):
    ada = await stage.finished()
    await spoken(stage, ada)
    await at(stage, ada, "expired")
    await passes(stage, 0)
    assert all(r["forget_at"] for r in await stage.rows(Recording))
    await at(stage, ada, "in_progress")
    await passes(stage, (stage.settings.recording_days + 1) * DAY)
    assert {(r["state"], r["forget_at"]) for r in await stage.rows(Recording)} == {(shelf.HEARD, None)}


async def test_what_a_crash_left_in_the_store_is_deleted_and_nothing_that_is_somebodys(stage: Stage):
    ada, names = await stage.finished(), {n: n * 64 for n in "abc"}
    await spoken(stage, ada, Blob(names["a"], b"key", 1_000, "audio/ogg"))
    folder, now = stage.settings.media / "kept", time.time()
    for letter, days in (("a", 9), ("b", 2), ("c", 0)):
        file = folder / names[letter][:2] / names[letter]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"sealed")
        os.utime(file, (now - days * 86_400, now - days * 86_400))
    await stage.app.tidying.sweep()
    assert {f.name for f in folder.rglob("*") if f.is_file()} == {names["a"], names["c"]}, (
        "c may be on its way to a row"
    )
