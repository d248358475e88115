"""What is said about each platform: right, half done, wrong, unreachable. The other side is a real server."""

import time
from typing import Any

import pytest

from bot.doctor_platforms import NAMES, in_clear, platform, platforms, unfinished
from bot.findings import Finding, exit_status
from bot.settings import Settings, would_be
from bot.setup import ask
from tests.fakes.platforms_min import APP, BOT, DISCORD, TELEGRAM, Platforms

TOKENS = {
    "PARLEY_SLACK_BOT_TOKEN": BOT,
    "PARLEY_SLACK_APP_TOKEN": APP,
    "PARLEY_TELEGRAM_TOKEN": TELEGRAM,
    "PARLEY_DISCORD_TOKEN": DISCORD,
}
SECRET = "w3bhook-s3cret-w3bhook-s3cret-w3bhook"
SIGNING = "s1gning-s3cret"
HIDDEN = (*TOKENS.values(), SECRET, SIGNING, "cl1ent-s3cret", "wr0ng")


def settings(world: Platforms, **changes: str) -> Settings:
    return would_be({**world.addresses, **TOKENS, **{f"PARLEY_{k.upper()}": v for k, v in changes.items()}})


def now() -> int:
    return round(time.time() * 1000)


def look(world: Platforms, name: str, **changes: str) -> list[Finding]:
    """What is said about one platform. Nobody polls; no secret is ever repeated, each trouble has a remedy."""
    found = platform(name, settings(world, **changes), now(), running=True)
    for f in found:
        assert not any(secret in f.what + f.remedy for secret in HIDDEN)
        assert (f.level == "good") == (not f.remedy), f
    return found


def trouble(found: list[Finding]) -> list[tuple[str, str]]:
    return [(f.level, f.what) for f in found if f.level != "good"]


def test_a_right_installation_is_good_on_all_platforms_at_once(world: Platforms):
    found = platforms(settings(world), now(), running=False)
    assert trouble(found) == []
    assert exit_status(found) == 0
    assert [f.what.split()[0].rstrip(":") for f in found] == ["Slack"] * 3 + ["Telegram"] * 2 + ["Discord"] * 4
    assert set(world.calls) == {
        *("slack auth.test", "slack apps.connections.open"),
        *("telegram getMe", "telegram getWebhookInfo", "telegram getUpdates"),
        *("discord /users/@me", "discord /applications/@me", "discord /applications/2001/commands"),
    }


def test_without_any_platform_nobody_is_asked():
    assert [f.level for f in platforms(Settings(), now(), running=False)] == ["good"]


def test_an_unknown_platform_is_a_bug(world: Platforms):
    with pytest.raises(ValueError, match="irc"):
        platform("irc", settings(world), now(), running=False)


# -- half set up ---------------------------------------------------------------------------------------

HALF: list[tuple[str, dict[str, str], str, str]] = [
    ("slack", {"slack_app_token": ""}, "warn", "Slack is half set up: there is no way for events to come in."),
    ("slack", {"slack_bot_token": ""}, "warn", "Slack is half set up: there is no bot token."),
    ("slack", {"slack_client_id": "1.2"}, "warn", "PARLEY_SLACK_CLIENT_ID is set, PARLEY_SLACK_CLIENT_SECRET is not."),
    (
        "slack",
        {"slack_client_secret": "cl1ent-s3cret"},
        "warn",
        "PARLEY_SLACK_CLIENT_SECRET is set, PARLEY_SLACK_CLIENT_ID is",
    ),
    ("slack", {"slack_app_token": "", "slack_signing_secret": SIGNING}, "warn", "an address with https:// only"),
    (
        "slack",
        {"slack_client_id": "1.2", "slack_client_secret": "cl1ent-s3cret"},
        "warn",
        "leads back after an installation",
    ),
    ("slack", {"slack_bot_token": APP}, "bad", "PARLEY_SLACK_BOT_TOKEN holds an app-level token."),
    ("slack", {"slack_bot_token": "xoxp-wr0ng"}, "bad", "PARLEY_SLACK_BOT_TOKEN holds a person's token."),
    ("slack", {"slack_app_token": BOT}, "bad", "PARLEY_SLACK_APP_TOKEN holds a bot's or a person's token."),
    (
        "telegram",
        {"telegram_token": "", "telegram_webhook_secret": SECRET, "public_url": "https://x.example"},
        "warn",
        "is half set up",
    ),
    ("telegram", {"telegram_webhook_secret": SECRET}, "warn", "PARLEY_PUBLIC_URL is not one."),
    (
        "telegram",
        {"telegram_webhook_secret": SECRET, "public_url": "https://x.example:9000"},
        "bad",
        "443, 80, 88, 8443",
    ),
    ("telegram", {"telegram_token": "wr0ng/../x"}, "bad", "does not look like a token"),
]


