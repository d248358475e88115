"""Every sentence of the team's scheduling: asking for a time, appointments, the calendar, hours, pools, the week."""

from collections.abc import Sequence

from flows.cards import Card, Field, Option, Row
from flows.words.desk_en import plain, quoted, wrong

ALL = "schedule Ada for 45 min with Ben and Cleo"
ANY = "schedule Ada for 60 min with any 2 of backend"
LIVE = "schedule Ada with Parley"
DAY = "schedule Ada loop"
LEAVE = Option("no", "Leave it", "quiet")

# -- what was written, and can't be read ---------------------------------------------------------------------

WHO_MISSING = "Please say who holds it, for example: with Ben and Cleo, or: with any 2 of backend."
SESSION_PARTS = "please write title, length and who, with commas between: System design, 60 min, any of backend"
LOOP_WITH_PEOPLE = (
    "Parley itself can't be one of several sessions. Schedule that one by itself: /interview schedule Ada with Parley"
)
TWO_SESSIONS = f"A day of interviews has at least two sessions, each on its own line. For one alone: /interview {ALL}"
ORDER_HOW = "please write the order as: order: System design before Values"
ORDER_CIRCLE = "The order goes round in a circle, so no session could be the first. Please take one of its lines out."
DAYS_BETWEEN = "please choose 1 to 5 days"


def no_member(name: str, pools: tuple[str, ...]) -> str:
    known = f" The pools are: {', '.join(pools[:8])}." if pools else ""
    return f"I know nobody called {quoted(name[:60])} on the team. /interview members lists everybody.{known}"


def several_members(name: str, found: Sequence[str]) -> str:
    return f"{quoted(name[:60])} fits {', '.join(sorted(found)[:5])}. Please write the full name."


def no_pool(name: str, pools: tuple[str, ...]) -> str:
    known = f"The pools are: {', '.join(pools[:8])}." if pools else "There is no pool yet."
    return f"There is no pool called {quoted(name[:60])}. {known} Add people to one: /interview pool NAME add Ben, Cleo"


def not_so_many(need: int, pool: str, there: int) -> str:
    where = f"the pool {quoted(pool)}" if pool else "those you named"
    if need < 1:
        return f"Please choose at least 1 of {where}."
    return f"I can't take {need} of {where}: there {'is' if there == 1 else 'are'} {there}."


def no_length(text: str) -> str:
    return f"I can't read {quoted(text[:40])} as a length. Please write it as 45 min or 1.5 hours."


def not_by_five(minutes: int, lower: int, upper: int) -> str:
    choice = f"{lower} or {upper}" if lower < upper else f"{upper}"
    return f"Times go in steps of 5 minutes, so {minutes} min can't be booked. Please choose {choice} min."


def length_between(least: int, most: int) -> str:
    return f"Please choose a length from {least} minutes to {most // 60} hours."


def title_long(most: int) -> str:
    return f"please keep the title under {most} characters"


def session_twice(title: str) -> str:
    return f"{quoted(title[:60])} is there already. Please give each session a name of its own"


def no_session(title: str) -> str:
    return f"there is no session called {quoted(title[:60])}. Please write it as in its own line"


def too_many_sessions(count: int, most: int) -> str:
    return f"These are {count} sessions, and I can plan {most} in one go. Please make two loops of it."


def on_line(n: int, problem: str) -> str:
    return f"Line {n}: {problem}"


# -- asking for a time ------------------------------------------------------------------------------------------

HOW = (
    "Please say who it is about, how long it takes and who holds it, for example:\n"
    f"/interview {ALL}\n/interview {ANY}\n/interview {LIVE} (a live interview at a booked time)\n"
    f"/interview {ALL}, 15 min after, within 3 weeks, notice 4h"
)
HOW_LOOP = (
    "Please write the day in the lines below the command, one for each session, for example:\n"
    f"/interview {DAY}\nSystem design, 60 min, any of backend\nValues, 45 min, Ben and Cleo\nlunch 45\n"
    "order: System design before Values"
)


def how(name: str) -> str:
    return HOW.replace("Ada", name)


