"""The people of the demo, and what its clock says."""

from dataclasses import dataclass

COMPANY = "Fernweh Bikes"
CONTACT = "Noor, people@fernweh.example"
CHANNEL = "hiring-support"
ROLE = "Customer support specialist"
SITE = "GB"
ZONE = "Europe/London"
POOL = "support"
CANDIDATES = ("Ada Okoye", "Mateo Ruiz", "Lin Chen", "Sara Haddad", "Jonas Weber")


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the demo's hiring team; a panelist rates answers, an observer doesn't.

    hours: when they can be booked, as `/interview availability` reads it ("" for who holds no interviews). away: the
    weekday (1 = Monday) of next week that they have off, 0 for none. weight: 100 is the usual share of interviews.
    """

    name: str
    role: str
    about: str
    colour: str
    hours: str = ""
    per_day: int | None = None
    per_week: int | None = None
    weight: int = 100
    away: int = 0


TEAM = (
    Member("Noor", "recruiter", "Recruiter", "ink"),
    Member("Priya", "panelist", "Head of support", "sage", "Mon-Thu 9-12:30, 14-17:30; Fri 9-12:30", 3, 8, 50),
    Member("Tom", "panelist", "Senior support agent", "clay", "Mon-Fri 8-16", away=3),
    Member("Leila", "observer", "Support agent", "plum", "Mon, Wed 10-18; Fri 10-15", per_day=2, away=5),
    Member("Owen", "observer", "Onboarding specialist", "sage", "Tue-Fri 11-19", weight=150),
)

_TIMERS = {
    "quiet": "an answer ends after a pause",
    "nudge": "Parley asks whether everything is all right",
    "park": "Parley rests until the candidate writes again",
    "until": "a question that nobody answered in time is closed",
    "remind": "the candidate is reminded",
    "expire": "the invitation runs out",
    "rate": "raters are reminded",
    "ask": "the candidate is asked for a time",
    "nag": "the candidate hears that no time is chosen yet",
    "opened": "Parley looks whether there are more times now",
    "unconfirmed": "recruiters hear of it if the candidate hasn't confirmed",
    "start": "the interview begins",
    "check": "Parley asks whether everybody is there",
    "missed": "whoever hasn't come or answered by now has missed it",
    "over": "the interview ends",
}
WORK = "what had to wait is tried again"


def timer(about: str) -> str:
    """What a timer will do, in words."""
    kind = about.partition(".")[0]
    return _TIMERS.get(kind, kind)


def reminded(name: str, minutes: int) -> str:
    """Somebody hears that an interview comes, so many minutes before it."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} hour{'s' * (hours != 1)}"] * bool(hours) + [f"{rest} minutes"] * bool(rest)
    return f"{name} is reminded, {' and '.join(parts)} before the interview"
