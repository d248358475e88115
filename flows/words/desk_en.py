"""Every sentence of the recruiters' desk, in English: what commands, their buttons and their forms are answered with."""

from typing import Any

from flows.cards import Card, Field, Link, Option, Row

RUN = "Open the hiring room"
READ_TRANSCRIPT = "Read the transcript"
LINK = "Link"
NOBODY_KNOWN = "This command line is for hiring teams, and you aren't on one here yet. If you have a code, write /interview join CODE."
ONLY_RECRUITERS = "Only recruiters can do that. Ask one of them, or an admin to make you one."
NOT_FOUND = "I can't find that here. It may have been closed meanwhile; /interview board shows what there is now."
TOO_LATE = "That button is no longer open. /interview board shows how things are now."
NO_CHANNEL = (
    "There is no hiring channel yet. Write /interview channel TITLE in the channel where your team talks about hiring."
)
NO_REQUISITION = (
    "There is no such requisition yet. Open one first: /interview new Support engineer kit customer-support"
)
NOTHING_CHANGED = "Fine, everything stays as it is."
TEXT_LIVE = "live, by text"
TEXT_RECORDED = "in their own time, by text"
UNKNOWN_FORMAT = "Choose one of the formats, or leave it empty for a live interview."

# Command -> (how it is written, what it does, an example to copy).
USAGE: dict[str, tuple[str, str, str]] = {
    "new": (
        "new TITLE kit KIT in PLACE",
        "Open a requisition with a kit. The place is optional; with \u201cas recorded\u201d at the end, candidates answer in their own time.",
        "/interview new Support engineer kit customer-support in London",
    ),
    "invite": (
        "invite NAME for TITLE",
        "Invite a candidate. Without a title: for the newest requisition.",
        "/interview invite Ada Okoye for Support engineer",
    ),
    "bulk": (
        "bulk",
        "Invite many people from a CSV file: name, requisition, note. You see everything before anybody is invited.",
        "/interview bulk",
    ),
    "link": ("link NAME", "A new link for somebody who lost theirs or changes device.", "/interview link Ada"),
    "board": (
        "board TITLE",
        "How many are at which stage, who waits for whom, and what you can do about it. The title is optional.",
        "/interview board Support",
    ),
    "status": (
        "status NAME",
        "Everybody who is under way in one list, the oldest first; with a name, that person and their appointments.",
        "/interview status",
    ),
    "shortlist": (
        "shortlist TITLE top N",
        "Everybody whose scorecards are open, side by side: ties shown as ties. You may add: Ownership at least 4, stage "
        "Screen, unsure (a person should look first), decided, everybody.",
        "/interview shortlist Support engineer top 10",
    ),
    "compare": (
        "compare NAMES",
        "Two to ten people side by side, by competency, with their best evidence.",
        "/interview compare Ada Okoye, Lin Chen",
    ),
    "advance": (
        "advance NAMES because REASON",
        "Let several people go on to the next stage. You see everything before it happens.",
        "/interview advance Ada Okoye, Lin Chen because both show their own part and its result",
    ),
    "reject": (
        "reject NAMES because REASON",
        "Turn several people down kindly, or the “rest of TITLE”. You see who, and every letter, before it happens.",
        "/interview reject rest of Support engineer because others showed more of what the role asks for",
    ),
    "decide": (
        "decide NAME: OUTCOME because REASON",
        "Decide about somebody whose scorecards are open: advance, offer, hold or reject. You see what they would read before "
        "anything is sent; your own letter can follow in the lines below. With the name alone: a form.",
        "/interview decide Ada: advance because strong evidence of ownership",
    ),
    "letters": (
        "letters",
        "Letters to candidates that are waiting to be sent: read, stop or send them.",
        "/interview letters",
    ),
    "promise": (
        "promise NAME by DAY because LINE",
        "Tell a candidate by when they will hear from you. The line after \u201cbecause\u201d is for them to read.",
        "/interview promise Ada by Friday because the hiring manager is travelling",
    ),
    "stages": (
        "stages TITLE: STAGE, STAGE",
        "The stages of a requisition, in order. With the title alone: what they are now.",
        "/interview stages Support engineer: recorded screen, live interview, panel 45 min with Ann and Tom",
    ),
    "format": (
        "format TITLE",
        "Which stages fit a requisition: a few questions, and a proposal with its reasons.",
        "/interview format Support engineer",
    ),
    "tasks": ("tasks", "What waits for you.", "/interview tasks"),
    "schedule": (
        "schedule NAME for LENGTH with WHO",
        "Ask a candidate for a time: one person, several, some of a pool, or me. You see the times before it is sent. "
        "Also: schedule Ada for 60 min with any 2 of backend, schedule Ada with Parley, and schedule Ada loop for a day of "
        "several sessions. At the end may follow: 15 min after, within 3 weeks, notice 4h.",
        "/interview schedule Ada for 45 min with Ben and Cleo",
    ),
    "brief": (
        "brief NAME",
        "What to know before you meet somebody: your part, what is still open, and what to ask. The guide starts from there.",
        "/interview brief Ada",
    ),
    "focus": (
        "focus NAME: PERSON = COMPETENCIES",
        "Who of the interviewers looks at what. Without the part behind the colon: how it is divided up now.",
        "/interview focus Ada: Ben = Ownership, Tom = rest",
    ),
    "calendar": (
        "calendar TITLE",
        "What is booked this week, with you or for a requisition. To connect your calendar: calendar connect.",
        "/interview calendar",
    ),
    "week": (
        "week POOL",
        "How many interviewers of a pool or a requisition are free when, as a picture.",
        "/interview week backend",
    ),
    "availability": (
        "availability HOURS",
        "When you can be booked: hours, zone, limits, skills. Without anything: what is set. Also: availability at most 2 "
        "a day, 6 a week; availability zone Europe/Paris; availability pause; availability on 24 Dec 9-12 (or off); "
        "availability travel 1-5 Dec Tokyo; availability holidays DE-BY; availability movable focus time, lunch.",
        "/interview availability Mon-Thu 9-16, Fri 9-13",
    ),
    "away": ("away DAYS", "Days on which you can't be booked.", "/interview away 24-31 Dec"),
    "back": ("back", "Be booked again after a pause.", "/interview back"),
    "pool": (
        "pool NAME",
        "Who is in a pool and how much they have on. Also: pool backend remove Ben, pool backend Ben level 3 (or priority "
        "low, learns, graduated).",
        "/interview pool backend add Ben, Cleo",
    ),
    "pause": ("pause NAME", "Stop the clock for a candidate: no reminders, no deadline.", "/interview pause Ada"),
    "adjust": (
        "adjust NAME WHAT",
        "Make an interview easier for somebody: more time, extra takes, text only, no limits. Those who rate never learn of "
        "it. Without anything: what there is.",
        "/interview adjust Ada more time, extra takes",
    ),
    "resume": ("resume NAME", "Let a paused interview go on, with the time it has lost.", "/interview resume Ada"),
    "withdraw": ("withdraw NAME", "Call an interview off. The candidate is told kindly.", "/interview withdraw Ada"),
    "move": (
        "move NAME to TITLE",
        "Move a candidate to another requisition, until the answers are sent off.",
        "/interview move Ada to Shop assistant",
    ),
    "rescore": (
        "rescore NAME",
        "What software has read of somebody's answers, its earlier versions, and where the queue stands. Have it read "
        "again, with a newer kit too, or stop it.",
        "/interview rescore Ada",
    ),
    "reveal": (
        "reveal NAME because REASON",
        "Open the scorecards before everybody has submitted. The reason is recorded.",
        "/interview reveal Ada because Tom is ill this week",
    ),
    "options": (
        "options TITLE",
        "How a requisition is rated: with or without a neutral middle, who rates, who stands in for somebody late. Also: "
        "options TITLE panel NAMES, options TITLE backup NAMES.",
        "/interview options Support engineer backup Cleo, Ben",
    ),
    "follow": (
        "follow on TITLE",
        "Let the team follow live interviews in a thread of the channel, and propose a follow-up there; or off.",
        "/interview follow on Support engineer",
    ),
    "record": (
        "record NAME",
        "The record of an interview and its decision as a PDF, once the scorecards are open.",
        "/interview record Ada Okoye",
    ),
    "compliance": (
        "compliance …",
        "What the law wants on file: assessment REFERENCE, oversight NAME, audit DATE, and letters on: nobody is told no "
        "without a letter that says what software did and how to reach a person.",
        "/interview compliance assessment DPIA-7, oversight Noor Haddad, audit 2026-05-01, letters on for Support engineer",
    ),
    "channel": (
        "channel TITLE",
        "Make the channel you write this in the hiring channel of a requisition.",
        "/interview channel Support engineer",
    ),
    "members": ("members", "Who is on the team, and what each may do.", "/interview members"),
    "kits": ("kits", "Which kits there are.", "/interview kits"),
    "kit": (
        "kit NAME",
        "What a kit asks, and for what. With \u201crehearse\u201d before the name: six synthetic candidates try it out.",
        "/interview kit customer-support",
    ),
    "drill": (
        "drill on TITLE",
        "Once a week an anonymised answer to rate blind, in the hiring channel; off ends it, now posts one at once.",
        "/interview drill now Support engineer",
    ),
    "calibration": (
        "calibration",
        "How your ratings compare with the others', for you alone.",
        "/interview calibration",
    ),
    "signin": ("signin", "A link that signs you in to the web pages, once, for 10 minutes.", "/interview signin"),
    "join": ("join CODE", "Say who you are, with the code an admin gave you.", "/interview join 4F7K-29QX"),
    "help": ("help COMMAND", "This list, or an example of one command.", "/interview help invite"),
}


