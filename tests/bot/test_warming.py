"""What is slow to load is loaded in a thread, in order, and not after the end."""

import asyncio
import threading

from bot.warming import Warming


async def test_it_loads_in_order_and_away_from_the_loop():
    seen, done = list[tuple[str, bool]](), threading.Event()

    def step(name: str) -> None:
        seen.append((name, threading.current_thread() is threading.main_thread()))

    warming = Warming((lambda: step("first"), lambda: step("second"), done.set), after=0)
    warming.start()
    assert seen == []
    await asyncio.to_thread(done.wait, 10)
    assert seen == [("first", False), ("second", False)]


async def test_nothing_more_is_loaded_after_the_end():
    begun, may_end, seen = threading.Event(), threading.Event(), list[str]()

    def first() -> None:
        begun.set()
        may_end.wait(10)

    warming = Warming((first, lambda: seen.append("second")), after=0)
    warming.start()
    await asyncio.to_thread(begun.wait, 10)
    warming.stop()
    may_end.set()
    await asyncio.get_running_loop().shutdown_default_executor()
    assert seen == []
