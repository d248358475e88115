"""What is booked in a week, and how many are free when: by day, in the reader's zone, with a picture that follows."""

from base64 import b64decode

import pytest

from bot.desk import weekly
from bot.mail import Mail
from bot.scene import Reply, Scene
from bot.scheduling import capacity
from bot.scheduling.availability import Availability
from bot.scheduling.week import WeekGrid
from bot.store.rows import Requisition
from bot.store.store import Tx
from calendar_sync.zones import day_of
from flows.words import desk_en
from flows.words import schedule_en as words
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.desk.test_schedule_board import ada, book, person
from tests.bot.stagehand import Seat, Stage, settle

MONDAY = day_of("2026-11-23")
__all__ = ["ada"]


async def grid(stage: Stage, names: list[str], zone: str = "UTC", monday: int = MONDAY) -> WeekGrid:
    app, now = stage.app, stage.clock.now()
    ids = [person(stage, n) for n in names]

    def counted(tx: Tx) -> WeekGrid:
        here = Availability(app.keys)
        return capacity.grid(here, tx, app.tenant_id, ids, name="Backend", monday=monday, zone_name=zone, now=now)

    return await app.store.read(counted)


def cell(found: WeekGrid, day: str, hour: str) -> int | None:
    return found.free[found.hours.index(hour)][found.days.index(day)]


async def test_the_numbers_of_a_week(stage: Stage, noor: Counter, ada: Seat):
    await book(stage)
    found = await grid(stage, ["Ben Ode", "Cleo Ray"])
    assert found.days == ("Mon 23 Nov", "Tue 24 Nov", "Wed 25 Nov", "Thu 26 Nov", "Fri 27 Nov")
    assert (found.hours[0], found.hours[-1], len(found.hours), found.of) == ("09:00", "16:30", 16, 2)
    assert cell(found, "Tue 24 Nov", "09:30") == 2
    assert cell(found, "Tue 24 Nov", "10:00") == 1
    assert cell(found, "Tue 24 Nov", "10:30") == 1, "a half hour that is partly taken is not free"
    assert cell(found, "Tue 24 Nov", "11:00") == 2
    await Counter(stage, stage.seats["Cleo Ray"]).line("availability pause")
    found = await grid(stage, ["Ben Ode", "Cleo Ray"])
    assert cell(found, "Tue 24 Nov", "09:30") == 1
    assert cell(found, "Tue 24 Nov", "10:00") == 0


async def test_the_week_of_a_reader_far_away(stage: Stage, noor: Counter, ada: Seat):
    found = await grid(stage, ["Ben Ode"], "Asia/Kathmandu")
    assert (found.hours[0], found.hours[-1]) == ("14:30", "22:30")
    assert cell(found, "Mon 23 Nov", "14:30") == 0, "it begins at 14:45 there"
    assert cell(found, "Mon 23 Nov", "15:00") == 1
    await Counter(stage, stage.seats["Ben Ode"]).line("availability Sat 10-11")
    weekend = await grid(stage, ["Ben Ode"])
    assert weekend.days == ("Mon 23 Nov", "Tue 24 Nov", "Wed 25 Nov", "Thu 26 Nov", "Fri 27 Nov", "Sat 28 Nov")
    assert cell(weekend, "Mon 23 Nov", "10:00") is None
    assert cell(weekend, "Sat 28 Nov", "10:30") == 1


@pytest.mark.parametrize(("zone", "monday"), [("Europe/Berlin", "2027-03-22"), ("Europe/Berlin", "2027-10-25")])
async def test_weeks_in_which_clocks_change(stage: Stage, noor: Counter, ada: Seat, zone: str, monday: str):
    ben = Counter(stage, stage.seats["Ben Ode"])
    await ben.line(f"availability zone {zone}")
    await ben.line("availability Sun 1-5")
    stage.clock.forward((day_of(monday) - MONDAY) * 86_400_000)
    found = await grid(stage, ["Ben Ode"], zone, day_of(monday))
    (sunday,) = [d for d in found.days if d.startswith("Sun")]
    assert cell(found, sunday, "04:30") == 1
    assert found.hours[0] == "01:00"
    assert cell(found, sunday, "02:30") == (None if "03" in monday else 1)


