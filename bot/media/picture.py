# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""How a video looks, technically: black, dark, standing still; and one picture of it. Nobody's face is looked for."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from av.codec.context import CodecContext
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from bot.media.contract import Picture
from bot.media.decode import BROKEN, opened
from bot.media.sealed import SealedReader

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

PIXELS = 9_500_000  # width times height: a little more than 4K
_CODECS = {"h264", "hevc", "vp8", "vp9", "av1"}
_SMALL = (64, 36)
_EACH = 0.9  # seconds between two frames that are looked at
_SPARSE = 4.0  # with whole pictures further apart than this, the ones in between are decoded too
_SECONDS = 60.0  # of processor time: a long film is judged by its beginning
_BLACK, _BLACK_SHARE, _DARK, _STILL = 38, 0.98, 50.0, 0.25  # luma, 0 to 255
_THUMBNAIL = 640  # pixels, the longer side


@dataclass(slots=True)
class _Looks:
    """What was seen so far."""

    seen: int = 0
    black: int = 0
    dark: int = 0
    pairs: int = 0
    still: int = 0
    before: NDArray[np.int16] | None = None
    best: VideoFrame | None = field(default=None)
    lit: bool = False  # `best` shows something

    def add(self, frame: VideoFrame) -> None:
        small = (
            frame.reformat(width=_SMALL[0], height=_SMALL[1], format="gray", threads=1).to_ndarray().astype(np.int16)
        )
        black = float((small <= _BLACK).mean()) >= _BLACK_SHARE
        dark = float(small.mean()) < _DARK
        self.seen, self.black, self.dark = self.seen + 1, self.black + black, self.dark + dark
        if self.before is not None:
            self.pairs += 1
            self.still += bool(np.abs(small - self.before).mean() < _STILL)
        self.before = small
        if self.best is None or (not self.lit and not dark):
            self.best, self.lit = _thumb_sized(frame), not dark


def film(container: "InputContainer") -> "VideoStream | None":
    """The stream of moving pictures that may be kept, if there is one: no cover of an album, nothing larger than 4K."""
    for stream in container.streams.video:
        context = stream.codec_context
        cover = bool(stream.disposition & stream.disposition.attached_pic)
        if context and not cover and context.codec.canonical_name in _CODECS:
            return stream if 0 < context.width * context.height <= PIXELS else None
    return None


def look(file: SealedReader, apart: float) -> tuple[Picture | None, bytes]:
    """A video's measures, and a JPEG of it. apart: seconds between its whole pictures. (None, b"") when nothing of it can
    be decoded."""
    looks, width, height = _Looks(), 0, 0
    try:
        with opened(file) as container:
            stream = film(container)
            if stream is None:
                return None, b""
            width, height = stream.codec_context.width, stream.codec_context.height
            for frame in _some(container, stream, apart):
                if frame.width * frame.height <= PIXELS:
                    looks.add(frame)
    except BROKEN:
        pass  # what was seen until then is told
    if not looks.seen or looks.best is None:
        return None, b""
    black, dark = round(looks.black / looks.seen, 3), round(looks.dark / looks.seen, 3)
    return Picture(width, height, black, dark, round(looks.still / max(1, looks.pairs), 3)), _jpeg(looks.best)


def hints(picture: Picture | None) -> list[str]:
    """What could be better about it."""
    if picture is None:
        return []
    if picture.black > 0.5:
        return ["black"]  # and so dark, and standing still
    return [code for code, share in (("dark", picture.dark), ("frozen", picture.frozen)) if share > 0.5]


def _some(container: "InputContainer", stream: "VideoStream", apart: float) -> Iterator[VideoFrame]:
    """About one frame a second."""
    stream.codec_context.thread_count = 1
    if apart <= _SPARSE:
        stream.codec_context.skip_frame = "NONKEY"
    until, after = time.process_time() + _SECONDS, float("-inf")
    try:
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except BROKEN:
                continue
            for frame in frames:
                if frame.pts is not None and frame.time >= after + _EACH:
                    after = frame.time
                    yield frame
            if time.process_time() > until:
                return
    except BROKEN:
        return


def _thumb_sized(frame: VideoFrame) -> VideoFrame:
    scale = min(1.0, _THUMBNAIL / max(frame.width, frame.height))
    width, height = (max(2, round(side * scale / 2) * 2) for side in (frame.width, frame.height))
    small = frame.reformat(width=width, height=height, format="rgb24", threads=1)
    turns = round(frame.rotation / 90) % 4  # phones write how they were held beside the picture
    if turns:
        turned = np.ascontiguousarray(np.rot90(small.to_ndarray(), turns), np.uint8)
        small = VideoFrame.from_ndarray(turned, format="rgb24")
    return small.reformat(format="yuvj420p", threads=1)


def _jpeg(frame: VideoFrame) -> bytes:
    encoder = CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "yuvj420p"
    encoder.time_base, encoder.thread_count = Fraction(1, 25), 1
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


def warm() -> None:
    """Do everything once that is done with a frame."""
    looks = _Looks()
    for _ in range(2):
        looks.add(VideoFrame(64, 48, "yuv420p"))
    if looks.best is not None:
        _jpeg(looks.best)
