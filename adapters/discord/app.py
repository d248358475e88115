"""The Discord adapter: one gateway connection, kept up in the background.

discord.py keeps the connection (heartbeat, RESUME, reconnecting) and the REST session; `inbound` reads its raw frames,
`send` writes.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.contract import Delivered, Door, Outcome, Outgoing, Port, Who
from adapters.discord import parse
from adapters.discord.files import Files
from adapters.discord.inbound import UNREADABLE, Inbound
from adapters.discord.render import CAPABILITIES
from adapters.discord.rest import Rest, Trouble, log, one_try
from adapters.discord.send import Sender

# Installing for a person, not for a server (developer reference, "Application Install Contexts").
_INSTALL = "https://discord.com/oauth2/authorize?integration_type=1&scope=applications.commands&client_id="


@dataclass(frozen=True, slots=True)
class DiscordConfig:
    """token: the bot's. api_url, gateway_url: other addresses than Discord's own ("" = Discord's); they are set for the
    whole process, because that is how discord.py has them. patience: seconds until an interaction is deferred.
    timeout: seconds for one call. rate: calls a second in all. pause: seconds until the first new try of what failed. identify: seconds between two
    new sessions, of which Discord allows one in five seconds."""

    token: str
    api_url: str = ""
    gateway_url: str = ""
    patience: float = 2.0
    timeout: float = 10.0
    rate: int = 40
    pause: float = 1.0
    identify: float = 5.0


class _Client(discord.Client):
    """discord.py with the least it needs: no caches, no privileged intents, and its raw frames for us."""

    def __init__(self, adapter: "DiscordAdapter") -> None:
        # Guilds (removed, channel deleted), messages in guilds (replies and mentions carry their words), direct messages.
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        super().__init__(
            intents=intents,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            enable_debug_events=True,
            http_trace=one_try(),
        )
        self._adapter = adapter

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        if not initial:
            await asyncio.sleep(self._adapter.config.identify)

    async def on_socket_raw_receive(self, frame: str) -> None:
        await self._adapter.inbound.frame(frame)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        log.error("%s failed", event_method)  # discord.py would print the traceback, and with it perhaps words


class DiscordAdapter:
    """See `adapters.contract.ChatAdapter`."""

    name = parse.NAME
    capabilities = CAPABILITIES

    def __init__(self, config: DiscordConfig, port: Port) -> None:
        self.config = config
        self._sender = Sender()
        self._files = Files(config.api_url)
        self.inbound = Inbound(port, self._sender, self._files.fetcher, config.patience, config.pause)
        self._client: _Client | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._before: tuple[str, yarl.URL, int, int] | None = None

    # -- life

    async def start(self) -> None:
        if self._keeper is not None:
            return
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody talks here
        loud, http = logging.getLogger("discord"), logging.getLogger("discord.http")
        self._before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, loud.level, http.level
        Route.BASE = self.config.api_url.rstrip("/") or Route.BASE
        if self.config.gateway_url:
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self.config.gateway_url)
        loud.setLevel(logging.WARNING)  # its debug lines hold every message
        http.setLevel(logging.ERROR)  # its warnings hold interaction tokens
        self.inbound.begin()
        self._keeper = asyncio.create_task(self._keep_connected(), name="discord")

    async def stop(self) -> None:
        if self._keeper is None:
            return
        keeper, self._keeper = self._keeper, None
        await self.inbound.end(min(2.0, self.config.patience))
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        if self._before is not None:
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, loud, http = self._before
            logging.getLogger("discord").setLevel(loud)
            logging.getLogger("discord.http").setLevel(http)

    async def _keep_connected(self) -> None:
        """Log in and listen, for ever. discord.py reconnects by itself; what ends it is a wrong token, an intent that
        isn't switched on, or a frame that it can't read: logged by name, and tried again with growing pauses."""
        pause, clock = self.config.pause, asyncio.get_running_loop().time
        while True:
            client, began, most = _Client(self), clock(), 60.0
            self._client = client
            try:
                await client.login(self.config.token)
                most = 300.0  # a thousand new sessions a day, then Discord resets the token
                self._sender.rest = Rest(client.http, self.config.timeout, self.config.rate)
                self.inbound.bot = str(client.user.id) if client.user else ""
                await client.connect()
            except (discord.DiscordException, aiohttp.ClientError, OSError, *UNREADABLE) as error:
                code = getattr(error, "code", "") or getattr(error, "status", "")
                log.error("the connection to Discord ended: %s %s", type(error).__name__, code)
            finally:
                self._sender.rest = None
                await client.close()
            pause = self.config.pause if clock() - began > 2 * most else pause
            await asyncio.sleep(pause)
            pause = min(2 * pause, most)

    # -- receiving

    async def catch_up(self, since: int) -> None:
        if self._keeper is not None:
            await self.inbound.catch_up()

    # -- sending

    def ready(self, thread_id: str) -> bool:
        return self._sender.rest is not None

    async def deliver(self, lane: Sequence[Outgoing]) -> list[Delivered]:
        receipts = list[Delivered]()
        for message in lane:
            receipts.append(await self._sender.deliver(message))
            if receipts[-1].outcome is not Outcome.SENT:
                break
        return receipts

    async def look_up(self, message: Outgoing) -> Delivered | None:
        return await self._sender.look_up(message)

    def drained(self, thread_id: str) -> None:
        """Buttons are open as soon as they are seen."""

    def private(self, who: Who) -> str:
        return f"user/{who.user}"

    async def name_of(self, workspace: str, user: str) -> str:
        rest = self._sender.rest
        if rest is None or not user.isdigit():
            return ""
        with contextlib.suppress(Trouble):
            return parse.person(await rest.call("GET", "/users/{user_id}", user_id=user), workspace).name
        return ""

    def door(self, secret: str) -> Door | None:
        """Installing the app for oneself lets a person write to us without a server in common; the code does the rest."""
        bot = self.inbound.bot
        return Door(self.name, _INSTALL + bot, f"start {secret}") if bot else None

    def read(self, ref: dict[str, str], limit: int) -> AsyncIterator[bytes]:
        """See the contract."""
        return self._files.read(self._sender.rest, ref, limit)

    def typing(self, thread_id: str, address: str) -> None:
        channel, rest = self._sender.known_channel(address), self._sender.rest
        if channel and rest is not None:
            self.inbound.spawn(self._typing(rest, channel))

    async def _typing(self, rest: Rest, channel: str) -> None:
        with contextlib.suppress(Trouble):
            await rest.call("POST", "/channels/{channel_id}/typing", channel_id=channel)
