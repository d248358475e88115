"""Handing messages over: parts, edits, the pace, and what became of it. Telegram has no key that would name a message
before it is sent: what may have arrived without our hearing of it is said again, a reminder once and with an excuse."""

import logging
from collections import OrderedDict
from typing import Any

from telegram import (
    Bot,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, RetryAfter, TelegramError

from adapters.contract import Audio, Delivered, Outcome, Outgoing
from adapters.layout import content, file_name, is_picture
from adapters.telegram import render, words
from adapters.telegram.pace import Pace
from adapters.telegram.parse import PLATFORM, name_of
from adapters.telegram.receipts import gone, may_have_arrived, receipt, refuses_file, unchanged
from adapters.telegram.sounds import send_sound
from adapters.telegram.text import Part
from flows.cards import File

log = logging.getLogger("parley.telegram")

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_REMEMBERED = 2_000


class Later(Exception):
    """It is not our turn yet."""

    def __init__(self, after_ms: int) -> None:
        super().__init__(after_ms)
        self.after_ms = after_ms


class Sender:
    """One message at a time. Remembers, until it has worked out, how far a message of several parts has got."""

    def __init__(self, bot: Bot, pace: Pace) -> None:
        self.bot, self.pace = bot, pace
        self.possible_duplicates = 0
        self._parts: OrderedDict[str, list[int]] = OrderedDict()
        self._renamed: OrderedDict[str, str] = OrderedDict()  # a message as it was first named -> as it is named now
        self._unsure: OrderedDict[str, int] = OrderedDict()  # messages that may have arrived -> how often

    def doubt(self, out: Outgoing) -> None:
        """It may have been delivered, and nobody can tell."""
        if out.act != "edit":
            self._unsure[out.id] = self._unsure.get(out.id, 0) + 1
            _forget(self._unsure)
            self.possible_duplicates += 1
            log.warning("possible duplicate of message %s", out.id)

    async def hand_over(self, out: Outgoing) -> Delivered:
        """Deliver one message. Raises `ChatMigrated`; everything else becomes a receipt."""
        try:
            name = await (self._edit(out) if out.act == "edit" else self._send(out))
        except ChatMigrated:
            raise
        except Later as later:
            return Delivered(out.id, Outcome.LATER, after_ms=later.after_ms)
        except TelegramError as problem:
            if may_have_arrived(problem):
                self.doubt(out)
            return receipt(out, problem)
        except (AttributeError, KeyError, TypeError, ValueError) as problem:
            log.error("message %s can't be shown: %s", out.id, type(problem).__name__)
            return Delivered(out.id, Outcome.FAILED, problem="card")
        self._parts.pop(out.id, None)
        self._unsure.pop(out.id, None)
        return Delivered(out.id, Outcome.SENT, name)

    # -- new messages -------------------------------------------------------------------------------------

    async def _send(self, out: Outgoing) -> str:
        chat, doubts = int(out.address), self._unsure.get(out.id, 0)
        reminder = _reminder(out)
        if reminder and doubts > 1:
            return ""  # it was said twice already, as far as anybody can tell
        shown = render.show(out, words.IN_CASE if reminder and doubts else "")
        numbers = self._parts.setdefault(out.id, [])
        _forget(self._parts)
        for n, part in enumerate(shown.parts[len(numbers) :], len(numbers) + 1):
            keyboard = shown.keyboard if n == len(shown.parts) else None
            numbers.append(await self.post(chat, part, keyboard, _answers(out, chat) if n == 1 else 0))
        named = _named(chat, numbers[: len(shown.parts)])
        # They have no part in the name: nothing changes them, and nobody has to find them again.
        for sound in out.sounds[len(numbers) - len(shown.parts) :] if out.act == "send" else ():
            numbers.append(await self._sound(chat, sound, numbers[0]))
        return named

    async def _sound(self, chat: int, sound: Audio, below: int) -> int:
        """Play it below a message that is there; 0 where that can't be. It never costs the message, so after a refusal, or
        when nobody knows whether it arrived, there is no second try. Raises `Later` and `RetryAfter`."""
        for as_voice in (True, False):
            await self._turn(chat)
            try:
                return await send_sound(self.bot, chat, sound, as_voice, below if chat < 0 else 0)
            except RetryAfter:
                raise
            except TelegramError as no:
                log.warning("a sound was not taken: %s", type(no).__name__)
                if not refuses_file(no):
                    break
        return 0

    async def post(self, chat: int, part: Part, keyboard: InlineKeyboardMarkup | None, reply: int = 0) -> int:
        """One message; its number. reply: the message it answers, if that is still there. Where Telegram doesn't take a
        file a sentence stands in its place. Raises `Later` and `TelegramError`."""
        answers = ReplyParameters(reply, allow_sending_without_reply=True) if reply else None
        await self._turn(chat)
        if part.file is not None:
            try:
                return (await self._upload(chat, part, part.file, keyboard, answers)).message_id
            except TelegramError as no:
                if not refuses_file(no):
                    raise
                log.warning("a file was refused: %s", type(no).__name__)
            part = render.without_file(part)
            await self._turn(chat)
        sent = await self.bot.send_message(
            chat,
            part.text,
            entities=part.entities or None,
            link_preview_options=_NO_PREVIEW,
            reply_markup=keyboard,
            reply_parameters=answers,
        )
        return sent.message_id

    async def _upload(
        self, chat: int, part: Part, file: File, keyboard: InlineKeyboardMarkup | None, answers: ReplyParameters | None
    ) -> Message:
        data = _bytes(file)
        caption, entities, name = part.text or None, part.entities or None, file_name(file)
        if is_picture(file):
            return await self.bot.send_photo(
                chat,
                data,
                caption=caption,
                caption_entities=entities,
                filename=name,
                reply_markup=keyboard,
                reply_parameters=answers,
            )
        return await self.bot.send_document(
            chat,
            data,
            caption=caption,
            caption_entities=entities,
            filename=name,
            reply_markup=keyboard,
            reply_parameters=answers,
        )

    # -- edits --------------------------------------------------------------------------------------------

    async def _edit(self, out: Outgoing) -> str:
        chat, numbers = _places(self._renamed.get(out.ref, out.ref))
        if not numbers:  # it never reached this platform: a new state is said, a mere settling needs nothing
            return await self._send(out) if out.card is not None else ""
        try:
            if out.card is None:
                await self._settle(out, chat, numbers)
                return out.ref
            named = await self._replace(out, chat, numbers)
            if not set(_places(named)[1]) <= set(numbers):
                self._renamed[out.ref] = named
                _forget(self._renamed)
            return named
        except ChatMigrated:
            if out.card is not None:
                raise  # the supergroup has none of the old messages
            return out.ref
        except BadRequest as no:
            if not gone(no):
                raise
            return await self._send(out) if out.card is not None else out.ref

    async def _settle(self, out: Outgoing, chat: int, numbers: list[int]) -> None:
        shown = render.settled(out)
        if shown is not None and len(shown.parts) == len(numbers):
            last = shown.said == -1
            keyboard = shown.keyboard if last else None
            if await self._reword(chat, numbers[shown.said], shown.parts[shown.said], keyboard) and last:
                return
        await self._turn(chat)
        try:
            await self.bot.edit_message_reply_markup(chat, numbers[-1], reply_markup=shown.keyboard if shown else None)
        except BadRequest as no:
            if not unchanged(no):
                raise

    async def _replace(self, out: Outgoing, chat: int, numbers: list[int]) -> str:
        """Part for part; new parts are sent, superfluous ones deleted."""
        shown = render.show(out)
        extra = self._parts.setdefault(out.id, [])
        _forget(self._parts)
        now = [*numbers, *extra]
        for n, part in enumerate(shown.parts):
            keyboard = shown.keyboard if n == len(shown.parts) - 1 else None
            if n < len(now) and not await self._reword(chat, now[n], part, keyboard, anew=True):
                # A picture can't become text in its place: from here on all is said anew, so that its order stays.
                await self._delete(out, chat, now[n:])
                now = now[:n]
            if n >= len(now):
                extra.append(await self.post(chat, part, keyboard))
                now.append(extra[-1])
        await self._delete(out, chat, now[len(shown.parts) :])
        return _named(chat, now[: len(shown.parts)])

    async def _delete(self, out: Outgoing, chat: int, numbers: list[int]) -> None:
        for number in numbers:
            try:
                await self.bot.delete_message(chat, number)
            except BadRequest as no:
                log.info("part of message %s stays: %s", out.id, type(no).__name__)

    async def _reword(
        self, chat: int, number: int, part: Part, keyboard: InlineKeyboardMarkup | None, anew: bool = False
    ) -> bool:
        """False: what is there holds a file, and can't be turned into words. anew: put the file there once more, as it may
        be another one now; otherwise only its caption is changed."""
        await self._turn(chat)
        try:
            if part.file is None:
                await self.bot.edit_message_text(
                    part.text,
                    chat,
                    number,
                    entities=part.entities or None,
                    link_preview_options=_NO_PREVIEW,
                    reply_markup=keyboard,
                )
            elif anew:
                await self.bot.edit_message_media(_media(part, part.file), chat, number, reply_markup=keyboard)
            else:
                await self.bot.edit_message_caption(
                    chat, number, caption=part.text, caption_entities=part.entities or None, reply_markup=keyboard
                )
        except TelegramError as no:
            if unchanged(no):
                return True
            if part.file is None and "no text in the message" in no.message.lower():
                return False
            if part.file is None or gone(no) or not refuses_file(no):
                raise
            # The file had been refused when it was sent, or it is now: words stand in its place.
            return await self._reword(chat, number, render.without_file(part), keyboard)
        return True

    async def _turn(self, chat: int) -> None:
        if after := await self.pace.wait(chat):
            raise Later(after)


def _bytes(file: File) -> bytes:
    """Raises `BadRequest` for a file without any, as Telegram would."""
    if data := content(file):
        return data
    raise BadRequest("the file is empty")


def _media(part: Part, file: File) -> InputMediaPhoto | InputMediaDocument:
    kind = InputMediaPhoto if is_picture(file) else InputMediaDocument
    return kind(
        _bytes(file), caption=part.text or None, caption_entities=part.entities or None, filename=file_name(file)
    )


def _reminder(out: Outgoing) -> bool:
    return not out.token and (out.card or {}).get("tone") == "aside"


def _named(chat: int, numbers: list[int]) -> str:
    return name_of(chat, numbers[0]) + "".join(f"+{n}" for n in numbers[1:])


def _places(ref: str) -> tuple[int, list[int]]:
    """The chat and the numbers in a `platform_id`; no numbers for one of another platform."""
    platform, _, rest = ref.partition(":")
    chat, _, numbers = rest.partition(":")
    return (int(chat), [int(n) for n in numbers.split("+")]) if platform == PLATFORM and numbers else (0, [])


def _answers(out: Outgoing, chat: int) -> int:
    """The number of the message it stands below, Telegram's stand-in for a thread; 0 where there is none in this chat."""
    there, numbers = _places(out.under)
    return numbers[0] if numbers and there == chat else 0


def _forget(remembered: "OrderedDict[str, Any]") -> None:
    while len(remembered) > _REMEMBERED:
        remembered.popitem(last=False)
