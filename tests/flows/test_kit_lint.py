"""Every rule of the kit lint fires on its own case and stays quiet on a case that only looks like it."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.kits.lint import lint, reference, rules
from flows.kits.model import Kit
from flows.kits.source import MOST_CHARACTERS, parse

ROOT = Path(__file__).resolve().parents[2]

INDICATORS = {
    "own_step": "Says which steps they took themselves",
    "outcome": "Names an outcome that can be checked",
    "later": "Names one thing they do differently since then",
}
LEVELS = [{"min_met": n, "level": n + 2 if n else 1} for n in (3, 2, 1, 0)]
BASE: dict[str, Any] = {
    "kit": "night-porter",
    "version": 1,
    "title": "Night porter",
    "warm_up": {"ask": "What made you curious about this role?"},
    "competencies": {
        "ownership": {
            "weight": 1.0,
            "anchors": {
                1: "Waits to be told",
                2: "Names one step",
                3: "Names several steps",
                4: "Names steps and how it ended",
                5: "Names steps, the end, and what changed",
            },
            "indicators": INDICATORS,
            "levels": LEVELS,
        }
    },
    "questions": [
        {
            "id": "broke",
            "ask": "Tell me about a time when something you were responsible for broke. What did you do?",
            "purpose": "Ownership",
            "competencies": {"ownership": ["own_step", "outcome", "later"]},
            "probes": {
                "own_step": "Which part was yours?",
                "outcome": "How did it end?",
                "later": "What is different now?",
            },
        }
    ],
    "facts": [{"about": ["hours"], "say": "Nights, from ten to six."}],
}
Edit = Callable[[dict[str, Any]], object]
OWNERSHIP = ("competencies", "ownership")
QUESTION = ("questions", 0)


def at(*path: str | int, to: Any) -> Edit:
    """An edit that puts `to` at a place of the kit."""

    def edit(kit: dict[str, Any]) -> None:
        place: Any = kit
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return edit


def out(*path: str | int) -> Edit:
    """An edit that removes a place of the kit."""

    def edit(kit: dict[str, Any]) -> None:
        place: Any = kit
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return edit


def both(*edits: Edit) -> Edit:
    def edit(kit: dict[str, Any]) -> None:
        for one in edits:
            one(kit)

    return edit


def broken_rules(edit: Edit) -> set[str]:
    kit = copy.deepcopy(BASE)
    edit(kit)
    return {p.rule for p in lint(Kit.model_validate(kit))}


def indicators(count: int) -> dict[str, str]:
    return {f"act_{n}": f"Names the fact number {n}" for n in range(count)}


def second(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(BASE["competencies"]["ownership"]), **changes}


def question(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(BASE["questions"][0]), "id": "other", **changes}


ANCHORS, LEVEL_TABLE = (*OWNERSHIP, "anchors"), (*OWNERSHIP, "levels")
INDICATOR, ASK, SHOWN = (*OWNERSHIP, "indicators", "own_step"), (*QUESTION, "ask"), (*QUESTION, "competencies")
SAME_NAME = both(
    at(*OWNERSHIP, "weight", to=0.5),
    at("competencies", "care", to=second(weight=0.5)),
)

# rule -> an edit that breaks it, an edit that looks like it and does not
CASES: dict[str, tuple[Edit, Edit]] = {
    "weights-sum": (at(*OWNERSHIP, "weight", to=0.9), SAME_NAME),
    "indicators-count": (
        at(*OWNERSHIP, "indicators", to=indicators(9)),
        at(*OWNERSHIP, "indicators", to=indicators(8)),
    ),
    "anchors-without-indicators": (
        at(*OWNERSHIP, "indicators", to={}),
        at(*OWNERSHIP, "indicators", to=indicators(1)),
    ),
    "indicator-long": (at(*INDICATOR, to="word " * 26), at(*INDICATOR, to="word " * 25)),
    "anchors-complete": (out(*ANCHORS, 4), at(*ANCHORS, 4, to="Names the trade-off")),
    "anchor-level": (at(*ANCHORS, 6, to="Names everything"), at(*ANCHORS, 5, to="Names everything")),
    "anchor-repeated": (at(*ANCHORS, 2, to="waits  to be told"), at(*ANCHORS, 2, to="Waits to be told twice")),
    "anchor-trait": (
        at(*ANCHORS, 3, to="Very good communicator"),
        at(*ANCHORS, 3, to="Good communication: names the risk and the next check"),
    ),
    "levels-cover-zero": (at(*LEVEL_TABLE, to=LEVELS[:-1]), at(*LEVEL_TABLE, to=LEVELS[1:])),
    "levels-monotone": (at(*LEVEL_TABLE, to=LEVELS[::-1]), at(*LEVEL_TABLE, to=LEVELS[::2] + LEVELS[-1:])),
    "levels-reachable": (
        at(*LEVEL_TABLE, 0, to={"min_met": 4, "level": 5}),
        at(*LEVEL_TABLE, 0, to={"min_met": 2.5, "level": 5}),
    ),
    "delivery-words": (
        at(*INDICATOR, to="Speaks fluent English without an accent"),
        at(*INDICATOR, to="Explains the fluent interface and the accent colour"),
    ),
    "enthusiasm-words": (
        at(*ANCHORS, 5, to="Is passionate about the product"),
        at(*ANCHORS, 5, to="Shows compassion in words to an enthusiastic customer"),
    ),
    "looks-words": (
        at(*ANCHORS, 5, to="Is well dressed and keeps eye contact"),
        at(*ANCHORS, 5, to="Looks at the logs and names an attractive offer"),
    ),
    "protected-criterion": (
        at(*INDICATOR, to="Has no family commitments"),
        at(*INDICATOR, to="Explains the illness to the patient's family in plain words"),
    ),
    "postal-code": (
        at(*INDICATOR, to="Has a zip code near the shop"),
        at(*INDICATOR, to="Zips the files and writes post code review comments"),
    ),
    "leading-question": (
        at(*ASK, to="Surely you would tell your manager about a mistake?"),
        at(*ASK, to="Tell me about a leisurely project. What went right?"),
    ),
    "illegal-question": (
        at(*ASK, to="Are you married, and does that leave time for shifts?"),
        at(*ASK, to="Tell me about a time when you married the two datasets."),
    ),
    "two-in-one": (
        at(*ASK, to="What broke, and what did you do, and how did it end?"),
        at(*ASK, to="Tell me about a bug and a fix and a test. What did you do, and why?"),
    ),
    "question-long": (at(*ASK, to="word " * 61), at(*ASK, to="word " * 60)),
    "question-twice": (
        lambda kit: kit["questions"].append(question(id="broke")),
        lambda kit: kit["questions"].append(question()),
    ),
    "question-shows-nothing": (
        lambda kit: kit["questions"].append(question(competencies={}, probes={})),
        lambda kit: kit["questions"].append(
            question(competencies={"ownership": ["own_step"]}, probes={"own_step": "Which part was yours?"})
        ),
    ),
    "unknown-competency": (
        at(*SHOWN, "ownershp", to=["own_step"]),
        at(*SHOWN, to=BASE["questions"][0]["competencies"]),
    ),
    "unknown-indicator": (
        at(*SHOWN, "ownership", to=["own_stp"]),
        at(*SHOWN, "ownership", to=["own_step"]),
    ),
    "indicator-name-shared": (
        both(SAME_NAME, at(*SHOWN, "care", to=["outcome"])),
        both(SAME_NAME, lambda kit: kit["questions"].append(question(competencies={"care": [*INDICATORS]}))),
    ),
    "probe-missing": (out(*QUESTION, "probes", "later"), both()),
    "probe-unlisted": (
        at(*SHOWN, "ownership", to=["own_step", "outcome"]),
        at(*QUESTION, "probes", "later", to="What do you do now?"),
    ),
    "competency-unreachable": (
        SAME_NAME,
        both(SAME_NAME, lambda kit: kit["questions"].append(question(competencies={"care": [*INDICATORS]}))),
    ),
    "indicator-unreachable": (at(*SHOWN, "ownership", to=["own_step", "outcome"]), both()),
    "language-code": (at("languages", to=["english"]), at("languages", to=["en", "de"])),
    "text-blank": (at(*INDICATOR, to="  "), at(*INDICATOR, to={"text": "Names the step", "grow": ""})),
    "warm-up-missing": (out("warm_up"), at("warm_up", to={"ask": "How was your week?"})),
}


def test_the_base_kit_is_clean_so_that_each_case_shows_its_own_rule() -> None:
    assert broken_rules(both()) == set()


def test_every_rule_has_a_case() -> None:
    assert len(rules()) > 25
    assert set(CASES) == {rule.id for rule in rules()}


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_fires_on_its_case_and_not_on_the_near_one(rule: str) -> None:
    breaks, near = CASES[rule]
    assert rule in broken_rules(breaks)
    assert rule not in broken_rules(near)


@pytest.mark.parametrize(
    "edit",
    [
        at(*LEVEL_TABLE, to=[]),
        at(*OWNERSHIP, "minimum", to=5),
        at(*LEVEL_TABLE, 0, to={"min_met": float("inf"), "level": 5}),
        at("languages", to=[]),
    ],
)
def test_edges_of_the_tables_are_seen(edit: Edit) -> None:
    both_edits = both(at(*LEVEL_TABLE, to=LEVELS[1:]), edit)
    assert broken_rules(both_edits) & {"levels-cover-zero", "levels-reachable", "language-code"}


ILLEGAL = (
    """
