"""Who is who: persons with their keys and chats, secret links, sessions. One person, several identities."""

from dataclasses import dataclass
from typing import Any, cast

from bot.ids import Ids, digest
from bot.keyring import Erased, Keyring
from bot.store.rows import AccessToken, Identity, Interview, Person, Role, Session, Thread
from bot.store.store import Row, Tx

DAY = 86_400_000
MINUTE = 60_000
SESSION_DAYS = 30
WEB = "web"
NOBODY = "Someone"  # what somebody who was erased is called
LINKS = ("invite", "handover", "member")  # what a link of a person may be for


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who a session belongs to. `role` is the strongest one they have."""

    tenant_id: str
    person_id: str
    name: str
    role: str
    thread_id: str
    channels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A link cannot be used. `code`: unknown, used, expired. `say`: a kind sentence for whoever holds it."""

    code: str
    say: str


_REFUSALS = {
    "unknown": "This link isn't one I know. Please open it exactly as you received it, or ask the person who sent it.",
    "used": (
        "This link has already been used to begin. If that was you, go on in the browser where you started; "
        "on another device, ask the person who invited you for a new link."
    ),
    "expired": "This link has expired. Please ask the person who invited you for a new one; nothing you did is lost.",
}


def add_person(
    tx: Tx, keys: Keyring, ids: Ids, tenant_id: str, kind: str, name: str, at: int, email: str = ""
) -> tuple[str, str]:
    """A new candidate or member with a key and a web chat of their own: (person id, thread id)."""
    person_id = ids.new("p")
    keys.create(tx, tenant_id, person_id, at)
    keys.load(tx, tenant_id, person_id)
    body = keys.seal(tenant_id, person_id, {"name": name, **({"email": email} if email else {})})
    tx.insert(Person, {"tenant_id": tenant_id, "id": person_id, "kind": kind, "body": body, "created_at": at})
    add_identity(tx, ids, tenant_id, person_id, WEB, "", person_id, at)
    return person_id, add_thread(tx, ids, tenant_id, "person", person_id, person_id, "Parley")


def add_identity(
    tx: Tx, ids: Ids, tenant_id: str, person_id: str, platform: str, workspace: str, user: str, at: int
) -> None:
    """From now on the platform's `user` is this person. The same identity twice is a bug and is refused by the table."""
    row: Row = {"tenant_id": tenant_id, "id": ids.new("i"), "person_id": person_id, "platform": platform}
    tx.insert(Identity, {**row, "workspace": workspace, "user_ref": user, "created_at": at})


def identified(tx: Tx, tenant_id: str, platform: str, workspace: str, user: str) -> str:
    """The person behind a platform's user; "" for a stranger."""
    where = {"tenant_id": tenant_id, "platform": platform, "workspace": workspace, "user_ref": user}
    found = tx.find(Identity, where)
    return found[0]["person_id"] if found else ""


def add_thread(
    tx: Tx,
    ids: Ids,
    tenant_id: str,
    kind: str,
    person_id: str,
    subject_id: str,
    title: str,
    platform: str = WEB,
    address: str = "",
) -> str:
    """A new chat, on the web unless an `address` on another platform is given; its id."""
    thread_id = ids.new("th")
    row: Row = {"tenant_id": tenant_id, "id": thread_id, "kind": kind, "person_id": person_id, "platform": platform}
    tx.insert(
        Thread,
        {
            **row,
            "address": address or thread_id,
            "title": title,
            "subject_id": subject_id,
            "next_seq": 1,
            "version": 1,
            "blocked": "",
        },
    )
    return thread_id


def name_of(tx: Tx, keys: Keyring, tenant_id: str, person_id: str) -> str:
    """The person's name; "Someone" once they have been erased."""
    row = tx.one(Person, tenant_id=tenant_id, id=person_id)
    if row is None:
        return NOBODY
    try:
        keys.load(tx, tenant_id, person_id)
    except Erased:  # one of many on a board, say: the others are still to be shown
        return NOBODY
    return cast("dict[str, Any]", keys.open(tenant_id, person_id, row["body"]))["name"]


def email_of(tx: Tx, keys: Keyring, tenant_id: str, person_id: str) -> str:
    """A person's e-mail address; "" where none is known."""
    return _body(tx, keys, tenant_id, person_id).get("email", "")


def set_email(tx: Tx, keys: Keyring, tenant_id: str, person_id: str, email: str) -> None:
    """Note where somebody gets their mail; the caller has checked that it is an address."""
    body = {**_body(tx, keys, tenant_id, person_id), "email": email}
    where = {"tenant_id": tenant_id, "id": person_id}
    tx.change(Person, where, {"body": keys.seal(tenant_id, person_id, body)})


def _body(tx: Tx, keys: Keyring, tenant_id: str, person_id: str) -> dict[str, str]:
    row = tx.one(Person, tenant_id=tenant_id, id=person_id)
    if row is None:
        raise LookupError("no such person")
    keys.load(tx, tenant_id, person_id)
    return cast("dict[str, str]", keys.open(tenant_id, person_id, row["body"]))


def is_candidate(tx: Tx, tenant_id: str, person_id: str) -> bool:
    row = tx.one(Person, tenant_id=tenant_id, id=person_id)
    return row is not None and row["kind"] == "candidate"


def thread_of(tx: Tx, tenant_id: str, person_id: str) -> str:
    """The person's own chat with Parley, wherever it is shown now. Raises `LookupError`."""
    found = chat_of(tx, tenant_id, person_id)
    if not found:
        raise LookupError(f"{person_id} has no chat")
    return found


