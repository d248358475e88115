"""Everything in this process: reads the same rows that a distributed runner would.

`flock` on the data folder keeps a second server away. Nothing is only in memory: a task that dies is found
again as its row at the next start.
"""

import asyncio
import fcntl
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

from bot.clock import Clock, Pulse
from bot.inbox import Intake
from bot.keyring import Erased, Keyring
from bot.log import get
from bot.mail import OURS, Mail
from bot.metrics import READINGS, REQUESTS, TIMERS_FIRED
from bot.outbox import Deliverer
from bot.recordings import practising
from bot.scene import After
from bot.store import queries, work_queries
from bot.store.rows import Appointment, Inbox, Interview, Letter, Person, Requisition, Thread, Timer, Work
from bot.store.store import Row, Store, StoreUnavailable, Tx
from bot.work import progress
from bot.work.job import Job, Later, Report
from flows.requests import Unavailable, encode_result

log = get("runner")
Worker = Callable[[Job, int], Awaitable[dict[str, Any]]]
_WORK_AT_ONCE, _READINGS_AT_ONCE = 4, 3
_LISTENING_AT_ONCE = 3  # where nothing else is said: one is listened to while others are fetched
_WORK_SEEN = 50
_MAX_ATTEMPTS = 5
_RETRY_MS = 2_000
# After a stop people's pages come back and send what was written meanwhile; until then nobody was silent.
_GRACE_MS = 20_000
_MAIL_ATTEMPTS = 8
_TIMERS_AT_ONCE = 200
# The kinds of work whose result nobody has asked for in a conversation, and the letter that it comes back as.
LETTERS = {
    "Assess": "assessed",
    "WeekPicture": "week",
    "ScorecardPicture": "pictured",
    "RecordPaper": "record",
    "ComparisonPicture": "compared",
}
# How the id of a timer's owner begins -> the letter that it becomes, the owner's row, and whose key seals the letter.
OWNERS: dict[str, tuple[str, type[Any], str]] = {
    "iv_": ("timer", Interview, "candidate_id"),
    "ap_": ("due", Appointment, "candidate_id"),
    "lt_": ("letter_due", Letter, "subject_id"),
    "rq_": ("requisition_due", Requisition, "tenant_id"),
    "p_": (practising.LETTER, Person, "id"),
}


class AlreadyRunning(RuntimeError):
    """Another Parley serves this data folder."""


