"""The whole application on a stage: a team, candidates, and pages that show and acknowledge what they get.

Nothing of ours is replaced. Time is a `SetClock`, ids are seeded, a page is an in-process listener of the web adapter.
Every act of a person takes a second and is followed by quiet: everything it caused has happened when it returns.
"""

import asyncio
import base64
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from pydantic import SecretStr

from adapters.web.parse import EditedIn, RemovedIn, SaidIn, SubmittedIn, TappedIn
from bot import hiring, people
from bot.app import App, build
from bot.clock import SetClock
from bot.ids import SeededIds
from bot.inbox import utterance_id
from bot.people import Visitor
from bot.settings import Settings
from bot.store.store import Row, Tx
from bot.web import demo, export, review_view
from flows.kits.model import Kit
from tests.flows.rating.small_kit import GOOD, KIT, UPSET

START = 1_795_424_400_000  # Monday 23 November 2026, 09:00 UTC
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
MASTER_KEY = SecretStr(base64.b64encode(b"a key for tests only, 32 bytes!!").decode())
PLAN = {
    "residence": "London",
    "consent.interview": "yes",
    "consent.scoring": "yes",
    "consent.recording": "no",
    "instead": "human",
    "adjust": "none",
    "start": "now",
    "end.yours": "no",
    "end.look": "submit",
    "close": "thanks",
}
ANSWERS = {"outage": GOOD, "upset": UPSET}
_BUSY = ("lane ", "mail ", "work ", "look for work")
_PATIENCE = 30.0


async def settle() -> None:
    """Wait until no letter, no work and no delivery is under way. A lane without a page rests, and so is quiet."""
    async with asyncio.timeout(_PATIENCE):
        while tasks := [t for t in asyncio.all_tasks() if t.get_name().startswith(_BUSY)]:
            await asyncio.wait(tasks)
        for _ in range(5):  # frames that nobody acknowledges (an echo) still have to be read
            await asyncio.sleep(0)


