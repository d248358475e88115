"""Two small files as Parley makes them: a picture, and an invitation for a calendar."""

import struct
import zlib
from base64 import b64encode

from flows.cards import Card, File


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(wide: int = 16, high: int = 9) -> bytes:
    """A picture in one colour."""
    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    rows = (b"\x00" + b"\x44\x62\x4a" * wide) * high
    data = zlib.compress(rows, 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


PNG = png()
ICS = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Parley//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:a@parley.example\r\n"
    b"DTSTAMP:20261122T060000Z\r\nDTSTART:20261124T090000Z\r\nDTEND:20261124T093000Z\r\nSUMMARY:Gespr\xc3\xa4ch\r\nEND:VEVENT\r\n"
    b"END:VCALENDAR\r\n"
)


def file(name: str, mime: str, data: bytes, alt: str = "") -> File:
    return File(name, mime, b64encode(data).decode(), alt)


PICTURE = file("week.png", "image/png", PNG, "Your week: Tuesday 10:00 and Thursday 14:30 are free")
INVITATION = file("invitation.ics", "text/calendar", ICS, "For your calendar")
BROKEN = file("week.png", "image/png", b"not a picture", "Your week: nothing is free.")
BOOKED = Card("Tuesday, 24 November, 10:00 (Berlin time) is yours.", title="Booked", files=(PICTURE, INVITATION))
