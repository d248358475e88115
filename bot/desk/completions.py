"""Completions of a command line that is being typed. People without a role get none."""

from bot.desk import crowd
from bot.desk.sight import LOOKERS, RECRUITERS, TEAM, Office, Sight
from bot.desk.table import COMMANDS, allowed
from flows.words import desk_en as words

MOST = 25
_LONGEST = 100  # what platforms take for a label, and for what stands behind it
_NAMES = ("link", "status", "pause", "resume", "withdraw", "move", "reveal", "decide", "promise", "adjust")
_TITLES = {
    "board": TEAM,
    "shortlist": TEAM,
    "channel": RECRUITERS,
    "calendar": LOOKERS,
    "stages": TEAM,
    "format": RECRUITERS,
}
_LENGTHS = ("45 min", "60 min", "30 min", "90 min")


def suggest(office: Office, sight: Sight, line: str) -> list[tuple[str, str]]:
    """(label, whole line) for what could follow; the line is what stands after `/interview `."""
    if not sight.holds(*TEAM):
        return []
    said = line.lstrip()
    name, space, rest = said.partition(" ")
    name = name.casefold()
    if not space:
        fits = [c for c in COMMANDS if c.startswith(name) and allowed(sight, c)]
        found = [(f"{c}: {words.USAGE[c][1]}", c) for c in fits]
    elif name in COMMANDS and allowed(sight, name):
        found = [(full, f"{name} {full}") for full in _arguments(office, sight, name, rest.lstrip())]
    else:
        found = []
    return [(label[:_LONGEST], whole) for label, whole in found if len(whole) <= _LONGEST][:MOST]


def _arguments(office: Office, sight: Sight, name: str, rest: str) -> list[str]:
    if name == "help":
        return _begin(rest, [c for c in COMMANDS if allowed(sight, c)])
    if name in ("kit", "kits"):
        return _begin(rest, office.kits.names())
    if name in _TITLES:
        return _contain(rest, _titles(sight, *_TITLES[name]))
    if name == "new":
        return _after(rest, " kit ", office.kits.names())
    if name in ("invite", "compliance"):
        return _after(rest, " for ", _titles(sight, *RECRUITERS))
    if name == "move" and " to " in rest:
        return _after(rest, " to ", _titles(sight, *RECRUITERS))
    if name == "schedule":
        return _scheduled(sight, rest)
    if name == "availability":
        return _contain(rest, _members(sight)) if sight.holds(*RECRUITERS) else []
    if name in ("pool", "week"):
        return _contain(rest, [*_pools(sight), *(_titles(sight, *RECRUITERS) if name == "week" else ())])
    if name in _NAMES:
        people = dict.fromkeys(sight.name(r) for r in sight.interviews(*RECRUITERS))
        return _contain(rest, list(people))
    return []


def _scheduled(sight: Sight, rest: str) -> list[str]:
    """`NAME`, then `for LENGTH`, then `with WHO`: a pool, somebody of the team, or Parley itself."""
    if " with " in rest:
        pools = [f"any of {p}" for p in _pools(sight)]
        return _after(rest, " with ", [*pools, *_members(sight), "Parley"])
    if " for " in rest:
        return _after(rest, " for ", [f"{length} with" for length in _LENGTHS])
    names = list(dict.fromkeys(sight.name(r) for r in sight.interviews(*RECRUITERS)))
    exact = [n for n in names if n.casefold() == rest.strip().casefold()]
    return [
        w for n in exact for w in (n, *(f"{n} for {t} with" for t in _LENGTHS[:2]), f"{n} with Parley", f"{n} loop")
    ] or _contain(rest, names)


def _members(sight: Sight) -> list[str]:
    return list(dict.fromkeys(sight.name_of(m["id"]) for m in sight.members()))


def _pools(sight: Sight) -> list[str]:
    return list(crowd.pools_of(crowd.known(sight)))


def _titles(sight: Sight, *roles: str) -> list[str]:
    return [r["title"] for r in reversed(sight.requisitions(*roles))]


def _after(rest: str, word: str, choices: list[str]) -> list[str]:
    """`rest` with one of `choices` behind `word`; nothing before anything else has been written."""
    head, found, tail = rest.partition(word)
    if not head.strip():
        return []
    return [f"{head.rstrip()}{word}{c}" for c in _contain(tail if found else "", choices)]


def _begin(part: str, choices: list[str]) -> list[str]:
    return [c for c in choices if c.casefold().startswith(part.casefold())]


def _contain(part: str, choices: list[str]) -> list[str]:
    wanted = part.strip().casefold()
    return [c for c in choices if wanted in c.casefold()]
