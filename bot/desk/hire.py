"""Opening requisitions and inviting people, one at a time."""

import re
from collections.abc import Mapping

from bot import hiring, people
from bot.desk import drafts
from bot.desk.sight import (
    ANSWERING,
    MOST_NAME,
    MOST_OPTIONS,
    RECRUITERS,
    Call,
    Sight,
    clean,
    not_found,
    say,
    wrong,
)
from bot.kits import KitProblem
from bot.scene import Reply, Scene
from bot.store.rows import Interview, Person, Requisition, Thread
from bot.store.store import Row
from flows.cards import Card, Option
from flows.interviews import place
from flows.words import desk_en as words

_ADDRESSED = re.compile(r"([^<>]+)<([^<>@\s]+@[^<>@\s]+\.[^<>@\s]+)>")

# -- requisitions -------------------------------------------------------------------------------------------


def split_new(rest: str) -> dict[str, str]:
    """`TITLE kit KIT in PLACE as FORMAT` as the fields of the form; place and format may be left out."""
    title, _, tail = rest.partition(" kit ")
    tail, _, form = tail.partition(" as ")
    kit, _, site = tail.partition(" in ")
    return {"title": title.strip(), "kit": kit.strip(), "site": site.strip(), "format": form.strip().casefold()}


def new(call: Call) -> Reply:
    fields = split_new(call.rest)
    if fields["title"] and fields["kit"]:
        reply = open_requisition(call, fields)
        # A line has no fields to put a sentence beside.
        return wrong(" ".join(reply.problems.values())) if reply.problems else reply
    return say(new_card(call, fields), "cmd:new") if call.forms else wrong(words.HOW_NEW)


def new_card(call: Call, values: dict[str, str]) -> Card:
    """The form, filled in with what is usual: the panel and the channel of the newest requisition."""
    library = call.office.kits
    kits = tuple((n, library.load(n).title) for n in library.names())
    usual = {"panel": ",".join(_usual_panel(call.sight)), "channel": _usual_channel(call), "format": "text"}
    return words.new_form(kits, {**usual, **{k: v for k, v in values.items() if v}})


def open_requisition(call: Call, fields: Mapping[str, str]) -> Reply:
    """Open a requisition from a form's fields (or a line's): who opens it recruits for it."""
    title, sight, scene = clean(fields.get("title", "")), call.sight, call.scene
    panel = listed(fields.get("panel", "")) or _usual_panel(sight)
    channel = fields.get("channel", "") or _usual_channel(call)
    form = fields.get("format", "") or hiring.TEXT
    problems = _problems(sight, title, panel, channel)
    if form not in hiring.FLOWS:
        problems["format"] = words.UNKNOWN_FORMAT
    try:
        kit = call.office.kits.load(fields.get("kit", "").strip())
    except KitProblem:
        problems["kit"] = words.UNKNOWN_KIT
        kit = None
    if problems or kit is None:
        return Reply(problems=problems)
    known = sight.requisitions(*RECRUITERS)
    site = fields.get("site", "").strip()
    where = place.read(site) if site else (known[-1]["role_site"] if known else "unknown")
    made = hiring.open_requisition(
        scene.tx, scene.ids, scene.tenant_id, title=title, kit=kit, channel_id=channel, role_site=where, panel=panel, at=scene.at,
        form=form,
    )  # fmt: skip
    people.give_role(scene.tx, scene.tenant_id, made, call.person_id, "recruiter")
    scene.fact("requisition_opened", "", person_id=call.person_id, requisition=made)
    return say(words.opened(title, kit.title, tuple(sight.name_of(p) for p in panel)))


def _problems(sight: Sight, title: str, panel: list[str], channel: str) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not title or len(title) > MOST_NAME:
        problems["title"] = words.TITLE_LONG if title else words.TITLE_MISSING
    elif any(r["title"].casefold() == title.casefold() for r in sight.requisitions(*RECRUITERS)):
        problems["title"] = words.exists(title)
    if not all(sight.is_member(p) for p in panel):
        problems["panel"] = words.UNKNOWN_PEOPLE
    if not _is_channel(sight, channel):
        problems["channel"] = words.UNKNOWN_CHANNEL if channel else words.NO_CHANNEL
    return problems


def listed(text: str) -> list[str]:
    return list(dict.fromkeys(p for p in (part.strip() for part in text.split(",")) if p))


