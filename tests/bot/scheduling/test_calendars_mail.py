"""Invitations as files and by e-mail, against a real mail server with STARTTLS that can refuse."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import icalendar
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from pydantic import SecretStr

from bot import people
from bot.scheduling import invitations, mailing
from bot.scheduling.mailing import Letter, MailProblem, message
from bot.work.job import Later
from tests.bot.scheduling.calendar_office import TENANT, Office, certificate_of, office, plain

ADA = "ada@example.org"
FROM = "hiring@northwind.example"


class Post:
    """What the mail server took. `refuse`: what it says instead to a command ("RCPT", "DATA")."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.refuse: dict[str, str] = {}
        self.secure: list[bool] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self.refuse:
            return self.refuse["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if "DATA" in self.refuse:
            return self.refuse["DATA"]
        self.secure.append(session.ssl is not None)
        self.taken.append(envelope)
        return "250 taken"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate_of(tmp_path_factory.mktemp("certificate"), "localhost")


@asynccontextmanager
async def serving(post: Post, certificate: tuple[Path, Path], tls: bool = True) -> AsyncIterator[int]:
    """A real aiosmtpd, which wants STARTTLS and a password (`tls`), or offers neither; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)

    def who(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.login == b"parley" and data.password == b"word", handled=False)

    strict: dict[str, Any] = {
        "tls_context": context,
        "require_starttls": True,
        "authenticator": who,
        "auth_required": True,
    }
    made = await asyncio.get_running_loop().create_server(
        lambda: SMTP(post, hostname="localhost", **(strict if tls else {})), "127.0.0.1", 0
    )
    try:
        yield made.sockets[0].getsockname()[1]
    finally:
        made.close()


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
async def server(post: Post, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))  # the machine trusts it
    async with serving(post, certificate) as port:
        yield port


def smtp(port: int, **more: Any) -> dict[str, Any]:
    own = {"smtp_host": "localhost", "smtp_port": port, "smtp_user": "parley", "smtp_password": SecretStr("word")}
    return {**own, "smtp_from": FROM, **more}


@pytest.fixture
async def team(home: Path, server: int) -> AsyncIterator[Office]:
    async with office(home, **smtp(server)) as made:
        await made.do(lambda tx: people.set_email(tx, made.keys, TENANT, made.person["Ada"], ADA))
        yield made


async def invited(team: Office, **words: str) -> str:
    talk = await team.book("Ben", **words)
    await team.wish(talk, account(team), "Ada")
    return talk


def account(team: Office) -> str:
    return f"mail:{team.person['Ada']}"


async def mail(team: Office, talk: str, method: str = "REQUEST", at: int = 0) -> int | None:
    job = team.job("Mail", appointment=talk, person=team.person["Ada"], method=method)
    if at:
        job.row["at"] = at
    try:
        await team.mailer.mail(job, team.clock.now())
    except Later as later:
        return later.after_ms
    return None


def parts(envelope: Envelope) -> tuple[EmailMessage, str, list[EmailMessage]]:
    """(the message, its plain text, its calendar parts)."""
    assert isinstance(envelope.content, bytes)
    found = cast("EmailMessage", message_from_bytes(envelope.content, policy=policy.default))
    text = found.get_body(("plain",))
    assert text is not None
    calendars = [cast("EmailMessage", p) for p in found.walk() if p.get_content_type() == "text/calendar"]
    return found, text.get_content(), calendars


def event_of(data: bytes) -> tuple[str, Any]:
    calendar = icalendar.Calendar.from_ical(data)
    (event,) = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


# -- by e-mail --------------------------------------------------------------------------------------------


async def test_an_invitation_goes_out_over_tls_with_its_calendar_part(team: Office, post: Post) -> None:
    talk = await invited(team, link="https://meet.example/1")
    assert await mail(team, talk) is None
    (envelope,) = post.taken
    assert (envelope.mail_from, envelope.rcpt_tos, post.secure) == (FROM, [ADA], [True])
    found, text, calendars = parts(envelope)
    assert found["Subject"] == "Interview: Support engineer, Northwind, Tuesday 24 November, 10:00 (London, UTC+0)"
    assert found["From"] == f"Northwind <{FROM}>"
    assert "In-Reply-To" not in found
    assert "10:00 to 10:45 (London, UTC+0)" in text
    assert "https://meet.example/1" in text
    for part in calendars:
        assert part.get_param("method") == "REQUEST"
        method, event = event_of(part.get_payload(decode=True))  # pyright: ignore[reportArgumentType]
        assert (method, int(event["SEQUENCE"]), str(event["ATTENDEE"])) == ("REQUEST", 1, f"mailto:{ADA}")
    assert [p.get_filename() for p in calendars] == [None, "interview.ics"]
    assert (await team.entry(talk, account(team)))["state"] == "kept"
    assert await mail(team, talk) is None
    assert len(post.taken) == 1


async def test_an_update_and_a_cancellation_belong_to_the_same_thread(team: Office, post: Post) -> None:
    talk = await invited(team, link="https://meet.example/1")
    await mail(team, talk)
    await team.change(talk, version=2)
    await team.wish(talk, account(team), "Ada", version=2)
    await mail(team, talk)
    await team.change(talk, state="cancelled", version=3)
    await team.wish(talk, account(team), "Ada", "unwanted", 3)
    await mail(team, talk, "CANCEL")
    first, second, third = (parts(e) for e in post.taken)
    assert second[0]["In-Reply-To"] == third[0]["In-Reply-To"] == first[0]["Message-ID"]
    assert len({m[0]["Message-ID"] for m in (first, second, third)}) == 3
    assert second[0]["Subject"].startswith("New time: ")
    assert third[0]["Subject"].startswith("Cancelled: ")
    events = [event_of(m[2][0].get_payload(decode=True)) for m in (first, second, third)]  # pyright: ignore[reportArgumentType]
    assert [(m, int(e["SEQUENCE"])) for m, e in events] == [("REQUEST", 1), ("REQUEST", 2), ("CANCEL", 3)]
    assert len({str(e["UID"]) for _, e in events}) == 1
    assert (await team.entry(talk, account(team)))["state"] == "removed"


async def test_what_was_overtaken_is_not_sent(team: Office, post: Post) -> None:
    talk = await invited(team, link="x")
    await team.change(talk, state="cancelled", version=2)
    await mail(team, talk)
    assert post.taken == []


async def test_a_time_that_was_given_up_is_taken_back_as_it_was_sent(team: Office, post: Post) -> None:
    talk = await invited(team, link="x")
    await mail(team, talk)
    await team.change(talk, state="open", version=2, booking_id="", start_minute=None, end_minute=None)
    await team.wish(talk, account(team), "Ada", "unwanted", 2)
    await mail(team, talk, "CANCEL")
    await mail(team, talk, "CANCEL")
    _, second = post.taken
    found, text, calendars = parts(second)
    assert "Tuesday 24 November, 10:00" in found["Subject"]
    assert "10:00 to 10:45" in text
    method, event = event_of(calendars[0].get_payload(decode=True))  # pyright: ignore[reportArgumentType]
    assert (method, int(event["SEQUENCE"])) == ("CANCEL", 2)


@pytest.mark.parametrize("where", ["RCPT", "DATA"])
async def test_trouble_that_passes_is_tried_again_and_told_when_it_lasts(team: Office, post: Post, where: str) -> None:
    talk = await invited(team, link="x")
    post.refuse = {where: "451 try again later"}
    began = team.clock.now()
    pauses = []
    while (pause := await mail(team, talk, at=began)) is not None:
        pauses.append(pause)
        team.clock.forward(pause)
        assert len(pauses) < 30
    assert pauses == sorted(pauses)
    assert pauses[0] >= 60_000
    assert team.clock.now() - began >= 4 * 3_600_000
    (said,) = await team.told("Noor")
    assert "Ada" in said
    assert (await team.entry(talk, account(team)))["state"] == "failed"
    assert (await team.appointment(talk))["state"] == "booked"


async def test_a_short_trouble_costs_only_time(team: Office, post: Post) -> None:
    talk = await invited(team, link="x")
    post.refuse = {"DATA": "421 busy"}
    assert await mail(team, talk) is not None
    post.refuse = {}
    assert await mail(team, talk) is None
    assert len(post.taken) == 1
    assert await team.told("Noor") == []


async def test_a_refused_address_is_told_to_the_recruiters_at_once(team: Office, post: Post) -> None:
    talk = await invited(team, link="x")
    post.refuse = {"RCPT": "550 no such user"}
    assert await mail(team, talk) is None
    (said,) = await team.told("Noor")
    assert ADA in said
    assert "check the address" in said
    assert await team.told("Ada") == []


@pytest.mark.parametrize("wrong", ["password", "certificate", "closed", "plain"])
async def test_our_own_servers_trouble_is_never_answered_by_less_safety(
    home: Path, post: Post, server: int, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    more = {"smtp_password": SecretStr("guess")} if wrong == "password" else {}
    if wrong == "certificate":
        monkeypatch.delenv("SSL_CERT_FILE")
    async with serving(post, certificate, tls=False) as bare:
        port = {"closed": 1, "plain": bare}.get(wrong, server)
        async with office(home, **smtp(port, **more)) as team:
            await team.do(lambda tx: people.set_email(tx, team.keys, TENANT, team.person["Ada"], ADA))
            talk = await invited(team, link="x")
            pause = await mail(team, talk)
            assert post.taken == []
            if pause is None:
                assert "SMTP settings" in (await team.told("Noor"))[0]


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org\r\nBcc: all@example.org",
        "ada@example.org, eve@example.org",
        "<ada@example.org>",
        "ada@exam ple.org",
        "ada",
        "@example.org",
        "a" * 65 + "@example.org",
        "ada@\u0435xample.org",
        "",
    ],
)
async def test_an_address_that_is_none_never_reaches_a_header(team: Office, post: Post, address: str) -> None:
    letter = Letter("Ada", address, "Hello", "text", b"BEGIN:VCALENDAR", "REQUEST", "ap_1", 1)
    with pytest.raises(MailProblem):
        message(letter, team.settings, team.clock.now())
    await team.do(lambda tx: people.set_email(tx, team.keys, TENANT, team.person["Ada"], address or "-"))
    talk = await invited(team, link="x")
    assert await mail(team, talk) is None
    assert post.taken == []
    assert len(await team.told("Noor")) == 1


def test_a_name_cannot_begin_a_header_either(tmp_path: Path) -> None:
    from bot.settings import Settings

    settings = Settings(home=tmp_path, smtp_from=FROM)
    evil, subject, company = "Ada\r\nBcc: x@y.org\u2028", "Hi\nX-Evil: 1", "North\r\nX-Evil: wind"
    letter = Letter(evil, ADA, subject, "text", b"x", "CANCEL", "ap_1", 2, company=company)
    raw = message(letter, settings, 0).as_bytes()
    head = raw.partition(b"\n\n")[0].decode()
    assert not [line for line in head.splitlines() if line.startswith(("Bcc", "X-Evil"))]
    assert mailing._line("a\tb\u2029c") == "a b c"


# -- as a file --------------------------------------------------------------------------------------------


async def test_the_file_says_what_its_reader_needs_and_no_more(team: Office) -> None:
    talk = await team.book("Ben", "Carla", note="Ask about on-call.", place="Room 4")
    row = await team.appointment(talk)

    def made(name: str, method: Any) -> Any:
        person = team.person[name]
        return team.store.read_now(
            lambda tx: invitations.file(tx, team.keys, team.settings, row, person, method, team.clock.now())
        )

    theirs, bens = made("Ada", "REQUEST"), made("Ben", "REQUEST")
    assert (theirs.name, theirs.mime) == ("interview.ics", "text/calendar")
    method, event = event_of(base64.b64decode(theirs.data))
    assert (method, str(event["SUMMARY"])) == ("REQUEST", "Interview with Northwind: Support engineer")
    assert "Ben, Carla" in plain(str(event["DESCRIPTION"]))
    assert str(event["LOCATION"]) == "Room 4"
    for secret in ("on-call", "Ownership", "/review/"):
        assert secret not in str(event["DESCRIPTION"])
    _, brief = event_of(base64.b64decode(bens.data))
    assert "on-call" in str(brief["DESCRIPTION"])
    assert str(brief["UID"]) == str(event["UID"])
    cancelled = made("Ada", "CANCEL")
    assert cancelled.name == "cancelled.ics"
    assert event_of(base64.b64decode(cancelled.data))[0] == "CANCEL"


async def test_a_cancellation_can_be_made_when_the_time_is_forgotten_already(team: Office) -> None:
    talk = await team.book("Ben")
    await team.change(talk, state="open", version=2, booking_id="", start_minute=None, end_minute=None)
    row = await team.appointment(talk)
    made = await team.store.read(
        lambda tx: invitations.file(tx, team.keys, team.settings, row, team.person["Ben"], "CANCEL", team.clock.now())
    )
    method, event = event_of(base64.b64decode(made.data))
    assert (method, int(event["SEQUENCE"])) == ("CANCEL", 2)
