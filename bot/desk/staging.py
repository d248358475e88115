"""Stages of a requisition: shown, set by a line, or proposed from a few questions about it."""

from collections.abc import Mapping

from bot.desk import crowd, drafts
from bot.desk.sight import RECRUITERS, TEAM, Call, not_found, say, wrong
from bot.desk.wanted import NotRead, crew
from bot.funnel import stages
from bot.funnel.stages import Stage
from bot.scene import Reply
from bot.store.rows import Requisition
from bot.store.store import Row
from flows.cards import Card
from flows.cards import Row as CardRow
from flows.interviews import formats, stage_line
from flows.interviews.formats import CHOICES, Situation
from flows.words import desk_en
from flows.words import funnel_en as words

SHORTEST, LONGEST = 10, 480  # minutes of a meeting
_DRAFT = "stages"


def command(call: Call) -> Reply:
    """`/interview stages TITLE` shows them; `/interview stages TITLE: …` sets them."""
    title, sep, text = call.rest.partition(":")
    requisition = _meant(call, title, TEAM if not sep else RECRUITERS, words.HOW_STAGES)
    if isinstance(requisition, Reply):
        return requisition
    if not text.strip():
        return say(_shown(call, requisition, False))
    read = stage_line.read(text)
    if isinstance(read, stage_line.NotRead):
        return wrong(read.say)
    try:
        found = tuple(_stage(call, w) for w in read)
    except NotRead as problem:
        return wrong(problem.say)
    return _set(call, requisition, found)


def _meant(call: Call, title: str, roles: tuple[str, ...], how: str) -> Row | Reply:
    """The one requisition of that title; without a title, the only one there is."""
    found = call.sight.titled(title, *roles)
    if len(found) == 1:
        return found[0]
    if not title.strip():
        return wrong(how if found else desk_en.NO_REQUISITION)
    if not found:
        return wrong(desk_en.no_such(title.strip()))
    return say(desk_en.several_titles(title.strip(), tuple(r["title"] for r in found)))


def _stage(call: Call, wanted: stage_line.Wanted) -> Stage:
    """One stage with the people it names. Raises NotRead."""
    people: tuple[str, ...] = ()
    if wanted.with_:
        holding = crew(wanted.with_, crowd.directory(call.sight))
        people = tuple(dict.fromkeys((*holding.fixed, *(p for g in holding.groups for p in g.people))))
        if holding.groups:  # "one of": a stage is rated by everybody it names
            raise NotRead(words.ONE_OF)
    minutes = wanted.minutes
    if minutes and not SHORTEST <= minutes <= LONGEST:
        raise NotRead(words.LENGTH)
    return Stage("", wanted.title, wanted.form, minutes, people)


def _set(call: Call, requisition: Row, wanted: tuple[Stage, ...]) -> Reply:
    """Change the stages, unless somebody is in one that would go."""
    here = stages.under_way(call.scene.tx, requisition)
    titles = {s.title.casefold() for s in wanted}
    named = stages.are_named(requisition)
    for old in stages.of(requisition) if named else ():
        if here.get(old.key) and old.title.casefold() not in titles:
            return wrong(words.in_use(old.title, here[old.key]))
    changed = stages.keep(call.scene.tx, requisition, wanted)
    call.scene.fact("stages_set", "", person_id=call.person_id, requisition=requisition["id"])
    return say(_shown(call, changed, True))


def _shown(call: Call, requisition: Row, changed: bool) -> Card:
    here = stages.under_way(call.scene.tx, requisition)
    rows = tuple(
        CardRow(f"{n}. {s.title}", words.stage_line(s.form, s.minutes, _names(call, s), here.get(s.key, 0)))
        for n, s in enumerate(stages.of(requisition), 1)
    )
    return words.stages(requisition["title"], rows, changed)


def _names(call: Call, stage: Stage) -> str:
    return crowd.joined(tuple(call.sight.name_of(p) for p in stage.panel)) if stage.panel else ""


# -- the format ---------------------------------------------------------------------------------------------


def which_format(call: Call) -> Reply:
    """`/interview format TITLE`: a form with a few questions, or the answers in one line."""
    title, sep, text = call.rest.partition(":")
    requisition = _meant(call, title, RECRUITERS, words.HOW_FORMAT)
    if isinstance(requisition, Reply):
        return requisition
    if sep and text.strip():
        said = [w.strip().casefold() for w in text.split(",")]
        fields = dict(zip(CHOICES, said, strict=False))
        return wrong(words.HOW_FORMAT_LINE) if _problems(fields) else _proposed(call, requisition, fields)
    if not call.forms:
        return wrong(words.HOW_FORMAT_LINE)
    return say(words.format_form(requisition["title"]), f"cmd:format:{requisition['id']}")


def format_card(call: Call) -> Card:
    requisition = call.sight.requisition(call.rest, *RECRUITERS)
    return words.format_form(requisition["title"] if requisition else "")


def submit_format(call: Call, fields: Mapping[str, str]) -> Reply:
    requisition = call.sight.requisition(call.rest, *RECRUITERS)
    if requisition is None:
        return not_found()
    problems = _problems(fields)
    return Reply(problems=problems) if problems else _proposed(call, requisition, fields)


def _problems(fields: Mapping[str, str]) -> dict[str, str]:
    return {k: words.CHOOSE_ONE for k, known in CHOICES.items() if fields.get(k, "") not in known}


def _proposed(call: Call, requisition: Row, fields: Mapping[str, str]) -> Reply:
    found = formats.propose(Situation(**{k: fields[k] for k in CHOICES}))
    rows = tuple(
        CardRow(f"{n}. {words.TITLES[p.form]}", words.proposed_line(p.form, p.minutes, p.reasons))
        for n, p in enumerate(found, 1)
    )
    items = [{"form": p.form, "minutes": str(p.minutes)} for p in found]
    batch = drafts.keep(call.scene, call.person_id, _DRAFT, [{"requisition": requisition["id"]}, *items])
    return say(words.proposal(requisition["title"], rows), f"do:stages:{batch}")


def take(call: Call, ids: list[str], option: str) -> Reply:
    """Take the proposed stages, once."""
    batch = drafts.batch_of(call.scene, ids[0], call.person_id, _DRAFT)
    about = drafts.item(call.scene, batch, 0) if batch else None
    requisition = call.sight.requisition(about["requisition"], *RECRUITERS) if about else None
    if batch is None or requisition is None:
        return not_found()
    items = [drafts.item(call.scene, batch, n) or {} for n in range(1, batch["size"])]
    if not drafts.move(call.scene, batch, "open", "done"):
        return wrong(desk_en.TOO_LATE)
    drafts.forget(call.scene, batch)
    if option != "take":
        return say(desk_en.plain(desk_en.NOTHING_CHANGED))
    fresh = call.scene.tx.one(Requisition, tenant_id=call.scene.tenant_id, id=requisition["id"]) or requisition
    return _set(call, fresh, tuple(Stage("", words.TITLES[i["form"]], i["form"], int(i["minutes"])) for i in items))
