"""Who is picked among those who are free (slots.md, section 6). Never random: a choice can be repeated and explained."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Literal

MIDDLE = 2
Because = Literal["only", "priority", "load", "longest_ago", "never", "tie"]


@dataclass(frozen=True, slots=True)
class Candidacy:
    """One free interviewer. `count`: bookings in the window by meeting date, future ones included; `credit`: what an
    average free colleague got while this one was away or not yet here; `weight`: capacity; `priority`: higher is sooner,
    None is the middle; `last`: when last assigned (any one unit), None for never."""

    id: str
    count: int = 0
    weight: float = 100
    priority: int | None = None
    last: int | None = None
    credit: float = 0

    @property
    def load(self) -> Fraction:
        """Bookings and credit for each unit of capacity."""
        return (self.count + Fraction(self.credit)) / Fraction(self.weight)


@dataclass(frozen=True, slots=True)
class Choice:
    """Who, and why, as data to be stored and put into words: "3 of 40, the least in four weeks".

    `because`: the first criterion that decided. `count` is the chosen one's own, `total` that of all who were free.
    """

    id: str
    because: Because
    count: int
    total: int
    free: int


def assign(session: str, people: Sequence[Candidacy]) -> Choice:
    """Pick one of the free people for a session. Raises ValueError for nobody, or for a weight of nothing."""
    if not people:
        raise ValueError("Nobody is free, so nobody can be picked.")
    if bad := [p.id for p in people if p.weight <= 0]:
        raise ValueError(f"{bad[0]} has no weight. Take people out of the pool instead, or write a weight above 0.")
    ranked = sorted(people, key=lambda p: (*_rank(p), _stable(session, p.id), p.id))
    chosen = ranked[0]
    because: Because = _difference(chosen, ranked[1]) if len(ranked) > 1 else "only"
    return Choice(chosen.id, because, chosen.count, sum(p.count for p in people), len(people))


def credit(colleagues: Sequence[int]) -> float:
    """What somebody who was away is credited with: the mean number the free colleagues got meanwhile."""
    return sum(colleagues) / len(colleagues) if colleagues else 0.0


def _rank(p: Candidacy) -> tuple[int, Fraction, bool, int]:
    return (-(MIDDLE if p.priority is None else p.priority), p.load, p.last is not None, p.last or 0)


def _difference(a: Candidacy, b: Candidacy) -> Because:
    names: tuple[Because, ...] = ("priority", "load", "never", "longest_ago")
    for name, x, y in zip(names, _rank(a), _rank(b), strict=True):
        if x != y:
            return name
    return "tie"


def _stable(session: str, person: str) -> bytes:
    return sha256(f"{session}\0{person}".encode()).digest()
