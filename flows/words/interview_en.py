"""The sentences of the interview (`flows/interview`).

Acknowledgements are neutral on purpose: praise would tell one candidate more than another.
"""

from flows.cards import Card, Option, Quote, Row

AI_USE = {
    "free": "Any tools you like, AI included, are fine here.",
    "disclose": "AI tools are fine here. I'll ask afterwards whether you used one; either answer is all right.",
    "none": "Please answer this one in your own words, without AI tools.",
}
AI_NONE = Option("none", "No, just me")
AI_SOME = Option("some", "Yes, for some of it")
AI_MUCH = Option("much", "Yes, for most of it")

WARM_UP = "Before the first question, one to settle in. It isn't assessed, and a sentence is plenty."
AFTER_WARM_UP = "Thank you. Here is the first question."
ACKNOWLEDGED = (
    "Thank you, I have that.",
    "Noted, thank you.",
    "I've kept that, thanks.",
    "Thanks. On to the next part.",
)
FOLLOW_UP = "One more thing about this"
SKIPPED = "That's fine. It's marked as skipped, and you can come back to it before you send everything off."

WHAT_WAS_IT = (
    "I don't have an answer to that, and I don't want to guess. Shall I pass it on to the team, "
    "or was it part of your answer?"
)
PASS = Option("pass", "Pass it on", "primary")
PART = Option("part", "It's part of my answer")
PASSED_ON = (
    "I've passed it on. A reply will appear here. There's no need to wait: go on as you understand the question."
)
TAKEN_AS_PART = "Good, I've taken it as the beginning of your answer. Write on, or send it off."

HALFWAY = "You're halfway. Would you like to go on, or take a break first? Take the time you need."
GO_ON = Option("go", "Go on", "primary")
BREAK = Option("break", "Take a break")
RESTING = "Take all the time you like. What you've written is safe. Write anything here when you're ready."
BACK = Option("go", "I'm ready", "primary")

YOURS = "Those were my questions. Is there anything you'd like to ask about the role or the team?"
YOURS_MORE = "Is there anything else you'd like to ask?"
YOURS_YES = Option("ask", "Yes, I have a question")
YOURS_NO = Option("no", "No, thank you", "primary")
ASK_AWAY = "Please do. What would you like to know?"
TEAM_WILL_SAY = "I don't have an answer to that, so I've passed it on. The team's reply will appear here."

SUBMIT = Option("submit", "Send it off", "primary")
CHANGE = Option("change", "Change an answer")
KEEP = Option("keep", "Keep them all", "quiet")
KEPT = "Fine, everything stays as it was."
REPLACED = "I've noted your new answer. It counts in place of the earlier one."


RECORDED = (
    "You agreed that recordings may be kept: what you record here is stored, encrypted, and the people who decide may "
    "hear it. You see the words I heard and can correct them, and only those words are rated. What you'd rather not have "
    "recorded, you can write."
)


def how(minutes: int, questions: int, quiet_seconds: int, unhurried: bool, hears: bool = False) -> str:
    """hears: answers may be recordings."""
    number = "one question" if questions == 1 else f"{questions} questions"
    pause = "" if unhurried else f", or stay quiet for {quiet_seconds} seconds"
    kept = "Your messages are kept as text" + ("." if hears else "; nothing else is recorded.")
    return (
        f"I have {number} for you, about {minutes} minutes in all; nobody measures the time you take. {kept} Answer in as many messages as you like, then choose "
        f"\u201cThat's my answer\u201d{pause}. Ask back, skip or pause whenever you need to."
    )


def question(ask: str, ai_use: str, nth: int, of: int) -> Card:
    return Card(ask, tone="question", progress=(nth, of), foot=AI_USE[ai_use])


def earlier(says: tuple[str, ...]) -> Card:
    """What others were told about a question is told to everybody after them, before they answer."""
    told = "\n".join(f"\u2022 {s}" for s in says)
    return Card(f"Somebody asked about the next question before. So that you know the same:\n{told}", tone="aside")


def clarified(text: str, by: str) -> Card:
    return Card(text, title=f"{by} from the team explained" if by else "", tone="aside")


def ai_used() -> Card:
    return Card(
        "Did you use an AI tool for this answer? It's allowed, and it's passed on to the team as you say it.",
        tone="question",
    )


def acknowledged(nth: int) -> str:
    return ACKNOWLEDGED[nth % len(ACKNOWLEDGED)]


def look(rows: tuple[tuple[str, str], ...]) -> Card:
    """All answers, before they are sent off: (question, the beginning of the answer; empty if skipped)."""
    return Card(
        "Here is everything once more. Would you like to send it off, or change an answer first? "
        "You can stop here and come back, too.",
        tone="question",
        rows=tuple(
            Row(f"{n}. {short(ask, 60)}", short(answer, 600) or "skipped") for n, (ask, answer) in enumerate(rows, 1)
        ),
    )


def which(asks: tuple[str, ...]) -> Card:
    options = (*(Option(str(n), short(ask, 60)) for n, ask in enumerate(asks, 1)), KEEP)
    return Card("Which answer would you like to change?", tone="question", options=options)


def anew(ask: str, before: str) -> Card:
    quotes = (Quote(short(before, 280), "Your answer until now"),) if before else ()
    return Card(f"{ask}\n\nWrite it anew; the new answer will count.", tone="question", quotes=quotes)


def thanks(name: str, company: str, next_steps: str, contact: str) -> Card:
    return Card(
        f"Thank you, {name}. Your answers are on their way to the people at {company}.\n\n"
        f"What happens next: {next_steps}\n\nIf there's anything you'd like to ask or add: {contact}.",
        tone="done",
    )


def short(text: str, length: int) -> str:
    """The beginning of a text on one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[: length - 1].rsplit(" ", 1)[0] + "\u2026"
