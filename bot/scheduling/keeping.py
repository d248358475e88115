"""Storing what a look at a calendar has shown, and telling those whom it concerns: once for each problem."""

from zlib import crc32

from bot import people
from bot.log import get
from bot.scene import Scene
from bot.scheduling import outside, profiles
from bot.scheduling.accounts import EVERY, KNOWN, MINUTE, PUSHED, TRUSTED, busy_json, busy_of, label
from bot.scheduling.entries import recruiters_of, tell, write_again
from bot.scheduling.looking import Look
from bot.store.rows import CalendarAccount
from bot.store.store import Row
from calendar_sync.calendar import Busy, CalendarTrouble
from flows.words import calendar_en as words

log = get("calendars")
_LONGEST = 30 * MINUTE
_GIVEN_UP = 6 * 60 * MINUTE  # between tries where somebody has to do something first
_MORE_THAN_A_BLIP = 3  # errors in a row


def keep(scene: Scene, before: Row, look: Look, began: int, usual_zone: str) -> bool:
    """Write a look down, in the scene of the owner's chat. False: the account was changed or left meanwhile.

    began: when the look began (ms); usual_zone: the team's.
    """
    key = {"tenant_id": before["tenant_id"], "id": before["id"]}
    row = scene.tx.one(CalendarAccount, **key)
    if row is None or row["sealed"] != before["sealed"]:
        return False
    if look.trouble is not None:
        values, told = _failed(scene, row, look, look.trouble)
    else:
        values, told = _read(scene, row, look)
    scene.tx.change(CalendarAccount, key, values)
    if told is not None:
        _tell(scene, row, look, row["told"], told)
    if look.trouble is None and row["state"] == "failed":
        write_again(scene, row["id"])
    if look.changes is not None:
        outside.heard(scene, row, look.changes, began, usual_zone)
    return True


def _read(scene: Scene, row: Row, look: Look) -> tuple[Row, str | None]:
    """What to store after a look that worked, and the problem to tell ("" = none any more, None = nothing to say)."""
    old = busy_of(scene.tx, scene.keys, row)
    busy = look.busy or old
    state = busy.state if busy else "ok"
    problem = "" if state == "ok" else state
    values: Row = {"state": state, "problem": problem, "told": problem, "errors": 0, "synced_at": scene.at}
    values |= _channel(look) | {"sealed": _seal(scene, row, look.content), "due_at": next_read(row, look, scene.at)}
    if look.busy is not None and look.busy != old:
        values["busy"] = _seal(scene, row, busy_json(look.busy))
    if row["state"] not in KNOWN or _times(busy) != _times(old):
        profiles.stamp(scene.tx, scene.tenant_id, row["interviewer_id"])
    return values, problem if row["told"] != problem else None


def _failed(scene: Scene, row: Row, look: Look, trouble: CalendarTrouble) -> tuple[Row, str | None]:
    """The same after a look that did not work. What was read last counts for as long as it is trusted."""
    errors, lasting = row["errors"] + 1, trouble.after_ms is None
    last = row["synced_at"] if row["synced_at"] is not None else row["created_at"]
    late = scene.at - last >= TRUSTED[row["kind"]]
    state = "failed" if lasting or row["state"] == "failed" else "stale" if late else row["state"]
    pause = min(_GIVEN_UP, EVERY["ics"] * 2 ** min(errors - 1, 10)) if lasting else _pause(trouble, errors)
    values: Row = {"state": state, "problem": trouble.code, "errors": errors, "due_at": scene.at + pause}
    values |= _channel(look) | {"sealed": _seal(scene, row, look.content)}
    if row["state"] in KNOWN and state not in KNOWN:
        profiles.stamp(scene.tx, scene.tenant_id, row["interviewer_id"])
    log.warning("calendar_failed", account_id=row["id"], trouble_code=trouble.code, errors=errors, state=state)
    news = trouble.code if lasting else "stale" if state == "stale" and errors >= _MORE_THAN_A_BLIP else ""
    # Once they have heard of something that only they can mend, silence is no news.
    if news in ("", row["told"]) or (news == "stale" and row["told"] not in ("", "partial")):
        return values, None
    return {**values, "told": news}, news


def _pause(trouble: CalendarTrouble, errors: int) -> int:
    """Growing, but never shorter than the calendar has asked for."""
    return max(trouble.after_ms or 0, min(_LONGEST, MINUTE // 2 * 2 ** min(errors - 1, 10)))


def next_read(row: Row, look: Look, at: int) -> int:
    """When to read it next. Spread by the account, so that not all are read at the same moment."""
    every = PUSHED if look.channel is not None and look.channel.expires_ms > at else EVERY[row["kind"]]
    return at + every + crc32(row["id"].encode()) % (every // 10)


def _channel(look: Look) -> Row:
    if look.channel is None:
        return {}
    return {"channel_id": look.channel.id, "channel_until": look.channel.expires_ms}


def _seal(scene: Scene, row: Row, value: object) -> bytes:
    scene.keys.load(scene.tx, row["tenant_id"], row["interviewer_id"])
    return scene.keys.seal(row["tenant_id"], row["interviewer_id"], value)


def _times(busy: Busy | None) -> tuple[object, ...]:
    return (busy.intervals, busy.movable) if busy else ()


# -- telling ------------------------------------------------------------------------------------------


def _tell(scene: Scene, row: Row, look: Look, before: str, problem: str) -> None:
    """The owner, and the recruiters whose candidates wait for this person."""
    name, person = label(row["kind"], look.content), row["interviewer_id"]
    whose = people.name_of(scene.tx, scene.keys, scene.tenant_id, person)
    if look.trouble is not None:
        mine, theirs = words.trouble(name, look.trouble.say), words.trouble_of(whose, problem == "stale")
    elif problem == "partial":
        mine, theirs = words.partial(name, look.busy.problem if look.busy else ""), words.recovered_of(whose)
    else:
        mine, theirs = words.recovered(name), words.recovered_of(whose)
    tell(scene, person, mine, person)
    if "partial" in (problem, before) and "" in (problem, before):
        return  # the others have never heard of it: what can be read is offered
    for recruiter in recruiters_of(scene, person):
        tell(scene, recruiter, theirs, person)
