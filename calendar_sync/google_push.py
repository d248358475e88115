"""Push channels of Google Calendar, as far as they need no connection: when to renew one, and whose call it is."""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Channel:
    """One open push channel. It ends by itself at `expires_ms` and is never renewed by Google."""

    id: str
    resource: str
    expires_ms: int
    token: str = field(repr=False)


def due(channel: Channel, now_ms: int, early_ms: int = 24 * 3_600_000) -> bool:
    """Is it time to renew? A day early: a night without connection must not cost the channel."""
    return now_ms >= channel.expires_ms - early_ms


def heard(headers: Mapping[str, str], channels: Iterable[Channel]) -> Channel | None:
    """The channel that a notification came through; None if it is not from Google. There is no body to trust.

    A notification only says "sync now": what it claims beyond that is never used.
    """
    said = {name.lower(): value for name, value in headers.items()}
    id, token = said.get("x-goog-channel-id", ""), said.get("x-goog-channel-token", "")
    known = next((c for c in channels if c.id == id), None)
    # An unknown channel costs the same comparison, so that its absence can't be timed.
    right = hmac.compare_digest(token.encode(), (known.token if known else "-").encode())
    if known is None or not right or not known.token or said.get("x-goog-resource-id") != known.resource:
        return None
    return known
