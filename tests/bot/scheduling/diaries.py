"""Calendars of interviewers as their owners see them, whoever serves them: Google, a CalDAV server, Parley itself."""

import asyncio
import base64
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, time
from typing import Any, Protocol

import httpx
import icalendar
from uvicorn import Config, Server

from bot.store.rows import CalendarAccount
from bot.web.host import host
from tests.bot.scheduling.playing import Play, Span, iso, minute, words_on
from tests.bot.scheduling.test_calendars_connect import consent, state_of
from tests.bot.stagehand import MINUTE, Stage, settle
from tests.fakes.google import SECRET, FakeGoogle
from tests.serving_radicale import PASSWORD, USER, Radicale

MAIL = "priya@example.com"
PUBLIC = "https://parley.example"


class Diary(Protocol):
    """An interviewer's calendar, as they see it themselves."""

    outside: bool  # can they change it without Parley?

    async def connect(self, play: Play, name: str) -> None:
        """Make it Parley's to write in."""
        ...

    async def takes(self, play: Play, span: Span) -> None:
        """Enter something of their own."""
        ...

    async def interviews(self, play: Play, name: str) -> list[Span]:
        """Where interviews stand in it, in UTC minutes."""
        ...

    async def drags(self, play: Play, span: Span) -> None:
        """Take the only interview elsewhere."""
        ...


async def link_of(play: Play, name: str, kind: str) -> str:
    """The page that somebody gets in their chat when they ask to connect a calendar."""
    seat = play.seat(name)
    await seat.orders("/interview calendar connect")
    await seat.taps("connect", "do:cal:me")
    await seat.taps(kind)
    return (await seat.messages())[-1]["card"]["links"][0]["url"]


