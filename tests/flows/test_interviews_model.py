"""The life of an interview: the whole table, and any order of facts."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from flows.interviews.model import FACTS, Refused, Status, move

ORDER = list(Status)
WAY = ["opened", "consented", "interview_began", "submitted", "revealed", "decided"]
REACHED = {
    "opened": Status.OPENED,
    "consented": Status.CONSENTED,
    "interview_began": Status.IN_PROGRESS,
    "submitted": Status.SUBMITTED,
    "revealed": Status.SCORED,
    "decided": Status.DECIDED,
}


def test_the_usual_way_from_invited_to_decided():
    status = Status.INVITED
    for fact in WAY:
        status = _moved(status, fact)
        assert status == REACHED[fact]


@pytest.mark.parametrize(("status", "fact"), list(product(Status, FACTS)))
def test_every_cell_is_a_status_or_a_kind_refusal(status: Status, fact: str):
    got = move(status, fact)
    if isinstance(got, Refused):
        assert got.status == status
        assert got.say.endswith(".")
        assert "!" not in got.say
    else:
        again = move(got, fact)
        assert again == got, "a fact that comes twice changes nothing the second time"


@pytest.mark.parametrize("status", Status)
def test_withdrawing_is_possible_at_any_time(status: Status):
    assert move(status, "withdrawn") == Status.WITHDRAWN


@pytest.mark.parametrize("status", [s for s in Status if s not in (Status.SCORED, Status.DECIDED)])
def test_nothing_is_decided_before_the_scorecards_are_in(status: Status):
    assert isinstance(move(status, "decided"), Refused)


@pytest.mark.parametrize("status", [Status.INVITED, Status.OPENED, Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED])
def test_no_interview_begins_without_consent(status: Status):
    assert isinstance(move(status, "interview_began"), Refused)


def test_a_person_instead_of_the_bot_leads_to_the_same_decision():
    status = _moved(Status.OPENED, "human_chosen")
    assert status == Status.DECLINED
    assert move(status, "expired") == Status.DECLINED, (
        "the team owes the candidate a person; no deadline takes that away"
    )
    assert _moved(_moved(status, "revealed"), "decided") == Status.DECIDED
    assert move(status, "consented") == Status.CONSENTED, "and it is no one-way street"


@pytest.mark.parametrize("before", [Status.INVITED, Status.OPENED, Status.CONSENTED, Status.DECLINED])
def test_what_people_held_can_be_rated_and_taken_back_before_the_reveal(before: Status):
    status = _moved(before, "held")
    assert status == Status.SUBMITTED
    assert move(status, "not_held") == Status.INVITED
    opened = _moved(status, "revealed")
    assert move(opened, "not_held") == opened
    assert move(before, "not_held") == before


def test_nobody_is_cut_off_while_answering_and_late_answers_count():
    assert isinstance(move(Status.IN_PROGRESS, "expired"), Refused)
    assert move(Status.PAUSED, "expired") == Status.EXPIRED
    assert move(Status.EXPIRED, "submitted") == Status.SUBMITTED


@pytest.mark.parametrize("status", Status)
def test_the_team_may_call_off_until_the_scorecards_are_open(status: Status):
    got = move(status, "called_off")
    if status in (Status.SCORED, Status.DECIDED):
        assert isinstance(got, Refused)
    else:
        assert got == Status.WITHDRAWN


@pytest.mark.parametrize("status", Status)
def test_moving_begins_anew_only_what_has_not_begun(status: Status):
    got = move(status, "moved")
    if status in (Status.INVITED, Status.OPENED, Status.CONSENTED):
        assert got == Status.INVITED
    elif status in (Status.DECLINED, Status.IN_PROGRESS, Status.PAUSED):
        assert got == status
    else:
        assert isinstance(got, Refused), "what was sent off stays with the role it was given for"


@given(st.sampled_from(Status), st.text())
def test_an_unknown_fact_is_refused_and_never_an_exception(status: Status, fact: str):
    if fact not in FACTS:
        assert isinstance(move(status, fact), Refused)


def _moved(status: Status, fact: str) -> Status:
    got = move(status, fact)
    assert isinstance(got, Status)
    return got


class AnyOrder(RuleBasedStateMachine):
    """Facts in any order, with repeats."""

    def __init__(self) -> None:
        super().__init__()
        self.status = Status.INVITED
        self.true: set[str] = set()

    @rule(fact=st.sampled_from(FACTS))
    def happens(self, fact: str) -> None:
        before = self.status
        got = move(before, fact)
        if isinstance(got, Status):
            self.status = got
            self.true.add(fact)
        if before == Status.WITHDRAWN:
            assert self.status == Status.WITHDRAWN
        # `not_held` is stated only where people were to hold it, so that nobody has sent anything off.
        if before in (Status.SUBMITTED, Status.SCORED, Status.DECIDED) and fact not in ("withdrawn", "not_held"):
            assert ORDER.index(self.status) >= ORDER.index(before), "what was sent off is never undone"

    @invariant()
    def nothing_is_skipped(self) -> None:
        if self.status in (Status.IN_PROGRESS, Status.PAUSED):
            assert {"consented", "interview_began"} <= self.true
        if self.status == Status.DECIDED:
            assert {"revealed", "decided"} <= self.true
            assert self.true & {"submitted", "human_chosen", "held"}


TestAnyOrder = AnyOrder.TestCase
