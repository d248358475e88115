"""Checks a kit against the rules of `problems.py`. Pure: a kit in, a list of problems out, never an exception."""

import math
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import pairwise

from flows.kits import wording
from flows.kits.languages import LANGUAGES
from flows.kits.model import Competency, Kit, Question
from flows.kits.problems import Path, Problem, Rule, broken, reference, rules

__all__ = ["Path", "Problem", "Rule", "did_you_mean", "lint", "reference", "rules"]

LEVELS = (1, 2, 3, 4, 5)
FEWEST, MOST, INDICATOR_WORDS, QUESTION_WORDS = 3, 8, 25, 60


def lint(kit: Kit) -> list[Problem]:
    """Every rule that `kit` breaks; an empty list means that all hold."""
    problems = [*_whole_kit(kit)]
    for name, competency in kit.competencies.items():
        path: Path = ("competencies", name)
        problems += [*_indicators(path, competency), *_anchors(path, competency), *_levels(path, competency)]
        problems += _criteria_words(path, competency)
    for number, question in enumerate(kit.questions):
        path = ("questions", number)
        problems += [*_references(path, question, kit), *_probes(path, question)]
        for where, text in _asked(path, question):
            problems += _asked_words(where, text)
        problems += [*_size(path, question), *_protected((*path, "purpose"), question.purpose)]
    problems += [*_unreachable(kit), *_blank(kit)]
    return problems


def did_you_mean(wrong: str, known: list[str]) -> str:
    """A remedy for a name that does not exist: the nearest one, or the whole list; empty when nothing is known."""
    if near := get_close_matches(wrong, known, n=1, cutoff=0.6):
        return f"Did you mean {near[0]}?"
    return f"Known here: {', '.join(sorted(known))}." if known else ""


def _whole_kit(kit: Kit) -> Iterator[Problem]:
    total = sum(c.weight for c in kit.competencies.values())
    if not math.isclose(total, 1, abs_tol=0.001):
        yield broken("weights-sum", ("competencies",), f"The weights add up to {total:g}, not 1.")
    if not kit.languages:
        yield broken("language-code", ("languages",), "The list of languages is empty.")
    for number, code in enumerate(kit.languages):
        if code not in LANGUAGES:
            yield broken("language-code", ("languages", number), f'"{code}" is not a language code Parley supports.')
    for id, count in Counter(q.id for q in kit.questions).items():
        if count > 1:
            last = max(n for n, q in enumerate(kit.questions) if q.id == id)
            yield broken("question-twice", ("questions", last, "id"), f'{count} questions are called "{id}".')
    if kit.warm_up is None:
        yield broken("warm-up-missing", (), "The kit has no warm-up.")
    else:
        yield from _asked_words(("warm_up", "ask"), kit.warm_up.ask)
    for where, text in ((("title",), kit.title), (("role",), kit.role)):
        yield from _protected(where, text)


def _indicators(path: Path, competency: Competency) -> Iterator[Problem]:
    count, here = len(competency.indicators), (*path, "indicators")
    if count == 0:
        yield broken("anchors-without-indicators", here, f'"{path[-1]}" has anchors but no indicators.')
    elif not FEWEST <= count <= MOST:
        message = f'"{path[-1]}" has {count} indicators; it needs {FEWEST} to {MOST}.'
        yield broken("indicators-count", here, message)
    for name, indicator in competency.indicators.items():
        if (length := len(indicator.text.split())) > INDICATOR_WORDS:
            message = f'The indicator "{name}" has {length} words; {INDICATOR_WORDS} is the most.'
            yield broken("indicator-long", (*here, name, "text"), message)


def _anchors(path: Path, competency: Competency) -> Iterator[Problem]:
    here = (*path, "anchors")
    if missing := [str(level) for level in LEVELS if level not in competency.anchors]:
        message = f'"{path[-1]}" has no anchor for level {" and ".join(missing)}.'
        yield broken("anchors-complete", here, message)
    seen: dict[str, int] = {}
    for level, text in competency.anchors.items():
        same = wording.plain(text).casefold()
        if level not in LEVELS:
            yield broken("anchor-level", (*here, level), f'"{path[-1]}" has an anchor for level {level}.')
        if same in seen:
            message = f"Levels {seen[same]} and {level} have the same anchor."
            yield broken("anchor-repeated", (*here, level), message)
        seen.setdefault(same, level)
        if wording.only_traits(text):
            yield broken("anchor-trait", (*here, level), f'"{text}" names a trait, not a behaviour.')


def _levels(path: Path, competency: Competency) -> Iterator[Problem]:
    here, table = (*path, "levels"), competency.levels
    if not any(rule.min_met == 0 for rule in table):
        yield broken("levels-cover-zero", here, f'The level table of "{path[-1]}" has no line for min_met 0.')
    for number, (above, below) in enumerate(pairwise(table), start=1):
        if not (above.min_met > below.min_met and above.level > below.level):
            message = f"min_met {below.min_met:g} (level {below.level}) must not follow min_met {above.min_met:g} "
            yield broken("levels-monotone", (*here, number), message + f"(level {above.level}).")
    reach = len(competency.indicators)
    for number, rule in enumerate(table):
        if not rule.min_met <= reach:  # written this way round so that "not a number" is caught too
            message = f"Level {rule.level} needs {rule.min_met:g} indicators, and there are {reach}."
            yield broken("levels-reachable", (*here, number), message)
    if table and competency.minimum > max(rule.level for rule in table):
        message = f"The minimum is {competency.minimum}, but the level table never gives that."
        yield broken("levels-reachable", (*path, "minimum"), message)


