"""Whatever a person does, in any order: nothing raises, and no message is passed over in silence."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.filling import FILL_IN
from flows.recorded.receiving import Received
from flows.requests import Broadcast, Clarification, Enough, FollowUp, Heard, NoClarification, NotHeard, Unavailable
from flows.stage import Stage
from tests.examples import examples
from tests.flows.sample_kit import KIT, VOICE_KIT
from tests.flows.scenes import FORM, KEPT, Acted, alone, begun, heard, invited, rating, voiced
from tests.flows.scenes_booking import ANSWERS, BOOKED, calling_off, choosing, in_paris, moving
from tests.flows.scenes_guide import TALK


def one_by_one() -> Acted:
    s = rating()
    s.taps(FILL_IN)
    return s


def noting() -> Acted:
    s = Acted("guide", TALK | {"version": BOOKED.version})
    s.gets("time#0#1", BOOKED)
    return s


def aloud() -> Acted:
    return voiced()


def recording() -> Acted:
    return alone(kit=VOICE_KIT, hears="on")


OPENINGS = {
    "invite": invited,
    "interview": begun,
    "recorded": alone,
    "interview aloud": aloud,
    "recorded aloud": recording,
    "review": rating,
    "one by one": one_by_one,
    "feedback": heard,
    "booking": choosing,
    "times": in_paris,
    "reschedule": moving,
    "cancel": calling_off,
    "guide": noting,
}
TEXTS = [
    "I rolled it back and called the customer.",
    "What do you mean?",
    "yes",
    "no",
    "1",
    "2",
    "Berlin",
    "10115",
    "skip",
    "pause",
    "continue",
    "stop",
    "change my last answer",
    "more time",
    "help",
    "repeat",
    "talk to a human",
    "where am I?",
    "cancel",
    "reschedule",
    "rather Thursday after 3",
    "my data",
    "another device",
    "fix the words",
    "wrong -> right",
    "take it back",
    "done",
    "4",
    "\u202e~fill f0.4 {0} <b>",
    " \u200b",
    "🎉",
]
OPTIONS = [
    "done",
    "ask",
    "use",
    "add",
    "leave",
    "~help",
    "~pause",
    "~stop",
    "~change",
    "~skip",
    "~accommodate",
    "~mydata",
    "~elsewhere",
    "~fix",
    "~fix.1",
    "~fix.x",
    "~use.1",
    "~drop.2",
    "~drop",
    "~again.1",
    "~use.99",
    FILL_IN,
    "f0.4",
    "f1.~",
    "f1.=",
    "f99.1",
    "c0",
    "change",
    "keep",
    "send",
    "nonsense",
]
COMMANDS = ["help", "repeat", "skip", "pause", "human", "change", "stop", "done", "mydata", "status"]
ONCE = ["old says", "old taps", "command", "edit", "remove", "silence", "learns", "submits"]
HEARD = [
    *(Heard(text, "en", 12, doubt) for text in TEXTS[:8] for doubt in ("", "low_confidence")),
    Heard("", "en", 3),
    NotHeard("silence"),
    NotHeard("trouble"),
    NotHeard("too_long", (30,)),
    Unavailable("down"),
]
KINDS = ["speaks"] * 3 + ["says"] * 5 + ["taps"] * 5 + ["returns"] * 3 + ONCE


def _options(stage: Stage) -> list[str]:
    """The options on the screen most often, then everything else that a button can carry."""
    shown = [o.id for s in stage.pending for o in s.card.options]
    waiting = stage.last.waiting
    done = [waiting.done.id] if waiting and waiting.done else []
    return [*shown, *shown, *done, *done, *OPTIONS]


def _result(draw: Any, key: str, request: Any) -> Any:
    if type(request).__name__ == "Transcribe":
        return draw(st.sampled_from(HEARD))
    if type(request).__name__ in ANSWERS:
        return draw(st.sampled_from([*ANSWERS[type(request).__name__], Unavailable("down")]))
    if "received" in key:
        return draw(st.sampled_from([Received("Sunday 31 January, 17:00"), Unavailable("down")]))
    if "mydata" in key:
        return draw(st.sampled_from([KEPT, Unavailable("down")]))
    if "probe" in key:
        return draw(st.sampled_from([Enough(), FollowUp("result", "How did it end?"), Unavailable("down")]))
    if "earlier" in key:
        return draw(st.sampled_from([Broadcast(), Broadcast(("By phone.",)), Unavailable("down")]))
    return draw(st.sampled_from([Clarification("Like this."), NoClarification(), Unavailable("down")]))


def _one(stage: Acted, draw: Any) -> None:
    kind = draw(st.sampled_from(KINDS))
    if kind in ("says", "old says"):
        asked = draw(st.sampled_from(sorted(stage.tokens))) if kind == "old says" and stage.tokens else None
        stage.says(draw(st.sampled_from(TEXTS)), asked=asked)
        _accounted_for(stage)
    elif kind == "speaks":
        form = draw(st.sampled_from(["voice", "video"]))
        stage.speaks(draw(st.sampled_from([2, 90])), form=form, prepared=draw(st.booleans()))
        assert stage.last.shown or stage.last.calls, stage.transcript[-8:]
    elif kind in ("taps", "old taps"):
        option = draw(st.sampled_from(_options(stage)))
        asked = draw(st.sampled_from(sorted(stage.tokens))) if kind == "old taps" and stage.tokens else None
        stage.taps(option, asked=asked)
    elif kind == "command":
        stage.commands(draw(st.sampled_from(COMMANDS)))
    elif kind in ("edit", "remove") and stage.told:
        nth = draw(st.integers(1, stage.told))
        _ = stage.edits(nth, "in other words") if kind == "edit" else stage.removes(nth)
    elif kind == "silence" and stage.last.wakes:
        stage.waits(draw(st.sampled_from([w.about for w in stage.last.wakes])))
    elif kind == "returns" and stage.calls:
        key = draw(st.sampled_from(sorted(stage.calls)))
        stage.gets(key, _result(draw, key, stage.calls[key]))
    elif kind == "learns":
        stage.learns(draw(st.sampled_from(["team_replied", "times_opened"])), who="Mira", text="By phone.")
    elif kind == "submits" and stage.last.waiting:
        stage.submits(**draw(st.sampled_from([FORM, {}, {"ownership.level": "9"}])))


def _accounted_for(stage: Stage) -> None:
    """The last message is part of something, was offered a place, was an order or an answer, or was refused kindly."""
    u, last = f'"u{stage.told}"', stage.last
    kept = any(u in json.dumps(e.value) or e.kind in ("answer", "repair", "repaired") for e in last.entries)
    assert kept or last.shown, stage.transcript[-8:]


@pytest.mark.parametrize("name", OPENINGS)
@settings(
    max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(data=st.data())
def test_nothing_raises_and_no_message_is_lost(name: str, data: st.DataObject):
    stage = OPENINGS[name]()
    for _ in range(data.draw(st.integers(5, 30))):
        _one(stage, data.draw)


FORWARD = (
    "f0.4",
    "f2.none",
    "f4.yes",
    "send",
    "submit",
    "now",
    "yes",
    "none",
    "go",
    "no",
    "start",
    "thanks",
    "keep",
    "stay",
    "human",
    "unknown",
    "pass",
    "1",
)


def _cooperate(stage: Acted, whole: bool) -> None:
    """One helpful step: whatever is open is answered, whatever was asked of the world comes back."""
    waiting = stage.last.waiting
    if waiting is None and not stage.calls:
        stage.learns("extended", day="Sunday 31 January")
    elif waiting is None or stage.calls:
        key = next(iter(stage.calls))
        came = {
            "probe": Enough(),
            "earlier": Broadcast(),
            "mydata": KEPT,
            "received": Received("Sunday 31 January, 17:00"),
        }
        asked = type(stage.calls[key]).__name__
        if asked == "Transcribe":
            stage.gets(key, Heard("An answer.", "en", 12))
            return
        if asked in ANSWERS:
            stage.gets(key, ANSWERS[asked][0])
            return
        stage.gets(key, next((value for part, value in came.items() if part in key), Clarification("So.")))
    elif waiting.done:
        stage.says("An answer.").taps("done")
    elif waiting.answering and waiting.key.startswith("form"):
        stage.says("Says what was done.")
    elif waiting.answering and not stage.cards[waiting.token].options:
        stage.says("Paris")
    elif stage.cards[waiting.token].fields:
        _ = stage.submits(**FORM) if whole else stage.taps(FILL_IN)
    else:
        options = [o.id for o in stage.cards[waiting.token].options if not o.id.startswith("~")]
        if options:
            stage.taps(next(o for o in (*FORWARD, *options) if o in options))
        else:
            stage.says("repeat")  # the newest card was about a recording


@pytest.mark.parametrize("name", OPENINGS)
@settings(
    max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(data=st.data())
def test_however_untidy_it_was_a_conversation_can_be_finished(name: str, data: st.DataObject):
    stage = OPENINGS[name]()
    whole = data.draw(st.booleans())  # forms are sent off at once, or filled in field by field
    for _ in range(data.draw(st.integers(0, 15))):
        _one(stage, data.draw)
    for _ in range(60):
        if stage.last.state == "ended":
            break
        _cooperate(stage, whole)
    assert stage.last.state == "ended", stage.transcript[-12:]
    if name.startswith(("interview", "recorded")) and stage.last.result != "withdrawn":
        answers = stage.last.result["answers"]
        assert [a["question"] for a in answers] == [q.id for q in KIT.questions]
        said = {u for a in answers for u in a["utterances"]}
        assert said <= set(stage.journal.told)
        assert all(a["skipped"] == (not a["utterances"]) for a in answers)
