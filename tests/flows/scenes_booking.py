"""The conversations about a time, acted once from beginning to end; see `tests.flows.scenes`."""

from dataclasses import replace
from typing import Any

from flows.requests import Unavailable
from flows.scheduling import (
    Cancelled,
    NoTimes,
    Released,
    SlotBooked,
    SlotGone,
    SlotHeld,
    Standing,
    Times,
    TooLate,
    Zones,
)
from tests.flows.acted import Acted, Scene

ABOUT = {
    "candidate_name": "Ada",
    "company": "Northwind",
    "appointment": "ap_1",
    "title": "Technical interview",
    "minutes": 45,
    "who": "with Mira Okafor and one more",
    "contact": "Mira Okafor, people@northwind.example",
}
BOOKING: dict[str, Any] = ABOUT | {"role_title": "Support engineer", "deadline": "Friday 22 January"}
RESCHEDULE: dict[str, Any] = ABOUT | {"zone": "Europe/Paris", "by": "candidate"}
CANCEL: dict[str, Any] = {k: v for k, v in ABOUT.items() if k not in ("minutes", "who")}

PARIS = ("Europe/Paris", "Paris", "09:00")
ZONE = "Paris time (UTC+1)"
TUESDAY, WEDNESDAY = "Tuesday 19 January", "Wednesday 20 January"
WHEN = f"{TUESDAY}, 10:00 to 10:45 (Paris, UTC+1)"
WHEN_LATER = f"{WEDNESDAY}, 09:00 to 09:45 (Paris, UTC+1)"
LINK = "https://meet.example/abc"
FIND = "find#1.Europe/Paris.first"


def times(*counts: int, first: int = 19, more: bool = False, understood: str = "", exact: bool = True) -> Times:
    """Times on some days in January from the `first` on: so many on each, every half hour from 09:00."""
    weekdays = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    days = tuple(
        (f"d{first + n}", f"{weekdays[(first + n + 3) % 7]} {first + n} January", c) for n, c in enumerate(counts)
    )
    every = tuple(
        (
            f"s{day}-{n}",
            day,
            f"{9 + n // 2:02}:{n % 2 * 30:02} to {9 + (n * 30 + 45) // 60:02}:{(n * 30 + 45) % 60:02}",
            "",
        )
        for day, _, count in days
        for n in range(count)
    )
    return Times(days, every, ZONE, more, understood, exact)


HELD = SlotHeld("h1", 0, WHEN)
DONE = SlotBooked(1, WHEN, 0, 0, link=LINK)
BOOKED = Standing("booked", 3, "Technical interview", 45, WHEN, zone="Europe/Paris", link=LINK)


def choosing(**changes: Any) -> Acted:
    return Acted("booking", BOOKING | changes)


def in_paris() -> Acted:
    """A booking in which the time zone is settled and times are asked for."""
    s = choosing()
    s.gets("zone.guess", Zones((PARIS,))).taps("yes")
    return s


def moving(**changes: Any) -> Acted:
    s = Acted("reschedule", RESCHEDULE | changes)
    s.gets("start.now#1", BOOKED)
    return s


def calling_off(**changes: Any) -> Acted:
    s = Acted("cancel", CANCEL | changes)
    s.gets("start.now#1", BOOKED)
    return s


def a_booking() -> Acted:
    s = choosing()
    s.bot("automated interviewer", "find a time that suits you").gets("zone.guess", Zones((PARIS,)))
    s.bot("Are you in Paris? It is 09:00 there now.").says("yes").notes("zone_given")
    s.gets(FIND, times(4, 5, more=True)).bot("Which day suits you?").says("Tuesday")
    s.bot(f"{TUESDAY}: which time suits you?").taps("t2")
    s.gets(f"hold{FIND[4:]}.t2#1", HELD).bot("Shall I book this?").says("yes please")
    s.gets(f"book{FIND[4:]}.t2#1", DONE).bot("It's booked").notes("booked")
    s.ends({"appointment": "ap_1", "version": 1})
    return s


def chicago(*counts: int, **more: Any) -> Times:
    return replace(times(*counts, **more), zone="Chicago time (UTC-6)")


def a_booking_in_their_own_words() -> Acted:
    s = choosing(who="here in this chat, with me", deadline="")
    last = "Thursday 21 January, 09:30 to 10:15 (Chicago, UTC-6)"
    s.bot("automated interviewer", "find a time").gets("zone.guess", Zones()).bot("Which city are you in").says(
        "Springfeild"
    )
    s.gets("place.u1", Zones()).bot("I don't know that place").says("Springfield")
    s.gets(
        "place.u2",
        Zones(
            (
                ("America/Chicago", "Springfield, Illinois", "02:00"),
                ("America/New_York", "Springfield, Massachusetts", "03:00"),
            )
        ),
    )
    s.bot("Which of these").says("Illinois")
    at = "#1.America/Chicago.first"
    s.gets(f"find{at}", chicago(4, 4)).bot("Which day suits you?").says("What about mornings?")
    at = "#2.America/Chicago.wish.u4"
    s.gets(f"find{at}", chicago(2, 1, understood="mornings, Monday to Friday")).bot(
        "I understood: mornings, Monday to Friday."
    )
    s.taps("t0").gets(f"hold{at}.t0#1", SlotGone()).bot("just taken")
    at = "#3.America/Chicago.gone.t0"
    s.gets(f"find{at}", chicago(2, 1, understood="mornings, Monday to Friday")).bot("I understood: mornings").says("2")
    s.gets(f"hold{at}.t2#1", Unavailable("busy")).bot("couldn't keep that time").taps("again")
    s.gets(f"hold{at}.t2#2", SlotHeld("h1", 0, f"{WEDNESDAY}, 09:00 to 09:45 (Chicago, UTC-6)")).bot(
        "Shall I book this?"
    ).says("hm, rather Thursday after 3")
    s.gets(f"letgo{at}.t2", Released())
    at = "#4.America/Chicago.wish.u6"
    s.gets(f"find{at}", chicago(0, 2, first=20, understood="Thursday from 15:00", exact=False)).bot(
        "come nearest"
    ).taps("t1")
    s.gets(f"hold{at}.t1#1", SlotHeld("h2", 0, last)).taps("book").gets(
        f"book{at}.t1#1", SlotBooked(1, last, 0, 0)
    ).bot("It's booked")
    return s


