"""Who sits in a session, of those who could: fair, the same for the same facts, and never in two places at once."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.scheduling import roster
from bot.scheduling.roster import MINUTE, Assigned, Person
from bot.store.store import Tx
from calendar_sync.fairness import Candidacy, assign
from calendar_sync.intervals import Minute
from calendar_sync.zones import DAY

WEEKS = 4  # around the meeting: two before it and two after
KEPT, CLAIMED = "kept", "claimed"  # beside the reasons of calendar_sync.fairness
Why = tuple[str, str, str, int, int, int]  # part, person, because, count, total, free: what Appointment.why is made of


@dataclass(frozen=True, slots=True)
class Opening:
    """`need` seats of one session for people of `who`, all of whom have time then."""

    part: str
    need: int
    who: tuple[str, ...]


def candidacies(
    tx: Tx, tenant_id: str, people: Mapping[str, Person], ids: Collection[str], at: Minute, but: str = ""
) -> dict[str, Candidacy]:
    """How much each of these people has done and will do in the four weeks around `at`, without the booking `but`."""
    lo, hi = at - WEEKS * 7 * DAY // 2, at + WEEKS * 7 * DAY // 2
    seats: dict[str, list[Assigned]] = {id: [] for id in sorted(ids) if id in people}
    for seat in roster.assigned(tx, tenant_id, seats, lo, hi, but):
        seats[seat.who].append(seat)
    days = {id: Counter(s.start // DAY for s in mine) for id, mine in seats.items()}
    total = Counter(s.start // DAY for mine in seats.values() for s in mine)
    found: dict[str, Candidacy] = {}
    for id, mine in seats.items():
        profile = people[id].profile
        found[id] = Candidacy(
            id,
            len(mine),
            weight=profile.weight if profile and profile.weight > 0 else 100,
            priority=profile.priority if profile else None,
            last=max((s.at for s in mine), default=None),
            credit=_credit(people[id], days[id], total, len(seats) - 1, lo, hi),
        )
    return found


def _credit(person: Person, own: Counter[int], all_of_them: Counter[int], others: int, lo: Minute, hi: Minute) -> float:
    """What an average colleague got on the days on which this person was away or not here yet."""
    here_since, away = person.stamp.created_at // MINUTE // DAY, person.facts.hours.away
    missed = [d for d in all_of_them if lo // DAY <= d < hi // DAY and (d < here_since or d in away)]
    return sum(all_of_them[d] - own[d] for d in missed) / others if others else 0.0


def load_of(candidacy: Candidacy) -> float:
    """As the search for interview days takes it: bookings and credit for each unit of capacity."""
    return round((candidacy.count + candidacy.credit) * 100 / candidacy.weight, 3)


def possible(openings: Sequence[Opening], without: Collection[str] = ()) -> bool:
    """Whether all seats can be filled with different people, none of them in `without`."""
    seats = [set(o.who) - set(without) for o in openings for _ in range(o.need)]
    sits: dict[str, int] = {}

    def seat(n: int, seen: set[str]) -> bool:
        """Find somebody for seat `n`, and other seats for whoever has to make room."""
        for p in sorted(seats[n] - seen):
            seen.add(p)
            if p not in sits or seat(sits[p], seen):
                sits[p] = n
                return True
        return False

    return all(seat(n, set()) for n in range(len(seats)))


def pick(
    name: str, openings: Sequence[Opening], who: Mapping[str, Candidacy], keep: Mapping[str, Collection[str]]
) -> list[Why] | None:
    """Somebody for every seat, each person once; None where that can't be.

    name: the appointment's, so that ties fall differently each time, and always the same way for one appointment.
    keep: part -> who sat there before, and shall again if they can.
    """
    picked: list[Why] = []
    left = list(openings)
    scarce_first = sorted(range(len(left)), key=lambda n: (len(left[n].who), n))
    for again in (True, False):
        for n in scarce_first:
            while left[n].need:
                fit = _fit(left, n, {p for _, p, *_ in picked})
                chosen = _again(left[n], fit, who, keep) if again else _fairest(name, left[n], fit, who)
                if chosen is None:
                    break
                picked.append(chosen)
                left[n] = replace(left[n], need=left[n].need - 1)
    return None if any(o.need for o in left) else picked


def _fit(left: Sequence[Opening], n: int, taken: set[str]) -> list[str]:
    """Who may take a seat of opening `n`, so that all other seats can still be filled."""
    rest = [replace(o, need=o.need - (i == n)) for i, o in enumerate(left)]
    return [p for p in left[n].who if p not in taken and possible(rest, taken | {p})]


def _again(
    opening: Opening, fit: Sequence[str], who: Mapping[str, Candidacy], keep: Mapping[str, Collection[str]]
) -> Why | None:
    before = [p for p in fit if p in keep.get(opening.part, ())]
    if not before:
        return None
    count, total = who[before[0]].count, sum(who[p].count for p in fit)
    return opening.part, before[0], KEPT, count, total, len(fit)


def _fairest(name: str, opening: Opening, fit: Sequence[str], who: Mapping[str, Candidacy]) -> Why | None:
    if not fit:
        return None
    choice = assign(f"{name}/{opening.part}", [who[p] for p in fit])
    return opening.part, choice.id, choice.because, choice.count, choice.total, choice.free
