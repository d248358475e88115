"""Choosing a time, keeping it and booking it: what `booking` and `reschedule` have in common.

There is no dead end: times that don't suit can be answered in words, where there are none the team is asked for more,
and a time that somebody else took leads to fresh ones.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

from flows.booking.heard import clock, fine, none
from flows.booking.search import INSTEAD, RESTING, Search
from flows.booking.zones import where
from flows.cards import Card, Option
from flows.events import Learned
from flows.requests import Request, Unavailable
from flows.scheduling import BookSlot, FindSlots, HoldSlot, LetGo, NoTimes, SlotBooked, SlotGone, SlotHeld, Times
from flows.steps import Wrote, call, note, or_learn, say
from flows.typed import named
from flows.words import booking_en as words

T = TypeVar("T")

TIMES_OPENED = "times_opened"  # what this conversation learns once the team has made room
AT_ONCE = 6  # so few times are shown without asking for the day first
PAGE = 12  # times of one day on one card
MOST_WISHES = 3


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that was chosen; n: its place among the times found in that round."""

    n: int
    id: str


Said = Slot | Wrote | str


async def find_time(search: Search) -> SlotBooked | str:
    """Look for a time until one is booked, or the person decided for one of `INSTEAD`."""
    why = "first"
    while True:
        search.round += 1
        at = f"#{search.round}.{search.zone}.{why}"
        wish = search.wish.text if search.wish else ""
        found = await call(f"find{at}", FindSlots(search.appointment, search.zone, search.after, wish))
        said: SlotBooked | Said = await _offer(search, at, found)
        if isinstance(said, Slot):
            said = await _take(search, at, said)
        if isinstance(said, SlotBooked):
            return said
        why = await _otherwise(search, at, said)
        if why in INSTEAD:
            return why


# -- what is on offer -------------------------------------------------------------------------------


async def _offer(search: Search, at: str, found: Times | NoTimes | Unavailable) -> Said:
    if isinstance(found, Unavailable):
        card = Card(words.TRY_LATER, tone="question")
        return await search.question(f"trouble{at}", card, [words.TRY_AGAIN], RESTING)
    wished = search.wish
    if wished and not found.understood:
        search.wish = None  # it can't guide the next page; the words themselves may still go to the team
    if isinstance(found, NoTimes):
        return await _rest(search, at, wished, found.understood)
    left = [Slot(n, slot) for n, (slot, *_) in enumerate(found.times) if slot not in search.lost]
    if not left and not (found.more and found.days):
        return await _rest(search, at, wished, found.understood)
    said = await _pick(search, at, found, left, wished is not None) if left else words.MORE_DAYS.id
    if said == words.MORE_DAYS.id:
        search.after = found.days[-1][0]
    return said


async def _pick(search: Search, at: str, times: Times, left: list[Slot], wished: bool) -> Said:
    """A day and then a time of it; few times, or those of a single day, at once."""
    days = {day: label for day, label, _ in times.days}
    on = {slot.n: times.times[slot.n][1] for slot in left}
    several = len(set(on.values())) > 1
    if len(left) <= AT_ONCE or not several:
        title = "" if several else days[next(iter(on.values()))]
        return await _time(search, at, times, left, wished, title)
    n = 0
    while True:
        n += 1
        counts = [(day, label, sum(d == day for d in on.values())) for day, label in days.items()]
        options = [words.day(f"d{i}", label, count) for i, (_, label, count) in enumerate(counts) if count]
        card = words.which_day(times, wished, search.round == 1)
        said = await search.question(f"day{at}#{n}", card, [*options, *_ways(search, times, wished)], read=none)
        chosen = next((counts[int(o.id[1:])] for o in options if o.id == said), None)
        if chosen is None:
            return said
        of_day = [slot for slot in left if on[slot.n] == chosen[0]]
        said = await _time(search, f"{at}#{n}.{chosen[0]}", times, of_day, False, chosen[1], [words.ANOTHER_DAY])
        if said != words.ANOTHER_DAY.id:
            return said


async def _time(
    search: Search, at: str, times: Times, slots: list[Slot], wished: bool, on: str, back: list[Option] | None = None
) -> Said:
    """One of `slots`, page by page. `on`: their day, where it is one; `back`: the way back to the days."""
    label = {day: f"{name}, " for day, name, _ in times.days} if not on else {}
    every = [_option(slot, times, label.get(times.times[slot.n][1], "")) for slot in slots]
    card = words.which_time(times, wished, search.round == 1 and back is None, on)
    ways = [*back, words.NONE_OF_THESE] if back else _ways(search, times, wished)
    clocks = {f"t{slot.n}": times.times[slot.n][2] for slot in slots}
    page, said = 0, ""
    while said in ("", words.MORE_TIMES.id):
        later = [words.MORE_TIMES] if page + PAGE < len(every) else []
        options = [*every[page : page + PAGE], *later, *ways]
        key = f"time{at}" + (f".{page}" if page else "")
        said = await search.question(
            key, card, options, read=lambda text: named(tuple(every), text) or clock(clocks, text) or none(text)
        )
        page += PAGE
    return next((slot for slot, option in zip(slots, every, strict=True) if option.id == said), said)