WHO_OPTIONS = (
    Option("all", "All of them, or one of a pool"),
    Option("1", "One of them"),
    Option("2", "Two of them"),
    Option("3", "Three of them"),
)
NOTICES = ((60, "1 hour"), (120, "2 hours"), (240, "4 hours"), (1440, "1 day"), (2880, "2 days"), (4320, "3 days"))
AHEAD = ((3, "3 days"), (7, "1 week"), (14, "2 weeks"), (21, "3 weeks"), (30, "30 days"), (60, "60 days"))
TOO_LONG = f"That's more than I can read at once. A short line is enough, for example: /interview {ALL}"
CANDIDATE_MISSING = "Please choose who it is about."
LINK_BAD = "Please give a link that begins with https://, or write the place in words."
WHERE_LONG = "Please keep this under 300 characters."
NOTE_LONG = "Please keep the note under 1,000 characters."
PEOPLE_GONE = "Somebody of these isn't on the team any more. Please choose again."
TOO_MANY_OPEN = "There are five appointments with this candidate already that wait for a time or are booked. Please cancel one first."
SCHEDULE = "Ask for a time"
BY_NAME = "Names, with commas between."
PARLEY = "Parley itself, in the candidate's chat"
INTERVIEW, INTERVIEW_DAY, WITH_PARLEY = "Interview", "A day of interviews", "Interview with Parley"
LINK_UNOPENED = "They haven't opened their link yet, and see this as soon as they do."
ANSWERED_ALREADY = (
    "An interview with Parley itself is for somebody who hasn't begun theirs. Choose people to hold this one."
)
DRAFT_OVER = "This has been sent or left already. /interview calendar shows what is booked."
DRAFT_OLD = "This is more than a day old, and calendars have changed since. Please order it again."


def candidate_field(options: tuple[Option, ...], value: str) -> Field:
    return Field("candidate", "Candidate", "choice", options, value=value)


def schedule_form(
    title: str, candidates: tuple[Field, ...], pools: tuple[tuple[str, int], ...], values: dict[str, str]
) -> Card:
    """candidates: the field that asks who it is about, where that isn't known. pools: (name, how many people)."""
    pool = tuple(Option(f"pool{n}", name[:75], hint=people(size)) for n, (name, size) in enumerate(pools))
    fields = (
        *candidates,
        Field("who", "Who holds it", "people", (), False, "Empty, and no pool: Parley itself.", values.get("who", "")),
        *((Field("pool", "From a pool", "choice", pool, False, "Besides those above.", values.get("pool", "")),) if pool else ()),
        Field("how", "How many", "choice", WHO_OPTIONS, True, "With a pool: how many of it; all of those above come.", values.get("how", "all")),
        Field("minutes", "Length", "line", (), True, "Minutes. To keep time free after it: 45, 15 min after", values.get("minutes", "45"), 60),
        Field("title", "What it is called", "line", (), False, "As the candidate reads it.", values.get("title", ""), 80),
        Field("notice", "Not sooner than", "choice", _choices(NOTICES), True, "", values.get("notice", "120")),
        Field("days", "How far ahead", "choice", _choices(AHEAD), True, "", values.get("days", "14")),
        Field("where", "Meeting link or place", "line", (), False, "Empty: a link from the calendar.", values.get("where", ""), 300),
        Field("note", "For the interviewers", "text", (), False, "The candidate doesn't see it.", values.get("note", ""), 1000),
    )  # fmt: skip
    text = "The candidate chooses among the times when everybody can."
    return Card(text, title=title, fields=fields, submit="Show me the times")


def loop_form(title: str, candidates: tuple[Field, ...], values: dict[str, str]) -> Card:
    help_ = "Title, length, who. Also: lunch 45 / break 10 / 2 days / order: System design before Values"
    fields = (
        *candidates,
        Field("loop", "One line for each session", "text", (), True, help_, values.get("loop", ""), 3000),
        Field("notice", "Not sooner than", "choice", _choices(NOTICES), True, "", values.get("notice", "1440")),
        Field("days", "How far ahead", "choice", _choices(AHEAD), True, "", values.get("days", "14")),
        Field("where", "Meeting link or place", "line", (), False, "Empty: a link from the calendar.", values.get("where", ""), 300),
        Field("note", "For the interviewers", "text", (), False, "The candidate doesn't see it.", values.get("note", ""), 1000),
    )  # fmt: skip
    text = "For example:\nSystem design, 60 min, any of backend\nValues, 45 min, Ben and Cleo\nlunch 45"
    return Card(text, title=title, fields=fields, submit="Show me the days")


