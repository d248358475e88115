"""Every sentence about decisions: how a recruiter makes one, and the letters that candidates get."""

from flows.cards import Card, Field, Option, Row

# -- deciding ---------------------------------------------------------------------------------------------------

OUTCOMES = {"advance": "Go on", "offer": "Make an offer", "hold": "On hold", "reject": "Say no"}
SAID = {"advance": "goes on", "offer": "gets an offer", "hold": "is on hold", "reject": "was told no, or will be"}
NAMES = {
    "advance": ("advance", "go on", "next", "next stage", "forward", "proceed", "yes"),
    "offer": ("offer", "hire", "make an offer"),
    "hold": ("hold", "on hold", "wait", "keep", "later"),
    "reject": ("reject", "no", "say no", "decline", "turn down", "not"),
}
WHICH_OUTCOME = "Please choose one of: advance, offer, hold, reject."
ONLY_DECIDERS = "Only a recruiter or an admin of this requisition decides. You can say what you think in the thread of the scorecard."
WHY_NEEDED = "Please add a reason, in a few words. It stays with the decision, and the candidate never reads it."
WHY_LONG = "Please keep the reason under 2,000 characters."
NOT_OPEN = "This changed a moment ago. Please look at the scorecard again, then decide."
NO_HUMAN = (
    "Nobody had rated these answers before the scorecards were opened, so there is no human judgement to decide on, "
    "and a decision never rests on software alone. Please invite them once more, and have somebody rate first."
)
NOT_YET = "The scorecards have to be open before anybody decides. Until then, what was rated stays sealed."
LETTER_NEEDED = (
    "For this requisition nobody is told no without a letter, since the law of some places wants its notice. Please choose when "
    "it goes out; you can change the words."
)
READ_AGAIN = (
    "Somebody is reading these answers again, without having seen the first scorecards. Please decide when that card is in; "
    "a recruiter can also end the second reading with a button of the scorecard."
)
LEFT = "They have withdrawn meanwhile, at a later stage, so there is nothing left to decide and nobody writes to them."
GONE = "This person has asked to be erased, so there is nothing left to decide about."
NO_HOLD = "This has been decided, so it can't be put on hold any more. You can decide anew: advance, offer or reject."
LAST_STAGE = "This is the last stage, so there is nothing to go on to. To hire them, choose: offer."
WENT_ON = "They have answered the next stage already, so please decide there: what they did shouldn't be taken back from behind."
HOW = (
    "Please say who, what and why, for example: /interview decide Ada: advance because strong evidence of ownership. "
    "The outcomes are: advance, offer, hold, reject."
)
NOT_DECIDABLE = "Nobody of that name can be decided about now. The scorecards have to be open first; /interview board shows where everybody is."
WAS_SETTLED = "This was settled meanwhile, so I left everything as it is now."
DECIDE_TITLE = "Decide"
DECIDE = "Go on"
EDIT_TITLE = "The letter"
EDIT_KEPT = "Here it is with your words."
LETTER_EMPTY = "Please write the letter, or choose not to send one."
LETTER_LONG = "Please keep the letter under 3,000 characters."
DECIDED_FOR_CANDIDATE = (
    "The team has decided meanwhile, so there is nothing more to do here. They'll tell you themselves."
)


def meanwhile(who: str, outcome: str, reason: str) -> str:
    return (
        f"{who} decided first: {OUTCOMES[outcome].casefold()}, because: {reason}. "
        "If you see it differently, talk to each other, and then decide anew; the newest decision holds."
    )


def no_panel(stage: str) -> str:
    return f"Nobody is named for \u201c{stage}\u201d and the requisition has no panel. Say who holds it: /interview stages TITLE: \u2026 with Ann and Tom"


def decided_for_rater(name: str) -> str:
    return f"{name} has been decided about meanwhile, so this rating isn't needed any more. Thank you for the time you took."


BEGIN = Option("begin", DECIDE_TITLE, "primary")


def begin(name: str, role: str, stage: str, next_stage: str, earlier: str) -> Card:
    on = f" It would go on to: {next_stage}." if next_stage else " This is the last stage."
    text = f"{name}, {role}, stage: {stage}.{on} {earlier}".strip()
    return Card(text, tone="question", options=(BEGIN,))


