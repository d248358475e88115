"""Before an interview begins, its candidate may practise or check the microphone; the interview waits meanwhile."""

from flows.cards import Card
from flows.events import Learned
from flows.interview.listening import NEVER
from flows.steps import choose, note, or_learn
from flows.words import practice_en as words

WAITS = "start.beside"  # the step at which an interview only waits for that
WANTED = {words.PRACTISE.id: "practice_wanted", words.CHECK.id: "check_wanted"}
LEFT = "practice_left"  # what is stated when the person comes back before it is over
BACK = "practised"  # what is learned when it is over
# Facts that are the candidate's alone: they are kept apart from the interview, so that nobody of the team meets them.
PRIVATE = frozenset({*WANTED.values(), LEFT})


def is_wanted(chosen: str) -> bool:
    """Is this option a practice or a check, rather than the beginning?"""
    return chosen in WANTED


async def beside(n: int, chosen: str) -> None:
    """Have it begun in the same chat, and wait for its end, or for the person to come back earlier. Facts: practice_wanted,
    check_wanted, practice_left; learns `practised`."""
    if chosen == words.PRACTISE.id:
        await note(f"start.wanted#{n}", "practice_wanted")
    else:
        await note(f"start.wanted#{n}", "check_wanted")
    waits = choose(f"{WAITS}#{n}", Card(words.WAITS, tone="question"), [words.BACK], patience=NEVER)
    back = await or_learn(waits, BACK)
    if not isinstance(back, Learned):
        await note(f"start.left#{n}", "practice_left")
