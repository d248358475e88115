"""What comes from Discord, as the bot understands it. Pure: over the payloads of the gateway and of the history.

Names: a message is `discord:<channel>:<snowflake>`, a chat `user/<user id>` (direct messages) or `<guild>/<channel>`.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from adapters.contract import (
    PIECES,
    Act,
    Fetch,
    Incoming,
    Left,
    Place,
    Recorded,
    Rewording,
    Start,
    Takeback,
    Upload,
    Who,
    Words,
    beside,
    piece,
)
from adapters.recordings import Form, form_of

Json = dict[str, Any]
Fetcher = Callable[[str, int], Fetch]  # of an attachment's address and size

NAME = "discord"
_ORDINARY, _REPLY = 0, 19
VOICE = 1 << 13  # the flag of a voice message
_EPOCH_MS = 1420070400000
_START = re.compile(r"\s*/?start\s+([A-Za-z0-9_-]{6,200})\s*", re.IGNORECASE)


def part(data: Json, key: str) -> Json:
    """The object under a key; empty when there is none."""
    return cast("Json", data.get(key) or {})


def snowflake(at_ms: int) -> int:
    """The smallest id that Discord gives at this instant."""
    return max(0, at_ms - _EPOCH_MS) << 22


def instant(snowflake: int) -> int:
    """When an id was given, in milliseconds since 1970."""
    return (snowflake >> 22) + _EPOCH_MS


def message_name(channel: str, *numbers: str) -> str:
    """`Delivered.platform_id` of a message, or of one in several parts."""
    return f"{NAME}:{channel}:{'+'.join(numbers)}"


def message_parts(platform_id: str) -> tuple[str, list[str]] | None:
    """The inverse: (channel, numbers); None for what isn't one of ours."""
    found = re.fullmatch(r"discord:(\d+):(\d+(?:\+\d+)*)", platform_id)
    return (found[1], found[2].split("+")) if found else None


def person(user: Json, guild: str) -> Who:
    """Who wrote, from the envelope's author."""
    name = str(user.get("global_name") or user.get("username") or "")
    return Who(NAME, guild, str(user["id"]), name)


def place(user: str, channel: str, guild: str, title: str = "") -> Place:
    """Where it was written: in the person's own chat unless there is a guild."""
    return Place(f"{guild}/{channel}", False, title) if guild else Place(f"user/{user}", True)


def speaks_to_us(message: Json, bot: str) -> bool:
    """Is it for us? A person's own words in a direct message; in a channel only a reply to us, or a mention of us."""
    author = part(message, "author")
    if author.get("bot") or author.get("system") or message.get("webhook_id"):
        return False
    if message.get("type", _ORDINARY) not in (_ORDINARY, _REPLY) or not author.get("id"):
        return False
    return not message.get("guild_id") or _mentioned(message, bot) or _replies_to(message) == bot


def _mentioned(message: Json, bot: str) -> bool:
    return any(str(m.get("id")) == bot for m in cast("list[Json]", message.get("mentions") or []))


def _replies_to(message: Json) -> str:
    """The author of the message that is replied to, where Discord sends it along."""
    return str(part(part(message, "referenced_message"), "author").get("id") or "")


def written(message: Json, bot: str, fetch: Fetcher, parent: str = "") -> list[Incoming]:
    """A new message as events: its words, or its files (the words go with the first one). parent: the channel that its
    own one, a thread, hangs in; the thread bears the number of the message that it was started from."""
    guild, channel, number = str(message.get("guild_id") or ""), str(message["channel_id"]), str(message["id"])
    who = person(message["author"], guild)
    where = place(who.user, parent or channel, guild)
    text = plain(str(message.get("content") or ""), bot)
    name = message_name(channel, number)
    files = cast("list[Json]", message.get("attachments") or []) if where.private else []
    if files:
        acts = _attached(message, files, fetch, name, text)
        return [Incoming(_id("m", channel, number, n), who, where, act) for n, act in enumerate(acts)]
    started = _START.fullmatch(text) if where.private else None
    act: Act = (
        Start(started[1])
        if started
        else Words(text, name, message_name(parent, channel) if parent else _reply_to(message))
    )
    return [Incoming(_id("m", channel, number), who, where, act)] if text else []


