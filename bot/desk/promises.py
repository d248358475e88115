"""The day that a candidate was promised: named anew by a recruiter, by button, form or line; and what is overdue."""

import re
from collections.abc import Mapping

from bot import hiring
from bot.desk import decide
from bot.desk.sight import MOST_OPTIONS, RECRUITERS, Call, Sight, choice, not_found, say, wrong
from bot.funnel import hours, promising
from bot.hiring import DAY
from bot.scene import Reply
from bot.store.store import Row
from calendar_sync.when import MONTHS, WEEKDAYS
from calendar_sync.zones import day_of, weekday, zone
from flows.cards import Card
from flows.cards import Row as CardRow
from flows.words import desk_en
from flows.words import funnel_en as words

FARTHEST = 60  # days
MOST_WHY = 300
_BY = re.compile(r"\s+(?:by|until|till|on)\s+", re.IGNORECASE)
_BECAUSE = re.compile(r"\s+because\s+", re.IGNORECASE)
_IN = re.compile(r"in (\d{1,2}|a|one|two|three) (day|week)s?")
_DATE = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ .]+([a-z]{3,9})|([a-z]{3,9}) (\d{1,2})(?:st|nd|rd|th)?")
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3}


def command(call: Call) -> Reply:
    """`/interview promise NAME by FRIDAY because REASON`; without a day, the form."""
    head, *why = _BECAUSE.split(call.rest, maxsplit=1)
    name, *by = _BY.split(head, maxsplit=1)
    if not name.strip():
        return wrong(words.HOW_PROMISE)
    rows = call.sight.named(name, _owed(call.sight))
    if not rows:
        return wrong(words.NOTHING_OWED)
    if len(rows) > 1:
        if len(rows) > MOST_OPTIONS:
            return say(desk_en.fits(name.strip(), str(len(rows))))
        options = tuple(choice(call.sight, r) for r in rows)
        return say(desk_en.which(name.strip(), len(rows), options), "do:pick:promise")
    if not by:
        return ask(call, rows[0])
    return _renewed(call, rows[0], by[0], why[0] if why else "")


def named(rest: str) -> str:
    """The name alone, where nothing else was said; "" where the line is complete."""
    return "" if _BY.search(_BECAUSE.split(rest, maxsplit=1)[0]) else rest


def _owed(sight: Sight) -> list[Row]:
    """The interviews of this recruiter's whose candidates wait to hear."""
    found = [r for status in ("submitted", "scored", "decided") for r in sight.interviews(*RECRUITERS, status=status)]
    return [r for r in found if hiring.flags(r).get("promise_at") and promising.is_owed(sight.tx, r)]


def ask(call: Call, interview: Row) -> Reply:
    """By when? In a form, or how to write it."""
    if not call.forms:
        return wrong(words.HOW_PROMISE.replace("Ada", call.sight.name(interview)))
    return say(words.promise_form(call.sight.name(interview)), f"cmd:promise:{interview['id']}")


def form_card(call: Call) -> Card:
    interview = call.sight.interview(call.rest, *RECRUITERS)
    return words.promise_form(call.sight.name(interview) if interview else "")


def submit(call: Call, fields: Mapping[str, str]) -> Reply:
    interview = call.sight.interview(call.rest, *RECRUITERS)
    if interview is None:
        return not_found()
    at, problem = _instant(call, interview, fields.get("day", ""))
    why = fields.get("why", "").strip()
    if at is None or len(why) > MOST_WHY:
        return Reply(problems={"day": problem} if at is None else {"why": words.WHY_LONG})
    return _told(call, interview, at, why)


