"""A small team on a real database for the tests of calendars: people, an appointment, and what was written for them.

Nothing runs by itself: a test syncs an account or does a piece of work, and reads the letters that came of it.
"""

import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from bot import hiring, people
from bot.clock import SetClock
from bot.ids import SeededIds
from bot.keyring import Keyring
from bot.scene import After, Scene
from bot.scheduling import accounts, appointments, profiles
from bot.scheduling.accounts import Clients
from bot.scheduling.connector import Connector
from bot.scheduling.mailing import Mailer
from bot.scheduling.plans import CANDIDATE, Plan, Session
from bot.scheduling.sync import Syncer
from bot.scheduling.writing import CalendarWriter
from bot.settings import Settings
from bot.store import guard
from bot.store.rows import Appointment, CalendarAccount, CalendarEntry, Inbox, Interviewer, Thread, Work
from bot.store.store import Row, Store, Tx, sqlite_url
from bot.vault import Vault
from bot.work.job import Job, Later
from tests.fakes.google import SECRET, FakeGoogle
from tests.flows.rating.small_kit import KIT

T = TypeVar("T")
TENANT = "t_main"
NOON = 1_795_424_400_000  # Monday 23 November 2026, 09:00 UTC
MINUTE = 60_000
TUESDAY_10 = NOON // MINUTE + 25 * 60  # Tuesday 24 November 2026, 10:00 UTC
BEN_MAIL, CARLA_MAIL = "ben@example.com", "carla@example.com"


