"""Reminders to raters, backup raters, and a machine's card that doesn't come."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import hiring
from bot.scheduling import profiles
from bot.scorecards import reminding
from bot.store.rows import Role, Scorecard, Timer
from flows.words import panel_en
from tests.bot.scorecards.conftest import card_of, flags, last, option_ids, presses, rows_of
from tests.bot.stagehand import DAY, HOUR, Seat, Stage, acting

REMINDER = "A reminder: your scorecard for Ada Okoye is still due"


@pytest.fixture
async def quiet(home: Path) -> AsyncIterator[Stage]:
    async with acting(home, quiet_hours="22:00-08:00", time_zone="Europe/London") as stage:
        yield stage


async def reminders(seat: Seat) -> int:
    return sum(t.startswith(REMINDER) for t in await seat.texts())


async def rating_timers(stage: Stage) -> list[str]:
    return sorted(t["about"] for t in await stage.rows(Timer) if reminding.is_ours(t["about"]))


async def named_backup(stage: Stage, *names: str) -> None:
    title = (
        (await stage.seats["Noor"].orders("/interview options"))["title"].removeprefix("How ").removesuffix(" is rated")
    )
    card = await stage.seats["Noor"].orders(f"/interview options {title} backup {', '.join(names)}")
    assert rows_of(card)["Asked when somebody is late"] == ", ".join(names)


async def test_an_hour_after_then_daily_ten_times_and_only_who_is_due(stage: Stage):
    await stage.finished()
    priya, tom = stage.seats["Priya"], stage.seats["Tom"]
    await stage.wait(HOUR - 60_000)
    assert await reminders(tom) == 0
    await stage.wait(2 * 60_000)
    assert (await reminders(tom), await reminders(priya)) == (1, 1)
    assert (await last(tom))["card"]["text"] == f"{REMINDER} (0 of 2 submitted). Nobody has submitted yet."
    await priya.rates("Ada Okoye")
    await stage.wait(DAY)
    assert (await reminders(tom), await reminders(priya)) == (2, 1)
    assert (await last(tom))["card"]["text"] == f"{REMINDER} (1 of 2 submitted). The others wait for it."
    for _ in range(10):
        await stage.wait(DAY)
    assert (await reminders(tom), await reminders(priya)) == (reminding.MOST, 1)
    assert await rating_timers(stage) == []


async def test_the_button_of_a_reminder_begins_the_rating(stage: Stage):
    ada = await stage.finished()
    await stage.wait(HOUR + 60_000)
    tom = stage.seats["Tom"]
    await presses(tom, (await stage.interview(ada))["id"])
    assert (await tom.must_wait()).key == "form#1"


async def test_reminders_end_with_the_reveal_and_with_a_withdrawal(stage: Stage):
    await stage.finished()
    await stage.seats["Priya"].rates("Ada Okoye")
    await stage.seats["Tom"].rates("Ada Okoye")
    assert await rating_timers(stage) == []
    bo = await stage.finished("Bo Lind")
    interview = await stage.interview(bo)
    await stage.app.store.commit(lambda tx: hiring.step(tx, interview, "withdrawn"))
    await stage.wait(3 * DAY)
    assert not [t for t in await stage.seats["Tom"].texts() if t.startswith("A reminder")]


async def test_somebody_who_has_left_the_team_is_not_waited_for(stage: Stage):
    ada = await stage.finished()
    await stage.seats["Priya"].rates("Ada Okoye")
    gone = {"tenant_id": stage.app.tenant_id, "person_id": stage.seats["Tom"].who.person_id}
    await stage.app.store.commit(lambda tx: tx.delete(Role, gone))
    assert (await stage.interview(ada))["revealed_at"] is None
    await stage.wait(HOUR + 60_000)
    assert (await stage.interview(ada))["status"] == "scored"
    assert await rating_timers(stage) == []


async def test_nobody_is_reminded_in_their_quiet_hours(quiet: Stage):
    """Noor's team is in London; Tom has said that he is in Tokyo, where the day ends earlier."""
    tom, priya = quiet.seats["Tom"], quiet.seats["Priya"]
    where = (tom.who.tenant_id, tom.who.person_id)
    app = quiet.app
    tokyo = profiles.default("Asia/Tokyo")
    await app.store.commit(lambda tx: profiles.save(tx, app.keys, *where, tokyo, quiet.clock.now()))
    quiet.clock.forward(4 * HOUR)  # 13:00 in London, 22:00 in Tokyo
    await quiet.finished()
    await quiet.wait(HOUR + 60_000)
    assert (await reminders(priya), await reminders(tom)) == (1, 0)
    assert await rating_timers(quiet) == ["rate", f"rate:{tom.who.person_id}"]
    await quiet.wait(8 * HOUR)
    assert await reminders(tom) == 0, "it is seven in the morning there"
    await quiet.wait(HOUR)
    assert (await reminders(priya), await reminders(tom)) == (1, 1)


