"""Every sentence about the way through a requisition: its stages, its format, promised days, and how somebody stands."""

from flows.cards import Card, Field, Option, Row

# -- stages -----------------------------------------------------------------------------------------------------

TITLES = {"text": "Live interview", "recorded": "Recorded screen", "people": "Panel"}
FORMS = {
    "text": "live, by text, with Parley",
    "recorded": "in their own time, by text, with Parley",
    "people": "with people",
}
EXAMPLE = "/interview stages Support engineer: recorded screen, live interview, panel 45 min with Ann and Tom"
HOW_STAGES = f"Please name the requisition, and after a colon its stages in order, for example: {EXAMPLE}"
FIRST_BY_PEOPLE = (
    "The first stage is what an invitation begins with, so I hold that one: live or recorded. To meet somebody straight away, "
    "invite them and ask for a time: /interview schedule Ada for 45 min with Ann"
)
MOST_STAGES = "Please keep to 8 stages: more would be unkind to candidates."
ONE_OF = "A stage is rated by everybody it names. Please name each of them, for example: panel with Ann and Tom"
LENGTH = "Please choose a length from 10 minutes to 8 hours."
SAME_TITLE = "Two stages have the same name. Please tell them apart, for example: panel 1 and panel 2."


def not_a_stage(text: str) -> str:
    return (
        f"I don't know what kind of stage \u201c{text[:60]}\u201d is. Please begin it with recorded, live or panel, for example: "
        "panel 45 min with Ann and Tom"
    )


def did_you_mean(text: str, near: str) -> str:
    return f"I don't know what kind of stage \u201c{text[:60]}\u201d is. Did you mean \u201c{near}\u201d?"


def not_with_people(title: str) -> str:
    return f"\u201c{title}\u201d is held by me, so it needs no length and nobody beside it. For people, write: panel 45 min with Ann and Tom"


def in_use(title: str, many: int) -> str:
    who = "1 person is" if many == 1 else f"{many} people are"
    return (
        f"{who} in \u201c{title}\u201d now, so that stage has to stay. Keep it in the list, or decide about them first."
    )


def stages(role: str, rows: tuple[Row, ...], changed: bool) -> Card:
    text = "These are the stages now." if changed else "These are the stages."
    foot = "Nobody goes from one stage to the next, or out, without a decision of a person."
    return Card(text, title=role, rows=rows, tone="done" if changed else "plain", foot=foot)


def stage_line(form: str, minutes: int, names: str, here: int) -> str:
    length = f", {minutes} min" if minutes else ""
    who = f", with {names}" if names else ""
    now = f"; {here} here now" if here else ""
    return f"{FORMS[form]}{length}{who}{now}"


# -- the format -------------------------------------------------------------------------------------------------

