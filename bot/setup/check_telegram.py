"""Is Telegram set up right? First what the settings say by themselves, then what Telegram says."""

import re
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit

from bot.findings import Finding, bad, good, warn
from bot.settings import Settings
from bot.setup.ask import NoReply, Platform, Reply, ask, clock_skew, limited, shown
from bot.setup.telegram import PORTS

SETTING, HOOK_SETTING = "PARLEY_TELEGRAM_TOKEN", "PARLEY_TELEGRAM_WEBHOOK_SECRET"
_TOKEN_REMEDY = f"Send /token to @BotFather, choose the bot, and put what it answers into {SETTING}."
_MANY = 100
_LISTEN_S = 2
_RECENT_S = 3600


def configured(settings: Settings) -> bool:
    """Has anybody begun to set Telegram up?"""
    return bool(settings.telegram_token.get_secret_value() or settings.telegram_webhook_secret.get_secret_value())


def username(settings: Settings) -> str:
    """The bot's name for links, or ""."""
    token = settings.telegram_token.get_secret_value()
    reply = _call(_telegram(settings), token, "getMe") if _looks_right(token) else None
    result = reply.body.get("result") if isinstance(reply, Reply) else None
    return str(cast(dict[str, Any], result).get("username") or "") if isinstance(result, dict) else ""


def half(settings: Settings) -> list[Finding]:
    """What the settings say without asking Telegram: missing is a warning, a contradiction is bad."""
    token, found = settings.telegram_token.get_secret_value(), list[Finding]()
    if not token:
        found.append(warn(f"Telegram is half set up: {HOOK_SETTING} is set, {SETTING} is not.", _TOKEN_REMEDY))
    elif not _looks_right(token):
        found.append(bad(f"{SETTING} does not look like a token (123456789:AAH...).", _TOKEN_REMEDY))
    if settings.telegram_webhook_secret.get_secret_value() and not _can_be_called(settings.public_url):
        say = bad if settings.public_url else warn
        found.append(
            say(
                "Telegram sends a webhook to an address with https:// and one of the ports "
                f"{', '.join(map(str, PORTS))} only, and PARLEY_PUBLIC_URL is not one.",
                f"Correct PARLEY_PUBLIC_URL, or remove {HOOK_SETTING} to use long polling.",
            )
        )
    return found


def _looks_right(token: str) -> bool:
    return re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token) is not None


def _can_be_called(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and (parts.port or 443) in PORTS


def live(settings: Settings, now_ms: int, *, running: bool) -> list[Finding]:
    """What Telegram says about the token and the way updates take. running: our own server polls at this moment."""
    token = settings.telegram_token.get_secret_value()
    if not _looks_right(token):
        return []
    telegram = _telegram(settings)
    me = _call(telegram, token, "getMe")
    if isinstance(me, NoReply):
        return [me.finding]
    found = [*clock_skew(telegram, me, now_ms), *_me(telegram, me, token)]
    if not me.body.get("ok"):
        return found
    hook = _call(telegram, token, "getWebhookInfo")
    if isinstance(hook, NoReply):
        return [*found, hook.finding]
    info = cast(dict[str, Any], hook.body.get("result") or {})
    by_webhook = bool(settings.telegram_webhook_secret.get_secret_value())
    found += _hook(info, settings.public_url, now_ms, token) if by_webhook else _polling(info)
    if not by_webhook and not running and not info.get("url"):
        found += _second_consumer(telegram, token)
    return [*found, *_waiting(info)]


def _telegram(settings: Settings) -> Platform:
    return Platform("Telegram", settings.telegram_api_url, "PARLEY_TELEGRAM_API_URL")


def _call(telegram: Platform, token: str, method: str, wait_s: int = 0, **form: str) -> Reply | NoReply:
    return ask(telegram, f"{telegram.url}/bot{token}/{method}", form=form, wait_s=wait_s)


def _me(telegram: Platform, reply: Reply, token: str) -> list[Finding]:
    if pause := limited(telegram, reply):
        return [pause]
    if reply.status in (401, 404):  # 404: not even the shape of a token
        return [bad(f"Telegram does not know {SETTING} ({reply.status}).", _TOKEN_REMEDY)]
    if not reply.body.get("ok"):
        told = shown(reply.body.get("description", reply.status), token)
        return [bad(f"Telegram refuses the bot: {told}.", _TOKEN_REMEDY)]
    me = cast(dict[str, Any], reply.body.get("result") or {})
    found = [good(f"Telegram knows the token: @{shown(me.get('username', ''), token)}.")]
    if me.get("can_read_all_group_messages"):
        found.append(
            warn(
                "Telegram: the bot reads every message in groups, which it does not need.",
                "Send /setprivacy to @BotFather, choose the bot, then Enable.",
            )
        )
    return found


def _polling(info: dict[str, Any]) -> list[Finding]:
    if not info.get("url"):
        return [good("Telegram: updates come by long polling.")]
    host = shown(urlsplit(str(info["url"])).hostname)
    return [
        warn(
            f"Telegram sends the updates to a webhook at {host}, but Parley is set to long polling.",
            f"`parley serve` takes the webhook away. If {host} is another program of yours, give it a bot of its own; "
            f"if it is Parley, set {HOOK_SETTING}.",
        )
    ]


def _hook(info: dict[str, Any], public_url: str, now_ms: int, token: str) -> list[Finding]:
    url = str(info.get("url") or "")
    if not url:
        return [warn("Telegram: the webhook is not registered yet.", "`parley serve` registers it.")]
    if not url.startswith(public_url + "/"):
        host = shown(urlsplit(url).hostname)
        what = f"Telegram sends the updates to {host}, which is not PARLEY_PUBLIC_URL."
        return [bad(what, "Start `parley serve`, which registers its own address, or correct PARLEY_PUBLIC_URL.")]
    at = info.get("last_error_date")
    if isinstance(at, int) and now_ms / 1000 - at < _RECENT_S:
        when = datetime.fromtimestamp(at, UTC).strftime("%H:%M")
        told = shown(info.get("last_error_message", "no reason given"), token)
        what = f"Telegram could not deliver to the webhook at {when} UTC: {told}."
        return [warn(what, "Check that PARLEY_PUBLIC_URL leads to Parley from outside, with a valid certificate.")]
    return [good("Telegram: updates come by webhook.")]


def _second_consumer(telegram: Platform, token: str) -> list[Finding]:
    """Listen for a moment. Nothing is confirmed by it, so nothing is taken away from `parley serve`; but somebody
    else who polls with this token cuts in, and Telegram says so."""
    reply = _call(telegram, token, "getUpdates", wait_s=_LISTEN_S, timeout=str(_LISTEN_S), limit="1")
    if isinstance(reply, Reply) and reply.status == 409:
        return [
            bad(
                "Telegram: another program takes this bot's updates (409).",
                "Stop the other one, or give it a bot of its own: two that poll steal each other's messages.",
            )
        ]
    return []


def _waiting(info: dict[str, Any]) -> list[Finding]:
    waiting = info.get("pending_update_count")
    if not isinstance(waiting, int) or waiting < _MANY:
        return []
    what = f"{waiting} updates wait at Telegram, which keeps them for a day at most."
    return [warn(what, "Start `parley serve`; if it runs, look into its log.")]
