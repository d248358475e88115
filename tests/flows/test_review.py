"""A rating: on the anchors, with a reason, sealed."""

import json

from tests.flows.sample_kit import COMPETENCIES
from tests.flows.scenes import FORM, a_rating, a_rating_looked_over, rating


def test_a_rating_is_the_result_and_the_fact_says_only_that_it_exists():
    stage = a_rating()
    stage.ends(
        {
            "ratings": {
                "ownership": {"level": 4, "why": "Rolled the change back and told the shift lead."},
                "clarity": {"level": None, "why": ""},
            },
            "recommendation": "yes",
        }
    )
    assert [(f.name, f.data) for f in stage.facts] == [("rated", {})]


def test_every_level_shows_its_anchor_and_no_basis_is_a_choice():
    card = rating().last.shown[-1].card
    level, why, *_, recommendation = card.fields
    assert [o.id for o in level.options] == ["1", "2", "3", "4", "5", "none"]
    assert level.options[3].hint == COMPETENCIES[0]["anchors"][4]
    assert (why.kind, why.required) == ("text", False)
    assert [o.id for o in recommendation.options] == ["strong_no", "no", "yes", "strong_yes"]


def test_anchors_may_come_from_a_store_with_numbers_as_text():
    stored = tuple(json.loads(json.dumps(c)) for c in COMPETENCIES)
    stage = rating(competencies=stored)
    assert stage.last.shown[-1].card == rating().last.shown[-1].card


def test_a_level_without_a_reason_or_out_of_range_is_refused_at_its_field():
    stage = rating().submits(**(FORM | {"ownership.why": " "})).quietly()
    assert set(stage.last.reply) == {"ownership.why"}
    stage.submits(**(FORM | {"ownership.level": "6", "recommendation": "maybe"})).quietly()
    assert set(stage.last.reply) == {"ownership.level", "recommendation"}
    stage.submits(**FORM).bot("stays sealed until everybody")


def test_changing_brings_the_form_back_filled_in():
    stage = rating().submits(**FORM).taps("change").bot("Your rating")
    values = {f.key: f.value for f in stage.last.shown[-1].card.fields}
    assert values == FORM
    assert a_rating_looked_over().last.result["ratings"]["clarity"] == {"level": 3, "why": "Says what still works."}


def test_words_instead_of_the_form_begin_it_field_by_field_and_the_form_still_counts():
    stage = rating().says("a four, I think").bot("One thing at a time", "Ownership")
    stage.submits(**FORM)
    assert [f.name for f in stage.facts] == []
    stage.says("submit").bot("is sealed").notes("rated")


def test_a_neutral_middle_is_offered_only_where_the_team_has_one():
    votes = [o.id for o in rating(neutral=True).last.shown[-1].card.fields[-1].options]
    assert votes == ["strong_no", "no", "neutral", "yes", "strong_yes"]
    stage = rating(neutral=True).submits(**(FORM | {"recommendation": "neutral"})).taps("submit")
    assert stage.last.result["recommendation"] == "neutral"
    assert set(rating().submits(**(FORM | {"recommendation": "neutral"})).quietly().last.reply) == {"recommendation"}


def test_somebody_who_is_asked_about_some_competencies_rates_those():
    stage = rating(competencies=COMPETENCIES[:1])
    fields = [f.key for f in stage.last.shown[-1].card.fields]
    assert fields == ["ownership.level", "ownership.why", "recommendation"]
    stage.submits(**{k: v for k, v in FORM.items() if not k.startswith("clarity")}).taps("submit")
    assert set(stage.last.result["ratings"]) == {"ownership"}


def test_what_was_noted_before_fills_the_form_in_and_a_note_alone_chooses_no_level():
    draft = {
        "ratings": {"ownership": {"level": 4, "why": "Told the shift lead."}, "clarity": {"why": "Long sentences."}},
        "recommendation": "no",
    }
    stage = rating(draft=draft).bot("I've filled in what you noted before", "Your rating")
    values = {f.key: f.value for f in stage.last.shown[-1].card.fields}
    assert values == {
        "ownership.level": "4",
        "ownership.why": "Told the shift lead.",
        "clarity.level": "",
        "clarity.why": "Long sentences.",
        "recommendation": "no",
    }
    none = rating(draft={"ratings": {"clarity": {"level": None, "why": ""}}, "recommendation": ""})
    assert {f.key: f.value for f in none.last.shown[-1].card.fields}["clarity.level"] == "none"


def test_it_can_be_put_aside_and_then_counts_as_nothing():
    stage = rating().submits(**FORM).bot("Shall I submit it?").taps("later").bot("kept it for you alone")
    assert [(f.name, f.data) for f in stage.facts] == [("draft_kept", {})]
    assert stage.last.result["ratings"]["ownership"]["level"] == 4


def test_a_rating_that_is_open_at_once_says_so_and_promises_no_seal():
    for purpose, words in (("late", "open already"), ("amend", "amended after the reveal"), ("again", "second reader")):
        stage = rating(purpose=purpose).bot(words, "Your rating").submits(**FORM).bot("as soon as you submit it")
        assert stage.last.shown[-1].card.options[0].label == "Submit"
        shown = " ".join(s.card.text for s in stage.taps("submit").last.shown)
        assert "sealed" not in shown
