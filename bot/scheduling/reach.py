"""Which addresses Parley may read for an interviewer, and reading one: a stranger's address must not lead inside.

A host has to be public in all of its addresses, unless the setting `calendar_hosts` names it. The connection goes to
the very address that was looked at, and a redirect is looked at anew.
"""

import asyncio
import ipaddress
import socket
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from calendar_sync.calendar import CalendarTrouble

if TYPE_CHECKING:
    import httpx

SECONDS = 20.0
MOST_BYTES = 5_000_000
_REDIRECTS = 4
_SOON, _LATER = 60_000, 300_000
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

NOT_AN_ADDRESS = "That isn't an address I can read: it should begin with https://."
PASSWORD_INSIDE = "Please give the user name and the password apart, not inside the address."  # noqa: S105 - a sentence
NOT_PUBLIC = (
    "{host} isn't on the public internet, so I don't read it. If it is your own server, ask whoever runs Parley."
)
NOT_FOUND = "I can't find {host}. Please check the address."
SILENT = "{host} doesn't answer at the moment. I will try again by myself."
PRIVATE = "{host} wants a sign-in for this link. Please copy the secret address (iCal) from your calendar's settings."
GONE = "There is no calendar at this link on {host} any more. Please copy a new one from your calendar's settings."
TOO_LARGE = "The calendar at {host} is larger than 5 MB, so I can't read it. Please share a smaller one."
ELSEWHERE = "{host} sends this link from one place to the next. Please copy the link again."
REFUSED = "{host} doesn't give me this calendar (HTTP {status}). Please check the link."