def wrong(text: str) -> Card:
    return Card(text, tone="kind_error")


def done(text: str) -> Card:
    return Card(text, tone="done")


def plain(text: str) -> Card:
    return Card(text, tone="aside")


def quoted(text: str) -> str:
    return f"\u201c{text}\u201d"


# -- help ---------------------------------------------------------------------------------------------------


def help_card(commands: tuple[str, ...]) -> Card:
    """commands: what this person may order."""
    rows = tuple(Row(f"/interview {USAGE[c][0]}", USAGE[c][1]) for c in commands)
    begin = "new" in commands
    text = "Here is what I can do for you."
    if begin:
        text += " To begin: open a requisition (new), invite somebody (invite), and see how it goes (board)."
    return Card(text, title="Commands", rows=rows, foot="An example of each: /interview help COMMAND")


def help_on(command: str) -> Card:
    _, what, example = USAGE[command]
    return Card(f"{what}\n\nFor example: {example}", title=command.capitalize())


def unknown_command(word: str, near: str) -> Card:
    hint = f" Did you mean {quoted(near)}?" if near else ""
    return wrong(f"I don't know {quoted(word[:60])}.{hint} Write /interview help for the list.")


FORMATS = (Option("text", TEXT_LIVE), Option("recorded", TEXT_RECORDED))

