"""kill -9 while people talk over a chat platform. The long form is `bench/chaos_platforms.py` as it stands."""

import pytest

from bench.chaos_platforms import Report, run
from tests.shared import shared


def _nothing_is_wrong(report: Report) -> None:
    assert report.violations == []
    assert report.figures["answers"] > report.people // 2, "people hardly said anything"
    assert report.figures["checked_by_wirespec"] > 50, "hardly anything was compared with the specification"
    assert report.figures["journals_replayed"] >= report.people


# Telegram alone can't tell whether a message arrived, so it is struck twice.
@pytest.mark.parametrize(
    ("platform", "kills"),
    [
        pytest.param("telegram", 2, marks=pytest.mark.slow),
        ("slack", 1),
        pytest.param("discord", 1, marks=pytest.mark.slow),
    ],
)
def test_a_few_interviews_outlive_kills_on_a_platform(platform: str, kills: int):
    shared("wirespec")
    report = run(platform, 7, 4, kills, think=0.2)
    _nothing_is_wrong(report)
    assert report.kills[0].after_send == 1, "the first kill was to hit a message that had arrived unrecorded"


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["telegram", "slack", "discord"])
def test_many_interviews_outlive_many_kills_on_a_platform(platform: str):
    shared("wirespec")
    report = run(platform, 7, 40, 12)
    _nothing_is_wrong(report)
    assert all(report.phases[p] for p in ("before_commit", "in_sending", "after_send")), report.phases
