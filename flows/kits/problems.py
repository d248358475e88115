"""What can be wrong with a kit: one table of rules, and the value that reports a broken one."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Rule:
    """One rule of the kit lint: a stable `id`, `what` it refuses, and the `remedy`."""

    id: str
    what: str
    remedy: str
    severity: Severity = "error"


@dataclass(frozen=True)
class Problem:
    """A rule that a kit breaks. `path` leads to the place in the kit: `("questions", 0, "ask")`."""

    path: Path
    message: str
    remedy: str
    severity: Severity = "error"
    rule: str = ""


_TABLE = (
    Rule(
        "weights-sum",
        "The weights of all competencies add up to something other than 1.",
        "Change the weights so that they add up to 1.",
    ),
    Rule(
        "indicators-count",
        "A competency has fewer than 3 or more than 8 indicators.",
        "Keep between 3 and 8 indicators; split or merge the competency if that is hard.",
    ),
    Rule(
        "anchors-without-indicators",
        "A competency has anchors but no indicators, so a level could only be a feeling.",
        "Add 3 to 8 indicators, one observable act each.",
    ),
    Rule(
        "indicator-long",
        "An indicator has more than 25 words.",
        "Shorten it to one observable act, 25 words at most.",
    ),
    Rule("anchors-complete", "An anchor is missing: levels 1 to 5 each need one.", "Describe what levels 1 to 5 do."),
    Rule(
        "anchor-level",
        "An anchor belongs to a level that does not exist.",
        "Use the levels 1, 2, 3, 4 and 5 only.",
    ),
    Rule(
        "anchor-repeated",
        "Two levels have the same anchor.",
        "Describe what is different at each level.",
    ),
    Rule(
        "anchor-trait",
        'An anchor is only a trait ("good communicator"), which two raters read in two ways.',
        "Describe what the person says or did, so that somebody else could check it.",
    ),
    Rule(
        "levels-cover-zero",
        "The level table says nothing about an answer with no indicator met.",
        "Add a last line: {min_met: 0, level: 1}.",
    ),
    Rule(
        "levels-monotone",
        "The level table is not in order: more indicators met must never give a lower level.",
        "List the highest min_met first, each min_met once, with levels that go down as min_met goes down.",
    ),
    Rule(
        "levels-reachable",
        "A level, or the minimum, asks for more than the indicators of the competency can give.",
        "Lower min_met or the minimum, or add an indicator.",
    ),
    Rule(
        "delivery-words",
        "A criterion is about accent, fluency, filler words or the voice: how it is said, not what is said.",
        "Describe the content of the answer instead. Parley rates words only.",
    ),
    Rule(
        "enthusiasm-words",
        "A criterion is about enthusiasm or charisma.",
        "Describe an act that shows care for the work, for example what the person prepared or followed up.",
    ),
    Rule(
        "looks-words",
        "A criterion is about looks, dress or body language.",
        "Remove it: Parley never rates what a person looks like.",
    ),
    Rule(
        "protected-criterion",
        "A criterion, a purpose or the role is about age, health, family, origin, religion or another protected matter.",
        "Remove it, and describe the work instead.",
    ),
    Rule(
        "postal-code",
        "The kit uses a zip or postal code, or where a person lives. That stands in for origin and wealth.",
        "Remove it. To learn whether travel is possible, state the place and the hours as a role fact.",
    ),
    Rule(
        "leading-question",
        "A question gives away the answer it hopes for.",
        'Ask openly: "Tell me about a time when ..." or "What did you do?".',
    ),
    Rule(
        "illegal-question",
        "A question asks about a protected or private matter.",
        "Remove it. Ask for the ability the job needs, and state its conditions as role facts.",
    ),
    Rule(
        "two-in-one",
        "A question asks several things at once, so that an answer to one looks like a gap in the others.",
        "Ask one thing, and move the rest into probes.",
        "warning",
    ),
    Rule(
        "question-long",
        "A question has more than 60 words, which is hard to read on a phone.",
        "Shorten it, and move detail into clarifications.",
        "warning",
    ),
    Rule(
        "question-twice",
        "Two questions have the same id.",
        "Give each question its own id.",
    ),
    Rule(
        "question-shows-nothing",
        "A question shows no indicator, so its answer would never count.",
        "List the indicators it can show, or make it the warm-up.",
        "warning",
    ),
    Rule(
        "unknown-competency",
        "A question names a competency that the kit does not have.",
        "Use the name of a competency of this kit, or add it.",
    ),
    Rule(
        "unknown-indicator",
        "A question names an indicator that its competency does not have.",
        "Use the name of an indicator of that competency, or add it.",
    ),
    Rule(
        "indicator-name-shared",
        "One question shows two indicators with the same name, so one probe would have to ask for both.",
        "Rename one of them.",
    ),
    Rule(
        "probe-missing",
        "A question shows an indicator but has no probe for it. Everybody gets a second chance to show it.",
        "Add a probe for the indicator.",
    ),
    Rule(
        "probe-unlisted",
        "A probe is for an indicator that its question does not list.",
        "List the indicator under the competencies of the question, or remove the probe.",
    ),
    Rule(
        "competency-unreachable",
        "No question shows any indicator of a competency.",
        "Add a question that shows it, or remove the competency.",
    ),
    Rule(
        "indicator-unreachable",
        "No question shows an indicator, so nobody could ever meet it.",
        "List it under a question, or remove it.",
        "warning",
    ),
    Rule(
        "language-code",
        "A language code is not one that Parley can detect and match, or the list is empty.",
        "Use two-letter codes such as en, de, fr or es.",
    ),
    Rule("text-blank", "A text that a person would read is blank.", "Write the text, or remove the entry."),
    Rule(
        "warm-up-missing",
        "The kit has no warm-up, so the first thing a person types already counts.",
        "Add warm_up: {ask: ...} with an easy question. It is never scored.",
        "warning",
    ),
)

_BY_ID = {rule.id: rule for rule in _TABLE}


def rules() -> tuple[Rule, ...]:
    """Every rule of the kit lint, in the order of the reference page."""
    return _TABLE


def broken(rule_id: str, path: Path, message: str, remedy: str = "") -> Problem:
    """A problem under the rule `rule_id`; `remedy` only where something more exact than the table can be said."""
    rule = _BY_ID[rule_id]
    return Problem(path, message, remedy or rule.remedy, rule.severity, rule.id)


def reference() -> str:
    """The reference page of the rules, as Markdown (docs/reference/kit-lint.md)."""
    head = (
        "# Rules for interview kits\n\n"
        "`parley kit lint` checks every kit against these rules. An **error** stops a kit from being used by an AI\n"
        "scorer; people can still interview with it. A **warning** is advice. This page is generated:\n"
        "`parley kit rules > docs/reference/kit-lint.md`.\n\n"
        "The wording rules know English and a little German. They catch slips; they do not replace a second reader.\n\n"
        "| Rule | Kind | What it refuses | What to do |\n|---|---|---|---|\n"
    )
    return head + "".join(f"| `{r.id}` | {r.severity} | {r.what} | {r.remedy} |\n" for r in _TABLE)
