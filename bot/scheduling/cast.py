"""From the stored arguments of a conversation about an appointment (ids and times) to what its screenplay takes."""

from collections.abc import Callable
from functools import partial
from typing import Any

from bot import hiring, people
from bot.keyring import Keyring
from bot.scheduling import appointments, readers
from bot.scheduling.plans import Plan
from bot.settings import Settings
from bot.store.store import Row, Tx
from calendar_sync import when
from flows.kits.model import Kit
from flows.words import appointments_en as words

FLOWS = ("booking", "reschedule", "cancel", "reminder", "noshow", "swap", "outside")
SIDES = ("reminder", "noshow", "swap", "outside")
TWO_DAYS = 2


def filler(keys: Keyring, settings: Settings) -> Callable[..., dict[str, Any]]:
    """What `bot.casting.Casting` calls for each of FLOWS."""
    return partial(_parts, keys, settings)


def _parts(
    keys: Keyring, settings: Settings, tx: Tx, kit: Kit, flow: str, stored: dict[str, Any], args: dict[str, Any]
) -> dict[str, Any]:
    """The keyword arguments of `flow`, one of FLOWS. args: those that every conversation has."""
    row = appointments.get(tx, args.pop("tenant"), stored["appointment"])
    plan, said = Plan.from_json(row["plan"]), appointments.words_of(tx, keys, row)
    title = said["title"] or words.TITLE
    known: dict[str, Any] = {"appointment": row["id"], "title": title, "company": args["company"]}
    if flow in SIDES:
        return known | _side(tx, keys, settings, kit, flow, stored, args, row, said)
    known |= {"candidate_name": args["candidate_name"], "contact": args["contact"]}
    if flow == "cancel":
        return known
    known |= {"minutes": plan.minutes, "who": who(tx, keys, row, plan), "zone": stored["zone"]}
    known |= {"deadline": hiring.day_words(stored["at"], TWO_DAYS)}
    if flow == "reschedule":
        return known | {"by": stored.get("by", "candidate")}
    return known | {"role_title": args["role_title"]}


def _side(
    tx: Tx,
    keys: Keyring,
    settings: Settings,
    kit: Kit,
    flow: str,
    stored: dict[str, Any],
    args: dict[str, Any],
    row: Row,
    said: dict[str, str],
) -> dict[str, Any]:
    person, tenant = stored["person"], row["tenant_id"]
    candidate = person == row["candidate_id"]
    zone = readers.zone(tx, keys, row, person, settings.time_zone)
    known: dict[str, Any] = {"role_title": args["role_title"], "version": stored["version"]}
    known |= {"side": "candidate" if candidate else "interviewer", "other": _other(tx, keys, row, person)}
    known |= {"start": stored["start"] * appointments.MINUTE, "link": said["link"]}
    known |= {"when": when.spoken_range(stored["start"], stored["end"], zone, stored["at"])}
    if flow == "reminder":
        known |= {"offset": stored["offset"], "until": stored.get("until", 0)}
        last = stored["offset"] <= min(settings.reminder_minutes, default=0)  # the one they read just before it
        return known if candidate or not last else known | {"brief": brief(tx, kit, row, person, said["note"])}
    if flow == "noshow":
        interview = hiring.get_interview(tx, tenant, row["interview_id"])
        known |= {"until": stored["until"], "ways": tuple(stored.get("ways", ()))}
        return known | {"deadline": hiring.day_words(interview["deadline_at"])}
    return known | {k: stored[k] for k in ("change", "new_when", "who") if k in stored}


def _other(tx: Tx, keys: Keyring, row: Row, person: str) -> str:
    return "" if row["kind"] == "bot" and person == row["candidate_id"] else readers.others(tx, keys, row, person)


def who(tx: Tx, keys: Keyring, row: Row, plan: Plan) -> str:
    """Whom the candidate will meet, as far as it is known before a time is chosen."""
    if plan.kind == "bot":
        return words.WITH_ME
    fixed = tuple(dict.fromkeys(p for s in plan.sessions for p in s.fixed))
    named = tuple(people.name_of(tx, keys, row["tenant_id"], p) for p in fixed)
    return words.with_people(named, sum(g.need for s in plan.sessions for g in s.groups))


def brief(tx: Tx, kit: Kit, row: Row, person: str, note: str) -> tuple[tuple[str, str], ...]:
    """What an interviewer needs just before it: the note, and what they look at. (The whole brief comes the day before.)"""
    own = hiring.flags(hiring.get_interview(tx, row["tenant_id"], row["interview_id"])).get("focus", {}).get(person, ())
    looked_for = "; ".join(c.title or k for k, c in kit.competencies.items() if k in own or not own)
    return tuple((label, value) for label, value in ((words.NOTE, note), (words.LOOK_FOR, looked_for)) if value)
