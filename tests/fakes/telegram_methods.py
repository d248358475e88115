"""The methods of the fake Bot API: what each does, and what it refuses."""

import asyncio
from collections import deque
from pathlib import Path
from typing import Any

from tests.fakes.telegram_people import People
from tests.fakes.telegram_rules import Bucket, Meter, Rates, Refused
from tests.fakes.telegram_text import merged, units, wrong_entities

Json = dict[str, Any]
_FILE_LIMIT, _BUTTONS = 20 << 20, 100
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")
Upload = tuple[str, str, bytes]  # name, media type, bytes


class Methods(People):
    """A mixin: polling and HTTP are the server's."""

    def __init__(self, bot: Json, rates: Rates) -> None:
        super().__init__(bot)
        self.rates = rates
        self.violations: list[str] = []
        self.pending: deque[Json] = deque()
        self.webhook: Json = {"url": "", "secret_token": ""}
        self.commands: list[Json] = []
        self.actions: list[tuple[int, str]] = []
        self.drafts: list[tuple[int, str]] = []
        self.disk = ""  # the folder of a server that is run with --local
        self.answers: dict[str, Json] = {}  # callback query -> what the bot answered
        self._arrived = asyncio.Event()
        self._allowed: list[str] | None = None
        self._all, self._chats = Meter(0, 1), dict[int, list[Meter | Bucket]]()

    async def get_updates(self, p: Json) -> list[Json]:
        raise NotImplementedError

    async def _answer(self, method: str, p: Json, parts: dict[str, Upload]) -> Any:
        match method:
            case "getMe":
                return self.bot
            case "getUpdates":
                return await self.get_updates(p)
            case "setWebhook":
                self.webhook = {"url": p["url"], "secret_token": p.get("secret_token", "")}
                self._allowed = p.get("allowed_updates") or self._allowed
                self._arrived.set()
            case "deleteWebhook":
                self.webhook = {"url": "", "secret_token": ""}
                if p.get("drop_pending_updates"):
                    self.pending.clear()
            case "getWebhookInfo":
                info: Json = {"url": self.webhook["url"], "has_custom_certificate": False}
                return info | {"pending_update_count": len(self.pending)}
            case "setMyCommands":
                self.commands = p["commands"]
            case "sendMessage":
                return self._send(p)
            case "sendPhoto" | "sendDocument" | "sendVoice" | "sendAudio":
                kind = method.removeprefix("send").lower()
                return self._send(p, self._attached(kind, parts[kind], p.get("duration", 0)))
            case "editMessageText" | "editMessageCaption" | "editMessageReplyMarkup":
                return self._edit(p, {"Text": "text", "Caption": "caption"}.get(method.removeprefix("editMessage"), ""))
            case "editMessageMedia":
                media = p.pop("media")
                upload = parts[media["media"].removeprefix("attach://")]
                p |= {k: media[k] for k in ("caption", "caption_entities") if k in media}
                return self._edit(p, "media", self._attached(media["type"], upload))
            case "deleteMessage":
                if p["message_id"] not in self.chat(p["chat_id"]).messages:
                    raise Refused(400, "Bad Request: message to delete not found")
                self.chat(p["chat_id"]).messages.pop(p["message_id"])
            case "answerCallbackQuery":
                self._answer_tap(p)
            case "sendChatAction":
                self._reachable(p["chat_id"])
                self.actions.append((p["chat_id"], p["action"]))
            case "sendMessageDraft":
                self._reachable(p["chat_id"])
                self.drafts.append((p["chat_id"], p["text"]))
            case "getFile":
                return self._get_file(p["file_id"])
            case "getChat":
                chat = self._reachable(p["chat_id"])
                gifts = dict.fromkeys(
                    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
                    False,
                )
                name = {"first_name": self.user(chat.id)["first_name"]} if chat.id > 0 else {}
                return (
                    chat.json() | name | {"accent_color_id": 1, "max_reaction_count": 11, "accepted_gift_types": gifts}
                )
            case "getChatMember":
                return {"status": "member", "user": self.user(p["user_id"])}
            case _:
                raise Refused(404, "Not Found: method not found")
        return True

    def _reachable(self, chat_id: int | str) -> Any:
        chat = self.chats.get(int(chat_id))
        if chat is None:
            raise Refused(400, "Bad Request: chat not found")
        if chat.moved_to:
            raise Refused(
                400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to
            )
        if chat.blocked:
            raise Refused(403, f"Forbidden: {chat.blocked}")
        return chat

    def _pace(self, chat_id: int) -> None:
        now, rates = asyncio.get_running_loop().time(), self.rates
        wait = 0.0
        if rates.overall:
            self._all.count = rates.overall
            wait = self._all.full(now)
        if chat_id not in self._chats:
            own: list[Meter | Bucket] = [Bucket(rates.burst)] if rates.burst else []
            self._chats[chat_id] = [*own, *([Meter(rates.group, 60)] if rates.group and chat_id < 0 else [])]
        wait = max([wait, *(m.full(now) for m in self._chats[chat_id])])
        if wait:
            seconds = int(wait) + 1
            raise Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)

    def _attached(self, kind: str, upload: Upload, seconds: int = 0) -> Json:
        """The part of a message that says what was uploaded. Only what can be read as a picture is one."""
        name, media_type, data = upload
        if not data:
            raise Refused(400, "Bad Request: file must be non-empty")
        if kind == "photo" and not data.startswith(_PICTURES):
            raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
        there = self.kept(name, data)
        if kind == "photo":
            return {"photo": [{**there, "width": 640, "height": 360}]}
        if kind in ("voice", "audio"):
            return {kind: {**there, "duration": seconds, "mime_type": "audio/ogg" if kind == "voice" else media_type}}
        return {"document": {**there, "file_name": name, "mime_type": media_type}}

    def _send(self, p: Json, file: Json | None = None) -> Json:
        chat = self._reachable(p["chat_id"])
        for fault in [f for f in (file or ()) if f in chat.refuses]:
            forbidden = (
                "VOICE_MESSAGES_FORBIDDEN" if fault == "voice" else f"not enough rights to send {fault}s to the chat"
            )
            raise Refused(400, f"Bad Request: {forbidden}")
        self._pace(chat.id)
        field = "caption" if file else "text"
        text, entities = self._checked(p, field)
        message = chat.add(self.bot, self.now(), **(file or {}), **({field: text} if text or not file else {}))
        if entities:
            message[_entities(field)] = entities
        if p.get("reply_markup"):
            message["reply_markup"] = p["reply_markup"]
        if asked := p.get("reply_parameters"):
            answered = chat.messages.get(asked["message_id"])
            if answered is None and not asked.get("allow_sending_without_reply"):
                raise Refused(400, "Bad Request: message to be replied not found")
            if answered is not None:
                plain = {k: v for k, v in answered.items() if k not in ("reply_markup", "reply_to_message")}
                message["reply_to_message"] = plain
        return message

    def _edit(self, p: Json, what: str, file: Json | None = None) -> Json:
        """what: "text", "caption", "media" or "" (the keyboard alone)."""
        chat = self._reachable(p["chat_id"])
        message = chat.messages.get(p["message_id"])
        if message is None:
            raise Refused(400, "Bad Request: message to edit not found")
        if message["from"]["id"] != self.bot["id"]:
            raise Refused(400, "Bad Request: message can't be edited")
        held = "caption" if "text" not in message else "text"
        if what in ("text", "caption") and what != held:
            raise Refused(400, f"Bad Request: there is no {what} in the message to edit")
        field = "caption" if what == "media" else held
        text, entities = self._checked(p, field) if what else (message.get(held, ""), message.get(_entities(held), []))
        now = (text, entities, p.get("reply_markup") or None)
        if file is None and now == (
            message.get(held, ""),
            message.get(_entities(held), []),
            message.get("reply_markup"),
        ):
            raise Refused(
                400, "Bad Request: message is not modified: specified new message content and reply markup are the same"
            )
        self._pace(chat.id)
        for gone in ("text", "entities", "caption", "caption_entities", "reply_markup"):
            message.pop(gone, None)
        if file is not None:
            for gone in ("photo", "document"):
                message.pop(gone, None)
            message |= file
        message |= {field: text, _entities(field): entities, "edit_date": self.now()}
        if p.get("reply_markup"):
            message["reply_markup"] = p["reply_markup"]
        return message

    def _checked(self, p: Json, field: str) -> tuple[str, list[Json]]:
        """The text or caption as people get it, with the entities that Telegram adds."""
        text, own = p.get(field) or "", p.get(_entities(field)) or []
        if field == "text" and not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if units(text) > (4096 if field == "text" else 1024):
            raise Refused(400, f"Bad Request: message {'' if field == 'text' else 'caption '}is too long")
        if text != text.strip():
            self.violations.append("space around a text: Telegram strips it, and offsets no longer fit")
        self.violations += [f"entities: {e}" for e in wrong_entities(text, own)]
        rows = (p.get("reply_markup") or {}).get("inline_keyboard", [])
        if sum(map(len, rows)) > _BUTTONS or any(len(row) > 8 for row in rows):
            raise Refused(400, "Bad Request: reply markup is too long")
        if any(
            "." not in b.get("url", "a.b").partition("://")[2].partition("/")[0]
            for row in rows
            for b in row
            if "url" in b
        ):
            raise Refused(400, "Bad Request: BUTTON_URL_INVALID")
        return text, merged(text, own)

    def _answer_tap(self, p: Json) -> None:
        query = p["callback_query_id"]
        if query not in self.taps or query in self.answers:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.answers[query] = p

    def _get_file(self, file_id: str) -> Json:
        if file_id not in self.files:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        name, data, size = self.files[file_id]
        path = f"documents/{file_id}_{name}"
        if self.disk:  # as a server run with --local: no limit, and the file's place on this machine
            path = str(Path(self.disk) / f"{file_id}_{name}")
            Path(path).write_bytes(data)
        elif size > _FILE_LIMIT:
            raise Refused(400, "Bad Request: file is too big")
        self.paths[path] = data
        return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": size, "file_path": path}


def _entities(field: str) -> str:
    """Where the entities of a text, or of a caption, stand."""
    return "entities" if field == "text" else "caption_entities"