def form_title(name: str, loop: bool = False) -> str:
    return f"{'A day of interviews' if loop else 'Interview'}{f' with {name}' if name else ''}"


def _choices(known: tuple[tuple[int, str], ...]) -> tuple[Option, ...]:
    return tuple(Option(str(n), label) for n, label in known)


def people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def times(count: int) -> str:
    return "1 time" if count == 1 else f"{count} times"


def days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def before(earlier: str, later: str) -> str:
    return f"{earlier} before {later}"


def some_of(need: int, names: str, pool: str) -> str:
    number = {1: "one", 2: "two", 3: "three"}.get(need, str(need))
    return f"{number} of {f'the pool {pool}' if pool else names}"


OPTIONS = "15 min after, 10 min before, within 3 weeks, notice 4h, move notice 1 day, every 15 min"
NOTICE_LONG = "I can keep a notice of up to 14 days. Please choose a shorter one, for example: notice 2 days"
AHEAD_BETWEEN = "I can look from 1 to 60 days ahead. Please write it in days or weeks, for example: within 3 weeks"
BUFFER_LONG = "I can keep up to 2 hours free on each side. Please choose less, for example: 15 min after"
STEP_LONG = "Starts can be up to 4 hours apart. Please choose less, for example: every 15 min"
NOT_NEEDED = "none"
KEPT_FREE, NOTICE, DAYS_AHEAD, STEP, MOVE_NOTICE = (
    "Kept free", "Notice", "Within", "Starts", "Notice to move it",
)  # fmt: skip


def no_option(text: str) -> str:
    hint = (
        " A first day can't be set; a notice can, for example: notice 1 day."
        if text.startswith(("from", "not"))
        else ""
    )
    return f"I can't read {quoted(text[:60])}.{hint} At the end of the line may follow: {OPTIONS}."


def every(minutes: int) -> str:
    return f"every {minutes} minutes"


WHO, LENGTH, TITLE, WHERE, NOTE, ORDER, LUNCH = (
    "With", "Length", "Called", "Where", "For the interviewers", "Order", "Lunch",
)  # fmt: skip
SEND, ANYWAY, CHANGE = (
    Option("send", "Ask them", "primary"),
    Option("send", "Ask anyway"),
    Option("change", "Change"),
)


def preview(name: str, count: int, on_days: int, first: str, rows: tuple[Row, ...], loop: bool, foot: str = "") -> Card:
    """first: the first time, for the recruiter who reads it. loop: one plan is offered for each day."""
    what = days(on_days) if loop else f"{times(count)} on {days(on_days)}"
    text = f"{name} will be asked to choose between {what}. The first is {first}."
    if count == 1:
        text = f"{name} will be offered the only time there is: {first}."
    return Card(text, title=SCHEDULE, tone="question", rows=rows, options=(SEND, CHANGE, LEAVE), foot=foot)


def preview_whenever(name: str, rows: tuple[Row, ...], foot: str = "") -> Card:
    """Parley itself has time whenever the candidate has."""
    text = f"{name} will be asked for a time that suits them; I interview them live in their chat when it comes."
    return Card(text, title=SCHEDULE, tone="question", rows=rows, options=(SEND, CHANGE, LEAVE), foot=foot)


def no_times(name: str, ahead: int, why: tuple[str, ...], change: str, rows: tuple[Row, ...]) -> Card:
    """why: sentences; change: the one change that would open most times, or ""."""
    reasons = "".join(f"\n- {line}" for line in why)
    text = f"There is no time for this in the next {days(ahead)}, so {name} would have nothing to choose from.{reasons}"
    text += f"\n\nWhat would help most: {change}" if change else ""
    foot = "If you ask anyway, they write when they can, and you hear of it."
    return Card(text, title=SCHEDULE, tone="notice", rows=rows, options=(CHANGE, ANYWAY, LEAVE), foot=foot)


