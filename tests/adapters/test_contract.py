"""The contract of a `ChatAdapter`, for every adapter. To join, add a world below and its name to WORLDS."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

import orjson
import pytest

from adapters.contract import Capabilities, ChatAdapter, Outcome, Outgoing
from adapters.web.app import WebAdapter
from tests.fakes.adapter import ScriptedAdapter

WORLDS = ["web", "scripted"]
CHAT = "th_one"


class World(Protocol):
    """An adapter and the other side of it: people who come, look and leave."""

    @property
    def adapter(self) -> ChatAdapter: ...

    async def arrive(self) -> None:
        """Somebody can take messages in CHAT from now on."""
        ...

    async def leave(self) -> None:
        """Nobody can any more."""
        ...

    def texts(self) -> list[str]:
        """What the person sees in CHAT, message by message, in its newest state."""
        ...


class ScriptedWorld:
    """The fake of the outbox tests must itself keep the contract."""

    def __init__(self) -> None:
        self.adapter = ScriptedAdapter(away={CHAT}, batch=50)

    async def arrive(self) -> None:
        self.adapter.away.discard(CHAT)

    async def leave(self) -> None:
        self.adapter.away.add(CHAT)

    def texts(self) -> list[str]:
        return [card.get("text", "") for card in self.adapter.shown.values()]


class Nobody:
    """The caller of a page, as a verified session says."""

    tenant_id, person_id, name, role, thread_id = "t", "p", "Somebody", "candidate", CHAT
    channels: tuple[tuple[str, str], ...] = ()


class SmallPort:
    """The bot behind the web adapter, without any history."""

    async def caller(self, secret: str) -> Nobody | None:
        return Nobody()

    async def kind_of(self, caller: Any, thread_id: str) -> str | None:
        return "person"

    async def receive(self, caller: Any, thread_id: str, kind: str, event: Any) -> dict[str, str]:
        return {}

    async def history(self, caller: Any, thread_id: str, after: int) -> list[dict[str, Any]]:
        return []

    async def asked(self, tenant_id: str, thread_id: str) -> dict[str, Any] | None:
        return {"token": "open"}

    async def card_of(self, tenant_id: str, message_id: str) -> dict[str, Any] | None:
        return {"text": "as it was"}

    def title_of(self, caller: Any, thread_id: str) -> str:
        return "Parley"

    def kick(self, thread_id: str) -> None: ...


class WebWorld:
    """A page that shows and acknowledges what it gets."""

    def __init__(self) -> None:
        self.adapter = WebAdapter()
        self.adapter.port = SmallPort()
        self.cards: dict[str, dict[str, Any]] = {}
        self.asked: list[Any] = []
        self.acknowledges = True
        self.news = asyncio.Event()
        self._page: asyncio.Task[None] | None = None

    async def arrive(self, after: int = 0) -> None:
        connected = asyncio.Event()
        self._page = asyncio.create_task(self._read(connected, after))
        await connected.wait()

    async def leave(self) -> None:
        if self._page is not None:
            self._page.cancel()
            await asyncio.gather(self._page, return_exceptions=True)

    def texts(self) -> list[str]:
        return [card.get("text", "") for card in self.cards.values()]

    async def _read(self, connected: asyncio.Event, after: int) -> None:
        async for written in self.adapter.listen(Nobody(), CHAT, after):
            connected.set()
            for frame in written.split(b"\n\n"):
                head, _, data = frame.partition(b"data: ")
                if b"event: asked" in head:
                    self.asked.append(orjson.loads(data))
                elif b"event: message" in head or b"event: update" in head:
                    message = orjson.loads(data)
                    self.cards[message["id"]] = message["card"]
                    if self.acknowledges:
                        self.adapter.seen(CHAT, [message["id"]])
            self.news.set()

    async def until(self, seen: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not seen():
                self.news.clear()
                await self.news.wait()


@pytest.fixture(params=WORLDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    made: World = {"web": WebWorld, "scripted": ScriptedWorld}[request.param]()
    yield made
    await made.leave()


def message(n: int, text: str = "", act: str = "send", target: str = "", chosen: str = "") -> Outgoing:
    card = {"text": text or f"message {n}"} if not chosen else None
    return Outgoing(f"m_{n}", CHAT, CHAT, n, act, target, card, "token", chosen, "step", 1000 + n)


def test_it_says_what_it_can_do(world: World):
    can = world.adapter.capabilities
    assert isinstance(can, Capabilities)
    assert world.adapter.name
    assert can.text >= 1000
    assert can.batch >= 1
    assert can.options >= 5


async def test_it_is_ready_exactly_when_somebody_can_take_a_message(world: World):
    assert not world.adapter.ready(CHAT)
    await world.arrive()
    assert world.adapter.ready(CHAT)
    await world.leave()
    assert not world.adapter.ready(CHAT)


async def test_messages_arrive_in_order_with_a_receipt_each(world: World):
    await world.arrive()
    lane = [message(n) for n in range(1, 6)]
    receipts = await world.adapter.deliver(lane)
    assert [r.id for r in receipts] == [m.id for m in lane]
    assert {r.outcome for r in receipts} == {Outcome.SENT}
    assert all(r.platform_id for r in receipts)
    assert world.texts() == [f"message {n}" for n in range(1, 6)]


async def test_an_edit_changes_its_message_and_adds_none(world: World):
    await world.arrive()
    await world.adapter.deliver([message(1)])
    (receipt,) = await world.adapter.deliver([message(2, "a new wording", "edit", "m_1")])
    assert (receipt.id, receipt.outcome) == ("m_2", Outcome.SENT)
    assert world.texts() == ["a new wording"]
    (receipt,) = await world.adapter.deliver([message(3, "", "edit", "m_1", chosen="yes")])
    assert receipt.outcome is Outcome.SENT
    assert len(world.texts()) == 1


async def test_a_message_that_was_never_sent_is_not_found(world: World):
    await world.arrive()
    await world.adapter.deliver([message(1)])
    assert await world.adapter.look_up(message(9)) is None


async def test_being_drained_with_nobody_there_is_nothing(world: World):
    world.adapter.drained(CHAT)
    await world.adapter.catch_up(0)
    assert world.texts() == []


# -- what is special about the web -------------------------------------------------------------------------------


@pytest.fixture
async def web() -> AsyncIterator[WebWorld]:
    made = WebWorld()
    yield made
    await made.leave()


async def test_nobody_listening_is_away(web: WebWorld):
    receipts = await web.adapter.deliver([message(1), message(2)])
    assert [(r.id, r.outcome) for r in receipts] == [("m_1", Outcome.AWAY)]


async def test_a_page_that_closes_before_it_has_shown_a_message_is_away(web: WebWorld):
    web.acknowledges = False
    await web.arrive()
    delivery = asyncio.create_task(web.adapter.deliver([message(1), message(2)]))
    await web.until(lambda: len(web.cards) == 2)
    web.adapter.seen(CHAT, ["m_1"])
    await web.leave()
    assert [(r.id, r.outcome) for r in await delivery] == [("m_1", Outcome.SENT), ("m_2", Outcome.AWAY)]


async def test_a_page_that_comes_back_says_how_far_it_got(web: WebWorld):
    await web.arrive(after=4)
    found = await web.adapter.look_up(message(4))
    assert found is not None
    assert found.outcome is Outcome.SENT
    assert await web.adapter.look_up(message(5)) is None


async def test_the_open_question_is_shown_as_open_after_everything_was_shown(web: WebWorld):
    await web.arrive()
    await web.adapter.deliver([message(1)])
    web.adapter.drained(CHAT)
    await web.until(lambda: bool(web.asked))
    assert web.asked == [{"token": "open"}]
