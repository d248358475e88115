"""What a file is, by its first bytes. What its name or the sender says of it is never asked."""

from io import BufferedIOBase, RawIOBase

from bot.media.contract import MediaProblem

# How a file begins -> the one demuxer that may open it.
_BEGINS = (
    (b"OggS", "ogg"),
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (b"fLaC", "flac"),
)
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")  # how MP4 and its older relatives begin, after a size
_PICTURES = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")  # the same boxes, but a photograph
# Sound and films all the same, but nothing that a chat or a browser records: not worth the risk of another decoder.
_OTHERS = (
    b"FORM",
    b"caff",
    b"#!AMR",
    b".snd",
    b"\x30\x26\xb2\x75",
    b"FLV",
    b"MThd",
    b"RF64",
    b"\x00\x00\x01\xba",
    b"wvpk",
)
HEAD = 4096


def demuxer(file: BufferedIOBase | RawIOBase) -> str:
    """Which demuxer opens this file; it stands at its beginning then. Raises `MediaProblem`: empty, unreadable, odd_format."""
    file.seek(0)
    head = file.read(HEAD) or b""
    file.seek(0)
    if not head:
        raise MediaProblem("empty")
    name = kind(head)
    if name in ("", "?"):
        raise MediaProblem("odd_format" if name else "unreadable")
    return name


def kind(head: bytes) -> str:
    """The name of its demuxer for the first `HEAD` bytes of a file; "?" for sound in a format that isn't opened here; "" for
    anything that is no recording: text, pictures, archives, playlists."""
    for begin, name in _BEGINS:
        if head.startswith(begin):
            return name
    if head[4:8] in _BOXES:
        return "" if head[4:8] == b"ftyp" and head[8:12] in _PICTURES else "mov"
    if head[:4] == b"RIFF":
        return {b"WAVE": "wav", b"AVI ": "?"}.get(head[8:12], "")
    return "?" if head.startswith(_OTHERS) else _frames(head)


def _frames(head: bytes) -> str:
    """MP3 and bare AAC have no header, only frames, perhaps after a tag."""
    at = 0
    if head[:3] == b"ID3" and len(head) >= 10:
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        if at + 2 > len(head):
            return "mp3"  # a tag as long as that (a picture) is put before MP3
    first, second = head[at : at + 1], head[at + 1 : at + 2]
    if first != b"\xff" or not second or second[0] & 0xE0 != 0xE0:
        return ""
    return "aac" if second[0] & 0xF6 == 0xF0 else "mp3" if second[0] & 0x06 else ""
