"""Runs cases of the format in slots.schema.md: a case (plain data) -> what differs from its expectation.

The fields are the schema's; a case that can't be read, or expects nothing, differs.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from calendar_sync.facts import Ask, Booking, BookingWindow, Hold, Interviewer, Limits, Session
from calendar_sync.fairness import Candidacy, assign
from calendar_sync.hours import read_hours
from calendar_sync.intervals import Interval, Minute, merged
from calendar_sync.slots import Offer, find, hours_in, ranges
from calendar_sync.zones import ConfigProblem, date_text, day_of, zone

Case = Mapping[str, Any]


class CaseFileProblem(ValueError):
    """The file holds no cases that can be read. The message says what to do."""


def check_file(path: Path) -> list[tuple[str, list[str]]]:
    """(id, differences) of every case of a file; no differences: it passes. Raises CaseFileProblem."""
    try:
        cases: Any = json.loads(path.read_text("utf-8"))["cases"]
    except OSError as problem:
        raise CaseFileProblem(f"{path} can't be read ({problem.strerror}). Name a file of cases.") from None
    except (ValueError, KeyError, TypeError):
        raise CaseFileProblem(f'{path} is not a file of cases: it needs to be JSON with a list "cases".') from None
    if not isinstance(cases, list) or not cases:
        raise CaseFileProblem(f"{path} holds no cases, so nothing was checked.")
    return [(_name(case, n), _safely(case)) for n, case in enumerate(cast(list[Any], cases))]


def _name(case: Any, n: int) -> str:
    return str(cast(Case, case).get("id", n)) if isinstance(case, dict) else str(n)


def _safely(case: Any) -> list[str]:
    try:
        return check(case)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        return [f"the case can't be read ({type(problem).__name__}: {problem})"]


def check(case: Case) -> list[str]:
    """What differs between a case and what the engine says; an empty list where all is as expected."""
    expect, kinds = case["expect"], _KINDS
    if case["kind"] not in kinds:
        return [f'the kind "{case["kind"]}" is not known']
    try:
        looked, differences = kinds[case["kind"]](case, expect)
    except ConfigProblem as problem:
        return _error(expect.get("error"), problem)
    if "error" in expect:
        return [f"expected the error {expect['error']['code']}, but there was none"]
    if unread := set(expect) - looked:
        return [*differences, f"nothing looked at {', '.join(sorted(unread))}"]
    return differences if expect else ["the case expects nothing"]


def _error(expected: Mapping[str, Any] | None, problem: ConfigProblem) -> list[str]:
    if expected is None:
        return [f"unexpected error {problem.code}: {problem.say}"]
    found = [] if expected["code"] == problem.code else [f"error {problem.code}, expected {expected['code']}"]
    return found + [f'"{part}" is not in: {problem.say}' for part in expected["message_has"] if part not in problem.say]


# ---- kinds: (what of the expectation was looked at, what differs)


def _hours(case: Case, expect: Case) -> tuple[set[str], list[str]]:
    lo, hi = _window(case)
    return {"ranges", "fits", "not_fits"}, _ranges(hours_in(_person(case["interviewers"][0]), lo, hi), expect)


def _combine(case: Case, expect: Case) -> tuple[set[str], list[str]]:
    people = [_person(p) for p in case["interviewers"]]
    need = dict(case.get("session", {}).get("group_need", {}))
    lo, hi = _window(case) if "window" in case else (-(10**9), 10**9)
    found = ranges(case.get("mode", "single"), [(p, hours_in(p, lo, hi)) for p in people], need)
    return {"ranges", "fits", "not_fits"}, _ranges(found, expect)


def _assign(case: Case, expect: Case) -> tuple[set[str], list[str]]:
    people = [
        Candidacy(
            p["id"],
            p.get("count_in_window", 0),
            p.get("weight", 100),
            p.get("priority"),
            _ms(p["last_assigned"]) if p.get("last_assigned") else None,
            p.get("credit", 0),
        )
        for p in case["interviewers"]
    ]
    chosen = {assign(case.get("id", ""), order).id for order in (people, people[::-1])}
    wrong = not chosen <= set(expect["chosen"]) or len(chosen) != 1
    return {"chosen"}, [f"chosen {sorted(chosen)}, expected one of {expect['chosen']}"] if wrong else []


def _slots(case: Case, expect: Case) -> tuple[set[str], list[str]]:
    offer = find(ask_of(case))
    looked = {"slots", "count", "first", "last", "contains", "not_contains", "count_by_local_date", "who", "unknown"}
    return looked, [*_starts(offer.starts, expect), *_people(offer, expect)]


_KINDS: dict[str, Callable[[Case, Case], tuple[set[str], list[str]]]] = {
    "working_hours": _hours,
    "combine": _combine,
    "assign": _assign,
    "slots": _slots,
}

# ---- comparing


def _ranges(found: list[Interval], expect: Case) -> list[str]:
    wrong = list[str]()
    if "ranges" in expect and found != (wanted := [_inner(r) for r in expect["ranges"]]):
        wrong.append(f"ranges {_shown(found)}, expected {_shown(wanted)}")
    for want in (True, False):
        for r in expect.get("fits" if want else "not_fits", []):
            lo, hi = _inner(r)
            if any(s <= lo and hi <= e for s, e in found) is not want:
                wrong.append(f"{r[0]} to {r[1]} {'does not fit' if want else 'fits'}")
    return wrong


def _starts(found: list[Minute], expect: Case) -> list[str]:
    wrong, have = list[str](), set(found)
    if "slots" in expect:
        wanted = {_minute(t) for t in expect["slots"]}
        wrong += [f"missing {_text(t)}" for t in sorted(wanted - have)] + [
            f"extra {_text(t)}" for t in sorted(have - wanted)
        ]
    wrong += [f"missing {t}" for t in expect.get("contains", []) if _minute(t) not in have]
    wrong += [f"extra {t}" for t in expect.get("not_contains", []) if _minute(t) in have]
    ends = {
        "count": len(found),
        "first": _text(found[0]) if found else None,
        "last": _text(found[-1]) if found else None,
    }
    wrong += [f"{k} {v}, expected {expect[k]}" for k, v in ends.items() if k in expect and expect[k] != v]
    if "count_by_local_date" in expect:
        by_date = dict(expect["count_by_local_date"])
        there = zone(by_date.pop("tz"))
        counts = Counter(date_text(there.date_of(t)) for t in found)
        wrong += [f"{counts[d]} on {d}, expected {n}" for d, n in by_date.items() if counts[d] != n]
    return wrong


def _people(offer: Offer, expect: Case) -> list[str]:
    wrong = [
        f"free at {at}: {offer.who(_minute(at))}, expected {ids}"
        for at, ids in expect.get("who", {}).items()
        if sorted(offer.who(_minute(at))) != sorted(ids)
    ]
    if "unknown" in expect and sorted(offer.unknown) != sorted(expect["unknown"]):
        wrong.append(f"unknown {list(offer.unknown)}, expected {expect['unknown']}")
    return wrong


# ---- reading


def ask_of(case: Case) -> Ask:
    """The question of a case of the kind "slots"."""
    session, rule = case["session"], case.get("booking_window")
    return Ask(
        _session(session),
        tuple(_person(p) for p in case["interviewers"]),
        _ms(case["now"]),
        _window(case),
        case.get("mode", "single"),
        tuple(_hold(h) for h in case.get("holds", [])),
        case.get("requester", ""),
        _booking_window(rule) if rule else None,
    )


def _session(s: Case) -> Session:
    limits = s.get("limits", {})
    names = ("max_per_day", "max_per_week", "max_minutes_per_day", "max_minutes_per_week")
    return Session(
        s["tz"],
        s["duration_min"],
        s["step_min"],
        s.get("offset_min", 0),
        s.get("min_notice_min", 0),
        s.get("buffer_before_min", 0),
        s.get("buffer_after_min", 0),
        Limits(*(limits.get(n) for n in names)),
        s.get("week_start", 1),
        tuple(sorted(s.get("group_need", {}).items())),
    )


def _person(p: Case) -> Interviewer:
    hours = read_hours(
        p["id"], p["tz"], p.get("weekly", []), p.get("overrides", []), p.get("away_dates", []), p.get("travel", [])
    )
    return Interviewer(
        p["id"],
        hours,
        tuple(_outer(b) for b in p.get("busy", [])),
        tuple(_booking(b) for b in p.get("bookings", [])),
        tuple(merged(_inner(r) for r in p["free"])) if "free" in p else None,
        p.get("calendar", "ok") == "ok",
        p.get("fixed", False),
        p.get("group", "default"),
    )


def _booking(b: Case) -> Booking:
    start, end = _outer((b["start"], b["end"]))
    buffers = b.get("buffer_before_min", 0), b.get("buffer_after_min", 0)
    return Booking(start, end, b.get("status", "accepted"), *buffers, counts=b.get("counts", True))


def _hold(h: Case) -> Hold:
    start, end = _outer((h["start"], h["end"]))
    whom = frozenset[str](h["interviewers"]) if h.get("interviewers") is not None else None
    buffers = h.get("buffer_before_min", 0), h.get("buffer_after_min", 0)
    return Hold(start, end, h["by"], _ms(h["release_at"]), whom, *buffers)


def _booking_window(w: Case) -> BookingWindow:
    first, last = (day_of(w["from"]), day_of(w["to"])) if w["type"] == "date_range" else (0, 0)
    return BookingWindow(w["type"], w.get("days", 0), w.get("business_only", False), first, last, w.get("tz", ""))


def _window(case: Case) -> Interval:
    return _inner((case["window"]["from"], case["window"]["to"]))


def _inner(pair: Sequence[str]) -> Interval:
    """Free time is rounded inwards; an end at second 59 is the inclusive notation of the next minute."""
    start, end = _ms(pair[0]), _ms(pair[1])
    if end // 1000 % 60 == 59:
        end = (end // 60_000 + 1) * 60_000
    return -(-start // 60_000), end // 60_000


def _outer(pair: Sequence[str]) -> Interval:
    """Busy time is rounded outwards."""
    return _ms(pair[0]) // 60_000, -(-_ms(pair[1]) // 60_000)


def _minute(iso: str) -> Minute:
    return _ms(iso) // 60_000


def _ms(iso: str) -> int:
    at = datetime.fromisoformat(iso)
    if at.tzinfo is None:
        raise ValueError(f"{iso} has no zone; write a Z at its end")
    return round(at.timestamp() * 1000)


def _text(at: Minute) -> str:
    day, minute = divmod(at, 1440)
    return f"{date_text(day)}T{minute // 60:02}:{minute % 60:02}:00Z"


def _shown(found: list[Interval]) -> str:
    return ", ".join(f"{_text(s)}/{_text(e)}" for s, e in found) or "none"