def _attached(message: Json, files: list[Json], fetch: Fetcher, name: str, text: str) -> list[Upload]:
    """The files of a message. The words, and the message's own name, go with its first recording, or else with its first
    file; further recordings have names of their own."""
    acts = list[Upload]()
    recordings = 0
    for file in files:
        act = upload(file, fetch, name)
        if (form := _form(message, file)) and recordings < PIECES:
            act = replace(act, recorded=_recorded(message, file, form), message=piece(name, recordings))
            recordings += 1
        acts.append(act)
    spoken = next((n for n, act in enumerate(acts) if act.recorded), 0)
    return [replace(act, text=text if n == spoken else "") for n, act in enumerate(acts)]


def _recorded(message: Json, file: Json, form: Form) -> Recorded:
    ref = {"channel": str(message["channel_id"]), "message": str(message["id"])}
    ref |= {"file": str(file["id"]), "url": str(file["url"])}
    return Recorded(form, ref, float(file.get("duration_secs") or 0), not _in_chat(message))


def _form(message: Json, file: Json) -> Form | None:
    return (
        "voice" if _in_chat(message) else form_of(str(file.get("content_type") or ""), str(file.get("filename") or ""))
    )


def _in_chat(message: Json) -> bool:
    """What is recorded in the chat is a voice message; anything else is a file that was prepared."""
    return bool(int(message.get("flags") or 0) & VOICE)


def _has_recording(message: Json) -> bool:
    return any(_form(message, file) for file in cast("list[Json]", message.get("attachments") or []))


def _id(kind: str, channel: str, number: str, part: int = 0) -> str:
    return f"{kind}/{channel}/{number}" + (f"/{part}" if part else "")


def _reply_to(message: Json) -> str:
    to = part(message, "message_reference")
    # A forwarded message (type 1) refers to another one too, but answers nothing.
    if not to.get("message_id") or to.get("type", 0) != 0:
        return ""
    return message_name(str(to.get("channel_id") or message["channel_id"]), str(to["message_id"]))


def plain(text: str, bot: str) -> str:
    """The words without the mention of us that opens or closes them."""
    mention = rf"<@!?{re.escape(bot)}>"
    return re.sub(rf"^\s*{mention}[\s,:]*|\s*{mention}\s*$", "", text).strip("\n")


def reworded(message: Json, bot: str, parent: str = "") -> Incoming | None:
    """An edit. Discord also sends one when it adds a link's preview: that has no time of editing."""
    edited = message.get("edited_timestamp")
    if not edited or not speaks_to_us(message, bot):
        return None
    guild, channel, number = str(message.get("guild_id") or ""), str(message["channel_id"]), str(message["id"])
    who, name = person(message["author"], guild), message_name(channel, number)
    if not guild and _has_recording(message):
        name = beside(name)
    act = Rewording(name, plain(str(message.get("content") or ""), bot))
    return Incoming(f"e/{channel}/{number}/{edited}", who, place(who.user, parent or channel, guild), act)


def taken_back(user: Json, channel: str, number: str) -> Incoming:
    """A person deleted a message in their own chat."""
    who = person(user, "")
    act = Takeback(message_name(channel, number))
    return Incoming(f"d/{channel}/{number}", who, place(who.user, channel, ""), act)


def channel_gone(guild: str, channel: str) -> Incoming:
    """A guild's channel was deleted."""
    return Incoming(f"x/{guild}/{channel}", Who(NAME, guild, ""), place("", channel, guild), Left("10003"))


def upload(file: Json, fetch: Fetcher, message: str = "", text: str = "") -> Upload:
    """A file, from the envelope's description of it."""
    size = int(file.get("size") or 0)
    media_type = str(file.get("content_type") or "application/octet-stream").split(";")[0]
    return Upload(str(file.get("filename") or "file"), media_type, size, fetch(str(file["url"]), size), message, text)
