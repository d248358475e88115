"""What the web shows and takes: any card survives the way out and back, and every button names its option."""

from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from adapters.contract import Outgoing
from adapters.web import parse, render
from flows import cards
from flows.cards import Card, Field, File, Link, Mark, Option, Quote, Row, Score

# Long texts add nothing here but time; what matters is what is hard to carry.
HARD = (
    "",
    "<b>&amp;</b>",
    "@everyone",
    "\u202eabc",
    "a\u200bb",
    "\U0001f469\u200d\U0001f4bb",
    "x" * 3000,
    "=1+1",
    "line\n\nline",
)
TEXT = st.sampled_from(HARD)
ID = st.sampled_from(("yes", "no", "1", "t1", "~help", "level_5", "tuesday.10"))
OPTION = st.builds(Option, ID, TEXT, st.sampled_from(["plain", "primary", "danger", "quiet"]), TEXT)
FIELD = st.builds(
    Field, ID, TEXT, st.sampled_from(["line", "text", "choice", "scale"]), st.lists(OPTION, max_size=6).map(tuple)
)
QUOTE = st.builds(Quote, TEXT, TEXT, TEXT)
SCORE = st.builds(
    Score,
    TEXT,
    st.lists(st.tuples(TEXT, st.none() | st.integers(1, 5)), max_size=3).map(tuple),
    TEXT,
    st.lists(st.builds(Mark, TEXT, st.sampled_from(["found", "unclear", "missing", "none"])), max_size=4).map(tuple),
    st.lists(QUOTE, max_size=3).map(tuple),
    st.lists(TEXT, max_size=3).map(tuple),
    st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
)
CARD = st.builds(
    Card,
    TEXT,
    title=TEXT,
    tone=st.sampled_from(["plain", "question", "aside", "notice", "done", "kind_error"]),
    options=st.lists(OPTION, max_size=8, unique_by=lambda o: o.id).map(tuple),
    rows=st.lists(st.builds(Row, TEXT, TEXT), max_size=4).map(tuple),
    fields=st.lists(FIELD, max_size=4).map(tuple),
    quotes=st.lists(QUOTE, max_size=3).map(tuple),
    scores=st.lists(SCORE, max_size=3).map(tuple),
    links=st.lists(st.builds(Link, TEXT, TEXT), max_size=2).map(tuple),
    files=st.lists(st.builds(File, TEXT, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    progress=st.none() | st.tuples(st.integers(0, 9), st.integers(1, 9)),
    answering=st.booleans(),
    foot=TEXT,
)
EVENT = TypeAdapter(parse.EventIn)


def outgoing(card: Card, act: str = "send") -> Outgoing:
    return Outgoing("m_1", "th_1", "th_1", 7, act, "m_0", cards.to_json(card), "0a1b2c3d", "", "step", 1)


@given(CARD)
def test_a_card_is_the_same_after_it_was_stored(card: Card):
    assert cards.from_json(cards.to_json(card)) == card


def test_a_card_without_files_is_stored_without_a_word_about_them():
    assert cards.to_json(Card("Hello")) == {"text": "Hello"}
    (stored,) = cards.to_json(Card("Hello", files=(File("a.ics", "text/calendar", "QQ=="),)))["files"]
    assert stored == {"name": "a.ics", "mime": "text/calendar", "data": "QQ==", "alt": ""}


def test_the_bytes_of_a_file_reach_the_page_as_they_are():
    sent = File("in\u200bvitation.ics", "text/calendar", "QUJD/+==", "For your \u202ecalendar")
    (shown,) = render.message(outgoing(Card("Hello", files=(sent,))))["card"]["files"]
    assert shown == {"name": "invitation.ics", "mime": sent.mime, "data": sent.data, "alt": "For your calendar"}


@given(CARD)
def test_every_button_that_is_shown_comes_back_as_its_own_option(card: Card):
    shown = render.message(outgoing(card))
    options = shown["card"].get("options", [])
    assert [o["id"] for o in options] == [o.id for o in card.options]
    for option in options:
        tap = {"id": "event-0001", "kind": "tapped", "token": shown["token"], "option": option["id"]}
        assert parse.happening(EVENT.validate_python(tap), "u_1") == {
            "kind": "tapped",
            "token": "0a1b2c3d",
            "option": option["id"],
        }


@given(CARD)
def test_an_update_keeps_the_message_and_says_how_it_was_answered(card: Card):
    settled = Outgoing("m_2", "th_1", "th_1", 9, "edit", "m_1", None, "0a1b2c3d", "yes", "", 2)
    shown = render.update(settled, cards.to_json(card))
    assert (shown["id"], shown["state"], shown["chosen"]) == ("m_1", "answered", "yes")
    assert shown["card"] == render.for_show(cards.to_json(card))


def test_nothing_invisible_is_shown_and_what_is_stored_or_sent_back_stays():
    turned = "a\u202eb\u200bc"
    card = Card(
        turned, rows=(Row(turned, turned),), options=(Option("o\u200b", turned),), links=(Link(turned, "/x\u200b"),),
        fields=(Field("k", turned, value=turned),), scores=(Score(turned, ((turned, 3),), turned, notes=((turned, turned),)),),
    )  # fmt: skip
    body = cards.to_json(card)
    shown = render.message(outgoing(card))["card"]
    kept = {"o\u200b", "/x\u200b"}
    assert shown["fields"][0].pop("value") == turned
    assert {t for t in texts(shown) if t not in kept and ("\u202e" in t or "\u200b" in t)} == set()
    assert "abc" in texts(shown)
    assert body == cards.to_json(card)
    row = {"id": "u_1", "at": 1, "seq": 1, "reply_to": ""}
    assert render.utterance(row, turned, "Ada", own=False, editable=False, edited=False)["text"] == "abc"
    assert render.utterance(row, turned, "Ada", own=True, editable=True, edited=False)["text"] == turned


def texts(part: Any) -> list[str]:
    if isinstance(part, str):
        return [part]
    if isinstance(part, dict):
        return texts(list(cast("dict[str, Any]", part).values()))
    return [t for one in cast("list[Any]", part) for t in texts(one)] if isinstance(part, list) else []


@given(st.text())
def test_whatever_a_person_writes_arrives_as_it_is_but_for_what_nothing_can_hold(text: str):
    event = EVENT.validate_python({"id": "event-0001", "kind": "said", "text": text})
    said = parse.happening(event, "u_1")["text"]
    assert "\x00" not in said
    assert said == text.replace("\x00", "")
    said.encode("utf-8")
