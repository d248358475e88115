"""A screenplay kept between turns (`Acting.more`) does what one replayed from the journal does (`turn`).

`Stage` compares the two at every line of every scene, and so do the random happenings. Here: that it really does, and
when what was kept may not be used.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from flows.cards import Option
from flows.engine import Acting, Turn
from flows.events import Happening, Said, Tapped
from flows.ledger import Journal
from flows.registry import Flow, Play
from flows.stage import START, Stage
from flows.steps import ask, choose, say
from tests.flows.scenes import SCENES, Scene, begun

YES_NO = [Option("y", "Yes"), Option("n", "No")]


async def small(name: str = "Ada") -> str:
    await say("hello", f"Hello {name}.")
    await choose("ready", "Ready?", YES_NO)
    city = await ask("city", "Where are you?")
    await choose("sure", "Sure?", YES_NO)
    return city


PLAY = Play("small", 1, small)
ARGS: dict[str, Any] = {"name": "Ada"}
FLOW = Flow(PLAY, "seed", ARGS)


def acted(*happenings: Callable[[Turn], Happening]) -> Acting:
    acting = Acting(FLOW, Journal(), START)
    last = acting.play(None, None)
    for happening in happenings:
        last = acting.more(last.waiting.token if last.waiting else None, happening(last))
    return acting


def tap(option: str) -> Callable[[Turn], Happening]:
    return lambda last: Tapped(last.waiting.token if last.waiting else "", option, START)


def words(text: str) -> Callable[[Turn], Happening]:
    return lambda _: Said("u1", text, START)


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: s.id)
def test_every_scene_goes_on_without_replaying(scene: Scene):
    stage = scene.act()
    turns = len({e.at for e in stage.journal.entries})
    changed = sum(e.kind in ("reopened", "worded") for e in stage.journal.entries)
    assert stage.went_on >= turns - 1 - changed > 0


def test_a_difference_is_noticed(monkeypatch: pytest.MonkeyPatch):
    honest = Acting.more
    monkeypatch.setattr(Acting, "more", lambda *given: replace(honest(*given), shown=()))
    with pytest.raises(AssertionError, match="differs"):
        begun().says("yes").taps("done").says("help")


def test_what_was_kept_is_of_use_for_the_same_conversation_only():
    acting = acted(tap("y"))
    assert acting.goes_on(FLOW)
    assert acting.goes_on(Flow(PLAY, "seed", ARGS))
    assert not acting.goes_on(Flow(PLAY, "another", ARGS))
    assert not acting.goes_on(Flow(PLAY, "seed", {"name": "Ada Lovelace"}))  # a name was corrected
    assert not acting.goes_on(Flow(Play("small", 2, small), "seed", ARGS))


def test_after_an_end_there_is_nothing_to_go_on_from():
    assert not acted(tap("y"), words("Paris"), tap("y")).goes_on(FLOW)


def test_an_answer_that_is_changed_is_played_again_from_the_beginning():
    acting = acted(tap("y"), words("Paris"))
    assert acting.goes_on(FLOW)
    assert not acted(tap("y"), words("Paris"), tap("~change")).goes_on(FLOW)


def test_after_a_changed_answer_it_goes_on_again():
    stage = Stage(small).taps("y").says("Paris").says("change my last answer").says("Rome").taps("y").ends("Rome")
    assert stage.went_on == 4  # of five: only the turn after the change was replayed
