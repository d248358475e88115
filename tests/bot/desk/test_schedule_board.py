"""An appointment on the board: what recruiters see of it and do about it, and what the channel is shown."""

from typing import Any

import orjson
import pytest

from bot.posts_scheduling import appointment_post
from bot.scheduling import slotting
from bot.scheduling.availability import Availability
from bot.scheduling.plans import Plan
from bot.store import guard
from bot.store.rows import Appointment, CalendarEntry, FactRow, Inbox, Interview
from bot.store.store import Row, Tx
from flows.cards import Card
from flows.words import desk_en
from flows.words import schedule_en as words
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.desk.test_schedule import row_of
from tests.bot.stagehand import DAY, HOUR, MINUTE, Seat, Stage, settle


@pytest.fixture
async def ada(stage: Stage, noor: Counter) -> Seat:
    """Ada has opened her link; Ben and Cleo are in the pool backend, and a time with one of them is asked for."""
    seat = await stage.invite()
    for name in ("Ben Ode", "Cleo Ray"):
        await stage.join(name, "panelist")
    await noor.line("pool backend add Ben, Cleo")
    shown = await noor.line("schedule Ada for 45 min with Ben")
    await noor.presses(shown.token, "send")
    return seat


def person(stage: Stage, name: str) -> str:
    return stage.seats[name].who.person_id


async def the(stage: Stage) -> Row:
    (row,) = await stage.rows(Appointment)
    return row


