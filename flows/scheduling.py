"""What the conversations about times ask of the world, and what can come back.

`appointment` names the thing to be scheduled (see `bot.store.rows.Appointment`). Texts with a time in them arrive
finished, with weekday, local time and zone for the person who reads them: a screenplay does no arithmetic with zones.
Instants (`at`, `until`, `start`) are milliseconds since the epoch, UTC.
"""

from dataclasses import dataclass
from typing import ClassVar

from flows.requests import Request, Unavailable

# -- where somebody is ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Zones:
    """Time zones that may be meant, best first: (IANA name, label, the time there now as "14:05")."""

    found: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class GuessZone(Request[Zones | Unavailable]):
    """Where the person in this conversation probably is: what they said before, or what their platform or browser says."""

    appointment: str
    returns: ClassVar[tuple[type, ...]] = (Zones,)


@dataclass(frozen=True, slots=True)
class FindZone(Request[Zones | Unavailable]):
    """The zones that a typed place may mean; none where it was not understood."""

    text: str
    returns: ClassVar[tuple[type, ...]] = (Zones,)


# -- what is to be scheduled ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """An appointment as it is now, told for one reader.

    state: open, booked, began, over, cancelled or missed. version grows with every change. when: the time in the
    reader's zone ("" where there is none). parts: (title, when, with whom) of each session. link: where to meet.
    late_to_move: why it can't be moved or cancelled here any more, or "".
    soon: how far away it is ("tomorrow at 10:00", "in 25 minutes"), and left: the same in minutes, negative once it has
    begun; "" and None where there is no time, or nothing was worked out. changed_by: who changed it last, "" if nobody
    did, or the reader. yours: the reader still takes part (or looks after it).
    """

    state: str
    version: int
    title: str
    minutes: int
    when: str = ""
    start: int = 0
    end: int = 0
    zone: str = ""
    parts: tuple[tuple[str, str, str], ...] = ()
    link: str = ""
    late_to_move: str = ""
    soon: str = ""
    left: int | None = None
    changed_by: str = ""
    yours: bool = True


@dataclass(frozen=True, slots=True)
class HowItStands(Request[Standing | Unavailable]):
    """Ask for an appointment as it is now, for the person in this conversation. Answered at once."""

    appointment: str
    returns: ClassVar[tuple[type, ...]] = (Standing,)


# -- finding a time ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Times:
    """Times on offer. days: (day id, label, how many times). times: (slot id, day id, label "10:00 – 10:45", hint).

    zone: how the zone is named to the person. more: there are later days (`FindSlots.after` = the last day id).
    understood: how the wish was read, "" without one; exact: the times do fulfil it (else they are the nearest).
    """

    days: tuple[tuple[str, str, int], ...]
    times: tuple[tuple[str, str, str, str], ...]
    zone: str
    more: bool = False
    understood: str = ""
    exact: bool = True


@dataclass(frozen=True, slots=True)
class NoTimes:
    """Nothing is free. understood: as in `Times`. The team is told why; the candidate is not."""

    understood: str = ""


@dataclass(frozen=True, slots=True)
class FindSlots(Request[Times | NoTimes | Unavailable]):
    """Times for an appointment, in `zone` (IANA): a few days of them, after the day id `after`.

    wish: what the candidate wrote when none suited. Answered at once, from what is kept; no calendar is read.
    """

    appointment: str
    zone: str
    after: str = ""
    wish: str = ""
    returns: ClassVar[tuple[type, ...]] = (Times, NoTimes)


@dataclass(frozen=True, slots=True)
class SlotHeld:
    """The time is kept for this person until `until`. when: as the person reads it; parts: as in `Standing`."""

    hold: str
    until: int
    when: str
    parts: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SlotGone:
    """Somebody else was first, or it no longer fits: other times have to be shown."""


@dataclass(frozen=True, slots=True)
class HoldSlot(Request[SlotHeld | SlotGone | Unavailable]):
    """Keep a slot for five minutes. For a booked appointment this is the time it may move to; it keeps its own.
    An appointment has one hold at most: an earlier one is given back.
    """

    appointment: str
    slot: str
    zone: str
    returns: ClassVar[tuple[type, ...]] = (SlotHeld, SlotGone)


@dataclass(frozen=True, slots=True)
class SlotBooked:
    """It is booked (or moved). when, parts, link: as in `Standing`; moved: it had another time before."""

    version: int
    when: str
    start: int
    end: int
    parts: tuple[tuple[str, str, str], ...] = ()
    link: str = ""
    moved: bool = False


@dataclass(frozen=True, slots=True)
class BookSlot(Request[SlotBooked | SlotGone | Unavailable]):
    """Make a hold the booking. One that ran out is taken anew if its time is still free, else `SlotGone`."""

    appointment: str
    hold: str
    returns: ClassVar[tuple[type, ...]] = (SlotBooked, SlotGone)


@dataclass(frozen=True, slots=True)
class Released:
    """The hold is gone, now or already."""


@dataclass(frozen=True, slots=True)
class LetGo(Request[Released | Unavailable]):
    """Give a hold back, since the person chose another time or none."""

    appointment: str
    hold: str
    returns: ClassVar[tuple[type, ...]] = (Released,)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The appointment is cancelled, now or already. when: the time it had."""

    when: str


