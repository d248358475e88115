"""The protocol without a network: what is asked, what is believed, what may be asked back."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rating.followup import forbidden_quotes
from flows.rating.protocol import (
    Malformed,
    Sample,
    check_follow_up,
    combine,
    judge_messages,
    judge_schema,
    merge,
    neutral,
    numbered,
    prompt_hash,
    shuffled,
    verify,
)
from tests.flows.rating.small_kit import GOOD, KIT, OUTAGE, OWNERSHIP
from tests.shared import shared

KEYS = tuple(OWNERSHIP.indicators)
LINES = numbered((("u1", GOOD),))
FORBIDDEN = forbidden_quotes(KIT, OUTAGE, ("What did the vendor say to you then?",))


def raw(*entries: dict[str, Any], **more: Any) -> str:
    given_ids = {e["id"] for e in entries}
    rest = [{"id": k, "sentence_ids": [], "quote": "", "status": "no_evidence"} for k in KEYS if k not in given_ids]
    return json.dumps({"indicators": [*entries, *rest], "contradictions": [], "insufficient_evidence": False, **more})


def met(key: str, quote: str, *ids: int, status: str = "met") -> dict[str, Any]:
    return {"id": key, "sentence_ids": list(ids), "quote": quote, "status": status}


def checked(text: str, lines: Any = LINES) -> Sample:
    sample = verify(text, keys=KEYS, lines=lines, forbidden=FORBIDDEN, canary="mark-1")
    assert isinstance(sample, Sample)
    return sample


def test_a_true_quote_is_found_at_its_place_whatever_its_punctuation():
    sample = checked(raw(met("own_step", "i RESTARTED  the server; and looked", 2)))
    first = sample.checked[0]
    assert first.status == "met"
    assert first.quote == "I restarted the server and looked"
    assert first.span is not None
    assert GOOD[first.span.start : first.span.end] == first.quote
    assert sample.rejected == 0


@pytest.mark.parametrize(
    ("quote", "ids"),
    [
        ("I increased revenue by 40 percent", (2,)),  # never said
        ("I restarted the server and looked", (1,)),  # said, but not in the sentence that was cited
        ("I restarted the server and looked", ()),
        ("I restarted the server and looked", (99,)),
        ("restarted the server", (2,)),  # three words
        ("", (2,)),
        ("Which part was yours? I restarted", (2,)),
    ],
)
def test_a_quote_that_does_not_check_out_is_no_evidence(quote: str, ids: tuple[int, ...]):
    sample = checked(raw(met("own_step", quote, *ids)))
    assert (sample.checked[0].status, sample.checked[0].quote, sample.rejected) == ("no_evidence", "", 1)


@pytest.mark.parametrize(
    "foreign", ["something you were responsible for broke", "What did the vendor say", OWNERSHIP.anchors[5]]
)
def test_words_of_the_interviewer_or_the_rubric_are_not_the_candidates_evidence(foreign: str):
    lines = numbered((("u1", f"You asked: {foreign}"),))
    number = next(line.id for line in lines)
    assert checked(raw(met("own_step", foreign, number)), lines).rejected == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("I would give 5", "not_json"), ("[1]", "not_json"), ("{}", "not_the_schema"), (raw(score=5), "not_the_schema"),
        (raw(met("own_step", "", status="5")), "not_the_schema"), (raw(insufficient_evidence="no"), "not_the_schema"),
        (raw(met("other", "")), "wrong_indicators"), (raw(met("result", ""), met("result", "")), "wrong_indicators"),
        (raw(met("own_step", "the mark-1 is")), "leak"), ("[" * 100_000, "not_json"),
    ],
)  # fmt: skip
def test_anything_but_the_schema_is_void(text: str, why: str):
    assert verify(text, keys=KEYS, lines=LINES, forbidden=(), canary="mark-1") == Malformed(why)


def test_a_code_fence_is_allowed_and_prose_is_not():
    assert checked(f"```json\n{raw()}\n```").rejected == 0
    assert verify(f"Here: {raw()}", keys=KEYS, lines=LINES, forbidden=(), canary="") == Malformed("not_json")


@given(st.lists(st.text(min_size=1, max_size=60), max_size=5), st.text(max_size=60), st.integers(0, 6))
def test_whatever_a_model_quotes_what_is_kept_is_the_candidates_text(said: list[str], quote: str, number: int):
    lines = numbered([(f"u{n}", t) for n, t in enumerate(said)])
    quotes = [quote, *(line.clean for line in lines)]
    for q in quotes:
        sample = checked(raw(met("own_step", q, number), met("result", q, *(line.id for line in lines))), lines)
        for c in sample.checked:
            assert (c.span is None) == (c.status == "no_evidence")
            if c.span is not None:
                assert said[int(c.span.utterance_id[1:])][c.span.start : c.span.end] == c.quote


def test_samples_combine_to_the_middle_and_keep_a_quote():
    good = checked(raw(met("own_step", "I restarted the server and looked", 2), met("result", LINES[3].text, 4)))
    part = checked(raw(met("own_step", "I restarted the server and looked", 2)))
    j = combine([good, good, part], OWNERSHIP, words=50)
    assert (j.level, j.band, j.stable, j.reason) == (3, (2, 3), True, "")
    assert {c.indicator: c.status for c in j.checked}["result"] == "met"
    assert next(c for c in j.checked if c.indicator == "own_step").quote.startswith("I restarted")


def test_the_lowest_level_needs_an_answer_and_clean_quotes():
    empty, forged = checked(raw()), checked(raw(met("result", "never said that at all", 1)))
    assert combine([empty] * 3, OWNERSHIP, words=50).level == 1
    assert combine([empty] * 3, OWNERSHIP, words=24).reason == "too_short"
    assert combine([empty, empty, forged], OWNERSHIP, words=50).reason == "quotes_rejected"
    assert combine([forged] * 3, OWNERSHIP, words=50).reason == "quotes_rejected"
    thin = checked(raw(insufficient_evidence=True))
    assert combine([empty, empty, thin], OWNERSHIP, words=50).reason == "insufficient_evidence"
    assert combine([], OWNERSHIP, words=50).reason == "schema_failure"


def test_answers_merge_to_the_better_reading_and_a_thin_one_is_not_counted_as_missing():
    good = checked(raw(met("own_step", "I restarted the server and looked", 2)))
    merged = merge([checked(raw()), good])
    assert merged.checked[0].status == "met"
    only = Sample(good.checked[:1])
    thin = Sample(good.checked[1:], insufficient=True)
    assert merge([only, thin]).insufficient
    assert not merge([good, thin]).insufficient


def test_the_schema_has_no_score_and_puts_evidence_before_the_status():
    schema = judge_schema(KEYS)
    indicator = schema["properties"]["indicators"]["items"]
    assert list(indicator["properties"]) == ["id", "sentence_ids", "quote", "status"]
    assert indicator["additionalProperties"] is schema["additionalProperties"] is False
    assert "score" not in json.dumps(schema)
    assert len(prompt_hash()) == 12


def test_a_message_holds_the_candidates_words_once_clean_and_inside_json():
    for row in shared("cases", "injections.jsonl").read_text(encoding="utf-8").splitlines():
        lines = numbered((("u1", json.loads(row)["text"]),))
        system, user = judge_messages(OUTAGE, OWNERSHIP, KEYS, lines, delimiter="--d--", canary="mark-1")
        head, opening, said, closing = user["content"].split("\n")
        assert opening == closing == "--d--"
        assert [s["text"] for s in json.loads(said)["candidate_sentences"]] == [line.clean for line in lines]
        assert set(json.loads(head)) == {"question", "interviewer_said", "topic", "indicators", "delimiter"}
        assert system["content"].endswith("mark-1")
        assert "<|" not in said


def test_the_order_is_repeatable_and_changes_from_call_to_call():
    assert shuffled(KEYS, 7, 1) == shuffled(KEYS, 7, 1)
    assert {shuffled(KEYS, 7, n) for n in range(20)} != {KEYS}
    assert all(sorted(shuffled(KEYS, 7, n)) == sorted(KEYS) for n in range(20))


def test_the_neutral_reading_has_no_repetition_and_no_filler():
    lines = numbered((("u1", "Um, I fixed the server. It was late. I fixed, uh, the server. It was late."),))
    plain = neutral(lines)
    assert [line.id for line in plain] == [1, 2]
    assert plain[0].clean == "I fixed the server."
    assert neutral(LINES) == LINES


def test_a_follow_up_is_one_plain_question():
    fine = "What did you do first when you saw the alarm?"
    assert check_follow_up(f"  {fine}\n", KIT, OUTAGE, "mark-1") == fine
    for text in (
        "", "Tell me.", "What? Why?", fine + " mark-1 ok?", OUTAGE.ask, "a" * 300 + "?", "Hi <@U012AB3CD>, what happened?",
        "So you say what they did themselves, in the first person?", "Are you married, by the way?",
        "Can you name own steps, a measured outcome, a choice between ways and what changed?",
    ):  # fmt: skip
        assert check_follow_up(text, KIT, OUTAGE, "mark-1") is None, text
