"""Inviting many people at once: a file is read, shown, confirmed, and then invited one person per transaction.

One function (`judge`) decides about a line, for the preview and again when its turn comes. The work goes from letter to
letter in the recruiter's own chat: each invites one person and sends the next, so that a stop in between loses nobody and
invites nobody twice.
"""

from dataclasses import dataclass

from bot import people
from bot.desk import drafts, sheet
from bot.desk.hire import begin
from bot.desk.sight import ANSWERING, MOST_NAME, RECRUITERS, Call, Office, Sight, clean, not_found, say, wrong
from bot.mail import Mail
from bot.scene import Reply, Scene
from bot.store.rows import Batch, BatchItem, Interview
from bot.store.store import Row
from flows.cards import Row as CardRow
from flows.words import desk_en as words

_MOST_NOTE = 500
_SHOWN_GOOD, _SHOWN_BAD = 8, 12
_TABLE = 25  # people of one message with links

Known = set[tuple[str, str]]  # (name in lower case, requisition) that have an open invitation


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided about one line: a requisition to invite for, or why not."""

    name: str
    requisition: Row | None = None
    why: str = ""


def judge(sight: Sight, line: sheet.Line, known: Known, seen: Known) -> Verdict:
    """May this person be invited, and for what? seen: those further up in the same file."""
    name, note = clean(line.name), clean(line.note)
    if not name:
        return Verdict(name, why=words.ROW_NAME)
    if len(name) > MOST_NAME:
        return Verdict(name[:MOST_NAME], why=words.ROW_LONG)
    if len(note) > _MOST_NOTE:
        return Verdict(name, why=words.ROW_NOTE_LONG)
    title = clean(line.title)
    found = sight.titled(title, *RECRUITERS)
    if not found:
        return Verdict(name, why=words.row_unknown(title) if title else words.ROW_NO_REQUISITION)
    if title and len(found) > 1:
        return Verdict(name, why=words.row_several(title))
    key = (name.casefold(), found[-1]["id"])
    why = words.ROW_TWICE if key in seen else words.ROW_INVITED if key in known else ""
    return Verdict(name, None if why else found[-1], why)


def known_names(sight: Sight, since: int = 0, but: str = "") -> Known:
    """Who has an open invitation: (name, requisition). since: made after that instant; but: not by that batch."""
    found: Known = set()
    for requisition in sight.requisitions(*RECRUITERS):
        where = {"tenant_id": sight.tenant_id, "requisition_id": requisition["id"]}
        for row in sight.tx.find(Interview, where):
            if row["status"] in ANSWERING and row["created_at"] >= since and not (but and but in row["flags"]):
                found.add((sight.name(row).casefold(), requisition["id"]))
    return found


# -- before -------------------------------------------------------------------------------------------------


def preview(call: Call, name: str, data: bytes) -> Reply:
    """Read a file and show what would be done. Nobody is invited by this."""
    lines = sheet.read(data)
    if isinstance(lines, sheet.Unreadable):
        return wrong(lines.say)
    sight = call.sight
    known, seen = known_names(sight), Known()
    good: list[tuple[sheet.Line, Row]] = []
    bad: list[CardRow] = []
    for line in lines:
        verdict = judge(sight, line, known, seen)
        if verdict.requisition is None:
            who = f"{verdict.name[:60]}: " if verdict.name else ""
            bad.append(CardRow(words.on_line(line.n), f"{who}{verdict.why}"))
        else:
            seen.add((verdict.name.casefold(), verdict.requisition["id"]))
            good.append((line, verdict.requisition))
    rows = [CardRow(clean(line.name), requisition["title"]) for line, requisition in good[:_SHOWN_GOOD]] + bad[
        :_SHOWN_BAD
    ]
    more = len(good) + len(bad) - len(rows)
    card = words.preview(clean(name)[:80] or "CSV", len(good), len(bad), tuple(rows), more)
    if not good:
        return say(card)
    items = [
        {
            "name": clean(line.name),
            "title": requisition["title"],
            "requisition": requisition["id"],
            "note": clean(line.note),
        }
        for line, requisition in good
    ]
    return say(card, f"do:batch:{drafts.keep(call.scene, call.person_id, 'csv', items)}")


def press(call: Call, ids: list[str], option: str) -> Reply:
    """[Invite n people] or [Cancel]: the first one who presses decides."""
    scene = call.scene
    batch = drafts.batch_of(scene, ids[0], call.person_id, "csv")
    if batch is None:
        return not_found()
    if batch["state"] != "open":
        return wrong(words.BATCH_OLD if batch["state"] == "expired" else words.BATCH_OVER)
    if drafts.is_old(scene, batch):
        drafts.sweep(scene)
        return wrong(words.BATCH_OLD)
    if option != "invite":
        drafts.move(scene, batch, "open", "cancelled")
        drafts.forget(scene, batch)
        return say(words.plain(words.BATCH_CANCELLED))
    if not drafts.move(scene, batch, "open", "running"):
        return wrong(words.BATCH_OVER)
    _next(scene, batch, 0)
    return say(words.inviting(batch["size"]))


def _next(scene: Scene, batch: Row, n: int) -> None:
    """The letter that has item `n` done, in the recruiter's own chat."""
    chat = people.thread_of(scene.tx, scene.tenant_id, batch["person_id"])
    scene.send(chat, "batch", batch["person_id"], batch=batch["id"], n=n)


