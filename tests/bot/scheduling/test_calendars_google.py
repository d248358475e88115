"""Google calendars of interviewers, read in the background and written to, against a Google that knows its own rules."""

from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.scheduling import connecting, profiles
from bot.scheduling.accounts import EVERY, PUSHED, TRUSTED
from bot.scheduling.looking import HOOK
from bot.store.rows import BookingSeat, CalendarAccount, DataKey
from tests.bot.scheduling.calendar_office import (
    BEN_MAIL,
    CARLA_MAIL,
    MINUTE,
    TUESDAY_10,
    Office,
    google_settings,
    grant,
    office,
)
from tests.fakes.google import FakeGoogle, Fault

PUBLIC = "https://parley.example"


@pytest.fixture
async def fake() -> AsyncIterator[FakeGoogle]:
    async with FakeGoogle().running() as google:
        google.now_ms = 1_795_424_400_000
        yield google
        assert google.violations == []
        assert sum(google.counts.values()) + len(google.refreshes) > 0, "nothing was asked of Google"


@pytest.fixture
async def team(home: Path, fake: FakeGoogle) -> AsyncIterator[Office]:
    async with office(home, **google_settings(fake)) as made:
        yield made


async def bens(team: Office, fake: FakeGoogle) -> str:
    return await team.connect("Ben", "google", grant(fake, BEN_MAIL))


# -- reading ----------------------------------------------------------------------------------------------


async def test_what_is_taken_is_kept_and_the_stamp_changes_only_when_that_does(team: Office, fake: FakeGoogle) -> None:
    account = await bens(team, fake)
    fake.entry(BEN_MAIL, "dentist", "2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z")
    before = await team.stamp("Ben")
    row = await team.sync(account)
    assert (row["state"], row["errors"], row["synced_at"]) == ("ok", 0, team.clock.now())
    assert (await team.busy(account)).intervals == [(TUESDAY_10, TUESDAY_10 + 60)]
    assert EVERY["google"] <= row["due_at"] - team.clock.now() <= EVERY["google"] * 1.1
    first = await team.stamp("Ben")
    assert first != before
    await team.sync(account)
    assert await team.stamp("Ben") == first
    fake.entry(BEN_MAIL, "call", "2026-11-25T10:00:00Z", "2026-11-25T11:00:00Z")
    await team.sync(account)
    assert await team.stamp("Ben") != first
    assert await team.told("Ben") == []


async def test_only_what_is_due_is_read_at_a_tick(team: Office, fake: FakeGoogle) -> None:
    account = await bens(team, fake)
    await team.syncer.tick()
    await team.syncer.quiet()
    assert (await team.account(account))["state"] == "ok"
    asked = fake.counts["freebusy.query"]
    await team.syncer.tick()
    await team.syncer.quiet()
    assert fake.counts["freebusy.query"] == asked
    team.clock.forward(int(EVERY["google"] * 1.1) + 1)
    await team.syncer.tick()
    await team.syncer.quiet()
    assert fake.counts["freebusy.query"] > asked


async def test_a_forgotten_sync_token_costs_one_full_listing(team: Office, fake: FakeGoogle) -> None:
    account = await bens(team, fake)
    await team.sync(account)
    fake.calendars[BEN_MAIL].floor = 10**6
    row = await team.sync(account)
    assert row["state"] == "ok"
    assert ("events.list", 410, "fullSyncRequired") in fake.refusals


