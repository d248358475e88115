"""The sentences around an interview that the team reads along, and the follow-ups that it proposes."""

from flows.cards import Card, Field, Option, Quote

ASK = "ask:"  # what a proposal in the thread begins with
PROPOSE = Option("propose", "Propose a follow-up")
NO_COMPETENCY = Option("none", "None of these", "quiet")
MOST = 300

# -- to the candidate, before the first question ---------------------------------------------------------------

READ_ALONG = (
    "Somebody of the hiring team may read your answers as you send them off, and may suggest a follow-up question, which I "
    "would put to you and say so."
)
BY_THE_TEAM = "A question from the team about this"

# -- in the channel --------------------------------------------------------------------------------------------

_HOW = f"To propose a follow-up, reply here and begin with \u201c{ASK}\u201d, or press the button."
_NO_RATINGS = "Please keep what you think of the answers out of this thread: everybody rates on their own first."


def live(name: str, role: str) -> Card:
    return Card(
        f"{name} is being interviewed. You can follow along in this thread.",
        title=f"Live: {role}",
        tone="notice",
        options=(PROPOSE,),
        foot=f"{_HOW} {_NO_RATINGS}",
    )


def over(name: str, role: str, left: bool) -> Card:
    text = (
        f"{name} has left the interview."
        if left
        else f"The interview of {name} is over. All answers are in the thread."
    )
    return Card(text, title=f"Live: {role}", tone="done")


def question(ask: str, nth: int, of: int) -> Card:
    return Card(ask, title=f"Question {nth} of {of}")


def answer(name: str, text: str, changed: bool, link: str) -> Card:
    """text: as much of the answer as there is room for; link: to all of it, where it was cut."""
    title = f"{name} has changed this answer" if changed else ""
    more = f"This is the beginning; all of it: {link}" if link else ""
    return Card("", title=title, quotes=(Quote(text, name),), foot=more)


def skipped(name: str) -> Card:
    return Card(f"{name} has skipped this.", tone="aside")


def follow_up(text: str, by: str) -> Card:
    """by: who of the team proposed it, or ""."""
    return Card(text, title=f"Asked, in {_whose(by)} words" if by else "Follow-up")


def _whose(name: str) -> str:
    return f"{name}\u2019" if name.endswith(("s", "x", "z")) else f"{name}\u2019s"


# -- the transcript below the scorecard's post -----------------------------------------------------------------


def transcript(text: str, nth: int, of: int, link: str) -> Card:
    """One message of a transcript; the last one of a long one says where the rest is."""
    title = f"Transcript ({nth} of {of})" if of > 1 else "Transcript"
    return Card(text, title=title, foot=f"There is more than fits here. All of it: {link}" if link else "")


def asked_line(nth: int, ask: str) -> str:
    return f"{nth}. {ask}"


def answer_line(name: str, text: str) -> str:
    return f"{name}: {text}" if text else f"{name} skipped this."


def follow_up_line(text: str, by: str) -> str:
    return f"Asked, in {_whose(by)} words: {text}" if by else f"Follow-up: {text}"


# -- to whoever proposes ---------------------------------------------------------------------------------------

OVER = "The interview is over, so nothing more can be asked. You can note the question down for a later stage."
NOT_YOURS = "Only those who recruit or rate for this position can propose a follow-up here."
EMPTY = f"What would you like to have asked? Write it after \u201c{ASK}\u201d, as one question."
AGAIN = "That question is waiting already. I'll ask it when it fits."
NONE = (
    "Then I'll leave it: everybody is asked about the same few things, so that answers can be compared. You can note the "
    "question down for a later stage."
)
THIS = "this"
GONE = "That proposal isn't open any more. You can write it again in the thread."
_WHY = {
    "length": "Please make it one question of 10 to 300 characters, the way you would say it.",
    "one_question": "Please make it exactly one question that ends with a question mark. Two can come one after the other.",
    "markup": "Please write it as plain words, without links, mentions or special characters.",
    "private": (
        "That touches on something private that nobody may be asked in an interview, so I won't pass it on. Asking for what "
        "they did at work is always fine."
    ),
    "judges": "Please leave out anything about scores, levels or other candidates; it would tell more than a question should.",
    "gives_away": (
        "That repeats what we listen for, which would put the answer into their mouth. Try asking openly: \u201cWhat did you "
        "do then?\u201d"
    ),
}


def refused(why: str) -> Card:
    """why: a code of `flows.rating.proposed.trouble`."""
    return Card(_WHY[why], tone="kind_error")


def no_room(title: str) -> Card:
    return Card(
        f"There is no room left for a follow-up about {title}: everybody gets the same small number. You can note it down "
        "for a later stage.",
        tone="kind_error",
    )


def waits(title: str) -> Card:
    return Card(f"Thank you. I'll ask it in your words after the next answer that is about {title}.", tone="aside")


def which(text: str, options: tuple[Option, ...]) -> Card:
    return Card(
        "Which of these is your question about? I'll ask it with the next answer that is about the same.",
        quotes=(Quote(text, "Your question"),),
        options=(*options, NO_COMPETENCY),
        tone="question",
    )


def form(competencies: tuple[tuple[str, str], ...]) -> Card:
    """competencies: (key, title)."""
    options = (Option("any", "Find out from my words"), *(Option(k, t[:75]) for k, t in competencies))
    return Card(
        f"Or reply in the thread and begin with \u201c{ASK}\u201d.",
        title="Propose a follow-up",
        fields=(
            Field("question", "Your question", "text", help="One question, in your words.", max_length=MOST),
            Field("competency", "What it is about", "choice", options, value="any"),
        ),
        submit="Propose it",
    )


def lapsed(name: str, text: str) -> Card:
    return Card(
        f"The interview of {name} is over, and your follow-up wasn't asked: no answer came after it that it fitted to.",
        tone="aside",
        quotes=(Quote(text, "Your question"),),
    )


# -- to the recruiter ------------------------------------------------------------------------------------------

HOW = "Please say whether the team may follow along, and where: /interview follow on Support engineer, or off."


def switched(title: str, on: bool) -> str:
    if on:
        return (
            f"From now on the team can follow live interviews for {title} in a thread of its channel. Candidates are told at "
            "the beginning. An interview that has begun stays as it is."
        )
    return f"Live interviews for {title} are no longer followed in the channel."
