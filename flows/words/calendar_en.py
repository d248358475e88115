"""The sentences about connected calendars: connecting them, what is wrong with them, what was changed in them."""

from collections.abc import Sequence

from flows.cards import Card, Link, Option, Row

NAMES = {"google": "Google Calendar", "caldav": "another calendar (iCloud, Fastmail, Nextcloud …)", "ics": "a link"}

# -- connecting ---------------------------------------------------------------------------------------

GOOGLE = Option("google", "Google Calendar", "primary", "you allow it on a page of Google's")
CALDAV = Option("caldav", "iCloud, Fastmail, Nextcloud …", hint="with an app password, on a page of mine")
ICS = Option("ics", "A calendar link (.ics)", hint="I only read it; you add interviews yourself")
NONE = Option("none", "None, keep my hours here", "quiet")
NEW_LINK = Option("again", "Give me a new link")
AGAIN = Option("again", "Paste another link", "primary")
WHAT_NOW = "What would you like to do?"
OTHER = Option("other", "Another way", "quiet")
STOP = Option("stop", "Not now", "quiet")
RIGHT = Option("right", "Yes, that's right", "primary")
CHANGE = Option("change", "Other hours")
LATER = Option("later", "I'll say later", "quiet")

HELP = (
    "We're connecting your calendar, so that interviews are only offered when you are free. I see when you are busy; "
    "what it is about I don't keep. You can write “stop” at any time: nothing is connected then."
)
NEVER_MIND = "That's fine. Nothing has been changed. Whenever you like: /interview calendar."
NO_PAGE = "I can't make that page at the moment. Please try again in a few minutes."
ASK_LINK = Card(
    "Please paste the link of your calendar here. It begins with https:// or webcal:// and often ends in .ics. "
    "In Google it is called “secret address in iCal format”, in Outlook “publish a calendar”.",
    tone="question",
    foot="Whoever has this link can see your calendar, so I keep it sealed.",
)
NOT_A_LINK = "That isn't a link to a calendar. It should begin with https:// or webcal://."
KEEPS_HOURS = "Then I keep your hours myself, and put you into no interview outside of them."


def which(name: str, connected: Sequence[str]) -> Card:
    """Which calendar? connected: what there is already, as its owner calls it."""
    rows = tuple(Row("Connected", one) for one in connected)
    more = "Which calendar shall I add?" if connected else "Which calendar do you use?"
    return Card(
        f"Hello {name}. So that I offer candidates only times at which you are free, I can look into your calendar, "
        f"and write interviews into it. {more}",
        title="Your calendar",
        rows=rows,
        tone="question",
    )


def page(kind: str, url: str, minutes: int) -> Card:
    """The page on which it goes on. It is the person's own."""
    if kind == "google":
        text = f"Please open this page and allow Parley to see and change your events. It works once, for {minutes} minutes."
        label = "Connect Google Calendar"
    else:
        text = (
            f"Please open this page and enter the address and an app password there: a password never belongs into a "
            f"chat. It works once, for {minutes} minutes."
        )
        label = "Connect my calendar"
    return Card(text, tone="question", links=(Link(label, url),))


def connected(label: str, events: int, weeks: int = 4) -> str:
    """It works: what can be seen."""
    seen = {0: "nothing", 1: "1 busy time"}.get(events, f"{events} busy times")
    return f"Connected: {label}. I can see {seen} in the next {weeks} weeks."


def hours(text: str) -> Card:
    """Are these the hours? text: "Mon-Fri 09:00-17:00, Paris time (UTC+1)"."""
    return Card(f"Last thing: may I offer you for interviews {text}?", tone="question")


ASK_HOURS = Card("When, then? Write it like “Mon-Fri 9-17, Sat 10:00-13:00”.", tone="question")


def done(kind: str) -> Card:
    """All is set up."""
    text = {
        "ics": "All set. Interviews come to you as a file that you open once to add it.",
        "none": "All set. Interviews come to you as a file that you open once to add it.",
    }.get(kind, "All set. Interviews will stand in your calendar, with what you need to hold them.")
    return Card(f"{text} With /interview calendar you see and change this.", tone="done")


TOO_MANY = "You have connected as many calendars as I can look at. Please disconnect one first."
NO_MAIL = (
    "I don't know your e-mail address at work yet, so I can't find your calendar. Please ask your recruiter to note it, "
    "or choose another way."
)

# -- the list -----------------------------------------------------------------------------------------

NO_HOURS = "none yet"
JUST_NOW = "just now"
CONNECT = "Connect a calendar"
CONNECT_MORE = "Connect another one"
_STATES = {
    "new": "being read for the first time",
    "ok": "read{ago}",
    "partial": "read{ago}, though not all of it can be read",
    "stale": "not answering; last read{ago}",
    "failed": "can't be read; please connect it again",
}


def state(code: str, ago: str) -> str:
    """How a calendar is. ago: when it was read last ("3 minutes ago"), "" where that isn't said."""
    return _STATES[code].format(ago=f" {ago}" if ago else "")


