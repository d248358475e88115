"""What a recruiter can order by a line of text: `/interview invite Ada for Support engineer`.

`COMMANDS` is the visible table. Default deny: every command names the roles that may give it. A typo gets a
suggestion, and a wrong use one plain sentence with an example.
"""

import datetime as dt
import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from bot import facts, hiring, people
from bot.inbox import keep_words
from bot.kits import KitLibrary, KitProblem
from bot.mail import Mail
from bot.scene import Scene
from bot.store.rows import Interview, Outbox, Requisition, Thread
from bot.store.store import Row
from flows.cards import Card
from flows.cards import Row as CardRow
from flows.interviews import place
from flows.words import panel_en as words

Command = Callable[["Desk", Scene, str, str], Card]
_RECRUITERS = ("recruiter", "admin")
_MAX_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Desk:
    """What commands need to know of the installation."""

    public_url: str
    invite_days: int
    kits: KitLibrary

    def command(self, scene: Scene, mail: Mail) -> None:
        """Carry out one line and show what came of it, in the chat it was written in."""
        event = mail.data["event"]
        keep_words(scene, event["id"], 0, event["text"], mail, None)
        scene.show(answer(self, scene, mail.person_id, event["text"]))


def answer(desk: Desk, scene: Scene, person_id: str, line: str) -> Card:
    """The card that answers a command line."""
    first, _, after = line.strip().lstrip("/").partition(" ")
    ours = difflib.get_close_matches(first.casefold(), ("interview", "parley"), 1, 0.75)
    said = after.strip() if ours else line.strip().lstrip("/")
    name, _, rest = said.partition(" ")
    name = name.casefold() or "help"
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, 1)
        return words.unknown_command(name, f"/interview {near[0]}" if near else "")
    roles, run = COMMANDS[name]
    if roles and not people.may(scene.tx, scene.tenant_id, "*", person_id, *roles):
        return words.wrong("Only recruiters can do that. Ask one of them, or an admin to make you one.")
    return run(desk, scene, person_id, rest.strip())


def _help(desk: Desk, scene: Scene, person_id: str, rest: str) -> Card:
    return words.help_card()


def _requisitions(scene: Scene) -> list[Row]:
    return scene.tx.find(Requisition, {"tenant_id": scene.tenant_id}, "created_at,id")


def _invite(desk: Desk, scene: Scene, person_id: str, rest: str) -> Card:
    name, _, title = rest.partition(" for ")
    name = name.strip().strip("\"'")
    if not name:
        return words.wrong("Whom shall I invite? For example: /interview invite Ada Okoye")
    if len(name) > 120:
        return words.wrong("That name is longer than 120 characters. Please give the name as the candidate writes it.")
    found = _requisitions(scene)
    if title:
        found = [r for r in found if title.strip().casefold() in r["title"].casefold()]
    if not found:
        return words.wrong(
            "There is no such requisition yet. Open one first: /interview new Support engineer kit customer-support"
        )
    requisition = found[-1]
    interview_id, secret = hiring.invite(scene.tx, scene.keys, scene.ids, requisition, name, scene.at, desk.invite_days)
    interview = hiring.get_interview(scene.tx, scene.tenant_id, interview_id)
    chat = people.thread_of(scene.tx, scene.tenant_id, interview["candidate_id"])
    hiring.open_invitation(scene, interview, chat, requisition["channel_id"])
    return words.invited(name, requisition["title"], f"{desk.public_url}/i/{secret}", desk.invite_days)


def _link(desk: Desk, scene: Scene, person_id: str, rest: str) -> Card:
    """A new link into an interview that goes on: for a lost link, another device, another browser."""
    found = [
        r
        for r in scene.tx.find(Interview, {"tenant_id": scene.tenant_id}, "created_at,id")
        if r["status"] not in ("decided", "withdrawn", "expired")
        and rest.strip()
        and _name(scene, r).casefold().startswith(rest.strip().casefold())
    ]
    if len(found) != 1:
        return words.wrong(
            f"\u201c{rest.strip()}\u201d fits {len(found) or 'no'} open interviews. Write the full name; /interview status lists them."
        )
    candidate = found[0]["candidate_id"]
    secret = people.issue_link(
        scene.tx, scene.ids, scene.tenant_id, "invite", candidate, found[0]["id"], scene.at, desk.invite_days
    )
    scene.fact("link_issued", found[0]["id"], person_id=person_id)
    return words.new_link(_name(scene, found[0]), f"{desk.public_url}/i/{secret}", desk.invite_days)


