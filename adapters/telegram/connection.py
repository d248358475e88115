"""The line to Telegram: where it is, how we speak to it, and that nothing of it gets into a log."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from telegram import Bot
from telegram.request import HTTPXRequest

from adapters.telegram import parse
from adapters.telegram.files import tls

Json = dict[str, Any]

# The libraries log addresses, which contain the token, and payloads, which contain people's words.
for _name, _level in (("httpx", logging.WARNING), ("httpcore", logging.WARNING), ("telegram", logging.CRITICAL + 1)):
    logging.getLogger(_name).setLevel(_level)


@dataclass(frozen=True, slots=True)
class TelegramConfig:
    """How to reach Telegram. Addresses may be those of a Bot API server of one's own: `/bot<token>/...` is added to them;
    without a file_url files are fetched under `/file` of the other.

    webhook_url: the public address of `PATH`, only for mode "webhook", together with a secret of 32-256 characters of
    A-Z a-z 0-9 _ -. local: that server runs on this machine with --local. Times are seconds. overall, burst: see `Pace`.
    """

    token: str = field(repr=False)
    mode: Literal["polling", "webhook"] = "polling"
    api_url: str = "https://api.telegram.org"
    file_url: str = ""
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    local: bool = False
    poll: int = 25
    timeout: float = 10
    pause: float = 1
    overall: float = 28
    burst: int = 4


class TelegramBot(Bot):
    """PTB's bot, whose updates we also get as they came: reading them is ours, one by one."""

    __slots__ = ()

    async def raw_updates(self, offset: int | None, seconds: int) -> list[Json]:
        asked: Json = {"offset": offset, "timeout": seconds, "allowed_updates": list(parse.KINDS)}
        patience = (self._request[0].read_timeout or 5) + seconds
        return cast("list[Json]", await self._post("getUpdates", asked, read_timeout=patience))

    async def close_connections(self) -> None:
        """Also of a bot that never got as far as `initialize`, which `shutdown` leaves open. Twice is once."""
        await asyncio.gather(*(request.shutdown() for request in self._request))


def bot_of(config: TelegramConfig) -> TelegramBot:
    """Our bot, not connected yet."""
    base = config.api_url.rstrip("/").removesuffix("/bot")
    files = config.file_url.rstrip("/").removesuffix("/bot") or f"{base}/file"
    return TelegramBot(
        config.token,
        base_url=f"{base}/bot",
        base_file_url=f"{files}/bot",
        request=_line(config.timeout, 64),
        get_updates_request=_line(config.timeout, 2),
        local_mode=config.local,
    )


def _line(wait: float, connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connections,
        read_timeout=wait,
        write_timeout=wait,
        connect_timeout=wait,
        pool_timeout=wait,
        httpx_kwargs={"verify": tls()},
    )