def disconnect(label: str) -> str:
    return f"Disconnect {label}"


def status(rows: Sequence[tuple[str, str]], hours: str, problems: Sequence[str], options: Sequence[Option]) -> Card:
    """What is connected: (label, state in words) each; problems: what to do about them."""
    none = "You have connected no calendar. I keep your hours myself, and interviews come to you as a file."
    text = "\n\n".join(["This is what I look at before I offer your time." if rows else none, *problems])
    shown = (*(Row(label, state) for label, state in rows), Row("Hours", hours))
    return Card(text, title="Your calendar", rows=shown, options=tuple(options))


def disconnected(label: str) -> Card:
    return Card(
        f"Disconnected: {label}. I've forgotten how to get in. Interviews that stand in it already stay there, and I "
        "don't change them any more.",
        tone="done",
    )


NOT_THERE = Card("That calendar isn't connected any more.", tone="notice")

# -- trouble ------------------------------------------------------------------------------------------


def trouble(label: str, say: str) -> Card:
    """For the owner, once per problem. say: what is wrong and what to do."""
    foot = "Until then I count all of your time as taken, and offer none of it."
    return Card(f"I can't read {label}. {say}", title="Your calendar", tone="notice", foot=foot)


def partial(label: str, say: str) -> Card:
    foot = "What I can't read counts as taken; the rest is offered as usual."
    return Card(f"Some of {label} can't be read. {say}", title="Your calendar", tone="notice", foot=foot)


def recovered(label: str) -> Card:
    return Card(f"I can read {label} again. Your time is offered as usual.", tone="done")


def trouble_of(name: str, silent: bool) -> Card:
    """For those whose candidates wait for this person. silent: it doesn't answer, and nobody has to do anything."""
    why = "does not answer at the moment" if silent else "has to be connected again"
    more = "I keep trying." if silent else "I've told them how."
    return Card(
        f"The calendar of {name} {why}, so none of their time is offered. {more} You can also choose somebody else.",
        tone="notice",
    )


def recovered_of(name: str) -> Card:
    return Card(f"The calendar of {name} can be read again, so their time is offered as usual.", tone="done")


# -- what stands in the calendar ----------------------------------------------------------------------


INTERVIEW = "your interview"


def summary(candidate: str, role: str, session: str) -> str:
    """The title of an entry in an interviewer's calendar."""
    return f"Interview: {candidate}, {session or role}"


def own_summary(company: str, role: str) -> str:
    """The title of an entry in the candidate's calendar."""
    return f"Interview with {company}: {role}"


def brief(role: str, company: str, people: Sequence[str], focus: Sequence[str], note: str, url: str) -> str:
    """What an interviewer needs to know. focus: what to find out, as the kit names it."""
    lines = [f"{role} at {company}", f"With: {', '.join(people)}" if people else ""]
    lines += [
        f"Please find out about: {', '.join(focus)}." if focus else "",
        note,
        f"Notes and rating: {url}" if url else "",
    ]
    lines += ["Please move or cancel it in the chat with Parley, so that everybody hears of it."]
    return "\n\n".join(line for line in lines if line)


def prep(company: str, role: str, people: Sequence[str], place: str) -> str:
    """What a candidate needs to know."""
    lines = [f"Your interview with {company} for {role}."]
    lines += [f"You'll meet {', '.join(people)}." if people else "", f"Where: {place}" if place else ""]
    lines += ["To change the time or cancel, write to Parley in the chat: the reminder has buttons for both."]
    return "\n\n".join(line for line in lines if line)


def link_there(role: str, url: str) -> Card:
    """For the candidate: the meeting link came after the booking."""
    return Card(
        f"Here is where you'll meet for {role}.", links=(Link("Join the meeting", url),), rows=(Row("Link", url),)
    )


def not_written(candidate: str, when: str, say: str) -> Card:
    """For the owner: an interview could not be put into their calendar."""
    return Card(
        f"Your interview with {candidate}, {when}, is booked, but I couldn't put it into your calendar. {say}",
        title="Your calendar",
        tone="notice",
    )


def not_removed(candidate: str, say: str) -> Card:
    """For the owner: a cancelled interview still stands in their calendar."""
    return Card(
        f"Your interview with {candidate} was cancelled, but I couldn't take it out of your calendar. {say}",
        title="Your calendar",
        tone="notice",
    )


def not_written_of(name: str, candidate: str, when: str) -> Card:
    """For the recruiters: the same. The booking stands."""
    return Card(
        f"The interview of {candidate}, {when}, is booked, but I couldn't put it into the calendar of {name}. "
        "I've told them what to do, and write it as soon as they have.",
        tone="notice",
    )


def no_link(candidate: str, when: str, say: str) -> Card:
    """For the recruiters: nobody knows where to meet."""
    return Card(f"The interview of {candidate}, {when}, has no meeting link yet. {say}", tone="notice")