def chat_of(tx: Tx, tenant_id: str, person_id: str) -> str:
    """As `thread_of`; "" for somebody who has none (any longer)."""
    found = tx.find(Thread, {"tenant_id": tenant_id, "person_id": person_id, "kind": "person"})
    return found[0]["id"] if found else ""


def give_role(tx: Tx, tenant_id: str, requisition_id: str, person_id: str, role: str) -> None:
    tx.add(Role, {"tenant_id": tenant_id, "requisition_id": requisition_id, "person_id": person_id, "role": role})


def with_role(tx: Tx, tenant_id: str, requisition_id: str, *roles: str) -> list[str]:
    """The persons who have one of `roles` for a requisition (or for all), each once, in a stable order."""
    rows = [
        r for r in tx.find(Role, {"tenant_id": tenant_id}, "person_id") if r["requisition_id"] in (requisition_id, "*")
    ]
    return list(dict.fromkeys(r["person_id"] for r in rows if r["role"] in roles))


def may(tx: Tx, tenant_id: str, requisition_id: str, person_id: str, *roles: str) -> bool:
    """Default deny: does the person have one of `roles` here?"""
    return person_id in with_role(tx, tenant_id, requisition_id, *roles)


def strongest_role(tx: Tx, tenant_id: str, person: Row) -> str:
    if person["kind"] == "candidate":
        return "candidate"
    held = {r["role"] for r in tx.find(Role, {"tenant_id": tenant_id, "person_id": person["id"]})}
    return next((r for r in ("admin", "recruiter", "panelist", "observer") if r in held), "observer")


def issue_link(
    tx: Tx,
    ids: Ids,
    tenant_id: str,
    purpose: str,
    person_id: str,
    interview_id: str,
    at: int,
    days: int,
    minutes: int = 0,
) -> str:
    """A new single-use secret for a link, good for `days` and `minutes`; only its digest is stored.

    purpose: invite (a candidate's first), member (a team member's), handover (the same person, somewhere else).
    """
    secret = ids.secret()
    row: Row = {"digest": digest(secret), "tenant_id": tenant_id, "purpose": purpose, "person_id": person_id}
    tx.insert(
        AccessToken,
        {
            **row,
            "interview_id": interview_id,
            "expires_at": at + days * DAY + minutes * MINUTE,
            "used_at": None,
            "created_at": at,
        },
    )
    return secret


def look_at_link(tx: Tx, secret: str, at: int, purposes: tuple[str, ...] = LINKS) -> Row | Refused:
    """The token behind a link, if it can still be used. Looking never uses it up."""
    row = tx.one(AccessToken, digest=digest(secret))
    if row is None or row["purpose"] not in purposes:
        return Refused("unknown", _REFUSALS["unknown"])
    if row["used_at"] is not None:
        return Refused("used", _REFUSALS["used"])
    if row["expires_at"] <= at:
        return Refused("expired", _REFUSALS["expired"])
    return row


def redeem(tx: Tx, ids: Ids, secret: str, at: int) -> tuple[Row, str] | Refused:
    """Use a link up and open a session: (token row, session secret). One compare-and-set decides who was first."""
    row = use_up(tx, secret, at)
    return row if isinstance(row, Refused) else (row, open_session(tx, ids, row["tenant_id"], row["person_id"], at))


def use_up(tx: Tx, secret: str, at: int, purposes: tuple[str, ...] = LINKS) -> Row | Refused:
    """Use a link up: its token row. Of two at the same moment one is first."""
    row = look_at_link(tx, secret, at, purposes)
    if isinstance(row, Refused):
        return row
    if tx.change(AccessToken, {"digest": row["digest"], "used_at": None}, {"used_at": at}) != 1:
        return Refused("used", _REFUSALS["used"])
    return row


def open_session(tx: Tx, ids: Ids, tenant_id: str, person_id: str, at: int) -> str:
    """A new session; the secret to give to the browser."""
    secret = ids.secret()
    row: Row = {"digest": digest(secret), "tenant_id": tenant_id, "person_id": person_id, "revoked_at": None}
    tx.insert(Session, {**row, "expires_at": at + SESSION_DAYS * DAY, "created_at": at})
    return secret


def visitor(tx: Tx, keys: Keyring, secret: str, at: int) -> Visitor | None:
    """Who is behind a session secret; None when it is unknown, expired or revoked."""
    row = tx.one(Session, digest=digest(secret))
    if row is None or row["revoked_at"] is not None or row["expires_at"] <= at:
        return None
    tenant_id, person_id = row["tenant_id"], row["person_id"]
    person = tx.one(Person, tenant_id=tenant_id, id=person_id)
    if person is None:
        return None
    role = strongest_role(tx, tenant_id, person)
    channels = () if role == "candidate" else tuple((c["id"], c["title"]) for c in _channels(tx, tenant_id))
    name = name_of(tx, keys, tenant_id, person_id)
    return Visitor(tenant_id, person_id, name, role, thread_of(tx, tenant_id, person_id), channels)


def _channels(tx: Tx, tenant_id: str) -> list[Row]:
    return tx.find(Thread, {"tenant_id": tenant_id, "kind": "channel"}, "id")


def interview_of(tx: Tx, tenant_id: str, candidate_id: str) -> Row | None:
    """The candidate's newest interview."""
    rows = tx.find(Interview, {"tenant_id": tenant_id, "candidate_id": candidate_id}, "-created_at")
    return rows[0] if rows else None
