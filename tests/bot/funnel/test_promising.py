"""The promised day: kept or renewed, honestly, and never left to pass in silence."""

import pytest

from bot import hiring
from bot.desk.promises import day_named
from bot.funnel import promising
from bot.store.rows import FactRow, Interview, Timer
from bot.store.store import Row
from calendar_sync.zones import date_text, day_of
from flows.words import funnel_en as words
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.funnel.conftest import rated
from tests.bot.stagehand import DAY, HOUR, Seat, Stage

TODAY = day_of("2026-11-23")  # a Monday


async def promised(stage: Stage, seat: Seat) -> int:
    return hiring.flags(await stage.interview(seat))["promise_at"]


async def until(stage: Stage, at: int) -> None:
    """Go there timer by timer, as time does."""
    while (timer := await stage.app.runner.next_timer()) is not None and timer["due_at"] <= at:
        await stage.wait(max(0, timer["due_at"] - stage.clock.now()))
    await stage.wait(max(0, at - stage.clock.now()))


async def heard(seat: Seat, start: str) -> list[str]:
    return [t for t in await seat.texts() if start in t]


async def test_the_day_that_was_told_is_the_day_that_is_promised(stage: Stage):
    ada = await stage.finished()
    at = await promised(stage, ada)
    day = f"{date_text(at // DAY)}"
    assert at // HOUR % 24 == 17, "five in the afternoon in London"
    said = next(t for t in await ada.texts() if "You'll hear from us by" in t)
    assert hiring.day_words(at) in said, day
    assert await stage.rows(Timer, about="promise")


async def test_recruiters_are_reminded_then_asked_and_then_the_candidate_hears_the_truth(stage: Stage):
    ada = await rated(stage)
    noor, at = stage.seats["Noor"], await promised(stage, ada)
    await until(stage, at - 2 * DAY + HOUR)
    (reminded,) = await heard(noor, "was promised to hear about")
    assert "somebody has to decide" in reminded
    await until(stage, at - 2 * HOUR)
    assert len(await heard(noor, "Today is the day")) == 1
    assert await heard(ada, "isn't decided yet") == []
    await until(stage, at + HOUR)
    (told,) = await heard(ada, "isn't decided yet")
    assert "I'm sorry that it takes longer" in told
    later = await promised(stage, ada)
    assert later - at == 3 * DAY
    assert hiring.day_words(later) in told
    assert len(await heard(noor, "has passed")) == 1


async def test_after_three_days_more_three_times_the_truth_is_told_once(stage: Stage, noor: Counter):
    ada = await rated(stage)
    await until(stage, await promised(stage, ada) + 30 * DAY)
    assert len(await heard(ada, "The new date is")) == 3
    (truth,) = await heard(ada, "I won't name another day")
    assert "The team knows that you are waiting" in truth
    tasks = await noor.tasks()
    assert next(iter(tasks.values())).startswith("OVERDUE"), "what is overdue stands first"
    assert await stage.rows(Timer, about="promise") == []
    await until(stage, stage.clock.now() + 30 * DAY)
    assert len(await heard(ada, "I won't name another day")) == 1
    await ada.says("any news?")
    shown = (await ada.messages())[-1]["card"]
    assert words.NO_DAY in [r["value"] for r in shown["rows"]]


async def test_a_recruiter_gives_more_days_with_one_button(stage: Stage, noor: Counter):
    ada = await rated(stage)
    at = await promised(stage, ada)
    await until(stage, at - 2 * HOUR)
    interview = await stage.interview(ada)
    said = await noor.presses(promising.token(interview), "plus7")
    assert text_of(said).startswith("I've told Ada Okoye")
    assert await promised(stage, ada) == at + 7 * DAY
    assert len(await heard(ada, "The new date is")) == 1
    await until(stage, at + DAY)
    assert len(await heard(ada, "The new date is")) == 1, "what was renewed by a person is not renewed again"


