"""From an address to the calendars behind it (RFC 6764, RFC 4791 section 6.2.1)."""

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urljoin, urlsplit

from calendar_sync.caldav_wire import Account, Dav, Refused, apart, host_of, last
from calendar_sync.calendar import CalendarTrouble

_PRINCIPAL, _RESOURCE_TYPE, _NAME = "{DAV:}current-user-principal", "{DAV:}resourcetype", "{DAV:}displayname"
_HOME = "{urn:ietf:params:xml:ns:caldav}calendar-home-set"
_COMPONENTS = "{urn:ietf:params:xml:ns:caldav}supported-calendar-component-set"
_CALENDAR = "{urn:ietf:params:xml:ns:caldav}calendar"


@dataclass(frozen=True, slots=True)
class Found:
    """A calendar one may choose: `address` is what `Account.address` becomes."""

    name: str
    address: str


async def discover(account: Account, seconds: float = 20.0) -> list[Found]:
    """The calendars behind an address, by name. Raises CalendarTrouble: `address`, `password`, `not_caldav`,
    `no_calendar`, and those of any request."""
    return await apart(account, seconds, lambda dav: _discover(dav, account), moves=True)


def _discover(dav: Dav, account: Account) -> list[Found]:
    """The address itself when it is a calendar; else from the server to the person to her calendars (RFC 6764)."""
    here = _first(dav, account.address)
    if _CALENDAR in _many(here, _RESOURCE_TYPE):
        return [Found(str(here.get(_NAME) or "Calendar"), account.address)]
    principal = here.get(_PRINCIPAL)
    if not principal and account.user:
        dav.sign_in_first()
        principal = _first(dav, account.address).get(_PRINCIPAL)
    well_known = urljoin(account.address, "/.well-known/caldav")
    principal = principal or _first(dav, well_known).get(_PRINCIPAL)
    if not principal:
        raise CalendarTrouble("not_caldav", f"{host_of(account)} answers, but not as a calendar server does (CalDAV).")
    person = _same_site(account, urljoin(account.address, str(principal)))
    homes = _many(_first(dav, person), _HOME) or [person]
    found = [c for home in homes for c in _calendars(dav, _same_site(account, urljoin(person, home)))]
    if not found:
        raise CalendarTrouble(
            "no_calendar", f"You have no calendar for events on {host_of(account)} yet. Please make one."
        )
    return sorted(found, key=lambda c: (c.name, c.address))


def _calendars(dav: Dav, home: str) -> list[Found]:
    found: list[Found] = []
    for path, about in dav.about(home, depth=1):
        kinds = _many(about, _COMPONENTS)
        if _CALENDAR in _many(about, _RESOURCE_TYPE) and (not kinds or "VEVENT" in kinds):
            found.append(Found(str(about.get(_NAME) or last(path)), urljoin(home, _quoted(path))))
    return found


def _first(dav: Dav, url: str) -> dict[str, Any]:
    """What a place says about itself; nothing when it is not there or does not speak WebDAV."""
    try:
        found = dav.about(url)
    except Refused as refused:
        if refused.status in (400, 404, 405, 410, 501) or refused.status < 400:
            return {}
        raise
    return found[0][1] if found else {}


def _many(about: dict[str, Any], name: str) -> list[str]:
    value = about.get(name)
    if isinstance(value, list):
        return [str(v) for v in cast("list[object]", value)]
    return [] if value is None else [str(value)]


def _same_site(account: Account, url: str) -> str:
    """The password goes to the host the owner named, or over TLS to a neighbour of it (iCloud), never elsewhere."""
    here, there = urlsplit(account.address), urlsplit(url)
    if here.netloc == there.netloc and here.scheme == there.scheme:
        return url
    near = (here.hostname or "").split(".")[-2:] == (there.hostname or "").split(".")[-2:]
    if near and there.scheme == "https":
        return url
    raise CalendarTrouble(
        "address", f"{host_of(account)} says your calendars are on {there.hostname}. Use that address."
    )


def _quoted(path: str) -> str:
    return quote(path, safe="/@:!$&'()*+,;=~")
