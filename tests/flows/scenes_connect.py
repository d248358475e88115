"""Conversations about connecting a calendar, acted for the documentation and for the journals."""

from typing import Any

from flows.connect.requests import CalendarRefused, CalendarSeen, HoursRead, PageReady
from tests.flows.acted import Acted, Scene

PAGE = PageReady("https://parley.example/calendar/google/start?state=SECRET", 10)
BEN: dict[str, Any] = {"name": "Ben", "google": True, "delegated": False, "connected": [], "zone": "Europe/Paris"}


def connecting(**changes: Any) -> Acted:
    return Acted("connect", {**BEN, "hours": "Mon-Fri 09:00-17:00, Paris time (UTC+1)", **changes})


def with_google() -> Acted:
    s = connecting()
    s.bot("Which calendar do you use?").taps("google").gets("page#1.1", PAGE).bot("allow Parley to see")
    s.learns("calendar_connected", kind="google", label="Google Calendar (ben@example.com)", events=14)
    s.bot("14 busy times in the next 4 weeks", "Mon-Fri 09:00-17:00").taps("change").bot("When, then?")
    s.says("Mon-Thu 9-16").gets(
        "read_hours#1.1",
        HoursRead("Mon-Thu 09:00-16:00", "Europe/Paris", "Mon-Thu 09:00-16:00, Paris time (UTC+1)"),
    )
    s.bot("Mon-Thu 09:00-16:00").taps("right").bot("stand in your calendar").notes("hours_given").ends("google")
    return s


def with_a_link() -> Acted:
    s = connecting(connected=["Google Calendar (ben@example.com)"])
    s.bot("Which calendar shall I add?").taps("ics").bot("paste the link").says("it's on my phone").bot("isn't a link")
    s.says("https://cloud.example/ben.ics")
    s.gets("feed#1.1", CalendarRefused("There is no calendar at this link on cloud.example any more."))
    s.bot("no calendar at this link", "What would you like").taps("again").bot("paste the link")
    s.says("webcal://cloud.example/ben-adler.ics")
    s.gets("feed#1.2", CalendarSeen("ics", "the calendar link from cloud.example", 3)).bot("3 busy times", "offer you")
    s.says("yes").bot("open once").notes("hours_given").ends("ics")
    return s


CONNECTING = (
    Scene("connect", "connect", "An interviewer connects Google Calendar", with_google),
    Scene("connect-link", "connect", "An interviewer adds a calendar link", with_a_link),
)
