"""How somebody becomes known on a platform: a secret link or code ties their account to a person, once.

The first who brings an invitation is the candidate (`security.md`: first use binds). The same person may come
from another platform by a handover link; somebody else is told nothing but a kind sentence.
"""

from dataclasses import dataclass, replace

from adapters.contract import Who
from bot import hiring, people
from bot.ids import Ids, digest
from bot.keyring import Keyring
from bot.scene import After, Scene
from bot.store.rows import AccessToken, Conversation, Interview, Outbox, Thread, Timer
from bot.store.store import Row, Tx
from flows.cards import Card
from flows.words import reception_en as words

_BEGUN = ("invited", "opened")
PURPOSES = ("invite", "handover", "member")


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody is known now. again: they were before. waiting: something undelivered is on its way to them anyway."""

    person_id: str
    thread_id: str
    member: bool
    name: str
    again: bool
    waiting: bool
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
    if link is None or link["purpose"] not in PURPOSES or (tenant_id is not None and link["tenant_id"] != tenant_id):
        return NotLetIn(words.LINK_UNKNOWN)
    tenant, wanted = link["tenant_id"], link["person_id"]
    known = people.identified(tx, tenant, who.platform, identity_space(who), who.user)
    if link["used_at"] is not None:
        if known and known == wanted:
            return _arrived(tx, keys, tenant, known, True)
        return NotLetIn(words.LINK_USED, link["interview_id"] if link["purpose"] == "invite" else "")
    if link["expires_at"] <= at:
        return NotLetIn(words.LINK_EXPIRED)
    after, left = After(), ""
    if known and known != wanted:
        if link["purpose"] != "invite":
            return NotLetIn(words.TAKEN)
        if not people.is_candidate(tx, tenant, known):
            return NotLetIn(words.ON_THE_TEAM)
        interview = hiring.get_interview(tx, tenant, link["interview_id"])
        if interview["status"] not in _BEGUN:
            return NotLetIn(words.TAKEN)
        after, left = _adopt(tx, keys, ids, interview, known, at), people.thread_of(tx, tenant, wanted)
        tx.change(AccessToken, {"digest": link["digest"]}, {"person_id": known})
        wanted = known
    if isinstance(people.use_up(tx, secret, at), people.Refused):
        return NotLetIn(words.LINK_USED, link["interview_id"])
    if not known:
        people.add_identity(tx, ids, tenant, wanted, who.platform, identity_space(who), who.user, at)
    arrived = _arrived(tx, keys, tenant, wanted, again=bool(known) and not after.mail)
    return replace(arrived, after=after, left=left)


def _arrived(tx: Tx, keys: Keyring, tenant_id: str, person_id: str, again: bool) -> Arrived:
    thread = people.thread_of(tx, tenant_id, person_id)
    waiting = bool(tx.find(Outbox, {"thread_id": thread, "tenant_id": tenant_id, "state": "pending"}, "seq", 1))
    member, name = not people.is_candidate(tx, tenant_id, person_id), people.name_of(tx, keys, tenant_id, person_id)
    return Arrived(person_id, thread, member, name, again, waiting, After())


def _adopt(tx: Tx, keys: Keyring, ids: Ids, interview: Row, person_id: str, at: int) -> After:
    """Somebody who is known already was invited once more: the new interview becomes theirs, and what had been
    prepared for the person whom nobody has met is taken back."""
    tenant_id, invented = interview["tenant_id"], interview["candidate_id"]
    old_chat = people.thread_of(tx, tenant_id, invented)
    for conversation in tx.find(Conversation, {"tenant_id": tenant_id, "thread_id": old_chat}):
        tx.change(Conversation, {"tenant_id": tenant_id, "id": conversation["id"]}, {"state": "ended"})
        tx.delete(Timer, {"tenant_id": tenant_id, "owner_id": conversation["id"]})
    tx.change(Outbox, {"tenant_id": tenant_id, "thread_id": old_chat, "state": "pending"}, {"state": "dropped"})
    tx.change(Interview, {"tenant_id": tenant_id, "id": interview["id"]}, {"candidate_id": person_id})
    chat = people.thread_of(tx, tenant_id, person_id)
    scene = Scene(tx, keys, ids, tx.find(Thread, {"tenant_id": tenant_id, "id": chat})[0], at)
    hiring.begin_invitation(scene, {**interview, "candidate_id": person_id}, chat)
    return scene.after
