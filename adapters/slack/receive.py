"""Receiving: one verified payload, kept first and acknowledged then.

An event is acknowledged when `Port.receive` has returned; until then Slack sends it again. An interaction has three
seconds and is not repeated: after two it is acknowledged with what there is, and its answer follows.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Coroutine
from typing import Any, cast

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.contract import Answer, Form, Incoming, Port, Slash, Unavailable, Who
from adapters.slack import interactions, parse, render, views, words
from adapters.slack.clients import Clients, log
from adapters.slack.courtesy import Courtesies
from adapters.slack.files import Files
from adapters.slack.parse import Fill, Found, Gone, Opened, Parsed, Payload, Unread
from adapters.slack.people import People
from adapters.slack.send import Sender, body
from flows.cards import Card, from_json

_PATIENCE = 2.0  # seconds until an interaction is acknowledged without its answer
BAD = (LookupError, TypeError, ValueError, AttributeError)
Ack = dict[str, Any] | str


class Turns:
    """One at a time per person, in the order they came."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @contextlib.asynccontextmanager
    async def of(self, key: str) -> AsyncGenerator[None]:
        lock, waiting = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks.pop(key)
            if waiting > 1:
                self._locks[key] = (lock, waiting - 1)


class Receiver:
    """Takes payloads for the adapter. `tasks` is what is still under way after an acknowledgement."""

    def __init__(self, port: Port, clients: Clients, sender: Sender, courtesies: Courtesies) -> None:
        self._port = port
        self._clients = clients
        self._sender = sender
        self._courtesies = courtesies
        self.people = People(clients)
        self.files = Files(clients)
        self.turns = Turns()
        self.tasks: set[asyncio.Task[Any]] = set()
        self.threads: dict[str, tuple[str, str]] = {}  # address -> (channel, ts) of the last message said there

    async def take(self, req: AsyncBoltRequest) -> BoltResponse:
        """A global middleware of Bolt, and its last: nothing else listens."""
        payload = req.body
        team = str(req.context.team_id or "")
        try:
            found = await self._parsed(payload, team)
        except BAD:
            log.warning("slack_bad_payload %s", _id(payload))
            return _ack(words.TROUBLE if "command" in payload else "")
        if payload.get("type") == "event_callback":
            for one in found:
                await self._event(one)
            return _ack()
        return _ack(await self._interaction(found[0])) if found else _ack()

    async def surprised(self, error: Exception, payload: Payload) -> BoltResponse:
        """What goes wrong beyond a bad payload. The store being shut: Slack must send it again, or the person is told."""
        sentence = _sorry(error, _id(payload))
        if payload.get("type") == "event_callback":
            return BoltResponse(status=503, body="") if isinstance(error, Unavailable) else _ack()
        if "command" in payload:
            return _ack({"response_type": "ephemeral", "text": sentence})
        try:
            found = interactions.interaction(payload, str(payload["team"]["id"]))
        except BAD:
            return _ack()
        if isinstance(found, Found) and isinstance(found.act, Form):
            return _ack(_errors(found, {"": sentence}))
        if isinstance(found, Found):
            self.later(self._courtesies.answer(found, Answer({"text": sentence})))
        return _ack()

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Something to do after the acknowledgement."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    async def said_before(self, team: str, channel: str, bot_user: str, message: Payload) -> None:
        """A message of a private chat's history. A wording that is newer than what we have is passed on as such."""
        whole = {**message, "type": "message", "channel": channel, "channel_type": "im"}
        await self.files.describe(team, whole)
        for one in parse.message(whole, "", team, bot_user, self.files.fetcher):
            if not isinstance(one, Found):
                continue
            answer = await self._receive(one, await self.people.who(one.sender))
            edited = message.get("edited")
            if edited and not answer.new:
                change = {**whole, "subtype": "message_changed", "message": whole, "previous_message": {}}
                for again in parse.message(change, "", team, bot_user, self.files.fetcher):
                    if isinstance(again, Found):
                        await self._receive(again, await self.people.who(again.sender))

    async def _parsed(self, payload: Payload, team: str) -> list[Parsed]:
        if payload.get("type") == "event_callback":
            kind = payload["event"]["type"]
            home = None if kind in ("app_uninstalled", "tokens_revoked") else await self._clients.of(team)
            if home is None and kind not in ("app_uninstalled", "tokens_revoked"):
                return []
            bot_user = home.installation.bot_user if home else ""
            await self.files.describe(team, payload["event"])
            return parse.event(payload, team, bot_user, self.files.fetcher)
        if await self._clients.of(team) is None:
            return []
        found = interactions.slash(payload, team) if "command" in payload else interactions.interaction(payload, team)
        return [found] if found else []

    async def _event(self, one: Parsed) -> None:
        """One event, until it is durable. Raises `Unavailable`."""
        match one:
            case Gone(team):
                await self._port.uninstall("slack", team)
                self._clients.forget(team)
            case Opened(sender):
                card = await self._port.home(await self.people.who(sender))
                self.later(self._courtesies.publish(sender.team, sender.user, card))
            case Unread(sender):
                self.later(self._courtesies.unread(sender.team, sender.user))
            case Found():
                answer = await self._receive(one, await self.people.who(one.sender))
                self.later(self._courtesies.answer(one, answer))
            case Fill():
                raise TypeError("a button is no event")

    async def _receive(self, found: Found, who: Who) -> Answer:
        if found.place.private and found.reply.channel[:1] == "D":
            self._sender.met(found.place.address, found.reply.channel)
            if found.id[:2] == "m/":
                self.threads[found.place.address] = (found.reply.channel, found.reply.thread or found.id.split("/")[2])
        return await self._port.receive(Incoming(found.id, who, found.place, found.act))

    async def _interaction(self, one: Parsed) -> Ack:
        if isinstance(one, Fill):
            self.later(self._fill(one))
            return ""
        if not isinstance(one, Found):
            return ""
        if isinstance(one.act, Slash) and self._port.opens_form(one.act.line):
            self.later(self._form_command(one))
            return ""
        work = asyncio.create_task(self._answered(one))
        self.tasks.add(work)
        work.add_done_callback(self.tasks.discard)
        done, _ = await asyncio.wait({work}, timeout=_PATIENCE)
        if done and not (isinstance(one.act, Form) and (work.result()[1].card or {}).get("files")):
            return self._prompt(one, work.result()[1])
        self.later(self._follow(one, work))
        return {"response_action": "update", "view": views.waiting(words.SAVING)} if isinstance(one.act, Form) else ""

    async def _answered(self, one: Found) -> tuple[Who, Answer]:
        who = await self.people.who(one.sender)
        return who, await self._receive(one, who)

    def _prompt(self, one: Found, answer: Answer) -> Ack:
        """The answer inside the acknowledgement, where it fits there; else after it."""
        if not answer.new:
            return ""
        if isinstance(one.act, Form):
            return _form_ack(one, answer)
        card = from_json(answer.card) if answer.card is not None else None
        if isinstance(one.act, Slash) and card is not None and not (card.fields or card.files):
            shown = render.messages(card, answer.token)
            if len(shown) == 1:
                return {"response_type": "ephemeral", **body(shown[0])}
        self.later(self._courtesies.answer(one, answer))
        return ""

    async def _follow(self, one: Found, work: asyncio.Task[tuple[Who, Answer]]) -> None:
        """The answer comes after the acknowledgement."""
        await asyncio.wait({work})
        if (error := work.exception()) is not None:
            await self._courtesies.answer(one, Answer({"text": _sorry(error, one.id)}))
            return
        who, answer = work.result()
        if isinstance(one.act, Form):
            await self._courtesies.late_form(one, answer, who, (one.act.token, one.act.fields))
        else:
            await self._courtesies.answer(one, answer)

    async def _fill(self, fill: Fill) -> None:
        """The form behind a button. The modal comes first: asking for the form may take longer than a trigger lives."""
        team = fill.sender.team
        held = await self._courtesies.open(team, fill.reply.trigger, views.waiting())
        if not held:
            await self._courtesies.note(team, fill.sender.user, fill.reply, Card(words.TOO_LATE))
            return
        try:
            card = await self._port.form(await self.people.who(fill.sender), fill.token)
        except Unavailable:
            await self._courtesies.change(team, held, views.waiting(words.UNAVAILABLE))
            return
        view = views.form(from_json(card), fill.token) if card is not None else views.waiting(words.FORM_CLOSED)
        await self._courtesies.change(team, held, view)

    async def _form_command(self, one: Found) -> None:
        """A command that is answered with a form: the modal is opened at once, since its trigger lives three seconds."""
        team = one.sender.team
        held = await self._courtesies.open(team, one.reply.trigger, views.waiting())
        if not held:
            await self._courtesies.note(team, one.sender.user, one.reply, Card(words.TOO_LATE_COMMAND))
            return
        try:
            _, answer = await self._answered(one)
        except Unavailable:
            await self._courtesies.change(team, held, views.waiting(words.UNAVAILABLE))
            return
        card = from_json(answer.card) if answer.card is not None else Card(words.FORM_CLOSED)
        card = await self._courtesies.without_files(one, card)
        await self._courtesies.change(team, held, views.of(card, answer.token))

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("slack_courtesy_failed %s", type(error).__name__)


