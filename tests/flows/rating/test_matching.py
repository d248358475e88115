"""Numbers out of text matching: only where the team's own ratings have earned them. And what is off its topic."""

from dataclasses import replace
from typing import Any

import pytest

from flows.kits.model import Kit
from flows.rating.card import Answered, CompetencyResult, MachineCard, evidence_card, with_overall
from flows.rating.evidence import EvidenceMap, evidence_map
from flows.rating.feedback import feedback
from flows.rating.matching import Measured, Trust, level_by_cuts, levels_by_matching, mean_similarity, worst
from tests.flows.rating.small_kit import GOOD, KIT, OUTAGE, OWNERSHIP, RAW, UPSET

ANSWERS = [Answered("outage", (("u1", GOOD),)), Answered("upset", (("u2", UPSET),))]
LANGUAGES: dict[str, str | None] = {"outage": "en", "upset": "en"}
CUTS = (0.1, 0.3, 0.5, 0.9)


def trusted(verdict: str = "usable", question: str = "outage") -> Trust:
    measured: Any = Measured(verdict, CUTS)  # pyright: ignore[reportArgumentType]
    return {(question, "ownership"): measured}


def mapped(text: str) -> EvidenceMap:
    return evidence_map(OWNERSHIP, tuple(OWNERSHIP.indicators), [("u1", text)], "en", ["en"], OUTAGE)


def test_a_cut_that_is_reached_is_a_level_more():
    assert [level_by_cuts(x, CUTS) for x in (0.0, 0.1, 0.29, 0.3, 0.6, 0.95)] == [1, 2, 2, 3, 4, 5]
    good, poor = mapped(GOOD), mapped("Something broke and it was fine again.")
    assert 0 <= mean_similarity(poor) < mean_similarity(good) <= 1


def test_without_a_calibration_there_is_no_number():
    result = evidence_card(KIT, ANSWERS, LANGUAGES).result("ownership")
    assert (result.level, result.reason, result.abstained) == (None, "insufficient_calibration", False)
    assert result.phrase == "4 of 4 indicators found, by text matching"


def test_with_one_there_is_and_it_says_where_it_comes_from():
    card = evidence_card(KIT, ANSWERS, LANGUAGES, trust=trusted())
    result = card.result("ownership")
    assert (result.level, result.reason, result.band) == (5, "", None)
    assert result.phrase == "5, by text matching calibrated on your own ratings"
    assert card.result("care").level is None
    assert card.overall == 5.0
    assert [a.level for a in card.answers] == [5, None]


@pytest.mark.parametrize("trust", [trusted("assist-only"), trusted("off"), trusted(question="upset"), {}])
def test_anything_less_than_usable_is_no_number(trust: Trust):
    assert evidence_card(KIT, ANSWERS, LANGUAGES, trust=trust).result("ownership").level is None


def test_an_answer_that_abstains_is_not_counted_and_one_that_was_not_measured_leaves_no_number():
    good, thin = mapped(GOOD), mapped("It broke.")
    both = {("outage", "ownership"): Measured("usable", CUTS)}
    assert levels_by_matching("ownership", {"outage": good, "other": thin}, both)[0] == 5
    assert levels_by_matching("ownership", {"outage": good, "other": good}, both)[0] is None
    assert levels_by_matching("ownership", {"outage": thin}, both) == (None, {})


def test_the_worst_of_what_was_measured_counts():
    mixed: Trust = {("a", "x"): Measured("usable"), ("b", "x"): Measured("off"), ("c", "x"): Measured("assist-only")}
    assert worst("x", ["a", "c"], mixed) == "assist-only"
    assert worst("x", ["a", "b", "c"], mixed) == "off"
    assert worst("x", ["d"], mixed) is None


OFF = (
    "My favourite dish is pasta with tomatoes, basil and plenty of garlic. My grandmother cooked it on Sundays and we all "
    "ate together in the garden until late in the evening, which is a lovely memory."
)


def test_an_answer_about_something_else_is_not_scored():
    assert "off_topic" in mapped(OFF).abstain
    assert "off_topic" not in mapped(GOOD).abstain
    thin = "Something that I was responsible for broke on a Friday and the whole team was unhappy about it for days, really."
    assert "off_topic" not in mapped(thin).abstain


def test_embeddings_find_what_words_do_not_and_tell_the_topic():
    def near(one: Any, other: Any) -> list[list[float]]:
        return [[0.9 if "garlic" in a else 0.05 for _ in other] for a in one]

    seen = evidence_map(OWNERSHIP, ("own_step",), [("u1", OFF)], "en", ["en"], OUTAGE, near)
    assert [(i.status, i.similarity) for i in seen.indicators] == [("found", 0.9)]
    assert "garlic" in seen.indicators[0].quote
    far = evidence_map(OWNERSHIP, ("own_step",), [("u1", OFF.replace("garlic", "salt"))], "en", ["en"], OUTAGE, near)
    assert "off_topic" in far.abstain


def result(level: int | None, band: tuple[int, int] | None = None) -> CompetencyResult:
    return CompetencyResult("ownership", "Ownership", "", (), level, band)


@pytest.mark.parametrize(
    ("given", "first"),
    [(result(3, (3, 3)), True), (result(4, (3, 4)), True), (result(None), True), (result(5, (5, 5)), False), (result(1), False)],
)  # fmt: skip
def test_middle_levels_wide_bands_and_what_has_no_level_are_looked_at_first(given: CompetencyResult, first: bool):
    assert given.look_first is first
    card = MachineCard("llm-evidence", "k", 1, (given,), ())
    assert bool(card.queue_first) is first


def test_the_whole_is_weighted_unrounded_and_names_what_is_below_its_minimum():
    results = (replace(result(1), competency="ownership"), replace(result(4), competency="care"))
    card = with_overall(MachineCard("llm-evidence", "k", 1, results, ()), KIT)
    assert card.overall == pytest.approx(1.75)
    assert card.below_minimum == ("ownership",)


def test_a_card_of_another_kit_can_still_be_told_to_the_candidate():
    care = {**RAW["competencies"]["care"], "weight": 1.0}
    later = Kit.model_validate(
        {**RAW, "version": 4, "competencies": {"kindness": care}, "questions": [{**RAW["questions"][1], "competencies": {"kindness": ["asks", "tells"]}}]}
    )  # fmt: skip
    card = evidence_card(later, ANSWERS, LANGUAGES)
    assert {r.competency for r in card.results}.isdisjoint(KIT.competencies)
    told = feedback(KIT, card)
    assert told.strengths
    assert all(quote in UPSET for _, quote in told.strengths)


def test_what_was_said_about_ai_is_on_the_card_for_people():
    disclosed = [replace(ANSWERS[0], ai="some"), ANSWERS[1]]
    card = evidence_card(KIT, disclosed, LANGUAGES)
    assert [a.ai for a in card.answers] == ["some", ""]
