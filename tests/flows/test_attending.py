"""The four conversations around a booked time, whatever people do and however they put it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import attending
from flows.playbill import PLAYBILL
from flows.repair import OWN
from flows.requests import Unavailable
from flows.scheduling import Colleagues, TooLate
from flows.steps import Wrong
from tests.flows.scenes import KEPT
from tests.flows.scenes_attending import (
    INTERVIEWER,
    WHEN,
    Acted,
    asked_after,
    cannot_come,
    edited,
    reminded,
    reminded_soon,
    stands,
)

OPENINGS: dict[str, Callable[[], Acted]] = {
    "reminder": reminded_soon,
    "reminder of an interviewer": lambda: reminded(**INTERVIEWER),
    "noshow": asked_after,
    "noshow of an interviewer": lambda: asked_after(**INTERVIEWER),
    "swap": cannot_come,
    "outside": edited,
}
RESULTS = {
    "reminder": {"confirm", "late", "other", "cancel", "snooze", "changed", "lapsed"},
    "noshow": {
        "here",
        "not_here",
        "late",
        "cannot",
        "silent",
        "absent",
        "changed",
        "text_now",
        "recorded",
        "rebook",
        "person",
    },
    "swap": {"taken", "kept", "late", "lapsed", "changed"},
    "outside": {"moved", "cancelled", "put_back", "replace", "ask_again", "settled", "lapsed"},
}
FACTS = {
    "reminder": {
        "attendance",
        "snoozed",
        "reschedule_asked",
        "swap_asked",
        "cancel_asked",
        "human_asked",
        "handover_asked",
    },
    "noshow": {"attendance", "rescue", "human_asked", "handover_asked"},
    "swap": {"swap_said"},
    "outside": {"outside_answer"},
}
BROUGHT: dict[str, list[Any]] = {
    "HowItStands": [stands(), stands(left=None), stands(version=9), stands(state="cancelled"), Unavailable("down")],
    "AskColleagues": [Colleagues(2, WHEN), Colleagues(0, WHEN), TooLate("It has begun."), Unavailable("down")],
    "MyData": [KEPT, Unavailable("down")],
}
TEXTS = [
    *(
        "yes",
        "no",
        "late",
        "late 10",
        "I can't",
        "I'm ill",
        "I'm here",
        "not yet",
        "1",
        "7",
        "90",
        "remind me in 2 hours",
    ),
    *("cancel", "stop", "pause", "continue", "help", "repeat", "change my last answer", "talk to a human", "my data"),
    *("where am I?", "another device", "skip", "again", "That is a longer message that belongs nowhere at all here."),
    *("", " \u200b", "🎉", "{0} <b>", "0 minutes", "9999 hours"),
]
COMMANDS = ["help", "repeat", "skip", "pause", "human", "change", "stop", "status", "nonsense"]


def _one(stage: Acted, draw: Any) -> None:
    kind = draw(
        st.sampled_from(["says", "says", "taps", "taps", "old", "returns", "returns", "learns", "time", "command"])
    )
    if kind == "says":
        stage.says(draw(st.sampled_from(TEXTS)))
        u, last = f'"u{stage.told}"', stage.last
        kept = any(u in json.dumps(e.value) or e.kind in ("answer", "repair", "repaired") for e in last.entries)
        assert kept or last.shown, stage.transcript[-8:]
    elif kind == "taps" and stage.last.waiting:
        card = stage.cards[stage.last.waiting.token]
        stage.taps(draw(st.sampled_from([o.id for o in card.options] + ["~help", "~human", "nonsense"])))
    elif kind == "old" and stage.tokens:
        stage.taps(
            draw(st.sampled_from(["confirm", "other", "cancel", "5"])),
            asked=draw(st.sampled_from(sorted(stage.tokens))),
        )
    elif kind == "returns" and stage.calls:
        key = draw(st.sampled_from(sorted(stage.calls)))
        stage.gets(key, draw(st.sampled_from(BROUGHT[type(stage.calls[key]).__name__])))
    elif kind == "learns":
        said = draw(st.sampled_from(["late", "here", "cannot"]))
        stage.learns(
            draw(st.sampled_from(["other_answered", "taken_over", "team_replied"])), **(NEWS | {"answer": said})
        )
    elif kind == "time" and stage.last.wakes:
        stage.waits(draw(st.sampled_from([w.about for w in stage.last.wakes])))
    elif kind == "command":
        stage.commands(draw(st.sampled_from(COMMANDS)))


NEWS: dict[str, Any] = {"who": "Ben", "by": "Cleo", "text": "By phone.", "answer": "late", "minutes": 5}


def _finish(stage: Acted) -> None:
    """Whatever is open is answered, whatever was asked of the world comes back, whatever is waited for happens."""
    for _ in range(30):
        if stage.last.state == "ended":
            return
        if stage.calls and stage.last.waiting is None:
            key = next(iter(stage.calls))
            stage.gets(key, BROUGHT[type(stage.calls[key]).__name__][0])
        elif stage.last.waiting is None:
            stage.waits("until")
        else:
            stage.taps(stage.cards[stage.last.waiting.token].options[0].id)


@pytest.mark.parametrize("name", OPENINGS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_whatever_happens_it_ends_as_promised(name: str, data: st.DataObject):
    stage = OPENINGS[name]()
    play = stage.flow.play.name
    for _ in range(data.draw(st.integers(0, 15))):
        _one(stage, data.draw)
    _finish(stage)
    assert stage.last.state == "ended", stage.transcript[-12:]
    assert stage.last.result in RESULTS[play]
    assert {f.name for f in stage.facts} <= FACTS[play]
    once = [f.name for f in stage.facts if not f.name.endswith(("attendance", "human_asked", "handover_asked"))]
    assert len(once) == len(set(once)), stage.facts


def test_the_results_are_all_that_is_seen_here():
    assert {PLAYBILL.newest(name).name for name in RESULTS} == {
        f.flow.play.name for f in (make() for make in OPENINGS.values())
    }


@pytest.mark.parametrize("name", ["swap", "outside"])
def test_who_is_no_candidate_never_reads_about_one(name: str):
    assert not (OWN | {"human"}) & OPENINGS[name]().flow.repairs
    assert not (OWN | {"human"}) & OPENINGS["reminder of an interviewer"]().flow.repairs
    assert OWN | {"human"} <= OPENINGS["reminder"]().flow.repairs


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("10", 10),
        ("10 min", 10),
        ("in 10m", 10),
        ("10 or 15 minutes", 15),
        ("ten minutes", 10),
        ("half an hour", 30),
        ("an hour", 60),
        ("2 hours", 120),
        ("1h", 60),
        ("soon", None),
        ("a lot", None),
        ("12345", None),
    ],
)
def test_minutes(text: str, n: int | None):
    assert attending.minutes(text) == n


@given(st.text(max_size=60))
def test_any_words_can_be_read(text: str):
    n = attending.minutes(text)
    late = attending.how_late(text)
    assert n is None or n >= 0
    assert isinstance(late, Wrong) or late == "other" or 0 < int(late) <= attending.MOST_LATE
    assert (attending.lateness(text) or "late").startswith("late")
    assert not (attending.agrees(text) and "?" in text)
    assert attending.numbered(text, ("a", "b")) in (None, "a", "b")
