"""The one way out: each lane in order, two-phase, until the platform has it.

pending -> sending -> sent. A row is marked `sending` durably before the platform is called, so that a
crash in between leaves a mark; a row *found* in `sending` is looked up on the platform before it is
sent again. One task per lane; a lane that waits or fails never delays another.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any, cast

from adapters.contract import Audio, ChatAdapter, Delivered, Outcome, Outgoing
from bot.clock import Clock
from bot.keyring import Erased, Keyring
from bot.log import get
from bot.metrics import MESSAGES
from bot.people import WEB
from bot.scene import AIDS, VIDEO
from bot.store import queries
from bot.store.rows import Outbox, Thread
from bot.store.store import Row, Store, StoreUnavailable, Tx
from flows.words import voice_en

log = get("outbox")
_BATCH = 50
_MAX_ATTEMPTS = 12
_LANES = 4096  # what is remembered of idle lanes only saves a look into the store
_FIRST_PAUSE_MS = 500
_LONGEST_PAUSE_MS = 60_000
_LONGEST_OUTAGE_MS = 24 * 3_600_000  # a platform that is down for a night must not cost anybody a message


class _Lane:
    __slots__ = ("again", "at_hand", "complete", "settling", "taken", "task", "untried")

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self.again = False
        # Rows that were just committed: delivered from memory while `complete` says nothing else is due.
        self.at_hand: list[Row] = []
        self.complete = False
        # The last position that was taken from the store. A commit is visible there a moment before its rows are
        # handed to `kick`: such rows must not be delivered twice.
        self.taken = 0
        # All was delivered and is only being marked as sent: the next turn may claim its own rows already.
        self.settling = False
        # Claimed by the turn that made them and then put back: though `sending`, they need no look at the platform.
        self.untried: set[str] = set()

    def put_back(self) -> None:
        """Whatever is at hand is read from the store again when its time comes."""
        self.untried |= {r["id"] for r in self.at_hand if r.get("fresh")}
        self.complete, self.at_hand = False, []


def _name_now(tx: Tx, message: Row) -> str:
    """The platform's name of a message as it stands: an earlier edit may have given it other parts."""
    first = message["platform_id"]
    edits = {"lane": message["lane"], "state": "sent", "target": message["id"], "act": "edit"}
    found = tx.find(Outbox, {"tenant_id": message["tenant_id"], **edits}, "-seq", 1) if first else []
    name = found[0]["platform_id"] if found else ""
    return name if name.partition(":")[0] == first.partition(":")[0] else first


