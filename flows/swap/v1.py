"""An interviewer can't come: a reason in a word, one confirmation, and colleagues who are free are asked."""

from typing import Any

from flows.attending import RESTING, Told, agrees, cannot, holds_now, holds_still, plain
from flows.reminder.v1 import standing
from flows.requests import Unavailable
from flows.scheduling import AskColleagues, TooLate
from flows.steps import Lapsed, Wrong, Wrote, ask, call, choose, note, race, say, wait
from flows.typed import named
from flows.words import swap_en as words

__all__ = ["standing", "swap"]

_LONGEST = 1000  # characters of a line for the recruiter
_REASONS = {
    words.ILL.id: ("ill", "sick", "unwell", "fever", "doctor"),
    words.CONFLICT.id: ("clash", "clashes", "conflict", "meeting", "booked", "busy", "travelling", "holiday"),
}


async def swap(
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
) -> str:
    """Offer this interviewer's part to colleagues: taken, kept (nobody took it, or they come after all), late, lapsed,
    or changed, where it isn't theirs any more.

    Arguments: as for `flows.reminder`; other: the candidate. Facts: swap_said. Learns: taken_over.
    """
    told = Told(appointment, version, title, start)
    found = await holds_now(told)
    if found is None:
        return "changed"
    if found.state != "booked":
        await say("begun", words.BEGUN)
        return "late"
    why = await _reason(told, title, other, when)
    if why is None:
        return "lapsed"
    reason, line = why
    sure = words.sure(ill=reason == words.ILL.id)
    asks = await race(choose("sure", sure, read=_sure, patience=RESTING), start)
    if isinstance(asks, Lapsed):
        return "lapsed"
    now = await holds_still("stands.now", told)
    if now is None:
        return "changed"
    if asks == words.KEEP.id:
        await say("kept", words.kept(now.when or when))
        return "kept"
    if line:
        fact = {"appointment": told.appointment, "version": told.version, "utterance": line}
        await note("line.said", "swap_said", **fact)
        await say("line.passed", words.PASSED_ON)
    return await _ask_colleagues(told, reason)


async def _reason(told: Told, title: str, other: str, when: str) -> tuple[str, str] | None:
    """An id of the reasons, and the utterance for the recruiter or "". None: the start came first."""
    card = words.why(title, other, when)
    reason = await race(choose("why", card, read=_which, patience=RESTING), told.start)
    if isinstance(reason, Lapsed):
        return None
    if reason != words.OTHER.id:
        return reason, ""
    line = await race(ask("line", words.more(), _line, keeps=True, patience=RESTING), told.start)
    if isinstance(line, Lapsed):
        return None
    return reason, line.utterance if isinstance(line, Wrote) else ""


async def _ask_colleagues(told: Told, reason: str) -> str:
    n = 1
    got = await call("ask#1", AskColleagues(told.appointment, reason))
    while isinstance(got, Unavailable):
        options = [words.AGAIN, words.LEAVE]
        again = await race(choose(f"ask#{n}.failed", words.NOT_ASKED, options, patience=RESTING), told.start)
        if again != words.AGAIN.id:
            if not isinstance(again, Lapsed):
                await say("left", words.LEFT)
            return "kept"
        n += 1
        got = await call(f"ask#{n}", AskColleagues(told.appointment, reason))
    if isinstance(got, TooLate):
        await say("late", got.say)
        return "late"
    await say("asked", words.asked(got.asked) if got.asked else words.NOBODY)
    news = await wait("news", "taken_over", until=told.start)
    if isinstance(news, Lapsed):
        return "kept"
    await say("taken", words.taken(news.data["by"]))
    return "taken"


def _which(text: str) -> str | None:
    said = set(plain(text).split())
    return next((reason for reason, meant in _REASONS.items() if said & set(meant)), None)


def _line(text: str) -> Any:
    if len(text) > _LONGEST:
        return Wrong(words.TOO_LONG)
    short = len(text.split()) <= 3 and (named((words.NO_NEED,), text) or plain(text) in ("no", "no thanks", "nothing"))
    return words.NO_NEED.id if short else text


def _sure(text: str) -> str | None:
    if agrees(text):
        return words.ASK.id
    return words.KEEP.id if cannot(text) and plain(text).startswith("no") else None
