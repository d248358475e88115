"""Any card fits into Discord's limits, and nothing in it becomes markup, a mention or a link."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.contract import FILL_IN, pressed
from adapters.discord import forms
from adapters.discord.commands import registration
from adapters.discord.markup import escape, masked, pack
from adapters.discord.render import EPHEMERAL, LIMIT, MORE, PICK, note, problems_note, render, settled
from adapters.layout import aid
from flows.cards import Card, Field, Link, Mark, Option, Quote, Row, Score
from flows.words.en import OPEN_FORM, TOOLS
from tests.examples import examples
from tests.fakes.discord import wirespec
from tests.fakes.discord_payloads import everything
from tests.shared import shared

QUIET = settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
NASTY = st.sampled_from("*_~|`<>@#-+.[]()\\:/ \n1a\u202e\u200b\U0001f600\u05d0&")
TEXT = st.one_of(st.text(max_size=300), st.text(NASTY, max_size=300), st.text(NASTY, min_size=1800, max_size=2500))
SHORT = st.one_of(st.text(max_size=120), st.text(NASTY, max_size=120))
ID = st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=20)
TOKEN = st.text("abcdefghijklmnop.:0123456789", min_size=1, max_size=40)
URL = st.one_of(
    SHORT, st.just("https://parley.example/i/1?a=(b)"), st.just("/i/1"), st.just("https://parley.example/" + "x" * 1500)
)
OPTIONS = st.lists(
    st.builds(Option, ID, SHORT, st.sampled_from(["plain", "primary", "danger", "quiet"]), SHORT),
    max_size=40,
    unique_by=lambda o: o.id,
)
FIELDS = st.lists(
    st.builds(
        Field,
        key=ID,
        label=SHORT,
        kind=st.sampled_from(["line", "text", "choice", "scale", "person", "people", "channel"]),
        options=OPTIONS.map(tuple),
        required=st.booleans(),
        help=SHORT,
        value=st.one_of(TEXT, st.just("800000000000000001,800000000000000002")),
        max_length=st.integers(1, 9000),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda f: f.key,
)
QUOTES = st.lists(st.builds(Quote, TEXT, SHORT, URL), max_size=3).map(tuple)
SCORES = st.lists(
    st.builds(
        Score,
        title=SHORT,
        levels=st.lists(st.tuples(SHORT, st.one_of(st.none(), st.integers(1, 5))), max_size=3).map(tuple),
        machine=SHORT,
        marks=st.lists(
            st.builds(Mark, SHORT, st.sampled_from(["found", "unclear", "missing", "none"])), max_size=3
        ).map(tuple),
        quotes=QUOTES,
        missing=st.lists(SHORT, max_size=3).map(tuple),
        notes=st.lists(st.tuples(SHORT, TEXT), max_size=2).map(tuple),
    ),
    max_size=2,
)
CARDS = st.builds(
    Card,
    text=TEXT,
    title=SHORT,
    options=OPTIONS.map(tuple),
    rows=st.lists(st.builds(Row, SHORT, TEXT), max_size=3).map(tuple),
    quotes=QUOTES,
    scores=SCORES.map(tuple),
    links=st.lists(st.builds(Link, SHORT, URL), max_size=7).map(tuple),
    progress=st.one_of(st.none(), st.tuples(st.integers(0, 30), st.integers(1, 30))),
    foot=SHORT,
)
AIDS = st.lists(st.sampled_from(["done", "ask", *TOOLS]), unique=True)


def refused(message: dict[str, Any]) -> list[str]:
    return wirespec().check_discord_request("POST", "/channels/600000000000000001/messages", message)


def refused_modal(modal: dict[str, Any]) -> list[str]:
    body = {"type": 9, "data": modal}
    return wirespec().check_discord_request("POST", "/interactions/500000000000000001/tok/callback", body)


def inert(text: str) -> str:
    """What Discord's markdown sees: every escaped sign is taken out, and so is the markup that is ours."""
    return re.sub(r"\\[^0-9A-Za-z\s]", "\ufffc", text)


ACTIVE = re.compile(
    r"<[@#:/ta]|@everyone|@here|\]\(|https?://|discord\.gg/|\*\*|__|~~|\|\||`|\*\w|_\w|^\s*(#{1,3}|-#|[-*+]|\d+\.|>) ",
    re.MULTILINE,
)


@QUIET
@given(CARDS, TOKEN, AIDS)
def test_any_card_is_a_message_that_discord_takes(card: Card, token: str, aids: list[str]):
    shown = render(card, token, aids)
    for message in [*shown, *settled(card, card.options[0].id if card.options else "done")]:
        assert refused(message) == []
        assert message["allowed_mentions"] == {"parse": []}
    assert all(m["components"] == [] for m in shown[:-1])


