"""Candidates who talk to Parley: what they do (`Chat`), and a process of many of them that speaks HTTP.

Started by `turns.py` as a process of its own, so that its work is not counted as the server's. It speaks real HTTP
over keep-alive sockets: one connection for the stream, one for what is said, as a browser does. Reads its orders
as one line of JSON on standard input, and writes what it measured as one on standard output.
"""

import asyncio
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any, Protocol

import orjson

# How long a page that is waiting keeps an acknowledgement to itself (s), and how often it waits.
_MOMENT, _PATIENCE = 0.2, 200
# What a willing candidate chooses where buttons are offered; the first that is offered wins.
CHOICES = ("yes", "now", "none", "go", "some")


class Link(Protocol):
    """A way to the server: events go out with what was seen, frames come in through `Chat.heard`."""

    async def open(self, heard: Callable[[str, Any], None], after: int) -> None: ...
    async def send(self, event: dict[str, Any], seen: list[str]) -> None: ...
    async def see(self, seen: list[str]) -> None: ...
    async def close(self) -> None: ...


class Chat:
    """One candidate. A turn is one happening, from before it is sent until it is accepted and its question is here.

    What was shown is acknowledged with the next event, as a page does that has something to say; `finish` gives the
    acknowledgements that are left. `prompt`: acknowledge at once instead, and end a turn only when the server says
    what it waits for now, which it does after it has marked every message as sent.
    """

    def __init__(self, link: Link, answer: str, prompt: bool = False) -> None:
        self.link, self.answer, self.prompt, self.n = link, answer, prompt, 0
        self.token, self.card, self.half = "", dict[str, Any](), False
        self.after = 0
        self.asked: dict[str, Any] | None = None
        self.unseen: list[str] = []
        self.news = asyncio.Event()
        self.acking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self.link.open(self.heard, self.after)

    def place(self) -> dict[str, Any]:
        """Where this chat is, for `resumed`."""
        return {"token": self.token, "card": self.card, "half": self.half, "n": self.n, "after": self.after}

    def heard(self, kind: str, data: Any) -> None:
        if kind == "asked":
            self.asked = data
            self.news.set()
            return
        self.after = max(self.after, data["seq"])
        if data.get("from") == "parley":
            self.unseen.append(data["id"])
            if kind == "message" and data.get("token"):
                self.token, self.card = data["token"], data["card"]
            if self.prompt and (self.acking is None or self.acking.done()):
                self.acking = asyncio.get_running_loop().create_task(self.acknowledge())
        self.news.set()

    async def acknowledge(self) -> None:
        while self.unseen:
            ids, self.unseen = self.unseen, []
            await self.link.see(ids)

    async def until(self, true: Callable[[], bool]) -> None:
        for _ in range(_PATIENCE):
            if true():
                return
            self.news.clear()
            try:
                async with asyncio.timeout(_MOMENT):
                    await self.news.wait()
            except TimeoutError:
                # More may come only once this has been acknowledged, as at the start of another conversation.
                await self.acknowledge()
        raise TimeoutError("Parley said nothing more, and no question is open.")

    async def turn(self) -> None:
        """Do the next thing a candidate does, and wait for what comes of it."""
        token, event = self.token, self._next()
        self.n += 1
        seen, self.unseen = self.unseen, []
        await self.link.send({"id": f"event-{self.n:06d}", **event}, seen)
        # An answer of several messages: nothing is said to it until it is sent off.
        self.half = event["kind"] == "said"
        if self.half:
            return
        await self.until(lambda: self.token != token)
        if self.prompt:
            await self.until(lambda: self.asked is not None and self.asked["token"] == self.token)

    def _next(self) -> dict[str, Any]:
        options = [o["id"] for o in self.card.get("options", ())]
        if self.half:
            return {"kind": "tapped", "token": self.token, "option": "done"}
        if options:
            chosen = next((c for c in CHOICES if c in options), options[0])
            return {"kind": "tapped", "token": self.token, "option": chosen}
        return {"kind": "said", "text": self.answer, "asked": self.token}

    async def finish(self) -> None:
        """Acknowledge what is left, and go."""
        if self.acking is not None:
            await self.acking
        await self.acknowledge()
        await self.link.close()


