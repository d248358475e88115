"""Connecting a calendar: the pages, what is tried before it is kept, what the chat hears, and leaving again."""

import base64
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson
import pytest
from fastapi import FastAPI

from bot.scheduling import connecting, profiles
from bot.scheduling.looking import HOOK
from bot.store.rows import CalendarAccount, CalendarEntry, Conversation
from bot.threads import Conv
from bot.web.calendar_pages import CALLBACK, COOKIE, router
from flows.connect.requests import HoursRead, HoursUnclear, ReadHours
from flows.ledger import Journal
from tests.bot.scheduling.calendar_office import BEN_MAIL, CARLA_MAIL, TENANT, Office, google_settings, grant, office
from tests.fakes.google import FakeGoogle, Fault
from tests.serving_radicale import PASSWORD, USER, Radicale, serving

HERE = "127.0.0.1"
RIGHTS = "https://www.googleapis.com/auth/calendar.events https://www.googleapis.com/auth/calendar.freebusy openid"
AUTH = "https://accounts.example/auth"


@pytest.fixture
async def fake() -> AsyncIterator[FakeGoogle]:
    async with FakeGoogle().running() as google:
        yield google
        assert google.violations == []  # nothing may be asked where nothing was connected


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    with serving(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture
async def team(home: Path, fake: FakeGoogle) -> AsyncIterator[Office]:
    async with office(home, **google_settings(fake, google_auth_url=AUTH, calendar_hosts=HERE)) as made:
        yield made


@asynccontextmanager
async def browser(team: Office) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(router(team.connector, team.syncer, "v"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=team.settings.base_url) as client:
        yield client


async def page_of(team: Office, kind: str, name: str = "Ben", conversation: str = "") -> str:
    """A page that the conversation has made: its address."""
    job = team.job("ConnectPage", kind=kind)
    job.row.update(thread_id=team.chat[name], subject_id=team.person[name], conversation_id=conversation)
    made = await team.connector.page(job, team.clock.now())
    assert made["minutes"] == 10
    return made["url"]


def state_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["state"][0]


def consent(fake: FakeGoogle, mail: str = BEN_MAIL, **more: Any) -> str:
    """What Google gives after its own page: a code."""
    if mail not in fake.calendars:
        fake.person(mail)
    claims = base64.urlsafe_b64encode(orjson.dumps({"email": mail})).decode().rstrip("=")
    reply = {"refresh_token": f"refresh-{mail}", "scope": RIGHTS, "id_token": f"x.{claims}.y", **more}
    code = f"code-{len(fake.codes)}-{mail}"
    fake.codes[code] = (mail, {k: v for k, v in reply.items() if v is not None})
    return code


async def accounts_of(team: Office) -> list[dict[str, Any]]:
    return await team.store.read(lambda tx: tx.find(CalendarAccount, {"tenant_id": TENANT}, "id"))


async def talk(team: Office, name: str = "Ben") -> str:
    """An open conversation about connecting."""
    row = {"tenant_id": TENANT, "id": "c_connect", "thread_id": team.chat[name], "flow": "connect", "flow_version": 1}
    row |= {
        "interview_id": "",
        "subject_id": team.person[name],
        "sealed": b"",
        "state": "open",
        "step": "",
        "token": "",
    }
    await team.do(lambda tx: tx.insert(Conversation, {**row, "entries": 0, "opened_at": 0, "last_at": 0}))
    return "c_connect"


# -- Google -----------------------------------------------------------------------------------------------


async def test_the_whole_way_through_google(team: Office, fake: FakeGoogle) -> None:
    conversation = await talk(team)
    url = await page_of(team, "google", conversation=conversation)
    fake.person(BEN_MAIL)
    fake.entry(BEN_MAIL, "dentist", "2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z")
    async with browser(team) as client:
        first = await client.get(url)
        assert first.status_code == 200
        assert "for Ben" in first.text
        assert first.headers["cache-control"] == "no-store"
        sent = await client.get(f"/calendar/google/go?state={state_of(url)}")
        there = urlsplit(sent.headers["location"])
        asked = {k: v[0] for k, v in parse_qs(there.query).items()}
        assert (sent.status_code, f"{there.scheme}://{there.netloc}{there.path}") == (303, AUTH)
        assert asked["access_type"] == "offline"
        assert asked["state"] == state_of(url)
        assert asked["redirect_uri"] == team.settings.base_url + CALLBACK
        back = await client.get(CALLBACK, params={"state": asked["state"], "code": consent(fake)})
        assert back.status_code == 200
        assert "1 busy time" in back.text
        again = await client.get(CALLBACK, params={"state": asked["state"], "code": consent(fake)})
        assert again.status_code == 404
    (row,) = await accounts_of(team)
    assert (row["kind"], row["state"], row["interviewer_id"]) == ("google", "ok", team.person["Ben"])
    (letter,) = await team.letters("Ben", "happening")
    assert letter["conversation"] == conversation
    assert letter["event"]["name"] == "calendar_connected"
    assert letter["event"]["data"] == {"kind": "google", "label": f"Google Calendar ({BEN_MAIL})", "events": 1}


async def test_looking_uses_nothing_up_and_an_old_page_says_so(team: Office, fake: FakeGoogle) -> None:
    url = await page_of(team, "google")
    async with browser(team) as client:
        for _ in range(3):
            assert (await client.get(url)).status_code == 200
        for bad in ("", "x", state_of(await page_of(team, "caldav"))):
            answer = await client.get("/calendar/google/start", params={"state": bad})
            assert answer.status_code == 404
            assert "ask for a new link" in answer.text
        team.clock.forward(10 * 60_000)
        assert (await client.get(url)).status_code == 404


async def test_another_browser_cannot_bring_the_answer(team: Office, fake: FakeGoogle) -> None:
    url = await page_of(team, "google")
    async with browser(team) as client, browser(team) as other:
        await client.get(f"/calendar/google/go?state={state_of(url)}")
        assert COOKIE in client.cookies
        stolen = {"state": state_of(url), "code": consent(fake)}
        assert (await other.get(CALLBACK, params=stolen)).status_code == 404
        assert await accounts_of(team) == []
        assert (await client.get(CALLBACK, params=stolen)).status_code == 200


@pytest.mark.parametrize(
    ("way", "says"),
    [
        ("denied", "didn't allow"),
        ("no refresh", "for an hour only"),
        ("narrow", "allow both permissions"),
        ("unknown code", "ask for a new link"),
        ("down", "answer at the moment"),
        ("colleague", "A colleague has connected"),
        ("no calendar", "Google"),
    ],
)
async def test_what_can_go_wrong_at_google_is_said_there_and_in_the_chat(
    team: Office, fake: FakeGoogle, way: str, says: str
) -> None:
    url = await page_of(team, "google", conversation=await talk(team))
    back: dict[str, str] = {"state": state_of(url)}
    if way == "denied":
        back["error"] = "access_denied"
    elif way == "no refresh":
        back["code"] = consent(fake, refresh_token=None)
    elif way == "narrow":
        back["code"] = consent(fake, scope="openid https://www.googleapis.com/auth/calendar.freebusy")
    elif way == "unknown code":
        back["code"] = "guessed"
    elif way == "down":
        back["code"] = consent(fake)
        fake.fail("token", Fault("drop"))
    elif way == "colleague":
        await team.connect("Carla", "google", grant(fake, BEN_MAIL))
        back["code"] = consent(fake)
    else:
        back["code"] = consent(fake)
        fake.fail("events.list", *[Fault("status", 403, "accessNotConfigured")] * 3)
    before = len(await accounts_of(team))
    async with browser(team) as client:
        await client.get(f"/calendar/google/go?state={state_of(url)}")
        answer = await client.get(CALLBACK, params=back)
    assert answer.status_code == 409
    shown = answer.text.replace("&#39;", "'")
    assert says in shown
    (letter,) = await team.letters("Ben", "happening")
    assert letter["event"]["name"] == "calendar_refused"
    assert says in letter["event"]["data"]["say"]
    assert len(await accounts_of(team)) == before


async def test_where_the_conversation_has_ended_the_chat_hears_it(team: Office, fake: FakeGoogle) -> None:
    url = await page_of(team, "google", conversation="c_over")
    async with browser(team) as client:
        await client.get(f"/calendar/google/go?state={state_of(url)}")
        await client.get(CALLBACK, params={"state": state_of(url), "code": consent(fake)})
    assert "Connected: Google Calendar" in (await team.told("Ben"))[0]


async def test_the_company_without_google_says_so(home: Path) -> None:
    async with office(home) as team, browser(team) as client:
        answer = await client.get(await page_of(team, "google"))
        assert answer.status_code == 404
        assert "isn&#39;t set up" in answer.text


async def test_connected_again_it_is_the_same_account(team: Office, fake: FakeGoogle) -> None:
    first = await team.connector.keep(TENANT, team.person["Ben"], "google", grant(fake, BEN_MAIL))
    second = await team.connector.keep(TENANT, team.person["Ben"], "google", grant(fake, BEN_MAIL))
    assert first == second
    assert len(await accounts_of(team)) == 1
    await team.connector.keep(TENANT, team.person["Carla"], "google", grant(fake, CARLA_MAIL))
    assert len(await accounts_of(team)) == 2


async def test_only_googles_own_calls_are_taken(team: Office) -> None:
    async with browser(team) as client:
        assert (await client.post(HOOK, headers={"X-Goog-Channel-ID": "ch-1"})).status_code == 404


# -- CalDAV -----------------------------------------------------------------------------------------------


async def test_a_password_is_entered_on_a_page_and_never_shown_again(team: Office, radicale: Radicale) -> None:
    work = radicale.make_calendar("form", "Work")
    url = await page_of(team, "caldav", conversation=await talk(team))
    async with browser(team) as client:
        first = await client.get(url)
        assert first.status_code == 200
        assert "https://caldav.icloud.com/" in first.text
        entry = {"state": state_of(url), "address": work, "user": USER}
        wrong = await client.post("/calendar/caldav", data={**entry, "password": "guess-me-not"})
        assert wrong.status_code == 422
        assert "app password" in wrong.text
        assert "guess-me-not" not in wrong.text
        assert await accounts_of(team) == []
        right = await client.post("/calendar/caldav", data={**entry, "password": PASSWORD})
        assert (right.status_code, PASSWORD in right.text) == (200, False)
        assert (await client.get(url)).status_code == 404
    (row,) = await accounts_of(team)
    assert (row["kind"], row["state"]) == ("caldav", "ok")
    assert (await team.content(row["id"]))["password"] == PASSWORD
    (letter,) = await team.letters("Ben", "happening")
    assert letter["event"]["data"]["label"] == f"the calendar on {HERE}"


async def test_of_several_calendars_one_is_chosen(team: Office, radicale: Radicale) -> None:
    radicale.make_calendar("second", "Second")
    url = await page_of(team, "caldav")
    entry = {"state": state_of(url), "user": USER, "password": PASSWORD}
    async with browser(team) as client:
        choice = await client.post("/calendar/caldav", data={**entry, "address": radicale.base + "/"})
        assert choice.status_code == 200
        assert "Second" in choice.text
        assert await accounts_of(team) == []
        done = await client.post("/calendar/caldav", data={**entry, "address": f"{radicale.base}/{USER}/second/"})
        assert "is connected" in done.text
    (row,) = await accounts_of(team)
    assert (await team.content(row["id"]))["address"] == f"{radicale.base}/{USER}/second/"


async def test_no_password_is_asked_for_where_others_could_read_it(home: Path, radicale: Radicale) -> None:
    async with office(home, public_url="http://parley.example", calendar_hosts=HERE) as team, browser(team) as client:
        url = await page_of(team, "caldav")
        answer = await client.get(url)
        assert answer.status_code == 404
        assert "https://" in answer.text
        assert 'password" name' not in answer.text
        entry = {"state": state_of(url), "address": radicale.calendar, "user": USER, "password": PASSWORD}
        assert (await client.post("/calendar/caldav", data=entry)).status_code == 404
        assert await accounts_of(team) == []


@pytest.mark.parametrize("address", ["", "http://10.0.0.1/", "https://localhost/", "file:///etc/passwd", "nothing"])
async def test_no_address_inside_is_asked_for_a_strangers_form(team: Office, address: str) -> None:
    url = await page_of(team, "caldav")
    entry = {"state": state_of(url), "address": address, "user": "x", "password": "y"}
    async with browser(team) as client:
        assert (await client.post("/calendar/caldav", data=entry)).status_code == 422
        assert (await client.post("/calendar/caldav", data={**entry, "state": "x"})).status_code == 404
        assert (await client.post("/calendar/caldav", content=b"x" * 20_000)).status_code == 413


# -- links, the company's account, the hours --------------------------------------------------------------


async def test_a_link_that_is_no_calendar_is_not_kept(team: Office) -> None:
    job = team.job("ConnectFeed", url="webcal://localhost/x.ics")
    job.row.update(thread_id=team.chat["Ben"], subject_id=team.person["Ben"])
    answer = await team.connector.feed(job, team.clock.now())
    assert answer["is"] == "CalendarRefused"
    assert "public internet" in answer["say"]
    assert await accounts_of(team) == []


async def test_the_companys_account_only_opens_the_calendar_of_a_noted_address(team: Office) -> None:
    job = team.job("ConnectDelegated")
    job.row.update(thread_id=team.chat["Ben"], subject_id=team.person["Ben"])
    answer = await team.connector.delegated(job, team.clock.now())
    assert answer["is"] == "CalendarRefused"
    assert "e-mail address" in answer["say"]


@pytest.mark.parametrize(
    ("text", "hours", "zone"),
    [
        ("Mon-Fri 9-17", "Mon-Fri 09:00-17:00", "Europe/Paris"),
        ("Mon-Fri 9-17, Asia/Kolkata", "Mon-Fri 09:00-17:00", "Asia/Kolkata"),
        ("Tue 10-12 UTC", "Tue 10:00-12:00", "UTC"),
        ("off", "off", "Europe/Paris"),
    ],
)
async def test_hours_are_read_with_a_zone_at_the_end(team: Office, text: str, hours: str, zone: str) -> None:
    conv = Conv({"tenant_id": TENANT, "subject_id": team.person["Ben"]}, {}, Journal(), 0)
    found = await team.store.read(lambda tx: team.connector.read_hours(tx, conv=conv, request=ReadHours(text)))
    assert isinstance(found, HoursRead)
    assert (found.hours, found.zone) == (hours, zone)
    data = {"hours": found.hours, "zone": found.zone}
    await team.in_chat("Ben", lambda scene: connecting.hours_given(scene, conv, data, ""))
    kept = await team.store.read(lambda tx: profiles.load(tx, team.keys, TENANT, team.person["Ben"]))
    assert kept is not None
    assert kept.zone == zone
    assert bool(kept.weekly) == (hours != "off")


async def test_hours_that_cannot_be_read_are_said(team: Office) -> None:
    conv = Conv({"tenant_id": TENANT, "subject_id": team.person["Ben"]}, {}, Journal(), 0)
    found = await team.store.read(lambda tx: team.connector.read_hours(tx, conv=conv, request=ReadHours("when I like")))
    assert isinstance(found, HoursUnclear)
    assert found.say


# -- in the chat ------------------------------------------------------------------------------------------


async def test_the_list_says_how_each_calendar_is(team: Office, fake: FakeGoogle) -> None:
    def listed() -> Any:
        at = team.clock.now()
        return team.store.read_now(lambda tx: connecting.status_card(tx, team.keys, TENANT, team.person["Ben"], at))

    assert "connected no calendar" in listed().text
    account = await team.connect("Ben", "google", grant(fake, BEN_MAIL))
    await team.sync(account)
    team.clock.forward(180_000)
    card = listed()
    assert ("Google Calendar (ben@example.com)", "read 3 minutes ago") in [(r.label, r.value) for r in card.rows]
    assert ("Hours", "Mon-Fri 09:00-17:00, Paris time (UTC+1)") in [(r.label, r.value) for r in card.rows]
    assert [o.id for o in card.options] == ["connect", f"off.{account}"]


async def test_disconnecting_forgets_the_secrets_and_what_was_wished(team: Office, fake: FakeGoogle) -> None:
    account = await team.connect("Ben", "google", grant(fake, BEN_MAIL))
    await team.sync(account)
    meeting = await team.book("Ben", link="x")
    await team.wish(meeting, account, "Ben")
    await team.write(meeting, account)
    stamp = await team.stamp("Ben")
    card = await team.in_chat("Ben", lambda scene: connecting.pressed(scene, team.person["Ben"], f"off.{account}"))
    assert card is not None
    assert "Disconnected" in card.text
    assert await accounts_of(team) == []
    (entry,) = await team.store.read(lambda tx: tx.find(CalendarEntry, {"appointment_id": meeting}))
    assert (entry["account_id"], entry["state"]) == (f"chat:{team.person['Ben']}", "kept")
    assert await team.stamp("Ben") != stamp
    assert len(fake.alive(BEN_MAIL)) == 1
    await team.connector.keep(TENANT, team.person["Ben"], "google", grant(fake, BEN_MAIL))
    (row,) = await accounts_of(team)
    assert {"appointment": meeting, "account": row["id"]} in await team.works("CalendarWrite")
    assert (await team.entry(meeting, row["id"]))["state"] == "wanted"


async def test_there_is_an_end_to_how_many_one_can_connect(team: Office) -> None:
    for n in range(8):
        await team.connect("Ben", "ics", {"url": "https://x.example/"}, f"ca_{n}")
    answer = await team.connector.keep(TENANT, team.person["Ben"], "ics", {"url": "https://y.example/"})
    assert "as many calendars" in answer.say  # pyright: ignore[reportAttributeAccessIssue]


async def test_beginning_twice_goes_on_in_the_first_conversation(team: Office) -> None:
    await team.in_chat("Ben", lambda scene: connecting.pressed(scene, team.person["Ben"], "connect"))
    (begun,) = await team.letters("Ben", "begin")
    assert (begun["flow"], begun["args"]["person"]) == ("connect", team.person["Ben"])
    args = await team.store.read(lambda tx: connecting.args(team.keys, team.settings, tx, TENANT, begun["args"]))
    assert (args["name"], args["google"], args["delegated"], args["connected"]) == ("Ben", True, False, ())
    conversation = await talk(team)
    await team.in_chat("Ben", lambda scene: connecting.begin(scene, team.person["Ben"], "ics"))
    (again,) = await team.letters("Ben", "happening")
    assert (again["conversation"], again["event"]["data"]) == (conversation, {"kind": "ics"})
    with pytest.raises(ValueError, match="outlook"):
        await team.in_chat("Ben", lambda scene: connecting.begin(scene, team.person["Ben"], "outlook"))