def _option(slot: Slot, times: Times, day: str) -> Option:
    _, _, label, hint = times.times[slot.n]
    return Option(f"t{slot.n}", day + label, hint=hint)


def _ways(search: Search, times: Times, wished: bool) -> list[Option]:
    """What can be chosen instead of a day or a time."""
    found = [words.MORE_DAYS] if times.more else []
    found += [words.NONE_OF_THESE]
    found += [words.ALL_TIMES] if search.after or (wished and times.understood) else []
    return [*found, words.OTHER_PLACE]


# -- none of them suits -----------------------------------------------------------------------------


async def _otherwise(search: Search, at: str, said: str | Wrote) -> str:
    """Make ready for the next round. What led to it becomes part of that round's keys."""
    if said == words.NONE_OF_THESE.id:
        said = await _wish(search, at)
    if said == words.OTHER_PLACE.id:
        search.begin_anew()
        return await where(search, at, guess=False) or "place"
    if isinstance(said, Wrote):
        search.after, search.wish = "", said
        return f"wish.{said.utterance}"
    if said in (words.ALL_TIMES.id, TIMES_OPENED):
        search.begin_anew()
    return f"after.{search.after}" if said == words.MORE_DAYS.id else said


async def _wish(search: Search, at: str) -> str | Wrote:
    """When would it suit? After a few tries, the team is asked to make room."""
    if search.wishes == MOST_WISHES:
        return await _rest(search, f"{at}.none", search.wish, "")
    search.wishes += 1
    return await search.question(f"wish{at}", words.wish(search.wishes), [words.SHOW_AGAIN])


async def _rest(search: Search, at: str, wished: Wrote | None, understood: str) -> str | Wrote:
    """The team is asked, once for each thing the person wrote. Then nothing runs until they write, or there is more."""
    about = wished.utterance if wished else ""
    card = words.nothing_new(understood, search.deadline)
    if about not in search.told:
        search.told.add(about)
        await note(f"unsuited{at}", "more_times_asked", appointment=search.appointment, utterance=about)
        card = words.team_opens(understood, search.deadline)
    options, n = [words.LOOK_AGAIN, words.OTHER_PLACE], 0
    while True:
        n += 1
        asked = search.question(f"rest{at}#{n}", card, options, RESTING, fine)
        said: Any = await or_learn(asked, TIMES_OPENED)
        if said != "fine":
            break
        card = Card(words.AS_SOON, tone="question")
    search.begin_anew()
    if isinstance(said, Learned):
        search.told.clear()
        search.lost.clear()
        search.wishes = 0
        await say(f"opened{at}", words.TIMES_OPENED)
        return TIMES_OPENED
    return said


# -- keeping and booking ----------------------------------------------------------------------------


async def _take(search: Search, at: str, slot: Slot) -> SlotBooked | str | Wrote:
    """Keep a time, show it whole, and book it once it is confirmed."""
    at = f"{at}.t{slot.n}"
    held = await _tried(search, f"hold{at}", HoldSlot(search.appointment, slot.id, search.zone), words.NOT_KEPT)
    if isinstance(held, SlotGone):
        return await _gone(search, at, slot)
    if not isinstance(held, SlotHeld):
        return _other(held, slot)
    card = words.confirm(search.title, held.when, search.minutes, search.who, held.parts)
    got: Any = await search.question(f"confirm{at}", card, [words.BOOK, words.ANOTHER_TIME], RESTING)
    if got == words.BOOK.id:
        # A hold that ran out meanwhile says nothing by itself: whether the time is still free shows now.
        got = await _tried(search, f"book{at}", BookSlot(search.appointment, held.hold), words.NOT_BOOKED)
    if isinstance(got, SlotGone):
        return await _gone(search, at, slot)
    if not isinstance(got, SlotBooked):
        await call(f"letgo{at}", LetGo(search.appointment, held.hold))
        return _other(got, slot)
    return got


async def _tried(search: Search, key: str, request: Request[T | Unavailable], sorry: str) -> T | str | Wrote:
    """What came of the request; while that can't be told, the person may try again, or say otherwise."""
    n = 0
    while True:
        n += 1
        got = await call(f"{key}#{n}", request, binding=True)
        if not isinstance(got, Unavailable):
            return got
        options = [words.TRY_AGAIN, words.CHOOSE_ANOTHER]
        said: Any = await search.question(f"{key}#{n}.failed", Card(sorry, tone="question"), options, RESTING)
        if said != words.TRY_AGAIN.id:
            return said


async def _gone(search: Search, at: str, slot: Slot) -> str:
    search.lost.add(slot.id)
    await say(f"gone{at}", words.JUST_TAKEN)
    return f"gone.t{slot.n}"


def _other(said: str | Wrote, slot: Slot) -> str | Wrote:
    return f"other.t{slot.n}" if said == words.ANOTHER_TIME.id else said
