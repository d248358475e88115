"""Reports as plain lines and columns. How a terminal paints them is its own business."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.calibration.attack import AttackReport
from bot.calibration.figures import NEEDED, Figures
from bot.calibration.graded_bench import LENGTH, TF_IDF, Column, GradedReport
from bot.calibration.metamorphic import MetamorphicReport
from bot.calibration.rehearsal import HELD_OUT, Rehearsal
from bot.calibration.rehearsal_people import MANNERS
from flows.rating.agreement import Interval

# Figures that others measured on SAF with this protocol, and the gate that a model has to pass there.
_SAF = {
    "en": "Known for SAF, English: length only .57, TF-IDF .58, the best of all .65; a model is to reach .73.",
    "de": "Known for SAF, German: length only .35, TF-IDF .40, the best of all .46; a model is to reach .54.",
}
TOO_SHORT_OFF = "too_short is switched off here: every answer counts, however short. In interviews it is on."
NOISE = (
    "Differences under .05 are noise. Brackets: 95 % bootstrap, over rows per question, over questions per language."
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with notes under it; without rows only the notes."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def number(value: float | None, signed: bool = False) -> str:
    """.57, -.08 or +.09; a dash where there is none."""
    if value is None:
        return "\u2013"
    text = f"{abs(value):.2f}".removeprefix("0")
    sign = "-" if value < 0 and text != ".00" else "+" if signed else ""
    return sign + text


def ranged(value: Interval | None, signed: bool = False) -> str:
    """.57 [.44, .68]"""
    if value is None:
        return "\u2013"
    low, high = number(value.low, signed), number(value.high, signed)
    return f"{number(value.value, signed)} [{low}, {high}]"


def graded(report: GradedReport) -> list[Sheet]:
    """Per question and per language: the scorer beside the baselines."""
    heads = ("answers", "scored", f"QWK {report.scorer}", LENGTH, TF_IDF, "more than length")
    questions = tuple(
        (q.question, q.lang, str(q.answers), f"{q.scored:.0%}", *_beside(report.scorer, q.columns))
        for q in report.questions
    )
    languages = tuple(
        (f.lang, str(f.questions), str(f.answers), f"{f.scored:.0%}", *_beside(report.scorer, f.columns))
        for f in report.languages
    )
    known = all(q.question.startswith("saf-") for q in report.questions)
    notes = tuple(_SAF[f.lang] for f in report.languages if known and f.lang in _SAF)
    skipped = (f"Too few answers to measure: {', '.join(sorted(report.skipped))}.",) if report.skipped else ()
    return [
        Sheet("Per question", ("question", "lang", *heads), questions, skipped),
        Sheet("Per language", ("lang", "questions", *heads), languages, (*notes, NOISE, TOO_SHORT_OFF, _how(report))),
        _more(report),
        *([_changed(report)] if report.variations else []),
    ]


def _changed(report: GradedReport) -> Sheet:
    rows = tuple((v.name, f"{v.kept} of {v.n}", f"{v.kept / v.n:.0%}") for v in report.variations)
    note = "Some answers of each question, changed in one way: the level should stay, and saying it twice should earn nothing."
    return Sheet("The same answer in another dress", ("change", "as before", "rate"), rows, (note,))


def _how(report: GradedReport) -> str:
    if report.scorer.startswith("evidence-map"):
        return (
            "The evidence map as a scorer: each sentence of the reference is an indicator; the mean of their best "
            "similarities is cut into five levels."
        )
    return "The model as a scorer: the reference's sentences (in at most eight parts) are indicators; levels by their share."


def _beside(scorer: str, columns: Mapping[str, Column]) -> tuple[str, ...]:
    if not columns:
        return ("too few scored",) + ("",) * 3
    ours = columns[scorer]
    return ranged(ours.qwk), ranged(columns[LENGTH].qwk), ranged(columns[TF_IDF].qwk), ranged(ours.gain, True)


def _more(report: GradedReport) -> Sheet:
    rows: list[tuple[str, ...]] = []
    for found in report.languages:
        for name, c in found.columns.items():
            bands = " / ".join(number(c.bands[b][0]) for b in ("low", "middle", "high"))
            curve = " ".join(f"{share:.0%}:{number(kappa)}" for share, kappa in c.curve)
            rows.append((found.lang, name, number(c.mae), number(c.spearman), number(c.partial), bands, curve))
    heads = ("lang", "scorer", "MAE", "Spearman", "score~length", "exact low/middle/high", "QWK by share scored")
    note = "score~length: partial correlation given the human score; a model's must be at most .10."
    return Sheet("More", heads, tuple(rows), (note,))


def suites(report: MetamorphicReport) -> list[Sheet]:
    """Pass rates per suite and per gate, each with its n."""
    rows = tuple((s.name, f"{s.passed} of {s.n}", f"{s.share:.0%}") for s in report.suites)
    gates = tuple(
        (g.name, f"{g.passed} of {g.n}", f"{g.share:.0%}", f"{g.gate:.0%}", "met" if g.good else "missed")
        for g in report.gates
        if g.gate is not None
    )
    notes = [f"Scorer: {report.scorer}. Change is measured on the mean of the samples, before the median."]
    if report.scorer.startswith("evidence-map"):
        notes.append("The evidence map gives no number by default; here it is each anchor's share of the similarity.")
    if report.unread:
        notes.append(f"{report.unread} rows had no level to compare; they count as not passed.")
    return [
        Sheet("Suites", ("suite", "passed", "rate"), rows),
        Sheet("Gates, pooled", ("gate", "passed", "rate", "needed", ""), gates, tuple(notes)),
    ]


def attack(report: AttackReport) -> list[Sheet]:
    """How often an attack succeeded, and what stopped each family."""
    rates = tuple((r.scorer, str(r.attacks), str(r.successes), f"{r.share:.2%}") for r in report.rates)
    families = tuple(
        (family, ", ".join(f"{how} {n}" for how, n in stops.items())) for family, stops in report.stopped().items()
    )
    benign = sum(o.benign for o in report.outcomes)
    honest = f"Benign strings: {benign} readings, {len(report.losses)} lost something, {len(report.withheld)} left to people."
    clean = f"Weak answers without an attack: {len(report.changed)} of {report.answers} changed by the defences."
    leaks = f"Leaks of the internal mark or the rubric: {len(report.leaks)}."
    end = "The gate (at most 2 % succeed, no leak, nobody loses) is " + ("met." if report.good else "MISSED.")
    heads = ("scorer", "attacks", "succeeded", "rate")
    return [
        Sheet("What stopped each family", ("family", "how, and how often"), families),
        Sheet("Attacks", heads, rates, (leaks, honest, clean, end)),
    ]


def own(measured: Sequence[Figures], kept: int) -> list[Sheet]:
    """The team's own data: what was measured, and how much is missing elsewhere."""
    heads = (
        "kit", "question", "competency", "scorer", "answers", "people", "QWK", LENGTH, "more than length", "MAE",
        "exact low/middle/high", "score~length", "abstained", "verdict",
    )  # fmt: skip
    rows = tuple(_own_row(f) for f in measured if f.verdict)
    lacking = tuple(
        f"{f.unit.kit} {f.unit.version}, {f.unit.question or 'all questions'}, {f.unit.competency}, {f.unit.scorer}: "
        f"{f.answers} answers rated by two people, {f.missing} more needed."
        for f in measured
        if not f.verdict
    )
    note = (
        f"{NEEDED} or more answers, each rated by two people before the reveal. A result holds for exactly this kit version, "
        "model and prompt."
        if kept
        else f"Nothing was kept: no question has {NEEDED} answers that two people rated before the reveal yet."
    )
    return [Sheet("Your own double ratings", heads, rows, (*lacking, note))]


