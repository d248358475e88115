"""Several runs as one judgement: bands, abstentions, and what flagged sentences change."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rating.levels import Verdict
from flows.rating.reading import Checked, Sample
from flows.rating.runs import Runs, differ, judged, merged, runs_from
from tests.flows.rating.small_kit import OWNERSHIP

KEYS = tuple(OWNERSHIP.indicators)


def level(n: int, insufficient: bool = False, rejected: int = 0) -> Sample:
    """A reading with n - 1 indicators met, which the kit's table makes level n."""
    checked = tuple(Checked(k, "met" if i < n - 1 else "no_evidence") for i, k in enumerate(KEYS))
    return Sample(checked, rejected, insufficient)


THIN = level(1, insufficient=True)


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (Runs((level(3),) * 3), (3, (3, 3), True, "")),
        (Runs((level(3), level(3), level(4), level(3), level(3))), (3, (3, 4), True, "")),
        (Runs((level(3),) * 3, neutral=level(2)), (3, (2, 3), True, "")),
        (Runs((level(5),) * 3, neutral=level(2)), (None, (2, 5), False, "unstable")),
        (Runs((level(5),) * 3, neutral=THIN), (None, (5, 5), False, "unstable")),
        (Runs((level(3), level(3), THIN)), (None, None, False, "insufficient_evidence")),
        (Runs((level(4),) * 3, without=(level(4),) * 3), (4, (4, 4), True, "")),
        (Runs((level(5),) * 3, without=(level(2),) * 3), (None, (5, 5), False, "injection_moved_score")),
        (Runs((level(5),) * 3, level(2), (level(2),) * 3), (None, (2, 5), False, "injection_moved_score")),
        (Runs((level(4),) * 3, without=(THIN,) * 3), (None, (4, 4), False, "injection_moved_score")),
        (Runs((level(2, rejected=1),) * 2 + (level(4),)), (None, None, False, "quotes_rejected")),
    ],
)
def test_runs_come_to_a_level_with_a_band_or_a_reason(
    runs: Runs, expected: tuple[int | None, tuple[int, int] | None, bool, str]
):
    j = judged([runs], OWNERSHIP, 60)
    assert (j.level, j.band, j.stable, j.reason) == expected


def test_people_see_the_difference_that_a_flagged_sentence_makes():
    assert judged([Runs((level(5),) * 3, without=(level(2),) * 3)], OWNERSHIP, 60).moved == (5, 2)
    assert judged([Runs((level(5),) * 3, without=(THIN,) * 3)], OWNERSHIP, 60).moved == (5, None)
    assert judged([Runs((level(5),) * 3)], OWNERSHIP, 60).moved is None


def test_answers_that_were_read_more_and_less_often_are_read_together():
    one = Runs(tuple(Sample((Checked("own_step", v),)) for v in ("met", "no_evidence", "met", "met", "met")))
    other = Runs((Sample((Checked("result", "met"),)),) * 3)
    whole = merged([one, other])
    assert len(whole) == 5
    assert [{c.indicator: c.status for c in s.checked} for s in whole][1] == {
        "own_step": "no_evidence",
        "result": "met",
    }
    assert differ(whole, OWNERSHIP)
    assert merged([one, Runs()]) == ()


def test_runs_that_mostly_failed_are_not_used():
    assert Runs().problem == "schema_failure"
    assert Runs((level(3),), failures=("truncated", "refused")).problem == "truncated"
    assert Runs((level(3),) * 2, failures=("truncated",)).problem == ""
    assert Runs((level(3),) * 3, broken="refused").problem == "refused"


_VERDICTS: list[Verdict] = ["met", "partly", "not_met", "no_evidence"]
_SAMPLES = st.builds(
    lambda statuses, rejected, thin: Sample(
        tuple(Checked(k, s) for k, s in zip(KEYS, statuses, strict=True)), rejected, thin
    ),
    st.lists(st.sampled_from(_VERDICTS), min_size=4, max_size=4),
    st.integers(0, 2),
    st.booleans(),
)


@given(st.lists(_SAMPLES, min_size=1, max_size=5), st.one_of(st.none(), _SAMPLES), st.lists(_SAMPLES, max_size=3))
def test_whatever_was_read_there_is_a_level_inside_a_narrow_band_or_a_reason(
    samples: list[Sample], neutral: Sample | None, without: list[Sample]
):
    runs = Runs(tuple(samples), neutral, tuple(without))
    j = judged([runs], OWNERSHIP, 60)
    assert (j.level is None) == bool(j.reason)
    if j.level is not None:
        assert j.band is not None
        assert j.band[0] <= j.level <= j.band[1] <= j.band[0] + 1
    assert runs_from(json.loads(json.dumps(runs.to_json()))) == runs
