"""What is said around a booked time: reminders, the minutes after the start, a swap, a calendar that was edited."""

from typing import Any

from flows.requests import Unavailable
from flows.scheduling import Colleagues, Standing
from flows.stage import START
from flows.steps import DAY, HOUR, MINUTE
from tests.flows.acted import Acted, Scene

WHEN = "Tuesday 1 December, 10:00 (Paris, UTC+1)"
LATER = "Wednesday 2 December, 15:00 (Paris, UTC+1)"
LINK = "https://meet.example/ada-ben"
AROUND: dict[str, Any] = {
    "appointment": "ap_1",
    "version": 3,
    "side": "candidate",
    "title": "Technical interview",
    "other": "Ben Adler",
    "company": "Northwind",
    "role_title": "Support engineer",
    "start": START + DAY,
    "when": WHEN,
    "link": LINK,
}
INTERVIEWER: dict[str, Any] = {"side": "interviewer", "other": "Ada"}
BRIEF = (("Kit", "Support engineer, technical"), ("Focus", "Ownership, clear explanation"))
WAYS = ("text_now", "recorded", "rebook", "person")


def stands(**changes: Any) -> Standing:
    """The appointment as everybody was told, a day before."""
    now: dict[str, Any] = {
        "state": "booked",
        "version": 3,
        "title": "Technical interview",
        "minutes": 45,
        "when": WHEN,
        "start": START + DAY,
        "link": LINK,
        "soon": "tomorrow at 10:00",
        "left": 1440,
    }
    return Standing(**(now | changes))


def soon(**changes: Any) -> Standing:
    return stands(**({"soon": "in 1 hour", "left": 60} | changes))


def reminded(now: Standing | None = None, **changes: Any) -> Acted:
    s = Acted("reminder", AROUND | {"offset": 1440} | changes)
    s.gets("stands", now or stands())
    return s


def reminded_soon(**changes: Any) -> Acted:
    start = {"start": START + HOUR, "offset": 60}
    return reminded(soon(start=START + HOUR), **(start | changes))


def asked_after(**changes: Any) -> Acted:
    """Three minutes after the start; there are seven minutes to answer."""
    start = {"start": START - 3 * MINUTE, "until": START + 7 * MINUTE}
    s = Acted(
        "noshow", AROUND | start | {"ways": WAYS, "deadline": "Friday 4 December, 18:00 (Paris, UTC+1)"} | changes
    )
    s.gets("stands", began())
    return s


def began(**changes: Any) -> Standing:
    return stands(**({"state": "began", "soon": "3 minutes ago", "left": -3, "start": START - 3 * MINUTE} | changes))


def cannot_come(**changes: Any) -> Acted:
    s = Acted("swap", AROUND | INTERVIEWER | changes)
    s.gets("stands", stands())
    return s


def edited(**changes: Any) -> Acted:
    what = {"side": "recruiter", "other": "Ada", "change": "moved", "who": "Ben", "new_when": LATER}
    s = Acted("outside", AROUND | what | changes)
    s.gets("stands", stands())
    return s


def again_later() -> Acted:
    s = reminded()
    s.bot("You meet Ben Adler").says("Thursday").bot("didn't catch").says("remind me later").bot("When?")
    s.says("remind me in 2 hours").gets("stands.now#1", stands()).bot("again in 2 hours").notes("snoozed").ends(
        "snooze"
    )
    return s


def running_late() -> Acted:
    s = reminded_soon(brief=BRIEF, **INTERVIEWER)
    s.bot("You meet Ada").taps("late").bot("how many minutes").says("90 minutes").bot("too long to wait").says("20")
    s.gets("stands.now#1", soon(start=START + HOUR)).bot("tell Ada").notes("attendance").ends("late")
    return s


def something_went_wrong() -> Acted:
    s = asked_after()
    s.bot("Are you coming?").learns("other_answered", who="Ben", answer="late", minutes=10)
    s.bot("Ben says: about 10 minutes late", "Are you coming?").taps("cannot").gets("stands.now#1", began())
    s.bot("No harm done").taps("recorded").gets("stands.after#1", began(state="missed")).bot("have until Friday")
    s.notes("attendance", "rescue").ends("recorded")
    return s


def not_there_yet() -> Acted:
    s = asked_after(**INTERVIEWER)
    s.bot("Is Ada there?").taps("not_here").gets("stands.now#1", began()).bot("asking Ada").says("ok, I'll wait")
    s.bot("hear from somebody else").learns("other_answered", who="Ada", answer="late", minutes=5)
    s.bot("Ada says: about 5 minutes late").notes("attendance").ends("not_here")
    return s


def somebody_takes_it() -> Acted:
    s = cannot_come()
    s.bot("things come up").taps("other").bot("add a line").says("My daughter's school play is that morning.")
    s.bot("Shall I ask").taps("ask").gets("stands.now#1", stands()).bot("passed your line on")
    s.gets("ask#1", Colleagues(3, WHEN)).bot("asked 3 colleagues").learns("taken_over", by="Cleo").bot(
        "Cleo takes it"
    ).notes("swap_said").ends("taken")
    return s


def nobody_is_free() -> Acted:
    s = cannot_come()
    s.bot("things come up").says("I'm sick").bot("Get well soon").says("yes please").gets("stands.now#1", stands())
    s.gets("ask#1", Unavailable("busy")).bot("nothing has changed yet").taps("again")
    s.gets("ask#2", Colleagues(0, WHEN)).bot("Nobody else is free").waits("until").quietly().notes().ends("kept")
    return s


def really_moved() -> Acted:
    s = edited()
    s.bot("In Ben's calendar").taps("cancelled").bot("cancelled for good").taps("back").bot("In Ben's calendar")
    s.taps("moved").gets("stands.now#1", stands()).bot("telling everybody").notes("outside_answer").ends("moved")
    return s


def declined() -> Acted:
    s = edited(change="declined", new_when="")
    s.bot("Ben declined").says("hm").bot("didn't catch").says("help").bot("nobody is told", "Ben declined")
    s.says("find somebody else").gets("stands.now#1", stands()).bot("who else could take it").notes("outside_answer")
    s.ends("replace")
    return s


ATTENDING = (
    Scene("reminder", "reminder", "A reminder: not now, again later", again_later),
    Scene("reminder-late", "reminder", "A reminder: an interviewer is running late", running_late),
    Scene("noshow", "noshow", "After the start: something went wrong", something_went_wrong),
    Scene("noshow-waiting", "noshow", "After the start: the candidate isn't there yet", not_there_yet),
    Scene("swap", "swap", "An interviewer can't come, and a colleague takes it", somebody_takes_it),
    Scene("swap-nobody", "swap", "An interviewer can't come, and nobody else is free", nobody_is_free),
    Scene("outside-moved", "outside", "A calendar was edited: it really moved", really_moved),
    Scene("outside-declined", "outside", "A calendar was edited: an interviewer declined", declined),
)
