"""The interview: a warm-up, the kit's questions with a few follow-ups, the candidate's own, a last look.

Nothing here judges. Follow-ups and clarifications are asked of the world (`call`) and come back as values;
what leaves is ids of utterances, never words. A step of a question has the question's id as its key; all
others have a dotted key of their own, so that a kit may call its questions anything.
"""

from typing import Any

from flows.cards import Card, Row
from flows.interview.listening import NEVER, ROLE, Manner, Told, ai_used, listen, told_before
from flows.kits.model import Kit, Question
from flows.practice.before import beside, is_wanted
from flows.requests import ChooseProbe, Clarification, Clarify, FollowUp
from flows.steps import DAY, SECOND, Answer, Patience, call, choose, hear, note, say
from flows.steps import Question as AskedBack
from flows.words import interview_en as words
from flows.words import practice_en, voice_en
from flows.words.en import HURRY, NEXT_STEPS, NO_HURRY, OPEN_UNTIL, WELCOME_BACK
from flows.words.following_en import BY_THE_TEAM, READ_ALONG
from flows.words.legal_en import AI_AGAIN

MOST_FOLLOW_UPS = 2  # scoring.md, section 1


async def interview(
    *,
    kit: Kit,
    candidate_name: str,
    company: str,
    role_title: str,
    next_steps: str,
    contact: str,
    deadline: str = "",
    unhurried: bool = False,
    followed: bool = False,
    hears: str = "off",
) -> dict[str, Any]:
    """The whole interview; the result is `{"answers": [Told.to_json(), ...]}`, as is the fact `submitted`.

    next_steps: what happens next and by when, as a sentence. deadline: a day, as a person writes it. unhurried: an adjustment was agreed before, so
    no reminder is sent and no pause ends an answer. followed: the team may read along, which is said first. hears: whether
    answers may be recordings (see `Manner`). Facts: interview_began, question_shown, team_question, paused, resumed,
    submitted.
    """
    language = kit.languages[0] if len(kit.languages) == 1 else ""
    manner = Manner(1000 * DAY if unhurried else kit.quiet_seconds * SECOND, unhurried, hears, language)
    await say("start.hello", AI_AGAIN.filled(company=company))
    await say("start.how", words.how(kit.minutes, len(kit.questions), kit.quiet_seconds, unhurried, hears == "on"))
    if followed:
        await say("start.followed", READ_ALONG)
    if hears == "on":
        await say("start.recorded", words.RECORDED)
        manner.aloud = await _how(manner) == voice_en.SPEAK.id
    await note("start.began", "interview_began")
    await _warm_up(kit, manner)

    told, spent = list[Told](), list[str]()
    half = (len(kit.questions) + 1) // 2 if len(kit.questions) > 2 else 0
    for n, question in enumerate(kit.questions, 1):
        told.append(await _one_question(question, n, len(kit.questions), spent, manner))
        if n == half:
            await _break(company, manner)

    await _their_questions(manner)
    await _last_look(told, manner)
    answers = [t.to_json() for t in told]
    await note("end.submitted", "submitted", answers=answers)
    await say("end.bye", words.thanks(candidate_name, company, next_steps, contact))
    return {"answers": answers}


async def _how(manner: Manner) -> str:
    """By voice or in writing; before that, practice or a check of the microphone, as often as the person likes."""
    n, options = 1, [voice_en.SPEAK, voice_en.WRITE, *practice_en.offers(manner.hears)]
    while True:
        key = "start.mode" if n == 1 else f"start.mode#{n}"
        mode = await choose(key, voice_en.MODE, options, read=practice_en.wanted, patience=manner.patience())
        if not is_wanted(mode):
            return mode
        await beside(n, mode)
        n += 1


async def _warm_up(kit: Kit, manner: Manner) -> None:
    if kit.warm_up is None:
        return
    await say("warm.intro", words.WARM_UP)
    card = manner.spoken(Card(kit.warm_up.ask, tone="question"), keep=True)
    manner.follows(await listen("warm.up", ROLE, card, manner, manner.patience()))
    await say("warm.done", words.AFTER_WARM_UP)


async def _one_question(question: Question, nth: int, of: int, spent: list[str], manner: Manner) -> Told:
    """Ask one question of the kit; `spent` collects the competency of every follow-up in the interview."""
    await told_before(question.id)
    await note(f"{question.id}.shown", "question_shown", question=question.id)
    card = manner.spoken(words.question(question.ask, question.ai_use, nth, of), keep=True)
    patience = manner.patience(question.answer.guide_minutes + question.answer.think_minutes)
    answer = await listen(question.id, question.id, card, manner, patience, manner.speech(question))
    manner.follows(answer)
    if answer is None:
        await say(f"{question.id}.skipped", words.SKIPPED)
        return Told(question)
    kept = Told(question, answer.utterances)
    await _follow_ups(kept, spent, manner, patience)
    kept.ai = await ai_used(f"{question.id}.ai", question, manner)
    if nth < of:
        await say(f"{question.id}.thanks", words.acknowledged(nth))
    return kept