# -- requisitions and kits ------------------------------------------------------------------------------------

HOW_NEW = f"Please give a title and a kit, for example: {USAGE['new'][2]}"
TITLE_MISSING = "Please give the requisition a title, as candidates should read it."
TITLE_LONG = "Please keep the title under 120 characters."
UNKNOWN_KIT = "I don't know that kit. /interview kits lists them."
UNKNOWN_PEOPLE = "Somebody of these isn't on the team yet. They join with /interview join CODE, then try again."
UNKNOWN_CHANNEL = "I'm not in that channel yet. Add me there, then try again."


def new_form(kits: tuple[tuple[str, str], ...], values: dict[str, str]) -> Card:
    """kits: (name, title). values: what is known already, by field."""
    options = tuple(Option(name, title[:75]) for name, title in kits)

    def field(key: str, label: str, kind: str, help_: str, required: bool = True, max_length: int = 120) -> Field:
        known: dict[str, tuple[Option, ...]] = {"kit": options, "format": FORMATS}
        return Field(key, label, kind, known.get(key, ()), required, help_, values.get(key, ""), max_length)  # pyright: ignore[reportArgumentType]

    fields = (
        field("title", "Title", "line", "As candidates should read it."),
        field("kit", "Kit", "choice", "The questions, and what counts as evidence."),
        field(
            "panel", "Panel", "people", "Who rates the answers, each on their own. Empty: the usual panel.", False, 3000
        ),
        field(
            "channel",
            "Hiring channel",
            "channel",
            "Where scorecards and questions are posted. Empty: the usual one.",
            False,
        ),
        field("site", "Where the job is", "line", "A city or a country; the law asks for it.", False),
        field("format", "Format", "choice", "How candidates answer.", False),
    )
    return Card(
        "A requisition is one position with its questions and its panel.",
        title="New requisition",
        fields=fields,
        submit="Open it",
    )


