"""Google Calendar against the real client library and a server that knows Google's own discovery document."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.credentials import AnonymousCredentials
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.calendar import Calendar, CalendarTrouble, Event, Outside
from calendar_sync.google import GoogleCalendar, Setup
from calendar_sync.google_auth import Account, Grant, service_credentials, user_credentials
from calendar_sync.google_events import booking_of, event_ref
from calendar_sync.google_push import Channel, due, heard
from tests.fakes.google import NOW_MS, SECRET, FakeGoogle, Fault

ADA, BEN = "ada@example.com", "ben@example.com"
CANDIDATE = "robin@example.org"


def at(text: str) -> int:
    """Minutes of an RFC 3339 time."""
    return int(datetime.fromisoformat(text).timestamp() // 60)


LO, HI = at("2026-03-02T00:00:00Z"), at("2026-03-09T00:00:00Z")
TALK = Event(
    "bk_1",
    1,
    at("2026-03-03T10:00:00Z"),
    at("2026-03-03T11:00:00Z"),
    "Europe/Berlin",
    "Interview",
    attendees=(ADA, CANDIDATE),
)
FOCUS = ("Focus time",)


@pytest.fixture
async def google() -> AsyncIterator[FakeGoogle]:
    fake = FakeGoogle()
    async with fake.running():
        fake.person(ADA)
        yield fake
    assert not fake.violations, "\n".join(fake.violations)
    assert sum(fake.counts.values()) + len(fake.refreshes) > 0, "nothing was checked"


def account(fake: FakeGoogle, mail: str = ADA, **more: Any) -> Account:
    grant = Grant("client-id", SECRET, f"refresh-{mail}")
    more = {"retries": 0, "timeout_s": 5.0, **more}
    return Account(user_credentials(grant, fake.token_url), api_url=fake.api_url, **more)


def calendar(fake: FakeGoogle, mail: str = ADA, timeout_s: float = 5, **setup: Any) -> GoogleCalendar:
    return GoogleCalendar(account(fake, mail, timeout_s=timeout_s), Setup(link_pause_s=0, **setup))


def only(fake: FakeGoogle, mail: str = ADA) -> dict[str, Any]:
    (event,) = fake.alive(mail)
    return event


async def trouble(coroutine: Any) -> CalendarTrouble:
    with pytest.raises(CalendarTrouble) as caught:
        await coroutine
    return caught.value


# -- what is taken ------------------------------------------------------------------------------------------------


async def test_it_is_a_calendar(google: FakeGoogle) -> None:
    one: Calendar = calendar(google)
    assert (await one.busy(LO, HI)).state == "ok"
    assert (await one.busy(HI, LO)).intervals == []


async def test_two_calendars_count_and_seconds_are_rounded_outwards(google: FakeGoogle) -> None:
    google.calendar("team", ADA)
    google.entry(ADA, "dentist", "2026-03-03T09:00:30Z", "2026-03-03T09:59:30Z")
    google.entry("team", "standup", "2026-03-03T12:00:00Z", "2026-03-03T12:15:00Z")
    google.entry(ADA, "birthday", "2026-03-04T12:00:00Z", "2026-03-04T13:00:00Z", transparency="transparent")
    taken = await calendar(google, reads=("team",), details=("team",)).busy(LO, HI)
    day = "2026-03-03T"
    assert taken.state == "ok"
    assert taken.intervals == [
        (at(day + "09:00:00Z"), at(day + "10:00:00Z")),
        (at(day + "12:00:00Z"), at(day + "12:15:00Z")),
    ]


async def test_own_entries_are_not_busy_and_never_hide_what_overlaps_them(google: FakeGoogle) -> None:
    mine = calendar(google)
    await mine.put(TALK)
    assert (await mine.busy(LO, HI)).intervals == []
    google.entry(ADA, "clash", "2026-03-03T10:30:00Z", "2026-03-03T11:30:00Z")
    assert (await mine.busy(LO, HI)).intervals == [(TALK.start + 30, TALK.end + 30)]


async def test_a_copy_in_an_attendees_calendar_is_known_by_its_id(google: FakeGoogle) -> None:
    google.person(BEN)
    await calendar(google).put(replace(TALK, attendees=(ADA, BEN)))
    copied = only(google, BEN)
    assert "extendedProperties" not in copied
    assert booking_of(copied) == "bk_1"
    assert (await calendar(google, BEN).busy(LO, HI)).intervals == []


async def test_movable_events_are_set_apart_but_not_where_something_firm_is_on_top(google: FakeGoogle) -> None:
    google.entry(ADA, "focus", "2026-03-03T13:00:00Z", "2026-03-03T15:00:00Z", summary="FOCUS TIME: thesis")
    google.entry(ADA, "call", "2026-03-03T14:00:00Z", "2026-03-03T14:30:00Z", summary="Call")
    taken = await calendar(google, movable=FOCUS).busy(LO, HI)
    one, two, half, three = (at(f"2026-03-03T{t}:00Z") for t in ("13:00", "14:00", "14:30", "15:00"))
    assert taken.intervals == [(two, half)]
    assert taken.movable == [(one, two), (half, three)]
    assert (await calendar(google).busy(LO, HI)).intervals == [(one, three)]


async def test_a_whole_day_is_the_calendars_own_day(google: FakeGoogle) -> None:
    google.calendars[ADA].zone = "Pacific/Kiritimati"
    google.entry(ADA, "off", {"date": "2026-03-05"}, {"date": "2026-03-06"})
    day = (at("2026-03-05T00:00:00+14:00"), at("2026-03-06T00:00:00+14:00"))
    assert (await calendar(google).busy(LO, HI)).intervals == [day]


@pytest.mark.parametrize("reason", ["notFound", "internalError", "somethingNew"])
async def test_an_error_inside_a_200_is_unknown_and_never_free(google: FakeGoogle, reason: str) -> None:
    google.calendar("team", ADA)
    google.free_busy_errors["team"] = reason
    taken = await calendar(google, reads=("team",)).busy(LO, HI)
    assert (taken.state, taken.intervals, taken.movable) == ("partial", [(LO, HI)], [])
    assert ("calendar connect" in taken.problem) == (reason == "notFound")


async def test_only_the_calendar_that_the_answer_leaves_out_is_unknown(google: FakeGoogle) -> None:
    google.calendar("team", ADA)
    google.free_busy_omits.add("team")
    taken = await calendar(google, reads=("team",)).busy(LO, HI)
    assert (taken.state, taken.intervals) == ("partial", [(LO, HI)])
    assert taken.problem


async def test_not_being_able_to_read_the_entries_is_unknown_too(google: FakeGoogle) -> None:
    google.fail("events.list", Fault("status", 500))
    taken = await calendar(google).busy(LO, HI)
    assert (taken.state, taken.intervals) == ("failed", [(LO, HI)])


async def test_calendars_go_in_groups_of_50_and_long_windows_in_pieces(google: FakeGoogle) -> None:
    names = [f"room{n}" for n in range(119)]
    for name in names:
        google.calendar(name, ADA)
    end = LO + 89 * 24 * 60
    google.entry("room118", "x", "2026-05-01T23:30:00Z", "2026-05-02T00:30:00Z")
    taken = await calendar(google, reads=tuple(names)).busy(LO, end)
    assert google.counts["freebusy.query"] == 3 * 2
    assert taken.state == "ok"
    assert taken.intervals == [(at("2026-05-01T23:30:00Z"), at("2026-05-02T00:30:00Z"))]


async def test_entries_on_several_pages_are_all_read(google: FakeGoogle) -> None:
    google.page = 2
    for hour in range(5):
        google.entry(ADA, f"e{hour}", f"2026-03-03T{8 + 2 * hour:02}:00:00Z", f"2026-03-03T{9 + 2 * hour:02}:00:00Z")
    assert len((await calendar(google).busy(LO, HI)).intervals) == 5
    assert google.counts["events.list"] == 3


# -- our own entries ----------------------------------------------------------------------------------------------


async def test_created_twice_there_is_one(google: FakeGoogle) -> None:
    mine = calendar(google)
    first, second = await mine.put(TALK), await mine.put(TALK)
    assert first == second
    assert only(google)["id"] == first.ref == event_ref("bk_1", 1)
    assert google.counts["events.insert"] == 1
    assert google.mails == [(first.ref, "all")]


async def test_two_at_once_make_one(google: FakeGoogle) -> None:
    google.find_lags = True  # neither sees the other's
    kept = await asyncio.gather(*(calendar(google).put(TALK) for _ in range(3)))
    assert len({k.ref for k in kept}) == 1
    only(google)
    assert {r for r in google.refusals if r[0] == "events.insert"} == {("events.insert", 409, "duplicate")}


@pytest.mark.parametrize("kind", ["timeout_after", "drop_after", "error_after"])
async def test_an_answer_lost_after_it_was_taken(google: FakeGoogle, kind: str) -> None:
    mine = calendar(google, timeout_s=0.3)
    # httplib2 itself asks again after a dropped connection, so one drop would not be seen here.
    google.fail("events.insert", *[Fault(kind)] * (3 if kind == "drop_after" else 1))
    failed = await trouble(mine.put(TALK))
    assert failed.code in ("unreachable", "unavailable")
    assert failed.after_ms
    google.script.clear()
    google.find_lags = True
    assert (await mine.put(TALK)).ref == only(google)["id"]


async def test_the_librarys_own_retry_meets_its_own_event(google: FakeGoogle) -> None:
    google.fail("events.insert", Fault("error_after"))
    mine = GoogleCalendar(account(google, retries=1))
    assert (await mine.put(TALK)).ref == only(google)["id"]
    assert ("events.insert", 409, "duplicate") in google.refusals


async def test_a_new_version_replaces_under_if_match_and_keeps_what_others_added(google: FakeGoogle) -> None:
    mine = calendar(google)
    first = await mine.put(TALK)
    google.answer(ADA, first.ref, CANDIDATE, "accepted")
    room = {"email": "room-4@resource.calendar.google.com", "resource": True, "responseStatus": "accepted"}
    event = google.calendars[ADA].events[first.ref]
    event["attendees"].append(room)
    event["colorId"] = "7"
    second = await mine.put(replace(TALK, version=2, description="Bring nothing."))
    stored = only(google)
    assert (stored["id"], stored["description"], stored["colorId"]) == (first.ref, "Bring nothing.", "7")
    assert second.etag != first.etag
    assert {a["email"]: a["responseStatus"] for a in stored["attendees"]} == {
        ADA: "needsAction",
        CANDIDATE: "accepted",
        room["email"]: "accepted",
    }
    await mine.put(replace(TALK, version=3, start=TALK.start + 60, end=TALK.end + 60))
    assert {a["email"]: a["responseStatus"] for a in only(google)["attendees"]}[CANDIDATE] == "needsAction"


async def test_a_change_in_between_is_read_before_it_is_replaced(google: FakeGoogle) -> None:
    mine = calendar(google)
    await mine.put(TALK)
    google.fail("events.update", Fault("status", 412, "conditionNotMet"))
    await mine.put(replace(TALK, version=2, summary="New title"))
    assert only(google)["summary"] == "New title"
    assert google.counts["events.get"] == 1
    google.fail("events.update", *[Fault("status", 412, "conditionNotMet")] * 3)
    stuck = await trouble(mine.put(replace(TALK, version=3)))
    assert stuck.code == "changed"
    assert stuck.after_ms


async def test_an_answer_that_comes_between_reading_and_replacing_is_not_lost(google: FakeGoogle) -> None:
    mine = calendar(google)
    kept = await mine.put(TALK)
    google.meanwhile["events.update"] = lambda: google.answer(ADA, kept.ref, CANDIDATE, "accepted")
    await mine.put(replace(TALK, version=2, summary="New title"))
    assert ("events.update", 412, "conditionNotMet") in google.refusals
    assert only(google)["summary"] == "New title"
    assert {a["email"]: a["responseStatus"] for a in only(google)["attendees"]}[CANDIDATE] == "accepted"


async def test_deleted_between_reading_and_replacing(google: FakeGoogle) -> None:
    mine = calendar(google)
    kept = await mine.put(TALK)
    google.meanwhile["events.update"] = lambda: google.delete(ADA, kept.ref)
    assert (await trouble(mine.put(replace(TALK, version=2)))).code == "deleted"
    assert google.alive(ADA) == []


async def test_an_older_version_that_comes_late_changes_nothing(google: FakeGoogle) -> None:
    mine = calendar(google)
    await mine.put(replace(TALK, version=2, summary="Two"))
    kept = await mine.put(TALK)
    assert only(google)["summary"] == "Two"
    assert kept.ref == event_ref("bk_1", 2)


async def test_the_same_version_again_leaves_a_move_by_somebody_else_alone(google: FakeGoogle) -> None:
    mine = calendar(google)
    kept = await mine.put(TALK)
    google.shift(ADA, kept.ref, "2026-03-03T12:00:00Z", "2026-03-03T13:00:00Z")
    await mine.put(TALK)
    assert only(google)["start"] == {"dateTime": "2026-03-03T12:00:00Z"}


@pytest.mark.parametrize("night", ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-03-29T00:30:00Z"])
async def test_an_hour_across_a_clock_change_is_an_hour(google: FakeGoogle, night: str) -> None:
    google.calendars[ADA].zone = "Europe/Berlin"
    start = at(night)
    mine = calendar(google)
    kept = await mine.put(replace(TALK, start=start, end=start + 60))
    assert only(google)["start"] == {"dateTime": night, "timeZone": "Europe/Berlin"}
    listed = await mine.changes("")
    assert listed.events == [Outside("bk_1", "unchanged", start, start + 60)]
    google.delete(ADA, kept.ref)
    google.entry(ADA, "late", night, night.replace(":30:00Z", ":45:00Z"))
    assert (await mine.busy(start - 600, start + 600)).intervals == [(start, start + 15)]


async def test_removed_once_twice_and_never_there(google: FakeGoogle) -> None:
    mine = calendar(google)
    await mine.put(TALK)
    await mine.remove("bk_1")
    assert google.alive(ADA) == []
    await mine.remove("bk_1")
    await mine.remove("bk_unknown")
    assert google.counts["events.delete"] == 1


@pytest.mark.parametrize(("status", "reason"), [(404, "notFound"), (410, "deleted")])
async def test_removing_what_somebody_removes_meanwhile_is_fine(google: FakeGoogle, status: int, reason: str) -> None:
    mine = calendar(google)
    await mine.put(TALK)
    google.fail("events.delete", Fault("status", status, reason))
    await mine.remove("bk_1")
    assert google.counts["events.delete"] == 1


async def test_deleted_outside_it_is_not_put_back_unasked(google: FakeGoogle) -> None:
    mine = calendar(google)
    kept = await mine.put(TALK)
    google.delete(ADA, kept.ref)
    said = await trouble(mine.put(TALK))
    assert (said.code, said.after_ms) == ("deleted", None)
    assert said.say.endswith("?")
    again = await mine.put(replace(TALK, version=2))
    assert again.ref != kept.ref  # the id of a deleted event stays taken
    assert only(google)["id"] == again.ref


# -- meeting links ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("links", ["at once", "later"])
async def test_a_meeting_link(google: FakeGoogle, links: str) -> None:
    google.links = links
    kept = await calendar(google).put(replace(TALK, conference=True))
    assert kept.link == "https://meet.google.com/abc-defg-hij"
    assert kept.problem == ""
    assert google.counts["events.get"] == (2 if links == "later" else 0)


async def test_a_link_that_fails_is_said_and_asked_for_anew_next_time(google: FakeGoogle) -> None:
    google.links = "failure"
    mine, talk = calendar(google), replace(TALK, conference=True)
    kept = await mine.put(talk)
    assert kept.link == ""
    assert "add one" in kept.problem
    assert google.counts["events.patch"] == 1
    google.links = "at once"
    google.shift(ADA, kept.ref, "2026-03-03T12:00:00Z", "2026-03-03T13:00:00Z")
    healed = await mine.put(talk)
    assert healed.link
    assert not healed.problem
    assert only(google)["start"] == {"dateTime": "2026-03-03T12:00:00Z"}  # the wish for a link moves nothing


async def test_a_link_that_stays_half_created_is_said(google: FakeGoogle) -> None:
    google.links = "never"
    mine = calendar(google)
    kept = await mine.put(replace(TALK, conference=True))
    assert (kept.link, bool(kept.problem)) == ("", True)
    assert google.counts["events.patch"] == 0  # pending is not asked for twice
    google.links, google.link_gets = "later", 1
    assert (await mine.put(replace(TALK, conference=True))).link


async def test_a_calendar_without_meet_still_gets_its_event(google: FakeGoogle) -> None:
    google.links = "unsupported"
    mine, talk = calendar(google), replace(TALK, conference=True)
    kept = await mine.put(talk)
    assert kept.ref == only(google)["id"]
    assert "add one" in kept.problem
    assert "add one" in (await mine.put(replace(talk, version=2, summary="Two"))).problem
    assert only(google)["summary"] == "Two"


# -- what others did ----------------------------------------------------------------------------------------------


async def test_moved_cancelled_declined_and_only_ours(google: FakeGoogle) -> None:
    mine = calendar(google)
    talks = [replace(TALK, id=f"bk_{n}", start=TALK.start + 60 * n, end=TALK.end + 60 * n) for n in range(4)]
    refs = [(await mine.put(talk)).ref for talk in talks]
    google.entry(ADA, "dentist", "2026-03-03T09:00:00Z", "2026-03-03T10:00:00Z")
    start = await mine.changes("")
    assert start.full
    assert {e.id: e.status for e in start.events} == dict.fromkeys(("bk_0", "bk_1", "bk_2", "bk_3"), "unchanged")
    assert (await mine.changes(start.token)).events == []

    google.shift(ADA, refs[0], "2026-03-06T10:00:00Z", "2026-03-06T11:00:00Z")
    google.delete(ADA, refs[1])
    google.answer(ADA, refs[2], CANDIDATE, "declined")
    google.shift(ADA, "dentist", "2026-03-06T15:00:00Z", "2026-03-06T16:00:00Z")
    later = await mine.changes(start.token)
    assert not later.full
    assert later.token != start.token
    assert later.events == [
        Outside("bk_0", "moved", at("2026-03-06T10:00:00Z"), at("2026-03-06T11:00:00Z")),
        Outside("bk_1", "cancelled"),
        Outside("bk_2", "declined", talks[2].start, talks[2].end, (CANDIDATE,)),
    ]


async def test_our_own_move_is_not_a_move(google: FakeGoogle) -> None:
    mine = calendar(google)
    await mine.put(TALK)
    token = (await mine.changes("")).token
    await mine.put(replace(TALK, version=2, start=TALK.start + 30, end=TALK.end + 30))
    assert [e.status for e in (await mine.changes(token)).events] == ["unchanged"]


async def test_changes_come_in_pages_and_the_token_is_on_the_last(google: FakeGoogle) -> None:
    google.page = 2
    mine = calendar(google)
    for n in range(5):
        await mine.put(replace(TALK, id=f"bk_{n}"))
    before = google.counts["events.list"]
    listed = await mine.changes("")
    assert google.counts["events.list"] - before == 3
    assert len(listed.events) == 5
    assert (await mine.changes(listed.token)).events == []


async def test_a_forgotten_token_means_a_full_listing(google: FakeGoogle) -> None:
    mine = calendar(google)
    kept = await mine.put(TALK)
    await mine.put(replace(TALK, id="bk_2"))
    token = (await mine.changes("")).token
    google.delete(ADA, kept.ref)
    google.forget_tokens(ADA)
    anew = await mine.changes(token)
    assert anew.full
    assert [e.id for e in anew.events] == ["bk_2"]  # the caller sees that bk_1 is gone
    assert (await mine.changes(anew.token)).full is False


@pytest.mark.parametrize("newest_first", [False, True])
async def test_deleted_and_made_anew_is_not_a_cancellation(google: FakeGoogle, newest_first: bool) -> None:
    google.newest_first = newest_first
    mine = calendar(google)
    kept = await mine.put(TALK)
    token = (await mine.changes("")).token
    google.delete(ADA, kept.ref)
    await mine.put(replace(TALK, version=2))
    assert [(e.id, e.status) for e in (await mine.changes(token)).events] == [("bk_1", "unchanged")]


# -- push ---------------------------------------------------------------------------------------------------------

HOOK = "https://parley.example/google/push"


async def test_a_channel_opens_speaks_and_is_renewed_with_overlap(google: FakeGoogle) -> None:
    mine = calendar(google)
    first = await mine.watch(HOOK, "ch-1", "secret-1")
    assert not due(first, NOW_MS)
    assert due(first, first.expires_ms - 3_600_000)
    second = await mine.renew(first, HOOK, "ch-2", "secret-2")
    assert list(google.watches) == ["ch-2"]
    await mine.put(TALK)
    spoke = [h["X-Goog-Channel-ID"] for _, h in google.notices]
    assert spoke == ["ch-1", "ch-2", "ch-2"]
    assert [heard(h, [first, second]) for _, h in google.notices] == [first, second, second]
    await mine.stop(second)
    await mine.stop(second)
    await mine.remove("bk_1")
    assert len(google.notices) == 3


async def test_renewal_survives_an_old_channel_that_cannot_be_stopped(google: FakeGoogle) -> None:
    mine = calendar(google)
    first = await mine.watch(HOOK, "ch-1", "secret-1", hours=1)
    google.now_ms = first.expires_ms + 1
    assert (await mine.renew(first, HOOK, "ch-2", "secret-2")).id == "ch-2"
    google.fail("channels.stop", Fault("status", 500))
    third = await mine.renew(replace(first, id="ch-2"), HOOK, "ch-3", "secret-3")
    assert third.id == "ch-3"
    google.fail("events.watch", Fault("status", 500))
    assert (await trouble(mine.renew(third, HOOK, "ch-4", "s"))).code == "unavailable"
    assert "ch-3" in google.watches  # the old one is only stopped once the next is open


@pytest.mark.parametrize(
    "forged",
    [
        {"X-Goog-Channel-Token": "guess"},
        {"X-Goog-Channel-Token": ""},
        {"X-Goog-Channel-ID": "other"},
        {"X-Goog-Resource-ID": "r2"},
    ],
)
def test_a_forged_notification_is_not_heard(forged: dict[str, str]) -> None:
    channel = Channel("ch", "r1", NOW_MS, "secret")
    real = {"X-Goog-Channel-ID": "ch", "X-Goog-Channel-Token": "secret", "X-Goog-Resource-ID": "r1"}
    assert heard(real, [channel]) == channel
    assert heard({k.lower(): v for k, v in real.items()}, [channel]) == channel
    assert heard({**real, **forged}, [channel]) is None
    assert heard({**real, "X-Goog-Channel-Token": ""}, [replace(channel, token="")]) is None


async def test_a_push_leads_to_the_change(google: FakeGoogle) -> None:
    mine = calendar(google)
    kept = await mine.put(TALK)
    channel, token = await mine.watch(HOOK, "ch-1", "secret-1"), (await mine.changes("")).token
    found: list[Outside] = []

    async def hook(request: web.Request) -> web.Response:
        if heard(request.headers, [channel]):
            found.extend((await mine.changes(token)).events)
        return web.Response()

    app = web.Application()
    app.router.add_post("/google/push", hook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    google.hooks["https://parley.example"] = f"http://127.0.0.1:{runner.addresses[0][1]}"
    google.shift(ADA, kept.ref, "2026-03-06T10:00:00Z", "2026-03-06T11:00:00Z")
    await google.delivered()
    await runner.cleanup()
    assert [(o.id, o.status) for o in found] == [("bk_1", "moved")]


# -- trouble ------------------------------------------------------------------------------------------------------

TROUBLES = [
    (401, "authError", "reconnect", False, "calendar connect"),
    (403, "forbidden", "forbidden", False, "calendar connect"),
    (403, "insufficientPermissions", "forbidden", False, "calendar connect"),
    (403, "forbiddenForServiceAccounts", "delegation", False, "delegation"),
    (403, "accessNotConfigured", "switched_off", False, "enable"),
    (403, "rateLimitExceeded", "crowded", True, "slow down"),
    (403, "userRateLimitExceeded", "crowded", True, "slow down"),
    (403, "quotaExceeded", "crowded", True, "slow down"),
    (429, "rateLimitExceeded", "crowded", True, "slow down"),
    (404, "notFound", "not_found", False, "can't find"),
    (400, "invalid", "refused", False, "trying again won't help"),
    (500, "backendError", "unavailable", True, "not answering"),
    (503, "backendError", "unavailable", True, "not answering"),
]


@pytest.mark.parametrize(("status", "reason", "code", "waits", "words"), TROUBLES)
async def test_every_refusal_has_a_sentence(
    google: FakeGoogle, status: int, reason: str, code: str, waits: bool, words: str
) -> None:
    mine = calendar(google)
    fault = Fault("status", status, reason)
    google.fail("events.list", *[fault] * 3)  # 401: the library refreshes and asks again
    said = await trouble(mine.put(TALK))
    assert (said.code, said.after_ms is not None) == (code, waits)
    assert words in said.say
    google.script.clear()
    google.fail("freebusy.query", *[fault] * 3)
    taken = await mine.busy(LO, HI)
    assert (taken.state, taken.intervals, taken.problem) == ("failed", [(LO, HI)], said.say)


async def test_retry_after_is_kept(google: FakeGoogle) -> None:
    google.fail("events.list", Fault("status", 429, "rateLimitExceeded", retry_after=17))
    assert (await trouble(calendar(google).put(TALK))).after_ms == 17_000


@pytest.mark.parametrize("fault", [Fault("timeout"), Fault("half"), Fault("status", 502, body="<h1>Bad gateway</h1>")])
async def test_silence_half_an_answer_and_a_proxys_page_are_later_and_busy(google: FakeGoogle, fault: Fault) -> None:
    mine = calendar(google, timeout_s=0.3)
    google.fail("events.list", fault)
    said = await trouble(mine.changes(""))
    assert said.after_ms
    google.fail("freebusy.query", fault)
    assert (await mine.busy(LO, HI)).state == "failed"


async def test_half_an_answer_is_not_believed(google: FakeGoogle) -> None:
    google.fail("freebusy.query", Fault("status", 200, body='{"calendars": {"primary": {"bu'))
    assert (await calendar(google).busy(LO, HI)).state == "failed"
    google.fail("freebusy.query", Fault("status", 200, body='{"calendars": {"primary": {"busy": [{"start": 1}]}}}'))
    assert (await calendar(google).busy(LO, HI)).intervals == [(LO, HI)]


async def test_nobody_listening_is_later() -> None:
    fake = FakeGoogle()
    async with fake.running():
        pass
    lost = GoogleCalendar(Account(AnonymousCredentials(), api_url=fake.api_url, retries=0))
    assert (await trouble(lost.put(TALK))).code == "unreachable"


# -- who asks -----------------------------------------------------------------------------------------------------


async def test_a_revoked_token_asks_the_owner_to_connect_again(google: FakeGoogle) -> None:
    mine = calendar(google)
    await mine.put(TALK)
    google.revoke(ADA)
    said = await trouble(mine.put(replace(TALK, version=2)))
    assert (said.code, said.after_ms) == ("reconnect", None)
    taken = await mine.busy(LO, HI)
    assert (taken.state, taken.problem) == ("failed", said.say)
    assert only(google)["extendedProperties"]["private"]["parley_version"] == "1"


async def test_an_access_token_that_ends_is_renewed_unseen(google: FakeGoogle) -> None:
    mine = calendar(google)
    await mine.put(TALK)
    google.expire(ADA)
    await mine.put(replace(TALK, version=2))
    assert len(google.refreshes) == 2


async def test_many_calls_at_once_fetch_one_token(google: FakeGoogle) -> None:
    mine = calendar(google)
    taken = await asyncio.gather(*(mine.busy(LO, HI) for _ in range(8)))
    assert {t.state for t in taken} == {"ok"}
    assert len(google.refreshes) == 1


async def test_googles_token_server_in_trouble_is_not_the_owners_fault(google: FakeGoogle) -> None:
    google.fail("token", *[Fault("status", 503, "internal_failure")] * 9)
    said = await trouble(calendar(google).put(TALK))
    assert said.code == "unavailable"
    assert said.after_ms


async def test_a_silent_token_server_is_later(google: FakeGoogle) -> None:
    google.fail("token", Fault("timeout"))
    assert (await trouble(calendar(google, timeout_s=0.3).put(TALK))).code == "unreachable"


@pytest.fixture(scope="module")
def key() -> dict[str, str]:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    mail = "parley@project.iam.gserviceaccount.com"
    return {"type": "service_account", "client_email": mail, "private_key": made.private_bytes(*form).decode()}


async def test_a_service_account_acts_for_a_person(google: FakeGoogle, key: dict[str, str]) -> None:
    acting = service_credentials(key, ADA, google.token_url)
    await GoogleCalendar(Account(acting, api_url=google.api_url)).put(TALK)
    assert only(google)["id"] == event_ref("bk_1", 1)
    assert google.refreshes[0]["grant_type"].endswith("jwt-bearer")


async def test_a_service_account_without_delegation_says_whom_to_ask(google: FakeGoogle, key: dict[str, str]) -> None:
    google.fail("token", *[Fault("status", 401, "unauthorized_client")] * 3)
    acting = service_credentials(key, ADA, google.token_url)
    said = await trouble(GoogleCalendar(Account(acting, api_url=google.api_url)).put(TALK))
    assert said.code == "delegation"
    assert "administrator" in said.say


def test_secrets_stay_out_of_reprs() -> None:
    shown = repr(Grant("id", "s3cret", "r3fresh")) + repr(Channel("c", "r", 0, "t0ken"))
    assert not any(secret in shown for secret in ("s3cret", "r3fresh", "t0ken"))


# -- ids ----------------------------------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=80), st.integers(0, 10**6))
def test_an_event_id_has_googles_alphabet_and_reads_backwards(booking: str, version: int) -> None:
    ref = event_ref(booking, version)
    assert 5 <= len(ref) <= 1024
    assert set(ref) <= set("abcdefghijklmnopqrstuv0123456789")
    assert booking_of(json.loads(json.dumps({"id": ref}))) == booking


@pytest.mark.parametrize("foreign", ["", "parle", "parle0", "abc123", "_60q30c1g60o30e1i60o4ac1g60rj8gpl", "parleyz"])
def test_other_peoples_ids_are_not_ours(foreign: str) -> None:
    assert booking_of({"id": foreign}) == ""
