"""Events by HTTP are believed only when Slack signed them, and workspaces are installed only by who began it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from adapters.contract import Answer, HttpCall, HttpReply, Installation, Who
from adapters.slack import words
from adapters.slack.app import SlackAdapter
from tests.adapters.slack.conftest import config, outgoing
from tests.fakes.port import RecordingPort
from tests.fakes.slack import TEAM, FakeSlack, seen_text


@pytest.fixture
async def http(fake: FakeSlack, port: RecordingPort) -> AsyncIterator[SlackAdapter]:
    """The adapter in HTTP mode, behind a small web host as `bot.web` is one."""
    slack = SlackAdapter(config(fake, mode="http", app_token=""), port)
    await slack.start()

    async def host(request: web.Request) -> web.Response:
        headers = {k.lower(): v for k, v in request.headers.items()}
        call = HttpCall(
            request.method, request.path, headers, dict(request.query), dict(request.cookies), await request.read()
        )
        reply = await slack.handle(call)
        return web.Response(status=reply.status, body=reply.body, headers=reply.headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", host)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield slack
    await runner.cleanup()
    await slack.stop()


def post(body: bytes, headers: dict[str, str], kind: str = "application/json") -> HttpCall:
    named = {k.lower(): v for k, v in headers.items()}
    return HttpCall("POST", "/slack/events", {"content-type": kind, **named}, {}, {}, body)


async def test_the_whole_round_by_http(fake: FakeSlack, port: RecordingPort, http: SlackAdapter):
    port.answer = lambda event: Answer({"text": "Hello."})
    await fake.say("U1", "hi")
    assert fake.sent[-1].acknowledged.is_set()
    await fake.until(lambda f: f.parleys("U1"))
    reply = await (await fake.slash("U1", "status")).ack()
    assert seen_text(reply["blocks"]) == "Hello."
    await (await fake.repeat(fake.sent[0])).ack()
    assert len(port.events) == 2


async def test_nothing_is_acknowledged_while_the_store_is_shut(
    fake: FakeSlack, port: RecordingPort, http: SlackAdapter
):
    port.unavailable = True
    await fake.say("U1", "keep me")
    assert not fake.sent[-1].acknowledged.is_set()
    port.unavailable = False
    await fake.redeliver()
    assert len(port.events) == 1


async def test_slack_checks_the_address(fake: FakeSlack, http: SlackAdapter):
    body = json.dumps({"type": "url_verification", "token": "t", "challenge": "abc"})
    reply = await http.handle(post(body.encode(), fake.signed(body)))
    assert reply.status == 200
    assert b"abc" in reply.body


async def test_only_what_slack_signed_now_is_believed(fake: FakeSlack, port: RecordingPort, http: SlackAdapter):
    await fake.say("U1", "hi")
    body = json.dumps(fake.sent[0].payload)
    good, now = fake.signed(body), str(int(time.time()))
    wrong: list[dict[str, str]] = [
        {},
        {**good, "X-Slack-Signature": "v0=" + "0" * 64},
        {**good, "X-Slack-Signature": "v0=\u00fc"},
        {**good, "X-Slack-Signature": ""},
        {**good, "X-Slack-Request-Timestamp": "abc"},
        {**good, "X-Slack-Request-Timestamp": ""},
        {**good, "X-Slack-Request-Timestamp": "\u0661\u0662"},
        {**good, "X-Slack-Request-Timestamp": "9" * 400},
        {"X-Slack-Request-Timestamp": now},
        fake.signed(body, int(now) - 301),
        fake.signed(body, int(now) + 301),
        fake.signed(body + " "),
    ]
    for headers in wrong:
        assert (await http.handle(post(body.encode(), headers))).status == 401, headers
    assert port.received == 1
    assert (await http.handle(post(b"\xff\xfe", fake.signed(body)))).status == 401


async def test_a_signed_request_that_is_replayed_changes_nothing(
    fake: FakeSlack, port: RecordingPort, http: SlackAdapter
):
    await fake.say("U1", "hi")
    body = json.dumps(fake.sent[0].payload)
    replies = [await http.handle(post(body.encode(), fake.signed(body))) for _ in range(3)]
    assert [r.status for r in replies] == [200] * 3
    assert len(port.events) == 1


@pytest.mark.parametrize(
    "body", ["{", "[]", "7", '""', "null", '{"event": 7}', '{"type": "event_callback"}', "payload=%7B"]
)
async def test_signed_nonsense_is_no_server_error(body: str, fake: FakeSlack, port: RecordingPort, http: SlackAdapter):
    kind = "application/x-www-form-urlencoded" if body.startswith("payload") else "application/json"
    reply = await http.handle(post(body.encode(), fake.signed(body), kind))
    assert reply.status < 500
    assert port.events == []
    fake.checked["nothing to send"] += 1


async def test_other_methods_and_paths_are_refused(fake: FakeSlack, http: SlackAdapter):
    call = HttpCall("GET", "/slack/events", {}, {}, {}, b"")
    assert (await http.handle(call)).status == 405
    assert (await http.handle(HttpCall("POST", "/slack/other", {}, {}, {}, b""))).status == 404
    assert (await http.handle(HttpCall("POST", "/slack/install", {}, {}, {}, b""))).status == 405


async def test_over_socket_mode_no_signed_request_is_taken(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    body = json.dumps({"type": "url_verification", "token": "t", "challenge": "abc"})
    assert (await adapter.handle(post(body.encode(), fake.signed(body)))).status == 404


# -- installing ------------------------------------------------------------------------------------------


async def begin(adapter: SlackAdapter) -> tuple[str, str]:
    """Open the install page; returns (state, cookie)."""
    reply = await adapter.handle(HttpCall("GET", "/slack/install", {}, {}, {}, b""))
    assert reply.status == 302
    asked = parse_qs(urlsplit(reply.headers["location"]).query)
    assert {"client_id", "scope", "state"} <= set(asked)
    cookie = reply.headers["set-cookie"]
    assert all(flag in cookie for flag in ("HttpOnly", "Secure", "SameSite=Lax", "Max-Age=600"))
    return asked["state"][0], cookie.partition(";")[0].partition("=")[2]


async def finish(adapter: SlackAdapter, state: str, cookie: str, **query: str) -> HttpReply:
    cookies = {"parley_slack_oauth": cookie} if cookie else {}
    return await adapter.handle(HttpCall("GET", "/slack/oauth_redirect", {}, {"state": state, **query}, cookies, b""))


async def test_two_workspaces_each_with_its_own_token(fake: FakeSlack, port: RecordingPort, http: SlackAdapter):
    for team, user in (("T0A", "U0A"), ("T0B", "U0B")):
        fake.workspace(team)
        fake.user(user, user, team)
        fake.logins[f"code-{team}"] = (team, user)
        state, cookie = await begin(http)
        assert (await finish(http, state, cookie, code=f"code-{team}")).status == 200
        known = Installation(team, f"xoxb-{team}", f"UBOT{team}", f"B{team}", f"{team} Ltd")
        assert port.installations["slack", team] == known
        assert port.installers[-1] == Who("slack", team, user)
    await http.deliver([outgoing("ma", address="T0A/U0A"), outgoing("mb", address="T0B/U0B")])
    for team, user in (("T0A", "U0A"), ("T0B", "U0B")):
        assert [m["bot_id"] for m in fake.messages(fake.direct(user, team))] == [f"B{team}"]
        await fake.say(user, "hi", fake.direct(user, team))
        assert port.events[-1].who == Who("slack", team, user, user)


async def test_only_the_browser_that_began_can_finish_and_only_once(
    fake: FakeSlack, port: RecordingPort, http: SlackAdapter
):
    fake.workspace("T0A")
    fake.logins |= {"one": ("T0A", "U1"), "two": ("T0A", "U1")}
    before = dict(port.installations)
    state, cookie = await begin(http)
    other, other_cookie = await begin(http)
    for bad_state, bad_cookie in (
        (state, other_cookie),
        (state, ""),
        ("../x", cookie),
        ("", cookie),
        ("1700000000.0", cookie),
    ):
        reply = await finish(http, bad_state, bad_cookie, code="one")
        assert (reply.status, words.INSTALL_OLD.encode() in reply.body) == (400, True)
    assert port.installations == before
    assert (await finish(http, state, cookie, code="one")).status == 200
    assert (await finish(http, state, cookie, code="two")).status == 400
    assert other != state
    assert fake.checked["oauth.v2.access"] == 1


async def test_an_installation_that_fails_keeps_nothing(fake: FakeSlack, port: RecordingPort, http: SlackAdapter):
    before = dict(port.installations)
    state, cookie = await begin(http)
    assert words.INSTALL_REFUSED.encode() in (await finish(http, state, cookie, error="access_denied")).body
    state, cookie = await begin(http)
    assert (await finish(http, state, cookie, code="unknown")).status == 502
    for failure in ("500", "drop"):
        fake.script("oauth.v2.access", failure)
        state, cookie = await begin(http)
        assert (await finish(http, state, cookie, code="unknown")).status == 502
    port.unavailable = True
    assert (await http.handle(HttpCall("GET", "/slack/install", {}, {}, {}, b""))).status == 503
    assert port.installations == before


async def test_two_requests_at_once_are_one_event(fake: FakeSlack, port: RecordingPort, http: SlackAdapter):
    await fake.say("U1", "hi")
    body = json.dumps(fake.sent[0].payload).replace("hi", "ho").replace('"ts": "', '"ts": "1')
    calls = [http.handle(post(body.encode(), fake.signed(body))) for _ in range(5)]
    assert {r.status for r in await asyncio.gather(*calls)} == {200}
    assert len(port.events) == 2
    assert port.events[0].who.workspace == TEAM
