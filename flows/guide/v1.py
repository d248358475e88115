"""The guide of an interviewer: question by question, with anchors, follow-ups, the time, and notes at any moment.

Whatever is typed is a note on the question that is open; nothing has to be pressed. Notes stay in this conversation, and
go into the interviewer's own draft when it ends. Facts: attendance (here), once there is a sign that they are talking.
"""

from dataclasses import dataclass, field
from typing import Any

from flows.attending import RESTING
from flows.booking.changes import as_it_is
from flows.cards import Card, Option
from flows.scheduling import Standing
from flows.steps import MINUTE, Lapsed, Wrong, Wrote, ask, note, race, say
from flows.typed import visible
from flows.words import guide_en as words

EARLY = 10 * MINUTE  # who begins that much earlier talks until the planned end all the same
OPENING, CLOSING, QUESTION, LEVEL = (
    "opening",
    "closing",
    "q",
    "level",
)  # what keys of steps begin with; notes are found by them


@dataclass(slots=True)
class _Talk:
    """Where the talk is. at: 0 the opening, then the questions from 1, then the closing. now, entered: instants (ms)."""

    appointment: str
    version: int
    questions: tuple[dict[str, Any], ...]
    candidate: str
    start: int
    end: int
    now: int = 0
    began: int = 0
    entered: int = 0
    at: int = 0
    step: int = 0
    told: bool = False
    nudged: set[str] = field(default_factory=lambda: set[str]())
    notes: dict[int, int] = field(default_factory=lambda: {})

    @property
    def page(self) -> dict[str, Any] | None:
        return self.questions[self.at - 1] if 0 < self.at <= len(self.questions) else None

    @property
    def finish(self) -> int:
        """When it is planned to end: with the appointment, or as long after their beginning where that was another time."""
        on_time = self.start - EARLY <= self.began < self.end
        return self.end if on_time else self.began + self.end - self.start

    @property
    def clock(self) -> str:
        if not self.began:
            return ""
        guide = self.page["minutes"] if self.page else 0
        here, total = (self.now - self.entered) // MINUTE, (self.now - self.began) // MINUTE
        return words.clock(here, guide, total, (self.finish - self.began) // MINUTE)

    @property
    def due(self) -> dict[str, int]:
        """The nudges that are still to come, with their instants."""
        if not self.at:
            return {}
        when = {"two_thirds": self.began + (self.finish - self.began) * 2 // 3, "time_is_up": self.finish}
        return {k: at for k, at in when.items() if k not in self.nudged and at > self.now}

    def key(self, kind: str = "") -> str:
        """The key of the next step, which says what a note there is about."""
        self.step += 1
        here = OPENING if not self.at else f"{QUESTION}.{self.page['id']}" if self.page else CLOSING
        return f"{kind or here}#{self.step}"

    def card(self) -> Card:
        """The page that is open."""
        if self.page is None:
            return words.closing(self.candidate, self.clock)
        return words.question(self.page, self.at, len(self.questions), self.clock)

    def go(self, to: int) -> None:
        self.at, self.entered = max(1, min(to, len(self.questions) + 1)), self.now
        if not self.began:
            self.began = self.now


async def guide(
    *,
    appointment: str,
    version: int,
    candidate_name: str,
    role_title: str,
    company: str,
    start: int,
    end: int,
    link: str,
    titles: tuple[str, ...],
    questions: tuple[dict[str, Any], ...],
) -> str:
    """Lead through an interview. The result: finished, or moved, cancelled, missed, not_yours where it isn't on any more.

    start, end: of this interviewer's part (ms). titles: the competencies they look at. questions: `{"id", "ask", "asked",
    "minutes", "probes": [str], "competencies": [{"key", "title", "anchors": [[level, text]]}]}` each, `asked`: in an
    earlier stage already. Facts: attendance. Notes are the answers to its steps (`Wrote`), found by their keys:
    "opening#1", "q.QUESTION#4", "level.COMPETENCY#5", "closing#9"; levels are the answers "1" to "5" to a "level." step.
    """
    talk = _Talk(appointment, version, questions, candidate_name, start, end)
    gone = await _look(talk)
    card = words.opening(candidate_name, role_title, company, titles, (end - start) // MINUTE, link)
    while not gone:
        got = await _listen(talk, card, talk.key())
        gone = await _look(talk)
        if gone:
            break
        if got == "finish":
            await say("done", words.done(candidate_name, sum(talk.notes.values())))
            return "finished"
        card = await _turn(talk, got, card.options)
        await _here(talk)
    kept = words.KEPT if talk.notes else ""
    await say(f"gone.{gone}", Card(words.GONE[gone] + kept, tone="notice"))
    return gone


async def _listen(talk: _Talk, card: Card, key: str) -> Any:
    """The next thing they do: an option's id, a note (`Wrote`), or the name of a nudge that is due."""
    ids = {o.id for o in card.options}

    def own(text: str) -> str | None:
        meant = words.means(text)
        return meant if meant in ids else None

    def read(text: str) -> Any:
        return text if visible(text) else Wrong(words.NOTHING)

    question = ask(key, card, read, patience=RESTING, keeps=True, anytime=True, own=own)
    due = talk.due
    if not due:
        return await question
    first = min(due, key=lambda k: due[k])
    got = await race(question, due[first])
    if isinstance(got, Lapsed):
        talk.nudged.add(first)
        return first
    return got


async def _turn(talk: _Talk, got: Any, options: tuple[Option, ...]) -> Card:
    """What is shown next."""
    if isinstance(got, Wrote):
        talk.notes[talk.at] = talk.notes.get(talk.at, 0) + 1
        return words.noted(got.text, talk.notes[talk.at], options, talk.clock)
    match got:
        case "two_thirds":
            return words.two_thirds(options, talk.clock)
        case "time_is_up":
            return words.time_is_up(options, talk.clock)
        case "level" if talk.page is not None:
            return await _level(talk, talk.page, options)
        case "back":
            talk.go(talk.at - 1)
        case _:
            talk.go(talk.at + 1)
    return talk.card()


async def _level(talk: _Talk, page: dict[str, Any], options: tuple[Option, ...]) -> Card:
    """Mark a level for one competency of this question. A note that is written instead is kept as one."""
    shown = {c["key"]: c for c in page["competencies"]}
    key = next(iter(shown))
    if len(shown) > 1:
        card = words.which_competency([(k, c["title"]) for k, c in shown.items()])
        got = await _listen(talk, card, talk.key())
        if not isinstance(got, str) or got not in shown:
            return talk.card() if got == "back" else await _turn(talk, got, options)
        key = got
    card = words.which_level(shown[key]["title"], shown[key]["anchors"])
    got = await _listen(talk, card, talk.key(f"{LEVEL}.{key}"))
    await _look(talk)
    if isinstance(got, str) and got.isdecimal():
        return words.marked(shown[key]["title"], got, options, talk.clock)
    return talk.card() if got == "back" else await _turn(talk, got, options)


async def _look(talk: _Talk) -> str:
    """What time is it, and is it still on? "" if so, else why not."""
    now = await as_it_is(f"time#{talk.step}", talk.appointment)
    why = _why_not(talk, now)
    if not why:
        talk.now = now.start - (now.left or 0) * MINUTE
        talk.entered = talk.entered or talk.now
    return why


def _why_not(talk: _Talk, now: Standing) -> str:
    if not now.yours:
        return "not_yours"
    if now.state in ("cancelled", "missed"):
        return now.state
    if now.version != talk.version or now.state == "open":
        return "moved"
    return ""


async def _here(talk: _Talk) -> None:
    """They are talking, so nobody has to be asked whether the candidate has come."""
    if talk.at and not talk.told and talk.now >= talk.start - EARLY:
        talk.told = True
        known = {"appointment": talk.appointment, "version": talk.version, "answer": "here"}
        await note("here", "attendance", **known)