def opened(title: str, kit: str, panel: tuple[str, ...]) -> Card:
    who = ", ".join(panel) or "nobody yet; scorecards can't open without a panel"
    return Card(
        f"{title} is open, with the kit {quoted(kit)}. Invite somebody: /interview invite NAME",
        tone="done",
        rows=(Row("Panel", who),),
    )


def exists(title: str) -> str:
    return f"{quoted(title)} is open already. Give this one another title, for example with the city."


def no_such(title: str) -> str:
    return f"There is no requisition called {quoted(title[:60])} here. /interview board shows all of them."


def several_titles(title: str, found: tuple[str, ...]) -> Card:
    return wrong(
        f"{quoted(title)} fits {len(found)} requisitions: {', '.join(found[:5])}. Please write more of the title."
    )


def kit_card(name: str, title: str, minutes: int, competencies: tuple[str, ...], questions: tuple[str, ...]) -> Card:
    rows = tuple(Row(f"Question {n}", ask) for n, ask in enumerate(questions, 1))
    return Card(
        f"About {minutes} minutes. It looks for: {', '.join(competencies)}.",
        title=title,
        rows=rows,
        foot=f"Use it: /interview new TITLE kit {name}",
    )


KITS_READY = "These kits are ready to use. /interview kit NAME shows one."


def on_file(role: str, settings: dict[str, Any]) -> Card:
    rows = (
        Row("Impact assessment", settings.get("impact_assessment", "none")),
        Row("Oversight", settings.get("oversight", "nobody named")),
        Row("Bias audit", settings.get("audit_date", "none")),
        Row(
            "Letters",
            "everybody who is told no gets one" if settings.get("adverse_letters") else "up to whoever decides",
        ),
    )
    return Card(
        f"On file for {role}. It counts for interviews that are read from now on; where a place wants more, "
        "its interviews get a human scorecard only, with the reason.",
        tone="done",
        rows=rows,
    )


HOW_COMPLIANCE = f"Please say what is on file, for example: {USAGE['compliance'][2]}"


def no_date(text: str) -> str:
    return f"{quoted(text)} isn't a date I can read. Please write it as 2026-05-01."


CHANNEL_HERE = "Please write this in the channel that should become the hiring channel: /interview channel TITLE"


def channel_sure(channel: str, title: str) -> Card:
    options = (Option("yes", "Use this channel", "primary"), Option("no", "Leave it", "quiet"))
    return Card(
        f"Shall everything about {title} be posted in {channel} from now on? Everybody in that channel can read it. "
        "What is posted already stays where it is.",
        tone="question",
        options=options,
    )


def channel_for(channel: str, options: tuple[Option, ...]) -> Card:
    return Card(f"Which requisition shall {channel} be the hiring channel of?", tone="question", options=options)


def channel_set(channel: str, title: str) -> Card:
    return done(f"{channel} is the hiring channel of {title} now.")


# -- inviting -------------------------------------------------------------------------------------------------

WHOM = "Whom shall I invite? For example: /interview invite Ada Okoye"
NAME_MISSING = "Please give a name, as the candidate writes it."
NAME_LONG = "That name is longer than 120 characters. Please give the name as the candidate writes it."


