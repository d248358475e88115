"""Connecting and disconnecting calendars, as far as it happens in a chat: the list, beginning, leaving, the hours."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from bot import people
from bot.keyring import Erased, Keyring
from bot.scene import Scene
from bot.scheduling import accounts, profiles
from bot.scheduling.entries import key, queue_write
from bot.scheduling.hours_text import hours_text, read_hours_text
from bot.settings import Settings
from bot.store import queries
from bot.store.rows import Appointment, CalendarAccount, CalendarEntry
from bot.store.store import Row, Tx
from bot.threads import Conv
from calendar_sync import when
from flows.cards import Card, Option
from flows.words import calendar_en as words

FLOW = "connect"
CONNECT, OFF = "connect", "off"
KINDS = ("", "google", "caldav", "ics", "none")


def filler(keys: Keyring, settings: Settings) -> Callable[..., dict[str, Any]]:
    """What `bot.casting.Casting` calls for `connect`: (tx, tenant_id, stored) -> arguments."""
    return partial(args, keys, settings)


def args(keys: Keyring, settings: Settings, tx: Tx, tenant_id: str, stored: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of `flows.connect` from the stored ones: {"person", "kind", "at"}."""
    person = stored["person"]
    mine = accounts.of_person(tx, tenant_id, person)
    profile = profiles.load(tx, keys, tenant_id, person) or profiles.default(settings.time_zone)
    delegated = bool(settings.google_service_account)
    return {
        "name": people.name_of(tx, keys, tenant_id, person),
        "google": delegated or bool(settings.google_client_id),
        "delegated": delegated,
        "connected": tuple(accounts.label(a["kind"], accounts.content_of(tx, keys, a)) for a in mine),
        "hours": hours_label(profile, stored["at"]),
        "zone": profile.zone,
        "kind": stored["kind"],
    }


