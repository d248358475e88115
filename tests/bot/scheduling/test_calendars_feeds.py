"""Calendar links: what may be read at all, and reading it, from a server on this machine that can do everything wrong."""

import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import certifi
import pytest
from aiohttp import web

from bot.scheduling import profiles
from bot.scheduling.accounts import EVERY
from bot.scheduling.availability import Availability
from bot.scheduling.plans import Plan, Session
from bot.scheduling.profiles import Profile, Rule
from bot.scheduling.reach import MOST_BYTES, Reach, is_public
from calendar_sync.calendar import CalendarTrouble
from calendar_sync.ics_invite import invitation_uid
from tests.bot.scheduling.calendar_office import TENANT, TUESDAY_10, Office, certificate_of, feed, office

HERE = "127.0.0.1"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
TALK = ("20261124T100000Z", "20261124T110000Z")


class Site:
    """A server of one calendar file. `answer` does something else instead, where it is set."""

    def __init__(self) -> None:
        self.text, self.tag, self.answer = feed(TALK), '"1"', None  # type: str, str, Handler | None
        self.asked: list[web.Request] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://{HERE}:{self.port}/cal.ics"

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        if self.answer is not None:
            return await self.answer(request)
        if request.headers.get("If-None-Match") == self.tag:
            return web.Response(status=304)
        return web.Response(body=self.text.encode(), headers={"ETag": self.tag})

    @asynccontextmanager
    async def running(self, tls: ssl.SSLContext | None = None) -> AsyncIterator["Site"]:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, HERE, 0, ssl_context=tls).start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site().running() as made:
        yield made


@pytest.fixture
async def team(home: Path) -> AsyncIterator[Office]:
    async with office(home, calendar_hosts=HERE) as made:
        yield made


async def trouble(coroutine: Awaitable[object]) -> CalendarTrouble:
    with pytest.raises(CalendarTrouble) as caught:
        await coroutine
    return caught.value


# -- what may be read -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("no address", False),
    ],
)
def test_only_the_public_internet_is_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/cal.ics",
        "ftp://example.com/cal.ics",
        "file:///etc/passwd",
        "https://",
        "https://user:word@example.com/cal.ics",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "javascript:alert(1)",
        "",
        "https://127.0.0.1/cal.ics",
        "https://[::1]/cal.ics",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/",
        "https://localhost/cal.ics",
    ],
)
async def test_an_address_that_leads_inside_or_nowhere_is_refused(url: str) -> None:
    problem = await trouble(Reach().place(url))
    assert (problem.code, problem.after_ms) == ("address", None)
    assert problem.say


