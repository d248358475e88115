"""Why an appointment has no time, in plain data: a reason for each person, and the one change that would open most.

Both are found by asking the engine again, of changed facts: who would be free without their limits, how many starts
there were with one more person. That costs some milliseconds each, so only so much is tried.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.keyring import Keyring
from bot.scheduling import slotting, telling
from bot.scheduling.availability import Availability, Question, Seeker, answer
from bot.scheduling.plans import Plan
from bot.scheduling.profiles import default, hours_of
from bot.scheduling.roster import DAY_MS, MINUTE, Person
from bot.store.store import Tx
from calendar_sync import slots, when
from calendar_sync.bits import at_least
from calendar_sync.facts import Ask, Interviewer, Limits
from calendar_sync.hours import working
from calendar_sync.zones import DAY
from flows.words import why_en as words

Code = Literal[
    "missing", "paused", "unknown", "broken", "no_hours", "away", "notice", "limit", "busy", "short", "together", "candidate"
]  # fmt: skip
_AWAY = 120  # days ahead that somebody's return is looked for
_MOST_PEOPLE = 12  # whose reasons are looked for, those who are named first
_MOST_LOOKS = 600  # (people x attempts) at changes
_NEW = "somebody new"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one person can't. day: the first one on which they are back (0 = not in sight); since: of when the news of
    their calendar is (ms, 0 = none ever); name, number: the limit (a field of `Limits`) and its value, or how often
    they would be free; say: what is wrong with their hours."""

    person: str
    code: Code
    day: int = 0
    since: int = 0
    name: str = ""
    number: int = 0
    say: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What would help: kind, whom or what it is about, the new value, and how many times there would be."""

    kind: str
    about: str = ""
    value: int = 0
    opens: int = 0


@dataclass(frozen=True, slots=True)
class Why:
    """All of it. few: (pool, needed, most who can at once) of the groups that are too small. others: how many more
    people there are whose reasons are not given."""

    reasons: tuple[Reason, ...] = ()
    few: tuple[tuple[str, int, int], ...] = ()
    change: Change | None = None
    others: int = 0


@dataclass(slots=True)
class _Count:
    """The starts that a changed question has, as long as there is time to ask."""

    looks: int = _MOST_LOOKS
    best: Change | None = field(default=None)

    def heard(self, change: Change, cost: int, opens: int) -> None:
        self.looks -= max(cost, 1)
        if opens and (self.best is None or opens > self.best.opens):
            self.best = replace(change, opens=opens)


def why_none(availability: Availability, tx: Tx, seeker: Seeker, now: int) -> Why:
    """Why `seeker` has no time. Raises ConfigProblem for a plan that can't be (`crews.fault` says it kindly)."""
    plan = seeker.plan
    questions = [availability.question(tx, seeker, s, now=now) for s in plan.sessions if s.fixed or s.groups]
    everybody = sorted({p for q in questions for p in q.crew.everybody}, key=lambda p: (not _is_named(plan, p), p))
    found: dict[str, Reason] = {}
    for question in questions:
        for person in question.crew.everybody:
            looked_at = person in everybody[:_MOST_PEOPLE]
            if looked_at and (person not in found or found[person].code == "together"):
                found[person] = _reason(question, person, now)
    reasons = sorted(found.values(), key=lambda r: (r.code == "together", not _is_named(plan, r.person)))
    taken = [Reason(seeker.candidate, "candidate")] if questions and _only_the_candidate(questions) else []
    few = tuple(f for q in questions for f in _too_few(q))
    change = _best_change(availability, tx, seeker, questions, found, now)
    return Why((*taken, *reasons), few, change, len(everybody) - len(reasons))


def _is_named(plan: Plan, person: str) -> bool:
    return person in plan.people()


def _only_the_candidate(questions: list[Question]) -> bool:
    return len(questions) == 1 and bool(questions[0].taken) and bool(answer(replace(questions[0], taken=())).bits)


# -- one person ---------------------------------------------------------------------------------------------------


def _reason(question: Question, id: str, now: int) -> Reason:
    """The first thing that stands in this person's way."""
    person = question.people.get(id)
    if person is None or person.profile is None:
        return Reason(id, "missing")
    if person.stamp.state != "active":
        return Reason(id, "paused")
    if person.problem:
        return Reason(id, "broken", say=person.problem)
    facts = person.facts
    if not working(facts.hours, *question.ask.window):
        return _away(person, now)
    if not person.stamp.known(now):
        return Reason(id, "unknown", since=person.stamp.since or 0)
    return _crowded(question.ask, replace(facts, busy=question.firm.get(id, facts.busy)))


