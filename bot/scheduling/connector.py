"""Connecting calendars, as far as it happens outside of a chat: pages, trying a calendar, keeping it.

A page belongs to one person and one conversation, by a secret that works once and for ten minutes. A calendar is tried
before it is kept, and what is kept is told to the conversation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from bot import people
from bot.clock import Clock
from bot.ids import Ids
from bot.keyring import Keyring
from bot.log import get
from bot.scene import After, Scene
from bot.scheduling import accounts, connecting, keeping, profiles
from bot.scheduling.accounts import Clients, Content
from bot.scheduling.hours_text import hours_text, read_hours_text
from bot.scheduling.looking import Look, Looker
from bot.settings import Settings
from bot.store import queries
from bot.store.rows import CalendarAccount, Thread
from bot.store.store import Row, Store, Tx
from bot.threads import Conv
from bot.work.job import Job
from calendar_sync.zones import ConfigProblem, zone
from flows.cards import Card
from flows.cards import to_json as card_json
from flows.connect.requests import CalendarRefused, CalendarSeen, HoursRead, HoursUnclear, PageReady, ReadHours
from flows.requests import encode_result
from flows.words import calendar_en as words

log = get("calendars")
MINUTES = 10
_WEEKS = 4
_MOST = 8  # calendars of one person
_WEEK = 7 * 24 * 60
PageKind = Literal["google", "caldav"]
Done = Callable[[str, After], None]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a page belongs to, and the conversation that it was made in."""

    tenant_id: str
    person_id: str
    conversation: str
    name: str


