"""What arrives: the gateway's events, and after a gap the history. Both are read by `parse`, so that a message found
again is the same event."""

import asyncio
import contextlib
import json
from collections.abc import Coroutine
from typing import Any, cast

from adapters.contract import Answer, Incoming, OpenChat, Place, Port, Start, Unavailable, Upload, Words
from adapters.discord import commands, parse
from adapters.discord.interactions import Interactions
from adapters.discord.lanes import Lanes
from adapters.discord.rest import Trouble, history, log
from adapters.discord.send import Sender
from flows.cards import Card, from_json

Json = dict[str, Any]

# A payload that makes no sense shows as one of these.
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError)
_MARGIN_MS = 60_000  # between our clock and Discord's; what is read twice is known by its id
_CAUGHT_UP_WITHIN = 60.0


class Inbound:
    """Takes the frames of one adapter. `bot`: our own user id, once it is known. pause: seconds before a new try."""

    def __init__(self, port: Port, sender: Sender, fetch: parse.Fetcher, patience: float, pause: float) -> None:
        self._port, self._sender, self._fetch, self._pause = port, sender, fetch, pause
        self._lanes = Lanes(port.receive, pause)
        self._interactions = Interactions(port, self._lanes, fetch, self._say, patience)
        self._tasks = set[asyncio.Task[Any]]()
        self._caught_up = asyncio.Event()
        self._catching = asyncio.Lock()
        self.open = False
        self.bot = ""

    # -- life

    def begin(self) -> None:
        """Frames are taken from now on; live messages wait until the first session has caught up."""
        self.open = True
        self._caught_up.clear()

    async def end(self, seconds: float) -> None:
        """Take nothing more. What is under way may finish, for so long; the rest is left to the next `catch_up`."""
        self.open = False
        self._lanes.give_up()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Something beside the frames, which `end` waits for."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- events

    async def frame(self, text: str) -> None:
        """One gateway frame. Never raises for what is in it."""
        task = asyncio.current_task()
        if not self.open or task is None:
            return
        self._tasks.add(task)
        try:
            data = json.loads(text)
            if data.get("op") == 0:
                await self._dispatch(str(data.get("t")), data.get("d") or {})
        except UNREADABLE as error:
            log.error("a frame can't be read: %s", type(error).__name__)
        finally:
            self._tasks.discard(task)

    async def _dispatch(self, event: str, data: Json) -> None:
        match event:
            case "READY":  # a new session: what came between the sessions is only in the history
                self._caught_up.clear()
                self.spawn(self._come_back())
            case "MESSAGE_CREATE":
                await self._written(data)
            case "MESSAGE_UPDATE":
                await self._reworded(data)
            case "MESSAGE_DELETE":
                await self._deleted(data)
            case "INTERACTION_CREATE":
                await self._interaction(data)
            case "GUILD_CREATE":
                self._sender.threads.met([*(data.get("channels") or []), *(data.get("threads") or [])])
            case "CHANNEL_CREATE" | "THREAD_CREATE":
                self._sender.threads.met([data])
            case "CHANNEL_DELETE" if data.get("guild_id"):
                await self._take(parse.channel_gone(str(data["guild_id"]), str(data["id"])))
            case "GUILD_DELETE" if not data.get("unavailable"):  # otherwise Discord itself is in trouble
                await self._removed(str(data["id"]))
            case _:
                pass

    async def _written(self, message: Json) -> None:
        if parse.speaks_to_us(message, self.bot):
            if not message.get("guild_id"):
                self._sender.learn(str(message["author"]["id"]), str(message["channel_id"]))
            await self._caught_up.wait()
            await self._offer(message)

    async def _parent(self, message: Json) -> str:
        """The channel that the thread hangs in, where it was written in one."""
        guild, channel = message.get("guild_id"), str(message["channel_id"])
        return await self._sender.threads.parent(self._sender.rest, channel) if guild else ""

    async def _offer(self, message: Json) -> None:
        for event in parse.written(message, self.bot, self._fetch, await self._parent(message)):
            answer = await self._take(event)
            if answer.card is not None and answer.new and isinstance(event.act, Words | Start | Upload):
                await self._say(Place(f"user/{event.who.user}", True), from_json(answer.card), answer.token)

    async def _reworded(self, message: Json) -> None:
        if parse.speaks_to_us(message, self.bot):
            event = parse.reworded(message, self.bot, await self._parent(message))
            if event is not None:
                await self._caught_up.wait()
                await self._take(event)

    async def _deleted(self, data: Json) -> None:
        """Who deleted it isn't said: in a direct message it can only be the person, since we delete nothing of theirs."""
        if data.get("guild_id"):
            return
        channel = str(data["channel_id"])
        user = self._sender.user_of(channel) or await self._recipient(channel)
        if user:
            await self._caught_up.wait()
            await self._take(parse.taken_back({"id": user}, channel, str(data["id"])))

    async def _recipient(self, channel: str) -> str:
        """Whose direct message channel it is, after a restart in which nobody has written yet; "" if that can't be known."""
        rest = self._sender.rest
        if rest is None:
            return ""
        with contextlib.suppress(Trouble):
            found = await rest.call("GET", "/channels/{channel_id}", channel_id=channel)
            for person in cast("list[Json]", found.get("recipients") or []):
                self._sender.learn(str(person["id"]), channel)
        return self._sender.user_of(channel)

    async def _interaction(self, data: Json) -> None:
        rest = self._sender.rest
        if rest is None:
            return
        if not data.get("guild_id") and data.get("context") == 1:  # our own chat with the person
            self._sender.learn(str(data["user"]["id"]), str(data["channel_id"]))
        await self._interactions.answer(rest, data)

    async def _removed(self, guild: str) -> None:
        while self.open:
            try:
                return await self._port.uninstall(parse.NAME, guild)
            except Unavailable:
                await asyncio.sleep(self._pause)
        return None

    async def _take(self, event: Incoming) -> Answer:
        """Keep an event, however long it takes."""
        return await self._lanes.take(event, patient=True)

    async def _say(self, place: Place, card: Card, token: str) -> None:
        """A courtesy in somebody's own chat."""
        with contextlib.suppress(Trouble):
            await self._sender.say(place.address, card, token)

    # -- coming back

    async def catch_up(self) -> None:
        """Read what we missed. Every new session does so by itself, before it hands over live messages: if one is
        about to, wait for it."""
        if self._caught_up.is_set():
            await self._read_all()
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._caught_up.wait(), _CAUGHT_UP_WITHIN)

    async def _come_back(self) -> None:
        try:
            await self._register()
            await self._read_all()
        finally:
            self._caught_up.set()

    async def _register(self) -> None:
        rest = self._sender.rest
        if rest is None:
            return
        path, body = "/applications/{application_id}/commands", commands.registration()
        try:
            await rest.call("PUT", path, body, application_id=self.bot)
        except Trouble as trouble:
            log.warning("the slash commands couldn't be registered now: %s", trouble.code)

    async def _read_all(self) -> None:
        async with self._catching:
            pause = self._pause
            while True:
                try:
                    for chat in await self._port.open_chats(parse.NAME):
                        await self._read(chat)
                except Unavailable:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, 30.0)
                else:
                    return

    async def _read(self, chat: OpenChat) -> None:
        """What a person wrote in a chat since we last knew. Tried three times, so that one chat never holds the others."""
        for pause in (0.0, self._pause, 2 * self._pause):
            await asyncio.sleep(pause)
            rest = self._sender.rest
            if rest is None or not chat.address.startswith("user/"):
                continue
            try:
                channel = await self._sender.channel(chat.address)
                found = await history(rest, channel, parse.snowflake(chat.since - _MARGIN_MS))
            except Trouble as trouble:
                log.warning("a chat couldn't be caught up on: %s", trouble.code)
                continue
            for message in found:
                await self._again(message)
            return

    async def _again(self, message: Json) -> None:
        """A message of the history: as it was written, and as it reads now."""
        if parse.speaks_to_us(message, self.bot):
            await self._offer(message)
            if event := parse.reworded(message, self.bot):
                await self._take(event)
