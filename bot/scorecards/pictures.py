"""Two pictures for a phone: one scorecard at a glance, and several candidates beside each other.

Only what people can stand by is drawn: levels are whole numbers, bands are bands, what nobody knows is marked as such, and
whoever the ratings do not tell apart stands in one frame. Nothing is told by colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from bot.drawing import CLOSED, FAINT, INK, LINE, PAPER, QUIET, WIDTH, Axes, Sheet, blue, on, printable, text
from flows.rating.levels import middle
from flows.rating.standing import Cell, Standing
from flows.words import pictures_en as words

_MARGIN, _GAP = 20, 8
_DOT = "#1f6aae"
MOST_PEOPLE, MOST_LINES = 16, 14  # a picture is for a look; what is more than this stands in words


@dataclass(frozen=True, slots=True)
class Line:
    """One competency. weight: its share, 0 to 1. levels: one per person, None where they had no basis. machine: the
    machine's band, if it gave one."""

    title: str
    weight: float
    levels: tuple[int | None, ...]
    machine: tuple[int, int] | None = None

    @property
    def given(self) -> list[int]:
        return sorted(level for level in self.levels if level is not None)


# -- one scorecard ------------------------------------------------------------------------------------------------------

_TOP, _ROW, _FOOT = 76, 116, 52
_LEFT, _RIGHT = 56, WIDTH - 56


def scorecard_picture(title: str, lines: Sequence[Line]) -> bytes:
    """One scorecard as a PNG, 640 pixels wide. title: whom it is about. Takes some tenths of a second."""
    shown = lines[:MOST_LINES]
    heads = wrap(printable(title), 38, max_lines=2, placeholder=" \u2026") or [""]
    top = _TOP + 34 * (len(heads) - 1)
    sheet = Sheet(top + _ROW * max(1, len(shown)) + _FOOT)
    for n, head in enumerate(heads):
        text(sheet.axes, _MARGIN, _MARGIN + 14 + 34 * n, head, 26, "left", strong=True)
    text(sheet.axes, _MARGIN, top - 18, words.LEVELS, 19, "left", colour=QUIET)
    for n, line in enumerate(shown):
        _line(sheet.axes, line, top + n * _ROW)
    _legend(sheet.axes, top + _ROW * max(1, len(shown)) + _FOOT / 2 - 4)
    return sheet.png()


def scorecard_words(title: str, lines: Sequence[Line]) -> str:
    """The same in words."""
    found = [words.said_line(x.title, x.given, middle(x.given) if x.given else None, x.machine) for x in lines]
    return f"{title}. {' '.join(found)}"


def _line(axes: Axes, line: Line, top: float) -> None:
    given, axis = line.given, top + 76
    note = _note(line)
    room = int((WIDTH - 3 * _MARGIN - 10 * len(note)) / 14)  # letters beside the note
    name = wrap(printable(line.title), room, max_lines=1, placeholder=" \u2026") or [""]
    text(axes, _MARGIN, top + 22, name[0], 21, "left", strong=True)
    text(axes, WIDTH - _MARGIN, top + 22, note, 18, "right", colour=QUIET)
    if not given:
        _box(axes, (_LEFT, axis - 26, _RIGHT - _LEFT, 52), CLOSED, FAINT, hatch="///")
        _plate(axes, (_LEFT + _RIGHT) / 2, axis, f"? {words.UNKNOWN_WHY}")
        return
    if line.machine:
        low, high = _at(line.machine[0]) - 26, _at(line.machine[1]) + 26
        _box(axes, (low, axis - 26, high - low, 52), CLOSED, LINE, hatch="...")
    _scale(axes, axis)
    for level in range(1, 6):
        _dots(axes, _at(level), axis, given.count(level))
    text(axes, _at(middle(given)), axis - 33, "\u25bc", 15)


def _note(line: Line) -> str:
    """What to know about a competency besides its name: how far people are apart, who had no basis, its weight."""
    given, missing = line.given, line.levels.count(None)
    apart = words.differ(given[0], given[-1]) if given and given[-1] - given[0] >= 2 else ""
    basis = words.no_basis(missing) if given and missing else ""
    return ", ".join(filter(None, (apart, basis, words.weight(line.weight))))


def _at(level: int) -> float:
    return _LEFT + 40 + (level - 1) * (_RIGHT - _LEFT - 80) / 4


