"""May an AI score this interview? The rules of each place, as code, with the reasons to show.

The evidence map (text matching) counts as AI scoring too. The way to a person is always open and is no
gate. Status of the law: 2026-11-21, from secondary sources; for review by counsel.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from flows.interviews import place as places

NYC_NOTICE_DAYS = 10  # business days, NYC Administrative Code 20-871(b)
NYC_AUDIT_DAYS = 365  # calendar days, 20-871(a)
NEW_STATE_LAWS = date(2027, 1, 1)  # Colorado SB 26-189 and California's rules on automated decisions


@dataclass(frozen=True, slots=True)
class OnFile:
    """What is stored about one interview and its employer. Dates are calendar dates at the role's site.

    consent: the candidate's answer about AI-assisted scoring (None: not asked). notice: when the notice was
    given. explained: it said how the AI works and what it looks at. audit: the date of the newest independent
    bias audit. impact_assessment: a reference to it. oversight: who watches over the AI. adverse_notice: the
    notice after an unfavourable outcome is scheduled. opted_out: the candidate used their right to opt out.
    """

    consent: Literal["yes", "no"] | None = None
    notice: date | None = None
    explained: bool = False
    audit: date | None = None
    impact_assessment: str = ""
    oversight: str = ""
    adverse_notice: bool = False
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """`open`, or closed with every reason, in plain sentences."""

    open: bool
    reasons: tuple[str, ...] = ()


def gates(place: str, role_site: str, today: date, on_file: OnFile, holidays: frozenset[date] = frozenset()) -> Gate:
    """Is AI scoring open for a candidate living in `place`, for a role at `role_site` (codes of `place.py`)?

    A place that is not known is held to the rules of all of them. `holidays` are the city's public holidays.
    """
    laws = _laws(place) | _laws(role_site)
    reasons = [*_everywhere(on_file)]
    if "nyc" in laws:
        reasons += _new_york_city(today, on_file, holidays)
    if "il" in laws:
        reasons += _illinois(on_file)
    if "co" in laws and today >= NEW_STATE_LAWS and not on_file.adverse_notice:
        reasons.append("Colorado: the notice after an unfavourable outcome is not scheduled.")
    if "ca" in laws and today >= NEW_STATE_LAWS and on_file.opted_out:
        reasons.append("California: the candidate has opted out.")
    if "eea" in laws:
        reasons += _european(on_file)
    return Gate(not reasons, tuple(reasons))


def business_days(after: date, until: date, holidays: frozenset[date] = frozenset()) -> int:
    """How many business days lie after the day `after`, up to and including `until`."""
    days = (after + timedelta(n) for n in range(1, (until - after).days + 1))
    return sum(day.weekday() < 5 and day not in holidays for day in days)


def _laws(place: str) -> frozenset[str]:
    if place in places.EEA:
        return frozenset({"eea"})
    known = {"US-NYC": {"nyc"}, "US-IL": {"il"}, "US-CO": {"co"}, "US-CA": {"ca"}, "US": {"nyc", "il", "co", "ca"}}
    if place in known:
        return frozenset(known[place])
    return frozenset() if places.title(place) else frozenset({"nyc", "il", "co", "ca", "eea"})


def _everywhere(on_file: OnFile) -> list[str]:
    reasons = list[str]()
    if on_file.consent != "yes":
        said = "has refused" if on_file.consent == "no" else "has not been asked about"
        reasons.append(f"The candidate {said} AI-assisted scoring.")
    if on_file.notice is None:
        reasons.append("No notice has been given.")
    return reasons


def _new_york_city(today: date, on_file: OnFile, holidays: frozenset[date]) -> list[str]:
    reasons = list[str]()
    passed = business_days(on_file.notice, today, holidays) if on_file.notice else 0
    if passed < NYC_NOTICE_DAYS:
        reasons.append(f"New York City: {passed} of {NYC_NOTICE_DAYS} business days since the notice have passed.")
    if on_file.audit is None:
        reasons.append("New York City: there is no independent bias audit on file.")
    elif not 0 <= (today - on_file.audit).days <= NYC_AUDIT_DAYS:
        reasons.append(f"New York City: the bias audit of {on_file.audit} is not from the last {NYC_AUDIT_DAYS} days.")
    return reasons


def _illinois(on_file: OnFile) -> list[str]:
    return [] if on_file.explained else ["Illinois: how the AI works has not been explained to the candidate."]


def _european(on_file: OnFile) -> list[str]:
    reasons = list[str]()
    if not on_file.impact_assessment:
        reasons.append("EU and EEA: no data protection impact assessment is named.")
    if not on_file.oversight:
        reasons.append("EU and EEA: nobody is named who watches over the AI.")
    return reasons