class Screen:
    """An open page: shows and acknowledges everything. `frames` is every byte that came down the stream."""

    def __init__(self, app: App, who: Visitor, thread_id: str, after: int = 0) -> None:
        self.app, self.who, self.thread_id, self.after = app, who, thread_id, after
        self.frames: list[bytes] = []
        self._task: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()

    async def open(self) -> "Screen":
        self._task = asyncio.create_task(self._read(), name=f"screen {self.thread_id}")
        await self._connected.wait()
        await settle()
        return self

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The data of every frame of one kind, in order."""
        head = b"event: " + kind.encode() + b"\n"
        return [orjson.loads(f.partition(b"data: ")[2]) for f in self.frames if f.startswith(head)]

    async def _read(self) -> None:
        async for written in self.app.web.listen(self.who, self.thread_id, self.after):
            frames = [f for f in written.split(b"\n\n") if f]
            self.frames += frames
            self._connected.set()
            shown = [f for f in frames if f.startswith((b"event: message", b"event: update"))]
            self.app.web.seen(self.thread_id, [orjson.loads(f.partition(b"data: ")[2])["id"] for f in shown])


class Seat:
    """One person with their pages open: their own chat, and the channel where they may see it."""

    def __init__(self, stage: "Stage", name: str, who: Visitor) -> None:
        self.stage, self.name, self.who = stage, name, who
        self.own = Screen(stage.app, who, who.thread_id)
        self.channel = Screen(stage.app, who, who.channels[0][0]) if who.channels else None

    async def sit(self) -> "Seat":
        for screen in (self.own, self.channel):
            if screen is not None:
                await screen.open()
        return self

    async def leave(self) -> None:
        for screen in (self.own, self.channel):
            if screen is not None:
                await screen.close()

    # -- doing ----------------------------------------------------------------------------------------

    async def says(self, text: str, asked: str | None = "open") -> str:
        """Write a message; its utterance id. `asked`: the token on the screen ("open": the open question's)."""
        if asked == "open":
            waiting = await self.waiting()
            asked = waiting.token if waiting else None
        event = SaidIn(id=self.stage.event_id(), kind="said", text=text, asked=asked)
        await self._does(event)
        return utterance_id(self.who.thread_id, event.id)

    async def taps(self, option: str, token: str = "") -> None:
        token = token or (await self.must_wait()).token
        await self._does(TappedIn(id=self.stage.event_id(), kind="tapped", token=token, option=option))

    async def submits(self, **fields: str) -> dict[str, str]:
        token = (await self.must_wait()).token
        event = SubmittedIn(id=self.stage.event_id(), kind="submitted", token=token, fields=fields)
        return await self._does(event)

    async def edits(self, target: str, text: str) -> None:
        await self._does(EditedIn(id=self.stage.event_id(), kind="edited", target=target, text=text))

    async def removes(self, target: str) -> None:
        await self._does(RemovedIn(id=self.stage.event_id(), kind="removed", target=target))

    async def taps_post(self, option: str, candidate: str) -> None:
        """Press a button of a candidate's scorecard post in the channel."""
        token = (await self.post(candidate))["token"]
        await self._does(
            TappedIn(id=self.stage.event_id(), kind="tapped", token=token, option=option), self.channel_id, "channel"
        )

    async def writes(self, text: str, reply_to: str = "") -> None:
        """Write in the channel."""
        event = SaidIn(id=self.stage.event_id(), kind="said", text=text, reply_to=reply_to)
        await self._does(event, self.channel_id, "channel")

    async def orders(self, line: str) -> dict[str, Any]:
        """Give a command; the card that answers it."""
        await self.says(line, None)
        return (await self.messages())[-1]["card"]

    async def plays(self, until: str = "", answers: dict[str, Any] | None = None, **plan: str) -> list[str]:
        """Do what a willing candidate would do, until a step whose key begins with `until`, or to the end.

        answers: question id -> the bubbles of its answer (None: skip). plan: overrides of PLAN, with "_" for ".".
        Returns the keys of the steps that were answered.
        """
        said, does = {**ANSWERS, **(answers or {})}, {**PLAN, **{k.replace("_", "."): v for k, v in plan.items()}}
        done: list[str] = []
        while (waiting := await self.waiting()) is not None and not (until and waiting.key.startswith(until)):
            assert len(done) < 60, f"this never ends: {done}"
            key = waiting.key.partition("#")[0]
            done.append(waiting.key)
            if waiting.done is not None:
                await self._answers(said.get(key, "I would tell you more here, if this were a real interview."))
            elif key == "residence":
                await self.says(does[key])
            else:
                await self.taps(does[key], waiting.token)
        return done

    async def _answers(self, bubbles: "str | list[str] | None") -> None:
        if bubbles is None:
            await self.taps("~skip")
            await self.taps("skip")
            return
        for bubble in [bubbles] if isinstance(bubbles, str) else bubbles:
            await self.says(bubble)
        await self.taps("done")

    async def rates(
        self, candidate: str, level: str = "4", why: str = "Says what was done.", vote: str = "yes"
    ) -> None:
        """Rate from the post to the sealed card."""
        await self.taps_post("rate", candidate)
        await self.fills(level, why, vote)
        await self.taps("submit")

    async def fills(self, level: str = "4", why: str = "Says what was done.", vote: str = "yes") -> None:
        """Send off the open rating form, without confirming it yet."""
        kit = self.stage.kit.competencies
        fields = {f"{k}.level": level for k in kit} | {f"{k}.why": why for k in kit} | {"recommendation": vote}
        problems = await self.submits(**fields)
        assert not problems, problems

    async def _does(self, event: Any, thread_id: str = "", kind: str = "person") -> dict[str, str]:
        self.stage.clock.forward(SECOND)
        reply = await self.stage.app.port.receive(self.who, thread_id or self.who.thread_id, kind, event)
        await settle()
        return reply

    # -- looking --------------------------------------------------------------------------------------

    @property
    def channel_id(self) -> str:
        return self.who.channels[0][0]

    async def waiting(self) -> Any:
        return await self.stage.app.intake.waiting(self.who.tenant_id, self.who.thread_id)

    async def must_wait(self) -> Any:
        waiting = await self.waiting()
        assert waiting is not None, f"nothing is open for {self.name}"
        return waiting

    async def messages(self, thread_id: str = "") -> list[dict[str, Any]]:
        """The history of their own chat (or of a channel they are in)."""
        return await self.stage.app.port.history(self.who, thread_id or self.who.thread_id, 0)

    async def texts(self, thread_id: str = "") -> list[str]:
        """The text of every message of Parley's."""
        return [m["card"].get("text", "") for m in await self.messages(thread_id) if m["from"] == "parley"]

    async def posts(self, candidate: str) -> list[dict[str, Any]]:
        """The scorecard posts of a candidate."""
        start = f"{candidate}, "
        shown = await self.messages(self.channel_id)
        return [m for m in shown if m["from"] == "parley" and m["card"].get("title", "").startswith(start)]

    async def post(self, candidate: str) -> dict[str, Any]:
        (only,) = await self.posts(candidate)
        return only

    async def exports(self, interview_id: str) -> dict[str, Any] | None:
        app = self.stage.app
        return await app.store.read(lambda tx: export.interview(app, tx, self.who, interview_id))

    async def reviews(self, interview_id: str) -> dict[str, Any] | None:
        app = self.stage.app
        return await app.store.read(lambda tx: review_view.view(app, tx, self.who, interview_id))


class Stage:
    """A running application with the demo's team on it. `seats`: name -> who sits there."""

    def __init__(
        self, settings: Settings, kit: Kit, clock: SetClock, make: Callable[[Settings, SetClock, int], App]
    ) -> None:
        self.settings, self.kit, self.clock, self._make = settings, kit, clock, make
        self.seats: dict[str, Seat] = {}
        self._events = self._starts = 0
        self.app = self._build()

    def _build(self) -> App:
        self._starts += 1
        return self._make(self.settings, self.clock, self._starts)

    def event_id(self) -> str:
        self._events += 1
        return f"event-{self._events:06d}"

    # -- people ---------------------------------------------------------------------------------------

    async def set(self) -> None:
        """Found the team of the demo; everybody sits down."""
        cast = self.app.store.commit_now(lambda tx: demo.set_stage(self.app, tx, self.kit))
        self.requisition_id, self.channel_id = cast.requisition_id, cast.channel["id"]
        await self.app.start()
        for person in cast.people:
            await self.seat(person["name"], person["session"])

    async def seat(self, name: str, session: str) -> Seat:
        who = await self.app.port.caller(session)
        assert who is not None
        self.seats[name] = await Seat(self, name, who).sit()
        return self.seats[name]

    async def join(self, name: str, role: str, tenant: str = "") -> Seat:
        """Somebody new of the team (or of another tenant)."""
        return await self.seat(name, await self.app.store.commit(lambda tx: self._joined(tx, name, role, tenant)))

    def _joined(self, tx: Tx, name: str, role: str, tenant: str) -> str:
        app, at = self.app, self.clock.now()
        tenant_id = tenant or app.tenant_id
        if tenant and app.keys.found_tenant(tx, tenant, "Another company", at):
            app.keys.create(tx, tenant, tenant, at)
            people.add_thread(tx, app.ids, tenant, "channel", "", tenant, "theirs")
        person, _ = people.add_person(tx, app.keys, app.ids, tenant_id, "member", name, at)
        people.give_role(tx, tenant_id, "*", person, role)
        return people.open_session(tx, app.ids, tenant_id, person, at)

    async def invite(self, name: str = "Ada Okoye") -> Seat:
        """Noor invites a candidate, who opens the link."""
        card = await self.seats["Noor"].orders(f"/interview invite {name}")
        secret = card["rows"][0]["value"].rpartition("/")[2]
        used = await self.app.store.commit(lambda tx: people.redeem(tx, self.app.ids, secret, self.clock.now()))
        assert not isinstance(used, people.Refused), used
        return await self.seat(name, used[1])

    async def finished(self, name: str = "Ada Okoye", **plan: Any) -> Seat:
        """A candidate who has sent everything off; the machine's reading is done."""
        seat = await self.invite(name)
        await seat.plays(**plan)
        return seat

    # -- time -----------------------------------------------------------------------------------------

    async def wait(self, ms: int) -> None:
        """Let time pass, and have everything done that became due meanwhile."""
        self.clock.forward(ms)
        await self.app.runner.fire_due()
        await settle()

    async def next_timer(self) -> Row:
        """Go to the next timer and fire it; the timer."""
        timer = await self.app.runner.next_timer()
        assert timer is not None, "no timer is set"
        await self.wait(max(0, timer["due_at"] - self.clock.now()))
        return timer

    async def restart(self) -> None:
        """Stop the application as a deploy would, and start it again on the same folder. Everybody comes back."""
        known = {n: s.who for n, s in self.seats.items()}
        await self.down()
        self.app = self._build()
        await self.app.start()
        for name, who in known.items():
            self.seats[name] = await Seat(self, name, who).sit()
        await settle()

    async def down(self) -> None:
        for seat in self.seats.values():
            await seat.leave()
        await self.app.stop()

    # -- looking --------------------------------------------------------------------------------------

    async def interview(self, seat: Seat) -> Row:
        found = await self.app.store.read(lambda tx: people.interview_of(tx, seat.who.tenant_id, seat.who.person_id))
        assert found is not None
        return found

    async def rows(self, model: Any, order: str = "", **where: Any) -> list[Row]:
        return await self.app.store.read(lambda tx: tx.find(model, where, order))

    async def facts(self, seat: Seat) -> list[str]:
        """The names of everything that became true about a candidate's interview, in order."""
        from bot.store.rows import FactRow

        interview = await self.interview(seat)
        return [f["name"] for f in await self.rows(FactRow, "at,id", interview_id=interview["id"])]

    async def cards(self, seat: Seat) -> dict[str, Row]:
        interview = await self.interview(seat)
        return await self.app.store.read(lambda tx: hiring.cards_of(tx, self.app.tenant_id, interview["id"]))


def wired(settings: Settings, clock: SetClock, start: int) -> App:
    """The application as `bot.app.build` wires it; ids of a second start differ from those of the first."""
    return build(settings, clock=clock, ids=SeededIds(start))


@asynccontextmanager
async def acting(
    home: Path, url: str = "", kit: Kit = KIT, make: Callable[[Settings, SetClock, int], App] = wired, **settings: Any
) -> AsyncGenerator[Stage]:
    """A running stage; everything is taken down at the end. `url`: of a PostgreSQL database, or of home's SQLite file."""
    database = "" if url.startswith("sqlite") else url
    made = Settings(home=home, database_url=database, master_key=MASTER_KEY, **settings)
    stage = Stage(made, kit, SetClock(START), make)
    try:
        await stage.set()
        yield stage
    finally:
        await stage.down()