def invite_form(requisitions: tuple[tuple[str, str], ...]) -> Card:
    """requisitions: (id, title), the newest first."""
    options = tuple(Option(i, t[:75]) for i, t in requisitions[:100])
    newest = options[0].id if options else ""
    fields = (
        Field(
            "name",
            "Name",
            help="As the candidate writes it; with an e-mail address, “Ada Okoye <ada@example.org>”, calendar invitations go there too.",
            max_length=120,
        ),
        Field("requisition", "Requisition", "choice", options, value=newest),
    )
    return Card("I'll make a link for you to send to them.", title="Invite a candidate", fields=fields, submit="Invite")


def invited(candidate: str, role: str, url: str, days: int) -> Card:
    return Card(
        f"{candidate} is invited for {role}. Send them this link; it works once and for {days} days.",
        tone="done",
        rows=(Row(LINK, url),),
    )


def new_link(candidate: str, url: str, days: int) -> Card:
    return Card(
        f"Here is a new link for {candidate}. It works once and for {days} days, and opens the same interview where it stands.",
        tone="done",
        rows=(Row(LINK, url),),
    )


def twin(candidate: str, role: str) -> Card:
    options = (
        Option("link", "New link", "primary", "For the invitation that is open"),
        Option("another", f"Invite another {candidate}"[:75], "plain", "Somebody else of that name"),
        Option("no", "Neither", "quiet"),
    )
    return Card(f"{candidate} has an open invitation for {role} already.", tone="question", options=options)


# -- one candidate --------------------------------------------------------------------------------------------


def fits(text: str, found: str) -> Card:
    return wrong(f"{quoted(text)} fits {found} open interviews. Write the full name; /interview status lists them.")


def which(text: str, count: int, options: tuple[Option, ...]) -> Card:
    return Card(
        f"{quoted(text)} fits {count} open interviews. Which one do you mean?", tone="question", options=options
    )


def name_please(command: str) -> Card:
    return wrong(f"Please give a name, for example: {USAGE[command][2]}")


ACTIONS = {
    "decide": Option("decide", "Decide", "primary"),
    "link": Option("link", "New link"),
    "remind": Option("remind", "Send a reminder"),
    "pause": Option("pause", "Pause"),
    "resume": Option("resume", "Resume"),
    "times": Option("times", "Appointments"),
    "move": Option("move", "Move to another requisition"),
    "withdraw": Option("withdraw", "Withdraw", "danger"),
}


def candidate(name: str, role: str, rows: tuple[Row, ...], actions: tuple[str, ...], link: str) -> Card:
    links = (Link(READ_TRANSCRIPT, link),) if link else ()
    return Card(role, title=name, rows=rows, options=tuple(ACTIONS[a] for a in actions), links=links)


def sure(text: str, label: str, status: str, danger: bool = False) -> Card:
    """status: what the interview was when we asked; an answer that comes after it has changed is asked again."""
    yes = Option(f"yes.{status}", label, "danger" if danger else "primary")
    return Card(text, tone="question", options=(yes, Option("no", "Leave it", "quiet")))


CHANGED_MEANWHILE = "Something has changed since I asked, so I'm asking once more. "


def withdraw_sure(name: str, role: str, submitted: bool) -> str:
    rated = (
        " Their answers have been sent off already; ratings stop, and the scorecards stay sealed." if submitted else ""
    )
    return f"Shall I call off {name}'s interview for {role}? They are told kindly, and it can't be taken back.{rated}"


WITHDRAW = "Call it off"


def called_off(name: str) -> Card:
    return done(f"{name}'s interview is called off. I've told them, and your channel.")


def called_off_already(name: str) -> Card:
    return plain(f"{name}'s interview is closed already. Nothing more is due.")


def called_off_for_candidate(name: str, role: str) -> str:
    return (
        f"Hello {name}. The team has closed your interview for {role}, so there is nothing more for you to do here. "
        "That says nothing about you or your answers. If it surprises you, please ask the person who invited you. "
        "Thank you for your time."
    )


