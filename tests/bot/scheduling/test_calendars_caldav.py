"""A CalDAV calendar of an interviewer, on a real Radicale: read, written, moved, and changed by somebody else."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.store.rows import BookingSeat
from calendar_sync.entry import file_of
from tests.bot.scheduling.calendar_office import TENANT, TUESDAY_10, Office, feed, office
from tests.serving_radicale import PASSWORD, USER, Radicale, serving

HERE = "127.0.0.1"


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    with serving(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture
def work(radicale: Radicale, request: pytest.FixtureRequest) -> str:
    slug = re.sub(r"\W", "-", request.node.name)
    return radicale.make_calendar(slug, slug)


@pytest.fixture
async def team(home: Path) -> AsyncIterator[Office]:
    async with office(home, calendar_hosts=HERE) as made:
        yield made


async def connected(team: Office, address: str, password: str = PASSWORD) -> str:
    content = {"address": address, "user": USER, "password": password, "mail": "ben@example.org"}
    return await team.connect("Ben", "caldav", content)


def put(radicale: Radicale, calendar: str, name: str, text: str) -> None:
    answer = radicale.ask("PUT", f"{calendar}{name}", text)
    assert answer.status_code in (201, 204), answer.text


async def test_it_is_read_and_written(team: Office, radicale: Radicale, work: str) -> None:
    account = await connected(team, work)
    busy = feed(("20261124T100000Z", "20261124T110000Z")).replace(
        "END:VEVENT", "DTSTAMP:20260101T000000Z\r\nEND:VEVENT"
    )
    put(radicale, work, "theirs.ics", busy)
    assert (await team.sync(account))["state"] == "ok"
    assert (await team.busy(account)).intervals == [(TUESDAY_10, TUESDAY_10 + 60)]
    talk = await team.book("Ben", start=TUESDAY_10 + 120)
    await team.wish(talk, account, "Ben")
    assert await team.write(talk, account) is None
    text = radicale.ask("GET", f"{work}{file_of(talk)}").text
    assert "SUMMARY:Interview: Ada\\, System design" in text
    await team.sync(account)
    assert len((await team.busy(account)).intervals) == 1  # ours is no second reason
    moved = {"start_minute": TUESDAY_10 + 300, "end_minute": TUESDAY_10 + 345}
    await team.do(lambda tx: tx.change(BookingSeat, {"tenant_id": TENANT, "booking_id": f"{talk}.b"}, moved))
    await team.change(talk, version=2, **moved)
    await team.wish(talk, account, "Ben", version=2)
    await team.write(talk, account)
    assert "DTSTART:20261124T150000Z" in radicale.ask("GET", f"{work}{file_of(talk)}").text
    await team.sync(account)
    assert await team.letters("Ben") == []  # what we changed ourselves is nobody's question
    await team.change(talk, state="cancelled", version=3)
    await team.wish(talk, account, "Ben", "unwanted", 3)
    await team.write(talk, account)
    assert radicale.names(work) == ["theirs.ics"]


async def test_a_wrong_password_is_told_with_what_to_do(team: Office, work: str) -> None:
    account = await connected(team, work, "wrong")
    row = await team.sync(account)
    assert (row["state"], row["problem"]) == ("failed", "password")
    (said,) = await team.told("Ben")
    assert "app password" in said


async def test_a_calendar_that_is_gone_is_told(team: Office, radicale: Radicale, work: str) -> None:
    account = await connected(team, work)
    assert (await team.sync(account))["state"] == "ok"
    radicale.ask("DELETE", work)
    assert (await team.sync(account))["state"] == "failed"
    assert len(await team.told("Ben")) == 1


async def test_an_address_on_the_own_network_is_not_read(home: Path, work: str) -> None:
    async with office(home) as team:
        account = await connected(team, work)
        row = await team.sync(account)
        assert (row["state"], row["problem"]) == ("failed", "address")


async def test_a_move_by_somebody_is_asked_about_once(team: Office, radicale: Radicale, work: str) -> None:
    account = await connected(team, work)
    talk = await team.book("Ben")
    await team.wish(talk, account, "Ben")
    await team.write(talk, account)
    await team.sync(account)
    text = radicale.ask("GET", f"{work}{file_of(talk)}").text
    text = text.replace("20261124T100000Z", "20261124T130000Z").replace("20261124T104500Z", "20261124T134500Z")
    put(radicale, work, file_of(talk), text)
    await team.sync(account)
    await team.sync(account)
    for name, zone in (("Ben", "14:00 to 14:45 (Paris"), ("Noor", "13:00 to 13:45 (UTC")):
        (begun,) = await team.letters(name, "begin")
        assert (begun["flow"], begun["args"]["change"]) == ("outside", "moved")
        assert zone in begun["args"]["new_when"]
    assert await team.letters("Ada") == []
    original = text.replace("20261124T130000Z", "20261124T100000Z").replace("20261124T134500Z", "20261124T104500Z")
    put(radicale, work, file_of(talk), original)  # they notice it themselves
    await team.sync(account)
    assert (await team.entry(talk, account))["asked"] == ""
