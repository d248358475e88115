"""The sentences for an interviewer who can't come (`flows/swap`)."""

from flows.cards import Card, Option, Row
from flows.words.booking_en import WHEN

ILL = Option("ill", "I'm ill")
CONFLICT = Option("conflict", "Something clashes")
OTHER = Option("other", "Something else")
REASONS = (ILL, CONFLICT, OTHER)
NO_NEED = Option("no", "No, that's all", "primary")
ASK = Option("ask", "Yes, ask them", "primary")
KEEP = Option("keep", "No, I'll do it after all")
AGAIN = Option("again", "Try again", "primary")
LEAVE = Option("leave", "Leave it")

HELP = "I ask colleagues who could take your interview. Until one of them does, it stays with you."
SAY_MORE = "Would you like to add a line for your recruiter? If so, write it here; there's no need to."
BEGUN = "It has begun already, so nobody can take it over in time. Please write to your recruiter right away."
TOO_LONG = "That's too long for me to pass on. Please say it in a few sentences."
PASSED_ON = "I've passed your line on to your recruiter."
NOBODY = "Nobody else is free at that time. Your recruiter has been told and will decide; I'll write here then."
NOT_ASKED = "I couldn't ask anybody just now, so nothing has changed yet. Shall I try again?"
LEFT = "All right. Nothing has changed, and your colleagues haven't been asked."


def why(title: str, other: str, when: str) -> Card:
    with_whom = f"{title} with {other}" if other else title
    return Card(
        "That's all right, things come up. What is it, roughly? Choosing one is enough.",
        title=with_whom,
        tone="question",
        options=REASONS,
        rows=(Row(WHEN, when),),
    )


def more() -> Card:
    return Card(SAY_MORE, tone="question", options=(NO_NEED,))


def sure(ill: bool) -> Card:
    kind = "Get well soon. " if ill else ""
    return Card(
        f"{kind}Shall I ask colleagues who are free then? Until somebody takes it, it stays with you.",
        tone="question",
        options=(ASK, KEEP),
    )


def kept(when: str) -> str:
    return f"Good, it stays with you: {when}."


def asked(how_many: int) -> str:
    colleagues = "a colleague who is" if how_many == 1 else f"{how_many} colleagues who are"
    return f"I asked {colleagues} free; you'll hear who takes it. Until then it stays with you."


def taken(by: str) -> Card:
    return Card(f"{by or 'Somebody else'} takes it. It's out of your calendar.", tone="done")
