"""What the conversation about connecting a calendar asks of the world."""

from dataclasses import dataclass
from typing import ClassVar

from flows.requests import Request, Unavailable


@dataclass(frozen=True, slots=True)
class PageReady:
    """A page of this person's own, on which it goes on: good once, for so many minutes."""

    url: str
    minutes: int


@dataclass(frozen=True, slots=True)
class ConnectPage(Request[PageReady | Unavailable]):
    """Make the page on which a calendar is connected. kind: google or caldav. No secret ever stands in a chat."""

    kind: str
    returns: ClassVar[tuple[type, ...]] = (PageReady,)


@dataclass(frozen=True, slots=True)
class CalendarSeen:
    """It works. label: what its owner calls it; events: busy times in the next four weeks."""

    kind: str
    label: str
    events: int


@dataclass(frozen=True, slots=True)
class CalendarRefused:
    """It does not work. say: why, and what to do."""

    say: str


@dataclass(frozen=True, slots=True)
class ConnectFeed(Request[CalendarSeen | CalendarRefused | Unavailable]):
    """Try a calendar link, and keep it if it can be read."""

    url: str
    returns: ClassVar[tuple[type, ...]] = (CalendarSeen, CalendarRefused)


@dataclass(frozen=True, slots=True)
class ConnectDelegated(Request[CalendarSeen | CalendarRefused | Unavailable]):
    """Try this person's Google calendar through the company's service account: there is nothing to allow."""

    returns: ClassVar[tuple[type, ...]] = (CalendarSeen, CalendarRefused)


@dataclass(frozen=True, slots=True)
class HoursRead:
    """hours: as they are kept ("Mon-Fri 09:00-17:00"); zone: IANA; label: for the person."""

    hours: str
    zone: str
    label: str


@dataclass(frozen=True, slots=True)
class HoursUnclear:
    """say: what was not understood, and how to write it."""

    say: str


@dataclass(frozen=True, slots=True)
class ReadHours(Request[HoursRead | HoursUnclear | Unavailable]):
    """What hours somebody means. Answered at once."""

    text: str
    returns: ClassVar[tuple[type, ...]] = (HoursRead, HoursUnclear)
