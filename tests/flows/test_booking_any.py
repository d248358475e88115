"""Whatever a person does, what they are told about a booking is what the world did."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.requests import Unavailable
from flows.scheduling import Cancelled, HoldSlot, SlotBooked, SlotGone
from tests.examples import examples
from tests.flows.acted import Acted
from tests.flows.scenes_booking import ANSWERS, calling_off, in_paris, moving

TEXTS = ["yes", "no", "1", "cancel", "change my last answer", "Friday", "pause", "help", "keep", "thanks"]
KINDS = ["on"] * 8 + ["taps"] * 3 + ["returns"] * 3 + ["says"] * 3 + ["change"] * 2 + ["learns"]
ONWARD = ("book", "cancel", "t0", "t1", "t2", "d0", "untold", "yes", "again")
TELLS = {SlotBooked: "It's booked", Cancelled: "It's cancelled"}


class World:
    """Plays the world's part and remembers what it did."""

    def __init__(self, stage: Acted) -> None:
        self.stage, self.did, self.gone = stage, list[Any](), set[str]()

    def one(self, draw: Any) -> None:
        stage, kind = self.stage, draw(st.sampled_from(KINDS))
        if kind == "on":
            self.on()
        elif kind == "returns" and stage.calls:
            self.answer(draw)
        elif kind == "taps" and stage.last.waiting:
            stage.taps(draw(st.sampled_from([o.id for o in stage.cards[stage.last.waiting.token].options] or ["x"])))
        elif kind == "learns":
            stage.learns("times_opened")
            self.gone.clear()
        else:
            text = "change my last answer" if kind == "change" else draw(st.sampled_from(TEXTS))
            if text.startswith("change"):
                self.gone.clear()  # what came after the changed answer no longer counts; the next search knows better
            stage.says(text)

    def on(self) -> None:
        """One step towards a booking, or a cancelled one."""
        stage = self.stage
        if stage.calls:
            key = min(stage.calls)
            self.give(key, ANSWERS.get(type(stage.calls[key]).__name__, [Unavailable("down")])[0])
        elif stage.last.waiting:
            options = [o.id for o in stage.cards[stage.last.waiting.token].options]
            stage.taps(next((o for o in ONWARD if o in options), "x"))

    def answer(self, draw: Any) -> None:
        key = draw(st.sampled_from(sorted(self.stage.calls)))
        self.give(
            key, draw(st.sampled_from([*ANSWERS.get(type(self.stage.calls[key]).__name__, ()), Unavailable("down")]))
        )

    def give(self, key: str, value: Any) -> None:
        request = self.stage.calls[key]
        if isinstance(request, HoldSlot):
            assert request.slot not in self.gone, "a lost time was offered again"
        if isinstance(value, SlotGone) and isinstance(request, HoldSlot):
            self.gone.add(request.slot)
        if isinstance(value, SlotBooked | Cancelled):
            self.did.append(value)
        self.stage.gets(key, value)


@pytest.mark.parametrize("begin", [in_paris, moving, calling_off])
@settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(data=st.data())
def test_what_is_said_of_a_booking_is_so(begin: Any, data: st.DataObject):
    world = World(begin())
    for _ in range(data.draw(st.integers(10, 60))):
        if world.stage.last.state == "ended":
            break
        world.one(data.draw)
    said = "\n".join(world.stage.transcript)
    assert all((text in said) == any(type(d) is kind for d in world.did) for kind, text in TELLS.items()), said
    if world.did:
        assert world.stage.last.state == "ended"
        assert "stays as it is" not in said
    facts = [f.name for f in world.stage.facts]
    assert facts.count("booked") + facts.count("booking_cancelled") == len(world.did)
    keys = [(e.key, e.value) for e in world.stage.journal.entries if e.kind == "said"]
    assert len({key for key, _ in keys}) == len(keys), "something was said twice"
