"""Writing appointments into calendars: the worker of `CalendarWrite` {"appointment", "account"}.

What is written is what the rows say when the work is done, so a late or repeated piece of work does no harm, and a newer
version overtakes an older one. The same entry written twice is one (`calendar_sync.calendar.Calendar.put`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot import people
from bot.clock import Clock
from bot.ids import Ids
from bot.keyring import Keyring
from bot.log import get
from bot.scene import After, Scene
from bot.scheduling import accounts, appointments, describing, entries, outside, profiles, readers
from bot.scheduling.accounts import Clients, Content
from bot.scheduling.plans import Plan
from bot.settings import Settings
from bot.store.rows import CalendarEntry, Thread
from bot.store.store import Row, Store, Tx
from bot.work.job import Job, Later
from calendar_sync import when
from calendar_sync.calendar import CalendarTrouble, Changes, Event, Kept, Outside
from flows.cards import Card
from flows.words import calendar_en as words

log = get("calendars")
_LINK_TRIES, _LINK_MS = 10, 30_000
_WAIT_FOR_LINK, _LOOK_FOR_LINK = 60_000, 2_000
_LATE = 30 * 60_000
_LEAST = 5_000
Done = Callable[[str, After], None]


@dataclass(frozen=True, slots=True)
class _Wish:
    """One entry as it should be. event: None for one that has to go."""

    row: Row
    entry: Row
    account: Row | None
    content: Content
    event: Event | None
    zone: str = "UTC"


class CalendarWriter:
    """Puts our entries into calendars and takes them out again."""

    def __init__(
        self, store: Store, keys: Keyring, ids: Ids, clock: Clock, settings: Settings, clients: Clients, committed: Done
    ) -> None:
        self._store, self._keys, self._ids, self._clock, self._settings = store, keys, ids, clock, settings
        self._clients, self._committed = clients, committed

    async def write(self, job: Job, at: int) -> dict[str, Any]:
        """Bring one entry to what is wanted. Raises `Later` for a calendar that has to be asked again."""
        wish = await self._store.read(lambda tx: self._wish(tx, job, at))
        if wish is None:
            return {}
        try:
            kept = await self._bring(wish)
        except CalendarTrouble as caught:
            trouble = caught
            await self._commit(job, lambda scene: self._refused(scene, wish, trouble))
            if trouble.after_ms is None:
                return {}
            raise Later(max(trouble.after_ms, _LEAST)) from trouble
        again = await self._commit(job, lambda scene: self._done(scene, wish, kept))
        if again:
            raise Later(_LINK_MS)
        return {}

    async def _bring(self, wish: _Wish) -> Kept | None:
        account = wish.account
        if account is None:
            raise CalendarTrouble("disconnected", "")
        calendar = await self._clients.of(account["kind"], wish.content, wish.zone)
        if wish.event is None:
            await calendar.remove(wish.row["id"])
            return None
        return await calendar.put(wish.event)

    async def _commit(self, job: Job, unit: Callable[[Scene], bool]) -> bool:
        """Write down what came of it, in the chat that the work was asked for in: letters and work only."""

        def work(tx: Tx) -> tuple[bool, After]:
            thread = tx.one(Thread, tenant_id=job.row["tenant_id"], id=job.row["thread_id"])
            if thread is None:
                raise LookupError("work without its chat")
            scene = Scene(tx, self._keys, self._ids, thread, self._clock.now())
            return unit(scene), scene.after

        answer, after = await self._store.commit(work)
        self._committed(job.row["thread_id"], after)
        return answer

    # -- what is wanted ---------------------------------------------------------------------------------

    def _wish(self, tx: Tx, job: Job, at: int) -> _Wish | None:
        tenant, keys = job.row["tenant_id"], self._keys
        key = {"tenant_id": tenant, "appointment_id": job.request["appointment"], "account_id": job.request["account"]}
        entry = tx.one(CalendarEntry, **key)
        if entry is None or entry["state"] not in ("wanted", "unwanted"):
            return None
        row = appointments.get(tx, tenant, entry["appointment_id"])
        account = describing.account_row(tx, tenant, entry["account_id"])
        content = accounts.content_of(tx, keys, account) if account else {}
        here = row["state"] == "booked" and entry["person_id"] in appointments.interviewers(tx, row)
        if entry["state"] == "unwanted" or not here or account is None:
            return _Wish(row, entry, account, content, None)
        profile = profiles.load(tx, keys, tenant, entry["person_id"])
        wish = self._event(tx, row, entry, account)
        if self._waits(tx, row, entry, at):
            raise Later(_LOOK_FOR_LINK)
        return _Wish(row, entry, account, content, wish, profile.zone if profile else self._settings.time_zone)

    def _event(self, tx: Tx, row: Row, entry: Row, account: Row) -> Event:
        puts = entries.kept(tx, self._keys, entry).get("puts", 0)
        event = describing.event(tx, self._keys, self._settings, row, entry["person_id"], puts)
        mine = describing.organiser(tx, row) == account["id"]
        return replace(
            event,
            attendees=describing.attendees(tx, self._keys, row, account),
            conference=mine and not event.location and Plan.from_json(row["plan"]).conference,
        )

    def _waits(self, tx: Tx, row: Row, entry: Row, at: int) -> bool:
        """The others' entries wait a moment for the meeting link, so that each is written once."""
        first = describing.organiser(tx, row)
        said = appointments.words_of(tx, self._keys, row)
        if not first or first == entry["account_id"] or said["link"] or said["place"]:
            return False
        key = {"tenant_id": row["tenant_id"], "appointment_id": row["id"], "account_id": first}
        other = tx.one(CalendarEntry, **key)
        wished = Plan.from_json(row["plan"]).conference
        return wished and other is not None and other["state"] == "wanted" and at - entry["at"] < _WAIT_FOR_LINK

    # -- what came of it --------------------------------------------------------------------------------

    def _done(self, scene: Scene, wish: _Wish, kept: Kept | None) -> bool:
        """Note it, unless something newer is wanted meanwhile. True: it has to be looked at again for its link."""
        entry, row = wish.entry, wish.row
        same = {**entries.key(entry), "state": entry["state"], "version": entry["version"], "at": entry["at"]}
        if kept is None:
            scene.tx.change(CalendarEntry, same, {"state": "removed", "problem": "", "sealed": None})
            return False
        known = entries.kept(scene.tx, scene.keys, entry)
        tries = known.get("tries", 0) + 1
        missing = bool(wish.event and wish.event.conference and not kept.link)
        again = missing and kept.problem == _later() and tries < _LINK_TRIES
        body = {**known, "ref": kept.ref, "etag": kept.etag, "link": kept.link, "tries": tries if again else 0}
        values: Row = {
            "state": "wanted" if again else "kept",
            "sealed": entries.sealed(scene.tx, scene.keys, entry, body),
        }
        problem = "no_link" if missing and not again else ""
        at = {} if again else {"at": scene.at}  # from now on it can be missed (see `outside.heard`)
        if scene.tx.change(CalendarEntry, same, {**values, "problem": problem, **at}) != 1:
            return False
        if kept.link:
            self._linked(scene, row, entry, kept.link)
        elif problem:
            self._tell_team(scene, row, lambda at: words.no_link(self._candidate(scene, row), at, kept.problem))
        return again

    def _linked(self, scene: Scene, row: Row, entry: Row, link: str) -> None:
        """The first meeting link there is becomes the appointment's; everybody learns it, wherever they look."""
        row = appointments.get(scene.tx, scene.tenant_id, row["id"])
        said = appointments.words_of(scene.tx, scene.keys, row)
        if said["link"] or said["place"] or row["state"] != "booked":
            return
        appointments.set_words(scene.tx, scene.keys, row, link=link)
        role = said["title"] or words.INTERVIEW
        entries.tell(scene, row["candidate_id"], words.link_there(role, link), row["candidate_id"])
        where = {"tenant_id": scene.tenant_id, "appointment_id": row["id"]}
        for other in scene.tx.find(CalendarEntry, where, "account_id"):
            if other["account_id"] == entry["account_id"] or other["state"] not in ("wanted", "kept"):
                continue
            if other["account_id"].startswith("chat:"):
                entries.tell(scene, other["person_id"], words.link_there(role, link), row["candidate_id"])
            elif not other["account_id"].startswith("mail:"):
                entries.renew(scene, row, other)
            elif other["state"] == "kept":
                scene.tx.change(CalendarEntry, entries.key(other), {"state": "wanted", "at": scene.at})
                entries.queue_mail(scene, row, other["person_id"], "REQUEST")

    def _refused(self, scene: Scene, wish: _Wish, trouble: CalendarTrouble) -> bool:
        entry, row = wish.entry, wish.row
        same = {**entries.key(entry), "state": entry["state"], "version": entry["version"], "at": entry["at"]}
        log.warning(
            "entry_not_written", appointment_id=row["id"], account_id=entry["account_id"], trouble_code=trouble.code
        )
        if trouble.code == "disconnected":  # nobody can be asked to write there any more
            scene.tx.change(CalendarEntry, same, {"state": "removed", "problem": trouble.code})
        elif trouble.code == "deleted" and wish.account is not None:
            if scene.tx.change(CalendarEntry, same, {"state": "kept", "problem": ""}):
                gone = Changes("", [Outside(row["id"], "cancelled")])
                outside.heard(scene, wish.account, gone, scene.at, self._settings.time_zone)
        elif trouble.after_ms is None:
            if scene.tx.change(CalendarEntry, same, {"state": "failed", "problem": trouble.code}):
                self._tell(scene, wish, trouble)
        elif self._overdue(scene, entry) and scene.tx.change(CalendarEntry, same, {"problem": "late"}):
            self._tell(scene, wish, trouble)
        return False

    @staticmethod
    def _overdue(scene: Scene, entry: Row) -> bool:
        """It has been tried for so long that somebody should know; said once."""
        return scene.at - entry["at"] >= _LATE and entry["problem"] != "late"

    def _tell(self, scene: Scene, wish: _Wish, trouble: CalendarTrouble) -> None:
        """The owner, with what to do; and whoever looks after the interview. The booking stands."""
        row, owner, name = wish.row, wish.entry["person_id"], self._candidate(scene, wish.row)
        if wish.event is None:
            entries.tell(scene, owner, words.not_removed(name, trouble.say), row["candidate_id"])
            return
        mine = words.not_written(name, self._when(scene, row, owner), trouble.say)
        entries.tell(scene, owner, mine, row["candidate_id"])
        whose = people.name_of(scene.tx, scene.keys, scene.tenant_id, owner)
        self._tell_team(scene, row, lambda at: words.not_written_of(whose, name, at), owner)

    def _tell_team(self, scene: Scene, row: Row, card: Callable[[str], Card], but: str = "") -> None:
        for person in entries.team_of(scene, row):
            if person != but:
                entries.tell(scene, person, card(self._when(scene, row, person)), row["candidate_id"])

    def _candidate(self, scene: Scene, row: Row) -> str:
        return people.name_of(scene.tx, scene.keys, scene.tenant_id, row["candidate_id"])

    def _when(self, scene: Scene, row: Row, person: str) -> str:
        if row["start_minute"] is None:
            return ""
        zone = readers.zone(scene.tx, scene.keys, row, person, self._settings.time_zone)
        return when.spoken(row["start_minute"], zone, scene.at)


def _later() -> str:
    """The sentence by which Google's client says that a link is still being made."""
    from calendar_sync.google import LINK_LATER

    return LINK_LATER
