"""Our entries changed by somebody in their calendar: who is asked, and what each answer does."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.scheduling import outside
from bot.store import guard
from bot.store.rows import BookingSeat
from bot.threads import Conv
from flows.ledger import Journal
from tests.bot.scheduling.calendar_office import (
    BEN_MAIL,
    CARLA_MAIL,
    TENANT,
    TUESDAY_10,
    Office,
    google_settings,
    grant,
    office,
)
from tests.examples import examples
from tests.fakes.google import FakeGoogle, Fault

MOVED = ("2026-11-24T14:00:00Z", "2026-11-24T14:45:00Z")


@pytest.fixture
async def fake() -> AsyncIterator[FakeGoogle]:
    async with FakeGoogle().running() as google:
        yield google
        assert google.violations == []
        assert google.counts["events.list"] > 0, "nothing was asked of Google"


@pytest.fixture
async def team(home: Path, fake: FakeGoogle) -> AsyncIterator[Office]:
    async with office(home, **google_settings(fake)) as made:
        yield made


async def written(team: Office, fake: FakeGoogle, *more: str) -> tuple[str, str]:
    """Ben's interview, standing in his calendar: (appointment, account)."""
    ben = await team.connect("Ben", "google", grant(fake, BEN_MAIL))
    await team.sync(ben)
    talk = await team.book("Ben", *more, link="https://meet.example/1")
    await team.wish(talk, ben, "Ben")
    await team.write(talk, ben)
    await team.sync(ben)
    return talk, ben


async def asked(team: Office, name: str) -> list[dict[str, object]]:
    return [one["args"] for one in await team.letters(name, "begin") if one["flow"] == "outside"]


async def says(team: Office, name: str, talk: str, answer: str, version: int = 1) -> None:
    """The answer leaves the conversation as a fact; this is its effect."""
    row = {"tenant_id": TENANT, "id": "c_1", "subject_id": team.person["Ada"], "interview_id": "iv_1"}
    data = {"appointment": talk, "version": version, "answer": answer}
    await team.in_chat(name, lambda scene: outside.answered(scene, Conv(row, {}, Journal(), 0), data, answer))


def only(fake: FakeGoogle) -> str:
    (event,) = fake.alive(BEN_MAIL)
    return event["id"]


async def starts(team: Office, talk: str) -> list[int]:
    seats = await team.store.read(lambda tx: guard.seats_of(tx, TENANT, f"{talk}.b"))
    return sorted({s.start for s in seats})


async def test_a_deleted_event_is_asked_about_and_put_back(team: Office, fake: FakeGoogle) -> None:
    talk, ben = await written(team, fake)
    fake.delete(BEN_MAIL, only(fake))
    await team.sync(ben)
    await team.sync(ben)
    (mine,), (theirs,) = await asked(team, "Ben"), await asked(team, "Noor")
    assert (mine["change"], mine["who"], theirs["who"]) == ("cancelled", "", "Ben")
    assert (await team.appointment(talk))["state"] == "booked"
    await says(team, "Ben", talk, "put_back")
    assert await team.works("CalendarWrite") == [{"appointment": talk, "account": ben}]
    await team.write(talk, ben)
    assert only(fake)
    await team.sync(ben)
    assert len(await asked(team, "Ben")) == 1


async def test_it_can_be_deleted_and_put_back_again(team: Office, fake: FakeGoogle) -> None:
    talk, ben = await written(team, fake)
    for _ in range(3):
        fake.delete(BEN_MAIL, only(fake))
        await team.sync(ben)
        await says(team, "Noor", talk, "put_back")
        await team.write(talk, ben)
    assert only(fake)
    assert len(await asked(team, "Noor")) == 3


async def test_a_deletion_that_nobody_has_heard_of_is_found_when_everything_is_listed_anew(
    team: Office, fake: FakeGoogle
) -> None:
    _, ben = await written(team, fake)
    fake.delete(BEN_MAIL, only(fake))
    fake.calendars[BEN_MAIL].floor = 10**6  # the token is forgotten, and a full listing names no deleted events
    await team.sync(ben)
    assert [a["change"] for a in await asked(team, "Ben")] == ["cancelled"]


