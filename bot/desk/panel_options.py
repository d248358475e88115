"""`/interview options TITLE`: how a requisition's candidates are rated, by whom, and who stands in."""

from bot import people
from bot.desk.hire import listed
from bot.desk.sight import MOST_OPTIONS, RECRUITERS, TEAM, Call, Sight, not_found, say, wrong
from bot.hiring import set_settings, settings_of
from bot.scene import Reply
from bot.scorecards import sealing
from bot.store.rows import Interview
from bot.store.store import Row
from flows.cards import Card, Option
from flows.words import desk_en
from flows.words import options_en as words

_SWITCHES = {"blind": "blind", "follow": "follow", "observers": "observers"}  # option -> key of the settings


def options(call: Call) -> Reply:
    """Show what is chosen, with a button to change each; or, with names behind it, set the panel or the backup raters."""
    for verb, act in (("backup", _set_backup), ("panel", _set_panel)):
        title, sep, names = call.rest.partition(f" {verb} ")
        if sep and names.strip():
            found = call.sight.titled(title, *RECRUITERS)
            return act(call, found[0], names) if len(found) == 1 else _which(call, title, found)
    found = call.sight.titled(call.rest, *RECRUITERS)
    return _shown(call, found[0]) if len(found) == 1 else _which(call, call.rest, found)


def chosen(call: Call, ids: list[str], option: str) -> Reply:
    """One of several requisitions was chosen."""
    row = call.sight.requisition(option, *RECRUITERS)
    return _shown(call, row) if row is not None else not_found()


def switch(call: Call, ids: list[str], option: str) -> Reply:
    """A button: it names what it sets, so that pressing it twice, or two people at once, makes no difference."""
    row = call.sight.requisition(ids[0], *RECRUITERS)
    what, _, to = option.partition(".")
    if row is None or to not in ("on", "off") or what not in (*_SWITCHES, "neutral"):
        return not_found()
    changes = {"recommendation": 5 if to == "on" else 4} if what == "neutral" else {_SWITCHES[what]: to == "on"}
    row = set_settings(call.scene.tx, row, **changes)
    call.scene.fact("options_set", "", person_id=call.person_id, requisition=row["id"], what=what, to=to)
    return _shown(call, row, words.CHANGED)


def _shown(call: Call, row: Row, lead: str = "") -> Reply:
    chosen = settings_of(row)
    on = {k: bool(chosen.get(k)) for k in _SWITCHES.values()} | {"neutral": chosen.get("recommendation") == 5}
    team = people.with_role(call.scene.tx, call.scene.tenant_id, row["id"], "panelist")
    panel = [p for p in chosen.get("panel", ()) if p in team] or team
    raters, backup = (tuple(map(call.sight.name_of, ids)) for ids in (panel, chosen.get("backup", ())))
    return say(words.card(row["title"], on, raters, backup, lead), f"do:opt:{row['id']}")


def _which(call: Call, text: str, found: list[Row]) -> Reply:
    if not found:
        return wrong(desk_en.no_such(text.strip()) if text.strip() else desk_en.NO_REQUISITION)
    shown = tuple(Option(r["id"], r["title"][:75]) for r in reversed(found[-MOST_OPTIONS:]))
    return say(Card(words.WHICH, tone="question", options=shown), "do:optof:all")


# -- people -------------------------------------------------------------------------------------------------


def _set_backup(call: Call, row: Row, names: str) -> Reply:
    """Who is asked, in this order, when somebody of the panel finds no time."""
    found = _people(call.sight, names)
    if isinstance(found, str):
        return wrong(found)
    scene = call.scene
    for person in found:  # whoever is asked must be able to answer; an observer sees who is where, and no card
        if not people.may(scene.tx, scene.tenant_id, row["id"], person, *TEAM):
            people.give_role(scene.tx, scene.tenant_id, row["id"], person, "observer")
    row = set_settings(scene.tx, row, backup=found)
    scene.fact("raters_set", "", person_id=call.person_id, requisition=row["id"], what="backup", people=found)
    return _shown(call, row, words.CHANGED)


def _set_panel(call: Call, row: Row, names: str) -> Reply:
    """Who rates from now on. Whoever leaves keeps what they have submitted in the cards; the rest may be complete now."""
    found, scene = _people(call.sight, names), call.scene
    if isinstance(found, str) or not found:
        return wrong(found if isinstance(found, str) else words.NOBODY)
    for person in found:
        people.give_role(scene.tx, scene.tenant_id, row["id"], person, "panelist")
    row = set_settings(scene.tx, row, panel=found)
    scene.fact("raters_set", "", person_id=call.person_id, requisition=row["id"], what="panel", people=found)
    where = {"tenant_id": scene.tenant_id, "requisition_id": row["id"], "status": "submitted"}
    for interview in scene.tx.find(Interview, where, "created_at,id"):
        sealing.panel_changed(scene, interview)
    return _shown(call, row, words.CHANGED)


def _people(sight: Sight, text: str) -> list[str] | str:
    """Members by name (or our own ids), in the order given; a sentence about the first that can't be told."""
    members = {m["id"]: sight.name_of(m["id"]) for m in sight.members()}
    if text.strip().casefold() in words.NONE:
        return []
    found = list[str]()
    for part in listed(text.replace(" and ", ",")):
        fits = [part] if part in members else _named(part, members)
        if len(fits) != 1:
            return words.who_is(part, len(fits))
        found += fits
    return list(dict.fromkeys(found))


def _named(text: str, members: dict[str, str]) -> list[str]:
    wanted = text.casefold()
    whole = [p for p, name in members.items() if name.casefold() == wanted]
    return whole or [p for p, name in members.items() if name.casefold().startswith(wanted)]
