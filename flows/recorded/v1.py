"""The recorded interview: the same questions for everybody, in the candidate's own time, with several takes each.

Nobody waits on the other side, so no silence ends an answer and there are no follow-ups. A take is a recording or
text; how it is given is known to `_take` alone, and everything after it deals with ids of utterances.
"""

from base64 import b32encode
from dataclasses import dataclass, field, replace
from hashlib import blake2s
from typing import Any

from flows.cards import Card, Row
from flows.events import Learned
from flows.interview.listening import NEVER, ROLE, Manner, Told, ai_used, listen, told_before
from flows.kits.model import Kit
from flows.practice.before import beside, is_wanted
from flows.recorded.receiving import Received, WhenReceived
from flows.steps import DAY, HOUR, Answer, Patience, Speech, call, choose, note, say, wait
from flows.words import interview_en, practice_en, recorded_en
from flows.words.en import HURRY, NEXT_STEPS, NO_HURRY, OPEN_UNTIL, WELCOME_BACK
from flows.words.legal_en import AI_AGAIN

TAKES = 3
THINK = 2.0  # minutes, where the kit names none
EXTENDED, TEAM_ASKED = "extended", "team_asked"  # what is learned after `extension_asked`


@dataclass(slots=True)
class Leisure(Manner):
    """Nobody is nudged; after two quiet hours the conversation rests, so that coming back is greeted."""

    quiet: int = 1000 * DAY
    unhurried: bool = False

    def patience(self, minutes: float = 0) -> Patience:
        return NEVER if self.unhurried else Patience(0, 2 * HOUR)


@dataclass(slots=True)
class Taken(Told):
    """One question's takes. `words` are those of the take that counts, the `counts`-th (from 1; 0: none does)."""

    takes: list[Answer] = field(default_factory=lambda: [])
    counts: int = 0
    most: int = TAKES
    speech: Speech = field(default_factory=Speech)

    @property
    def left(self) -> int:
        return self.most - len(self.takes)

    @property
    def shown(self) -> tuple[recorded_en.Take, ...]:
        """The takes, as the person sees and hears them again."""
        guide = 60 * self.question.answer.guide_minutes
        return tuple(
            recorded_en.Take("\n".join(t for _, t in take.utterances), take.spoken, take.seconds, guide)
            for take in self.takes
        )

    @property
    def guide(self) -> recorded_en.Guide:
        answer = self.question.answer
        return recorded_en.Guide(
            answer.think_minutes or THINK, answer.guide_minutes, self.speech.forms, self.speech.prepared
        )

    @property
    def set_aside(self) -> list[list[str]]:
        """The utterances of the takes that don't count."""
        return [list(take.ids) for n, take in enumerate(self.takes, 1) if n != self.counts]

    def count(self, nth: int) -> None:
        self.counts, self.words = nth, self.takes[nth - 1].utterances

    def asked_again(self) -> Card:
        """The question for a further take, with what counts now."""
        question = self.question
        return recorded_en.another(question.ask, len(self.takes) + 1, self.guide, question.ai_use, self.text)


