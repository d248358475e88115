"""What one person of a team may see and find: default deny, per requisition, within their tenant.

Everything the desk finds it finds here. What somebody may not see, and another tenant's id, is simply not found.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot import hiring, people
from bot.keyring import Keyring
from bot.kits import KitLibrary
from bot.scene import Reply, Scene
from bot.scheduling import readers
from bot.scheduling.availability import Availability
from bot.store.rows import FactRow, Interview, Outbox, Person, Requisition, Role
from bot.store.store import Row, Tx
from flows.cards import Card, Option
from flows.words import desk_en as words

RECRUITERS = ("recruiter", "admin")
LOOKERS = (*RECRUITERS, "observer")
TEAM = (*LOOKERS, "panelist")
CLOSED = ("decided", "withdrawn", "expired")
ANSWERING = ("invited", "opened", "consented", "declined", "in_progress", "paused")  # before the answers are in
MOST_NAME = 120
MOST_OPTIONS = 20


@dataclass(frozen=True)
class Office:
    """What the desk needs to know of the installation. zone: the team's, for whoever hasn't said theirs; company and
    contact: who writes to candidates, and to whom they can turn."""

    public_url: str
    invite_days: int
    kits: KitLibrary
    zone: str
    availability: Availability
    company: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """One person's view of the hiring of their tenant, inside one transaction."""

    tx: Tx
    keys: Keyring
    tenant_id: str
    person_id: str

    def holds(self, *roles: str) -> bool:
        """Has the person one of `roles` for anything at all?"""
        where = {"tenant_id": self.tenant_id, "person_id": self.person_id}
        return any(r["role"] in roles for r in self.tx.find(Role, where))

    def may(self, requisition_id: str, *roles: str) -> bool:
        return people.may(self.tx, self.tenant_id, requisition_id, self.person_id, *roles)

    def requisitions(self, *roles: str) -> list[Row]:
        """The requisitions for which the person has one of `roles`, oldest first."""
        where = {"tenant_id": self.tenant_id, "person_id": self.person_id}
        mine = {r["requisition_id"] for r in self.tx.find(Role, where) if r["role"] in roles}
        found = self.tx.find(Requisition, {"tenant_id": self.tenant_id}, "created_at,id")
        return [r for r in found if "*" in mine or r["id"] in mine]

    def requisition(self, requisition_id: str, *roles: str) -> Row | None:
        row = self.tx.one(Requisition, tenant_id=self.tenant_id, id=requisition_id)
        return row if row is not None and self.may(requisition_id, *roles) else None

    def titled(self, text: str, *roles: str) -> list[Row]:
        """Requisitions whose title is `text`, else those that contain it; all of them for no text."""
        wanted, found = text.strip().casefold(), self.requisitions(*roles)
        return [r for r in found if r["title"].casefold() == wanted] or [
            r for r in found if wanted in r["title"].casefold()
        ]

    def interviews(self, *roles: str, status: str = "") -> list[Row]:
        """Interviews that go on (or those of one status), oldest first."""
        mine = {r["id"] for r in self.requisitions(*roles)}
        where = {"tenant_id": self.tenant_id, **({"status": status} if status else {})}
        rows = self.tx.find(Interview, where, "created_at,id")
        return [r for r in rows if r["requisition_id"] in mine and (status or r["status"] not in CLOSED)]

    def interview(self, interview_id: str, *roles: str) -> Row | None:
        row = self.tx.one(Interview, tenant_id=self.tenant_id, id=interview_id)
        return row if row is not None and self.may(row["requisition_id"], *roles) else None

    def name(self, interview: Row) -> str:
        return self.name_of(interview["candidate_id"])

    def name_of(self, person_id: str) -> str:
        return people.name_of(self.tx, self.keys, self.tenant_id, person_id)

    def named(self, text: str, rows: list[Row]) -> list[Row]:
        """Interviews of candidates called `text`, else of those whose name begins so; nobody for no text."""
        wanted = _plain(text).casefold()
        names = [(self.name(r).casefold(), r) for r in rows] if wanted else []
        return [r for n, r in names if n == wanted] or [r for n, r in names if n.startswith(wanted)]

    def members(self) -> list[Row]:
        return self.tx.find(Person, {"tenant_id": self.tenant_id, "kind": "member"}, "created_at,id")

    def is_member(self, person_id: str) -> bool:
        row = self.tx.one(Person, tenant_id=self.tenant_id, id=person_id)
        return row is not None and row["kind"] == "member"

    def title(self, interview: Row) -> str:
        return hiring.get_requisition(self.tx, self.tenant_id, interview["requisition_id"])["title"]

    def has_seen_something(self, interview: Row) -> bool:
        """The conversation begins behind the link; has it been opened?"""
        chat = people.thread_of(self.tx, self.tenant_id, interview["candidate_id"])
        shown = {"tenant_id": self.tenant_id, "thread_id": chat, "state": "sent"}
        return bool(self.tx.find(Outbox, shown, "seq", 1))

    def stage(self, interview: Row) -> str:
        """An interview's status as the team thinks of it: "invited" until the link has been opened."""
        status: str = interview["status"]
        return "invited" if status == "opened" and not self.has_seen_something(interview) else status

    def since(self, interview: Row) -> int:
        """The instant of the last thing that happened in an interview."""
        where = {"tenant_id": self.tenant_id, "interview_id": interview["id"]}
        last = self.tx.find(FactRow, where, "-at", 1)
        return last[0]["at"] if last else interview["created_at"]


@dataclass(frozen=True, slots=True)
class Call:
    """One order being carried out. `rest`: what follows the command, or what a form is about; `place`: the channel it
    was given in, or "". forms: can a form be opened in answer?"""

    office: Office
    scene: Scene
    person_id: str
    rest: str = ""
    place: str = ""
    forms: bool = False
    sight: Sight = field(init=False)

    def __post_init__(self) -> None:
        scene = self.scene
        object.__setattr__(self, "sight", Sight(scene.tx, scene.keys, scene.tenant_id, self.person_id))

    @property
    def zone(self) -> str:
        """The zone in which whoever orders this reads times."""
        return readers.of_member(self.scene.tx, self.scene.keys, self.scene.tenant_id, self.person_id, self.office.zone)

    def link(self, secret: str) -> str:
        return f"{self.office.public_url}/i/{secret}"


def say(card: Card, token: str = "") -> Reply:
    return Reply(card, token)


def wrong(text: str) -> Reply:
    return Reply(words.wrong(text))


def not_found() -> Reply:
    return Reply(words.wrong(words.NOT_FOUND))


def answered(call: Call, interview: Row, option: str, ask: Callable[[Call, Row, str], Reply]) -> Reply | None:
    """None when the answer is yes and still fits; otherwise what to say instead."""
    word, _, status = option.partition(".")
    if word != "yes":
        return say(words.plain(words.NOTHING_CHANGED))
    return None if status == interview["status"] else ask(call, interview, words.CHANGED_MEANWHILE)


def clean(name: str) -> str:
    """A name as it was written, in one line and without the quotation marks around it."""
    return _plain(name.strip("\"' \t\r\n"))


def _plain(text: str) -> str:
    return " ".join(text.split())


def choice(sight: Sight, interview: Row) -> Option:
    """An interview as something to choose, so that two people of one name can be told apart."""
    hint = f"{sight.title(interview)}, {hiring.day_words(interview['created_at'])}"
    return Option(interview["id"], sight.name(interview)[:75], hint=hint)
