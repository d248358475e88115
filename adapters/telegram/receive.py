"""From Telegram to the bot: each update is committed before it is confirmed, in the order of its chat.

We poll ourselves, with PTB's `Bot`, and not with its `Updater`: that one takes a whole batch in a row, so that one slow
chat holds up all the others; it ends for good on an error that is not Telegram's; and an update that it can't read is
logged with all its words and asked for again for ever.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Coroutine
from typing import Any
from weakref import WeakValueDictionary

from telegram import Bot, InlineKeyboardMarkup, Message, Update
from telegram.error import TelegramError

from adapters.contract import Answer, Incoming, Outgoing, Port, Tap, Unavailable
from adapters.layout import clean, shortened, utf16
from adapters.telegram import parse, render, words
from adapters.telegram.files import fetch_of
from adapters.telegram.parse import Me, Unreadable
from adapters.telegram.send import Later, Sender
from adapters.telegram.text import Composer
from flows import cards

log = logging.getLogger("parley.telegram")

Json = dict[str, Any]
_ALERT = 200  # characters of the answer to a tap
_AT_ONCE = 64  # chats
_ALBUMS = 500


class Receiver:
    """Takes updates, whichever way they came."""

    def __init__(self, bot: Bot, port: Port, sender: Sender, local: bool) -> None:
        self.bot, self.port, self.sender, self.local = bot, port, sender, local
        self.me = Me(0, "")
        self._albums: OrderedDict[str, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._order: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def take_all(self, raw: list[Json]) -> set[int]:
        """A batch; chats side by side, each in order. The ids of the updates that could not be stored."""
        chats = dict[int, list[tuple[int, Update]]]()
        for update_id, update in self.read(raw):
            chats.setdefault(parse.chat_of(update), []).append((update_id, update))
        left = await asyncio.gather(*(self._take_chat(chat, updates) for chat, updates in chats.items()))
        return {update_id for ids in left for update_id in ids}

    def read(self, raw: list[Json]) -> list[tuple[int, Update]]:
        """The updates in Telegram's order; one that can't be read is reported by its number and passed over."""
        found = list[tuple[int, Update]]()
        for one in sorted(raw, key=lambda u: u["update_id"]):
            try:
                found.append((one["update_id"], Update.de_json(one, self.bot)))
            except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as problem:
                log.error("update %s can't be read: %s", one["update_id"], type(problem).__name__)
        return found

    async def _take_chat(self, chat: int, updates: list[tuple[int, Update]]) -> set[int]:
        """After the first that can't be stored the rest of this chat waits, or its order would be lost."""
        # One chat at a time, also when webhook calls come side by side.
        lock = self._order.setdefault(chat, asyncio.Lock())
        async with self._gate, lock:
            for n, (update_id, update) in enumerate(updates):
                # `gather` hands a surprise back as a value: one odd payload must not stop the adapter.
                (problem,) = await asyncio.gather(self._take(update), return_exceptions=True)
                if isinstance(problem, Unavailable):
                    if update.callback_query:
                        self._later(self._answer_tap(update.callback_query.id, words.ONE_MOMENT))
                    return {i for i, _ in updates[n:]}
                if isinstance(problem, asyncio.CancelledError):
                    raise problem
                if problem is not None:
                    log.error("update %s failed: %s", update_id, type(problem).__name__)
                    if update.callback_query:
                        self._later(self._answer_tap(update.callback_query.id))
        return set()

    async def _take(self, update: Update) -> None:
        query = update.callback_query
        event = parse.incoming(update, self.me, lambda ref: fetch_of(self.bot, ref, self.local))
        if isinstance(event, Unreadable):
            self._say_unreadable(event)
        elif event is None:
            if query:
                self._later(self._answer_tap(query.id))
        elif query and isinstance(event.act, Tap) and render.folds(event.act.option):
            message = query.message if isinstance(query.message, Message) else None
            self._later(self._fold(query.id, event.act, message))
        else:
            answer = await self.port.receive(event)
            self._later(self._show(event, answer, query.id if query else ""))

    # -- courtesies: nothing may fail because of them -------------------------------------------------------

    def _later(self, courtesy: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_kindly(courtesy))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait for courtesies under way."""
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=2)
        for task in list(self._tasks):
            task.cancel()

    async def _answer_tap(self, query: str, text: str = "") -> None:
        await self.bot.answer_callback_query(query, text=text or None, show_alert=bool(text))

    async def _fold(self, query: str, tap: Tap, message: Message | None) -> None:
        await self._answer_tap(query)
        keyboard = render.folded(tap.token, tap.option, message.reply_markup if message else None)
        if message and keyboard:
            await self.bot.edit_message_reply_markup(message.chat.id, message.message_id, reply_markup=keyboard)

    async def _show(self, event: Incoming, answer: Answer, query: str) -> None:
        """The bot's direct reply, to this person alone: over the button, or in their own chat."""
        alert = _alert(answer, event.place.private) if query else ""
        if query:
            await self._answer_tap(query, alert)
        if answer.card is None or not answer.new or (alert and not answer.card.get("files")):
            return
        # Telegram can't show something in a group to one person: there it goes to their own chat, if there is one.
        await self._post(int(event.place.address if event.place.private else event.who.user), answer)

    async def _post(self, chat: int, answer: Answer) -> None:
        out = Outgoing("", "", str(chat), 0, "send", "", answer.card, answer.token, "", "", 0)
        shown = render.show(out)
        for n, part in enumerate(shown.parts, 1):
            await self.sender.post(chat, part, shown.keyboard if n == len(shown.parts) else None)

    def _say_unreadable(self, what: Unreadable) -> None:
        """Once for all pictures of an album."""
        if what.album and what.album in self._albums:
            return
        self._albums[what.album] = None
        while len(self._albums) > _ALBUMS:
            self._albums.popitem(last=False)
        self._later(self._say(what.chat, words.UNREADABLE))

    async def _say(self, chat: int, sentence: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        await self.sender.post(chat, Composer(sentence).parts()[0], keyboard)


async def _kindly(courtesy: Coroutine[Any, Any, None]) -> None:
    try:
        await courtesy
    except (TelegramError, Later, ValueError) as problem:
        log.info("a courtesy was not possible: %s", type(problem).__name__)


def _alert(answer: Answer, private: bool) -> str:
    """A short card without anything to press fits over the button; in a group that is all there is. "" for others."""
    if answer.card is None or not answer.new:
        return ""
    card = cards.from_json(answer.card)
    text = clean("\n".join(x for x in (card.title, card.text, card.foot) if x))
    if not private:
        return shortened(text, _ALERT, utf16)
    more = card.options or card.fields or card.links or card.rows or card.quotes or card.scores or card.files
    return "" if more or utf16(text) > _ALERT else text
