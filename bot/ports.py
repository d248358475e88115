"""What the web adapter needs of the bot: sessions, who may read what, history, and the inbox."""

import time
from typing import Any, cast

from adapters.contract import Outgoing
from adapters.web import render
from adapters.web.app import Caller, WebAdapter, refuse
from adapters.web.parse import EditedIn, RemovedIn, SaidIn, SpokeIn, SubmittedIn, TappedIn, happening
from bot import people
from bot.clock import Clock
from bot.inbox import Intake, utterance_id
from bot.keyring import Erased, Keyring
from bot.mail import BUTTON, FORM, MORE, Mail
from bot.outbox import Deliverer, opened_card, outgoing
from bot.people import Visitor
from bot.recordings import shelf
from bot.recordings.uploads import Uploader, UploadProblem, Uploads
from bot.store.rows import Conversation, Outbox, Recording, Thread, Utterance
from bot.store.store import Lru, Row, Store, Tx
from flows.engine import Waiting
from flows.words import recorder_en as words

_SESSIONS = 4096
_SESSION_SECONDS = 5.0


class WebPort:
    """See `adapters.web.app.Port`."""

    def __init__(
        self,
        store: Store,
        keys: Keyring,
        clock: Clock,
        intake: Intake,
        outbox: Deliverer,
        adapter: WebAdapter,
        uploads: Uploads,
    ) -> None:
        self.store, self.keys, self.clock, self.intake = store, keys, clock, intake
        self.outbox, self.adapter, self.uploads = outbox, adapter, uploads
        # A short memory of who is who: a session that was revoked is refused a few seconds later at most.
        self._callers: Lru[tuple[float, Visitor]] = Lru(_SESSIONS)
        self._kinds: Lru[str] = Lru(_SESSIONS * 4)
        self._names: Lru[str] = Lru(_SESSIONS)

    async def caller(self, secret: str) -> Visitor | None:
        known = self._callers.take(secret)
        if known is not None and time.monotonic() - known[0] < _SESSION_SECONDS:
            return known[1]
        found = await self.store.read(lambda tx: people.visitor(tx, self.keys, secret, self.clock.now()))
        if found is not None:
            self._callers.keep(secret, (time.monotonic(), found))
        return found

    async def kind_of(self, caller: Caller, thread_id: str) -> str | None:
        """A person's own chat, or a channel they are in; anything else does not exist for them."""
        if thread_id == caller.thread_id:
            return "person"
        return "channel" if thread_id in {c for c, _ in caller.channels} else None

    def title_of(self, caller: Caller, thread_id: str) -> str:
        return dict(caller.channels).get(thread_id, "Parley")

    def kick(self, thread_id: str) -> None:
        self.outbox.kick(thread_id)

    # -- receiving ----------------------------------------------------------------------------------

    async def receive(self, caller: Caller, thread_id: str, kind: str, event: Any) -> dict[str, str]:
        """Give one event to the inbox; field errors come back."""
        at, u = self.clock.now(), utterance_id(thread_id, event.id)
        data: dict[str, Any] = {"event": happening(event, u)}
        letter = "happening"
        if isinstance(event, SaidIn):
            data["asked"] = event.asked
            if kind == "channel":
                letter, data["event"]["reply_to"] = "said", event.reply_to
            elif caller.role != "candidate" and event.text.lstrip().casefold().startswith(
                ("/", "interview ", "parley ")
            ):
                letter = "command"
        elif isinstance(event, SpokeIn):
            data["asked"], data["recording"] = event.asked, await self._recording(caller, thread_id, u, event)
            data["event"]["prepared"] |= data["recording"].pop("prepared")
        elif isinstance(event, TappedIn) and kind == "channel":
            letter = "tapped"
        elif isinstance(event, TappedIn) and event.token == MORE:
            letter = "more"
        elif isinstance(event, TappedIn) and caller.role != "candidate" and event.token.startswith(BUTTON):
            letter = "act"
        elif isinstance(event, SubmittedIn) and caller.role != "candidate" and event.token.startswith(FORM):
            letter = "form"
        elif isinstance(event, EditedIn | RemovedIn):
            await self._must_own(caller, thread_id, event.target)
        own = thread_id if kind == "person" else ""
        mail = Mail(
            caller.tenant_id, people.WEB, f"{thread_id}/{event.id}", thread_id, letter, at, data, caller.person_id, own
        )
        receipt = await self.intake.receive(mail)
        if receipt.new and isinstance(event, SaidIn):
            self._echo(caller, thread_id, u, event, at)
        if receipt.new and isinstance(event, SpokeIn):
            await self._echo_recording(caller, thread_id, u, event)
        return receipt.reply.problems

    async def _recording(self, caller: Caller, thread_id: str, u: str, event: SpokeIn) -> dict[str, Any]:
        """What is known of the recording in an upload: it must be the caller's own, and all there."""
        if caller.role != "candidate":
            raise refuse(422, "not_here", words.ONLY_CANDIDATES)
        try:
            whose = Uploader(caller.tenant_id, caller.person_id, thread_id)
            upload = await self.uploads.claim(whose, event.upload, u)
        except UploadProblem as problem:
            if await self.store.read(lambda tx: shelf.get(tx, caller.tenant_id, u)) is not None:
                return {"ref": {"upload": event.upload}, "prepared": event.prepared}  # taken long ago: it comes again
            if problem.why == "not_found":
                raise refuse(404, "not_found", words.NOT_YOURS) from None
            raise refuse(409, problem.why, words.USED if problem.why == "used" else words.INCOMPLETE) from None
        ref = {"ref": {"upload": event.upload}, "media_type": upload.media_type, "size": upload.size}
        return {**ref, "prepared": upload.prepared}

    async def _echo_recording(self, caller: Caller, thread_id: str, u: str, event: SpokeIn) -> None:
        row = await self.store.read(lambda tx: shelf.get(tx, caller.tenant_id, u))
        if row is None:  # it can't be an answer there, and the person has just been told that nothing of it was kept
            await self.uploads.discard(event.upload)
        elif self.adapter.ready(thread_id):
            message = render.recording(row, caller.name, "", removable=True)
            self.adapter.echo(thread_id, {**message, "event": event.id, "by": caller.person_id})

    def _echo(self, caller: Caller, thread_id: str, u: str, event: SaidIn, at: int) -> None:
        if not self.adapter.ready(thread_id):
            return
        row: Row = {"id": u, "at": at, "seq": self.intake.last_seq(thread_id), "reply_to": event.reply_to}
        own = thread_id == caller.thread_id
        message = render.utterance(
            row, event.text, caller.name, own, editable=own and caller.role == "candidate", edited=False
        )
        self.adapter.echo(thread_id, {**message, "event": event.id, "by": caller.person_id})

    async def _must_own(self, caller: Caller, thread_id: str, target: str) -> None:
        where = {"tenant_id": caller.tenant_id, "id": target}

        def look(tx: Tx) -> list[Row]:
            return tx.find(Utterance, {**where, "version": 0}) or tx.find(Recording, where)

        rows = await self.store.read(look)
        if not rows or rows[0]["thread_id"] != thread_id or rows[0]["person_id"] != caller.person_id:
            raise refuse(404, "not_found", "There is no such message of yours here.")

    # -- showing ------------------------------------------------------------------------------------

    async def asked(self, tenant_id: str, thread_id: str) -> dict[str, Any] | None:
        waiting = await self.intake.waiting(tenant_id, thread_id)
        return None if waiting is None else asked_json(waiting)

    async def card_of(self, tenant_id: str, message_id: str) -> dict[str, Any] | None:
        return await self.store.read(lambda tx: self._card_of(tx, tenant_id, message_id))

    async def history(self, caller: Caller, thread_id: str, after: int) -> list[dict[str, Any]]:
        """What was shown in a chat after a position, each message in its newest state."""
        return await self.store.read(lambda tx: self._history(tx, caller, thread_id, after))

    def _card_of(self, tx: Tx, tenant_id: str, message_id: str) -> dict[str, Any] | None:
        row = tx.one(Outbox, tenant_id=tenant_id, id=message_id)
        if row is None or row["body"] is None:
            return None
        self.keys.load(tx, tenant_id, row["subject_id"])
        return opened_card(self.keys, row)[0]

    def _history(self, tx: Tx, caller: Caller, thread_id: str, after: int) -> list[dict[str, Any]]:
        where = {"tenant_id": caller.tenant_id, "thread_id": thread_id}
        box = [r for r in tx.find(Outbox, where, "seq") if r["state"] == "sent"]
        thread = tx.one(Thread, tenant_id=caller.tenant_id, id=thread_id)
        shown = self._messages(tx, box, after)
        recordings = {r["id"]: r for r in tx.find(Recording, where, "seq")}
        said = tx.find(Utterance, where, "seq,version")
        shown += self._utterances(tx, caller, cast("Row", thread), said, after, recordings)
        known = {u["id"] for u in said}
        wordless = [r for i, r in recordings.items() if i not in known and r["seq"] > after and self._readable(tx, r)]
        shown += [self._wordless(tx, caller, r) for r in wordless]
        return sorted(shown, key=lambda m: m["seq"])

    def _messages(self, tx: Tx, box: list[Row], after: int) -> list[dict[str, Any]]:
        """Messages with the edits that were made to them folded in; an edit counts as news of its message."""
        sends: dict[str, Outgoing] = {}
        latest: dict[str, int] = {}
        news: dict[str, dict[str, Any]] = {}
        for row in box:
            if not self._readable(tx, row):
                continue
            out = outgoing(self.keys, row)
            if row["act"] == "send":
                shown = render.message(out, speaks=self.adapter.speaks)
                sends[out.id], news[out.id], latest[out.id] = out, shown, out.seq
            elif out.target in sends:
                card = out.card if out.card is not None else news[out.target]["card"]
                shown = {"seq": sends[out.target].seq, **({"under": u} if (u := sends[out.target].under) else {})}
                news[out.target] = {**render.update(out, card, self.adapter.speaks), **shown}
                latest[out.target] = out.seq
        return [
            {**m, "seq": latest[i]} if after and sends[i].seq <= after else m
            for i, m in news.items()
            if latest[i] > after
        ]

    def _wordless(self, tx: Tx, caller: Caller, row: Row) -> dict[str, Any]:
        """A recording of which no words have come, or not yet."""
        who = people.name_of(tx, self.keys, row["tenant_id"], row["person_id"])
        own = row["person_id"] == caller.person_id
        return render.recording(row, who, "", own, removable=own and row["state"] in (shelf.COMING, shelf.KEPT))

    def _utterances(
        self, tx: Tx, caller: Caller, thread: Row, rows: list[Row], after: int, recordings: dict[str, Row]
    ) -> list[dict[str, Any]]:
        newest: dict[str, tuple[Row, Row]] = {}
        for row in rows:
            newest[row["id"]] = (newest[row["id"]][0] if row["id"] in newest else row, row)
        open_parts = self._open_parts(tx, thread)
        shown: list[dict[str, Any]] = []
        for first, last in newest.values():
            if last["seq"] <= after or last["body"] is None or not self._readable(tx, last):
                continue
            text = cast("str", self.keys.open(last["tenant_id"], last["subject_id"], last["body"]))
            own = first["person_id"] == caller.person_id
            who = people.name_of(tx, self.keys, first["tenant_id"], first["person_id"])
            editable = own and (first["conversation_id"], first["step"]) in open_parts
            if (recording := recordings.get(first["id"])) is not None:  # its words are corrected with what was heard
                shown.append(render.recording(recording, who, text, own, removable=editable))
                continue
            shown.append(render.utterance(first, text, who, own, editable, last is not first))
        return shown

    def _readable(self, tx: Tx, row: Row) -> bool:
        """Not what is about somebody who has been erased: the rest of a channel is still there for the others."""
        try:
            self.keys.load(tx, row["tenant_id"], row["subject_id"])
        except Erased:
            return False
        return True

    def _open_parts(self, tx: Tx, thread: Row) -> set[tuple[str, str]]:
        """Conversation and step of the answers that have not been sent off yet."""
        rows = tx.find(Conversation, {"tenant_id": thread["tenant_id"], "thread_id": thread["id"]})
        return {(r["id"], r["step"]) for r in rows if r["state"] != "ended" and r["step"]}


def asked_json(waiting: Waiting) -> dict[str, Any]:
    """What a chat waits for, as the page shows it beside the composer."""
    tools = [{"id": o.id, "label": o.label, "style": o.style} for o in waiting.tools]
    done = (
        None
        if waiting.done is None
        else {"id": waiting.done.id, "label": waiting.done.label, "style": waiting.done.style}
    )
    asked: dict[str, Any] = {"token": waiting.token, "answering": waiting.answering, "done": done}
    asked |= {"tools": tools, "hint": waiting.hint}
    if (speech := waiting.speech) is not None:
        asked["speech"] = {"forms": list(speech.forms), "prepared": speech.prepared, "guide": speech.guide}
    return asked