class Connector:
    """Tries and keeps calendars. `committed`: the runner's."""

    def __init__(
        self, store: Store, keys: Keyring, ids: Ids, clock: Clock, settings: Settings, clients: Clients, committed: Done
    ) -> None:
        self.settings, self.clients, self.clock = settings, clients, clock
        self._store, self._keys, self._ids, self._committed = store, keys, ids, committed
        self._looker = Looker(clients, clock, ids)

    # -- workers and answers ----------------------------------------------------------------------------

    async def page(self, job: Job, at: int) -> dict[str, Any]:
        """`ConnectPage`: a link to a page of this person's own."""
        kind, tenant = job.request["kind"], job.row["tenant_id"]

        def issue(tx: Tx) -> str:
            person, talk = self._whose(tx, job.row), job.row["conversation_id"]
            return people.issue_link(tx, self._ids, tenant, purpose(kind), person, talk, at, 0, minutes=MINUTES)

        secret = await self._store.commit(issue)
        where = "google/start" if kind == "google" else "caldav"
        url = f"{self.settings.base_url}/calendar/{where}?state={secret}"
        return encode_result(PageReady(url, MINUTES))

    async def feed(self, job: Job, at: int) -> dict[str, Any]:
        """`ConnectFeed`: try a link that was typed, and keep it."""
        url = job.request["url"].strip()
        if url.lower().startswith("webcal://"):
            url = "https://" + url[len("webcal://") :]
        return encode_result(await self._try(job, "ics", {"url": url}))

    async def delegated(self, job: Job, at: int) -> dict[str, Any]:
        """`ConnectDelegated`: only an address that the team has noted, never one that somebody types: with it one sees
        a calendar."""
        tenant = job.row["tenant_id"]
        mail = await self._store.read(lambda tx: people.email_of(tx, self._keys, tenant, self._whose(tx, job.row)))
        if not mail:
            return encode_result(CalendarRefused(words.NO_MAIL))
        return encode_result(await self._try(job, "google", {"service": True, "mail": mail}))

    async def forget(self, job: Job, at: int) -> dict[str, Any]:
        """`CalendarForget`: close the push channel of a calendar that was disconnected. It would end by itself."""
        from calendar_sync.calendar import CalendarTrouble

        channel = accounts.channel_of(job.request["content"])
        if channel is not None:
            try:
                await (await self.clients.google(job.request["content"])).stop(channel)
            except CalendarTrouble as trouble:
                log.info("channel_left", trouble_code=trouble.code)
        return {}

    def read_hours(self, tx: Tx, *, conv: Conv, request: ReadHours) -> HoursRead | HoursUnclear:
        """`ReadHours`: "Mon-Fri 9-17", and a zone at the end where somebody names one."""
        person, tenant = conv.row["subject_id"], conv.row["tenant_id"]
        known = profiles.load(tx, self._keys, tenant, person) or profiles.default(self.settings.time_zone)
        text, named = _zone_at_the_end(request.text)
        try:
            weekly = read_hours_text(text)
        except ConfigProblem as problem:
            return HoursUnclear(problem.say)
        profile = profiles.Profile(named or known.zone, weekly)
        label = connecting.hours_label(profile, self.clock.now())
        return HoursRead(hours_text(weekly) or "off", profile.zone, label)

    async def _try(self, job: Job, kind: str, content: Content) -> CalendarSeen | CalendarRefused:
        tenant = job.row["tenant_id"]
        person = await self._store.read(lambda tx: self._whose(tx, job.row))
        return await self.keep(tenant, person, kind, content)

    @staticmethod
    def _whose(tx: Tx, row: Row) -> str:
        """The person whose chat a piece of work came from."""
        thread = tx.one(Thread, tenant_id=row["tenant_id"], id=row["thread_id"])
        if thread is None:
            raise LookupError("work without its chat")
        return thread["person_id"]

    # -- pages ------------------------------------------------------------------------------------------

    async def holder(self, state: str, kind: PageKind) -> Holder | None:
        """Who a page belongs to, as long as it works. Looking never uses it up."""
        return await self._store.read(lambda tx: self._holder(tx, state, kind))

    def _holder(self, tx: Tx, state: str, kind: PageKind) -> Holder | None:
        link = people.look_at_link(tx, state, self.clock.now(), (purpose(kind),))
        if isinstance(link, people.Refused):
            return None
        name = people.name_of(tx, self._keys, link["tenant_id"], link["person_id"])
        return Holder(link["tenant_id"], link["person_id"], link["interview_id"], name)

    async def use_up(self, state: str, kind: PageKind) -> bool:
        """Of two at the same moment one is first."""
        now = self.clock.now()

        def use(tx: Tx) -> bool:
            return not isinstance(people.use_up(tx, state, now, (purpose(kind),)), people.Refused)

        return await self._store.commit(use)

    async def say(self, holder: Holder, seen: CalendarSeen | CalendarRefused) -> None:
        """Tell the conversation how it went; where it has ended, the chat."""
        if isinstance(seen, CalendarSeen):
            data: dict[str, Any] = {"kind": seen.kind, "label": seen.label, "events": seen.events}
            event = {"kind": "learned", "name": "calendar_connected", "data": data}
            card = Card(words.connected(seen.label, seen.events), tone="done")
        else:
            event = {"kind": "learned", "name": "calendar_refused", "data": {"say": seen.say}}
            card = Card(seen.say, tone="notice")

        def work(tx: Tx) -> tuple[str, After]:
            chat = people.thread_of(tx, holder.tenant_id, holder.person_id)
            going_on = queries.open_conversations(tx, holder.tenant_id, chat, "", connecting.FLOW)
            scene = self._scene(tx, holder.tenant_id, chat)
            if holder.conversation in going_on:
                named = {"conversation": holder.conversation, "otherwise": card_json(card)}
                scene.send(chat, "happening", holder.person_id, event=event, **named)
            else:
                scene.send(chat, "tell", holder.person_id, card=card_json(card), subject_id=holder.person_id)
            return chat, scene.after

        self._committed(*await self._store.commit(work))

    # -- keeping ----------------------------------------------------------------------------------------

    async def taken(self, holder: Holder, mail: str) -> bool:
        """Has a colleague connected this Google account already?"""
        find = connecting.of_a_colleague
        return await self._store.read(lambda tx: find(tx, self._keys, holder.tenant_id, holder.person_id, mail))

    async def keep(self, tenant_id: str, person: str, kind: str, content: Content) -> CalendarSeen | CalendarRefused:
        """Try a calendar, and keep it if it can be read. One that is known gets its new secrets."""
        new = accounts.new_row(tenant_id, self._ids.new("ca"), person, kind, b"", self.clock.now())
        if await self._store.read(lambda tx: self._too_many(tx, tenant_id, person, kind, content)):
            return CalendarRefused(words.TOO_MANY)
        profile = await self._store.read(lambda tx: profiles.load(tx, self._keys, tenant_id, person))
        usual = profiles.default(self.settings.time_zone)
        look = await self._looker.look(new, content, profile or usual)
        if look.trouble is not None:
            return CalendarRefused(look.trouble.say)
        chat, after = await self._store.commit(lambda tx: self._keep(tx, new, content, look, usual))
        self._committed(chat, after)
        return CalendarSeen(kind, accounts.label(kind, content), self._events(look))

    def _too_many(self, tx: Tx, tenant_id: str, person: str, kind: str, content: Content) -> bool:
        known = connecting.same_account(tx, self._keys, tenant_id, person, kind, content)
        return known is None and len(accounts.of_person(tx, tenant_id, person)) >= _MOST

    def _keep(self, tx: Tx, new: Row, content: Content, look: Look, usual: profiles.Profile) -> tuple[str, After]:
        tenant, person = new["tenant_id"], new["interviewer_id"]
        chat = people.thread_of(tx, tenant, person)
        scene = self._scene(tx, tenant, chat)
        if profiles.load(tx, self._keys, tenant, person) is None:
            profiles.save(tx, self._keys, tenant, person, usual, scene.at)
        known = connecting.same_account(tx, self._keys, tenant, person, new["kind"], content)
        self._keys.load(tx, tenant, person)
        sealed = self._keys.seal(tenant, person, content)
        if known is None:
            row = {**new, "sealed": sealed}
            tx.insert(CalendarAccount, row)
        else:
            # They are in the middle of it, so that they need no word of a recovery; what waited is written now.
            row = {**known, "sealed": sealed, "told": "", "state": "failed"}
            tx.change(CalendarAccount, {"tenant_id": tenant, "id": known["id"]}, row)
        keeping.keep(scene, row, look, scene.at, self.settings.time_zone)
        connecting.take_over(scene, person)
        return chat, scene.after

    def _scene(self, tx: Tx, tenant_id: str, chat: str) -> Scene:
        thread = tx.one(Thread, tenant_id=tenant_id, id=chat)
        if thread is None:
            raise LookupError("a person without a chat")
        return Scene(tx, self._keys, self._ids, thread, self.clock.now())

    def _events(self, look: Look) -> int:
        now = self.clock.now() // 60_000
        taken = [*look.busy.intervals, *look.busy.movable] if look.busy else []
        return sum(a < now + _WEEKS * _WEEK and now < b for a, b in taken)


def purpose(kind: str) -> str:
    """What a page's secret is for; no other link opens the page, and its secret opens nothing else."""
    return f"calendar.{kind}"


def _zone_at_the_end(text: str) -> tuple[str, str]:
    """(the rest, the zone) of "Mon-Fri 9-17 Europe/Paris"; no zone where none is named."""
    rest, _, last = text.strip().rpartition(" ")
    if "/" not in last and last != "UTC":
        return text, ""
    try:
        return rest.rstrip(" ,"), zone(last).name
    except ConfigProblem:
        return text, ""