def _criteria(path: Path, competency: Competency) -> Iterator[tuple[Path, str]]:
    yield path, str(path[-1]).replace("_", " ")  # a name such as "accent" is told as well
    yield (*path, "title"), competency.title
    for level, text in competency.anchors.items():
        yield (*path, "anchors", level), text
    for name, indicator in competency.indicators.items():
        here = (*path, "indicators", name)
        yield here, name.replace("_", " ")
        yield (*here, "text"), indicator.text
        yield (*here, "grow"), indicator.grow
        for number, cue in enumerate(indicator.cues):
            yield (*here, "cues", number), cue


def _criteria_words(path: Path, competency: Competency) -> Iterator[Problem]:
    banned = {
        "delivery-words": wording.DELIVERY,
        "enthusiasm-words": wording.ENTHUSIASM,
        "looks-words": wording.LOOKS,
        "postal-code": wording.POSTAL,
    }
    for where, text in _criteria(path, competency):
        for rule, pattern in banned.items():
            if hit := wording.found(pattern, text):
                yield broken(rule, where, f'"{hit}" does not belong in a criterion.')
        yield from _protected(where, text)


def _protected(where: Path, text: str) -> Iterator[Problem]:
    if about := wording.first_topic(wording.PROTECTED, text):
        yield broken("protected-criterion", where, f'"{about[1]}" is about {about[0]}, which is protected.')


def _asked(path: Path, question: Question) -> Iterator[tuple[Path, str]]:
    yield (*path, "ask"), question.ask
    for name, probe in question.probes.items():
        yield (*path, "probes", name), probe
    for number, clarification in enumerate(question.clarifications):
        yield (*path, "clarifications", number, "say"), clarification.say


def _asked_words(where: Path, text: str) -> Iterator[Problem]:
    if hit := wording.found(wording.LEADING, text):
        yield broken("leading-question", where, f'"{hit}" leads to the answer it hopes for.')
    if about := wording.first_topic(wording.ILLEGAL, text):
        yield broken("illegal-question", where, f'"{about[1]}" asks about {about[0]}.')
    if hit := wording.found(wording.POSTAL, text):
        yield broken("postal-code", where, f'"{hit}" asks where a person lives.')


def _size(path: Path, question: Question) -> Iterator[Problem]:
    if (asked := wording.things_asked(question.ask)) >= 3:
        message = f'The question "{question.id}" asks {asked} things at once.'
        yield broken("two-in-one", (*path, "ask"), message)
    if (length := len(question.ask.split())) > QUESTION_WORDS:
        message = f'The question "{question.id}" has {length} words; {QUESTION_WORDS} is the most.'
        yield broken("question-long", (*path, "ask"), message)


def _references(path: Path, question: Question, kit: Kit) -> Iterator[Problem]:
    here = (*path, "competencies")
    for name, shown in question.competencies.items():
        competency = kit.competencies.get(name)
        if competency is None:
            message = f'The question "{question.id}" names the competency "{name}", which the kit does not have.'
            yield broken("unknown-competency", (*here, name), message, did_you_mean(name, [*kit.competencies]))
            continue
        for number, indicator in enumerate(shown):
            if indicator not in competency.indicators:
                message = f'"{name}" has no indicator called "{indicator}".'
                remedy = did_you_mean(indicator, [*competency.indicators])
                yield broken("unknown-indicator", (*here, name, number), message, remedy)


def _probes(path: Path, question: Question) -> Iterator[Problem]:
    shown = Counter(i for indicators in question.competencies.values() for i in indicators)
    if not shown:
        yield broken("question-shows-nothing", path, f'The question "{question.id}" shows no indicator.')
    for indicator, count in shown.items():
        if count > 1:
            message = f'The question "{question.id}" shows {count} indicators called "{indicator}".'
            yield broken("indicator-name-shared", (*path, "competencies"), message)
        if indicator not in question.probes:
            message = f'The question "{question.id}" shows "{indicator}" but has no probe for it.'
            yield broken("probe-missing", (*path, "probes"), message)
    for indicator in question.probes:
        if indicator not in shown:
            message = f'The question "{question.id}" has a probe for "{indicator}", which it does not list.'
            near = did_you_mean(indicator, [i for i in shown if i not in question.probes])
            yield broken("probe-unlisted", (*path, "probes", indicator), message, near)


def _unreachable(kit: Kit) -> Iterator[Problem]:
    shown = {(name, i) for q in kit.questions for name, indicators in q.competencies.items() for i in indicators}
    for name, competency in kit.competencies.items():
        path: Path = ("competencies", name)
        missing = [i for i in competency.indicators if (name, i) not in shown]
        if len(missing) == len(competency.indicators):
            yield broken("competency-unreachable", path, f'No question shows the competency "{name}".')
            continue
        for indicator in missing:
            message = f'No question shows the indicator "{indicator}".'
            yield broken("indicator-unreachable", (*path, "indicators", indicator), message)


def _read_by_people(kit: Kit) -> Iterator[tuple[Path, str]]:
    yield ("title",), kit.title
    if kit.warm_up:
        yield ("warm_up", "ask"), kit.warm_up.ask
    for name, competency in kit.competencies.items():
        for where, text in _criteria(("competencies", name), competency):
            if where[-1] not in ("title", "grow"):  # these two are optional
                yield where, text
    for number, question in enumerate(kit.questions):
        yield ("questions", number, "purpose"), question.purpose
        yield from _asked(("questions", number), question)
    for number, fact in enumerate(kit.facts):
        yield ("facts", number, "say"), fact.say


def _blank(kit: Kit) -> Iterator[Problem]:
    for where, text in _read_by_people(kit):
        if not text.strip():
            yield broken("text-blank", where, f'The text at "{".".join(str(p) for p in where)}" is blank.')
