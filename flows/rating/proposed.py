"""A follow-up that somebody of the team proposes: may it be asked, what is it about, and is there room for it?

The same bounds hold as for the kit's own follow-ups and a model's. What it is about is found by the words it shares with
the kit; where they don't say it clearly, a person does.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from flows.kits.model import Kit, Question
from flows.kits.wording import ILLEGAL, first_topic
from flows.rating import followup
from flows.rating.evidence import most_on_one
from flows.rating.text import content_stems, display, folded

MOST_PER_QUESTION = 2


def tidy(text: str) -> str:
    """A proposal as it would be asked."""
    return " ".join(display(text).split())


def trouble(text: str, kit: Kit) -> str:
    """Why it may not be asked, as a code of `followup.trouble`; "" when it may. text: as `tidy` gives it."""
    why = followup.trouble(text, kit)
    if why in ("", "markup") and first_topic(ILLEGAL, text) is not None:
        return "private"
    if not why and any(folded(text) == folded(q.ask) for q in kit.questions):
        return "gives_away"
    return why


def about(text: str, kit: Kit) -> tuple[str, str] | None:
    """(competency, indicator) that a question is clearly about, by the words it shares with the kit; else None."""
    language = kit.languages[0]
    asked = content_stems(text, language)
    found: list[tuple[int, str, str]] = []
    for name, competency in kit.competencies.items():
        title = len(asked & content_stems(competency.title, language))
        best = max(
            ((len(asked & _words(kit, name, key, language)), key) for key in competency.indicators),
            key=lambda x: x[0],
        )
        found.append((2 * title + best[0], name, best[1]))
    found.sort(key=lambda x: -x[0])
    clear = found[0][0] > 0 and (len(found) == 1 or found[0][0] > found[1][0])
    return found[0][1:] if clear else None


def _words(kit: Kit, competency: str, key: str, language: str) -> frozenset[str]:
    indicator = kit.competencies[competency].indicators[key]
    probes = (q.probes[key] for q in kit.questions if key in q.probes and key in q.competencies.get(competency, ()))
    texts = (indicator.text, indicator.grow, *indicator.cues, *probes)
    return frozenset[str]().union(*(content_stems(t, language) for t in texts))


def room(kit: Kit, asked: Mapping[str, Sequence[str]], closed: Collection[str]) -> dict[str, int]:
    """Competency -> how many follow-ups about it there can still be. asked: question -> the indicators of its follow-ups
    so far; closed: questions that no follow-up is asked to any more."""
    spent = Counter(c for q, keys in asked.items() for k in keys for c in _competencies(kit.question(q), k))
    left: Counter[str] = Counter()
    for q in kit.questions:
        had = asked.get(q.id, ())
        free = min(q.max_follow_ups, MOST_PER_QUESTION) - len(had)
        if q.id in closed or free <= 0:
            continue
        for name, keys in q.competencies.items():
            left[name] += min(free, sum(k not in had for k in keys))
    cap = most_on_one(kit)
    return {name: n for name in kit.competencies if (n := min(left[name], cap - spent[name])) > 0}


def indicator_for(
    question: Question, competency: str, wished: str, asked: Collection[str], spent: Mapping[str, int], kit: Kit
) -> str | None:
    """Under which of a question's indicators a proposal about `competency` can be asked now; None: not here, not yet.

    wished: the indicator it is closest to. asked: those probed at this question; spent: competency -> follow-ups so far.
    """
    if len(asked) >= min(question.max_follow_ups, MOST_PER_QUESTION) or spent.get(competency, 0) >= most_on_one(kit):
        return None
    free = [k for k in question.competencies.get(competency, ()) if k not in asked]
    return wished if wished in free else next(iter(free), None)


def _competencies(question: Question, indicator: str) -> list[str]:
    return [c for c, keys in question.competencies.items() if indicator in keys]
