"""What works in every conversation: help, repeat, skip, pause, change, a person, more time, where am I, what is kept
about me, another device, stop.

Each repair is a small screenplay that interrupts the conversation and ends with an `Outcome`. Its
steps are journaled under a prefix (`~2.stop.sure`), so it survives a restart in its middle too.
"""

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Literal

from flows.cards import Option, Row
from flows.requests import Kept, MyData
from flows.speech_text import corrected
from flows.steps import Step, ask, call, choose, note, say
from flows.words import en as words
from flows.words import voice_en


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a conversation is. asked: (questions put so far, of how many); answers: heard and sent off; bubbles: of the
    answer that is being written; filled: (fields given, of how many); rows: what the conversation itself adds."""

    asked: tuple[int, int] | None = None
    answers: int = 0
    bubbles: int = 0
    filled: tuple[int, int] | None = None
    unhurried: bool = False
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """What a repair may know: the open step, the answered ones (oldest first), if it may be skipped, the help, and
    where the conversation is. heard: recordings whose words can be corrected now, (utterance, words), oldest first. What
    only the world knows it asks for with `call`."""

    here: Step[Any]
    answered: tuple[str, ...]
    skippable: bool
    help: str = words.HELP
    standing: Standing = Standing()
    heard: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the conversation goes on. `key` is the step to reopen, or the utterance whose words are to be `text`."""

    name: Literal["resumes", "parks", "ends", "skips", "reopens", "unhurried", "rewords"]
    key: str = ""
    text: str = ""


RESUMES = Outcome("resumes")
_TO_CHOOSE = 5  # recordings among which the one to correct is chosen
Repair = Callable[[Scene], Coroutine[Any, Any, Outcome]]


async def help_(scene: Scene) -> Outcome:
    await say("how", scene.help)
    return RESUMES


async def repeat(scene: Scene) -> Outcome:
    return RESUMES


async def pause(scene: Scene) -> Outcome:
    await say("paused", words.PAUSED)
    return Outcome("parks")


async def carry_on(scene: Scene) -> Outcome:
    return RESUMES


async def skip(scene: Scene) -> Outcome:
    if not scene.skippable:
        await say("needed", words.CANNOT_SKIP)
        return RESUMES
    sure = await choose("sure", words.SKIP_SURE, [words.SKIP_YES, words.SKIP_NO])
    return Outcome("skips") if sure == "skip" else RESUMES


async def change(scene: Scene) -> Outcome:
    if not scene.answered:
        await say("none", words.NOTHING_TO_CHANGE)
        return RESUMES
    await say("go", words.CHANGE_IT)
    return Outcome("reopens", scene.answered[-1])


async def human(scene: Scene) -> Outcome:
    await note("asked", "human_asked", step=scene.here.key)
    await say("coming", words.HUMAN_COMING)
    return RESUMES


async def accommodate(scene: Scene) -> Outcome:
    wish = await choose("wish", words.ACCOMMODATE, words.ACCOMMODATIONS)
    if wish == "none":
        return RESUMES
    await note("asked", "accommodation_asked", wish=wish)
    await say("granted", words.ACCOMMODATED[wish])
    return Outcome("unhurried")


async def stop(scene: Scene) -> Outcome:
    sure = await choose("sure", words.STOP_SURE, [words.STOP_NO, words.STOP_PAUSE, words.STOP_YES])
    if sure == "pause":
        await say("paused", words.PAUSED)
        return Outcome("parks")
    if sure == "stop":
        await say("bye", words.STOPPED)
        return Outcome("ends")
    return RESUMES


async def status(scene: Scene) -> Outcome:
    await say("where", words.where(scene.standing))
    return RESUMES


async def mydata(scene: Scene) -> Outcome:
    kept = await call("look", MyData())
    await say("kept", words.kept(kept) if isinstance(kept, Kept) else words.CANNOT_LOOK)
    return RESUMES


async def elsewhere(scene: Scene) -> Outcome:
    """The link is shown by what the fact causes, since a secret never enters a journal. Finding the other device takes
    a while, so the conversation rests: nothing may end an answer meanwhile."""
    await say("how", words.ELSEWHERE)
    await note("asked", "handover_asked")
    return Outcome("parks")


async def fix(scene: Scene) -> Outcome:
    """Correct the words of a recording: all of them, or only those that are wrong."""
    if not scene.heard:
        await say("none", voice_en.NOTHING_TO_FIX)
        return RESUMES
    u, text = scene.heard[-1]
    if len(scene.heard) > 1:
        newest = scene.heard[: -_TO_CHOOSE - 1 : -1]
        chosen = await choose("which", voice_en.WHICH_TO_FIX, voice_en.to_fix(newest))
        if chosen == voice_en.NONE_TO_FIX.id:
            return RESUMES
        u, text = next((u, text) for u, text in newest if u == chosen)
    right = await ask("words", voice_en.fix(text), lambda said: corrected(text, said), own=voice_en.leaves)
    if right == voice_en.AS_IT_IS.id:
        return RESUMES
    await say("fixed", voice_en.fixed(right))
    return Outcome("rewords", u, right)


