"""Appointments played through chat on the whole application, and whether messages and rows agree.

`Play` is one candidate and the team around them; nothing of ours is replaced.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.scheduling import profiles
from bot.store import guard
from bot.store.rows import Appointment, BusyCell, CalendarEntry, Conversation, FactRow, Timer, Work
from bot.store.store import Row, Tx
from tests.bot.stagehand import MINUTE, SECOND, Seat, Stage, acting, settle

T = "t_main"
Span = tuple[int, int]


def minute(text: str) -> int:
    """Minutes since the epoch of "2026-11-25 11:00" (UTC)."""
    return int(datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC).timestamp()) // 60


def iso(at: int) -> str:
    """The inverse, as RFC 3339 has it."""
    return datetime.fromtimestamp(at * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def words_on(card: dict[str, Any]) -> str:
    """Everything that is written on a card, in one string."""
    said = [card.get("title", ""), card.get("text", "")]
    said += [f"{r['label']}: {r['value']}" for r in card.get("rows", [])]
    said += [f"<{one['url']}>" for one in card.get("links", [])]
    return " | ".join(s for s in said if s)


class Ear:
    """What somebody has been told since it was last asked for."""

    def __init__(self, play: "Play") -> None:
        self._play, self._heard = play, dict[str, int]()

    async def cards(self, name: str) -> list[dict[str, Any]]:
        found = await self._play.seat(name).messages()
        new = found[self._heard.get(name, 0) :]
        self._heard[name] = len(found)
        return [m["card"] for m in new if m["from"] == "parley"]

    async def of(self, name: str) -> str:
        return "\n".join([words_on(card) for card in await self.cards(name)])

    async def everybody(self) -> None:
        """Forget all that was said so far."""
        for name in self._play.stage.seats:
            await self.cards(name)


@asynccontextmanager
async def on_stage(home: Path, **settings: Any) -> AsyncGenerator[Stage]:
    """A stage in London, on which Priya and Tom have usual office hours and nothing else."""
    async with acting(home, time_zone="Europe/London", **settings) as stage:
        # Trouble is met by asking again later; that the vendors' libraries wait and try once more is tested elsewhere.
        stage.app.scheduling.clients._retries = 0  # pyright: ignore[reportPrivateUsage]
        await stage.app.store.commit(lambda tx: _usual_hours(stage, tx))
        yield stage


def _usual_hours(stage: Stage, tx: Tx) -> None:
    for name in ("Priya", "Tom"):
        person, hours = stage.seats[name].who.person_id, profiles.default("Europe/London")
        profiles.save(tx, stage.app.keys, T, person, hours, stage.clock.now())


@dataclass
class Play:
    """A candidate called Ada, the appointment that is played, and what everybody has heard.

    at_night: it begins when people sleep, so that reminders come at other times than usual.
    """

    stage: Stage
    name: str = "Ada"
    appointment: str = ""
    at_night: bool = False
    ear: Ear = field(init=False)

    def __post_init__(self) -> None:
        self.ear = Ear(self)

    def seat(self, name: str = "") -> Seat:
        return self.stage.seats[name or self.name]

    @classmethod
    async def begun(cls, stage: Stage, name: str = "Ada") -> "Play":
        """The candidate has agreed to an interview and will begin later."""
        ada = await stage.invite(name)
        await ada.plays(until="start")
        await ada.taps("later")
        return cls(stage, name)

    async def orders(self, order: str, by: str = "Noor") -> str:
        """A recruiter asks for a time with `/interview schedule`; what the preview said."""
        known = {r["id"] for r in await self.stage.rows(Appointment)}
        card = await self.seat(by).orders(f"/interview schedule {self.name} {order}")
        if any(o["id"] == "send" for o in card.get("options", [])):
            await self.press("send", by)
            (new,) = [r["id"] for r in await self.stage.rows(Appointment) if r["id"] not in known]
            self.appointment = new
        return words_on(card)

    async def press(self, option: str, name: str) -> None:
        """The newest message with this button, in somebody's own chat."""
        seat = self.seat(name)
        found = [m for m in await seat.messages() if m["from"] == "parley" and _has(m, option)]
        assert found, f"{name} has no button {option!r}: {await seat.texts()}"
        await seat.taps(option, found[-1]["token"])
        await self.stage.wait(0)

    async def manages(self, *buttons: str) -> None:
        """The recruiter opens the candidate's appointment and presses these buttons, one after the other."""
        await self.seat("Noor").orders("/interview board")
        row = await self.row()
        several = len(await self.stage.rows(Appointment, interview_id=row["interview_id"])) > 1
        for option in (row["interview_id"], "times", *([row["id"]] if several else []), *buttons):
            await self.press(option, "Noor")

    # -- choosing a time ---------------------------------------------------------------------------------

    async def asked(self) -> dict[str, Any]:
        """The card of the candidate's open question."""
        token = (await self.seat().must_wait()).token
        return [m for m in await self.seat().messages() if m.get("token") == token][-1]["card"]

    async def picks(self, label: str) -> None:
        """An option of the open question by how its label begins."""
        options = (await self.asked())["options"]
        found = [o["id"] for o in options if o["label"].startswith(label)]
        assert found, f"no {label!r} among {[o['label'] for o in options]}"
        await self.seat().taps(found[0])

    async def until(self, step: str, day: str = "", time: str = "", city: str = "Paris") -> dict[str, Any]:
        """Go on choosing until a question whose key begins with `step`; its card."""
        for _ in range(20):
            key = (await self.seat().must_wait()).key
            if key.startswith(step):
                return await self.asked()
            await self.answers(key, day, time, city)
        raise AssertionError(f"{step!r} is never asked")

    async def answers(self, key: str, day: str, time: str, city: str) -> None:
        """One answer of whoever wants this day and this time, there."""
        labels = [o["label"] for o in (await self.asked()).get("options", [])]
        if key.startswith("city"):
            await self.seat().says(city)
        elif key.startswith("zone"):
            assert city not in words_on(await self.asked()), "guessed right: answer it in the test"
            await self.seat().taps("else")
        elif key.startswith("which"):
            await self.seat().taps("z0")
        elif key.startswith("reason"):
            await self.picks("Something came up")
        elif key.startswith("day"):
            await self.picks(day if any(one.startswith(day) for one in labels) else "More days")
        else:
            assert key.startswith("time"), f"what is {key}?"
            await self.picks(time if any(one.startswith(time) for one in labels) else "Later that day")

    async def books(self, day: str, time: str, city: str = "Paris") -> Row:
        """The candidate chooses a time in their own zone and confirms it; the appointment then."""
        await self.until("confirm", day, time, city)
        await self.seat().taps("book")
        return await self.row()

    async def offered(self, day: str, city: str = "Paris") -> list[str]:
        """The times of a day as the candidate sees them, without choosing one."""
        card = await self.until("time", day, city=city)
        return [o["label"] for o in card["options"] if " – " in o["label"]]

    # -- time ----------------------------------------------------------------------------------------------

    async def go(self, at: int) -> None:
        """Let everything happen up to a minute, one timer after the other, as it would."""
        while True:
            timer = await self.stage.app.runner.next_timer()
            due = min(timer["due_at"] if timer else at * MINUTE, at * MINUTE)
            self.stage.clock.forward(max(0, due - self.stage.clock.now()))
            await self.sync()
            await self.stage.wait(0)
            if timer is None or timer["due_at"] > at * MINUTE:
                return

    async def sync(self) -> None:
        """Read the calendars that are due, and let everything happen that comes of it."""
        await self.stage.app.scheduling.syncer.tick()
        await self.read()

    async def read(self) -> None:
        """Wait until no calendar is being read, and nothing follows from it any more."""
        await self.stage.app.scheduling.syncer.quiet()
        await settle()

    async def works(self) -> None:
        """Do what asked to be done later, until nothing waits."""
        waiting: list[Row] = []
        for _ in range(20):
            waiting = [w for w in await self.stage.rows(Work) if w["state"] == "pending"]
            if not waiting:
                return
            await self.stage.wait(max(SECOND, min(w["due_at"] for w in waiting) - self.stage.clock.now()))
        raise AssertionError(f"this work is never done: {waiting}")

    # -- looking -------------------------------------------------------------------------------------------

    async def row(self) -> Row:
        (row,) = await self.stage.rows(Appointment, id=self.appointment)
        return row

    async def entries(self) -> dict[str, tuple[str, int]]:
        """Person -> (state, version) of what stands for the appointment in their calendar."""
        found = await self.stage.rows(CalendarEntry, appointment_id=self.appointment)
        return {e["person_id"]: (e["state"], e["version"]) for e in found}

    async def timers(self) -> list[Row]:
        return await self.stage.rows(Timer, owner_id=self.appointment)

    async def open_talks(self, name: str) -> list[str]:
        """The flows of the conversations that somebody has open."""
        chat = self.seat(name).who.thread_id
        return [c["flow"] for c in await self.stage.rows(Conversation, thread_id=chat) if c["state"] != "ended"]

    async def facts(self, name: str) -> list[Row]:
        return await self.stage.rows(FactRow, "at,id", name=name)

    async def stored(self, state: str, at: Span | None, *team: str) -> Row:
        """What is stored says one and the same thing: this state, this time, these people, and nobody else is kept."""
        row = await self.row()
        people = [self.seat(n).who.person_id for n in team]
        assert row["state"] == state
        assert row["announced"] == row["version"], "not everybody was told of the newest version"
        live = state in ("booked", "began")
        now = self.stage.clock.now()
        cells = [c for c in await self.stage.rows(BusyCell) if (c["release_at"] or now + 1) > now]
        mine = {(c["interviewer_id"], c["cell"]) for c in cells if c["owner"] == row["booking_id"] and live}
        assert all(c["release_at"] is None for c in cells), "a hold was left behind"
        coming = [c for c in cells if c["cell"] * guard.CELL * MINUTE > now]
        others = {c["owner"] for c in coming} - await self._owners()
        assert not others, f"cells of bookings that nobody has: {others}"
        if live:
            assert at is not None
            assert (row["start_minute"], row["end_minute"]) == at
            sitting = {*people, row["candidate_id"]}
            assert mine == {(p, c) for p in sitting for c in range(at[0] // guard.CELL, -(-at[1] // guard.CELL))}
            for person in people:
                assert (await self.entries())[person] == ("kept", row["version"])
        assert {t["token"] for t in await self.timers()} <= {str(row["version"])}, "a timer of an older version"
        await self._timers_fit(row, people)
        for person, (entry, _) in (await self.entries()).items():
            if not live or person not in people:
                assert entry == "removed", f"{person} still has it in the calendar"
        return row

    async def _owners(self) -> set[str]:
        return {r["booking_id"] for r in await self.stage.rows(Appointment) if r["state"] in ("booked", "began")}

    async def _timers_fit(self, row: Row, people: list[str]) -> None:
        about = {t["about"]: t["due_at"] for t in await self.timers()}
        now = self.stage.clock.now()
        if row["state"] == "booked" and row["start_minute"] * MINUTE > now:
            assert about["start"] == row["start_minute"] * MINUTE
            hour = (row["start_minute"] - 60) * MINUTE
            for person in (row["candidate_id"], *people):
                due = about.get(f"remind.60.{person}")
                if hour - MINUTE > now and not self.at_night:
                    assert due is not None, f"nobody reminds {person}"
                    assert hour - MINUTE < due <= hour
        elif row["state"] in ("cancelled", "over", "missed"):
            assert about == {}, f"timers of what is {row['state']}: {about}"


def _has(message: dict[str, Any], option: str) -> bool:
    return any(o["id"] == option for o in message["card"].get("options", []))
