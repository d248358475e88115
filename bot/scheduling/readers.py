"""For whom something is written: their zone, and how the others are called to them."""

from typing import cast

from bot import people
from bot.keyring import Keyring
from bot.scheduling import appointments, profiles
from bot.store import queries
from bot.store.rows import Conversation
from bot.store.store import Row, Tx
from flows.words import appointments_en as words


def zone(tx: Tx, keys: Keyring, row: Row, person_id: str, usual: str) -> str:
    """The zone in which this person reads an appointment; `usual` is the team's."""
    if person_id == row["candidate_id"]:
        return row["zone"] or usual
    return of_member(tx, keys, row["tenant_id"], person_id, usual)


def of_member(tx: Tx, keys: Keyring, tenant_id: str, person_id: str, usual: str) -> str:
    """A team member's zone: their profile's, else the team's."""
    profile = profiles.load(tx, keys, tenant_id, person_id) if person_id else None
    return profile.zone if profile else usual


def name(tx: Tx, keys: Keyring, tenant_id: str, person_id: str) -> str:
    return people.name_of(tx, keys, tenant_id, person_id)


def others(tx: Tx, keys: Keyring, row: Row, person_id: str) -> str:
    """Whom this person meets: the interviewers for the candidate, the candidate for an interviewer."""
    if person_id != row["candidate_id"]:
        return name(tx, keys, row["tenant_id"], row["candidate_id"])
    if row["kind"] == "bot":
        return words.WITH_PARLEY
    team = appointments.interviewers(tx, row)
    return words.names(tuple(name(tx, keys, row["tenant_id"], p) for p in team))


def recruiters(tx: Tx, tenant_id: str, interview: Row) -> list[str]:
    """Who looks after an interview."""
    return people.with_role(tx, tenant_id, interview["requisition_id"], "recruiter", "admin")


def conversations(tx: Tx, keys: Keyring, row: Row, chat: str, flow: str) -> list[str]:
    """The open conversations of one kind about an appointment in a chat; its interview may have others of its own."""
    found = queries.open_conversations(tx, row["tenant_id"], chat, row["interview_id"], flow)
    return [id for id in found if _about(tx, keys, row["tenant_id"], id) == row["id"]]


def _about(tx: Tx, keys: Keyring, tenant_id: str, conversation_id: str) -> str:
    """The appointment that a conversation is about."""
    row = tx.one(Conversation, tenant_id=tenant_id, id=conversation_id)
    if row is None:
        return ""
    keys.load(tx, tenant_id, row["subject_id"])
    return cast("dict[str, str]", keys.open(tenant_id, row["subject_id"], row["sealed"])).get("appointment", "")