async def test_the_words_come_at_once_and_the_picture_follows(stage: Stage, noor: Counter, ada: Seat):
    shown = await noor.line("week backend")
    assert shown.card is not None
    assert shown.card.title == "backend, 23 to 27 November, free interviewers (UTC time)"
    assert "2 of 2" in text_of(shown)
    await settle()
    pictured = [m["card"] for m in await stage.seats["Noor"].messages() if m.get("card", {}).get("files")]
    assert len(pictured) == 1
    (file,) = pictured[0]["files"]
    assert b64decode(file["data"]).startswith(b"\x89PNG")
    assert len(file["data"]) < 200_000
    assert file["alt"]
    assert pictured[0]["text"]
    later = await noor.presses(shown.token, options_of(shown)[-1])
    assert "30 November to 4 December" in (later.card.title if later.card else "")
    assert options_of(later)[0] == f"back.{MONDAY}"
    assert options_of(shown) == [f"on.{MONDAY + 7}"], "what is over is not looked at"


async def test_a_picture_that_cannot_be_drawn_is_said(stage: Stage, noor: Counter):
    def failed(scene: Scene) -> Reply:
        weekly.drawn(
            scene, Mail(scene.tenant_id, "parley", "x", scene.thread["id"], "week", 0, {"card": {"kind": "failed"}})
        )
        return Reply()

    await noor.does(failed)
    assert (await stage.seats["Noor"].texts())[-1] == words.WEEK_FAILED


async def test_a_week_of_a_requisition_or_of_nothing(stage: Stage, noor: Counter):
    (requisition,) = await stage.rows(Requisition)
    shown = await noor.line("week Customer")
    assert shown.token == f"do:week:{requisition['id']}"
    assert "of 2" in text_of(shown), "Priya and Tom are its panel"
    assert text_of(await noor.line("week zzz")) == words.nothing_called("zzz").text
    assert (await noor.line("week")).token == "do:week:team"
    for option in ("on.99999999", "on.x", "on.-7", "later", ""):
        assert text_of(await noor.presses(shown.token, option)) == desk_en.TOO_LATE
    stranger = Counter(stage, await stage.join("Somebody", "admin", "t_other"))
    assert text_of(await stranger.presses(shown.token, f"on.{MONDAY}")) == desk_en.NOT_FOUND
    assert text_of(await stranger.line("week")) == words.WEEK_NOBODY
    assert text_of(await Counter(stage, stage.seats["Priya"]).line("week")) == desk_en.ONLY_RECRUITERS


async def test_what_is_booked_this_week(stage: Stage, noor: Counter, ada: Seat):
    ben = Counter(stage, stage.seats["Ben Ode"])
    await book(stage)
    await ben.line("availability zone Asia/Kathmandu")
    shown = await ben.line("calendar")
    assert shown.card is not None
    assert [(r.label, r.value) for r in shown.card.rows] == [
        ("Tuesday 24 November", "15:45 to 16:30: Ada Okoye, Interview")
    ]
    assert "Kathmandu" in shown.card.foot
    later = await ben.presses(shown.token, options_of(shown)[1])
    assert later.card is not None
    assert later.card.rows == ()
    back = await ben.presses(later.token, options_of(later)[0])
    assert back.card is not None
    assert len(back.card.rows) == 1
    of = await noor.line("calendar Customer")
    assert of.card is not None
    assert [r.value for r in of.card.rows] == ["10:00 to 10:45: Ada Okoye, Interview with Ben Ode"]
    mine = await noor.line("calendar")
    assert mine.card is not None
    assert mine.card.rows == ()


async def test_the_calendar_is_for_those_who_may(stage: Stage, noor: Counter, ada: Seat):
    await book(stage)
    of = await noor.line("calendar Customer")
    priya = Counter(stage, stage.seats["Priya"])
    assert "There is no requisition called" in text_of(await priya.line("calendar Customer"))
    assert text_of(await priya.presses(of.token, f"on.{MONDAY}")) == desk_en.NOT_FOUND
    stranger = Counter(stage, await stage.join("Somebody", "admin", "t_other"))
    assert "There is no requisition called" in text_of(await stranger.line("calendar Customer"))
    assert text_of(await stranger.presses(of.token, f"on.{MONDAY}")) == desk_en.NOT_FOUND
    for option in ("on.99999999", "on.x", "later"):
        assert text_of(await noor.presses(of.token, option)) == desk_en.TOO_LATE


async def test_calendars_are_connected_from_the_calendar(stage: Stage, noor: Counter, ada: Seat):
    shown = await noor.line("calendar")
    assert "connect" in options_of(shown)
    listed = await noor.presses(shown.token, "connect")
    assert listed.token == "do:cal:me"
    assert text_of(listed) == text_of(await noor.line("calendar connect"))
    assert text_of(await noor.presses("do:cal:me", "nonsense")) == desk_en.TOO_LATE
    assert text_of(await noor.presses("do:cal:p_other", "connect")) == desk_en.NOT_FOUND
