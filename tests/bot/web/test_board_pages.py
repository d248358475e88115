"""The whole table on the web: for the team alone, sorted with ties as equals, and what is chosen goes on in the chat."""

import csv
import io
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from adapters.web.app import COOKIE
from bot import people as persons
from bot.store.rows import Decision, Inbox
from bot.web.host import host
from flows.words import board_en as words
from tests.bot.funnel.rated_people import People, blind, settings
from tests.bot.stagehand import Seat, Stage, acting, settle
from tests.bot.test_commands import ODD


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with acting(home) as stage:
        people = People(stage)
        await people.add("Ada Okoye", {"Priya": {"ownership": 5, "care": 2}}, machine={"ownership": (3, (3, 3))})
        await people.add("Bo Berg", {"Priya": {"ownership": 2, "care": 5}})
        await people.add("Cy Dee", {"Priya": {"ownership": 2, "care": None}})
        await people.add("Sealed Sam", {"Priya": {"ownership": 5, "care": 5}}, sealed=True)
        yield stage


@asynccontextmanager
async def browser(stage: Stage, seat: Seat | None) -> AsyncGenerator[httpx.AsyncClient]:
    """Somebody's browser, signed in."""
    cookies = {}
    if seat is not None:
        app, who = stage.app, seat.who
        session = await app.store.commit(
            lambda tx: persons.open_session(tx, app.ids, who.tenant_id, who.person_id, stage.clock.now())
        )
        cookies = {COOKIE: session}
    transport = httpx.ASGITransport(host(stage.app))
    async with httpx.AsyncClient(transport=transport, base_url="http://parley.test", cookies=cookies) as b:
        yield b


def order(page: str) -> list[str]:
    """Headings and people in the order of the page."""
    return re.findall(r"<b>(Group \d+|Not comparable yet)</b>|<span dir=\"auto\">([^<]+)</span></label>", page)


async def test_the_team_sees_groups_and_nobody_else_sees_anything(stage: Stage):
    address = f"/board/{stage.requisition_id}"
    async with browser(stage, stage.seats["Leila"]) as b:
        assert (await b.get(address)).status_code == 404, "an observer, where none may"
    await settings(stage, observers=True)
    for name in ("Noor", "Priya", "Leila"):
        async with browser(stage, stage.seats[name]) as b:
            page = await b.get(address)
            assert page.status_code == 200
            assert [g or n for g, n in order(page.text)] == ["Group 1", "Ada Okoye", "Group 2", "Bo Berg", "Cy Dee"]
            assert "Sealed Sam" not in page.text
            assert "1 still being rated (sealed)" in page.text
            assert (words.REJECT in page.text) == (name == "Noor")
    stranger, ada = await stage.join("Stranger", "admin", tenant="t_other"), await stage.invite("Zed Zet")
    for seat in (stranger, ada, None):
        async with browser(stage, seat) as b:
            for path in (address, f"{address}.csv"):
                refused = await b.get(path)
                assert refused.status_code == 404
                assert "Ada Okoye" not in refused.text
            assert (await b.post(address, data={"act": "compare", "who": "iv_x", "event": "e"})).status_code == 404


async def test_sorted_by_one_competency_ties_stay_equal_and_unknown_is_not_low(stage: Stage):
    async with browser(stage, stage.seats["Noor"]) as b:
        page = (await b.get(f"/board/{stage.requisition_id}?by=care")).text
        wanted = ["Group 1", "Bo Berg", "Group 2", "Ada Okoye", "Not comparable yet", "Cy Dee"]
        assert [g or n for g, n in order(page)] == wanted
        page = (await b.get(f"/board/{stage.requisition_id}?by=ownership")).text
        assert [g or n for g, n in order(page)] == ["Group 1", "Ada Okoye", "Group 2", "Bo Berg", "Cy Dee"]
        page = (await b.get(f"/board/{stage.requisition_id}?competency=care&least=3")).text
        assert [n for _, n in order(page) if n] == ["Bo Berg", "Cy Dee"]
        page = (await b.get(f"/board/{stage.requisition_id}?look=1")).text
        assert [n for _, n in order(page) if n] == ["Ada Okoye"]
        odd = await b.get(f"/board/{stage.requisition_id}?by=x&state=y&least=99&competency=z&stage=q")
        assert odd.status_code == 200


async def test_hostile_names_are_text_and_run_nothing(stage: Stage):
    people = People(stage)
    for name in [*ODD, "<script>alert(1)</script>", "=1+1"]:
        await people.add(name, {"Priya": {"ownership": 3, "care": 3}})
    async with browser(stage, stage.seats["Noor"]) as b:
        page = await b.get(f"/board/{stage.requisition_id}")
        assert "<script>alert" not in page.text
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        table = await b.get(f"/board/{stage.requisition_id}.csv")
        assert table.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(table.text)))
        assert len(rows) == len(ODD) + 5
        assert not [c for r in rows for c in r.values() if c.startswith(("=", "+", "-", "@", "\t"))]


async def test_what_is_chosen_goes_on_in_the_chat_once_and_decides_nothing(stage: Stage):
    noor, address = stage.seats["Noor"], f"/board/{stage.requisition_id}"
    async with browser(stage, noor) as b:
        page = (await b.get(address)).text
        ids = re.findall(r'name="who" value="([^"]+)"', page)
        event = re.search(r'name="event" value="([^"]+)"', page)
        assert event is not None
        sent = {"act": "compare", "who": ids[:2], "event": event[1]}
        for _ in range(2):
            done = await b.post(address, data=sent)
            assert words.IN_CHAT in done.text
        await settle()
        shown = [m["card"] for m in await noor.messages() if m["card"].get("title") == "Comparison"]
        assert len(shown) == 1
        assert len(await stage.rows(Inbox, source="web", event_id=f"board/{event[1]}")) == 1
        assert (await b.post(address, data={**sent, "who": [], "event": "e2"})).status_code == 422
        assert (await b.post(address, data={**sent, "who": ["iv_other"], "event": "e3"})).status_code == 422
        await b.post(address, data={"act": "reject", "who": ids, "event": "e4"})
        await settle()
        form = (await noor.messages())[-1]["card"]
        assert [f["key"] for f in form["fields"]] == ["reason", "when"]
    async with browser(stage, stage.seats["Priya"]) as b:
        assert (await b.post(address, data={"act": "reject", "who": ids, "event": "e5"})).status_code == 422
    assert await stage.rows(Decision) == []


async def test_a_blind_table_has_no_names_and_no_links_to_them(stage: Stage):
    await blind(stage)
    async with browser(stage, stage.seats["Noor"]) as b:
        page = (await b.get(f"/board/{stage.requisition_id}")).text
        table = (await b.get(f"/board/{stage.requisition_id}.csv")).text
    for text in (page, table):
        assert not any(name in text for name in ("Ada", "Berg", "Dee"))
        assert text.count("Candidate ") >= 3
    assert "/review/" not in page


async def test_what_is_sent_without_end_is_not_read(stage: Stage):
    sent = 0

    async def without_end() -> AsyncGenerator[bytes]:
        nonlocal sent
        for _ in range(200):
            sent += 65_536
            yield b"w" * 65_536

    address = f"/board/{stage.requisition_id}"
    for seat, answer in ((None, 404), (stage.seats["Noor"], 422)):
        sent = 0
        async with browser(stage, seat) as b:
            assert (await b.post(address, content=without_end())).status_code == answer
        assert sent < 1_000_000
