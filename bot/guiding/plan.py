"""What one interviewer is to ask: the kit's questions for their part, with the follow-ups that are still worth it.

What a guide is begun with is ids only (`begun_with`); `filler` turns them into words each time it is played.
"""

from functools import partial
from typing import Any

from bot.guiding import focus, known, team
from bot.guiding.known import Known
from bot.keyring import Keyring
from bot.scheduling import appointments
from bot.store.store import Row, Tx
from flows.kits.model import Competency, Kit, Question
from flows.words import brief_en as words

FLOW = "guide"
MINUTE = 60_000
AROUND = 5  # minutes for the welcome and the end
PROBES = 2


def probes(kit: Kit, key: str, open_: tuple[str, ...], question: Question | None = None) -> list[str]:
    """Two follow-ups for what is open in a competency: the kit's own, and where it has none a plain request."""
    asked = [question] if question else kit.questions
    given = {
        i: text for q in asked if key in q.competencies for i, text in q.probes.items() if i in q.competencies[key]
    }
    indicators = kit.competencies[key].indicators
    fitting = [i for i in open_ if question is None or i in question.competencies.get(key, ())]
    found = [given[i] for i in fitting if i in given] + [
        words.look_for(indicators[i].text) for i in fitting if i not in given
    ]
    return found[:PROBES]


def asked_of(kit: Kit, keys: list[str], seen: Known) -> list[Question]:
    """The questions for these competencies. Those that leave nothing open are left out, unless nothing else is left."""
    fitting = [q for q in kit.questions if any(k in q.competencies for k in keys)]
    worth = [q for q in fitting if any(i in seen.open[k] for k in keys for i in q.competencies.get(k, ()))]
    return worth or fitting


def begun_with(tx: Tx, keys: Keyring, interview: Row, kit: Kit, row: Row, person: str) -> dict[str, Any]:
    """The stored arguments of a guide, besides those of every conversation about an appointment."""
    seen = known.before(tx, keys, interview)
    mine = focus.mine(list(kit.competencies), interview, person)
    start, end = team.span(tx, row, person)
    questions = [q.id for q in asked_of(kit, mine, seen)]
    return {
        "focus": mine,
        "questions": questions,
        "open": {k: list(seen.open[k]) for k in mine},
        "asked": [q for q in seen.asked if q in questions],
        "seat": [start, end],
    }


def filler(keys: Keyring) -> Any:
    """What `bot.casting.Casting` calls for a guide."""
    return partial(_parts, keys)


def _parts(keys: Keyring, tx: Tx, kit: Kit, flow: str, stored: dict[str, Any], args: dict[str, Any]) -> dict[str, Any]:
    row = appointments.get(tx, args["tenant"], stored["appointment"])
    start, end = stored["seat"]
    said = appointments.words_of(tx, keys, row)
    return {
        **{k: args[k] for k in ("candidate_name", "role_title", "company")},
        "appointment": row["id"],
        "version": stored["version"],
        "start": start * MINUTE,
        "end": end * MINUTE,
        "link": said["link"] or said["place"],
        "titles": tuple(title(kit, k) for k in stored["focus"]),
        "questions": tuple(_pages(kit, stored, end - start)),
    }


def title(kit: Kit, key: str) -> str:
    return kit.competencies[key].title or key


def _pages(kit: Kit, stored: dict[str, Any], minutes: int) -> list[dict[str, Any]]:
    questions = [kit.question(q) for q in stored["questions"]]
    guides = [q.answer.guide_minutes + q.answer.think_minutes for q in questions]
    each = max(0, minutes - AROUND) / (sum(guides) or 1)
    return [_page(kit, stored, q, max(1, round(each * guide))) for q, guide in zip(questions, guides, strict=True)]


def _page(kit: Kit, stored: dict[str, Any], question: Question, minutes: int) -> dict[str, Any]:
    mine = [k for k in stored["focus"] if k in question.competencies]
    follow_ups = [p for k in mine for p in probes(kit, k, tuple(stored["open"][k]), question)]
    return {
        "id": question.id,
        "ask": question.ask,
        "asked": question.id in stored["asked"],
        "minutes": minutes,
        "probes": tuple(dict.fromkeys(follow_ups)),
        "competencies": tuple(_beside(k, kit.competencies[k]) for k in mine),
    }


def _beside(key: str, competency: Competency) -> dict[str, Any]:
    anchors = tuple((str(n), competency.anchors[n]) for n in sorted(competency.anchors))
    return {"key": key, "title": competency.title or key, "anchors": anchors}
