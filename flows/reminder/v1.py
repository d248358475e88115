"""A reminder of a booked time, to either side: one card, and every answer to it is one tap or a word.

What it says may be hours old when somebody answers it, so the appointment is looked at again before anything is done.
"""

from functools import partial

from flows.attending import (
    RESTING,
    Told,
    agrees,
    asks_how_late,
    cannot,
    holds_now,
    holds_still,
    late_by,
    lateness,
    minutes,
    numbered,
    plain,
)
from flows.booking.changes import cancels
from flows.cards import Row
from flows.scheduling import Standing
from flows.steps import Lapsed, Wrong, ask, note, race, say
from flows.words import attending_en as words


async def reminder(
    *,
    appointment: str,
    version: int,
    side: str,
    title: str,
    other: str,
    company: str,
    role_title: str,
    start: int,
    when: str,
    link: str,
    offset: int,
    brief: tuple[tuple[str, str], ...] = (),
    until: int = 0,
) -> str:
    """Tell of a booked time and take one answer: confirm, late, other, cancel, snooze; or else changed, lapsed.

    side: "candidate" or "interviewer". other: who they meet ("" for Parley). when: finished, for this reader. offset:
    minutes before the start. brief: an interviewer's (label, value) rows. start: when it ends unanswered, or earlier at
    `until`, where the next reminder takes its place (instants in ms).
    Facts: attendance (confirmed, late), snoozed, reschedule_asked, swap_asked, cancel_asked.
    """
    told, end = Told(appointment, version, title, start), until or start
    found = await holds_now(told)
    if found is None:
        return "changed"
    left = offset if found.left is None else found.left
    sentence = words.who(side, other, company, role_title)
    prepare = words.prepare(other, left) if side == words.CANDIDATE else ""
    card = words.reminder(title, sentence, when, found.soon, link, brief, prepare, words.answers(side, left))
    unclear, means = partial(_unclear, tuple(o.id for o in card.options)), partial(_means, side, left)
    answer = await race(ask("coming", card, unclear, patience=RESTING, own=means), end)
    if answer == "late":
        answer = late_by(await race(asks_how_late(side), end))
    if isinstance(answer, Lapsed):
        return "lapsed"
    now = await holds_still("stands.now", told)
    return await _act(answer, told, side, other, now) if now else "changed"


async def _act(answer: str, told: Told, side: str, other: str, now: Standing) -> str:
    """Do what was answered. Keys carry the answer, so that a corrected one is said and stated anew."""
    kind, _, n = answer.partition(".")
    known = {"appointment": told.appointment, "version": told.version}
    match kind:
        case "confirm":
            await note("confirmed", "attendance", **known, answer="confirmed")
            await say("confirmed.thanks", words.confirmed(other))
        case "late":
            await note(answer, "attendance", **known, answer="late", minutes=int(n))
            await say(f"{answer}.thanks", words.late(other, int(n)))
        case "snooze" if now.left is not None and now.left <= int(n):
            await say("too_soon", words.too_soon(now.soon, now.when, now.link))
        case "snooze":
            await note(answer, "snoozed", **known, minutes=int(n))
            await say(f"{answer}.until", words.reminded(int(n)))
        case "cancel":
            await say("cancelling", words.CANCELLING)
            await note("cancel", "cancel_asked", appointment=told.appointment)
        case _ if side == words.CANDIDATE:
            await say("another_time", words.OTHER_TIME)
            await note("reschedule", "reschedule_asked", appointment=told.appointment)
        case _:
            await say("somebody", words.FIND_SOMEBODY)
            await note("swap", "swap_asked", **known)
    return kind


def _means(side: str, left: int, text: str) -> str | None:
    """What words mean here: "confirm", "late", "late.10", "other", "cancel" or "snooze.30"; None: nothing of it."""
    said = plain(text)
    if "remind" in said or "snooze" in said:
        n = minutes(text)
        return f"snooze.{n}" if n and n < left else None
    if cancels(text):
        return "cancel" if side == words.CANDIDATE else "other"
    return lateness(text) or ("other" if cannot(text) else "confirm" if agrees(text) else None)


def _unclear(ids: tuple[str, ...], text: str) -> str | Wrong:
    """An option by its number, or else what can be said here."""
    said = plain(text)
    if "remind" in said or "snooze" in said:
        return Wrong(words.IN_TIME_ONLY if minutes(text) else words.WHEN_AGAIN)
    return numbered(text, ids) or Wrong(words.NOT_CAUGHT)


def standing(*, title: str, when: str, **_: object) -> tuple[Row, ...]:
    """What "where am I?" adds."""
    return (Row(title, when),)
