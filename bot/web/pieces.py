"""An answer cut into pieces: where evidence, flagged sentences and remarks begin and end, and what no reader would see.

Offsets are those of the wording that counted, so that words chosen on the page can be found again in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.rating.text import unseen


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of an answer that something is said about. `kind`: evidence, flag or remark. `key`: the competency, the
    kind of flag, or the remark."""

    start: int
    end: int
    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters about which the same is said. `unseen`: how many characters stand here that nobody sees; then
    `text` is empty."""

    at: int
    text: str
    evidence: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    unseen: int = 0

    @property
    def marked(self) -> bool:
        return bool(self.evidence or self.flags or self.remarks)


def cut(text: str, stretches: Sequence[Stretch]) -> list[Piece]:
    """The pieces of an answer, in order. A stretch outside of the text is left out as far as it is outside."""
    hidden = unseen(text)
    inside = {n for start, end in hidden for n in range(start + 1, end)}
    edges = {0, len(text), *(n for run in hidden for n in run)}
    edges |= {min(max(n, 0), len(text)) for s in stretches for n in (s.start, s.end)}
    starts = dict(hidden)
    found: list[Piece] = []
    for start, end in pairwise(sorted(edges - inside)):
        if start in starts:
            found.append(Piece(start, "", unseen=starts[start] - start))
            continue
        about = [s for s in stretches if s.start <= start and end <= s.end]
        evidence, flags, remarks = (_keys(about, kind) for kind in ("evidence", "flag", "remark"))
        found.append(Piece(start, text[start:end], evidence, flags, remarks))
    return found


def _keys(about: Sequence[Stretch], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s.key for s in about if s.kind == kind))
