"""From what was entered (a line, a form) to a plan, and from a plan to the rows in which it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bot.desk import crowd
from bot.desk.sight import Sight
from bot.desk.wanted import MOST_TITLE, Crew, Directory, NotRead, crew, minutes
from bot.desk.wanted_day import Day, day
from bot.desk.wanted_options import applied, buffers_text, parted
from bot.scheduling.plans import Group, Plan, Session
from calendar_sync import when
from flows.cards import Row as CardRow
from flows.words import schedule_en as words

PEOPLE_MINUTES, MOST_WHERE, MOST_NOTE = 45, 300, 1000
_SOME = ("1", "2", "3")  # of some people or a pool, in the form
_MOST_OF = len(_SOME)
_NOTICES = {str(n) for n, _ in words.NOTICES}
_AHEAD = {str(n) for n, _ in words.AHEAD}


@dataclass(frozen=True, slots=True)
class Wish:
    """A plan with the words about it."""

    plan: Plan
    link: str = ""
    place: str = ""
    note: str = ""


class Problems(ValueError):
    """Fields that can't be used: field key -> sentence."""

    def __init__(self, found: dict[str, str]) -> None:
        super().__init__(str(found))
        self.found = found


# -- one session --------------------------------------------------------------------------------------


def one(zone: str, title: str, length: int, who: Crew) -> Plan:
    """A plan of one session with its usual times."""
    alone = not (who.fixed or who.groups)
    return Plan((Session("s1", title, length, who.fixed, who.groups),), zone, conference=not alone)


def from_form(sight: Sight, zone: str, kit_minutes: int, fields: Mapping[str, str]) -> Wish:
    """The plan that the form `schedule` asks for. Raises Problems."""
    problems: dict[str, str] = {}
    who = _crew(sight, fields, problems)
    length = PEOPLE_MINUTES if who.fixed or who.groups else kit_minutes
    around: tuple[str, ...] = ()
    if fields.get("minutes", "").strip():
        said, around = parted(fields["minutes"])
        try:
            length = minutes(said)
            applied(Plan((), zone), around)
        except NotRead as problem:
            problems["minutes"] = problem.say
    title = " ".join(fields.get("title", "").split())
    if len(title) > MOST_TITLE:
        problems["title"] = words.title_long(MOST_TITLE).capitalize() + "."
    wish = _where_and_when(one(zone, title, length, who), fields, problems)
    if problems:
        raise Problems(problems)
    return replace(wish, plan=applied(wish.plan, around))


def from_day(zone: str, text: str, known: Directory, fields: Mapping[str, str]) -> Wish:
    """The plan that the form `loop` asks for. Raises Problems."""
    problems: dict[str, str] = {}
    found = Day(())
    try:
        found = day(text, known)
    except NotRead as problem:
        problems["loop"] = problem.say
    if problems:
        _where_and_when(Plan((), zone), fields, problems)
        raise Problems(problems)
    plan = Plan(
        found.sessions, zone, notice=1440, order=found.order, breaks=(found.rest, max(60, found.rest)),
        lunch=found.lunch, most_days=found.days,
    )  # fmt: skip
    wish = _where_and_when(plan, fields, problems)
    if problems:
        raise Problems(problems)
    return wish


def _where_and_when(plan: Plan, fields: Mapping[str, str], problems: dict[str, str]) -> Wish:
    notice, ahead = fields.get("notice", ""), fields.get("days", "")
    plan = replace(
        plan,
        notice=int(notice) if notice in _NOTICES else plan.notice,
        days=int(ahead) if ahead in _AHEAD else plan.days,
    )
    where, note = " ".join(fields.get("where", "").split()), fields.get("note", "").strip()
    if len(where) > MOST_WHERE:
        problems["where"] = words.WHERE_LONG
    if len(note) > MOST_NOTE:
        problems["note"] = words.NOTE_LONG
    link = where if "://" in where else ""
    if link and not _is_link(link):
        problems["where"] = words.LINK_BAD
    return Wish(replace(plan, conference=plan.conference and not where), link, "" if link else where, note)


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and " " not in text


def crew_of(sight: Sight, fields: Mapping[str, str]) -> Crew:
    """The people that a form names. Raises Problems."""
    problems: dict[str, str] = {}
    found = _crew(sight, fields, problems)
    if problems:
        raise Problems(problems)
    return found


