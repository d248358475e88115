"""`parley demo --applicants N`: N made-up applicants through a recorded screen to a shortlist of ten, over real HTTP.

Everything goes the way people go: the recruiter's lines and buttons in their chat, one browser session for each applicant,
two raters on the channel's posts. What is made up (who applies, what they write, how they are rated) is made from numbers,
so that every run is the same. Only time differs, and it is measured from outside.
"""

import asyncio
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from time import perf_counter
from typing import Any, cast

import httpx

from adapters.web.app import COOKIE
from bot.made_up import Applicant, level
from bot.player import CHOICES, PlayProblem
from bot.visiting import SECONDS, Chat, Seat
from flows.kits.model import Kit
from flows.words import applicants_en as words

_AT_ONCE = 12  # applicants who answer at the same time
_IDLE_SECONDS = 2.0  # a connection is let go before the server does, which would lose a request on its way
PLACES = 10  # on the shortlist


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the recruiter does: how many lines and buttons it takes, and how long the answer takes (seconds)."""

    key: str
    actions: int
    seconds: float
    seen: str


@dataclass(slots=True)
class Run:
    """What a whole run came to."""

    applicants: int
    steps: list[Step] = field(default_factory=lambda: [])
    requests: int = 0

    @property
    def actions(self) -> int:
        return sum(s.actions for s in self.steps)


# -- those who apply -------------------------------------------------------------------------------------------


async def apply(client: httpx.AsyncClient, link: str, person: Applicant) -> None:
    """One applicant: opens their link, agrees, answers every question and sends it off."""
    opened = await client.post(f"/i/{link}", follow_redirects=False)
    session = opened.cookies.get(COOKIE)
    if not session:
        raise PlayProblem(f"The invitation of {person.name} didn't open (status {opened.status_code}).")
    me = (await client.get("/api/v1/me", headers={"Authorization": f"Bearer {session}"})).json()
    async with Seat(client, me["thread"], session).sitting() as seat:
        handled: set[str] = set()
        while (found := await seat.asked(handled)) is not None:
            asked, card = found
            await _reply(seat.chat, person, asked, card)


async def _reply(chat: Chat, person: Applicant, asked: dict[str, Any], card: dict[str, Any]) -> None:
    token, options = asked["token"], [o["id"] for o in card.get("options", ())]
    if asked["done"]:
        said = f"{card.get('title', '')}\n{card['text']}"
        text = next((a for ask, a in person.answers.items() if ask in said), words.OPENERS[0])
        await chat.send(kind="said", text=text, asked=token)
        await chat.send(kind="tapped", token=token, option="done")
    elif options and not asked["answering"]:
        await chat.send(kind="tapped", token=token, option=next((c for c in CHOICES if c in options), options[0]))
    else:
        await chat.send(kind="said", text="London", asked=token)


# -- those who rate --------------------------------------------------------------------------------------------


async def rate(client: httpx.AsyncClient, who: dict[str, Any], room: Chat, posts: list[tuple[str, Applicant]]) -> None:
    """One made-up rater rates everybody, from the post in the channel (its token) to the sealed card."""
    chance = Random(who["name"])  # noqa: S311
    channel = Chat(client, room.path.rpartition("/")[2], who["session"])
    async with Seat(client, who["thread"], who["session"]).sitting() as seat:
        for token, person in posts:
            await channel.send(kind="tapped", token=token, option="rate")
            await _card(seat, person, chance)


async def _card(seat: Seat, person: Applicant, chance: Random) -> None:
    handled: set[str] = set()
    while (found := await seat.asked(handled)) is not None:
        asked, card = found
        if card.get("fields"):
            fields = {f["key"]: _field(f, person, chance) for f in card["fields"]}
            await seat.chat.send(kind="submitted", token=asked["token"], fields=fields)
        else:
            await seat.chat.send(kind="tapped", token=asked["token"], option="submit")


def _field(asked: dict[str, Any], person: Applicant, chance: Random) -> str:
    key, _, part = asked["key"].partition(".")
    if part == "level":
        return str(level(person.skill[key], chance))
    if part == "why":
        return words.RATED
    strong = sum(person.skill.values()) / len(person.skill) > 0.5
    return "yes" if strong else "no"


# -- the recruiter ---------------------------------------------------------------------------------------------


class Recruiter:
    """Does what a recruiter does, one step after the other, and notes how long each answer takes."""

    def __init__(self, seat: Seat, run: Run, tell: Callable[[Step], None]) -> None:
        self.seat, self.run, self._tell = seat, run, tell

    async def does(self, key: str, actions: int, what: Callable[[], Any]) -> Any:
        """One step; whatever `what` gives."""
        began = perf_counter()
        got = await what()
        step = Step(key, actions, perf_counter() - began, _said(got))
        self.run.steps.append(step)
        self._tell(step)
        return got


def _said(got: Any) -> str:
    """What an answer says first, where it is a message."""
    return str(cast("dict[str, Any]", got)["card"]["text"]).partition("\n")[0] if isinstance(got, dict) else ""


async def play(base: str, kit: Kit, people: list[Applicant], tell: Callable[[Step], None] = lambda s: None) -> Run:
    """The whole way on a demo server at `base`, which plays `kit`. Raises `PlayProblem` where it gets stuck."""
    run = Run(len(people))

    async def counted(request: httpx.Request) -> None:
        run.requests += 1

    limits = httpx.Limits(max_keepalive_connections=64, keepalive_expiry=_IDLE_SECONDS)
    hooks: dict[str, list[Callable[..., Any]]] = {"request": [counted]}
    async with httpx.AsyncClient(
        base_url=base, timeout=SECONDS, trust_env=False, limits=limits, event_hooks=hooks
    ) as client:
        stage = (await client.get("/api/v1/demo")).json()
        noor = next(p for p in stage["people"] if p["role"] == "recruiter")
        channel = stage["channel"]["id"]
        raters = [p for p in stage["people"] if p["role"] == "panelist"]
        own, room = Seat(client, noor["thread"], noor["session"]), Seat(client, channel, noor["session"])
        async with own.sitting() as seat, room.sitting():  # a channel that nobody looks at holds its posts back
            recruiter = Recruiter(seat, run, tell)
            try:
                links = await _invited(recruiter, kit, people)
                posts = await recruiter.does("applicants", 0, lambda: _all_apply(client, links, room, people))
                await recruiter.does("raters", 0, lambda: _all_rate(client, raters, room, posts))
                await _shortlisted(recruiter, client, noor["session"])
            except (TimeoutError, KeyError, StopIteration, httpx.HTTPError) as problem:
                last = run.steps[-1].key if run.steps else "open"
                raise PlayProblem(words.stuck(last, type(problem).__name__)) from problem
    return run


async def _invited(recruiter: Recruiter, kit: Kit, people: list[Applicant]) -> dict[str, str]:
    """Open the requisition, paste the list, confirm; name -> the secret of the link."""
    seat, role = recruiter.seat, words.ROLE
    await recruiter.does("open", 1, lambda: seat.order(f"/interview new {role} kit {kit.kit} in London as recorded"))
    await recruiter.does("stages", 1, lambda: seat.order(f"/interview stages {role}: {words.STAGES}"))
    pasted = "\n".join(["name,requisition", *(f"{p.name},{role}" for p in people)])
    shown = await recruiter.does("list", 1, lambda: seat.order(f"/interview bulk {pasted}"))
    links: dict[str, str] = {}

    async def invite() -> dict[str, Any]:
        answer = await seat.press(shown, "invite")
        while len(links) < len(people):
            text = (await seat.message(lambda m: m["card"].get("text", "").startswith("name,")))["card"]["text"]
            for row in csv.DictReader(io.StringIO(text)):
                links[row["name"]] = row["link"].rpartition("/")[2]
        return answer

    await recruiter.does("invite", 1, invite)
    return links


async def _all_apply(
    client: httpx.AsyncClient, links: dict[str, str], room: Seat, people: list[Applicant]
) -> list[tuple[str, Applicant]]:
    """Everybody answers, some at the same time; it is over when each has a post in the channel (its token)."""
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def one(person: Applicant) -> None:
        async with at_once:
            await apply(client, links[person.name], person)

    await asyncio.gather(*(one(p) for p in people))
    tokens = await _posts(room, people, "rate")
    return [(tokens[p.name], p) for p in people]


async def _all_rate(
    client: httpx.AsyncClient, raters: list[dict[str, Any]], room: Seat, posts: list[tuple[str, Applicant]]
) -> None:
    """Every rater rates everybody, at the same time; it is over when all the scorecards in the channel are open."""
    await asyncio.gather(*(rate(client, r, room.chat, posts) for r in raters))
    await _posts(room, [p for _, p in posts], "decide")


async def _posts(room: Seat, people: list[Applicant], option: str) -> dict[str, str]:
    """Wait until the post of everybody has a button; name -> the post's token."""
    found, missing = dict[str, str](), {p.name for p in people}
    while missing:
        async with asyncio.timeout(SECONDS):
            kind, data = await room.shown.get()
        if kind in ("message", "update") and any(o["id"] == option for o in data["card"].get("options", ())):
            name = data["card"].get("title", "").partition(",")[0]
            found[name] = data.get("token", "") or found.get(name, "")
            missing.discard(name)
    return found


