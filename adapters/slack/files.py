"""Reading a file that somebody shared. The bearer token goes to Slack's own file hosts only, and to no redirect."""

from typing import Any
from urllib.parse import urlsplit

import aiohttp

from adapters.contract import Fetch, Unfetchable
from adapters.slack import words
from adapters.slack.clients import Clients, Refused

_PAGES = (b"<!doctype html", b"<html")


class Files:
    """Makes the `fetch` of an `Upload`."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        api = urlsplit(clients.config.api_url)
        # A server of one's own serves its files itself.
        own = () if api.hostname == "slack.com" else (f"{api.scheme}://{api.netloc}",)
        self._origins = (*clients.config.file_origins, *own)

    def fetcher(self, team: str, file: dict[str, Any]) -> Fetch:
        """How to read this file, later."""

        async def fetch(limit: int) -> bytes:
            return await self._fetch(team, file, limit)

        return fetch

    async def _fetch(self, team: str, file: dict[str, Any], limit: int) -> bytes:
        url = await self._address(team, file)
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" not in self._origins:
            raise Unfetchable(words.FILE_GONE)
        home, session = await self._clients.of(team), self._clients.session
        if home is None or session is None:
            raise Unfetchable(words.FILE_GONE)
        headers = {"Authorization": f"Bearer {home.installation.token}"}
        proxy = self._clients.config.proxy or None
        try:
            async with session.get(url, headers=headers, allow_redirects=False, proxy=proxy) as reply:
                return await _read(reply, limit)
        except (aiohttp.ClientError, TimeoutError):
            raise Unfetchable(words.FILE_GONE) from None

    async def _address(self, team: str, file: dict[str, Any]) -> str:
        """Files of Slack Connect come without an address: they are asked for."""
        if file.get("file_access") == "check_file_info":
            try:
                file = (await self._clients.call(team, "files.info", file=file["id"])).get("file", {})
            except Refused:
                raise Unfetchable(words.FILE_GONE) from None
        return str(file.get("url_private_download") or file.get("url_private") or "")


async def _read(reply: aiohttp.ClientResponse, limit: int) -> bytes:
    # Without the right to read files Slack answers 200 with its sign-in page, or sends us there.
    if reply.content_type == "text/html" or reply.status in (301, 302, 303, 307, 308):
        raise Unfetchable(words.FILE_LOGIN)
    if reply.status != 200:
        raise Unfetchable(words.FILE_GONE)
    content = bytearray()
    async for chunk in reply.content.iter_chunked(1 << 16):
        content += chunk
        if len(content) > limit:
            raise Unfetchable(words.FILE_TOO_LARGE)
    if bytes(content[:64]).lstrip().lower().startswith(_PAGES):
        raise Unfetchable(words.FILE_LOGIN)
    return bytes(content)
