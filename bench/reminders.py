"""`reminders_100k`: 100,000 reminders wait, and a thousand interviews begin at the same moment, an hour from one instant.

In front of it a platform that takes every message at once: what is measured is Parley. The lateness of a reminder is
counted from the instant that people were promised (an hour before), to its message being taken by the platform. Parley
sets reminders up to a minute early, each at its own instant, since no platform takes a thousand messages in a second;
`reminders_burst` is the same with all of them set for the same instant. The baseline is APScheduler alone, with 100,000
jobs in memory and a thousand of them due at once, which do nothing.
"""

import asyncio
import multiprocessing
import resource
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from typing import Any

import common
from turns import on_our_loop

from adapters.contract import Capabilities, Delivered, Outcome, Outgoing
from bot import hiring, people
from bot.app import App
from bot.scheduling.announcing import spread
from bot.scheduling.plans import CANDIDATE, Plan, Session
from bot.store.guard import Ask, Seat, book
from bot.store.rows import Appointment, Interviewer, Thread, Timer
from bot.store.store import Row, Tx

NAMES = ("reminders_100k", "reminders_burst")
DUE, PENDING, AIM = 1_000, 100_000, 1.0
LATEST = 90  # seconds to wait for the last of them
FAR = 30 * 86_400_000
PLATFORM = "bench"


class Platform:
    """Takes everything at once and notes when."""

    def __init__(self) -> None:
        self.name, self.capabilities = PLATFORM, Capabilities(4096, 20, False, True, 1)
        self.taken: dict[str, float] = {}
        self.all = asyncio.Event()

    def ready(self, thread_id: str) -> bool:
        return True

    async def deliver(self, lane: Sequence[Outgoing]) -> list[Delivered]:
        for message in lane:
            self.taken.setdefault(message.thread_id, time.time())
        if len(self.taken) >= DUE:
            self.all.set()
        return [Delivered(m.id, Outcome.SENT, f"{PLATFORM}:{m.id}") for m in lane]

    async def look_up(self, message: Outgoing) -> None:
        return None

    def drained(self, thread_id: str) -> None: ...

    def typing(self, thread_id: str, address: str) -> None: ...


def main(names: set[str]) -> None:
    for name in NAMES:
        if name in names:
            _one(name)


def _one(name: str) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    with common.folder() as home:
        process = context.Process(target=_measured, args=(home, theirs, name == "reminders_burst"))
        process.start()
        theirs.close()
        ran: dict[str, Any] = ours.recv()
        process.join()
    process = context.Process(target=_bare, args=((pipe := context.Pipe())[1],))
    process.start()
    bare: dict[str, Any] = pipe[0].recv()
    process.join()
    kept = ("mb", "start_up_s", "p50_s", "last_s", "apart_s")
    common.context(name, pending=PENDING, due=DUE, bare_mb=bare["mb"], **{k: ran[k] for k in kept})
    aim, met = f"p99 under {AIM:g} s", ran["p99_s"] < AIM
    common.Figure(
        name, ran["p99_s"], "s late", "APScheduler alone, jobs that do nothing", bare["p99_s"], aim, met
    ).print()


def _measured(home: Path, answer: Connection, at_once: bool) -> None:
    answer.send(on_our_loop(_remind(home, at_once)))