class Office:
    """The team: Noor recruits, Ben and Carla interview, Ada is the candidate."""

    def __init__(self, home: Path, **settings: Any) -> None:
        self.clock, self.ids = SetClock(NOON), SeededIds("office")
        self.store = Store.at(sqlite_url(home))
        self.keys = Keyring(Vault(b"k" * 32))
        self.settings = Settings(home=home, company="Northwind", **settings)
        self.after: list[tuple[str, After]] = []
        parts = (self.store, self.keys, self.ids, self.clock, self.settings)
        self.clients = Clients(self.settings, self.clock, link_pause_s=0, retries=0)
        self.syncer = Syncer(*parts, self.clients, self.committed)
        self.writer = CalendarWriter(*parts, self.clients, self.committed)
        self.connector = Connector(*parts, self.clients, self.committed)
        self.mailer = Mailer(*parts, self.committed)
        self.person: dict[str, str] = {}
        self.chat: dict[str, str] = {}

    def committed(self, chat: str, after: After) -> None:
        self.after.append((chat, after))

    async def do(self, unit: Callable[[Tx], T]) -> T:
        return await self.store.commit(unit)

    async def found(self) -> None:
        await self.do(self._found)

    def _found(self, tx: Tx) -> None:
        self.keys.found_tenant(tx, TENANT, "Northwind", self.clock.now())
        self.keys.create(tx, TENANT, TENANT, self.clock.now())
        for name in ("Noor", "Ben", "Carla", "Ada"):
            kind = "candidate" if name == "Ada" else "member"
            at = self.clock.now()
            self.person[name], self.chat[name] = people.add_person(tx, self.keys, self.ids, TENANT, kind, name, at)
        people.give_role(tx, TENANT, "*", self.person["Noor"], "recruiter")
        for name in ("Ben", "Carla"):
            profiles.save(tx, self.keys, TENANT, self.person[name], profiles.default("Europe/Paris"), self.clock.now())
        channel = people.add_thread(tx, self.ids, TENANT, "channel", "", TENANT, "hiring")
        self.requisition = hiring.open_requisition(
            tx, self.ids, TENANT, title="Support engineer", kit=KIT, channel_id=channel, role_site="GB-LND",
            panel=[self.person["Ben"]], at=self.clock.now(),
        )  # fmt: skip
        row: Row = {"tenant_id": TENANT, "id": "iv_1", "requisition_id": self.requisition, "status": "consented"}
        row |= {"candidate_id": self.person["Ada"], "version": 1, "flags": "{}", "created_at": self.clock.now()}
        tx.insert(hiring.Interview, {**row, "deadline_at": NOON * 2, "submitted_at": None, "revealed_at": None})
        nobody: Row = {"tenant_id": TENANT, "id": self.person["Ada"], "state": "active", "stamp": "", "profile": None}
        tx.insert(Interviewer, {**nobody, "created_at": self.clock.now()})

    # -- calendars ----------------------------------------------------------------------------------------

    async def connect(self, name: str, kind: str, content: dict[str, Any], id: str = "") -> str:
        """A connected calendar that has not been read yet."""
        account = id or f"ca_{name.lower()}_{kind}"

        def insert(tx: Tx) -> None:
            self.keys.load(tx, TENANT, self.person[name])
            sealed = self.keys.seal(TENANT, self.person[name], content)
            tx.insert(
                CalendarAccount,
                accounts.new_row(TENANT, account, self.person[name], kind, sealed, self.clock.now()),
            )

        await self.do(insert)
        return account

    async def account(self, id: str) -> Row:
        row = await self.store.read(lambda tx: tx.one(CalendarAccount, tenant_id=TENANT, id=id))
        assert row is not None
        return row

    async def content(self, id: str) -> dict[str, Any]:
        row = await self.account(id)
        return await self.store.read(lambda tx: accounts.content_of(tx, self.keys, row))

    async def busy(self, id: str) -> Any:
        row = await self.account(id)
        return await self.store.read(lambda tx: accounts.busy_of(tx, self.keys, row))

    async def stamp(self, name: str) -> str:
        row = await self.store.read(lambda tx: tx.one(Interviewer, tenant_id=TENANT, id=self.person[name]))
        assert row is not None
        return row["stamp"]

    async def sync(self, id: str) -> Row:
        await self.syncer.sync(TENANT, id)
        return await self.account(id)

    # -- appointments -------------------------------------------------------------------------------------

    async def book(self, *names: str, start: int = TUESDAY_10, minutes: int = 45, **words: str) -> str:
        """A booked appointment of one session with these interviewers; its id."""
        return await self.do(lambda tx: self._book(tx, names, start, minutes, words))

    def _book(self, tx: Tx, names: tuple[str, ...], start: int, minutes: int, words: dict[str, str]) -> str:
        team = [self.person[n] for n in names]
        seats = [guard.Seat(p, start, start + minutes, "talk") for p in team]
        seats.append(guard.Seat(self.person["Ada"], start, start + minutes, CANDIDATE))
        id = self.ids.new("ap")
        ask = guard.Ask(TENANT, f"{id}.b", "iv_1", tuple(seats), self.clock.now(), lambda _: None)
        booked = guard.book(tx, ask)
        assert isinstance(booked, guard.Booked)
        plan = Plan((Session("talk", "System design", minutes, tuple(team)),), "Europe/Paris")
        self.keys.load(tx, TENANT, self.person["Ada"])
        said = {"title": "", "note": "", "link": "", "place": "", **words}
        row: Row = {"tenant_id": TENANT, "id": id, "interview_id": "iv_1", "candidate_id": self.person["Ada"]}
        row |= {"kind": "people", "state": "booked", "version": 1, "announced": 1, "booking_id": ask.booking_id}
        row |= {"zone": "Europe/London", "plan": plan.to_json(), "why": "[]", "attendance": "{}", "nags": 0}
        row |= {"sealed": self.keys.seal(TENANT, self.person["Ada"], said), "asked_by": self.person["Noor"]}
        row |= {"start_minute": start, "end_minute": start + minutes, "created_at": NOON, "changed_at": NOON}
        tx.insert(Appointment, row)
        return id

    async def appointment(self, id: str) -> Row:
        return await self.store.read(lambda tx: appointments.get(tx, TENANT, id))

    async def words(self, id: str) -> dict[str, str]:
        row = await self.appointment(id)
        return await self.store.read(lambda tx: appointments.words_of(tx, self.keys, row))

    async def change(self, id: str, **values: Any) -> None:
        await self.do(lambda tx: tx.change(Appointment, {"tenant_id": TENANT, "id": id}, values))

    async def wish(self, appointment: str, account: str, name: str, state: str = "wanted", version: int = 1) -> None:
        """What the announcer asks for: an entry in this state, and the work to bring it about."""
        row: Row = {"tenant_id": TENANT, "appointment_id": appointment, "account_id": account}
        values: Row = {"person_id": self.person[name], "state": state, "version": version, "problem": "", "asked": ""}
        values["at"] = self.clock.now()

        def write(tx: Tx) -> None:
            if not tx.add(CalendarEntry, {**row, **values, "sealed": None}):
                tx.change(CalendarEntry, row, values)

        await self.do(write)

    async def entry(self, appointment: str, account: str) -> Row:
        key = {"tenant_id": TENANT, "appointment_id": appointment, "account_id": account}
        row = await self.store.read(lambda tx: tx.one(CalendarEntry, **key))
        assert row is not None
        return row

    def job(self, kind: str, /, **request: Any) -> Job:
        """A piece of work that was asked for in the candidate's chat."""
        row: Row = {"tenant_id": TENANT, "id": "w_1", "kind": kind, "thread_id": self.chat["Ada"], "step": ""}
        row |= {"conversation_id": "", "interview_id": "iv_1", "subject_id": self.person["Ada"], "at": self.clock.now()}
        return Job(row, request)

    async def write(self, appointment: str, account: str) -> int | None:
        """Do the work of writing an entry; how long it asks to be left alone, None when it is done."""
        job = self.job("CalendarWrite", appointment=appointment, account=account)
        try:
            await self.writer.write(job, self.clock.now())
        except Later as later:
            return later.after_ms
        return None

    async def works(self, kind: str) -> list[dict[str, Any]]:
        """The requests of all work of a kind that was queued."""

        def read(tx: Tx) -> list[dict[str, Any]]:
            rows = tx.find(Work, {"tenant_id": TENANT, "kind": kind}, "at,id")
            for row in rows:
                self.keys.load(tx, TENANT, row["subject_id"])
            return [cast("dict[str, Any]", self.keys.open(TENANT, r["subject_id"], r["sealed"])) for r in rows]

        return await self.store.read(read)

    # -- letters ------------------------------------------------------------------------------------------

    async def letters(self, name: str, kind: str = "") -> list[dict[str, Any]]:
        """What was written to somebody's chat, oldest first."""

        def read(tx: Tx) -> list[dict[str, Any]]:
            rows = tx.find(Inbox, {"tenant_id": TENANT, "thread_id": self.chat[name]}, "event_id")
            for row in rows:
                self.keys.load(tx, TENANT, row["subject_id"])
            return [
                cast("dict[str, Any]", self.keys.open(TENANT, r["subject_id"], r["body"])) for r in rows if r["body"]
            ]

        return [one for one in await self.store.read(read) if kind in ("", one["kind"])]

    async def told(self, name: str) -> list[str]:
        """The texts of the cards that somebody was told, oldest first."""
        return [one["card"]["text"] for one in await self.letters(name, "tell")]

    async def in_chat(self, name: str, act: Callable[[Scene], T]) -> T:
        """Do something in a turn of somebody's chat."""

        def turn(tx: Tx) -> T:
            thread = tx.one(Thread, tenant_id=TENANT, id=self.chat[name])
            assert thread is not None
            scene = Scene(tx, self.keys, self.ids, thread, self.clock.now())
            result = act(scene)
            scene.close()
            return result

        return await self.do(turn)