async def book(stage: Stage, day: int = 1, hour: int = 10) -> Row:
    """Book the appointment that is open, on a day after Monday 23 November, as the candidate's confirmation does."""
    row, app, now = await the(stage), stage.app, stage.clock.now()

    def unit(tx: Tx) -> None:
        availability = Availability(app.keys)
        seeker = slotting.seeker_of(row, "UTC")
        slot = (now // DAY * DAY // 60_000 + day * 1440 + hour * 60,)
        chosen = slotting.choose(availability, tx, seeker, slot, now)
        assert chosen is not None, "that time isn't free"
        seats, why = chosen
        ask = guard.Ask(app.tenant_id, f"{row['id']}.b", row["interview_id"], seats, now, lambda tx: None)
        booked = guard.book(tx, ask)
        assert isinstance(booked, guard.Booked)
        values: Row = {"state": "booked", "version": row["version"] + 1, "booking_id": booked.id}
        values |= {"start_minute": slot[0], "end_minute": slot[0] + 45, "why": orjson.dumps(why).decode()}
        tx.change(Appointment, {"tenant_id": app.tenant_id, "id": row["id"]}, values)

    await app.store.commit(unit)
    return await the(stage)


async def change(stage: Stage, **values: Any) -> None:
    row = await the(stage)
    await stage.app.store.commit(
        lambda tx: tx.change(Appointment, {"tenant_id": row["tenant_id"], "id": row["id"]}, values)
    )


async def opened(noor: Counter, stage: Stage) -> Any:
    """The appointment's card, from the candidate's."""
    (interview,) = await stage.rows(Interview)
    return await noor.presses(f"do:card:{interview['id']}", "times")


async def post(stage: Stage) -> Card:
    row, app = await the(stage), stage.app
    card = await app.store.read(lambda tx: appointment_post(tx, app.keys, app.tenant_id, row["id"]))
    assert card is not None
    return card


async def test_the_way_from_the_board_to_an_appointment(stage: Stage, noor: Counter, ada: Seat):
    (interview,) = await stage.rows(Interview)
    board = await noor.line("board")
    card = await noor.presses(board.token, interview["id"])
    assert "times" in options_of(card)
    assert row_of(card, "Interview") == "waiting for Ada Okoye to choose a time"
    assert "choosing a time" in row_of(await noor.line("status"), "Ada Okoye")
    shown = await noor.presses(card.token, "times")
    assert row_of(shown, words.STATE) == "waiting for Ada Okoye to choose a time"
    assert row_of(shown, words.WHO) == "45 minutes, Ben Ode"
    assert options_of(shown) == ["remind", "people", "why", "cancel"]
    booked = await book(stage)
    assert "meets on Tuesday 24 November, 10:00 (UTC), today" in row_of(await noor.line("board"), "Ada Okoye")
    shown = await opened(noor, stage)
    assert row_of(shown, words.STATE) == "booked: Tuesday 24 November, 10:00 to 10:45 (UTC)"
    assert row_of(shown, words.WHO) == "Ben Ode"
    assert options_of(shown) == ["move", "people", "remind", "cancel"]
    entry: Row = {
        "tenant_id": booked["tenant_id"],
        "appointment_id": booked["id"],
        "person_id": person(stage, "Ben Ode"),
    }
    entry |= {
        "account_id": "ca_1",
        "state": "failed",
        "version": 1,
        "problem": "revoked",
        "asked": "",
        "sealed": None,
        "at": 0,
    }
    await stage.app.store.commit(lambda tx: tx.insert(CalendarEntry, entry))
    assert "connect it again" in row_of(await opened(noor, stage), words.CALENDARS)


async def test_the_status_of_one_candidate(stage: Stage, noor: Counter, ada: Seat):
    shown = await noor.line("status ada")
    assert shown.token.startswith("do:appt:")
    assert "cancel" in options_of(shown)
    await noor.line("invite Lin Chen")
    assert "link" in options_of(await noor.line("status Lin"))
    assert "fits no open interviews" in text_of(await noor.line("status Nobody"))
    twin = await noor.line("invite Ada Okoye")
    await noor.presses(twin.token, "another")
    which = await noor.line("status Ada")
    assert len(options_of(which)) == 2
    assert "withdraw" in options_of(await noor.presses(which.token, options_of(which)[1]))
    observer = Counter(stage, await stage.join("Olga", "observer"))
    assert "fits no open interviews" in text_of(await observer.line("status Ada"))


async def test_several_appointments_are_told_apart(stage: Stage, noor: Counter, ada: Seat):
    shown = await noor.line("schedule Ada for 30 min with Cleo about Values")
    await noor.presses(shown.token, "send")
    which = await opened(noor, stage)
    assert [o.label for o in which.card.options] == ["Interview", "Values", "A new one"]
    one = await noor.presses(which.token, options_of(which)[1])
    assert text_of(one) == "Values"
    assert text_of(await noor.presses(which.token, "ap_nothing")) == desk_en.NOT_FOUND
    new = await noor.presses(which.token, "new")
    assert "schedule Ada Okoye" in text_of(new)


async def test_cancelling_is_asked_once_with_a_reason(stage: Stage, noor: Counter, ada: Seat):
    row = await book(stage)
    sure = await noor.presses(f"do:appt:{row['id']}", "cancel")
    assert "Tuesday 24 November, 10:00" in text_of(sure)
    assert text_of(await noor.presses(sure.token, "no")) == desk_en.NOTHING_CHANGED
    assert text_of(await noor.presses(sure.token, f"because I say so.{row['version']}")) == desk_en.TOO_LATE
    done = await noor.presses(sure.token, options_of(sure)[0])
    assert text_of(done) == words.cancelled("Ada Okoye").text
    assert (await the(stage))["state"] == "cancelled"
    again = await noor.presses(sure.token, options_of(sure)[0])
    assert text_of(again).startswith(words.APPOINTMENT_GONE)
    assert options_of(again) == ["again"]
    facts = [f for f in await stage.rows(FactRow) if f["name"] == "appointment_cancelled"]
    assert len(facts) == 1
    assert orjson.loads(facts[0]["data"])["reason"] == "position_filled"
    anew = await noor.presses(again.token, "again")
    assert text_of(anew) == words.asked_again("Ada Okoye").text
    assert (await the(stage))["state"] == "open"


async def test_an_answer_about_an_older_state_is_asked_again(stage: Stage, noor: Counter, ada: Seat):
    row = await book(stage)
    sure = await noor.presses(f"do:appt:{row['id']}", "cancel")
    await change(stage, version=row["version"] + 1)
    assert text_of(await noor.presses(sure.token, options_of(sure)[0])).startswith(words.APPOINTMENT_GONE)
    assert (await the(stage))["state"] == "booked"
    move = await noor.presses(f"do:appt:{row['id']}", "move")
    await change(stage, state="began")
    shown = await noor.presses(move.token, options_of(move)[0])
    assert text_of(shown).startswith(words.APPOINTMENT_GONE)
    assert options_of(shown) == []


async def test_another_time_is_asked_for_in_the_candidates_chat(stage: Stage, noor: Counter, ada: Seat):
    row = await book(stage)
    sure = await noor.presses(f"do:appt:{row['id']}", "move")
    assert "Tuesday 24 November, 10:00" in text_of(sure)
    assert text_of(await noor.presses(sure.token, options_of(sure)[0])) == words.moving("Ada Okoye").text
    letters = [r for r in await stage.rows(Inbox) if r["thread_id"] == ada.who.thread_id]
    assert letters, "the conversation begins by a letter"
    assert "reschedule_begun" in await stage.facts(ada)
    assert (await the(stage))["state"] == "booked", "and the old time is kept until then"


async def test_a_reminder_now_and_not_again_soon(stage: Stage, noor: Counter, ada: Seat):
    row = await the(stage)
    assert "in the middle of something" in text_of(await noor.presses(f"do:appt:{row['id']}", "remind"))
    await ada.plays(until="outage")
    stage.clock.forward(25 * HOUR)
    await stage.wait(10 * MINUTE)
    assert text_of(await noor.presses(f"do:appt:{row['id']}", "remind")) == words.reminded("Ada Okoye").text
    assert any("find a time with you" in t for t in await ada.texts())
    assert "a short while ago" in text_of(await noor.presses(f"do:appt:{row['id']}", "remind"))
    stage.clock.forward(7 * HOUR)
    await book(stage, day=1)
    await noor.presses(f"do:appt:{row['id']}", "remind")
    await settle()
    assert any("reminder of Interview: Wednesday 25 November, 10:00 (UTC)" in t for t in await ada.texts())


async def test_other_people_keep_the_time_when_they_are_free(stage: Stage, noor: Counter, ada: Seat):
    row = await book(stage)
    token = f"cmd:people:{row['id']}"
    problems = (await noor.submits(token, who="")).problems
    assert problems == {"who": words.ONE_IS_NEEDED}
    done = await noor.submits(token, who=person(stage, "Cleo Ray"), how="all")
    assert "the time stays: Tuesday 24 November, 10:00" in text_of(done)
    now = await the(stage)
    assert (now["state"], now["start_minute"]) == ("booked", row["start_minute"])
    assert now["version"] > row["version"]
    seats = await stage.app.store.read(lambda tx: guard.seats_of(tx, now["tenant_id"], now["booking_id"]))
    assert {s.interviewer_id for s in seats} == {person(stage, "Cleo Ray"), ada.who.person_id}
    await Counter(stage, stage.seats["Ben Ode"]).line("away today - 31 Dec")
    again = await noor.submits(token, who=person(stage, "Ben Ode"), how="all")
    assert text_of(again) == words.people_ask_again("Ada Okoye").text
    assert (await the(stage))["state"] == "open"


async def test_other_people_before_a_time_is_chosen(stage: Stage, noor: Counter, ada: Seat):
    row = await the(stage)
    asked = await noor.presses(f"do:appt:{row['id']}", "people")
    assert "schedule Ada Okoye with" in text_of(asked), "without forms it is a line"
    done = await noor.submits(f"cmd:people:{row['id']}", pool="pool0", how="1")
    assert text_of(done) == words.people_changed("Ada Okoye").text
    session = Plan.from_json((await the(stage))["plan"]).sessions[0]
    assert (session.fixed, session.groups[0].pool) == ((), "backend")


async def test_why_these_times(stage: Stage, noor: Counter, ada: Seat):
    row = await the(stage)
    assert "can choose between" in text_of(await noor.presses(f"do:appt:{row['id']}", "why"))
    await Counter(stage, stage.seats["Ben Ode"]).line("away today - 31 Dec")
    none = await noor.presses(f"do:opened:{row['id']}", "why")
    assert "no time at the moment" in text_of(none)
    assert "Ben Ode" in text_of(none)
    assert "people" in options_of(none)


@pytest.mark.parametrize("who", ["Priya", "stranger"])
async def test_nobody_else_sees_or_does_anything(stage: Stage, noor: Counter, ada: Seat, who: str):
    row = await book(stage)
    if who == "stranger":
        other = Counter(stage, await stage.join("Somebody", "admin", "t_other"))
        refusals = (desk_en.NOT_FOUND,)
    else:
        other = Counter(stage, stage.seats["Priya"])
        refusals = (desk_en.ONLY_RECRUITERS,)
    for token, option in (
        (f"do:appt:{row['id']}", "cancel"),
        (f"do:appt:{row['id']}", "why"),
        (f"do:apof:{row['interview_id']}", row["id"]),
        (f"do:apmove:{row['id']}", f"yes.{row['version']}"),
        (f"do:apoff:{row['id']}", f"other.{row['version']}"),
        (f"do:opened:{row['id']}", "why"),
    ):
        assert text_of(await other.presses(token, option)) in refusals, token
    form = await other.submits(f"cmd:people:{row['id']}", who=person(stage, "Cleo Ray"))
    assert form.problems or text_of(form) in refusals
    assert await the(stage) == row


async def test_the_channels_post_follows_what_is_stored(stage: Stage, noor: Counter, ada: Seat):
    card = await post(stage)
    assert "waiting for Ada Okoye to choose a time" in card.text
    row = await book(stage)
    card = await post(stage)
    assert card.text == "Interview: booked, Tuesday 24 November, 10:00 to 10:45 (UTC)."
    assert [(r.label, r.value) for r in card.rows] == [("With", "Ben Ode"), ("Not confirmed yet", "Ada Okoye, Ben Ode")]
    said = {row["candidate_id"]: "confirmed", person(stage, "Ben Ode"): "late 10"}
    await change(stage, attendance=orjson.dumps(said).decode())
    rows = {r.label: r.value for r in (await post(stage)).rows}
    assert rows == {"With": "Ben Ode", "Confirmed": "Ada Okoye", "Ben Ode": "10 minutes late"}
    await change(stage, state="missed")
    assert (await post(stage)).tone == "notice"
    await change(stage, state="cancelled")
    card = await post(stage)
    assert card.text == "Interview: cancelled."
    assert card == await post(stage), "the same state is the same card"


async def test_the_post_holds_nothing_private(stage: Stage, noor: Counter, ada: Seat):
    row, app = await the(stage), stage.app
    note = {"title": "", "note": "their salary wish", "link": "https://meet.example/secret", "place": "Room 4"}

    def seal(tx: Tx) -> None:
        app.keys.load(tx, app.tenant_id, row["candidate_id"])
        sealed = app.keys.seal(app.tenant_id, row["candidate_id"], note)
        tx.change(Appointment, {"tenant_id": app.tenant_id, "id": row["id"]}, {"sealed": sealed})

    await app.store.commit(seal)
    await book(stage)
    shown = str(await post(stage))
    assert not [v for v in note.values() if v and v in shown]
    assert await app.store.read(lambda tx: appointment_post(tx, app.keys, app.tenant_id, "ap_gone")) is None
