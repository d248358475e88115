"""Clocks, and the pulse that wakes us. Nothing here sleeps: each wait is for an event, with a deadline."""

import asyncio
import logging

import pytest

from bot.clock import DemoClock, Pulse, SetClock, SystemClock

DEADLINE = 5.0


class Woken:
    """Counts how often it was called, and lets a test wait for a count."""

    def __init__(self) -> None:
        self.times = 0
        self._changed = asyncio.Condition()

    async def __call__(self) -> None:
        async with self._changed:
            self.times += 1
            self._changed.notify_all()

    async def reaches(self, times: int) -> None:
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: self.times >= times), DEADLINE)


@pytest.fixture
async def clock():
    return SetClock(1_800_000_000_000)


@pytest.fixture
async def pulse(clock: SetClock):
    pulse = Pulse(clock)
    pulse.start()
    yield pulse
    pulse.stop()


def test_the_system_clock_counts_milliseconds_of_this_century():
    assert 1_700_000_000_000 < SystemClock().now() < 4_100_000_000_000


def test_the_clock_of_the_demo_skips_forward_and_never_back():
    system = SetClock(1_000)
    demo = DemoClock(system)
    assert demo.now() == 1_000
    assert demo.forward(500) == 1_500
    system.at = 200
    assert demo.now() == 1_500, "the machine's time was set back"
    with pytest.raises(ValueError, match="only goes forward"):
        demo.forward(-1)
    assert (demo.now(), demo.offset) == (1_500, 500)


async def test_what_is_due_already_is_woken_at_once(pulse: Pulse, clock: SetClock):
    woken = Woken()
    pulse.arm(clock.now() - 60_000, woken)
    await woken.reaches(1)
    assert pulse.next_due is None


async def test_only_the_earliest_is_kept(pulse: Pulse, clock: SetClock):
    early, late = Woken(), Woken()
    pulse.arm(clock.now() + 900_000, late)
    pulse.arm(clock.now() + 600_000, early)
    pulse.arm(clock.now() + 700_000, late)
    assert pulse.next_due == clock.now() + 600_000
    clock.forward(600_000)
    pulse.arm(clock.now() + 1, late)
    await early.reaches(1)
    assert (early.times, late.times) == (1, 0)


async def test_what_was_woken_may_arm_again_at_once(pulse: Pulse, clock: SetClock):
    last, count = Woken(), 0

    async def again() -> None:
        nonlocal count
        count += 1
        pulse.arm(clock.now(), again if count < 5 else last)

    pulse.arm(clock.now(), again)
    await last.reaches(1)
    assert count == 5


async def test_armed_before_the_start_is_not_forgotten(clock: SetClock):
    pulse, woken = Pulse(clock), Woken()
    pulse.arm(clock.now(), woken)
    pulse.start()
    await woken.reaches(1)
    pulse.stop()


async def test_it_does_not_wake_before_the_clock_says_so(clock: SetClock):
    asked = asyncio.Event()

    class Watched(SetClock):
        reads = 0

        def now(self) -> int:
            self.reads += 1
            if self.reads > 3:
                asked.set()
            return self.at

    still, woken = Watched(clock.at), Woken()
    pulse = Pulse(still)
    pulse.start()
    pulse.arm(still.at + 5, woken)
    await asyncio.wait_for(asked.wait(), DEADLINE)
    assert woken.times == 0, "5 ms went by outside, none by our clock"
    still.forward(5)
    pulse.arm(still.at, woken)
    await woken.reaches(1)
    pulse.stop()


async def test_a_failure_while_awake_does_not_end_the_pulse(
    pulse: Pulse, clock: SetClock, caplog: pytest.LogCaptureFixture
):
    woken = Woken()

    async def fails() -> None:
        pulse.arm(clock.now(), woken)
        raise RuntimeError("as planned")

    with caplog.at_level(logging.ERROR, "apscheduler.executors.default"):
        pulse.arm(clock.now(), fails)
        await woken.reaches(1)
    assert "raised an exception" in caplog.text


async def test_ticks_come_again_and_again(pulse: Pulse):
    replaced, woken = Woken(), Woken()
    pulse.every("digest", 0.01, replaced)
    pulse.every("digest", 0.01, woken)
    await woken.reaches(3)
    assert replaced.times == 0


async def test_nothing_is_woken_after_the_stop(clock: SetClock):
    pulse, woken, other = Pulse(clock), Woken(), Woken()
    pulse.start()
    pulse.arm(clock.now() + 60_000, woken)
    pulse.stop()
    pulse.stop()
    clock.forward(60_000)
    pulse.arm(clock.now(), woken)
    second = Pulse(clock)
    second.start()
    second.arm(clock.now(), other)
    await other.reaches(1)
    assert woken.times == 0
    second.stop()


async def test_after_the_clock_was_moved_nothing_waits_for_the_old_time(pulse: Pulse, clock: SetClock):
    woken = Woken()
    pulse.arm(clock.now() + 86_400_000, woken)
    clock.forward(86_400_000)
    pulse.moved()
    await woken.reaches(1)