def person(payload: Payload) -> str:
    """Whose turn it is: the one part of a payload that is read before it is parsed, so it may be anything."""
    held = _dict(payload.get("event")) or payload
    for key in ("message", "previous_message"):
        held = held if "user" in held else _dict(held.get(key)) or held
    user = held.get("user") or held.get("user_id")
    return str(_dict(user).get("id") or user)


def _dict(value: object) -> Payload:
    return cast("Payload", value) if isinstance(value, dict) else {}


def _sorry(error: BaseException, id: str) -> str:
    """What to tell the person. A surprise is written to the log, by its kind and the payload's id."""
    if isinstance(error, Unavailable):
        return words.UNAVAILABLE
    log.error("slack_surprise %s %s", type(error).__name__, id)
    return words.TROUBLE


def _form_ack(one: Found, answer: Answer) -> Ack:
    if answer.problems:
        return _errors(one, answer.problems)
    if answer.card is not None:
        return {"response_action": "update", "view": views.of(from_json(answer.card), answer.token)}
    return ""


def _errors(one: Found, problems: dict[str, str]) -> Ack:
    """Sentences beside their fields; what belongs to no field of this form is said at the first."""
    inputs = one.reply.inputs
    if not inputs:
        return {"response_action": "update", "view": views.waiting(" ".join(problems.values()))}
    placed: dict[str, str] = {}
    for key, sentence in problems.items():
        at = key if key in inputs else inputs[0]
        placed[at] = f"{placed[at]} {sentence}" if at in placed else sentence
    return {"response_action": "errors", "errors": placed}


def _ack(reply: Ack = "") -> BoltResponse:
    return BoltResponse(status=200, body=reply)


def _id(payload: Payload) -> str:
    """Names a payload in the log: Slack's own id, never words."""
    return str(payload.get("event_id") or payload.get("trigger_id") or payload.get("type") or "?")[:60]
