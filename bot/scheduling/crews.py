"""Who could sit in a session: from a plan's names, pools, skills and levels to the people the engine is asked about."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from bot.scheduling.plans import Plan, Session
from bot.scheduling.roster import Person
from calendar_sync import facts, loops
from calendar_sync.facts import Mode
from calendar_sync.hours import Hours
from calendar_sync.loop_board import fault as loop_fault
from calendar_sync.zones import ConfigProblem, zone

MOST_GROUPS = 4  # that share people: each set of them is one more thing to count
CELL = 5


@dataclass(frozen=True, slots=True)
class Crew:
    """The people of one session. `groups`: (how many, of whom); nobody of `fixed` is in them."""

    session: Session
    fixed: tuple[str, ...] = ()
    groups: tuple[tuple[int, tuple[str, ...]], ...] = ()

    @property
    def everybody(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.fixed, *(p for _, who in self.groups for p in who))))


def wanted(plan: Plan) -> tuple[frozenset[str], bool]:
    """Whom a plan names, and whether it asks for a pool (then anybody may be in it)."""
    groups = [g for s in plan.sessions for g in s.groups]
    return frozenset(plan.people()), any(g.pool for g in groups)


def crew_of(session: Session, people: Mapping[str, Person]) -> Crew:
    """Who could hold a session, of those there are."""
    active = {id: p for id, p in people.items() if p.stamp.state == "active"}
    groups: list[tuple[int, tuple[str, ...]]] = []
    for group in session.groups:
        named = [p for p in active.values() if (_leads(p, group.pool) if group.pool else p.facts.id in group.people)]
        fit = [p.facts.id for p in named if p.facts.skills.issuperset(group.skills) and p.facts.level >= group.level]
        groups.append((group.need, tuple(sorted(set(fit) - set(session.fixed)))))
    return Crew(session, session.fixed, tuple(groups))


def _leads(person: Person, pool: str) -> bool:
    return person.profile is not None and person.profile.leads(pool)


def seated(crew: Crew, people: Mapping[str, Person], now: int) -> tuple[facts.Interviewer, ...]:
    """The engine's interviewers, each in their role. Somebody paused or unknown has no time at all.

    Where groups share people, nobody may be counted for two of them: a start needs, for each set of groups, as many
    people in all of them together as these groups need (Hall's theorem). Each such set is one more group.
    """
    found = [replace(_facts(people, p, now), fixed=True) for p in crew.fixed]
    for name, _, who in _sets(crew):
        found += [replace(_facts(people, p, now), fixed=False, group=name) for p in who]
    return tuple(found)


def _facts(people: Mapping[str, Person], who: str, now: int) -> facts.Interviewer:
    person = people.get(who)
    if person is None or person.stamp.state != "active":
        return facts.Interviewer(who, Hours("UTC"), free=())
    return replace(person.facts, known=person.stamp.known(now))


def _sets(crew: Crew) -> list[tuple[str, int, tuple[str, ...]]]:
    """(name, how many, of whom) of each set of groups that has to be counted."""
    numbered = list(enumerate(crew.groups))
    sizes = range(1, len(numbered) + 1) if _share(crew) else (1,)
    sets: list[tuple[str, int, tuple[str, ...]]] = []
    for size in sizes:
        for chosen in combinations(numbered, size):
            name = "+".join(str(n) for n, _ in chosen)
            who = tuple(sorted({p for _, (_, some) in chosen for p in some}))
            sets.append((name, sum(need for _, (need, _) in chosen), who))
    return sets


def _share(crew: Crew) -> bool:
    return len({p for _, who in crew.groups for p in who}) < sum(len(who) for _, who in crew.groups)


def engine_session(plan: Plan, crew: Crew) -> facts.Session:
    """The session as the engine takes it."""
    return facts.Session(
        plan.zone,
        crew.session.minutes,
        plan.step,
        notice=plan.notice,
        before=plan.before,
        after=plan.after,
        need=tuple((name, need) for name, need, _ in _sets(crew)),
    )


def mode_of(crew: Crew) -> Mode:
    """Fixed people and groups are both there in the mode "groups"."""
    return "groups" if crew.groups else "all"


# -- what a plan must be ------------------------------------------------------------------------------------


def fault(plan: Plan) -> str:
    """The first thing wrong with a plan, as a sentence that says what to change; "" where nothing is."""
    try:
        zone(plan.zone)
    except ConfigProblem as problem:
        return problem.say
    lengths = {"step": plan.step, "buffer before": plan.before, "buffer after": plan.after}
    lengths |= {f'length of "{s.title or s.key}"': s.minutes for s in plan.sessions}
    for name, minutes in lengths.items():
        if minutes % CELL or minutes < (0 if name.startswith("buffer") else CELL):
            return f"The {name} is {minutes} minutes. Write a multiple of {CELL}, such as {max(CELL, -(-minutes // CELL) * CELL)}."
    if not 1 <= plan.days <= 60:
        return f"Times are looked for {plan.days} days ahead. Write 1 to 60."
    if min(plan.notice, plan.move_notice) < 0:
        return "A notice can't be below zero. Write 0 for none."
    return _groups_fault(plan) or (loop_fault(loop_of(plan, {})) if plan.kind == "loop" else "")


def _groups_fault(plan: Plan) -> str:
    for session in plan.sessions:
        name = session.title or session.key
        if any(g.need < 1 for g in session.groups):
            return f'A group of "{name}" needs nobody. Write how many people it needs, or take it out.'
        if len(session.groups) > (1 if plan.kind == "loop" else MOST_GROUPS):
            most = "one group" if plan.kind == "loop" else f"{MOST_GROUPS} groups"
            return f'"{name}" asks for {len(session.groups)} groups of people. Use at most {most} here.'
    return ""


def loop_of(plan: Plan, crews: Mapping[str, Crew]) -> loops.Loop:
    """A plan of several sessions as the search takes it. Without crews: only to see whether it is possible."""
    sessions: list[loops.Session] = []
    for s in plan.sessions:
        need, pool = (1, ("",)) if s.groups else (1, ())
        if s.key in crews and crews[s.key].groups:
            need, pool = crews[s.key].groups[0]
        # A pool that has nobody must not count as no pool: "" is in it then, who never has time.
        sessions.append(loops.Session(s.key, s.minutes, pool or (("",) if s.groups else ()), need, s.fixed))
    least, most = plan.breaks
    return loops.Loop(tuple(sessions), plan.order, least, most, plan.lunch)
