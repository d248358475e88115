"""The sandbox: one page with everybody in it, a clock that can be moved forward, and the journal as it grows.

Only `parley demo` mounts this, and only on 127.0.0.1: it hands out everybody's sessions.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from bot import hiring, people
from bot.app import App
from bot.clock import DemoClock
from bot.scene import Scene
from bot.scheduling import capacity, profiles
from bot.scheduling.hours_text import read_hours_text
from bot.scheduling.profiles import Profile
from bot.store import queries
from bot.store.rows import Conversation, Interview, Person, Requisition, Thread
from bot.store.store import Row, Tx
from bot.threads import load_conversation
from bot.web import pages
from calendar_sync.facts import Limits
from calendar_sync.zones import date_text
from flows.kits.model import Kit
from flows.words import demo_en as words

MINUTE = 60_000
_MOST_MINUTES = 60 * 24 * 30


@dataclass(slots=True)
class Cast:
    """Who is on the stage. Sessions are secrets of this demo."""

    people: list[dict[str, Any]] = field(default_factory=lambda: [])
    channel: dict[str, str] = field(default_factory=lambda: {})
    requisition_id: str = ""
    candidate: dict[str, Any] | None = None
    invite_url: str | None = None


class ClockIn(BaseModel):
    """How far to move the clock: minutes, or to the next thing that is due."""

    minutes: Annotated[int, Field(ge=1, le=_MOST_MINUTES)] | None = None
    to: Literal["next"] | None = None


def set_stage(app: App, tx: Tx, kit: Kit) -> Cast:
    """The hiring team, their channel and a requisition: created in an empty data folder, else taken up again.

    Sessions are always new, since only their digests are stored.
    """
    tenant, at = app.tenant_id, app.clock.now()
    if app.keys.found_tenant(tx, tenant, app.settings.company, at):
        app.keys.create(tx, tenant, tenant, at)
    channels = tx.find(Thread, {"tenant_id": tenant, "kind": "channel"}, "id")
    channel = (
        channels[0]["id"] if channels else people.add_thread(tx, app.ids, tenant, "channel", "", tenant, words.CHANNEL)
    )
    cast = Cast(channel={"id": channel, "name": words.CHANNEL})
    panel: list[str] = []
    for who in words.TEAM:
        person, thread = _member(app, tx, who)
        if who.role == "panelist":
            panel.append(person)
        _give_hours(app, tx, who, person)
        session = people.open_session(tx, app.ids, tenant, person, at)
        shown = {"name": who.name, "role": who.role, "about": who.about, "colour": who.colour}
        cast.people.append({**shown, "session": session, "thread": thread})
    known = [
        r["id"]
        for r in tx.find(Requisition, {"tenant_id": tenant, "kit_name": kit.kit}, "created_at,id")
        if r["kit_version"] == kit.version
    ]
    cast.requisition_id = (known or [""])[-1] or hiring.open_requisition(
        tx, app.ids, tenant, title=words.ROLE, kit=kit, channel_id=channel, role_site=words.SITE, panel=panel, at=at
    )
    _latest_candidate(app, tx, cast)
    return cast


def catch_up(tx: Tx, clock: DemoClock) -> None:
    """A demo that is started again goes on where its clock was: what was skipped stays skipped."""
    latest = max((c["last_at"] for c in tx.find(Conversation, {})), default=0)
    clock.forward(max(0, latest - clock.now()))


def _member(app: App, tx: Tx, who: words.Member) -> tuple[str, str]:
    """A member of the team: (person id, chat)."""
    tenant = app.tenant_id
    for person in tx.find(Person, {"tenant_id": tenant, "kind": "member"}):
        if people.name_of(tx, app.keys, tenant, person["id"]) == who.name:
            return person["id"], people.thread_of(tx, tenant, person["id"])
    added = people.add_person(tx, app.keys, app.ids, tenant, "member", who.name, app.clock.now())
    people.give_role(tx, tenant, "*", added[0], who.role)
    return added


def _give_hours(app: App, tx: Tx, who: words.Member, person: str) -> None:
    """When they can be booked, unless they have said something else since the demo was first started."""
    tenant, at = app.tenant_id, app.clock.now()
    if not who.hours or profiles.load(tx, app.keys, tenant, person) is not None:
        return
    off = date_text(capacity.monday_of(at, words.ZONE) + 7 + who.away - 1)
    hours = Profile(
        words.ZONE,
        read_hours_text(who.hours),
        away=((off, off),) if who.away else (),
        country=words.SITE,
        limits=Limits(who.per_day, who.per_week),
        pools=(words.POOL,),
        weight=who.weight,
    )
    profiles.save(tx, app.keys, tenant, person, hours, at)


def _latest_candidate(app: App, tx: Tx, cast: Cast) -> None:
    """Whoever was invited last is on the phone again."""
    tenant = app.tenant_id
    where = {"tenant_id": tenant, "requisition_id": cast.requisition_id}
    for interview in tx.find(Interview, where, "-created_at", 1):
        person = interview["candidate_id"]
        cast.candidate = {
            "name": people.name_of(tx, app.keys, tenant, person),
            "session": people.open_session(tx, app.ids, tenant, person, app.clock.now()),
            "thread": people.thread_of(tx, tenant, person),
            "interview": interview["id"],
        }


def _invite(app: App, tx: Tx, cast: Cast, name: str) -> str:
    """Invite a candidate as the recruiter would; the path of the invitation."""
    requisition = hiring.get_requisition(tx, app.tenant_id, cast.requisition_id)
    at = app.clock.now()
    interview_id, secret = hiring.invite(tx, app.keys, app.ids, requisition, name, at, app.settings.invite_days)
    interview = hiring.get_interview(tx, app.tenant_id, interview_id)
    thread = people.thread_of(tx, app.tenant_id, interview["candidate_id"])
    scene = Scene(tx, app.keys, app.ids, cast_row(tx, thread), at)
    hiring.open_invitation(scene, interview, thread, requisition["channel_id"])
    session = people.open_session(tx, app.ids, app.tenant_id, interview["candidate_id"], at)
    cast.candidate = {"name": name, "session": session, "thread": thread, "interview": interview_id}
    return f"/i/{secret}"


def cast_row(tx: Tx, thread_id: str) -> Row:
    return tx.find(Thread, {"id": thread_id})[0]


def router(app: App, cast: Cast, clock: DemoClock, version: str) -> APIRouter:
    """The sandbox page and what its buttons do."""
    api = APIRouter(include_in_schema=False)

    async def page() -> Response:
        return pages.page("sandbox.html", version)

    async def state() -> Response:
        following = await app.store.read(lambda tx: _next(app, tx, clock.now()))
        due = None if following is None else {"at": following.at, "what": following.what}
        data = {"now": clock.now(), "offset_ms": clock.offset, "people": cast.people, "candidate": cast.candidate}
        return _json({**data, "invite_url": cast.invite_url, "channel": cast.channel, "next_timer": due})

    async def start() -> Response:
        name = words.CANDIDATES[len(await app.store.read(_candidates)) % len(words.CANDIDATES)]
        cast.invite_url = await app.store.commit(lambda tx: _invite(app, tx, cast, name))
        await app.runner.recover()
        return await state()

    async def move(body: ClockIn) -> Response:
        return _json({"fired": await forward(app, clock, body), "now": clock.now()})

    async def journal() -> Response:
        return _json({"conversations": await app.store.read(lambda tx: _journals(app, tx))})

    api.add_api_route("/", page, methods=["GET"])
    api.add_api_route("/sandbox", page, methods=["GET"])
    api.add_api_route("/api/v1/demo", state, methods=["GET"])
    api.add_api_route("/api/v1/demo/start", start, methods=["POST"])
    api.add_api_route("/api/v1/demo/clock", move, methods=["POST"])
    api.add_api_route("/api/v1/demo/journal", journal, methods=["GET"])
    return api


async def forward(app: App, clock: DemoClock, body: ClockIn) -> list[dict[str, Any]]:
    """Move the clock; what is due happens one by one in order of time, each at its own instant, re-reading after each."""

    async def due() -> Due | None:
        return await app.store.read(lambda tx: _next(app, tx, clock.now()))

    await app.runner.quiet()  # what is under way belongs to the present
    following, target = await due(), clock.now() + (body.minutes or 0) * MINUTE
    if body.to == "next":
        target = following.at if following else clock.now()
    fired: list[dict[str, Any]] = []
    while following is not None and following.at <= target:
        clock.forward(max(0, following.at - clock.now()))
        if following.timer is None:
            await app.runner.fire_due()  # looks for work whose time has come, too
        else:
            await app.runner.fire(following.timer, clock.now())
        fired.append({"at": following.at, "what": following.what})
        await app.runner.quiet()
        following = await due()
    clock.forward(max(0, target - clock.now()))
    await app.runner.fire_due()
    app.runner.pulse.moved()
    return fired


@dataclass(frozen=True, slots=True)
class Due:
    """The next thing that happens by itself, and when (ms): a timer, or (None) work that waits for its time."""

    at: int
    what: str
    timer: Row | None = None


def _next(app: App, tx: Tx, now: int) -> Due | None:
    timer, at = queries.next_timer(tx), queries.next_due(tx, now)
    if timer is not None and timer["due_at"] == at:
        return Due(timer["due_at"], _what(app, tx, timer), timer)
    return None if at is None else Due(at, words.WORK)


def _what(app: App, tx: Tx, timer: Row) -> str:
    kind, *more = timer["about"].split(".")
    if kind != "remind" or len(more) != 2:
        return words.timer(kind)
    return words.reminded(people.name_of(tx, app.keys, app.tenant_id, more[1]), int(more[0]))


def _candidates(tx: Tx) -> list[Row]:
    return [t for t in tx.find(Thread, {"kind": "person"}) if people.is_candidate(tx, t["tenant_id"], t["person_id"])]


def _journals(app: App, tx: Tx) -> list[dict[str, Any]]:
    """Every conversation with its journal, as `parley replay` would print it."""
    found: list[dict[str, Any]] = []
    for row in tx.find(Conversation, {"tenant_id": app.tenant_id}, "opened_at,id"):
        conv = load_conversation(tx, app.keys, row)
        person = cast_row(tx, row["thread_id"])["person_id"]
        who = people.name_of(tx, app.keys, app.tenant_id, person)
        entries = [{"n": n, **e.to_json()} for n, e in enumerate(conv.journal.entries, 1)]
        flow = f"{row['flow']}/v{row['flow_version']}"
        found.append({"id": row["id"], "flow": flow, "who": who, "state": row["state"], "entries": entries})
    return found


def _json(data: object) -> Response:
    return Response(orjson.dumps(data), media_type="application/json")
