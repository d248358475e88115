"""The sentences of a recorded interview (`flows/recorded`). What is the same in a live one is said in its words.

As there, acknowledgements are neutral on purpose.
"""

from dataclasses import dataclass

from flows.cards import Card, Option, Quote, Row, Sound
from flows.words.interview_en import AI_USE, short
from flows.words.voice_en import length

BEGIN = Option("go", "Yes, begin", "primary")
MORE_TIME = Option("more", "I need more days")
TEAM_ASKED = (
    "You have had an extension already, so I've asked the team for a further one. They'll answer here. "
    "Meanwhile nothing is lost, and you can go on."
)

AGAIN = "again"
HEAR_AGAIN = "Hear it again"
SUBMIT = Option("submit", "Send it off", "primary")
CHANGE = Option("change", "Change an answer")
STAYS = "Fine. What you have stays as it is."
NONE_LEFT = "There's no take left for this question, so your answer stays as it is."
RECEIPT = "Your receipt"


@dataclass(frozen=True, slots=True)
class Guide:
    """What is usual for an answer: minutes to think and to answer, in which forms it may be recorded ("voice", "video";
    none: it is written), and whether a file from before is taken."""

    think: float
    answer: float
    forms: tuple[str, ...] = ()
    prepared: bool = True


@dataclass(frozen=True, slots=True)
class Take:
    """One take as the person who gave it meets it again. recordings: ids, in order; seconds: how long these are together;
    guide: how many seconds are usual."""

    text: str
    recordings: tuple[str, ...] = ()
    seconds: float = 0
    guide: float = 0

    @property
    def how_long(self) -> str:
        """ "0:42 recorded", with by how much it is longer than the guide; "" for what was written."""
        if not self.recordings:
            return ""
        over = round(self.seconds) - round(self.guide)
        more = f", {length(over)} over the guide, which is fine" if over > 0 else ""
        return f"{length(self.seconds)} recorded{more}"

    @property
    def brief(self) -> str:
        return ": ".join(filter(None, (self.how_long, short(self.text, 300))))

    def sounds(self, label: str) -> tuple[Sound, ...]:
        several = len(self.recordings) > 1
        return tuple(
            Sound(f"{label}, part {n}" if several else label, recording=u, own=True)
            for n, u in enumerate(self.recordings, 1)
        )


def how(hears: bool) -> str:
    """hears: answers may be recordings."""
    give = (
        "record your answer or write it, as you like at each question; what you write is sent off with \u201cThat's my "
        "answer\u201d."
        if hears
        else "write your answer, in one message or several, and choose \u201cThat's my answer\u201d."
    )
    return (
        "This is an interview in your own time: nobody watches live, and everybody gets the same questions. For each "
        f"there is time to think. Then {give} Only you decide when it is finished."
    )


def ready(questions: int, minutes: int, takes: int, deadline: str, hears: bool = False) -> Card:
    """How it goes, in figures, before the first question. deadline: "" where there is none. hears: as above."""
    rows = (
        Row("Questions", f"{questions}, about {minutes} minutes in all"),
        Row("Takes", f"up to {takes} for a question; you choose which one counts" if takes > 1 else "one for each"),
        Row("Open until", deadline),
    )
    return Card(
        f"Stop whenever you like and come back later: everything you've {'given' if hears else 'written'} is kept. You can ask back at any "
        "question, and you'll see everything once more before you send it off. Shall we begin?",
        tone="question",
        rows=tuple(r for r in rows if r.value),
        options=(BEGIN, MORE_TIME) if deadline else (BEGIN,),
    )


def extended(day: str) -> str:
    return f"Of course. You now have until {day}."


def question(ask: str, guide: Guide, ai_use: str, place: tuple[int, int]) -> Card:
    """guide: it only says what is usual. place: (which one, of how many)."""
    return Card(ask, tone="question", progress=place, foot=_foot(guide, ai_use))


def another(ask: str, take: int, guide: Guide, ai_use: str, before: str) -> Card:
    """The same question for a further take. before: the answer that counts now, "" where there is none."""
    quotes = (Quote(short(before, 280), "Your answer until now"),) if before else ()
    title = f"Take {take}" if take > 1 else ""
    return Card(ask, title=title, tone="question", foot=_foot(guide, ai_use), quotes=quotes)


def _foot(guide: Guide, ai_use: str) -> str:
    about = _minutes(guide.answer)
    if guide.forms:
        ways = {"voice": "a voice message", "video": "a video"}
        may = " or ".join(ways[f] for f in guide.forms if f in ways)
        before = " A file from before is fine too." if guide.prepared else " Please record it now, not before."
        usual = f"Then about {about} is usual; longer is fine. Send {may}, or write.{before}"
    else:
        usual = f"Then about {about} of writing is usual; shorter or longer is fine."
    return f"Take up to {_minutes(guide.think)} to think first; nothing is counted. {usual} {AI_USE[ai_use]}"


def _minutes(n: float) -> str:
    return {0.5: "half a minute", 1: "1 minute"}.get(n, f"{n:g} minutes")