def _new(desk: Desk, scene: Scene, person_id: str, rest: str) -> Card:
    title, sep, tail = rest.partition(" kit ")
    kit_name, _, site = tail.partition(" in ")
    if not (title.strip() and sep and kit_name.strip()):
        return words.wrong(
            "Please give a title and a kit, for example: /interview new Support engineer kit customer-support"
        )
    try:
        kit = desk.kits.load(kit_name.strip())
    except KitProblem as problem:
        return words.wrong(str(problem))
    channels = [r["channel_id"] for r in _requisitions(scene)] or [c for c, _ in _channels(scene)]
    if not channels:
        return words.wrong("There is no hiring channel yet. Run `parley serve` once to create one.")
    known = _requisitions(scene)
    panel = people.with_role(scene.tx, scene.tenant_id, known[-1]["id"] if known else "*", "panelist")
    hiring.open_requisition(
        scene.tx,
        scene.ids,
        scene.tenant_id,
        title=title.strip(),
        kit=kit,
        channel_id=channels[-1],
        role_site=place.read(site) if site else (known[-1]["role_site"] if known else "unknown"),
        panel=panel,
        at=scene.at,
    )
    return words.done(
        f"{title.strip()} is open, with the kit \u201c{kit.title}\u201d. Invite somebody: /interview invite NAME"
    )


_COMPLIANCE = re.compile(r"\b(assessment|oversight|audit)\s+([^,]+?)\s*(?=,|$)", re.IGNORECASE)


def _compliance(desk: Desk, scene: Scene, person_id: str, rest: str) -> Card:
    """What the law of some places wants on file before a machine may read answers for evidence."""
    wanted, sep, title = rest.partition(" for ")
    found = [r for r in _requisitions(scene) if not sep or title.strip().casefold() in r["title"].casefold()]
    given = {k.casefold(): v.strip() for k, v in _COMPLIANCE.findall(wanted)}
    if not (found and given):
        return words.wrong(
            "Please say what is on file, for example: /interview compliance assessment DPIA-7, oversight Noor Haddad, "
            "audit 2026-05-01 for Support engineer"
        )
    try:
        audit = dt.date.fromisoformat(given["audit"]) if "audit" in given else None
    except ValueError:
        return words.wrong(f"\u201c{given['audit']}\u201d isn't a date I can read. Please write it as 2026-05-01.")
    requisition = found[-1]
    settings = orjson.loads(requisition["settings"])
    settings |= {"impact_assessment": given["assessment"]} if "assessment" in given else {}
    settings |= {"oversight": given["oversight"]} if "oversight" in given else {}
    settings |= {"audit_date": audit.isoformat()} if audit else {}
    key = {"tenant_id": scene.tenant_id, "id": requisition["id"]}
    scene.tx.change(Requisition, key, {"settings": orjson.dumps(settings).decode()})
    scene.fact("compliance_set", "", person_id=person_id, requisition=requisition["id"], what=sorted(given))
    return words.on_file(requisition["title"], settings)


def _channels(scene: Scene) -> list[tuple[str, str]]:
    return [(c["id"], c["title"]) for c in scene.tx.find(Thread, {"tenant_id": scene.tenant_id, "kind": "channel"})]


