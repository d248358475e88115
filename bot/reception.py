"""The door for chat platforms: who is it, are they known, and which letter does their event become?

Everything is decided from the verified envelope (`Who`, `Place`) and the database, never from what a message says.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, cast
from weakref import WeakValueDictionary

from adapters.contract import (
    Answer,
    Back,
    ChatAdapter,
    Form,
    Incoming,
    Installation,
    Left,
    Moved,
    OpenChat,
    Rewording,
    Slash,
    Start,
    Takeback,
    Tap,
    Unavailable,
    Unfetchable,
    Upload,
    Who,
    Words,
    position,
)
from adapters.web import render
from adapters.web.app import WebAdapter
from bot import arrivals, people
from bot.arrivals import Arrived, identity_space
from bot.clock import Clock
from bot.desk import letters
from bot.desk.desk import Desk, is_desk, parted
from bot.desk.sight import RECRUITERS, Sight
from bot.ids import Ids
from bot.inbox import Intake, Receipt, utterance_id
from bot.keyring import Erased, Keyring
from bot.log import get
from bot.mail import RATE, Mail
from bot.outbox import Deliverer, opened_card
from bot.runner.embedded import EmbeddedRunner
from bot.scene import Scene
from bot.store import queries
from bot.store.rows import Identity, Outbox, Thread, Utterance
from bot.store.store import Lru, Row, Store, StoreUnavailable, Tx
from bot.threads import NoSuchThread
from bot.workspaces import Workspaces
from flows.cards import Card
from flows.cards import to_json as card_json
from flows.repair import intent
from flows.words import reception_en as words

log = get("reception")
_PEOPLE = 8192
_SECONDS = 5.0  # how long it may take until a person's new role or chat is noticed
_FORM_SECONDS = 1.5  # of the three that a trigger lives
_MOST_FILE = 1024 * 1024
_COMMANDS = ("/interview", "interview ", "parley ")
_FOR_PLACE = ("new", "channel")  # commands that mean the channel they are given in
# A code that was typed, or a link that was pasted: it opens the door and is kept nowhere.
_CODE = re.compile(
    r"\s*(?:(?:/?(?:interview|parley)\s+join\s+)(\S+)|(?:/?(?:start|join)\s+|\S+/i/)([A-Za-z0-9_-]{43}))\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Known:
    """A person as their platform's user is known: one chat of their own."""

    tenant_id: str
    person_id: str
    thread_id: str
    member: bool