async def test_meant_as_cancelled_it_is_called_off(team: Office, fake: FakeGoogle) -> None:
    talk, ben = await written(team, fake)
    fake.delete(BEN_MAIL, only(fake))
    await team.sync(ben)
    await says(team, "Noor", talk, "cancelled")
    row = await team.appointment(talk)
    assert row["state"] == "cancelled"
    assert row["version"] == 2
    (letter,) = await team.letters("Ada", "announce")
    assert letter["reason"] == "outside"


async def test_meant_as_moved_it_is_booked_there_for_everybody(team: Office, fake: FakeGoogle) -> None:
    talk, ben = await written(team, fake, "Carla")
    fake.shift(BEN_MAIL, only(fake), *MOVED)
    await team.sync(ben)
    (mine,) = await asked(team, "Ben")
    assert "15:00 to 15:45 (Paris" in str(mine["new_when"])
    assert mine["change"] == "moved"
    await says(team, "Ben", talk, "moved")
    row = await team.appointment(talk)
    assert (row["state"], row["version"], row["start_minute"]) == ("booked", 2, TUESDAY_10 + 240)
    assert await starts(team, talk) == [TUESDAY_10 + 240]
    assert len(await team.letters("Ada", "announce")) == 1


@pytest.mark.parametrize("why", ["calendar", "booking", "candidate"])
async def test_where_it_does_not_fit_the_candidate_is_asked_and_the_old_time_stands(
    team: Office, fake: FakeGoogle, why: str
) -> None:
    talk, ben = await written(team, fake, "Carla")
    if why == "calendar":
        carla = await team.connect("Carla", "google", grant(fake, CARLA_MAIL))
        fake.entry(CARLA_MAIL, "x", "2026-11-24T14:30:00Z", "2026-11-24T15:00:00Z")
        await team.sync(carla)
    else:
        await team.book(*(["Carla"] if why == "booking" else []), start=TUESDAY_10 + 270)
    fake.shift(BEN_MAIL, only(fake), *MOVED)
    await team.sync(ben)
    await says(team, "Ben", talk, "moved")
    row = await team.appointment(talk)
    assert (row["state"], row["version"], row["start_minute"]) == ("booked", 1, TUESDAY_10)
    assert await starts(team, talk) == [TUESDAY_10]
    assert "somebody who takes part isn't free" in (await team.told("Ben"))[-1]
    (begun,) = await team.letters("Ada", "begin")
    assert (begun["flow"], begun["args"]["by"]) == ("reschedule", "team")
    await team.write(talk, ben)
    (event,) = fake.alive(BEN_MAIL)
    assert event["start"]["dateTime"].startswith("2026-11-24T10:00")


async def test_the_second_answer_changes_nothing(team: Office, fake: FakeGoogle) -> None:
    talk, ben = await written(team, fake)
    fake.delete(BEN_MAIL, only(fake))
    await team.sync(ben)
    await says(team, "Ben", talk, "put_back")
    await says(team, "Noor", talk, "cancelled")
    assert (await team.appointment(talk))["state"] == "booked"
    await says(team, "Noor", talk, "cancelled", version=7)
    assert (await team.appointment(talk))["state"] == "booked"


async def test_a_decline_can_be_passed_to_somebody_else(team: Office, fake: FakeGoogle) -> None:
    talk, ben = await written(team, fake)
    fake.answer(BEN_MAIL, only(fake), BEN_MAIL, "declined")
    await team.sync(ben)
    assert [a["change"] for a in await asked(team, "Noor")] == ["declined"]
    team.clock.forward(1000)
    await says(team, "Noor", talk, "replace")
    assert [one["flow"] for one in await team.letters("Ben", "begin")] == ["outside", "swap"]


@pytest.mark.parametrize("answer", ["put_back", "ask_again", "replace"])
async def test_a_decline_that_was_talked_about_is_not_asked_about_again(
    team: Office, fake: FakeGoogle, answer: str
) -> None:
    talk, ben = await written(team, fake)
    fake.answer(BEN_MAIL, only(fake), BEN_MAIL, "declined")
    await team.sync(ben)
    await says(team, "Noor", talk, answer)
    await team.write(talk, ben)
    fake.calendars[BEN_MAIL].floor = 10**6
    await team.sync(ben)
    assert len(await asked(team, "Ben")) == len(await asked(team, "Noor")) == 1


