"""Several readings of one answer, and what all readings of a competency say together. Rules: scoring protocol, 3 to 5, 8.

The runs of one (question, competency): K samples with their indicators shuffled, a length-neutral one where there is
something to take out, and K without the flagged sentences where there are any.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from flows.kits.model import Competency
from flows.rating.evidence import MIN_WORDS
from flows.rating.levels import POINTS, level_of, settle
from flows.rating.reading import Checked, Sample, sample_from


@dataclass(frozen=True, slots=True)
class Runs:
    """All runs over one answer. `neutral` is None, and `without` empty, where there was nothing to take out.

    `failures`: why samples gave nothing. `broken`: why one of the other runs did, which leaves nothing to compare with.
    """

    samples: tuple[Sample, ...] = ()
    neutral: Sample | None = None
    without: tuple[Sample, ...] = ()
    failures: tuple[str, ...] = ()
    broken: str = ""

    @property
    def problem(self) -> str:
        """Why these runs can't be used; "" when they can: most samples were read, and all that they are held against."""
        if len(self.samples) <= len(self.failures):
            return (*self.failures, "schema_failure")[0]
        return self.broken

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `runs_from` is the inverse."""
        return asdict(self)


def runs_from(data: dict[str, Any]) -> Runs:
    """The inverse of `Runs.to_json`, also after a round trip through JSON text."""
    neutral = None if data["neutral"] is None else sample_from(data["neutral"])
    samples = tuple(sample_from(s) for s in data["samples"])
    without = tuple(sample_from(s) for s in data["without"])
    return Runs(samples, neutral, without, tuple(data["failures"]), data["broken"])


def differ(samples: Sequence[Sample], competency: Competency) -> bool:
    """Do these readings of the same text come to different levels?"""
    return len({sample_level(s, competency) for s in samples}) > 1


def merged(runs: Sequence[Runs]) -> tuple[Sample, ...]:
    """The samples of all answers on one competency, each as one reading of the whole interview."""
    return _merged([r.samples for r in runs])


def _merged(samples: Sequence[tuple[Sample, ...]]) -> tuple[Sample, ...]:
    """An answer that was read fewer times (its readings agreed) lends its readings again."""
    if not samples or not all(samples):
        return ()
    most = max(map(len, samples))
    return tuple(merge([of_one[n % len(of_one)] for of_one in samples]) for n in range(most))


def judged(runs: Sequence[Runs], competency: Competency, words: int) -> "Judgement":
    """One judgement out of all runs over all answers on a competency. `words`: how many the candidate said in them."""
    neutral = merge([r.neutral or r.samples[0] for r in runs]) if any(r.neutral for r in runs) else None
    judgement = combine(merged(runs), competency, words, neutral)
    if not any(r.without for r in runs):
        return judgement
    told = combine(merged(runs), competency, words)
    again = combine(_merged([r.without or r.samples for r in runs]), competency, words)
    if told.level is None or again.level == told.level:
        return judgement
    # Said before anything else that is wrong with these runs: people should see what the flagged sentences did.
    moved = (told.level, again.level)
    return replace(judgement, level=None, stable=False, reason="injection_moved_score", moved=moved)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the samples say together. `level` is None exactly when `reason` is set.

    `moved`: the levels with and without the flagged sentences, where they are not the same.
    """

    level: int | None
    band: tuple[int, int] | None
    stable: bool
    reason: str
    checked: tuple[Checked, ...]
    quotes_rejected: int = 0
    runs: int = 1
    moved: tuple[int, int | None] | None = None


def merge(samples: Sequence[Sample]) -> Sample:
    """The samples of several answers on one competency as one: of each indicator the better reading."""
    best: dict[str, Checked] = {}
    for sample in samples:
        for c in sample.checked:
            known = best.get(c.indicator)
            if known is None or POINTS[c.status] > POINTS[known.status]:
                best[c.indicator] = c
    # An indicator that only thin answers could show was not looked at; counting it as missing would be a low score.
    looked_at = {c.indicator for s in samples if not s.insufficient for c in s.checked}
    return Sample(tuple(best.values()), sum(s.rejected for s in samples), not set(best) <= looked_at)


def sample_level(sample: Sample, competency: Competency) -> int | None:
    """The level of one reading by the kit's table; None where the evidence is insufficient."""
    if sample.insufficient:
        return None
    return level_of({c.indicator: c.status for c in sample.checked}, competency.levels)


def combine(
    samples: Sequence[Sample], competency: Competency, words: int, neutral_run: Sample | None = None
) -> Judgement:
    """One judgement out of K readings of the same answers. `words`: how many the candidate said (level 1 needs 25)."""
    plain = None if neutral_run is None else sample_level(neutral_run, competency)
    settled = settle(
        [sample_level(s, competency) for s in samples],
        plain,
        sum(s.rejected > 0 for s in samples),
        neutral_run is not None and plain is None,
    )
    rejected = sum(s.rejected for s in samples)
    reason = settled.reason
    if settled.level == 1 and (words < MIN_WORDS or rejected):
        # The lowest level is a claim too. It needs an answer to look at, and readings without a false quote.
        reason = "too_short" if words < MIN_WORDS else "quotes_rejected"
    level = None if reason else settled.level
    return Judgement(
        level, settled.band, settled.stable and not reason, reason, _agreed(samples), rejected, len(samples)
    )


def _agreed(samples: Sequence[Sample]) -> tuple[Checked, ...]:
    """Each indicator with the middle status of the samples, and the first verified quote for that status."""
    keys = list(dict.fromkeys(c.indicator for s in samples for c in s.checked))
    agreed: list[Checked] = []
    for key in keys:
        readings = sorted((c for s in samples for c in s.checked if c.indicator == key), key=lambda c: POINTS[c.status])
        status = readings[(len(readings) - 1) // 2].status
        agreed.append(next(c for c in readings if c.status == status))
    return tuple(agreed)
