"""What a page sends, read up to a bound."""

from fastapi import Request

MOST = 256 * 1024  # bytes


async def bounded(request: Request) -> bytes | None:
    """The whole body; None when it is longer than `MOST`, of which no more is read."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST:
            return None
    return bytes(body)
