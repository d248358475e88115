"""The team's own room on the web: the first channel, the first recruiter, further members."""

from bot import people
from bot.app import App
from bot.store.rows import Person, Thread
from bot.store.store import Tx

ROLES = ("recruiter", "panelist", "observer", "admin")
_LINK_DAYS = 7
CHANNEL = "hiring"


class RoomProblem(ValueError):
    """A member can't be added like this. The message says what to do."""


def first_room(app: App, tx: Tx) -> str:
    """On the very first start: the tenant, a hiring channel and an admin. Their sign-in secret, else ""."""
    tenant, at = app.tenant_id, app.clock.now()
    if app.keys.found_tenant(tx, tenant, app.settings.company, at):
        app.keys.create(tx, tenant, tenant, at)
    if tx.find(Thread, {"tenant_id": tenant, "kind": "channel"}):
        return ""
    people.add_thread(tx, app.ids, tenant, "channel", "", tenant, CHANNEL)
    return add_member(app, tx, "Recruiter", "admin")


def add_member(app: App, tx: Tx, name: str, role: str) -> str:
    """A new member, or a further role for the one of that name; the secret of a sign-in link."""
    if role not in ROLES:
        raise RoomProblem(f"There is no role \u201c{role}\u201d. Choose one of: {', '.join(ROLES)}.")
    tenant, at = app.tenant_id, app.clock.now()
    if app.keys.found_tenant(tx, tenant, app.settings.company, at):
        app.keys.create(tx, tenant, tenant, at)
    if not tx.find(Thread, {"tenant_id": tenant, "kind": "channel"}):
        people.add_thread(tx, app.ids, tenant, "channel", "", tenant, CHANNEL)
    known = [
        p["id"]
        for p in tx.find(Person, {"tenant_id": tenant, "kind": "member"})
        if people.name_of(tx, app.keys, tenant, p["id"]) == name
    ]
    person = known[0] if known else people.add_person(tx, app.keys, app.ids, tenant, "member", name, at)[0]
    people.give_role(tx, tenant, "*", person, role)
    return people.issue_link(tx, app.ids, tenant, "member", person, "", at, _LINK_DAYS)
