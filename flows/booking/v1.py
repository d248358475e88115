"""A candidate chooses a time: where they are, a day, a time, one look, booked.

It ends only with a booking (or a withdrawal): while nothing suits, the team is asked for more, and this waits.
"""

from typing import Any

from flows.booking.choosing import find_time
from flows.booking.search import Search
from flows.booking.zones import where
from flows.cards import Card, Row
from flows.scheduling import SlotBooked
from flows.steps import note, say
from flows.words import booking_en as words
from flows.words.en import WELCOME_BACK
from flows.words.legal_en import AI_AGAIN


async def booking(
    *,
    candidate_name: str,
    company: str,
    role_title: str,
    appointment: str,
    title: str,
    minutes: int,
    who: str,
    zone: str = "",
    deadline: str = "",
    contact: str = "",
) -> dict[str, Any]:
    """Book one appointment with the candidate; the result is `{"appointment", "version"}`.

    who: "with Ada Lovelace and one more", or "here in this chat, with me". zone: IANA, where it is known. deadline: by
    when the person hears of new times where none suit ("Friday 22 January"). Facts: zone_given, more_times_asked,
    booked. Learns: times_opened.
    """
    await say("start.ai", AI_AGAIN.filled(company=company))
    await say("start.hello", words.hello(candidate_name, title, role_title, minutes, who))
    search = Search(appointment, title, minutes, who, zone, deadline)
    if not search.zone:
        await where(search)
    found = await find_time(search)
    assert isinstance(found, SlotBooked), "without a time to keep there is no other end"
    await note("end.booked", "booked", appointment=appointment, version=found.version)
    await say("end.done", words.booked(title, minutes, who, contact, found))
    return {"appointment": appointment, "version": found.version}


def standing(*, title: str, **_: object) -> tuple[Row, ...]:
    """What "where am I?" adds: what is to be booked, and that it isn't yet."""
    return Row(words.WHAT, title), Row(words.BOOKED, words.NOT_YET)


def greet(*, company: str, **_: object) -> Card:
    """Said first whenever the person comes back after a rest (AI disclosure on each resume)."""
    return Card(AI_AGAIN.filled(company=company), title=WELCOME_BACK)
