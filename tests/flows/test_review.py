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
