"""An appointment beside an interview that only rests: words reach the right question, and a goodbye is one for all."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.scheduling import appointments
from bot.store.rows import Conversation, Interview
from flows.words import schedule_en
from tests.bot.scheduling.playing import Play, on_stage
from tests.bot.stagehand import MINUTE, Stage

DAY, TIME = "Wed 25 Nov", "10:30"


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with on_stage(home) as found:
        yield found


async def test_what_is_typed_answers_the_question_and_not_the_rest(stage: Stage):
    play = await Play.begun(stage)
    await play.orders("for 45 min with Priya")
    row = await play.books(DAY, TIME)
    await play.go(row["start_minute"] + 3)
    assert sorted(await play.open_talks("Ada")) == ["invite", "noshow"]
    await play.seat().says("10 minutes late, sorry")
    row = await play.row()
    assert appointments.attendance(row)[row["candidate_id"]] == "late 10"
    assert await play.open_talks("Ada") == ["invite"], "the interview that rests has not been begun"


async def test_who_leaves_while_choosing_a_time_has_left_everything(stage: Stage):
    play = await Play.begun(stage)
    await play.orders("for 45 min with Priya")
    assert sorted(await play.open_talks("Ada")) == ["booking", "invite"]
    await play.seat().says("stop")
    await play.seat().taps("stop")
    assert await play.open_talks("Ada") == []
    assert "withdrew" in (await play.seat().texts())[-1], "nothing is said after the goodbye"
    await play.seat().says("hello?")
    assert await stage.rows(Conversation, flow="interview") == []
    assert {i["status"] for i in await stage.rows(Interview)} == {"withdrawn"}
    assert (await play.row())["state"] == "cancelled"


async def test_who_is_in_the_middle_of_an_interview_is_asked_right_after_it(stage: Stage):
    ada = await stage.invite("Ada")
    await ada.plays(until="outage")
    play = Play(stage)
    await play.orders("for 45 min with Priya")
    assert (await stage.seats["Noor"].texts())[-1] == schedule_en.asked("Ada", busy=True).text
    assert await play.open_talks("Ada") == ["interview"]
    await ada.plays(until="zone")
    assert "booking" in await play.open_talks("Ada"), "and not ten minutes later"
    await stage.wait(20 * MINUTE)
    assert (await play.open_talks("Ada")).count("booking") == 1
