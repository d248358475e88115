"""Which stages fit: the rules of the seeds, for every situation there is."""

from itertools import product

import pytest

from flows.interviews.formats import CHOICES, Situation, propose
from flows.words import funnel_en as words

ALL = [Situation(*found) for found in product(*CHOICES.values())]


def forms(**about: str) -> list[str]:
    usual = {"volume": "few", "span": "near", "role": "craft", "level": "mid", "hours": "some"}
    return [p.form for p in propose(Situation(**usual | about))]


def test_every_situation_gets_stages_with_reasons_and_ends_with_people():
    assert len(ALL) == 4 * 3 * 4 * 3 * 3
    for about in ALL:
        found = propose(about)
        assert 2 <= len(found) <= 3, about
        assert found[-1].form == "people", about
        assert found[0].form in ("text", "recorded"), "an invitation begins with Parley"
        assert all(p.reasons and set(p.reasons) <= set(words.REASONS) for p in found), about
        assert len({p.form for p in found}) == len(found), "no form comes twice"


@pytest.mark.parametrize("volume", ["many", "hundreds"])
def test_many_candidates_are_heard_in_their_own_time_then_a_shortlist_live(volume: str):
    assert forms(volume=volume) == ["recorded", "text", "people"]


def test_a_few_near_by_are_heard_live():
    assert forms() == ["text", "people"]


def test_time_zones_far_apart_need_no_common_hour():
    assert forms(span="world")[0] == "recorded"
    assert forms(span="far", hours="some")[0] == "recorded"
    assert forms(span="far", hours="plenty")[0] == "text"


def test_few_hours_of_the_team_go_further_with_recordings():
    assert forms(volume="some", hours="little")[0] == "recorded"
    assert forms(volume="few", hours="little")[0] == "text"


def test_whoever_talks_with_clients_is_heard_live():
    assert "text" in forms(volume="some", hours="little", role="client")


def test_a_first_job_has_two_steps_unless_hundreds_apply():
    assert forms(volume="many", level="entry") == ["recorded", "people"]
    assert len(forms(volume="hundreds", level="entry")) == 3


def test_a_senior_role_has_the_longest_meeting():
    lengths = [propose(Situation("few", "near", "craft", level, "some"))[-1].minutes for level in CHOICES["level"]]
    assert lengths == sorted(lengths)
    assert len(set(lengths)) == 3


def test_the_form_asks_for_exactly_what_is_needed():
    asked = {f.key: tuple(o.id for o in f.options) for f in words.format_form("Support").fields}
    assert asked == CHOICES
