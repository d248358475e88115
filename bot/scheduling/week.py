"""The week of a pool: how many interviewers are free when, as a picture for a phone and as words for a screen reader."""

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import wrap

from bot.drawing import (
    BLUES,
    CLOSED,
    FAINT,
    LINE,
    PAPER,
    QUIET,
    WIDTH,
    Axes,
    Sheet,
    blue,
    contrast,
    on,
    printable,
    text,
)

__all__ = ["BLUES", "WeekGrid", "contrast", "picture", "title_lines", "words"]

_MARGIN, _LEFT, _GAP = 20, 84, 4
_HEAD, _FOOT = 56, 62  # height of the names of the days, and of the legend
_ROW = {12: 56, 20: 44, 32: 34}  # up to this many rows -> the height of one
_LOWEST_ROW = 26
_NAMED = 3  # more runs than this nobody keeps in mind


@dataclass(frozen=True, slots=True)
class WeekGrid:
    """free[hour][day]: how many of `of` interviewers are free then; None = nobody works then.

    title: "Backend pool, 30 Nov to 4 Dec, free interviewers (Paris time)"; days: "Mon 30 Nov"; hours: "09:00" or "09:30",
    each the start of its row. Raises ValueError for another shape or a number that can't be.
    """

    title: str
    days: tuple[str, ...]
    hours: tuple[str, ...]
    free: tuple[tuple[int | None, ...], ...]
    of: int

    def __post_init__(self) -> None:
        if len(self.free) != len(self.hours) or any(len(row) != len(self.days) for row in self.free):
            raise ValueError("a week has one row for each hour, and in it one number for each day")
        if any(n is not None and not 0 <= n <= self.of for row in self.free for n in row):
            raise ValueError(f"of {self.of} interviewers, from 0 to {self.of} are free")


def picture(grid: WeekGrid) -> bytes:
    """The week as a PNG, 640 pixels wide, to be shown at half that width. Takes some tenths of a second."""
    lines = title_lines(printable(grid.title))
    top = _MARGIN + 36 * len(lines) + 12
    row = next((height for most, height in _ROW.items() if len(grid.hours) <= most), _LOWEST_ROW)
    height = top + _HEAD + row * max(1, len(grid.hours)) + _FOOT
    sheet = Sheet(height)
    for n, (line, strong) in enumerate(lines):
        text(sheet.axes, _MARGIN, _MARGIN + 16 + 36 * n, line, 26 if strong else 22, "left", strong=strong)
    if grid.days and grid.hours:
        _cells(sheet.axes, grid, top + _HEAD, row)
        _legend(sheet.axes, grid, height - _FOOT / 2 + 4)
    else:
        text(sheet.axes, _MARGIN, top + _HEAD, "Nobody works in this week.", 22, "left", colour=QUIET)
    return sheet.png()


def words(grid: WeekGrid) -> str:
    """The same in two lines: "Most free: Tue 10-12 (4 of 5)." and "Nobody: Fri afternoon.\""""
    most = max((n for row in grid.free for n in row if n is not None), default=0)
    if not most:
        return "Nobody is free in this week."
    best, none = _said(grid, lambda n: n == most), _said(grid, lambda n: not n)
    return f"Most free: {best} ({most} of {grid.of}).\n" + (
        f"Nobody: {none}." if none else "At all times somebody is free."
    )


def _cells(axes: Axes, grid: WeekGrid, top: float, row: float) -> None:
    wide = (WIDTH - _MARGIN - _LEFT) / len(grid.days)
    for d, day in enumerate(grid.days):
        name, _, rest = printable(day).partition(" ")
        size = min(20, wide / 4)
        text(axes, _LEFT + (d + 0.5) * wide, top - 38, name, size + 2, strong=True)
        text(axes, _LEFT + (d + 0.5) * wide, top - 14, rest, size, colour=QUIET)
    for h, hour in enumerate(grid.hours):
        if row >= _ROW[20] or hour.endswith(":00"):
            text(axes, _LEFT - 12, top + (h + 0.5) * row, printable(hour), 20, "right", colour=QUIET)
        for d, free in enumerate(grid.free[h]):
            _cell(axes, grid.of, free, (_LEFT + d * wide, top + h * row, wide, row))


def _cell(axes: Axes, of: int, free: int | None, box: tuple[float, float, float, float]) -> None:
    """Closed is grey and hatched without a number; everybody busy is an empty frame with 0; the rest is blue."""
    from matplotlib.patches import FancyBboxPatch

    x, y, wide, high = box
    fill = CLOSED if free is None else PAPER if free == 0 else blue(free / of)
    edge = FAINT if free is None else LINE if free == 0 else fill
    axes.add_patch(
        FancyBboxPatch(
            (x + _GAP / 2 + 4, y + _GAP / 2 + 4),
            wide - _GAP - 8,
            high - _GAP - 8,
            boxstyle="round,pad=4,rounding_size=6",
            facecolor=fill,
            edgecolor=edge,
            linewidth=1.5,
            hatch="///" if free is None else "",
        )
    )
    if free is not None:
        size = min(24, high * 0.62)
        text(axes, x + wide / 2, y + high / 2, str(free), size, colour=on(fill) if free else QUIET, strong=free > 0)


