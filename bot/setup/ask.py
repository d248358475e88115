"""One question to a platform: short patience, and no word of it that could hold a secret."""

import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

from bot.findings import Finding, bad, warn

PATIENCE_S = 4.0
CLOCK = "This machine's clock is"
_WARN_S, _BAD_S = 30, 120


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. body: the JSON object ({} when it was a list: see `items`). date: the platform's own clock."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]
    items: list[Any] = field(default_factory=lambda: [])

    @property
    def date(self) -> datetime | None:
        """The platform's clock as the answer was sent; None when it does not say."""
        try:
            return parsedate_to_datetime(self.headers.get("date", ""))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class NoReply:
    """Nothing that could be understood. finding: what to say about it."""

    finding: Finding


@dataclass(frozen=True, slots=True)
class Platform:
    """Who is asked. setting: the name of the setting that holds the address."""

    name: str
    url: str
    setting: str

    @property
    def host(self) -> str:
        """The host alone: a Telegram address goes on with the token."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def ask(
    platform: Platform,
    address: str,
    *,
    form: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    wait_s: float = 0,
) -> Reply | NoReply:
    """GET `address`, or POST with `form`. wait_s: how much longer than usual the platform may take."""
    import httpx  # only here, since it takes a while and `parley serve` has no use for it

    try:
        answer = httpx.request(
            "GET" if form is None else "POST",
            address,
            data=form,
            headers={"User-Agent": "DiscordBot (Parley, 0.1)", **(headers or {})},  # Discord insists on this form
            timeout=PATIENCE_S + wait_s,
            verify=_trust(),
        )
        return _understood(platform, answer)
    except httpx.TimeoutException:
        return NoReply(_unreachable(platform, f"within {PATIENCE_S + wait_s:.0f} seconds"))
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as problem:
        # Their words may hold the address, and that may hold a token: only the kind is told.
        return NoReply(_unreachable(platform, f"({type(problem).__name__})"))


@cache
def _trust() -> ssl.SSLContext:
    """Whom to trust. Made once, since reading all the certificates takes longer than most questions."""
    import httpx

    return httpx.create_ssl_context()


def _understood(platform: Platform, answer: Any) -> Reply | NoReply:
    headers = {str(k).lower(): str(v) for k, v in answer.headers.items()}
    if answer.status_code >= 500:
        return NoReply(warn(f"{platform.name} has trouble of its own ({answer.status_code}).", "Try again later."))
    try:
        body: Any = answer.json()
    except ValueError:
        body = None
    if isinstance(body, dict):
        return Reply(answer.status_code, cast(dict[str, Any], body), headers)
    if isinstance(body, list):
        return Reply(answer.status_code, {}, headers, cast(list[Any], body))
    return NoReply(
        bad(
            f"What answers at {platform.host} is not {platform.name}.",
            f"Correct or remove {platform.setting}. Behind a company's proxy, let {platform.host} pass.",
        )
    )


def _unreachable(platform: Platform, how: str) -> Finding:
    return bad(
        f"{platform.name} cannot be reached at {platform.host} {how}.",
        f"Check this machine's network, its firewall and HTTPS_PROXY, or correct {platform.setting}.",
    )


def limited(platform: Platform, reply: Reply) -> Finding | None:
    """A finding if the platform asked us to slow down."""
    if reply.status != 429:
        return None
    return warn(f"{platform.name} asks for a pause before it answers more.", "Run this again in a minute.")


def clock_skew(platform: Platform, reply: Reply, now_ms: int) -> list[Finding]:
    """What to say when this machine's clock and the platform's differ. Empty when they agree, or it did not say."""
    if reply.date is None:
        return []
    off = round(now_ms / 1000 - reply.date.timestamp())
    if abs(off) <= _WARN_S:
        return []
    say = bad if abs(off) > _BAD_S else warn
    direction = "fast" if off > 0 else "slow"
    return [
        say(
            f"{CLOCK} {_duration(abs(off))} {direction}, by {platform.name}'s.",
            "Set it by NTP (timedatectl set-ntp true): signed requests are refused and links expire at the wrong time.",
        )
    ]


def _duration(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{seconds // 60} minutes"


def shown(value: object, *secrets: str) -> str:
    """Something that a platform said, safe to show: one line, short, without our secrets."""
    text = "".join(c if c.isprintable() else " " for c in str(value))
    for secret in secrets:
        text = text.replace(secret, "...") if secret else text
    return text[:120].strip()
