"""Where words are spoken, also corrected ones, and the captions made of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.recordings.captions import webvtt
from bot.recordings.transcripts import aligned, stretch

HEARD = (
    ("We", 0, 200, 0.9),
    ("used", 200, 500, 0.9),
    ("cuban", 500, 900, 0.4),
    ("eatis", 900, 1300, 0.4),
    ("daily.", 1300, 1700, 0.9),
)


def said(text: str) -> list[tuple[str, int, int]]:
    return [(text[a:b], start, end) for a, b, start, end in aligned(HEARD, text)]


def test_what_was_heard_stands_where_it_was_heard():
    assert said("We used cuban eatis daily.") == [(w, a, b) for w, a, b, _ in HEARD]


@pytest.mark.parametrize(
    ("corrected", "expected"),
    [
        ("We used Kubernetes daily.", ("Kubernetes", 500, 1300)),  # two words were one
        ("We used cuban eatis every day.", ("every", 1300, 1522)),  # one was two, which share its time by their length
        ("Well, we used cuban eatis daily.", ("Well,", 0, 0)),  # one was never heard
    ],
)
def test_a_corrected_word_stands_in_the_place_of_what_it_replaces(corrected: str, expected: tuple[str, int, int]):
    assert expected in said(corrected)


def test_case_and_punctuation_are_no_difference():
    assert [w[1:] for w in said("we USED cuban, eatis daily")] == [w[1:3] for w in HEARD]


@given(st.text(alphabet="abc ,.\n", max_size=60), st.lists(st.sampled_from(["a", "b", "c", "ab", "abc"]), max_size=12))
def test_any_wording_of_any_recording_goes_forward_in_time_and_covers_every_word(text: str, heard: list[str]):
    words = tuple((w, n * 300, n * 300 + 250, 0.9) for n, w in enumerate(heard))
    found = aligned(words, text)
    assert [text[a:b] for a, b, _, _ in found] == (text.split() if heard else [])
    assert all(start <= end for _, _, start, end in found)
    assert [t[2] for t in found] == sorted(t[2] for t in found)


def test_the_stretch_of_some_characters_is_that_of_the_words_they_touch():
    text = "We used cuban eatis daily."
    found = aligned(HEARD, text)
    assert stretch(found, text.index("cuban"), text.index("eatis") + 2) == (500, 1300)
    assert stretch(found, 400, 500) is None


def test_captions_are_short_lines_that_end_at_a_pause_and_escape_markup():
    text = "I wrote <b> & left it. " + "Then " * 12
    words = tuple(
        (w, n * 400 + (3000 if n > 5 else 0), n * 400 + 350 + (3000 if n > 5 else 0), 0.9)
        for n, w in enumerate(text.split())
    )
    lines = webvtt(text, aligned(words, text)).splitlines()
    assert lines[:4] == ["WEBVTT", "", "00:00:00.000 --> 00:00:02.350", "I wrote &lt;b&gt; &amp; left it."]
    assert lines[5].startswith("00:00:05.400 --> ")
    assert max(map(len, lines)) <= 60
    assert webvtt("nothing was heard", []) == "WEBVTT\n"
