"""Requisitions, interviews and their life: what commands and facts do to them, inside one transaction."""

import datetime as dt
from typing import Any

import orjson

from bot import people
from bot.ids import Ids
from bot.keyring import Keyring
from bot.scene import Scene
from bot.store.rows import Appointment, Interview, Post, Requisition, Scorecard, Tenant
from bot.store.store import Conflict, Row, Tx
from calendar_sync import when
from flows.cards import Card
from flows.cards import to_json as card_json
from flows.interviews.model import Refused, Status, move
from flows.kits.model import Kit

DAY = 86_400_000
HOUR = 3_600_000
TEXT, RECORDED = "text", "recorded"  # how candidates answer: live, or in their own time
FLOWS = {TEXT: "interview", RECORDED: "recorded"}
TALKS = tuple(FLOWS.values())  # the conversations in which a kit's questions are answered
ADJUSTED = "adjust"  # the flag with what a recruiter has agreed to make easier (`flows.words.adjust_en.KINDS`)
# Those in which a candidate can leave the process.
CANDIDATES = ("invite", "onward", *TALKS, "booking", "reschedule", "cancel")
_REMIND = (3 * DAY, DAY, 3 * HOUR)  # before the deadline of a recorded interview


def open_requisition(
    tx: Tx,
    ids: Ids,
    tenant_id: str,
    *,
    title: str,
    kit: Kit,
    channel_id: str,
    role_site: str,
    panel: list[str],
    at: int,
    form: str = TEXT,
) -> str:
    """A new requisition with a frozen copy of its kit; its id. form: how its candidates answer, a key of `FLOWS`."""
    requisition_id = ids.new("rq")
    row: Row = {
        "tenant_id": tenant_id,
        "id": requisition_id,
        "title": title,
        "kit_name": kit.kit,
        "kit_version": kit.version,
    }
    row |= {
        "kit": kit.model_dump_json(),
        "role_site": role_site,
        "channel_id": channel_id,
        "settings": orjson.dumps({"format": form} if form != TEXT else {}).decode(),
        "created_at": at,
    }
    tx.insert(Requisition, row)
    for person_id in panel:
        people.give_role(tx, tenant_id, requisition_id, person_id, "panelist")
    return requisition_id


def company_of(tx: Tx, tenant_id: str, company: str) -> str:
    """Who invites: the installation's own `company`, or the workspace of a further tenant."""
    first = tx.find(Tenant, {}, "created_at,tenant_id", 1)
    if first and first[0]["tenant_id"] != tenant_id:
        return str(tx.find(Tenant, {"tenant_id": tenant_id})[0]["name"])
    return company


def kit_of(requisition: Row) -> Kit:
    return Kit.model_validate_json(requisition["kit"])


def invite(tx: Tx, keys: Keyring, ids: Ids, requisition: Row, name: str, at: int, days: int) -> tuple[str, str]:
    """Invite a new candidate: (interview id, secret of the invitation link)."""
    tenant_id = requisition["tenant_id"]
    person_id, _ = people.add_person(tx, keys, ids, tenant_id, "candidate", name, at)
    interview_id = ids.new("iv")
    row: Row = {
        "tenant_id": tenant_id,
        "id": interview_id,
        "requisition_id": requisition["id"],
        "candidate_id": person_id,
    }
    answers = orjson.dumps(format_flag(requisition)).decode()
    row |= {"status": "invited", "version": 1, "flags": answers, "created_at": at, "deadline_at": at + days * DAY}
    tx.insert(Interview, {**row, "submitted_at": None, "revealed_at": None})
    return interview_id, people.issue_link(tx, ids, tenant_id, "invite", person_id, interview_id, at, days)


def open_invitation(scene: Scene, interview: Row, chat: str, channel_id: str) -> None:
    """Begin the first conversation in the candidate's chat, and set the reminder and the end of the invitation."""
    begin_invitation(scene, interview, chat)
    set_deadline(scene, interview, channel_id)


def begin_invitation(scene: Scene, interview: Row, chat: str) -> None:
    """Begin the first conversation of an interview in the candidate's chat."""
    subject = interview["candidate_id"]
    # The requisition is named, so that somebody who is moved to another one meets that one's words and not cached ones.
    args = {"interview": interview["id"], "requisition": interview["requisition_id"]}
    begin: dict[str, Any] = {"flow": "invite", "args": args, "interview_id": interview["id"]}
    scene.send(chat, "begin", subject, **begin, subject_id=subject)


