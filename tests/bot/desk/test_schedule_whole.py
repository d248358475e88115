"""From a recruiter's line to a booked time: the candidate chooses in their chat, and everybody sees the same."""

from bot.store.rows import Appointment
from tests.bot.desk.conftest import Counter
from tests.bot.desk.test_schedule import row_of
from tests.bot.stagehand import MINUTE, Seat, Stage


async def chooses(seat: Seat, place: str) -> None:
    """Say where they are, and take the first of everything until it is booked."""
    await seat.says(place)
    for _ in range(10):
        waiting = await seat.waiting()
        if waiting is None:
            return
        asked = [m for m in await seat.messages() if m.get("token") == waiting.token]
        await seat.taps(asked[-1]["card"]["options"][0]["id"], waiting.token)
    raise AssertionError("it is never booked")


async def test_ordered_chosen_and_seen_by_everybody(stage: Stage, noor: Counter):
    ada = await stage.finished()
    ben = Counter(stage, await stage.join("Ben Ode", "panelist"))
    shown = await noor.line("schedule Ada for 45 min with Ben about Values")
    await noor.presses(shown.token, "send")
    await stage.wait(11 * MINUTE)
    await chooses(ada, "Kathmandu")
    (row,) = await stage.rows(Appointment)
    assert (row["state"], row["zone"]) == ("booked", "Asia/Kathmandu")
    theirs = next(m["card"] for m in reversed(await ada.messages()) if m.get("card", {}).get("title") == "Booked")
    assert "(Kathmandu, UTC+5:45)" in str(theirs["rows"])
    mine = await ben.line("calendar")
    assert mine.card is not None
    (line,) = [r.value for r in mine.card.rows]
    assert line.endswith(": Ada Okoye, Values")
    assert "booked: Monday 23 November" in row_of(await noor.line("status Ada"), "State")
    posts = [m["card"]["text"] for m in await stage.seats["Noor"].messages(stage.channel_id) if "card" in m]
    assert [t for t in posts if t.startswith("Values: booked, Monday 23 November")]
