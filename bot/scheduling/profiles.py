"""What is known of an interviewer: hours, limits, skills and pools. Sealed under their own key (`Interviewer.profile`).

Saving a profile changes the row's `stamp`, so that nobody goes on with what was kept of the old one.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from secrets import token_hex
from typing import Any, cast

from bot.keyring import Keyring
from bot.store.rows import Interviewer
from bot.store.store import Row, Tx
from calendar_sync.facts import Limits
from calendar_sync.hours import Hours, public_holidays, read_hours
from calendar_sync.zones import ConfigProblem, date_text, day_of, zone

SHADOW, REVERSE = "shadow", "reverse"  # who is learning first watches, and then leads while somebody watches
_YEARS = 3  # of public holidays: this year, and those that kept availability and long plans can reach


@dataclass(frozen=True, slots=True)
class Rule:
    """Hours of some weekdays (1 = Monday). Times as in slots.schema.md: "09:00", "24:00", "06:00+1"."""

    days: tuple[int, ...]
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Override:
    """One date that has other hours than usual; none of them: a day off."""

    date: str
    intervals: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Trip:
    """Dates (the last included) on which the hours are those of another zone."""

    first: str
    last: str
    zone: str


@dataclass(frozen=True, slots=True)
class Profile:
    """An interviewer's settings. Dates are ISO dates; `away`: (first, last), both without any time.

    country, part: whose public holidays are days off ("" = none). weight: capacity, 100 is usual. priority: higher is
    asked sooner, None is the middle. movable: phrases of titles of events that may be booked over if nothing else is
    free. training: (pool, "shadow" or "reverse") for pools whose interviews they are still learning to hold.
    """

    zone: str
    weekly: tuple[Rule, ...] = ()
    overrides: tuple[Override, ...] = ()
    away: tuple[tuple[str, str], ...] = ()
    travel: tuple[Trip, ...] = ()
    country: str = ""
    part: str = ""
    limits: Limits = field(default_factory=Limits)
    skills: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    level: int = 0
    weight: float = 100
    priority: int | None = None
    movable: tuple[str, ...] = ()
    training: tuple[tuple[str, str], ...] = ()

    @property
    def has_hours(self) -> bool:
        """Whether there is any time at all at which they could be booked."""
        return bool(self.weekly) or any(o.intervals for o in self.overrides)

    def leads(self, pool: str) -> bool:
        """Whether they may hold interviews of this pool: they are in it, and not learning it any more."""
        return pool in self.pools and pool not in dict(self.training)


def default(zone: str) -> Profile:
    """Usual office hours, until the person says otherwise."""
    return Profile(zone, (Rule((1, 2, 3, 4, 5), "09:00", "17:00"),))


def to_json(profile: Profile) -> dict[str, Any]:
    """A profile as plain values."""
    return asdict(profile)


def from_json(data: dict[str, Any]) -> Profile:
    """The inverse of `to_json`; what an older version did not have yet gets its default."""
    known: dict[str, Callable[[Any], Any]] = {
        "weekly": lambda v: tuple(Rule(tuple(r["days"]), r["start"], r["end"]) for r in v),
        "overrides": lambda v: tuple(Override(o["date"], _pairs(o["intervals"])) for o in v),
        "away": _pairs,
        "travel": lambda v: tuple(Trip(t["first"], t["last"], t["zone"]) for t in v),
        "limits": lambda v: Limits(**v),
        "training": _pairs,
        **dict.fromkeys(("skills", "pools", "movable"), tuple),
    }
    return Profile(**{k: known[k](v) if k in known else v for k, v in data.items()})


def _pairs(values: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((a, b) for a, b in values)


# -- rows ---------------------------------------------------------------------------------------------


def opened(keys: Keyring, row: Row) -> Profile | None:
    """The profile in an Interviewer row, whose person's key is loaded; None where there is none."""
    if row["profile"] is None:
        return None
    return from_json(cast("dict[str, Any]", keys.open(row["tenant_id"], row["id"], row["profile"])))


def load(tx: Tx, keys: Keyring, tenant_id: str, person_id: str) -> Profile | None:
    """A person's profile; None for somebody without one. Raises `bot.keyring.Erased`."""
    row = tx.one(Interviewer, tenant_id=tenant_id, id=person_id)
    if row is None or row["profile"] is None:
        return None
    keys.load(tx, tenant_id, person_id)
    return opened(keys, row)


