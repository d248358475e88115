"""A booked time is moved, because the candidate or the team asks for it. It is kept until another one is confirmed."""

from typing import Any, Literal

from flows.booking.changes import as_it_is, cancels, person_or_not
from flows.booking.choosing import find_time
from flows.booking.search import INSTEAD, Search
from flows.booking.zones import where
from flows.cards import Card, Row
from flows.scheduling import SlotBooked, Standing
from flows.steps import Wrote, note, say
from flows.words import booking_en, change_en
from flows.words import reschedule_en as words
from flows.words.en import WELCOME_BACK
from flows.words.legal_en import AI_AGAIN


async def reschedule(
    *,
    candidate_name: str,
    company: str,
    appointment: str,
    title: str,
    minutes: int,
    who: str,
    zone: str,
    by: Literal["candidate", "team"],
    deadline: str = "",
    contact: str = "",
) -> dict[str, Any]:
    """Move one appointment; the result is `{"appointment", "version"}`, with the old version where nothing changed.

    Arguments as of `booking`; by: who asked for it. Facts: reschedule_reason, zone_given, more_times_asked, booked,
    time_kept (where the team had asked), cancel_asked, human_asked. Learns: times_opened.
    """
    await say("start.ai", AI_AGAIN.filled(company=company))
    now = await as_it_is("start.now", appointment)
    late = now.late_to_move if by == "candidate" else ""
    if now.state in words.GONE or late:
        await person_or_not("late", change_en.reach(late or words.GONE[now.state], contact))
        return {"appointment": appointment, "version": now.version}
    search = Search(appointment, title, minutes, who, zone or now.zone, deadline)
    said = await _begin(search, now, by, company)
    found = await find_time(search) if said not in INSTEAD else said
    if not isinstance(found, SlotBooked):
        await _instead(found, search, now, by == "team")
        return {"appointment": appointment, "version": now.version}
    await note("end.booked", "booked", appointment=appointment, version=found.version)
    await say("end.done", booking_en.booked(title, minutes, who, contact, found))
    return {"appointment": appointment, "version": found.version}


async def _begin(search: Search, now: Standing, by: str, company: str) -> str:
    """How it stands, why it is moved, and where the person is; or what they decide for instead."""
    said = ""
    if now.state == "booked":
        search.always, search.own = (booking_en.KEEP,), cancels
        await say("start.how", words.now(search.title, now.when, by == "team", company))
        said = await _reason(search) if by == "candidate" else ""
    else:
        await say("start.how", words.PASSED if now.state == "missed" else words.NOT_BOOKED_YET)
    return await where(search) if not (search.zone or said) else said


async def _reason(search: Search) -> str:
    said = await search.question("reason", words.why(), words.REASONS)
    if isinstance(said, str) and said in INSTEAD:
        return said
    reason, utterance = (words.OWN_WORDS, said.utterance) if isinstance(said, Wrote) else (said, "")
    fact = {"appointment": search.appointment, "reason": reason, "utterance": utterance}
    await note("reason.noted", "reschedule_reason", **fact)
    return ""


async def _instead(said: str, search: Search, now: Standing, by_team: bool) -> None:
    if said == booking_en.KEEP.id:
        if by_team:
            await note("end.told", "time_kept", appointment=search.appointment, version=now.version)
        await say("end.kept", change_en.kept(search.title, now.when, by_team))
        return
    await note("end.cancel", "cancel_asked", appointment=search.appointment)
    await say("end.to_cancel", words.TO_CANCEL)


def standing(*, title: str, **_: object) -> tuple[Row, ...]:
    """What "where am I?" adds: that the time is kept meanwhile."""
    return Row(booking_en.WHAT, title), Row(words.BOOKED, words.STILL)


def greet(*, company: str, **_: object) -> Card:
    """Said first whenever the person comes back after a rest (AI disclosure on each resume)."""
    return Card(AI_AGAIN.filled(company=company), title=WELCOME_BACK)
