"""Which recordings without words a reader is told about, and below which question."""

from typing import Any

from bot.store.store import Row
from bot.threads import Conv
from bot.web import unheard
from flows.ledger import Entry, Journal
from flows.turns import token
from flows.words import listen_en

TALK = "c_1"


def talk(*sent: tuple[str, str, dict[str, Any] | None, str]) -> Conv:
    """Recordings: (utterance, the step it answers, what was heard of it or None, or else why not)."""
    steps = dict.fromkeys(step for _, step, _, _ in sent)
    entries = [Entry(step, "asked", None, 1) for step in steps]
    for u, step, heard, why in sent:
        entries.append(Entry("~rec", "spoke", {"u": u, "asked": token(TALK, step), "form": "voice"}, 2))
        if heard is not None:
            entries.append(Entry("~rec", "heard", {"u": u, "seconds": 3, **heard}, 3))
        elif why:
            entries.append(Entry("~rec", "unheard" if why != "dropped" else why, {"u": u, "why": why}, 3))
    return Conv({"id": TALK}, {}, Journal(entries, {}), 1)


def told(conv: Conv, *not_chosen: str) -> list[tuple[str, str, str]]:
    us = [e.value["u"] for e in conv.journal.entries if e.kind == "spoke"]
    rows: dict[str, Row] = {u: {"ms": 12_000, "at": 1, "seq": n} for n, u in enumerate(us)}
    return [(x["id"], x["step"], x["text"]) for x in unheard.lines(rows, [conv], set(not_chosen))]


def test_each_reason_has_its_sentence_and_what_was_heard_or_taken_back_has_none():
    conv = talk(
        ("u_silent", "outage", None, "silence"),
        ("u_large", "outage", None, "too_large"),
        ("u_doubt", "upset#2", {"doubt": "low_confidence"}, ""),
        ("u_heard", "upset", {"doubt": ""}, ""),
        ("u_back", "upset", None, "dropped"),
        ("u_elsewhere", "start.mode", None, "silence"),
    )
    assert told(conv) == [
        ("u_silent", "outage", "A recording of 0:12 had no words that could be heard; it isn't scored."),
        ("u_large", "outage", "A recording of 0:12 couldn't be listened to; it isn't scored."),
        ("u_doubt", "upset#2", listen_en.no_words("0:12", "")),
    ]


def test_of_a_take_that_was_not_chosen_nothing_is_shown():
    conv = talk(("u_first", "outage#2", None, "silence"), ("u_second", "outage.try2", None, "silence"))
    assert [u for u, _, _ in told(conv, "outage")] == ["u_second"]
    assert [u for u, _, _ in told(conv, "outage.try2@2")] == ["u_first"]
