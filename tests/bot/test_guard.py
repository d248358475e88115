"""The booking guard, on SQLite and on PostgreSQL alike: nobody is booked twice, and nothing is ever half booked."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import event

from bench.race import race
from bot.store import guard
from bot.store.guard import Ask, Booked, Freed, Held, Lapsed, Seat, Taken
from bot.store.rows import Booking, BookingSeat, BookingTap, BusyCell, Interviewer
from bot.store.store import Row, Store, Tx

T = "t_1"
NINE = 9 * 60 + 20_000 * 1440  # nine o'clock of some day, in minutes
NOW = 1_000_000
LATER = NOW + 300_000
NEW: dict[str, Any] = {"state": "active", "stamp": "", "profile": None, "created_at": 1}
PEOPLE = ("p_a", "p_b", "p_c")
TABLES = (Booking, BookingSeat, BookingTap, BusyCell)


def fits(_: Tx) -> str | None:
    return None


def seat(who: str = "p_a", start: int = 0, minutes: int = 30, part: str = "") -> Seat:
    """`start`: minutes after nine."""
    return Seat(who, NINE + start, NINE + start + minutes, part)


def ask(name: str, *seats: Seat, now: int = NOW, still_fits: guard.Check = fits, key: str = "") -> Ask:
    return Ask(T, name, "iv_1", seats or (seat(),), now, still_fits, key)


def confirm(tx: Tx, name: str, now: int = NOW, still_fits: guard.Check = fits, key: str = "") -> Any:
    return guard.confirm(tx, T, name, now, still_fits, key)


def everything(tx: Tx) -> dict[str, list[Row]]:
    return {t.__name__: sorted(tx.find(t, {}), key=str) for t in TABLES}


def cells(tx: Tx) -> dict[tuple[str, int], tuple[str, int | None]]:
    """(interviewer, minutes after nine) -> (owner, release_at)."""
    rows = tx.find(BusyCell, {})
    return {(r["interviewer_id"], r["cell"] * 5 - NINE): (r["owner"], r["release_at"]) for r in rows}


def owned(tx: Tx, name: str) -> list[tuple[str, int]]:
    return sorted(place for place, (owner, _) in cells(tx).items() if owner == name)


@pytest.fixture
async def desk(store: Store) -> Store:
    """A store with three interviewers."""
    await store.commit(lambda tx: tx.insert(Interviewer, [{"tenant_id": T, "id": p, **NEW} for p in PEOPLE]))
    return store


# -- cells ------------------------------------------------------------------------------------------


def test_cells_are_rounded_outwards_and_sorted() -> None:
    assert guard.cells_of([Seat("b", 3, 11), Seat("a", 10, 20), Seat("a", 0, 5)]) == [
        ("a", 0),
        ("a", 2),
        ("a", 3),
        ("b", 0),
        ("b", 1),
        ("b", 2),
    ]


@pytest.mark.parametrize(
    "seats",
    [(), (Seat("a", 10, 10),), (Seat("a", 10, 5),), (Seat("a", 0, 32), Seat("a", 32, 60)), (Seat("a", 0, 30),) * 2],
)
def test_what_cannot_be_booked_is_a_mistake(seats: tuple[Seat, ...]) -> None:
    with pytest.raises(ValueError, match=r"session|nothing"):
        guard.cells_of(seats)


# -- holds ------------------------------------------------------------------------------------------


async def test_a_hold_blocks_others_until_exactly_its_end(desk: Store) -> None:
    assert await desk.commit(lambda tx: guard.hold(tx, ask("h1"), LATER)) == Held("h1", LATER)
    late = replace(ask("h2", seat(start=25)), now=LATER - 1)
    assert await desk.commit(lambda tx: guard.hold(tx, late, LATER + 9)) == Taken(("p_a",), "busy")
    assert await desk.commit(lambda tx: owned(tx, "h2")) == []
    due = replace(late, now=LATER)
    assert await desk.commit(lambda tx: guard.hold(tx, due, LATER + 9)) == Held("h2", LATER + 9)
    # Only what was in the way went.
    assert await desk.read(lambda tx: owned(tx, "h1")) == [("p_a", n) for n in range(0, 25, 5)]


async def test_sessions_that_touch_do_not_meet(desk: Store) -> None:
    for name, at in (("h1", 0), ("h2", 30), ("h3", -30)):
        assert await desk.commit(lambda tx, n=name, at=at: guard.hold(tx, ask(n, seat(start=at)), LATER)) == Held(
            name, LATER
        )
    assert await desk.commit(lambda tx: guard.book(tx, ask("b", seat(start=29, minutes=2)))) == Taken(("p_a",), "busy")


async def test_a_hold_must_end_after_it_begins(desk: Store) -> None:
    with pytest.raises(ValueError, match="must end"):
        await desk.commit(lambda tx: guard.hold(tx, ask("h1"), NOW))


async def test_confirmed_it_stays(desk: Store) -> None:
    await desk.commit(lambda tx: guard.hold(tx, ask("h1"), LATER))
    assert await desk.commit(lambda tx: confirm(tx, "h1", LATER - 1)) == Booked("h1", 1)
    assert set((await desk.read(cells)).values()) == {("h1", None)}
    again = replace(ask("h2"), now=LATER * 2)
    assert await desk.commit(lambda tx: guard.hold(tx, again, LATER * 3)) == Taken(("p_a",), "busy")
    # A second confirmation is not a second booking, nor a new version.
    assert await desk.commit(lambda tx: confirm(tx, "h1", LATER + 9)) == Booked("h1", 1)


async def test_a_live_hold_is_a_promise(desk: Store) -> None:
    await desk.commit(lambda tx: guard.hold(tx, ask("h1"), LATER))
    assert await desk.commit(lambda tx: confirm(tx, "h1", LATER - 1, lambda _: "limit")) == Booked("h1", 1)


async def test_a_hold_that_ran_out_is_taken_anew_when_free(desk: Store) -> None:
    await desk.commit(lambda tx: guard.hold(tx, ask("h1"), LATER))
    before = await desk.read(everything)
    assert await desk.commit(lambda tx: confirm(tx, "h1", LATER, lambda _: "limit")) == Taken((), "limit")
    assert await desk.read(everything) == before
    assert await desk.commit(lambda tx: confirm(tx, "h1", LATER)) == Booked("h1", 1)
    assert len(await desk.read(lambda tx: owned(tx, "h1"))) == 6


async def test_a_hold_that_ran_out_and_was_taken(desk: Store) -> None:
    await desk.commit(lambda tx: guard.hold(tx, ask("h1"), LATER))
    await desk.commit(lambda tx: guard.book(tx, ask("b1", seat(start=20), now=LATER)))
    before = await desk.read(everything)
    assert await desk.commit(lambda tx: confirm(tx, "h1", LATER + 1)) == Taken(("p_a",), "busy")
    # The clock of another process may be behind the one that saw the hold run out.
    assert await desk.commit(lambda tx: confirm(tx, "h1", LATER - 1)) == Taken(("p_a",), "busy")
    assert await desk.read(everything) == before


async def test_release_and_cancel_give_back_and_can_be_repeated(desk: Store) -> None:
    await desk.commit(lambda tx: guard.hold(tx, ask("h1"), LATER))
    assert await desk.commit(lambda tx: guard.cancel(tx, T, "h1", NOW)) == Lapsed("h1")
    for _ in range(2):
        assert await desk.commit(lambda tx: guard.release(tx, T, "h1", NOW)) == Freed("h1", 1)
    assert await desk.commit(lambda tx: confirm(tx, "h1")) == Lapsed("h1")
    assert await desk.commit(lambda tx: guard.book(tx, ask("b1"))) == Booked("b1", 1)
    assert await desk.commit(lambda tx: guard.release(tx, T, "b1", NOW)) == Lapsed("b1")
    for _ in range(2):
        assert await desk.commit(lambda tx: guard.cancel(tx, T, "b1", NOW)) == Freed("b1", 2)
    assert await desk.read(cells) == {}
    assert await desk.commit(lambda tx: guard.reschedule(tx, ask("b1", seat(start=60)))) == Lapsed("b1")
    for verb in (guard.release, guard.cancel):
        assert await desk.commit(lambda tx, verb=verb: verb(tx, T, "nobody", NOW)) == Lapsed("nobody")
    assert await desk.commit(lambda tx: confirm(tx, "nobody")) == Lapsed("nobody")


async def test_sweeping_takes_what_ran_out_and_nothing_else(desk: Store) -> None:
    for name, end in (("h1", LATER), ("h2", LATER + 1)):
        who = seat("p_a" if name == "h1" else "p_b")
        await desk.commit(lambda tx, n=name, s=who, end=end: guard.hold(tx, ask(n, s), end))
    await desk.commit(lambda tx: guard.book(tx, ask("b1", seat("p_c"))))
    assert await desk.commit(lambda tx: guard.sweep(tx, T, LATER - 1)) == 0
    assert await desk.commit(lambda tx: guard.sweep(tx, "t_2", LATER)) == 0
    assert await desk.commit(lambda tx: guard.sweep(tx, T, LATER)) == 6
    assert {owner for owner, _ in (await desk.read(cells)).values()} == {"h2", "b1"}


# -- all or nothing ---------------------------------------------------------------------------------


async def test_a_panel_and_a_loop_are_all_or_nothing(desk: Store) -> None:
    await desk.commit(lambda tx: guard.book(tx, ask("b1", seat("p_b", 60))))
    before = await desk.read(everything)
    panel = ask("b2", seat("p_c", 60), seat("p_a", 60), seat("p_b", 60))
    loop = ask("b3", seat("p_c", 0, 60, "one"), seat("p_b", 60, 60, "two"), seat("p_a", 120, 60, "three"))
    for wanted in (panel, loop):
        assert await desk.commit(lambda tx, w=wanted: guard.book(tx, w)) == Taken(("p_b",), "busy")
        assert await desk.commit(lambda tx, w=wanted: guard.hold(tx, w, LATER)) == Taken(("p_b",), "busy")
    assert await desk.read(everything) == before
    long = replace(loop, seats=(*loop.seats[:1], seat("p_b", 90, 400, "two"), loop.seats[2]))
    assert await desk.commit(lambda tx: guard.book(tx, long)) == Booked("b3", 1)
    # More rows than one INSERT has.
    assert len(await desk.read(lambda tx: owned(tx, "b3"))) == 12 + 80 + 12
    assert await desk.read(lambda tx: guard.seats_of(tx, T, "b3")) == long.seats


async def test_somebody_who_is_no_interviewer(desk: Store) -> None:
    wanted = ask("b1", seat("p_x"), seat("p_a"))
    assert await desk.commit(lambda tx: guard.book(tx, wanted)) == Taken(("p_x",), "unknown")
    elsewhere = replace(ask("b1"), tenant_id="t_2")
    assert await desk.commit(lambda tx: guard.book(tx, elsewhere)) == Taken(("p_a",), "unknown")


async def test_a_refusal_takes_back_only_itself(desk: Store) -> None:
    await desk.commit(lambda tx: guard.book(tx, ask("b1")))

    def unit(tx: Tx) -> object:
        tx.insert(Interviewer, {"tenant_id": T, "id": "p_before", **NEW})
        answer = guard.book(tx, ask("b2", seat("p_b"), seat("p_a")))
        tx.insert(Interviewer, {"tenant_id": T, "id": "p_after", **NEW})
        return answer

    assert await desk.commit(unit) == Taken(("p_a",), "busy")
    assert {r["id"] for r in await desk.read(lambda tx: tx.find(Interviewer, {}))} == {*PEOPLE, "p_before", "p_after"}


async def test_the_engine_is_asked_inside_and_sees_the_others_only(desk: Store) -> None:
    await desk.commit(lambda tx: guard.book(tx, ask("b1", seat(start=0))))
    await desk.commit(lambda tx: guard.hold(tx, ask("h1", seat(start=60)), LATER))
    await desk.commit(lambda tx: guard.book(tx, ask("b2", seat(start=120))))
    seen: list[list[str]] = []

    def look(now: int) -> guard.Check:
        def check(tx: Tx) -> str | None:
            found = guard.seats_between(tx, T, "p_a", NINE, NINE + 600, now)
            seen.append([r["booking_id"] for r in found])
            return "too many" if len(found) > 2 else None

        return check

    wanted = ask("b3", seat(start=300), still_fits=look(NOW))
    before = await desk.read(everything)
    assert await desk.commit(lambda tx: guard.book(tx, wanted)) == Taken((), "too many")
    assert await desk.read(everything) == before
    moved = ask("b2", seat(start=300), still_fits=look(NOW))
    assert await desk.commit(lambda tx: guard.reschedule(tx, moved)) == Booked("b2", 2)
    lapsed = ask("b3", seat(start=400), now=LATER, still_fits=look(LATER))
    assert await desk.commit(lambda tx: guard.book(tx, lapsed)) == Booked("b3", 1)
    assert seen == [["b1", "h1", "b2"], ["b1", "h1"], ["b1", "b2"]]


async def test_seats_between_is_half_open(desk: Store) -> None:
    await desk.commit(lambda tx: guard.book(tx, ask("b1", seat(start=10, minutes=20, part="one"))))

    async def found(lo: int, hi: int, but: str = "") -> int:
        return len(await desk.read(lambda tx: guard.seats_between(tx, T, "p_a", NINE + lo, NINE + hi, NOW, but)))

    assert [await found(0, 10), await found(0, 11), await found(29, 60), await found(30, 60)] == [0, 1, 1, 0]
    assert await found(0, 60, "b1") == 0
    (row,) = await desk.read(lambda tx: guard.seats_between(tx, T, "p_a", NINE, NINE + 60, NOW))
    assert row == {
        "booking_id": "b1",
        "interview_id": "iv_1",
        "state": "booked",
        "part": "one",
        "start_minute": NINE + 10,
        "end_minute": NINE + 30,
    }


# -- rescheduling -----------------------------------------------------------------------------------


async def test_a_booking_moves_onto_its_own_time(desk: Store) -> None:
    await desk.commit(lambda tx: guard.book(tx, ask("b1", seat(minutes=60), seat("p_b", minutes=60))))
    moved = ask("b1", seat(start=30, minutes=60), seat("p_c", 30, 60))
    assert await desk.commit(lambda tx: guard.reschedule(tx, moved)) == Booked("b1", 2)
    expected = [(who, n) for who in ("p_a", "p_c") for n in range(30, 90, 5)]
    assert await desk.read(lambda tx: owned(tx, "b1")) == expected
    assert await desk.read(lambda tx: guard.seats_of(tx, T, "b1")) == moved.seats


async def test_a_booking_that_cannot_move_stays(desk: Store) -> None:
    await desk.commit(lambda tx: guard.book(tx, ask("b1")))
    await desk.commit(lambda tx: guard.book(tx, ask("b2", seat(start=60))))
    before = await desk.read(everything)
    moved = ask("b1", seat(start=40))
    assert await desk.commit(lambda tx: guard.reschedule(tx, moved)) == Taken(("p_a",), "busy")
    assert await desk.read(everything) == before


async def test_a_hold_may_replace_a_booking(desk: Store) -> None:
    await desk.commit(lambda tx: guard.book(tx, ask("b1", seat(minutes=60))))
    instead = ask("h1", seat(start=30, minutes=60))
    assert await desk.commit(lambda tx: guard.hold(tx, instead, LATER)) == Taken(("p_a",), "busy")
    assert await desk.commit(lambda tx: guard.hold(tx, instead, LATER, "b1")) == Held("h1", LATER)
    assert await desk.read(lambda tx: owned(tx, "h1")) == [("p_a", n) for n in range(60, 90, 5)]
    for _ in range(2):
        assert await desk.commit(lambda tx: confirm(tx, "h1")) == Booked("b1", 2)
    assert await desk.read(lambda tx: (owned(tx, "h1"), owned(tx, "b1"))) == (
        [],
        [("p_a", n) for n in range(30, 90, 5)],
    )
    assert await desk.commit(lambda tx: guard.cancel(tx, T, "b1", NOW)) == Freed("b1", 3)
    assert await desk.read(cells) == {}
    assert await desk.commit(lambda tx: confirm(tx, "h1")) == Lapsed("b1")


async def test_a_hold_in_place_of_a_booking_that_went(desk: Store) -> None:
    await desk.commit(lambda tx: guard.book(tx, ask("b1", seat(minutes=60))))
    await desk.commit(lambda tx: guard.hold(tx, ask("h1", seat(start=30, minutes=60)), LATER, "b1"))
    await desk.commit(lambda tx: guard.cancel(tx, T, "b1", NOW))
    assert await desk.commit(lambda tx: confirm(tx, "h1")) == Lapsed("b1")
    assert await desk.commit(lambda tx: guard.hold(tx, ask("h2", seat("p_b")), LATER, "b1")) == Lapsed("b1")
    assert await desk.read(lambda tx: owned(tx, "h2")) == []


async def test_a_hold_in_place_of_a_booking_that_moved_and_left_a_hole(desk: Store) -> None:
    await desk.commit(lambda tx: guard.book(tx, ask("b1", seat(minutes=60))))
    await desk.commit(lambda tx: guard.hold(tx, ask("h1", seat(start=30, minutes=60)), LATER, "b1"))
    await desk.commit(lambda tx: guard.reschedule(tx, ask("b1", seat(start=300))))
    await desk.commit(lambda tx: guard.book(tx, ask("b2", seat(start=40, minutes=10))))
    before = await desk.read(everything)
    assert await desk.commit(lambda tx: confirm(tx, "h1")) == Taken(("p_a",), "busy")
    assert await desk.read(everything) == before


# -- taps -------------------------------------------------------------------------------------------


async def test_a_second_tap_gets_the_first_answer(desk: Store) -> None:
    first = await desk.commit(lambda tx: guard.hold(tx, ask("h1", key="k"), LATER))
    assert await desk.commit(lambda tx: guard.hold(tx, ask("h2", key="k"), LATER + 5)) == first == Held("h1", LATER)
    refused = await desk.commit(lambda tx: guard.book(tx, ask("b1", key="k")))
    await desk.commit(lambda tx: guard.release(tx, T, "h1", NOW))
    # Free by now, but it was this tap that was refused.
    assert await desk.commit(lambda tx: guard.book(tx, ask("b2", key="k"))) == refused == Taken(("p_a",), "busy")
    assert await desk.commit(lambda tx: guard.book(tx, ask("b3", key="k2"))) == Booked("b3", 1)
    for at in (60, 90):
        moved = ask("b3", seat(start=at), key="k")
        assert await desk.commit(lambda tx, m=moved: guard.reschedule(tx, m)) == Booked("b3", 2)
    assert (await desk.read(lambda tx: owned(tx, "b3")))[0] == ("p_a", 60)
    for _ in range(2):
        assert await desk.commit(lambda tx: confirm(tx, "h1", key="k")) == Lapsed("h1")
    # Another tenant's taps are not ours.
    other = replace(ask("b4", key="k2"), tenant_id="t_2")
    assert await desk.commit(lambda tx: guard.book(tx, other)) == Taken(("p_a",), "unknown")


async def test_taps_of_one_moment(desk: Store) -> None:
    def tap(n: int) -> Callable[[Tx], object]:
        return lambda tx: guard.hold(tx, ask(f"h{n}", seat(PEOPLE[n % 3]), key="k"), LATER)

    answers = await asyncio.gather(*(desk.commit(tap(n)) for n in range(12)))
    assert len(set(answers)) == 1
    assert isinstance(answers[0], Held)
    assert len(await desk.read(cells)) == 6


async def test_one_of_many_at_once_wins(desk: Store) -> None:
    def attempt(n: int) -> Callable[[Tx], object]:
        seats = [seat(p, 5 * (n % 6)) for p in (PEOPLE if n % 2 else PEOPLE[::-1])]
        return lambda tx: guard.book(tx, ask(f"b{n}", *seats))

    answers = await asyncio.gather(*(desk.commit(attempt(n)) for n in range(24)))
    (winner,) = [a for a in answers if isinstance(a, Booked)]
    assert sum(isinstance(a, Taken) for a in answers) == 23
    assert {owner for owner, _ in (await desk.read(cells)).values()} == {winner.id}


async def test_what_cells_cannot_say_is_checked_one_after_another(desk: Store) -> None:
    # None of these meet, but a person has two interviews a day at most.
    def limit(tx: Tx) -> str | None:
        found = [guard.seats_between(tx, T, who, NINE, NINE + 900, NOW) for who in ("p_a", "p_b")]
        return "limit" if max(map(len, found)) >= 2 else None

    def attempt(n: int) -> Callable[[Tx], object]:
        seats = [seat(p, 40 * n) for p in (("p_a", "p_b") if n % 2 else ("p_b", "p_a"))]
        return lambda tx: guard.book(tx, ask(f"b{n}", *seats, still_fits=limit))

    answers = await asyncio.gather(*(desk.commit(attempt(n)) for n in range(20)))
    assert sum(isinstance(a, Booked) for a in answers) == 2
    assert answers.count(Taken((), "limit")) == 18


# -- a crash between any two statements -------------------------------------------------------------


class Crash(RuntimeError):
    pass


@dataclass
class Fuse:
    """Lets so many statements of the guard pass, and then ends the unit."""

    left: int

    def burn(self) -> None:
        if self.left == 0:
            raise Crash
        self.left -= 1

    def on(self, tx: Tx) -> None:
        inner: Any = tx._cursor
        fuse = self

        class Cursor:
            def __getattr__(self, name: str) -> Any:
                if name.startswith("execute"):
                    fuse.burn()
                return getattr(inner, name)

        tx._cursor = Cursor()


def verbs() -> Iterable[tuple[str, Callable[[Tx], object]]]:
    panel = (seat("p_a", 30, 60), seat("p_b", 30, 60))
    yield "hold", lambda tx: guard.hold(tx, ask("h9", seat("p_a", 200), seat("p_b", 240)), LATER)
    yield "hold refused", lambda tx: guard.hold(tx, ask("h9", *panel, key="k"), LATER)
    yield "book", lambda tx: guard.book(tx, ask("b9", seat("p_a", 200), seat("p_b", 240), key="k"))
    yield "confirm", lambda tx: confirm(tx, "h1", key="k")
    yield "confirm late", lambda tx: confirm(tx, "h1", LATER, key="k")
    yield "confirm a move", lambda tx: confirm(tx, "h2", key="k")
    yield "reschedule", lambda tx: guard.reschedule(tx, ask("b1", seat("p_a", 30, 60), seat("p_c", 60), key="k"))
    yield "release", lambda tx: guard.release(tx, T, "h1", NOW)
    yield "cancel", lambda tx: guard.cancel(tx, T, "b1", NOW)
    yield "sweep", lambda tx: guard.sweep(tx, T, LATER)


@pytest.mark.parametrize(("name", "verb"), list(verbs()), ids=[name for name, _ in verbs()])
async def test_a_crash_between_any_two_statements_leaves_nothing(
    desk: Store, name: str, verb: Callable[[Tx], object]
) -> None:
    await desk.commit(lambda tx: guard.book(tx, ask("b1", seat("p_a", 0, 60), seat("p_b", 0, 60))))
    await desk.commit(lambda tx: guard.hold(tx, ask("h1", seat("p_c"), seat("p_a", 120)), LATER))
    await desk.commit(lambda tx: guard.hold(tx, ask("h2", seat("p_b", 40, 60)), LATER, "b1"))
    before = await desk.read(everything)
    fuse = Fuse(0)
    event.listen(desk.engine, "before_cursor_execute", lambda *_: fuse.burn())

    def unit(tx: Tx) -> object:
        fuse.on(tx)
        answer = verb(tx)
        fuse.burn()  # and after the last one, before the commit
        return answer

    for n in range(60):
        fuse.left = n
        try:
            answer = await desk.commit(unit)
        except Crash:
            fuse.left = 1000
            assert await desk.read(everything) == before, f"{name} left something after {n} statements"
        else:
            break
    else:
        pytest.fail("it never got through")
    fuse.left = 1000
    assert n > 3
    assert isinstance(answer, Taken) == (name == "hold refused")
    assert await desk.read(everything) != before


# -- against a simple model -------------------------------------------------------------------------

MINUTES = st.integers(0, 24).map(lambda n: n * 5)
SEATS = st.lists(
    st.tuples(st.sampled_from(PEOPLE), MINUTES, st.integers(1, 60)), min_size=1, max_size=3, unique_by=lambda s: s[0]
).map(lambda found: tuple(seat(*s) for s in found))


@dataclass
class Kept:
    """What the model knows of one hold or booking."""

    seats: tuple[Seat, ...]
    state: str
    release_at: int | None
    version: int

    def cells(self) -> set[tuple[str, int]]:
        return {(s.interviewer_id, m // 5) for s in self.seats for m in range(s.start, s.end)}


class Desk(RuleBasedStateMachine):
    """Holds and bookings in a dictionary, minute by minute; the guard must agree at every step."""

    store: Store
    names = Bundle("names")

    @initialize()
    def start(self) -> None:
        self.kept: dict[str, Kept] = {}
        self.now, self.n = NOW, 0

        def clean(tx: Tx) -> None:
            for model in (*TABLES, Interviewer):
                tx.delete(model, {})
            tx.insert(Interviewer, [{"tenant_id": T, "id": p, **NEW} for p in PEOPLE])

        self.store.commit_now(clean)

    def live(self, kept: Kept) -> bool:
        held = kept.state == "held" and kept.release_at is not None and kept.release_at > self.now
        return held or kept.state == "booked"

    def free(self, seats: tuple[Seat, ...], but: str = "") -> bool:
        mine = Kept(seats, "", None, 0).cells()
        return not any(mine & k.cells() for name, k in self.kept.items() if name != but and self.live(k))

    @rule(target=names, seats=SEATS, last=st.integers(1, 4))
    def hold(self, seats: tuple[Seat, ...], last: int) -> str:
        self.n += 1
        name, until = f"x{self.n}", self.now + last
        free = self.free(seats)
        answer = self.store.commit_now(lambda tx: guard.hold(tx, ask(name, *seats, now=self.now), until))
        assert answer == Held(name, until) if free else isinstance(answer, Taken)
        if free:
            self.kept[name] = Kept(seats, "held", until, 0)
        return name

    @rule(target=names, seats=SEATS)
    def book(self, seats: tuple[Seat, ...]) -> str:
        self.n += 1
        name, free = f"x{self.n}", self.free(seats)
        answer = self.store.commit_now(lambda tx: guard.book(tx, ask(name, *seats, now=self.now)))
        assert answer == Booked(name, 1) if free else isinstance(answer, Taken)
        if free:
            self.kept[name] = Kept(seats, "booked", None, 1)
        return name

    @rule(name=names)
    def confirm(self, name: str) -> None:
        answer = self.store.commit_now(lambda tx: confirm(tx, name, self.now))
        kept = self.kept.get(name)
        if kept is None or kept.state in ("released", "cancelled"):
            assert answer == Lapsed(name)
        elif kept.state == "booked" or self.free(kept.seats, name):
            kept.state, kept.version = "booked", max(kept.version, 1)
            assert answer == Booked(name, kept.version)
        else:
            assert isinstance(answer, Taken)

    @rule(name=names, seats=SEATS)
    def reschedule(self, name: str, seats: tuple[Seat, ...]) -> None:
        kept = self.kept.get(name)
        answer = self.store.commit_now(lambda tx: guard.reschedule(tx, ask(name, *seats, now=self.now)))
        if kept is None or kept.state != "booked":
            assert answer == Lapsed(name)
        elif self.free(seats, name):
            kept.seats, kept.version = seats, kept.version + 1
            assert answer == Booked(name, kept.version)
        else:
            assert isinstance(answer, Taken)

    @rule(name=names, verb=st.sampled_from([("release", "held", "released"), ("cancel", "booked", "cancelled")]))
    def give_back(self, name: str, verb: tuple[str, str, str]) -> None:
        which, state, freed = verb
        answer = self.store.commit_now(lambda tx: getattr(guard, which)(tx, T, name, self.now))
        kept = self.kept.get(name)
        if kept is None or kept.state not in (state, freed):
            assert answer == Lapsed(name)
            return
        if kept.state == state:
            kept.state, kept.version = freed, kept.version + 1
        assert answer == Freed(name, kept.version)

    @rule(by=st.integers(1, 3))
    def wait(self, by: int) -> None:
        self.now += by

    @rule()
    def sweep(self) -> None:
        self.store.commit_now(lambda tx: guard.sweep(tx, T, self.now))

    @invariant()
    def the_cells_are_those_of_the_model(self) -> None:
        rows = self.store.read_now(lambda tx: tx.find(BusyCell, {}))
        found = {
            (r["interviewer_id"], r["cell"]): r["owner"]
            for r in rows
            if r["release_at"] is None or r["release_at"] > self.now
        }
        assert found == {c: name for name, k in self.kept.items() if self.live(k) for c in k.cells()}


async def test_it_agrees_with_a_simple_model(store: Store, database_kind: str) -> None:
    machine = type("DeskHere", (Desk,), {"store": store})
    many = 60 if database_kind == "sqlite" else 25
    small = settings(max_examples=many, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=small)


# -- several processes ------------------------------------------------------------------------------


def test_processes_that_race(database_url: str) -> None:
    report = race(database_url, processes=3, attempts=80, seed=5)
    assert (report.overlaps, report.lost, report.deadlocks, report.failed) == (0, 0, 0, [])
    assert report.attempts == 240
    assert min(report.answers[a] for a in ("Held", "Booked", "Taken", "Freed")) > 0


@pytest.mark.slow
def test_processes_that_race_for_longer(database_url: str) -> None:
    report = race(database_url, processes=6, attempts=1_000, seed=6)
    assert (report.overlaps, report.lost, report.deadlocks, report.failed) == (0, 0, 0, [])
    assert report.attempts == 6_000