def a_booking_for_which_there_are_no_times_yet() -> Acted:
    when = "Sunday 24 January, 09:00 to 09:45 (Paris, UTC+1)"
    s = choosing(zone="Europe/Paris")
    s.bot("automated interviewer", "find a time").gets(FIND, times(1, 1)).bot("Which time suits you?").taps(
        "unsuited"
    ).bot("When would it suit you?")
    s.says("Any Sunday")
    s.gets("find#2.Europe/Paris.wish.u1", NoTimes("Sundays")).bot("I've asked the team to open more times")
    s.notes("more_times_asked").says("OK, thanks").bot("I'll write here as soon as").says("where am I?")
    s.bot("kept", "I'll write here as soon as")
    s.learns("times_opened").bot("There are new times now")
    at = "#3.Europe/Paris.times_opened"
    s.gets(f"find{at}", times(1, first=24)).bot("Sunday 24 January: which time").taps("t0")
    s.gets(f"hold{at}.t0#1", SlotHeld("h1", 0, when)).taps("book").gets(
        f"book{at}.t0#1", SlotBooked(1, when, 0, 0, link=LINK)
    ).bot("It's booked")
    return s


def moved_by_the_candidate() -> Acted:
    s = moving()
    s.bot("automated interviewer", "You keep the time you have", "What makes you move it").taps("clash")
    s.gets(FIND, times(2, 1)).says("Wednesday").gets(f"hold{FIND[4:]}.t2#1", SlotHeld("h2", 0, WHEN_LATER))
    s.bot("Shall I book this?").taps("book")
    s.gets(f"book{FIND[4:]}.t2#1", SlotBooked(4, WHEN_LATER, 0, 0, link=LINK, moved=True)).bot("It's moved")
    s.notes("reschedule_reason", "booked").ends({"appointment": "ap_1", "version": 4})
    return s


def moved_by_the_team_and_kept() -> Acted:
    s = moving(by="team")
    s.bot("automated interviewer", "the team at Northwind asks you").gets(FIND, times(8, 8, more=True)).bot("Which day")
    s.taps("more").gets("find#2.Europe/Paris.after.d20", times(8, 8, first=21)).bot("Which day").taps("d1").taps("days")
    s.says("Keep the time I have").bot("it stays as it is. I've told the team").notes("time_kept").ends(
        {"appointment": "ap_1", "version": 3}
    )
    return s


def cancelled() -> Acted:
    s = calling_off()
    s.bot("automated interviewer", "It could also be moved").says("cancel").bot("May I ask why?").taps("other_offer")
    s.bot("Is it only about this appointment").taps("out").bot("the team is told that you withdraw").says("yes")
    s.gets("cancel#1", Cancelled(WHEN)).bot("It's cancelled", "you withdrew").notes("booking_cancelled", "withdrawn")
    s.ends({"appointment": "ap_1", "outcome": "cancelled"})
    return s


def too_late_to_cancel() -> Acted:
    s = calling_off()
    s.taps("cancel").says("My train was cancelled, I won't make it.").bot("Shall I cancel it?").taps("cancel")
    s.gets("cancel#1", Unavailable("down")).bot("it still stands").taps("again")
    s.gets("cancel#2", TooLate("It begins in a few minutes, so it can't be cancelled here any more.")).bot(
        "talk to a person"
    )
    s.says("human").bot("asked a person on the team").notes("human_asked")
    s.ends({"appointment": "ap_1", "outcome": "late"})
    return s


# What every request of these conversations may bring, by its name; the first one leads on.
ANSWERS: dict[str, list[Any]] = {
    "GuessZone": [Zones((PARIS,)), Zones()],
    "FindZone": [Zones((PARIS,)), Zones((PARIS, ("Europe/Lisbon", "Lisbon", "08:00"))), Zones()],
    "FindSlots": [
        times(2, 1),
        times(14, 8, more=True),
        times(9, understood="mornings", exact=False),
        NoTimes(),
        NoTimes("Sundays"),
    ],
    "HoldSlot": [HELD, SlotGone()],
    "BookSlot": [DONE, SlotGone()],
    "LetGo": [Released()],
    "HowItStands": [BOOKED],
    "CancelBooking": [Cancelled(WHEN), TooLate("It begins in a few minutes.")],
}

BOOKINGS = (
    Scene("booking", "booking", "A time is booked", a_booking),
    Scene(
        "booking-words",
        "booking",
        "A time is booked, mostly in the candidate's own words",
        a_booking_in_their_own_words,
    ),
    Scene("booking-none", "booking", "No time suits yet", a_booking_for_which_there_are_no_times_yet),
    Scene("reschedule", "reschedule", "A candidate moves their time", moved_by_the_candidate),
    Scene("reschedule-kept", "reschedule", "The team asks for another time, and it stays", moved_by_the_team_and_kept),
    Scene("cancel", "cancel", "A candidate cancels and withdraws", cancelled),
    Scene("cancel-late", "cancel", "Too late to cancel here", too_late_to_cancel),
)
