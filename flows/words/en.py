"""Every sentence of the engine and its repairs, in English. Conversations keep theirs beside this file.

Plain, short, kind; says what to do; never blames. A text that the law asks for carries a version
(see `flows/words/legal_en.py`).
"""

from typing import TYPE_CHECKING, Any

from flows.cards import Card, Link, Option, Quote, Row
from flows.words import adjust_en

if TYPE_CHECKING:
    from flows.repair import Standing
    from flows.requests import Kept

DONE = Option("done", "That's my answer", "primary")
ASK_BACK = Option("ask", "Ask a question", "quiet")
OPEN_FORM = "Fill in"
HINT_ANSWER = "Write your answer, in as many messages as you like"
HINT_SHORT = "Write a short reply"

TOOLS = {
    "help": "Help",
    "repeat": "Repeat the question",
    "change": "Change my last answer",
    "fix": "Fix what you heard",
    "skip": "Skip this question",
    "pause": "Take a break",
    "accommodate": "I need an adjustment",
    "human": "Talk to a person",
    "status": "Where am I?",
    "elsewhere": "Continue on another device",
    "mydata": "What you keep about me",
    "stop": "Stop the interview",
}

HELP = (
    "You can answer in one message or several, and edit a message until you send the answer off. "
    "These words work at any time: repeat, skip, pause, change my last answer, more time, "
    "where am I, my data, another device, talk to a human, stop.\n\n"
    "Nothing you write gets lost."
)
NOTHING_BOOKED = "Nothing is booked at the moment. Write to me here whenever you would like to go on."
OVER = "This conversation is finished, so I can't add to it here. If you need the team, reply to the person who invited you."
WAITING_FOR_OTHERS = "I've kept that. I'm waiting to hear from somebody else, and I'll write here as soon as I do."
ONE_MOMENT = "One moment, I'm still working on the last step. I have kept what you wrote."
EMPTY = "That message arrived empty. Could you write it once more?"
NOTHING_YET = "I don't have any words for this answer yet. Write your answer first, then send it off."
ASK_AWAY = "Of course. Write your question, and end it with a question mark."
OLD_BUTTON = "That button belongs to an earlier question, so I left everything as it was. Here is where we are:"
HAD_IT = "I have that answer already. This is where we are now:"
LATE_WORDS = "I had already moved on when that arrived. I kept your words; this is the question now:"
CHANGED = "Changed. Your new answer counts, and the earlier wording stays in the record."
ANSWERED_AFTER_ALL = "Thank you. It counts as your answer now."
TAKEN_AFTER_PAUSE = (
    "You were quiet for a while, so I've taken that as your answer. You can still change it, or add to it."
)
CHANGE_IT = "Of course. Answer it again and the new answer will count."
NOTHING_TO_CHANGE = "There is no answer to change yet."
EDITED_LATE = (
    "I've kept the new wording beside the answer you sent off. "
    "If it should count instead, choose \u201cChange my last answer\u201d."
)
REMOVED_LATE = "That message is part of an answer you've already sent off, so it stays. To replace it, choose \u201cChange my last answer\u201d."
PAUSED = "Take all the time you need. Your answers are safe. Write \u201ccontinue\u201d when you're ready."
WELCOME_BACK = "Welcome back"
PARKED = (
    "I'll rest here so that you don't have to hurry. Your answers are safe. Write anything when you'd like to carry on."
)
CANNOT_SKIP = "I do need this one before we can go on."
SKIP_SURE = "Skip this question? It will be marked as skipped, not as a weak answer, and you can come back to it."
SKIP_YES = Option("skip", "Skip it")
SKIP_NO = Option("stay", "I'll answer it", "primary")
STOP_SURE = "Would you like to stop the interview and withdraw? You can also take a break and come back later."
STOP_NO = Option("stay", "Keep going", "primary")
STOP_PAUSE = Option("pause", "Take a break")
STOP_YES = Option("stop", "Stop and withdraw", "danger")
STOPPED = "I've stopped the interview and told the team that you withdrew. Thank you for your time. Nothing more will be asked of you."
HUMAN_COMING = (
    "I've asked a person on the team to get in touch with you here. "
    "You can wait for them, or carry on meanwhile: neither counts against you."
)
ACCOMMODATE = "What would help? You don't need to give a reason, and nobody who rates your answers will see this."
ACCOMMODATIONS = [
    Option("time", "No reminders, no hurry"),
    Option("breaks", "Breaks whenever I like"),
    Option("person", "A person instead"),
    Option("other", "Something else"),
    Option("none", "Nothing, thanks", "quiet"),
]
ACCOMMODATED = {
    "time": "Done. I've switched off every reminder and every pause that ends an answer. Only you decide when an answer is finished.",
    "breaks": "Done. Stop and come back whenever you like; I've switched off every reminder.",
    "person": "Done. I've asked the team for a person, and switched off every reminder meanwhile.",
    "other": "Done. I've asked the team to contact you here about it, and switched off every reminder meanwhile.",
}
WHERE_WE_ARE = "Where we are"
ASKED = "Questions so far"
ANSWERS = "Answers kept"
BUBBLES = "In the answer you're writing"
FILLED = "Filled in"
HURRY = "Reminders"
NO_HURRY = "off; only you decide when an answer is finished"
OPEN_UNTIL = "Open until"
NEXT_STEPS = "What happens next"
KEPT_ABOUT_YOU = "What is kept about you"
AGREED = {
    "interview": "automated interviewer",
    "scoring": "software that points to passages",
    "recording": "recordings",
}
CANNOT_LOOK = "I can't look that up just now. Nothing is lost; please ask me again in a few minutes."
ELSEWHERE = "You can go on in another browser or on another device, just where you are now. Here is a link for it:"
FIELD_REQUIRED = "Please fill this in."
FIELD_PICK = "Please choose one of the options."