async def test_a_revoked_grant_is_told_once_to_its_owner_and_their_recruiters_and_so_is_its_end(
    team: Office, fake: FakeGoogle
) -> None:
    account = await bens(team, fake)
    await team.book("Ben")
    await team.sync(account)
    fake.revoke(BEN_MAIL)
    row = await team.sync(account)
    assert (row["state"], row["problem"], row["errors"]) == ("failed", "reconnect", 1)
    team.clock.forward(row["due_at"] - team.clock.now())
    assert (await team.sync(account))["errors"] == 2
    (mine,), (theirs,) = await team.told("Ben"), await team.told("Noor")
    assert "Google Calendar (ben@example.com)" in mine
    assert "calendar connect" in mine
    assert "Ben" in theirs
    assert "has to be connected again" in theirs
    assert await team.told("Carla") == await team.told("Ada") == []
    fake._refresh[f"refresh-{BEN_MAIL}"] = BEN_MAIL  # they have allowed it again
    team.clients._google.clear()
    row = await team.sync(account)
    assert (row["state"], row["told"], row["errors"]) == ("ok", "", 0)
    assert "again" in (await team.told("Ben"))[-1]
    assert "can be read again" in (await team.told("Noor"))[-1]
    assert len(await team.told("Ben")) == len(await team.told("Noor")) == 2


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault("status", 500), "unavailable"),
        (Fault("status", 503, retry_after=90), "unavailable"),
        (Fault("status", 429, "rateLimitExceeded"), "crowded"),
        (Fault("status", 403, "userRateLimitExceeded"), "crowded"),
        (Fault("drop"), "unreachable"),
        (Fault("half"), "unreachable"),
    ],
)
async def test_trouble_that_passes_is_waited_for_and_told_when_it_lasts(
    team: Office, fake: FakeGoogle, fault: Fault, code: str
) -> None:
    account = await bens(team, fake)
    await team.sync(account)
    stamp, pauses = await team.stamp("Ben"), list[int]()
    told_at = 0
    while not told_at and len(pauses) < 20:
        fake.fail("events.list", *[fault] * 12)  # httplib2 and the library ask again by themselves
        row = await team.sync(account)
        fake.script.clear()
        pauses.append(row["due_at"] - team.clock.now())
        told_at = team.clock.now() if await team.told("Ben") else 0
        late = team.clock.now() - row["synced_at"] >= TRUSTED["google"]
        assert row["state"] == ("stale" if late else "ok")
        assert row["problem"] in (code, "unavailable", "unreachable", "unreadable")
        team.clock.forward(pauses[-1])
    assert told_at, "nobody was told"
    assert pauses[0] >= 30_000
    assert pauses == sorted(pauses)
    assert len(await team.told("Ben")) == 1
    assert await team.stamp("Ben") != stamp  # their time counts as taken now
    row = await team.sync(account)
    assert row["state"] == "ok"
    assert "again" in (await team.told("Ben"))[-1]


async def test_a_blip_is_nobodys_business(team: Office, fake: FakeGoogle) -> None:
    account = await bens(team, fake)
    await team.sync(account)
    fake.fail("events.list", *[Fault("status", 500)] * 3)
    await team.sync(account)
    fake.script.clear()
    assert (await team.sync(account))["errors"] == 0
    assert await team.told("Ben") == []


async def test_a_disconnect_while_it_is_being_read_leaves_nothing(team: Office, fake: FakeGoogle) -> None:
    account = await bens(team, fake)
    row = await team.account(account)
    look = await team.syncer._looker.look(row, await team.content(account), profiles.default("Europe/Paris"))
    gone = await team.in_chat("Ben", lambda scene: connecting.disconnect(scene, team.person["Ben"], account))
    assert "Disconnected" in gone.text
    assert await team.do(lambda tx: team.syncer._keep(tx, row, look, team.clock.now())) is not None
    assert await team.syncer.sync("t_main", account) is None


async def test_nobody_else_can_disconnect_it(team: Office, fake: FakeGoogle) -> None:
    account = await bens(team, fake)
    await team.sync(account)
    card = await team.in_chat("Carla", lambda scene: connecting.disconnect(scene, team.person["Carla"], account))
    assert "isn't connected" in card.text
    assert await team.account(account)


# -- push -------------------------------------------------------------------------------------------------


@pytest.fixture
async def reachable(home: Path, fake: FakeGoogle) -> AsyncIterator[Office]:
    async with office(home, **google_settings(fake, public_url=PUBLIC)) as made:
        yield made


async def test_a_channel_is_opened_renewed_a_day_early_and_closed(reachable: Office, fake: FakeGoogle) -> None:
    team = reachable
    account = await bens(team, fake)
    row = await team.sync(account)
    (watch,) = fake.watches.values()
    assert watch.address == PUBLIC + HOOK
    assert (row["channel_id"], row["channel_until"]) == (watch.id, watch.expires_ms)
    assert PUSHED <= row["due_at"] - team.clock.now() <= PUSHED * 1.1
    await team.sync(account)
    assert list(fake.watches) == [watch.id]
    team.clock.at = fake.now_ms = watch.expires_ms - 24 * 3_600_000
    row = await team.sync(account)
    (second,) = fake.watches.values()
    assert second.id != watch.id
    assert row["channel_id"] == second.id
    await team.in_chat("Ben", lambda scene: connecting.disconnect(scene, team.person["Ben"], account))
    (request,) = await team.works("CalendarForget")
    await team.connector.forget(team.job("CalendarForget", **request), team.clock.now())
    assert fake.watches == {}