def outcome_options(next_stage: str) -> tuple[Option, ...]:
    """What can be chosen; going on only where there is somewhere to go. next_stage: its title, or ""."""
    on = (Option("advance", f"{OUTCOMES['advance']} to: {next_stage}"[:75]),) if next_stage else ()
    rest = tuple(Option(key, OUTCOMES[key]) for key in ("offer", "hold", "reject"))
    return (*on, *rest)


def form(name: str, role: str, stage: str, next_stage: str, earlier: str) -> Card:
    """earlier: what was decided before, as a sentence; "" for nothing."""
    fields = (
        Field("outcome", "Decision", "choice", outcome_options(next_stage)),
        Field(
            "reason",
            "Why",
            "text",
            help="For the record, in your own words. The candidate never reads it.",
            max_length=2000,
        ),
    )
    text = f"{name}, {role}, stage: {stage}."
    if earlier:
        text += f" {earlier} A new decision takes its place."
    return Card(text, title=DECIDE_TITLE, fields=fields, submit=DECIDE)


def earlier(who: str, outcome: str, day: str) -> str:
    return f"Decided so far, by {who} on {day}: {OUTCOMES[outcome].casefold()}."


SURE = Option("yes", "Yes, decide", "primary")
LEAVE = Option("no", "Leave it", "quiet")


def advance_sure(name: str, stage: str, by_people: bool) -> Card:
    then = "they are asked for a time at once" if by_people else "they hear of it at once and can begin"
    return Card(
        f"{name} goes on to \u201c{stage}\u201d: {then}. Is that right?", tone="question", options=(SURE, LEAVE)
    )


NOW = Option("now", "Send it now", "primary")
TOMORROW = Option("tomorrow", "Tomorrow at 10:00, their time")
EDIT = Option("edit", "Change the words")
NO_LETTER = Option("none", "Don't send a letter", "quiet")


def preview(
    name: str, outcome: str, letter: Card, arrives: tuple[str, str], forms: bool, optional: bool = True
) -> Card:
    """A letter as it would be read. arrives: when it would, sent now or tomorrow, in the candidate's own time. forms: can
    its words be changed in a form; optional: may it be left out?"""
    rows = (Row("Send it now", arrives[0]), Row("Or later", arrives[1]), *letter.rows)
    hint = (
        ""
        if forms
        else " To change the words, write the decision again with your letter in the lines below: "
        f"/interview decide {name}: {outcome} because \u2026"
    )
    body = f"{letter.text}\n\n{letter.foot}" if letter.foot else letter.text
    edit, none = (EDIT,) if forms else (), (NO_LETTER,) if optional else ()
    return Card(
        f"This is what {name} would read. Nothing is decided or sent until you choose.{hint}\n\n---\n\n{body}",
        title=f"{OUTCOMES[outcome]}: {name}",
        rows=rows,
        tone="question",
        options=(NOW, TOMORROW, *edit, *none, LEAVE),
    )


def edit_form(text: str) -> Card:
    help_ = "What stands below your words (how to reach a person) is added in any case."
    fields = (Field("text", EDIT_TITLE, "text", help=help_, value=text, max_length=3000),)
    return Card("Write it as you would like to read it yourself.", title=EDIT_TITLE, fields=fields, submit="Show me")


NOT_SENT = {
    "told": Option("told", "I've told them myself"),
    "will": Option("will", "Somebody will call them"),
    "later": Option("later", "We'll write later"),
}


def why_no_letter(name: str) -> Card:
    return Card(
        f"Why should {name} get no letter? Unless they have heard already, the day they were promised still holds, and I'll "
        "remind you of it.",
        tone="question",
        options=(*NOT_SENT.values(), LEAVE),
    )


def decided(name: str, outcome: str, then: str) -> Card:
    return Card(f"Decided: {name} {SAID_NOW[outcome]}. {then}".strip(), tone="done")


SAID_NOW = {"advance": "goes on", "offer": "gets an offer", "hold": "is on hold", "reject": "is told no"}
THEN_HOLD = "Nothing was said to them; the day they were promised still holds."
THEN_TOLD = "They have heard it from you, so nothing is sent."
THEN_OPEN = "Nothing was sent. The day they were promised still holds, and I'll remind you."


