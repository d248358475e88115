"""The zone that most people of a country or US state live in, for those where an interview knows the law (see
`flows.interviews.place`). A table, because it is asked for within turns: reading every city of the world takes seconds.
"""

_TABLE = """
Africa/Johannesburg ZA|Africa/Lagos NG|Africa/Nairobi KE|America/Anchorage US-AK|America/Argentina/Buenos_Aires AR
America/Boise US-ID|America/Chicago US-AL US-AR US-IA US-IL US-KS US-LA US-MN US-MO US-MS US-ND US-NE US-OK US-SD US-TN
America/Chicago US-TX US-WI|America/Denver US-CO US-MT US-NM US-UT US-WY|America/Detroit US-MI
America/Indiana/Indianapolis US-IN|America/Kentucky/Louisville US-KY|America/Los_Angeles US-CA US-NV US-OR US-WA
America/Mexico_City MX|America/New_York US US-CT US-DC US-DE US-FL US-GA US-MA US-MD US-ME US-NC US-NH US-NJ US-NY US-NYC
America/New_York US-OH US-PA US-RI US-SC US-VA US-VT US-WV|America/Phoenix US-AZ|America/Sao_Paulo BR|America/Toronto CA
Asia/Dubai AE|Asia/Jerusalem IL|Asia/Kolkata IN|Asia/Nicosia CY|Asia/Singapore SG|Asia/Tokyo JP|Atlantic/Reykjavik IS
Australia/Sydney AU|Europe/Amsterdam NL|Europe/Athens GR|Europe/Belgrade RS|Europe/Berlin DE|Europe/Bratislava SK
Europe/Brussels BE|Europe/Bucharest RO|Europe/Budapest HU|Europe/Copenhagen DK|Europe/Dublin IE|Europe/Helsinki FI
Europe/Istanbul TR|Europe/Kyiv UA|Europe/Lisbon PT|Europe/Ljubljana SI|Europe/London GB|Europe/Luxembourg LU
Europe/Madrid ES|Europe/Malta MT|Europe/Oslo NO|Europe/Paris FR|Europe/Prague CZ|Europe/Riga LV|Europe/Rome IT
Europe/Sofia BG|Europe/Stockholm SE|Europe/Tallinn EE|Europe/Vaduz LI|Europe/Vienna AT|Europe/Vilnius LT|Europe/Warsaw PL
Europe/Zagreb HR|Europe/Zurich CH|Pacific/Auckland NZ|Pacific/Honolulu US-HI
"""
_ZONES = {
    code: name
    for name, *codes in (row.split() for row in _TABLE.replace("\n", "|").split("|") if row)
    for code in codes
}


def home_zone(code: str) -> str:
    """The IANA zone for a code such as "DE" or "US-GA"; "" when it isn't in the table."""
    return _ZONES.get(code, "")
