"""The picture of a week: legible numbers on blues that differ in brightness, and the same in words."""

import subprocess
import sys
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.scheduling.week import BLUES, WeekGrid, contrast, picture, title_lines, words

TITLE = "Backend pool, 30 Nov to 4 Dec, free interviewers (Paris time)"
DAYS = ("Mon 30 Nov", "Tue 1 Dec", "Wed 2 Dec", "Thu 3 Dec", "Fri 4 Dec")


def grid(*rows: tuple[str, list[int | None]], of: int = 5, days: tuple[str, ...] = DAYS) -> WeekGrid:
    return WeekGrid(TITLE, days, tuple(hour for hour, _ in rows), tuple(tuple(row) for _, row in rows), of)


A_WEEK = grid(
    ("08:00", [None, 2, None, None, None]),
    ("09:00", [2, 3, 3, 3, 3]),
    ("10:00", [3, 4, 3, 3, 2]),
    ("11:00", [1, 4, 3, 2, 2]),
    ("12:00", [0, 0, 0, 0, 0]),
    ("13:00", [3, 1, 2, 1, 0]),
    ("14:00", [3, 3, 2, 2, None]),
)


def image(png: bytes) -> Image.Image:
    found = Image.open(BytesIO(png))
    found.load()
    return found.convert("RGB")


def colours(png: bytes) -> dict[str, int]:
    """How many pixels there are of each colour."""
    shown = image(png)
    counted = shown.getcolors(shown.width * shown.height)
    assert counted
    return {"#{:02x}{:02x}{:02x}".format(*colour): n for n, colour in counted if isinstance(colour, tuple)}


def test_it_is_a_png_as_wide_as_a_phone_at_twice_its_resolution():
    png = picture(A_WEEK)
    assert png.startswith(b"\x89PNG")
    shown = image(png)
    assert shown.width == 640
    assert shown.height > 500
    assert shown.getpixel((2, 2)) == (255, 255, 255), "a light background, not a transparent one"


def test_more_free_interviewers_are_darker():
    for n in range(1, 6):
        found = colours(picture(grid(("09:00", [n] * 5))))
        blues = {blue for blue in BLUES if found.get(blue, 0) > 10_000}
        assert blues == {BLUES[n - 1]}, f"{n} of 5"


def test_closed_busy_and_free_look_different():
    closed, busy, free = (colours(picture(grid(("09:00", [n] * 5)))) for n in (None, 0, 5))
    assert busy["#ffffff"] > closed["#ffffff"] + 10_000, "busy is an empty frame, closed is filled"
    assert busy["#ffffff"] > free["#ffffff"] + 10_000
    assert closed.get(BLUES[4], 0) < free[BLUES[4]] - 10_000
    assert len(closed) > 20, "and hatched"


def test_numbers_are_legible_and_blues_differ_in_brightness_alone():
    assert len(BLUES) == 5
    for blue in BLUES:
        assert max(contrast(ink, blue) for ink in ("#10243e", "#ffffff")) >= 4.5
    for lighter, darker in pairwise(BLUES):
        assert contrast(lighter, darker) >= 1.25
        assert contrast("#ffffff", darker) > contrast("#ffffff", lighter)


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize(
    "odd",
    [
        WeekGrid("", (), (), (), 0),
        WeekGrid("Pool", ("Mon",), ("09:00",), ((None,),), 0),
        WeekGrid("$x$ _pool_ 🚀 東京, 30 Nov to 6 Dec, free (Paris time)", ("Mon 30 Nov",), ("09:00",), ((100,),), 100),
        WeekGrid("An engineering pool of " + "great " * 30 + "length, 30 Nov, free", DAYS, ("09:00",), ((1,) * 5,), 1),
        WeekGrid(
            "Half hours, x, y", DAYS, tuple(f"{n // 2:02}:{n % 2 * 30:02}" for n in range(48)), ((1,) * 5,) * 48, 9
        ),
    ],
)
def test_odd_weeks_are_drawn_too(odd: WeekGrid):
    assert image(picture(odd)).width == 640


def test_a_long_name_keeps_the_week():
    lines = title_lines("Engineering " * 9 + "pool, 30 Nov to 6 Dec, free interviewers (Paris time)")
    assert [line for line, _ in lines][1:] == ["30 Nov to 6 Dec", "Free interviewers (Paris time)"]


def test_it_leaves_no_global_state_and_loads_the_library_only_to_draw():
    code = (
        "import sys; from bot.scheduling import week; assert 'matplotlib' not in sys.modules;"
        "week.picture(week.WeekGrid('a', ('Mon',), ('09:00',), ((1,),), 1)); assert 'matplotlib' in sys.modules;"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_in_words():
    assert words(A_WEEK) == "Most free: Tue 10-12 (4 of 5).\nNobody: Mon to Thu 12-13; Fri afternoon."


def test_in_words_everybody_is_busy():
    assert words(grid(("09:00", [0] * 5))) == "Nobody is free in this week."
    assert words(WeekGrid("", (), (), (), 0)) == "Nobody is free in this week."


def test_in_words_days_together_and_no_more_than_three():
    always = grid(("09:00", [1] * 5), ("10:00", [1] * 5))
    assert words(always) == "Most free: every day (1 of 5).\nAt all times somebody is free."
    rows = [(f"{9 + n // 2:02}:{n % 2 * 30:02}", [5 if n == 2 * d else 1 for d in range(5)]) for n in range(10)]
    assert words(grid(*rows)).startswith(
        "Most free: Mon 9-9:30; Tue 10-10:30; Wed 11-11:30; and 2 more times (5 of 5)."
    )


def test_in_words_the_last_row_is_as_long_as_the_others():
    half = grid(("16:30", [1] * 5), ("17:00", [2, 1, 1, 1, 1]))
    assert words(half).startswith("Most free: Mon 17-17:30 (2 of 5).")


def test_a_week_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="one row for each hour"):
        grid(("09:00", [1, 2]))
    with pytest.raises(ValueError, match="from 0 to 5"):
        grid(("09:00", [1, 2, 3, 4, 6]))


NUMBERS = st.none() | st.integers(0, 3)


@given(st.integers(0, 23), st.lists(st.lists(NUMBERS, min_size=5, max_size=5), min_size=1, max_size=10))
def test_words_name_a_time_at_which_most_are_free(first: int, rows: list[list[int | None]]):
    shown = rows[: 24 - first]
    said = words(grid(*((f"{first + n:02}:00", row) for n, row in enumerate(shown)), of=3))
    most = max((n for row in shown for n in row if n is not None), default=0)
    assert said.count("\n") == (1 if most else 0)
    assert said.startswith("Most free: " if most else "Nobody is free")
    assert f"({most} of 3)" in said or not most
    if all(n for row in shown for n in row):
        assert "At all times somebody is free." in said