async def test_a_call_counts_only_with_the_channels_own_secret(reachable: Office, fake: FakeGoogle) -> None:
    team = reachable
    account = await bens(team, fake)
    await team.sync(account)
    (watch,) = fake.watches.values()
    fake.entry(BEN_MAIL, "new", "2026-11-26T10:00:00Z", "2026-11-26T11:00:00Z")
    right = {"X-Goog-Channel-ID": watch.id, "X-Goog-Channel-Token": watch.token, "X-Goog-Resource-ID": watch.resource}
    for wrong in ({"X-Goog-Channel-Token": "x"}, {"X-Goog-Channel-ID": "other"}, {"X-Goog-Resource-ID": ""}):
        assert not await team.syncer.pushed({**right, **wrong})
    assert not await team.syncer.pushed({})
    await team.syncer.quiet()
    assert (await team.busy(account)).intervals == []
    assert await team.syncer.pushed(right)
    await team.syncer.quiet()
    assert len((await team.busy(account)).intervals) == 1


async def test_without_a_channel_it_is_read_more_often(reachable: Office, fake: FakeGoogle) -> None:
    fake.fail("events.watch", *[Fault("status", 400, "push.webhookUrlUnauthorized")] * 3)
    account = await bens(reachable, fake)
    row = await reachable.sync(account)
    assert (row["state"], row["channel_id"]) == ("ok", "")
    assert row["due_at"] - reachable.clock.now() <= EVERY["google"] * 1.1
    await reachable.sync(account)
    assert fake.counts["events.watch"] == 1  # an hour's rest before it is tried again


# -- writing ----------------------------------------------------------------------------------------------


async def test_an_interview_is_written_with_a_brief_and_its_link_reaches_everybody(
    team: Office, fake: FakeGoogle
) -> None:
    ben = await bens(team, fake)
    carla = await team.connect("Carla", "google", grant(fake, CARLA_MAIL))
    talk = await team.book("Ben", "Carla", note="Please ask about on-call.")
    for account, name in ((ben, "Ben"), (carla, "Carla")):
        await team.wish(talk, account, name)
    assert await team.write(talk, carla) is not None  # the link isn't there yet, and each is written once
    assert await team.write(talk, ben) is None
    (event,) = fake.alive(BEN_MAIL)
    assert event["summary"] == "Interview: Ada, System design"
    for part in ("Support engineer at Northwind", "Carla", "Ownership", "on-call", "/review/iv_1"):
        assert part in event["description"]
    assert [a["email"] for a in event["attendees"]] == [BEN_MAIL]  # a colleague's own calendar is written to itself
    link = (await team.words(talk))["link"]
    assert link.startswith("https://meet.google.com/")
    assert [one["card"]["links"][0]["url"] for one in await team.letters("Ada", "tell")] == [link]
    assert await team.write(talk, carla) is None
    (theirs,) = fake.alive(CARLA_MAIL)
    assert theirs["location"] == link
    assert fake.counts["events.insert"] == 2
    assert {s for _, s in fake.mails} == {"none"}  # Parley tells everybody itself
    assert await team.write(talk, ben) is None  # again, and nothing happens
    assert (await team.entry(talk, ben))["state"] == "kept"


async def test_a_move_is_an_update_and_a_cancellation_removes_it(team: Office, fake: FakeGoogle) -> None:
    ben = await bens(team, fake)
    talk = await team.book("Ben", link="https://meet.example/1")
    await team.wish(talk, ben, "Ben")
    await team.write(talk, ben)
    (before,) = fake.alive(BEN_MAIL)
    later = {"start_minute": TUESDAY_10 + 60, "end_minute": TUESDAY_10 + 105}
    await team.do(lambda tx: tx.change(BookingSeat, {"tenant_id": "t_main", "booking_id": f"{talk}.b"}, later))
    await team.change(talk, version=2, **later)
    await team.wish(talk, ben, "Ben", version=2)
    await team.write(talk, ben)
    (after,) = fake.alive(BEN_MAIL)
    assert after["id"] == before["id"]
    assert after["start"]["dateTime"].startswith("2026-11-24T11:00")
    await team.change(talk, state="cancelled", version=3)
    await team.wish(talk, ben, "Ben", "unwanted", 3)
    assert await team.write(talk, ben) is None
    assert fake.alive(BEN_MAIL) == []
    assert (await team.entry(talk, ben))["state"] == "removed"
    assert await team.write(talk, ben) is None