@asynccontextmanager
async def browser(stage: Stage) -> AsyncGenerator[httpx.AsyncClient]:
    """Somebody's browser on Parley's pages."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(host(stage.app)), base_url=stage.settings.base_url) as b:
        yield b


async def connected(play: Play, name: str, back: httpx.Response) -> None:
    """The page says so, and so does the chat; the hours there are stay as they are."""
    assert back.status_code == 200, back.text
    await settle()
    assert any(text.startswith("Connected: ") for text in await play.seat(name).texts())
    await play.seat(name).taps("right")
    (row,) = await play.stage.rows(CalendarAccount, interviewer_id=play.seat(name).who.person_id)
    assert row["state"] == "ok", row["problem"]


def google_settings(fake: FakeGoogle, **more: Any) -> dict[str, Any]:
    """Settings by which Parley takes the fake for Google, and Google can reach Parley."""
    found: dict[str, Any] = {"google_client_id": "id", "google_client_secret": SECRET, "public_url": PUBLIC}
    return {**found, "google_api_url": fake.api_url, "google_token_url": fake.token_url, **more}


class Google:
    """A Google calendar that calls Parley when something in it has changed."""

    outside = True

    def __init__(self, fake: FakeGoogle) -> None:
        self.fake = fake

    async def connect(self, play: Play, name: str) -> None:
        self.fake.now_ms = play.stage.clock.now()
        self.fake.person(MAIL, "Europe/London")
        state = {"state": state_of(await link_of(play, name, "google"))}
        async with browser(play.stage) as opened:
            assert (await opened.get("/calendar/google/go", params=state)).status_code == 303
            back = await opened.get("/calendar/google/callback", params={**state, "code": consent(self.fake, MAIL)})
        await connected(play, name, back)
        assert self.fake.watches, "no push channel was opened"

    async def takes(self, play: Play, span: Span) -> None:
        self.fake.entry(MAIL, "dentist", iso(span[0]), iso(span[1]))
        await self._pushed(play)

    async def interviews(self, play: Play, name: str) -> list[Span]:
        found = [e for e in self.fake.alive(MAIL) if e.get("summary", "").startswith("Interview")]
        return [(_utc(e["start"]["dateTime"]), _utc(e["end"]["dateTime"])) for e in found]

    async def drags(self, play: Play, span: Span) -> None:
        (event,) = [e for e in self.fake.alive(MAIL) if e.get("summary", "").startswith("Interview")]
        self.fake.shift(MAIL, event["id"], iso(span[0]), iso(span[1]))
        await self._pushed(play)

    async def _pushed(self, play: Play) -> None:
        await self.fake.delivered()
        await play.read()


class CalDav:
    """A calendar on a CalDAV server, which is looked at every few minutes."""

    outside = True

    def __init__(self, server: Radicale, address: str) -> None:
        self.server, self.address = server, address

    async def connect(self, play: Play, name: str) -> None:
        state = state_of(await link_of(play, name, "caldav"))
        filled = {"state": state, "address": self.address, "user": USER, "password": PASSWORD}
        async with browser(play.stage) as opened:
            await connected(play, name, await opened.post("/calendar/caldav", data=filled))

    async def takes(self, play: Play, span: Span) -> None:
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:dentist"]
        lines += [f"DTSTART:{_compact(span[0])}", f"DTEND:{_compact(span[1])}", "DTSTAMP:20260101T000000Z"]
        self.server.write(f"{self.address}dentist.ics", "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""]))
        await self._looked_at(play)

    async def interviews(self, play: Play, name: str) -> list[Span]:
        return [span_of(self.server.read(self.address + one).encode()) for one in self._ours()]

    async def drags(self, play: Play, span: Span) -> None:
        (name,) = self._ours()
        calendar: Any = icalendar.Calendar.from_ical(self.server.read(self.address + name))
        (event,) = calendar.walk("VEVENT")
        for key, at in (("DTSTART", span[0]), ("DTEND", span[1])):
            del event[key]
            event.add(key, datetime.fromtimestamp(at * 60, UTC))
        self.server.write(self.address + name, calendar.to_ical().decode())
        await self._looked_at(play)

    def _ours(self) -> list[str]:
        return [name for name in self.server.names(self.address) if name.startswith("parley-")]

    async def _looked_at(self, play: Play) -> None:
        await play.stage.wait(6 * MINUTE)
        await play.sync()


class Builtin:
    """Whoever has connected nothing keeps their interviews in Parley, and gets each as a file for whatever they use."""

    outside = False

    def __init__(self) -> None:
        self._busy = False

    async def connect(self, play: Play, name: str) -> None:
        """Nothing to connect."""

    async def takes(self, play: Play, span: Span) -> None:
        """Their hours are all that Parley knows: at this time they are at the dentist, and say so."""
        hours = f"{_hhmm(minute('2026-11-23 09:00'))}-{_hhmm(span[0])}, {_hhmm(span[1])}-17:00"
        card = await play.seat("Priya").orders(f"/interview availability Mon-Fri {hours}")
        assert hours.split("-")[0] in words_on(card), card

    async def interviews(self, play: Play, name: str) -> list[Span]:
        """What a calendar program shows after every file was opened in turn: by UID, the highest SEQUENCE wins."""
        kept: dict[str, tuple[int, Span | None]] = {}
        for card in [m["card"] for m in await play.seat(name).messages() if m["from"] == "parley"]:
            for file in card.get("files", []):
                text = base64.b64decode(file["data"])
                calendar: Any = icalendar.Calendar.from_ical(text)
                (event,) = calendar.walk("VEVENT")
                sequence, uid = int(event["SEQUENCE"]), str(event["UID"])
                if uid not in kept or sequence >= kept[uid][0]:
                    kept[uid] = (sequence, None if calendar["METHOD"] == "CANCEL" else span_of(text))
        return [span for _, span in kept.values() if span is not None]

    async def drags(self, play: Play, span: Span) -> None:
        raise NotImplementedError("nobody else can change what only Parley keeps")


def span_of(text: bytes) -> Span:
    """The times of the only event of a calendar file."""
    calendar: Any = icalendar.Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    start, end = (event[key].dt for key in ("DTSTART", "DTEND"))
    return int(start.timestamp()) // 60, int(end.timestamp()) // 60


def _utc(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) // 60


def _compact(at: int) -> str:
    return datetime.fromtimestamp(at * 60, UTC).strftime("%Y%m%dT%H%M%SZ")


def _hhmm(at: int) -> str:
    return f"{time(at // 60 % 24, at % 60):%H:%M}"


@asynccontextmanager
async def reachable(stage: Stage) -> AsyncGenerator[str]:
    """Parley's own web host on a port of this machine, for calls from outside: where it is."""
    config = Config(host(stage.app), log_config=None, lifespan="off", ws="none", http="h11")
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        server = Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