def asked(name: str, busy: bool) -> Card:
    """busy: they are in the middle of something with Parley."""
    when = ", as soon as they aren't in the middle of something else here" if busy else ""
    text = (
        f"I'm asking {name} for a time{when}. The hiring channel shows when it is booked; /interview calendar lists it."
    )
    return Card(text, tone="done")


def change_by_line(line: str) -> Card:
    return plain(f"Please write it again with what should be different, for example: /interview {line}")


# -- appointments -------------------------------------------------------------------------------------------------

STATES = {
    "open": "waiting for {name} to choose a time",
    "booked": "booked",
    "began": "under way",
    "over": "over",
    "cancelled": "cancelled",
    "missed": "missed",
}
ATTENDS = {
    "confirmed": "confirmed",
    "here": "is there",
    "not_here": "says the other side isn't there",
    "cannot": "can't come",
    "silent": "hasn't answered",
}
STATE, MEET, NAGS, CALENDARS, PLAN_WHY = "State", "Where", "Asked", "Calendars", "Why them"
APPOINTMENT_GONE = "This has changed since. Here is how it stands now."
ACTIONS = {
    "move": Option("move", "Ask for another time"),
    "remind": Option("remind", "Remind now"),
    "people": Option("people", "Change people"),
    "why": Option("why", "Why these times?"),
    "cancel": Option("cancel", "Cancel it", "danger"),
    "again": Option("again", "Ask for a time again"),
}
NEW_ONE = Option("new", "A new one", "quiet")


def no_appointments(name: str) -> str:
    return f"Nothing is scheduled with {name} yet. Begin with: /interview schedule {name} for 45 min with Ben and Cleo"


def which_appointment(name: str, options: tuple[Option, ...]) -> Card:
    return Card(f"Which appointment with {name} do you mean?", tone="question", options=options)


def appointment(name: str, title: str, rows: tuple[Row, ...], actions: tuple[str, ...]) -> Card:
    return Card(title, title=name, rows=rows, options=tuple(ACTIONS[a] for a in actions))


CHOOSING = "choosing a time"


def meets(at: str) -> str:
    return f"meets on {at}"


