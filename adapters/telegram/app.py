"""Telegram as a platform: connecting, receiving by long polling or webhook, delivering."""

import asyncio
import hmac
import json
import logging
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

from telegram import BotCommand, BotCommandScopeAllPrivateChats
from telegram.error import ChatMigrated, Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut

from adapters.contract import (
    Capabilities,
    Delivered,
    Door,
    HttpCall,
    HttpReply,
    Incoming,
    Moved,
    Outcome,
    Outgoing,
    Place,
    Port,
    Unavailable,
    Who,
)
from adapters.layout import clean
from adapters.telegram import files, parse, render, words
from adapters.telegram.connection import TelegramConfig, bot_of
from adapters.telegram.pace import Pace
from adapters.telegram.receipts import seconds_of
from adapters.telegram.receive import Receiver
from adapters.telegram.send import Sender

__all__ = ["PATH", "TelegramAdapter", "TelegramConfig"]

log = logging.getLogger("parley.telegram")

Json = dict[str, Any]
PATH = "/telegram/webhook"
_SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")
_LARGEST = 2 << 20  # bytes of an update
_TYPING_SECONDS = 4.0  # Telegram shows it for five
_KEPT_MS = 24 * 3600 * 1000
_MANY = 1000


class TelegramAdapter:
    """A `ChatAdapter`, and `Webhooks` in that mode. `trouble`: a code while something is wrong, else "": `conflict` (somebody
    else polls with our token), `token` (it is refused), `down`."""

    name = "telegram"

    def __init__(self, config: TelegramConfig, port: Port) -> None:
        """Raises `ValueError` for a webhook without a proper secret: anybody could write into it."""
        if config.mode == "webhook" and not (_SECRET.fullmatch(config.webhook_secret) and config.webhook_url):
            raise ValueError(
                "A webhook needs its address, and a secret of 32 to 256 characters of A-Z a-z 0-9 _ and -."
            )
        self.config, self.port = config, port
        self.capabilities: Capabilities = replace(render.CAPABILITIES, media=0 if config.local else files.LIMIT)
        self.paths: tuple[str, ...] = (PATH,) if config.mode == "webhook" else ()
        self.trouble, self.waiting = "", 0  # waiting: updates that Telegram still holds
        self._bot = bot_of(config)
        self._sender = Sender(self._bot, Pace(config.overall, config.burst))
        self._receiver = Receiver(self._bot, port, self._sender, config.local)
        self._run: asyncio.Task[None] | None = None
        self._request: asyncio.Future[list[Json]] | None = None
        self._tried, self._stopping = asyncio.Event(), asyncio.Event()
        self._typed: dict[str, float] = {}
        self._moved: dict[str, str] = {}  # a group's old number -> its new one
        self._tasks: set[asyncio.Task[Any]] = set()

    # -- connecting ---------------------------------------------------------------------------------------

    async def start(self) -> None:
        if self._run is None:
            self._run = asyncio.create_task(self._live(), name="telegram")
            await self._tried.wait()

    async def stop(self) -> None:
        self._stopping.set()
        if self._request is not None:
            self._request.cancel()
        if self._run is not None:
            await asyncio.wait([self._run])
        for task in list(self._tasks):
            task.cancel()
        await self._receiver.settle()
        await self._bot.close_connections()

    async def _live(self) -> None:
        """Connect, trying again for as long as it takes; then receive."""
        pause = self.config.pause
        while not self._stopping.is_set():
            (problem,) = await asyncio.gather(self._connect(), return_exceptions=True)
            self._tried.set()
            if problem is None:
                break
            self._report("token" if isinstance(problem, InvalidToken) else "down", problem)
            await self._sleep(pause)
            pause = min(pause * 2, 60)
        if self.config.mode == "polling":
            await self._poll()

    async def _connect(self) -> None:
        await self._bot.initialize()
        self._receiver.me = parse.Me(self._bot.id, self._bot.username)
        if self.config.mode == "webhook":
            await self._bot.set_webhook(
                self.config.webhook_url, secret_token=self.config.webhook_secret, allowed_updates=parse.KINDS
            )
        else:
            await self._bot.delete_webhook()
        commands = [BotCommand(name, text) for name, text in words.COMMANDS]
        await self._bot.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats())
        self.trouble = ""

    def _report(self, trouble: str, problem: BaseException) -> None:
        """By its kind alone: what the library says may contain the token."""
        if self.trouble != trouble:
            log.error("telegram %s: %s", trouble, type(problem).__name__)
        self.trouble = trouble

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return

    # -- receiving ----------------------------------------------------------------------------------------

    async def _poll(self) -> None:
        """Updates are confirmed by the `offset` of the next poll, and only once they are stored."""
        offset, pause = cast("int | None", None), self.config.pause
        while not self._stopping.is_set():
            self._request = asyncio.ensure_future(self._bot.raw_updates(offset, self.config.poll))
            # Whatever goes wrong comes as a value: nothing but `stop` ends this loop.
            (raw,) = await asyncio.gather(self._request, return_exceptions=True)
            if isinstance(raw, BaseException):
                if self._stopping.is_set():
                    break
                await self._sleep(self._setback(raw, pause))
                pause = min(pause * 2, 30)
                continue
            self.trouble = ""
            failed = await self._receiver.take_all(raw)
            # Numbers start anew after a quiet week: once all is confirmed nothing must be asked by them any more.
            offset = min(failed, default=max((u["update_id"] for u in raw), default=-1) + 1) or None
            await self._sleep(pause if failed else 0)
            pause = min(pause * 2, 30) if failed else self.config.pause
        await self._confirm(offset)

    def _setback(self, problem: BaseException, pause: float) -> float:
        """How long to wait after a poll that failed."""
        match problem:
            case Conflict():
                self._report("conflict", problem)
            case InvalidToken():
                self._report("token", problem)
                return max(pause, 10 * self.config.pause)
            case RetryAfter():
                return seconds_of(problem)
            case TimedOut():
                return 0
            case _:
                self._report("down", problem)
        return pause

    async def _confirm(self, offset: int | None) -> None:
        """Leaving, we say how far we got. Unheard it does no harm: what comes twice is known by its id."""
        try:
            if offset is not None:
                await self._bot.raw_updates(offset, 0)
        except TelegramError as problem:
            log.info("leaving without a word: %s", type(problem).__name__)

    async def handle(self, call: HttpCall) -> HttpReply:
        """The webhook: 200 once the update is stored; without the secret nothing is even read."""
        if call.path not in self.paths:
            return HttpReply(404)
        if call.method != "POST":
            return HttpReply(405, headers={"allow": "POST"})
        secret = call.headers.get("x-telegram-bot-api-secret-token", "")
        if not secret:
            return HttpReply(401)
        if not hmac.compare_digest(secret.encode("utf-8", "replace"), self.config.webhook_secret.encode()):
            log.warning("webhook called with a wrong secret")
            return HttpReply(403)
        if len(call.body) > _LARGEST:
            return HttpReply(413)
        update = _update(call.body)
        if update is None:
            log.warning("webhook called with something that is no update")
            return HttpReply(400)
        failed = await self._receiver.take_all([update])
        return HttpReply(503, headers={"retry-after": "1"}) if failed else HttpReply(200)

    async def catch_up(self, since: int) -> None:
        """Telegram keeps what was said for a day, and hands it out by itself; here we only look how much there is."""
        try:
            info = await self._bot.get_webhook_info()
        except TelegramError as problem:
            log.info("waiting updates are unknown: %s", type(problem).__name__)
            return
        self.waiting = info.pending_update_count
        if self.waiting >= _MANY:
            log.warning("%d updates are waiting; Telegram keeps them for a day", self.waiting)

    # -- delivering ---------------------------------------------------------------------------------------

    def ready(self, thread_id: str) -> bool:
        return self._run is not None and not self._stopping.is_set()

    async def deliver(self, lane: Sequence[Outgoing]) -> list[Delivered]:
        receipts = list[Delivered]()
        for out in lane:
            receipts.append(await self._hand_over(out))
            if receipts[-1].outcome is not Outcome.SENT:
                break
        return receipts

    async def _hand_over(self, out: Outgoing) -> Delivered:
        if not re.fullmatch(r"-?\d{1,16}", out.address):
            return Delivered(out.id, Outcome.FAILED, problem="address")
        if out.address in self._moved:
            out = replace(out, address=self._moved[out.address], ref="")
        try:
            return await self._sender.hand_over(out)
        except ChatMigrated as moved:
            return await self._follow(out, str(moved.new_chat_id))

    async def _follow(self, out: Outgoing, address: str) -> Delivered:
        """The group has a new number: the bot is told, and the message goes there. What was said before can't be edited."""
        event = Incoming(
            f"moved/{out.address}/{address}",
            Who(self.name, "", str(self._receiver.me.id)),
            Place(out.address, private=False),
            Moved(address),
        )
        try:
            await self.port.receive(event)
            self._moved[out.address] = address
            return await self._sender.hand_over(replace(out, address=address, ref=""))
        except (ChatMigrated, Unavailable):
            return Delivered(out.id, Outcome.LATER)

    async def look_up(self, message: Outgoing) -> Delivered | None:
        """Telegram can't tell: it is sent again, a reminder once and with an excuse; edits do no harm twice."""
        self._sender.doubt(message)
        return None

    def drained(self, thread_id: str) -> None:
        """Nothing to do: an open question carries its buttons."""

    def private(self, who: Who) -> str:
        """On Telegram a person's own chat has the person's number."""
        return who.user

    async def name_of(self, workspace: str, user: str) -> str:
        """Telegram tells it only of people who have spoken to us."""
        try:
            return clean((await self._bot.get_chat(int(user))).full_name or "")
        except (TelegramError, ValueError):
            return ""

    def door(self, secret: str) -> Door | None:
        """The link that opens a chat with us and sends the secret; None until we know our own name."""
        username = self._receiver.me.username
        fits = re.fullmatch(r"[A-Za-z0-9_-]{1,64}", secret)
        return Door(self.name, f"https://t.me/{username}?start={secret}") if username and fits else None

    async def read(self, ref: dict[str, str], limit: int) -> AsyncIterator[bytes]:
        """See `ChatAdapter.read`. Works before `start`, and for what an earlier process was told of."""
        async with aclosing(files.pieces(self._bot, ref, limit, self.config.local)) as found:
            async for piece in found:
                yield piece

    def typing(self, thread_id: str, address: str) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._typed.get(address, -_TYPING_SECONDS) < _TYPING_SECONDS or not address.lstrip("-").isdigit():
            return
        self._typed = {a: t for a, t in self._typed.items() if now - t < _TYPING_SECONDS} | {address: now}
        task = asyncio.create_task(self._type(int(address)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _type(self, chat: int) -> None:
        try:
            await self._bot.send_chat_action(chat, "typing")
        except TelegramError as problem:
            log.debug("typing was not shown: %s", type(problem).__name__)


def _update(body: bytes) -> Json | None:
    """A JSON object with a number, or None."""
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    update = cast("Json", found)
    number: Any = update.get("update_id")
    return update if isinstance(number, int) and not isinstance(number, bool) else None
