"""Answers that a player can jump about in: the bytes of a recording, or the part of them that was asked for."""

import re
from collections.abc import AsyncIterator, Callable

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")  # no recording has more bytes, and no number is read that does
Read = Callable[[int, int], AsyncIterator[bytes]]


def part_wanted(header: str, size: int) -> tuple[int, int] | None:
    """(first byte, the one after the last) of a Range header; None for one that asks for nothing there is.

    A header that can't be read, or that asks for several parts, asks for everything.
    """
    found = _RANGE.fullmatch(header.strip())
    if not found or found[1] == found[2] == "":
        return 0, size
    if not found[1]:
        return (max(size - int(found[2]), 0), size) if int(found[2]) and size else None
    start = int(found[1])
    end = min(int(found[2]) + 1, size) if found[2] else size
    return (start, end) if start < end else None


def ranged(request: Request, size: int, mime: str, read: Read, *, name: str = "") -> Response:
    """The answer to a request for something of `size` bytes. name: to be kept as a file of that name."""
    wanted = part_wanted(request.headers.get("range", ""), size)
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "private, no-store"}
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if wanted is None:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, end = wanted
    headers["Content-Length"] = str(end - start)
    if (start, end) == (0, size):
        return StreamingResponse(read(0, size), 200, headers, mime)
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return StreamingResponse(read(start, end), 206, headers, mime)
