"""Who is in which pool, how much they have held and what they have booked; recruiters add, remove and weigh people."""

import difflib
import re
from dataclasses import replace

from bot import people
from bot.desk import crowd
from bot.desk.crowd import Known
from bot.desk.own_profile import MOST_POOL
from bot.desk.sight import Call, say, wrong
from bot.desk.wanted import NotRead
from bot.scene import Reply
from bot.scheduling import profiles, roster
from bot.scheduling.profiles import Profile
from calendar_sync.fairness import MIDDLE
from calendar_sync.zones import DAY
from flows.cards import Card
from flows.cards import Row as CardRow
from flows.cards import to_json as card_json
from flows.words import schedule_en as words

MINUTE = 60_000
WEEKS = 4
MOST_SHOWN, MOST_AT_ONCE = 25, 25
_MEMBERS = re.compile(r"(?P<pool>.+?)\s+(?P<verb>add|remove)\s+(?P<who>.+)", re.I)
_COUNTS = re.compile(r"(?P<who>.+?)\s+(?P<what>level|weight|priority)\s+(?P<n>\S+)", re.I)
_TRAINS = re.compile(r"(?P<who>.+?)\s+(?P<what>learns?|shadows?|reverse|leads?\s+watched|leads?|graduate[ds]?)", re.I)
_KINDS = {
    **dict.fromkeys(("learn", "learns", "shadow", "shadows"), profiles.SHADOW),
    **dict.fromkeys(("reverse", "lead watched", "leads watched"), profiles.REVERSE),
}  # anything else: not learning any more
_PRIORITIES = {"high": MIDDLE + 1, "normal": None, "low": MIDDLE - 1}


def pool(call: Call) -> Reply:
    """`/interview pool [NAME [add|remove PEOPLE | PERSON level N | PERSON weight N | PERSON learns|graduated]]`."""
    rest = " ".join(call.rest.split())
    everybody = crowd.known(call.sight)
    if not rest:
        return say(_all(everybody))
    try:
        if found := _MEMBERS.fullmatch(rest):
            return _members(call, everybody, found["pool"], found["verb"].casefold(), found["who"])
        name, tail = _parted(everybody, rest)
        if name and tail:
            return _counts(call, everybody, name, tail)
    except NotRead as problem:
        return wrong(problem.say)
    return _show(call, everybody, name or rest)


def _parted(everybody: list[Known], rest: str) -> tuple[str, str]:
    """(pool, what follows it): names may hold spaces, so the longest one that fits is meant."""
    for name in sorted(crowd.pools_of(everybody), key=len, reverse=True):
        head, tail = rest[: len(name)], rest[len(name) :]
        if head.casefold() == name.casefold() and (not tail or tail[0] == " "):
            return name, tail.strip()
    return "", ""


def _all(everybody: list[Known]) -> Card:
    rows = [CardRow(name, words.people(len(ids))) for name, ids in crowd.pools_of(everybody).items()]
    return words.pools(tuple(rows[:MOST_SHOWN]), len(rows) - MOST_SHOWN)


def _show(call: Call, everybody: list[Known], name: str) -> Reply:
    members = crowd.in_pool(everybody, name)
    if not members:
        near = difflib.get_close_matches(name, crowd.pools_of(everybody), 1)
        return say(words.pool_empty(name, near[0] if near else ""))
    load = _load(call, members)
    rows = [CardRow(k.name, _line(k, name, *load[k.id])) for k in members]
    return say(words.pool(crowd.named_pool(everybody, name), tuple(rows[:MOST_SHOWN]), len(rows) - MOST_SHOWN))


def _line(one: Known, pool_name: str, held: int, coming: int) -> str:
    training = dict(one.profile.training).get(pool_name, "")
    priority = next((name for name, n in _PRIORITIES.items() if n == one.profile.priority), "")
    return words.load(held, coming, one.profile.level, one.profile.weight, training, one.paused, priority)


def _load(call: Call, members: list[Known]) -> dict[str, tuple[int, int]]:
    """(interviews of the last four weeks, of the next four) of each."""
    now, reach = call.scene.at // MINUTE, WEEKS * 7 * DAY
    ids = [k.id for k in members]
    seats = roster.assigned(call.scene.tx, call.scene.tenant_id, ids, now - reach, now + reach)
    return {
        i: (sum(s.who == i and s.start < now for s in seats), sum(s.who == i and s.start >= now for s in seats))
        for i in ids
    }


