"""People on chat platforms, in front of the whole application: what they do becomes an `Incoming`, what they see a list."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from adapters.contract import (
    Act,
    Answer,
    Back,
    Form,
    Incoming,
    Installation,
    Left,
    Place,
    Rewording,
    Slash,
    Start,
    Takeback,
    Tap,
    Who,
    Words,
)
from bot import hiring, people
from bot.app import App
from bot.clock import SetClock
from bot.settings import Settings
from bot.store.rows import Identity, Interview
from bot.store.store import Row, Tx
from tests.bot.stagehand import PLAN, SECOND, Seat, Stage, acting, settle, wired
from tests.fakes.chat import Bubble, FakeChat

PLATFORMS = ("slack", "telegram", "discord")
TEAM, GUILD = "T1", "G1"
SPACES = {"slack": TEAM, "telegram": "", "discord": ""}


def made(settings: Settings, clock: SetClock, start: int) -> App:
    """The application with three small platforms beside the page."""
    app = wired(settings, clock, start)
    for name in PLATFORMS:
        chat = FakeChat(name)
        app.reception.adapters[name] = chat
        app.platforms.append(chat)
    return app


@asynccontextmanager
async def town(home: Path, url: str = "", **settings: Any) -> AsyncGenerator[Stage]:
    """A stage with platforms. The Slack team is the company's own; the Discord server is nobody's yet."""
    async with acting(home, url, make=made, **settings) as stage:
        found = Installation(TEAM, "xoxb-clear-token", "B1", "B2", "Our company")
        await stage.app.reception.install("slack", found, None)
        yield stage


def chat_of(stage: Stage, platform: str) -> FakeChat:
    found = stage.app.reception.adapters[platform]
    assert isinstance(found, FakeChat)
    return found


class Guest:
    """Somebody's account on a platform. channel: acts happen there from now on instead of in the private chat."""

    def __init__(
        self, stage: Stage, platform: str, user: str, space: str | None = None, outsider: bool = False
    ) -> None:
        self.stage, self.platform, self.user = stage, platform, user
        self.space = SPACES[platform] if space is None else space
        self.outsider, self.channel, self.last = outsider, "", Answer()

    # -- doing ----------------------------------------------------------------------------------------

    @property
    def who(self) -> Who:
        return Who(self.platform, self.space, self.user, f"Account {self.user}", self.outsider)

    @property
    def chat(self) -> FakeChat:
        return chat_of(self.stage, self.platform)

    @property
    def address(self) -> str:
        return self.chat.private(self.who)

    def at(self, channel: str, space: str | None = None) -> "Guest":
        """The same account in a channel."""
        there = Guest(self.stage, self.platform, self.user, self.space if space is None else space, self.outsider)
        there.channel = channel
        return there

    def event(self, act: Act, event_id: str = "") -> Incoming:
        place = Place(self.channel, False, "a channel") if self.channel else Place(self.address, True)
        return Incoming(event_id or self.stage.event_id(), self.who, place, act)

    async def does(self, act: Act, event_id: str = "") -> Answer:
        self.stage.clock.forward(SECOND)
        self.last = await self.stage.app.reception.receive(self.event(act, event_id))
        await settle()
        return self.last

    async def says(self, text: str, reply_to: str = "") -> str:
        """Write a message; its name on the platform. `last` is what came in direct reply."""
        message = self.chat.number(self.channel or self.address)
        await self.does(Words(text, message, reply_to))
        return message

    async def edits(self, message: str, text: str) -> Answer:
        return await self.does(Rewording(message, text))

    async def removes(self, message: str) -> Answer:
        return await self.does(Takeback(message))

    async def taps(self, option: str, token: str = "") -> Answer:
        return await self.does(Tap(token or self.asks().token, option))

    async def submits(self, token: str, **fields: str) -> Answer:
        return await self.does(Form(token, fields))

    async def orders(self, line: str) -> Answer:
        return await self.does(Slash(line))

    async def brings(self, secret: str) -> Answer:
        return await self.does(Start(secret))

    async def shuts(self, problem: str = "blocked", tell: bool = True) -> None:
        """Nothing reaches this chat from now on; `tell`: the platform says so."""
        self.chat.shut[self.channel or self.address] = problem
        if tell:
            await self.does(Left(problem))

    async def opens(self, tell: bool = True) -> None:
        self.chat.shut.pop(self.channel or self.address, None)
        if tell:
            await self.does(Back())

    # -- looking --------------------------------------------------------------------------------------

    @property
    def bubbles(self) -> list[Bubble]:
        return self.chat.at(self.channel or self.address)

    @property
    def texts(self) -> list[str]:
        return [b.text for b in self.bubbles]

    def asks(self) -> Bubble:
        """The newest message with a question."""
        return next(b for b in reversed(self.bubbles) if b.token)

    async def person(self, tenant: str = "") -> str:
        found = await self.stage.rows(Identity, platform=self.platform, user_ref=self.user)
        mine = [i["person_id"] for i in found if i["tenant_id"] == (tenant or self.stage.app.tenant_id)]
        return mine[0] if mine else ""

    async def waiting(self) -> Any:
        app = self.stage.app
        person = await self.person()
        thread = await app.store.read(lambda tx: people.thread_of(tx, app.tenant_id, person))
        return await app.intake.waiting(app.tenant_id, thread)

    async def plays(self, until: str, **plan: str) -> None:
        """Answer by the stage's plan until a step whose key begins with `until`."""
        does = {**PLAN, **{k.replace("_", "."): v for k, v in plan.items()}}
        for _ in range(40):
            waiting = await self.waiting()
            if waiting is None or waiting.key.startswith(until):
                return
            key = waiting.key.partition("#")[0]
            if waiting.done is not None:
                await self.says("I would tell you more here, if this were a real interview.")
                await self.taps("done", waiting.token)
            elif key == "residence":
                await self.says(does[key])
            else:
                await self.taps(does[key], waiting.token)
        raise AssertionError("this never ends")


