"""A Telegram update as the bot's event. Pure: who and where come from the envelope alone, never from what was written."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Document, Message, MessageEntity, Update, User

from adapters.contract import (
    Act,
    Back,
    Fetch,
    Incoming,
    Left,
    Moved,
    Place,
    Rewording,
    Slash,
    Start,
    Tap,
    Upload,
    Who,
    Words,
    beside,
    pressed,
)
from adapters.layout import clean
from adapters.telegram import words
from adapters.telegram.files import ref_of
from adapters.telegram.recordings import recorded

PLATFORM = "telegram"
# What we want to hear of; everything else Telegram keeps to itself.
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]{3,32}))?(?:\s+|$)")
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_START = re.compile(r"start\s+([A-Za-z0-9_-]{16,64})", re.IGNORECASE)  # shorter ones are somebody's words
_PLAIN = {name for name, _ in words.COMMANDS} | {"continue", "repeat", "skip"}
_CSV = {"text/csv", "application/csv", "text/comma-separated-values"}
_CAN_WRITE = {ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER}


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Somebody sent what Parley can't read yet. album: the same for all pictures of one album, or ""."""

    chat: int
    album: str


Fetcher = Callable[[dict[str, str]], Fetch]  # what names a file (`files.ref_of`) -> how to read it


def name_of(chat: int | str, message: int) -> str:
    """`Delivered.platform_id` of one message."""
    return f"{PLATFORM}:{chat}:{message}"


def incoming(update: Update, me: Me, fetcher: Fetcher) -> Incoming | Unreadable | None:
    """The event in an update. None: not for Parley. Raises nothing for what a person can send."""
    if update.callback_query:
        return _tap(update.callback_query)
    if update.my_chat_member:
        return _membership(update.update_id, update.my_chat_member)
    if update.edited_message:
        return _edited(update.update_id, update.edited_message, me)
    return _message(update.message, me, fetcher) if update.message else None


def chat_of(update: Update) -> int:
    """Whose turn it is: updates of one chat are taken one after the other. 0: of nobody in particular."""
    chat = update.effective_chat
    return chat.id if chat else 0


# -- messages ---------------------------------------------------------------------------------------------


def _message(message: Message, me: Me, fetcher: Fetcher) -> Incoming | Unreadable | None:
    place = _place(message)
    if message.migrate_to_chat_id:
        who = _who(message.from_user) if message.from_user else Who(PLATFORM, "", str(me.id))
        return Incoming(_id("m", message), who, place, Moved(str(message.migrate_to_chat_id)))
    # Anonymous administrators and channels write without anybody who could be held to it.
    if message.from_user is None or message.from_user.is_bot or message.sender_chat or message.sender_business_bot:
        return None
    text = message.text or message.caption or ""
    if not place.private and not _for_us(message, text, me):
        return None
    act = _upload(message, text, fetcher) if place.private else None
    act = act or (_written(message, text, place.private, me) if text.strip() else None)
    if act is None:
        return (
            Unreadable(message.chat.id, message.media_group_id or "") if place.private and _content(message) else None
        )
    return Incoming(_id("m", message), _who(message.from_user), place, act)


def _written(message: Message, text: str, private: bool, me: Me) -> Act | None:
    """A command, or words. None: a command for another bot."""
    reply = message.reply_to_message
    said = Words(text, _name(message), name_of(message.chat.id, reply.message_id) if reply else "")
    if private and (code := _START.fullmatch(text.strip())):
        return Start(code.group(1))
    command = _COMMAND.match(text)
    if command is None:
        return said if private else Words(_without(text, me), said.message, said.reply_to)
    name, bot, rest = command.group(1).lower(), command.group(2), text[command.end() :].strip()
    if bot and bot.lower() != me.username.lower():
        return None
    if name == "interview":
        return Slash(rest)
    if name == "start" and private:
        return Start(rest) if _CODE.fullmatch(rest) else Words("help", said.message, said.reply_to)
    if name in _PLAIN:
        return Words(f"{name} {rest}".strip(), said.message, said.reply_to)
    return said