async def test_a_newer_version_overtakes_while_the_older_is_written(team: Office, fake: FakeGoogle) -> None:
    ben = await bens(team, fake)
    talk = await team.book("Ben", link="https://meet.example/1")
    await team.wish(talk, ben, "Ben")
    job = team.job("CalendarWrite", appointment=talk, account=ben)
    wish = await team.store.read(lambda tx: team.writer._wish(tx, job, team.clock.now()))
    assert wish is not None
    kept = await team.writer._bring(wish)
    await team.change(talk, state="cancelled", version=2)
    await team.wish(talk, ben, "Ben", "unwanted", 2)
    await team.writer._commit(job, lambda scene: team.writer._done(scene, wish, kept))
    assert (await team.entry(talk, ben))["state"] == "unwanted"
    await team.write(talk, ben)
    assert fake.alive(BEN_MAIL) == []


@pytest.mark.parametrize("kind", ["timeout_after", "drop_after", "error_after"])
async def test_an_answer_that_got_lost_makes_no_second_entry(team: Office, fake: FakeGoogle, kind: str) -> None:
    ben = await bens(team, fake)
    talk = await team.book("Ben", link="https://meet.example/1")
    await team.wish(talk, ben, "Ben")
    await team.sync(ben)
    for account in team.clients._google.values():
        account._timeout_s = 0.3
    fake.fail("events.insert", *[Fault(kind)] * 4)
    pause = await team.write(talk, ben)
    fake.script.clear()
    if pause is not None:  # otherwise the library has asked again by itself
        assert (await team.entry(talk, ben))["state"] == "wanted"
        assert await team.write(talk, ben) is None
    assert len(fake.alive(BEN_MAIL)) == 1
    assert (await team.entry(talk, ben))["state"] == "kept"
    assert await team.told("Ben") == []


async def test_a_stop_between_the_calendar_and_our_note_of_it_makes_no_second_entry(
    team: Office, fake: FakeGoogle
) -> None:
    ben = await bens(team, fake)
    talk = await team.book("Ben", link="https://meet.example/1")
    await team.wish(talk, ben, "Ben")
    job = team.job("CalendarWrite", appointment=talk, account=ben)
    wish = await team.store.read(lambda tx: team.writer._wish(tx, job, team.clock.now()))
    assert wish is not None
    await team.writer._bring(wish)
    assert (await team.entry(talk, ben))["state"] == "wanted"
    assert await team.write(talk, ben) is None
    assert len(fake.alive(BEN_MAIL)) == fake.counts["events.insert"] == 1


async def test_what_was_written_while_everything_was_listed_is_not_missed_there(team: Office, fake: FakeGoogle) -> None:
    ben = await bens(team, fake)
    talk = await team.book("Ben", link="https://meet.example/1")
    await team.wish(talk, ben, "Ben")
    row, content = await team.account(ben), await team.content(ben)
    began = team.clock.now()
    look = await team.syncer._looker.look(row, content, profiles.default("Europe/Paris"))
    team.clock.forward(1)
    await team.write(talk, ben)
    await team.do(lambda tx: team.syncer._keep(tx, row, look, began))
    assert await team.letters("Ben", "begin") == []


async def test_the_calendar_of_somebody_who_was_erased_is_left_alone(team: Office, fake: FakeGoogle) -> None:
    ben = await bens(team, fake)
    await team.sync(ben)
    asked = fake.counts["events.list"]
    await team.do(lambda tx: tx.delete(DataKey, {"tenant_id": "t_main", "subject_id": team.person["Ben"]}))
    team.keys.forget("t_main", team.person["Ben"])
    assert await team.syncer.sync("t_main", ben) is None
    assert await team.store.read(lambda tx: tx.find(CalendarAccount, {})) == []
    assert fake.counts["events.list"] == asked