def text_of(answer: Answer) -> str:
    assert answer.card is not None
    return answer.card["text"]


async def invited(stage: Stage, name: str = "Ada Okoye") -> str:
    """Noor invites somebody; the secret of the link."""
    card = await stage.seats["Noor"].orders(f"/interview invite {name}")
    return card["rows"][0]["value"].rpartition("/")[2]


async def candidate(stage: Stage, platform: str, user: str, name: str = "Ada Okoye") -> Guest:
    """An invited person who has come in."""
    guest = Guest(stage, platform, user)
    await guest.brings(await invited(stage, name))
    return guest


async def member(stage: Stage, seat: Seat, platform: str, user: str, space: str | None = None) -> Guest:
    """Somebody of the team connects an account with the code that the page gives them."""
    guest = Guest(stage, platform, user, space)
    await guest.brings(await code_for(stage, seat))
    assert await guest.person(seat.who.tenant_id) == seat.who.person_id
    return guest


async def code_for(stage: Stage, seat: Seat) -> str:
    def issue(tx: Tx) -> str:
        at, who = stage.clock.now(), seat.who
        return people.issue_link(tx, stage.app.ids, who.tenant_id, "member", who.person_id, "", at, 0, minutes=10)

    return await stage.app.store.commit(issue)


async def interview_of(stage: Stage, guest: Guest) -> Row:
    """The newest interview of a candidate."""
    person = await guest.person()
    return (await stage.rows(Interview, "-created_at", candidate_id=person))[0]


async def interviews(stage: Stage) -> list[Row]:
    return await stage.rows(Interview, "created_at,id")


async def another_company(stage: Stage, tenant: str = "t_other") -> tuple[Seat, str]:
    """Another tenant with an admin, a requisition and somebody invited: (admin, secret of the invitation)."""
    admin = await stage.join("Boss", "admin", tenant)
    app = stage.app

    def write(tx: Tx) -> str:
        at = stage.clock.now()
        channel = admin.who.channels[0][0]
        made = hiring.open_requisition(
            tx, app.ids, tenant, title="Baker", kit=stage.kit, channel_id=channel, role_site="unknown", panel=[], at=at
        )
        requisition = hiring.get_requisition(tx, tenant, made)
        return hiring.invite(tx, app.keys, app.ids, requisition, "Zoe Other", at, 7)[1]

    return admin, await app.store.commit(write)
