"""The same interview on every platform, and one record of a team and a candidate who are in different places."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.people import Visitor
from bot.web import export
from tests.e2e.town import PLATFORMS, Seat, Town, WebSeat, town
from tests.flows.rating.small_kit import GOOD, UPSET

FIRST = "Last year our mail server stopped on a Friday evening."
REST = GOOD.removeprefix(FIRST).strip()


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as made:
        yield made


async def play_the_script(seat: Seat) -> None:
    """One interview with what people do: several bubbles, an edit, a word for help, a break, a change of mind."""
    await seat.plays(until="outage")
    first = await seat.says("Last year something broke.")
    await seat.says("help")
    await seat.says(REST)
    await seat.rewords(first, FIRST)
    await seat.says("pause")
    await seat.says("continue")
    await seat.taps("done")
    assert (await seat.waiting()).key == "upset"
    await seat.says(UPSET)
    await seat.says("done")
    await seat.plays()


async def record(place: Town, interview_id: str) -> dict[str, Any]:
    """What is stored about an interview, without what is different by nature (ids, times, platforms)."""
    app = place.app
    recruiter = await app.store.read(lambda tx: _recruiter(tx, app))
    found = await app.store.read(lambda tx: export.interview(app, tx, recruiter, interview_id))
    assert found is not None
    answers = [
        (a["question"], [u["versions"] if "versions" in u else u["text"] for u in a["utterances"]])
        for a in found["answers"]
    ]
    return {"answers": answers, "consents": sorted((c["kind"], c["answer"]) for c in found["consents"])}


def _recruiter(tx: Any, app: Any) -> Visitor:
    from bot import people
    from bot.store.rows import Role

    person = tx.find(Role, {"tenant_id": app.tenant_id, "role": "recruiter"})[0]["person_id"]
    return Visitor(app.tenant_id, person, "Noor", "recruiter", people.thread_of(tx, app.tenant_id, person))


async def test_one_script_gives_the_same_transcript_on_every_platform(place: Town, capsys: pytest.CaptureFixture[str]):
    async def one(platform: str) -> dict[str, Any]:
        interview_id, secret = invited[platform]
        seat = place.seat(platform)
        await seat.arrive(secret)
        await play_the_script(seat)
        if isinstance(seat, WebSeat):
            await seat.leave()
        return await record(place, interview_id)

    invited = {platform: await place.invited(f"Ada {platform}") for platform in PLATFORMS}
    records = await asyncio.gather(*(one(platform) for platform in PLATFORMS))
    assert [len(texts) for _, texts in records[0]["answers"]] == [2, 1]
    for platform, found in zip(PLATFORMS, records, strict=True):
        assert found == records[0], platform
    assert place.violations() == []
    checked = place.checked()
    with capsys.disabled():
        print(f"\n{sum(checked.values())} calls checked, none wrong: {checked}")
    for platform in PLATFORMS[1:]:
        assert sum(n for method, n in checked.items() if method.startswith(platform)) > 20


async def test_a_team_in_slack_and_discord_and_a_candidate_who_moves_from_telegram_to_the_web(place: Town):
    noor, priya = await place.colleague("Noor", "slack"), await place.colleague("Priya", "slack")
    tom = await place.colleague("Tom", "discord")
    hall = place.slack.channel("C1", members=[noor.user, priya.user])

    # Noor makes the Slack channel the hiring channel and invites a candidate there, by slash command.
    await noor.orders("channel", hall)
    await noor.presses("yes", hall)
    link = await noor.orders("invite Ada Okoye", hall)
    secret = re.search(r"/i/([A-Za-z0-9_-]{43})", link).group(1)

    # Ada begins in Telegram, is in the middle of an answer, and goes on in a browser.
    ada = place.seat("telegram")
    await ada.arrive(secret)
    await ada.plays(until="outage")
    first = await ada.says("Last year something broke.")
    await ada.says("continue on another device")
    handover = re.findall(r"/i/([A-Za-z0-9_-]{43})", str(place.telegram.messages(ada.number)))[-1]
    page = place.seat("web")
    await page.arrive(handover)
    assert page.thread_id == ada.thread_id
    assert (await page.waiting()).key == "outage"
    seen = [m for m in await page.history() if m["from"] == "me"]
    assert [m["text"] for m in seen][-2:] == ["Last year something broke.", "continue on another device"]
    own = next(m["id"] for m in seen if m["text"] == "Last year something broke.")
    await page.rewords(own, FIRST)
    await page.says(REST)
    before = len(ada.shown())
    await page.taps("done")
    await page.plays()
    assert len(ada.shown()) == before, "Telegram stays quiet once the candidate has moved on"
    await page.leave()
    interview_id = await place.newest_interview()
    assert (await record(place, interview_id))["answers"] == [("outage", [FIRST, REST]), ("upset", [UPSET])]
    assert first

    # The scorecard stands in the Slack channel; Priya rates from it, Tom from his tasks in Discord.
    await place.calm()
    (post,) = [m for m in place.slack.parleys(hall) if "Ada Okoye, " in str(m)]
    assert "0 of 2" in str(post["blocks"])
    await priya.rates_from_post(hall, post)
    await tom.rates_from_tasks("Ada Okoye")
    await place.calm()
    (post,) = [m for m in place.slack.parleys(hall) if "Ada Okoye, " in str(m)]
    assert all(word in str(post["blocks"]) for word in ("Priya", "Tom", "Yes"))
    assert place.violations() == []


async def test_a_small_team_in_a_telegram_group_and_a_candidate_in_discord(place: Town):
    noor, priya, tom = [await place.colleague(name, "telegram") for name in ("Noor", "Priya", "Tom")]
    group = -400
    await noor.orders("channel", group)
    await noor.presses("yes", noor.number)
    invited = await noor.orders("invite Ada Okoye")
    ada = place.seat("discord")
    await ada.arrive(re.search(r"/i/([A-Za-z0-9_-]{43})", invited).group(1))
    await play_the_script(ada)
    await place.calm()
    assert any("Ada Okoye" in text for text in place.telegram.seen(group))
    for rater, level in ((priya, "4"), (tom, "2")):
        await rater.presses("rate", group)
        await place.until(lambda rater=rater: rater.waiting())
        await rater.rates_field_by_field(level)
    await place.calm()
    (post,) = [text for text in place.telegram.seen(group) if text.startswith("Ada Okoye, ")]
    assert "Priya" in post
    assert "Tom" in post
    assert place.violations() == []
