"""What a candidate asks about themselves, through the whole application; and forms filled in by typing."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot import people
from bot.facts import HANDOVER_MINUTES
from bot.store.rows import AccessToken, JournalEntry, Outbox, Utterance
from tests.bot.stagehand import MINUTE, Seat, Stage, acting
from tests.flows.rating.small_kit import GOOD


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with acting(home) as stage:
        yield stage


async def cards(seat: Seat) -> list[dict[str, Any]]:
    return [m["card"] for m in await seat.messages() if m["from"] == "parley"]


def rows(card: dict[str, Any]) -> dict[str, str]:
    return {r["label"]: r["value"] for r in card["rows"]}


async def link_for(seat: Seat) -> str:
    await seat.says("continue on another device")
    (link,) = (await cards(seat))[-1]["links"]
    return link["url"]


async def test_where_am_i_knows_the_deadline(stage: Stage):
    ada = await stage.invite()
    await ada.plays(until="outage")
    await ada.says("Where am I?")
    where, question = (await cards(ada))[-2:]
    assert rows(where)["Questions so far"] == "1 of 2"
    assert rows(where)["Open until"] == "Monday 30 November"
    assert question["answering"]


async def test_what_is_kept_is_counted_from_the_store(stage: Stage):
    ada = await stage.invite()
    await ada.plays(until="outage")
    await ada.says(GOOD)
    await ada.taps("~mydata")
    kept = rows((await cards(ada))[-2])
    said = await stage.rows(Utterance, person_id=ada.who.person_id)
    assert len(said) == 2  # the country and the answer
    assert kept["What you wrote"] == "2 messages, the first one on Monday 23 November"
    agreed = kept["What you agreed to"]
    assert agreed == "automated interviewer: yes, software that points to passages: yes, recordings: no"
    assert kept["How long"].startswith(f"{stage.settings.retention_days} days")
    await ada.taps("done")
    assert (await ada.must_wait()).key != "outage"


async def test_what_raters_write_is_not_counted_as_the_candidates(stage: Stage):
    ada = await stage.finished()
    said = len(await stage.rows(Utterance, person_id=ada.who.person_id))
    tom = stage.seats["Tom"]
    await tom.taps_post("rate", "Ada Okoye")
    await tom.says("a four")
    await stage.seats["Priya"].rates("Ada Okoye")
    await tom.fills()
    await tom.taps("submit")
    await ada.says("my data")
    kept = next(c for c in reversed(await cards(ada)) if c.get("title") == "What is kept about you")
    assert rows(kept)["What you wrote"].startswith(f"{said} messages")


async def test_a_link_to_another_device_works_once_and_for_minutes(stage: Stage):
    ada = await stage.invite()
    await ada.plays(until="outage")
    await ada.says("Something broke.")
    path = await link_for(ada)
    assert path.startswith("/i/")
    secret = path.removeprefix("/i/")
    (token,) = await stage.rows(AccessToken, purpose="handover")
    assert token["expires_at"] - token["created_at"] == HANDOVER_MINUTES * MINUTE
    assert (await stage.interview(ada))["status"] == "paused"

    # Nothing ends an answer while somebody looks for their phone.
    await stage.wait(HANDOVER_MINUTES * MINUTE - 1000)
    app, now = stage.app, stage.clock.now
    assert not isinstance(await app.store.read(lambda tx: people.look_at_link(tx, secret, now())), people.Refused)
    used = await app.store.commit(lambda tx: people.redeem(tx, app.ids, secret, now()))
    assert not isinstance(used, people.Refused)
    phone = await stage.seat("Ada's phone", used[1])
    assert phone.who.person_id == ada.who.person_id
    again = await app.store.commit(lambda tx: people.redeem(tx, app.ids, secret, now()))
    assert isinstance(again, people.Refused)
    assert again.code == "used"

    await phone.says("And I fixed it myself.")
    await phone.taps("done")
    assert (await stage.interview(ada))["status"] == "in_progress"
    said = await stage.rows(Utterance, step="outage")
    assert len(said) == 2


async def test_a_link_that_nobody_opened_in_time_is_refused(stage: Stage):
    ada = await stage.invite()
    secret = (await link_for(ada)).removeprefix("/i/")
    stage.clock.forward(HANDOVER_MINUTES * MINUTE)
    late = await stage.app.store.read(lambda tx: people.look_at_link(tx, secret, stage.clock.now()))
    assert isinstance(late, people.Refused)
    assert late.code == "expired"


async def test_the_secret_of_a_link_is_in_no_column(stage: Stage):
    ada = await stage.invite()
    secret = (await link_for(ada)).removeprefix("/i/").encode()
    kept = [*await stage.rows(Outbox), *await stage.rows(JournalEntry), *await stage.rows(AccessToken)]
    assert kept
    assert not [r for r in kept for v in r.values() if secret in (v if isinstance(v, bytes) else str(v).encode())]


async def test_a_rating_that_is_typed_survives_restarts_and_stays_sealed_like_any_other(stage: Stage):
    ada = await stage.finished()
    interview = (await stage.interview(ada))["id"]
    await stage.seats["Tom"].taps_post("rate", "Ada Okoye")
    await stage.seats["Tom"].taps("~fill")
    for _ in stage.kit.competencies:
        await stage.seats["Tom"].says("4")
        await stage.restart()
        await stage.seats["Tom"].says("Says what was done.")
    await stage.restart()
    ada, tom, noor, priya = (stage.seats[n] for n in ("Ada Okoye", "Tom", "Noor", "Priya"))
    seen = [await noor.exports(interview), await ada.exports(interview), await priya.reviews(interview)]
    seen += [await noor.post("Ada Okoye"), await ada.messages()]
    assert all(seen)
    assert "Says what was done." not in str(seen)
    assert "Says what was done." in str(await tom.messages())
    await tom.says("yes")
    await tom.taps("submit")
    await priya.rates("Ada Okoye")
    scores = (await noor.post("Ada Okoye"))["card"]["scores"]
    assert [[tuple(x) for x in s["levels"]] for s in scores] == [[("Priya", 4), ("Tom", 4)]] * 2
