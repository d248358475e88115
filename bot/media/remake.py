# pyright: reportUnknownMemberType=false
"""Making files anew, without anything of the sender's file but its sound and its picture."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from io import IOBase
from typing import TYPE_CHECKING

import av
from av.audio.frame import AudioFrame
from av.container import Flags

from bot.media.decode import BROKEN, opened
from bot.media.measure import RATE
from bot.media.picture import film
from bot.media.sealed import SealedReader

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.stream import Stream

OGG = "audio/ogg"
AUTOMATED = "Automated voice"
_BIT_RATE = 32_000
_WEBM = ({"vp8", "vp9", "av1"}, {"opus", "vorbis"})
_MP4 = ({"h264", "hevc", "av1"}, {"aac", "mp3", "opus", "alac", "flac"})


class Opus:
    """Sound as Opus in OGG: mono, 48 kHz, about 32 kb/s. automated: marked as made by a machine."""

    def __init__(self, target: IOBase, automated: bool = False) -> None:
        self._out = av.open(target, "w", format="ogg")
        self._out.flags |= Flags.bitexact.value  # no word about what wrote it
        if automated:
            self._out.metadata["comment"] = AUTOMATED
        # The person waits while this is made: half the effort sounds the same at this rate.
        options = {"application": "voip", "frame_duration": "20", "compression_level": "4"}
        self._stream = self._out.add_stream("libopus", rate=RATE, options=options)
        self._stream.layout = "mono"
        self._stream.bit_rate = _BIT_RATE
        if automated:
            self._stream.metadata["comment"] = AUTOMATED
        self._at = 0

    def add(self, frame: AudioFrame) -> None:
        """Mono, signed 16 bit, 48 kHz."""
        frame.pts, frame.time_base, self._at = self._at, Fraction(1, RATE), self._at + frame.samples
        self._out.mux(self._stream.encode(frame))

    def close(self) -> None:
        self._out.mux(self._stream.encode(None))
        self._out.close()


def remux(file: SealedReader, target: IOBase) -> tuple[str, float] | None:
    """Copy the sound and the picture of a video, as they are, into a container made anew.

    Its media type, and how many seconds its whole pictures are apart; None when there is no film or it can't be copied
    (then what `target` holds is of no use).
    """
    with opened(file) as source:
        pictures, sounds = film(source), source.streams.audio
        if pictures is None or not sounds:
            return None
        form = _form(pictures.codec_context.codec.canonical_name, sounds[0].codec_context.codec.canonical_name)
        if not form:
            return None
        try:
            with av.open(target, "w", format=form) as out:
                out.flags |= Flags.bitexact.value
                copies = {s.index: out.add_stream_from_template(s) for s in (pictures, sounds[0])}
                for copy in copies.values():
                    copy.metadata.clear()
                apart = _copied(source.demux(pictures, sounds[0]), copies, out)
        except BROKEN:
            return None
    return f"video/{form}", apart


def _form(picture: str, sound: str) -> str:
    for form, (pictures, sounds) in {"webm": _WEBM, "mp4": _MP4}.items():
        if picture in pictures and sound in sounds:
            return form
    return ""


def _copied(packets: "Iterable[Packet[Stream]]", copies: "Mapping[int, Stream]", out: "OutputContainer") -> float:
    """Copy them all; how many seconds the whole pictures among them are apart, on average."""
    keys, end = 0, 0.0
    for packet in packets:
        if packet.dts is None:  # the mark of the end
            continue
        keys += packet.stream.type == "video" and packet.is_keyframe
        end = max(end, float(packet.dts * packet.time_base))
        packet.stream = copies[packet.stream.index]
        out.mux(packet)
    return end / max(1, keys)