def _scale(axes: Axes, y: float) -> None:
    _box(axes, (_at(1), y - 1, _at(5) - _at(1), 2), LINE, LINE, rounding=0.1)
    for level in range(1, 6):
        _box(axes, (_at(level) - 1, y - 6, 2, 12), LINE, LINE, rounding=0.1)
        text(axes, _at(level), y + 35, str(level), 18, colour=QUIET)


def _dots(axes: Axes, x: float, y: float, count: int) -> None:
    """People at one level: side by side up to three, then a dot with their number."""
    if count > 3:
        _dot(axes, x, y, 17)
        text(axes, x, y + 1, str(count), 19, colour=on(_DOT), strong=True)
        return
    for n in range(count):
        _dot(axes, x + (n - (count - 1) / 2) * 26, y, 11)


def _dot(axes: Axes, x: float, y: float, radius: float) -> None:
    from matplotlib.patches import Circle

    axes.add_patch(Circle((x, y), radius, facecolor=_DOT, edgecolor=PAPER, linewidth=2, zorder=3))


def _legend(axes: Axes, y: float) -> None:
    _dot(axes, _MARGIN + 12, y, 11)
    text(axes, _MARGIN + 32, y, words.ONE_PERSON, 18, "left", colour=QUIET)
    text(axes, _MARGIN + 186, y, "\u25bc", 15)
    text(axes, _MARGIN + 204, y, words.MIDDLE, 18, "left", colour=QUIET)
    _box(axes, (_MARGIN + 310, y - 15, 44, 30), CLOSED, LINE, hatch="...")
    text(axes, _MARGIN + 364, y, words.SOFTWARE, 18, "left", colour=QUIET)


# -- candidates beside each other -----------------------------------------------------------------------------------------

_NAME, _CELL, _HEAD, _CAPTION = 176, 50, 84, 34
_WIDE = 88  # a column narrower than this has a number at its head, and its name below the picture


def comparison_picture(title: str, groups: Sequence[tuple[Standing, ...]], unknown: Sequence[Standing] = ()) -> bytes:
    """Candidates by competencies as a PNG, 640 pixels wide: groups as `flows.rating.standing` makes them (each is a tie
    and stands in one frame), then those of whom nothing is known. Labels are shown as they are given."""
    blocks = _blocks(groups, unknown)
    titles = _titles(blocks)
    wide = (WIDTH - 2 * _MARGIN - _NAME) / max(1, len(titles))
    named = wide >= _WIDE
    below = [] if named else [f"{n}  {t}" for n, t in enumerate(titles, 1)]
    rows = sum(len(people) for _, people in blocks)
    height = 76 + (_HEAD if named else 40) + rows * _CELL + len(blocks) * (_CAPTION + 14) + 30 * len(below) + 56
    sheet = Sheet(height)
    head = wrap(printable(title), 38, max_lines=1, placeholder=" \u2026") or [""]
    text(sheet.axes, _MARGIN, _MARGIN + 14, head[0], 26, "left", strong=True)
    text(sheet.axes, _MARGIN, 58, words.COMPARED if blocks else words.NOBODY, 19, "left", colour=QUIET)
    y = 76.0
    for n, name in enumerate(titles):
        _heading(sheet.axes, name if named else str(n + 1), _MARGIN + _NAME + (n + 0.5) * wide, y, wide, named)
    y += _HEAD if named else 40
    for caption, people in blocks:
        y = _block(sheet.axes, caption, people, y, wide)
    for line in below:
        text(sheet.axes, _MARGIN, y + 16, printable(line)[:52], 18, "left", colour=QUIET)
        y += 30
    if blocks:
        _signs(sheet.axes, height - 28)
    return sheet.png()


def comparison_words(title: str, groups: Sequence[tuple[Standing, ...]], unknown: Sequence[Standing] = ()) -> str:
    """The same in words."""
    found = [words.said_group(n, [_row_said(s) for s in g], len(g) > 1) for n, g in enumerate(groups, 1)]
    if unknown:
        found.append(f"{words.NOTHING_KNOWN}: {', '.join(s.label for s in unknown)}.")
    return f"{title}. {' '.join(found) or words.NOBODY}"


def _row_said(standing: Standing) -> str:
    cells = [words.said_cell(c.competency_title, c.low, c.high, c.state == "below") for c in standing.cells]
    return f"{standing.label}: {', '.join(cells)}"