def nags(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def picked(name: str, because: str, count: int, total: int, free: int) -> str:
    """Why somebody was picked of those who were `free`. count: their interviews in four weeks; total: everybody's."""
    told = {
        "kept": f"{name}: held it before",
        "claimed": f"{name}: took it over",
        "shadow": f"{name}: comes along to learn",
        "reverse": f"{name}: leads while somebody watches",
    }
    if because in told:
        return told[because]
    if because == "only" or free <= 1:
        return f"{name}: nobody else was free"
    of = f"of {free} who were free"
    return {
        "priority": f"{name}: first choice {of}",
        "load": f"{name}: fewest in four weeks {of} ({count} of {total})",
        "longest_ago": f"{name}: longest without one {of}",
        "never": f"{name}: the first for them, {of}",
    }.get(because, f"{name}: it was their turn, {of}")


def late(minutes: str) -> str:
    return f"{minutes} minutes late" if minutes else "running late"


def attends(answer: str) -> str:
    """What somebody last said about coming: "confirmed", "late 10", "here" ..."""
    kind, _, minutes = answer.partition(" ")
    return late(minutes) if kind == "late" else ATTENDS.get(kind, kind)


CONFIRMED, NOT_CONFIRMED = "Confirmed", "Not confirmed yet"


def post_title(candidate: str, role: str) -> str:
    return f"Appointment with {candidate}, {role}"


def move_sure(name: str, when: str, version: int) -> Card:
    text = f"Shall I ask {name} to choose another time? Until they have, it stays as it is: {when}."
    return Card(text, tone="question", options=(Option(f"yes.{version}", "Ask them", "primary"), LEAVE))


def moving(name: str) -> Card:
    return Card(f"I'm asking {name} for another time. The old one is kept until they have chosen.", tone="done")


def cancel_sure(name: str, when: str, version: int, reasons: tuple[tuple[str, str], ...]) -> Card:
    """reasons: (id, label)."""
    text = f"Shall I cancel {when or 'this'}? {name} and everybody who takes part are told. If so, for what reason?"
    options = tuple(Option(f"{reason}.{version}", label) for reason, label in reasons)
    return Card(text, tone="question", options=(*options, LEAVE))


CANCEL_REASONS = (
    ("position_filled", "The position is filled"),
    ("interviewer_ill", "Somebody of us can't come"),
    ("not_needed", "It isn't needed any more"),
    ("other", "Another reason"),
)


def cancelled(name: str) -> Card:
    return Card(f"It's cancelled. I'm telling {name} and everybody who takes part.", tone="done")


def reminded(name: str) -> Card:
    return Card(f"I've sent {name} a friendly reminder.", tone="done")


def reminded_already(name: str) -> Card:
    return plain(f"{name} was reminded a short while ago. Let's leave them some time.")


def not_asked_yet(name: str) -> Card:
    return plain(f"{name} is still in the middle of something else here. I ask for a time as soon as that is done.")


def remind_open(role: str) -> Card:
    text = f"Hello. The team would like to find a time with you for {role}, whenever you're ready to choose one."
    return Card(f"{text} The question is just above; write \u201crepeat\u201d to see it again.", tone="notice")


def remind_booked(title: str, when: str, soon: str) -> Card:
    text = f"A friendly reminder of {title}: {when}, {soon}. If it doesn't suit you any more, write \u201creschedule\u201d."
    return Card(text, tone="notice")


def asked_again(name: str) -> Card:
    return Card(f"I'm asking {name} for a time again.", tone="done")


def people_form(name: str, values: dict[str, str], pools: tuple[tuple[str, int], ...]) -> Card:
    pool = tuple(Option(f"pool{n}", pool_name[:75], hint=people(size)) for n, (pool_name, size) in enumerate(pools))
    fields = (
        Field("who", "Who holds it", "people", (), False, "", values.get("who", "")),
        *((Field("pool", "From a pool", "choice", pool, False, "Besides those above.", values.get("pool", "")),) if pool else ()),
        Field("how", "How many", "choice", WHO_OPTIONS, True, "With a pool: how many of it; all of those above come.", values.get("how", "all")),
    )  # fmt: skip
    text = "A booked time is kept if the new people are free then. If not, the candidate is asked to choose again."
    return Card(text, title=form_title(name), fields=fields, submit="Change")


def people_by_line(name: str) -> Card:
    return plain(
        f"Please cancel this one and order it with others, for example: /interview schedule {name} with Ben and Cleo"
    )


def people_changed(name: str) -> Card:
    text = f"The people are changed. {name} hasn't chosen a time yet, and chooses among theirs from now on."
    return Card(text, tone="done")


def people_swapped(name: str, when: str) -> Card:
    return Card(f"The people are changed, and the time stays: {when}. {name} and the others are told.", tone="done")


def people_ask_again(name: str) -> Card:
    return Card(f"They aren't free at that time, so I'm asking {name} for another one.", tone="done")


def times_opened(name: str) -> Card:
    return Card(f"Thank you. I've told {name} to look again.", tone="done")


LOOP_PEOPLE = "For a day of several sessions, please cancel it and order the loop again with other people."
ONE_IS_NEEDED = "Please name somebody, or choose a pool."


def why_times(name: str, count: int, on_days: int, first: str, loop: bool) -> Card:
    what = days(on_days) if loop else f"{times(count)} on {days(on_days)}"
    return plain(f"{name} can choose between {what} at the moment. The first is {first}.")


def why_none(lines: tuple[str, ...], change: str) -> Card:
    text = "There is no time at the moment." + "".join(f"\n- {line}" for line in lines)
    return plain(text + (f"\n\nWhat would help most: {change}" if change else ""))


NO_REASON_FOUND = "the people and the window you chose never meet"


# -- the calendar ---------------------------------------------------------------------------------------------------

MINE = "What is booked with you"


def with_names(names: Sequence[str]) -> str:
    return f"with {', '.join(names)}"


def theirs(title: str) -> str:
    return f"What is booked for {title}"


CONNECT = Option("connect", "Connect a calendar")
ENTRY_FAILED = "not in the calendar of {name} yet: {problem}"
ENTRY_WAITS = "being written into the calendar of {name}"
PROBLEMS = {
    "denied": "it refuses; connect it again",
    "auth": "it refuses; connect it again",
    "revoked": "its permission was taken back; connect it again",
    "gone": "it is gone; connect another one",
    "unreachable": "it can't be reached; I keep trying",
}


def calendar(title: str, span: str, rows: tuple[Row, ...], zone: str, more: int, options: tuple[Option, ...]) -> Card:
    """One week. zone: how the reader's is called."""
    text = f"{title}, {span}." if rows else f"{title}, {span}: nothing."
    foot = f"Times are {zone}." + (f" And {more} more." if more > 0 else "")
    return Card(text, title="Calendar", rows=rows, options=options, foot=foot)


def problem(code: str) -> str:
    return PROBLEMS.get(code, "I keep trying")


# -- hours ------------------------------------------------------------------------------------------------------------

HOURS_EXAMPLE = "availability Mon-Fri 9-17"
HOURS_HOW = (
    f"Change it with one line: /interview {HOURS_EXAMPLE} (\u201cMon-Thu 9-12, 13-17; Fri 9-13\u201d works too), "
    "/interview availability zone Europe/Paris, /interview availability at most 2 a day, 6 a week, "
    "/interview away 24-31 Dec (or: away none), /interview availability pause. Also: availability on 24 Dec 9-12 (or off, "
    "or usual), availability travel 1-5 Dec Tokyo, availability holidays DE-BY, availability movable focus time, lunch."
)
HOURS, ZONE, LIMITS, POOLS, SKILLS, AWAY, NOW, CALENDAR = (
    "Hours", "Time zone", "At most", "Pools", "Skills", "Away", "Now", "Calendar",
)  # fmt: skip
HOLIDAYS, TRAVEL, DATES, MOVABLE, LEARNING = (
    "Public holidays", "Travelling", "Other hours on", "May be booked over", "Learning",
)  # fmt: skip
MOVABLE_HOW = (
    "Please write words from the titles of events that may be booked over when nothing else is free, for example: "
    "/interview availability movable focus time, lunch, or: /interview availability movable none"
)
PHRASE_SHORT = (
    "Please give words of at least 3 letters; shorter ones are in almost every title. For example: focus time"
)
HOLIDAYS_HOW = (
    "Please say whose public holidays are your days off, for example: /interview availability holidays GB "
    "(or DE-BY for a part of a country, or none)"
)
TRAVEL_HOW = (
    "Please write the dates and where you are then, for example: /interview availability travel 1-5 Dec Tokyo, "
    "or: /interview availability travel none"
)
ON_HOW = (
    "Please write a date and its hours, for example: /interview availability on 24 Dec 9-12 (or off, or usual). "
    "At most 31 days at a time."
)
DATES_MANY = "That's more than 100 dates with hours of their own. Please change your usual hours instead."
PAUSED = "paused: nothing new is booked"
ACTIVE = "can be booked"
NO_LIMIT = "no limit"
NO_HOURS = "none yet"
CALENDAR_KINDS = {"google": "Google", "caldav": "CalDAV", "ics": "calendar feed"}
CALENDAR_STATES = {
    "ok": "up to date",
    "partial": "read, but for some events",
    "new": "not read yet",
    "stale": "out of reach, so you count as busy",
    "failed": "needs you, and you count as busy until then",
}
EDIT_HOURS, PAUSE, BACK = Option("edit", "Change"), Option("pause", "Pause"), Option("back", "I'm back", "primary")
HOURS_MISSING = "Please write your hours, for example: Mon-Fri 9-17"
LIMIT_BAD = "Please write a number from 1 to 50, or leave it empty for no limit."
NAMES_LONG = "Please keep this under 300 characters, with commas between."
ONLY_OWN = "You can change your own hours. Those of others are theirs to change; a recruiter can see them."
AWAY_HOW = "Please write the days, for example: /interview away 24-31 Dec, or: /interview away 3 Feb"


def calendar_state(kind: str, state: str) -> str:
    return f"{CALENDAR_KINDS.get(kind, kind)}: {CALENDAR_STATES.get(state, state)}"


def holidays(place: str, after: str) -> str:
    """after: the next one, as the reader says it."""
    return f"{place}, next on {after}" if place and after else place


def trip(dates: str, place: str) -> str:
    return f"{dates} in {place}"


def profile(name: str, own: bool, rows: tuple[Row, ...], paused: bool, problems: tuple[str, ...]) -> Card:
    text = "This is when you can be booked." if own else f"This is when {name} can be booked."
    text += "".join(f"\n- {line}" for line in problems)
    options = (EDIT_HOURS, BACK if paused else PAUSE) if own else ()
    return Card(text, title=f"Availability of {name}", rows=rows, options=options, foot=HOURS_HOW if own else "")


def hours_form(values: dict[str, str]) -> Card:
    fields = (
        Field(
            "hours", "Hours", "line", (), True, "Such as Mon-Thu 9-12, 13-17; Fri 9-13", values.get("hours", ""), 300
        ),
        Field(
            "zone", "Time zone", "line", (), True, "A city or a zone, such as Europe/Paris", values.get("zone", ""), 64
        ),
        Field("per_day", "At most a day", "line", (), False, "Empty: no limit", values.get("per_day", ""), 2),
        Field("per_week", "At most a week", "line", (), False, "Empty: no limit", values.get("per_week", ""), 2),
        Field("away", "Away", "line", (), False, "Such as 24-31 Dec, 3 Feb", values.get("away", ""), 300),
        Field(
            "holidays",
            "Public holidays",
            "line",
            (),
            False,
            "Days off, such as GB or DE-BY",
            values.get("holidays", ""),
            10,
        ),
        Field(
            "movable",
            "May be booked over",
            "line",
            (),
            False,
            "Words in titles, such as focus time, lunch",
            values.get("movable", ""),
            300,
        ),
        Field("pools", "Pools", "line", (), False, "With commas between", values.get("pools", ""), 300),
        Field("skills", "Skills", "line", (), False, "With commas between", values.get("skills", ""), 300),
    )
    return Card("When can you be booked?", title="Your availability", fields=fields, submit="Save")


def saved(rows: tuple[Row, ...], problems: tuple[str, ...]) -> Card:
    text = "Saved. New times follow this from now on; what is booked stays."
    text += "".join(f"\n- {line}" for line in problems)
    return Card(text, tone="done", rows=rows)


PAUSE_DONE = "Nothing new is booked with you until you write /interview back. What is booked already stays."
BACK_DONE = "Welcome back. You can be booked again."
PAUSED_ALREADY = "You are paused already. /interview back takes you in again."
BACK_ALREADY = "You can be booked already."


def away_set(dates: str, booked: int) -> Card:
    text = f"You are away {dates}; nothing new is booked on those days."
    if booked:
        text += f" {booked} {'is' if booked == 1 else 'are'} booked then already: /interview calendar shows what, and there you can find somebody else."
    return Card(text, tone="done")


def no_zone(text: str) -> str:
    return f"I know no time zone for {quoted(text[:60])}. Please write a city or a zone such as Europe/Paris."


def several_zones(text: str, found: Sequence[str]) -> str:
    return f"{quoted(text[:60])} may be {' or '.join(found[:4])}. Please write one of these."


# -- pools --------------------------------------------------------------------------------------------------------------

POOL_HOW = (
    "Please name a pool: /interview pool backend shows it, /interview pool backend add Ben, Cleo adds people, "
    "/interview pool backend remove Ben takes one out, /interview pool backend Ben level 3 (or weight 50, for half as "
    "many, or priority high, normal or low) sets how they count, /interview pool backend Ben learns (then: leads watched, "
    "then: graduated) says whether they are learning."
)
POOL_LONG = "Please keep the name of a pool under 40 characters, without commas."
LEVEL_BAD = "Please give a level from 0 to 9, for example: /interview pool backend Ben level 3"
WEIGHT_BAD = (
    "Please give a weight from 10 to 500; 100 is usual, 50 is half as many: /interview pool backend Ben weight 50"
)
PRIORITY_BAD = "Please choose a priority of high, normal or low: /interview pool backend Ben priority low"
TRAINING = {
    "shadow": "shadows others there from now on",
    "reverse": "leads there while somebody watches",
    "": "holds its interviews from now on",
}
LEARNS = {"shadow": "shadows others", "reverse": "leads while somebody watches"}


def pools(rows: tuple[Row, ...], more: int) -> Card:
    text = (
        "The pools there are." if rows else "There is no pool yet. Add people to one: /interview pool backend add Ben"
    )
    return Card(text, title="Pools", rows=rows, foot=f"and {more} more" if more > 0 else "")


def pool(name: str, rows: tuple[Row, ...], more: int) -> Card:
    foot = "Interviews of the last four weeks and those booked for the next four."
    return Card(
        people(len(rows) + max(more, 0)),
        title=f"Pool {name}",
        rows=rows,
        foot=foot + (f" And {more} more." if more > 0 else ""),
    )


def pool_empty(name: str, near: str) -> Card:
    hint = f" Did you mean {quoted(near)}?" if near else ""
    return wrong(f"Nobody is in {quoted(name[:60])}.{hint} Add people: /interview pool {name[:40]} add Ben, Cleo")


def nobody_in(name: str) -> str:
    return f"Nobody is in {quoted(name[:60])}, so there is nobody to take out. /interview pool lists the pools."


def not_in_pool(person: str, name: str) -> str:
    return f"{person} isn't in {quoted(name)}. Add them first: /interview pool {name} add {person}"


def load(
    held: int, coming: int, level: int, weight: float, training: str, paused: bool, priority: str = "normal"
) -> str:
    """held, coming: interviews of the last and of the next weeks. training: "", shadow or reverse."""
    said = f"{held} held, {coming} booked"
    said += f", level {level}" if level else ""
    said += f", weight {weight:g}" if weight != 100 else ""
    said += f", priority {priority}" if priority in ("high", "low") else ""
    said += f", {LEARNS[training]}" if training in LEARNS else ""
    return said + (", paused" if paused else "")


def pool_changed(name: str, added: tuple[str, ...], removed: tuple[str, ...]) -> Card:
    parts = [f"{', '.join(added)} {'is' if len(added) == 1 else 'are'} in {name} now"] if added else []
    parts += [f"{', '.join(removed)} {'is' if len(removed) == 1 else 'are'} out of {name}"] if removed else []
    return Card("; ".join(parts) + ". I've told them.", tone="done")


def pool_same(name: str) -> Card:
    return plain(f"Nothing has changed: that is how {quoted(name)} is already.")


def told_pool(by: str, name: str, added: bool) -> Card:
    if added:
        text = f"{by} has added you to the pool {quoted(name)}, so you may be picked for its interviews."
        return Card(f"{text} When you can be booked is yours to say: /interview availability", tone="notice")
    return Card(f"{by} has taken you out of the pool {quoted(name)}. What is booked stays.", tone="notice")


def counts_set(name: str, what: str) -> Card:
    return Card(f"{name}: {what}.", tone="done")


# -- the week -------------------------------------------------------------------------------------------------------------

EVERYBODY = "Everybody"
WEEK_NOBODY = "Nobody there has hours yet. They begin with: /interview availability"
WEEK_FOLLOWS, WEEK_FOLLOWS_THERE = "The picture follows.", "The picture follows in our own chat."
WEEK_FAILED = "I couldn't draw the picture just now. The numbers above say the same."


def several(text: str, found: tuple[str, ...]) -> Card:
    return wrong(f"{quoted(text[:60])} fits {', '.join(found[:5])}. Please write the whole name.")


def nothing_called(text: str) -> Card:
    return wrong(f"There is no pool and no requisition called {quoted(text[:60])}. /interview pool lists the pools.")


def week(text: str, title: str, options: tuple[Option, ...], elsewhere: bool) -> Card:
    """elsewhere: the answer stands in a channel, and the picture won't."""
    return Card(text, title=title, options=options, foot=WEEK_FOLLOWS_THERE if elsewhere else WEEK_FOLLOWS)


def week_title(name: str, span: str, place: str) -> str:
    return f"{name}, {span}, free interviewers ({place} time)"


def earlier(monday: int) -> Option:
    """monday: the day with which that week begins, as days since 1970."""
    return Option(f"back.{monday}", "Earlier week", "quiet")


def later(monday: int) -> Option:
    return Option(f"on.{monday}", "Later week", "quiet")
