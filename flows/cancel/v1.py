"""A booked time is called off by the candidate: moved instead, or a reason, one confirmation, done."""

from dataclasses import dataclass
from typing import Any

from flows.booking.changes import LONGEST_ORDER, as_it_is, cancels, person_or_not
from flows.booking.search import CALM, LONGEST, RESTING
from flows.cards import Card, Row
from flows.requests import Unavailable
from flows.scheduling import CancelBooking, Standing, TooLate
from flows.steps import Wrong, Wrote, ask, call, choose, note, say
from flows.typed import named, tokens
from flows.words import booking_en, change_en
from flows.words import cancel_en as words
from flows.words.en import WELCOME_BACK
from flows.words.legal_en import AI_AGAIN

_YES = frozenset({"yes", "yeah", "yep", "sure", "ok", "okay"})
_MOVES = frozenset({"reschedule", "rebook", "postpone"})


@dataclass(frozen=True, slots=True)
class Booked:
    """What is to be cancelled, and how it stands."""

    appointment: str
    title: str
    company: str
    contact: str
    now: Standing


async def cancel(
    *, candidate_name: str, company: str, appointment: str, title: str, contact: str = "", **_: object
) -> dict[str, Any]:
    """Cancel one appointment; the result is `{"appointment", "outcome"}`: cancelled, kept, move or late.

    Nothing is asked after it is cancelled, so that no answer can be changed into what isn't true any more. Facts:
    booking_cancelled, withdrawn (where that was asked for and said), reschedule_asked, human_asked.
    """
    await say("start.ai", AI_AGAIN.filled(company=company))
    now = await as_it_is("start.now", appointment)
    if now.state == "booked" and not now.late_to_move:
        outcome = await _booked(Booked(appointment, title, company, contact, now))
    elif now.state in ("booked", "began"):
        await person_or_not("late", change_en.reach(now.late_to_move or words.GONE["began"], contact))
        outcome = "late"
    else:
        await say("gone", words.GONE[now.state])
        outcome = "cancelled" if now.state == "cancelled" else "kept"
    return {"appointment": appointment, "outcome": outcome}


async def _booked(it: Booked) -> str:
    card, options = words.or_move(it.title, it.now.when), [words.MOVE, words.CANCEL, words.KEEP]
    said = await choose("move", card, options, own=cancels, read=_moves, patience=CALM)
    if said == words.MOVE.id:
        return await _move(it)
    if said == words.KEEP.id:
        return await _kept(it)
    reason, utterance = await _why()
    if reason == words.MOVE.id:
        return await _move(it)
    leaving = reason in words.LEAVING and await _leaving(it.company)
    card, options = words.sure(it.title, it.now.when, leaving), [words.SURE_YES, words.KEEP]
    if await choose("sure", card, options, own=cancels, read=_sure, patience=CALM) == words.KEEP.id:
        return await _kept(it)
    outcome = await _cancelled(it, reason, utterance)
    if leaving and outcome != "kept":
        await note("withdrawn", "withdrawn")
        await say("end.withdrawn", words.WITHDRAWN)
    return outcome


async def _why() -> tuple[str, str]:
    """The reason's id, and the utterance of whoever used their own words; or that they'd rather move it after all."""

    def read(text: str) -> Any:
        return Wrong(booking_en.TOO_LONG) if len(text) > LONGEST else named(words.REASONS, text) or text

    def own(text: str) -> str | None:
        return words.UNTOLD.id if cancels(text) and len(tokens(text)) <= 3 else _moves(text)

    said = await ask("why", words.why(), read, keeps=True, own=own, patience=CALM)
    return (words.OWN_WORDS, said.utterance) if isinstance(said, Wrote) else (said, "")


async def _leaving(company: str) -> bool:
    options = [words.STAY_IN, words.WITHDRAW]
    return await choose("leaving", words.withdraw(company), options, patience=CALM) == words.WITHDRAW.id


async def _cancelled(it: Booked, reason: str, utterance: str) -> str:
    n = 1
    got = await call("cancel#1", CancelBooking(it.appointment, reason), binding=True)
    while isinstance(got, Unavailable):
        options = [change_en.TRY_AGAIN, words.KEEP]
        if await choose(f"cancel#{n}.failed", words.NOT_DONE, options, own=_again, patience=RESTING) == words.KEEP.id:
            return await _kept(it)
        n += 1
        got = await call(f"cancel#{n}", CancelBooking(it.appointment, reason), binding=True)
    if isinstance(got, TooLate):
        await person_or_not("late", change_en.reach(got.say, it.contact))
        return "late"
    fact = {"appointment": it.appointment, "reason": reason, "utterance": utterance}
    await note("end.cancelled", "booking_cancelled", **fact)
    await say("end.done", words.cancelled(it.title, got.when or it.now.when, it.company))
    return "cancelled"


async def _move(it: Booked) -> str:
    await note("move.asked", "reschedule_asked", appointment=it.appointment)
    await say("move.now", words.MOVING)
    return "move"


async def _kept(it: Booked) -> str:
    await say("end.kept", change_en.kept(it.title, it.now.when))
    return "kept"


def _moves(text: str) -> str | None:
    said = tokens(text)
    return words.MOVE.id if len(said) <= LONGEST_ORDER and (_MOVES & set(said) or said[:2] == ["move", "it"]) else None


def _sure(text: str) -> str | None:
    """A plain yes or no to "Shall I cancel it?"."""
    said = tokens(text)[:1]
    if not said or len(tokens(text)) > 3:
        return None
    return words.SURE_YES.id if said[0] in _YES else words.KEEP.id if said[0] in ("no", "nope", "keep") else None


def _again(text: str) -> str | None:
    return change_en.TRY_AGAIN.id if cancels(text) else None


def standing(*, title: str, **_: object) -> tuple[Row, ...]:
    """What "where am I?" adds: that nothing is cancelled yet."""
    return Row(booking_en.WHAT, title), Row(words.BOOKED, words.STILL)


def greet(*, company: str, **_: object) -> Card:
    """Said first whenever the person comes back after a rest (AI disclosure on each resume)."""
    return Card(AI_AGAIN.filled(company=company), title=WELCOME_BACK)
