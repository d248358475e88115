"""Sets of times as one `int`: bit n stands for the cell that begins at base + n x cell minutes."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from calendar_sync.intervals import Interval, Minute
from calendar_sync.zones import DAY, zone

_ONE = ord("1")


@dataclass(frozen=True, slots=True)
class Span:
    """What the bits stand for: `cells` cells of `cell` minutes from `base`, which is a multiple of `cell`."""

    base: Minute
    cells: int
    cell: int

    @classmethod
    def over(cls, lo: Minute, hi: Minute, cell: int) -> "Span":
        base = lo // cell * cell
        return cls(base, max(0, -(-(hi - base) // cell)), cell)

    @property
    def end(self) -> Minute:
        return self.base + self.cells * self.cell

    def inside(self, intervals: Iterable[Interval]) -> int:
        """Cells that lie wholly in one of the intervals, which are sorted and disjoint."""
        base, cell, cells = self.base, self.cell, self.cells
        cut = [(max(0, -((base - s) // cell)), min(cells, (e - base) // cell)) for s, e in intervals]
        return _fill([(a, b) for a, b in cut if a < b], cells)

    def touched(self, intervals: Iterable[Interval], left: int = 0, right: int = 0) -> int:
        """Cells of which any part is in one of the intervals, in any order, widened by so many minutes."""
        lo, up, cell, cells = self.base + left, right + self.cell - 1 - self.base, self.cell, self.cells
        cut, top = list[tuple[int, int]](), 0
        for s, e in sorted(intervals):
            a, b = (s - lo) // cell, (e + up) // cell
            if a < top:
                a = top  # comparing is several times faster than max() and min(), and this loop is most of a cold query
            if b > cells:
                b = cells
            if a < b and s < e:
                cut.append((a, b))
                top = b
        return _fill(cut, cells)

    def at(self, start: Minute) -> int:
        """The number of the cell that begins at `start`; -1 when none does."""
        n, rest = divmod(start - self.base, self.cell)
        return n if rest == 0 and 0 <= n < self.cells else -1

    def times(self, bits: int) -> list[Minute]:
        """The beginnings of the cells that are set."""
        text, found = bin(bits)[:1:-1], list[Minute]()
        at, base, cell = text.find("1"), self.base, self.cell
        while at >= 0:
            found.append(base + at * cell)
            at = text.find("1", at + 1)
        return found


def _fill(cuts: list[tuple[int, int]], cells: int) -> int:
    """Runs of ones, disjoint, as one subtraction: all ends minus all starts. No run costs a pass over the whole."""
    if len(cuts) < 3:
        return sum((1 << b) - (1 << a) for a, b in cuts)
    starts, ends = bytearray(b"0") * (cells + 1), bytearray(b"0") * (cells + 1)
    for a, b in cuts:
        starts[a] = ends[b] = _ONE
    starts.reverse()
    ends.reverse()
    return int(ends, 2) - int(starts, 2)


def runs(free: int, length: int) -> int:
    """The cells from which `length` cells in a row are free (at least 1): doubling, then the rest."""
    have = 1
    while have < length:
        more = min(have, length - have)
        free &= free >> more
        have += more
    return free


def at_least(masks: list[int], k: int) -> int:
    """The cells that are set in `k` or more of the masks: all masks are added up at once, one int per binary digit."""
    if k <= 0:
        return -1
    if k > len(masks):
        return 0
    if k == len(masks):
        return _all(masks)
    digits: list[int] = []
    for mask in masks:
        carry = mask
        for n, digit in enumerate(digits):
            digits[n], carry = digit ^ carry, digit & carry
        if carry:
            digits.append(carry)
    if k >= 1 << len(digits):
        return 0
    more, same = 0, -1
    for n in range(len(digits) - 1, -1, -1):
        if k >> n & 1:
            same &= digits[n]
        else:
            more |= same & digits[n]
            same &= ~digits[n]
    return more | same


def _all(masks: list[int]) -> int:
    both = -1
    for mask in masks:
        both &= mask
    return both


@lru_cache(maxsize=64)
def grid(name: str, step: int, offset: int, span: Span) -> int:
    """Possible starts (rule 5): where a clock in the zone shows a multiple of `step`, moved by `offset`."""
    there, cell = zone(name), span.cell
    per_day = DAY // cell
    day = "".join("1" if (n * cell - offset) % step == 0 else "0" for n in range(per_day))
    text: list[str] = []
    for lo, hi, off in there.pieces(span.base, span.end) if span.cells else []:
        first, last = -(-(lo - span.base) // cell), -(-(hi - span.base) // cell)
        skip = (span.base + first * cell + off) // cell % per_day
        text.append((day * ((last - first) // per_day + 2))[skip : skip + last - first])
    whole = "".join(text)
    return int(whole[::-1], 2) if whole else 0


def fits(name: str, span: Span) -> bool:
    """Whether a clock in the zone shows a full cell whenever a cell begins."""
    return all(off % span.cell == 0 for _, _, off in zone(name).pieces(span.base, span.end)) if span.cells else True
