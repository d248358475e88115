"""A booking was moved, removed or declined in somebody's calendar: a person who knows says what is true.

Nothing is assumed from a calendar alone: a slip of the finger there must not cancel an interview.
"""

from flows.attending import RESTING, Told
from flows.booking.changes import as_it_is
from flows.cards import Card
from flows.reminder.v1 import standing
from flows.scheduling import HowItStands, Standing
from flows.steps import Asking, Lapsed, call, choose, note, race, say
from flows.words import outside_en as words

__all__ = ["outside", "standing"]


async def outside(
    *,
    appointment: str,
    version: int,
    side: str,
    title: str,
    other: str,
    company: str,
    role_title: str,
    start: int,
    when: str,
    link: str,
    change: str,
    who: str,
    new_when: str = "",
    until: int = 0,
) -> str:
    """Ask a recruiter or an interviewer what happened: moved, cancelled, put_back, replace, ask_again; settled, lapsed.

    change: "moved" (to `new_when`), "cancelled" or "declined", in the calendar of `who` ("": the reader's own).
    other: the candidate. until: an instant (ms) from which it needs no answer any more; 0: none. Other arguments: as
    for `flows.reminder`. Facts: outside_answer, which nothing but this person's answer causes.
    """
    told = Told(appointment, version, title, start)
    found = await call("stands", HowItStands(appointment))
    if not isinstance(found, Standing):
        return "settled"  # nothing is known of it any more
    if not told.holds(found):
        await say("settled", words.settled(found))
        return "settled"
    answer = await _answer(words.question(change, who, title, other, role_title, when, new_when), other, until)
    if isinstance(answer, Lapsed):
        return "lapsed"
    now = await as_it_is("stands.now", appointment)
    if not told.holds(now):
        await say("settled.now", words.settled(now))
        return "settled"
    await note(f"answer.{answer}", "outside_answer", appointment=appointment, version=version, answer=answer)
    await say(f"answer.{answer}.done", words.done(answer, who, when, new_when))
    return answer


async def _answer(card: Card, other: str, until: int) -> str | Lapsed:
    """What is true; to cancel is asked twice, since it can't be taken back."""
    n = 0
    while True:
        n += 1
        answer = await _ends(choose(f"what#{n}", card, patience=RESTING), until)
        if answer != words.CANCELLED.id:
            return answer
        sure = await _ends(choose(f"sure#{n}", words.sure(other), patience=RESTING), until)
        if sure != words.BACK.id:
            return sure if isinstance(sure, Lapsed) else answer


async def _ends(question: Asking[str], until: int) -> str | Lapsed:
    return await race(question, until) if until else await question
