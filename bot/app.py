"""All wiring, in one function. Whoever wants another part (a clock, ids, a model) passes it to `build`."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adapters.contract import ChatAdapter
from adapters.web.app import WebAdapter
from bot import facts, platforms
from bot.casting import Casting
from bot.clock import Clock, Pulse, SystemClock
from bot.deeds import DEEDS, timer, unreachable
from bot.desk import letters
from bot.desk.desk import Desk
from bot.funnel import carrying, standing
from bot.funnel import effects as onwards
from bot.funnel import letters as decided
from bot.funnel.picturing import Comparisons
from bot.guiding import office as guiding
from bot.guiding import plan as guide
from bot.ids import Ids
from bot.inbox import Intake
from bot.keyring import Keyring
from bot.kits import KitLibrary
from bot.media.media import Media
from bot.outbox import Deliverer
from bot.ports import WebPort
from bot.reception.door import Reception
from bot.reception.parts import Parts
from bot.recordings import practising, shelf
from bot.recordings.keeping import Keeping
from bot.recordings.sources import Everywhere
from bot.recordings.tidying import Tidying
from bot.recordings.uploads import Uploads
from bot.runner.embedded import EmbeddedRunner, Worker
from bot.scene import After
from bot.scheduling import cast, connecting
from bot.scheduling import effects as scheduled
from bot.scheduling.office import SchedulingOffice
from bot.scorecards.papers import Papers
from bot.scorecards.picturing import Picturing
from bot.settings import Settings
from bot.sounds import Sounds, voice_of
from bot.speech.contract import Ear
from bot.store import queries, schema
from bot.store.store import Store, Tx, sqlite_url
from bot.vault import Vault, master_key
from bot.warming import Warming
from bot.work import ahead
from bot.work.answers import Answers, instant
from bot.work.checking import Checks
from bot.work.coaching import Coaches
from bot.work.ears import ear_of
from bot.work.forget import Forgetting
from bot.work.reading import Reading
from bot.work.transcribe import Transcribing
from bot.workspaces import Workspaces
from calendar_sync.reminding import NO_QUIET
from flows.playbill import PLAYBILL
from flows.registry import Playbill, UnknownConversation

if TYPE_CHECKING:
    from bot.work.assess import Assessor

TENANT = "t_main"
_FETCHED_AHEAD = 2  # recordings that are fetched and opened while all processes listen


class MissingConversation(RuntimeError):
    """People are in a version of a conversation that this release does not have. The message says what to do."""

    def __init__(self, flow: str, version: int, count: int) -> None:
        people = "1 person is" if count == 1 else f"{count} people are"
        super().__init__(
            f"{people} in the middle of {flow}/v{version}, which this release of Parley doesn't have. "
            f"Start the release they began with, or put flows/{flow}/v{version}.py back on the playbill."
        )


@dataclass(slots=True)
class App:
    """Parley, wired and not yet started."""

    settings: Settings
    store: Store
    keys: Keyring
    ids: Ids
    clock: Clock
    pulse: Pulse
    intake: Intake
    outbox: Deliverer
    runner: EmbeddedRunner
    web: WebAdapter
    port: WebPort
    kits: KitLibrary
    assessor: "Assessor | None"
    reception: Reception
    workspaces: Workspaces
    platforms: list[ChatAdapter]
    scheduling: SchedulingOffice
    uploads: Uploads
    keeping: Keeping
    tidying: Tidying
    media: Media
    sounds: Sounds
    ear: Ear | None
    tenant_id: str = TENANT
    catching_up: list[asyncio.Task[None]] = field(default_factory=lambda: [])
    warming: Warming = field(default_factory=Warming)

    async def start(self) -> None:
        """Take up what was left over, then serve. Raises `AlreadyRunning`, and `MissingConversation` before anything."""
        await self.store.read(self._know_every_conversation)
        await self.store.commit(lambda tx: self._found(tx))
        away_since = await self.store.read(queries.last_event)
        if self.ear is not None:
            await self.ear.start()
            await self.media.start()  # processes that open recordings, ahead of the first one
        await self.runner.start()
        for adapter in self.platforms:
            await adapter.start()
        await self.scheduling.start(self.pulse)
        await self.uploads.start(self.pulse)
        await self.keeping.start(self.pulse)
        self.tidying.start(self.pulse)
        if self.platforms:
            await self.outbox.recover()  # what waited for its platform
        self.warming.start()
        self.catching_up = [asyncio.create_task(a.catch_up(away_since), name=a.name) for a in self.platforms]
        # Nobody waits for it: a bucket with many recordings takes a while to be looked through.
        self.catching_up.append(asyncio.create_task(self.tidying.sweep(), name="tidying"))

    def check(self) -> None:
        """Can this release serve what is stored? Raises `MissingConversation`. Needs no event loop; changes nothing."""
        self.store.read_now(self._know_every_conversation)

    async def stop(self) -> None:
        """Let go of everything; what is unfinished stays as rows."""
        self.web.hang_up()
        self.warming.stop()
        for task in self.catching_up:
            task.cancel()
        await asyncio.gather(*self.catching_up, return_exceptions=True)
        for adapter in self.platforms:
            await adapter.stop()
        await self.scheduling.stop()
        await self.runner.stop()
        if self.ear is not None:
            await self.ear.stop()
        await self.sounds.close()
        await self.media.stop()
        if self.assessor is not None:
            await self.assessor.aclose()
        await self.store.close()

    def _know_every_conversation(self, tx: Tx) -> None:
        """Whoever is in the middle of a conversation must be able to go on with the version they began with."""
        for flow, version, count in queries.versions_in_play(tx):
            try:
                self.intake.playbill.get(flow, version)
            except UnknownConversation:
                raise MissingConversation(flow, version, count) from None

    def _found(self, tx: Any) -> None:
        at = self.clock.now()
        if self.keys.found_tenant(tx, self.tenant_id, self.settings.company, at):
            self.keys.create(tx, self.tenant_id, self.tenant_id, at)


def database_url(settings: Settings) -> str:
    """The configured database, or the SQLite file in the data folder."""
    return settings.database_url or sqlite_url(settings.home)


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    playbill: Playbill = PLAYBILL,
    migrate: bool = True,
) -> App:
    """Wire everything. The data folder is created, the database migrated (`migrate`), nothing is started."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = database_url(settings)
    # The key before the database: a database without its key is refused, so a first run makes the key first.
    keys = Keyring(Vault(master_key(settings)))
    if migrate:
        schema.create_or_upgrade(url)
    clock, ids = clock or SystemClock(), ids or Ids()
    store, ear = Store.at(url), ear_of(settings)
    filler = cast.filler(keys, settings)
    casting = Casting(
        store,
        keys,
        settings,
        {
            **dict.fromkeys(cast.FLOWS, filler),
            "onward": carrying.filler,
            guide.FLOW: guide.filler(keys),
            connecting.FLOW: connecting.filler(keys, settings),
            **dict.fromkeys(practising.PLAYS, practising.filler),
        },
        hears=ear is not None,
    )
    web, kits = WebAdapter(), KitLibrary()
    adapters: dict[str, ChatAdapter] = {web.name: web}
    outbox = Deliverer(store, keys, clock, adapters, settings.base_url)
    media = Media.at(settings)
    sounds = Sounds(store, keys, media, voice_of(settings), settings.media / "voices")
    outbox.sounds, web.speaks = sounds.of_message, sounds.speaks
    assessor = _assessor(settings)
    reading = Reading(store, keys, settings, assessor)
    workers: dict[str, Worker] = {"Assess": reading.assess, "ReadAhead": reading.ahead, "ChooseProbe": reading.probe}
    pulse = Pulse(clock)
    lock = None if settings.database_url else settings.lock_path
    runner = EmbeddedRunner(store, keys, clock, outbox, pulse, workers, lock)

    def committed(thread_id: str, after: After) -> None:
        runner.committed(thread_id, after)
        if after.awaited:
            outbox.typing(thread_id)

    scheduling = SchedulingOffice(store, keys, ids, clock, settings, committed, runner.deliver)
    workers |= scheduling.workers() | {"ScorecardPicture": Picturing(store, keys).draw}
    workers["ComparisonPicture"] = Comparisons(store, keys).draw
    workers["RecordPaper"] = Papers(store, keys, settings.base_url).make
    desk = Desk(
        settings.base_url,
        settings.invite_days,
        kits,
        settings.time_zone,
        scheduling.availability,
        settings.company,
        settings.contact,
    )
    table = instant(Answers(keys, casting.kit, settings), assessor is not None) | scheduling.instants()
    table |= {"Coach": Coaches(keys).coach, "HowItSounds": Checks(keys).sounds}
    lost = unreachable(settings.base_url, settings.company, settings.invite_days)
    quiet = settings.quiet if settings.quiet_hours else NO_QUIET
    due = timer(settings.time_zone, quiet)
    around = scheduling.deeds() | guiding.deeds(scheduling.deeds())
    deeds = {
        **DEEDS,
        **letters.deeds(desk),
        **around,
        "unreachable": lost,
        "letter_due": decided.deed(quiet),
        "timer": due,
    }
    deeds["held"] = onwards.held(settings.decision_days)
    below = facts.EFFECTS | scheduling.effects()
    below = below | practising.effects(below, facts.tell_channel)
    below = below | guiding.effects(below)
    below = below | ahead.effects(below, assessor is not None)
    effects = below | onwards.effects(below, settings.decision_days)
    intake = Intake(store, keys, ids, clock, playbill, casting, deeds, effects, table, outbox.ready, committed)
    runner.intake = intake
    intake.recorded = shelf.note
    intake.orders = lambda text, flow: (
        flow != guide.FLOW
        and (bool(scheduled.order(text)) or standing.orders(text, flow) or practising.orders(text, flow))
    )
    intake.beside = practising.orders
    intake.spoken = standing.either(scheduled.spoken, practising.spoken, standing.spoken)
    uploads = Uploads(store, keys, settings, clock)
    tidying = Tidying(store, media)
    keeping = Keeping(store, keys, ids, clock, settings.recording_days, committed)
    sources = Everywhere(adapters, uploads)
    transcribing = Transcribing(store, keys, clock, settings, media, ear, sources)
    workers["Transcribe"] = transcribing.transcribe
    workers["ForgetRecording"] = Forgetting(store, keys, media, transcribing, sources).forget
    runner.listening_at_once = settings.speech_processes + _FETCHED_AHEAD
    web.port = port = WebPort(store, keys, clock, intake, outbox, web, uploads)
    workspaces = Workspaces(store, keys, ids, clock, TENANT)
    reception = Reception(Parts(store, keys, ids, clock, intake, runner, desk, workspaces, adapters, web))
    connected = platforms.connected(settings, reception)
    adapters.update((adapter.name, adapter) for adapter in connected)
    outbox.unreachable, outbox.reachable, outbox.mirror = reception.unreachable, reception.reachable, web.mirror
    parts = (settings, store, keys, ids, clock, pulse, intake, outbox, runner, web, port, kits, assessor)
    return App(*parts, reception, workspaces, connected, scheduling, uploads, keeping, tidying, media, sounds, ear)


def _assessor(settings: Settings) -> "Assessor | None":
    if not (settings.openai_base_url and settings.openai_model):
        return None
    key = (
        settings.openai_api_key.get_secret_value() or "none"
    )  # the client refuses an empty key; local servers ignore it
    # Imported only where a model is configured: the client alone takes longer to load than all of Parley.
    from bot.work.assess import Assessor

    return Assessor(
        settings.openai_base_url, key, settings.openai_model, at_once=settings.openai_at_once,
        tokens_per_interview=settings.openai_tokens,
    )  # fmt: skip