async def test_what_has_begun_or_is_over_is_not_asked_about(team: Office, fake: FakeGoogle) -> None:
    talk, ben = await written(team, fake)
    fake.delete(BEN_MAIL, only(fake))
    team.clock.at = TUESDAY_10 * 60_000 + 1
    await team.sync(ben)
    assert await asked(team, "Ben") == await asked(team, "Noor") == []
    assert (await team.entry(talk, ben))["state"] == "kept"


async def test_what_we_cancelled_ourselves_is_not_asked_about(team: Office, fake: FakeGoogle) -> None:
    talk, ben = await written(team, fake)
    await team.change(talk, state="cancelled", version=2)
    await team.wish(talk, ben, "Ben", "unwanted", 2)
    await team.write(talk, ben)
    await team.sync(ben)
    assert await team.letters("Ben", "begin") == []


# -- whatever happens -------------------------------------------------------------------------------------

ACTS = ("move", "delete", "shift", "fails", "lost", "sync", "write")


@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(ACTS), max_size=10), cancelled=st.booleans())
@example(acts=["write", "move", "lost", "write", "shift", "sync"], cancelled=False)
def test_in_the_end_the_calendar_is_what_is_booked(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, acts: list[str], cancelled: bool
) -> None:
    """People change the entry, calls fail, answers get lost, at any moment; everything is answered by "put it back"."""
    home = tmp_path_factory.mktemp("home")
    shutil.copyfile(sqlite_template, home / "parley.db")
    asyncio.run(_played(home, acts, cancelled))


async def _played(home: Path, acts: list[str], cancelled: bool) -> None:
    async with FakeGoogle().running() as fake, office(home, **google_settings(fake)) as team:
        ben = await team.connect("Ben", "google", grant(fake, BEN_MAIL))
        await team.sync(ben)
        talk = await team.book("Ben", link="https://meet.example/1")
        await team.wish(talk, ben, "Ben")
        for act in acts:
            team.clock.forward(1000)
            await _acted(team, fake, talk, ben, act)
        fake.script.clear()
        version = (await team.appointment(talk))["version"]
        for _ in range(3):
            team.clock.forward(1000)
            assert await team.write(talk, ben) is None
            team.clock.forward(1000)
            assert (await team.sync(ben))["state"] == "ok"
            await says(team, "Noor", talk, "put_back", version)
        if cancelled:
            await team.change(talk, state="cancelled", version=version + 1)
            await team.wish(talk, ben, "Ben", "unwanted", version + 1)
            await team.write(talk, ben)
            assert fake.alive(BEN_MAIL) == []
            return
        (event,) = fake.alive(BEN_MAIL)
        row = await team.appointment(talk)
        begins = datetime.fromtimestamp(row["start_minute"] * 60, UTC)
        assert datetime.fromisoformat(event["start"]["dateTime"]) == begins
        assert (await team.entry(talk, ben))["state"] == "kept"
        assert fake.violations == []


async def _acted(team: Office, fake: FakeGoogle, talk: str, ben: str, act: str) -> None:
    alive = fake.alive(BEN_MAIL)
    if act == "move":
        row = await team.appointment(talk)
        later = {"start_minute": row["start_minute"] + 60, "end_minute": row["end_minute"] + 60}
        await team.do(lambda tx: tx.change(BookingSeat, {"tenant_id": TENANT, "booking_id": f"{talk}.b"}, later))
        await team.change(talk, version=row["version"] + 1, **later)
        await team.wish(talk, ben, "Ben", version=row["version"] + 1)
    elif act == "delete" and alive:
        fake.delete(BEN_MAIL, alive[0]["id"])
    elif act == "shift" and alive:
        fake.shift(BEN_MAIL, alive[0]["id"], *MOVED)
    elif act in ("fails", "lost"):
        for method in ("events.insert", "events.update"):
            fake.script.pop(method, None)
            fake.fail(method, Fault("status", 503) if act == "fails" else Fault("error_after"))
    elif act == "sync":
        await team.sync(ben)
    elif act == "write":
        await team.write(talk, ben)