async def recorded(
    *,
    kit: Kit,
    candidate_name: str,
    company: str,
    role_title: str,
    next_steps: str,
    contact: str,
    reference: str,
    deadline: str = "",
    takes: int = TAKES,
    extra_takes: int = 0,
    unhurried: bool = False,
    hears: str = "off",
) -> dict[str, Any]:
    """The whole interview; the result is `{"answers": [Told.to_json(), ...]}`, as is the fact `submitted`.

    takes: how many for a question whose kit names no number above one; extra_takes: so many more for each, which is an
    adjustment. hears: whether answers may be recordings
    (see `Manner`). reference: the interview's id, for the receipt.
    deadline: an instant, as a person reads it; the rest as for `interview`. Facts: interview_began, question_shown,
    team_question, extension_asked (answered by learning `extended`, with the `day`, or `team_asked`), takes_set_aside
    (`takes`: [{"question", "utterances": [[id, ...], ...]}], never scored), submitted, receipt_given (`number`).
    """
    language = kit.languages[0] if len(kit.languages) == 1 else ""
    manner = Leisure(unhurried=unhurried, hears=hears, language=language)
    given = [
        Taken(q, most=(q.answer.takes if q.answer.takes > 1 else takes) + extra_takes, speech=manner.speech(q))
        for q in kit.questions
    ]
    await say("start.hello", AI_AGAIN.filled(company=company))
    await note("start.began", "interview_began")
    await say("start.how", recorded_en.how(hears == "on"))
    if hears == "on":
        await say("start.recorded", interview_en.RECORDED)
    await _ready(kit, max(t.most for t in given), deadline, manner)
    await _warm_up(kit, manner)
    for n, taken in enumerate(given, 1):
        await _one_question(taken, (n, len(given)), manner)
    await _last_look(given, manner, bool(deadline))
    answers = await _submit(given)
    number = receipt_number(reference, [u for t in given for u in t.ids])
    await note("end.given", "receipt_given", number=number)
    sent = tuple((t.question.ask, recorded_en.sent(t.shown, t.counts)) for t in given)
    about = recorded_en.about(number, await _arrival(), next_steps, contact)
    await say("end.receipt", recorded_en.receipt(candidate_name, company, sent, about))
    return {"answers": answers}


async def _ready(kit: Kit, takes: int, deadline: str, manner: Manner) -> None:
    """How it goes, and a beginning when the person is ready; or more days before it has even begun."""
    n, until = 1, deadline
    while True:
        card = recorded_en.ready(len(kit.questions), kit.minutes, takes, until, manner.hears == "on")
        card = replace(card, options=(*card.options, *practice_en.offers(manner.hears)))
        chosen = await choose(f"start.ready#{n}", card, read=_begins, patience=manner.patience())
        if chosen == recorded_en.BEGIN.id:
            return
        if is_wanted(chosen):
            await beside(n, chosen)
        else:
            until = await _more_time(f"start.more#{n}") or until
        n += 1


def _begins(text: str) -> str | None:
    said = text.casefold().strip(" .!")
    begins = said in ("begin", "start", "go", "let's go", "let's begin")
    return recorded_en.BEGIN.id if begins else practice_en.wanted(text)


async def _more_time(key: str) -> str:
    """Ask for more time: the first time it is given at once, then by the team. The new deadline, "" if still open."""
    await note(f"{key}.asked", "extension_asked")
    answer = await wait(f"{key}.told", EXTENDED, TEAM_ASKED)
    day = str(answer.data["day"]) if isinstance(answer, Learned) and answer.name == EXTENDED else ""
    await say(f"{key}.say", recorded_en.extended(day) if day else recorded_en.TEAM_ASKED)
    return day


async def _warm_up(kit: Kit, manner: Manner) -> None:
    if kit.warm_up is None:
        return
    await say("warm.intro", interview_en.WARM_UP)
    await listen("warm.up", ROLE, Card(kit.warm_up.ask, tone="question"), manner, manner.patience())
    await say("warm.done", interview_en.AFTER_WARM_UP)


async def _one_question(taken: Taken, place: tuple[int, int], manner: Manner) -> None:
    question = taken.question
    await told_before(question.id)
    await note(f"{question.id}.shown", "question_shown", question=question.id)
    card = recorded_en.question(question.ask, taken.guide, question.ai_use, place)
    await _settle(question.id, taken, card, manner)
    if taken.counts and place[0] < place[1]:
        await say(f"{question.id}.thanks", interview_en.acknowledged(place[0]))


async def _settle(key: str, taken: Taken, card: Card, manner: Manner) -> None:
    """Takes, until the person says which one counts. A question that has several already begins with that choice."""
    attempt, again, before = 1, len(taken.takes) < 2, taken.counts
    while True:
        if again:
            given = await _take(key if attempt == 1 else f"{key}.try{attempt}", taken, card, manner)
            if not given and not taken.takes:
                return
            if taken.most == 1 or (not given and len(taken.takes) == 1):
                taken.count(1)
                break
        which = recorded_en.keep(taken.shown, taken.left)
        choice = await choose(f"{key}.keep#{attempt}", which, patience=manner.patience())
        again = choice == recorded_en.AGAIN
        if not again:
            taken.count(int(choice))
            break
        attempt, card = attempt + 1, taken.asked_again()
    if taken.counts != before:
        taken.ai = await ai_used(f"{key}.ai", taken.question, manner)


