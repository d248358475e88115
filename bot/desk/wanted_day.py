"""A day of several sessions as a recruiter writes it: a line for each, and what is wanted of lunch, breaks and order."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from bot.desk.wanted import CELL, MOST_TITLE, NUMBERS, Directory, NotRead, crew, minutes, plain
from bot.scheduling.plans import Session
from flows.words import schedule_en as words

MOST_SESSIONS = 8
_LUNCH = re.compile(r"lunch\s*:?\s*(?P<length>.*)", re.I)
_REST = re.compile(r"breaks?\s*:?\s*(?P<length>.*)", re.I)
_DAYS = re.compile(
    r"(?:(?:over|at most)\s+)?(?:(?P<n>\d{1,2}|one|two|three|four|five)\s+days?|days?\s*:?\s*(?P<m>\d{1,2}))", re.I
)
_ORDER = re.compile(r"order\s*:?\s*(?P<pairs>.+)", re.I)
_BEFORE = re.compile(r"\s+before\s+", re.I)


@dataclass(frozen=True, slots=True)
class Day:
    """The sessions of a loop, with what was said about their order. lunch, rest: minutes; days: at most so many."""

    sessions: tuple[Session, ...]
    order: tuple[tuple[str, str], ...] = ()
    lunch: int = 0
    rest: int = 0
    days: int = 1


def day(text: str, known: Directory) -> Day:
    """A line for each session ("System design, 60 min, any of backend"), and "lunch 45", "break 10", "2 days",
    "order: System design before Values". Raises NotRead with one sentence for each line that can't be read."""
    sessions, problems, orders = list[Session](), list[str](), list[tuple[int, str]]()
    lunch, rest, days = 0, 0, 1
    for n, raw in enumerate(text.splitlines(), 1):
        said = plain(raw)
        try:
            if not said:
                continue
            if found := _ORDER.fullmatch(said):
                orders.append((n, found["pairs"]))
            elif found := _LUNCH.fullmatch(said):
                lunch = minutes(found["length"] or "45")
            elif found := _REST.fullmatch(said):
                rest = minutes(found["length"] or "10", least=CELL)
            elif found := _DAYS.fullmatch(said):
                days = _count(found["n"] or found["m"])
            else:
                sessions.append(_session(said, sessions, known))
        except NotRead as problem:
            problems.append(words.on_line(n, problem.say))
    order = () if problems else _order(orders, sessions, problems)  # a session that isn't read can't be named
    if not problems and len(sessions) < 2:
        problems.append(words.TWO_SESSIONS)
    if len(sessions) > MOST_SESSIONS:
        problems.append(words.too_many_sessions(len(sessions), MOST_SESSIONS))
    if problems:
        raise NotRead("\n".join(problems))
    return Day(tuple(sessions), order, lunch, rest, min(days, len(sessions)))


def _session(said: str, before: list[Session], known: Directory) -> Session:
    title, _, tail = said.partition(",")
    length, _, who = tail.strip().partition(",")
    title = plain(title)
    if not (title and length.strip() and who.strip()):
        raise NotRead(words.SESSION_PARTS)
    if len(title) > MOST_TITLE:
        raise NotRead(words.title_long(MOST_TITLE))
    if any(s.title.casefold() == title.casefold() for s in before):
        raise NotRead(words.session_twice(title))
    found = crew(who, known)
    if not (found.fixed or found.groups):
        raise NotRead(words.LOOP_WITH_PEOPLE)
    return Session(f"s{len(before) + 1}", title, minutes(length), found.fixed, found.groups)


def _order(
    orders: Iterable[tuple[int, str]], sessions: list[Session], problems: list[str]
) -> tuple[tuple[str, str], ...]:
    """(earlier, later) keys. What makes a circle is said to be one."""
    keys = {s.title.casefold(): s.key for s in sessions}
    found: list[tuple[str, str]] = []
    for n, text in orders:
        for pair in re.split(r"[,;]", text):
            names = [plain(name) for name in _BEFORE.split(pair)]
            if unknown := next((name for name in names if name.casefold() not in keys), None):
                problems.append(words.on_line(n, words.no_session(unknown)))
            elif len(names) < 2:
                problems.append(words.on_line(n, words.ORDER_HOW))
            else:
                found += [(keys[a.casefold()], keys[b.casefold()]) for a, b in pairwise(names)]
    if _circular(found):
        problems.append(words.ORDER_CIRCLE)
    return tuple(dict.fromkeys(found))


def _circular(pairs: list[tuple[str, str]]) -> bool:
    left = set(pairs)
    while left:
        later = {b for _, b in left}
        free = {p for p in left if p[0] not in later}
        if not free:
            return True
        left -= free
    return False


def _count(said: str) -> int:
    number = int(said) if said.isdigit() else NUMBERS[said.lower()]
    if not 1 <= number <= 5:
        raise NotRead(words.DAYS_BETWEEN)
    return number