def save(tx: Tx, keys: Keyring, tenant_id: str, person_id: str, profile: Profile, now: int) -> None:
    """Keep a profile, and make the person an interviewer if they aren't one yet. Raises `bot.keyring.Erased`."""
    keys.load(tx, tenant_id, person_id)
    place: Row = {"tenant_id": tenant_id, "id": person_id}
    values: Row = {"profile": keys.seal(tenant_id, person_id, to_json(profile)), "stamp": token_hex(8)}
    if not tx.add(Interviewer, {**place, **values, "state": "active", "created_at": now}):
        tx.change(Interviewer, place, values)


def set_state(tx: Tx, tenant_id: str, person_id: str, state: str) -> None:
    """active, or paused: nobody is booked with them until they are active again; what is booked stays."""
    tx.change(Interviewer, {"tenant_id": tenant_id, "id": person_id}, {"state": state, "stamp": token_hex(8)})


def stamp(tx: Tx, tenant_id: str, person_id: str) -> None:
    """What is kept of this person is old: their calendars have changed."""
    tx.change(Interviewer, {"tenant_id": tenant_id, "id": person_id}, {"stamp": token_hex(8)})


# -- what it means --------------------------------------------------------------------------------------


@lru_cache(maxsize=2048)
def hours_of(profile: Profile, who: str, year: int) -> Hours:
    """The profile's hours, public holidays of `year` and the next ones taken out. Raises ConfigProblem.

    who: what the person is called in a problem's sentence.
    """
    off = [date_text(d) for first, last in profile.away for d in range(day_of(first), day_of(last) + 1)]
    own = {o.date for o in profile.overrides}  # whoever says hours of a public holiday means them
    off += [d for d in public_days(profile, year) if d not in own]
    return read_hours(
        who,
        profile.zone,
        [{"days": r.days, "from": r.start, "to": r.end} for r in profile.weekly],
        [{"date": o.date, "intervals": o.intervals} for o in profile.overrides],
        off,
        [{"from_date": t.first, "to_date": t.last, "tz": t.zone} for t in profile.travel],
    )


def public_days(profile: Profile, year: int) -> tuple[str, ...]:
    """The public holidays that are their days off, from `year` on, in order. Raises ConfigProblem."""
    return _holidays(profile.country, profile.part, year) if profile.country else ()


@lru_cache(maxsize=256)
def _holidays(country: str, part: str, year: int) -> tuple[str, ...]:
    """Cached, since colleagues share them and each takes milliseconds to compute."""
    return tuple(sorted(public_holidays(country, range(year, year + _YEARS), part or None)))


def problems(profile: Profile, who: str = "You") -> dict[str, str]:
    """field -> a sentence that names what is wrong and what to write instead; empty when all is well.

    who: whose profile it is, as the sentence should call them.
    """
    found: dict[str, str] = {}
    bare = Profile("UTC")
    alone: dict[str, Callable[[], object]] = {
        "zone": lambda: zone(profile.zone),
        "weekly": lambda: hours_of(replace(bare, weekly=profile.weekly), who, 2026),
        "overrides": lambda: hours_of(replace(bare, overrides=profile.overrides), who, 2026),
        "away": lambda: _away(profile),
        "travel": lambda: hours_of(replace(bare, travel=profile.travel), who, 2026),
        "country": lambda: public_days(profile, 2026),
    }
    for name, look in alone.items():
        try:
            look()
        except ConfigProblem as problem:
            found[name] = problem.say
    if not profile.has_hours:
        found.setdefault(
            "weekly",
            'There are no hours yet at which you can be booked. Write them like "Mon-Fri 9-17, Sat 10:00-13:00".',
        )
    return {**found, **_numbers(profile)}


def _away(profile: Profile) -> None:
    for first, last in profile.away:
        if day_of(last) < day_of(first):
            raise ConfigProblem("end_before_start", f"Days off end on {last}, before {first}. Swap the dates.")


def _numbers(profile: Profile) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in asdict(profile.limits).items():
        if value is not None and value < 1:
            found["limits"] = (
                f"A limit of {value} ({name.replace('_', ' ')}) would close every day. Pause yourself instead."
            )
    if profile.weight <= 0:
        found["weight"] = "The weight must be above 0; 100 is the usual one, 50 stands for half as many interviews."
    if profile.level < 0:
        found["level"] = "A level is 0 or more."
    if wrong := [kind for _, kind in profile.training if kind not in (SHADOW, REVERSE)]:
        found["training"] = f'"{wrong[0]}" is no kind of training. Write {SHADOW} or {REVERSE}.'
    return found