@QUIET
@given(CARDS, TOKEN, AIDS)
def test_every_button_brings_its_token_and_option_back(card: Card, token: str, aids: list[str]):
    found, listed = set[str](), "\n".join(m["content"] for m in render(card, token, aids))
    for part in everything(render(card, token, aids)[-1]["components"]):
        if "custom_id" in part:
            carried = pressed(part["custom_id"])
            assert carried is not None
            assert carried[0] == token
            values = [o["value"] for o in part.get("options", ())]
            select = carried[1] == MORE or carried[1].startswith(PICK)
            assert bool(values) == select
            found |= set(values) if select else {carried[1]}
    numbers = {int(n) for n in re.findall(r"^(\d{1,3})\ufffc", inert(listed), re.MULTILINE)}
    numbered = {o.id for n, o in enumerate(card.options, 1) if n in numbers}
    assert {o.id for o in card.options} <= found | numbered
    assert {aid(a)[0] for a in aids} <= found


@settings(QUIET, max_examples=examples(10))
@given(FIELDS, TOKEN)
def test_any_form_is_modals_that_discord_takes(fields: list[Field], token: str):
    card = Card("Please fill this in", fields=tuple(fields))
    assert [f for page in forms.pages(card) for f in page] == fields
    [message] = render(card, token)[-1:]
    assert pressed(message["components"][0]["components"][0]["custom_id"]) == (token, FILL_IN)
    for page in range(1, len(forms.pages(card)) + 1):
        modal = forms.modal(card, token, page, {})
        assert refused_modal(modal) == []
        assert forms.sent_off((pressed(modal["custom_id"]) or ("", ""))[1]) == (page, len(forms.pages(card)))
    assert refused(problems_note(token, 1, {f.key: f.label for f in fields}, fields)) == []


@QUIET
@given(TEXT)
def test_escaped_text_has_no_markup_and_all_of_its_letters(text: str):
    text = text.replace("\r", "")
    assert not ACTIVE.search(inert(escape(text)))
    assert re.sub(r"\\([^0-9A-Za-z\s])", r"\1", escape(text)) == text


@QUIET
@given(TEXT, st.integers(0, 300))
def test_escaping_never_shrinks_when_text_is_added(text: str, at: int):
    assert len(escape(text[:at])) <= len(escape(text))