async def test_what_needs_somebody_is_told_and_written_after_they_have_connected_again(
    team: Office, fake: FakeGoogle
) -> None:
    ben = await bens(team, fake)
    talk = await team.book("Ben", link="https://meet.example/1")
    await team.sync(ben)
    fake.revoke(BEN_MAIL)
    await team.wish(talk, ben, "Ben")
    assert await team.write(talk, ben) is None
    entry = await team.entry(talk, ben)
    assert (entry["state"], entry["problem"]) == ("failed", "reconnect")
    (mine,), (theirs,) = await team.told("Ben"), await team.told("Noor")
    assert "Tuesday 24 November, 11:00 (Paris, UTC+1)" in mine
    assert "calendar connect" in mine
    assert "into the calendar of Ben" in theirs
    assert await team.told("Ada") == []
    seen = await team.connector.keep("t_main", team.person["Ben"], "google", grant(fake, BEN_MAIL))
    assert type(seen).__name__ == "CalendarSeen"
    assert (await team.account(ben))["state"] == "ok"
    assert await team.works("CalendarWrite") == [{"appointment": talk, "account": ben}]
    assert await team.write(talk, ben) is None
    assert len(fake.alive(BEN_MAIL)) == 1


async def test_a_calendar_that_stays_away_is_told_after_half_an_hour(team: Office, fake: FakeGoogle) -> None:
    ben = await bens(team, fake)
    talk = await team.book("Ben", link="https://meet.example/1")
    await team.wish(talk, ben, "Ben")
    for _ in range(4):
        fake.fail("events.list", *[Fault("status", 503)] * 4)
        pause = await team.write(talk, ben)
        fake.script.clear()
        assert pause is not None
        team.clock.forward(15 * MINUTE)
    assert len(await team.told("Ben")) == len(await team.told("Noor")) == 1
    assert await team.write(talk, ben) is None


@pytest.mark.parametrize(("links", "asked_again"), [("never", True), ("failure", False), ("unsupported", False)])
async def test_a_meeting_link_that_does_not_come_is_the_recruiters_to_know(
    team: Office, fake: FakeGoogle, links: str, asked_again: bool
) -> None:
    fake.links = links
    ben = await bens(team, fake)
    talk = await team.book("Ben")
    await team.wish(talk, ben, "Ben")
    tries = 0
    while await team.write(talk, ben) is not None:
        tries += 1
        assert tries < 20
    assert (tries > 0) == asked_again
    entry = await team.entry(talk, ben)
    assert (entry["state"], entry["problem"]) == ("kept", "no_link")
    assert len(fake.alive(BEN_MAIL)) == 1
    assert any("no meeting link" in text for text in await team.told("Noor"))
    assert (await team.words(talk))["link"] == ""


async def test_a_link_that_comes_later_is_waited_for(team: Office, fake: FakeGoogle) -> None:
    fake.links = "later"
    fake.link_gets = 6
    ben = await bens(team, fake)
    talk = await team.book("Ben")
    await team.wish(talk, ben, "Ben")
    while (pause := await team.write(talk, ben)) is not None:
        team.clock.forward(pause)
    assert (await team.words(talk))["link"].startswith("https://meet.google.com/")
    assert await team.told("Noor") == []


async def test_a_service_account_writes_for_whom_it_may(home: Path, fake: FakeGoogle, tmp_path: Path) -> None:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    mail = "parley@project.iam.gserviceaccount.com"
    key = {"type": "service_account", "client_email": mail, "private_key": made.private_bytes(*form).decode()}
    path = tmp_path / "key.json"
    path.write_bytes(orjson.dumps(key))
    fake.person(BEN_MAIL)
    async with office(home, **google_settings(fake, google_client_id="", google_service_account=str(path))) as team:
        account = await team.connect("Ben", "google", {"service": True, "mail": BEN_MAIL})
        assert (await team.sync(account))["state"] == "ok"
        other = await team.connect("Carla", "google", {"service": True, "mail": "nobody@example.com"})
        assert (await team.sync(other))["state"] == "failed"


async def test_a_row_that_nobody_understands_costs_the_others_nothing(team: Office, fake: FakeGoogle) -> None:
    odd, ben = await team.connect("Carla", "fax", {}), await bens(team, fake)
    await team.syncer.tick()
    await team.syncer.quiet()
    assert (await team.account(ben))["state"] == "ok"
    assert (await team.account(odd))["state"] == "new"
    assert (await team.account(odd))["due_at"] > team.clock.now()