class Reception:
    """Implements `adapters.contract.Port` for every chat platform."""

    def __init__(
        self,
        store: Store,
        keys: Keyring,
        ids: Ids,
        clock: Clock,
        intake: Intake,
        outbox: Deliverer,
        runner: EmbeddedRunner,
        desk: Desk,
        workspaces: Workspaces,
        adapters: dict[str, ChatAdapter],
        web: WebAdapter,
    ) -> None:
        self.store, self.keys, self.ids, self.clock = store, keys, ids, clock
        self.intake, self.outbox, self.runner, self.desk = intake, outbox, runner, desk
        self.workspaces, self.adapters, self.web = workspaces, adapters, web
        self._known: Lru[tuple[float, Known]] = Lru(_PEOPLE)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._handlers: dict[type, Callable[[Incoming, Known], Awaitable[Answer]]] = {
            Words: self._words,
            Rewording: self._changed,
            Takeback: self._changed,
            Tap: self._tap,
            Form: self._form,
            Slash: self._slash,
            Upload: self._upload,
        }

    # -- events -------------------------------------------------------------------------------------

    async def receive(self, event: Incoming) -> Answer:
        """See `adapters.contract.Port`."""
        # A channel is many people's: one who is slow must not keep the others waiting.
        whose = "" if event.place.private or isinstance(event.act, Left | Back | Moved) else event.who.user
        name = f"{event.who.platform}/{event.place.address}/{whose}"
        lock = self._locks.setdefault(name, asyncio.Lock())
        try:
            async with lock:  # first come, first served: what one person says stays in order
                return await self._take(event)
        except StoreUnavailable as problem:
            raise Unavailable from problem
        except (Erased, NoSuchThread):
            return Answer(card_json(words.GONE))

    async def _take(self, event: Incoming) -> Answer:
        act = event.act
        if isinstance(act, Left | Back | Moved):
            return await self._chat_changed(event)
        if (secret := _secret(event)) is not None:
            return await self._arrive(event, secret)
        known = await self.who(event.who)
        if known is None:
            return await self._stranger(event)
        if known.member and event.who.outsider and not isinstance(act, Rewording | Takeback):
            overheard = isinstance(act, Words) and not (event.place.private or act.reply_to)
            return Answer() if overheard else self._refused(event, words.OUTSIDER)
        return await self._handlers[type(act)](event, known)

    @staticmethod
    def _refused(event: Incoming, say: Card) -> Answer:
        """Say no kindly; that it happened is logged, and never what was said."""
        who, act = event.who, type(event.act).__name__.lower()
        log.warning("refused", platform=who.platform, workspace=who.workspace, act=act)
        return Answer(card_json(say))

    async def _stranger(self, event: Incoming) -> Answer:
        """Nobody we know. Whoever speaks to us gets a sentence; an edit or a chat between others is none of ours."""
        if isinstance(event.act, Rewording | Takeback) or not (event.place.private or not isinstance(event.act, Words)):
            return Answer()
        ours = event.place.private or await self._tenant(event.who) is not None
        return Answer(card_json(words.STRANGER if ours else words.NOT_INSTALLED))

    async def _words(self, event: Incoming, known: Known) -> Answer:
        said = cast("Words", event.act)
        if not event.place.private:
            return await self._reply_in_channel(event, known, said)
        u = utterance_id(known.thread_id, said.message)
        data: dict[str, Any] = {"event": {"kind": "said", "id": u, "text": said.text}}
        if known.member and said.text.lstrip().casefold().startswith(_COMMANDS):
            return _answer(await self._mail(event, known.thread_id, "command", data, known))
        if said.text.lstrip().casefold().startswith(_COMMANDS[0]):
            line = said.text.lstrip()[len(_COMMANDS[0]) :].strip()
            if intent(line) is None:
                return Answer(card_json(words.FOR_THE_TEAM))
            data["event"]["text"] = line  # a candidate who writes as the team does means the plain word
        data["asked"] = await self.store.read(lambda tx: _asked(tx, known, said.message))
        receipt = await self._mail(event, known.thread_id, "happening", data, known)
        if receipt.new and self.web.ready(known.thread_id):
            await self._mirror(known, u, said.text)
        return _answer(receipt)

    async def _mirror(self, known: Known, utterance: str, text: str) -> None:
        """Show what was written here on the person's own page, if they have it open beside."""
        name = await self.store.read(lambda tx: people.name_of(tx, self.keys, known.tenant_id, known.person_id))
        seq, at = self.intake.last_seq(known.thread_id), self.clock.now()
        row: Row = {"id": utterance, "at": at, "seq": seq, "reply_to": ""}
        shown = render.utterance(row, text, name, True, editable=False, edited=False)
        self.web.echo(known.thread_id, {**shown, "event": utterance, "by": known.person_id})

    async def _reply_in_channel(self, event: Incoming, known: Known, said: Words) -> Answer:
        """A reply under one of our posts. Anything else that is said in a channel is none of ours."""
        channel = await self._channel(event, known.tenant_id)
        if channel is None or not said.reply_to:
            return Answer()
        target = await self.store.read(lambda tx: queries.message_named(tx, channel, said.reply_to))
        if target is None:
            return Answer()
        if not known.member:
            return self._refused(event, words.ONLY_TEAM)
        u = utterance_id(channel["id"], said.message)
        data = {"event": {"kind": "said", "id": u, "text": said.text, "reply_to": target}}
        return _answer(await self._mail(event, channel["id"], "said", data, known))

    async def _changed(self, event: Incoming, known: Known) -> Answer:
        """A message was edited or taken back: it must be this person's own, in their own chat."""
        act = cast("Rewording | Takeback", event.act)
        u = utterance_id(known.thread_id, act.message)
        where = {"tenant_id": known.tenant_id, "id": u, "version": 0}
        if not event.place.private or not await self.store.read(lambda tx: tx.find(Utterance, where)):
            return Answer()
        edited = isinstance(act, Rewording)
        happening = {"kind": "edited", "id": u, "text": act.text} if edited else {"kind": "removed", "id": u}
        return _answer(await self._mail(event, known.thread_id, "happening", {"event": happening}, known))

    async def _tap(self, event: Incoming, known: Known) -> Answer:
        tap = cast("Tap", event.act)
        data: dict[str, Any] = {"event": {"kind": "tapped", "token": tap.token, "option": tap.option}}
        if is_desk(tap.token):
            return await self._at_desk(event, known, "act", data)
        if event.place.private:
            return _answer(await self._mail(event, known.thread_id, "happening", data, known))
        channel = await self._channel(event, known.tenant_id)
        if channel is None or not known.member:
            return self._refused(event, words.NOT_YOURS)
        receipt = await self._mail(event, channel["id"], "tapped", data, known)
        if not receipt.new or receipt.reply.card is not None:
            return _answer(receipt)
        return await self._what_came_of_it(known)

    async def _what_came_of_it(self, known: Known) -> Answer:
        """A post's button often begins something in the person's own chat. If that is a form, it opens at once."""
        await self.runner.letters(known.thread_id, _FORM_SECONDS)
        waiting = await self.intake.waiting(known.tenant_id, known.thread_id)
        card = await self._card_asking(known, waiting.token) if waiting else None
        if waiting is None or card is None or not card.get("fields"):
            return Answer(card_json(words.SENT_TO_CHAT))
        return Answer(card, waiting.token)

    async def _form(self, event: Incoming, known: Known) -> Answer:
        form = cast("Form", event.act)
        data: dict[str, Any] = {"event": {"kind": "submitted", "token": form.token, "fields": form.fields}}
        if is_desk(form.token):
            return await self._at_desk(event, known, "form", data)
        return _answer(await self._mail(event, known.thread_id, "happening", data, known))

    async def _slash(self, event: Incoming, known: Known) -> Answer:
        line = cast("Slash", event.act).line
        u = utterance_id(known.thread_id, event.id)
        if not known.member:  # in their own chat "/interview status" means the plain word
            if not event.place.private or intent(line) is None:
                return Answer(card_json(words.FOR_THE_TEAM))
            return await self._words(replace(event, act=Words(line, event.id)), known)
        return await self._at_desk(event, known, "command", {"event": {"kind": "said", "id": u, "text": line}})

    async def _at_desk(self, event: Incoming, known: Known, kind: str, data: dict[str, Any]) -> Answer:
        """An order of a recruiter. It is written down in their own chat, so that two of theirs never cross."""
        if not known.member:
            return self._refused(event, words.NOT_YOURS)
        adapter = self.adapters[event.who.platform]
        data |= {"inline": True, "forms": adapter.capabilities.forms, "place": ""}
        if not event.place.private:
            means_it = kind == "form" or parted(data["event"].get("text", ""))[0] in _FOR_PLACE
            data["place"] = await self._place(event, known, means_it)
        data |= await self._introduced(event, data["event"].get("fields", {}))
        receipt = await self._mail(event, known.thread_id, kind, data, known)
        if receipt.new and kind == "act" and receipt.reply.card is None:
            return await self._what_came_of_it(known)
        return await self._for_pickers(event.who, known, _answer(receipt))

    async def _upload(self, event: Incoming, known: Known) -> Answer:
        """A list of people to invite, from a recruiter. Anything else can't be used yet."""
        file = cast("Upload", event.act)
        if not known.member and event.place.private and file.text.strip():  # what was written beside it counts
            taken = await self._words(replace(event, act=Words(file.text, file.message)), known)
            return replace(taken, card=card_json(words.FILE_UNWANTED)) if taken.new else taken
        if not known.member or not event.place.private:
            return Answer(card_json(words.FILE_UNWANTED))
        try:
            body = await file.fetch(_MOST_FILE)
        except Unfetchable as problem:
            return Answer(card_json(Card(str(problem), tone="kind_error")))
        data = {"name": file.name, "hex": body.hex()}
        return _answer(await self._mail(event, known.thread_id, "file", data, known))

    async def _mail(self, event: Incoming, thread_id: str, kind: str, data: dict[str, Any], known: Known) -> Receipt:
        # The chat of somebody who does something follows them there, but a command in a channel moves nothing.
        follows = event.place.private and thread_id == known.thread_id
        address = event.place.address if follows else ""
        letter = Mail(
            known.tenant_id,
            event.who.platform,
            f"{event.who.workspace}/{event.id}",
            thread_id,
            kind,
            self.clock.now(),
            data,
            known.person_id,
            address,
        )
        return await self.intake.receive(letter)

    # -- people -------------------------------------------------------------------------------------

    async def who(self, who: Who) -> Known | None:
        """The person behind a platform's user, if we know them."""
        name = f"{who.platform}/{who.workspace}/{who.user}"
        kept = self._known.take(name)
        fresh = kept[1] if kept is not None and time.monotonic() - kept[0] < _SECONDS else None
        if fresh is not None and not who.workspace:
            return fresh
        tenant_id = await self._tenant(who)
        if tenant_id is None or (fresh is not None and fresh.tenant_id == tenant_id):
            return fresh if tenant_id else None  # a workspace that was removed is noticed at once
        found = await self.store.read(lambda tx: _known(tx, tenant_id, who))
        if found is not None:
            self._known.keep(name, (time.monotonic(), found))
        return found

    async def _tenant(self, who: Who) -> str | None:
        """Whose event it is. Where the envelope names no workspace, the person's identity decides."""
        if who.platform == "slack" or who.workspace:
            found = await self.workspaces.get(who.platform, who.workspace)
            return found.tenant_id if found else None
        if who.platform == "telegram":
            return self.workspaces.main
        return await self.store.read(lambda tx: _newest_tenant(tx, who)) or self.workspaces.main

    async def _arrive(self, event: Incoming, secret: str) -> Answer:
        """Somebody brings a link or a code: from now on we know them here."""
        who, at = event.who, self.clock.now()
        found = await self.workspaces.get(who.platform, who.workspace) if who.workspace else None
        if found is None and who.platform == "slack":
            return Answer(card_json(words.NOT_INSTALLED))
        tenant = found.tenant_id if found else self.workspaces.main if who.platform == "telegram" else None
        # One account that brings two links at once, here and in a channel, is let in by one and then by the other.
        async with self._locks.setdefault(f"in {who.platform}/{who.user}", asyncio.Lock()):
            came = await self.store.commit(lambda tx: arrivals.arrive(tx, self.keys, self.ids, tenant, who, secret, at))
        if not isinstance(came, Arrived):
            await self._alert(came.alert, who)
            return Answer(card_json(came.say))
        self._known.pop(f"{who.platform}/{who.workspace}/{who.user}", None)
        if came.left:
            self.intake.forget(came.left)
        if came.after.mail:
            self.runner.committed(came.thread_id, came.after)
        known = Known(came.tenant_id, came.person_id, came.thread_id, came.member)
        if who.workspace and found is None and came.member:
            await self._adopt_workspace(known, who)
        return await self._welcome(event, known, came)

    async def _welcome(self, event: Incoming, known: Known, came: Arrived) -> Answer:
        """Bring the person's chat here: what waits for them follows by itself, or the open question is asked again."""
        private, here = self.adapters[event.who.platform].private(event.who), event.place.private
        event = replace(event, place=replace(event.place, address=private, private=True))
        kind, say, data = "arrived", None, dict[str, Any]()
        if known.member:
            data = {"card": card_json(words.connected(came.name))}
        elif not came.after.mail:
            asks = await self.intake.waiting(known.tenant_id, known.thread_id)
            waits = await self.store.read(lambda tx: queries.question_waits(tx, known.thread_id, asks and asks.token))
            if asks is not None and not waits:
                kind, say = "happening", words.HERE_NOW
                data = {"event": {"kind": "commanded", "name": "repeat", "text": ""}}
            elif not waits:
                data = {"card": card_json(words.NOTHING_OPEN)}
        receipt = await self._mail(event, known.thread_id, kind, data, known)
        say = say if here else words.SENT_TO_CHAT
        return Answer(card_json(say) if say and receipt.new else None, new=receipt.new)

    async def _adopt_workspace(self, known: Known, who: Who) -> None:
        """An admin brought a code into a server that was nobody's: it is their tenant's now."""
        admin = await self.store.read(lambda tx: people.may(tx, known.tenant_id, "*", known.person_id, "admin"))
        if admin:
            await self.workspaces.adopt(known.tenant_id, who.platform, who.workspace)

    async def _alert(self, interview_id: str, who: Who) -> None:
        """A used invitation was brought by somebody else: its recruiters hear so, once for each who tries."""
        letter = (
            await self.store.read(lambda tx: queries.letter_of_interview(tx, interview_id)) if interview_id else None
        )
        if letter is None:
            return
        tenant_id, thread_id = letter
        event_id = f"reopened/{interview_id}/{who.workspace}/{who.user}"
        data = {"interview": interview_id, "platform": who.platform}
        mail = Mail(tenant_id, who.platform, event_id, thread_id, "reopened", self.clock.now(), data)
        with suppress(Erased, NoSuchThread):  # nobody is left to be told about
            await self.intake.receive(mail)

    async def _introduced(self, event: Incoming, fields: dict[str, str]) -> dict[str, Any]:
        """What the platform says of people who were picked in a form: their names, and where their own chats are."""
        who, adapter = event.who, self.adapters[event.who.platform]
        names, chats = dict[str, str](), dict[str, str]()
        for user in letters.people_in(fields):
            picked = replace(who, user=user)
            if await self.who(picked) is None and (name := await adapter.name_of(who.workspace, user)):
                names[user], chats[user] = name, adapter.private(picked)
        return {"known": names, "chats": chats, "space": identity_space(who), "workspace": who.workspace}

    async def _for_pickers(self, who: Who, known: Known, answer: Answer) -> Answer:
        if answer.card is None or not answer.card.get("fields"):
            return answer
        card = answer.card
        shown = await self.store.read(lambda tx: letters.theirs(tx, known.tenant_id, who.platform, card))
        return replace(answer, card=shown)

    # -- chats --------------------------------------------------------------------------------------

    async def _channel(self, event: Incoming, tenant_id: str) -> Row | None:
        where = {"tenant_id": tenant_id, "platform": event.who.platform, "address": event.place.address}
        found = await self.store.read(lambda tx: tx.find(Thread, {**where, "kind": "channel"}))
        return found[0] if found else None

    async def _place(self, event: Incoming, known: Known, means_it: bool) -> str:
        """The chat row of the channel that an order was given in. It is made only when a recruiter's order is about the
        channel: one where somebody just asked for help is no hiring channel."""
        found = await self._channel(event, known.tenant_id)
        if found is not None or not means_it:
            return found["id"] if found else ""
        async with self._locks.setdefault(f"place {event.place.address}", asyncio.Lock()):
            return await self.store.commit(lambda tx: self._channel_for(tx, event, known))

    def _channel_for(self, tx: Tx, event: Incoming, known: Known) -> str:
        where = {"tenant_id": known.tenant_id, "platform": event.who.platform, "address": event.place.address}
        found = tx.find(Thread, where)
        if found:
            return found[0]["id"]
        if not Sight(tx, self.keys, known.tenant_id, known.person_id).holds(*RECRUITERS):
            return ""
        add = (known.tenant_id, "channel", "", known.tenant_id, event.place.title or "hiring")
        return people.add_thread(tx, self.ids, *add, event.who.platform, event.place.address)

    async def _chat_changed(self, event: Incoming) -> Answer:
        """A chat was closed, opened again or moved. Nobody did anything in it."""
        where = {"platform": event.who.platform, "address": event.place.address}
        act = event.act
        for chat in await self.store.read(lambda tx: tx.find(Thread, where)):
            if isinstance(act, Left):
                await self.unreachable(chat["tenant_id"], chat["id"], act.problem)
            else:
                to = act.address if isinstance(act, Moved) else ""
                await self._tell_chat("chat", chat["tenant_id"], chat["id"], {"to": to})
        return Answer()

    async def unreachable(self, tenant_id: str, thread_id: str, problem: str) -> None:
        """Nothing reaches a chat any more: once for each time that happens, its recruiters get a task."""
        await self._tell_chat("unreachable", tenant_id, thread_id, {"problem": problem})

    async def reachable(self, tenant_id: str, thread_id: str) -> None:
        """Something has reached a chat again, and its platform had not said that it would."""
        await self._tell_chat("chat", tenant_id, thread_id, {})

    async def _tell_chat(self, kind: str, tenant_id: str, thread_id: str, data: dict[str, Any]) -> None:
        """A letter about the state of a chat; what it changes nothing about needs none."""
        chat = await self.store.read(lambda tx: tx.one(Thread, tenant_id=tenant_id, id=thread_id))
        lost, to = bool(chat and chat["blocked"]), data.get("to", "")
        if chat is None or (to == "" and lost == (kind == "unreachable")):
            return
        # The version names the state that was seen: two who saw the same write one letter.
        name = f"{kind}/{thread_id}/{chat['version']}"
        with suppress(Erased, NoSuchThread):
            await self.intake.receive(Mail(tenant_id, "chat", name, thread_id, kind, self.clock.now(), data))

    # -- what adapters ask ----------------------------------------------------------------------------

    async def form(self, who: Who, token: str) -> dict[str, Any] | None:
        known = await self._guarded(self.who(who))
        if known is None or (known.member and who.outsider):
            return None
        if is_desk(token):
            return await self._guarded(self.store.read(lambda tx: self._desk_form(tx, who, known, token)))
        with suppress(Erased, NoSuchThread):
            waiting = await self._guarded(self.intake.waiting(known.tenant_id, known.thread_id))
            return await self._card_asking(known, token) if waiting and waiting.token == token else None
        return None

    def opens_form(self, line: str) -> bool:
        return self.desk.opens_form(line)

    async def suggest(self, who: Who, line: str) -> list[tuple[str, str]]:
        known = await self._guarded(self.who(who))
        if known is None or not known.member or who.outsider:
            return []
        return await self._guarded(
            self.store.read(lambda tx: self.desk.suggest(tx, self.keys, known.tenant_id, known.person_id, line))
        )

    async def home(self, who: Who) -> dict[str, Any]:
        known = await self._guarded(self.who(who))
        if known is None or not known.member or who.outsider:
            return card_json(words.STRANGER)
        tasks = self.store.read(lambda tx: self.desk.tasks(tx, self.keys, known.tenant_id, known.person_id))
        return {**card_json(await self._guarded(tasks)), "token": RATE}

    async def open_chats(self, platform: str) -> list[OpenChat]:
        rows = await self._guarded(self.store.read(lambda tx: queries.chats_in_play(tx, platform)))
        return [OpenChat(r["address"], r["since"]) for r in rows]

    async def installation(self, platform: str, workspace: str) -> Installation | None:
        found = await self._guarded(self.workspaces.get(platform, workspace))
        return found.installation if found else None

    async def install(self, platform: str, found: Installation, installer: Who | None, state: str = "") -> None:
        await self._guarded(self.workspaces.keep(platform, found, installer))

    async def uninstall(self, platform: str, workspace: str) -> None:
        await self._guarded(self.workspaces.remove(platform, workspace))

    async def new_state(self, session: str) -> str:
        return await self._guarded(self.workspaces.new_state(session))

    async def use_state(self, state: str, session: str) -> bool:
        return await self._guarded(self.workspaces.use_state(state, session))

    async def _guarded(self, wanted: Awaitable[Any]) -> Any:
        try:
            return await wanted
        except StoreUnavailable as problem:
            raise Unavailable from problem

    def _desk_form(self, tx: Tx, who: Who, known: Known, token: str) -> dict[str, Any] | None:
        chat = tx.find(Thread, {"tenant_id": known.tenant_id, "id": known.thread_id})[0]
        looking = Scene(tx, self.keys, self.ids, chat, self.clock.now())
        card = self.desk.form(looking, known.person_id, token)
        return letters.theirs(tx, known.tenant_id, who.platform, card_json(card)) if card else None

    async def _card_asking(self, known: Known, token: str) -> dict[str, Any] | None:
        """The card that asks a question of the person's own chat."""

        def unit(tx: Tx) -> dict[str, Any] | None:
            where = {"tenant_id": known.tenant_id, "thread_id": known.thread_id, "token": token, "act": "send"}
            rows = tx.find(Outbox, where, "-seq")
            for row in rows:
                self.keys.load(tx, row["tenant_id"], row["subject_id"])
                card = opened_card(self.keys, row)[0]
                if card is not None and card.get("fields"):
                    return card
            return None

        return await self._guarded(self.store.read(unit))