async def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    async def both(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", both)
    assert (await trouble(Reach().place("https://rebind.example/"))).code == "address"


async def test_an_unknown_host_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async def none(*_: object, **__: object) -> list[tuple[object, ...]]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", none)
    problem = await trouble(Reach().place("https://nowhere.example/"))
    assert (problem.code, problem.after_ms) == ("unreachable", None)
    assert "nowhere.example" in problem.say


async def test_a_named_host_may_be_on_the_own_network_and_webcal_is_https(site: Site) -> None:
    assert (await Reach(f"cloud.lan {HERE}").place(site.url)).ip == HERE
    assert (await trouble(Reach("cloud.lan").place(site.url))).code == "address"
    assert (await Reach(HERE).place("webcal://127.0.0.1/x")).url == "https://127.0.0.1/x"


async def test_the_connection_goes_to_the_address_that_was_looked_at(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[object] = []

    async def first_here_then_elsewhere(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        looked.append(host)
        return [(0, 0, 0, "", (HERE if len(looked) == 1 else "203.0.113.1", port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", first_here_then_elsewhere)
    assert await Reach("cloud.lan").fetch(f"http://cloud.lan:{site.port}/cal.ics") is not None
    assert looked == ["cloud.lan"]
    assert site.asked[0].headers["Host"] == f"cloud.lan:{site.port}"


@pytest.mark.parametrize("named", ["cloud.lan", "other.lan"])
async def test_the_certificate_has_to_be_that_of_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    async def here(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", (HERE, port))]

    certificate = certificate_of(tmp_path, named)
    monkeypatch.setattr(certifi, "where", lambda: str(certificate[0]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    async with Site().running(context) as site:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", here)
        reading = Reach("cloud.lan").fetch(f"https://cloud.lan:{site.port}/cal.ics")
        if named == "cloud.lan":
            assert await reading is not None
        else:
            assert (await trouble(reading)).code == "unreachable"
        assert len(site.asked) == (named == "cloud.lan")


async def test_every_step_of_a_redirect_is_looked_at(site: Site) -> None:
    async def away(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://169.254.169.254/latest"})

    site.answer = away
    assert (await trouble(Reach(HERE).fetch(site.url))).code == "address"
    assert len(site.asked) == 1


async def test_a_redirect_is_followed_but_not_for_ever(site: Site) -> None:
    async def once(request: web.Request) -> web.Response:
        if request.path == "/there.ics":
            return web.Response(text=site.text)
        return web.Response(status=301, headers={"Location": "/there.ics"})

    async def ever(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": request.path + "x"})

    site.answer = once
    found = await Reach(HERE).fetch(site.url)
    assert found is not None
    assert found.body == site.text.encode()
    site.answer, site.asked = ever, []
    assert (await trouble(Reach(HERE).fetch(site.url))).code == "address"
    assert len(site.asked) == 5


@pytest.mark.parametrize(
    ("status", "code", "again"),
    [
        (401, "password", False),
        (403, "password", False),
        (404, "no_calendar", False),
        (410, "no_calendar", False),
        (418, "refused", False),
        (429, "unavailable", True),
        (500, "unavailable", True),
        (503, "unavailable", True),
    ],
)
async def test_each_refusal_has_its_sentence(site: Site, status: int, code: str, again: bool) -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Retry-After": "120"})

    site.answer = refuse
    problem = await trouble(Reach(HERE).fetch(site.url))
    assert (problem.code, problem.after_ms) == (code, 120_000 if again else None)
    assert HERE in problem.say


async def test_too_much_too_slow_and_cut_off(site: Site) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(MOST_BYTES // 65536 + 2):
            await answer.write(b"x" * 65536)
        return answer

    async def bomb(request: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b"\0" * 50_000_000), headers={"Content-Encoding": "gzip"})

    async def silent(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    async def half(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(request)
        await answer.write(b"BEGIN:VCALENDAR")
        assert request.transport is not None
        request.transport.close()
        return answer

    for bad, code in ((endless, "too_large"), (bomb, "too_large"), (half, "unreachable"), (silent, "unreachable")):
        site.answer = bad
        seconds = 0.2 if bad is silent else 10
        assert (await trouble(Reach(HERE, seconds).fetch(site.url))).code == code


async def test_packed_answers_are_unpacked(site: Site) -> None:
    async def packed(request: web.Request) -> web.Response:
        assert "gzip" in request.headers["Accept-Encoding"]
        return web.Response(body=gzip.compress(site.text.encode()), headers={"Content-Encoding": "gzip"})

    site.answer = packed
    found = await Reach(HERE).fetch(site.url)
    assert found is not None
    assert found.body == site.text.encode()


# -- reading one in the background ------------------------------------------------------------------------


async def test_a_feed_is_read_and_asked_for_only_when_it_has_changed(team: Office, site: Site) -> None:
    account = await team.connect("Ben", "ics", {"url": site.url})
    row = await team.sync(account)
    assert row["state"] == "ok"
    assert (await team.busy(account)).intervals == [(TUESDAY_10, TUESDAY_10 + 60)]
    assert EVERY["ics"] <= row["due_at"] - team.clock.now() <= EVERY["ics"] * 1.1
    stamp = await team.stamp("Ben")
    team.clock.forward(EVERY["ics"])
    row = await team.sync(account)
    assert site.asked[-1].headers["If-None-Match"] == '"1"'
    assert (row["state"], row["synced_at"], await team.stamp("Ben")) == ("ok", team.clock.now(), stamp)
    assert (await team.busy(account)).intervals == [(TUESDAY_10, TUESDAY_10 + 60)]


async def test_what_may_be_booked_over_is_read_anew_although_the_feed_is_as_it_was(team: Office, site: Site) -> None:
    ben, plan = team.person["Ben"], Plan((Session("s", "", 60, (team.person["Ben"],)),), "UTC", step=60, days=5)
    only = Profile("UTC", (Rule((2,), "10:00", "11:00"),))
    site.text = site.text.replace("END:VEVENT", "SUMMARY:Lunch with Tom\r\nEND:VEVENT")

    async def offered() -> list[int]:
        now, look = team.clock.now(), Availability(team.keys).offer
        return (await team.store.read(lambda tx: look(tx, TENANT, plan, now=now))).starts

    account = await team.connect("Ben", "ics", {"url": site.url})
    for movable, times in (((), []), (("lunch",), [TUESDAY_10]), (("focus",), [])):
        profile = replace(only, movable=movable)
        await team.do(lambda tx, p=profile: profiles.save(tx, team.keys, TENANT, ben, p, team.clock.now()))
        await team.sync(account)
        assert await offered() == times
    asked = len(site.asked)
    await team.sync(account)
    assert site.asked[asked].headers["If-None-Match"] == site.tag


async def test_on_another_day_it_is_read_in_full_for_what_repeats(team: Office, site: Site) -> None:
    rule = "BEGIN:VEVENT\r\nUID:r\r\nDTSTART:20261124T080000Z\r\nDTEND:20261124T083000Z\r\nRRULE:FREQ=DAILY\r\n"
    site.text = feed().replace("END:VCALENDAR", rule + "END:VEVENT\r\nEND:VCALENDAR")
    account = await team.connect("Ben", "ics", {"url": site.url})
    await team.sync(account)
    last = (await team.busy(account)).intervals[-1]
    team.clock.forward(24 * 3_600_000)
    await team.sync(account)
    assert "If-None-Match" not in site.asked[-1].headers
    assert (await team.busy(account)).intervals[-1][0] == last[0] + 24 * 60


async def test_events_that_cannot_be_read_are_said_once(team: Office, site: Site) -> None:
    bad = "BEGIN:VEVENT\r\nUID:b\r\nDTSTART:20261126T080000Z\r\nRRULE:FREQ=NEVER\r\nEND:VEVENT\r\nEND:VCALENDAR"
    site.text = site.text.replace("END:VCALENDAR", bad)
    account = await team.connect("Ben", "ics", {"url": site.url})
    assert (await team.sync(account))["state"] == "partial"
    await team.sync(account)
    (said,) = await team.told("Ben")
    assert "2026-11-26" in said
    assert await team.told("Noor") == []
    site.text, site.tag = feed(TALK), '"2"'
    assert (await team.sync(account))["state"] == "ok"
    assert len(await team.told("Ben")) == 2
    assert await team.told("Noor") == []


async def test_a_page_instead_of_a_calendar_needs_its_owner(team: Office, site: Site) -> None:
    account = await team.connect("Ben", "ics", {"url": site.url})
    await team.sync(account)
    site.text, site.tag = "<html>Please sign in</html>", '"2"'
    row = await team.sync(account)
    assert (row["state"], row["problem"]) == ("failed", "unreadable")
    (said,) = await team.told("Ben")
    assert f"the calendar link from {HERE}" in said
    assert site.url not in said


async def test_our_own_invitation_in_a_feed_is_not_counted_twice(team: Office, site: Site) -> None:
    talk = await team.book("Ben")
    await team.wish(talk, f"chat:{team.person['Ben']}", "Ben", "kept")
    site.text = site.text.replace("UID:x-0", f"UID:{invitation_uid(talk)}")
    account = await team.connect("Ben", "ics", {"url": site.url})
    await team.sync(account)
    assert (await team.busy(account)).intervals == []


async def test_a_large_feed_leaves_the_loop_free(team: Office, site: Site) -> None:
    events = [
        (f"20{20 + n % 6}0{1 + n % 9}1{n % 10}T080000Z", f"20{20 + n % 6}0{1 + n % 9}1{n % 10}T090000Z")
        for n in range(4_800)
    ]
    site.text = feed(*events, TALK).replace("END:VEVENT", "DESCRIPTION:" + "x" * 250 + "\r\nEND:VEVENT")
    assert len(site.text) > 1_600_000
    account = await team.connect("Ben", "ics", {"url": site.url})
    longest, reading = 0.0, asyncio.create_task(team.sync(account))
    loop = asyncio.get_running_loop()
    while not reading.done():
        before = loop.time()
        await asyncio.sleep(0)
        longest = max(longest, loop.time() - before)
    assert (await reading)["state"] == "ok"
    assert (await team.busy(account)).intervals == [(TUESDAY_10, TUESDAY_10 + 60)]
    assert longest < 0.5, f"nothing else could happen for {longest:.2f} s"