def _is_channel(sight: Sight, thread_id: str) -> bool:
    row = sight.tx.one(Thread, tenant_id=sight.tenant_id, id=thread_id)
    return row is not None and row["kind"] == "channel"


def _usual_panel(sight: Sight) -> list[str]:
    known = sight.requisitions(*RECRUITERS)
    return people.with_role(sight.tx, sight.tenant_id, known[-1]["id"] if known else "*", "panelist")


def _usual_channel(call: Call) -> str:
    """The channel it was ordered in, else that of the newest requisition, else the newest there is."""
    if call.place and _is_channel(call.sight, call.place):
        return call.place
    known = call.sight.requisitions(*RECRUITERS)
    channels = call.scene.tx.find(Thread, {"tenant_id": call.scene.tenant_id, "kind": "channel"}, "id")
    return known[-1]["channel_id"] if known else channels[-1]["id"] if channels else ""


def channel(call: Call) -> Reply:
    """Ask whether the channel this was written in shall be a requisition's hiring channel."""
    if not _is_channel(call.sight, call.place):
        return wrong(words.CHANNEL_HERE)
    found = call.sight.titled(call.rest, *RECRUITERS)
    if not found:
        return wrong(words.NO_REQUISITION)
    if len(found) == 1:
        return _channel_sure(call, found[0], call.place)
    if call.rest.strip():
        return _no_title(call.rest, found)
    options = tuple(Option(r["id"], r["title"][:75]) for r in reversed(found[-MOST_OPTIONS:]))
    return say(words.channel_for(_channel_title(call.sight, call.place), options), f"do:chanfor:{call.place}")


def channel_for(call: Call, ids: list[str], option: str) -> Reply:
    """A requisition was chosen for the channel."""
    requisition = call.sight.requisition(option, *RECRUITERS)
    if requisition is None or not _is_channel(call.sight, ids[0]):
        return not_found()
    return _channel_sure(call, requisition, ids[0])


def _channel_sure(call: Call, requisition: Row, thread_id: str) -> Reply:
    here = _channel_title(call.sight, thread_id)
    return say(words.channel_sure(here, requisition["title"]), f"do:chan:{requisition['id']}:{thread_id}")


def set_channel(call: Call, ids: list[str], option: str) -> Reply:
    requisition, scene = call.sight.requisition(ids[0], *RECRUITERS), call.scene
    if requisition is None or not _is_channel(call.sight, ids[1]):
        return not_found()
    if option != "yes":
        return say(words.plain(words.NOTHING_CHANGED))
    key = {"tenant_id": scene.tenant_id, "id": requisition["id"]}
    scene.tx.change(Requisition, key, {"channel_id": ids[1]})
    scene.fact("channel_set", "", person_id=call.person_id, requisition=requisition["id"], channel=ids[1])
    return say(words.channel_set(_channel_title(call.sight, ids[1]), requisition["title"]))


def _channel_title(sight: Sight, thread_id: str) -> str:
    row = sight.tx.one(Thread, tenant_id=sight.tenant_id, id=thread_id)
    return row["title"] if row else ""


def _no_title(text: str, found: list[Row]) -> Reply:
    return say(words.several_titles(text.strip(), tuple(r["title"] for r in found)))


# -- inviting -----------------------------------------------------------------------------------------------


def invite(call: Call) -> Reply:
    name, sep, title = call.rest.partition(" for ")
    if not name.strip("\"' \t"):
        return say(invite_card(call), "cmd:invite") if call.forms else wrong(words.WHOM)
    found = call.sight.titled(title, *RECRUITERS)
    if not found:
        return wrong(words.NO_REQUISITION)
    if sep and title.strip() and len(found) > 1:
        return _no_title(title, found)
    return invite_one(call, clean(name), found[-1])


def invite_card(call: Call) -> Card:
    found = reversed(call.sight.requisitions(*RECRUITERS))
    return words.invite_form(tuple((r["id"], r["title"]) for r in found))


def submit_invite(call: Call, fields: Mapping[str, str]) -> Reply:
    requisition = call.sight.requisition(fields.get("requisition", ""), *RECRUITERS)
    name = clean(fields.get("name", ""))
    if requisition is None:
        return Reply(problems={"requisition": words.NO_REQUISITION})
    if not addressed(name)[0] or len(name) > MOST_NAME:
        return Reply(problems={"name": words.NAME_LONG if name else words.NAME_MISSING})
    return invite_one(call, name, requisition)


