"""Cards on Telegram: within every limit, readable, and nobody's words ever active."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.contract import FILL_IN, pressed
from adapters.telegram import render, words
from adapters.telegram.render import Shown, settled, show
from adapters.telegram.text import CAPTION, LIMIT, Composer
from flows.cards import Card, Field, File, Link, Mark, Option, Quote, Row, Score, to_json
from flows.words.en import TOOLS
from tests.adapters.files import BROKEN, INVITATION, PICTURE
from tests.adapters.telegram.conftest import outgoing
from tests.examples import examples
from tests.fakes.telegram import wirespec
from tests.fakes.telegram_text import ACTIVE, cut, detected, merged, units, wrong_entities
from tests.flows.scenes import SCENES
from tests.shared import shared

HOSTILE = ["@anna", "https://evil.example/x?y#z", "/start", "#tag", "$USD", "a@b.co", "tg://resolve?domain=x", "evil.com",
           "1.2.3.4", "*b*", "<b>", "[x](http://e.co)", "`c`", "\u202eevil", "\u200b", "\u2060", "@\u200banna", "xn--80ak6aa92e.com",
           "(see www.evil.co)", "\u0645\u0631\u062d\u0628\u0627", "\U0001f600", "\U0001f469\u200d\U0001f4bb", "пример.рф", "भारत.भारत", "e.g.", "5/5", "\n", "\n\n",
           " ", "word " * 50, "x" * 700, "\U0001f600" * 400, "//x", "</a>", "C#", "\ud800", "\x00", "\r\n", "\u2028"]  # fmt: skip
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(HOSTILE), max_size=12).map("".join))
ids = st.text("abcdefghij0123456789", min_size=1, max_size=12)
options = st.builds(
    Option, id=ids, label=texts, style=st.sampled_from(["plain", "primary", "danger", "quiet"]), hint=texts
)
urls = st.sampled_from(
    [
        "https://parley.example/i/x",
        "http://localhost:8000/x",
        "http://127.0.0.1/x",
        "javascript:x",
        "tg://x",
        "",
        "https://a b.c",
    ]
)
quotes = st.builds(Quote, text=texts, who=texts, link=urls)
scores = st.builds(
    Score,
    title=texts,
    levels=st.lists(st.tuples(texts, st.sampled_from([None, 1, 5])), max_size=3).map(tuple),
    machine=texts,
    marks=st.lists(
        st.builds(Mark, label=texts, status=st.sampled_from(["found", "unclear", "missing", "none"])), max_size=3
    ).map(tuple),
    quotes=st.lists(quotes, max_size=2).map(tuple),
    missing=st.lists(texts, max_size=2).map(tuple),
    notes=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
)
plain_cards = st.builds(
    Card,
    text=texts,
    title=texts,
    options=st.lists(options, max_size=14, unique_by=lambda o: o.id).map(tuple),
    rows=st.lists(st.builds(Row, label=texts, value=texts), max_size=3).map(tuple),
    quotes=st.lists(quotes, max_size=2).map(tuple),
    scores=st.lists(scores, max_size=2).map(tuple),
    links=st.lists(st.builds(Link, label=texts, url=urls), max_size=2).map(tuple),
    progress=st.sampled_from([None, (2, 5)]),
    foot=texts,
)
form_cards = st.builds(
    Card,
    text=texts,
    submit=texts,
    fields=st.lists(st.builds(Field, key=ids, label=texts), min_size=1, max_size=3).map(tuple),
)
helpers = st.lists(st.sampled_from(["done", "ask", *TOOLS]), unique=True, max_size=9).map(tuple)


def calls(shown: Shown) -> list[dict[str, Any]]:
    """The calls of sendMessage that a rendering leads to."""
    found = list[dict[str, Any]]()
    for n, part in enumerate(shown.parts, 1):
        body: dict[str, Any] = {"chat_id": 7, "text": part.text, "entities": [e.to_dict() for e in part.entities]}
        if n == len(shown.parts) and shown.keyboard:
            body["reply_markup"] = shown.keyboard.to_dict()
        found.append(body)
    return found


def buttons(shown: Shown) -> list[dict[str, Any]]:
    rows = calls(shown)[-1].get("reply_markup", {}).get("inline_keyboard", [])
    return [b for row in rows for b in row]


def check(shown: Shown) -> int:
    """Everything that must always hold; how many messages were looked at."""
    for body in calls(shown):
        text, entities = body["text"], body["entities"]
        assert wirespec().check_telegram_request("sendMessage", body) == []
        assert wrong_entities(text, entities) == []
        assert 1 <= units(text) <= LIMIT
        assert text == text.strip()
        active = [
            (e["type"], cut(text, e["offset"], e["length"])) for e in merged(text, entities) if e["type"] in ACTIVE
        ]
        assert active == []
        assert all(
            e["url"].startswith(("https://parley.example/", "https://meet.example/"))
            for e in entities
            if e["type"] == "text_link"
        )
        rows = body.get("reply_markup", {}).get("inline_keyboard", [])
        assert all(1 <= len(row) <= 8 for row in rows)
        for b in (b for row in rows for b in row):
            assert b["text"].strip()
            assert len(b["text"]) <= 45
            assert "\n" not in b["text"]
            assert b.get("url", "https://parley.example/").startswith(
                ("https://parley.example/", "https://meet.example/")
            )
    return len(shown.parts)


@settings(max_examples=examples(40), deadline=None)
@given(card=st.one_of(plain_cards, form_cards), aids=helpers)
def test_any_card_is_within_the_limits_and_nothing_in_it_is_active(card: Card, aids: tuple[str, ...]):
    shown = show(outgoing(card, token="q:12", aids=aids))
    assert check(shown) >= 1
    done = [pressed(b["callback_data"]) for b in buttons(shown) if "callback_data" in b]
    assert all(found and found[0] == "q:12" for found in done)
    wanted = [FILL_IN] if card.fields else [o.id for o in card.options]
    assert [found[1] for found in done if found][: len(wanted)] == wanted
    assert ("done" in [found[1] for found in done if found]) >= ("done" in aids)


@settings(max_examples=examples(20), deadline=None)
@given(card=plain_cards)
def test_any_settled_card_has_no_buttons_but_its_links(card: Card):
    chosen = card.options[0].id if card.options else "done"
    out = outgoing(None, act="edit", shown=show_json(card), chosen=chosen)
    shown = settled(out)
    assert shown is not None
    assert check(shown) >= 1
    assert all("url" in b for b in buttons(shown))
    if card.options and card.options[0].label.strip().isalnum():
        assert "\u2713 " in shown.parts[-1].text


def show_json(card: Card) -> dict[str, Any]:
    return outgoing(card).card or {}


def test_every_row_of_the_injections_comes_out_inert_and_readable():
    rows = [json.loads(line) for line in shared("cases", "injections.jsonl").read_text("utf-8").splitlines()]
    would_be_active = 0
    for row in rows:
        text = row["text"]
        card = Card(
            text,
            title=text,
            rows=(Row(text, text),),
            quotes=(Quote(text, text),),
            foot=text,
            options=(Option("a", text),),
        )
        check(show(outgoing(card, token="t")))
        would_be_active += bool(detected(text))
        quoted = show(outgoing(Card("", quotes=(Quote(text),)))).parts[0].text
        assert "".join(quoted.split()) == "".join(Composer().add(text).text.split())  # nothing added, nothing lost
    assert len(rows) > 50
    assert would_be_active > 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ask @anna or mail a@b.co.", ["@anna", "a@b.co"]),
        ("See (https://evil.example/x), please", ["https://evil.example/x"]),
        ("/scorecard \U0001f600 /help", ["/scorecard", "/help"]),
        ("Node.js, e.g. and/or 5/5, 3.5, C#, #1, and so on... right", ["Node.js"]),
        ("\U0001f600\U0001f600 #tag $USD $5", ["#tag", "$USD"]),
    ],
)
def test_only_what_could_become_active_is_code(text: str, code: list[str]):
    (part,) = Composer().add(text).parts()
    assert part.text == text
    assert [cut(text, e.offset, e.length) for e in part.entities if e.type == "code"] == code


def test_a_hundred_links_are_one_piece_of_code():
    """Telegram keeps a hundred entities of a message: what lies behind would become active."""
    text = " ".join(f"e{n}.example" for n in range(200))
    shown = show(outgoing(Card("", quotes=(Quote(text),))))
    check(shown)
    assert [e.type for e in shown.parts[0].entities] == ["code"]


@pytest.mark.parametrize("unit", ["x", "\U0001f600", "\u0645", "e\u0301"])
def test_a_text_at_the_limit_is_one_message_and_one_more_makes_two(unit: str):
    most = LIMIT // units(unit)
    assert check(show(outgoing(Card(unit * most)))) == 1
    assert check(show(outgoing(Card(unit * (most + 1))))) == 2
    assert sum(p.text.count(unit) for p in show(outgoing(Card(unit * (most + 1)))).parts) == most + 1


def test_bold_stays_bold_over_a_cut_and_offsets_count_in_utf_16():
    card = Card(
        "\U0001f600" * 10,
        title="\U0001f469\u200d\U0001f4bb Title",
        quotes=(Quote("said \U0001f600", "Ana \U0001f600"),),
    )
    (part,) = show(outgoing(card)).parts
    found = [(e.type, cut(part.text, e.offset, e.length)) for e in part.entities]
    assert found == [
        ("bold", "\U0001f469\u200d\U0001f4bb Title"),
        ("blockquote", "Ana \U0001f600\nsaid \U0001f600"),
        ("bold", "Ana \U0001f600"),
    ]
    long = Composer().add("word " * 2000, "bold").parts()
    assert [[(e.type, e.length == units(p.text)) for e in p.entities] for p in long] == [[("bold", True)]] * 3


@pytest.mark.parametrize("count", [10, 11, 96])
def test_many_options_become_a_list_with_a_number_pad(count: int):
    card = Card("Which?", options=tuple(Option(f"o{n}", f"Option {n}") for n in range(1, count + 1)))
    shown = show(outgoing(card, token="t"))
    check(shown)
    assert [b["callback_data"] for b in buttons(shown)] == [f"t:o{n}" for n in range(1, count + 1)]
    whole = "\n".join(p.text for p in shown.parts)
    assert (f"{count}. Option {count}" in whole) == (count > 10)
    assert buttons(shown)[-1]["text"] == (str(count) if count > 10 else f"Option {count}")


def test_a_label_that_no_button_can_hold_is_written_out():
    label = "A rather long label that would be cut off on a telephone"
    shown = show(outgoing(Card("Which?", options=(Option("a", label), Option("b", "Short"))), token="t"))
    check(shown)
    assert f"1. {label}" in shown.parts[0].text
    assert buttons(shown)[0]["text"].startswith("1. A rather long")


def test_a_scale_is_one_row():
    shown = show(outgoing(Card("How was it?", options=tuple(Option(str(n), str(n)) for n in range(1, 6))), token="t"))
    assert shown.keyboard is not None
    assert [len(row) for row in shown.keyboard.inline_keyboard] == [5]


def test_no_basis_to_rate_stands_below_the_scale():
    levels = (*(Option(str(n), str(n)) for n in range(1, 6)), Option("none", "No basis"), Option("skip", "Skip"))
    shown = show(outgoing(Card("How was it?", options=levels), token="t"))
    assert shown.keyboard is not None
    assert [len(row) for row in shown.keyboard.inline_keyboard] == [5, 2]


def test_what_is_chosen_comes_before_what_is_read():
    card = Card("Rate?", options=(Option("rate", "Rate"),), links=(Link("Answers", "https://parley.example/i/x"),))
    shown = show(outgoing(card, token="t", aids=("help",)))
    assert [b["text"] for b in buttons(shown)] == ["Rate", "Answers", "Help"]


def test_a_command_is_code_as_a_whole():
    (part,) = show(outgoing(Card("", rows=(Row("/interview new TITLE", "Open it."), Row("Now", "Later"))))).parts
    found = [(e.type, cut(part.text, e.offset, e.length)) for e in part.entities]
    assert found == [("code", "/interview new TITLE"), ("bold", "Now:")]


def test_helpers_are_few_until_one_asks_for_more():
    names = tuple(TOOLS)
    shown = show(outgoing(Card("Tell me.", answering=True), token="t", aids=("done", "ask", *names)))
    assert shown.keyboard is not None
    rows = [[b.text for b in row] for row in shown.keyboard.inline_keyboard]
    assert rows == [["That's my answer"], [TOOLS["pause"], TOOLS["human"]], ["Ask a question", words.MORE]]
    _, option = pressed(buttons(shown)[-1]["callback_data"]) or ("", "")
    assert render.folds(option)
    more = render.folded("t", option, shown.keyboard)
    assert more is not None
    rows = [[b.text for b in row] for row in more.inline_keyboard]
    assert (rows[0], rows[-1]) == (["That's my answer"], [words.LESS])
    assert {text for row in rows[1:-1] for text in row} == {"Ask a question", *TOOLS.values()}
    assert [row for row in rows if len(row) > 1 and any(len(text) > 16 for text in row)] == []
    assert render.folded("t", "~morezz", shown.keyboard) is None


def test_a_link_that_telegram_would_refuse_can_be_copied():
    links = (Link("Your page", "https://parley.example/i/x"), Link("Here", "http://localhost:8000/i/x"))
    shown = show(outgoing(Card("Go on here:", links=links)))
    check(shown)
    assert [b["url"] for b in buttons(shown)] == ["https://parley.example/i/x"]
    (part,) = shown.parts
    assert [cut(part.text, e.offset, e.length) for e in part.entities] == ["http://localhost:8000/i/x"]


def test_a_scorecard_reads_as_lines():
    score = Score("Ownership", (("Ana", 4), ("Ben", None)), "3 of 4 found", (Mark("owns it", "found"), Mark("asks", "missing")),
                  (Quote("I led it", "Cem"),), ("a number",), (("Ana", "clear"),))  # fmt: skip
    (part,) = show(outgoing(Card("Done.", scores=(score,)))).parts
    assert part.text == (
        "Done.\n\nOwnership\nAna: 4 of 5. clear\nBen: No basis to rate\n\nEvidence found by machine: \u25a0\u25a1 3 of 4 found\n"
        "Not found: a number\n\nCem\nI led it"
    )


@pytest.mark.parametrize("scene", SCENES, ids=[s.id for s in SCENES])
def test_every_card_of_every_conversation(scene: Any):
    shown = [card for who, card in scene.act().chat if who == "bot" and isinstance(card, Card)]
    assert shown
    for n, card in enumerate(shown):
        check(show(outgoing(card, token=f"{n:08x}", aids=("done", *TOOLS) if card.answering else ())))


def test_the_check_sees_what_is_active():
    for text in (
        "@anna",
        "see evil.com",
        "/help",
        "#tag",
        "$USD",
        "https://x.y/z",
        "a@b.co",
        "tg://resolve?domain=x",
        "1.2.3.4",
    ):
        assert [e["type"] for e in detected(text) if e["type"] in ACTIVE], text
    assert detected("5/5, e.g. and/or C# #1 $5") == []
    assert wrong_entities("\U0001f600", [{"type": "bold", "offset": 1, "length": 1}])
    assert wrong_entities(
        "ab", [{"type": "bold", "offset": 0, "length": 2}, {"type": "code", "offset": 1, "length": 1}]
    )


# -- files ------------------------------------------------------------------------------------------------

FILES = st.lists(st.sampled_from([PICTURE, INVITATION, BROKEN]), min_size=1, max_size=3)


@settings(deadline=None)
@given(texts, st.integers(1, 20), FILES, st.booleans(), texts)
def test_whatever_is_said_fits_and_a_settled_card_has_the_same_parts(
    words: str, times: int, files: list[File], buttons: bool, label: str
):
    options = (Option("a", label * times),) if buttons else ()
    card = to_json(Card(words * times, files=tuple(files), options=options))
    out = replace(outgoing(None), card=card, token="t")
    asked, answered = show(out), settled(replace(out, card=None, shown=card, chosen="a"))
    assert answered is not None
    assert [p.file for p in answered.parts] == [p.file for p in asked.parts]
    assert sorted(p.file.name for p in asked.parts if p.file) == sorted(f.name for f in files)
    for part in (*asked.parts, *answered.parts):
        assert units(part.text) <= (CAPTION if part.file else LIMIT)
        assert part.file or part.text.strip()
        assert all(e.offset + e.length <= units(part.text) for e in part.entities)
        if part.file:
            assert units(render.without_file(part).text) <= LIMIT
