"""The two pictures: whole levels, bands, what is unknown, ties in one frame; the same in words; and where they are shown."""

import base64
from io import BytesIO
from typing import Any

import orjson
import pytest
from PIL import Image

from bot.drawing import BLUES, CLOSED
from bot.scorecards import rereading
from bot.scorecards.pictures import Line, comparison_picture, comparison_words, scorecard_picture, scorecard_words
from bot.store.rows import Post
from flows.rating.standing import Cell, Standing
from flows.words import pictures_en as words
from tests.bot.scorecards.conftest import within
from tests.bot.stagehand import Seat, Stage
from tests.shared import shared

TITLE = "Customer support specialist"
LINES = [
    Line("Ownership", 0.4, (3, 4, 4), (2, 3)),
    Line("Care", 0.3, (2, 5, None)),
    Line("Writing", 0.3, (None, None)),
]


def image(png: bytes) -> Image.Image:
    found = Image.open(BytesIO(png))
    found.load()
    return found.convert("RGB")


def pixels(png: bytes, colour: str) -> int:
    shown = image(png)
    counted = shown.getcolors(shown.width * shown.height)
    assert counted
    return sum(n for n, c in counted if isinstance(c, tuple) and "#{:02x}{:02x}{:02x}".format(*c) == colour)


def standing(label: str, *bands: tuple[int, int] | None) -> Standing:
    cells = tuple(
        Cell(f"C{n}", None, None) if b is None else Cell(f"C{n}", *b, "below" if b[0] < 2 else "rated", median=b[0])
        for n, b in enumerate(bands)
    )
    return Standing(label, cells)


def test_a_scorecard_is_small_light_wide_as_a_phone_and_always_the_same():
    png = scorecard_picture(TITLE, LINES)
    assert png == scorecard_picture(TITLE, LINES)
    shown = image(png)
    assert shown.width == 640
    assert shown.getpixel((2, 2)) == (255, 255, 255)
    assert len(png) < 200_000
    assert len(scorecard_picture(TITLE, LINES * 5)) < 200_000


def test_each_person_is_a_dot_and_nothing_is_drawn_for_nobody():
    def dots(*levels: int | None) -> int:
        return pixels(scorecard_picture(TITLE, [Line("Ownership", 1, levels)]), "#1f6aae")

    legend = dots(None)
    one, two = dots(3) - legend, dots(3, 4) - legend
    assert 1.8 < two / one < 2.2
    assert dots(3, None) - legend == one, "nobody's missing basis is drawn as a level"


def test_the_machines_band_and_the_unknown_are_grounds_of_their_own():
    without, with_band = (
        pixels(scorecard_picture(TITLE, [Line("Ownership", 1, (3,), b)]), CLOSED) for b in (None, (2, 3))
    )
    assert with_band > without + 3000
    assert pixels(scorecard_picture(TITLE, [Line("Ownership", 1, ())]), CLOSED) > without + 8000


def test_the_words_say_what_the_picture_shows():
    said = scorecard_words(TITLE, LINES)
    assert "Ownership: 3, 4, 4, middle 4; software 2\u20133." in said
    assert "Care: 2, 5, middle 2." in said
    assert f"Writing: {words.UNKNOWN_WHY}." in said


def test_levels_and_bands_are_whole_numbers_everywhere():
    assert not any(f"{n}.{m}" in scorecard_words(TITLE, LINES) for n in range(6) for m in range(10))
    groups = [(standing("A", (3, 4), None), standing("B", (4, 4), (1, 2))), (standing("C", (2, 2), (2, 3)),)]
    said = comparison_words(TITLE, groups, (standing("D", None, None),))
    assert said == (
        f"{TITLE}. Group 1 (not told apart): A: C0 3\u20134, C1 unknown; B: C0 4, C1 1\u20132 (below the minimum). "
        "Group 2: C: C0 2, C1 2\u20133. Nothing is known yet: D."
    )


def test_a_higher_median_is_a_darker_cell_and_the_unknown_is_none_of_them():
    for n in range(1, 6):
        png = comparison_picture(TITLE, [(standing("A", (n, n)),)])
        assert pixels(png, BLUES[n - 1]) > 8_000
        assert all(pixels(png, b) < 3_000 for b in BLUES if b != BLUES[n - 1])
    assert all(pixels(comparison_picture(TITLE, [], (standing("A", None),)), b) < 500 for b in BLUES)


@pytest.mark.parametrize("columns", [1, 4, 9])
def test_many_candidates_fit_and_so_does_nobody(columns: int):
    people = tuple(standing(f"Candidate {n}", *[(n % 5 + 1, n % 5 + 1)] * columns) for n in range(60))
    png = comparison_picture(TITLE, [people[:10], people[10:]])
    assert len(png) < 200_000
    assert image(png).width == 640
    assert comparison_picture(TITLE, []).startswith(b"\x89PNG")


def test_whatever_people_are_called_something_can_be_drawn():
    attacks = [orjson.loads(x)["text"] for x in shared("cases", "injections.jsonl").read_text().splitlines()]
    for text in [*attacks[::6], "\U0001f600", "", "$$$", "\u202e", "x" * 500, "\u4f60\u597d"]:
        assert scorecard_picture(text, [Line(text, 1, (1,))]).startswith(b"\x89PNG")
    assert comparison_picture("$_{$", [(standing("\u202e\U0001f600", (1, 1)),)]).startswith(b"\x89PNG")


# -- where they are shown -----------------------------------------------------------------------------------------------------


async def pictures(seat: Seat) -> list[dict[str, Any]]:
    """The messages of the channel with a picture in them."""
    return [m for m in await seat.messages(seat.channel_id) if m["from"] == "parley" and m["card"].get("files")]


async def test_the_picture_comes_with_the_reveal_and_changes_with_the_cards(stage: Stage):
    ada = await stage.finished()
    priya, tom, noor = (stage.seats[n] for n in ("Priya", "Tom", "Noor"))
    await priya.rates("Ada Okoye", "4")
    assert not await pictures(noor)
    await tom.rates("Ada Okoye", "2")
    (shown,) = await pictures(noor)
    (file,) = shown["card"]["files"]
    assert base64.b64decode(file["data"]).startswith(b"\x89PNG")
    assert "Ownership: 2, 4, middle 2" in file["alt"]
    assert "Ada" not in file["alt"], "a picture that is passed on names nobody"
    (post,) = await stage.rows(Post, kind="picture")
    assert post["message_id"] == shown["id"]
    interview = await stage.interview(ada)
    await within(stage, ada, lambda scene, row: rereading.ask(scene, row, noor.who.person_id))
    assert not await pictures(noor)
    (covered,) = [m for m in await noor.messages(noor.channel_id) if m["id"] == shown["id"]]
    assert covered["card"]["text"] == words.COVERED
    await within(stage, ada, lambda scene, row: rereading.end(scene, row, noor.who.person_id))
    assert [m["id"] for m in await pictures(noor)] == [shown["id"]]
    assert interview["revealed_at"] is not None
