"""What in a message is a recording, going by what Telegram says of it. Its bytes decide in the end, not here. Pure."""

from dataclasses import dataclass
from typing import Literal

from telegram import Audio, Document, Message, Video, VideoNote, Voice

from adapters.contract import Recorded
from adapters.layout import clean
from adapters.telegram.files import ref_of

_SOUND = frozenset(
    {"aac", "aif", "aiff", "amr", "flac", "m4a", "mka", "mp3", "oga", "ogg", "opus", "wav", "weba", "wma"}
)
_PICTURE = frozenset({"3gp", "avi", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "ogv", "webm", "wmv"})
# Tunes without a sound in them, and lists of addresses.
_NO_RECORDINGS = frozenset({"audio/midi", "audio/mpegurl", "audio/x-midi", "audio/x-mpegurl", "audio/x-scpls"})

_File = Voice | VideoNote | Audio | Video | Document


@dataclass(frozen=True, slots=True)
class Found:
    """A recording: how the platform describes the file, and what the bot has to know of it. size: bytes, 0 if unknown."""

    name: str
    mime: str
    size: int
    recorded: Recorded


def recorded(message: Message) -> Found | None:
    """The recording in a message; None: there is none.

    A `video` counts as made in the chat: Telegram sends what its camera has just taken in the same shape as one from the
    gallery, and nobody is to be turned away for having used the camera. Audio files and documents never come from it.
    """
    if message.voice:
        return _found(message, message.voice, "voice", "voice.ogg", "audio/ogg", prepared=False)
    if message.video_note:
        return _found(message, message.video_note, "video", "video-note.mp4", "video/mp4", prepared=False)
    if message.video:
        return _found(message, message.video, "video", "video.mp4", "video/mp4", prepared=False)
    if message.audio:
        return _found(message, message.audio, "voice", "audio.mp3", "audio/mpeg", prepared=True)
    document = message.document
    form = _form_of(document) if document and not message.animation else None  # a moving picture comes as both
    if document is None or form is None:
        return None
    return _found(message, document, form, "recording", "application/octet-stream", prepared=True)


def _found(
    message: Message, file: _File, form: Literal["voice", "video"], name: str, mime: str, prepared: bool
) -> Found:
    size = file.file_size or 0
    named = "" if isinstance(file, Voice | VideoNote) else clean(file.file_name or "")
    seconds = 0.0 if isinstance(file, Document) else _seconds(file)
    # What was recorded elsewhere, or by somebody else, isn't an answer made now.
    passed_on = bool(message.forward_origin or message.via_bot)
    found = Recorded(form, ref_of(file.file_id, file.file_unique_id, size), seconds, prepared or passed_on)
    said = "" if isinstance(file, VideoNote) else (file.mime_type or "").lower()
    return Found(named or name, said or mime, size, found)


def _seconds(file: Voice | VideoNote | Audio | Video) -> float:
    # A timedelta: see `adapters/telegram/__init__.py`.
    length = file.duration
    return float(length) if isinstance(length, int) else length.total_seconds()


def _form_of(document: Document) -> Literal["voice", "video"] | None:
    """By its type; by its name where the type says nothing."""
    mime = (document.mime_type or "").lower().partition(";")[0].strip()
    ending = (document.file_name or "").rpartition(".")[2].lower()
    if mime in _NO_RECORDINGS:
        return None
    if mime.startswith("audio/") or mime == "application/ogg":
        return "voice"
    if mime.startswith("video/"):
        return None if ending in ("ts", "tsx") else "video"  # program text, which Telegram's clients take for video
    if mime in ("", "application/octet-stream"):
        return "voice" if ending in _SOUND else "video" if ending in _PICTURE else None
    return None
