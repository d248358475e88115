"""CalDAV against a real Radicale: what is booked, moved and cancelled, here and by somebody else, and every trouble."""

import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from calendar_sync.caldav import CalDav
from calendar_sync.caldav_find import discover
from calendar_sync.caldav_wire import Account
from calendar_sync.calendar import Calendar, CalendarTrouble, Event, Outside
from calendar_sync.entry import content, file_of, prop
from calendar_sync.intervals import Interval, clip, merged
from tests.serving_radicale import PASSWORD, USER, Answer, Radicale, between, serving

NOW = 29_000_000
BERLIN = "Europe/Berlin"
NOTHING: dict[str, str] = {}


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    with serving(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture
def work(radicale: Radicale, request: pytest.FixtureRequest) -> str:
    """An empty calendar for this test: its address."""
    slug = re.sub(r"\W", "-", request.node.name)
    return radicale.make_calendar(slug, slug)


def account(address: str, **changes: str) -> Account:
    return replace(Account(address, USER, PASSWORD, BERLIN, "ada@example.org"), **changes)


def calendar(address: str, seconds: float = 10.0, **changes: str) -> CalDav:
    return CalDav(account(address, **changes), lambda: NOW, ("focus time",), seconds)


def at(text: str) -> int:
    """ "2026-10-25 09:00" UTC as a minute."""
    return int(datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC).timestamp()) // 60


def event(id: str = "b1", version: int = 0, start: str = "2026-06-01 09:00", minutes: int = 60) -> Event:
    begin = at(start)
    return Event(id, version, begin, begin + minutes, BERLIN, "Interview: Grace", attendees=("ada@example.org",))