@pytest.mark.parametrize(("name", "changes", "level", "said"), HALF)
def test_what_is_missing_is_named(world: Platforms, name: str, changes: dict[str, str], level: str, said: str):
    world.webhook = {"url": "https://x.example/telegram/webhook"} if "telegram_webhook_secret" in changes else {}
    found = [f for f in look(world, name, **changes) if said in f.what]
    assert [("PARLEY_" in f.remedy, f.level) for f in found] == [(True, level)]
    assert unfinished(name, settings(world, **changes))


def test_an_address_without_tls_is_wrong_for_slack_by_http(world: Platforms):
    found = look(world, "slack", slack_app_token="", slack_signing_secret=SIGNING, public_url="http://jobs.example.org")
    assert [level for level, _ in trouble(found)] == ["bad"]


def test_several_workspaces_need_no_bot_token(world: Platforms):
    oauth = {"slack_client_id": "1.2", "slack_client_secret": "cl1ent-s3cret", "public_url": "https://x.example"}
    found = look(world, "slack", slack_bot_token="", **oauth)
    assert trouble(found) == []
    assert "https://x.example/slack/install" in found[0].what


def test_slack_by_http_is_good_without_an_app_token(world: Platforms):
    found = look(
        world, "slack", slack_app_token="", slack_signing_secret=SIGNING, public_url="https://jobs.example.org"
    )
    assert trouble(found) == []
    assert found[0].what == "Slack sends events to https://jobs.example.org/slack/events."
    assert world.calls == ["slack auth.test"]


# -- wrong ---------------------------------------------------------------------------------------------

WRONG_TOKENS: list[tuple[str, dict[str, str], str]] = [
    ("slack", {"slack_bot_token": "xoxb-wr0ng"}, "Slack refuses PARLEY_SLACK_BOT_TOKEN: it is not a token that Slack"),
    ("slack", {"slack_app_token": "xapp-wr0ng"}, "Slack refuses PARLEY_SLACK_APP_TOKEN: it is not a token that Slack"),
    ("telegram", {"telegram_token": "1:wr0ng"}, "Telegram does not know PARLEY_TELEGRAM_TOKEN (401)."),
    ("discord", {"discord_token": "wr0ng"}, "Discord does not know PARLEY_DISCORD_TOKEN (401)."),
]


@pytest.mark.parametrize(("name", "changes", "said"), WRONG_TOKENS)
def test_a_wrong_token_is_named(world: Platforms, name: str, changes: dict[str, str], said: str):
    ((level, what),) = trouble(look(world, name, **changes))
    assert level == "bad"
    assert what.startswith(said)


def test_a_missing_scope_is_named_with_its_reason_and_one_too_many_is_a_warning(world: Platforms):
    assert world.scopes is not None
    world.scopes = world.scopes - {"im:write"} | {"admin", "users:read.email"}
    assert trouble(look(world, "slack")) == [
        ("bad", "Slack: the scope im:write is missing; it is there to open the chat with a person."),
        ("warn", "Slack: the bot may do more than it needs: admin, users:read.email."),
    ]


OTHER_SIDE: list[tuple[str, dict[str, Any], str, str]] = [
    ("slack", {"bot_error": "token_revoked"}, "bad", "it was revoked (token_revoked)"),
    ("slack", {"bot_error": "<b>odd\n"}, "bad", "it cannot be used (<b>odd)"),
    ("slack", {"app_error": "missing_scope"}, "bad", "lacks the scope connections:write"),
    ("slack", {"person": True}, "bad", "belongs to a person, not to the bot"),
    ("slack", {"scopes": None}, "warn", "did not say which scopes"),
    ("telegram", {"privacy_off": True}, "warn", "reads every message in groups"),
    ("telegram", {"pending": 250}, "warn", "250 updates wait at Telegram"),
    (
        "telegram",
        {"webhook": {"url": "https://old.example/x"}},
        "warn",
        "to a webhook at old.example, but Parley is set",
    ),
    ("discord", {"discord": {"flags": 1 << 19}}, "warn", "may see more than it needs: Message Content Intent"),
    ("discord", {"discord": {"integration_types_config": {"0": {}}}}, "warn", "User Install is off"),
    ("discord", {"discord": {"integration_types_config": {"1": {}}}}, "warn", "Guild Install is off"),
    ("discord", {"discord": {"bot_require_code_grant": True}}, "bad", "OAuth2 Code Grant"),
    ("discord", {"discord": {"approximate_guild_count": 0}}, "warn", "on no server yet"),
    ("discord", {"discord": {"interactions_endpoint_url": "https://x.example"}}, "bad", "Interactions Endpoint URL"),
    ("discord", {"commands": ["interview"]}, "warn", "/interview and /start are not registered yet"),
]


@pytest.mark.parametrize(("name", "change", "level", "said"), OTHER_SIDE)
def test_what_is_wrong_on_the_other_side_is_told(
    world: Platforms, name: str, change: dict[str, Any], level: str, said: str
):
    for field, value in change.items():
        setattr(world, field, value)
    ((found, what),) = trouble(look(world, name))
    assert found == level
    assert said in what