def invite_one(call: Call, name: str, requisition: Row) -> Reply:
    """Invite, or ask once when somebody of that name is invited for it already."""
    if not name or len(name) > MOST_NAME:
        return wrong(words.NAME_LONG if name else words.NAME_MISSING)
    open_already = invited_as(call.sight, name, requisition)
    if not open_already:
        return _invited(call, name, requisition)
    item = {"name": name, "requisition": requisition["id"], "interview": open_already[-1]["id"]}
    batch_id = drafts.keep(call.scene, call.person_id, "twin", [item])
    return say(words.twin(name, requisition["title"]), f"do:twin:{batch_id}")


def addressed(text: str) -> tuple[str, str]:
    """(name, e-mail address) of "Ada Okoye <ada@example.org>"; an address is no must."""
    found = _ADDRESSED.fullmatch(text.strip())
    return (found[1].strip(), found[2]) if found else (text, "")


def invited_as(sight: Sight, name: str, requisition: Row) -> list[Row]:
    """The open interviews of people of that name for that requisition."""
    name, _ = addressed(name)
    rows = sight.tx.find(
        Interview, {"tenant_id": sight.tenant_id, "requisition_id": requisition["id"]}, "created_at,id"
    )
    wanted = name.casefold()
    return [r for r in rows if r["status"] in ANSWERING and sight.name(r).casefold() == wanted]


def twin(call: Call, ids: list[str], option: str) -> Reply:
    """Which one is meant: the person who has an invitation, or another one of that name? Answered once."""
    batch = drafts.batch_of(call.scene, ids[0], call.person_id, "twin")
    if batch is None:
        return not_found()
    item = drafts.item(call.scene, batch, 0)
    if batch["state"] != "open" or item is None:
        return wrong(words.TOO_LATE)
    requisition = call.sight.requisition(item["requisition"], *RECRUITERS)
    interview = call.sight.interview(item["interview"], *RECRUITERS)
    if requisition is None or interview is None:
        return not_found()
    if not drafts.move(call.scene, batch, "open", "done"):
        return wrong(words.TOO_LATE)
    drafts.forget(call.scene, batch)
    if option == "link":
        return new_link(call, interview)
    return _invited(call, item["name"], requisition) if option == "another" else say(words.plain(words.NOTHING_CHANGED))


def _invited(call: Call, name: str, requisition: Row) -> Reply:
    _, secret = begin(call.scene, call.office.invite_days, name, requisition)
    return say(words.invited(addressed(name)[0], requisition["title"], call.link(secret), call.office.invite_days))


def begin(scene: Scene, days: int, name: str, requisition: Row, note: str = "", batch_id: str = "") -> tuple[str, str]:
    """Invite somebody and begin their first conversation behind the link: (interview id, secret of the link).

    name: as it was written, perhaps with an e-mail address behind it (`addressed`).
    """
    name, email = addressed(name)
    interview_id, secret = hiring.invite(scene.tx, scene.keys, scene.ids, requisition, name, scene.at, days)
    interview = hiring.get_interview(scene.tx, scene.tenant_id, interview_id)
    if batch_id:
        interview = hiring.set_flags(scene.tx, interview, batch=batch_id)
    if note:
        _keep_note(scene, interview["candidate_id"], name, note)
    if email:
        people.set_email(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"], email)
    chat = people.thread_of(scene.tx, scene.tenant_id, interview["candidate_id"])
    hiring.open_invitation(scene, interview, chat, requisition["channel_id"])
    return interview_id, secret


def _keep_note(scene: Scene, person_id: str, name: str, note: str) -> None:
    """The team's note about a candidate, sealed with everything else that is theirs."""
    body = scene.keys.seal(scene.tenant_id, person_id, {"name": name, "note": note})
    scene.tx.change(Person, {"tenant_id": scene.tenant_id, "id": person_id}, {"body": body})


def new_link(call: Call, interview: Row) -> Reply:
    """A new link into an interview that goes on: for a lost link, another device, another browser."""
    scene, days = call.scene, call.office.invite_days
    secret = people.issue_link(
        scene.tx, scene.ids, scene.tenant_id, "invite", interview["candidate_id"], interview["id"], scene.at, days
    )
    scene.fact("link_issued", interview["id"], person_id=call.person_id)
    return say(words.new_link(call.sight.name(interview), call.link(secret), days))