class HttpLink:
    """Two keep-alive connections to the server. Just enough HTTP/1.1 for this server's answers."""

    def __init__(self, port: int, thread: str, session: str) -> None:
        self.port, self.path = port, f"/api/v1/threads/{thread}"
        self.head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {session}\r\n"
        self.listening: asyncio.Task[None] | None = None
        self.posting = asyncio.Lock()  # one request at a time on a connection

    async def open(self, heard: Callable[[str, Any], None], after: int) -> None:
        reader, self.stream = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        self.stream.write(f"GET {self.path}/stream?after={after} HTTP/1.1\r\n{self.head}\r\n".encode())
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"the stream was refused: {head[:80]!r}")
        self.listening = asyncio.create_task(self._listen(reader, heard))

    async def _listen(self, reader: asyncio.StreamReader, heard: Callable[[str, Any], None]) -> None:
        kind = ""
        # Chunk sizes and other fields are lines too; they begin with neither word.
        while line := await reader.readline():
            if line.startswith(b"event: "):
                kind = line[7:].strip().decode()
            elif line.startswith(b"data: ") and kind in ("message", "update", "asked"):
                heard(kind, orjson.loads(line[6:]))

    async def send(self, event: dict[str, Any], seen: list[str]) -> None:
        await self._post("/events", {"events": [event], "seen": seen})

    async def see(self, seen: list[str]) -> None:
        await self._post("/seen", {"ids": seen})

    async def _post(self, path: str, data: Any) -> None:
        body = orjson.dumps(data)
        fields = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        async with self.posting:
            self.writer.write(f"POST {self.path}{path} HTTP/1.1\r\n{self.head}{fields}\r\n".encode() + body)
            head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 : head.index(b"\r", at)]) if at >= 0 else 0
            answer = await self.reader.readexactly(length)
        if not head.startswith((b"http/1.1 200", b"http/1.1 204")):
            raise RuntimeError(f"{path} was refused: {head[:40]!r} {answer[:200]!r}")

    async def close(self) -> None:
        if self.listening is not None:
            self.listening.cancel()
            await asyncio.gather(self.listening, return_exceptions=True)
        for writer in (self.stream, self.writer):
            writer.close()


def resumed(link: Link, answer: str, at: dict[str, Any], prompt: bool = False) -> Chat:
    """A chat that goes on where it was (`Chat.place`)."""
    chat = Chat(link, answer, prompt)
    chat.token, chat.card, chat.half, chat.n, chat.after = at["token"], at["card"], at["half"], at["n"], at["after"]
    return chat


async def closed_loop(chats: list[Chat], in_flight: int, turns: int) -> tuple[float, list[float]]:
    """Every chat does `turns` turns, `in_flight` chats at a time: (seconds, the latency of each turn)."""
    waiting, took = list(chats), list[float]()

    async def slot() -> None:
        while waiting:
            chat = waiting.pop()
            for _ in range(turns):
                at = perf_counter()
                await chat.turn()
                took.append(perf_counter() - at)
            await chat.acknowledge()

    began = perf_counter()
    await asyncio.gather(*(slot() for _ in range(in_flight)))
    return perf_counter() - began, took


async def open_loop(chats: list[Chat], rate: float, turns: int) -> tuple[float, list[float]]:
    """Turns begin `rate` times a second, whether or not earlier ones are done; latency counts from when it was due."""
    idle, took, tasks = asyncio.Queue[Chat](), list[float](), set[asyncio.Task[None]]()
    for chat in chats:
        idle.put_nowait(chat)
    left = {id(c): turns for c in chats}

    async def one(chat: Chat, due: float) -> None:
        await chat.turn()
        took.append(perf_counter() - due)
        left[id(chat)] -= 1
        if left[id(chat)]:
            idle.put_nowait(chat)

    began, total = perf_counter(), len(chats) * turns
    for i in range(total):
        due = began + i / rate
        if (wait := due - perf_counter()) > 0:
            await asyncio.sleep(wait)
        if idle.empty() and not tasks:
            break
        chat = await idle.get()
        task = asyncio.create_task(one(chat, due))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    return perf_counter() - began, took


async def main(orders: dict[str, Any]) -> dict[str, Any]:
    rate = orders.get("rate")
    people = orders["people"]
    links = [HttpLink(orders["port"], p["thread"], p["session"]) for p in people]
    chats = [resumed(link, orders["answer"], p, bool(rate)) for link, p in zip(links, people, strict=True)]
    for chat in chats:
        await chat.open()
    began = perf_counter()
    run = open_loop(chats, rate, orders["turns"]) if rate else closed_loop(chats, orders["in_flight"], orders["turns"])
    seconds, took = await run
    await asyncio.gather(*(c.finish() for c in chats))
    return {"began": began, "seconds": seconds, "took": took}


async def visits(orders: dict[str, Any]) -> None:
    """Everybody opens the chat, reads, does one thing and reads what comes of it; then leaves, or stays."""
    waiting, staying = list(orders["people"]), list[Chat]()

    async def visit(who: dict[str, Any]) -> None:
        chat = Chat(HttpLink(orders["port"], who["thread"], who["session"]), orders["answer"])
        await chat.open()
        await chat.until(lambda: bool(chat.token))
        await chat.turn()
        await chat.acknowledge()
        if orders["stay"]:
            staying.append(chat)
        else:
            await chat.finish()

    async def one() -> None:
        while waiting:
            await visit(waiting.pop())

    await asyncio.gather(*(one() for _ in range(orders["visits"])))
    print("spoken", flush=True)
    await asyncio.to_thread(sys.stdin.buffer.readline)  # until the server has looked at itself
    await asyncio.gather(*(c.finish() for c in staying))


if __name__ == "__main__":
    given = orjson.loads(sys.stdin.buffer.readline())
    if "visits" in given:
        asyncio.run(visits(given))
        sys.exit()
    sys.stdout.buffer.write(orjson.dumps(asyncio.run(main(given))))