WEBHOOKS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "warn", "the webhook is not registered yet"),
    ({"url": "https://jobs.example.org.evil.example/x"}, "bad", "which is not PARLEY_PUBLIC_URL"),
    (
        {"url": "https://jobs.example.org/t", "last_error_date": 0, "last_error_message": "Bad Gateway"},
        "warn",
        "Gateway",
    ),
    ({"url": "https://jobs.example.org/t"}, "good", ""),
]


@pytest.mark.parametrize(("webhook", "level", "said"), WEBHOOKS)
def test_a_webhook_is_looked_at(world: Platforms, webhook: dict[str, Any], level: str, said: str):
    if "last_error_date" in webhook:
        webhook = webhook | {"last_error_date": int(time.time())}
    world.webhook = webhook
    found = look(world, "telegram", telegram_webhook_secret=SECRET, public_url="https://jobs.example.org")
    assert [(f, True) for f, _ in trouble(found)] == (
        [] if level == "good" else [(level, said in trouble(found)[0][1])]
    )


def test_an_error_of_yesterday_is_over(world: Platforms):
    old = int(time.time()) - 86_400
    world.webhook = {"url": "https://jobs.example.org/t", "last_error_date": old, "last_error_message": "x"}
    assert trouble(look(world, "telegram", telegram_webhook_secret=SECRET, public_url="https://jobs.example.org")) == []


def test_a_second_program_that_polls_is_found_but_our_own_server_is_left_alone(world: Platforms):
    world.second_consumer = True
    (finding,) = trouble(platform("telegram", settings(world), now(), running=False))
    assert finding == ("bad", "Telegram: another program takes this bot's updates (409).")
    world.calls.clear()
    assert trouble(look(world, "telegram")) == []
    assert "telegram getUpdates" not in world.calls


# -- clock, reachability -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("off", "level"), [(25, ""), (60, "warn"), (-60, "warn"), (240, "bad"), (-240, "bad")])
def test_a_clock_that_is_off_is_told(world: Platforms, name: str, off: int, level: str):
    world.clock_off_s = off
    found = trouble(look(world, name))
    assert [f for f, _ in found] == ([level] if level else [])
    if level:
        assert ("fast" if off > 0 else "slow") in found[0][1]


def test_one_clock_is_one_sentence(world: Platforms):
    world.clock_off_s = 240
    found = platforms(settings(world), now(), running=True)
    assert trouble(found) == [("bad", "This machine's clock is 4 minutes fast, by Slack's.")]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_instead_of_an_answer_is_another_server(world: Platforms, name: str):
    world.page = "<html>Please sign in to the company's proxy"
    found = trouble(look(world, name))
    assert found
    assert all("is not" in what and what.startswith("What answers at 127.0.0.1:") for _, what in found)


@pytest.mark.parametrize("name", NAMES)
def test_trouble_of_the_platform_and_too_many_questions_are_warnings(world: Platforms, name: str):
    for status, said in ((503, "trouble of its own (503)"), (429, "asks for a pause")):
        world.status = status
        found = trouble(look(world, name))
        assert found
        assert all(level == "warn" and said in what for level, what in found)


def test_platforms_that_say_nothing_are_given_up_on_together(world: Platforms, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ask, "PATIENCE_S", 1.0)
    world.silent = True
    begun = time.monotonic()
    found = platforms(
        settings(world, slack_app_token="", slack_signing_secret="x", public_url="https://a.example"),
        now(),
        running=False,
    )
    assert time.monotonic() - begun < 2.5, "one after the other would take three seconds"
    assert [f.what.split()[0] for f in found if "within 1 seconds" in f.what] == ["Slack", "Telegram", "Discord"]
    assert exit_status(found) == 2


def test_a_platform_that_is_not_there_is_told_with_its_setting():
    world = Platforms(port=1)
    found = [f for name in NAMES for f in look(world, name) if f.level == "bad"]
    assert {f.remedy.rpartition(" ")[2] for f in found} == {
        "PARLEY_SLACK_API_URL.",
        "PARLEY_TELEGRAM_API_URL.",
        "PARLEY_DISCORD_API_URL.",
    }


def test_a_name_from_outside_is_shown_on_one_line_and_short(world: Platforms):
    world.team = "[red]\n\x1b[31m" + "x" * 500
    found = look(world, "slack")
    assert all(f.what.isprintable() and len(f.what) < 250 for f in found)


@pytest.mark.parametrize(
    ("url", "clear"),
    [
        ("https://slack.com/api/", False),
        ("http://127.0.0.1:9/api/", False),
        ("http://10.1.2.3", False),
        ("http://telegram-api:8081", False),
        ("http://api.example.org", True),
        ("ws://gateway.example.org", True),
        ("http://8.8.8.8", True),
        ("", False),
    ],
)
def test_a_token_that_would_cross_the_open_network_is_seen(url: str, clear: bool):
    assert in_clear(url) is clear