def called_off_for_rater(name: str) -> str:
    return f"{name}'s interview has been called off, so this scorecard isn't needed any more. Thank you."


def cannot_withdraw(name: str) -> str:
    return f"The scorecards for {name} are open already, so this is decided rather than called off."


def pause_sure(name: str) -> str:
    return (
        f"Shall I pause {name}'s interview? They are told, and there are no reminders and no deadline until it goes on."
    )


PAUSE = "Pause it"


def held(name: str) -> Card:
    return done(f"{name}'s interview is paused. Let it go on with /interview resume {name}")


def held_already(name: str) -> Card:
    return plain(f"{name}'s interview is paused already. /interview resume {name} lets it go on.")


def cannot_pause(name: str) -> Card:
    return wrong(f"There is nothing to pause: {name} isn't answering questions at the moment.")


def held_for_candidate(role: str) -> Card:
    return Card(
        f"The team has paused your interview for {role}. You don't need to do anything: there are no reminders, and "
        "nothing runs out meanwhile. Everything you wrote is safe. If you'd rather go on now, you can.",
        tone="notice",
    )


def resumed(name: str, day: str) -> Card:
    return done(f"{name}'s interview goes on; it is open until {day}. I've told them.")


def not_held(name: str) -> Card:
    return plain(f"{name}'s interview isn't paused by the team, so there is nothing to resume.")


def resumed_for_candidate(role: str, day: str) -> Card:
    return Card(
        f"The team is ready to go on with your interview for {role}. It is open until {day}; take it up whenever it suits you.",
        tone="notice",
    )


def reminded(name: str) -> Card:
    return done(f"I've sent {name} a friendly reminder.")


def reminded_already(name: str) -> Card:
    return plain(f"{name} was reminded within the last day. Let's leave them some time.")


def unhurried(name: str) -> Card:
    return plain(f"{name} asked for no hurry, so I send no reminders. You can write to them yourself.")


def link_unopened(name: str) -> Card:
    return plain(f"{name} hasn't opened the link yet, so a reminder wouldn't reach them. Send them a new link instead.")


def cannot_remind(name: str) -> Card:
    return wrong(f"There is nothing to remind {name} of at the moment.")


HOW_MOVE = f"Please say who and where to, for example: {USAGE['move'][2]}"
MOVE = "Move"


def move_where(name: str, options: tuple[Option, ...]) -> Card:
    return Card(f"Where shall I move {name} to?", tone="question", options=options)


NOWHERE = "There is no other requisition to move to. Open one: /interview new TITLE kit KIT"


def move_sure(name: str, old: str, new: str, begun: bool) -> str:
    what = (
        "The interview has begun, so it goes on with the same questions."
        if begun
        else "They are told, and the first questions are asked again for the new role, with its own kit."
    )
    return f"Shall I move {name} from {old} to {new}? {what}"


def other_kit(name: str, title: str) -> Card:
    return wrong(
        f"{name}'s interview has begun, and {title} has other questions. They don't change in the middle: let {name} "
        "finish first, or call this one off and invite them anew."
    )


def moved(name: str, title: str) -> Card:
    return done(f"{name} is in {title} now.")


def there_already(name: str, title: str) -> Card:
    return plain(f"{name} is in {title} already.")


def moved_for_candidate(old: str, new: str) -> str:
    return (
        f"The team would like to talk to you about another role: {new} instead of {old}. "
        "I'll introduce it and ask the first questions once more, because they depend on the role."
    )


def moved_in_the_middle(new: str) -> Card:
    return Card(
        f"A note from the team: your interview now counts for the role {new}. Nothing else changes, and you can simply go on.",
        tone="notice",
    )


# -- revealing ------------------------------------------------------------------------------------------------

HOW_REVEAL = f"Please give a name and a reason: {USAGE['reveal'][2]}"


def open_already(name: str) -> Card:
    return done(f"The scorecards of {name} are open already.")