class EmbeddedRunner:
    """The embedded runner. `workers`: kind of work -> worker; set `intake` before `start`."""

    def __init__(
        self,
        store: Store,
        keys: Keyring,
        clock: Clock,
        outbox: Deliverer,
        pulse: Pulse,
        workers: dict[str, Worker],
        lock_path: Path | None,
    ) -> None:
        self.store, self.keys, self.clock, self.outbox, self.pulse = store, keys, clock, outbox, pulse
        self.workers, self.intake = workers, cast("Intake", None)
        self._lock_path, self._lock = lock_path, -1
        self._mail: dict[str, asyncio.Task[None]] = {}
        self._mail_again: set[str] = set()
        self._jobs: dict[str, asyncio.Task[None]] = {}
        self._readings: set[str] = set()  # those of the jobs that read answers
        self._listening: set[str] = set()  # those that listen to recordings
        self.listening_at_once = _LISTENING_AT_ONCE
        self._look_again = False
        self._firing = asyncio.Lock()
        self._stopping = False

    # -- the contract -------------------------------------------------------------------------------

    def committed(self, thread_id: str, after: After) -> None:
        if after.chat and not after.chat.get("blocked"):
            self.outbox.moved(thread_id)
        elif after.rows:
            self.outbox.kick(thread_id, after.rows)
        for chat in after.mail:
            self._deliver_mail(chat)
        if after.due:
            self._arm(min(after.due))
        if after.work:
            self._look_for_work()

    async def start(self) -> None:
        self.take_lock()
        self.pulse.start()
        await self.recover()

    async def recover(self) -> None:
        """Find every row that is still to be done."""
        await self.store.commit(lambda tx: tx.change(Work, {"state": "running"}, {"state": "pending"}))
        await self.outbox.recover()
        for chat in await self.store.read(queries.chats_with_letters):
            self._deliver_mail(chat)
        self._look_for_work()
        await self.store.commit(lambda tx: queries.grant_grace(tx, self.clock.now(), self.clock.now() + _GRACE_MS))
        await self.fire_due()

    async def stop(self) -> None:
        self._stopping = True
        self.pulse.stop()
        tasks = [*self._mail.values(), *self._jobs.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.outbox.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    async def letters(self, chat: str, seconds: float) -> None:
        """Wait until the letters of one chat have been handed over, or until `seconds` have passed."""
        if task := self._mail.get(chat):
            await asyncio.wait([task], timeout=seconds)

    async def quiet(self) -> None:
        """Wait until no letter and no work is under way. Deliveries may wait for a page to open, so they don't count."""
        while tasks := [*self._mail.values(), *self._jobs.values()]:
            await asyncio.wait(tasks)

    def deliver(self, chat: str) -> None:
        """A chat has letters that a transaction elsewhere has left for it."""
        self._deliver_mail(chat)

    # -- internal mail ------------------------------------------------------------------------------

    def _deliver_mail(self, chat: str) -> None:
        if self._stopping:
            return
        if chat in self._mail:
            self._mail_again.add(chat)
            return
        self._mail[chat] = asyncio.create_task(self._mail_for(chat), name=f"mail {chat}")

    async def _mail_for(self, chat: str) -> None:
        try:
            while not self._stopping:
                self._mail_again.discard(chat)
                letters = await self.store.read(
                    lambda tx: tx.find(Inbox, {"thread_id": chat, "state": "pending"}, "event_id")
                )
                for letter in letters:
                    await self._hand_over(letter)
                if not letters and chat not in self._mail_again:
                    return
        except StoreUnavailable:
            log.error("store_unavailable", thread=chat)
            asyncio.get_running_loop().call_later(_RETRY_MS / 1000, self._deliver_mail, chat)
        finally:
            self._mail.pop(chat, None)

    async def _hand_over(self, letter: Row) -> None:
        """One letter, exactly once. A letter that cannot be handled is set aside and never blocks the chat."""
        try:
            mail = await self.store.read(lambda tx: self._opened(tx, letter))
            await self.intake.receive(mail)
        except (StoreUnavailable, asyncio.CancelledError):
            raise
        except Erased:
            await self._set_aside(letter, "erased")
        # A bug must cost this one letter and not everybody's mail: it is kept, counted and reported.
        except Exception as problem:
            log.exception("letter_failed", letter_id=letter["event_id"], problem=type(problem).__name__)
            if letter["attempts"] + 1 >= _MAIL_ATTEMPTS:
                await self._set_aside(letter, "failed")
                return
            key = {k: letter[k] for k in ("tenant_id", "source", "event_id")}
            await self.store.commit(lambda tx: tx.change(Inbox, key, {"attempts": letter["attempts"] + 1}))
            await asyncio.sleep(0.05 * 2 ** letter["attempts"])

    async def _set_aside(self, letter: Row, state: str) -> None:
        key = {k: letter[k] for k in ("tenant_id", "source", "event_id")}
        await self.store.commit(lambda tx: tx.change(Inbox, key, {"state": state}))

    def _opened(self, tx: Tx, letter: Row) -> Mail:
        self.keys.load(tx, letter["tenant_id"], letter["subject_id"])
        data = dict(cast("dict[str, Any]", self.keys.open(letter["tenant_id"], letter["subject_id"], letter["body"])))
        kind = data.pop("kind")
        return Mail(letter["tenant_id"], OURS, letter["event_id"], letter["thread_id"], kind, letter["at"], data)

    # -- timers -------------------------------------------------------------------------------------

    def _arm(self, due: int) -> None:
        if self.pulse.next_due is None or due < self.pulse.next_due:
            self.pulse.arm(due, self.fire_due)

    async def fire_due(self) -> None:
        """Turn every timer that is due into a letter, in order of time, and arm the pulse for the next."""
        async with self._firing:
            while due := await self.store.read(lambda tx: queries.due_timers(tx, self.clock.now(), _TIMERS_AT_ONCE)):
                await asyncio.gather(*(self.fire(timer, self.clock.now()) for timer in due))
            following = await self.store.read(lambda tx: queries.next_due(tx, self.clock.now()))
        self._look_for_work()
        if following is not None and not self._stopping:
            self._arm(following)

    async def fire(self, timer: Row, at: int) -> None:
        """One timer becomes one letter, in one transaction: it can be neither lost nor fired twice."""
        if await self.store.commit(lambda tx: self._to_letter(tx, timer, at)):
            TIMERS_FIRED.inc()
            self._deliver_mail(timer["thread_id"])

    async def next_timer(self) -> Row | None:
        """The timer that is due next."""
        return await self.store.read(queries.next_timer)

    def _to_letter(self, tx: Tx, timer: Row, at: int) -> bool:
        key = {k: timer[k] for k in ("tenant_id", "owner_id", "about", "due_at")}
        if tx.delete(Timer, key) != 1:
            return False  # moved or cancelled meanwhile
        owner, tenant = timer["owner_id"], timer["tenant_id"]
        if owner.startswith("c_"):
            silence = {"kind": "silence", "token": timer["token"], "about": timer["about"]}
            data: dict[str, Any] = {"kind": "happening", "event": silence, "conversation": owner}
            subject = _subject_of_chat(tx, timer["thread_id"])
        else:
            kind, rows, whose = OWNERS.get(f"{owner.partition('_')[0]}_", OWNERS["iv_"])
            data = {"kind": kind, "owner": owner, "about": timer["about"], "token": timer["token"]}
            found = tx.one(rows, tenant_id=tenant, id=owner)
            subject = found[whose] if found else ""
        if not subject:
            return False
        try:
            self.keys.load(tx, tenant, subject)
        except Erased:
            return False
        event = f"{at:014d}.0000.{owner}.{timer['about']}.{timer['due_at']}"
        row: Row = {"tenant_id": tenant, "source": OURS, "event_id": event, "thread_id": timer["thread_id"]}
        row |= {"subject_id": subject, "state": "pending", "attempts": 0, "due_at": at, "at": at}
        # It is there already when the timer was set anew while this very letter was on its way.
        return tx.add(Inbox, {**row, "body": self.keys.seal(tenant, subject, data)})

    # -- work ---------------------------------------------------------------------------------------

    def _look_for_work(self) -> None:
        if self._stopping:
            return
        if "looking" in self._jobs:
            self._look_again = True  # what was committed since that look began may not be in it
            return
        self._jobs["looking"] = asyncio.create_task(self._start_jobs(), name="look for work")

    async def _start_jobs(self) -> None:
        try:
            rows, waiting = await self.store.read(self._open_work)
            for kind, count in waiting.items():
                READINGS.labels(kind=kind).set(count)
            for row in rows:
                if self._may_begin(row):
                    self._begin(row)
        finally:
            self._jobs.pop("looking", None)
            if self._look_again:
                self._look_again = False
                self._look_for_work()

    def _open_work(self, tx: Tx) -> tuple[list[Row], dict[str, int]]:
        return work_queries.open_work(tx, self.clock.now(), _WORK_SEEN), work_queries.waiting(tx)

    def _may_begin(self, row: Row) -> bool:
        """Readings take long, so they never take every place: whoever waits in a conversation finds one free. Listening
        takes longer still, and has places of its own."""
        if row["id"] in self._jobs:
            return False
        listening = self._listening & self._jobs.keys()
        if row["kind"] == work_queries.LISTENING:
            return len(listening) < self.listening_at_once
        if len(self._jobs.keys() - listening) - 1 >= _WORK_AT_ONCE:
            return False
        return row["kind"] not in work_queries.READINGS or len(self._readings & self._jobs.keys()) < _READINGS_AT_ONCE

    def _begin(self, row: Row) -> None:
        if row["kind"] in work_queries.READINGS:
            self._readings = (self._readings & self._jobs.keys()) | {row["id"]}
        if row["kind"] == work_queries.LISTENING:
            self._listening = (self._listening & self._jobs.keys()) | {row["id"]}
        self._jobs[row["id"]] = asyncio.create_task(self._do(row), name=f"work {row['id']}")

    async def _do(self, row: Row) -> None:
        try:
            await self.store.commit(lambda tx: tx.change(Work, _key(row), {"state": "running"}))
            request = await self.store.read(lambda tx: self._request(tx, row))
            value = await self.workers[row["kind"]](Job(row, request, self._reporter(row)), self.clock.now())
            await self._finish(row, value, "done")
        except asyncio.CancelledError:
            raise
        except Later as later:
            await self._postponed(row, later.after_ms)
        except StoreUnavailable:
            log.error("store_unavailable", work=row["id"])
            await asyncio.sleep(_RETRY_MS / 1000)
        except Erased:
            await self.store.commit(lambda tx: tx.change(Work, _key(row), {"state": "failed", "problem": "erased"}))
        # A worker may fail in any way; its job is tried again and then reported, the others go on.
        except Exception as problem:
            log.exception("work_failed", work=row["id"], kind=row["kind"], problem=type(problem).__name__)
            await self._again(row, type(problem).__name__)
        finally:
            self._jobs.pop(row["id"], None)
            self._look_for_work()

    def _reporter(self, row: Row) -> Report:
        """Passes on how far one piece of work has come, every few seconds at most; that it can't is no reason to stop."""
        latest = -progress.PAUSE_MS

        async def report(done: int, total: int) -> None:
            nonlocal latest
            now = self.clock.now()
            if now - latest < progress.PAUSE_MS:
                return
            latest = now
            try:
                chat = await self.store.commit(lambda tx: progress.note(tx, self.keys, row, done, total, now))
            except StoreUnavailable:
                log.warning("progress_not_kept", work=row["id"])
                return
            if chat:
                self._deliver_mail(chat)

        return report

    async def _finish(self, row: Row, value: dict[str, Any], state: str) -> None:
        REQUESTS.labels(kind=row["kind"], state=state).inc()
        await self.store.commit(lambda tx: self._returned(tx, row, value, state))
        self._deliver_mail(row["thread_id"])
        if row["kind"] == "Assess":
            for chat in await self.store.commit(lambda tx: progress.moved_up(tx, self.keys, self.clock.now())):
                self._deliver_mail(chat)

    async def _again(self, row: Row, problem: str) -> None:
        attempts = row["attempts"] + 1
        if attempts >= _MAX_ATTEMPTS:
            unavailable: dict[str, Any] = {"interview": row["interview_id"], "gate": [], "card": {"kind": "failed"}}
            await self._finish(row, encode_result(Unavailable(problem)) if row["step"] else unavailable, "failed")
            return
        await self._postponed(row, _RETRY_MS * 2 ** row["attempts"], attempts=attempts, problem=problem)

    async def _postponed(self, row: Row, wait: int, **values: Any) -> None:
        values |= {"state": "pending", "due_at": self.clock.now() + wait}
        await self.store.commit(lambda tx: tx.change(Work, _key(row), values))
        self._arm(values["due_at"])

    def _request(self, tx: Tx, row: Row) -> dict[str, Any]:
        self.keys.load(tx, row["tenant_id"], row["subject_id"])
        return cast("dict[str, Any]", self.keys.open(row["tenant_id"], row["subject_id"], row["sealed"]))

    def _returned(self, tx: Tx, row: Row, value: dict[str, Any], state: str) -> None:
        """The result and its letter in one transaction. A result that comes twice finds the work done."""
        if tx.change(Work, {**_key(row), "state": "running"}, {"state": state}) != 1:
            return
        tenant, subject, at = row["tenant_id"], row["subject_id"], self.clock.now()
        if row["step"]:
            returned = {"kind": "returned", "key": row["step"], "value": value}
            data: dict[str, Any] = {"kind": "happening", "event": returned, "conversation": row["conversation_id"]}
        elif row["kind"] in LETTERS:
            data = {"kind": LETTERS[row["kind"]], **value}
        else:
            return
        self.keys.load(tx, tenant, subject)
        letter: Row = {"tenant_id": tenant, "source": OURS, "event_id": f"{at:014d}.0000.{row['id']}"}
        letter |= {"thread_id": row["thread_id"], "subject_id": subject, "state": "pending", "attempts": 0}
        tx.insert(Inbox, {**letter, "due_at": at, "at": at, "body": self.keys.seal(tenant, subject, data)})

    # -- alone --------------------------------------------------------------------------------------

    def take_lock(self) -> None:
        """Make sure that nobody else serves this data folder. Raises `AlreadyRunning`; twice is once."""
        if self._lock_path is None or self._lock >= 0:
            return
        self._lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            self._lock = -1
            raise AlreadyRunning(
                "Another Parley is already serving this data folder. Stop it first, or give this one a folder of its own (PARLEY_HOME)."
            ) from None


def _key(row: Row) -> Row:
    return {"tenant_id": row["tenant_id"], "id": row["id"]}


def _subject_of_chat(tx: Tx, thread_id: str) -> str:
    rows = tx.find(Thread, {"id": thread_id})
    return rows[0]["subject_id"] if rows else ""
