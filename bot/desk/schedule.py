"""Asking a candidate for a time: a line or a form becomes a plan, the plan is shown with the times there are, then sent.

What was entered is kept as a draft until it is sent or left: times change meanwhile, so they are computed again.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot import hiring, people
from bot.desk import crowd, draft_plan, drafts, wanted_options
from bot.desk.draft_plan import PEOPLE_MINUTES, Problems, Wish
from bot.desk.sight import MOST_OPTIONS, RECRUITERS, Call, choice, not_found, say, wrong
from bot.desk.times import none_at_all, offered, seeker_for
from bot.desk.wanted import CELL, MOST_TITLE, Line, NotRead, crew, minutes
from bot.scene import Reply
from bot.scheduling import appointments, upcoming
from bot.scheduling.plans import Plan
from bot.store.store import Row
from calendar_sync import when
from calendar_sync.zones import ConfigProblem
from calendar_sync.zones import zone as zone_named
from flows.cards import Card, Field, Option
from flows.words import desk_en
from flows.words import schedule_en as words

UNBEGUN = ("invited", "opened", "consented")
_DRAFT, _WHOM = "plan", "whom"
_LOOP_FIELDS = ("loop", "notice", "days", "where")  # kept as they were entered, so that they can be changed
_MOST_CANDIDATES = 100  # of a form: more than this no platform's menu takes
_LONGEST = 4000  # characters of an order


def schedule(call: Call) -> Reply:
    """`/interview schedule NAME for LENGTH with WHO`, or a form for what is missing."""
    rest = call.rest
    if len(rest) > _LONGEST:
        return wrong(words.TOO_LONG)
    said, _ = wanted_options.read(rest.partition("\n")[0])
    if not said.name:
        return _form(call, "schedule") if call.forms and not said.who else wrong(words.HOW)
    rows = call.sight.named(said.name, call.sight.interviews(*RECRUITERS))
    if not rows:
        return say(desk_en.fits(said.name, "no"))
    if len(rows) == 1:
        return _ordered(call, rows[0], rest)
    if len(rows) > MOST_OPTIONS:
        return say(desk_en.fits(said.name, str(len(rows))))
    batch = drafts.keep(call.scene, call.person_id, _WHOM, [{"rest": rest}])
    options = tuple(choice(call.sight, r) for r in rows)
    return say(desk_en.which(said.name, len(rows), options), f"do:whom:{batch}")


def whom(call: Call, ids: list[str], option: str) -> Reply:
    """Somebody was chosen among several of that name: the order goes on as it was written."""
    batch = drafts.batch_of(call.scene, ids[0], call.person_id, _WHOM)
    item = drafts.item(call.scene, batch, 0) if batch else None
    interview = call.sight.interview(option, *RECRUITERS)
    if batch is None or item is None or interview is None:
        return not_found()
    drafts.move(call.scene, batch, "open", "done")
    drafts.forget(call.scene, batch)
    return _ordered(call, interview, item["rest"])


def about(call: Call, interview: Row) -> Reply:
    """From a candidate's card: the form, or how to write it."""
    name = call.sight.name(interview)
    return _form(call, "schedule", interview) if call.forms else wrong(words.how(name))


def _ordered(call: Call, interview: Row, rest: str) -> Reply:
    head, _, below = rest.partition("\n")
    said, options = wanted_options.read(head)
    if said.loop:
        return _loop_line(call, interview, below, options)
    if not said.who and not said.length:
        return about(call, interview)
    try:
        wish = _typed(call, interview, said)
        wish = replace(wish, plan=wanted_options.applied(wish.plan, options))
    except NotRead as problem:
        return wrong(problem.say)
    return preview(call, interview, wish)


def _typed(call: Call, interview: Row, said: Line) -> Wish:
    """Raises NotRead."""
    if not said.who:
        raise NotRead(words.WHO_MISSING)
    if len(said.title) > MOST_TITLE:
        raise NotRead(words.title_long(MOST_TITLE).capitalize() + ".")
    who = crew(said.who, crowd.directory(call.sight))
    usual = PEOPLE_MINUTES if who.fixed or who.groups else kit_minutes(call, interview)
    length = minutes(said.length) if said.length else usual
    return Wish(draft_plan.one(call.zone, said.title, length, who))