def fits_sealed(name: str, found: int) -> Card:
    who = "nobody" if not found else f"{found} people"
    return wrong(
        f"{quoted(name)} fits {who} with sealed scorecards. Write the full name; /interview status lists them."
    )


def revealed(name: str) -> Card:
    return done(f"The scorecards of {name} are open. Your reason is recorded with them.")


# -- who waits for whom ---------------------------------------------------------------------------------------

NONE_UNDER_WAY = "No interview is under way. Invite somebody: /interview invite NAME"
NONE_YET = "Nobody is under way here yet."
STAGES = {
    "invited": "Invited",
    "opened": "Reading the first questions",
    "consented": "Agreed, not begun",
    "declined": "Prefer a person",
    "in_progress": "Being interviewed",
    "paused": "Taking a break",
    "submitted": "Being rated",
    "scored": "Waiting for a decision",
}
WAITS = {
    "invited": "invited; the link hasn't been opened",
    "opened": "reading the first questions",
    "consented": "agreed; hasn't begun yet",
    "declined": "prefers a person: please arrange it",
    "in_progress": "is being interviewed",
    "paused": "is taking a break",
    "scored": "scorecards are open; waiting for a decision",
    "held": "paused by the team",
    "withdrawn": "is closed",
    "expired": "the invitation has run out",
    "decided": "is decided",
}
THE_READING = "the reading of the answers"


def scorecards_in(done: int, of: int, waiting_for: str | None, closed: str) -> str:
    """waiting_for: names; None where the reader shouldn't know who is late."""
    why = f". Read by people only: {closed}" if closed else ""
    rest = "" if waiting_for is None else f"; waiting for {waiting_for or THE_READING}"
    return f"{done} of {of} scorecards in{rest}{why}"


def under_way(count: int, rows: tuple[Row, ...], more: int) -> Card:
    return Card(f"{count} under way, the oldest first.", rows=rows, foot=f"and {more} more" if more > 0 else "")


def since(days: int) -> str:
    return "today" if days <= 0 else "since yesterday" if days == 1 else f"for {days} days"


def board(
    title: str, stages: tuple[Row, ...], waiting: tuple[Row, ...], options: tuple[Option, ...], page: int, pages: int
) -> Card:
    """One page of the board, whoever has waited longest first."""
    chooses = any(o.hint for o in options)
    return Card(
        "Choose somebody to see more or to do something." if chooses else "Who is where, and who has waited longest.",
        title=title,
        rows=stages + waiting,
        options=options,
        foot=f"Page {page} of {pages}" if pages > 1 else "",
    )


PAGE_BACK, PAGE_NEXT = "Back", "Next page"


def stage(title: str) -> str:
    return f"Stage: {title}"


ALL = "All requisitions"
ROW_ROLE, ROW_NOW, ROW_SINCE, ROW_UNTIL, ROW_NOTE, ROW_BLOCKED = (
    "Role",
    "Now",
    "Since",
    "Open until",
    "Note",
    "Can't be reached",
)
BLOCKED = "Nothing I send arrives. Please write to them another way, and send a new link."


# -- my tasks -------------------------------------------------------------------------------------------------

NO_TASKS = "Nothing waits for you. Enjoy the quiet."
TASKS = "Your tasks"
SCORECARD_DUE = "your scorecard is due"
QUESTION_DUE = "asked the team a question: reply to it in the hiring channel"
TIME_DUE = {
    "more": "asks for more time: the buttons are in your chat with me",
    "overdue": "hasn't sent off the interview: the buttons are in your chat with me",
}
PERSON_DUE = "prefers an interview with a person: please arrange one"
UNREACHABLE = "can't be reached: please write to them another way; /interview link {name} makes a new link"


def rate(candidate: str) -> str:
    return f"Rate {candidate}"


def tasks(rows: tuple[Row, ...], more: int, options: tuple[Option, ...] = ()) -> Card:
    count = len(rows) + max(more, 0)
    text = f"{count} things wait for you." if count != 1 else "One thing waits for you."
    return Card(text, title=TASKS, rows=rows, options=options, foot=f"and {more} more" if more > 0 else "")