async def _take(key: str, taken: Taken, card: Card, manner: Manner) -> bool:
    """One more take, spoken or written. Skipping the first one skips the question; skipping a later one changes nothing."""
    answer = await listen(key, taken.question.id, card, manner, manner.patience(), taken.speech)
    if answer is None:
        await say(f"{key}.skipped", recorded_en.STAYS if taken.takes else interview_en.SKIPPED)
        return False
    taken.takes.append(answer)
    return True


async def _last_look(given: list[Taken], manner: Manner, extendable: bool) -> None:
    """Everything once more, until the person sends it off."""
    n, patience = 1, manner.patience()
    options = [recorded_en.SUBMIT, recorded_en.CHANGE, *([recorded_en.MORE_TIME] if extendable else [])]
    while True:
        choice = await choose(f"end.look#{n}", _look(given), options, patience=patience)
        if choice == recorded_en.SUBMIT.id:
            return
        if choice == recorded_en.MORE_TIME.id:
            await _more_time(f"end.more#{n}")
        else:
            await _change(n, given, manner)
        n += 1


def _look(given: list[Taken]) -> Card:
    """Every answer that counts, to be read and heard once more."""
    look = interview_en.look(tuple((t.question.ask, t.text) for t in given))
    sounds = [s for n, t in enumerate(given, 1) if t.counts for s in t.shown[t.counts - 1].sounds(f"Answer {n}")]
    return replace(look, sounds=tuple(sounds))


async def _change(n: int, given: list[Taken], manner: Manner) -> None:
    """Another take, or another choice among the takes there are."""
    which = interview_en.which(tuple(t.question.ask for t in given))
    chosen = await choose(f"end.which#{n}", which, patience=manner.patience())
    if chosen == interview_en.KEEP.id:
        await say(f"end.kept#{n}", interview_en.KEPT)
        return
    taken = given[int(chosen) - 1]
    if len(taken.takes) == 1 and not taken.left:
        await say(f"end.none#{n}", recorded_en.NONE_LEFT)
        return
    await _settle(f"end.anew#{n}.{taken.question.id}", taken, taken.asked_again(), manner)


async def _submit(given: list[Taken]) -> list[dict[str, Any]]:
    aside = [{"question": t.question.id, "utterances": t.set_aside} for t in given if t.set_aside]
    if aside:
        await note("end.set_aside", "takes_set_aside", takes=aside)
    answers = [t.to_json() for t in given]
    await note("end.submitted", "submitted", answers=answers)
    return answers


def receipt_number(reference: str, utterances: list[str]) -> str:
    """Eight letters and digits that name what was sent: the same for the same answers of the same interview."""
    digest = blake2s("/".join([reference, *utterances]).encode(), digest_size=5).digest()
    code = b32encode(digest).decode()
    return f"{code[:4]}-{code[4:]}"


async def _arrival() -> str:
    return _when(await call("end.received", WhenReceived()))


def _when(told: object) -> str:
    """When it arrived; "" where that can't be told just now. The answers are in by then."""
    return told.when if isinstance(told, Received) else ""


def standing(*, next_steps: str, deadline: str = "", unhurried: bool = False, **_: object) -> tuple[Row, ...]:
    """What "where am I?" adds: an adjustment, until when there is time, and what happens afterwards."""
    rows = ((HURRY, NO_HURRY if unhurried else ""), (OPEN_UNTIL, deadline), (NEXT_STEPS, next_steps))
    return tuple(Row(label, value) for label, value in rows if value)


def greet(*, company: str, **_: object) -> Card:
    """Said first whenever the person comes back after a rest (AI disclosure on each resume)."""
    return Card(AI_AGAIN.filled(company=company), title=WELCOME_BACK)
