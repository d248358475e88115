"""An interviewer connects a calendar: which one, how, is it the right one, and when may their time be offered?

Secrets are given on a page of Parley's and never in the chat; the page says here how it went (`calendar_connected`,
`calendar_refused`).
"""

from flows.connect.requests import (
    CalendarRefused,
    CalendarSeen,
    ConnectDelegated,
    ConnectFeed,
    ConnectPage,
    HoursRead,
    HoursUnclear,
    PageReady,
    ReadHours,
)
from flows.events import Learned
from flows.repair import CALM
from flows.steps import Asking, Patience, Wrong, ask, call, choose, note, or_learn, say
from flows.words import calendar_en as words

REPAIRS = CALM
RESTING = Patience(0, 0)
_STOP, _OTHER = words.STOP.id, words.OTHER.id


class _Again(Exception):
    """They have begun anew elsewhere, with this kind ("" for none yet): what was asked here is of no use any more."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


async def connect(
    *, name: str, google: bool, delegated: bool, connected: tuple[str, ...], hours: str, zone: str, kind: str = ""
) -> str:
    """The kind that was connected: google, caldav, ics; none; or stopped.

    google: whether Parley is set up for it; delegated: through the company's own account, with nothing to allow.
    connected: what there is already. hours: the present ones, for the person, in zone (IANA). kind: what they have chosen already.
    Learns `calendar_again` {kind}. Facts: hours_given {hours, zone}: as they are kept; no hours: as they are.
    """
    which = words.which(name, connected)
    options = [*([words.GOOGLE] if google else []), words.CALDAV, words.ICS, words.NONE, words.STOP]
    n = 0
    while True:
        n += 1
        try:
            kind = kind or await _answer(choose(f"which#{n}", which, options, patience=RESTING))
            came = await _one(n, kind, delegated)
            if came == _STOP:
                await say(f"never_mind#{n}", words.NEVER_MIND)
                return "stopped"
            if came == _OTHER:
                kind = ""
                continue
            await _hours(n, hours, zone)
        except _Again as again:
            kind = again.kind
            continue
        await say("done", words.done(kind))
        return kind


async def _answer(step: Asking[str]) -> str:
    """What was chosen or typed; whatever was asked, they may begin anew."""
    answer = await or_learn(step, "calendar_again")
    if isinstance(answer, Learned):
        raise _Again(answer.data["kind"])
    return answer


async def _one(n: int, kind: str, delegated: bool) -> str:
    """Connect one calendar: its kind; or `other` for another way, or `stop`."""
    if kind == _STOP:
        return _STOP
    if kind == words.NONE.id:
        await say(f"keeps_hours#{n}", words.KEEPS_HOURS)
        return kind
    if kind == words.ICS.id:
        came = await _link(n)
    else:
        came = await (_delegated(n) if delegated and kind == words.GOOGLE.id else _page(n, kind))
    if isinstance(came, str):
        return came
    await say(f"connected#{n}", words.connected(came.label, came.events))
    return kind


async def _page(n: int, kind: str) -> CalendarSeen | str:
    """On a page of their own; the chat waits. Otherwise what to do instead: another way, or stop."""
    m = 0
    while True:
        m += 1
        ready = await call(f"page#{n}.{m}", ConnectPage(kind))
        if not isinstance(ready, PageReady):
            await say(f"no_page#{n}.{m}", words.NO_PAGE)
            return _STOP
        asked = choose(
            f"open#{n}.{m}",
            words.page(kind, ready.url, ready.minutes),
            [words.NEW_LINK, words.OTHER, words.STOP],
            patience=RESTING,
        )
        answer = await or_learn(asked, "calendar_connected", "calendar_refused", "calendar_again")
        if not isinstance(answer, Learned):
            if answer != words.NEW_LINK.id:
                return answer
            continue
        if answer.name == "calendar_again":
            raise _Again(answer.data["kind"])
        if answer.name == "calendar_connected":
            return CalendarSeen(answer.data["kind"], answer.data["label"], answer.data["events"])
        await say(f"refused#{n}.{m}", answer.data["say"])


async def _link(n: int) -> CalendarSeen | str:
    """A link that is typed here: it opens one calendar, for reading."""
    m = 0
    while True:
        m += 1
        url = await _answer(ask(f"link#{n}.{m}", words.ASK_LINK, _url, patience=RESTING))
        found = await call(f"feed#{n}.{m}", ConnectFeed(url))
        if isinstance(found, CalendarSeen):
            return found
        await say(f"feed_refused#{n}.{m}", found.say if isinstance(found, CalendarRefused) else words.NO_PAGE)
        more = [words.AGAIN, words.OTHER, words.STOP]
        what = await _answer(choose(f"feed_again#{n}.{m}", words.WHAT_NOW, more, patience=RESTING))
        if what != words.AGAIN.id:
            return what


def _url(text: str) -> str | Wrong:
    url = text.strip().strip("<>")
    good = url.lower().startswith(("https://", "http://", "webcal://")) and " " not in url and len(url) <= 2000
    return url if good else Wrong(words.NOT_A_LINK)


async def _delegated(n: int) -> CalendarSeen | str:
    found = await call(f"delegated#{n}", ConnectDelegated())
    if isinstance(found, CalendarSeen):
        return found
    await say(f"delegated_refused#{n}", found.say if isinstance(found, CalendarRefused) else words.NO_PAGE)
    return _OTHER


async def _hours(n: int, hours: str, zone: str) -> None:
    """Confirmed in one line, or said anew until they are right."""
    options = [words.RIGHT, words.CHANGE, words.LATER]
    answer = await _answer(choose(f"hours#{n}", words.hours(hours), options, patience=RESTING))
    if answer != words.CHANGE.id:
        await note(f"hours_given#{n}", "hours_given", hours="", zone=zone)
        return
    m = 0
    while True:
        m += 1
        text = await _answer(ask(f"say_hours#{n}.{m}", words.ASK_HOURS, str, patience=RESTING))
        found = await call(f"read_hours#{n}.{m}", ReadHours(text))
        if not isinstance(found, HoursRead):
            await say(f"unclear#{n}.{m}", found.say if isinstance(found, HoursUnclear) else words.NO_PAGE)
            continue
        sure = choose(f"hours_sure#{n}.{m}", words.hours(found.label), [words.RIGHT, words.CHANGE], patience=RESTING)
        if await _answer(sure) == words.RIGHT.id:
            await note(f"hours_given#{n}", "hours_given", hours=found.hours, zone=found.zone)
            return