def then_letter(when: str) -> str:
    """when: in words, or `AT_ONCE`."""
    if when == AT_ONCE:
        return "The letter goes out now."
    return f"The letter goes out: {when}. Until then you can stop it: /interview letters"


def then_stage(stage: str, by_people: bool) -> str:
    return f"Next: {stage}. " + ("I've asked them for a time." if by_people else "They've been told, and can begin.")


# -- letters to candidates -----------------------------------------------------------------------------------------

AI_ROLE = (
    "What software did: it pointed to passages in your answers. It gave no verdict, ranked nobody and decided nothing; "
    "people read your answers, rated them on their own and decided."
)
PEOPLE_ONLY = "Only people read and rated your answers, and people decided."


def _rights(contact: str, by_software: bool) -> str:
    role = AI_ROLE if by_software else PEOPLE_ONLY
    return (
        f"{role} To talk to a person, to have something corrected that you wrote, or to have the decision looked at again by "
        f"a person, write \u201chuman\u201d here or turn to {contact}."
    )


def rejection(name: str, role: str, company: str, contact: str, strength: str, by_software: bool) -> Card:
    """No level, no number, no other candidate. strength: the first thing that came across well; "" for none known."""
    well = (
        f" Something that came across well: {_lower(strength)}. The other notes on your answers are further up in this chat."
        if strength
        else ""
    )
    text = (
        f"Hello {name}, thank you for the time and thought you gave to the interview for {role} at {company}. "
        f"The team has decided not to go on with your application for this role.{well}\n\n"
        "This is about one role at one moment, and not about you as a person. We wish you all the best, and you're welcome "
        "to apply again."
    )
    return Card(text, title=role, tone="notice", foot=_rights(contact, by_software))


def offer_letter(name: str, role: str, company: str, contact: str) -> Card:
    text = (
        f"Hello {name}, good news: the team at {company} would like to offer you the role {role}. "
        "A person from the team will be in touch about everything that comes next."
    )
    return Card(
        text,
        title=role,
        tone="notice",
        foot=f"If you have a question, write \u201chuman\u201d here or turn to {contact}.",
    )


def _lower(text: str) -> str:
    return (text[:1].lower() + text[1:]).rstrip(".")


# -- planned letters -------------------------------------------------------------------------------------------------

NONE_PLANNED = "No letter is waiting to be sent."
LETTERS = "Letters that are waiting"
KINDS = {"reject": "a no", "offer": "an offer", "advance": "good news"}
LETTER_GONE = "That letter isn't waiting any more: it has been sent, or stopped."
STOPPED = "Stopped. Nothing has been sent; the decision stands, and the day they were promised holds."
RESENDING = "It goes out now, or as soon as their night is over."


def letter_line(kind: str, when: str, by: str) -> str:
    return f"{KINDS[kind]}, {when}, planned by {by}"


def planned(rows: tuple[Row, ...], options: tuple[Option, ...], more: int) -> Card:
    foot = f"and {more} more" if more > 0 else ""
    return Card("Choose one to stop it or to send it at once.", title=LETTERS, rows=rows, options=options, foot=foot)


AT_ONCE = "at once"
PLANNED_AGAIN = "It is planned again, for the same time; or for now, where that has passed."
AGAIN = Option("again", "Undo: plan it again")


def stopped() -> Card:
    return Card(STOPPED, tone="done", options=(AGAIN,))


def letter_row(name: str, kind: str, when: str, by: str) -> Row:
    return Row(name, letter_line(kind, when, by))


def letter_option(letter_id: str, name: str) -> Option:
    return Option(letter_id, name[:75])


STOP = Option("stop", "Stop it", "danger")
SEND = Option("send", "Send it now")


def one_letter(name: str, letter: Card, when: str) -> Card:
    body = f"{letter.text}\n\n{letter.foot}" if letter.foot else letter.text
    return Card(f"To {name}, {when}:\n\n{body}", title=LETTERS, tone="question", options=(STOP, SEND, LEAVE))
