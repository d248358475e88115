"""The people of the demo, and what its clock says."""

from dataclasses import dataclass

COMPANY = "Fernweh Bikes"
CONTACT = "Noor, people@fernweh.example"
CHANNEL = "hiring-support"
ROLE = "Customer support specialist"
SITE = "GB"
CANDIDATES = ("Ada Okoye", "Mateo Ruiz", "Lin Chen", "Sara Haddad", "Jonas Weber")


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the demo's hiring team."""

    name: str
    role: str
    about: str
    colour: str


TEAM = (
    Member("Noor", "recruiter", "Recruiter", "ink"),
    Member("Priya", "panelist", "Head of support", "sage"),
    Member("Tom", "panelist", "Senior support agent", "clay"),
)

_TIMERS = {
    "quiet": "an answer ends after a pause",
    "nudge": "Parley asks whether everything is all right",
    "park": "Parley rests until the candidate writes again",
    "until": "a deadline",
    "remind": "the candidate is reminded",
    "expire": "the invitation runs out",
    "rate": "raters are reminded",
}


def timer(about: str) -> str:
    """What a timer will do, in words."""
    return _TIMERS.get(about, about)
