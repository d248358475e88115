"""Who looks at what: every competency has somebody, everybody has one, and what was given stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guiding.focus import divided
from tests.bot.guiding.conftest import START, Held, rows_of

KEYS = ["a", "b", "c", "d", "e"]


@given(
    st.lists(st.sampled_from(KEYS), min_size=1, unique=True),
    st.lists(st.sampled_from(["p", "q", "r", "s", "t", "u", "v"]), min_size=1, unique=True),
    st.dictionaries(st.sampled_from(["p", "q", "x"]), st.lists(st.sampled_from(KEYS), unique=True)),
)
def test_nothing_and_nobody_is_left_out(keys: list[str], team: list[str], given_: dict[str, list[str]]):
    found = divided(keys, team, given_)
    assert set(found) == set(team)
    assert {k for own in found.values() for k in own} == set(keys)
    assert all(own for own in found.values())
    assert divided(keys, team, found) == found, "it doesn't change by itself"
    if not given_ and len(team) <= len(keys):
        sizes = [len(own) for own in found.values()]
        assert max(sizes) - min(sizes) <= 1, "evenly"
        assert sum(sizes) == len(keys)


def test_whoever_takes_over_gets_the_part_of_whoever_left():
    assert divided(["a", "b", "c"], ["q", "r"], {"p": ["a"], "q": ["b", "c"]}) == {"q": ["b", "c"], "r": ["a"]}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Ada: Ben = Care", "Nobody called \u201cBen\u201d holds this interview. There are: Priya, Tom."),
        ("Ada: Tom = Speed", "The kit has no competency called \u201cSpeed\u201d. There are: Ownership, Care."),
        ("Bob: Tom = Care", "Bob"),
    ],
)
async def test_what_cannot_be_is_said_in_one_sentence(play: Held, line: str, said: str):
    await play.booked()
    before = (await play.flags())["focus"]
    card = await play.seat("Noor").orders(f"/interview focus {line}")
    assert said in card["text"]
    assert (await play.flags())["focus"] == before


async def test_a_recruiter_divides_it_up_and_those_concerned_hear_of_it(play: Held):
    assert "Nobody is booked" in (await play.seat("Noor").orders("/interview focus Ada"))["text"]
    await play.booked()
    card = await play.seat("Noor").orders("/interview focus Ada: Tom = Ownership, Priya = rest")
    assert rows_of(card) == {"Priya": "Care", "Tom": "Ownership"}
    await play.stage.wait(0)
    assert "you look at: Ownership" in await play.says("Tom")
    assert rows_of(await play.seat("Tom").orders("/interview brief Ada"))["You look at"] == "Ownership"
    refused = await play.seat("Tom").orders("/interview focus Ada: Tom = Care")
    assert "Only recruiters" in refused["text"]


async def test_it_stays_once_somebody_has_rated(play: Held):
    await play.booked()
    await play.go(START)
    await play.seat("Tom").taps("next")
    await play.go(START + 45)
    await play.press("rate", "Tom")
    await play.rates("Tom")
    card = await play.seat("Noor").orders("/interview focus Ada: Tom = Ownership")
    assert "Somebody has rated already" in card["text"]
