"""The same on the web page: lines with several lines in them, and forms as cards, where people are written by name."""

from typing import Any

from adapters.web.parse import SubmittedIn
from bot.store.rows import Appointment
from flows.words import schedule_en as words
from tests.bot.desk.test_schedule_board import ada
from tests.bot.stagehand import Seat, Stage

__all__ = ["ada"]


async def last(seat: Seat) -> dict[str, Any]:
    return next(m for m in reversed(await seat.messages()) if m["from"] == "parley")


async def fills(stage: Stage, seat: Seat, token: str, **fields: str) -> dict[str, str]:
    event = SubmittedIn(id=stage.event_id(), kind="submitted", token=token, fields=fields)
    return await seat._does(event)  # pyright: ignore[reportPrivateUsage]  # the page's own way in


def field(message: dict[str, Any], key: str) -> dict[str, Any]:
    return next(f for f in message["card"]["fields"] if f["key"] == key)


async def test_a_form_on_the_page(stage: Stage, ada: Seat):
    noor = stage.seats["Noor"]
    await noor.says("/interview schedule Ada", None)
    form = await last(noor)
    assert form["token"].startswith("cmd:schedule:iv_")
    assert field(form, "who")["kind"] == "line"
    assert words.BY_NAME in field(form, "who")["help"]
    kinds = {f["kind"] for f in form["card"]["fields"]}
    assert kinds <= {"line", "text", "choice", "scale"}, "what the page can draw"
    problems = await fills(stage, noor, form["token"], who="Ben, Nobody", minutes="7")
    assert set(problems) == {"who", "minutes"}
    assert (await last(noor))["state"] == "live", "it stays open until it is right"
    answer = {"who": "ben ode, Cleo Ray", "how": "1", "minutes": "30", "notice": "120", "days": "7"}
    assert await fills(stage, noor, form["token"], **answer) == {}
    preview = await last(noor)
    assert "will be asked to choose between" in preview["card"]["text"]
    settled = next(m for m in await noor.messages() if m.get("token") == form["token"])
    assert settled["state"] == "answered"
    await noor.taps("change", preview["token"])
    changed = await last(noor)
    assert field(changed, "who")["value"] == "Ben Ode, Cleo Ray"
    assert field(changed, "how")["value"] == "1"
    assert await fills(stage, noor, changed["token"], **{**answer, "minutes": "60"}) == {}
    await noor.taps("send", (await last(noor))["token"])
    rows = await stage.rows(Appointment)
    assert len(rows) == 2


async def test_a_loop_and_hours_on_the_page(stage: Stage, ada: Seat):
    noor = stage.seats["Noor"]
    await noor.says("/interview schedule Ada loop\nDesign, 60 min, any of backend\nValues, 30 min, Noor", None)
    assert "choose between" in (await last(noor))["card"]["text"]
    await noor.says("/interview schedule Ada loop", None)
    form = await last(noor)
    assert field(form, "loop")["kind"] == "text"
    assert set(await fills(stage, noor, form["token"], loop="Design, 61 min, Ben")) == {"loop"}
    ben = stage.seats["Ben Ode"]
    await ben.says("/interview availability", None)
    await ben.taps("edit", (await last(ben))["token"])
    form = await last(ben)
    assert field(form, "hours")["value"] == "Mon-Fri 09:00-17:00"
    assert field(form, "pools")["value"] == "backend"
    assert set(await fills(stage, ben, form["token"], hours="x")) == {"hours"}
    assert await fills(stage, ben, form["token"], hours="Mon-Thu 9-16", zone="Berlin", pools="backend") == {}
    assert "Saved" in (await last(ben))["card"]["text"]
    assert "Mon-Thu 09:00-16:00" in str((await last(ben))["card"]["rows"])


async def test_a_candidate_cannot_send_off_a_form_of_the_desk(stage: Stage, ada: Seat):
    before = await stage.rows(Appointment)
    await fills(stage, ada, "cmd:schedule", candidate=before[0]["interview_id"], who="Ben Ode")
    await fills(stage, ada, "cmd:hours", hours="Mon-Fri 9-17")
    assert await stage.rows(Appointment) == before