# Where nothing can be withdrawn from: a rating, the feedback.
CALM = frozenset({"help", "repeat", "pause", "continue", "change"})
# What a candidate can ask about themselves.
OWN = frozenset({"status", "mydata", "elsewhere"})

REPAIRS: dict[str, Repair] = {
    "help": help_,
    "repeat": repeat,
    "pause": pause,
    "continue": carry_on,
    "skip": skip,
    "change": change,
    "human": human,
    "accommodate": accommodate,
    "status": status,
    "mydata": mydata,
    "elsewhere": elsewhere,
    "fix": fix,
    "stop": stop,
}

_INTENTS = {
    "help": "help|what can i (do|say)|how does this work|i need help",
    "repeat": "repeat( that| the question)?|(say that )?again|what was the question|come again",
    "pause": "pause|wait( a (sec|second|minute|moment))?|(hang|hold) on( a (sec|second|minute|moment))?|(just )?(a|one) (sec|second|minute|moment)|(i need |can we take |let s take )?a break|brb|be right back|one moment please",
    "continue": "continue|resume|i m back|go on|carry on|ready|let s continue",
    "skip": "skip( this)?( question| one)?|next question|pass",
    "change": "change( my)?( last)? answer( to( question)? [0-9]+)?|change that|go back|correct( my)? answer|edit my( last)? answer",
    "human": "human|(talk|speak|chat) (to|with) (a |an )?(actual |real )?(human|person|someone|somebody|recruiter)( being)?|real person|agent",
    "accommodate": "accommodate|accommodations?|adjustments?|i need (more|extra) time|(more|extra) time",
    "status": "status|where (am i|are we)( now)?|how far am i|how many( questions)?( are| is)? left|what happens (next|now)|what s next|(is there |do you have )?(any )?(news|updates?)|have you decided( yet)?|when (will|do) i hear( back)?( from you)?",
    "mydata": "my ?data|(show( me)?|see|delete|erase|correct|export) my data|(a )?copy of my data|what (data )?do you (keep|know|store|have)( (about|on|of) me)?|what is kept( about me)?",
    "elsewhere": "elsewhere|handover|another (device|phone|computer|browser)|(continue|carry on|go on|switch|move|change)( over)?( on| in| to| from)? ((the|a|my|another|a different|my other) )?(web|browser|device|phone|computer|laptop)( instead)?|(switch|change) devices?",
    "fix": "fix( the)? words?|(fix|correct) (it|that|the (words|transcript))|you misheard( me)?|wrong words?|(that s )?not what i said",
    "stop": "stop|quit|withdraw|cancel|end (the )?interview|i (want|would like) to (stop|withdraw)",
}
_LONGEST = 60  # characters: anything longer is more than an order
_LEAD = r"(?:(?:please|ok|oh|hm+|sorry|actually|can i|could i|may i|i want to|i d like to|i would like to|let me) )*"
_TAIL = r"(?: (?:please|pls|now|thanks|thank you))*"
_PATTERNS = [(name, re.compile(f"{_LEAD}(?:{p}){_TAIL}")) for name, p in _INTENTS.items()]


def intent(text: str) -> str | None:
    """The repair that a whole message asks for (`/help`, "pause please"); None for anything longer."""
    if len(text) > _LONGEST:
        return None
    said = _plain(text)
    return next((name for name, pattern in _PATTERNS if pattern.fullmatch(said)), None)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())


_DONE = re.compile(
    rf"{_LEAD}(?:done|i m (?:done|finished)|i am (?:done|finished)|finished|that ?s my answer|that is my answer|send (?:it|this)(?: off)?){_TAIL}"
)


def finishes(text: str) -> bool:
    """Does a whole message say that the answer is complete ("done", "that's my answer", "send it")?"""
    return len(text) <= _LONGEST and _DONE.fullmatch(_plain(text)) is not None


def tools(allowed: frozenset[str], skippable: bool, changeable: bool) -> tuple[Option, ...]:
    """The quiet helpers an adapter shows beside the open question."""
    fitting = allowed - (set() if skippable else {"skip"}) - (set() if changeable else {"change"})
    return tuple(Option(f"~{i}", label, "quiet") for i, label in words.TOOLS.items() if i in fitting)