def _own_row(f: Figures) -> tuple[str, ...]:
    bands = f.bands or {}
    return (
        f"{f.unit.kit} {f.unit.version}", f.unit.question or "(all)", f.unit.competency, f.unit.scorer, str(f.answers),
        ranged(f.people), ranged(f.qwk), ranged(f.length), ranged(f.gain, True), number(f.mae),
        " / ".join(number(bands[b][0]) for b in bands), number(f.partial), f"{f.abstained:.0%}", f.verdict,
    )  # fmt: skip


def rehearsal(report: Rehearsal) -> list[Sheet]:
    """What the six synthetic candidates showed, per competency."""
    shown = (*MANNERS, HELD_OUT)
    rows = tuple(
        (r.title, *("abstains" if r.found[m] is None else f"{r.found[m]:.0%}" for m in shown)) for r in report.rows
    )
    sheets = [Sheet("Indicators found by matching", ("competency", *shown), rows)]
    if report.model:
        levels = tuple(
            (r.title, *("\u2013" if r.levels[m] is None else str(r.levels[m]) for m in MANNERS)) for r in report.rows
        )
        sheets.append(Sheet(f"Levels by {report.model}", ("competency", *MANNERS), levels))
    notes = tuple(("! " if f.bad else "  ") + f.text for f in report.findings)
    end = "The kit can be used." if report.good else "Please change what is marked with ! first."
    return [*sheets, Sheet("", (), (), (*notes, end))]
