"""Every card is Block Kit within Slack's limits, and a person's words stay words."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.contract import FILL_IN, pressed
from adapters.layout import aid, clean
from adapters.slack import blocks as kit
from adapters.slack import render, views
from flows.cards import Card, Field, Link, Mark, Option, Quote, Row, Score
from flows.words.en import TOOLS
from tests.fakes.slack import controls, seen_text
from tests.shared import shared

MARKUP = ("mrkdwn", "markdown", "user", "usergroup", "channel", "broadcast", "emoji", "date", "image", "video", "url")
TOKEN = "c_0123456789abcdef:question#2"
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LONG = settings(QUICK, max_examples=15)


def spec() -> Any:
    folder = str(shared("wirespec"))
    if folder not in sys.path:
        sys.path.insert(0, folder)
    import wirespec

    return wirespec


def nodes(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for sub in value.values():
            yield from nodes(sub)
    elif isinstance(value, list):
        for sub in value:
            yield from nodes(sub)


def check(messages: list[render.Message]) -> None:
    for shown in messages:
        assert spec().check_slack_blocks(shown.blocks) == []
        assert sum(map(kit.size, shown.blocks)) < 12_000
        assert shown.text.strip()
        assert spec().check_slack_request("chat.update", {"channel": "C1", "ts": "1.1", "text": shown.text}) == []


def inert(blocks: list[dict[str, Any]], links: frozenset[str] = frozenset()) -> None:
    """Nothing in these blocks is more than text, except links to the given addresses."""
    looked = 0
    for node in nodes(blocks):
        assert node.get("type") not in MARKUP, node
        assert node.get("emoji") in (None, False)
        if "url" in node:
            assert node["url"] in links
        looked += "text" in node
    assert looked > 0


def inert_text(text: str) -> None:
    assert "<" not in text
    assert ">" not in text


texts = st.text(
    alphabet=st.one_of(st.characters(codec="utf-8", exclude_categories=["Cs"]), st.sampled_from("<>&*_`@#|!\n ")),
    max_size=400,
)
ids = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=20)
options = st.builds(Option, ids, texts, st.sampled_from(["plain", "primary", "danger", "quiet"]), texts)
quotes = st.builds(Quote, texts, texts, st.sampled_from(["", "https://parley.example/r/1", "javascript:alert(1)"]))
marks = st.builds(Mark, texts, st.sampled_from(["found", "unclear", "missing", "none"]))
scores = st.builds(
    Score, texts, st.lists(st.tuples(texts, st.sampled_from([None, 1, 5])), max_size=4).map(tuple), texts,
    st.lists(marks, max_size=6).map(tuple), st.lists(quotes, max_size=2).map(tuple),
    st.lists(texts, max_size=3).map(tuple), st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
)  # fmt: skip
unique_options = st.lists(options, max_size=14, unique_by=lambda o: o.id).map(tuple)
kinds = st.sampled_from(["line", "text", "choice", "scale", "people", "person", "channel"])
fields = st.builds(
    Field, ids, texts, kinds, unique_options, st.booleans(), texts, st.sampled_from(["", "U1,U2", "some value"]),
    st.integers(1, 5000),
)  # fmt: skip
progress = st.none() | st.tuples(st.integers(0, 40), st.integers(1, 40))
cards = st.builds(
    Card, texts, title=texts, options=unique_options, rows=st.lists(st.builds(Row, texts, texts), max_size=5).map(tuple),
    quotes=st.lists(quotes, max_size=4).map(tuple), scores=st.lists(scores, max_size=2).map(tuple),
    links=st.lists(st.builds(Link, texts, st.sampled_from(["https://parley.example/x", "/relative", "ftp://x"])), max_size=4).map(tuple),
    progress=progress, foot=texts,
)  # fmt: skip
GOOD = frozenset({"https://parley.example/x", "https://parley.example/r/1"})


@QUICK
@given(
    cards,
    st.lists(st.sampled_from(["done", "ask", *TOOLS]), unique=True),
    st.sampled_from(["asked", "settled", "home"]),
)
def test_any_card_keeps_every_limit(card: Card, aids: list[str], how: str):
    if how == "home":
        view = views.home(card, TOKEN)
        assert spec().check_slack_view(view) == []
        inert(view["blocks"], GOOD)
        return
    chosen = card.options[0].id if card.options else ""
    shown = render.messages(card, TOKEN, aids) if how == "asked" else render.settled(card, chosen)
    check(shown)
    for one in shown:
        inert(one.blocks, GOOD)
        inert_text(one.text)


@QUICK
@given(unique_options, st.lists(st.sampled_from(["done", "ask", *TOOLS]), unique=True))
def test_every_option_can_be_pressed_and_comes_back(found: tuple[Option, ...], aids: list[str]):
    shown = render.messages(Card("?", options=found), TOKEN, aids)
    back = [pressed(value) for one in shown for _, value in controls(one.blocks)]
    wanted = [(TOKEN, o.id) for o in found] + [(TOKEN, aid(a)[0]) for a in aids]
    assert sorted(back, key=str) == sorted(wanted, key=str)


@QUICK
@given(texts, st.lists(fields, min_size=1, max_size=8, unique_by=lambda f: f.key).map(tuple), texts)
def test_any_form_is_a_modal(title: str, found: tuple[Field, ...], submit: str):
    card = Card("Please fill this in.", title, fields=found, submit=submit)
    view = views.form(card, TOKEN)
    assert spec().check_slack_view(view) == []
    assert [b["block_id"] for b in view["blocks"] if b["type"] == "input"] == [f.key for f in found]
    inert(view["blocks"])
    kept = views.form(card, TOKEN, {f.key: "what I wrote" for f in found}, {found[0].key: "Too short."})
    assert spec().check_slack_view(kept) == []
    (message,) = render.messages(card, TOKEN)
    assert (TOKEN, FILL_IN) in [pressed(v) for _, v in controls(message.blocks)]


@LONG
@given(
    st.integers(1, 60_000),
    st.sampled_from(["word ", "a paragraph of words.\n\n", "x", "\u6f22", "\U0001f469\u200d\U0001f4bb", "<&>"]),
)
def test_long_texts_are_split_and_nothing_is_lost(length: int, unit: str):
    text = (unit * (length // len(unit) + 1))[:length]
    shown = render.messages(Card(text, options=(Option("y", "Yes"),)), TOKEN)
    check(shown)
    letters = "".join(seen_text(one.blocks) for one in shown).replace("Yes", "", 1)
    assert sorted("".join(letters.split())) == sorted("".join(clean(text).split()))
    assert len(shown) == 1 or length > 5000
    assert [c for one in shown[:-1] for c in controls(one.blocks)] == []


@pytest.mark.parametrize("count", [1, 10, 11, 100, 101, 250])
def test_many_options_become_menus(count: int):
    found = tuple(Option(f"o{n}", f"Option {n}") for n in range(count))
    (shown,) = render.messages(Card("Which one?", options=found), TOKEN)
    check([shown])
    assert len(controls(shown.blocks)) == count
    kinds = {e["type"] for b in shown.blocks for e in b.get("elements", []) if b["type"] == "actions"}
    assert kinds == ({"button"} if count <= 10 else {"static_select"})


def test_long_labels_and_hints_are_written_out():
    card = Card("?", options=(Option("a", "L" * 200, hint="because"), Option("b", "B")))
    (shown,) = render.messages(card, TOKEN)
    assert "L" * 200 in seen_text(shown.blocks)
    assert "because" in seen_text(shown.blocks)


def test_a_menu_says_its_hints_itself_and_only_once():
    found = tuple(Option(f"o{n}", f"Option {n}", hint=f"Because {n}.") for n in range(12))
    (shown,) = render.messages(Card("Which?", options=found), TOKEN)
    assert json.dumps(shown.blocks).count("Because 3.") == 1


def test_a_form_s_long_anchors_stand_once_under_the_name_of_their_field():
    anchors = tuple(Option(str(n), str(n), hint=f"At level {n} " + "they say what they did, " * 6) for n in range(1, 6))
    view = views.form(Card("Rate", fields=(Field("a", "Ownership", "scale", anchors),)), TOKEN)
    listed, field = view["blocks"][-2:]
    assert seen_text(listed).split("\n")[0] == "Ownership"
    assert json.dumps(listed).count("they say what they did") == 30
    assert "At level" not in json.dumps(field)


def test_the_order_is_question_choices_links_foot():
    link = Link("Answers", "https://parley.example/x")
    card = Card("How?", progress=(1, 2), options=(Option("a", "So"),), links=(link,), foot="No hurry.")
    (shown,) = render.messages(card, TOKEN)
    assert [b["type"] for b in shown.blocks] == ["context", "rich_text", "actions", "actions", "context"]
    assert [c["action_id"] for b in shown.blocks if b["type"] == "actions" for c in b["elements"]] == [
        "choose-0",
        "link-0",
    ]


def test_an_answered_question_shows_the_choice():
    card = Card("Which day?", options=(Option("mon", "Monday"), Option("tue", "Tuesday")))
    (shown,) = render.settled(card, "tue")
    assert controls(shown.blocks) == []
    assert "\u2713 Tuesday" in seen_text(shown.blocks)
    assert "\u2713 Tuesday" in shown.text
    (plain,) = render.settled(Card("Tell me more."), "done")
    assert controls(plain.blocks) == []
    assert "\u2713" not in seen_text(plain.blocks)


def test_helpers_stay_in_the_background():
    (few,) = render.messages(Card("?"), TOKEN, ("done", "help", "skip"))
    (row,) = [b for b in few.blocks if b["type"] == "actions"]
    assert [e["type"] for e in row["elements"]] == ["button", "overflow"]
    (many,) = render.messages(Card("?"), TOKEN, ("done", *TOOLS))
    (row,) = [b for b in many.blocks if b["type"] == "actions"]
    assert [e["type"] for e in row["elements"]] == ["button", "static_select"]


def test_a_scorecard_says_its_marks_in_a_line():
    score = Score(
        "Debugging",
        (("Ana", 4), ("Ben", None)),
        "1 of 2 indicators",
        (Mark("Logs", "found"), Mark("Bisects", "missing")),
    )
    (shown,) = render.messages(Card("Revealed", scores=(score,), progress=(3, 5)))
    text = seen_text(shown.blocks)
    for part in (
        "4 of 5",
        "No basis to rate",
        "\u25a0\u25a1 1 of 2 indicators",
        "\u25b0\u25b0\u25b0\u25b1\u25b1 3 of 5",
    ):
        assert part in text


def test_every_injection_stays_text():
    rows = [json.loads(line)["text"] for line in shared("cases", "injections.jsonl").read_text("utf-8").splitlines()]
    rows += [
        "<!channel> <@U1> @here <https://evil.example|click> *b* :smile: [a](https://evil.example)",
        "=cmd()",
        "/interview pause",
    ]
    assert len(rows) > 50
    for text in rows:
        score = Score(text, ((text, 3),), text, (Mark(text, "found"),), (Quote(text, text),), (text,), ((text, text),))
        card = Card(
            text, text, options=(Option("a", text, hint=text),), rows=(Row(text, text),), quotes=(Quote(text, text, text),),
            scores=(score,), links=(Link(text, text if text.startswith("http") and " " in text else "/x"),), foot=text,
        )  # fmt: skip
        for shown in (*render.messages(card, TOKEN), *render.settled(card, "a")):
            inert(shown.blocks)
            inert_text(shown.text)
        inert(views.home(card, TOKEN)["blocks"])
        form = Card(text, text, fields=(Field(text[:200] or "k", text, "text", help=text, value=text),), submit=text)
        inert(views.form(form, TOKEN)["blocks"])
        inert(views.note(card, TOKEN)["blocks"])
    assert set(render.INERT.items()) >= {
        ("parse", "none"),
        ("link_names", False),
        ("unfurl_links", False),
        ("unfurl_media", False),
    }
