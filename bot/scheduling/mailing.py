"""Invitations by e-mail: the worker of `Mail` {"appointment", "person", "method"}.

A message to one person, in plain text, with the .ics as a text/calendar part that mail programs offer as buttons. All
messages about one appointment are one thread. Trouble that passes (4xx, no connection) is tried again; an address that
is refused (5xx) is told to the recruiters, and the booking stands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, cast

from bot import hiring
from bot.clock import Clock
from bot.ids import Ids
from bot.keyring import Keyring
from bot.log import get
from bot.scene import After, Scene
from bot.scheduling import appointments, describing, entries, invitations, readers
from bot.scheduling.invitations import Method
from bot.scheduling.plans import Plan
from bot.settings import Settings
from bot.store.rows import CalendarEntry, Thread
from bot.store.store import Row, Store, Tx
from bot.work.job import Job, Later
from calendar_sync import when
from flows.cards import Card
from flows.words import calendar_en as words

log = get("mail")
SECONDS = 20.0
_PAUSES = (60_000, 300_000, 900_000, 3_600_000)  # between tries; after some hours it is given up and told
_GIVE_UP = 4 * 3_600_000
_WAIT_FOR_LINK, _LOOK_FOR_LINK = 60_000, 2_000
Done = Callable[[str, After], None]


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, ready to be made. `seq`: the version of the appointment; `thread`: what all messages about it share;
    `times`: from when to when it is, in minutes; `company`: whose name it comes under."""

    name: str
    address: str
    subject: str
    text: str
    ics: bytes
    method: Method
    thread: str
    seq: int
    times: tuple[int, int] = (0, 0)
    company: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The server did not take it. `lasting`: nor will it later; `address`: it is the address that it refuses."""

    lasting: bool
    address: bool
    code: int


class MailProblem(ValueError):
    """An address that can't be one."""


def message(letter: Letter, settings: Settings, at: int) -> EmailMessage:
    """The message. Raises MailProblem for an address that can't be one: nothing else may get into a header."""
    for address in (letter.address, settings.smtp_from):
        if not describing.is_address(address):
            raise MailProblem("not an address")
    made, host = EmailMessage(), settings.smtp_from.rpartition("@")[2]
    root = f"<{letter.thread}@{host}>"
    made["From"] = Address(_line(letter.company), addr_spec=settings.smtp_from)
    made["To"] = Address(_line(letter.name), addr_spec=letter.address)
    made["Subject"] = _line(letter.subject)
    made["Date"] = format_datetime(datetime.fromtimestamp(at / 1000, UTC))
    # The first message has the thread's own id; the later ones refer to it.
    first = letter.seq <= 1 and letter.method == "REQUEST"
    made["Message-ID"] = root if first else f"<{letter.thread}.{letter.seq}.{letter.method.lower()}@{host}>"
    if not first:
        made["In-Reply-To"], made["References"] = root, root
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.text)
    made.add_alternative(
        letter.ics,
        maintype="text",
        subtype="calendar",
        params={"method": letter.method, "charset": "utf-8"},
        cte="base64",
    )
    name = "cancelled.ics" if letter.method == "CANCEL" else "interview.ics"
    made.add_attachment(
        letter.ics,
        maintype="text",
        subtype="calendar",
        filename=name,
        params={"method": letter.method, "charset": "utf-8"},
        cte="base64",
    )
    return made


