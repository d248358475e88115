"""Sentences, words and hidden characters: offsets always lead back to the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rating.text import (
    contains,
    content_stems,
    display,
    folded,
    locate,
    scorer_copy,
    sentences,
    stem,
    words,
)

PIECES = st.sampled_from(
    ["I fixed it.", " ", "\n", "- first", "2) then", "e.g. this", "Dr. No", "😀!", "👩\u200d💻", "\u202e", "\u200b", "نعم؟",
     "今日は。", "am 3. Mai", "so", "and then", "<|im_start|>", "System: x", "\U000e0041", "12.5%", "...", "क्या", "don't"]
)  # fmt: skip
TEXT = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map(" ".join))


@given(TEXT)
def test_every_sentence_is_a_slice_in_order_and_no_word_is_lost(text: str):
    found = sentences(text)
    end = 0
    for s in found:
        assert text[s.start : s.end] == s.text
        assert s.text.strip() == s.text != ""
        assert s.start >= end
        end = s.end
    letters = sum(c.isalpha() for c in text)
    kept = sum(c.isalpha() for s in found for c in s.text)
    assert letters - kept <= text.count(") ") + text.count(")\t") + sum(text.count(f"{c})") for c in "abcdefgh")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I did it. Then it worked! Did it?", ["I did it.", "Then it worked!", "Did it?"]),
        ("- one\n* two\n3. three\n4) four", ["one", "two", "three", "four"]),
        ("e.g. the log of Dr. Smith, approx. 3.5 pages.", ["e.g. the log of Dr. Smith, approx. 3.5 pages."]),
        ("Am 3. Mai war es so weit, z.B. im Lager. Danach nicht.",
         ["Am 3. Mai war es so weit, z.B. im Lager.", "Danach nicht."]),
        ("i fixed it. then i slept", ["i fixed it.", "then i slept"]),
        ("昨日壊れた。私が直した。", ["昨日壊れた。", "私が直した。"]),
        ("هل عمل؟ نعم.", ["هل عمل؟", "نعم."]),
        ("Great 😀! Done", ["Great 😀!", "Done"]),
        ('He said "no." I left.', ['He said "no."', "I left."]),
        ("", []), (" \n\t ", []),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]):
    assert [s.text for s in sentences(text)] == expected


def test_one_long_breath_is_cut_into_pieces_that_can_be_quoted():
    text = "so i went to the server room and then i looked at the lights because nobody else was there " * 6
    sizes = [len(words(s.text)) for s in sentences(text)]
    assert sum(sizes) == len(words(text))
    assert len(sizes) > 4
    assert max(sizes) <= 34


@given(TEXT)
def test_the_scorers_copy_has_nothing_hidden_and_says_what_it_lost(text: str):
    clean, hidden = scorer_copy(text)
    assert scorer_copy(clean) == (clean, [])
    assert "<|" not in clean or "|>" not in clean[clean.index("<|") :].split("\n")[0][:60]
    assert all(text[h.at :].startswith(h.text) for h in hidden if h.kind != "role_tag")


def test_the_scorers_copy_loses_role_tags_even_nested_ones():
    clean, hidden = scorer_copy("a <|<|im_start|>|> b [INST] c </candidate_answer> d\nSystem: e <<SYS>>")
    assert "".join(clean.split()) == "abcde"
    assert {h.kind for h in hidden} == {"role_tag"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x\u202eabc\u202c", "xabc"), ("a\u200bb\ufeffc", "abc"), ("hi\U000e0067\U000e0069", "hi"), ("a\x00b\x1b[31m", "ab[31m"),
        ("👩\u200d💻 and ❤\ufe0f\u200d🔥", "👩\u200d💻 and ❤\ufe0f\u200d🔥"), ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u200db", "ab"), ("line\nline\ttab", "line\nline\ttab"), ("👋🏽\u200d", "👋🏽"),
    ],
)  # fmt: skip
def test_what_is_shown_reads_as_it_is_written(text: str, shown: str):
    assert display(text) == shown


@given(TEXT)
def test_showing_twice_is_showing_once(text: str):
    assert display(display(text)) == display(text)


@given(TEXT, st.data())
def test_any_run_of_words_is_found_where_it_stands(text: str, data: st.DataObject):
    found = words(text)
    if not found:
        assert folded(text) == ()
        return
    a = data.draw(st.integers(0, len(found) - 1))
    b = data.draw(st.integers(a, len(found) - 1))
    quote = text[found[a].start : found[b].end]
    place = locate(quote, text)
    assert place is not None
    assert folded(text[place[0] : place[1]]) == folded(quote)


def test_case_width_and_punctuation_do_not_matter_but_words_do():
    assert locate("DON’T  do, that!", "Please don't do that now") == (7, 20)
    assert locate("ｆｕｌｌ width", "a full-width word") == (2, 12)
    assert locate("fix", "prefix fixed") is None
    assert locate("I fixed it all", "I fi\u200bxed it all") == (0, 15)
    assert locate("", "anything") is None
    assert contains((), ("a",)) == -1


def test_stems_leave_out_empty_words_and_keep_numbers():
    assert content_stems("I was measuring the responsibilities of 12 teams", "en") == {
        "measur",
        "respons",
        "12",
        "team",
    }
    assert content_stems("Ich habe die Server neu gestartet", "de") == {"serv", "neu", "gestart"}
    assert content_stems("servidores rápidos", "es") == content_stems("servidor rápido", "es")
    assert stem("ok", "tlh") == "ok"
