"""A person's own profile, as the desk shows, reads and keeps it."""

from bot.desk import crowd
from bot.desk.hire import listed
from bot.desk.sight import Call, say, wrong
from bot.desk.wanted import NotRead
from bot.scene import Reply
from bot.scheduling import profiles
from bot.scheduling.hours_text import away_text, hours_text
from bot.scheduling.profiles import Profile
from bot.scheduling.special_text import country_text, overrides_text
from bot.store import guard
from bot.store.rows import CalendarAccount, Interviewer
from calendar_sync import places, when
from calendar_sync.facts import Limits
from calendar_sync.zones import ConfigProblem, date_text, day_of
from calendar_sync.zones import zone as zone_named
from flows.cards import Card
from flows.cards import Row as CardRow
from flows.words import schedule_en as words

MINUTE = 60_000
MOST_POOL = 40  # characters of a pool's name


def profile_of(call: Call, person: str = "") -> Profile:
    """A person's profile (their own without one), or the usual one."""
    scene, who = call.scene, person or call.person_id
    found = profiles.load(scene.tx, scene.keys, scene.tenant_id, who)
    return found or profiles.default(call.office.zone)


# -- shown --------------------------------------------------------------------------------------------


def rows_of(call: Call, person: str, profile: Profile, paused: bool) -> tuple[CardRow, ...]:
    zone = when.zone_label(profile.zone, call.scene.at // MINUTE) if _is_zone(profile.zone) else profile.zone
    found = [
        CardRow(words.NOW, words.PAUSED if paused else words.ACTIVE),
        CardRow(words.HOURS, hours_text(profile.weekly) or words.NO_HOURS),
        CardRow(words.ZONE, zone),
        CardRow(words.LIMITS, _limits_text(profile.limits)),
    ]
    more = (
        (words.AWAY, away_text(coming(call, profile))),
        (words.HOLIDAYS, _holidays(call, profile)),
        (words.TRAVEL, _travel(call, profile)),
        (words.DATES, overrides_text(tuple(o for o in profile.overrides if day_of(o.date) >= today(call, profile)))),
        (words.MOVABLE, ", ".join(profile.movable) if person == call.person_id else ""),  # of private titles
        (words.POOLS, ", ".join(profile.pools)),
        (words.LEARNING, "; ".join(f"{p}: {words.LEARNS[kind]}" for p, kind in profile.training if p in profile.pools)),
        (words.SKILLS, ", ".join(profile.skills)),
        (words.CALENDAR, _calendars(call, person)),
    )
    return (*found, *(CardRow(label, value) for label, value in more if value))


def _limits_text(limits: Limits) -> str:
    parts = [f"{n} a {unit}" for n, unit in ((limits.per_day, "day"), (limits.per_week, "week")) if n is not None]
    return ", ".join(parts) or words.NO_LIMIT


def _holidays(call: Call, profile: Profile) -> str:
    """Whose they are, and the next one, by which one sees that it is the right place."""
    since = date_text(today(call, profile))
    try:
        dates = profiles.public_days(profile, int(since[:4]))
    except ConfigProblem:
        dates = ()
    after = next((when.long_day(day_of(d), "UTC", call.scene.at) for d in dates if d >= since), "")
    return words.holidays(country_text(profile.country, profile.part), after)


def _travel(call: Call, profile: Profile) -> str:
    since = today(call, profile)
    trips = [t for t in profile.travel if day_of(t.last) >= since]
    return ", ".join(
        words.trip(when.day_span(day_of(t.first), day_of(t.last)), when.city(t.zone) or t.zone) for t in trips
    )


def _calendars(call: Call, person: str) -> str:
    where = {"tenant_id": call.scene.tenant_id, "interviewer_id": person}
    rows = call.scene.tx.find(CalendarAccount, where, "created_at,id")
    return ", ".join(words.calendar_state(r["kind"], r["state"]) for r in rows)


def coming(call: Call, profile: Profile) -> tuple[tuple[str, str], ...]:
    """Days off that aren't over."""
    since = today(call, profile)
    return tuple((a, b) for a, b in profile.away if day_of(b) >= since)


def _is_zone(name: str) -> bool:
    try:
        zone_named(name)
    except ConfigProblem:
        return False
    return True


# -- read -----------------------------------------------------------------------------------------------


def read_zone(text: str) -> str:
    """The zone that was meant. Raises NotRead."""
    said = text.strip()
    if ("/" in said or said.upper() == "UTC") and _is_zone(said):
        return zone_named(said).name
    found = places.zones_for(said) if said else []
    if len(found) == 1:
        return found[0][0]
    raise NotRead(words.several_zones(said, [zone for zone, _ in found]) if found else words.no_zone(said))


def names(text: str) -> tuple[str, ...]:
    """Names with commas between. Raises NotRead."""
    if len(text) > 300:
        raise NotRead(words.NAMES_LONG)
    return tuple(" ".join(n.split()) for n in listed(text))


def pool_names(call: Call, text: str) -> tuple[str, ...]:
    """Pools as they are written already, where they are known. Raises NotRead."""
    everybody = crowd.known(call.sight)
    found = tuple(crowd.named_pool(everybody, n) or n for n in names(text))
    if any(len(n) > MOST_POOL for n in found):
        raise NotRead(words.POOL_LONG)
    return tuple(dict.fromkeys(found))


# -- kept --------------------------------------------------------------------------------------------


def changed(call: Call, profile: Profile) -> Reply:
    return save(call, profile) or say(saved(call))


def save(call: Call, profile: Profile) -> Reply | None:
    """None where it is kept; else what is wrong with it."""
    found = profiles.problems(profile)
    if found:
        return wrong(" ".join(found.values()))
    scene, before = call.scene, profile_of(call)
    profiles.save(scene.tx, scene.keys, scene.tenant_id, call.person_id, profile, scene.at)
    if (before.zone, before.movable) != (profile.zone, profile.movable):
        # Calendars are read by these: what was read stands for what was said before.
        mine = {"tenant_id": scene.tenant_id, "interviewer_id": call.person_id}
        scene.tx.change(CalendarAccount, mine, {"due_at": scene.at})
    scene.fact("availability_set", "", person_id=call.person_id)
    return None


def booked_in(call: Call, zone: str, dates: tuple[tuple[str, str], ...]) -> int:
    """How much is booked with this person on those dates."""
    here, scene, found = zone_named(zone), call.scene, set[str]()
    for first, last in dates:
        lo, hi = here.first(day_of(first)), here.first(day_of(last) + 1)
        rows = guard.seats_between(scene.tx, scene.tenant_id, call.person_id, lo, hi, scene.at)
        found |= {r["booking_id"] for r in rows if r["state"] == "booked"}
    return len(found)


def saved(call: Call) -> Card:
    profile = profile_of(call)
    row = call.scene.tx.one(Interviewer, tenant_id=call.scene.tenant_id, id=call.person_id)
    paused = row is not None and row["state"] == "paused"
    return words.saved(rows_of(call, call.person_id, profile, paused), ())


def today(call: Call, profile: Profile | None = None) -> int:
    zone = (profile or profile_of(call)).zone
    return zone_named(zone if _is_zone(zone) else "UTC").date_of(call.scene.at // MINUTE)