def _loop_line(call: Call, interview: Row, below: str, options: tuple[str, ...]) -> Reply:
    if not below.strip():
        return _form(call, "loop", interview) if call.forms else wrong(words.HOW_LOOP)
    try:
        wish = draft_plan.from_day(call.zone, below, crowd.directory(call.sight), {})
        plan = wanted_options.applied(wish.plan, options)
    except Problems as problem:
        return wrong("\n".join(problem.found.values()))
    except NotRead as problem:
        return wrong(problem.say)
    # What the form has no field for is changed by writing the line again.
    return preview(call, interview, replace(wish, plan=plan), None if options else {"loop": below})


def kit_minutes(call: Call, interview: Row) -> int:
    """How long an interview with Parley itself takes, in whole cells."""
    kit = hiring.kit_of(hiring.get_requisition(call.scene.tx, call.scene.tenant_id, interview["requisition_id"]))
    return -(-max(kit.minutes, CELL) // CELL) * CELL


# -- forms --------------------------------------------------------------------------------------------


def _form(call: Call, name: str, interview: Row | None = None) -> Reply:
    ref = f":{interview['id']}" if interview else ""
    asked = replace(call, rest=interview["id"] if interview else "")
    return say(schedule_card(asked) if name == "schedule" else loop_card(asked), f"cmd:{name}{ref}")


def schedule_card(call: Call) -> Card:
    """The form; `call.rest` names the interview or the draft it is about, or nothing."""
    interview, item = _meant(call)
    pools = crowd.pools_of(crowd.known(call.sight))
    values = draft_plan.fields_of(_wish(item), pools) if item else {}
    sizes = tuple((name, len(ids)) for name, ids in pools.items())
    return words.schedule_form(_title(call, interview, False), _candidate(call, interview), sizes, values)


def loop_card(call: Call) -> Card:
    interview, item = _meant(call)
    values = {k: item[k] for k in (*_LOOP_FIELDS, "note") if item and item.get(k)}
    return words.loop_form(_title(call, interview, True), _candidate(call, interview), values)


def _title(call: Call, interview: Row | None, loop: bool) -> str:
    return words.form_title(call.sight.name(interview) if interview else "", loop)


def _candidate(call: Call, interview: Row | None) -> tuple[Field, ...]:
    """The field that asks who it is about; none where that is known."""
    if interview is not None:
        return ()
    rows = call.sight.interviews(*RECRUITERS)[-_MOST_CANDIDATES:]
    options = tuple(Option(r["id"], call.sight.name(r)[:75], hint=call.sight.title(r)[:75]) for r in reversed(rows))
    return (words.candidate_field(options, options[0].id if len(options) == 1 else ""),)


def _meant(call: Call) -> tuple[Row | None, dict[str, str] | None]:
    """(interview, draft) that a form's token names; what isn't this person's is not there."""
    if not call.rest.startswith("ba_"):
        return (call.sight.interview(call.rest, *RECRUITERS) if call.rest else None), None
    batch = drafts.batch_of(call.scene, call.rest, call.person_id, _DRAFT)
    item = drafts.item(call.scene, batch, 0) if batch else None
    return (call.sight.interview(item["interview"], *RECRUITERS) if item else None), item


def submit_schedule(call: Call, fields: Mapping[str, str]) -> Reply:
    return _submitted(call, fields, loop=False)


def submit_loop(call: Call, fields: Mapping[str, str]) -> Reply:
    return _submitted(call, fields, loop=True)


def _submitted(call: Call, fields: Mapping[str, str], loop: bool) -> Reply:
    interview = _meant(call)[0] or call.sight.interview(fields.get("candidate", ""), *RECRUITERS)
    if interview is None:
        return Reply(problems={"candidate": words.CANDIDATE_MISSING})
    try:
        if loop:
            text = fields.get("loop", "")
            if len(text) > _LONGEST:
                return Reply(problems={"loop": words.TOO_LONG})
            wish = draft_plan.from_day(call.zone, text, crowd.directory(call.sight), fields)
        else:
            wish = draft_plan.from_form(call.sight, call.zone, kit_minutes(call, interview), fields)
    except Problems as problem:
        return Reply(problems=problem.found)
    old = drafts.batch_of(call.scene, call.rest, call.person_id, _DRAFT) if call.rest.startswith("ba_") else None
    if old is not None and drafts.move(call.scene, old, "open", "cancelled"):
        drafts.forget(call.scene, old)
    return preview(call, interview, wish, fields if loop else None)


# -- before it is sent ----------------------------------------------------------------------------------


def preview(call: Call, interview: Row, wish: Wish, loop: Mapping[str, str] | None = None) -> Reply:
    """What the candidate would be asked, with the times there are now; or why there is none. Nothing is sent by this.

    loop: what was entered about a day of sessions.
    """
    refused = _refused(call, interview, wish.plan)
    if refused is not None:
        return refused
    item = {"interview": interview["id"], "plan": wish.plan.to_json(), "link": wish.link, "place": wish.place}
    item |= {"note": wish.note} | ({k: loop.get(k, "") for k in _LOOP_FIELDS} if loop else {})
    try:
        card = _preview_card(call, interview, wish)
    except ConfigProblem as problem:
        return wrong(problem.say)
    return say(card, f"do:plan:{drafts.keep(call.scene, call.person_id, _DRAFT, [item])}")


def _refused(call: Call, interview: Row, plan: Plan) -> Reply | None:
    live = appointments.of_interview(call.scene.tx, call.scene.tenant_id, interview["id"], *appointments.LIVE)
    if len(live) >= appointments.MOST_OPEN:
        return wrong(words.TOO_MANY_OPEN)
    if plan.kind == "bot" and interview["status"] not in UNBEGUN:
        return wrong(words.ANSWERED_ALREADY)
    return None


def _preview_card(call: Call, interview: Row, wish: Wish) -> Card:
    """Raises ConfigProblem."""
    sight, plan, name = call.sight, wish.plan, call.sight.name(interview)
    rows = draft_plan.rows(sight, wish)
    foot = words.LINK_UNOPENED if sight.stage(interview) == "invited" else ""
    if plan.kind == "bot":
        return words.preview_whenever(name, rows, foot)
    seeker = seeker_for(call, plan, interview["candidate_id"])
    starts = offered(call, seeker)
    if not starts:
        return words.no_times(name, plan.days, *none_at_all(call, seeker), rows)
    first = when.spoken(starts[0], call.zone, call.scene.at)
    return words.preview(name, len(starts), days_of(starts, call.zone), first, rows, plan.kind == "loop", foot)


def days_of(starts: list[int], zone: str) -> int:
    """On how many dates of a reader's zone these times are."""
    here = zone_named(zone)
    return len({here.date_of(s) for s in starts})


def press(call: Call, ids: list[str], option: str) -> Reply:
    """[Ask them], [Change] or [Leave it] under a preview; the first press that sends decides."""
    scene = call.scene
    batch = drafts.batch_of(scene, ids[0], call.person_id, _DRAFT)
    item = drafts.item(scene, batch, 0) if batch else None
    if batch is None:
        return not_found()
    if item is None or batch["state"] != "open":
        return wrong(words.DRAFT_OVER)
    interview = call.sight.interview(item["interview"], *RECRUITERS)
    if interview is None:
        return not_found()
    if drafts.is_old(scene, batch):
        drafts.sweep(scene)
        return wrong(words.DRAFT_OLD)
    if option == "change":
        return _change(call, batch, item, interview)
    if option != "send":
        drafts.move(scene, batch, "open", "cancelled")
        drafts.forget(scene, batch)
        return say(desk_en.plain(desk_en.NOTHING_CHANGED))
    return _send(call, batch, item, interview)


def _change(call: Call, batch: Row, item: dict[str, str], interview: Row) -> Reply:
    plan = _wish(item).plan
    loop = plan.kind == "loop"
    if not call.forms or not (item.get("loop") if loop else draft_plan.fits_form(plan)):
        example = words.DAY if loop else words.ALL
        return say(words.change_by_line(example.replace("Ada", call.sight.name(interview), 1)))
    asked = replace(call, rest=batch["id"])
    return say((loop_card if loop else schedule_card)(asked), f"cmd:{'loop' if loop else 'schedule'}:{batch['id']}")


def _send(call: Call, batch: Row, item: dict[str, str], interview: Row) -> Reply:
    scene, wish = call.scene, _wish(item)
    refused = _refused(call, interview, wish.plan)
    if refused is not None:
        return refused
    if not drafts.move(scene, batch, "open", "done"):
        return wrong(words.DRAFT_OVER)
    drafts.forget(scene, batch)
    about = {"note": wish.note, "link": wish.link, "place": wish.place}
    appointments.open_appointment(scene, interview, wish.plan, asked_by=call.person_id, **about)
    chat = people.thread_of(scene.tx, scene.tenant_id, interview["candidate_id"])
    busy = call.sight.stage(interview) != "invited" and upcoming.occupied(scene.tx, scene.tenant_id, chat)
    return say(words.asked(call.sight.name(interview), busy))


def _wish(item: dict[str, str]) -> Wish:
    return Wish(Plan.from_json(item["plan"]), item["link"], item["place"], item["note"])
