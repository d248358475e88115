"""Every way in which somebody gets to see something of an interview, as text; and what nobody may find in it.

`PATHS` is the list: a path is one function of (seat, interview id), and a new one is one line. Every command there is
is on it by itself (`commands`).
"""

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

from adapters.contract import Outgoing
from adapters.discord import render as discord
from adapters.slack import render as slack
from adapters.telegram import render as telegram
from adapters.web.parse import TappedIn
from bot import metrics
from bot.desk.table import COMMANDS
from bot.outbox import opened_card
from bot.store.rows import FactRow, Outbox, Post
from bot.store.store import Tx
from flows.cards import Card, from_json, to_json
from tests.bot.stagehand import Seat, settle
from tests.flows.rating.small_kit import KIT

CANDIDATE = "Ada Okoye"
PRIYA, TOM = "priyas-reason-7q", "toms-reason-9z"
_LEVEL = r"(?<!u25b1 )(?<!u25b0 )(?<!\()\b{} of 5\b"  # how far a form is, and people in a week, look alike
OF_PRIYA = [PRIYA, "strong_yes", "Strong yes", _LEVEL.format(5), r"\b5\. priyas", r'"level": 5']
OF_TOM = [TOM, "strong_no", "Strong no", _LEVEL.format(1), r"\b1\. toms", r'"level": 1']
OF_THE_MACHINE = [
    '"scores"', '"marks"', "evidence-map", r"\d of \d indicators", '"status": "found"',
    *(re.escape(i.text) for c in KIT.competencies.values() for i in c.indicators.values()),
]  # fmt: skip
# Commands that are about somebody new, or end with a form of their own: run without a name.
_SAME_ROLE = ("Admin", "Priya")
_ALONE = {"new", "invite", "bulk", "join", "channel"}

Path = Callable[[Seat, str], Awaitable[Any]]


async def the_channel(seat: Seat, interview_id: str) -> Any:
    if await seat.stage.app.port.kind_of(seat.who, seat.stage.channel_id) is None:
        return None
    return await seat.messages(seat.stage.channel_id)


async def the_stream(seat: Seat, interview_id: str) -> Any:
    return [s.events(kind) for s in (seat.channel,) if s for kind in ("message", "update", "asked")]


async def their_own_chat(seat: Seat, interview_id: str) -> Any:
    return [await seat.messages(), seat.own.events("message"), seat.own.events("update")]


async def the_review_page(seat: Seat, interview_id: str) -> Any:
    return await seat.reviews(interview_id)


async def the_export(seat: Seat, interview_id: str) -> Any:
    return await seat.exports(interview_id)


async def my_scorecard(seat: Seat, interview_id: str) -> Any:
    return await tapped(seat, interview_id, "mine")


async def every_button(seat: Seat, interview_id: str) -> Any:
    """Buttons of the post that change nothing yet, as everybody may press (or forge) them."""
    return [await tapped(seat, interview_id, option) for option in ("early", "amend", "compare", "decide", "comment")]


async def commands(seat: Seat, interview_id: str) -> Any:
    """Every command, with the candidate's name and without: what is said, errors included. One person of each role."""
    if seat.name in _SAME_ROLE:
        return None
    before = len(await seat.messages())
    for name in COMMANDS:
        for line in (f"/interview {name}", *(() if name in _ALONE else (f"/interview {name} {CANDIDATE}",))):
            await seat.says(line, None)
    return (await seat.messages())[before:]


async def what_is_looked_up(seat: Seat, interview_id: str) -> Any:
    """The commands that show how things are."""
    before = len(await seat.messages())
    for name in ("status", "board", "tasks", "shortlist", "compare", "record", "reveal"):
        await seat.says(f"/interview {name} {CANDIDATE if name not in ('board', 'tasks', 'shortlist') else ''}", None)
    return (await seat.messages())[before:]


async def their_data(seat: Seat, interview_id: str) -> Any:
    """What a candidate is told is kept of them, and where they stand."""
    if seat.who.role != "candidate":
        return None
    before = len(await seat.messages())
    for line in ("my data", "status"):
        await seat.says(line, None)
    return (await seat.messages())[before:]