def _legend(axes: Axes, grid: WeekGrid, y: float) -> None:
    """What the three kinds of cell mean, in as few words as fit."""
    x = float(_LEFT)
    kinds: list[tuple[int | None, str]] = [(None, "nobody works"), (0, "all busy"), (grid.of, "all free")]
    for free, meaning in kinds:
        _cell(axes, max(1, grid.of), free, (x, y - 17, 40, 34))
        text(axes, x + 48, y, meaning, 19, "left", colour=QUIET)
        x += 48 + 11 * len(meaning) + 18


def title_lines(title: str) -> list[tuple[str, bool]]:
    """(line, whether it is bold): the pool and the week, then what is counted. A pool with a long name loses its end."""
    head, comma, counted = title.rpartition(", ")
    if not comma:
        head, counted = title, ""
    bold = wrap(head, 36)
    if len(bold) > 2:
        pool, _, week = head.rpartition(", ")
        bold = wrap(pool or head, 36, max_lines=1 if pool else 2, placeholder=" …") + ([week] if pool else [])
    return [*((line, True) for line in bold), *((line, False) for line in wrap(counted[:1].upper() + counted[1:], 44))]


def _said(grid: WeekGrid, wanted: Callable[[int | None], bool]) -> str:
    """Runs of wanted hours, the same of several days together: "Mon and Wed 10-12; Fri afternoon"."""
    rows = [any(n is not None for n in row) for row in grid.free]  # hours that somebody works in, on any day
    working = [h for h, open_ in enumerate(rows) if open_]
    days_of: dict[str, list[int]] = {}
    lengths: dict[str, int] = {}
    for d in range(len(grid.days)):
        for run in _runs(working, [wanted(row[d]) for row in grid.free]):
            said = _run_said(grid.hours, run, working)
            # Before and after somebody's hours nobody works, which is no news unless it is half a day.
            if said[-1:].isdigit() and all(grid.free[h][d] is None for h in run):
                continue
            days_of.setdefault(said, []).append(d)
            lengths[said] = lengths.get(said, 0) + len(run)
    longest = sorted(days_of, key=lambda said: -lengths[said])
    shown = [_days_said(grid.days, days_of[said]) + said for said in longest[:_NAMED]]
    more = len(longest) - _NAMED
    return "; ".join([*shown, f"and {more} more time{'' if more == 1 else 's'}"] if more > 0 else shown)


def _runs(working: list[int], marks: list[bool]) -> list[list[int]]:
    """The working rows that are marked, in runs."""
    found: list[list[int]] = [[]]
    for h in working:
        if marks[h]:
            found[-1].append(h)
        elif found[-1]:
            found.append([])
    return [run for run in found if run]


def _run_said(hours: tuple[str, ...], run: list[int], working: list[int]) -> str:
    """ " 10-12", " afternoon", or "" for a whole day."""
    if run == working:
        return ""
    halves = {"morning": [h for h in working if hours[h] < "12"], "afternoon": [h for h in working if hours[h] >= "12"]}
    for name, half in halves.items():
        if run == half and len(run) > 1:
            return f" {name}"
    return f" {_short(hours[run[0]])}-{_short(_end(hours, run[-1]))}"


def _days_said(labels: tuple[str, ...], days: list[int]) -> str:
    names = [label.partition(" ")[0] for label in labels]
    if len(set(names)) < len(names):  # more than a week
        names = list(labels)
    if len(days) == len(names) > 1:
        return "every day"
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{names[days[0]]} to {names[days[-1]]}"
    *most, last = [names[d] for d in days]
    return f"{', '.join(most)} and {last}" if most else last


def _end(hours: tuple[str, ...], row: int) -> str:
    """When a row ends: when the next one begins, the last one after as long as the first."""
    if row + 1 < len(hours):
        return hours[row + 1]
    starts = [int(h[:2]) * 60 + int(h[3:5]) for h in hours]
    end = starts[row] + (starts[1] - starts[0] if len(starts) > 1 else 60)
    return f"{end // 60:02}:{end % 60:02}"


def _short(hour: str) -> str:
    """ "09:00" -> "9", "10:30" -> "10:30"."""
    return (hour.removesuffix(":00") if hour.endswith(":00") else hour).removeprefix("0") or "0"
