"""Invitations as .ics files, for calendars that Parley can't write to: opened in the chat, or sent by e-mail.

One appointment has one UID, and SEQUENCE grows with its version, so that an update replaces what was there
and a cancellation removes it (RFC 5546).
"""

import base64
from dataclasses import replace
from typing import Literal

from bot import people
from bot.keyring import Keyring
from bot.scheduling import describing
from bot.settings import Settings
from bot.store.store import Row, Tx
from calendar_sync.intervals import Interval
from flows.cards import File
from flows.words import calendar_en as words

Method = Literal["REQUEST", "CANCEL"]

NOBODY = "parley@invalid"  # an organiser must be named; without a mail address of ours nobody can write back


def ics(
    tx: Tx,
    keys: Keyring,
    settings: Settings,
    row: Row,
    person: str,
    method: Method,
    at: int,
    times: Interval | None = None,
) -> bytes:
    """The file for one person. at: now, in milliseconds; times: as in `describing.event`."""
    from calendar_sync.ics_invite import invitation  # icalendar loads slowly, and is needed here only

    address = describing.address_of(tx, keys, row["tenant_id"], person)
    described = describing.event(tx, keys, settings, row, person, times=times)
    event = replace(described, attendees=(address,) if address else ())
    return invitation(event, method, row["version"], now=at // 60_000, organizer=sender(settings))


def file(tx: Tx, keys: Keyring, settings: Settings, row: Row, person: str, method: Method, at: int) -> File:
    """The same as a file of a card."""
    data = base64.b64encode(ics(tx, keys, settings, row, person, method, at)).decode()
    name = "cancelled.ics" if method == "CANCEL" else "interview.ics"
    alt = words.FILE_CANCELLED if method == "CANCEL" else words.FILE
    return File(name, "text/calendar", data, alt)


def sender(settings: Settings) -> str:
    """The address that invitations come from."""
    return settings.smtp_from or NOBODY


def recipient(tx: Tx, keys: Keyring, row: Row, person: str) -> tuple[str, str]:
    """(name, address) of somebody who is invited by e-mail; the address as it was given, whatever it is."""
    tenant = row["tenant_id"]
    given = people.email_of(tx, keys, tenant, person)
    return people.name_of(tx, keys, tenant, person), given or describing.address_of(tx, keys, tenant, person)