# -- changing ---------------------------------------------------------------------------------------


def _members(call: Call, everybody: list[Known], said: str, verb: str, who: str) -> Reply:
    """Add people to a pool, or take them out. Raises NotRead."""
    name = crowd.named_pool(everybody, said) or said
    if verb == "add" and (len(name) > MOST_POOL or "," in name):
        raise NotRead(words.POOL_LONG)
    if verb == "remove" and not crowd.in_pool(everybody, name):
        raise NotRead(words.nobody_in(name))
    people_ids = _people(call, who)
    changed: list[str] = []
    for person in people_ids:
        profile = _profile(call, person)
        there = name in profile.pools
        if there == (verb == "add"):
            continue
        pools = (*profile.pools, name) if verb == "add" else tuple(p for p in profile.pools if p != name)
        _save(call, person, replace(profile, pools=pools))
        _tell(call, person, words.told_pool(call.sight.name_of(call.person_id), name, verb == "add"))
        changed.append(call.sight.name_of(person))
    if not changed:
        return say(words.pool_same(name))
    call.scene.fact("pool_changed", "", person_id=call.person_id, verb=verb, people=people_ids)
    added, removed = (tuple(changed), ()) if verb == "add" else ((), tuple(changed))
    return say(words.pool_changed(name, added, removed))


def _people(call: Call, text: str) -> list[str]:
    known = crowd.directory(call.sight)
    found = [known.person(n) for n in re.split(r"\s*(?:[,;]|\s(?:and)\s)\s*", text) if n.strip()]
    if not found or len(found) > MOST_AT_ONCE:
        raise NotRead(words.POOL_HOW)
    return list(dict.fromkeys(found))


def _counts(call: Call, everybody: list[Known], pool_name: str, tail: str) -> Reply:
    """How somebody counts in a pool: level, weight, priority, or whether they are still learning. Raises NotRead."""
    found = _COUNTS.fullmatch(tail) or _TRAINS.fullmatch(tail)
    if found is None:
        raise NotRead(words.POOL_HOW)
    person = crowd.directory(call.sight).person(found["who"])
    if person not in {k.id for k in crowd.in_pool(everybody, pool_name)}:
        raise NotRead(words.not_in_pool(call.sight.name_of(person), pool_name))
    profile, what = _profile(call, person), found["what"].casefold()
    if what == "priority":
        if found["n"].casefold() not in _PRIORITIES:
            raise NotRead(words.PRIORITY_BAD)
        profile = replace(profile, priority=_PRIORITIES[found["n"].casefold()])
        said = f"{what} {found['n'].casefold()}"
    elif what in ("level", "weight"):
        profile = _numbered(profile, what, found["n"])
        said = f"{what} {found['n']}"
    else:
        kind = _KINDS.get(" ".join(what.split()), "")
        rest = tuple(t for t in profile.training if t[0] != pool_name)
        profile = replace(profile, training=(*rest, (pool_name, kind)) if kind else rest)
        said = words.TRAINING[kind]
    _save(call, person, profile)
    call.scene.fact("pool_weighed", "", person_id=call.person_id, about=person, what=what)
    return say(words.counts_set(call.sight.name_of(person), said))


def _numbered(profile: Profile, what: str, text: str) -> Profile:
    least, most = (0, 9) if what == "level" else (10, 500)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise NotRead(words.LEVEL_BAD if what == "level" else words.WEIGHT_BAD)
    return replace(profile, level=int(text)) if what == "level" else replace(profile, weight=int(text))


def _profile(call: Call, person: str) -> Profile:
    scene = call.scene
    found = profiles.load(scene.tx, scene.keys, scene.tenant_id, person)
    return found or profiles.default(call.office.zone)


def _save(call: Call, person: str, profile: Profile) -> None:
    profiles.save(call.scene.tx, call.scene.keys, call.scene.tenant_id, person, profile, call.scene.at)


def _tell(call: Call, person: str, card: Card) -> None:
    if person == call.person_id:
        return
    chat = people.thread_of(call.scene.tx, call.scene.tenant_id, person)
    call.scene.send(chat, "tell", person, card=card_json(card), subject_id=person)