async def _follow_ups(kept: Told, spent: list[str], manner: Manner, patience: Patience) -> None:
    """A few follow-ups at most; how short or long an answer was changes neither their number nor their tone."""
    question, said, asked = kept.question, kept.ids, list[str]()
    for n in range(1, min(question.max_follow_ups, MOST_FOLLOW_UPS) + 1):
        request = ChooseProbe(question.id, said, tuple(asked), tuple(spent))
        probe = await call(f"{question.id}.probe#{n}", request)
        if not isinstance(probe, FollowUp):
            return
        asked.append(probe.indicator)
        spent.append(_competency(question, probe.indicator))
        title = BY_THE_TEAM if probe.by == "team" else words.FOLLOW_UP
        card = manner.spoken(Card(probe.text, title=title, tone="question"), keep=probe.by == "kit")
        key = f"{question.id}.follow#{n}"
        answer = await listen(key, question.id, card, manner, patience, manner.speech(question))
        manner.follows(answer)
        if answer is not None:
            kept.follow_ups.append((probe.indicator, answer.ids))
            kept.further.append(answer.text)
            said += answer.ids


def _competency(question: Question, indicator: str) -> str:
    return next((c for c, indicators in question.competencies.items() if indicator in indicators), "")


async def _break(company: str, manner: Manner) -> None:
    if await choose("half.way", words.HALFWAY, [words.GO_ON, words.BREAK], patience=manner.patience()) == "go":
        return
    await note("half.paused", "paused")
    await choose("half.rest", words.RESTING, [words.BACK], read=lambda _: "go", patience=NEVER)
    await note("half.resumed", "resumed")
    await say("half.again", AI_AGAIN.filled(company=company))


async def _their_questions(manner: Manner) -> None:
    """What the candidate would like to know: from the kit's facts, or from the team."""
    n, invitation, patience = 1, words.YOURS, manner.patience()
    while (
        await choose(
            f"end.yours#{n}", invitation, [words.YOURS_YES, words.YOURS_NO], read=_wants_to_ask, patience=patience
        )
        == "ask"
    ):
        asked = await hear(f"end.yours#{n}.ask", words.ASK_AWAY, quiet=manner.quiet, patience=patience)
        for i, utterance in enumerate(_utterances(asked), 1):
            await _about_the_role(f"end.yours#{n}.{i}", utterance)
        n, invitation = n + 1, words.YOURS_MORE


def _wants_to_ask(text: str) -> str | None:
    """A question typed straight away means yes; it is asked for once more, where it will be heard whole."""
    return "ask" if text.rstrip().endswith("?") else None


def _utterances(asked: object) -> tuple[str, ...]:
    """With or without a question mark: here, everything that was written is a question."""
    if isinstance(asked, AskedBack):
        return (asked.utterance,)
    return asked.ids if isinstance(asked, Answer) else ()


async def _about_the_role(key: str, utterance: str) -> None:
    known = await call(key, Clarify(ROLE, utterance))
    if isinstance(known, Clarification):
        await say(f"{key}.say", words.clarified(known.say, known.by))
        return
    await note(f"{key}.team", "team_question", question=ROLE, utterance=utterance)
    await say(f"{key}.passed", words.TEAM_WILL_SAY)


async def _last_look(told: list[Told], manner: Manner) -> None:
    """Everything once more, until the person sends it off. A new answer takes the place of the earlier one."""
    n, patience = 1, manner.patience()
    while True:
        look = words.look(tuple((t.question.ask, t.whole) for t in told))
        if await choose(f"end.look#{n}", look, [words.SUBMIT, words.CHANGE], patience=patience) == "submit":
            return
        asks = words.which(tuple(t.question.ask for t in told))
        which = await choose(f"end.which#{n}", asks, patience=patience)
        if which == words.KEEP.id:
            await say(f"end.kept#{n}", words.KEPT)
        else:
            await _anew(f"end.anew#{n}.{told[int(which) - 1].question.id}", told[int(which) - 1], manner)
        n += 1


async def _anew(key: str, told: Told, manner: Manner) -> None:
    card = words.anew(told.question.ask, told.text)
    question, patience = told.question, manner.patience(told.question.answer.guide_minutes)
    answer = await listen(key, question.id, card, manner, patience, manner.speech(question))
    if answer is None:
        await say(f"{key}.kept", words.KEPT)
        return
    told.words = answer.utterances
    await say(f"{key}.replaced", words.REPLACED)


def standing(*, next_steps: str, deadline: str = "", unhurried: bool = False, **_: object) -> tuple[Row, ...]:
    """What "where am I?" adds: an adjustment, until when there is time, and what happens afterwards."""
    rows = ((HURRY, NO_HURRY if unhurried else ""), (OPEN_UNTIL, deadline), (NEXT_STEPS, next_steps))
    return tuple(Row(label, value) for label, value in rows if value)


def greet(*, company: str, **_: object) -> Card:
    """Said first whenever the person comes back after a rest (AI disclosure on each resume)."""
    return Card(AI_AGAIN.filled(company=company), title=WELCOME_BACK)