def _secret(event: Incoming) -> str | None:
    """The code of a link, if that is what somebody brings."""
    act = event.act
    if isinstance(act, Start):
        return act.secret
    if isinstance(act, Words) and event.place.private and (typed := _CODE.fullmatch(act.text)):
        return typed[1] or typed[2]
    if isinstance(act, Slash):
        name, _, code = act.line.strip().partition(" ")
        return code.strip() if name.casefold() == "join" and code.strip() else None
    return None


def _answer(receipt: Receipt) -> Answer:
    reply = receipt.reply
    return Answer(card_json(reply.card) if reply.card else None, reply.token, reply.problems, receipt.new)


def _known(tx: Tx, tenant_id: str, who: Who) -> Known | None:
    person = people.identified(tx, tenant_id, who.platform, identity_space(who), who.user)
    thread = people.chat_of(tx, tenant_id, person) if person else ""
    if not thread:
        return None
    return Known(tenant_id, person, thread, not people.is_candidate(tx, tenant_id, person))


def _newest_tenant(tx: Tx, who: Who) -> str:
    """Of a user whom several tenants know, the tenant that met them last."""
    where = {"platform": who.platform, "workspace": "", "user_ref": who.user}
    found = tx.find(Identity, where, "-created_at", 1)
    return found[0]["tenant_id"] if found else ""


def _asked(tx: Tx, known: Known, message: str) -> str | None:
    """The question that was on the person's screen when they wrote: the last that stands above their message.

    None where that can't be told (one is on its way this very moment): the words then belong to the open one.
    """
    here, platform = position(message), message.partition(":")[0]
    for row in queries.newest_questions(tx, known.tenant_id, known.thread_id):
        if row["state"] == "sending":
            return None
        if row["platform_id"].partition(":")[0] != platform:
            return None
        if position(row["platform_id"]) < here:
            return row["token"]
    return None
