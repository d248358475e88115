"""Files that people send: what a platform's description says about one, and its bytes as they arrive.

Whether it is a recording its bytes decide in the end; `Recorded.ref`, and where the bytes come from, are each platform's
own business.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Literal

Form = Literal["voice", "video"]
Why = Literal["too_large", "page", "empty"]

# Names that say it where the media type doesn't: telephones and recorders send many as "a stream of bytes".
_VOICE = frozenset({"aac", "amr", "flac", "m4a", "mp3", "oga", "ogg", "opus", "wav", "weba"})
_VIDEO = frozenset({"3gp", "m4v", "mkv", "mov", "mp4", "webm"})
_NO_ANSWER = frozenset({"", "application/octet-stream", "application/ogg", "binary/octet-stream"})
_PAGES = (b"<!doctype html", b"<html")
_SEEN = 64  # bytes that have come before anything is handed on: enough to know a page by


class Odd(Exception):
    """It isn't what it was said to be: more than `limit` bytes, a web page, or nothing at all."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


def form_of(media_type: str, name: str) -> Form | None:
    """A recording's form, by its media type, or else by its name; None for what is neither sound nor video."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind.startswith("audio/"):
        return "voice"
    if kind.startswith("video/"):
        return "video"
    if kind not in _NO_ANSWER:
        return None
    ending = name.rpartition(".")[2].lower()
    return "voice" if ending in _VOICE else "video" if ending in _VIDEO else None


async def counted(chunks: AsyncIterator[bytes], limit: int) -> AsyncGenerator[bytes]:
    """The bytes as they arrive, counted. Raises `Odd`, also in the middle; of a page not a byte is handed on."""
    held, count, seen = b"", 0, False
    async for chunk in chunks:
        count += len(chunk)
        if count > limit:
            raise Odd("too_large")
        held = chunk if seen else held + chunk
        if seen or len(held) >= _SEEN:
            yield _looked_at(held, seen)
            seen = True
    if not count:
        raise Odd("empty")
    if not seen:
        yield _looked_at(held, seen)


def _looked_at(held: bytes, seen: bool) -> bytes:
    if not seen and held[:_SEEN].lstrip().lower().startswith(_PAGES):
        raise Odd("page")
    return held
