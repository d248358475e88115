"""Parts of a file that a player asks for."""

import pytest

from bot.web.ranges import part_wanted


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", (0, 100)),
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-5", (95, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=0-0,5-6", (0, 100)),  # several parts at once: all of it, as the standard allows
        ("pages=1-2", (0, 100)),
        ("bytes=100-", None),
        ("bytes=20-10", None),
        ("bytes=-0", None),
        (f"bytes={'9' * 5000}-", (0, 100)),  # more digits than Python reads
    ],
)
def test_a_range_is_what_there_is_of_it(header: str, expected: tuple[int, int] | None):
    assert part_wanted(header, 100) == expected


def test_nothing_has_no_part():
    assert part_wanted("bytes=0-", 0) is None
    assert part_wanted("bytes=-3", 0) is None