def set_deadline(scene: Scene, interview: Row, channel_id: str) -> None:
    """Set (or move) the reminder and the end of an invitation."""
    set_reminder(scene, interview, channel_id)
    scene.timer(interview["id"], "expire", interview["deadline_at"], thread_id=channel_id)


def set_reminder(scene: Scene, interview: Row, channel_id: str) -> None:
    """Set the next reminder before the deadline; a recorded interview has several, each if there is that much time."""
    if not is_recorded(interview):
        due: int | None = max(scene.at, interview["deadline_at"] - DAY)
    else:
        due = next((at for ms in _REMIND if (at := interview["deadline_at"] - ms) > scene.at), None)
    if due is None:
        scene.no_timer(interview["id"], "remind")
    else:
        scene.timer(interview["id"], "remind", due, thread_id=channel_id)


def no_deadline(scene: Scene, interview: Row) -> None:
    for about in ("remind", "expire"):
        scene.no_timer(interview["id"], about)


def hold_off(scene: Scene, interview: Row) -> Row:
    """The team pauses an interview: nothing is due until it is taken up."""
    no_deadline(scene, interview)
    return set_flags(scene.tx, interview, held=scene.at)


def take_up(scene: Scene, interview: Row) -> Row:
    """An interview that the team had paused goes on, with the time it has lost. One that wasn't stays as it is."""
    held = flags(interview).get("held")
    if not held:
        return interview
    where = {"tenant_id": interview["tenant_id"], "id": interview["id"]}
    deadline = interview["deadline_at"] + scene.at - held
    scene.tx.change(Interview, where, {"deadline_at": deadline})
    taken = set_flags(scene.tx, {**interview, "deadline_at": deadline}, held=None)
    set_deadline(scene, taken, get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])["channel_id"])
    return taken


def get_interview(tx: Tx, tenant_id: str, interview_id: str) -> Row:
    row = tx.one(Interview, tenant_id=tenant_id, id=interview_id)
    if row is None:
        raise LookupError("no such interview")
    return row


def get_requisition(tx: Tx, tenant_id: str, requisition_id: str) -> Row:
    row = tx.one(Requisition, tenant_id=tenant_id, id=requisition_id)
    if row is None:
        raise LookupError("no such requisition")
    return row


def step(tx: Tx, interview: Row, fact: str, **values: Any) -> Row | Refused:
    """Move an interview's status by a fact. A fact that does not fit changes nothing.

    Raises `Conflict` when another chat changed the interview meanwhile: the letter is then handled again.
    """
    status = move(Status(interview["status"]), fact)
    if isinstance(status, Refused):
        return status
    where = {"tenant_id": interview["tenant_id"], "id": interview["id"], "version": interview["version"]}
    changed = {"status": str(status), "version": interview["version"] + 1, **values}
    if tx.change(Interview, where, changed) != 1:
        raise Conflict(interview["id"])
    return {**interview, **changed}


def hold(tx: Tx, interview: Row) -> Row:
    """Let nobody else change this interview until the transaction ends: what is counted then stays true.

    Without it two raters who submit at the same moment miss each other's card, and nothing is ever revealed.
    """
    where = {"tenant_id": interview["tenant_id"], "id": interview["id"], "version": interview["version"]}
    if tx.change(Interview, where, {"version": interview["version"] + 1}) != 1:
        raise Conflict(interview["id"])
    return {**interview, "version": interview["version"] + 1}


def flags(interview: Row) -> dict[str, Any]:
    """What is known about an interview besides its status: residence, consents, gate."""
    return orjson.loads(interview["flags"])


def set_flags(tx: Tx, interview: Row, **changes: Any) -> Row:
    """Set these flags and leave all others as they are now, whatever they were when `interview` was read.

    Raises `Conflict` when another chat sets flags of it at this moment: the letter is then handled again.
    """
    key = {"tenant_id": interview["tenant_id"], "id": interview["id"]}
    known = get_interview(tx, key["tenant_id"], key["id"])["flags"]
    merged = orjson.dumps({**orjson.loads(known), **changes}).decode()
    if tx.change(Interview, {**key, "flags": known}, {"flags": merged}) != 1:
        raise Conflict(interview["id"])
    return {**interview, "flags": merged}


def format_flag(requisition: Row) -> dict[str, str]:
    """How candidates of a requisition begin, as flags of an interview: the form of the first stage (left out for the
    usual way), and its key where the requisition names its stages."""
    settings = settings_of(requisition)
    stages = settings.get("stages") or ()
    chosen = stages[0]["form"] if stages else settings.get("format", TEXT)
    stage = {"stage": stages[0]["key"]} if stages else {}
    return {**stage, **({"format": chosen} if chosen != TEXT else {})}