# -- after --------------------------------------------------------------------------------------------------


def carry_on(office: Office, scene: Scene, mail: Mail) -> None:
    """One letter: invite one person, then send the next letter; after the last, show the links."""
    batch = scene.tx.one(Batch, tenant_id=scene.tenant_id, id=mail.data["batch"])
    if batch is None or batch["state"] != "running":
        return
    n = mail.data["n"]
    if n < batch["size"]:
        _one(office, scene, batch, n)
        _next(scene, batch, n + 1)
    elif drafts.move(scene, batch, "running", "done"):
        _show(scene, batch)
        drafts.forget(scene, batch)


def _one(office: Office, scene: Scene, batch: Row, n: int) -> None:
    item = drafts.item(scene, batch, n)
    if item is None:
        return
    sight = Sight(scene.tx, scene.keys, scene.tenant_id, batch["person_id"])
    requisition = sight.requisition(item["requisition"], *RECRUITERS)
    # By its id it is found whatever it is called now; without the role it is no longer found at all.
    line = sheet.Line(n, item["name"], requisition["title"] if requisition else item["title"], item["note"])
    verdict = judge(sight, line, known_names(sight, batch["at"], batch["id"]), set())
    outcome = {"name": item["name"], "title": item["title"], "outcome": verdict.why, "link": ""}
    if requisition is None or verdict.requisition is None:
        drafts.settle(
            scene, batch, n, "skipped", "", {**outcome, "outcome": verdict.why or words.row_unknown(item["title"])}
        )
        return
    interview_id, secret = begin(
        scene, office.invite_days, verdict.name, requisition, clean(item["note"]), batch["id"]
    )  # fmt: skip
    link = f"{office.public_url}/i/{secret}"
    drafts.settle(scene, batch, n, "invited", interview_id, {**outcome, "outcome": words.BATCH_INVITED, "link": link})


def _show(scene: Scene, batch: Row) -> None:
    """What became of everybody, with their links, as tables that can be pasted into a spreadsheet."""
    where = {"tenant_id": scene.tenant_id, "batch_id": batch["id"]}
    states = [r["state"] for r in scene.tx.find(BatchItem, where, "n")]
    items = [drafts.item(scene, batch, n) or {} for n in range(len(states))]
    rows = [(i.get("name", ""), i.get("title", ""), i.get("outcome", ""), i.get("link", "")) for i in items]
    scene.show(words.done(words.batch_done(states.count("invited"), states.count("skipped"))))
    for first in range(0, len(rows), _TABLE):
        part = rows[first : first + _TABLE]
        table = sheet.write([words.BATCH_HEAD, *part])
        scene.show(words.batch_table(first + 1, first + len(part), len(rows), table))


def how(call: Call) -> Reply:
    """How a list is sent; or the preview of one that was pasted behind the command."""
    pasted = call.rest.strip()
    return preview(call, words.PASTED, pasted.encode()) if pasted else say(words.plain(words.BULK_HOW))