@dataclass(frozen=True, slots=True)
class TooLate:
    """It can't be done any more. say: why, and what to do instead."""

    say: str


@dataclass(frozen=True, slots=True)
class CancelBooking(Request[Cancelled | TooLate | Unavailable]):
    """Cancel an appointment. reason: an id of the cancel reasons (`flows.words.cancel_en`), words go by `note`."""

    appointment: str
    reason: str
    returns: ClassVar[tuple[type, ...]] = (Cancelled, TooLate)


# -- somebody else takes over -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Colleagues:
    """How many colleagues could take the session over and have been asked; when: the time, for this reader."""

    asked: int
    when: str


@dataclass(frozen=True, slots=True)
class AskColleagues(Request[Colleagues | TooLate | Unavailable]):
    """Offer this interviewer's sessions of an appointment to qualified, free, least loaded colleagues."""

    appointment: str
    reason: str
    returns: ClassVar[tuple[type, ...]] = (Colleagues, TooLate)


# -- facts that these conversations state (name -> data) ---------------------------------------------
# zone_given {appointment, zone}              the candidate said where they are
# more_times_asked {appointment, utterance}   none of the times suited ("" or the id of what they wrote)
# booked {appointment, version}               after SlotBooked: everybody is told, calendars are written, reminders set
# reschedule_reason {appointment, reason, utterance}   an id of `flows.words.reschedule_en.REASONS`; "" or an utterance's id
# time_kept {appointment, version}            the team asked for another time, and the candidate keeps this one
# booking_cancelled {appointment, reason, utterance}   after Cancelled
# attendance {appointment, version, answer}   confirmed | late (with minutes) | here | not_here | cannot; silent: asked
#                                             after the start, and no answer came
# snoozed {appointment, version, minutes}     remind me again in that many minutes
# reschedule_asked {appointment}              begin `reschedule` in this person's chat
# cancel_asked {appointment}                  begin `cancel`
# rescue {appointment, way, missing}          after a no-show: text_now | recorded | rebook | person; missing: who wasn't
#                                             there, candidate | interviewer
# outside_answer {appointment, version, answer}   moved | cancelled | put_back; of a decline also replace (find somebody
#                                             else) and ask_again (ask them to come after all)
# swap_asked {appointment, version}           begin `swap` in this interviewer's chat
# swap_said {appointment, version, utterance} what the interviewer wrote to the recruiter about it, message by message
#
# Facts they learn: other_answered {who, answer, minutes} (`noshow`: what the other side said, answer as in attendance),
# taken_over {by} (`swap`), times_opened {} (`booking`, `reschedule`: there is room again).
