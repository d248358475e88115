"""Where a candidate stands, for the candidate: in plain words, never a score, a count of scorecards or a rater.

Asked for with a few words ("status", "any news?") in a chat where nothing goes on, on every platform.
"""

import re
from collections.abc import Callable

from bot import facts, hiring, people
from bot.funnel import hours, letters, promising, stages
from bot.scene import Scene
from bot.scheduling import appointments
from bot.store.rows import Decision, Interview
from bot.store.store import Row
from calendar_sync import when
from flows.cards import Card
from flows.cards import Row as CardRow
from flows.repair import intent
from flows.words import funnel_en as words

MOST = 5  # interviews that are told of, the newest first
LATER_ON = ("feedback",)  # conversations that may stay open for weeks: a question for news isn't about them
_NEWS = re.compile(
    r"(?:is there |are there |do you have |have you )?(?:got )?(?:any )?(?:news|updates?)(?: for me| yet| on my application)*"
    r"|have you decided(?: yet)?|when (?:will|do) i hear(?: back| from you)*|where do i stand|how is it going"
    r"|what is (?:the|my) status|my status|status update"
)


def asks(text: str) -> bool:
    """Does a whole short message ask for news?"""
    said = " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())
    return len(said) <= 60 and (intent(text) == "status" or _NEWS.fullmatch(said) is not None)


def orders(text: str, flow: str) -> bool:
    """Is a message about news rather than about the conversation of this flow, which only rests?"""
    return flow in LATER_ON and asks(text)


def spoken(scene: Scene, text: str) -> bool:
    """Answer a candidate who asks for news, or for a person, where nothing is going on. False: something else."""
    person = scene.thread["person_id"]
    if not people.is_candidate(scene.tx, scene.tenant_id, person):
        return False
    mine = _interviews(scene, person)
    if not mine:
        return False
    if intent(text) == "human":
        scene.fact("human_asked", mine[0]["id"], person_id=person, step="")
        facts.tell_channel(scene, mine[0], "human_asked")
        scene.show(Card(words.HUMAN_COMING, tone="notice"))
        return True
    if not asks(text):
        return False
    scene.show(card(scene, mine))
    return True


def either(*ways: Callable[[Scene, str], bool]) -> Callable[[Scene, str], bool]:
    """Ways to understand a message where nothing is going on: the first that does answers it."""
    return lambda scene, text: any(way(scene, text) for way in ways)


def _interviews(scene: Scene, person: str) -> list[Row]:
    where = {"tenant_id": scene.tenant_id, "candidate_id": person}
    return scene.tx.find(Interview, where, "-created_at,-id", MOST)


def card(scene: Scene, interviews: list[Row]) -> Card:
    """The answer: one line for each interview, the newest first."""
    now, *earlier = interviews
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, now["requisition_id"])
    rows = [CardRow(words.NOW, line(scene, now)), *_dates(scene, now)]
    for old in earlier:
        there = hiring.get_requisition(scene.tx, scene.tenant_id, old["requisition_id"])
        title = stages.current(there, old).title if len(stages.of(there)) > 1 else there["title"]
        rows.append(CardRow(words.before(title), line(scene, old)))
    return words.standing(requisition["title"], tuple(rows))


def line(scene: Scene, interview: Row) -> str:
    """How one interview stands, as its candidate may know it."""
    status: str = interview["status"]
    if status == "decided":
        return _decided(scene, interview)
    if status in ("submitted", "scored"):
        return words.BEING_READ
    if hiring.flags(interview).get("called_off") and status == "withdrawn":
        return words.CALLED_OFF
    return words.WHERE[status]


def _decided(scene: Scene, interview: Row) -> str:
    """A decision is news only once it has been told, by the letter or by the next stage."""
    letter = letters.sent(scene.tx, interview)
    if letter is not None:
        return words.decided(letter["kind"], hours.day(scene.tx, interview, letter["due_at"]))
    if hiring.flags(interview).get("told"):
        return words.TOLD_IN_PERSON
    holds = scene.tx.find(Decision, {"tenant_id": scene.tenant_id, "interview_id": interview["id"]}, "-version", 1)
    return words.WENT_ON if holds and holds[0]["outcome"] == "advance" else words.BEING_READ


def _dates(scene: Scene, interview: Row) -> list[CardRow]:
    rows = list[CardRow]()
    if interview["submitted_at"] is not None:
        rows.append(CardRow(words.RECEIVED, hours.day(scene.tx, interview, interview["submitted_at"])))
    for row in appointments.of_interview(scene.tx, scene.tenant_id, interview["id"], "booked"):
        if row["start_minute"] * hours.MINUTE > scene.at:
            zone = row["zone"] or hours.zone_of(scene.tx, interview)
            rows.append(
                CardRow(words.MEETING, when.spoken_range(row["start_minute"], row["end_minute"], zone, scene.at))
            )
    promise = hiring.flags(interview).get("promise_at")
    if promise and promising.is_owed(scene.tx, interview):
        missed = promising.missed(scene.tx, interview)
        rows.append(CardRow(words.BY, words.NO_DAY if missed else hours.day(scene.tx, interview, promise)))
    if interview["status"] in ("opened", "consented", "in_progress", "paused") and not _held_by_people(interview):
        rows.append(CardRow(words.UNTIL, hours.day(scene.tx, interview, interview["deadline_at"])))
    return rows


def _held_by_people(interview: Row) -> bool:
    return hiring.flags(interview).get("form") == stages.PEOPLE
