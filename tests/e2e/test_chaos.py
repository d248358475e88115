"""kill -9 while people talk. The short form is part of every test run; the long one is `bench/chaos.py` as it stands."""

import pytest

from bench.chaos import Report, run


def _nothing_is_wrong(report: Report) -> None:
    assert report.violations == []
    assert report.figures["events"] > report.conversations, "people hardly said anything"
    assert report.figures["journals_replayed"] >= report.conversations


def test_a_few_interviews_outlive_a_few_kills():
    report = run(11, 12, 3, think=0.3)
    _nothing_is_wrong(report)
    assert sum(report.phases.values()) > 0, "no kill hit anything that was under way"


@pytest.mark.slow
def test_two_hundred_interviews_outlive_thirty_kills_in_every_phase():
    report = run(7, 200, 30)
    _nothing_is_wrong(report)
    assert len(report.kills) == 30
    assert all(report.phases.values()), report.phases