async def test_a_new_day_by_line_comes_with_a_line_for_the_candidate(stage: Stage, noor: Counter):
    ada = await rated(stage)
    said = await noor.line("promise ada by 4 Dec because the hiring manager is travelling")
    assert "Friday 4 December" in text_of(said)
    (told,) = await heard(ada, "The new date is Friday 4 December")
    assert "the hiring manager is travelling" in told
    assert date_text(await promised(stage, ada) // DAY) == "2026-12-04"
    fact = (await stage.rows(FactRow, name="promise_renewed"))[0]
    assert "travelling" not in fact["data"]


async def test_a_new_day_by_form_says_what_is_wrong_beside_the_field(stage: Stage, noor: Counter):
    ada = await rated(stage)
    form = await noor.line("promise ada", forms=True)
    assert (await noor.submits(form.token, day="soon", why="")).problems == {"day": words.NO_SUCH_DAY}
    assert (await noor.submits(form.token, day="today", why="")).problems == {"day": words.DAY_PAST}
    assert (await noor.submits(form.token, day="in 9 weeks")).problems == {"day": words.DAY_PAST}
    assert (await noor.submits(form.token, day="Friday", why="x" * 301)).problems == {"why": words.WHY_LONG}
    assert text_of(await noor.submits(form.token, day="Friday", why="")).endswith("by Friday 27 November.")
    assert len(await heard(ada, "The new date is")) == 1


async def test_a_decision_with_a_letter_keeps_the_promise(stage: Stage, noor: Counter):
    ada = await rated(stage)
    asked = await noor.line("decide ada: reject because not enough evidence")
    await noor.presses(asked.token, "tomorrow")
    assert await stage.rows(Timer, about="promise") == []
    interview = await stage.interview(ada)
    assert text_of(await noor.presses(promising.token(interview), "plus3")) == words.SETTLED
    listed = await noor.line("letters")
    one = await noor.presses(listed.token, options_of(listed)[0])
    await noor.presses(one.token, "stop")
    assert await stage.rows(Timer, about="promise"), "they are to hear of it all the same"
    assert text_of(await noor.line("promise ada by Friday")).endswith("by Friday 27 November.")


async def test_a_decision_that_nobody_tells_is_asked_about_on_the_day(stage: Stage, noor: Counter):
    ada = await rated(stage)
    asked = await noor.line("decide ada: reject without a letter because not enough evidence")
    await noor.presses(asked.token, "later")
    await until(stage, await promised(stage, ada) - 2 * HOUR)
    (asked_about,) = await heard(stage.seats["Noor"], "Today is the day")
    assert "nobody has told them yet" in asked_about


@pytest.mark.parametrize("what", ["withdrawn", "erased"])
async def test_nobody_is_told_of_a_day_who_is_gone(stage: Stage, what: str):
    ada = await rated(stage)
    interview = await stage.interview(ada)
    if what == "withdrawn":
        where = {"id": interview["id"]}
        await stage.app.store.commit(lambda tx: tx.change(Interview, where, {"status": "withdrawn"}))
    else:
        await erase(stage, interview)
    await until(stage, interview["created_at"] + 40 * DAY)
    assert await stage.rows(FactRow, name="promise_renewed") == []
    assert await heard(stage.seats["Noor"], "was promised to hear about") == []


async def erase(stage: Stage, interview: Row) -> None:
    from tests.bot.funnel.rated_people import People

    await People(stage).erase(interview)


async def test_who_took_so_long_that_the_day_is_near_gets_a_new_one_at_once(stage: Stage):
    ada = await stage.invite()
    await stage.wait(5 * DAY)
    await ada.plays()
    at = await promised(stage, ada)
    assert at - stage.clock.now() > 5 * DAY
    assert len(await heard(ada, "You'll hear about")) == 1


async def test_nobody_elses_candidate_is_promised_anything(stage: Stage):
    ada = await rated(stage)
    before = await promised(stage, ada)
    interview = await stage.interview(ada)
    for seat in (await stage.join("Stranger", "admin", tenant="t_other"), stage.seats["Priya"]):
        theirs = Counter(stage, seat)
        await theirs.line("promise ada by 4 Dec")
        await theirs.presses(promising.token(interview), "plus7")
        await theirs.submits(f"cmd:promise:{interview['id']}", day="4 Dec", why="")
    assert await promised(stage, ada) == before
    assert await heard(ada, "The new date is") == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Friday", "2026-11-27"),
        ("monday", "2026-11-30"),
        ("next Tue", "2026-11-24"),
        ("tomorrow", "2026-11-24"),
        ("in 3 days", "2026-11-26"),
        ("in a week", "2026-11-30"),
        ("4 Dec", "2026-12-04"),
        ("December 4th", "2026-12-04"),
        ("3 January", "2027-01-03"),
        ("2026-12-24.", "2026-12-24"),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str, day: str):
    found = day_named(text, TODAY)
    assert found is not None
    assert date_text(found) == day


@pytest.mark.parametrize("text", ["", "soon", "31 Feb", "40 Dec", "2026-13-01", "in 3 years", "d"])
def test_what_is_no_day_is_none(text: str):
    assert day_named(text, TODAY) is None
