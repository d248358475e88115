"""Local times that people were told and that are no longer true: a country changed its clocks, or somebody moved.

What is booked is an instant, and stays it. What each person was told is kept with the appointment when it is announced;
it is compared with what would be said now at every start (a new release may bring new rules) and once a day.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import orjson

from bot import hiring, people
from bot.clock import Clock, Pulse
from bot.ids import Ids
from bot.keyring import Erased, Keyring
from bot.log import get
from bot.scene import After, Scene
from bot.scheduling import appointments, entries, readers
from bot.settings import Settings
from bot.store import queries
from bot.store.rows import Appointment, Thread
from bot.store.store import Row, Store, StoreUnavailable, Tx
from calendar_sync import when
from calendar_sync.zones import DAY, ConfigProblem, date_text, day_of, zone
from flows.cards import Card
from flows.cards import to_json as card_json
from flows.words import zones_en as words
from flows.words.appointments_en import names

log = get("zones")
DAILY_SECONDS = 86_400.0
AT_ONCE = 100  # appointments looked at in one go: reading must not hold up the chats
MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody was told `was` ("2026-12-01T10:00 Europe/Paris") and would now be told `now`."""

    person: str
    was: str
    now: str

    @property
    def moved(self) -> bool:
        """They read times in another zone; otherwise the rules of their zone are others."""
        return self.was.split(" ")[1] != self.now.split(" ")[1]


def local(minute: int, zone_name: str) -> str:
    """An instant as a clock on the wall shows it: "2026-12-01T10:00 Europe/Paris"."""
    here = zone(zone_name)
    wall = minute + here.offset(minute)
    return f"{date_text(wall // DAY)}T{when.wall(wall % DAY)} {here.name}"


def note(scene: Scene, row: Row, usual: str) -> None:
    """Keep what everybody who takes part is told now. row: a booked appointment; usual: the team's zone."""
    told = _now(scene.tx, scene.keys, row, usual)
    appointments.set_words(scene.tx, scene.keys, row, told=orjson.dumps(told).decode())


def changes(tx: Tx, keys: Keyring, row: Row, usual: str) -> list[Changed]:
    """For whom the local time of a booked appointment is another one than they were told."""
    told = cast("dict[str, str]", orjson.loads(appointments.words_of(tx, keys, row).get("told") or "{}"))
    now = _now(tx, keys, row, usual)
    found = [Changed(p, told[p], now[p]) for p in now if p in told]
    return [c for c in found if c.was.split(" ")[0] != c.now.split(" ")[0]]


def _now(tx: Tx, keys: Keyring, row: Row, usual: str) -> dict[str, str]:
    who = (row["candidate_id"], *appointments.interviewers(tx, row))
    return {p: local(entries.times_of(tx, row, p)[0], readers.zone(tx, keys, row, p, usual)) for p in who}


class ZoneRules:
    """Looks at everything that is booked. `committed`: the runner's."""

    def __init__(
        self,
        store: Store,
        keys: Keyring,
        ids: Ids,
        clock: Clock,
        settings: Settings,
        committed: Callable[[str, After], None],
    ) -> None:
        self._store, self._keys, self._ids, self._clock, self._settings = store, keys, ids, clock, settings
        self._committed = committed
        self._task: asyncio.Task[None] | None = None

    def start(self, pulse: Pulse) -> None:
        """Look now, without anybody waiting for it, and every day."""
        pulse.every("zone rules", DAILY_SECONDS, self.check)
        self._task = asyncio.create_task(self.check(), name="zone rules")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def check(self) -> None:
        """Tell everybody whose local time has changed, and ask the recruiters. Whoever was told isn't told again."""
        after = self._clock.now() // MINUTE, ""
        try:
            while rows := await self._store.read(lambda tx, after=after: queries.booked_after(tx, after, AT_ONCE)):
                for row in await self._store.read(lambda tx, rows=rows: [r for r in rows if self._differs(tx, r)]):
                    for chat, done in await self._store.commit(lambda tx, row=row: self._tell(tx, row)):
                        self._committed(chat, done)
                after = rows[-1]["start_minute"], rows[-1]["id"]
                await asyncio.sleep(0)
        except StoreUnavailable:
            log.error("store_unavailable")

    def _differs(self, tx: Tx, row: Row) -> bool:
        try:
            return bool(changes(tx, self._keys, row, self._settings.time_zone))
        except (Erased, ConfigProblem):  # nobody to tell any more, or a zone that is no longer known
            return False

    def _tell(self, tx: Tx, row: Row) -> list[tuple[str, After]]:
        current = tx.one(Appointment, tenant_id=row["tenant_id"], id=row["id"])
        chat = people.thread_of(tx, row["tenant_id"], row["candidate_id"])
        thread = tx.one(Thread, tenant_id=row["tenant_id"], id=chat)
        if current is None or thread is None or current["state"] != "booked":
            return []
        # Letters only: nothing is shown in this chat itself, so that its turns need not wait for this.
        scene = Scene(tx, self._keys, self._ids, thread, self._clock.now())
        tell(scene, current, self._settings.time_zone)
        return [(chat, scene.after)]


def tell(scene: Scene, row: Row, usual: str) -> None:
    """Say what is true now to those for whom it differs, and ask the recruiters whether the time can stay."""
    found = changes(scene.tx, scene.keys, row, usual)
    if not found:
        return
    interview = hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"])
    role = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])["title"]
    for change in found:
        _send(scene, row, change.person, _news(scene, row, change), f"do:mine:{row['id']}")
    who = names(tuple(people.name_of(scene.tx, scene.keys, scene.tenant_id, c.person) for c in found))
    candidate = people.name_of(scene.tx, scene.keys, scene.tenant_id, row["candidate_id"])
    for person in readers.recruiters(scene.tx, scene.tenant_id, interview):
        at = _spoken(scene, row, person, usual)
        card = words.can_it_stay(candidate, role, who, at, all(c.moved for c in found), row["version"])
        _send(scene, row, person, card, f"do:apmove:{row['id']}")
    note(scene, row, usual)
    scene.fact("local_time_changed", row["interview_id"], appointment=row["id"], people=[c.person for c in found])


def _news(scene: Scene, row: Row, change: Changed) -> Card:
    other = readers.others(scene.tx, scene.keys, row, change.person)
    wall, there = change.was.split(" ")
    was = f"{when.long_day(day_of(wall[:10]), there, scene.at)}, {wall[11:]}"
    place = when.city(there) or there
    at = _spoken(scene, row, change.person, change.now.split(" ")[1])
    candidate = change.person == row["candidate_id"]
    return words.your_time(other, at, was, place, change.moved, candidate)


def _spoken(scene: Scene, row: Row, person: str, usual: str) -> str:
    there = readers.zone(scene.tx, scene.keys, row, person, usual)
    return when.spoken_range(*entries.times_of(scene.tx, row, person), there, scene.at)


def _send(scene: Scene, row: Row, person: str, card: Card, token: str) -> None:
    chat = people.chat_of(scene.tx, scene.tenant_id, person)
    if chat:
        data: dict[str, Any] = {"card": card_json(card), "subject_id": row["candidate_id"]}
        scene.send(chat, "tell", row["candidate_id"], **data, token=token if card.options else "")