def _status(desk: Desk, scene: Scene, person_id: str, rest: str) -> Card:
    """Who is where and who waits for whom, the longest waiting first."""
    rows = scene.tx.find(Interview, {"tenant_id": scene.tenant_id}, "created_at,id")
    open_ones = [r for r in rows if r["status"] not in ("decided", "withdrawn", "expired")]
    if not open_ones:
        return words.done("No interview is under way. Invite somebody: /interview invite NAME")
    lines = [CardRow(_name(scene, r), _waits(scene, r)) for r in open_ones[:_MAX_SHOWN]]
    more = len(open_ones) - len(lines)
    return Card(
        f"{len(open_ones)} under way, the oldest first.", rows=tuple(lines), foot=f"and {more} more" if more > 0 else ""
    )


def _waits(scene: Scene, interview: Row) -> str:
    status: str = interview["status"]
    if status == "submitted":
        panel, due = hiring.due_raters(scene.tx, interview)
        names = ", ".join(people.name_of(scene.tx, scene.keys, scene.tenant_id, p) for p in due)
        closed = " ".join(hiring.flags(interview).get("gate", ()))
        why = f". Read by people only: {closed}" if closed else ""
        return f"{len(panel) - len(due)} of {len(panel)} scorecards in; waiting for {names or 'the reading of the answers'}{why}"
    if status == "opened" and not _has_seen_something(scene, interview):
        status = "invited"  # the conversation has begun and waits behind the link
    return {
        "invited": "invited; the link hasn't been opened",
        "opened": "reading the first questions",
        "consented": "agreed; hasn't begun yet",
        "declined": "prefers a person: please arrange it",
        "in_progress": "is being interviewed",
        "paused": "is taking a break",
        "scored": "scorecards are open; waiting for a decision",
    }.get(status, status)


def _has_seen_something(scene: Scene, interview: Row) -> bool:
    chat = people.thread_of(scene.tx, scene.tenant_id, interview["candidate_id"])
    shown = {"tenant_id": scene.tenant_id, "thread_id": chat, "state": "sent"}
    return bool(scene.tx.find(Outbox, shown, "seq", 1))


def _name(scene: Scene, interview: Row) -> str:
    return people.name_of(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"])


def _reveal(desk: Desk, scene: Scene, person_id: str, rest: str) -> Card:
    name, sep, reason = rest.partition(" because ")
    if not (name.strip() and sep and len(reason.strip()) >= 3):
        return words.wrong("Please give a name and a reason: /interview reveal Ada because Tom is ill this week")
    waiting = [
        r
        for r in scene.tx.find(Interview, {"tenant_id": scene.tenant_id, "status": "submitted"}, "created_at,id")
        if _name(scene, r).casefold().startswith(name.strip().casefold())
    ]
    opened = scene.tx.find(Interview, {"tenant_id": scene.tenant_id, "status": "scored"}, "created_at,id")
    if not waiting and any(_name(scene, r).casefold().startswith(name.strip().casefold()) for r in opened):
        return words.done(f"The scorecards of {name.strip()} are open already.")
    if len(waiting) != 1:
        found = "nobody" if not waiting else f"{len(waiting)} people"
        return words.wrong(
            f"\u201c{name.strip()}\u201d fits {found} with sealed scorecards. Write the full name; /interview status lists them."
        )
    interview = waiting[0]
    facts.reveal(scene, interview, forced=reason.strip())
    scene.fact("revealed_early", interview["id"], person_id=person_id)
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    hiring.render_post(scene, "scorecard", interview["id"], interview, requisition["channel_id"])
    return words.done(f"The scorecards of {_name(scene, interview)} are open. Your reason is recorded with them.")


def _kits(desk: Desk, scene: Scene, person_id: str, rest: str) -> Card:
    names = desk.kits.names()
    rows = tuple(CardRow(n, desk.kits.load(n).title) for n in names)
    return Card("These kits are ready to use.", rows=rows)


COMMANDS: dict[str, tuple[tuple[str, ...], Command]] = {
    "help": ((), _help),
    "invite": (_RECRUITERS, _invite),
    "link": (_RECRUITERS, _link),
    "new": (_RECRUITERS, _new),
    "status": (_RECRUITERS, _status),
    "compliance": (_RECRUITERS, _compliance),
    "reveal": (_RECRUITERS, _reveal),
    "kits": (_RECRUITERS, _kits),
}
