"""How somebody becomes known on a platform: a secret link or code ties their account to a person, once.

The first who brings an invitation is the candidate (`security.md`: first use binds). The same person may come
from another platform by a handover link; somebody else is told nothing but a kind sentence.
"""

from dataclasses import dataclass
from typing import Any, cast

from adapters.contract import Who
from bot import hiring, people
from bot.ids import Ids, digest
from bot.keyring import Keyring
from bot.scene import After, Scene
from bot.store.rows import (
    AccessToken,
    Conversation,
    Identity,
    Inbox,
    Interview,
    Outbox,
    Person,
    Session,
    Thread,
    Timer,
)
from bot.store.store import Row, Tx
from flows.cards import Card
from flows.words import reception_en as words

_BEGUN = ("invited", "opened")


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody is known now. after: what their arrival caused."""

    tenant_id: str
    person_id: str
    thread_id: str
    member: bool
    name: str
    after: After
    left: str = ""  # a chat that is nobody's any more


@dataclass(frozen=True, slots=True)
class NotLetIn:
    """A link that doesn't open here. alert: the interview whose recruiters should hear of it."""

    say: Card
    alert: str = ""


def identity_space(who: Who) -> str:
    """The workspace that a user's id belongs to: Slack counts per team, Telegram and Discord know one world."""
    return who.workspace if who.platform == "slack" else ""


def arrive(
    tx: Tx, keys: Keyring, ids: Ids, tenant_id: str | None, who: Who, secret: str, at: int
) -> Arrived | NotLetIn:
    """Tie an account to the person whose link it brought. tenant_id: whose the workspace is; None: nobody's yet."""
    link = tx.one(AccessToken, digest=digest(secret))
    if (
        link is None
        or link["purpose"] not in people.LINKS
        or (tenant_id is not None and link["tenant_id"] != tenant_id)
    ):
        return NotLetIn(words.LINK_UNKNOWN)
    tenant, wanted = link["tenant_id"], link["person_id"]
    known = people.identified(tx, tenant, who.platform, identity_space(who), who.user)
    over = link["used_at"] is not None or link["expires_at"] <= at
    if over and known == wanted:
        return _arrived(tx, keys, tenant, known)
    if over:
        return _used(link) if link["used_at"] is not None else NotLetIn(words.LINK_EXPIRED)
    if who.outsider and link["purpose"] == "member":
        return NotLetIn(words.OUTSIDER)  # a guest's account is no way into the team
    if known not in ("", wanted) and (why := _not_for(tx, link, known)) is not None:
        return NotLetIn(why)
    # Before anything else is written: whoever comes second must have changed nothing.
    if isinstance(people.use_up(tx, secret, at), people.Refused):
        return _used(link)
    if not known:
        people.add_identity(tx, ids, tenant, wanted, who.platform, identity_space(who), who.user, at)
    if known in ("", wanted):
        return _arrived(tx, keys, tenant, wanted)
    left = people.thread_of(tx, tenant, wanted)
    return _arrived(tx, keys, tenant, known, _adopt(tx, keys, ids, link, known, at), left)


def _used(link: Row) -> NotLetIn:
    return NotLetIn(words.LINK_USED, link["interview_id"] if link["purpose"] == "invite" else "")


def _arrived(
    tx: Tx, keys: Keyring, tenant_id: str, person_id: str, after: After | None = None, left: str = ""
) -> Arrived:
    thread, member = people.thread_of(tx, tenant_id, person_id), not people.is_candidate(tx, tenant_id, person_id)
    name = people.name_of(tx, keys, tenant_id, person_id)
    return Arrived(tenant_id, person_id, thread, member, name, after or After(), left)


# -- somebody who is known already -----------------------------------------------------------------------------


def _not_for(tx: Tx, link: Row, known: str) -> Card | None:
    """Why somebody who is known here as another person can't use a link; None: an invitation that they may take up."""
    tenant = link["tenant_id"]
    if not people.is_candidate(tx, tenant, known):
        return words.ON_THE_TEAM if link["purpose"] == "invite" else words.TAKEN
    if link["purpose"] != "invite" or _met(tx, tenant, link["person_id"]):
        return words.TAKEN
    interview = hiring.get_interview(tx, tenant, link["interview_id"])
    return None if interview["status"] in _BEGUN else words.TAKEN