class Deliverer:
    """Drains lanes. `kick` it after a commit, when a listener connects, and for everything at start."""

    def __init__(
        self, store: Store, keys: Keyring, clock: Clock, adapters: dict[str, ChatAdapter], base_url: str = ""
    ) -> None:
        self.store, self.keys, self.clock, self.adapters = store, keys, clock, adapters
        self.base_url = base_url
        # Who is told that a chat can't be reached: (tenant, thread, why). Set by the wiring.
        self.unreachable: Callable[[str, str, str], Awaitable[None]] = _nobody
        # Who is told that it can be again, though its platform said nothing: (tenant, thread).
        self.reachable: Callable[[str, str], Awaitable[None]] = _nobody
        # What goes with a message to be listened to: (its row, its card). Set by the wiring.
        self.sounds: Callable[[Row, dict[str, Any] | None], Awaitable[tuple[Audio, ...]]] = _silence
        self._lost: set[str] = set()  # lanes that nothing reached when we last tried
        # Who else shows what was delivered: a page that is open beside another platform.
        self.mirror: Callable[[Outgoing], Awaitable[None]] = _nobody
        self._lanes: dict[str, _Lane] = {}
        self._chats: dict[str, tuple[str, str, str]] = {}  # lane -> (tenant, platform, address)
        self._closing = False

    def ready(self, thread_id: str) -> bool:
        """Is the lane idle, with nothing queued before, and somebody there to take a message?"""
        lane, chat = self._lanes.get(thread_id), self._chats.get(thread_id)
        if lane is None or chat is None or not lane.complete or lane.at_hand:
            return False
        if lane.task is not None and not lane.settling:
            return False
        adapter = self.adapters.get(chat[1])
        return adapter is not None and adapter.ready(thread_id)

    def moved(self, thread_id: str) -> None:
        """The chat is shown somewhere else now: what is still to be delivered goes there."""
        self._chats.pop(thread_id, None)
        if (lane := self._lanes.get(thread_id)) is not None:
            lane.put_back()
        self.kick(thread_id)

    def typing(self, thread_id: str) -> None:
        """Parley is working on something for this chat."""
        chat = self._chats.get(thread_id)
        if chat is not None and chat[1] in self.adapters:
            self.adapters[chat[1]].typing(thread_id, chat[2])

    def kick(self, thread_id: str, rows: list[Row] | None = None) -> None:
        """There is something to deliver: rows just committed, or (None) whatever is stored."""
        if self._closing:
            return
        lane = self._lane(thread_id)
        if rows is None:
            lane.put_back()
        else:
            # Claimed by the very transaction that made them: not a trace of a crash.
            lane.at_hand.extend({**r, "fresh": True} for r in rows if r["seq"] > lane.taken)
        if lane.task is None:
            lane.task = asyncio.create_task(self._drain(thread_id, lane), name=f"lane {thread_id}")
        else:
            lane.again = True

    async def recover(self) -> None:
        """At start: every lane with something undelivered goes on."""
        for lane in await self.store.read(queries.lanes_with_mail):
            self.kick(lane)

    async def close(self) -> None:
        """Stop after the messages that are under way."""
        self._closing = True
        tasks = [lane.task for lane in self._lanes.values() if lane.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _lane(self, thread_id: str) -> _Lane:
        """The lane of a chat, now the last used. Beyond `_LANES` the longest idle ones are forgotten."""
        lane = self._lanes[thread_id] = self._lanes.pop(thread_id, None) or _Lane()
        excess = len(self._lanes) - _LANES
        for name in [n for n, x in islice(self._lanes.items(), max(excess, 0) * 2) if x.task is None and x is not lane]:
            del self._lanes[name]
            self._chats.pop(name, None)
        return lane

    # -- one lane -------------------------------------------------------------------------------------

    async def _drain(self, lane_id: str, lane: _Lane) -> None:
        pause, unknown = 0, False  # whether a step was left half-way: then only the store knows what is due
        try:
            while not self._closing:
                lane.again = False
                if pause:
                    await asyncio.sleep(pause / 1000)
                try:
                    unknown = True
                    pause = await self._step(lane_id, lane)
                    unknown = False
                except StoreUnavailable:
                    log.error("store_unavailable", lane=lane_id)
                    lane.complete, lane.at_hand, pause = False, [], _FIRST_PAUSE_MS
                if pause < 0 and not lane.again:
                    break
                pause = max(pause, 0)
        finally:
            lane.task = None
            if unknown:
                lane.complete, lane.at_hand = False, []
            if lane.again and not self._closing:
                self.kick(lane_id, [])

    async def _step(self, lane_id: str, lane: _Lane) -> int:
        """Deliver the next messages. How long to pause then (ms); -1: nothing more to do for now."""
        if lane_id not in self._chats:
            self._chats[lane_id] = await self._chat(lane_id)
        tenant_id, platform, address = self._chats[lane_id]
        adapter = self.adapters.get(platform)
        if adapter is None:  # a platform that isn't configured (any longer): its messages wait
            lane.complete = False
            return -1
        if lane.at_hand and lane.complete:
            rows, lane.at_hand = lane.at_hand, []
        elif lane.complete:
            rows = []
        else:
            lane.put_back()
            rows = await self.store.read(lambda tx: queries.undelivered(tx, lane_id, _BATCH))
            rows = [{**r, "fresh": True} if r["id"] in lane.untried else r for r in rows]
            lane.untried.clear()
            lane.complete = len(rows) < _BATCH
            lane.taken = max([lane.taken, *(r["seq"] for r in rows)])
        if not rows:
            adapter.drained(lane_id)
            return -1
        if not adapter.ready(lane_id):
            lane.complete = False
            return -1
        size = adapter.capabilities.batch if platform == WEB else 1  # an edit may have to go to another platform
        rows, lane.at_hand = rows[:size], [*(rows[size:] if lane.complete else ()), *lane.at_hand]
        rows = await self._readable(rows)
        if not rows:
            return 0
        messages = [outgoing(self.keys, row, address) for row in rows]
        if platform != WEB:
            messages = [await self._for_platform(m, platform) for m in messages]
            adapter = self._keeper(messages[0], adapter)
        receipts = await self._look_up(adapter, rows, messages)
        todo = [m for m in messages if m.id not in {r.id for r in receipts}]
        if todo and platform != WEB and todo[0].act == "send":  # made before the claim: while it waits nothing was sent
            todo = [replace(todo[0], sounds=await self.sounds(rows[0], todo[0].card)), *todo[1:]]
        if todo:
            await self._claim([r for r in rows if r["state"] == "pending"])
            receipts += await self._deliver(adapter, todo)
        if adapter.name != platform and receipts and receipts[-1].outcome is Outcome.BLOCKED:
            receipts[-1] = replace(receipts[-1], outcome=Outcome.FAILED)  # an old chat must not hold up the new one
        pause = await self._settle(lane, rows, receipts, platform)
        if platform != WEB and receipts and receipts[-1].outcome is Outcome.SENT:
            await self.mirror(replace(messages[0], under=rows[0]["under"]))
            if lane_id in self._lost and messages[0].act == "send":
                self._lost.discard(lane_id)
                await self.reachable(tenant_id, lane_id)
        if receipts and receipts[-1].outcome is Outcome.BLOCKED:
            self._lost.add(lane_id)
            await self.unreachable(tenant_id, lane_id, receipts[-1].problem)
        return pause

    async def _for_platform(self, message: Outgoing, platform: str) -> Outgoing:
        """With what a page finds out by itself: whole addresses of links; for an edit, the message it changes; the
        thread it stands in."""
        message = replace(message, card=message.card and absolute(message.card, self.base_url))
        if VIDEO in message.aids:
            message = self._with_the_limit(message, self.adapters[platform].capabilities.media)
        if message.act != "edit":
            return await self._in_thread(message, message.under, platform)
        key = {"tenant_id": message.tenant_id, "id": message.target}
        found = await self.store.read(lambda tx: self._with_key(tx, tx.one(Outbox, **key)))
        if found is None:
            return message
        shown, ref = opened_card(self.keys, found)[0], await self.store.read(lambda tx: _name_now(tx, found))
        message = replace(message, ref=ref, shown=shown and absolute(shown, self.base_url))
        return await self._in_thread(message, found["under"], ref.partition(":")[0])

    @staticmethod
    def _with_the_limit(message: Outgoing, most: int) -> Outgoing:
        """A question that may be answered by a video says, before one is recorded, how large it may be here. most: in
        bytes, 0 where the platform gives us files of any size."""
        aids = tuple(name for name in message.aids if name != VIDEO)
        if not most or message.card is None:
            return replace(message, aids=aids)
        foot = "\n".join(filter(None, (message.card.get("foot", ""), voice_en.limited(most))))
        return replace(message, aids=aids, card={**message.card, "foot": foot})

    async def _in_thread(self, message: Outgoing, root: str, platform: str) -> Outgoing:
        """With the platform's name of the message it stands under; one that never got there has no thread."""
        if not root:
            return message
        found = await self.store.read(lambda tx: self._root(tx, message.tenant_id, root))
        name = await self.store.read(lambda tx: _name_now(tx, found)) if found else ""
        if found is None or not name.startswith(f"{platform}:"):
            return replace(message, under="")
        card = opened_card(self.keys, found)[0] or {}
        return replace(message, under=name, topic=str(card.get("title") or card.get("text") or ""))

    def _root(self, tx: Tx, tenant_id: str, id: str) -> Row | None:
        """The message that a thread hangs from; None when nobody may know any more what it said."""
        found = tx.one(Outbox, tenant_id=tenant_id, id=id)
        if found is not None and found["under"]:
            return self._root(tx, tenant_id, found["under"])
        try:
            return self._with_key(tx, found)
        except Erased:
            return None

    def _with_key(self, tx: Tx, row: Row | None) -> Row | None:
        if row is not None:
            self.keys.load(tx, row["tenant_id"], row["subject_id"])
        return row

    def _keeper(self, message: Outgoing, adapter: ChatAdapter) -> ChatAdapter:
        """An edit goes to the platform that has the message, wherever its chat is shown now."""
        return self.adapters.get(message.ref.partition(":")[0], adapter) if message.act == "edit" else adapter

    async def _deliver(self, adapter: ChatAdapter, todo: list[Outgoing]) -> list[Delivered]:
        first = todo[0]
        if adapter.name != WEB and first.act == "edit" and not first.ref.startswith(f"{adapter.name}:"):
            # The message was never shown on a platform that could change it: there is nothing to be done.
            return [Delivered(first.id, Outcome.SENT)]
        return await adapter.deliver(todo)

    async def _look_up(self, adapter: ChatAdapter, rows: list[Row], messages: list[Outgoing]) -> list[Delivered]:
        """Rows found in `sending`: did the platform get them before we stopped?"""
        known = list[Delivered]()
        for row, message in zip(rows, messages, strict=True):
            if row["state"] == "sending" and not row.get("fresh"):
                last = await self.store.read(partial(queries.delivered_before, lane=row["lane"], seq=row["seq"]))
                after = last if last.startswith(f"{adapter.name}:") else ""
                found = await adapter.look_up(replace(message, after=after))
                if found is None:
                    break
                known.append(found)
        return known

    async def _claim(self, rows: list[Row]) -> None:
        if not rows:
            return

        def unit(tx: Tx) -> None:
            for row in rows:
                key = {"tenant_id": row["tenant_id"], "id": row["id"]}
                tx.change(Outbox, key, {"state": "sending", "attempts": row["attempts"] + 1})

        await self.store.commit(unit)

    async def _settle(self, lane: _Lane, rows: list[Row], receipts: list[Delivered], platform: str) -> int:
        """Write down what became of the messages; how long to pause."""
        by_id = {r["id"]: r for r in rows}
        now, pause = self.clock.now(), 0
        changes = list[tuple[Row, Row]]()
        for receipt in receipts:
            row = by_id[receipt.id]
            MESSAGES.labels(platform=platform, state=receipt.outcome.value).inc()
            match receipt.outcome:
                case Outcome.SENT:
                    changes.append((row, {"state": "sent", "platform_id": receipt.platform_id, "sent_at": now}))
                case Outcome.AWAY:
                    lane.complete, pause = False, -1
                case Outcome.BLOCKED:
                    log.warning("unreachable", lane=row["lane"], problem=receipt.problem)
                    changes.append((row, {"state": "pending"}))
                    lane.complete, pause = False, -1
                case Outcome.LATER if row["attempts"] < _MAX_ATTEMPTS or now - row["at"] < _LONGEST_OUTAGE_MS:
                    if row["attempts"] == _MAX_ATTEMPTS:
                        log.error("stuck", message=row["id"], problem=receipt.problem)
                    wait = receipt.after_ms or min(_FIRST_PAUSE_MS * 2 ** min(row["attempts"], 20), _LONGEST_PAUSE_MS)
                    changes.append((row, {"state": "pending", "attempts": row["attempts"] + 1, "due_at": now + wait}))
                    lane.complete, pause = False, wait
                case _:
                    log.error("undeliverable", message=row["id"], problem=receipt.problem)
                    changes.append((row, {"state": "failed"}))
        if len(receipts) < len(rows):
            lane.complete = False  # what was not tried is in the store only
        if platform != WEB and not lane.complete:
            # Claimed by the turn that made them and never tried: there is nothing to look up when their time comes.
            changes += [(r, {"state": "pending"}) for r in lane.at_hand if r["state"] == "sending" and r.get("fresh")]
            lane.at_hand = []
        if changes:
            lane.settling = lane.complete and len(changes) == len(rows)
            try:
                await self.store.commit(lambda tx: _apply(tx, changes))
            finally:
                lane.settling = False
        return pause

    async def _readable(self, rows: list[Row]) -> list[Row]:
        """Without what is about somebody who has been erased: that is dropped, and must not hold up the others."""
        if all(self.keys.loaded(row["tenant_id"], row["subject_id"]) for row in rows):
            return rows
        erased = list[Row]()

        def unit(tx: Tx) -> None:
            for row in rows:
                try:
                    self.keys.load(tx, row["tenant_id"], row["subject_id"])
                except Erased:
                    erased.append(row)

        await self.store.read(unit)
        if erased:
            log.info("erased_recipient", lane=erased[0]["lane"], count=len(erased))
            await self.store.commit(lambda tx: _apply(tx, [(row, {"state": "dropped"}) for row in erased]))
        return [row for row in rows if row not in erased]

    async def _chat(self, lane_id: str) -> tuple[str, str, str]:
        rows = await self.store.read(lambda tx: tx.find(Thread, {"id": lane_id}))
        if rows[0]["blocked"]:
            self._lost.add(lane_id)
        return rows[0]["tenant_id"], rows[0]["platform"], rows[0]["address"]


async def _nobody(*_: object) -> None:
    """Whom to tell until the wiring says so."""


async def _silence(*_: object) -> tuple[Audio, ...]:
    """What there is to be heard until the wiring says so."""
    return ()


def outgoing(keys: Keyring, row: Row, address: str = "") -> Outgoing:
    """An outbox row as the message an adapter delivers. The subject's key must have been loaded."""
    card, aids = opened_card(keys, row)
    return Outgoing(
        row["id"],
        row["thread_id"],
        address,
        row["seq"],
        row["act"],
        row["target"],
        card,
        row["token"],
        row["chosen"],
        row["step"],
        row["at"],
        aids=aids,
        tenant_id=row["tenant_id"],
        under=row["under"],
    )


def opened_card(keys: Keyring, row: Row) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """A stored message's card and what else its question offers. The subject's key must have been loaded."""
    if row["body"] is None:
        return None, ()
    card = cast("dict[str, Any]", keys.open(row["tenant_id"], row["subject_id"], row["body"]))
    return card, tuple(card.pop(AIDS, "").split())


def absolute(card: dict[str, Any], base_url: str) -> dict[str, Any]:
    """The card with whole addresses: outside a page a path leads nowhere."""

    def whole(part: Any) -> Any:
        if isinstance(part, dict):
            found = {k: whole(v) for k, v in cast("dict[str, Any]", part).items()}
            return {
                k: f"{base_url}{v}" if k in ("url", "link") and str(v).startswith("/") else v for k, v in found.items()
            }
        return [whole(p) for p in cast("list[Any]", part)] if isinstance(part, list) else part

    return cast("dict[str, Any]", whole(card))


def _apply(tx: Tx, changes: list[tuple[Row, Row]]) -> None:
    for row, values in changes:
        tx.change(Outbox, {"tenant_id": row["tenant_id"], "id": row["id"]}, values)
