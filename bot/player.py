"""`parley interview`: play recorded answers through the real HTTP interface, from outside, and export.

Nobody reads a played interview: one of the panel submits a card without a level that says so, and the recruiter opens the
scorecard at once, so that the export holds the evidence.

The player is a client like any other: it reads the chat's stream, acknowledges what it was shown, taps the buttons
a candidate taps, and gives the recorded answers in order to whatever it is asked, as many as it is asked for.
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import track

from bot.kits import KitLibrary, KitProblem, load_file
from bot.mail import RATE
from bot.visiting import Chat, Seat

_START_SECONDS = 60.0
_STEP_SECONDS = 60.0
_MOST_STEPS = 400
# What a willing candidate chooses where the interview offers buttons; the first that is offered wins.
CHOICES = ("yes", "now", "none", "go", "submit", "no_more", "no", "thanks", "pass", "start", "back")


class PlayProblem(RuntimeError):
    """The interviews could not be played. The message says why and what to do."""


@dataclass(slots=True)
class Played:
    """One interview: how many answers were given, used and left over, and how many follow-ups were asked."""

    id: str
    given: int
    used: list[str] = field(default_factory=lambda: [])
    follow_ups: int = 0
    problem: str = ""
    export: dict[str, Any] = field(default_factory=lambda: {})

    @property
    def left(self) -> int:
        return self.given - len(self.used)


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    given: int
    used: int
    left: int
    follow_ups: int


@dataclass(frozen=True, slots=True)
class Summary:
    rows: list[Line]
    good: bool
    verdict: str


def recorded(path: Path) -> list[tuple[str, list[str]]]:
    """(id, answers) of each line: `{"id", "answers": [...]}`, or `{"id", "turns": [{"role", "message"}]}`."""
    if not path.exists():
        raise PlayProblem(f"There is no file {path}. Give one with a JSON object on each line.")
    found: list[tuple[str, list[str]]] = []
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            answers = row.get("answers") or [t["message"] for t in row["turns"] if t["role"] == "applicant"]
            found.append((str(row["id"]), [str(a) for a in answers]))
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
            raise PlayProblem(f'{path}:{n}: expected {{"id": ..., "answers": ["...", ...]}} on this line.') from None
    if not found:
        raise PlayProblem(f"{path} holds no interviews.")
    return found


def play(path: Path, out_dir: Path, kit: str, limit: int, console: Console) -> Summary:
    """Play every interview of a file on a server of its own; write `<id>.json` and `summary.json`."""
    interviews = recorded(path)[: limit or None]
    name = kit_name(kit)
    out_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="parley-play-") as home:
        port = free_port()
        process = server(name, Path(home), port)
        try:
            done = asyncio.run(_all(f"http://127.0.0.1:{port}", interviews, console))
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(15)
    for played in done:
        _write(out_dir / f"{_safe(played.id)}.json", played.export)
    lines = [Line(p.id, p.given, len(p.used), p.left, p.follow_ups) for p in done]
    _write(out_dir / "summary.json", [line.__dict__ if hasattr(line, "__dict__") else _line(line) for line in lines])
    wrong = [p for p in done if p.problem or p.used != _stored(p.export)]
    if wrong:
        why = wrong[0].problem or "stored answers differ from those given"
        return Summary(lines, False, f"{len(wrong)} of {len(done)} went wrong; the first, {wrong[0].id}: {why}")
    return Summary(
        lines,
        True,
        f"{len(done)} interviews played; every stored answer equals the one given. Exports are in {out_dir}.",
    )


def _line(line: Line) -> dict[str, Any]:
    return {"id": line.id, "given": line.given, "used": line.used, "left": line.left, "follow_ups": line.follow_ups}


def _stored(export: dict[str, Any]) -> list[str]:
    """What the export says the candidate answered, in the order in which it was said."""
    by_id = {u["id"]: u for u in export["utterances"]}
    answered = [u["id"] for a in export["answers"] for u in a["utterances"]]
    asides = [u["id"] for u in export["utterances"] if u["step"].startswith(("warm.up",))]
    ids = sorted(set(answered + asides), key=lambda u: [x["id"] for x in export["utterances"]].index(u))
    return [by_id[u]["text"] for u in ids]


def kit_name(kit: str) -> str:
    if kit.endswith((".yaml", ".yml")):
        load_file(Path(kit))
        return str(Path(kit).resolve())
    if kit not in KitLibrary().names():
        raise KitProblem(f"There is no kit called {kit}. There are: {', '.join(KitLibrary().names())}.")
    return kit


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in name)[:100]


def _write(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def server(kit: str, home: Path, port: int) -> "subprocess.Popen[bytes]":
    """A demo server in a process of its own, on this machine only."""
    command = [
        sys.executable,
        "-m",
        "bot",
        "demo",
        "--no-browser",
        "--port",
        str(port),
        "--home",
        str(home),
        "--kit",
        kit,
    ]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONUNBUFFERED": "1"})  # noqa: S603


async def _all(base: str, interviews: list[tuple[str, list[str]]], console: Console) -> list[Played]:
    async with httpx.AsyncClient(base_url=base, timeout=_STEP_SECONDS, trust_env=False) as client:
        await until_up(client)
        done: list[Played] = []
        for id, answers in track(interviews, "Playing interviews", console=console, disable=not console.is_terminal):
            done.append(await _one(client, id, answers))
        return done


async def until_up(client: httpx.AsyncClient) -> None:
    for _ in range(int(_START_SECONDS / 0.1)):
        try:
            if (await client.get("/healthz")).status_code == 200:
                return
        except httpx.TransportError:
            await asyncio.sleep(0.1)
    raise PlayProblem("The server did not come up within a minute. `parley doctor` may tell why.")


async def _one(client: httpx.AsyncClient, id: str, answers: list[str]) -> Played:
    played = Played(id, len(answers))
    stage = (await client.post("/api/v1/demo/start")).json()
    candidate = stage["candidate"]
    chat = Chat(client, candidate["thread"], candidate["session"])
    try:
        await asyncio.wait_for(_converse(chat, played, list(answers)), _STEP_SECONDS * 2)
    except TimeoutError:
        played.problem = "the interview did not come to its end"
    rater, recruiter = (next(p for p in stage["people"] if p["role"] == r) for r in ("panelist", "recruiter"))
    await _rate_nothing(client, rater, candidate["interview"])
    team = Chat(client, recruiter["thread"], recruiter["session"])
    await team.send(
        kind="said", text=f"/interview reveal {candidate['name']} because the answers are played, not rated"
    )
    path = f"/api/v1/interviews/{candidate['interview']}/export"
    for _ in range(int(_STEP_SECONDS / 0.05)):
        played.export = (await client.get(path, headers=team.headers)).json()
        if played.problem or any(c["rater"] == "machine" for c in played.export.get("scorecards", ())):
            return played
        await asyncio.sleep(0.05)
    played.problem = f"the interview ended as {played.export['status']}, without a reading of its answers"
    return played


async def _rate_nothing(client: httpx.AsyncClient, rater: dict[str, Any], interview: str) -> None:
    """Submit a card with no basis for any level: cards are opened only once somebody has submitted one."""
    async with Seat(client, rater["thread"], rater["session"]).sitting() as seat:
        await seat.chat.send(kind="tapped", token=RATE, option=interview)
        handled: set[str] = set()
        while (found := await seat.asked(handled)) is not None:
            asked, card = found
            if card.get("fields"):
                await seat.chat.send(
                    kind="submitted", token=asked["token"], fields={f["key"]: _blank(f) for f in card["fields"]}
                )
            else:
                await seat.chat.send(kind="tapped", token=asked["token"], option="submit")


def _blank(field: dict[str, Any]) -> str:
    kind = field["key"].rpartition(".")[2]
    given = {"level": "none", "why": "Played by a program; nobody has read it."}
    return given[kind] if kind in given else field["options"][0]["id"]


async def _converse(chat: Chat, played: Played, answers: list[str]) -> None:
    """Read the stream; whenever a new question is open, do what a willing candidate would do."""
    handled: set[str] = set()
    early: dict[str, Any] = {}  # what is asked may be told a moment before the message that asks it
    async with chat.client.stream("GET", f"{chat.path}/stream", headers=chat.headers) as stream:
        kind = ""
        async for line in stream.aiter_lines():
            if line.startswith("event: "):
                kind = line[7:]
            elif line.startswith("data: "):
                data = json.loads(line[6:])
                if kind in ("message", "update") and data.get("from") == "parley":
                    chat.cards[data.get("token", "")] = data["card"]
                    await chat.seen([data["id"]])
                    if await _is_over(chat, data):
                        return
                elif kind == "asked" and data and data["token"] not in handled:
                    early = data
                if early and early["token"] in chat.cards and len(handled) < _MOST_STEPS:
                    handled.add(early["token"])
                    asked, early = early, {}
                    await _answer(chat, played, answers, asked)


async def _is_over(chat: Chat, message: dict[str, Any]) -> bool:
    """The goodbye is the last message of an interview; then a little later the chat has nothing open."""
    if message.get("token"):
        return False
    answer = await chat.client.get(chat.path, headers=chat.headers)
    state = answer.json()
    return state["asked"] is None and any(m.get("from") == "me" for m in state["messages"])


async def _answer(chat: Chat, played: Played, answers: list[str], asked: dict[str, Any]) -> None:
    token, card = asked["token"], chat.cards.get(asked["token"], {})
    options = [o["id"] for o in card.get("options", ())]
    if asked["done"]:
        if not answers:
            await chat.send(kind="tapped", token=token, option="~skip")
            return
        played.follow_ups += bool(card.get("foot"))
        text = answers.pop(0)
        played.used.append(text)
        await chat.send(kind="said", text=text, asked=token)
        await chat.send(kind="tapped", token=token, option="done")
    elif options and not asked["answering"]:
        option = next((c for c in CHOICES if c in options), options[0])
        await chat.send(kind="tapped", token=token, option=option)
    else:
        await chat.send(kind="said", text="London", asked=token)