def hours_label(profile: profiles.Profile, at: int) -> str:
    """ "Mon-Fri 09:00-17:00, Paris time (UTC+1)"."""
    zone = when.zone_label(profile.zone, at // 60_000)
    return f"{hours_text(profile.weekly) or words.NO_HOURS}, {zone}"


def begin(scene: Scene, person_id: str, kind: str = "") -> None:
    """Begin to connect a calendar in somebody's own chat; anew, where they had begun before. kind: one of KINDS.

    Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"there are no calendars of the kind {kind!r}")
    chat = people.thread_of(scene.tx, scene.tenant_id, person_id)
    going_on = queries.open_conversations(scene.tx, scene.tenant_id, chat, "", FLOW)
    if going_on:
        event = {"kind": "learned", "name": "calendar_again", "data": {"kind": kind}}
        scene.send(chat, "happening", person_id, event=event, conversation=going_on[-1])
        return
    stored = {"person": person_id, "kind": kind, "at": scene.at}
    scene.send(chat, "begin", person_id, flow=FLOW, args=stored, subject_id=person_id)


def status_card(tx: Tx, keys: Keyring, tenant_id: str, person_id: str, at: int = 0) -> Card:
    """What somebody has connected, how it is, and buttons for `pressed`. at: now (ms), 0 to leave ages out."""
    mine = accounts.of_person(tx, tenant_id, person_id)
    rows, problems, off = list[tuple[str, str]](), list[str](), list[Option]()
    for row in mine:
        name = accounts.label(row["kind"], accounts.content_of(tx, keys, row))
        rows.append((name, words.state(row["state"], _ago(row, at))))
        busy = accounts.busy_of(tx, keys, row)
        if row["state"] == "partial" and busy is not None and busy.problem:
            problems.append(busy.problem)
        off.append(Option(f"{OFF}.{row['id']}", words.disconnect(name), "quiet"))
    profile = profiles.load(tx, keys, tenant_id, person_id)
    hours = hours_label(profile, at) if profile else words.NO_HOURS
    options = [Option(CONNECT, words.CONNECT_MORE if mine else words.CONNECT, "primary"), *off]
    return words.status(rows, hours, problems, options)


def _ago(row: Row, at: int) -> str:
    if not at or row["synced_at"] is None:
        return ""
    minutes = max(0, at - row["synced_at"]) // 60_000
    return f"{when.length(minutes)} ago" if minutes else words.JUST_NOW


def pressed(scene: Scene, person_id: str, option: str) -> Card | None:
    """A button of the list: what to show at once, None where the conversation says it."""
    name, _, account = option.partition(".")
    if name == OFF:
        return disconnect(scene, person_id, account)
    begin(scene, person_id)
    return None


def disconnect(scene: Scene, person_id: str, account_id: str) -> Card:
    """Forget a calendar of this person's, with its secrets. What stands in it stays there."""
    place = {"tenant_id": scene.tenant_id, "id": account_id}
    row = scene.tx.one(CalendarAccount, **place)
    if row is None or row["interviewer_id"] != person_id:
        return words.NOT_THERE
    content = accounts.content_of(scene.tx, scene.keys, row)
    scene.tx.delete(CalendarAccount, place)
    _let_go(scene, person_id, account_id)
    profiles.stamp(scene.tx, scene.tenant_id, person_id)
    if content.get("channel"):
        request = {"kind": row["kind"], "content": content}
        scene.work("CalendarForget", request, conversation_id="", interview_id="", subject_id=person_id, step="")
    return words.disconnected(accounts.label(row["kind"], content))


def _let_go(scene: Scene, person: str, account_id: str) -> None:
    """What stood in the calendar is looked after in the chat from now on (as a file), so that a change is still told."""
    for entry in scene.tx.find(CalendarEntry, {"tenant_id": scene.tenant_id, "account_id": account_id}):
        scene.tx.delete(CalendarEntry, key(entry))
        if entry["state"] in ("wanted", "kept", "failed"):
            values = {"account_id": f"chat:{person}", "state": "kept", "problem": "", "asked": "", "sealed": None}
            scene.tx.add(CalendarEntry, {**entry, **values, "at": scene.at})


def take_over(scene: Scene, person: str) -> None:
    """The opposite: somebody who got files has a calendar now, so their interviews are written into it."""
    account = accounts.written_to(scene.tx, scene.tenant_id, person)
    if account is None:
        return
    where = {"tenant_id": scene.tenant_id, "account_id": f"chat:{person}", "state": "kept"}
    for entry in scene.tx.find(CalendarEntry, where, "appointment_id"):
        row = scene.tx.one(Appointment, tenant_id=scene.tenant_id, id=entry["appointment_id"])
        if row is None or row["state"] != "booked":
            continue
        scene.tx.delete(CalendarEntry, key(entry))
        scene.tx.add(CalendarEntry, {**entry, "account_id": account["id"], "state": "wanted", "at": scene.at})
        queue_write(scene, row, account["id"])


def hours_given(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """The effect of the fact: hours as they were read and confirmed; "" for those that were shown."""
    person, keys = conv.row["subject_id"], scene.keys
    profile = profiles.load(scene.tx, keys, scene.tenant_id, person) or profiles.default(data["zone"])
    if data["hours"]:
        profile = replace(profile, weekly=read_hours_text(data["hours"]), zone=data["zone"])
    profiles.save(scene.tx, keys, scene.tenant_id, person, profile, scene.at)


def same_account(
    tx: Tx, keys: Keyring, tenant_id: str, person_id: str, kind: str, content: dict[str, Any]
) -> Row | None:
    """The account that is being connected again: the same calendar of the same person."""
    for row in accounts.of_person(tx, tenant_id, person_id):
        if row["kind"] == kind and _identity(accounts.content_of(tx, keys, row)) == _identity(content):
            return row
    return None


def _identity(content: dict[str, Any]) -> Sequence[str]:
    return [content.get(name, "") for name in ("mail", "address", "url")]


def of_a_colleague(tx: Tx, keys: Keyring, tenant_id: str, person_id: str, mail: str) -> bool:
    """Has somebody else of the tenant connected this Google account?"""
    rows = tx.find(CalendarAccount, {"tenant_id": tenant_id, "kind": "google"}, "id")
    for row in rows:
        try:
            content = accounts.content_of(tx, keys, row)
        except Erased:
            continue
        if row["interviewer_id"] != person_id and content.get("mail", "").lower() == mail.lower():
            return True
    return False
