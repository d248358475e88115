"""What the team proposes: refused for the same reasons as a model's words, placed by its words, bounded like every follow-up."""

import pytest

from flows.rating import proposed
from flows.rating.evidence import most_on_one
from tests.flows.rating.small_kit import KIT

OUTAGE, UPSET = KIT.questions


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("What result can be checked, in a number?", ""),
        ("Which alternative did you consider?", ""),
        ("", "length"),
        ("Why?", "length"),
        ("x" * 301 + "?", "length"),
        ("Tell me more about it.", "one_question"),
        ("What did it cost? Who paid?", "one_question"),
        ("How old are you?", "private"),
        ("Are you married, by the way?", "private"),
        ("Did you take any sick days then?", "private"),
        ("Were you born here?", "private"),
        ("Do you smoke?", "private"),
        ("Do you need a visa to work for us?", "private"),
        ("Any kids at home?", "private"),
        ("Are you in good health?", "private"),
        ("Would a 5 be fair?", "judges"),
        ("What do you say, since Priya gave you two?", "judges"),
        ("Who gave you two more days?", ""),
        ("What did you do when your server gave you an error?", ""),
        ("How would other candidates do it?", "judges"),
        ("What is at https://example.org, please?", "markup"),
        (OUTAGE.ask, "gives_away"),  # it has been asked already
        (UPSET.ask, "gives_away"),
    ],
)
def test_what_may_be_asked(text: str, why: str):
    assert proposed.trouble(proposed.tidy(text), KIT) == why


def test_nothing_of_the_rubric_is_put_into_anybodys_mouth():
    anchor = KIT.competencies["ownership"].anchors[5]
    indicator = KIT.competencies["ownership"].indicators["trade_off"].text
    assert proposed.trouble(f"Would you say that it {anchor.lower()}?", KIT) == "gives_away"
    assert proposed.trouble(f"{indicator}?", KIT) == "gives_away"


def test_hidden_characters_and_breaks_are_tidied():
    assert proposed.tidy("  What\u200b did\nit   cost? ") == "What did it cost?"


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("What result can be checked, in a number?", ("ownership", "result")),
        ("Which alternative was there?", ("ownership", "trade_off")),
        ("Did you call the customer back to ask whether it worked?", ("care", "checks")),
        ("How did you keep the customer informed?", ("care", "tells")),
        ("Could you say a little more?", None),
    ],
)
def test_what_it_is_about_is_found_by_its_words_or_not_at_all(text: str, about: tuple[str, str] | None):
    assert proposed.about(text, KIT) == about


def test_room_shrinks_with_every_follow_up_and_ends_with_the_question():
    cap = most_on_one(KIT)
    whole = proposed.room(KIT, {}, ())
    assert whole["ownership"] == min(cap, OUTAGE.max_follow_ups, 2)
    one = proposed.room(KIT, {"outage": ["result"]}, ())
    assert one.get("ownership", 0) == max(0, whole["ownership"] - 1)
    assert "ownership" not in proposed.room(KIT, {}, {"outage"})
    assert proposed.room(KIT, {}, {"outage", "upset"}) == {}


def test_it_is_asked_under_the_indicator_that_it_is_closest_to():
    at = proposed.indicator_for
    assert at(OUTAGE, "ownership", "result", (), {}, KIT) == "result"
    assert at(OUTAGE, "ownership", "", (), {}, KIT) == "own_step"
    assert at(OUTAGE, "ownership", "result", ("result",), {}, KIT) == "own_step"


def test_it_waits_where_it_does_not_fit():
    at = proposed.indicator_for
    assert at(OUTAGE, "care", "asks", (), {}, KIT) is None
    assert at(OUTAGE, "", "", (), {}, KIT) is None  # nobody has said yet what it is about
    assert at(OUTAGE, "ownership", "result", ("own_step", "trade_off"), {}, KIT) is None
    assert at(OUTAGE, "ownership", "result", (), {"ownership": most_on_one(KIT)}, KIT) is None
