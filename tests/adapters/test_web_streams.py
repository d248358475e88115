"""Streams that break: a line that is dead without saying so, a page that comes back, words that overtake a message."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Any, cast

import orjson

from adapters.contract import Outcome, Outgoing
from adapters.web.app import WebAdapter


@dataclass(frozen=True)
class Ada:
    tenant_id: str = "t"
    person_id: str = "p"
    name: str = "Ada"
    role: str = "candidate"
    thread_id: str = "th"
    channels: tuple[tuple[str, str], ...] = ()


class EmptyHistory:
    """A port of a chat in which nothing has been delivered yet."""

    async def caller(self, secret: str) -> Ada | None:
        return Ada()

    async def kind_of(self, caller: Any, thread_id: str) -> str | None:
        return "person"

    async def receive(self, caller: Any, thread_id: str, kind: str, event: Any) -> dict[str, str]:
        return {}

    async def history(self, caller: Any, thread_id: str, after: int) -> list[dict[str, Any]]:
        return []

    async def asked(self, tenant_id: str, thread_id: str) -> dict[str, Any] | None:
        return None

    async def card_of(self, tenant_id: str, message_id: str) -> dict[str, Any] | None:
        return None

    def title_of(self, caller: Any, thread_id: str) -> str:
        return "Parley"

    def kick(self, thread_id: str) -> None: ...


def _message(seq: int, act: str = "send", target: str = "") -> Outgoing:
    return Outgoing(f"m_{seq}", "th", "th", seq, act, target, {"text": f"message {seq}"}, "", "", "", 0)


def _web() -> WebAdapter:
    web = WebAdapter()
    web.port = EmptyHistory()
    return web


def _page(web: WebAdapter, after: int) -> AsyncGenerator[bytes, None]:
    return cast("AsyncGenerator[bytes, None]", web.listen(Ada(), "th", after))


async def _next(stream: AsyncIterator[bytes]) -> tuple[str, dict[str, Any]]:
    """The next frame with something in it: (its id, its data)."""
    while True:
        lines = (await asyncio.wait_for(anext(stream), 5)).decode().split("\n")
        found = {k: v for k, _, v in (x.partition(": ") for x in lines)}
        if "data" in found:
            return found.get("id", ""), orjson.loads(found["data"])


async def test_a_page_that_connects_gets_what_went_down_a_dead_line():
    web = _web()
    dead = _page(web, 0)
    await anext(dead)
    delivery = asyncio.create_task(web.deliver([_message(1), _message(2)]))
    await _next(dead)  # read, and never acknowledged: nobody is at the other end any more
    alive = _page(web, 1)
    # It has the first one already, so this counts as delivered; the second comes again.
    assert (await _next(alive))[1]["id"] == "m_2"
    web.seen("th", ["m_2"])
    receipts = await asyncio.wait_for(delivery, 5)
    assert [r.outcome for r in receipts] == [Outcome.SENT, Outcome.SENT]
    await dead.aclose()
    await alive.aclose()


async def test_a_message_and_a_change_of_it_can_be_on_their_way_together():
    web = _web()
    page = _page(web, 0)
    await anext(page)
    delivery = asyncio.create_task(web.deliver([_message(1), _message(2, "edit", "m_1")]))
    await _next(page)
    web.seen("th", ["m_1"])
    assert len(await asyncio.wait_for(delivery, 5)) == 2
    await page.aclose()


async def test_own_words_are_no_position_in_the_stream():
    """They may overtake a message of Parley's; a page that said it had them would never get that message."""
    web = _web()
    page = _page(web, 0)
    await anext(page)
    web.echo("th", {"id": "u_1", "from": "me", "seq": 9, "text": "hello"})
    assert (await _next(page))[0] == ""
    delivery = asyncio.create_task(web.deliver([_message(8)]))
    assert (await _next(page))[0] == "8"
    web.seen("th", ["m_8"])
    assert await asyncio.wait_for(delivery, 5)
    await page.aclose()