def _met(tx: Tx, tenant_id: str, person_id: str) -> bool:
    """Has anybody ever come as this person, on a page or on a platform? Then they are not simply somebody else."""
    who: Row = {"tenant_id": tenant_id, "person_id": person_id}
    elsewhere = [i for i in tx.find(Identity, who) if i["platform"] != people.WEB]
    return bool(elsewhere or tx.find(Session, who, "created_at", 1))


def _adopt(tx: Tx, keys: Keyring, ids: Ids, link: Row, person_id: str, at: int) -> After:
    """Somebody who is known already was invited once more: the new interview becomes theirs, and the person who had been
    made up for it, whom nobody has met, is forgotten. Their key stays (posts in channels may be sealed with it); the fact
    says whose it is, for whoever erases the person."""
    tenant_id, invented = link["tenant_id"], link["person_id"]
    interview = hiring.get_interview(tx, tenant_id, link["interview_id"])
    _silence(tx, tenant_id, people.thread_of(tx, tenant_id, invented))
    _keep_note(tx, keys, tenant_id, invented, person_id)
    tx.change(Interview, {"tenant_id": tenant_id, "id": interview["id"]}, {"candidate_id": person_id})
    tx.change(AccessToken, {"tenant_id": tenant_id, "person_id": invented}, {"person_id": person_id})
    tx.delete(Person, {"tenant_id": tenant_id, "id": invented})
    tx.delete(Identity, {"tenant_id": tenant_id, "person_id": invented})
    chat = people.thread_of(tx, tenant_id, person_id)
    scene = Scene(tx, keys, ids, tx.find(Thread, {"tenant_id": tenant_id, "id": chat})[0], at)
    scene.fact("adopted", interview["id"], person_id=person_id, was=invented)
    hiring.begin_invitation(scene, {**interview, "candidate_id": person_id}, chat)
    return scene.after


def _silence(tx: Tx, tenant_id: str, chat: str) -> None:
    """Nothing is said in a chat any more, and nothing that is on its way to it has an effect."""
    row = tx.find(Thread, {"tenant_id": tenant_id, "id": chat})[0]
    for conversation in tx.find(Conversation, {"tenant_id": tenant_id, "thread_id": chat}):
        tx.change(Conversation, {"tenant_id": tenant_id, "id": conversation["id"]}, {"state": "ended"})
        tx.delete(Timer, {"tenant_id": tenant_id, "owner_id": conversation["id"]})
    waiting = {"tenant_id": tenant_id, "thread_id": chat, "state": "pending"}
    tx.change(Outbox, waiting, {"state": "dropped"})
    tx.change(Inbox, waiting, {"state": "dropped", "body": None})
    # A turn that is being prepared for it at this moment finds that somebody was first.
    tx.change(Thread, {"tenant_id": tenant_id, "id": chat}, {"version": row["version"] + 1})


def _keep_note(tx: Tx, keys: Keyring, tenant_id: str, invented: str, person_id: str) -> None:
    """What the team had noted about the one goes to the other."""
    bodies = [_body(tx, keys, tenant_id, person) for person in (person_id, invented)]
    notes = [str(b["note"]) for b in bodies if b.get("note")]
    if bodies[1].get("note"):
        sealed = keys.seal(tenant_id, person_id, {**bodies[0], "note": "\n".join(notes)})
        tx.change(Person, {"tenant_id": tenant_id, "id": person_id}, {"body": sealed})


def _body(tx: Tx, keys: Keyring, tenant_id: str, person_id: str) -> dict[str, Any]:
    keys.load(tx, tenant_id, person_id)
    row = tx.find(Person, {"tenant_id": tenant_id, "id": person_id})[0]
    return cast("dict[str, Any]", keys.open(tenant_id, person_id, row["body"]))