async def _remind(home: Path, at_once: bool) -> dict[str, Any]:
    app, cast = common.parley(home)
    promised = (time.time_ns() // 1_000_000 // 60_000 + 3) * 60_000  # a full minute, with time to prepare before it
    due = await app.store.commit(lambda tx: _prepare(app, tx, cast.requisition_id, promised, at_once))
    for n in range(0, PENDING, 20_000):
        await app.store.commit(lambda tx, n=n: tx.insert(Timer, [_waiting(app, due, i) for i in range(n, n + 20_000)]))
    platform = Platform()
    app.outbox.adapters[PLATFORM] = platform  # pyright: ignore[reportArgumentType]
    began = perf_counter()
    await app.start()
    start_up = perf_counter() - began
    mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    try:
        async with asyncio.timeout(max(0.0, promised / 1000 - time.time()) + LATEST):
            await platform.all.wait()
    finally:
        await app.stop()
    late = sorted(at - promised / 1000 for at in platform.taken.values())
    found = {"p50_s": common.percentile(late, 50), "p99_s": common.percentile(late, 99), "last_s": late[-1]}
    return {**found, "apart_s": late[-1] - late[0], "mb": mb, "start_up_s": start_up}


def _prepare(app: App, tx: Tx, requisition_id: str, promised: int, at_once: bool) -> list[tuple[str, str]]:
    """A thousand candidates with a booked appointment an hour after `promised`: (appointment, chat) of each."""
    requisition, now = hiring.get_requisition(tx, app.tenant_id, requisition_id), app.clock.now()
    found = list[tuple[str, str]]()
    for n in range(DUE):
        interview, _ = hiring.invite(tx, app.keys, app.ids, requisition, f"Candidate {n}", now, 30)
        candidate = hiring.get_interview(tx, app.tenant_id, interview)["candidate_id"]
        chat = people.thread_of(tx, app.tenant_id, candidate)
        tx.change(Thread, {"tenant_id": app.tenant_id, "id": chat}, {"platform": PLATFORM, "address": chat})
        appointment = _booked(app, tx, interview, candidate, promised // 60_000 + 60)
        at = promised if at_once else promised - spread(appointment, candidate)
        tx.insert(Timer, _timer(app, appointment, f"remind.60.{candidate}", chat, at))
        found.append((appointment, chat))
    return found


def _booked(app: App, tx: Tx, interview: str, candidate: str, start: int) -> str:
    tenant, now = app.tenant_id, app.clock.now()
    person: Row = {"tenant_id": tenant, "id": candidate, "state": "active", "stamp": "", "profile": None}
    tx.insert(Interviewer, {**person, "created_at": now})
    booking, appointment = app.ids.new("bk"), app.ids.new("ap")
    book(tx, Ask(tenant, booking, interview, (Seat(candidate, start, start + 45, CANDIDATE),), now, lambda tx: None))
    plan = Plan((Session("talk", "Interview", 45),), "UTC")
    app.keys.load(tx, tenant, candidate)
    words = app.keys.seal(tenant, candidate, {"title": "", "note": "", "link": "", "place": ""})
    row: Row = {"tenant_id": tenant, "id": appointment, "interview_id": interview, "candidate_id": candidate}
    row |= {
        "kind": "bot",
        "state": "booked",
        "version": 1,
        "announced": 1,
        "booking_id": booking,
        "zone": "Europe/Paris",
    }
    row |= {"plan": plan.to_json(), "why": "[]", "attendance": "{}", "sealed": words, "nags": 0, "asked_by": candidate}
    row |= {"start_minute": start, "end_minute": start + 45, "created_at": now, "changed_at": now}
    tx.insert(Appointment, row)
    return appointment


def _waiting(app: App, of: list[tuple[str, str]], n: int) -> Row:
    appointment, chat = of[n % DUE]
    return _timer(app, appointment, f"remind.{n}.later", chat, app.clock.now() + FAR + n * 1000)


def _timer(app: App, appointment: str, about: str, chat: str, at: int) -> Row:
    row: Row = {"tenant_id": app.tenant_id, "owner_id": appointment, "about": about}
    return {**row, "thread_id": chat, "token": "1", "due_at": at}


def _bare(answer: Connection) -> None:
    answer.send(asyncio.run(_scheduler()))


async def _scheduler() -> dict[str, Any]:
    """APScheduler alone: 100,000 jobs far away, a thousand at the same moment."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    scheduler: Any = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None})
    late, now = list[float](), datetime.fromtimestamp(time.time(), UTC)

    async def job(due: float) -> None:
        late.append(time.time() - due)

    for n in range(PENDING):
        scheduler.add_job(job, "date", run_date=now + timedelta(days=30, seconds=n), args=[0.0])
    scheduler.start()
    due = datetime.fromtimestamp(time.time() + 30, UTC)
    for _ in range(DUE):
        scheduler.add_job(job, "date", run_date=due, args=[due.timestamp()])
    async with asyncio.timeout(30 + LATEST):
        while len(late) < DUE:
            await asyncio.sleep(0.05)
    scheduler.shutdown(wait=False)
    return {"p99_s": common.percentile(late, 99), "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


if __name__ == "__main__":
    main(set(NAMES))
