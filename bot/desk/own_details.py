"""What else somebody says of their time: movable events, public holidays, journeys, and single dates unlike others."""

from dataclasses import replace

from bot.desk.own_profile import booked_in, changed, names, profile_of, read_zone, save, today
from bot.desk.sight import Call, say, wrong
from bot.desk.wanted import NotRead
from bot.scene import Reply
from bot.scheduling.hours_text import away_text
from bot.scheduling.profiles import Override, Profile, Trip
from bot.scheduling.special_text import MOST_DATES, read_country, read_dates_in, read_day_hours, without
from calendar_sync.zones import ConfigProblem, date_text
from flows.words import schedule_en as words

NONE = frozenset(("none", "nothing", "no"))
_OFF = frozenset(("off", "none", "away", "free"))
_USUAL = frozenset(("usual", "as usual", "usual hours", "normal"))
_SHORTEST_PHRASE = 3  # characters: a shorter one is in almost every title
_MOST_OVERRIDES = 100


def movable(call: Call) -> Reply:
    """`availability movable focus time, lunch`: what may be booked over where nothing else is free."""
    if not call.rest:
        return wrong(words.MOVABLE_HOW)
    try:
        return changed(call, replace(profile_of(call), movable=read_phrases(call.rest)))
    except NotRead as problem:
        return wrong(problem.say)


def holidays(call: Call) -> Reply:
    """`availability holidays DE-BY`: public holidays are days off."""
    if not call.rest:
        return wrong(words.HOLIDAYS_HOW)
    try:
        country, part = read_holidays(call.rest)
    except ConfigProblem as problem:
        return wrong(problem.say)
    return changed(call, replace(profile_of(call), country=country, part=part))


def travel(call: Call) -> Reply:
    """`availability travel 1-5 Dec Tokyo`: the hours of these dates are those of another zone."""
    profile = profile_of(call)
    if call.rest.casefold() in NONE:
        return changed(call, replace(profile, travel=()))
    try:
        days, place = read_dates_in(call.rest.removeprefix("from "), today(call))
        zone = read_zone(_place(place)) if _place(place) else ""
    except (NotRead, ConfigProblem) as problem:
        return wrong(problem.say if call.rest else words.TRAVEL_HOW)
    if not zone or days != list(range(days[0], days[-1] + 1)):
        return wrong(words.TRAVEL_HOW)
    trip = Trip(date_text(days[0]), date_text(days[-1]), zone)
    # A new journey takes the place of those that it overlaps: plans change.
    others = [t for t in coming_trips(call, profile) if t.last < trip.first or trip.last < t.first]
    return changed(call, replace(profile, travel=tuple(sorted((*others, trip), key=lambda t: t.first))))


def on(call: Call) -> Reply:
    """`availability on 24 Dec 9-12` (or off, or usual): dates that have their own hours."""
    profile = profile_of(call)
    try:
        days, said = read_dates_in(call.rest, today(call))
        dates, plain = [date_text(d) for d in days], said.strip(" :,").casefold()
        if len(days) > MOST_DATES or not plain:
            return wrong(words.ON_HOW)
        hours = () if plain in _OFF | _USUAL else read_day_hours(plain)
    except ConfigProblem as problem:
        return wrong(problem.say if call.rest else words.ON_HOW)
    kept = {o.date: o for o in coming_overrides(call, profile) if o.date not in dates}
    if plain not in _USUAL:
        kept |= {d: Override(d, hours) for d in dates}
    if len(kept) > _MOST_OVERRIDES:
        return wrong(words.DATES_MANY)
    away = without(profile.away, days) if hours else profile.away  # whoever has hours on a date isn't away then
    wanted = replace(profile, overrides=tuple(kept[d] for d in sorted(kept)), away=away)
    if plain not in _OFF:
        return changed(call, wanted)
    refused = save(call, wanted)
    pairs = tuple((d, d) for d in dates)
    return refused or say(words.away_set(away_text(pairs), booked_in(call, profile.zone, pairs)))


def read_phrases(text: str) -> tuple[str, ...]:
    """Parts of titles, with commas between; none for "none". Raises NotRead."""
    found = () if text.strip().casefold() in NONE else names(text)
    if any(len(phrase) < _SHORTEST_PHRASE for phrase in found):
        raise NotRead(words.PHRASE_SHORT)
    return found


def read_holidays(text: str) -> tuple[str, str]:
    """(country, part); ("", "") for none. Raises ConfigProblem."""
    return ("", "") if text.strip().casefold() in {"", *NONE} else read_country(text)


def coming_trips(call: Call, profile: Profile) -> tuple[Trip, ...]:
    """Journeys that aren't over."""
    return tuple(t for t in profile.travel if t.last >= date_text(today(call, profile)))


def coming_overrides(call: Call, profile: Profile) -> tuple[Override, ...]:
    """Dates with their own hours that aren't over."""
    return tuple(o for o in profile.overrides if o.date >= date_text(today(call, profile)))


def _place(text: str) -> str:
    head, _, rest = text.strip(" ,:").partition(" ")
    return rest if head.casefold() in ("in", "to", "at") else f"{head} {rest}".strip()
