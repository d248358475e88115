"""What a team sees at a glance: status, one candidate, my tasks, the kits, the members. (The board: `board.py`.)"""

from bot import deadlines, hiring
from bot.deadlines import ASKS
from bot.desk import appointments_board, promises
from bot.desk.sight import LOOKERS, MOST_OPTIONS, RECRUITERS, TEAM, Call, Sight, choice, not_found, say, wrong
from bot.kits import KitProblem
from bot.mail import RATE
from bot.scene import Reply
from bot.scorecards import rating, rereading
from bot.store.rows import Interview, Person, Role, TeamQuestion, Thread
from bot.store.store import Row
from bot.work.progress import standing
from flows.cards import Card, Option
from flows.cards import Row as CardRow
from flows.words import desk_en as words
from flows.words import rescore_en

_MOST_STATUS = 25
_MOST_TASKS = 20
_MOST_RATED = 5


def waits(sight: Sight, interview: Row, names: bool = True) -> str:
    """What an interview waits for. names: may the reader know whose scorecard is late?"""
    status = sight.stage(interview)
    flags = hiring.flags(interview)
    if status == "submitted":
        panel, due = hiring.due_raters(sight.tx, interview)
        late = ", ".join(sight.name_of(p) for p in due) if names else None
        said = words.scorecards_in(len(panel) - len(due), len(panel), late, " ".join(flags.get("gate", ())))
        reading = standing(sight.tx, interview)
        return (
            f"{said}, {rescore_en.reading(reading.running, reading.behind, reading.done, reading.total)}"
            if reading
            else said
        )
    return words.WAITS["held" if flags.get("held") else status]


def status(call: Call) -> Reply:
    """Who is where and who waits for whom, the longest under way first; of one who is named, everything to act on."""
    if call.rest.strip():
        return _about(call, call.rest.strip())
    rows = call.sight.interviews(*LOOKERS)
    if not rows:
        return say(words.done(words.NONE_UNDER_WAY))
    lines = tuple(CardRow(call.sight.name(r), now(call, r)) for r in rows[:_MOST_STATUS])
    return say(words.under_way(len(rows), lines, len(rows) - len(lines)))


def _about(call: Call, text: str) -> Reply:
    """One candidate: their appointments where there are any, else their card."""
    rows = call.sight.named(text, call.sight.interviews(*RECRUITERS))
    if not rows or len(rows) > MOST_OPTIONS:
        return say(words.fits(text, str(len(rows) or "no")))
    if len(rows) > 1:
        return say(words.which(text, len(rows), tuple(choice(call.sight, r) for r in rows)), "do:board:all")
    planned = appointments_board.lines(call, rows[0])
    return appointments_board.of_candidate(call, rows[0]) if planned else candidate(call, rows[0])


def now(call: Call, interview: Row, names: bool = True) -> str:
    """What an interview waits for, and the appointment that comes. names: as for `waits`."""
    return ", ".join(filter(None, (waits(call.sight, interview, names), appointments_board.coming(call, interview))))


def candidate(call: Call, interview: Row) -> Reply:
    """One candidate with everything a recruiter can do about them now."""
    sight, flags = call.sight, hiring.flags(interview)
    rows = [
        CardRow(words.ROW_NOW, waits(sight, interview)),
        CardRow(words.ROW_SINCE, hiring.day_words(sight.since(interview))),
    ]
    if interview["status"] in ("invited", "opened", "consented", "in_progress", "paused") and not flags.get("held"):
        rows.append(CardRow(words.ROW_UNTIL, hiring.day_words(interview["deadline_at"])))
    rows += appointments_board.lines(call, interview)
    note = _note(sight, interview["candidate_id"])
    rows += [CardRow(words.ROW_NOTE, note)] if note else []
    rows += [CardRow(words.ROW_BLOCKED, words.BLOCKED)] if _blocked(sight, interview) else []
    link = f"/review/{interview['id']}" if interview["submitted_at"] is not None else ""
    card = words.candidate(sight.name(interview), sight.title(interview), tuple(rows), _actions(interview, flags), link)
    return say(card, f"do:card:{interview['id']}")


def _actions(interview: Row, flags: dict[str, object]) -> tuple[str, ...]:
    match interview["status"]:
        case "opened" | "consented" | "in_progress" | "paused":
            going = ("resume",) if flags.get("held") else ("remind", "pause")
            return ("link", *going, "times", "move", "withdraw")
        case "invited" | "declined":
            return ("link", "times", "move", "withdraw")
        case "submitted":
            return ("link", "times", "withdraw")
        case "scored":
            return ("decide", "link", "times")
        case _:
            return ()


def _note(sight: Sight, person_id: str) -> str:
    row = sight.tx.one(Person, tenant_id=sight.tenant_id, id=person_id)
    if row is None:
        return ""
    sight.keys.load(sight.tx, sight.tenant_id, person_id)
    body = sight.keys.open(sight.tenant_id, person_id, row["body"])
    return str(body.get("note", "")) if isinstance(body, dict) else ""  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def _blocked(sight: Sight, interview: Row) -> bool:
    where = {"tenant_id": sight.tenant_id, "person_id": interview["candidate_id"], "kind": "person"}
    return any(t["blocked"] for t in sight.tx.find(Thread, where))


