"""The one way in: dedupe, load the chat, take the turn, commit; only then is anybody told.

A turn is prepared outside the transaction (the screenplay is pure) and written with a
compare-and-set on the chat's version. The chat's own lock makes turns in this process queue up; the
compare-and-set catches another process, and the turn is then simply prepared again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import blake2s
from time import perf_counter
from typing import Any, Protocol, cast
from weakref import WeakValueDictionary

from bot import people, threads
from bot.clock import Clock
from bot.ids import Ids
from bot.keyring import Keyring
from bot.log import get
from bot.mail import Mail
from bot.metrics import TURN_SECONDS, TURNS
from bot.scene import VIDEO, After, Reply, Scene, stored
from bot.store.rows import Conversation, Inbox, JournalEntry, Utterance
from bot.store.store import Conflict, Lru, Row, Store, Tx
from bot.threads import Conv, ThreadState
from flows import events
from flows.cards import Card
from flows.cards import from_json as card_from
from flows.engine import Acting, Turn, Waiting, turn
from flows.events import Edited, Happening, Returned, Said, Tapped
from flows.ledger import Journal
from flows.practice.before import PRIVATE
from flows.registry import Flow, Playbill
from flows.requests import Transcribe, encode_request, encode_result
from flows.speaking import BESIDE
from flows.words import en as words
from flows.words import panel_en
from flows.words.practice_en import wanted as practice_wanted

log = get("inbox")
_TRIES = 6
_CACHED_CHATS = 512
_TOLD = {
    "answer": "answered",
    "result": "returned",
    "worded": "worded",
}  # entries of a journal that others can hear of, by kind

Deed = Callable[[Scene, Mail], None]
Effect = Callable[[Scene, Conv, dict[str, Any], Any], None]
Instant = Callable[..., Any]  # (tx, *, conv, request) -> result; reads only


class Casting(Protocol):
    """Turns a conversation's stored arguments into what its screenplay takes (a kit by name, say)."""

    def args(self, tenant_id: str, flow: str, stored: dict[str, Any]) -> dict[str, Any]: ...

    def begun(self, tenant_id: str, flow: str, stored: dict[str, Any]) -> dict[str, Any]:
        """The arguments to store for a conversation that begins now: with what must stay as it is at this moment."""
        ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a letter. `reply`: what the person who wrote it should see at once, if anything."""

    new: bool
    reply: Reply


@dataclass(slots=True)
class _Plan:
    """A prepared turn: everything but the writing."""

    conv: Conv | None = None
    begun: bool = False
    turn: Turn | None = None
    said: Said | Edited | None = None
    values: Row = field(default_factory=lambda: {})
    live: tuple[str, str] | None = None
    acting: Acting | None = None


class Intake:
    """Takes letters. `deeds` handle what is not a conversation, `effects` what facts mean to others."""

    def __init__(
        self,
        store: Store,
        keys: Keyring,
        ids: Ids,
        clock: Clock,
        playbill: Playbill,
        casting: Casting,
        deeds: dict[str, Deed],
        effects: dict[str, Effect],
        instant: dict[str, Instant],
        ready: Callable[[str], bool],
        done: Callable[[str, After], None],
    ) -> None:
        self.store, self.keys, self.ids, self.clock = store, keys, ids, clock
        self.playbill, self.casting = playbill, casting
        self.deeds, self.effects, self.instant = deeds, effects, instant
        self.ready, self.done = ready, done
        # Do words mean something by themselves, where nothing goes on but a conversation that rests (words, its flow); and
        # what is begun then. Set by the wiring.
        self.orders: Callable[[str, str], bool] = lambda text, flow: False
        self.spoken: Callable[[Scene, str], bool] = lambda scene, text: False
        # Do they mean that even where this flow's question is open? Set by the wiring.
        self.beside: Callable[[str, str], bool] = lambda text, flow: False
        # A recording has come that will be listened to: (scene, its conversation, the letter). Set by the wiring.
        self.recorded: Callable[[Scene, Row, Mail], None] = lambda scene, conv, mail: None
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._cache: Lru[ThreadState] = Lru(_CACHED_CHATS)

    async def receive(self, mail: Mail) -> Receipt:
        """Take one letter; returns once it is durable. Raises `threads.NoSuchThread`, `StoreUnavailable`."""
        lock = self._locks.setdefault(mail.thread_id, asyncio.Lock())
        async with lock:
            started = perf_counter()
            try:
                state, plan, after = await self._taken(mail, _TRIES)
            except BaseException:
                self._cache.pop(mail.thread_id, None)  # whatever went wrong: what is stored is the truth
                raise
            if after is None:
                return Receipt(False, Reply())
            self._keep(state, plan, after)
            self.done(mail.thread_id, after)
            TURNS.inc()
            TURN_SECONDS.observe(perf_counter() - started)
            return Receipt(True, after.reply or Reply(problems=plan.turn.reply if plan.turn else {}))

    async def _taken(self, mail: Mail, tries: int) -> tuple[ThreadState, _Plan, After | None]:
        """Prepare and write one turn; again from the start when another process was first."""
        state = await self._load(mail)
        plan = await self._prepare(state, mail)
        try:
            return state, plan, await self.store.commit(lambda tx: self._write(tx, state, plan, mail))
        except Conflict:
            if tries == 1:
                raise
        self._cache.pop(mail.thread_id, None)
        return await self._taken(mail, tries - 1)

    async def waiting(self, tenant_id: str, thread_id: str) -> Waiting | None:
        """What the chat waits for now (for a page that has just been opened)."""
        async with self._locks.setdefault(thread_id, asyncio.Lock()):
            state = await self._load(Mail(tenant_id, "", "", thread_id, "", 0))
            conv = self._active(state)
            if conv is not None and conv.waiting is None and conv.row["token"]:
                conv.waiting = turn(self._flow(conv), conv.journal, None, None, conv.row["last_at"]).waiting
            return None if conv is None else conv.waiting

    def last_seq(self, thread_id: str) -> int:
        """The position of what was written last in a chat that has just been worked on."""
        state = self._cache.take(thread_id)
        return state.row["next_seq"] - 1 if state else 0

    def forget(self, thread_id: str) -> None:
        """Drop what is cached of a chat."""
        self._cache.pop(thread_id, None)

    # -- preparing ------------------------------------------------------------------------------------

    async def _load(self, mail: Mail) -> ThreadState:
        state = self._cache.take(mail.thread_id)
        if state is None or state.row["tenant_id"] != mail.tenant_id:
            state = await self.store.read(lambda tx: threads.load(tx, self.keys, mail.tenant_id, mail.thread_id))
            self._cache.keep(mail.thread_id, state)
        return state

    async def _prepare(self, state: ThreadState, mail: Mail) -> _Plan:
        if mail.kind == "begin":
            conv = self._new_conversation(state, mail)
            if any(self._same(c, conv) for c in state.convs.values()):
                return _Plan()  # a button pressed twice: one is open already
            return await self._play(conv, None, None, mail.at, begun=True)
        if mail.kind != "happening":
            return _Plan()
        happening = self._happening(mail)
        conv = self._addressee(state, happening, mail)
        if conv is None:
            return _Plan()
        return await self._play(conv, mail.data.get("asked"), happening, mail.at)

    def _happening(self, mail: Mail) -> Happening:
        data = {k: v for k, v in mail.data["event"].items() if k != "asked"}
        return events.from_json({**data, "at": mail.at})

    def _addressee(self, state: ThreadState, happening: Happening, mail: Mail) -> Conv | None:
        named = mail.data.get("conversation")
        if named:
            return state.convs.get(named)
        token = happening.token if isinstance(happening, Tapped) else mail.data.get("asked")
        active = self._active(state)
        if active is not None and (text := _meant(happening)):
            means = self.orders if self._rests(active) else self.beside
            if means(text, active.row["flow"]):
                return None
        return next((c for c in state.convs.values() if token and c.row["token"] == token), active)

    def _rests(self, conv: Conv) -> bool:
        """Does it only wait for the person to come back?"""
        resting = self.playbill.get(conv.row["flow"], conv.row["flow_version"]).resting
        return conv.row["state"] == "parked" or bool(resting and conv.row["step"].partition("#")[0] == resting)

    def _active(self, state: ThreadState) -> Conv | None:
        """Whom words belong to that name no question: the newest conversation, and rather one that isn't in passing.

        Where that one only rests, they belong to whichever spoke last: "on my way" is no answer to a rest.
        """
        newest = list(reversed(state.convs.values()))
        main = (c for c in newest if not self.playbill.get(c.row["flow"], c.row["flow_version"]).in_passing)
        awake = next((c for c in main if not self._rests(c)), None)
        return awake or max(newest, key=lambda c: c.row["last_at"], default=None)

    async def _play(
        self, conv: Conv, asked: str | None, happening: Happening | None, at: int, begun: bool = False
    ) -> _Plan:
        flow = self._flow(conv)
        said = happening if isinstance(happening, Said | Edited) else None
        journal, acting = conv.journal, conv.acting
        conv.acting = None  # until this turn is committed nobody may go on from it
        acting, last = _act(acting, flow, journal, asked, happening, at)
        total = last
        while last.calls:
            key, request = last.calls[-1]
            instant = self.instant.get(type(request).__name__)
            if instant is None:
                break
            journal = _extended(journal, last, said if last is total else None)
            value = await self.store.read(partial(instant, conv=Conv(conv.row, conv.args, journal, 0), request=request))
            acting, last = _act(acting, flow, journal, None, Returned(key, encode_result(value), at), at)
            total = _joined(total, last)
        return _Plan(conv, begun, total, said, acting=acting)

    def _flow(self, conv: Conv) -> Flow:
        play = self.playbill.get(conv.row["flow"], conv.row["flow_version"])
        return Flow(play, conv.id, self.casting.args(conv.row["tenant_id"], play.name, conv.args))

    @staticmethod
    def _same(one: Conv, other: Conv) -> bool:
        """The same conversation about the same thing: an interview may have several appointments."""
        about = [(c.row["flow"], c.row["interview_id"], c.args.get("appointment")) for c in (one, other)]
        return about[0] == about[1]

    def _new_conversation(self, state: ThreadState, mail: Mail) -> Conv:
        play = self.playbill.newest(mail.data["flow"])
        row: Row = {
            "tenant_id": mail.tenant_id,
            "id": self.ids.new("c"),
            "thread_id": mail.thread_id,
            "flow": play.name,
            "flow_version": play.version,
            "interview_id": mail.data.get("interview_id", ""),
            "subject_id": mail.data.get("subject_id") or state.row["subject_id"],
            "sealed": b"",
            "state": "open",
            "step": "",
            "token": "",
            "entries": 0,
            "opened_at": mail.at,
            "last_at": mail.at,
        }
        return Conv(row, self.casting.begun(mail.tenant_id, play.name, mail.data["args"]), Journal(), 0)

    # -- writing --------------------------------------------------------------------------------------

    def _write(self, tx: Tx, state: ThreadState, plan: _Plan, mail: Mail) -> After | None:
        self.keys.load(tx, mail.tenant_id, state.row["subject_id"])
        if mail.ours:
            key = {"tenant_id": mail.tenant_id, "source": mail.source, "event_id": mail.event_id}
            # What was carried is in the journal and the outbox now; the letter itself is no longer needed.
            if tx.change(Inbox, {**key, "state": "pending"}, {"state": "done", "body": None}) != 1:
                return None
        elif not tx.add(Inbox, stored(mail, self.keys, state.row["subject_id"])):
            return None
        moves = self._follow(state.row, mail)
        ready = not moves and self.ready(mail.thread_id)
        scene = Scene(tx, self.keys, self.ids, state.row, mail.at, ready)
        scene.after.chat = moves
        if plan.turn is not None and plan.conv is not None:
            self._write_turn(scene, plan.conv, plan, mail)
        elif mail.kind in self.deeds:
            self.deeds[mail.kind](scene, mail)
        elif mail.kind == "happening":
            self._nobody_home(scene, state, mail)
        return scene.close()

    @staticmethod
    def _follow(chat: Row, mail: Mail) -> Row:
        """What changes about a chat because its person is (again) to be found where this letter came from."""
        if not mail.address:
            return {}
        here = {"platform": mail.source, "address": mail.address, "blocked": ""}
        return here if any(chat[k] != v for k, v in here.items()) else {}

    def _write_turn(self, scene: Scene, conv: Conv, plan: _Plan, mail: Mail) -> None:
        tx, t, row = scene.tx, cast("Turn", plan.turn), conv.row
        tenant, subject = row["tenant_id"], row["subject_id"]
        self.keys.load(tx, tenant, subject)
        if mail.kind == "happening":
            self._keep_words(scene, conv, t, mail)
        tx.insert(
            JournalEntry,
            [
                {
                    "tenant_id": tenant,
                    "conversation_id": conv.id,
                    "n": conv.n + i,
                    "key": e.key,
                    "kind": e.kind,
                    "body": None if e.value is None else self.keys.seal(tenant, subject, e.value),
                    "at": e.at,
                }
                for i, e in enumerate(t.entries)
            ],
        )
        for token, chosen in t.settled:
            if conv.live and conv.live[0] == token:
                scene.edit(conv.live[1], None, chosen=chosen, token=token, subject_id=subject)
        asked = self._show(scene, conv, t)
        self._timers(scene, conv, t)
        waiting = t.waiting
        values = {
            "state": t.state,
            "step": waiting.key if waiting else "",
            "token": waiting.token if waiting else "",
            "entries": conv.n + len(t.entries),
            "last_at": mail.at,
        }
        if plan.begun:
            tx.insert(Conversation, {**row, **values, "sealed": self.keys.seal(tenant, subject, conv.args)})
        else:
            tx.change(Conversation, {"tenant_id": tenant, "id": conv.id}, values)
        for key, request in t.calls:
            if type(request).__name__ not in self.instant:
                scene.work(
                    type(request).__name__,
                    encode_request(request),
                    conversation_id=conv.id,
                    interview_id=row["interview_id"],
                    subject_id=subject,
                    step=key,
                )
        for u, text in t.words:
            self._keep_spoken(scene, conv, t, u, text, mail)
        for entry in t.entries:
            told = self.effects.get(f"{row['flow']}:{_TOLD.get(entry.kind, '')}")
            if told is not None:
                told(scene, conv, {"key": entry.key, "value": entry.value}, t.result)
        for fact in t.facts:
            about = "" if fact.name in PRIVATE else row["interview_id"]
            scene.fact(fact.name, about, conv.id, scene.thread["person_id"], **fact.data)
            if fact.name in self.effects:
                self.effects[fact.name](scene, conv, fact.data, t.result)
        if t.state != row["state"] and f"{row['flow']}:{t.state}" in self.effects:
            self.effects[f"{row['flow']}:{t.state}"](scene, conv, {}, t.result)
        plan.values, plan.live = values, asked

    def _show(self, scene: Scene, conv: Conv, t: Turn) -> tuple[str, str] | None:
        live: tuple[str, str] | None = None
        # A page shows the helpers of an open question apart from it; elsewhere they are buttons, which go when it is answered.
        apart = scene.after.chat.get("platform", scene.thread["platform"]) != people.WEB
        for s in t.shown:
            aids = _aids(t.waiting) if t.waiting and s.token == t.waiting.token else ()
            message = scene.show(
                s.card,
                subject_id=conv.row["subject_id"],
                conversation_id=conv.id,
                interview_id=conv.row["interview_id"],
                step=s.key,
                token=s.token,
                aids=aids,
            )
            if s.key.startswith(BESIDE):
                continue  # its buttons are about a recording: they work on when the question has been answered
            if s.token and (s.card.options or s.card.fields or (aids and apart)):
                live = (s.token, message)
        return live

    def _keep_words(self, scene: Scene, conv: Conv, t: Turn, mail: Mail) -> None:
        event = mail.data["event"]
        if event["kind"] == "spoke":
            # Only what is going to be listened to is kept: the screenplay may have said no.
            if any(isinstance(r, Transcribe) and r.utterance == event["id"] for _, r in t.calls):
                self.recorded(scene, conv.row, mail)
            return
        if event["kind"] not in ("said", "edited"):
            return
        u = event["id"]
        step = next((e.key for e in t.entries if e.kind == "part" and e.value == u), "")
        if not step:
            step = next(
                (e.key for e in t.entries if e.kind == "answer" and e.data.get("question", {}).get("u") == u), ""
            )
        apart = any(f.name in PRIVATE for f in t.facts)
        about = {**conv.row, "interview_id": ""} if apart else conv.row
        keep_words(scene, u, len(conv.journal.told.get(u, ())), event["text"], mail, about, step)

    def _keep_spoken(self, scene: Scene, conv: Conv, t: Turn, u: str, text: str, mail: Mail) -> None:
        """Write down what a recording says, or how that was corrected: the words of the person of this chat."""
        before = len(conv.journal.told.get(u, ())) + sum(
            1 for known, _ in t.words[: t.words.index((u, text))] if known == u
        )
        step = next((e.key for e in t.entries if e.kind == "part" and e.value == u), "")
        keep_words(scene, u, before, text, replace(mail, person_id=scene.thread["person_id"]), conv.row, step)

    def _timers(self, scene: Scene, conv: Conv, t: Turn) -> None:
        """The timers of a conversation are exactly the wakes of its last turn."""
        for about in conv.timers - {w.about for w in t.wakes}:
            scene.no_timer(conv.id, about)
        for w in t.wakes:
            scene.timer(conv.id, w.about, w.at, w.token)

    def _nobody_home(self, scene: Scene, state: ThreadState, mail: Mail) -> None:
        """Something was said to a chat in which nothing is going on: keep it, and answer kindly."""
        event = mail.data["event"]
        if mail.ours:
            # A timer or a result for a conversation that has ended is nothing; a teammate's words are shown.
            if "otherwise" in mail.data:
                scene.show(card_from(mail.data["otherwise"]))
            return
        if event["kind"] == "said":
            about = None if practice_wanted(event["text"]) else state.last_ended
            keep_words(scene, event["id"], 0, event["text"], mail, about)
            if self.spoken(scene, event["text"]):
                return
        if event["kind"] == "tapped" and (text := _helper(event["option"])) and self.spoken(scene, text):
            return
        if event["kind"] in ("said", "spoke", "tapped", "submitted", "commanded"):
            candidate = people.is_candidate(scene.tx, scene.tenant_id, scene.thread["person_id"])
            over = words.NOTHING_BOOKED if state.convs else words.OVER
            scene.show(Card(over if candidate else panel_en.NO_COMMAND_HERE, tone="aside"))

    # -- after ----------------------------------------------------------------------------------------

    def _keep(self, state: ThreadState, plan: _Plan, after: After) -> None:
        """Bring the cached chat up to what was just committed."""
        state.row = {**state.row, "version": state.row["version"] + 1, "next_seq": after.seq, **after.chat}
        conv, t = plan.conv, plan.turn
        if conv is None or t is None:
            return
        conv.journal = _extended(conv.journal, t, plan.said)
        conv.n += len(t.entries)
        conv.row = {**conv.row, **plan.values}
        conv.live = plan.live or conv.live
        conv.timers = {w.about for w in t.wakes}
        conv.waiting = t.waiting
        conv.acting = plan.acting
        if conv.row["state"] == "ended":
            state.convs.pop(conv.id, None)
            state.last_ended = conv.row
        else:
            state.convs[conv.id] = conv


def keep_words(
    scene: Scene, u: str, version: int, text: str, mail: Mail, conv: Row | None, step: str = "", reply_to: str = ""
) -> None:
    """Write down what a person said, sealed, at its place in the chat."""
    subject = conv["subject_id"] if conv else scene.thread["subject_id"]
    scene.keys.load(scene.tx, scene.tenant_id, subject)
    row: Row = {"tenant_id": scene.tenant_id, "id": u, "version": version, "thread_id": scene.thread["id"]}
    row |= {"conversation_id": conv["id"] if conv else "", "interview_id": conv["interview_id"] if conv else ""}
    row |= {"person_id": mail.person_id, "subject_id": subject, "step": step, "reply_to": reply_to, "at": mail.at}
    body = scene.keys.seal(scene.tenant_id, subject, text)
    scene.tx.add(Utterance, {**row, "seq": scene.next_seq(), "body": body})


def _meant(happening: Happening) -> str:
    """What somebody wrote, or the helper beside the question that they pressed, as its word; "" for anything else."""
    if isinstance(happening, Said):
        return happening.text
    return _helper(happening.option) if isinstance(happening, Tapped) else ""


def _helper(option: str) -> str:
    return option.removeprefix("~") if option.startswith("~") else ""


def _aids(waiting: Waiting) -> tuple[str, ...]:
    """What stands beside the composer on a page, for chats that have no such place."""
    filmed = waiting.speech is not None and "video" in waiting.speech.forms
    tools = (o.id.removeprefix("~") for o in waiting.tools)
    return (*(("done",) if waiting.done else ()), *tools, *((VIDEO,) if filmed else ()))


def utterance_id(thread_id: str, event_id: str) -> str:
    """The id of what was said in an event: the same when the event comes twice, and no other chat's."""
    return "u_" + blake2s(f"{thread_id}/{event_id}".encode(), digest_size=10).hexdigest()


def _act(
    acting: Acting | None, flow: Flow, journal: Journal, asked: str | None, happening: Happening | None, at: int
) -> tuple[Acting, Turn]:
    """A turn, going on from the one before where that is at hand: replaying was a third of a turn's cost."""
    if acting is not None and happening is not None and acting.goes_on(flow):
        return acting, acting.more(asked, happening)
    acting = Acting(flow, journal, at)
    return acting, acting.play(asked, happening)


def _extended(journal: Journal, t: Turn, happening: Happening | None) -> Journal:
    told = journal.told
    if isinstance(happening, Said | Edited):
        told = {**told, happening.id: [*told.get(happening.id, ()), happening.text]}
    for u, text in t.words:
        told = {**told, u: [*told.get(u, ()), text]}
    return Journal([*journal.entries, *t.entries], told)


def _joined(first: Turn, then: Turn) -> Turn:
    """Two turns of one transaction as one."""
    return Turn(
        first.entries + then.entries,
        first.shown + then.shown,
        tuple(c for c in first.calls[:-1]) + then.calls,
        first.facts + then.facts,
        first.settled + then.settled,
        then.waiting,
        then.wakes,
        then.state,
        then.result,
        {**first.reply, **then.reply},
        first.words + then.words,
    )
