"""Where a candidate stands, whenever they ask: plainly, truly, and without a word of what is sealed."""

import json

import pytest

from bot.funnel.standing import asks
from bot.store.rows import FactRow, Interview
from flows.words import funnel_en as words
from tests.bot.desk.conftest import Counter
from tests.bot.funnel.conftest import RECORDED, rated
from tests.bot.stagehand import Seat, Stage


async def stands(seat: Seat, text: str = "any news?") -> dict[str, str]:
    await seat.says(text, None)
    card = (await seat.messages())[-1]["card"]
    return {r["label"]: r["value"] for r in card["rows"]}


@pytest.mark.parametrize("text", ["any news?", "status", "/status", "Have you decided yet?", "When will I hear back?"])
async def test_after_the_answers_were_sent_off_people_read_them(stage: Stage, text: str):
    ada = await stage.finished()
    rows = await stands(ada, text)
    assert rows[words.NOW] == words.BEING_READ
    assert rows[words.RECEIVED].startswith("Monday 23 November")
    assert words.BY in rows


async def test_what_is_sealed_makes_no_difference_to_what_is_said(stage: Stage):
    ada = await stage.finished()
    before = await stands(ada)
    await stage.seats["Priya"].rates("Ada Okoye", level="1", vote="strong_no")
    assert await stands(ada) == before, "not even who has rated"
    await stage.seats["Tom"].rates("Ada Okoye")
    after = await stands(ada)
    assert after == before
    assert not any(ch.isdigit() for ch in after[words.NOW])


async def test_beside_the_feedback_that_is_open(stage: Stage):
    ada = await rated(stage)
    assert (await ada.must_wait()).key == "close"
    assert (await stands(ada, "any news?"))[words.NOW] == words.BEING_READ
    await ada.taps("~status")
    assert words.BEING_READ in json.dumps((await ada.messages())[-1]["card"])
    await ada.taps("thanks", (await ada.must_wait()).token)


async def test_a_decision_is_news_only_when_it_was_told(stage: Stage, noor: Counter):
    ada = await rated(stage)
    await ada.taps("thanks")
    asked = await noor.line("decide ada: reject because not enough evidence")
    await noor.presses(asked.token, "tomorrow")
    rows = await stands(ada)
    assert rows[words.NOW] == words.BEING_READ, "what is planned is not told early"
    assert words.BY not in rows
    await stage.next_timer()
    assert "The team wrote to you on" in (await stands(ada))[words.NOW]


async def test_who_was_told_in_person_hears_that(stage: Stage, noor: Counter):
    ada = await rated(stage)
    asked = await noor.line("decide ada: reject without a letter because not enough evidence")
    await noor.presses(asked.token, "told")
    assert (await stands(ada))[words.NOW] == words.TOLD_IN_PERSON


async def test_between_two_stages(stage: Stage, noor: Counter):
    await noor.line("stages Support: recorded screen, live interview")
    ada = await rated(stage)
    asked = await noor.line("decide ada: advance because strong")
    await noor.presses(asked.token, "yes")
    await ada.taps("now")
    await ada.plays(**RECORDED)
    rows = await stands(ada)
    assert rows[words.NOW] == words.BEING_READ
    assert rows[words.before("Recorded screen")] == words.WENT_ON


async def test_a_booked_meeting_is_named_with_its_time(stage: Stage, noor: Counter):
    from tests.bot.desk.test_schedule_whole import chooses
    from tests.bot.stagehand import MINUTE

    ada = await stage.finished()
    shown = await noor.line("schedule Ada for 45 min with Tom about Values")
    await noor.presses(shown.token, "send")
    await stage.wait(11 * MINUTE)
    await chooses(ada, "London")
    assert "(London, UTC+0)" in (await stands(ada))[words.MEETING]


@pytest.mark.parametrize("status", ["withdrawn", "expired", "declined"])
async def test_however_it_ended(stage: Stage, status: str):
    ada = await stage.finished()
    interview = await stage.interview(ada)
    await stage.app.store.commit(lambda tx: tx.change(Interview, {"id": interview["id"]}, {"status": status}))
    assert (await stands(ada))[words.NOW] == words.WHERE[status]


async def test_a_person_is_reached_where_nothing_is_going_on(stage: Stage):
    ada = await stage.finished()
    await ada.says("human", None)
    assert (await ada.texts())[-1] == words.HUMAN_COMING
    assert len(await stage.rows(FactRow, name="human_asked")) == 1


async def test_of_somebody_else_nothing_is_told(stage: Stage):
    await stage.finished()
    ben = await stage.finished("Ben Ode")
    await ben.says("any news?", None)
    assert "Ada" not in json.dumps((await ben.messages())[-1])


@pytest.mark.parametrize(
    "text",
    ["The news was bad that day, so I called the customer.", "status pages are what I built", "news", "hello"],
)
def test_only_a_whole_message_asks_for_news(text: str):
    assert asks(text) is (text == "news")
