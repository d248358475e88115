"""What somebody we know does: their words, edits, taps, forms, commands and files, each as a letter to the right chat."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

from adapters.contract import (
    PIECES,
    Answer,
    Form,
    Incoming,
    Recorded,
    Rewording,
    Slash,
    Takeback,
    Tap,
    Unfetchable,
    Upload,
    Words,
    beside,
    piece,
)
from adapters.web import render
from bot import people
from bot.desk.desk import is_desk, parted
from bot.inbox import Receipt, utterance_id
from bot.log import get
from bot.mail import MORE
from bot.reception.asking import Asking
from bot.reception.chats import Chats
from bot.reception.known import Known
from bot.reception.parts import Parts
from bot.store import queries
from bot.store.rows import Recording, Utterance
from bot.store.store import Row, Tx
from flows.cards import Card
from flows.cards import to_json as card_json
from flows.repair import intent
from flows.words import reception_en as words

log = get("reception")
_FORM_SECONDS = 1.5  # of the three that a trigger lives
_MOST_FILE = 1024 * 1024
_COMMANDS = ("/interview", "interview ", "parley ")
_FOR_PLACE = ("new", "channel")  # commands that mean the channel they are given in


def refused(event: Incoming, say: Card) -> Answer:
    """Say no kindly; that it happened is logged, and never what was said."""
    who, act = event.who, type(event.act).__name__.lower()
    log.warning("refused", platform=who.platform, workspace=who.workspace, act=act)
    return Answer(card_json(say))


class Acts:
    """Takes what a known person does, by its kind."""

    def __init__(self, parts: Parts, chats: Chats, asking: Asking) -> None:
        self.parts, self.chats, self.asking = parts, chats, asking
        self.store, self.intake, self.web = parts.store, parts.intake, parts.web
        self._handlers: dict[type, Callable[[Incoming, Known], Awaitable[Answer]]] = {
            Words: self._words,
            Rewording: self._changed,
            Takeback: self._changed,
            Tap: self._tap,
            Form: self._form,
            Slash: self._slash,
            Upload: self._upload,
        }

    async def take(self, event: Incoming, known: Known) -> Answer:
        """Take one act of somebody we know; returns once it is durable."""
        return await self._handlers[type(event.act)](event, known)

    # -- words ----------------------------------------------------------------------------------------

    async def _words(self, event: Incoming, known: Known) -> Answer:
        said = cast("Words", event.act)
        if not event.place.private:
            return await self._reply_in_channel(event, known, said)
        u = utterance_id(known.thread_id, said.message)
        data: dict[str, Any] = {"event": {"kind": "said", "id": u, "text": said.text}}
        if known.member and said.text.lstrip().casefold().startswith(_COMMANDS):
            return _answer(await self.parts.mail(event, known.thread_id, "command", data, known))
        if said.text.lstrip().casefold().startswith(_COMMANDS[0]):
            line = said.text.lstrip()[len(_COMMANDS[0]) :].strip()
            if intent(line) is None:
                return Answer(card_json(words.FOR_THE_TEAM))
            data["event"]["text"] = line  # a candidate who writes as the team does means the plain word
        data["asked"] = await self.asking.answered_by(known, said.message)
        receipt = await self.parts.mail(event, known.thread_id, "happening", data, known)
        if receipt.new and self.web.ready(known.thread_id):
            await self._mirror(known, u, said.text)
        return _answer(receipt)

    async def _mirror(self, known: Known, utterance: str, text: str) -> None:
        """Show what was written here on the person's own page, if they have it open beside."""
        name = await self.store.read(lambda tx: people.name_of(tx, self.parts.keys, known.tenant_id, known.person_id))
        seq, at = self.intake.last_seq(known.thread_id), self.parts.clock.now()
        row: Row = {"id": utterance, "at": at, "seq": seq, "reply_to": ""}
        shown = render.utterance(row, text, name, True, editable=False, edited=False)
        self.web.echo(known.thread_id, {**shown, "event": utterance, "by": known.person_id})

    async def _reply_in_channel(self, event: Incoming, known: Known, said: Words) -> Answer:
        """A reply under one of our posts. Anything else that is said in a channel is none of ours."""
        channel = await self.chats.channel(event, known.tenant_id)
        if channel is None or not said.reply_to:
            return Answer()
        target = await self.store.read(lambda tx: queries.message_named(tx, channel, said.reply_to))
        if target is None:
            return Answer()
        if not known.member:
            return refused(event, words.ONLY_TEAM)
        u = utterance_id(channel["id"], said.message)
        data = {"event": {"kind": "said", "id": u, "text": said.text, "reply_to": target}}
        return _answer(await self.parts.mail(event, channel["id"], "said", data, known))

    async def _changed(self, event: Incoming, known: Known) -> Answer:
        """A message was edited or taken back: it must be this person's own, in their own chat."""
        act, answer = cast("Rewording | Takeback", event.act), Answer()
        if not event.place.private:
            return answer
        edited = isinstance(act, Rewording)
        names = [act.message] if edited else _all_of(act.message)
        ours = [utterance_id(known.thread_id, name) for name in names]
        there = await self.store.read(lambda tx: [name for name in ours if _known(tx, known.tenant_id, name)])
        for u in there:
            happening = {"kind": "edited", "id": u, "text": act.text} if edited else {"kind": "removed", "id": u}
            one = replace(event, id=piece(event.id, ours.index(u)))
            answer = _answer(await self.parts.mail(one, known.thread_id, "happening", {"event": happening}, known))
        return answer

    # -- buttons and forms ----------------------------------------------------------------------------

    async def _tap(self, event: Incoming, known: Known) -> Answer:
        tap = cast("Tap", event.act)
        data: dict[str, Any] = {"event": {"kind": "tapped", "token": tap.token, "option": tap.option}}
        if is_desk(tap.token):
            return await self._at_desk(event, known, "act", data)
        if event.place.private:
            kind = "more" if tap.token == MORE else "happening"
            return _answer(await self.parts.mail(event, known.thread_id, kind, data, known))
        channel = await self.chats.channel(event, known.tenant_id)
        if channel is None or not known.member:
            return refused(event, words.NOT_YOURS)
        receipt = await self.parts.mail(event, channel["id"], "tapped", data, known)
        if not receipt.new or receipt.reply.card is not None:
            return _answer(receipt)
        return await self._what_came_of_it(known)

    async def _what_came_of_it(self, known: Known) -> Answer:
        """A post's button often begins something in the person's own chat. If that is a form, it opens at once."""
        await self.parts.runner.letters(known.thread_id, _FORM_SECONDS)
        waiting = await self.intake.waiting(known.tenant_id, known.thread_id)
        card = await self.asking.card_of(known, waiting.token) if waiting else None
        if waiting is None or card is None or not card.get("fields"):
            return Answer(card_json(words.SENT_TO_CHAT))
        return Answer(card, waiting.token)

    async def _form(self, event: Incoming, known: Known) -> Answer:
        form = cast("Form", event.act)
        data: dict[str, Any] = {"event": {"kind": "submitted", "token": form.token, "fields": form.fields}}
        if is_desk(form.token):
            return await self._at_desk(event, known, "form", data)
        return _answer(await self.parts.mail(event, known.thread_id, "happening", data, known))

    # -- orders and files -----------------------------------------------------------------------------

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
            return refused(event, words.NOT_YOURS)
        adapter = self.parts.adapters[event.who.platform]
        data |= {"inline": True, "forms": adapter.capabilities.forms, "place": ""}
        if not event.place.private:
            means_it = kind == "form" or parted(data["event"].get("text", ""))[0] in _FOR_PLACE
            data["place"] = await self.chats.place(event, known, means_it)
        data |= await self.asking.introduced(event, data["event"].get("fields", {}))
        receipt = await self.parts.mail(event, known.thread_id, kind, data, known)
        if receipt.new and kind == "act" and receipt.reply.card is None:
            return await self._what_came_of_it(known)
        return await self.asking.for_pickers(event.who, known, _answer(receipt))

    async def _upload(self, event: Incoming, known: Known) -> Answer:
        """A list of people to invite, from a recruiter. Anything else can't be used yet."""
        file = cast("Upload", event.act)
        if file.recorded is not None and not known.member and event.place.private:
            return await self._recording(event, known, file, file.recorded)
        if not known.member and event.place.private and file.text.strip():  # what was written beside it counts
            taken = await self._words(replace(event, act=Words(file.text, file.message)), known)
            return replace(taken, card=card_json(words.FILE_UNWANTED)) if taken.new else taken
        if file.recorded is not None:
            return Answer(card_json(words.RECORDING_UNWANTED))
        if not known.member or not event.place.private:
            return Answer(card_json(words.FILE_UNWANTED))
        try:
            body = await file.fetch(_MOST_FILE)
        except Unfetchable as problem:
            return Answer(card_json(Card(str(problem), tone="kind_error")))
        data = {"name": file.name, "hex": body.hex()}
        return _answer(await self.parts.mail(event, known.thread_id, "file", data, known))

    async def _recording(self, event: Incoming, known: Known, file: Upload, found: Recorded) -> Answer:
        """A candidate sent a recording. It is fetched later, from its `ref`: a platform waits seconds for its receipt."""
        u = utterance_id(known.thread_id, file.message or event.id)
        spoke = {"kind": "spoke", "id": u, "form": found.form, "seconds": found.seconds, "prepared": found.prepared}
        about = {"ref": found.ref, "name": file.name, "media_type": file.media_type, "size": file.size}
        data: dict[str, Any] = {"event": spoke, "recording": about}
        data["asked"] = await self.asking.answered_by(known, file.message) if file.message else None
        taken = _answer(await self.parts.mail(event, known.thread_id, "happening", data, known))
        if file.text.strip():  # what was written beside it is a message of its own, and known by its own id
            written = replace(event, id=f"{event.id}/text", act=Words(file.text, beside(file.message or event.id)))
            return await self._words(written, known)
        return taken


def _all_of(message: str) -> list[str]:
    """Names of all that may have come with a message."""
    return [message, *(piece(message, n) for n in range(1, PIECES)), beside(message)]


def _known(tx: Tx, tenant_id: str, u: str) -> bool:
    """Did we take a message or a recording by this name?"""
    said = tx.find(Utterance, {"tenant_id": tenant_id, "id": u, "version": 0})
    return bool(said) or tx.one(Recording, tenant_id=tenant_id, id=u) is not None


def _answer(receipt: Receipt) -> Answer:
    reply = receipt.reply
    return Answer(card_json(reply.card) if reply.card else None, reply.token, reply.problems, receipt.new)