def keep(takes: tuple[Take, ...], left: int) -> Card:
    """Does this take count, or which one does? takes: in order, to be read and heard again; left: how many may follow."""
    again = (Option(AGAIN, f"Try again ({left} {'take' if left == 1 else 'takes'} left)"),) if left else ()
    if len(takes) == 1:
        (only,) = takes
        return Card(
            "I have that. Keep this answer, or try again? If you try again, this one is kept too and you choose afterwards.",
            tone="question",
            rows=(Row("Your answer", only.how_long),) if only.recordings else (),
            options=(Option("1", "Keep this answer", "primary"), *again),
            sounds=only.sounds(HEAR_AGAIN),
        )
    counts = tuple(Option(str(n), f"Take {n}") for n in range(1, len(takes) + 1))
    return Card(
        "Which take should count? Those who rate see only that one; the others stay in the record.",
        tone="question",
        rows=tuple(Row(f"Take {n}", take.brief) for n, take in enumerate(takes, 1)),
        options=(*counts, *again),
        sounds=tuple(s for n, take in enumerate(takes, 1) for s in take.sounds(f"Take {n}")),
    )


def receipt(name: str, company: str, sent: tuple[tuple[str, str], ...], about: dict[str, str]) -> Card:
    """sent: (question, what was sent for it). about: further lines, label -> value; empty ones are left out."""
    rows = [Row(f"{n}. {short(ask, 60)}", what) for n, (ask, what) in enumerate(sent, 1)]
    return Card(
        f"Thank you, {name}. Your answers have arrived and are on their way to the people at {company}.",
        title=RECEIPT,
        tone="done",
        rows=(*rows, *(Row(label, value) for label, value in about.items() if value)),
    )


def about(number: str, when: str, next_steps: str, contact: str) -> dict[str, str]:
    return {"Received": when, "Receipt": number, "What happens next": next_steps, "Anything to ask or add": contact}


def sent(takes: tuple[Take, ...], counts: int) -> str:
    """What was sent for one question: how much, and which take. counts: from 1; 0 where it was skipped."""
    if not counts:
        return "skipped"
    take = takes[counts - 1]
    n = len(take.text.split())
    voice = f"{length(take.seconds)} recorded, " if take.recordings else ""
    which = f", take {counts} of {len(takes)}" if len(takes) > 1 else ""
    return f"{voice}{n} {'word' if n == 1 else 'words'}{which}"


# -- the deadline, in the candidate's chat ----------------------------------------------------------------------

EXTEND, ASK_TEAM = "Two more days, please", "Ask for more days"
NOTHING_DUE = "There's nothing to extend any more: this interview isn't waiting for you."
ON_HOLD = "The team has paused this interview, so no time runs. You'll hear from me when it goes on."


def more(asks: str, granted: bool) -> tuple[Option, ...]:
    """The one tap. asks: the id of the option; granted: one was given before, so the team decides about a further one."""
    return (Option(asks, ASK_TEAM) if granted else Option(asks, EXTEND, "primary"),)


def reminder(role: str, until: str, begun: bool, options: tuple[Option, ...]) -> Card:
    go_on = "What you've written is kept; go on whenever it suits you." if begun else "Begin whenever it suits you."
    return Card(f"A reminder: your interview for {role} is open until {until}. {go_on}", tone="notice", options=options)


def late(role: str, until: str, begun: bool, options: tuple[Option, ...]) -> Card:
    still = "what you've written is kept, and you can still send it off" if begun else "you can still begin"
    return Card(
        f"The time for your interview for {role} was up on {until}. That's no problem yet: {still}. If you need a little "
        "longer, just say so.",
        tone="notice",
        options=options,
    )


def granted(until: str) -> Card:
    return Card(extended(until), tone="notice")


def already(until: str) -> Card:
    return Card(f"That button is from before. Your interview is open until {until} now.", tone="notice")


def given(until: str) -> Card:
    """The team has agreed to a further extension."""
    return Card(f"The team has given you more time: your interview is open until {until}.", tone="notice")


def not_given(until: str, past: bool) -> Card:
    open_until = "You can still send off what you have" if past else f"Your interview stays open until {until}"
    return Card(f"The team can't give more time this time. {open_until}.", tone="notice")


def team_asked() -> Card:
    return Card(TEAM_ASKED, tone="notice")


# -- the deadline, for recruiters -------------------------------------------------------------------------------

GIVE = Option("give", "Give two more days", "primary")
LEAVE = Option("leave", "Leave it as it is")
CLOSE = Option("close", "Close it")


def wants_more(candidate: str, role: str, until: str) -> Card:
    return Card(
        f"{candidate} asks for more time for the interview for {role}. It's open until {until}, and they have had one "
        "extension already.",
        tone="notice",
        options=(GIVE, LEAVE),
    )


def overdue(candidate: str, role: str, until: str, asked: int, of: int) -> Card:
    """asked: how many questions they have come to, of how many."""
    come = f"They have come to question {asked} of {of}" if asked else "They haven't begun"
    return Card(
        f"{candidate} hasn't sent off the interview for {role}, which was open until {until}. {come}. I've asked whether "
        "they need longer, and they can still send it off. What would you like to do?",
        tone="notice",
        options=(GIVE, CLOSE),
    )


def settled(candidate: str) -> str:
    return f"Nothing is open there any more: {candidate}'s interview has moved on meanwhile."


def gave(candidate: str, until: str) -> str:
    return f"{candidate} has until {until} now, and I've told them."


def left(candidate: str) -> str:
    return f"I've told {candidate} kindly that there's no more time, and that what they have can be sent off."


def closed(candidate: str) -> str:
    return f"{candidate}'s interview is closed. I've told them that what they wrote is kept."