How old are you?|What is your age?|When were you born?|When do you plan to retire?|Are you pregnant at the moment?
Do you have children?|Are you planning to have kids?|Who looks after your children?|What does your husband do?
Are you married?|What is your marital status?|Tell me about your family.|What religion are you?|Do you go to church?
Are you Muslim?|Where are you originally from?|What is your nationality?|What is your native language?
Are you a native speaker?|Do you have a disability?|How is your health?|How many sick days did you take last year?
Are you on any medication?|Are you gay?|What is your sexual orientation?|Are you in a union?|Who did you vote for?
Did you belong to a trade union?|Have you ever been arrested?|Do you have a criminal record?|What is your current salary?
How much did you earn in that job?|Please give me your salary history.|Wie alt sind Sie?|What\u2019s your date of birth?
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

FINE = (
    """
What was the age of the codebase?|How did you work with a team of all ages?|How do you check proof of age at the till?
How old was the system you replaced?|Tell me about your work in healthcare.|How did you improve the health checks?
Tell me about your health and safety training.|Tell me about a patient whose family disagreed with you.
How did you care for a pregnant patient?|Tell me about a time when you calmed a child and its parents down.
How did you work with your partner team?|Which of your family of products sells best?|What did you do about your race condition?
What is your approach to union types?|How did you serve members of a credit union?|Tell me about a cardiac arrest you attended.
How did you correct the payroll for the previous pay period?|How did you explain the salary run?|When did you retire the old service?
Are you engaged in code reviews?|How did you respect the religious needs of a patient?|Tell me about the origin of the bug.
How did you describe the disability access of your shop?|What did you do for a customer with a disability?
Where did that idea come from?|What would you do if your manager asked you to skip a check?
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.mark.parametrize("ask", ILLEGAL)
def test_an_illegal_question_is_refused_as_question_probe_and_warm_up(ask: str) -> None:
    for edit in (at(*ASK, to=ask + " Please."), at(*QUESTION, "probes", "later", to=ask), at("warm_up", "ask", to=ask)):
        assert "illegal-question" in broken_rules(edit)


@pytest.mark.parametrize("ask", FINE)
def test_a_question_about_the_work_is_not_taken_for_an_illegal_one(ask: str) -> None:
    assert broken_rules(at(*ASK, to=ask)) == set()


LEADING = (
    "Don't you think that testing matters?",
    "You wouldn't lie to a customer, would you?",
    "You are on time every day, right?",
    "Wouldn't you call the manager first?",
    "That is a good rule, isn\u2019t it?",
    "I'm sure you have solved this before. How?",
    "Of course you reported it. What came next?",
)
OPEN = (
    "Which decision would you not take again, one you wouldn't defend today?",
    "Over the course of your training, what surprised you?",
    "What wouldn't you automate?",
    "How did you ensure that the left and the right side matched?",
    "What did you do when you didn't agree with a decision?",
)


@pytest.mark.parametrize("ask", LEADING)
def test_a_leading_question_is_refused(ask: str) -> None:
    assert "leading-question" in broken_rules(at(*ASK, to=ask))


@pytest.mark.parametrize("ask", OPEN)
def test_an_open_question_is_not_taken_for_a_leading_one(ask: str) -> None:
    assert broken_rules(at(*ASK, to=ask)) == set()


BAD_CRITERIA = (
    "Is a native speaker",
    "Uses few filler words",
    "Speaks clearly and confidently",
    "Is young and flexible",
    "A person with a neat appearance",
    "Is in good health",
    "Is physically fit",
    "Has no children",
    "Was born in this country",
    "Is enthusiastic about the role",
    "Lives near the shop",
    "Has the postal code of the district",
    "Has no criminal record",
)
GOOD_CRITERIA = (
    "Tells how they worked as a shelf filler and named the filler metal",
    "Checks the proof of age before selling wine",
    "Names the health check that failed",
    "Explains the illness in plain words to relatives",
    "Looks up the order before replying",
    "Says how the young service was made stable",
    "Names the origin of the fault",
    "Says how they asked foreign suppliers for a date",
    "Names the single point of failure",
    "Disabled the feature flag to limit the damage",
)


@pytest.mark.parametrize("text", BAD_CRITERIA)
def test_a_criterion_about_the_person_is_refused_in_anchor_indicator_advice_and_cue(text: str) -> None:
    full = {"text": "Names the step", "grow": "", "cues": []}
    for edit in (
        at(*ANCHORS, 3, to=text),
        at(*INDICATOR, to=text),
        at(*INDICATOR, to={**full, "grow": text}),
        at(*INDICATOR, to={**full, "cues": [text]}),
    ):
        assert broken_rules(edit) & {
            "delivery-words",
            "enthusiasm-words",
            "looks-words",
            "protected-criterion",
            "postal-code",
        }


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (at("role", to="You join a young and dynamic team."), "protected-criterion"),
        (at("title", to="Waiter, native speaker"), "protected-criterion"),
        (at(*QUESTION, "purpose", to="Whether the person has children"), "protected-criterion"),
        (at(*OWNERSHIP, "indicators", "enthusiasm", to="Names the step"), "enthusiasm-words"),
        (at("competencies", "accent", to=BASE["competencies"]["ownership"]), "delivery-words"),
    ],
)
def test_role_purpose_and_names_are_read_as_well(edit: Edit, rule: str) -> None:
    assert rule in broken_rules(edit)


def test_a_role_about_the_work_is_fine() -> None:
    assert broken_rules(at("role", to="You care for young and old patients and help their families.")) == set()


@pytest.mark.parametrize("text", GOOD_CRITERIA)
def test_a_criterion_about_the_work_is_fine(text: str) -> None:
    assert broken_rules(both(at(*ANCHORS, 3, to=text), at(*INDICATOR, to=text))) == set()


@pytest.mark.parametrize(
    "text", ["Good communicator", "A very motivated team player", "Is reliable", "Excellent skills"]
)
def test_an_anchor_that_is_only_a_trait_is_refused(text: str) -> None:
    assert "anchor-trait" in broken_rules(at(*ANCHORS, 3, to=text))


def test_the_reference_page_is_the_one_the_table_gives() -> None:
    page = (ROOT / "docs" / "reference" / "kit-lint.md").read_text(encoding="utf-8")
    assert page == reference(), "write it again: parley kit rules > docs/reference/kit-lint.md"


# --- the text of a kit file ---------------------------------------------------------------------------------------

TEXT = """\
kit: night-porter
version: 1
title: Night porter
warm_up: {ask: "What made you curious?"}
competencies:
  ownership:
    weight: 1.0
    anchors: {1: Waits, 2: Names one step, 3: Names steps, 4: Names steps and the end, 5: Names what changed}
    indicators:
      own_step: Says which steps they took
      outcome: Names an outcome that can be checked
      later: Names one thing they do differently
    levels:
      - {min_met: 3, level: 5}
      - {min_met: 0, level: 1}
questions:
  - id: broke
    ask: Tell me about a time when something broke.
    purpose: Ownership
    competencies: {ownership: [own_step, outcome, later]}
    probes: {own_step: "Which part was yours?", outcome: "How did it end?", later: "What is different now?"}
"""


def said(text: str) -> list[str]:
    return [str(p) for p in parse(text, "kits/x.yaml")[1]]


def test_a_clean_text_gives_a_kit_and_nothing_to_say() -> None:
    kit, problems = parse(TEXT, "kits/x.yaml")
    assert problems == []
    assert kit is not None
    assert kit.competencies["ownership"].indicators["later"].text == "Names one thing they do differently"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("title:", "titel:", 'kits/x.yaml:3: "titel" is not a key that belongs here. Did you mean title?'),
        ("purpose:", "purpos:", 'kits/x.yaml:19: "purpos" is not a key that belongs here. Did you mean purpose?'),
        ("    weight:", "    wieght:", 'kits/x.yaml:7: "wieght" is not a key that belongs here. Did you mean weight?'),
        ("level: 5", "levle: 5", 'kits/x.yaml:14: "levle" is not a key that belongs here. Did you mean level?'),
        (
            "[own_step,",
            "[own_stp,",
            'kits/x.yaml:20: "ownership" has no indicator called "own_stp". Did you mean own_step?',
        ),
        ("version: 1", "version: 1\nversion: 2", '"version" is here twice; the first one is in line 2.'),
        ("version: 1", "version: one", 'kits/x.yaml:2: "version" does not fit: it should be a valid integer'),
        ("weight: 1.0", "weight: 0.5", "kits/x.yaml:5: The weights add up to 0.5, not 1."),
        ("kit: night-porter", "kit: Night Porter", 'kits/x.yaml:1: "kit" must be a short name.'),
        ("title: Night porter", "title: [a]", 'kits/x.yaml:3: "title" must be text.'),
        ("purpose: Ownership", "purpose: Ownership\n    ai_use: maybe", "Use one of: 'free', 'disclose' or 'none'."),
        ("title: Night porter", "", 'kits/x.yaml:1: "title" is missing here.'),
        ("title: Night porter", "title: Night: porter", "kits/x.yaml:3: This is not readable as YAML"),
        ("own_step: Says", "Own Step: Says", 'kits/x.yaml:10: "Own Step" is not a valid short name.'),
    ],
)
def test_a_slip_is_told_with_its_line_and_a_remedy(old: str, new: str, sentence: str) -> None:
    assert old in TEXT
    told = said(TEXT.replace(old, new, 1))
    assert [t for t in told if sentence in t], told


def test_a_typo_of_a_required_key_is_told_once() -> None:
    assert len(said(TEXT.replace("title:", "titel:", 1))) == 1


def test_a_problem_has_the_column_of_its_key() -> None:
    _, (problem,) = parse(TEXT.replace("level: 5", "levle: 5"), "x")
    assert (problem.line, problem.column) == (14, 22)


def test_words_that_yaml_takes_for_truth_stay_words() -> None:
    kit, _ = parse(TEXT + "languages: [no]\nfacts: [{about: [on, off, 2026-01-01], say: yes}]\n", "x")
    assert kit is not None
    assert kit.languages == ("no",)
    assert kit.facts[0].about == ("on", "off", "2026-01-01")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just a sentence",
        "- a list",
        "a: &x [1]\nb: [*x, *x]",
        "a: !!python/object/apply:os.system [ls]",
        "!kit {a: 1}",
        "[" * 50_000,
        "a: " + "{b: " * 5_000,
        'a: "\\UFFFFFFFF"',
        'a: "\\ud800"',
        "a: \ud800",
        "a: \x00",
        "? [1, 2]\n: 3",
        "a: 1\n'a': 2",
        "a: 1\n---\nb: 2",
        "%YAML 9.9\n---\na: 1",
        "a: " + "9" * 10_000,
        "x" * (MOST_CHARACTERS + 1),
        "\tkit: x",
    ],
)
def test_a_hostile_or_broken_text_is_told_kindly(text: str) -> None:
    kit, problems = parse(text, "x.yaml")
    assert kit is None
    assert problems
    assert all(p.line >= 1 and p.message and p.remedy for p in problems)


YAMLISH = st.text(alphabet=" \n\t:-[]{},&*!?|>'\"%@`#\\abUxu019~<=.\u00e9\u2028\ufeff\x00\x85", max_size=60)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.text(max_size=80) | YAMLISH | st.binary(max_size=60).map(lambda b: b.decode("latin-1")))
@settings(max_examples=300, deadline=None)
def test_no_text_ever_raises(text: str) -> None:
    kit, problems = parse(text, "x.yaml")
    assert kit is None
    assert problems


@given(st.integers(0, len(TEXT)), st.integers(0, 30), YAMLISH)
@settings(max_examples=200, deadline=None)
def test_no_damage_to_a_good_file_ever_raises(start: int, length: int, put: str) -> None:
    kit, problems = parse(TEXT[:start] + put + TEXT[start + length :], "x.yaml")
    assert kit is not None or problems


@given(
    st.sampled_from([("competencies",), ("questions",), OWNERSHIP, QUESTION, ANCHORS, INDICATOR, LEVEL_TABLE]), VALUES
)
@settings(max_examples=150, deadline=None)
def test_no_value_in_any_place_ever_raises(path: tuple[str | int, ...], value: Any) -> None:
    kit = copy.deepcopy(BASE)
    at(*path, to=value)(kit)
    found, problems = parse(json.dumps(kit), "x.yaml")  # JSON is YAML
    assert found is not None or problems
