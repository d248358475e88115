"""Zone names of calendar files: what a TZID means, for one feed at a time (slots.md, section 8, ICS import 5)."""

import re
import threading
from collections.abc import Iterable
from datetime import tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import icalendar
from icalendar.timezone.tzp import TZP
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_TZID = re.compile(rb"^TZID[^:\r\n]*:([^\r\n]*)", re.M | re.I)
_RULE = re.compile(rb"^RRULE[^:\r\n]*:([^\r\n]*)", re.M | re.I)
_FOLD = re.compile(rb"\r?\n[ \t]")
_DISPLAY = re.compile(r"\((?:UTC|GMT)(?:[+-]\d\d:\d\d)?\) *(.*)")
_MOST_RULES = 12
# icalendar keeps the zones it has met for the whole process, under their names: one feed at a time may meet any.
_one_at_a_time = threading.Lock()

# What Windows shows people, without the offset. Only names whose zone is not in doubt.
_SHOWN = {
    "Abu Dhabi, Muscat": "Asia/Dubai",
    "Adelaide": "Australia/Adelaide",
    "Alaska": "America/Anchorage",
    "Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna": "Europe/Berlin",
    "Arizona": "America/Phoenix",
    "Athens, Bucharest": "Europe/Bucharest",
    "Atlantic Time (Canada)": "America/Halifax",
    "Auckland, Wellington": "Pacific/Auckland",
    "Bangkok, Hanoi, Jakarta": "Asia/Bangkok",
    "Beijing, Chongqing, Hong Kong, Urumqi": "Asia/Shanghai",
    "Belgrade, Bratislava, Budapest, Ljubljana, Prague": "Europe/Budapest",
    "Bogota, Lima, Quito, Rio Branco": "America/Bogota",
    "Brasilia": "America/Sao_Paulo",
    "Brisbane": "Australia/Brisbane",
    "Brussels, Copenhagen, Madrid, Paris": "Europe/Paris",
    "Cairo": "Africa/Cairo",
    "Canberra, Melbourne, Sydney": "Australia/Sydney",
    "Central Time (US & Canada)": "America/Chicago",
    "Chennai, Kolkata, Mumbai, New Delhi": "Asia/Kolkata",
    "City of Buenos Aires": "America/Argentina/Buenos_Aires",
    "Coordinated Universal Time": "Etc/UTC",
    "Dublin, Edinburgh, Lisbon, London": "Europe/London",
    "Eastern Time (US & Canada)": "America/New_York",
    "Guadalajara, Mexico City, Monterrey": "America/Mexico_City",
    "Harare, Pretoria": "Africa/Johannesburg",
    "Hawaii": "Pacific/Honolulu",
    "Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius": "Europe/Kiev",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "Islamabad, Karachi": "Asia/Karachi",
    "Istanbul": "Europe/Istanbul",
    "Jerusalem": "Asia/Jerusalem",
    "Kathmandu": "Asia/Kathmandu",
    "Kuala Lumpur, Singapore": "Asia/Singapore",
    "Monrovia, Reykjavik": "Atlantic/Reykjavik",
    "Moscow, St. Petersburg": "Europe/Moscow",
    "Mountain Time (US & Canada)": "America/Denver",
    "Nairobi": "Africa/Nairobi",
    "Newfoundland": "America/St_Johns",
    "Osaka, Sapporo, Tokyo": "Asia/Tokyo",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Perth": "Australia/Perth",
    "Santiago": "America/Santiago",
    "Sarajevo, Skopje, Warsaw, Zagreb": "Europe/Warsaw",
    "Saskatchewan": "America/Regina",
    "Seoul": "Asia/Seoul",
    "Taipei": "Asia/Taipei",
    "Tehran": "Asia/Tehran",
    "West Central Africa": "Africa/Lagos",
}


@lru_cache(maxsize=1024)
def iana(name: str) -> ZoneInfo | None:
    """The zone of an IANA name, or None. The name comes from outside: a folder or a path is not a zone either."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


class Zones:
    """The zone names of one feed. `floating`: where times without a zone are read; `unknown`: names nobody defines."""

    def __init__(self, definitions: Iterable[bytes], floating: tzinfo) -> None:
        self.floating = floating
        self.unknown: list[str] = []
        self._known: dict[str, tzinfo] = {}
        self._own: dict[str, bytes] = {}
        for block in definitions:
            found = _TZID.search(_FOLD.sub(b"", block))
            if found:
                name = found[1].decode("utf-8", "replace").replace("\\,", ",").replace("\\;", ";").strip()
                self._own.setdefault(name, block)

    def named(self, name: str) -> tzinfo:
        """What a TZID means; an unknown one is noted and read like a floating time."""
        if name not in self._known:
            plain = name.strip().strip('"').strip()
            zone = _standard(plain) or self._defined(plain) or _shown(plain)
            if zone is None:
                self.unknown.append(name)
            self._known[name] = zone or self.floating
        return self._known[name]

    def _defined(self, name: str) -> tzinfo | None:
        block = self._own.get(name)
        rules = _RULE.findall(_FOLD.sub(b"", block)) if block else []
        # Zones change once or twice a year. Any other rule would be walked for years, which a stranger may have meant.
        if block is None or len(rules) > _MOST_RULES or any(b"FREQ=YEARLY" not in r.upper() for r in rules):
            return None
        text = b"BEGIN:VTIMEZONE\r\n" + block.strip(b"\r\n") + b"\r\nEND:VTIMEZONE\r\n"
        with _one_at_a_time:
            icalendar.use_zoneinfo()
            try:
                parsed: Any = icalendar.Timezone.from_ical(text)
                return parsed.to_tz(TZP(), lookup_tzid=False)
            except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError):
                return None
            finally:
                icalendar.use_zoneinfo()


def _standard(name: str) -> tzinfo | None:
    """IANA, then an IANA name behind a prefix (`/mozilla.org/20050126_1/America/Boise`), then a Windows name."""
    if zone := iana(name):
        return zone
    parts = name.strip("/").split("/")
    for parts_left in (3, 2):
        if len(parts) > parts_left and (zone := iana("/".join(parts[-parts_left:]))):
            return zone
    if name.lower() in ("utc", "tzone://microsoft/utc"):
        return iana("Etc/UTC")
    return iana(WINDOWS_TO_OLSON.get(name, ""))


def _shown(name: str) -> tzinfo | None:
    """What Windows shows people: `(UTC-05:00) Eastern Time (US & Canada)`."""
    display = _DISPLAY.fullmatch(name.replace("\\,", ","))
    words = display[1].strip() if display else name
    return iana(_SHOWN.get(words, ""))