# -- my tasks -----------------------------------------------------------------------------------------------


def tasks(sight: Sight) -> Card:
    """What waits for this person: scorecards, candidates' questions, wishes for a person, people nothing reaches."""
    due = _due(sight)
    owed, scorecards = promises.tasks(sight), (CardRow(_label(sight, r), words.SCORECARD_DUE) for r in due)
    rows = [*owed, *scorecards, *_questions(sight), *_wishes(sight)]
    if not rows:
        return words.plain(words.NO_TASKS)
    options = tuple(Option(r["id"], words.rate(sight.name(r))[:75]) for r in due[:_MOST_RATED])
    return words.tasks(tuple(rows[:_MOST_TASKS]), len(rows) - _MOST_TASKS, options)


def _label(sight: Sight, interview: Row) -> str:
    return f"{sight.name(interview)}, {sight.title(interview)}"


def _due(sight: Sight) -> list[Row]:
    """Interviews that this person has still to rate: as one of the panel, in somebody's place, or as second reader."""
    rows = sight.tx.find(Interview, {"tenant_id": sight.tenant_id, "status": "submitted"}, "created_at,id")
    opened = [r for s in ("scored", "decided") for r in sight.interviews(*TEAM, status=s)]
    panelist = {r["id"] for r in sight.requisitions("panelist")}
    asked = [(r, hiring.flags(r).get("panel")) for r in rows]
    mine = [r for r, own in asked if (sight.person_id in own if own else r["requisition_id"] in panelist)]
    due = [r for r in mine if sight.person_id in hiring.due_raters(sight.tx, r)[1]]
    return due + [r for r in opened if rereading.is_reader(r, sight.person_id)]


def _questions(sight: Sight) -> list[CardRow]:
    """Questions to the team are answered by anybody who recruits or rates for the requisition."""
    found = sight.tx.find(TeamQuestion, {"tenant_id": sight.tenant_id, "answered_by": ""}, "asked_at,id")
    open_ones = [sight.interview(q["interview_id"], *RECRUITERS, "panelist") for q in found]
    return [
        CardRow(_label(sight, r), words.QUESTION_DUE) for r in open_ones if r is not None and r["status"] != "withdrawn"
    ]


def _wishes(sight: Sight) -> list[CardRow]:
    found: list[CardRow] = []
    for row in sight.interviews(*RECRUITERS):
        if row["status"] == "declined":
            found.append(CardRow(_label(sight, row), words.PERSON_DUE))
        if (asks := hiring.flags(row).get(ASKS)) and row["status"] in deadlines.OPEN:
            found.append(CardRow(_label(sight, row), words.TIME_DUE[asks]))
        if _blocked(sight, row):
            found.append(CardRow(_label(sight, row), words.UNREACHABLE.format(name=sight.name(row))))
    return found


def tasks_line(call: Call) -> Reply:
    return say(tasks(call.sight), RATE)


def rate(call: Call, ids: list[str], option: str) -> Reply:
    """Begin to rate; nothing is said where the rating itself speaks."""
    row = call.scene.tx.one(Interview, tenant_id=call.scene.tenant_id, id=option)
    if row is None or not rating.may_read(call.scene.tx, row, call.person_id):
        return not_found()
    return Reply(rating.begin_rating(call.scene, call.person_id, row))


# -- kits and members ---------------------------------------------------------------------------------------


def kits(call: Call) -> Reply:
    """All kits, or one that is named."""
    if call.rest.strip():
        return kit(call)
    library = call.office.kits
    return say(Card(words.KITS_READY, rows=tuple(CardRow(n, library.load(n).title) for n in library.names())))


def kit(call: Call) -> Reply:
    name = call.rest.strip()
    if not name:
        return kits(call)
    try:
        found = call.office.kits.load(name)
    except KitProblem:
        return wrong(words.UNKNOWN_KIT)
    competencies = tuple(c.title or k for k, c in found.competencies.items())
    return say(words.kit_card(name, found.title, found.minutes, competencies, tuple(q.ask for q in found.questions)))


def members(call: Call) -> Reply:
    """Who is on the team and what each may do; of a requisition's roles, those the reader recruits for."""
    sight = call.sight
    titles = {r["id"]: r["title"] for r in sight.requisitions(*RECRUITERS)} | {"*": words.EVERYTHING}
    held: dict[str, list[str]] = {}
    for role in sight.tx.find(Role, {"tenant_id": sight.tenant_id}, "requisition_id,role"):
        if role["requisition_id"] in titles:
            held.setdefault(role["person_id"], []).append(f"{role['role']} ({titles[role['requisition_id']]})")
    rows = [CardRow(sight.name_of(m["id"]), ", ".join(held[m["id"]])) for m in sight.members() if m["id"] in held]
    return say(words.members(tuple(rows[:_MOST_STATUS]), len(rows) - _MOST_STATUS))
