"""Connecting a calendar from the command to the last answer, in the chat and on Google's way."""

from pathlib import Path

import httpx

from bot.scheduling import profiles
from bot.web.host import host
from tests.bot.scheduling.calendar_office import BEN_MAIL, google_settings
from tests.bot.scheduling.test_calendars_connect import consent, state_of
from tests.bot.stagehand import acting, settle
from tests.fakes.google import FakeGoogle


async def test_a_recruiter_connects_google_and_says_their_hours(home: Path) -> None:
    async with FakeGoogle().running() as fake, acting(home, **google_settings(fake)) as stage:
        noor, base = stage.seats["Noor"], stage.settings.base_url
        card = await noor.orders("/interview calendar connect")
        assert "connected no calendar" in card["text"]
        await noor.taps("connect", "do:cal:me")
        await noor.taps("google")
        url = (await noor.messages())[-1]["card"]["links"][0]["url"]
        secret = {"state": state_of(url)}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(host(stage.app)), base_url=base) as browser:
            assert "for Noor" in (await browser.get(url)).text
            assert (await browser.get("/calendar/google/go", params=secret)).status_code == 303
            back = await browser.get("/calendar/google/callback", params={**secret, "code": consent(fake)})
            assert back.status_code == 200
        await settle()
        assert f"Connected: Google Calendar ({BEN_MAIL})" in (await noor.texts())[-2]
        await stage.restart()
        noor = stage.seats["Noor"]
        await noor.taps("change")
        await noor.says("Mon-Thu 10-16 Europe/Berlin")
        assert "Mon-Thu 10:00-16:00, Berlin time" in (await noor.texts())[-1]
        await noor.taps("right")
        assert "All set" in (await noor.texts())[-1]
        app, person = stage.app, noor.who.person_id
        kept = await app.store.read(lambda tx: profiles.load(tx, app.keys, app.tenant_id, person))
        assert kept is not None
        assert (kept.zone, kept.weekly[0].days) == ("Europe/Berlin", (1, 2, 3, 4))
        listed = await noor.orders("/interview calendar connect")
        assert [o["id"].partition(".")[0] for o in listed["options"]] == ["connect", "off"]
        await noor.taps(listed["options"][1]["id"], "do:cal:me")
        assert "connected no calendar" in (await noor.orders("/interview calendar connect"))["text"]
        assert fake.violations == []
