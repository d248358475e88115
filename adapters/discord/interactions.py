"""Interactions: slash commands, completions, buttons, modals. The first answer goes out within three seconds.

The bot keeps the event first. If that takes longer than `patience`, the interaction is deferred, which shows nothing
but that we are at it, and the answer follows by the interaction's token, good for fifteen minutes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from adapters.contract import (
    FILL_IN,
    Act,
    Answer,
    Form,
    Incoming,
    Place,
    Port,
    Slash,
    Start,
    Tap,
    Unavailable,
    Who,
    pressed,
)
from adapters.discord import commands, forms, parse
from adapters.discord.lanes import Lanes
from adapters.discord.render import EPHEMERAL, MORE, PICK, files_of, note, problems_note, render
from adapters.discord.reply import CHOICES, MODAL, Reply
from adapters.discord.rest import Rest, log
from adapters.discord.threads import hangs_in
from flows.cards import Card, from_json

Json = dict[str, Any]
T = TypeVar("T")
Show = Callable[[Place, Card, str], Awaitable[None]]

NOT_NOW = "I can't store anything at the moment, so nothing was taken. Please try again in a minute."
NOT_OURS = "I don't know this button any more. Nothing was changed."
CLOSED = "This form isn't open to you now. If it was before, it has been sent off or replaced; nothing was changed."
SLOW = "That took me too long to open. Nothing is lost: please press the button once more."
BROKEN = "Something about that didn't work on my side. Nothing was changed; please try again."
LOST = "I no longer have the first part of this form, so please begin it again. I'm sorry for the extra work."
DONE = "Thank you, I've got it."


class Interactions:
    """Answers interactions. `show` says in a person's own chat what the interaction can't carry any more."""

    def __init__(self, port: Port, lanes: Lanes, fetch: parse.Fetcher, show: Show, patience: float) -> None:
        self._port, self._lanes, self._fetch, self._show = port, lanes, fetch, show
        self._patience = patience
        self._drafts = forms.Drafts()

    async def answer(self, rest: Rest, data: Json) -> None:
        """One interaction, from its payload. Raises `KeyError` and the like for a payload that makes no sense."""
        reply = Reply(rest, data)
        who, place = _who(data), _place(data)
        try:
            match int(data["type"]):
                case 2:
                    await self._command(reply, who, place, data["data"])
                case 3:
                    await self._component(reply, who, place, data)
                case 4:
                    await self._complete(reply, who, data["data"])
                case 5:
                    await self._submitted(reply, who, place, data["data"])
                case other:
                    log.info("interaction %s of an unknown kind %s", reply.id, other)
        except Unavailable:
            await reply.show([note(NOT_NOW)])
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            log.error("interaction %s can't be read: %s", reply.id, type(error).__name__)
            await reply.show([note(BROKEN)])

    # -- the four kinds

    async def _command(self, reply: Reply, who: Who, place: Place, data: Json) -> None:
        own = Place(f"user/{who.user}", True)
        if data["name"] == "start":
            await self._take(reply, who, own, Start(commands.code_of(data)))
        elif file := commands.attached(data):
            # A file holds people's data: it is a private matter, wherever the command was given.
            act = parse.upload(file, self._fetch, text=commands.line_of(data))
            await self._take(reply, who, own, act)
        else:
            await self._take(reply, who, place, Slash(commands.line_of(data)))

    async def _complete(self, reply: Reply, who: Who, data: Json) -> None:
        try:
            async with asyncio.timeout(self._patience):
                found = await self._port.suggest(who, commands.typed(data))
        except (Unavailable, TimeoutError):
            found = []
        await reply.first(CHOICES, {"choices": commands.choices(data, found)})

    async def _component(self, reply: Reply, who: Who, place: Place, data: Json) -> None:
        carried = pressed(str(data["data"]["custom_id"]))
        if carried is None:
            await reply.show([note(NOT_OURS)])
            return
        token, option = carried
        page = forms.opened(option)
        if page is not None:
            await self._open(reply, who, token, page)
            return
        if option == MORE or option.startswith(PICK):
            option = str(data["data"]["values"][0])
        message = parse.part(data, "message")
        name = parse.message_name(str(data["channel_id"]), str(message["id"])) if message else ""
        # A private answer is no message of the chat: an edit of it must not be tried.
        name = "" if int(message.get("flags") or 0) & EPHEMERAL else name
        await self._take(reply, who, place, Tap(token, option, name))

    async def _submitted(self, reply: Reply, who: Who, place: Place, data: Json) -> None:
        token, option = pressed(str(data["custom_id"])) or ("", "")
        numbers = forms.sent_off(option)
        if numbers is None:
            await reply.show([note(NOT_OURS)])
            return
        page, of = numbers
        entered = self._drafts.keep(who.user, token, page, forms.values(cast("list[Json]", data["components"])))
        missing = self._drafts.missing(who.user, token, of)
        if page < of:
            # Discord opens no modal from a modal: the next page takes a button between.
            await reply.show([_go_on(token, page + 1, of)])
        elif missing:
            await reply.show([note(LOST, [("Begin again", f"{token}:{FILL_IN}.{missing[0]}")])])
        else:
            await self._form(reply, who, place, token, entered)

    # -- what they have in common

    async def _open(self, reply: Reply, who: Who, token: str, page: int) -> None:
        """The modal has to be the first answer: it can't be deferred."""
        try:
            async with asyncio.timeout(self._patience):
                data = await self._port.form(who, token)
        except TimeoutError:
            await reply.show([note(SLOW, [("Open the form", f"{token}:{FILL_IN}.{page}")])])
            return
        card = from_json(data) if data else Card("")
        if not card.fields:
            await reply.show([note(CLOSED)])
            return
        await reply.first(MODAL, forms.modal(card, token, page, self._drafts.values(who.user, token)))

    async def _form(self, reply: Reply, who: Who, place: Place, token: str, entered: dict[str, str]) -> None:
        async def take() -> tuple[Card, Answer]:
            data = await self._port.form(who, token)
            card = from_json(data) if data else Card("")
            event = Incoming(reply.id, who, place, Form(token, forms.typed(card, entered)))
            return card, await self._lanes.take(event, patient=False)

        card, answer = await self._in_time(reply, take())
        if answer.problems:
            page = min(forms.page_of(card, key) for key in answer.problems)
            await reply.show([problems_note(token, page, answer.problems, card.fields)])
            return
        self._drafts.drop(who.user, token)
        await self._shown(reply, place, answer)

    async def _take(self, reply: Reply, who: Who, place: Place, act: Act) -> None:
        event = Incoming(reply.id, who, place, act)
        answer = await self._in_time(reply, self._lanes.take(event, patient=False))
        await self._shown(reply, place, answer)

    async def _in_time(self, reply: Reply, work: Awaitable[T]) -> T:
        """The work's result; if it takes long, the interaction is deferred meanwhile. It is never given up."""
        task = asyncio.ensure_future(work)
        try:
            done, _ = await asyncio.wait({task}, timeout=self._patience)
            if not done:
                await reply.defer()
            return await task
        finally:
            task.cancel()

    async def _shown(self, reply: Reply, place: Place, answer: Answer) -> None:
        if answer.card is None:
            await reply.nothing(DONE)
            return
        card = from_json(answer.card)
        if card.fields and reply.may_open:
            await reply.first(MODAL, forms.modal(card, answer.token, 1, {}))
            return
        shown = await reply.show(render(card, answer.token, flags=EPHEMERAL), files_of(card))
        if not shown and place.private:
            await self._show(place, card, answer.token)


def _go_on(token: str, page: int, of: int) -> Json:
    text = f"Part {page - 1} of {of} is kept. The rest comes in the next window."
    return note(text, [(f"Continue ({page} of {of})", f"{token}:{FILL_IN}.{page}")])


def _who(data: Json) -> Who:
    guild = str(data.get("guild_id") or "")
    user = cast("Json", data["member"]["user"] if guild else data["user"])
    return parse.person(user, guild)


def _place(data: Json) -> Place:
    guild = str(data.get("guild_id") or "")
    channel = parse.part(data, "channel")
    parent = hangs_in(channel)
    title = str(channel.get("name") or "") if guild and not parent else ""
    return parse.place(str(_who(data).user), parent or str(data.get("channel_id") or ""), guild, title)