PLACED = {
    "use": "Good, I've taken it as part of this answer. Add more, or send it off.",
    "add": "Good, I've added it to your earlier answer.",
    "leave": "Fine, I'll leave it out.",
}


def nudge(begun: bool) -> Card:
    """After a silence; `begun` when some bubbles of the answer are already there."""
    if begun:
        return Card("No rush. When your answer is complete, choose \u201cThat's my answer\u201d.", tone="aside")
    return Card(
        "Still there? No rush at all. Write \u201cpause\u201d for a break or \u201crepeat\u201d to see the question again.",
        tone="aside",
    )


def too_long(length: int, limit: int) -> Card:
    return Card(
        f"That message has {length:,} characters and I can keep up to {limit:,} in one. "
        "Please send it in two or more parts; they will count as one answer.",
        tone="kind_error",
    )


def field_too_long(length: int, limit: int) -> str:
    return f"This has {length:,} characters; please keep it under {limit:,}."


def where(standing: "Standing") -> Card:
    """The answer to "where am I?"."""
    rows = list[Row]()
    if standing.asked:
        rows.append(Row(ASKED, f"{standing.asked[0]} of {standing.asked[1]}"))
    if standing.answers:
        rows.append(Row(ANSWERS, str(standing.answers)))
    if standing.bubbles:
        rows.append(Row(BUBBLES, "1 message" if standing.bubbles == 1 else f"{standing.bubbles} messages"))
    if standing.filled:
        rows.append(Row(FILLED, f"{standing.filled[0]} of {standing.filled[1]}"))
    if standing.unhurried and HURRY not in [r.label for r in standing.rows]:
        rows.append(Row(HURRY, NO_HURRY))
    return Card(
        "Everything you've sent is kept. You can stop here at any time and go on later.",
        title=WHERE_WE_ARE,
        rows=(*rows, *standing.rows),
        tone="aside",
    )


def kept(found: "Kept") -> Card:
    """The answer to "what do you keep about me?": what, why, how long, and who to ask."""
    since = f", the first one on {found.since}" if found.since else ""
    agreed = (a.partition("=") for a in found.agreed)
    answers = ", ".join(f"{AGREED.get(kind, kind)}: {answer}" for kind, _, answer in agreed)
    rows = [
        Row("What you wrote", f"{found.messages} message{'' if found.messages == 1 else 's'}{since}"),
        Row("What you agreed to", answers or "nothing yet"),
        Row("What it's for", f"so that the people at {found.company} can decide about the role {found.role}"),
        Row("How long", f"{found.days} days after the decision, unless a law on hiring records asks for longer"),
        Row("To have it corrected, explained or erased", found.contact),
    ]
    return Card(
        "All of it stands in this chat: scroll up to read it. To read it in a browser, write \u201canother device\u201d "
        "and I'll give you a link.",
        title=KEPT_ABOUT_YOU,
        rows=tuple(rows),
        tone="aside",
    )


def handover(url: str, minutes: int) -> Card:
    """The link to go on elsewhere. Whoever has it is the person, so it says so."""
    return Card(
        f"It works once, for {minutes} minutes. Please keep it to yourself: whoever opens it goes on in your name.",
        links=(Link("Go on in a browser", url),),
        tone="aside",
    )


def pick_one(options: tuple[Option, ...]) -> Card:
    """The options once more, with the numbers they can be chosen by; not the whole question again."""
    lines = "\n".join(f"{n}. {o.label}" for n, o in enumerate(options, 1))
    return Card(
        f"I didn't catch which one you mean. Choose one, or type its number:\n\n{lines}",
        tone="question",
        options=options,
    )


def aside(text: str, can_add: bool, options: tuple[Option, ...]) -> Card:
    """Words that are none of the options: kept, and the person says what they are."""
    short = text if len(text) <= 280 else text[:279] + "\u2026"
    place = (Option("add", "Add it to my earlier answer"),) if can_add else ()
    return Card(
        "I've kept what you wrote. It isn't one of the choices here, so please choose one"
        + (", or add your words to your earlier answer." if can_add else "."),
        tone="question",
        quotes=(Quote(short),),
        options=(*options, *place),
    )


def offer(text: str, can_add: bool) -> Card:
    """Words arrived for a question that is no longer on: where do they belong?"""
    short = text if len(text) <= 280 else text[:279] + "\u2026"
    options = [Option("use", "It answers this question", "primary")]
    if can_add:
        options.insert(0, Option("add", "Add it to my earlier answer", "primary"))
    options.append(Option("leave", "Leave it out", "quiet"))
    return Card(
        "I had moved on to the next question when this arrived. I've kept it. Where does it belong?",
        tone="question",
        quotes=(Quote(short),),
        options=tuple(options),
        answering=True,
    )


def relayed(name: str, data: dict[str, Any]) -> Card | None:
    """What a person hears about a fact that reached their conversation from elsewhere; None: nothing."""
    if name == "team_replied":
        return Card(data["text"], title=f"{data['who']} from the team writes", tone="notice")
    if name == adjust_en.LEARNED:
        return adjust_en.told(data.get("until", ""))
    if name == "practised":
        return Card("Back to where we were:", tone="aside")
    return None