def press(call: Call, ids: list[str], option: str) -> Reply:
    """A button under a reminder: decide, some more days, or another day with a line."""
    interview = call.sight.interview(ids[0], *RECRUITERS)
    if interview is None:
        return not_found()
    if option == words.DECIDE.id:
        return decide.open_form(call, interview)
    if option == words.OTHER_DAY.id:
        return ask(call, interview)
    days = {words.PLUS_3.id: 3, words.PLUS_7.id: 7}.get(option)
    if days is None:
        return wrong(desk_en.TOO_LATE)
    base = max(hiring.flags(interview).get("promise_at") or 0, call.scene.at)
    return _told(call, interview, base + days * DAY, "")


def _renewed(call: Call, interview: Row, day: str, why: str) -> Reply:
    at, problem = _instant(call, interview, day)
    if at is None:
        return wrong(problem)
    return wrong(words.WHY_LONG) if len(why) > MOST_WHY else _told(call, interview, at, why)


def _told(call: Call, interview: Row, at: int, why: str) -> Reply:
    if not promising.is_owed(call.scene.tx, interview):
        return wrong(words.SETTLED)
    now = promising.renew(call.scene, hiring.hold(call.scene.tx, interview), at, call.person_id, why)
    day = hours.day(call.scene.tx, now, hiring.flags(now)["promise_at"])
    return say(words.new_day(call.sight.name(now), day))


def _instant(call: Call, interview: Row, text: str) -> tuple[int | None, str]:
    """(noon of that day where the candidate is, "") or (None, what to write instead)."""
    here = zone(hours.zone_of(call.scene.tx, interview))
    today = here.date_of(call.scene.at // hours.MINUTE)
    day = day_named(text, today)
    if day is None:
        return None, words.NO_SUCH_DAY
    if not today < day <= today + FARTHEST:
        return None, words.DAY_PAST
    return here.start_of(day * 1440 + 720) * hours.MINUTE, ""


def day_named(text: str, today: int) -> int | None:
    """A day (since 1970-01-01) as people write it, from today on: "Friday", "in 3 days", "4 Dec", "2026-12-04"."""
    said = " ".join(text.casefold().strip(" .").split()).removeprefix("next ")
    if said in ("today", "tomorrow"):
        return today + (said == "tomorrow")
    if found := _IN.fullmatch(said):
        return today + (_NUMBERS.get(found[1]) or int(found[1])) * (7 if found[2] == "week" else 1)
    if len(said) >= 3 and (n := next((n for n, d in enumerate(WEEKDAYS, 1) if d.casefold().startswith(said)), 0)):
        return today + ((n - weekday(today) - 1) % 7 + 1)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
        return _day(said)
    if found := _DATE.fullmatch(said):
        number, month = int(found[1] or found[4]), found[2] or found[3]
        n = next((n for n, m in enumerate(MONTHS, 1) if m.casefold().startswith(month)), 0)
        return _next_date(number, n, today) if n else None
    return None


def _next_date(number: int, month: int, today: int) -> int | None:
    """That date of this year, or of the next where it has passed."""
    year = 1970 + (today + 1) * 400 // 146_097
    days = [_day(f"{y:04}-{month:02}-{number:02}") for y in (year - 1, year, year + 1)]
    return next((d for d in days if d is not None and d >= today), None)


def _day(iso: str) -> int | None:
    try:
        return day_of(iso)
    except ValueError:
        return None


def tasks(sight: Sight) -> list[CardRow]:
    """What a recruiter owes candidates who have been put off: what is overdue first."""
    rows = _owed(sight)
    late = [CardRow(_label(sight, r), words.overdue(_day_of(sight, r))) for r in rows if promising.missed(sight.tx, r)]
    put_off = [r for r in rows if not promising.missed(sight.tx, r) and hiring.flags(r).get("promise_renewals")]
    return late + [CardRow(_label(sight, r), words.promised_by(_day_of(sight, r))) for r in put_off]


def _day_of(sight: Sight, interview: Row) -> str:
    return hours.day(sight.tx, interview, hiring.flags(interview)["promise_at"])


def _label(sight: Sight, interview: Row) -> str:
    return f"{sight.name(interview)}, {sight.title(interview)}"
