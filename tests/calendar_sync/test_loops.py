"""Interview days: equal to a small brute force, and every constraint by itself."""

from dataclasses import replace
from datetime import date, datetime
from itertools import chain, combinations, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.intervals import covers, merged
from calendar_sync.loops import Day, Held, Loop, Never, NoPlan, Plan, Session, Times, best, each_day
from tests.examples import examples

HOUR = 60
NINE = 9 * HOUR


def a_day(n: int = 0, hours: int = 8, lunch: tuple[int, int] | None = None) -> Day:
    at = n * 24 * HOUR
    return Day(f"day {n}", (at + NINE, at + NINE + hours * HOUR), lunch and (at + lunch[0], at + lunch[1]))


def always(*people: str) -> dict[str, list[tuple[int, int]]]:
    return {p: [(0, 100 * 24 * HOUR)] for p in people}


def found(plan: Plan | NoPlan | None) -> Plan:
    assert isinstance(plan, Plan)
    return plan


def missing(plan: Plan | NoPlan) -> NoPlan:
    assert isinstance(plan, NoPlan)
    return plan


def at(plan: Plan, session: str) -> Held:
    return next(h for h in plan.sessions if h.session == session)


def who(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {h.session: tuple(s.person for s in h.seats) for h in plan.sessions}


# The oracle: every placing of every session with every crew, and a judge that knows nothing of the search.

Free = list[tuple[int, int]]
Placing = tuple[int, int, tuple[str, ...]]  # day, start, pool people


def legal(loop: Loop, times: Times, placed: dict[str, Placing]) -> bool:
    minutes = {s.id: s.minutes for s in loop.sessions}
    if any(placed[a][:2] >= placed[b][:2] for a, b in loop.order):
        return False
    picked = [p for _, _, crew in placed.values() for p in crew]
    fixed = {p for s in loop.sessions for p in s.fixed}
    if loop.distinct and (len(set(picked)) < len(picked) or fixed & set(picked)):
        return False
    for n, day in enumerate(times.days):
        spans = sorted((start, start + minutes[s]) for s, (d, start, _) in placed.items() if d == n)
        if spans and not day_is_legal(loop, day, spans):
            return False
    return True


def day_is_legal(loop: Loop, day: Day, spans: list[tuple[int, int]]) -> bool:
    lunched = not loop.lunch or day.lunch is None
    for lo, hi in zip([-1, *(e for _, e in spans)], [*(s for s, _ in spans), 10**9], strict=True):
        eats = not lunched and day.lunch is not None and min(hi, day.lunch[1]) - max(lo, day.lunch[0]) >= loop.lunch
        lunched = lunched or eats
        inside = lo != -1 and hi != 10**9
        if inside and not loop.break_min <= hi - lo <= loop.break_max + (loop.lunch if eats else 0):
            return False
    return lunched


def price(loop: Loop, times: Times, placed: dict[str, Placing]) -> tuple[int, int, int, int, int]:
    minutes = {s.id: s.minutes for s in loop.sessions}
    days = sorted({d for d, _, _ in placed.values()})
    spans = {d: [(t, t + minutes[s]) for s, (e, t, _) in placed.items() if e == d] for d in days}
    first = sum(min(spans[d])[0] - times.days[d].hours[0] for d in days)
    load = sum(round(1000 * times.load.get(p, 0)) for _, _, crew in placed.values() for p in crew)
    span = sum(max(e for _, e in spans[d]) - min(spans[d])[0] for d in days)
    return (days[-1], len(days), span, load, first)


def brute(loop: Loop, times: Times, most_days: int) -> tuple[int, int, int, int, int] | None:
    def placings(s: Session) -> list[Placing]:
        spots: list[Placing] = []
        for n, day in enumerate(times.days):
            for start in range(-(-day.hours[0] // 15) * 15, day.hours[1] - s.minutes + 1, 15):
                span = (start, start + s.minutes)
                free = {p for p in (*s.pool, *s.fixed) if covers(merged(times.people.get(p, [])), *span)}
                if covers(merged(times.candidate), *span) and free.issuperset(s.fixed):
                    pool = sorted(free & set(s.pool) - set(s.fixed))
                    spots += [(n, start, crew) for crew in combinations(pool, s.need if s.pool else 0)]
        return spots

    names = [s.id for s in loop.sessions]
    every = (dict(zip(names, chosen, strict=True)) for chosen in product(*map(placings, loop.sessions)))
    prices = [
        price(loop, times, p)
        for p in every
        if len({d for d, _, _ in p.values()}) <= most_days and legal(loop, times, p)
    ]
    return min(prices, default=None)


@st.composite
def instances(draw: st.DrawFn) -> tuple[Loop, Times, int]:
    people = "abcd"
    days = []
    for n in range(draw(st.integers(1, 2))):
        lo = n * 24 * HOUR + NINE + draw(st.sampled_from([0, 5]))
        lunch = draw(st.sampled_from([None, (lo + 30, lo + 75)]))
        days.append(Day(str(n), (lo, lo + draw(st.sampled_from([75, 105, 120]))), lunch))

    def free(chance: int) -> list[tuple[int, int]]:
        quarters = [t for d in days for t in range(d.hours[0] // 15 * 15, d.hours[1], 15)]
        return merged((t, t + 15) for t in quarters if draw(st.integers(0, 9)) < chance)

    sessions = []
    for n in range(draw(st.integers(1, 3))):
        pool = draw(st.lists(st.sampled_from(people), max_size=3, unique=True))
        fixed = draw(st.lists(st.sampled_from(people), max_size=1)) if pool else [draw(st.sampled_from(people))]
        sessions.append(
            Session(
                f"s{n}", draw(st.sampled_from([15, 20, 30, 45])), tuple(pool), draw(st.integers(1, 2)), tuple(fixed)
            )
        )
    order = tuple(p for p in combinations([s.id for s in sessions], 2) if draw(st.integers(0, 3)) == 0)
    shortest = draw(st.sampled_from([0, 0, 5, 15]))
    longest = shortest + draw(st.sampled_from([0, 15, 45]))
    loop = Loop(tuple(sessions), order, shortest, longest, draw(st.sampled_from([0, 0, 20, 30])), draw(st.booleans()))
    load = {p: draw(st.sampled_from([0, 1, 1.5, 4])) for p in people}
    return (
        loop,
        Times(
            tuple(days),
            free(draw(st.sampled_from([9, 10]))),
            {p: free(draw(st.sampled_from([8, 10]))) for p in people},
            load,
        ),
        draw(st.integers(1, 2)),
    )


def priced(loop: Loop, times: Times, plan: Plan) -> tuple[int, int, int, int, int]:
    dates = [d.date for d in times.days]
    placed = {
        h.session: (dates.index(h.date), h.start, tuple(s.person for s in h.seats if not s.fixed))
        for h in plan.sessions
    }
    assert legal(loop, times, placed)
    everybody = [(s.person, h.start, h.end) for h in plan.sessions for s in h.seats]
    assert all(covers(merged(times.people[p]), lo, hi) for p, lo, hi in everybody)
    assert all(covers(merged(times.candidate), h.start, h.end) for h in plan.sessions)
    assert [h.start for h in plan.sessions] == sorted(h.start for h in plan.sessions)
    value = price(loop, times, placed)
    assert plan.span == value[2]
    return value


@settings(max_examples=150, deadline=None)
@given(instances())
def test_the_best_plan_costs_what_the_brute_force_finds(given: tuple[Loop, Times, int]) -> None:
    loop, times, most = given
    plan, cheapest = best(loop, times, most), brute(loop, times, most)
    assert (priced(loop, times, plan) if isinstance(plan, Plan) else None) == cheapest


@st.composite
def contested(draw: st.DrawFn) -> tuple[Loop, Times]:
    """Sessions that want the same few people, who are free in scattered pieces: here the bound of the search is loose."""
    people, count = "abcd", draw(st.integers(3, 4))
    lo = NINE + draw(st.sampled_from([0, 24 * HOUR]))
    ticks = 9 if count == 4 else 16
    masks = {p: draw(st.integers(0, 2**ticks - 1)) | draw(st.integers(0, 2**ticks - 1)) for p in people}
    free = {
        p: merged((lo + 15 * t, lo + 15 * t + 15) for t in range(ticks) if mask >> t & 1) for p, mask in masks.items()
    }
    pools = [tuple(draw(st.sets(st.sampled_from(people), min_size=2, max_size=3))) for _ in range(count)]
    sessions = tuple(Session(f"s{n}", draw(st.sampled_from([15, 25, 30])), pool) for n, pool in enumerate(pools))
    shortest = draw(st.sampled_from([0, 0, 10, 20]))
    loop = Loop(sessions, (), shortest, shortest + draw(st.sampled_from([30, 120])), draw(st.sampled_from([0, 45])))
    load = dict(zip(people, draw(st.permutations([0, 1, 2, 5])), strict=True))
    return loop, Times((Day("d", (lo, lo + 15 * ticks), (lo + 60, lo + 150)),), [(lo, lo + 15 * ticks)], free, load)


@settings(max_examples=examples(20), deadline=None)
@given(contested())
def test_contested_people_are_shared_as_well_as_the_brute_force_does(given: tuple[Loop, Times]) -> None:
    loop, times = given
    (plan,) = each_day(loop, times)
    assert (plan and priced(loop, times, plan)) == brute(loop, times, 1)


@settings(max_examples=40, deadline=None)
@given(instances())
def test_each_day_is_the_brute_force_of_that_day(given: tuple[Loop, Times, int]) -> None:
    loop, times, _ = given
    for day, plan in zip(times.days, each_day(loop, times), strict=True):
        alone = Times((day,), times.candidate, times.people, times.load)
        assert (plan and priced(loop, alone, plan)) == brute(loop, alone, 1)


@settings(max_examples=40, deadline=None)
@given(instances(), st.randoms(use_true_random=False))
def test_the_order_of_pools_people_and_rules_changes_nothing(given: tuple[Loop, Times, int], random: object) -> None:
    loop, times, most = given

    def turned(s: Session) -> Session:
        return Session(s.id, s.minutes, s.pool[::-1], s.need, s.fixed)

    other = Loop(
        tuple(map(turned, loop.sessions)), loop.order[::-1], loop.break_min, loop.break_max, loop.lunch, loop.distinct
    )
    people = {p: times.people[p][::-1] for p in reversed(list(times.people))}
    again = Times(times.days, list(times.candidate)[::-1], people, dict(reversed(list(times.load.items()))))
    first, second = best(loop, times, most), best(other, again, most)
    assert isinstance(first, Plan) == isinstance(second, Plan)
    if isinstance(first, Plan):
        assert first == second


@settings(max_examples=25, deadline=None)
@given(instances())
def test_without_a_plan_the_reliefs_are_exactly_the_constraints_that_stand_alone_in_the_way(
    given: tuple[Loop, Times, int],
) -> None:
    loop, times, most = given
    answer = best(loop, times, most)
    if isinstance(answer, Plan):
        return
    got = {(r.what, r.about) for r in answer.reliefs}

    def without(**change: Any) -> bool:
        return brute(replace(loop, **change), times, most) is not None

    assert (("distinct", ()) in got) == (loop.distinct and without(distinct=False))
    assert (("lunch", ()) in got) == (loop.lunch > 0 and without(lunch=0))
    assert (("break_max", ()) in got) == without(break_max=10**6)
    assert (("break_min", ()) in got) == (loop.break_min > 0 and without(break_min=0))
    assert (("days", ()) in got) == (most < len(times.days) and brute(loop, times, most + 1) is not None)
    for pair in loop.order:
        assert (("order", pair) in got) == without(order=tuple(p for p in loop.order if p != pair))


def test_the_least_loaded_person_sits_there_and_the_plan_says_why() -> None:
    loop = Loop((Session("code", 60, ("ada", "ben", "cem")),))
    plan = found(
        best(loop, Times((a_day(),), [(0, 10**5)], always("ada", "ben", "cem"), {"ada": 3, "ben": 1.5, "cem": 2}))
    )
    (seat,) = plan.sessions[0].seats
    assert (seat.person, seat.load, seat.free, seat.lighter, seat.fixed) == ("ben", 1.5, 3, (), False)
    assert (plan.span, plan.load, plan.dates) == (60, 1.5, ("day 0",))


def test_somebody_lighter_who_was_passed_over_is_named() -> None:
    loop = Loop((Session("code", 60, ("ada", "ben")), Session("talk", 60, ("ada",))))
    plan = found(best(loop, Times((a_day(),), [(0, 10**5)], always("ada", "ben"), {"ben": 7})))
    assert who(plan) == {"code": ("ben",), "talk": ("ada",)}
    assert at(plan, "code").seats[0].lighter == ("ada",)


def test_equal_loads_are_shared_by_a_stable_hash_and_not_by_the_alphabet() -> None:
    people = ("ada", "ben", "cem", "dee")
    picked = {
        name: who(found(best(Loop((Session(name, 60, people),)), Times((a_day(),), [(0, 10**5)], always(*people)))))[
            name
        ]
        for name in map(str, range(30))
    }
    assert len(set(picked.values())) == 4
    assert (
        picked["0"]
        == who(found(best(Loop((Session("0", 60, people[::-1]),)), Times((a_day(),), [(0, 10**5)], always(*people)))))[
            "0"
        ]
    )


def test_equal_plans_begin_early_and_keep_the_order_of_the_list() -> None:
    loop = Loop((Session("b", 30, ("ada",)), Session("a", 30, ("ben",))))
    plan = found(best(loop, Times((a_day(),), [(0, 10**5)], always("ada", "ben"))))
    assert [(h.session, h.start) for h in plan.sessions] == [("b", NINE), ("a", NINE + 30)]


def test_nobody_sits_twice_unless_fixed_to_both() -> None:
    pair = (Session("a", 30, ("ada", "ben")), Session("b", 30, ("ada", "ben")))
    times = Times((a_day(),), [(0, 10**5)], always("ada", "ben"), {"ben": 9})
    plan = found(best(Loop(pair), times))
    assert sorted(chain(*who(plan).values())) == ["ada", "ben"]
    assert who(found(best(Loop(pair, distinct=False), times))) == {"a": ("ada",), "b": ("ada",)}
    fixed = (
        Session("a", 30, fixed=("ada",)),
        Session("b", 30, ("ada", "ben"), fixed=()),
        Session("c", 30, fixed=("ada",)),
    )
    assert who(found(best(Loop(fixed), times))) == {"a": ("ada",), "b": ("ben",), "c": ("ada",)}


def test_a_panel_takes_its_fixed_people_and_k_of_the_pool() -> None:
    loop = Loop((Session("panel", 45, ("ada", "ben", "cem"), 2, ("hm",)),))
    people = always("ada", "ben", "cem", "hm") | {"ben": [(0, NINE)]}
    plan = found(best(loop, Times((a_day(),), [(0, 10**5)], people, {"ada": 1, "cem": 2, "hm": 4})))
    assert (who(plan)["panel"], plan.load) == (("hm", "ada", "cem"), 7)


def test_somebody_whose_time_is_unknown_is_not_free() -> None:
    answer = missing(best(Loop((Session("a", 30, ("ada",)),)), Times((a_day(),), [(0, 10**5)], {})))
    assert answer.never == (Never("a", "pool", (), 0, 1),)


def test_breaks_have_a_least_and_a_most() -> None:
    pair = (Session("a", 30, ("ada",)), Session("b", 30, ("ben",)))
    times = Times((a_day(),), [(0, 10**5)], always("ada", "ben"))
    assert at(found(best(Loop(pair, break_min=10), times)), "b").start == NINE + 45  # the next tick after the break
    late = Times((a_day(),), [(0, 10**5)], {"ada": [(NINE, NINE + 30)], "ben": [(NINE + 120, NINE + 150)]})
    assert found(best(Loop(pair, break_max=90), late)).span == 150
    answer = missing(best(Loop(pair, break_max=75), late))
    assert (answer.never, [r.what for r in answer.reliefs]) == ((), ["break_max", "people", "people"])


def test_lunch_is_a_free_stretch_in_its_window_and_may_lengthen_one_break() -> None:
    pair = (Session("a", 60, ("ada",)), Session("b", 60, ("ben",)))
    day = a_day(lunch=(11 * HOUR, 13 * HOUR))
    hours = {"ada": [(11 * HOUR, 12 * HOUR)], "ben": [(12 * HOUR, 18 * HOUR)]}
    times = Times((day,), [(0, 10**5)], hours)
    assert at(found(best(Loop(pair), times)), "b").start == 12 * HOUR
    plan = found(best(Loop(pair, break_max=15, lunch=45), times))
    assert at(plan, "b").start == 12 * HOUR + 45
    assert isinstance(best(Loop(pair, break_max=15, lunch=90), times), NoPlan)  # 90 minutes do not fit before 13:00
    answer = missing(best(Loop(pair, break_max=15, lunch=90), times))
    assert [(r.what, r.about) for r in answer.reliefs] == [("lunch", ()), ("people", ("a",))]


def test_a_long_break_away_from_lunch_is_not_excused_by_lunch() -> None:
    pair = (Session("a", 30, ("ada",)), Session("b", 30, ("ben",)))
    hours = {"ada": [(NINE, NINE + 30)], "ben": [(NINE + 75, NINE + 105)]}
    times = Times((a_day(lunch=(13 * HOUR, 15 * HOUR)),), [(0, 10**5)], hours)
    assert isinstance(best(Loop(pair, break_max=15, lunch=45), times), NoPlan)
    assert isinstance(best(Loop(pair, break_max=45, lunch=45), times), Plan)


def test_a_day_that_is_over_before_lunch_needs_none() -> None:
    loop = Loop((Session("a", 60, ("ada",)),), lunch=60)
    plan = found(best(loop, Times((a_day(lunch=(12 * HOUR, 14 * HOUR)),), [(0, 10**5)], always("ada"))))
    assert plan.sessions[0].start == NINE


def test_the_order_is_kept_within_a_day_and_across_days() -> None:
    pair = (Session("last", 30, ("ada",)), Session("first", 30, ("ben",)))
    order = (("first", "last"),)
    plan = found(best(Loop(pair, order), Times((a_day(),), [(0, 10**5)], always("ada", "ben"))))
    assert [h.session for h in plan.sessions] == ["first", "last"]
    days = (a_day(0), a_day(1), a_day(2))
    split = {"ada": [days[1].hours], "ben": [days[0].hours, days[2].hours]}
    plan = found(best(Loop(pair, order), Times(days, [(0, 10**5)], split), 2))
    assert ([h.session for h in plan.sessions], plan.dates) == (["first", "last"], ("day 0", "day 1"))
    turned = found(best(Loop(pair, (("last", "first"),)), Times(days, [(0, 10**5)], split), 2))
    assert turned.dates == ("day 1", "day 2")


def test_one_day_is_not_split_and_one_more_day_is_named() -> None:
    pair = (Session("a", 30, ("ada",)), Session("b", 30, ("ben",)))
    days = (a_day(0), a_day(1))
    times = Times(days, [(0, 10**5)], {"ada": [days[0].hours], "ben": [days[1].hours]})
    assert each_day(Loop(pair), times) == [None, None]
    answer = missing(best(Loop(pair), times))
    assert "days" in [r.what for r in answer.reliefs]
    assert next(r.plan.dates for r in answer.reliefs if r.what == "days") == ("day 0", "day 1")


def test_one_day_is_better_than_two_that_end_on_the_same_day() -> None:
    days = (a_day(0), a_day(1))
    times = Times(days, [(0, 10**5)], {"ada": [d.hours for d in days], "ben": [days[1].hours]})
    plan = found(best(Loop((Session("a", 30, ("ada",)), Session("b", 30, ("ben",)))), times, 2))
    assert plan.dates == ("day 1",)


@pytest.mark.parametrize(
    ("session", "candidate", "people", "never"),
    [
        (Session("s", 60, ("ada",)), [(NINE, NINE + 45)], always("ada"), Never("s", "candidate")),
        (Session("s", 60, fixed=("hm",)), [(0, 10**5)], {"hm": [(0, NINE)]}, Never("s", "fixed", ("hm",))),
        (
            Session("s", 60, fixed=("hm", "vp")),
            [(0, 10**5)],
            {"hm": [(NINE, NINE + 60)], "vp": [(NINE + 60, NINE + 120)]},
            Never("s", "together", ("hm", "vp")),
        ),
        (
            Session("s", 60, ("ada", "ben", "cem"), 2),
            [(0, 10**5)],
            {"ada": [(NINE, NINE + 60)], "ben": [(NINE + 60, NINE + 120)]},
            Never("s", "pool", ("ada", "ben"), 1, 2),
        ),
    ],
)
def test_a_session_that_fits_nowhere_says_why(
    session: Session, candidate: Free, people: dict[str, Free], never: Never
) -> None:
    answer = missing(best(Loop((session,)), Times((a_day(),), candidate, people)))
    assert answer.never == (never,)
    assert [r.what for r in answer.reliefs] == (["candidate"] if never.reason == "candidate" else ["people"])


def test_too_few_different_people_is_told_apart_from_too_little_time() -> None:
    three = tuple(Session(s, 30, ("ada", "ben")) for s in "xyz")
    answer = missing(best(Loop(three), Times((a_day(),), [(0, 10**5)], always("ada", "ben"))))
    assert answer.never == ()
    assert [(r.what, r.about) for r in answer.reliefs] == [
        ("distinct", ()), ("people", ("x",)), ("people", ("y",)), ("people", ("z",)),
    ]  # fmt: skip


def real_day(day: date, zone: str, start: int, end: int) -> Day:
    def minute(hour: int) -> int:
        return int(datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(zone)).timestamp()) // 60

    return Day(str(day), (minute(start), minute(end)))


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 8), "America/New_York", 4),  # 02:00-03:00 is not there
        (date(2026, 11, 1), "America/New_York", 6),  # 01:00-02:00 is there twice
        (date(2026, 4, 5), "Australia/Lord_Howe", 5.5),
        (date(2026, 10, 4), "Australia/Lord_Howe", 4.5),
        (date(2026, 9, 27), "Pacific/Chatham", 4),
    ],
)
def test_a_night_of_a_clock_change_has_its_real_length(day: date, zone: str, hours: float) -> None:
    night = real_day(day, zone, 0, 5)
    assert night.hours[1] - night.hours[0] == hours * HOUR
    lengths = [60] * int(hours) + [30] * int(hours * 2 % 2)
    sessions = tuple(Session(f"s{n}", m, fixed=(f"p{n}",)) for n, m in enumerate([*lengths, 15]))
    times = Times((night,), [night.hours], {p: [night.hours] for s in sessions for p in s.fixed})
    plan = found(best(Loop(sessions[:-1], break_max=0), times))
    assert (plan.sessions[0].start, plan.sessions[-1].end) == night.hours
    assert each_day(Loop(sessions, break_max=0), times) == [None]  # a quarter of an hour more does not fit
    local = [datetime.fromtimestamp(h.start * 60, ZoneInfo(zone)) for h in plan.sessions]
    assert all(t.minute % 15 == 0 for t in local)


