"""All of scheduling, wired: what it adds to the tables of deeds, effects, instant answers and workers."""

from collections.abc import Callable
from typing import Any

from bot.clock import Clock, Pulse
from bot.ids import Ids
from bot.keyring import Keyring
from bot.scene import After
from bot.scheduling import connecting, effects, outside
from bot.scheduling.accounts import Clients
from bot.scheduling.announcing import Announcer
from bot.scheduling.asking import Swaps
from bot.scheduling.availability import Availability
from bot.scheduling.booking import Booker
from bot.scheduling.capacity import WeekPictures
from bot.scheduling.connector import Connector
from bot.scheduling.finding import Finder
from bot.scheduling.mailing import Mailer
from bot.scheduling.sync import Syncer
from bot.scheduling.upcoming import Upcoming
from bot.scheduling.writing import CalendarWriter
from bot.scheduling.zone_rules import ZoneRules
from bot.settings import Settings
from bot.store import guard
from bot.store.rows import Tenant
from bot.store.store import Store, Tx

SWEEP_S = 86_400.0
Done = Callable[[str, After], None]
Deliver = Callable[[str], None]
Table = dict[str, Callable[..., Any]]


class SchedulingOffice:
    """`committed` is told what has to happen after a commit, `deliver` which chat has letters (the runner's own)."""

    def __init__(
        self, store: Store, keys: Keyring, ids: Ids, clock: Clock, settings: Settings, committed: Done, deliver: Deliver
    ) -> None:
        self._store, self._clock = store, clock
        self.availability, self.clients = Availability(keys), Clients(settings, clock)
        parts = (store, keys, ids, clock, settings)
        self.syncer = Syncer(*parts, self.clients, committed)
        self.zone_rules = ZoneRules(*parts, committed)
        self.connector = Connector(*parts, self.clients, committed)
        self._finder = Finder(keys, self.availability, settings, clock)
        self._writer, self._mailer = CalendarWriter(*parts, self.clients, committed), Mailer(*parts, committed)
        self._booker = Booker(store, keys, self.availability, settings)
        self._swaps = Swaps(store, keys, ids, self.availability, settings, deliver)
        self._pictures = WeekPictures(store, self.availability)
        self._announcer, self._upcoming = Announcer(settings), Upcoming(settings, self.availability)

    def deeds(self) -> Table:
        return {"announce": self._announcer.announce, "due": self._upcoming.due}

    def effects(self) -> Table:
        return {**effects.EFFECTS, "outside_answer": outside.answered, "hours_given": connecting.hours_given}

    def instants(self) -> Table:
        """Answered inside the turn that asks."""
        return {**self._finder.instant(), "ReadHours": self.connector.read_hours}

    def workers(self) -> Table:
        return {
            **self._booker.workers(),
            "AskColleagues": self._swaps.ask,
            "CalendarWrite": self._writer.write,
            "ConnectPage": self.connector.page,
            "ConnectFeed": self.connector.feed,
            "ConnectDelegated": self.connector.delegated,
            "CalendarForget": self.connector.forget,
            "Mail": self._mailer.mail,
            "WeekPicture": self._pictures.draw,
        }

    async def start(self, pulse: Pulse) -> None:
        """Begin to read calendars."""
        await self.syncer.start(pulse)
        self.zone_rules.start(pulse)
        pulse.every("holds", SWEEP_S, self._sweep)

    async def _sweep(self) -> None:
        """Holds that ran out are in nobody's way; once a day they are put out of the table."""

        def work(tx: Tx) -> None:
            for tenant in tx.find(Tenant, {}):
                guard.sweep(tx, tenant["tenant_id"], self._clock.now())

        await self._store.commit(work)

    async def stop(self) -> None:
        await self.zone_rules.stop()
        await self.syncer.stop()