def is_recorded(interview: Row) -> bool:
    return flags(interview).get("format") == RECORDED


def flow_of(interview: Row) -> str:
    """The conversation in which this interview's questions are asked."""
    return FLOWS[flags(interview).get("format") or TEXT]


def until(tx: Tx, interview: Row) -> str:
    """The deadline as the candidate reads it, to the minute."""
    return spoken(tx, interview, interview["deadline_at"])


def spoken(tx: Tx, interview: Row, at: int) -> str:
    """An instant as the candidate reads it: "Friday 27 November, 09:00 (Paris, UTC+1)".

    In the zone that they chose a time in, if they ever did; else UTC, which is named.
    """
    rows = tx.find(Appointment, {"tenant_id": interview["tenant_id"], "interview_id": interview["id"]}, "-created_at")
    return when.spoken(at // 60_000, next((r["zone"] for r in rows if r["zone"]), "UTC"))


def tell_recruiters(scene: Scene, interview: Row, card: Card, token: str = "") -> None:
    """Show a card to everybody who recruits for an interview, each in their own chat."""
    subject = interview["candidate_id"]
    for person in people.with_role(scene.tx, scene.tenant_id, interview["requisition_id"], "recruiter", "admin"):
        chat = people.thread_of(scene.tx, scene.tenant_id, person)
        scene.send(chat, "tell", subject, card=card_json(card), subject_id=subject, token=token)


def day_words(at: int, days: int = 0) -> str:
    """A day as a person reads it, in UTC: "Friday 27 November"."""
    day = dt.datetime.fromtimestamp(at / 1000 + days * 86_400, dt.UTC)
    return f"{day:%A} {day.day} {day:%B}"


def render_post(scene: Scene, kind: str, about: str, interview: Row, channel_id: str) -> None:
    """Have a channel post computed again from stored state, where it stands; the first time, in `channel_id`."""
    tenant_id = interview["tenant_id"]
    post_id = scene.ids.new("po")
    row: Row = {"tenant_id": tenant_id, "id": post_id, "thread_id": channel_id, "kind": kind, "about": about}
    added = scene.tx.find(Post, {"tenant_id": tenant_id, "kind": kind, "about": about})
    if not added:
        scene.tx.add(Post, {**row, "interview_id": interview["id"], "message_id": "", "at": scene.at})
    where = added[0]["thread_id"] if added else channel_id
    scene.send(where, "render", interview["candidate_id"], post={"kind": kind, "about": about})


def cards_of(tx: Tx, tenant_id: str, interview_id: str) -> dict[str, Row]:
    """The newest scorecard of every rater ("machine" included); a draft only of somebody who has submitted nothing."""
    rows = tx.find(Scorecard, {"tenant_id": tenant_id, "interview_id": interview_id}, "version")
    drafts = {r["rater_id"]: r for r in rows if r["state"] == "draft"}
    return drafts | {r["rater_id"]: r for r in rows if r["state"] != "draft"}


def due_raters(tx: Tx, interview: Row) -> tuple[list[str], list[str]]:
    """(panel, those of it who have not submitted yet)."""
    panel = panel_of(tx, interview)
    cards = cards_of(tx, interview["tenant_id"], interview["id"])
    return panel, [p for p in panel if p not in cards or cards[p]["state"] == "draft"]


def panel_of(tx: Tx, interview: Row) -> list[str]:
    """Who is to rate an interview: those it names itself (who held it, say), else those that its requisition names of
    its panelists, else all of these."""
    own = flags(interview).get("panel")
    if own:
        return list(own)
    team = people.with_role(tx, interview["tenant_id"], interview["requisition_id"], "panelist")
    named = settings_of(get_requisition(tx, interview["tenant_id"], interview["requisition_id"])).get("panel", ())
    return [p for p in named if p in team] or team


def settings_of(requisition: Row) -> dict[str, Any]:
    """What is chosen for a requisition: stages, recommendation, blind and the like."""
    return orjson.loads(requisition["settings"])


def set_settings(tx: Tx, requisition: Row, **changes: Any) -> Row:
    merged = orjson.dumps({**settings_of(requisition), **changes}).decode()
    tx.change(Requisition, {"tenant_id": requisition["tenant_id"], "id": requisition["id"]}, {"settings": merged})
    return {**requisition, "settings": merged}