FILE = "the interview as a calendar file: open it to add it to your calendar"
FILE_CANCELLED = "the cancellation as a calendar file: open it to remove the interview from your calendar"

# -- mail ---------------------------------------------------------------------------------------------


def mail_subject(cancelled: bool, again: bool, role: str, company: str, when: str) -> str:
    head = "Cancelled" if cancelled else "New time" if again else "Interview"
    return f"{head}: {role}, {company}, {when}"


def mail_text(name: str, company: str, role: str, when: str, place: str, cancelled: bool, again: bool) -> str:
    """The plain text of an invitation by e-mail."""
    if cancelled:
        said = f"your interview with {company} for {role} ({when}) won't take place. We're sorry for the change."
        return f"Hello {name},\n\n{said}\n\nThe attached file removes it from your calendar.\n"
    moved = "has a new time" if again else "is booked"
    where = f"\nWhere: {place}" if place else ""
    return (
        f"Hello {name},\n\nyour interview with {company} for {role} {moved}.\n\nWhen: {when}{where}\n\n"
        "The attached file adds it to your calendar. To change the time or cancel, write to Parley in the chat where "
        "you booked it.\n"
    )


def mail_refused(name: str, address: str, when: str) -> Card:
    """For the recruiters: an address that takes no mail."""
    return Card(
        f"The invitation for {name} ({when}) came back: the mail server refuses {address}. The interview is booked, and "
        "the file is in their chat; please check the address.",
        tone="notice",
    )


def mail_stuck(name: str, when: str) -> Card:
    """For the recruiters: our own mail server."""
    return Card(
        f"I couldn't send the invitation for {name} ({when}) by e-mail: our mail server doesn't take it. The interview "
        "is booked, and the file is in their chat. Please tell whoever runs Parley to check the SMTP settings.",
        tone="notice",
    )


# -- what was changed outside -------------------------------------------------------------------------

SETTLED = Card("That has been settled already; nothing else was changed.", tone="aside")


def does_not_fit(candidate: str, why: str) -> Card:
    """The time it was moved to can't be booked."""
    return Card(
        f"I couldn't move the interview with {candidate} to that time: {why} I'm asking {candidate} for another time, and "
        "until they choose one the old time stands.",
        tone="notice",
    )


TAKEN = "somebody who takes part isn't free then."
PAST = "it is over by then."
LOOP = "a day of several interviews can't be moved by one of them."


def put_back(candidate: str) -> Card:
    return Card(f"Done. The interview with {candidate} stands in the calendar again, as it was.", tone="done")


def called_off(candidate: str) -> Card:
    return Card(f"Done. The interview with {candidate} is cancelled, and everybody has been told.", tone="done")


# -- pages --------------------------------------------------------------------------------------------

PAGE_GO = "Go on to Google"


def page_whose(name: str) -> str:
    return (
        f"You're about to connect your Google Calendar to Parley, for {name}. If that isn't you, please close this page. "
        "Google will ask you to allow two things: to see when you are busy, and to add and change events."
    )


def page_wrong_account(mail: str) -> str:
    return (
        f"A colleague has connected {mail or 'that account'} already. Please go back to the chat, ask for a new link, and "
        "choose your own account on Google's page."
    )


PAGE_CONNECTED = "Your calendar is connected"
PAGE_BACK = "You can close this page and go back to the chat: it goes on there."
PAGE_PROBLEM = "Your calendar isn't connected yet"
PAGE_OLD = (
    "This page works once, and for ten minutes. Please go back to the chat and ask for a new link: /interview calendar."
)
PAGE_DENIED = (
    "You didn't allow Parley to see your calendar, so nothing was connected. In the chat you can choose another way."
)
PAGE_HALF = (
    "Google has let me in for an hour only. Please go back to the chat, ask for a new link, and allow both permissions "
    "on Google's page."
)
PAGE_NARROW = "Please allow both permissions on Google's page, to see when you are busy and to add interviews. The chat has a new link for you."
PAGE_GOOGLE_DOWN = "Google doesn't answer at the moment. Please go back to the chat and try again in a few minutes."
PAGE_NO_GOOGLE = "Parley isn't set up for Google Calendar. Please choose another way in the chat."
PAGE_FORM = "Connect your calendar"
PAGE_FORM_TEXT = (
    "Enter the address of your calendar server and an app password. They are sealed, and used for your calendar only."
)
ADDRESSES = (
    ("iCloud", "https://caldav.icloud.com/", "with an app-specific password from account.apple.com"),
    ("Fastmail", "https://caldav.fastmail.com/", "with an app password from Settings, Privacy & Security"),
    ("Nextcloud", "https://your-cloud.example/remote.php/dav", "with an app password from Settings, Security"),
)
PAGE_NOT_SAFE = (
    "This page isn't protected yet (its address begins with http://), so please enter no password here. Ask whoever runs "
    "Parley to give it an address that begins with https://, or share a calendar link in the chat instead."
)
PAGE_CHOOSE = "Which of these calendars is it? Please choose one and enter the password once more."
