"""A team in Slack or in Discord: it follows an interview in a thread, proposes, reads the transcript and talks it through."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import hiring
from bot.store.rows import Proposal, Requisition, Thread, Utterance
from bot.store.store import Tx
from tests.e2e.halls import InDiscord, InSlack
from tests.e2e.town import Town, town
from tests.fakes.discord_payloads import GUILD
from tests.flows.rating.small_kit import KIT

ASKED = "What result can be checked, in a number?"
SHORT = "It broke and then it worked again."


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as made:
        yield made


def followed(tx: Tx, place: Town, platform: str, address: str) -> None:
    """The demo's hiring channel is on this platform, and its interviews can be followed."""
    tx.change(Thread, {"id": place.hall}, {"platform": platform, "address": address})
    requisition = tx.one(Requisition, tenant_id=place.app.tenant_id, id=place.requisition)
    assert requisition is not None
    hiring.set_settings(tx, requisition, follow=True)


@pytest.mark.parametrize("where", [pytest.param(InSlack, marks=pytest.mark.slow), InDiscord])
async def test_a_team_follows_asks_reads_and_talks_in_threads(place: Town, where: type[InSlack] | type[InDiscord]):
    hall = where(place)
    noor, priya, tom = [await place.colleague(name, hall.platform) for name in ("Noor", "Priya", "Tom")]
    hall.open(noor.user, priya.user, tom.user)
    await place.app.workspaces.adopt(place.app.tenant_id, "discord", GUILD)
    await place.app.store.commit(lambda tx: followed(tx, place, hall.platform, hall.address))
    place.app.outbox.moved(place.hall)
    place.app.intake.forget(place.hall)

    ada = place.seat("telegram")
    await ada.arrive((await place.invited("Ada Okoye"))[1])
    await ada.plays(until="outage")
    await place.calm(place.hall)
    (live,) = hall.posts("Live:")
    assert [KIT.questions[0].ask in text for text in hall.thread(live)] == [True]

    await place.does(hall.platform, lambda: hall.say(tom.user, f"ask: {ASKED}", live))
    waiting = await place.app.store.read(lambda tx: tx.find(Proposal, {}))
    assert [p["state"] for p in waiting] == ["waiting"]
    await ada.says(SHORT)
    await ada.says("done")
    assert ASKED in str(place.telegram.seen(ada.number)[-1])
    await ada.says("Down for forty minutes, never again since March.")
    await ada.says("done")
    await ada.plays()
    await place.calm()
    told = "\n".join(hall.thread(live))
    assert all(text in told for text in (SHORT, ASKED, "in Tom\u2019s words", "forty minutes"))
    assert "over" in hall.text(live)

    (scorecard,) = hall.posts("Ada Okoye, ")
    transcript = "\n".join(hall.thread(scorecard))
    assert all(q.ask in transcript for q in KIT.questions)
    assert "forty minutes" in transcript
    assert hall.posts("Debrief:") == []
    await hall.rate(priya, "5")
    assert hall.posts("Debrief:") == []
    await hall.rate(tom, "2")
    await place.calm()
    first, second = hall.posts("Debrief:")
    assert "2 to 5" in hall.text(first)
    await place.does(hall.platform, lambda: hall.say(noor.user, "learned: A result is a number.", first))
    assert "A result is a number." in hall.text(first)
    assert "A result is a number." not in hall.text(second)
    kept = await place.app.store.read(lambda tx: tx.find(Utterance, {"step": "debrief.ownership.learned"}))
    assert len(kept) == 1
    assert place.violations() == []
