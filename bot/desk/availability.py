"""When somebody of the team can be booked: their hours, zone, limits, days off; shown to them, and set by them.

Everybody changes their own. Recruiters see those of others, and say who is in which pool (`bot.desk.pools`).
"""

import re
from collections.abc import Callable
from dataclasses import replace

from bot.desk import crowd, own_details
from bot.desk.hours_form import MOST_LIMIT, form
from bot.desk.own_profile import (
    booked_in,
    changed,
    names,
    pool_names,
    profile_of,
    read_zone,
    rows_of,
    save,
    saved,
    today,
)
from bot.desk.sight import RECRUITERS, Call, say, wrong
from bot.desk.wanted import NotRead
from bot.scene import Reply
from bot.scheduling import profiles
from bot.scheduling.hours_text import away_text, read_away_text, read_hours_text
from bot.store.rows import Interviewer
from calendar_sync.zones import ConfigProblem
from flows.cards import Card
from flows.words import desk_en
from flows.words import schedule_en as words

_LIMIT = re.compile(r"(\d{1,3})\s*(?:a|per|each)\s+(day|week)", re.I)


def availability(call: Call) -> Reply:
    """`/interview availability ...`: show it, or change one thing of it."""
    verb, _, rest = call.rest.strip().partition(" ")
    deed = _DEEDS.get(verb.casefold())
    if deed is not None:
        return deed(replace(call, rest=rest.strip()))
    text = call.rest.strip()
    if not text:
        return say(card_of(call, call.person_id), "do:hours:me")
    if _LIMIT.search(text) or text.casefold() == "no limit":
        return _limits(call, text)
    return _hours(call, text) if any(c.isdigit() for c in text) else _of_somebody(call, text)


def pause(call: Call) -> Reply:
    """Nothing new is booked with this person until they are back."""
    return _state(call, "paused", words.PAUSED_ALREADY, words.PAUSE_DONE)


def back(call: Call) -> Reply:
    return _state(call, "active", words.BACK_ALREADY, words.BACK_DONE)


def away(call: Call) -> Reply:
    """Days off, in addition to those there are; "none" takes all of them back."""
    text = call.rest.strip()
    if not text:
        return wrong(words.AWAY_HOW)
    try:
        found = read_away_text(text, today(call))
    except ConfigProblem as problem:
        return wrong(problem.say)
    profile = profile_of(call)
    days = tuple(sorted({*profile.away, *found})) if found else ()
    refused = save(call, replace(profile, away=days))
    if refused is not None:
        return refused
    return say(words.away_set(away_text(found), booked_in(call, profile.zone, found)) if found else saved(call))


def press(call: Call, ids: list[str], option: str) -> Reply:
    """A button of one's own card."""
    if ids[0] != "me":
        return wrong(desk_en.NOT_FOUND)
    if option == "edit":
        if not call.forms:
            return say(desk_en.plain(words.HOURS_HOW))
        return say(form(call), "cmd:hours")
    deed = {"pause": pause, "back": back}.get(option)
    return deed(call) if deed else wrong(desk_en.TOO_LATE)


# -- one thing --------------------------------------------------------------------------------------


def _hours(call: Call, text: str) -> Reply:
    try:
        weekly = read_hours_text(text)
    except ConfigProblem as problem:
        return wrong(problem.say)
    return changed(call, replace(profile_of(call), weekly=weekly))


def _zone(call: Call) -> Reply:
    try:
        return changed(call, replace(profile_of(call), zone=read_zone(call.rest)))
    except NotRead as problem:
        return wrong(problem.say)


def _limits(call: Call, text: str) -> Reply:
    profile = profile_of(call)
    said = {f"per_{unit.lower()}": int(n) for n, unit in _LIMIT.findall(text)}
    if not all(1 <= n <= MOST_LIMIT for n in said.values()):
        return wrong(words.LIMIT_BAD)
    limits = replace(profile.limits, **said) if said else replace(profile.limits, per_day=None, per_week=None)
    return changed(call, replace(profile, limits=limits))


def _skills(call: Call) -> Reply:
    try:
        return changed(call, replace(profile_of(call), skills=names(call.rest)))
    except NotRead as problem:
        return wrong(problem.say)


def _pools(call: Call) -> Reply:
    """Who holds interviews of a pool reads candidates' names, so that is for recruiters to say."""
    if not call.sight.holds(*RECRUITERS):
        return wrong(desk_en.ONLY_RECRUITERS)
    try:
        return changed(call, replace(profile_of(call), pools=pool_names(call, call.rest)))
    except NotRead as problem:
        return wrong(problem.say)


def _state(call: Call, state: str, already: str, done: str) -> Reply:
    scene = call.scene
    profile = profile_of(call)
    row = scene.tx.one(Interviewer, tenant_id=scene.tenant_id, id=call.person_id)
    if row is None or row["profile"] is None:
        profiles.save(scene.tx, scene.keys, scene.tenant_id, call.person_id, profile, scene.at)
    if (row["state"] if row else "active") == state:
        return say(desk_en.plain(already))
    profiles.set_state(scene.tx, scene.tenant_id, call.person_id, state)
    scene.fact("interviewer_state", "", person_id=call.person_id, state=state)
    return say(desk_en.done(done))


def _of_somebody(call: Call, text: str) -> Reply:
    if not call.sight.holds(*RECRUITERS):
        return wrong(words.ONLY_OWN)
    try:
        person = crowd.directory(call.sight).person(text)
    except NotRead as problem:
        return wrong(problem.say)
    return say(card_of(call, person), "do:hours:me" if person == call.person_id else "")


# -- shown ----------------------------------------------------------------------------------------------


def card_of(call: Call, person: str) -> Card:
    """When a person can be booked, as they themselves or a recruiter reads it."""
    scene, own = call.scene, person == call.person_id
    profile = profile_of(call, person)
    row = scene.tx.one(Interviewer, tenant_id=scene.tenant_id, id=person)
    paused = row is not None and row["state"] == "paused"
    name = call.sight.name_of(person)
    found = tuple(profiles.problems(profile, "You" if own else name).values())
    return words.profile(name, own, rows_of(call, person, profile, paused), paused, found)


_DEEDS: dict[str, Callable[[Call], Reply]] = {
    "pause": pause,
    "back": back,
    "away": away,
    "zone": _zone,
    "skills": _skills,
    "pools": _pools,
    "movable": own_details.movable,
    "holidays": own_details.holidays,
    "holiday": own_details.holidays,
    "travel": own_details.travel,
    "on": own_details.on,
}
