"""One HTTP/1.1 connection at a time, as small as the wire allows: 200 people fit into one process with it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

Json = dict[str, Any]


class Refused(RuntimeError):
    """The server answered with an error status."""


class Line:
    """One HTTP/1.1 connection to the server on this machine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, session: str) -> None:
        self.reader, self.writer, self.session = reader, writer, session

    @classmethod
    async def open(cls, port: int, session: str) -> "Line":
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 22), session)

    def close(self) -> None:
        self.writer.transport.abort()

    async def write(self, method: str, path: str, body: Json | None = None) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.session}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        self.writer.write(head.encode() + data)
        await self.writer.drain()

    async def head(self) -> tuple[int, dict[str, str]]:
        status = int((await self._line()).split()[1])
        headers = dict[str, str]()
        while line := await self._line():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return status, headers

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        status, headers = await self.head()
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return status, headers, body

    async def frames(self) -> AsyncIterator[tuple[str, str, Any]]:
        """Server-sent events as (kind, id, data), until the connection ends."""
        buffer = b""
        while size := int(await self._line() or "0", 16):
            buffer += await self.reader.readexactly(size)
            await self.reader.readexactly(2)
            *whole, buffer = buffer.split(b"\n\n")
            for frame in whole:
                parts = dict(x.split(": ", 1) for x in frame.decode().split("\n") if not x.startswith(":"))
                if "data" in parts:
                    yield parts.get("event", ""), parts.get("id", ""), json.loads(parts["data"])

    async def _line(self) -> str:
        line = await self.reader.readline()
        if not line.endswith(b"\n"):
            raise asyncio.IncompleteReadError(line, None)
        return line.decode().rstrip("\r\n")


async def redeem(port: int, link: str) -> str:
    """Open a sign-in link; the session it gives."""
    line = await Line.open(port, "")
    try:
        await line.write("POST", link)
        status, headers, _ = await line.answer()
    finally:
        line.close()
    found = re.search(r"parley_session=([^;]+)", headers.get("set-cookie", ""))
    if status != 303 or not found:
        raise Refused(f"{link[:8]}... could not be opened: {status}")
    return found[1]


async def fetch(port: int, session: str, path: str) -> Any:
    """GET one JSON document."""
    line = await Line.open(port, session)
    try:
        await line.write("GET", path)
        status, _, body = await line.answer()
    finally:
        line.close()
    if status != 200:
        raise Refused(f"{path}: {status}")
    return json.loads(body)
