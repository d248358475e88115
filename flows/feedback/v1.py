"""What a candidate hears after an interview. This is the file to copy for a new conversation.

A conversation is read from top to bottom: each `await` is one step, and each step has a key that says what
it means. Sentences live in `flows/words`, never here. What concerns other people leaves as a fact (`note`)
that carries ids and no words. To try it out, see `tests/flows/test_feedback.py`; to put it on, add a line to
`flows/playbill.py`.
"""

from flows.cards import Card
from flows.steps import Answer, Patience, choose, hear, note, say
from flows.words import feedback_en as words
from flows.words.en import WELCOME_BACK
from flows.words.legal_en import AI_AGAIN


async def feedback(
    *,
    candidate_name: str,
    company: str,
    role_title: str,
    strengths: tuple[tuple[str, str], ...],
    grow: str,
    contact: str,
) -> str:
    """Strengths in the candidate's own words and one thing to grow; the result is "thanks" or "contested".

    strengths: (what came across, the candidate's own words) each. grow: one piece of advice; empty for none.
    Facts: contested (line: the strength's number from 1, "grow" or "other"; utterance: one message of the objection).
    """
    await say("disclosure", AI_AGAIN.filled(company=company))
    found = bool(strengths or grow)
    hello = words.hello if found else words.read_by_people
    await say("hello", hello(candidate_name, company, role_title))
    for n, (statement, quote) in enumerate(strengths, 1):
        await say(f"strength#{n}", words.strength(statement, quote))
    if grow:
        await say("grow", words.grow(grow))

    answer = await choose("close", words.close(contact), [words.THANKS, words.WRONG], patience=Patience(0, 0))
    if answer == "wrong":
        lines = [(str(n), statement) for n, (statement, _) in enumerate(strengths, 1)]
        answer = await _contest([*lines, ("grow", grow)] if grow else lines)

    await say("bye", words.bye(candidate_name))
    return answer


async def _contest(lines: list[tuple[str, str]]) -> str:
    """Which line is wrong, and what should it say? It goes to a person as it was written."""
    line = await choose("which", words.which(lines))
    objection = await hear("what", words.WHAT, questions=False)
    if not isinstance(objection, Answer):  # the person skipped it
        await say("nothing", words.NOTHING_AFTER_ALL)
        return "thanks"
    for n, utterance in enumerate(objection.ids, 1):
        await note(f"contested#{n}", "contested", line=line, utterance=utterance)
    await say("passed", words.PASSED_ON)
    return "contested"


def greet(*, company: str, **_: object) -> Card:
    """Said first whenever the person comes back after a rest; it gets the same arguments as the conversation."""
    return Card(AI_AGAIN.filled(company=company), title=WELCOME_BACK)