def injections() -> list[str]:
    lines = shared("cases", "injections.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


HOSTILE = [
    "@everyone <@800000000000000001> <@&1> <#1> </interview:1> <t:0:F> <:x:1> <a:x:1> <id:browse>",
    "[free money](https://evil.example) https://evil.example discord.gg/abc www.evil.example/x",
    "# big\n## big\n-# small\n> quote\n>>> all\n- list\n* list\n1. one\n  + deep",
    "**b** __u__ *i* _i_ ~~s~~ ||spoiler|| `code` ```py\nfence\n``` \\*raw\\*",
]


def test_no_hostile_words_are_active_anywhere():
    words = [*injections(), *HOSTILE]
    assert len(words) > 50
    for text in words:
        clean = {"text": text, "title": text, "foot": text}
        card = Card(**clean, rows=(Row(text, text),), options=(Option("a", text, hint=text),))
        card = Card(text, text, rows=card.rows, options=card.options, foot=text, links=(Link(text, text),))
        scored = Card(
            "x", quotes=(Quote(text, text, text),), scores=(Score(text, ((text, 3),), text, notes=((text, text),)),)
        )
        for shown in (*render(card, "t"), *settled(card, "a"), *render(scored), note(text)):
            assert refused(shown) == []
            ours = re.sub(r"^(> -# |> |-# )|\*\*", "", shown["content"], flags=re.MULTILINE)
            assert not ACTIVE.search(inert(ours)), (text, shown["content"])


def test_the_check_sees_active_words():
    for text in (*HOSTILE, "https://x.example", "<@1>", "@here", "[a](b)", "# a"):
        assert ACTIVE.search(inert(text)), text


@pytest.mark.parametrize("sign", ["a", "\U0001f600", "\u05d0", "*"])
def test_the_longest_message_and_one_more(sign: str):
    size = len(escape(sign))
    assert len(render(Card(sign * (LIMIT // size)))) == 1
    two = render(Card(sign * (LIMIT // size + 1)))
    assert len(two) == 2
    assert all(refused(m) == [] for m in two)
    many = render(Card(sign * 12_000))
    assert "".join(m["content"] for m in many) == escape(sign) * 12_000


@pytest.mark.parametrize(
    ("count", "buttons", "selects"), [(1, 1, 0), (10, 10, 0), (11, 0, 1), (25, 0, 1), (26, 0, 2), (50, 0, 2)]
)
def test_many_options(count: int, buttons: int, selects: int):
    card = Card("Which?", options=tuple(Option(f"o{n}", f"Option {n}") for n in range(count)))
    [message] = render(card, "t", ["done", *TOOLS])
    kinds = [c["type"] for row in message["components"] for c in row["components"]]
    assert kinds.count(2) == buttons + 1
    assert kinds.count(3) == selects + 1
    assert refused(message) == []


def test_more_options_than_there_is_room_for_are_listed_with_their_numbers():
    card = Card("Which?", options=tuple(Option(f"o{n}", f"Option {n}") for n in range(1, 121)))
    shown = render(card, "t", ["done", "help"])
    assert "120\\. Option 120" in shown[-1]["content"]
    assert [refused(m) for m in shown] == [[]] * len(shown)


def test_what_a_modal_would_cut_off_is_read_in_the_message():
    anchors = tuple(Option(str(n), str(n), hint=f"At level {n} " + "they say what they did, " * 6) for n in range(1, 6))
    short = (Option("yes", "Yes", hint="Go on"), Option("no", "No"))
    card = Card(
        "Rate",
        submit="Look it over",
        fields=(Field("a", "Ownership", "scale", anchors), Field("b", "Go on?", "choice", short)),
    )
    [message] = render(card, "t")
    assert message["content"].count("they say what they did") == 30
    assert "**Ownership**\n1 \u2013 At level 1 they" in message["content"]
    assert "Go on?" not in message["content"]
    [fill] = message["components"][0]["components"]
    assert fill["label"] == OPEN_FORM


def test_long_choices_with_the_same_beginning_are_told_apart_by_their_numbers():
    same = "I would rather talk to somebody from the team about "
    card = Card("Which?", options=(Option("a", same + "money", hint="Soon"), Option("b", same + "time")))
    [message] = render(card, "t")
    labels = [b["label"] for b in message["components"][0]["components"]]
    assert [label[:3] for label in labels] == ["1. ", "2. "]
    assert f"1\\. {same}money \u2013 Soon\n2\\. {same}time" in message["content"]


def test_a_menu_says_its_hints_itself_and_only_once():
    options = [Option(f"o{n}", f"Option {n}", hint=f"Because {n}") for n in range(12)]
    [message] = render(Card("Which?", options=tuple(options)), "t")
    assert message["content"] == "Which?"
    assert message["components"][0]["components"][0]["options"][3]["description"] == "Because 3"
    longer = Option("o12", "Option 12", hint="Because " * 20)
    [message] = render(Card("Which?", options=(*options, longer)), "t")
    assert "**Option 3**: Because 3" in message["content"]
    assert "description" not in message["components"][0]["components"][0]["options"][3]


def test_links_are_only_parley_s_own():
    card = Card(
        "Look",
        links=(Link("Answers", "https://parley.example/x"), Link("Bad", "javascript:alert(1)"), Link("Page", "/p")),
    )
    [message] = render(card)
    [link] = message["components"][0]["components"]
    assert (link["label"], link["url"]) == ("Answers", "https://parley.example/x")
    assert message["content"] == "Look\n\nBad\n\nPage"
    assert masked("a](b", "https://parley.example/(x)") == "[a\\](b](<https://parley.example/%28x%29>)"


def test_what_a_reader_sees():
    card = Card(
        "How did it go?",
        title="Question",
        progress=(2, 5),
        rows=(Row("When", "Monday"),),
        quotes=(Quote("I led *it*.\nAlone.", "Ada", "https://parley.example/q"),),
        foot="No hurry.",
    )
    [message] = render(card)
    assert message["content"].split("\n") == [
        "**Question**",
        "-# \u25b0\u25b0\u25b1\u25b1\u25b1 2 of 5",
        "How did it go?",
        "",
        "**When**: Monday",
        "",
        "> I led \\*it\\*.",
        "> Alone.",
        "> -# Ada \u00b7 [in context](<https://parley.example/q>)",
        "",
        "-# No hurry.",
    ]


def test_a_choice_too_long_for_a_list_is_typed():
    many = tuple(Option(f"o{n}", f"Option {n}") for n in range(1, 31))
    card = Card("x", fields=(Field("k", "Which?", "choice", many),))
    assert forms.modal(card, "t", 1, {})["components"][0]["component"]["type"] == 4
    for said, meant in (("7", "o7"), ("option 7", "o7"), ("else", "else"), ("31", "31")):
        assert forms.typed(card, {"k": said}) == {"k": meant}


def test_drafts_forget_what_is_too_much():
    drafts = forms.Drafts(most=2)
    for user in ("a", "b", "c"):
        drafts.keep(user, "t", 1, {"k": user})
    assert [drafts.values(u, "t") for u in ("a", "b", "c")] == [{}, {"k": "b"}, {"k": "c"}]
    assert drafts.missing("c", "t", 3) == [2, 3]


def test_the_commands_are_ones_that_discord_takes():
    path = "/applications/900000000000000001/commands"
    assert wirespec().check_discord_request("PUT", path, registration()) == []


def test_nothing_to_say_is_still_a_message():
    assert pack([], LIMIT) == [""]
    assert refused(render(Card(" \n "))[0]) == []
    assert note("x")["flags"] & EPHEMERAL
