"""What the rest of Parley can ask of the media store. Everything in it is sealed; every recording has a key of its own.

What strangers send is opened in a process of its own, with limits on its memory, time and files and without a network;
what is kept of it is made anew there, so that nothing of the sender's file (its metadata, its tricks) stays.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


class MediaProblem(Exception):
    """A recording that can't be used. why: a code of `flows.requests.NotHeard`; figures: what a sentence about it names.

    trouble: our own side failed, and another try may not; gone: nothing is kept under that name; the others are the file's.
    """

    def __init__(self, why: str, *figures: float) -> None:
        super().__init__(why)
        self.why, self.figures = why, figures


@dataclass(frozen=True, slots=True)
class Blob:
    """Something in the store. name: of the sealed bytes; key: opens them; size: of what was sealed, in bytes."""

    name: str
    key: bytes
    size: int
    mime: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Bytes as they came, sealed in a file that only we know, until they are opened or thrown away. digest: SHA-256 of
    what came, in hexadecimal."""

    file: Path
    key: bytes
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Sound:
    """How a recording sounds, technically: for hints to whoever recorded it and for saying that nothing can be heard.

    rms: in dBFS; loudness: EBU R128 in LUFS (None: too short); clipped: share of samples at full scale, in runs; noise:
    dBFS of the quietest tenth; silent: share of frames below -50 dBFS. No measure of how somebody speaks.
    """

    rms: float
    loudness: float | None
    clipped: float
    noise: float
    silent: float


@dataclass(frozen=True, slots=True)
class Picture:
    """How a video looks, technically: shares (0 to 1) of its time that are black, dark, or stand still."""

    width: int
    height: int
    black: float
    dark: float
    frozen: float


@dataclass(frozen=True, slots=True)
class Opened:
    """A recording that has been opened, and what is kept of it: Opus in OGG, or the video without its metadata.

    ms: its length, by what could be decoded; missing: how much shorter than the file said (ms). waveform: loudness 0 to 255,
    at most 256 points of 100 ms or more. hints: codes for a kind sentence (too_quiet, clipped, noisy, dark, black, frozen,
    cut_off). thumbnail: a JPEG of a video.
    """

    kept: Blob
    ms: int
    sound: Sound
    waveform: bytes
    picture: Picture | None = None
    thumbnail: Blob | None = None
    missing: int = 0
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clip:
    """A piece of sound, ready to be sent: Opus in OGG."""

    data: bytes
    seconds: float
    waveform: bytes = field(default=b"")


class MediaStore(Protocol):
    """See `bot.media.media.Media`."""

    async def start(self) -> None:
        """Keep processes at hand that can open a recording at once. Everything works without, a third of a second later."""
        ...

    async def stop(self) -> None: ...

    async def receive(self, source: AsyncIterator[bytes], limit: int) -> Arrived:
        """Write down what comes, sealed while it comes; never whole in memory. `MediaProblem`: too_large, empty, or trouble
        (the disk is full)."""
        ...

    async def open(self, arrived: Arrived, subject: str, *, video: bool, longest_ms: int) -> Opened:
        """Open what came, and keep what is worth keeping under a name made of its content (`subject`: whose it is; the same
        recording twice is kept once: delete it only when no other row names it). What came stays until `discard`, for
        `sound` and for another try. video: may the picture be kept? `MediaProblem`."""
        ...

    def sound(self, arrived: Arrived, longest_ms: int) -> AsyncIterator[bytes]:
        """The sound of what came, as `pcm` gives it, before anything is kept: whoever listens need not wait for `open`.
        `MediaProblem`, perhaps in the middle."""
        ...

    async def discard(self, arrived: Arrived) -> None:
        """Throw away what came, in any case and at last. Twice is once."""
        ...

    def pcm(self, blob: Blob) -> AsyncIterator[bytes]:
        """The sound of something kept: 16 kHz, mono, signed 16 bit, little endian, in pieces of a few seconds."""
        ...

    def stream(self, blob: Blob, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes of something kept, from `start` up to `end` (not included), for a player that jumps about."""
        ...

    async def clip(self, blob: Blob, start_ms: int = 0, end_ms: int = 0) -> Clip:
        """A part of something kept (`end_ms` 0: to its end), made anew as sound alone."""
        ...

    async def encode(self, wav: bytes) -> Clip:
        """Our own speech (a WAV file) as Opus, marked as automated."""
        ...

    async def delete(self, name: str) -> None:
        """Nothing is kept under this name any more. Twice is once."""
        ...

    async def sweep(self, known: set[str], older_than_ms: int, now: int) -> int:
        """Delete what lies in the store and nobody knows, such as what a crash left; how many. now: Unix time in ms."""
        ...