def _for_us(message: Message, text: str, me: Me) -> bool:
    """In a group: a reply to one of ours, our name in it, or /interview. The rest is none of our business."""
    reply = message.reply_to_message
    if reply and reply.from_user and reply.from_user.id == me.id:
        return True
    found = message.parse_entities() | message.parse_caption_entities()
    for entity, word in found.items():
        if entity.type == MessageEntity.MENTION and word.lower() == f"@{me.username}".lower():
            return True
        if entity.type == MessageEntity.TEXT_MENTION and entity.user and entity.user.id == me.id:
            return True
    command = _COMMAND.match(text)
    return bool(command) and command.group(1).lower() == "interview"


def _without(text: str, me: Me) -> str:
    """The words without our name in front of them."""
    return re.sub(rf"^\s*@{re.escape(me.username)}\b[\s,:]*", "", text, flags=re.IGNORECASE) or text


def _upload(message: Message, text: str, fetcher: Fetcher) -> Upload | None:
    """A table, or a recording: each of an album's is one of its own."""
    document = message.document
    if document is not None and _is_table(document):
        size, name = document.file_size or 0, clean(document.file_name or "table.csv")
        fetch = fetcher(ref_of(document.file_id, document.file_unique_id, size))
        return Upload(name, document.mime_type or "text/csv", size, fetch, _name(message), text)
    found = recorded(message)
    if found is None:
        return None
    fetch = fetcher(found.recorded.ref)
    return Upload(found.name, found.mime, found.size, fetch, _name(message), text, found.recorded)


def _is_table(document: Document) -> bool:
    return (document.mime_type or "").lower() in _CSV or (document.file_name or "").lower().endswith(".csv")


def _content(message: Message) -> bool:
    """Has a person sent something, rather than Telegram told us something about the chat?"""
    return bool(message.effective_attachment)


def _edited(update_id: int, message: Message, me: Me) -> Incoming | None:
    """Two edits within a second have the same date: the update tells them apart."""
    text, place, user = message.text or message.caption or "", _place(message), message.from_user
    if user is None or user.is_bot or message.sender_chat or not text.strip():
        return None
    # A link's secret is no one's answer, not even in an edited message.
    command = _COMMAND.match(text)
    if (command and command.group(1).lower() in ("start", "interview")) or _START.fullmatch(text.strip()):
        return None
    if not place.private and not _for_us(message, text, me):
        return None
    stamp = int(message.edit_date.timestamp()) if message.edit_date else 0
    name = beside(_name(message)) if recorded(message) else _name(message)  # the caption, not what was spoken
    act = Rewording(name, text if place.private else _without(text, me))
    return Incoming(f"{_id('e', message)}/{stamp}/{update_id}", _who(user), place, act)


# -- the rest ---------------------------------------------------------------------------------------------


def _tap(query: CallbackQuery) -> Incoming | None:
    """None: a button that isn't ours, or that came without its message."""
    said = pressed(query.data or "")
    if said is None or query.message is None:
        return None
    chat = query.message.chat
    place = Place(str(chat.id), chat.type == "private", clean(chat.title or ""))
    act = Tap(*said, message=name_of(chat.id, query.message.message_id))
    return Incoming(f"c/{query.id}", _who(query.from_user), place, act)


def _membership(update_id: int, change: ChatMemberUpdated) -> Incoming | None:
    """The bot was let in, or shown out. Telegram numbers updates anew after a quiet week: the date keeps ids apart."""
    private = change.chat.type == "private"
    place = Place(str(change.chat.id), private, clean(change.chat.title or ""))
    before, after = change.old_chat_member.status in _CAN_WRITE, change.new_chat_member.status in _CAN_WRITE
    if before == after:
        return None
    act = Back() if after else Left("blocked" if private else "removed")
    return Incoming(f"u/{update_id}/{int(change.date.timestamp())}", _who(change.from_user), place, act)


def _who(user: User) -> Who:
    return Who(PLATFORM, "", str(user.id), clean(user.full_name)[:120])


def _place(message: Message) -> Place:
    chat = message.chat
    return Place(str(chat.id), chat.type == "private", clean(chat.title or ""))


def _name(message: Message) -> str:
    return name_of(message.chat.id, message.message_id)


def _id(kind: str, message: Message) -> str:
    return f"{kind}/{message.chat.id}/{message.message_id}"