async def on_chat_platforms(seat: Seat, interview_id: str) -> Any:
    """Everything that was ever sent to their own chat or edited there, as each platform would show it."""
    return await rendered(seat, [seat.who.thread_id])


async def posts_on_chat_platforms(seat: Seat, interview_id: str) -> Any:
    """Everything that was ever posted in the channel, its threads and previews included, as each platform would show it."""
    if await seat.stage.app.port.kind_of(seat.who, seat.stage.channel_id) is None:
        return None
    return await rendered(seat, [seat.stage.channel_id])


async def counts(seat: Seat, interview_id: str) -> Any:
    """Metrics and the facts of the record, which hold ids and states."""
    return [metrics.render().decode(), await seat.stage.rows(FactRow, interview_id=interview_id)]


PATHS: tuple[Path, ...] = (
    the_channel,
    the_stream,
    their_own_chat,
    the_review_page,
    the_export,
    my_scorecard,
    every_button,
    on_chat_platforms,
    posts_on_chat_platforms,
    what_is_looked_up,
    their_data,
    counts,
)
WHOLE: tuple[Path, ...] = (*PATHS, commands)  # what takes longer is done in fewer states
# Those that cost little, for looking after every single step.
QUICK: tuple[Path, ...] = (
    the_channel, the_stream, their_own_chat, the_review_page, the_export, on_chat_platforms, posts_on_chat_platforms,
)  # fmt: skip


async def tapped(seat: Seat, interview_id: str, option: str) -> Any:
    """Press a button of the post; what it shows comes to their own chat."""
    (post,) = await seat.stage.rows(Post, kind="scorecard", about=interview_id)
    thread, kind = (seat.channel_id, "channel") if seat.channel else (seat.who.thread_id, "person")
    tap = TappedIn(id=seat.stage.event_id(), kind="tapped", token=post["id"], option=option)
    before = len(await seat.messages())
    await seat.stage.app.port.receive(seat.who, thread, kind, tap)
    await settle()
    return (await seat.messages())[before:]


async def rendered(seat: Seat, lanes: Sequence[str]) -> list[str]:
    """The cards of these chats as Slack, Discord and Telegram are given them, without buttons and forms."""
    app, tenant = seat.stage.app, seat.who.tenant_id

    def cards(tx: Tx) -> list[Card]:
        found = list[Card]()
        for lane in lanes:
            for row in tx.find(Outbox, {"tenant_id": tenant, "thread_id": lane}, "seq"):
                if row["body"] is not None:
                    app.keys.load(tx, tenant, row["subject_id"])
                    found.append(from_json(_without(opened_card(app.keys, row)[0])))
        return found

    shown = list[str]()
    for card in await app.store.read(cards):
        out = Outgoing("m", "th", "1", 1, "send", "", to_json(card), "", "", "post", 0)
        shown += [str((m.text, m.blocks)) for m in slack.messages(card)]
        shown += [m["content"] for m in discord.render(card)]
        shown += [p.text for p in telegram.show(out).parts]
    return shown


def _without(card: dict[str, Any] | None) -> dict[str, Any]:
    return {k: v for k, v in (card or {}).items() if k not in ("fields", "options", "submit")}


def plain(value: Any) -> str:
    """As text, without the forms and buttons, which hold every level and every recommendation for everybody."""

    def without(x: Any) -> Any:
        if isinstance(x, dict):
            return {str(k): without(v) for k, v in cast("dict[str, Any]", x).items() if k not in ("fields", "options")}
        return [without(v) for v in cast("list[Any]", x)] if isinstance(x, list | tuple) else x

    return json.dumps(without(value), default=repr)


def found(patterns: Sequence[str], text: str) -> list[str]:
    return [p for p in patterns if re.search(p, text)]


def around(pattern: str, text: str) -> str:
    """Where it was found."""
    at = re.search(pattern, text)
    return text[max(0, at.start() - 300) : at.end() + 200] if at else ""


def secrets_from(name: str) -> list[str]:
    """What a reader may not see before the reveal."""
    own = {"Priya": OF_PRIYA, "Tom": OF_TOM}.get(name, [])
    return [p for p in [*OF_PRIYA, *OF_TOM, *OF_THE_MACHINE] if p not in own]
