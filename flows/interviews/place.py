"""Reading where a person lives, as far as the law asks: a country, a US state, or New York City.

Codes are ISO 3166 (`DE`, `US-IL`) and `US-NYC`; `US` is "somewhere in the United States"; `unknown` is
everything else, and stands for the strictest rules. Postal codes are never read: they say more about a
person than the rules need. "New York" is read as the city, the stricter of the two.
"""

import re
from itertools import pairwise

UNKNOWN = "unknown"

_EEA = """
AT austria österreich vienna wien graz|BE belgium brussels antwerp ghent|BG bulgaria sofia|HR croatia zagreb
CY cyprus nicosia|CZ czechia czech_republic prague brno|DK denmark copenhagen aarhus|EE estonia tallinn
FI finland helsinki espoo|FR france paris lyon marseille toulouse nantes|GR greece athens thessaloniki|HU hungary budapest
DE germany deutschland berlin hamburg munich münchen cologne köln frankfurt stuttgart leipzig dresden düsseldorf
IE ireland republic_of_ireland dublin cork galway|IT italy rome milan turin naples|LV latvia riga|LT lithuania vilnius
LU luxembourg|MT malta valletta|NL netherlands the_netherlands holland amsterdam rotterdam utrecht the_hague eindhoven
PL poland warsaw krakow kraków wroclaw gdansk|PT portugal lisbon porto|RO romania bucharest cluj|SK slovakia bratislava
SI slovenia ljubljana|ES spain madrid barcelona valencia seville|SE sweden stockholm gothenburg malmö
IS iceland reykjavik|LI liechtenstein|NO norway oslo bergen
"""
_US = """
US-NYC new_york_city nyc new_york new_york_state manhattan brooklyn queens the_bronx bronx staten_island|US-NY buffalo albany
US-IL illinois chicago|US-CO colorado denver boulder|US-CA california los_angeles san_francisco san_diego san_jose oakland
US-AL alabama|US-AK alaska|US-AZ arizona phoenix|US-AR arkansas|US-CT connecticut|US-DE delaware|US-FL florida miami|US-GA georgia atlanta
US-HI hawaii|US-ID idaho|US-IN indiana|US-IA iowa|US-KS kansas|US-KY kentucky|US-LA louisiana new_orleans|US-ME maine
US-MD maryland baltimore|US-MA massachusetts boston|US-MI michigan detroit|US-MN minnesota minneapolis|US-MS mississippi
US-MO missouri|US-MT montana|US-NE nebraska|US-NV nevada las_vegas|US-NH new_hampshire|US-NJ new_jersey|US-NM new_mexico
US-NC north_carolina charlotte|US-ND north_dakota|US-OH ohio columbus|US-OK oklahoma|US-OR oregon|US-PA pennsylvania philadelphia
US-RI rhode_island|US-SC south_carolina|US-SD south_dakota|US-TN tennessee nashville|US-TX texas austin houston dallas
US-UT utah|US-VT vermont|US-VA virginia|US-WA washington washington_state seattle|US-DC washington_dc district_of_columbia
US-WV west_virginia|US-WI wisconsin|US-WY wyoming|US usa united_states united_states_of_america america
"""
_REST = """
GB uk united_kingdom great_britain britain england scotland wales northern_ireland london manchester edinburgh glasgow belfast
CH switzerland zurich zürich geneva basel bern|CA canada toronto vancouver montreal|AU australia sydney melbourne|NZ new_zealand
IN india bangalore bengaluru mumbai delhi hyderabad pune|JP japan tokyo osaka|SG singapore|BR brazil são_paulo rio_de_janeiro
MX mexico mexico_city|ZA south_africa cape_town johannesburg|IL israel tel_aviv|TR turkey türkiye istanbul ankara
UA ukraine kyiv|RS serbia belgrade|AE united_arab_emirates dubai|NG nigeria lagos|KE kenya nairobi|AR argentina buenos_aires
"""
# Two letters count only alone ("us" in a sentence is a pronoun), as the stricter of what they can mean: CA is California.
_SHORT = {
    "ca": "US-CA",
    "co": "US-CO",
    "il": "US-IL",
    "ny": "US-NYC",
    "de": "DE",
    "fr": "FR",
    "es": "ES",
    "gb": "GB",
    "us": "US",
}


def _table(text: str) -> dict[str, str]:
    rows = [row.split() for row in text.replace("\n", "|").split("|") if row.strip()]
    return {name.replace("_", " "): code for code, *names in rows for name in names}


EEA = frozenset(_table(_EEA).values())
_NAMES = _table(_EEA) | _table(_US) | _table(_REST)
CODES = frozenset(_NAMES.values())
_TITLES = {code: name for name, code in reversed(_NAMES.items())}
_ALL_CAPS = {
    "US": "the United States",
    "GB": "the United Kingdom",
    "US-NYC": "New York City",
    "US-DC": "Washington, DC",
}


def read(text: str) -> str:
    """What a person typed ("I live in Berlin", "Springfield, Illinois", "NYC") as a code, or `unknown`.

    After a comma the wider place decides ("Paris, Texas"); two places that don't fit together are `unknown`.
    """
    found = [code for part in text.split(",") for code in _found(part)]
    if not found or ("," not in text and any(not _fits(a, b) for a, b in pairwise(found))):
        return UNKNOWN
    return next((code for code in found if code.startswith(found[-1] + "-")), found[-1])


def title(code: str) -> str:
    """A code as a person would write it; empty for `unknown` and for codes that are not in the table."""
    return _ALL_CAPS.get(code) or _TITLES.get(code, "").title()


def postal(text: str) -> bool:
    """Does this contain something like a postal code?"""
    return bool(re.search(r"\d{4,}|\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b", text.casefold()))


def _found(part: str) -> list[str]:
    words = re.sub(r"[^\w\s]", "", part.casefold()).split()
    if len(words) == 1 and words[0] in _SHORT:
        return [_SHORT[words[0]]]
    codes, at = list[str](), 0
    while at < len(words):
        size = next((n for n in (4, 3, 2, 1) if _name(words[at : at + n])), 0)
        if size:
            codes.append(_NAMES[_name(words[at : at + size])])
        at += size or 1
    return codes


def _name(words: list[str]) -> str:
    """The words as a name in the table, or nothing."""
    name = " ".join(words)
    return name if name in _NAMES else ""


def _fits(one: str, other: str) -> bool:
    return one == other or one.startswith(other + "-") or other.startswith(one + "-")