@asynccontextmanager
async def office(home: Path, **settings: Any) -> AsyncIterator[Office]:
    """A founded team on the database of `home`."""
    made = Office(home, **settings)
    await made.found()
    try:
        yield made
    finally:
        await made.syncer.stop()
        await made.store.close()


def google_settings(fake: FakeGoogle, **more: Any) -> dict[str, Any]:
    """Settings by which Parley takes the fake for Google."""
    return {
        "google_client_id": "client-id",
        "google_client_secret": SecretStr(SECRET),
        "google_api_url": fake.api_url,
        "google_token_url": fake.token_url,
        **more,
    }


def grant(fake: FakeGoogle, mail: str, zone: str = "UTC") -> dict[str, Any]:
    """A person at the fake, and what Parley keeps of their grant."""
    return {"refresh": fake.person(mail, zone), "mail": mail}


def feed(*events: tuple[str, str], name: str = "x") -> str:
    """A calendar file with events from/to in UTC ("20261124T090000Z")."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{name}"]
    for n, (start, end) in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{name}-{n}", f"DTSTART:{start}", f"DTEND:{end}", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def minute(text: str) -> int:
    """Minutes of "2026-11-24 10:00" (UTC)."""
    return int(datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC).timestamp()) // 60


def plain(text: str) -> str:
    """A text in one line."""
    return re.sub(r"\s+", " ", text)


def certificate_of(folder: Path, name: str) -> tuple[Path, Path]:
    """(certificate, key) of a host, signed by itself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.fromtimestamp(time.time(), UTC)  # a certificate is judged by this machine's own clock
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*form))
    return folder / "cert.pem", folder / "key.pem"
