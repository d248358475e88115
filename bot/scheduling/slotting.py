"""One way to ask when an appointment can be, who then sits in it, and whether chosen seats still fit.

A slot is the start of each of the plan's sessions, in the plan's order; its id is made of them and nothing else, so
nothing has to be stored to show it, and whatever comes back is looked at again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.scheduling import choosing, days
from bot.scheduling.availability import Availability, Seeker, window_of
from bot.scheduling.choosing import Opening, Why
from bot.scheduling.crews import CELL
from bot.scheduling.plans import CANDIDATE, Plan, Session
from bot.scheduling.roster import Person
from bot.store import guard
from bot.store.guard import Seat
from bot.store.store import Row, Tx
from calendar_sync.intervals import Interval, Minute

Slot = tuple[Minute, ...]
MOST_DAYS = 20  # days of sessions that are looked for at once: each is a search
UNFIT = "unfit"  # what the engine says of seats that it would not offer


def seeker_of(row: Row, zone: str = "") -> Seeker:
    """An Appointment row as it looks for a time, for a candidate in `zone` or where they said before."""
    plan = Plan.from_json(row["plan"])
    moving = row["booking_id"] if row["state"] == "booked" else ""
    return Seeker(row["tenant_id"], plan, row["id"], row["candidate_id"], zone or row["zone"] or plan.zone, moving)


def slot_id(slot: Slot) -> str:
    """Minutes since the epoch of the first session, and how much later (or earlier) each of the others is."""
    return ".".join([str(slot[0]), *(str(at - slot[0]) for at in slot[1:])])


def slot_of(text: str) -> Slot | None:
    """The inverse; None for anything else."""
    try:
        first, *later = (int(part) for part in text.split("."))
    except ValueError:
        return None
    return (first, *(first + more for more in later))


def times_of(plan: Plan, slot: Slot) -> list[tuple[str, Minute, Minute]]:
    """(session key, start, end), in the order of the plan."""
    return [(s.key, at, at + s.minutes) for s, at in zip(plan.sessions, slot, strict=True)]


def span_of(plan: Plan, slot: Slot) -> Interval:
    """From the first start to the last end."""
    times = times_of(plan, slot)
    return min(lo for _, lo, _ in times), max(hi for _, _, hi in times)


# -- when -----------------------------------------------------------------------------------------------------


def slots(
    availability: Availability,
    tx: Tx,
    seeker: Seeker,
    now: int,
    *,
    since: Minute = 0,
    most: int = MOST_DAYS,
    wish: Sequence[Interval] | None = None,
) -> list[Slot]:
    """Every slot, in order; of interview days only the best one of each day, at most `most` of them.

    since: nothing before it; wish: a day of sessions has to lie in these. Raises ConfigProblem (`crews.fault`).
    """
    if seeker.plan.kind != "loop":
        _, offer = availability.look(tx, seeker, now=now)
        return [(start,) for start in offer.starts if start >= since]
    board = days.board(availability, tx, seeker, now)
    board = replace(board, days=tuple(d for d in board.days if d.hours[1] > since))
    found = days.options(board, _loads(tx, seeker, board), most, wish)
    return sorted(slot for slot in (days.starts_of(board, p) for p in found) if min(slot) >= since)


def _loads(tx: Tx, seeker: Seeker, board: days.Board) -> dict[str, float]:
    """How much everybody has on them, around the middle of the days that are looked at."""
    if not board.days:
        return {}
    middle = (board.days[0].hours[0] + board.days[-1].hours[1]) // 2
    who = choosing.candidacies(tx, seeker.tenant_id, board.people, board.free, middle, seeker.moving)
    return {id: choosing.load_of(one) for id, one in who.items()}


# -- who ------------------------------------------------------------------------------------------------------


def openings(
    availability: Availability, tx: Tx, seeker: Seeker, slot: Slot, now: int, keep: bool = True
) -> tuple[list[Opening], Mapping[str, Person]] | None:
    """The seats of a slot that are not somebody's by name, with who could take them; None where it can't be."""
    if len(slot) != len(seeker.plan.sessions):
        return None
    if seeker.plan.kind == "loop":
        board = days.board(availability, tx, seeker, now, keep)
        found = days.openings(board, slot)
        return None if found is None else (found, board.people)
    question, offer = availability.look(tx, seeker, now=now, keep=keep)
    if not offer.has(slot[0]):
        return None
    if question is None:
        return [], {}
    here, part = set(offer.who(slot[0])), question.crew.session.key
    groups = question.crew.groups
    return [Opening(part, need, tuple(p for p in who if p in here)) for need, who in groups], question.people


def choose(
    availability: Availability, tx: Tx, seeker: Seeker, slot: Slot, now: int
) -> tuple[tuple[Seat, ...], list[Why]] | None:
    """Everybody's seats for a slot, and why those who were picked were; None where it can't be (any more).

    Who sits in the booking that is moved keeps their seat where they can.
    """
    found = openings(availability, tx, seeker, slot, now)
    if found is None:
        return None
    asked, people = found
    start, _ = span_of(seeker.plan, slot)
    everybody = {p for o in asked for p in o.who}
    who = choosing.candidacies(tx, seeker.tenant_id, people, everybody, start, seeker.moving)
    picked = choosing.pick(seeker.appointment, asked, who, _before(tx, seeker))
    if picked is None:
        return None
    picked += _trainees(availability, tx, seeker, slot, people, picked, now)
    return _seats(availability, tx, seeker, slot, picked, now), picked


def _before(tx: Tx, seeker: Seeker) -> dict[str, list[str]]:
    """part -> who sits in it now."""
    found: dict[str, list[str]] = {}
    for seat in guard.seats_of(tx, seeker.tenant_id, seeker.moving) if seeker.moving else ():
        found.setdefault(seat.part, []).append(seat.interviewer_id)
    return found


def _seats(
    availability: Availability, tx: Tx, seeker: Seeker, slot: Slot, picked: Sequence[Why], now: int
) -> tuple[Seat, ...]:
    """The fixed people, the picked ones, whoever was named to watch and has time, and the candidate."""
    seats: list[Seat] = []
    for session, (part, lo, hi) in zip(seeker.plan.sessions, times_of(seeker.plan, slot), strict=True):
        sitting = [*session.fixed, *(person for where, person, *_ in picked if where == part)]
        watching = [p for p in session.shadow if p not in sitting]
        watching = [p for p in watching if is_free(availability, tx, seeker, p, lo, hi, now)]
        seats += [Seat(p, lo, hi, part) for p in (*sitting, *watching)]
        seats += [Seat(seeker.candidate, lo, hi, CANDIDATE)] if seeker.candidate else []
    return _once(seats)


def _trainees(
    availability: Availability,
    tx: Tx,
    seeker: Seeker,
    slot: Slot,
    people: Mapping[str, Person],
    picked: Sequence[Why],
    now: int,
) -> list[Why]:
    """Of each session whose pool has somebody who is learning: one of them who has time. Nothing waits for them.

    They watch, or (kind "reverse") lead while whoever was picked watches; both sit there.
    """
    taken, found = {p for _, p, *_ in picked} | set(seeker.plan.people()), list[Why]()
    for session, (part, lo, hi) in zip(seeker.plan.sessions, times_of(seeker.plan, slot), strict=True):
        kinds = learning(session, people)
        free = tuple(p for p in sorted(kinds) if p not in taken and is_free(availability, tx, seeker, p, lo, hi, now))
        who = choosing.candidacies(tx, seeker.tenant_id, people, free, lo, seeker.moving)
        for _, person, _, count, total, of in (
            choosing.pick(seeker.appointment, [Opening(part, 1, free)], who, {}) or ()
        ):
            found.append((part, person, kinds[person], count, total, of))
            taken.add(person)
    return found


def learning(session: Session, people: Mapping[str, Person]) -> dict[str, str]:
    """Who is learning to hold this session, and how (`profiles.SHADOW`, `profiles.REVERSE`)."""
    pools = {g.pool for g in session.groups if g.pool}
    found: dict[str, str] = {}
    for id, person in people.items():
        if person.profile is None or person.stamp.state != "active":
            continue
        for pool, kind in person.profile.training:
            if pool in pools and pool in person.profile.pools:
                found[id] = kind
    return found


def is_free(
    availability: Availability,
    tx: Tx,
    seeker: Seeker,
    person: str,
    lo: Minute,
    hi: Minute,
    now: int,
    keep: bool = True,
) -> bool:
    """Whether the engine would offer [lo, hi) to this person alone, for what `seeker` is about.

    There is no grid and no notice, which are for candidates.
    """
    alone = replace(seeker.plan, sessions=(Session("", "", hi - lo, (person,)),), order=(), notice=0, step=CELL)
    return availability.look(tx, replace(seeker, plan=alone, candidate=""), now=now, keep=keep)[1].has(lo)


def _once(seats: Sequence[Seat]) -> tuple[Seat, ...]:
    """Without those of somebody who would be in two places: a trainee of two sessions that touch the same cell."""
    kept: list[Seat] = []
    for seat in seats:
        if not any(k.interviewer_id == seat.interviewer_id and k.start < seat.end and seat.start < k.end for k in kept):
            kept.append(seat)
    return tuple(kept)


# -- whether it still fits ------------------------------------------------------------------------------------


def fits(availability: Availability, tx: Tx, seeker: Seeker, seats: Sequence[Seat], now: int) -> str | None:
    """The engine's answer for exactly these seats, from inside a booking: None, or why not. See `guard.Check`."""
    plan = seeker.plan
    times = _times(plan, seats)
    starts = {part: start for part, start, _ in times}
    if starts.keys() != {s.key for s in plan.sessions}:
        return UNFIT
    slot = tuple(starts[s.key] for s in plan.sessions)
    if set(times_of(plan, slot)) != times:
        return UNFIT  # sessions that are longer, or in two places at once
    found = openings(availability, tx, seeker, slot, now, keep=False)
    return None if found is not None and _filled(plan, found[0], seats) else UNFIT


def _times(plan: Plan, seats: Sequence[Seat]) -> set[tuple[str, Minute, Minute]]:
    if plan.kind == "bot":
        return {(plan.sessions[0].key, s.start, s.end) for s in seats}
    return {(s.part, s.start, s.end) for s in seats if s.part != CANDIDATE}


def _filled(plan: Plan, asked: Sequence[Opening], seats: Sequence[Seat]) -> bool:
    """Whether those who sit there are all who are needed: everybody who is named, and enough of each group."""
    sitting = {s.key: {seat.interviewer_id for seat in seats if seat.part == s.key} for s in plan.sessions}
    named = all(sitting[s.key].issuperset(s.fixed) for s in plan.sessions)
    only = [replace(o, who=tuple(p for p in o.who if p in sitting[o.part])) for o in asked]
    return named and choosing.possible(only)


def last_minute(plan: Plan, now: int) -> Minute:
    """Up to when times are looked for."""
    return window_of(plan, now)[1]
