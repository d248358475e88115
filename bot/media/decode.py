"""Getting the sound out of a file, in the process for that (`opener`): streamed, within limits, whatever the file claims."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import av
import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.stream import Discard
from numpy.typing import NDArray

from bot.media import sniff
from bot.media.contract import MediaProblem
from bot.media.sealed import SealedReader

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

Samples = NDArray[np.int16]  # mono, one dimension
_CAREFUL = {
    "format_whitelist": "ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,wav,flac,mp3,aac",
    # No protocol has this name: whatever address a file names, nothing is opened for it.
    "protocol_whitelist": "none",
    "codec_whitelist": "opus,libopus,vorbis,libvorbis,aac,mp3,mp3float,flac,alac,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,"
    "pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_u8,pcm_mulaw,pcm_alaw,h264,hevc,vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d",
    "probesize": "5000000",
    "analyzeduration": "10000000",
    "max_streams": "16",
}
_RATES, _CHANNELS = (8_000, 192_000), 8
_GRACE = 1_000  # ms by which a recording may be longer than it should be: recorders stop late
_MP3_HEAD = 1 << 17  # bytes; a picture may come before the first frame
_MOST_DAMAGE = 500  # packets that can't be decoded before the rest isn't tried any more
# What the libraries raise over broken files.
BROKEN = (av.error.FFmpegError, ValueError, EOFError, IndexError, UnicodeDecodeError)


def opened(file: SealedReader) -> "InputContainer":
    """The container of a file, from its beginning. Raises `MediaProblem`: empty, unreadable, odd_format, corrupt."""
    name = sniff.demuxer(file)
    try:
        return av.open(file, "r", format=name, container_options=_CAREFUL, metadata_errors="ignore")
    except BROKEN as error:
        raise MediaProblem("corrupt") from error


class Sound:
    """The sound of a file. longest_ms: 0 for what we made ourselves. After all of it was read: `ms` (its length by what was
    decoded) and `missing` (how much less that is than the file says, ms). Raises `MediaProblem` here and while it is read.
    """

    def __init__(self, file: SealedReader, longest_ms: int = 0) -> None:
        self.container = opened(file)
        self._file = file
        self._longest = longest_ms
        self.stream = self._audio()
        self._declared = self._said()
        self._decoded, self._damaged = 0.0, 0
        self.begins = -1.0  # seconds from the beginning of the file to the first frame that was decoded

    @property
    def ms(self) -> int:
        return round(self._decoded * 1000)

    @property
    def missing(self) -> int:
        less = self._declared - self.ms
        # Encoders add and cut a few frames at both ends.
        return less if less > max(500, self._declared // 100) else 0

    def mono(self, rate: int, block: int = 0) -> Iterator[AudioFrame]:
        """All of it as mono, signed 16 bit, at `rate` Hz. block: samples in each frame, 0 for as it comes."""
        resampler, before = None, None
        for frame in self._frames():
            now = (frame.format.name, frame.layout.name, frame.sample_rate)
            # A resampler can't change its input: phones that are turned, and files that were joined, do.
            if now != before:
                if resampler is not None:
                    yield from resampler.resample(None)
                resampler, before = AudioResampler("s16", "mono", rate, block or None), now
            assert resampler is not None
            frame.pts = None
            yield from resampler.resample(_mixed(frame))
        if resampler is not None:
            yield from resampler.resample(None)

    def seek(self, ms: int) -> None:
        """Go to a place, or a little before it: `begins` says where it went, once there is a frame."""
        first = self.container.start_time or 0
        self.container.seek(first + ms * 1000)

    def close(self) -> None:
        self.container.close()

    def _audio(self) -> "AudioStream":
        streams = self.container.streams.audio
        if not streams:
            raise MediaProblem("no_audio")
        for other in self.container.streams:
            if other.index != streams[0].index and other.type != "video":
                other.discard = Discard.all
        context = streams[0].codec_context
        # PyAV has no context for a codec that it doesn't know, whatever its types say.
        if not context or not _fair(context.sample_rate, context.channels):
            raise MediaProblem("odd_format")
        context.thread_count = 1  # several threads would be several times the memory
        return streams[0]

    def _said(self) -> int:
        """How long the file says it is, in ms; 0 when it doesn't, and it would be a guess from its size."""
        name = self.container.format.name
        if name == "aac" or (name == "mp3" and not self._counted()):
            return 0
        said = (self.container.duration or 0) // 1000
        if self._longest and said > self._longest + _GRACE:
            # Whoever writes a WAV file as a stream can't know its length, and claims the longest possible.
            if name != "wav":
                raise too_long(self._longest)
            return 0
        return max(0, said)

    def _counted(self) -> bool:
        """Does an MP3 file begin with the number of its frames?"""
        here = self._file.tell()
        self._file.seek(0)
        head = self._file.read(_MP3_HEAD)
        self._file.seek(here)
        return b"Xing" in head or b"Info" in head

    def _frames(self) -> Iterator[AudioFrame]:
        try:
            for packet in self.container.demux(self.stream):
                for frame in self._decoded_packet(packet):
                    if self.begins < 0:
                        first = (self.container.start_time or 0) / 1_000_000
                        self.begins = max(0.0, (frame.time or 0.0) - first)
                    self._decoded += frame.samples / frame.sample_rate
                    if self._longest and self.ms > self._longest + _GRACE:
                        raise too_long(self._longest)
                    yield frame
                if self._damaged > _MOST_DAMAGE:
                    return
        except BROKEN:
            pass  # the rest can't be read; what came before it counts
        if not self._decoded:
            raise MediaProblem("corrupt")

    def _decoded_packet(self, packet: "av.Packet[AudioStream]") -> list[AudioFrame]:
        try:
            frames = packet.decode()
        except BROKEN:
            self._damaged += 1
            return []
        return [f for f in frames if _fair(f.sample_rate, f.layout.nb_channels)]


def _fair(rate: int, channels: int) -> bool:
    return _RATES[0] <= rate <= _RATES[1] and 1 <= channels <= _CHANNELS


def _mixed(frame: AudioFrame) -> AudioFrame:
    """The frame, or its mean over channels that nobody has named: only named ones can be mixed by the resampler."""
    if frame.layout.nb_channels == 1 or not frame.layout.name.endswith("channels"):
        return frame
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
    mean = samples.mean(axis=0, dtype=np.float64).astype(samples.dtype)
    mixed = AudioFrame.from_ndarray(mean.reshape(1, -1), format=frame.format.packed.name, layout="mono")
    mixed.sample_rate = frame.sample_rate
    return mixed


def too_long(longest_ms: int) -> MediaProblem:
    return MediaProblem("too_long", longest_ms / 60_000)


def samples(frame: AudioFrame) -> Samples:
    """The samples of a mono frame of 16 bit."""
    return frame.to_ndarray().reshape(-1).view(np.int16)