def _away(person: Person, now: int) -> Reason:
    hours = person.facts.hours
    if not hours.away or (not any(hours.week) and not hours.dates):
        return Reason(person.facts.id, "no_hours")
    back = working(hours, now // MINUTE // DAY * DAY, (now // DAY_MS + _AWAY) * DAY)
    later = [lo for lo, _ in back if lo > now // MINUTE]
    return Reason(person.facts.id, "away", day=hours.date_of(later[0]) if later else 0)


def _crowded(ask: Ask, facts: Interviewer) -> Reason:
    """What of notice, limits and what is booked would have to go before there is a start."""

    def starts(person: Interviewer, notice: int = ask.session.notice) -> int:
        session = replace(ask.session, need=(), notice=notice)
        alone = replace(ask, session=session, interviewers=(replace(person, fixed=False),), mode="single")
        return slots.find(alone).bits.bit_count()

    if times := starts(facts):
        return Reason(facts.id, "together", number=times)
    if starts(facts, 0):
        return Reason(facts.id, "notice", number=ask.session.notice)
    for name in ("per_week", "per_day", "minutes_per_week", "minutes_per_day"):
        number: int | None = getattr(facts.limits, name)
        if number is not None and starts(replace(facts, limits=replace(facts.limits, **{name: None}))):
            return Reason(facts.id, "limit", name=name, number=number)
    without_limits = replace(facts, limits=Limits())
    if starts(replace(without_limits, busy=(), bookings=())):
        return Reason(facts.id, "busy")
    return Reason(facts.id, "short", number=ask.session.duration)


def _too_few(question: Question) -> Iterator[tuple[str, int, int]]:
    """Groups of which never enough people can at once."""
    for group, (need, who) in zip(question.crew.session.groups, question.crew.groups, strict=True):
        here = tuple(
            replace(p, fixed=False) for p in {p.id: p for p in question.ask.interviewers if p.id in who}.values()
        )
        offer = slots.find(replace(question.ask, interviewers=here, mode="any"))
        starts = [bits & offer.bits for _, bits in offer.people]
        most = next((k for k in range(min(need, len(starts)), 0, -1) if at_least(starts, k)), 0)
        if most < need:
            yield group.pool, need, most


# -- the change ---------------------------------------------------------------------------------------------------


def _best_change(
    availability: Availability,
    tx: Tx,
    seeker: Seeker,
    questions: list[Question],
    reasons: Mapping[str, Reason],
    now: int,
) -> Change | None:
    """Of the changes that can be tried, the one with most starts; among equals the one that asks least of people."""
    count, size = _Count(), sum(len(q.crew.everybody) for q in questions)
    for change, plan in _plans(seeker.plan):
        if count.looks > 0:
            found = slotting.slots(availability, tx, replace(seeker, plan=plan), now, most=5)
            count.heard(change, size, len(found))
    if len(questions) == 1 and seeker.plan.kind == "people":
        for change, question in _questions(questions[0], reasons):
            if count.looks > 0:
                count.heard(change, size, answer(question).bits.bit_count())
    return count.best


def _plans(plan: Plan) -> Iterator[tuple[Change, Plan]]:
    if plan.notice:
        yield Change("notice"), replace(plan, notice=0)
    if plan.days < 60:
        days = min(plan.days * 2, 60)
        yield Change("days", value=days), replace(plan, days=days)
    if plan.kind == "loop":
        if plan.order:
            yield Change("order"), replace(plan, order=())
        if plan.lunch:
            yield Change("lunch"), replace(plan, lunch=0)
        longest = plan.breaks[1] + 60
        yield Change("breaks", value=longest), replace(plan, breaks=(plan.breaks[0], longest))
        if plan.most_days < len(plan.sessions):
            yield Change("spread", value=plan.most_days + 1), replace(plan, most_days=plan.most_days + 1)


def _questions(question: Question, reasons: Mapping[str, Reason]) -> Iterator[tuple[Change, Question]]:
    """The question with one thing of one person changed, or one more person, or one less."""
    for id, reason in reasons.items():
        person = question.people.get(id)
        if reason.code == "limit":
            more = reason.number + (1 if reason.name.startswith("per") else question.ask.session.duration)
            yield Change("limit", f"{id} {reason.name}", more), _with(question, id, limits={reason.name: more})
        elif reason.code == "unknown":
            yield Change("calendar", id), _with(question, id, known=True)
        elif reason.code == "paused" and person is not None:
            yield Change("resume", id), _instead(question, id, person.facts)
    hours = hours_of(default(question.ask.session.zone), _NEW, 2026)
    for n, group in enumerate(question.crew.session.groups):
        names = [name for name, _ in question.ask.session.need if str(n) in name.split("+")]
        new = tuple(Interviewer(_NEW, hours, group=name) for name in names)
        yield Change("pool", group.pool), _asking(question, (*question.ask.interviewers, *new))
    if len(question.crew.fixed) + len(question.crew.groups) > 1:
        for id in question.crew.fixed:
            yield Change("without", id), _asking(question, tuple(p for p in question.ask.interviewers if p.id != id))


def _with(question: Question, id: str, known: bool = False, limits: Mapping[str, int] | None = None) -> Question:
    def changed(p: Interviewer) -> Interviewer:
        return replace(p, known=p.known or known, limits=replace(p.limits, **(limits or {})))

    return _asking(question, tuple(changed(p) if p.id == id else p for p in question.ask.interviewers))


def _instead(question: Question, id: str, facts: Interviewer) -> Question:
    people = question.ask.interviewers
    return _asking(question, tuple(replace(facts, fixed=p.fixed, group=p.group) if p.id == id else p for p in people))


def _asking(question: Question, people: tuple[Interviewer, ...]) -> Question:
    return replace(question, ask=replace(question.ask, interviewers=people), kept=False)


# -- in words -----------------------------------------------------------------------------------------------------


def told(tx: Tx, keys: Keyring, seeker: Seeker, why: Why, zone: str, now: int) -> tuple[tuple[str, ...], str]:
    """(a line for each reason, the change as a sentence or ""), for a reader in `zone`."""

    def name(person: str) -> str:
        return telling.name_of(tx, keys, seeker.tenant_id, person)

    lines = [words.too_few(*few) for few in why.few] + [_line(r, name(r.person), zone, now) for r in why.reasons]
    if why.others:
        lines.append(words.more_lines(why.others))
    if why.change is None:
        return tuple(lines), ""
    who, _, limit = why.change.about.partition(" ")
    about = name(who) if why.change.kind in ("limit", "calendar", "resume", "without") else why.change.about
    return tuple(lines), words.opens(_change(why.change, about, limit), why.change.opens)


def _line(reason: Reason, name: str, zone: str, now: int) -> str:
    match reason.code:
        case "away":
            return words.away(name, when.long_day(reason.day, zone, now) if reason.day else "")
        case "limit":
            return words.limit(name, reason.number, *_limit(reason.name))
        case "unknown":
            return words.unknown(name, when.spoken(reason.since // MINUTE, zone, now) if reason.since else "")
        case "notice":
            return words.notice(name, when.length(reason.number))
        case "short":
            return words.short(name, when.length(reason.number))
        case "together":
            return words.together(name, reason.number)
        case "broken":
            return words.broken_hours(name, reason.say)
        case "busy":
            return words.busy(name)
        case "no_hours":
            return words.no_hours(name)
        case "paused":
            return words.paused(name)
        case "missing":
            return words.missing(name)
        case "candidate":
            return words.candidate(name)


def _limit(name: str) -> tuple[str, bool]:
    """ "minutes_per_day" -> ("day", True)."""
    return name.rpartition("_")[2], name.startswith("minutes")


def _change(change: Change, about: str, limit: str) -> str:
    match change.kind:
        case "limit":
            return words.raise_limit(about, change.value, *_limit(limit))
        case "calendar":
            return words.repair_calendar(about)
        case "resume":
            return words.resume(about)
        case "pool":
            return words.add_to_pool(about)
        case "without":
            return words.without(about)
        case "days":
            return words.look_further(change.value)
        case "spread":
            return words.several_days(change.value)
        case "breaks":
            return words.longer_breaks(change.value)
        case "order":
            return words.any_order()
        case "lunch":
            return words.no_lunch()
        case _:
            return words.shorter_notice()
