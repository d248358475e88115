"""Who may sit where: skills and levels as a filter, shadows as one more group (slots.md, rule 9)."""

from collections.abc import Iterable
from dataclasses import replace

from calendar_sync.facts import Interviewer, Session

TRAINEES, TRAINERS = "trainees", "trainers"


def qualified(people: Iterable[Interviewer], skills: Iterable[str] = (), level: int = 0) -> tuple[Interviewer, ...]:
    """Those who have every one of the skills and at least the level."""
    wanted = frozenset(skills)
    return tuple(p for p in people if wanted <= p.skills and p.level >= level)


def shadowed(
    session: Session, crew: Iterable[Interviewer], trainees: Iterable[Interviewer]
) -> tuple[Session, tuple[Interviewer, ...]]:
    """A session (mode "groups") at which one of the trainees watches: a seat besides those there are."""
    learning = tuple(replace(p, fixed=False, group=TRAINEES) for p in trainees)
    return _with_need(session, TRAINEES), (*_others(crew, learning), *learning)


def reverse_shadowed(
    session: Session, trainees: Iterable[Interviewer], trainers: Iterable[Interviewer]
) -> tuple[Session, tuple[Interviewer, ...]]:
    """A session (mode "groups") that one of the trainees leads and one of the trainers watches."""
    learning = tuple(replace(p, fixed=False, group=TRAINEES) for p in trainees)
    watching = tuple(replace(p, fixed=False, group=TRAINERS) for p in _others(trainers, learning))
    return _with_need(_with_need(session, TRAINEES), TRAINERS), (*learning, *watching)


def _others(crew: Iterable[Interviewer], learning: Iterable[Interviewer]) -> list[Interviewer]:
    """Nobody takes two seats: one who is learning is not counted among the others."""
    taken = {p.id for p in learning}
    return [p for p in crew if p.id not in taken]


def _with_need(session: Session, group: str) -> Session:
    return replace(session, need=tuple(sorted({**dict(session.need), group: 1}.items())))