@pytest.mark.parametrize(
    ("loop", "say"),
    [
        (Loop(()), "no session yet"),
        (Loop((Session("a", 30, ("x",)), Session("a", 30, ("x",)))), "Two sessions are called a"),
        (Loop(tuple(Session(str(n), 30, ("x",)) for n in range(11))), "11 sessions"),
        (Loop((Session("a", 0, ("x",)),)), "0 minutes long"),
        (Loop((Session("a", 30),)), "Nobody is asked"),
        (Loop((Session("a", 30, ("x",)),), break_min=20, break_max=10), "put the shorter one first"),
        (Loop((Session("a", 30, ("x",)),), lunch=-5), "write 0"),
        (Loop((Session("a", 30, ("x",)),), order=(("a", "b"),)), "names a session b"),
        (
            Loop((Session("a", 30, ("x",)), Session("b", 30, ("y",))), order=(("a", "b"), ("b", "a"))),
            "in a circle (a, b)",
        ),
    ],
)
def test_a_faulty_loop_is_refused_with_a_sentence(loop: Loop, say: str) -> None:
    with pytest.raises(ValueError) as refused:
        best(loop, Times((a_day(),), [], {}))
    assert say in str(refused.value)
    assert str(refused.value).endswith(".")


def test_a_load_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="The load of ada is below zero"):
        each_day(Loop((Session("a", 30, ("ada",)),)), Times((a_day(),), [(0, 10**5)], always("ada"), {"ada": -1}))


def test_no_days_no_plan() -> None:
    loop, times = Loop((Session("a", 30, ("x",)),)), Times((), [(0, 10**5)], always("x"))
    assert each_day(loop, times) == []
    assert missing(best(loop, times)).reliefs == ()