FORMAT_TITLE = "Which format fits?"
SUBMIT_FORMAT = "Propose stages"
VOLUMES = (
    Option("few", "Up to 10"),
    Option("some", "10 to 50"),
    Option("many", "50 to 200"),
    Option("hundreds", "More than 200"),
)
SPANS = (
    Option("near", "Within 3 hours of the team"),
    Option("far", "4 to 7 hours away"),
    Option("world", "8 hours or more, or anywhere"),
)
ROLES = (
    Option("client", "Talks with customers or clients"),
    Option("craft", "Builds or makes things"),
    Option("lead", "Leads people"),
    Option("other", "Something else"),
)
SENIORITY = (Option("entry", "A first job"), Option("mid", "Some experience"), Option("senior", "Senior or lead"))
HOURS = (Option("little", "Up to 2"), Option("some", "3 to 6"), Option("plenty", "More than 6"))
QUESTIONS: dict[str, tuple[str, tuple[Option, ...]]] = {
    "volume": ("How many candidates do you expect?", VOLUMES),
    "span": ("How far apart are the time zones?", SPANS),
    "role": ("What is the role about?", ROLES),
    "level": ("How senior is it?", SENIORITY),
    "hours": ("How many hours a week can the team give to interviews?", HOURS),
}
TAKE = Option("take", "Take these stages", "primary")
LEAVE = Option("no", "Leave it", "quiet")
HOW_FORMAT = "Please name the requisition, for example: /interview format Support engineer"
HOW_FORMAT_LINE = (
    "Please write it in one line, for example: /interview format Support engineer: hundreds, world, client, entry, little. "
    "In order: candidates (few, some, many, hundreds), time zones (near, far, world), role (client, craft, lead, other), "
    "seniority (entry, mid, senior), team hours a week (little, some, plenty)."
)
CHOOSE_ONE = "Please choose one."
REASONS = {
    "recorded_volume": "With this many candidates, each answers the same questions in their own time; nobody waits for a slot.",
    "recorded_span": "Across these time zones there is hardly an hour that suits everybody, so the first step has no fixed time.",
    "recorded_hours": "The team has few hours, and reading recorded answers takes a fraction of meeting everybody.",
    "live_few": "With few candidates a live conversation is worth it, and follow-up questions bring out more.",
    "live_shortlist": "For a shortlist of ten to fifteen, a live conversation asks back where something was left open.",
    "live_client": "Whoever talks with clients shows that best in a conversation that goes back and forth.",
    "panel_senior": "For a senior role, people meet people before anybody is hired; so candidates get to know the team too.",
    "panel_client": "The team sees for itself how somebody deals with people.",
    "panel_last": "At the end a person who decides should have met the candidate.",
    "short_entry": "For a first job, two steps are enough: every further one loses good people.",
}


def format_form(role: str) -> Card:
    fields = tuple(Field(key, ask, "choice", options) for key, (ask, options) in QUESTIONS.items())
    return Card(
        f"A few questions about {role}; then I propose stages. Nothing changes until you take them.",
        title=FORMAT_TITLE,
        fields=fields,
        submit=SUBMIT_FORMAT,
    )


def proposed_line(form: str, minutes: int, reasons: tuple[str, ...]) -> str:
    return f"{stage_line(form, minutes, '', 0)}. " + " ".join(REASONS[r] for r in reasons)


def proposal(role: str, rows: tuple[Row, ...]) -> Card:
    text = (
        "This is what I would do, and why. You can take it as it is, or write your own: /interview stages TITLE: \u2026"
    )
    return Card(text, title=role, rows=rows, tone="question", options=(TAKE, LEAVE))


# -- promised days: what the team reads ----------------------------------------------------------------------------

WAITS_FOR = {
    "submitted": "scorecards are still missing",
    "scored": "the scorecards are open; somebody has to decide",
    "decided": "it is decided, and nobody has told them yet",
}
DECIDE = Option("decide", "Decide", "primary")
PLUS_3 = Option("plus3", "3 more days")
PLUS_7 = Option("plus7", "A week more")
OTHER_DAY = Option("other", "Another day, with a line for them", "quiet")
_RENEW = (DECIDE, PLUS_3, PLUS_7, OTHER_DAY)
PROMISE_TITLE = "A new day"
HOW_PROMISE = (
    "Please say who and by when, for example: /interview promise Ada by Friday because the hiring manager is travelling"
)
NO_SUCH_DAY = "I can't read that day. Please write it as Friday, tomorrow, in 3 days, 4 Dec or 2026-12-04."
DAY_PAST = "Please choose a day from tomorrow on, and within 60 days."
NOTHING_OWED = "They aren't waiting to hear from the team at the moment, so there is no day to promise."
WHY_LONG = "Please keep the line for the candidate under 300 characters."
SETTLED = "They have heard meanwhile, so nothing is owed to them."


def remind(name: str, role: str, day: str, status: str) -> Card:
    text = f"{name} was promised to hear about {role} by {day}: {WAITS_FOR[status]}."
    return Card(text, tone="notice", options=_RENEW)


