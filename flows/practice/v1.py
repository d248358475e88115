"""A practice: one of Parley's own questions, asked like those of an interview, and tips for whoever answered.

It is the candidate's alone: what is said here is kept apart from the interview, and deleted after a day at the latest.
"""

from dataclasses import replace

from flows.cards import Card
from flows.interview.listening import NEVER, Manner
from flows.practice.coaching import Coach, Coaching
from flows.practice.questions import GUIDE, LANGUAGE, QUESTIONS, THINK, PracticeQuestion, found
from flows.repair import CALM
from flows.steps import DAY, MINUTE, Answer, call, choose, hear, note, say
from flows.words import delivery_en
from flows.words import practice_en as words
from flows.words.voice_en import HINT_EITHER

REPAIRS = CALM | {"skip", "fix", "human", "status"}


async def practice(*, hears: str = "off", language: str = "", unhurried: bool = False) -> str:
    """As many questions as the person likes, one after the other; ends with "practised". hears: as for `interview`;
    language: in which a recording is expected, "" for any. Facts: practice_began."""
    manner = Manner(1000 * DAY if unhurried else MINUTE, unhurried, hears, language)
    await say("start.hello", words.hello(hears))
    await note("start.began", "practice_began")
    n, which = 1, 0
    while True:
        question = QUESTIONS[which % len(QUESTIONS)]
        told = await _one_question(f"{question.id}#{n}", question, manner)
        again = await choose(f"next#{n}", words.after(told), patience=NEVER)
        if again == words.ENOUGH.id:
            break
        n, which = n + 1, which + (again == words.OTHER.id)
    await say("end.bye", words.BYE)
    return "practised"


async def _one_question(key: str, question: PracticeQuestion, manner: Manner) -> Coaching:
    card = manner.spoken(words.question(question.ask, THINK, GUIDE), keep=True)
    hint = HINT_EITHER if manner.hears == "on" else ""
    speech = replace(manner.speech(), guide=round(GUIDE * 60))
    answer = await hear(key, card, quiet=manner.quiet, questions=False, patience=NEVER, hint=hint, speech=speech)
    if not isinstance(answer, Answer):
        await say(f"{key}.skipped", words.SKIPPED)
        return Coaching()
    manner.follows(answer)
    told = _told(await call(f"{key}.coach", Coach(answer.ids, answer.spoken)))
    await say(f"{key}.content", _content(answer, told.language))
    if told.ms:
        await say(f"{key}.delivery", delivery_en.report(told, GUIDE))
    return told


def _told(coached: object) -> Coaching:
    """The measures; none where they can't be made just now."""
    return coached if isinstance(coached, Coaching) else Coaching()


def _content(answer: Answer, language: str) -> Card:
    if language not in ("", LANGUAGE):
        return words.in_another_language()
    return words.content(found(answer.utterances))


def greet(**_: object) -> Card:
    """Said first whenever the person comes back after a rest."""
    return Card(words.WELCOME_BACK, tone="notice")