def _blocks(
    groups: Sequence[tuple[Standing, ...]], unknown: Sequence[Standing]
) -> list[tuple[str, tuple[Standing, ...]]]:
    """(caption, people) of every frame, as many people as a picture can hold."""
    room, found = MOST_PEOPLE, list[tuple[str, tuple[Standing, ...]]]()
    for group in groups:
        tie = words.NEXT_TIE if any(len(before) > 1 for _, before in found) else words.TIE
        people = group[:room]
        if people:
            found.append((tie if len(group) > 1 else words.ALONE, people))
        room -= len(people)
    if unknown and room > 0:
        found.append((words.NOTHING_KNOWN, tuple(unknown[:room])))
    return found


def _titles(blocks: Sequence[tuple[str, tuple[Standing, ...]]]) -> list[str]:
    first = next((s for _, people in blocks for s in people), None)
    return [c.competency_title for c in first.cells] if first else []


def _heading(axes: Axes, name: str, x: float, y: float, wide: float, named: bool) -> None:
    if not named:
        text(axes, x, y + 22, name, 19, strong=True)
        return
    letters = max(8, int(wide / 10))
    lines = wrap(printable(name), letters, max_lines=3, placeholder="\u2026", break_long_words=True)
    for n, line in enumerate(lines):
        text(axes, x, y + 22 + 21 * n, line, 16, strong=True)


def _block(axes: Axes, caption: str, people: tuple[Standing, ...], y: float, wide: float) -> float:
    """One frame; where the next one begins."""
    text(axes, _MARGIN, y + _CAPTION / 2, caption, 16, "left", colour=QUIET)
    y += _CAPTION
    high = _CELL * len(people)
    _box(axes, (_MARGIN - 8, y - 2, WIDTH - 2 * _MARGIN + 16, high + 4), PAPER, INK if len(people) > 1 else LINE)
    for standing in people:
        label = wrap(printable(standing.label) or "?", 15, max_lines=1, placeholder="\u2026") or ["?"]
        text(axes, _MARGIN + 4, y + _CELL / 2, label[0], 18, "left", strong=True)
        for n, cell in enumerate(standing.cells):
            _cell(axes, cell, (_MARGIN + _NAME + n * wide, y, wide, _CELL))
        y += _CELL
    return y + 14


def _cell(axes: Axes, cell: Cell, box: tuple[float, float, float, float]) -> None:
    x, y, wide, high = box
    inner = (x + 4, y + 5, wide - 8, high - 10)
    if cell.low is None or cell.high is None:
        _box(axes, inner, CLOSED, FAINT, hatch="///")
        _plate(axes, x + wide / 2, y + high / 2, "?")
        return
    fill = blue((cell.median or cell.low) / 5)
    _box(axes, inner, fill, INK if cell.state == "below" else fill, dashed=cell.state == "below")
    said = words.band(cell.low, cell.high) + (" \u25bd" if cell.state == "below" else "")
    text(axes, x + wide / 2, y + high / 2, said, 20 if wide > 60 else 16, colour=on(fill), strong=True)


def _signs(axes: Axes, y: float) -> None:
    _box(axes, (_MARGIN, y - 15, 44, 30), CLOSED, FAINT, hatch="///")
    text(axes, _MARGIN + 54, y, words.UNKNOWN, 18, "left", colour=QUIET)
    _box(axes, (_MARGIN + 170, y - 15, 44, 30), PAPER, INK, dashed=True)
    text(axes, _MARGIN + 192, y, "\u25bd", 16)
    text(axes, _MARGIN + 224, y, words.BELOW, 18, "left", colour=QUIET)


# -- shapes ---------------------------------------------------------------------------------------------------------------


def _box(
    axes: Axes,
    place: tuple[float, float, float, float],
    fill: str,
    edge: str,
    *,
    hatch: str = "",
    dashed: bool = False,
    rounding: float = 6,
) -> None:
    from matplotlib.patches import FancyBboxPatch

    x, y, wide, high = place
    shape = FancyBboxPatch(
        (x, y),
        wide,
        high,
        boxstyle=f"round,pad=0,rounding_size={rounding}",
        facecolor=fill,
        edgecolor=edge,
        hatch=hatch,
        linewidth=2 if dashed else 1.5,
        linestyle="--" if dashed else "-",
    )
    axes.add_patch(shape)


def _plate(axes: Axes, x: float, y: float, said: str) -> None:
    """Words on a hatched ground, with paper behind them."""
    wide = 12 * len(said) + 20
    _box(axes, (x - wide / 2, y - 15, wide, 30), PAPER, PAPER)
    text(axes, x, y, said, 18, colour=QUIET, strong=True)
