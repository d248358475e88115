"""Orders that reach the desk as letters: where they were given decides where the answer is shown.

A slash command is answered in place, to the person alone (`After.reply`). What stands in the person's own chat is a
message there, and answered by one.
"""

from collections.abc import Mapping
from typing import Any

from bot import people
from bot.desk import compare, many, recording, weekly
from bot.desk.desk import Desk, Order
from bot.desk.hire import listed
from bot.desk.sight import RECRUITERS, Call, Sight
from bot.inbox import Deed
from bot.mail import Mail
from bot.scene import Scene
from bot.store.rows import Identity, Outbox, Thread
from bot.store.store import Tx
from flows.words import desk_en as words

_PEOPLE, _CHANNEL = ("panel", "who"), "channel"  # fields that name people and channels by a platform's own ids
_MOST_NAME = 120


def deeds(desk: Desk) -> dict[str, Deed]:
    """The kinds of letters that the desk answers."""
    return {
        "command": lambda scene, mail: _line(desk, scene, mail),
        "form": lambda scene, mail: _form(desk, scene, mail),
        "act": lambda scene, mail: _button(desk, scene, mail),
        "file": lambda scene, mail: _file(desk, scene, mail),
        "batch": desk.batch,
        "many": lambda scene, mail: many.carry_on(desk, scene, mail),
        "compared": compare.drawn,
        "chosen": lambda scene, mail: _chosen(desk, scene, mail),
        "week": weekly.drawn,
        "record": recording.made,
    }


def people_in(fields: Mapping[str, str]) -> list[str]:
    """The platform's users that a form names."""
    return [user for field in _PEOPLE for user in listed(fields.get(field, ""))]


def theirs(tx: Tx, tenant_id: str, platform: str, card: dict[str, Any]) -> dict[str, Any]:
    """A form with people and channels as the platform knows them, so that its pickers show who is chosen already."""

    def translated(field: dict[str, Any]) -> dict[str, Any]:
        value = field.get("value", "")
        if field["key"] in _PEOPLE:
            found = (_user(tx, tenant_id, platform, person) for person in listed(value))
            return {**field, "value": ",".join(filter(None, found))}
        if field["key"] == _CHANNEL and value:
            chats = tx.find(Thread, {"tenant_id": tenant_id, "id": value, "platform": platform})
            return {**field, "value": chats[0]["address"].rpartition("/")[2] if chats else ""}
        return field

    return {**card, "fields": [translated(f) for f in card.get("fields", ())]}


def _line(desk: Desk, scene: Scene, mail: Mail) -> None:
    data = mail.data
    if not data.get("inline"):
        desk.command(scene, mail)
        return
    scene.after.reply = desk.answer(scene, Order(mail.person_id, data["event"]["text"], data["place"], data["forms"]))


def _form(desk: Desk, scene: Scene, mail: Mail) -> None:
    event = mail.data["event"]
    fields = _ours(scene, mail, event["fields"])
    reply = desk.submit(scene, mail.person_id, event["token"], fields, mail.data.get("place", ""))
    if mail.data.get("inline") or reply.problems:
        scene.after.reply = reply
        return
    where = {"tenant_id": scene.tenant_id, "thread_id": scene.thread["id"], "token": event["token"], "act": "send"}
    for shown in scene.tx.find(Outbox, where, "-seq", 1):
        scene.edit(shown["id"], None, token=event["token"])
    scene.show(reply.card or words.wrong(words.NOT_FOUND), token=reply.token)


def _button(desk: Desk, scene: Scene, mail: Mail) -> None:
    """Under a message of the person's own chat the answer belongs there; else to whoever pressed it, in place."""
    event = mail.data["event"]
    where = {"tenant_id": scene.tenant_id, "thread_id": scene.thread["id"], "token": event["token"], "act": "send"}
    if scene.tx.find(Outbox, where, "-seq", 1):
        desk.pressed(scene, mail)
    else:
        place = mail.data.get("place", "")
        forms = bool(mail.data.get("forms"))
        scene.after.reply = desk.act(scene, mail.person_id, event["token"], event["option"], place, forms)


def _chosen(desk: Desk, scene: Scene, mail: Mail) -> None:
    """Some candidates were chosen in the table on the web: it goes on here. Each is looked up again."""
    call = Call(desk, scene, mail.person_id, forms=True)
    act, ids = mail.data["act"], mail.data["ids"]
    if act != "compare" and not call.sight.holds(*RECRUITERS):
        return
    reply = compare.shown(call, ids) if act == "compare" else many.ask(call, act, ids)
    scene.show(reply.card or words.wrong(words.NOT_FOUND), token=reply.token)


def _file(desk: Desk, scene: Scene, mail: Mail) -> None:
    reply = desk.preview(scene, mail.person_id, mail.data["name"], bytes.fromhex(mail.data["hex"]))
    scene.show(reply.card or words.wrong(words.NOT_FOUND), token=reply.token)


# -- people and channels that were picked ------------------------------------------------------------------


def _ours(scene: Scene, mail: Mail, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields with our own ids. Somebody who is picked for the first time becomes a member, tied to the account
    that was picked; but not for a person who may not open requisitions."""
    found = dict(fields)
    if mail.source == people.WEB or not _may(scene, mail):
        return found
    for field in _PEOPLE:
        if fields.get(field):
            found[field] = ",".join(_person(scene, mail, user) for user in listed(fields[field]))
    if fields.get(_CHANNEL):
        found[_CHANNEL] = _channel(scene, mail, fields[_CHANNEL].strip())
    return found


def _may(scene: Scene, mail: Mail) -> bool:
    return Sight(scene.tx, scene.keys, scene.tenant_id, mail.person_id).holds(*RECRUITERS)


def _person(scene: Scene, mail: Mail, user: str) -> str:
    """A person's id; what was picked itself where nobody knows who that is, which is then refused kindly."""
    tx, tenant, space = scene.tx, scene.tenant_id, mail.data.get("space", "")
    known = people.identified(tx, tenant, mail.source, space, user)
    name = mail.data.get("known", {}).get(user, "")
    if known or not name:
        return known or user
    person, chat = people.add_person(tx, scene.keys, scene.ids, tenant, "member", name[:_MOST_NAME], scene.at)
    people.add_identity(tx, scene.ids, tenant, person, mail.source, space, user, scene.at)
    if address := mail.data.get("chats", {}).get(user):  # where reminders reach them from now on
        tx.change(Thread, {"tenant_id": tenant, "id": chat}, {"platform": mail.source, "address": address})
    return person


def _channel(scene: Scene, mail: Mail, channel: str) -> str:
    """The chat of a channel of that workspace; made when nothing was ever posted there."""
    tx, tenant = scene.tx, scene.tenant_id
    if tx.find(Thread, {"tenant_id": tenant, "id": channel, "kind": "channel"}):
        return channel
    where = {"tenant_id": tenant, "platform": mail.source, "address": f"{mail.data.get('workspace', '')}/{channel}"}
    known = tx.find(Thread, {**where, "kind": "channel"})
    if known:
        return known[0]["id"]
    add = (tenant, "channel", "", tenant, "hiring", mail.source, where["address"])
    return people.add_thread(tx, scene.ids, *add)


def _user(tx: Tx, tenant_id: str, platform: str, person_id: str) -> str:
    found = tx.find(Identity, {"tenant_id": tenant_id, "person_id": person_id, "platform": platform})
    return found[0]["user_ref"] if found else ""