# -- the team -------------------------------------------------------------------------------------------------

SIGNIN_MINUTES = 10


def signin(url: str) -> Card:
    return Card(
        f"This link signs you in to the web pages, once, within {SIGNIN_MINUTES} minutes. It is yours alone: please don't pass it on.",
        tone="done",
        links=(Link(RUN, url),),
    )


JOINED = "You're on this team already. A code is for somebody who isn't known here yet."


def members(rows: tuple[Row, ...], more: int) -> Card:
    return Card("Who is on the team.", title="Members", rows=rows, foot=f"and {more} more" if more > 0 else "")


EVERYTHING = "everything"

# -- many at once ---------------------------------------------------------------------------------------------

PASTED = "Your list"
BULK_HOW = (
    "Send me a CSV file in our own chat, or paste the list behind /interview bulk. Each line is one person: name, requisition, note. The last two are optional, "
    "and a first line with those headings is welcome. I show you what I read before anybody is invited.\n\n"
    "name,requisition,note\nAda Okoye,Support engineer,met at the job fair\nLin Chen,,"
)
CSV_EMPTY = "There is nobody in this file. Each line should be one person: name, requisition, note."
CSV_TEXT = "I can't read this file as text in UTF-8. In your spreadsheet, choose \u201cSave as: CSV UTF-8\u201d and send it again."
CSV_WORKBOOK = (
    "This is a workbook, not a CSV file. In your spreadsheet, choose \u201cSave as: CSV UTF-8\u201d and send it again."
)
CSV_LARGE = "This file is larger than 1 MB. Please split it."
CSV_COLUMNS = "The first line has no column called \u201cname\u201d. Please call the column with the names so."


def csv_many(count: int, most: int) -> str:
    return f"There are {count} people in this file, and I take {most} at a time. Please split it."


def csv_broken(line: int) -> str:
    return f"I can't make out the quotation marks around line {line}. Please check that every opening one is closed."


ROW_NAME = "there is no name"
ROW_LONG = "the name is longer than 120 characters"
ROW_NOTE_LONG = "the note is longer than 500 characters"
ROW_NO_REQUISITION = "there is no requisition yet to invite them for"
ROW_TWICE = "the same person and requisition stand further up in this file"
ROW_INVITED = "has an open invitation for it already"


def row_unknown(title: str) -> str:
    return f"there is no requisition {quoted(title[:60])} that you recruit for"


def row_several(title: str) -> str:
    return f"{quoted(title[:60])} fits several requisitions; please write the whole title"


def on_line(n: int) -> str:
    return f"Line {n}"


def preview(name: str, good: int, bad: int, rows: tuple[Row, ...], more: int) -> Card:
    text = f"{name}: {people(good)} can be invited." if good else f"{name}: nobody can be invited like this."
    if bad:
        text += (
            f" {bad} {'line needs' if bad == 1 else 'lines need'} a look and {'is' if bad == 1 else 'are'} left out."
        )
    options = (
        (Option("invite", f"Invite {people(good)}", "primary"), Option("cancel", "Cancel", "quiet")) if good else ()
    )
    return Card(text, title="Invite many", rows=rows, options=options, foot=f"and {more} more" if more > 0 else "")


def people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def inviting(count: int) -> Card:
    return plain(f"I'm inviting {people(count)}. You'll find the links here in a moment.")


BATCH_OVER = "This list has been dealt with already. The result is in our chat."
BATCH_OLD = "This list is more than a day old, and much may have changed. Please send the file again."
BATCH_CANCELLED = "Nobody was invited. I've forgotten the list."


def batch_done(invited: int, left_out: int) -> str:
    rest = f" {people(left_out)} left out; the reasons are in the table." if left_out else ""
    return f"{people(invited)} invited. Each link works once.{rest}"


BATCH_HEAD = ("name", "requisition", "outcome", "link")
BATCH_INVITED = "invited"


def batch_table(first: int, last: int, of: int, table: str) -> Card:
    return Card(table, title=f"Links {first} to {last} of {of}", tone="done")
