"""The stages of a requisition, and the one in which an interview is.

They stand in the requisition's settings as `"stages": [{"key", "title", "form", "minutes", "panel"}]`, in order. A
requisition without them has one stage, which is the interview as it always was.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot import hiring, people
from bot.hiring import RECORDED, TEXT
from bot.store.rows import Interview
from bot.store.store import Row, Tx
from flows.words import funnel_en as words

PEOPLE = "people"
FORMS = (TEXT, RECORDED, PEOPLE)
ONLY = "interview"  # the key of the one stage where none are named
OVER = ("decided", "withdrawn", "expired")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. form: text (live, with Parley), recorded (in their own time) or people; minutes: of a meeting with
    people, 0 for the kit's own length; panel: ids of who holds and rates it (empty: the requisition's panel)."""

    key: str
    title: str
    form: str
    minutes: int = 0
    panel: tuple[str, ...] = ()

    @property
    def held_by_people(self) -> bool:
        return self.form == PEOPLE


def of(requisition: Row) -> tuple[Stage, ...]:
    """The stages of a requisition in order; at least one."""
    settings = hiring.settings_of(requisition)
    named: list[dict[str, Any]] = settings.get("stages") or []
    if not named:
        form = settings.get("format", TEXT)
        return (Stage(ONLY, words.TITLES[form], form),)
    return tuple(Stage(s["key"], s["title"], s["form"], s.get("minutes", 0), tuple(s.get("panel", ()))) for s in named)


def are_named(requisition: Row) -> bool:
    """Does it name its stages, so that there is more than the one there always was?"""
    return bool(hiring.settings_of(requisition).get("stages"))


def first(requisition: Row) -> Stage:
    """Where an invitation begins."""
    return of(requisition)[0]


def key_of(requisition: Row, interview: Row) -> str:
    """The key of an interview's stage; that of the first one where the interview names none."""
    return hiring.flags(interview).get("stage") or first(requisition).key


def current(requisition: Row, interview: Row) -> Stage:
    """The stage an interview is in; for one that is no longer in the list, what the interview itself says of it."""
    key, flags = key_of(requisition, interview), hiring.flags(interview)
    known = next((s for s in of(requisition) if s.key == key), None)
    if known is not None:
        return known
    form = flags.get("form") or flags.get("format") or TEXT
    return Stage(key, words.TITLES[form], form)


def after(requisition: Row, key: str) -> Stage | None:
    """The stage behind the one called `key`; None for the last one, and for one that is no longer in the list."""
    stages = of(requisition)
    at = next((n for n, s in enumerate(stages) if s.key == key), len(stages))
    return stages[at + 1] if at + 1 < len(stages) else None


def next_of(requisition: Row, interview: Row) -> Stage | None:
    """Where an interview would go on to; None in the last stage."""
    return after(requisition, key_of(requisition, interview))


def panel_of(tx: Tx, requisition: Row, stage: Stage) -> tuple[str, ...]:
    """Who holds and rates a stage: those it names who are still on the team, else the requisition's panel."""
    tenant = requisition["tenant_id"]
    named = tuple(p for p in stage.panel if people.chat_of(tx, tenant, p))
    return named or tuple(people.with_role(tx, tenant, requisition["id"], "panelist"))


def keep(tx: Tx, requisition: Row, stages: Iterable[Stage]) -> Row:
    """Set the stages. Stages without a key get one; a stage of the same title keeps the key that it had.

    The caller has checked that nobody is under way in a stage that goes (`under_way`).
    """
    known = {s.title.casefold(): s.key for s in of(requisition)}
    named, kept = hiring.settings_of(requisition).get("stages"), list[Stage]()
    wanted = tuple(stages)
    for n, stage in enumerate(wanted):
        # Whoever was invited before there were stages is in the first one, whatever that is called.
        usual = ONLY if n == 0 and not named else ""
        key = stage.key or known.get(stage.title.casefold()) or usual or _key(stage.title)
        kept.append(replace(stage, key=_free(key, {s.key for s in kept})))
    _stamp(tx, requisition)
    return hiring.set_settings(tx, requisition, stages=[asdict(s) for s in kept])


def _stamp(tx: Tx, requisition: Row) -> None:
    """Who was invited before there were stages stays where they are, whatever comes before that stage from now on."""
    where = {"tenant_id": requisition["tenant_id"], "requisition_id": requisition["id"]}
    for interview in tx.find(Interview, where):
        if not hiring.flags(interview).get("stage"):
            hiring.set_flags(tx, interview, stage=first(requisition).key)


def _key(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:24] or "stage"


def _free(key: str, taken: set[str]) -> str:
    if key not in taken:
        return key
    return next(k for n in range(2, len(taken) + 3) if (k := f"{key}-{n}") not in taken)


def under_way(tx: Tx, requisition: Row) -> dict[str, int]:
    """How many interviews go on in each stage, by its key."""
    where = {"tenant_id": requisition["tenant_id"], "requisition_id": requisition["id"]}
    found: dict[str, int] = {}
    for interview in tx.find(Interview, where):
        if interview["status"] not in OVER:
            key = key_of(requisition, interview)
            found[key] = found.get(key, 0) + 1
    return found
