"""A conversation that the team calls off ends wherever it stands, kindly and for good."""

from collections.abc import Callable

import pytest

from flows.stage import Stage
from tests.flows.scenes import begun

BYE = "The team has closed this. Thank you."


@pytest.mark.parametrize(
    "until",
    [
        lambda stage: stage,
        lambda stage: stage.says("Once."),
        lambda stage: stage.says("skip"),
        lambda stage: stage.says("pause"),
        lambda stage: stage.waits("nudge").waits("park"),
    ],
    ids=["asked", "half answered", "in a repair", "paused", "parked by silence"],
)
def test_it_ends_wherever_it_stands(until: Callable[[Stage], Stage]):
    stage = until(begun())
    open_question = stage.last.waiting
    stage.pending = []
    stage.learns("called_off", text=BYE).bot(BYE).ends("called_off")
    assert stage.last.wakes == ()
    assert stage.last.waiting is None
    assert open_question is not None
    assert len(stage.last.settled) == 1, "the buttons of the open question go"
    stage.says("Hello?")
    assert stage.last.state == "ended"
    assert [s.key for s in stage.last.shown] == ["over"]


def test_twice_is_once():
    stage = begun()
    stage.pending = []
    stage.learns("called_off", text=BYE).bot(BYE)
    stage.learns("called_off", text=BYE).quietly().ends("called_off")
