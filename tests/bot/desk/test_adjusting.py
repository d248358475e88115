"""A recruiter makes an interview easier for somebody, before it or in its middle; those who rate never learn of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot import hiring
from bot.store.rows import FactRow, Requisition
from bot.store.store import Tx
from flows.words import adjust_en as words
from tests.bot.stagehand import DAY, HOUR, Seat, Stage, acting


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with acting(home) as stage:
        yield stage


async def recorded(stage: Stage) -> None:
    def set_format(tx: Tx) -> None:
        tx.change(Requisition, {"id": stage.requisition_id}, {"settings": '{"format": "recorded"}'})

    await stage.app.store.commit(set_format)


async def flags(stage: Stage, seat: Seat) -> dict[str, Any]:
    return hiring.flags(await stage.interview(seat))


async def adjusts(stage: Stage, line: str) -> str:
    return orjson.dumps(await stage.seats["Noor"].orders(f"/interview adjust {line}")).decode()


async def test_before_it_begins_everything_is_as_agreed(stage: Stage):
    await recorded(stage)
    ada = await stage.invite()
    assert "three more takes" in await adjusts(stage, "Ada")
    said = await adjusts(stage, "Ada extra takes and more time")
    assert "Extra takes" in said
    assert "can't change" not in said
    assert (await flags(stage, ada))[hiring.ADJUSTED] == ["takes", "time"]
    assert "agreed with Ada Okoye already" in await adjusts(stage, "Ada: more time")
    await ada.plays(until="start.ready")
    shown = (await ada.messages())[-1]["card"]
    assert "up to 6 for a question" in orjson.dumps(shown).decode()
    await ada.plays(until="outage", start_ready="go")
    before = await ada.texts()
    await stage.wait(3 * DAY)
    assert await ada.texts() == before, "no reminder, no rest"


async def test_in_the_middle_nobody_is_hurried_any_more_and_there_is_more_time(stage: Stage):
    await recorded(stage)
    ada = await stage.invite()
    await ada.plays(until="outage", start_ready="go")
    until = (await stage.interview(ada))["deadline_at"]
    said = await adjusts(stage, "Ada no limits")
    assert "has begun already" in said
    assert (await stage.interview(ada))["deadline_at"] == until + 2 * DAY
    assert any("made this easier" in text for text in await ada.texts())
    told = len(await ada.texts())
    await stage.wait(5 * HOUR)
    assert len(await ada.texts()) == told, "the conversation doesn't rest either"


async def test_those_who_rate_never_learn_of_it(stage: Stage):
    ada = await stage.invite()
    await adjusts(stage, "Ada Okoye no limits")
    await ada.plays()
    interview = (await stage.interview(ada))["id"]
    assert await stage.rows(FactRow, name="adjusted")
    raters = {n: s for n, s in stage.seats.items() if n not in ("Noor", "Ada Okoye")}
    assert len(raters) >= 2
    for name, seat in raters.items():
        read = [await seat.reviews(interview), await seat.exports(interview), await seat.messages()]
        read += [await seat.messages(seat.channel_id)] if seat.channel else []
        text = orjson.dumps(read, default=str).decode().casefold()
        for word in (*(k.casefold() for k in words.KINDS.values()), "adjust", "unhurried", "made this easier"):
            assert word not in text, (name, word)


async def test_only_recruiters_and_only_people_that_there_are(stage: Stage):
    ada = await stage.invite()
    rater = next(s for n, s in stage.seats.items() if n not in ("Noor", "Ada Okoye"))
    await rater.orders("/interview adjust Ada no limits")
    assert hiring.ADJUSTED not in await flags(stage, ada)
    assert "anybody called Zoe" in await adjusts(stage, "Zoe more time")
    assert "Name the candidate" in await adjusts(stage, "")
