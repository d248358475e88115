"""Who may read one interview's transcript, and the link that leads one person to it.

A link is made for one person and one interview, works once and within minutes, and becomes a cookie that opens this one
transcript and nothing else. What somebody may see is asked again at every request: a role that ends, ends both.
"""

from dataclasses import dataclass

from bot import hiring, people
from bot.ids import Ids, digest
from bot.keyring import Keyring
from bot.people import Refused
from bot.scene import Reply, Scene
from bot.scorecards import blind, rating
from bot.store.rows import AccessToken, Person, Role
from bot.store.store import Row, Tx
from flows.cards import Card
from flows.words import review_page_en as words

LINK, READING = "review", "reading"  # purposes: what is sent to a person, and what their browser then holds
HOURS = 8


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads one transcript."""

    tenant_id: str
    person_id: str
    name: str


def may_read(tx: Tx, interview: Row, person_id: str) -> bool:
    """May somebody read this transcript now? As `rating.may_read` says, for whoever still has a role on the team."""
    held = tx.find(Role, {"tenant_id": interview["tenant_id"], "person_id": person_id})
    return bool(held) and rating.may_read(tx, interview, person_id)


def may_record(tx: Tx, interview: Row, person_id: str) -> bool:
    """Recruiters and admins may take the record of a decision away with them."""
    return people.may(tx, interview["tenant_id"], interview["requisition_id"], person_id, "recruiter", "admin")


def name_for(tx: Tx, keys: Keyring, interview: Row, person_id: str) -> str:
    """What a candidate is called to somebody: their name, or their neutral label where names are kept from readers."""
    tenant_id, candidate = interview["tenant_id"], interview["candidate_id"]
    requisition = hiring.get_requisition(tx, tenant_id, interview["requisition_id"])
    if blind.hidden(requisition, interview, person_id):
        return blind.label(tx, requisition, candidate)
    return people.name_of(tx, keys, tenant_id, candidate)


def personal_link(scene: Scene, interview: Row, person_id: str, base_url: str = "") -> Reply:
    """A person's own link to a transcript, as a card for nobody but them; a kind sentence where it isn't theirs.

    base_url: of the pages; a card that goes through the outbox needs none.
    """
    if not may_read(scene.tx, interview, person_id):
        return Reply(Card(words.NOT_ON_PANEL, tone="aside"))
    secret = people.issue_link(
        scene.tx, scene.ids, scene.tenant_id, LINK, person_id, interview["id"], scene.at, 0, words.MINUTES
    )
    name = name_for(scene.tx, scene.keys, interview, person_id)
    return Reply(words.own_link(name, f"{base_url}/r/{secret}"))


def look(tx: Tx, secret: str, at: int) -> Row | Refused:
    """The link behind a secret, if it can still be used. Looking never uses it up: previews look too."""
    return people.look_at_link(tx, secret, at, (LINK,))


def redeem(tx: Tx, ids: Ids, secret: str, at: int) -> tuple[Row, str] | Refused:
    """Use a link up: (its row, the secret that the browser keeps). Of two at the same moment one is first."""
    row = people.use_up(tx, secret, at, (LINK,))
    if isinstance(row, Refused):
        return row
    interview = hiring.get_interview(tx, row["tenant_id"], row["interview_id"])
    if not may_read(tx, interview, row["person_id"]):
        return Refused("unknown", words.NOT_ON_PANEL)
    minutes = HOURS * 60
    held = people.issue_link(tx, ids, row["tenant_id"], READING, row["person_id"], row["interview_id"], at, 0, minutes)
    return row, held


def holder(tx: Tx, keys: Keyring, secret: str, interview_id: str, at: int) -> Reader | None:
    """Who reads this interview with a browser's secret; None when it is unknown, over, or another interview's."""
    row = tx.one(AccessToken, digest=digest(secret), purpose=READING, interview_id=interview_id)
    if row is None or row["used_at"] is not None or row["expires_at"] <= at:
        return None
    tenant_id, person_id = row["tenant_id"], row["person_id"]
    if tx.one(Person, tenant_id=tenant_id, id=person_id) is None:
        return None
    return Reader(tenant_id, person_id, people.name_of(tx, keys, tenant_id, person_id))