def foreign(uid: str, *lines: str) -> str:
    """An entry as another client writes it."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:other", "BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z"]
    return "\r\n".join([*head, *lines, "END:VEVENT", "END:VCALENDAR", ""])


def edited(text: str, **values: str) -> str:
    """The same entry with some of its properties changed, the way another client would."""
    for name, value in values.items():
        text, n = re.subn(rf"(?m)^{name}[;:].*$", f"{name}{value}\r", text)
        assert n == 1, f"{name} is not there once:\n{text}"
    return text


async def the(busy: CalDav, lo: str, hi: str) -> list[Interval]:
    found = await busy.busy(at(lo), at(hi))
    assert (found.state, found.problem) == ("ok", "")
    return found.intervals


def span(start: str, end: str) -> Interval:
    return at(start), at(end)


# -- finding the calendar -------------------------------------------------------------------------------


async def test_the_calendars_are_found_from_the_servers_address_and_from_their_own(radicale: Radicale) -> None:
    found = await discover(account(radicale.base))
    assert ("Work", radicale.calendar) in [(c.name, c.address) for c in found]
    assert [(c.name, c.address) for c in await discover(account(radicale.calendar))] == [("Work", radicale.calendar)]
    assert await discover(account(f"{radicale.base}/{USER}/")) == found


async def says(code: str, *words: str, of: Account) -> None:
    """Looking for calendars fails with this code and these words, and never with the password."""
    with pytest.raises(CalendarTrouble) as trouble:
        await discover(of, 5.0)
    assert trouble.value.code == code
    assert all(word in trouble.value.say for word in words), trouble.value.say
    assert PASSWORD not in str(trouble.value) + repr(of)


async def test_each_thing_that_can_be_wrong_has_its_sentence(radicale: Radicale) -> None:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{s.getsockname()[1]}/"
    await says("address", "https://", of=account("calendar of ada"))
    await says("address", "can't reach 127.0.0.1", "check the address", of=account(nobody))
    await says("password", "did not accept", "app password", of=account(radicale.base, password="wrong"))
    await says("password", "did not accept", of=account(radicale.base, user="", password=""))
    await says("no_calendar", "no calendar for events", of=account(radicale.base, user="empty"))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "calendar.example",
        "ftp://x.example/",
        "http://[x/",
        "http://x.example:99999/",
        f"https://{'x' * 64}.example/",
    ],
)
async def test_what_is_no_address_is_said_before_anything_is_asked(address: str) -> None:
    await says("address", "should begin with https://", of=account(address))


async def test_a_password_inside_the_address_is_sent_back() -> None:
    await says("address", "not inside the address", of=account(f"https://ada:{PASSWORD.split()[0]}@x.example/"))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, {"Content-Type": "text/html"}, b"<p>Welcome"), "not_caldav"),
        ((207, {"Content-Type": "text/xml"}, b"<broken"), "not_caldav"),
        ((405, NOTHING, b""), "not_caldav"),
        ((403, NOTHING, b""), "forbidden"),
        ((301, {"Location": "/again"}, b""), "address"),
        ((500, NOTHING, b""), "server"),
        ((503, {"Retry-After": "120"}, b""), "rate"),
    ],
)
async def test_a_server_that_is_something_else(answer: Answer, code: str) -> None:
    with between("http://127.0.0.1:1", lambda _m, _h, _b: answer) as gateway:
        await says(code, of=account(gateway.address))
        busy = await calendar(gateway.address).busy(0, 60)
    assert busy.state == "failed"
    assert busy.problem


async def test_the_password_does_not_go_to_a_host_the_owner_did_not_name() -> None:
    page = (
        b'<multistatus xmlns="DAV:"><response><href>/</href><propstat><prop><current-user-principal><href>'
        b"http://elsewhere.example/ada/</href></current-user-principal></prop><status>HTTP/1.1 200 OK</status>"
        b"</propstat></response></multistatus>"
    )
    with between("http://127.0.0.1:1", lambda _m, _h, _b: (207, {"Content-Type": "text/xml"}, page)) as gateway:
        await says("address", "elsewhere.example", of=account(gateway.address))


# -- busy -----------------------------------------------------------------------------------------------


async def test_a_recurring_event_blocks_each_time_it_takes_place_across_the_change_of_clocks(
    radicale: Radicale, work: str
) -> None:
    daily = foreign(
        "standup",
        f"DTSTART;TZID={BERLIN}:20261020T090000",
        f"DTEND;TZID={BERLIN}:20261020T093000",
        "RRULE:FREQ=DAILY;COUNT=8",
        f"EXDATE;TZID={BERLIN}:20261026T090000",
        "SUMMARY:Stand-up",
    )
    radicale.write(work + "standup.ics", daily)
    assert await the(calendar(work), "2026-10-24 00:00", "2026-10-28 00:00") == [
        span("2026-10-24 07:00", "2026-10-24 07:30"),
        span("2026-10-25 08:00", "2026-10-25 08:30"),
        span("2026-10-27 08:00", "2026-10-27 08:30"),
    ]


async def test_an_all_day_event_blocks_the_day_of_its_owner(radicale: Radicale, work: str) -> None:
    radicale.write(work + "off.ics", foreign("off", "DTSTART;VALUE=DATE:20261025", "SUMMARY:Away"))
    window = ("2026-10-23 00:00", "2026-10-28 00:00")
    assert await the(calendar(work), *window) == [span("2026-10-24 22:00", "2026-10-25 23:00")]
    pacific = calendar(work, zone="Pacific/Kiritimati")
    assert await the(pacific, *window) == [span("2026-10-24 10:00", "2026-10-25 10:00")]
    hour = ("2026-10-24 10:00", "2026-10-24 11:00")  # a server reads dates in UTC: for it this is the day before
    assert await the(pacific, *hour) == [span(*hour)]


async def test_proxies_of_the_environment_are_left_alone(work: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert await the(calendar(work), "2026-06-01 00:00", "2026-06-02 00:00") == []


async def test_what_does_not_block_and_what_only_blocks_softly(radicale: Radicale, work: str) -> None:
    times = ("DTSTART:20260601T100000Z", "DTEND:20260601T110000Z")
    radicale.write(work + "a.ics", foreign("a", *times, "TRANSP:TRANSPARENT", "SUMMARY:Birthday"))
    radicale.write(work + "b.ics", foreign("b", *times, "STATUS:CANCELLED", "SUMMARY:Off"))
    no = "ATTENDEE;PARTSTAT=DECLINED:mailto:ada@example.org"
    radicale.write(work + "c.ics", foreign("c", *times, no, "SUMMARY:Party"))
    later = ("DTSTART:20260601T120000Z", "DTEND:20260601T130000Z")
    radicale.write(work + "d.ics", foreign("d", *later, "SUMMARY:Focus Time (deep work)"))
    busy = await calendar(work).busy(at("2026-06-01 00:00"), at("2026-06-02 00:00"))
    assert (busy.state, busy.intervals) == ("ok", [])
    assert busy.movable == [span("2026-06-01 12:00", "2026-06-01 13:00")]


@pytest.mark.parametrize(
    ("found", "made", "blocked"),
    [
        (b"DTEND:20260601T130000Z", b"DTEND:lunch", span("2026-05-31 22:00", "2026-06-01 22:00")),
        (b"DTSTART:20260601T120000Z", b"DTSTART:yesterday", None),
        (b"BEGIN:VCALENDAR", b"", span("2026-06-01 00:00", "2026-06-03 00:00")),
    ],
)
async def test_what_can_t_be_read_is_reported_and_never_taken_for_free_time(
    radicale: Radicale, work: str, found: bytes, made: bytes, blocked: Interval | None
) -> None:
    radicale.write(work + "good.ics", foreign("good", "DTSTART:20260602T100000Z", "DTEND:20260602T110000Z"))
    radicale.write(work + "bad.ics", foreign("bad", "DTSTART:20260601T120000Z", "DTEND:20260601T130000Z"))

    def spoil(method: str, _headers: dict[str, str], body: bytes) -> Answer | None:
        if method != "REPORT":
            return None
        real = radicale.ask("REPORT", work, body.decode()).content
        assert found in real
        return 207, {"Content-Type": "text/xml"}, real.replace(found, made)

    window = at("2026-06-01 00:00"), at("2026-06-03 00:00")
    with between(radicale.base, spoil) as gateway:
        busy = await calendar(work.replace(radicale.base, gateway.address)).busy(*window)
    assert busy.state == "partial"
    assert "can't be read" in busy.problem
    expected = [span("2026-06-02 10:00", "2026-06-02 11:00")] + ([blocked] if blocked else [])
    assert busy.intervals == clip(merged(expected), *window)


async def test_a_server_that_is_down_slow_or_locked_is_failed_not_free(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        day = (at("2026-06-01 00:00"), at("2026-06-02 00:00"))
        mine = calendar(server.calendar)
        assert (await mine.busy(*day)).state == "ok"
        locked = await calendar(server.calendar, password="wrong").busy(*day)
        server.stop()
        down = await mine.busy(*day)
        with pytest.raises(CalendarTrouble) as trouble:
            await mine.put(event())
    assert (locked.state, locked.intervals) == ("failed", [])
    assert "did not accept" in locked.problem
    assert (down.state, down.intervals) == ("failed", [])
    assert "can't reach" in down.problem
    assert (trouble.value.code, trouble.value.after_ms) == ("address", 60_000)


async def test_a_calendar_that_was_deleted_is_said_by_every_call(radicale: Radicale, work: str) -> None:
    mine = calendar(work)
    await mine.put(event())
    radicale.ask("DELETE", work)
    busy = await mine.busy(0, 60)
    assert (busy.state, busy.intervals) == ("failed", [])
    for call in (mine.put(event()), mine.put(event("b2")), mine.changes("")):
        with pytest.raises(CalendarTrouble) as trouble:
            await call
        assert (trouble.value.code, trouble.value.after_ms) == ("no_calendar", None)


async def test_a_server_that_never_answers_is_not_waited_for() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        busy = await calendar(f"http://127.0.0.1:{silent.getsockname()[1]}/x/", seconds=1.0).busy(0, 60)
    assert busy.state == "failed"
    assert "did not answer in time" in busy.problem


# -- our entries ----------------------------------------------------------------------------------------


async def test_booked_once_however_often_it_is_sent(radicale: Radicale, work: str) -> None:
    mine: Calendar = calendar(work)
    booked = replace(event(), summary="Interview; Grace, é " + "ü" * 80, description="Kit:\nhttps://x\\y")
    first = await mine.put(booked)
    assert first.etag
    assert await mine.put(booked) == first
    assert radicale.names(work) == [file_of("b1")]
    text = radicale.read(first.ref)
    assert all(len(line.encode()) <= 75 for line in text.splitlines())
    lines = content(text)
    assert prop(lines, "DTSTART") == "20260601T090000Z"
    assert prop(lines, "SUMMARY") == "Interview\\; Grace\\, é " + "ü" * 80
    assert prop(lines, "DESCRIPTION") == "Kit:\\nhttps://x\\\\y"
    assert "SCHEDULE-AGENT=CLIENT" in "".join(lines)


async def test_our_own_entry_is_not_busy_a_second_time_but_a_copy_of_it_is(radicale: Radicale, work: str) -> None:
    mine = calendar(work)
    kept = await mine.put(event())
    assert await the(mine, "2026-06-01 00:00", "2026-06-02 00:00") == []
    copy = edited(radicale.read(kept.ref), UID=":copied-by-hand")
    radicale.write(work + "copy.ics", copy)
    assert await the(mine, "2026-06-01 00:00", "2026-06-02 00:00") == [span("2026-06-01 09:00", "2026-06-01 10:00")]


async def test_moved_by_us_keeps_one_entry_and_counts_up(radicale: Radicale, work: str) -> None:
    mine = calendar(work)
    first = await mine.put(event())
    token = (await mine.changes("")).token
    moved = await mine.put(event(version=1, start="2026-06-02 12:00"))
    assert (moved.ref, moved.etag != first.etag) == (first.ref, True)
    lines = content(radicale.read(moved.ref))
    assert (prop(lines, "DTSTART"), prop(lines, "SEQUENCE")) == ("20260602T120000Z", "1")
    assert radicale.names(work) == [file_of("b1")]
    begin, end = span("2026-06-02 12:00", "2026-06-02 13:00")
    assert (await mine.changes(token)).events == [Outside("b1", "unchanged", begin, end)]
    assert await mine.put(event()) == moved  # a late repeat of the old version does not bring it back
    assert prop(content(radicale.read(moved.ref)), "DTSTART") == "20260602T120000Z"


async def moved_from_outside(radicale: Radicale, work: str, mine: CalDav) -> None:
    """The steps of an entry that somebody else moves, declines, cancels, deletes; one other entry stays as it is."""
    kept = await mine.put(event())
    await mine.put(event("quiet", start="2026-06-03 09:00"))
    start = await mine.changes("")
    assert start.full
    assert [(o.id, o.status) for o in start.events] == [("b1", "unchanged"), ("quiet", "unchanged")]
    assert (await mine.changes(start.token)).events == []
    text = radicale.read(kept.ref)

    berlin = {"DTSTART": f";TZID={BERLIN}:20260601T160000", "DTEND": f";TZID={BERLIN}:20260601T170000"}
    radicale.write(kept.ref, edited(text, SEQUENCE=":4", **berlin))
    radicale.write(work + "other.ics", foreign("other", "DTSTART:20260601T100000Z", "DTEND:20260601T110000Z"))
    moved = await mine.changes(start.token)
    begin, end = span("2026-06-01 14:00", "2026-06-01 15:00")
    assert (moved.full, moved.events) == (False, [Outside("b1", "moved", begin, end)])
    assert await mine.put(event()) == replace(kept, etag=radicale.ask("GET", kept.ref).headers["etag"])
    assert (await mine.changes(moved.token)).events == []  # a repeated put is no answer to a move

    await mine.put(event(version=1, start="2026-06-01 15:00"))
    assert prop(content(radicale.read(kept.ref)), "SEQUENCE") == "5"  # above theirs, or guests' calendars ignore it
    ours = await mine.changes(moved.token)
    assert [(o.id, o.status) for o in ours.events] == [("b1", "unchanged")]

    said_no = "ATTENDEE;PARTSTAT=DECLINED:mailto:Ada@example.org\r\nEND:VEVENT"
    no = re.sub(r"ATTENDEE[;:](?:.*\r?\n[ \t])*.*\r?\n", "", radicale.read(kept.ref)).replace("END:VEVENT", said_no)
    radicale.write(kept.ref, no)
    declined = await mine.changes(ours.token)
    assert [(o.id, o.status, o.who) for o in declined.events] == [("b1", "declined", ("Ada@example.org",))]

    radicale.write(kept.ref, edited(text, STATUS=":CANCELLED"))
    cancelled = await mine.changes(declined.token)
    assert cancelled.events == [Outside("b1", "cancelled")]
    radicale.ask("DELETE", kept.ref)
    gone = await mine.changes(cancelled.token)
    assert gone.events == [Outside("b1", "cancelled")]
    assert (await mine.changes(gone.token)).events == []


async def test_moved_declined_cancelled_and_deleted_from_outside(radicale: Radicale, work: str) -> None:
    await moved_from_outside(radicale, work, calendar(work))


async def test_the_same_without_sync_collection(radicale: Radicale, work: str) -> None:
    refused: list[bytes] = []

    def rule(method: str, _headers: dict[str, str], body: bytes) -> Answer | None:
        if method == "REPORT" and b"sync-collection" in body:
            refused.append(body)
            return 501, {}, b""
        return None

    with between(radicale.base, rule) as gateway:
        here = work.replace(radicale.base, gateway.address)
        await moved_from_outside(Through(radicale, gateway.address), work, calendar(here))
    assert len(refused) == 1  # the token remembers which way this server goes


class Through(Radicale):
    """The same Radicale, for addresses that lead through a gateway."""

    def __init__(self, real: Radicale, address: str) -> None:
        self.home, self.base, self._address = real.home, real.base, address

    def ask(self, method: str, path: str, body: str = "", user: str = USER) -> httpx.Response:
        return super().ask(method, path.replace(self._address, self.base), body, user)


async def test_a_token_the_server_forgot_lists_everything_anew(work: str) -> None:
    mine = calendar(work)
    await mine.put(event())
    anew = await mine.changes("http://radicale.org/ns/sync/" + "0" * 64)
    assert anew.full
    assert [(o.id, o.status) for o in anew.events] == [("b1", "unchanged")]


async def test_cancelled_by_us_is_gone_and_gone_twice_is_fine(radicale: Radicale, work: str) -> None:
    mine = calendar(work)
    await mine.put(event())
    await mine.remove("b1")
    await mine.remove("b1")
    await mine.remove("never/there.ü_")
    assert radicale.names(work) == []


async def test_an_entry_that_changes_between_two_requests_is_read_again(radicale: Radicale, work: str) -> None:
    await calendar(work).put(event())
    path = work + file_of("b1")
    meanwhile = edited(radicale.read(path), SEQUENCE=":7", SUMMARY=":Grace (room 2)")
    conditions: list[str] = []

    def rule(method: str, headers: dict[str, str], _body: bytes) -> Answer | None:
        if method == "PUT" and "if-match" in headers:
            conditions.append(headers["if-match"])
            if len(conditions) == 1:
                radicale.write(path, meanwhile)
        return None

    with between(radicale.base, rule) as gateway:
        here = work.replace(radicale.base, gateway.address)
        await calendar(here).put(event(version=1, start="2026-06-02 09:00"))
    assert len(set(conditions)) == 2
    lines = content(radicale.read(path))
    assert (prop(lines, "SEQUENCE"), prop(lines, "DTSTART")) == ("8", "20260602T090000Z")


async def test_an_entry_that_keeps_changing_is_a_conflict_to_try_later(radicale: Radicale, work: str) -> None:
    await calendar(work).put(event())
    path = work + file_of("b1")
    text = radicale.read(path)
    times: list[int] = []

    def rule(method: str, headers: dict[str, str], _body: bytes) -> Answer | None:
        if method == "PUT" and "if-match" in headers:
            times.append(len(times))
            radicale.write(path, edited(text, SUMMARY=f":Edit {len(times)}"))
        return None

    with between(radicale.base, rule) as gateway:
        here = work.replace(radicale.base, gateway.address)
        with pytest.raises(CalendarTrouble) as trouble:
            await calendar(here).put(event(version=1))
    assert (trouble.value.code, trouble.value.after_ms, len(times)) == ("conflict", 60_000, 3)
    assert prop(content(radicale.read(path)), "SUMMARY") == "Edit 3"


async def test_a_meeting_link_it_cannot_make_is_said(work: str) -> None:
    kept = await calendar(work).put(replace(event(), conference=True))
    assert "meeting link" in kept.problem
    named = await calendar(work).put(replace(event("b2"), conference=True, location="https://meet.example/x"))
    assert named.problem == ""


async def test_a_write_that_is_sent_elsewhere_is_never_taken_for_done(radicale: Radicale, work: str) -> None:
    def rule(method: str, _headers: dict[str, str], _body: bytes) -> Answer | None:
        return (302, {"Location": "/"}, b"") if method == "PUT" else None

    with between(radicale.base, rule) as gateway, pytest.raises(CalendarTrouble) as trouble:
        await calendar(work.replace(radicale.base, gateway.address)).put(event())
    assert trouble.value.code == "address"
    assert "elsewhere" in trouble.value.say


PAGE = """<multistatus xmlns="DAV:">{rest}<sync-token>{token}</sync-token></multistatus>"""
CUT = "<response><href>/x/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>"
GONE = f"<response><href>/x/{file_of('lost')}</href><status>HTTP/1.1 404 Not Found</status></response>"


async def test_changes_that_come_in_pages_are_read_to_the_end() -> None:
    asked: list[str] = []

    def rule(_method: str, _headers: dict[str, str], body: bytes) -> Answer | None:
        token = re.findall(r"<sync-token>(.*)</sync-token>", body.decode())[0]
        asked.append(token)
        page = PAGE.format(rest=CUT, token="t2&amp;") if token == "t1" else PAGE.format(rest=GONE, token="t3")
        return 207, {"Content-Type": "text/xml"}, page.encode()

    with between("http://127.0.0.1:1", rule) as gateway:
        changes = await calendar(gateway.address + "/x/").changes("t1")
    assert asked == ["t1", "t2&amp;"]
    assert (changes.token, changes.full, changes.events) == ("t3", False, [Outside("lost", "cancelled")])


async def test_a_server_that_also_answers_strangers_is_told_who_asks(radicale: Radicale) -> None:
    def rule(method: str, headers: dict[str, str], _body: bytes) -> Answer | None:
        if method == "PROPFIND" and "authorization" not in headers:
            return 207, {"Content-Type": "text/xml"}, b'<multistatus xmlns="DAV:"/>'
        return None

    with between(radicale.base, rule) as gateway:
        found = await discover(account(gateway.address))
    assert "Work" in [c.name for c in found]