def _line(text: str) -> str:
    """One line without control characters, whatever somebody is called."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


async def send(made: EmailMessage, settings: Settings) -> Failed | None:
    """Hand a message to the mail server; None when it was taken."""
    import aiosmtplib  # only where mail is sent: start-up stays fast

    security = settings.smtp_security
    try:
        await aiosmtplib.send(
            made,
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user or None,
            password=settings.smtp_password.get_secret_value() or None,
            use_tls=security == "tls",
            # Named by the settings, never guessed: a server that drops STARTTLS must not get the password in the clear.
            start_tls=security == "starttls",
            timeout=SECONDS,
        )
    except aiosmtplib.SMTPRecipientsRefused as refused:
        code = max((r.code for r in refused.recipients), default=0)
        return Failed(code >= 500, address=True, code=code)
    except aiosmtplib.SMTPResponseException as refused:
        return Failed(refused.code >= 500, address=False, code=refused.code)
    except aiosmtplib.SMTPException as silence:
        return Failed(isinstance(silence, aiosmtplib.SMTPNotSupported), address=False, code=0)
    except OSError:
        return Failed(lasting=False, address=False, code=0)
    return None


class Mailer:
    """Sends invitations, each version of an appointment once to each person."""

    def __init__(
        self, store: Store, keys: Keyring, ids: Ids, clock: Clock, settings: Settings, committed: Done
    ) -> None:
        self._store, self._keys, self._ids, self._clock = store, keys, ids, clock
        self._settings, self._committed = settings, committed

    async def mail(self, job: Job, at: int) -> dict[str, Any]:
        """Send one invitation. Raises `Later` while the server is in trouble."""
        found = await self._store.read(lambda tx: self._letter(tx, job, at))
        if found is None:
            return {}
        row, letter = found
        try:
            made = message(letter, self._settings, at)
        except MailProblem:
            failed: Failed | None = Failed(lasting=True, address=True, code=0)
        else:
            failed = await send(made, self._settings)
        if failed is None:
            await self._note(job, row, letter, "kept" if letter.method == "REQUEST" else "removed")
            return {}
        log.warning("mail_refused", appointment_id=row["id"], code=failed.code, lasting=failed.lasting)
        waited = at - job.row["at"]
        if failed.lasting or waited >= _GIVE_UP:
            await self._note(job, row, letter, "failed", self._card(letter, failed))
            return {}
        raise Later(next((p for p in _PAUSES if waited < 2 * p), _PAUSES[-1]))

    def _letter(self, tx: Tx, job: Job, at: int) -> tuple[Row, Letter] | None:
        """What is to be sent; None where it was sent, or something newer is wanted, which has work of its own."""
        person, method = job.request["person"], cast("Method", job.request["method"])
        row = appointments.get(tx, job.row["tenant_id"], job.request["appointment"])
        entry = self._entry(tx, job, person)
        wanted = ("wanted", True) if method == "REQUEST" else ("unwanted", False)
        if not self._settings.smtp_host or entry is None or (entry["state"], row["state"] == "booked") != wanted:
            return None
        if method == "REQUEST" and self._waits(tx, row, at, entry):
            raise Later(_LOOK_FOR_LINK)
        times = entries.times_of(tx, row, person)
        if times[0] is None:  # given up already: what was sent is taken back for the time that was sent
            known = entries.kept(tx, self._keys, entry)
            if "start" not in known:
                return None
            times = (known["start"], known["end"])
        return row, self._worded(tx, row, person, method, times, at)

    def _worded(self, tx: Tx, row: Row, person: str, method: Method, times: tuple[int, int], at: int) -> Letter:
        keys, settings = self._keys, self._settings
        name, address = invitations.recipient(tx, keys, row, person)
        interview = hiring.get_interview(tx, row["tenant_id"], row["interview_id"])
        role = hiring.get_requisition(tx, row["tenant_id"], interview["requisition_id"])["title"]
        said = appointments.words_of(tx, keys, row)
        cancelled, again = method == "CANCEL", row["version"] > 1
        zone = readers.zone(tx, keys, row, person, settings.time_zone)
        company = describing.company_of(tx, settings, row["tenant_id"])
        subject = words.mail_subject(cancelled, again, role, company, when.spoken(times[0], zone, at))
        long, place = when.spoken_range(*times, zone, at), said["link"] or said["place"]
        text = words.mail_text(name, company, role, long, place, cancelled, again)
        ics = invitations.ics(tx, keys, settings, row, person, method, at, times)
        thread = f"{row['id']}.{person}"
        return Letter(name, address, subject, text, ics, method, thread, row["version"], times, company)

    def _waits(self, tx: Tx, row: Row, at: int, entry: Row) -> bool:
        """A moment, for the meeting link that a calendar is making."""
        said, first = appointments.words_of(tx, self._keys, row), describing.organiser(tx, row)
        if not first or said["link"] or said["place"] or not Plan.from_json(row["plan"]).conference:
            return False
        key = {"tenant_id": row["tenant_id"], "appointment_id": row["id"], "account_id": first}
        other = tx.one(CalendarEntry, **key)
        return other is not None and other["state"] == "wanted" and at - entry["at"] < _WAIT_FOR_LINK

    @staticmethod
    def _entry(tx: Tx, job: Job, person: str) -> Row | None:
        where = {"tenant_id": job.row["tenant_id"], "appointment_id": job.request["appointment"]}
        return tx.one(CalendarEntry, **where, account_id=f"mail:{person}")

    @staticmethod
    def _card(letter: Letter, failed: Failed) -> Callable[[str], Card]:
        if failed.address:
            return lambda at: words.mail_refused(letter.name, _line(letter.address), at)
        return lambda at: words.mail_stuck(letter.name, at)

    async def _note(
        self, job: Job, row: Row, letter: Letter, state: str, card: Callable[[str], Card] | None = None
    ) -> None:
        """Write down what came of it, unless something newer is wanted; tell the recruiters what did not work."""

        def work(tx: Tx) -> After:
            thread = tx.one(Thread, tenant_id=job.row["tenant_id"], id=job.row["thread_id"])
            entry = self._entry(tx, job, job.request["person"])
            if thread is None or entry is None:
                return After()
            scene = Scene(tx, self._keys, self._ids, thread, self._clock.now())
            start, end = letter.times
            sealed = entries.sealed(tx, self._keys, entry, {"start": start, "end": end})
            values = {"state": state, "problem": "mail" if card else "", "sealed": sealed}
            where = {**entries.key(entry), "version": row["version"]}
            if tx.change(CalendarEntry, where, values) == 1 and card is not None:
                for person in entries.team_of(scene, row):
                    zone = readers.zone(tx, self._keys, row, person, self._settings.time_zone)
                    said = card(when.spoken(start, zone, scene.at))
                    entries.tell(scene, person, said, row["candidate_id"])
            return scene.after

        self._committed(job.row["thread_id"], await self._store.commit(work))
