"""Drawing for a phone: the few things that all of Parley's pictures share. Light paper, one font, one hue in five steps.

The library behind it loads slowly, and so is imported when something is drawn.
"""

from functools import cache
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Literal, Protocol, cast

WIDTH = 640  # twice the width of a small phone, so that everything is sharp there
INK, QUIET, LINE, PAPER = "#10243e", "#51607a", "#b4bfce", "#ffffff"
CLOSED, FAINT = "#eef1f5", "#dde3ea"
# One hue in five steps: also without colours, more is darker, and on each of them a number is easy to read.
BLUES = ("#dcebf8", "#aed2ef", "#72b1de", "#1f6aae", "#0b3a75")


class Axes(Protocol):
    """What is used of the library's axes, whose own types are partly unknown."""

    def text(self, x: float, y: float, s: str, /, **style: object) -> object: ...
    def add_patch(self, p: object, /) -> object: ...


class _Figure(Protocol):
    def add_axes(self, rect: tuple[float, float, float, float], /, **style: object) -> Axes: ...


class _Canvas(Protocol):
    def print_png(self, into: BytesIO, /, *, metadata: dict[str, None]) -> None: ...


class Sheet:
    """A sheet of paper, `WIDTH` wide: positions are pixels from its upper left corner."""

    def __init__(self, height: float) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor=PAPER)  # 72: a point is a pixel
        self._canvas = cast(_Canvas, FigureCanvasAgg(figure))
        blank = {"xlim": (0, WIDTH), "ylim": (height, 0), "frame_on": False, "xticks": (), "yticks": ()}
        self.axes = cast(_Figure, figure).add_axes((0, 0, 1, 1), **blank)

    def png(self) -> bytes:
        """As a PNG, the same bytes for the same drawing."""
        found = BytesIO()
        self._canvas.print_png(found, metadata={"Software": None})
        return found.getvalue()


def text(
    axes: Axes,
    x: float,
    y: float,
    said: str,
    size: float,
    at: Literal["left", "center", "right"] = "center",
    *,
    colour: str = INK,
    strong: bool = False,
) -> None:
    """One line of text, its middle at the height `y`."""
    axes.text(
        *(x, y, said),
        fontsize=size,
        ha=at,
        va="center_baseline",
        color=colour,
        fontproperties=font(strong),
        parse_math=False,  # something may be named "$$$"
    )


@cache
def font(strong: bool) -> Path:
    """The font that comes with the library, whatever else is installed."""
    from matplotlib import get_data_path

    return Path(get_data_path(), "fonts", "ttf", f"DejaVuSans{'-Bold' if strong else ''}.ttf")


@cache
def known() -> frozenset[int]:
    """The characters that both cuts of the font have a picture for."""
    from matplotlib.ft2font import FT2Font

    plain, bold = (frozenset(FT2Font(str(font(strong))).get_charmap()) for strong in (False, True))
    return plain & bold


def printable(said: str) -> str:
    """Without what the font has no picture for: an emoji would come out as an empty box."""
    return " ".join("".join(c for c in said if c.isspace() or ord(c) in known()).split())


def blue(share: float) -> str:
    """The colour for a share above 0, at most 1."""
    return BLUES[ceil(share * len(BLUES)) - 1]


def on(fill: str) -> str:
    """Ink or paper, whichever is easier to read on a colour."""
    return max((INK, PAPER), key=lambda colour: contrast(colour, fill))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21, as WCAG 2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    r, g, b = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