def _crew(sight: Sight, fields: Mapping[str, str], problems: dict[str, str]) -> Crew:
    """Who was picked: all of them, some of them, or some of a pool besides them. Names are read as in a line."""
    known = crowd.directory(sight)
    picked = Crew()
    if fields.get("who", "").strip():
        try:
            picked = crew(fields["who"], known)
        except NotRead as problem:
            problems["who"] = problem.say
            return Crew()
    people, chosen, how = picked.fixed, fields.get("pool", ""), fields.get("how", "") or "all"
    pool = next((name for n, name in enumerate(known.pools) if chosen == f"pool{n}"), "")
    if chosen and not pool:
        problems["pool"] = words.PEOPLE_GONE
        return Crew()
    need = int(how) if how in _SOME else 0
    size = len(known.pools[pool]) if pool else len(people)
    if need > size and size:
        problems["how"] = words.not_so_many(need, pool, size)
    if pool:
        return Crew(people, (*picked.groups, Group(need or 1, pool)))
    some = 0 < need < size
    return Crew((), (*picked.groups, Group(need, "", people))) if some else picked


def fits_form(plan: Plan) -> bool:
    """Can the form `schedule` say what this plan says? A line can say more."""
    session, *more = plan.sessions
    groups = session.groups
    plain = not groups or (len(groups) == 1 and groups[0].need <= _MOST_OF and not (session.fixed and groups[0].people))
    usual = Plan(plan.sessions, plan.zone)
    times = str(plan.notice) in _NOTICES and str(plan.days) in _AHEAD
    return not more and plain and times and (plan.step, plan.move_notice) == (usual.step, usual.move_notice)


def fields_of(wish: Wish, pools: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """What the form `schedule` is filled with, so that a plan can be changed."""
    plan, session = wish.plan, wish.plan.sessions[0]
    group = session.groups[0] if session.groups else Group(0)
    at = list(pools).index(group.pool) if group.pool in pools else -1
    return {
        "who": ",".join((*session.fixed, *(() if group.pool else group.people))),
        "pool": f"pool{at}" if at >= 0 else "",
        "how": str(group.need) if 0 < group.need <= _MOST_OF else "all",
        "minutes": ", ".join(t for t in (str(session.minutes), buffers_text(plan)) if t),
        "title": session.title,
        "notice": str(plan.notice),
        "days": str(plan.days),
        "where": wish.link or wish.place,
        "note": wish.note,
    }


# -- shown --------------------------------------------------------------------------------------------


def who(sight: Sight, session: Session) -> str:
    """Who holds a session, as the team reads it: "Ben, and two of the pool backend"."""
    parts = [crowd.joined(tuple(sight.name_of(p) for p in session.fixed))] if session.fixed else []
    for group in session.groups:
        names = crowd.joined(tuple(sight.name_of(p) for p in group.people)) if group.people else ""
        parts.append(words.some_of(group.need, names, group.pool))
    return ", and ".join(parts) or words.PARLEY


def rows(sight: Sight, wish: Wish) -> tuple[CardRow, ...]:
    """A plan in rows: each session of a loop has its own."""
    plan = wish.plan
    if plan.kind == "loop":
        found = [CardRow(s.title, f"{when.length(s.minutes)}, {who(sight, s)}") for s in plan.sessions]
    else:
        only = plan.sessions[0]
        found = [CardRow(words.WHO, who(sight, only)), CardRow(words.LENGTH, when.length(only.minutes))]
        found += [CardRow(words.TITLE, only.title)] if only.title else []
    titles = {s.key: s.title for s in plan.sessions}
    order = "; ".join(words.before(titles[a], titles[b]) for a, b in plan.order)
    usual = Plan(plan.sessions, plan.zone, notice=1440 if plan.kind == "loop" else 120)
    more = (
        (words.KEPT_FREE, buffers_text(plan)),
        (words.NOTICE, _length(plan.notice) if plan.notice != usual.notice else ""),
        (words.DAYS_AHEAD, words.days(plan.days) if plan.days != usual.days else ""),
        (words.STEP, words.every(plan.step) if plan.step != usual.step else ""),
        (words.MOVE_NOTICE, _length(plan.move_notice) if plan.move_notice != usual.move_notice else ""),
        (words.ORDER, order),
        (words.LUNCH, when.length(plan.lunch) if plan.lunch else ""),
        (words.WHERE, wish.link or wish.place),
        (words.NOTE, wish.note[:200]),
    )
    return (*found, *(CardRow(label, value) for label, value in more if value))


def _length(minutes: int) -> str:
    return when.length(minutes) if minutes else words.NOT_NEEDED