@dataclass(frozen=True, slots=True)
class Place:
    """An address that may be read: `ip` is where its host is, as looked up just now."""

    url: str
    host: str
    ip: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stands at an address now, and the two marks by which a server knows whether it has changed since."""

    body: bytes
    etag: str
    modified: str


class Reach:
    """Looks addresses up and reads them. own: hosts on the own network, with spaces between them."""

    def __init__(self, own: str = "", seconds: float = SECONDS) -> None:
        self._own = frozenset(own.lower().split())
        self._seconds = seconds

    async def place(self, url: str) -> Place:
        """The address, if it may be read. Raises CalendarTrouble (`address`; `unreachable` when it can't be told)."""
        parts = _parts(url)
        host = parts.hostname or ""
        own = host.lower() in self._own
        if parts.scheme != "https" and not own:
            raise CalendarTrouble("address", NOT_AN_ADDRESS)
        found = await _resolve(host, parts.port or (443 if parts.scheme == "https" else 80))
        if not own and not all(is_public(ip) for ip in found):
            raise CalendarTrouble("address", NOT_PUBLIC.format(host=host))
        return Place(urlunsplit(parts), host, found[0])

    async def fetch(self, url: str, etag: str = "", modified: str = "") -> Fetched | None:
        """Read a calendar feed; None when it is as it was. Raises CalendarTrouble."""
        host = urlsplit(url).hostname or url
        try:
            async with asyncio.timeout(self._seconds):
                return await self._follow(url, etag, modified)
        except TimeoutError as late:
            raise CalendarTrouble("unreachable", SILENT.format(host=host), _SOON) from late

    async def _follow(self, url: str, etag: str, modified: str) -> Fetched | None:
        import httpx  # only where a feed is read: start-up stays fast

        marks = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {"Accept": "text/calendar", "Accept-Encoding": "gzip", **{k: v for k, v in marks.items() if v}}
        host = ""
        async with httpx.AsyncClient(trust_env=False, timeout=self._seconds) as client:
            for _ in range(_REDIRECTS + 1):
                place = await self.place(url)
                host = place.host
                try:
                    answer = await _get(client, place, headers)
                except (httpx.TransportError, httpx.StreamError) as silence:
                    raise CalendarTrouble("unreachable", SILENT.format(host=host), _SOON) from silence
                if isinstance(answer, str):
                    url = urljoin(url, answer)
                    continue
                return answer
        raise CalendarTrouble("address", ELSEWHERE.format(host=host))


async def _get(client: "httpx.AsyncClient", place: Place, headers: dict[str, str]) -> Fetched | str | None:
    """One request to the address that was looked at: what it gives, where it sends us, or None for "as it was"."""
    parts = urlsplit(place.url)
    ip = f"[{place.ip}]" if ":" in place.ip else place.ip
    there = urlunsplit(parts._replace(netloc=f"{ip}:{parts.port}" if parts.port else ip))
    named = {**headers, "Host": parts.netloc}
    # The certificate has to be that of the host, though we connect by number.
    extensions = {"sni_hostname": place.host}
    async with client.stream("GET", there, headers=named, extensions=extensions) as answer:
        if answer.status_code == 304:
            return None
        if answer.is_redirect:
            return answer.headers.get("location", "")
        if answer.status_code != 200:
            raise _trouble(place.host, answer)
        body = await _body(answer, place.host)
        return Fetched(body, answer.headers.get("etag", ""), answer.headers.get("last-modified", ""))


async def _body(answer: "httpx.Response", host: str) -> bytes:
    """At most MOST_BYTES, unpacked bit by bit: a small packed answer may hold a very large one."""
    packed = answer.headers.get("content-encoding", "identity").lower()
    if packed not in ("identity", "gzip"):
        raise CalendarTrouble("refused", REFUSED.format(host=host, status=packed))
    unpack = zlib.decompressobj(wbits=31) if packed == "gzip" else None
    body = bytearray()
    async for chunk in answer.aiter_raw():
        try:
            body += unpack.decompress(chunk, MOST_BYTES + 1 - len(body)) if unpack else chunk
        except zlib.error as broken:
            raise CalendarTrouble("unreadable", SILENT.format(host=host), _LATER) from broken
        if len(body) > MOST_BYTES:
            raise CalendarTrouble("too_large", TOO_LARGE.format(host=host))
    return bytes(body)


def _trouble(host: str, answer: "httpx.Response") -> CalendarTrouble:
    status, after = answer.status_code, answer.headers.get("retry-after", "")
    if status in (401, 403):
        return CalendarTrouble("password", PRIVATE.format(host=host))
    if status in (404, 410):
        return CalendarTrouble("no_calendar", GONE.format(host=host))
    if status == 429 or status >= 500:
        wait = min(int(after), 86_400) * 1000 if after.isdecimal() else _SOON
        return CalendarTrouble("unavailable", SILENT.format(host=host), max(wait, 1000))
    return CalendarTrouble("refused", REFUSED.format(host=host, status=status))


def is_public(address: str) -> bool:
    """Is it an address of the public internet, also where it hides another one (mapped, 6to4, NAT64, Teredo)?"""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inside = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(str(inside))
    return ip.is_global and not ip.is_multicast


def _parts(url: str) -> SplitResult:
    """The parts of an address as people copy it (webcal:// is https://). Raises CalendarTrouble."""
    text = url.strip()
    if text.lower().startswith("webcal://"):
        text = "https://" + text[len("webcal://") :]
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.port != 0 and bool((parts.hostname or "").encode("idna"))
    except ValueError:
        good, parts = False, urlsplit("")
    if not good or any(c <= " " for c in text):
        raise CalendarTrouble("address", NOT_AN_ADDRESS)
    if parts.username is not None or parts.password is not None:
        raise CalendarTrouble("address", PASSWORD_INSIDE)
    return parts._replace(fragment="")


async def _resolve(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as unknown:
        after = _SOON if unknown.errno == socket.EAI_AGAIN else None
        raise CalendarTrouble("unreachable", NOT_FOUND.format(host=host), after) from unknown
    except (OSError, UnicodeError) as unknown:
        raise CalendarTrouble("address", NOT_FOUND.format(host=host)) from unknown
    return [str(one[4][0]) for one in found]
