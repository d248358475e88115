"""What the doctor asks of Slack, Telegram and Discord: all at the same time, a few seconds at most, no secret told."""

import ipaddress
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from bot.findings import Finding, good, warn
from bot.settings import Settings
from bot.setup import check_discord, check_slack, check_telegram
from bot.setup.ask import CLOCK

NAMES = ("slack", "telegram", "discord")


def platforms(settings: Settings, now_ms: int, *, running: bool) -> list[Finding]:
    """Everything about the platforms that somebody has begun to set up, in the order of `NAMES`.

    now_ms: this machine's clock. running: a server runs on this data folder.
    """
    begun = [name for name in NAMES if configured(name, settings)]
    if not begun:
        return [good("No chat platform is set up; people meet Parley on the web.")]

    def look(name: str) -> list[Finding]:
        return platform(name, settings, now_ms, running=running)

    with ThreadPoolExecutor(len(begun)) as threads:
        found = [finding for found in threads.map(look, begun) for finding in found]
    clock = [f for f in found if f.what.startswith(CLOCK)]
    return [*clock[:1], *(f for f in found if f not in clock)]  # one clock: one sentence


def configured(name: str, settings: Settings) -> bool:
    """Is any setting of the platform `name` set?"""
    kinds: dict[str, Callable[[Settings], bool]] = {
        "slack": check_slack.configured,
        "telegram": check_telegram.configured,
        "discord": check_discord.configured,
    }
    return kinds[name](settings)


def unfinished(name: str, settings: Settings) -> bool:
    """Do the settings by themselves show that something of the platform is missing or wrong?"""
    halves = {"slack": check_slack.half, "telegram": check_telegram.half}
    return name in halves and any(f.level != "good" for f in halves[name](settings))


def platform(name: str, settings: Settings, now_ms: int, *, running: bool) -> list[Finding]:
    """Everything about one platform."""
    match name:
        case "slack":
            found = check_slack.half(settings) + check_slack.live(settings, now_ms)
            addresses = {"PARLEY_SLACK_API_URL": settings.slack_api_url}
        case "telegram":
            found = check_telegram.half(settings) + check_telegram.live(settings, now_ms, running=running)
            addresses = {
                "PARLEY_TELEGRAM_API_URL": settings.telegram_api_url,
                "PARLEY_TELEGRAM_FILE_URL": settings.telegram_files,
            }
        case "discord":
            found = check_discord.live(settings, now_ms)
            addresses = {
                "PARLEY_DISCORD_API_URL": settings.discord_api_url,
                "PARLEY_DISCORD_GATEWAY_URL": settings.discord_gateway_url,
            }
        case _:
            raise ValueError(f"no platform is called {name}")
    return found + [_in_clear(setting) for setting, url in addresses.items() if in_clear(url)]


def in_clear(url: str) -> bool:
    """Would a token cross the open network unencrypted? Not to this machine, a private address or a name without
    a dot, as a company's own network has them."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "ws") or not parts.hostname or "." not in parts.hostname:
        return False
    try:
        return not ipaddress.ip_address(parts.hostname).is_private
    except ValueError:
        return True


def _in_clear(setting: str) -> Finding:
    return warn(f"{setting} is not encrypted: anybody on the way can read the token.", "Use https:// or wss://.")
