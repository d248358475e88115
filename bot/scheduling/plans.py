"""What is wanted of an appointment: its sessions, who may hold them, and when it may be. Plain, stored as JSON."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

import orjson

Kind = Literal["people", "loop", "bot"]
CANDIDATE = "candidate"  # the part of the seat that the candidate takes in every booking


@dataclass(frozen=True, slots=True)
class Group:
    """`need` people of those who are in `pool` (a tag of their profile), or of `people` where no pool is named."""

    need: int = 1
    pool: str = ""
    people: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()  # each of them must have all of these
    level: int = 0  # and at least this level


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation, in minutes: everybody of `fixed`, and some of each group. With nobody at all: Parley itself.

    shadow: trainees who come along if they can; nothing waits for them.
    """

    key: str
    title: str
    minutes: int
    fixed: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    shadow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All lengths in minutes, `days` from now on, `zone` that of the grid.

    order: (earlier, later) session keys of a loop. notice: how long before its start it can be booked; move_notice: ...
    moved or cancelled by the candidate. conference: ask the calendar for a meeting link where none is given.
    """

    sessions: tuple[Session, ...]
    zone: str
    step: int = 30
    before: int = 0
    after: int = 0
    notice: int = 120
    move_notice: int = 60
    days: int = 14
    order: tuple[tuple[str, str], ...] = ()
    breaks: tuple[int, int] = (0, 60)
    lunch: int = 0
    most_days: int = 1
    conference: bool = True

    @property
    def minutes(self) -> int:
        """All sessions together, without breaks."""
        return sum(s.minutes for s in self.sessions)

    @property
    def kind(self) -> Kind:
        only, *more = self.sessions
        if more:
            return "loop"
        return "people" if only.fixed or only.groups else "bot"

    def people(self) -> tuple[str, ...]:
        """Everybody who is named, without those who are only in a pool; each once."""
        named = [p for s in self.sessions for p in (*s.fixed, *(q for g in s.groups for q in g.people), *s.shadow)]
        return tuple(dict.fromkeys(named))

    def to_json(self) -> str:
        return orjson.dumps(asdict(self)).decode()

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """The inverse of `to_json`."""
        data = cast("dict[str, Any]", orjson.loads(text))
        sessions = tuple(_session(s) for s in data.pop("sessions"))
        order = tuple((a, b) for a, b in data.pop("order"))
        least, most = data.pop("breaks")
        return cls(sessions=sessions, order=order, breaks=(least, most), **data)


def _session(data: dict[str, Any]) -> Session:
    groups = tuple(
        Group(g["need"], g["pool"], tuple(g["people"]), tuple(g["skills"]), g["level"]) for g in data["groups"]
    )
    return Session(
        data["key"], data["title"], data["minutes"], tuple(data["fixed"]), groups, shadow=tuple(data["shadow"])
    )