async def _shortlisted(recruiter: Recruiter, client: httpx.AsyncClient, session: str) -> None:
    """From the board to decisions about everybody."""
    seat, role = recruiter.seat, words.ROLE
    await recruiter.does("board", 1, lambda: seat.order(f"/interview board {role}"))
    shown = await recruiter.does("shortlist", 1, lambda: seat.order(f"/interview shortlist {role} top {PLACES}"))
    address = shown["card"]["links"][0]["url"]
    page = await recruiter.does(
        "table", 1, lambda: client.get(address, cookies=None, headers={"Cookie": f"{COOKIE}={session}"})
    )
    if page.status_code != 200:
        raise PlayProblem(f"The table answered with status {page.status_code}.")
    names = [r["label"] for r in shown["card"]["rows"]][1:]
    ten = [n for n in names if not n.startswith(("Group ", "Not comparable"))][:PLACES]
    await recruiter.does("compare", 1, lambda: seat.press(shown, "compare"))
    line = f"/interview advance {', '.join(ten)} because {words.REASON_ADVANCE}"
    await _decided(recruiter, ("advance", "advanced"), line)
    if recruiter.run.applicants <= PLACES:
        return  # nobody is left
    line = f"/interview reject rest of {role} because {words.REASON_REJECT}"
    await _decided(recruiter, ("reject", "rejected"), line)


async def _decided(recruiter: Recruiter, keys: tuple[str, str], line: str) -> None:
    """A preview, the confirmation, and what came of it."""
    seat = recruiter.seat

    async def previewed() -> dict[str, Any]:
        await seat.chat.send(kind="said", text=line)
        return await seat.message(lambda m: any(o["id"] == "yes" for o in m["card"].get("options", ())))

    preview = await recruiter.does(keys[0], 1, previewed)

    async def done() -> dict[str, Any]:
        await seat.press(preview, "yes")
        return await seat.message(lambda m: m["card"].get("tone") == "done")

    await recruiter.does(keys[1], 1, done)