async def test_a_reminder_that_waited_for_the_morning_is_dropped_when_it_is_done(quiet: Stage):
    quiet.clock.forward(12 * HOUR)  # 21:00
    await quiet.finished()
    await quiet.wait(HOUR + 60_000)
    assert await reminders(quiet.seats["Tom"]) == 0
    await quiet.seats["Tom"].rates("Ada Okoye")
    await quiet.wait(11 * HOUR)
    assert (await reminders(quiet.seats["Tom"]), await reminders(quiet.seats["Priya"])) == (0, 1)


async def test_a_backup_rater_takes_the_place_of_somebody_late(stage: Stage):
    cleo = await stage.join("Cleo", "observer")
    await named_backup(stage, "Cleo")
    ada = await stage.finished()
    priya, tom = stage.seats["Priya"], stage.seats["Tom"]
    await priya.rates("Ada Okoye")
    await stage.wait(HOUR + 60_000)
    assert await cleo.texts() == []
    await stage.wait(DAY)
    assert (await last(cleo))["card"]["text"].startswith("Tom hasn't found time to rate Ada Okoye")
    await presses(cleo, "yes")
    assert (await cleo.must_wait()).key == "form#1"
    assert any("Cleo rates Ada Okoye in your place" in t for t in await tom.texts())
    assert rows_of(await card_of(stage))["Still due"] == "Cleo"
    assert [f for f in await stage.facts(ada) if f.startswith("backup")] == ["backup_asked", "backup_joined"]
    before = await reminders(tom)
    await stage.wait(DAY)
    assert await reminders(tom) == before, "nobody waits for him"
    await tom.rates("Ada Okoye", level="1", vote="no")  # he may still
    assert (await stage.interview(ada))["revealed_at"] is None
    await cleo.fills("3")
    await cleo.taps("submit")
    rows = rows_of(await card_of(stage))
    assert {n: rows[n] for n in ("Cleo", "Priya", "Tom")} == {"Cleo": "Yes", "Priya": "Yes", "Tom": "No"}


async def test_the_next_backup_is_asked_when_the_first_says_no_and_a_late_answer_changes_nothing(stage: Stage):
    cleo, ben = await stage.join("Cleo", "observer"), await stage.join("Ben", "observer")
    await named_backup(stage, "Cleo", "Ben")
    ada = await stage.finished()
    await stage.wait(DAY + HOUR + 60_000)
    assert "could you?" in (await last(cleo))["card"]["text"]
    assert not any("could you?" in t for t in await ben.texts()), "one at a time"
    await presses(cleo, "no")
    assert "could you?" in (await last(ben))["card"]["text"]
    await stage.seats["Priya"].rates("Ada Okoye")
    await stage.seats["Tom"].rates("Ada Okoye")
    assert (await presses(ben, "yes"))["text"] == panel_en.BACKUP_GONE
    assert "panel" not in await flags(stage, ada)
    assert await ben.waiting() is None
    assert (await presses(cleo, "yes"))["text"] == panel_en.BACKUP_GONE


async def test_a_backup_who_is_asked_is_nobody_else(stage: Stage):
    await stage.join("Cleo", "observer")
    await named_backup(stage, "Cleo")
    ada = await stage.finished()
    await stage.wait(DAY + HOUR + 60_000)
    token = f"do:backup:{(await stage.interview(ada))['id']}"
    for name in ("Noor", "Tom"):
        await stage.seats[name].taps("yes", token)
        assert await stage.seats[name].waiting() is None
    assert "panel" not in await flags(stage, ada)


async def test_a_machine_that_never_answers_does_not_keep_the_cards_shut(stage: Stage):
    ada = await stage.finished()
    interview = await stage.interview(ada)
    gone = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "rater_id": "machine"}
    await stage.app.store.commit(lambda tx: tx.delete(Scorecard, gone))
    await stage.seats["Priya"].rates("Ada Okoye")
    await stage.seats["Tom"].rates("Ada Okoye")
    assert (await stage.interview(ada))["revealed_at"] is None
    noor = stage.seats["Noor"]
    await stage.wait(HOUR + 60_000)
    assert "the software's reading" not in (await last(noor))["card"]["text"].lower()
    await stage.wait(DAY)
    offers = [t for t in await noor.texts() if "open the scorecards without it" in t]
    assert len(offers) == 1
    await stage.wait(DAY)
    assert [t for t in await noor.texts() if "open the scorecards without it" in t] == offers, "once is enough"
    await presses(noor, "machine")
    card = await card_of(stage)
    assert panel_en.EARLY_REASONS["machine"] in card["text"]
    assert [s["machine"] for s in card["scores"]] == [panel_en.NO_MACHINE] * 2
    assert "rate" not in option_ids(card)
