"""`loop_ten_days`: the best plan for each of ten days of a five-session interview day, pools of 8, 60 % busy.

The baseline is what one would write first: in every order that is allowed and from every start, put each session at
its earliest time with the least loaded person who is free then, and keep the shortest day with the lowest load. It is
not exact: the context says on how many days it finds nothing, or a day that is longer or whose people are busier.
"""

from collections.abc import Callable
from itertools import permutations
from random import Random
from time import perf_counter
from typing import TypeVar

import common

from calendar_sync.intervals import Interval, covers, merged
from calendar_sync.loops import Day, Loop, Plan, Session, Times, each_day

LENGTHS = (60, 45, 60, 45, 30)
DAYS, POOL, PEOPLE, BUSY = 10, 8, 24, 0.6
INSTANCES, COMPARED, ROUNDS = 12, 3, 3  # the baseline is slow: a few instances tell its time
AIM = 100.0
Result = TypeVar("Result")


def instance(seed: int) -> tuple[Loop, Times]:
    """Ten days of nine hours; people are busy in random half hours; the last session comes last; 60 minutes of lunch."""
    random = Random(seed)
    names = [f"i{n}" for n in range(PEOPLE)]
    days = tuple(Day(str(d), (lo := d * 1440 + 540, lo + 540), (lo + 150, lo + 330)) for d in range(DAYS))
    halves = [t for d in days for t in range(*d.hours, 30)]
    free = {n: merged((t, t + 30) for t in halves if random.random() >= BUSY) for n in names}
    sessions = tuple(Session(f"s{n}", m, tuple(random.sample(names, POOL))) for n, m in enumerate(LENGTHS))
    order = tuple((s.id, sessions[-1].id) for s in sessions[:-1])
    times = Times(days, [d.hours for d in days], free, {n: random.randrange(6) for n in names})
    return Loop(sessions, order, 0, 60, 60), times


Price = tuple[int, float]  # span in minutes, load


def greedy(loop: Loop, times: Times) -> list[Price | None]:
    """The price of each day, None where nothing was found."""
    people = {p: merged(free) for p, free in times.people.items()}
    return [_greedy_day(loop, times, people, day) for day in times.days]


def _greedy_day(loop: Loop, times: Times, people: dict[str, list[Interval]], day: Day) -> Price | None:
    starts = range(day.hours[0], day.hours[1], 15)
    turns = [[*turn, loop.sessions[-1]] for turn in permutations(loop.sessions[:-1])]
    walks = (_walk(loop, times, people, day, turn, start) for turn in turns for start in starts)
    return min((w for w in walks if w), default=None)


def _walk(
    loop: Loop, times: Times, people: dict[str, list[Interval]], day: Day, turn: list[Session], start: int
) -> Price | None:
    """The price of the day that starts with this session then; None if one finds no place within the breaks."""
    assert day.lunch is not None
    used, end, eaten = set[str](), start, start - day.lunch[0] >= loop.lunch
    for n, s in enumerate(turn):
        for at in range(end, (end + loop.break_max + (0 if eaten else loop.lunch) if n else end) + 1, 15):
            eats = not eaten and n > 0 and min(at, day.lunch[1]) - max(end, day.lunch[0]) >= loop.lunch
            there = [p for p in s.pool if p not in used and covers(people[p], at, at + s.minutes)]
            if there and at + s.minutes <= day.hours[1] and (at - end <= loop.break_max or eats):
                used.add(min(there, key=lambda p: times.load[p]))
                eaten, end = eaten or eats, at + s.minutes
                break
        else:
            return None
    fed = eaten or day.lunch[1] - max(end, day.lunch[0]) >= loop.lunch
    return (end - start, sum(times.load[p] for p in used)) if fed else None


def fastest(run: Callable[[Loop, Times], Result], loop: Loop, times: Times) -> tuple[float, Result]:
    """(ms of the fastest of the rounds, what came out): others use this machine too."""
    took: list[float] = []
    for _ in range(ROUNDS):
        at = perf_counter()
        result = run(loop, times)
        took.append((perf_counter() - at) * 1000)
    return min(took), result


def main() -> None:
    took, simple, plans, pairs = list[float](), list[float](), list[Plan | None](), list[tuple[Price | None, Price]]()
    for seed in range(INSTANCES):
        loop, times = instance(seed)
        ms, exact = fastest(each_day, loop, times)
        took.append(ms)
        plans += exact
        if seed < COMPARED:
            ms, prices = fastest(greedy, loop, times)
            simple.append(ms)
            if any(price and not plan for price, plan in zip(prices, exact, strict=True)):
                raise SystemExit("The greedy baseline found a day that the exact search denies: one of them is wrong.")
            pairs += [(g, (plan.span, plan.load)) for g, plan in zip(prices, exact, strict=True) if plan]
    if any(g is not None and g < exact for g, exact in pairs):
        raise SystemExit("The greedy baseline found a better day than the exact search: one of them is wrong.")
    found = [p for p in plans if p]
    if not found:
        raise SystemExit("No instance had a plan: nothing was measured.")
    value = common.percentile(took, 50)
    common.context(
        "loop_ten_days",
        instances=INSTANCES,
        days_with_a_plan=len(found),
        days=len(plans),
        slowest_ms=max(took),
        days_compared=len(pairs),
        greedy_finds_none=sum(g is None for g, _ in pairs),
        greedy_longer=sum(g is not None and g[0] > exact[0] for g, exact in pairs),
        greedy_busier_people=sum(g is not None and g[0] == exact[0] and g[1] > exact[1] for g, exact in pairs),
    )
    baseline = "every order and start, earliest fit, least loaded"
    aim = f"under {AIM:g} ms"
    common.Figure("loop_ten_days", value, "ms", baseline, common.percentile(simple, 50), aim, value < AIM).print()


if __name__ == "__main__":
    main()