def ask_today(name: str, role: str, day: str, status: str) -> Card:
    text = (
        f"Today is the day: {name} was promised to hear about {role} by {day}, and {WAITS_FOR[status]}. "
        "If nothing happens by five o'clock where they are, I'll tell them honestly that it takes longer."
    )
    return Card(text, tone="notice", options=_RENEW)


def told_new_day(name: str, role: str, day: str, status: str) -> Card:
    text = f"The day for {name}, {role}, has passed: {WAITS_FOR[status]}. I've told them that it takes longer, until {day}."
    return Card(text, tone="notice", options=_RENEW)


def told_no_day(name: str, role: str, day: str, status: str) -> Card:
    text = (
        f"{name}, {role}, has been put off three times, the last time until {day}: {WAITS_FOR[status]}. I've told them that I "
        "can't name a day any more. Please decide, or tell them yourself."
    )
    return Card(text, title="Overdue", tone="kind_error", options=_RENEW)


def promise_form(name: str) -> Card:
    fields = (
        Field("day", "By when", help="Friday, in 5 days, 4 Dec or 2026-12-04", max_length=40),
        Field("why", "A line for them", required=False, help="They read it as you write it.", max_length=300),
    )
    return Card(f"By when will {name} hear from you?", title=PROMISE_TITLE, fields=fields, submit="Tell them")


def new_day(name: str, day: str) -> Card:
    return Card(f"I've told {name}: by {day}.", tone="done")


def overdue(day: str) -> str:
    return f"OVERDUE: promised by {day}, and they know that there is no new day"


def promised_by(day: str) -> str:
    return f"promised to hear by {day}"


# -- promised days: what candidates read ---------------------------------------------------------------------------


def promised(role: str, day: str) -> Card:
    return Card(f"You'll hear about {role} by {day}. People read your answers until then.", tone="notice")


def renewed(role: str, day: str, why: str) -> Card:
    reason = f" {why.strip()}" if why.strip() else ""
    text = (
        f"About {role}: it isn't decided yet, and I'm sorry that it takes longer than I told you.{reason} "
        f"The new date is {day}. You don't need to do anything."
    )
    return Card(text, tone="notice")


def no_day(role: str) -> Card:
    text = (
        f"About {role}: it still isn't decided, and I've put you off more often than is fair, so I won't name another day that I "
        "can't be sure of. The team knows that you are waiting. To reach a person, write \u201chuman\u201d."
    )
    return Card(text, tone="notice")


# -- how a candidate stands -------------------------------------------------------------------------------------------

NOW, RECEIVED, MEETING, BY, UNTIL = (
    "Now",
    "Your answers arrived",
    "You have an appointment",
    "You'll hear by",
    "Open until",
)
BEING_READ = "People on the team are reading your answers. It isn't decided yet."
NO_DAY = "no day can be named; the team knows that you are waiting"
WENT_ON = "You went on to the next step."
TOLD_IN_PERSON = "It is decided, and somebody from the team has told you themselves."
CALLED_OFF = "The team has closed this."
HUMAN_COMING = "I've told the team that you'd like to talk to a person. They'll write to you here."
WHERE = {
    "invited": "You are invited, and nothing has begun yet.",
    "opened": "You have opened the invitation. Write to me here to go on.",
    "consented": "Everything is ready, and nothing has begun yet. It waits for you.",
    "declined": "A person from the team takes over from here.",
    "in_progress": "You are in the middle of it. Write to me here to go on.",
    "paused": "It rests, and everything you've sent is kept. Write to me here to go on.",
    "withdrawn": "You've left this application.",
    "expired": "The time for this has run out. If you'd still like to, write \u201chuman\u201d and the team will see it.",
}


def decided(kind: str, day: str) -> str:
    how = "with good news" if kind != "reject" else "above in this chat"
    return f"It is decided. The team wrote to you on {day}, {how}."


def before(title: str) -> str:
    return f"Before: {title}"


def standing(role: str, rows: tuple[Row, ...]) -> Card:
    return Card(
        f"This is where your application for {role} stands.",
        rows=rows,
        tone="aside",
        foot="To reach a person, write \u201chuman\u201d.",
    )
