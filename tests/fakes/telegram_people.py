"""The people and chats of the fake Telegram: what they do becomes updates, what they see can be asked."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram_text import detected

Json = dict[str, Any]


@dataclass
class Chat:
    """One chat. blocked: why the bot can't write there; moved_to: the supergroup that it became; refuses: the kinds of
    files ("photo", "document", "voice", "audio") that nobody may send there."""

    id: int
    type: str
    title: str = ""
    blocked: str = ""
    moved_to: int = 0
    refuses: tuple[str, ...] = ()
    messages: dict[int, Json] = field(default_factory=lambda: {})
    numbers: list[int] = field(default_factory=lambda: [0])

    def json(self) -> Json:
        return {"id": self.id, "type": self.type, **({"title": self.title} if self.title else {})}

    def add(self, sender: Json, date: int, **content: Any) -> Json:
        self.numbers[0] += 1
        message: Json = {"message_id": self.numbers[0], "date": date, "chat": self.json(), "from": sender, **content}
        self.messages[self.numbers[0]] = message
        return message


class People:
    """A mixin: `push` is the server's."""

    def __init__(self, bot: Json) -> None:
        self.bot = bot
        self.chats: dict[int, Chat] = {}
        self.users: dict[int, Json] = {}
        self.taps: dict[str, Json] = {}
        self.files: dict[str, tuple[str, bytes, int]] = {}
        self.paths: dict[str, bytes] = {}
        self.clock = 0  # seconds that a test has moved the time on
        self._numbers, self._update, self._tap = [100], 5_000, 0

    def push(self, update: Json) -> None:
        raise NotImplementedError

    def now(self) -> int:
        return int(time.time()) + self.clock

    def user(self, user: int, name: str = "") -> Json:
        if user not in self.users:
            self.users[user] = {"id": user, "is_bot": False, "first_name": name or f"Person {user}"}
        return self.users[user]

    def chat(self, chat: int) -> Chat:
        """A chat; unknown ones appear: private for a positive number, else a group."""
        if chat not in self.chats:
            kind = "private" if chat > 0 else "supergroup" if chat < -(10**12) else "group"
            self.chats[chat] = Chat(chat, kind, "" if chat > 0 else f"Group {-chat}", numbers=self._numbers)
            if chat > 0:
                self.user(chat)
        return self.chats[chat]

    def update(self, kind: str, body: Json) -> Json:
        self._update += 1
        found = {"update_id": self._update, kind: body}
        self.push(found)
        return found

    # -- what people do -----------------------------------------------------------------------------------

    def say(self, chat: int, text: str, user: int = 0, reply_to: int = 0, **more: Any) -> int:
        """A message; its number. `more`: other parts of a message, such as `voice`."""
        place = self.chat(chat)
        content: Json = {"text": text} if text else {}
        if found := [e for e in detected(text) if e["type"] != "text_mention"]:
            content["entities"] = found
        if reply_to:
            content["reply_to_message"] = {k: v for k, v in place.messages[reply_to].items() if k != "reply_markup"}
        message = place.add(self.user(user or chat), self.now(), **content, **more)
        self.update("message", message)
        return message["message_id"]

    def edit(self, chat: int, number: int, text: str) -> None:
        message = self.chat(chat).messages[number]
        message |= {"text": text, "edit_date": self.now()}
        message.pop("entities", None)
        self.update("edited_message", dict(message))

    def start(self, chat: int, payload: str = "") -> int:
        return self.say(chat, f"/start {payload}".strip())

    def tap(self, chat: int, label: str = "", user: int = 0, data: str = "", message: int = 0) -> str:
        """Press a button, by its label (the newest message that has it) or its data; the query's id."""
        place = self.chat(chat)
        for number in sorted(place.messages, reverse=True):
            for button in self.buttons(chat, number):
                wanted = data == button.get("callback_data") or (not data and label == button["text"])
                if message in (0, number) and "callback_data" in button and wanted:
                    return self.press(chat, number, button["callback_data"], user)
        raise LookupError(f"no button {label or data!r} in {self.seen(chat)}")

    def press(self, chat: int, number: int, data: str, user: int = 0) -> str:
        """Press what may no longer be shown, as an old client can."""
        self._tap += 1
        query = f"{self._tap:019d}"
        body: Json = {"id": query, "from": self.user(user or chat), "chat_instance": "1", "data": data}
        body["message"] = dict(self.chat(chat).messages[number])
        self.taps[query] = body
        self.update("callback_query", body)
        return query

    def kept(self, name: str, data: bytes, size: int = 0) -> Json:
        """Telegram keeps a file from now on: how messages speak of it. size: what Telegram says it is."""
        file_id = f"file{len(self.files) + 1}"
        self.files[file_id] = (name, data, size or len(data))
        return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": size or len(data)}

    def upload(
        self, chat: int, name: str, data: bytes, media_type: str = "text/csv", caption: str = "", size: int = 0
    ) -> int:
        document = {**self.kept(name, data, size), "file_name": name, "mime_type": media_type}
        more: Json = {"document": document, **({"caption": caption} if caption else {})}
        return self.say(chat, "", **more)

    def record(
        self, chat: int, data: bytes, kind: str = "voice", seconds: int = 3, size: int = 0, user: int = 0, **more: Any
    ) -> int:
        """A recording made in the chat (or, as "audio", a piece of music); its number. kind: voice, video_note, video or
        audio; `more`: other parts of the message, such as `caption`, `media_group_id` or `forward_origin`."""
        file = self.kept(f"{kind}.{'oga' if kind == 'voice' else 'mp4'}", data, size) | {"duration": seconds}
        if kind == "video_note":
            file["length"] = 240
        else:
            file["mime_type"] = {"voice": "audio/ogg", "audio": "audio/mp4", "video": "video/mp4"}[kind]
        if kind == "video":
            file |= {"width": 640, "height": 360}
        return self.say(chat, "", user, **{kind: file}, **more)

    def block(self, chat: int, why: str = "bot was blocked by the user") -> None:
        self.chat(chat).blocked = why
        self._membership(chat, "member", "kicked" if chat > 0 or "kicked" in why else "left")

    def unblock(self, chat: int) -> None:
        self.chat(chat).blocked = ""
        self._membership(chat, "kicked" if chat > 0 else "left", "member")

    def _membership(self, chat: int, old: str, new: str) -> None:
        def member(status: str) -> Json:
            return {"status": status, "user": self.bot} | ({"until_date": 0} if status == "kicked" else {})

        body: Json = {"chat": self.chat(chat).json(), "from": self.user(abs(chat)), "date": self.now()}
        self.update("my_chat_member", body | {"old_chat_member": member(old), "new_chat_member": member(new)})

    def migrate(self, chat: int, to: int) -> None:
        """A group becomes a supergroup: a message says so, and calls to the old one are refused."""
        old, new = self.chat(chat), self.chat(to)
        new.type = "supergroup"
        message = old.add(self.user(1), self.now(), migrate_to_chat_id=to)
        old.moved_to = to
        self.update("message", message)

    # -- what people see ----------------------------------------------------------------------------------

    def messages(self, chat: int) -> list[Json]:
        """The bot's messages in this chat, edits applied, in order."""
        return [m for _, m in sorted(self.chat(chat).messages.items()) if m["from"]["id"] == self.bot["id"]]

    def seen(self, chat: int) -> list[str]:
        return [m.get("text", m.get("caption", "")) for m in self.messages(chat)]

    def uploads(self, chat: int) -> list[tuple[str, bytes]]:
        """The bot's files in a chat: (name, bytes), in order."""
        found = list[tuple[str, bytes]]()
        for message in self.messages(chat):
            there = message["photo"][-1] if "photo" in message else message.get("document")
            found += [self.files[there["file_id"]][:2]] if there else []
        return found

    def sounds(self, chat: int) -> list[tuple[str, int, str, bytes]]:
        """What the bot has played in a chat: (voice or audio, seconds, caption, bytes), in order."""
        return [
            (kind, m[kind]["duration"], m.get("caption", ""), self.files[m[kind]["file_id"]][1])
            for m in self.messages(chat)
            for kind in ("voice", "audio")
            if kind in m
        ]

    def buttons(self, chat: int, number: int) -> list[Json]:
        rows = self.chat(chat).messages[number].get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]


async def patience() -> None:
    """Let everything that is ready run."""
    for _ in range(20):
        await asyncio.sleep(0)
