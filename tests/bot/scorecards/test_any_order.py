"""Whatever people do in whatever order: nobody finds another's words before the cards are open, or a draft ever."""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot import hiring
from bot.scorecards import rereading
from bot.store.rows import Scorecard
from tests.bot.scorecards.conftest import option_ids, said
from tests.bot.scorecards.paths import OF_THE_MACHINE, QUICK, around, found, plain, what_is_looked_up
from tests.bot.stagehand import Seat, Stage, acting

RATERS = ("Priya", "Tom")
READERS = ("Ada Okoye", "Priya", "Tom", "Noor", "Cleo", "Stranger")
ACTIONS = (
    *(f"{does} {name}" for does in ("draft", "submit", "later", "amend") for name in RATERS),
    "force", "withdraw", "reread", "accept", "reads", "uncover", "day", "restart",
)  # fmt: skip


@dataclass
class Known:
    """What the oracle knows: rater -> marker of what they have written, and where it stands."""

    n: int = 0
    written: dict[str, list[str]] = field(default_factory=lambda: {})
    submitted: dict[str, list[str]] = field(default_factory=lambda: {})

    def marker(self, name: str) -> str:
        self.n += 1
        marker = f"words-of-{name.lower()}-{self.n}-qzx"
        self.written.setdefault(name, []).append(marker)
        return marker

    def counts(self, name: str) -> None:
        self.submitted.setdefault(name, []).append(self.written[name][-1])

    def hidden(self, reader: str, is_open: bool, covered: bool) -> list[str]:
        """What this reader must not find in the channel and on their own paths."""
        no = list[str]()
        for name, markers in self.written.items():
            shown = self.submitted.get(name, ()) if is_open and not covered else ()
            no += [m for m in markers if m not in shown] if name != reader else []
        return no + ([] if is_open and not covered else list(OF_THE_MACHINE))


async def acts(stage: Stage, known: Known, action: str) -> None:
    """One action, if it can be done now; what can't is simply pressed in vain."""
    does, _, name = action.partition(" ")
    seat = stage.seats.get(name)
    if seat is not None:
        await _rater(seat, known, does)
        return
    noor, cleo = stage.seats["Noor"], stage.seats["Cleo"]
    interview = await stage.interview(stage.seats["Ada Okoye"])
    match does:
        case "force":
            await noor.orders("/interview reveal Ada Okoye because Tom is ill this week")
        case "withdraw":
            if interview["status"] == "submitted":
                await stage.app.store.commit(lambda tx: hiring.step(tx, interview, "withdrawn"))
        case "reread":
            await stage.seats["Priya"].taps_post("reread", "Ada Okoye") if await noor.posts("Ada Okoye") else None
        case "accept":
            await noor.taps(cleo.who.person_id, f"do:reread:{interview['id']}")
            if any("seen" in option_ids(m["card"]) for m in (await said(cleo))[-1:]):
                await cleo.taps("yes", f"do:again:{interview['id']}")
        case "reads":
            await _rater(cleo, known, "submit")
        case "uncover":
            await noor.taps_post("uncover", "Ada Okoye") if await noor.posts("Ada Okoye") else None
        case "day":
            await stage.wait(26 * 3_600_000)
        case _:
            await stage.restart()


async def _rater(seat: Seat, known: Known, does: str) -> None:
    if await seat.waiting() is None:
        await seat.taps_post("amend" if does == "amend" else "rate", "Ada Okoye")
    waiting = await seat.waiting()
    if waiting is None:
        return
    if waiting.key.startswith("form"):
        await seat.fills("4", known.marker(seat.name), "yes")
    if does in ("submit", "amend", "later"):
        await seat.taps("later" if does == "later" else "submit")
        if does != "later":
            known.counts(seat.name)


async def looked_at(stage: Stage, known: Known, done: list[str]) -> int:
    """Look along the quick paths of everybody; how many showed something."""
    interview = await stage.interview(stage.seats["Ada Okoye"])
    now = rereading.going_on(interview)
    is_open, covered = interview["revealed_at"] is not None, now is not None
    looked = 0
    for name in READERS:
        seat = stage.seats[name]
        for path in QUICK:
            if path.__name__ in _EVER and is_open:
                continue  # what was posted before the cards were covered, a platform shows as it is now
            sees = is_open and name != "Ada Okoye" and name != "Stranger"
            hidden_from = (
                covered if path.__name__ == "the_channel" else rereading.blinded(interview, seat.who.person_id)
            )
            shown = plain(await path(seat, interview["id"]))
            patterns = known.hidden(name, sees, hidden_from)
            if covered and not hidden_from:
                patterns = [p for p in patterns if p not in OF_THE_MACHINE]
            leaked = found(patterns, shown)
            assert not leaked, f"after {done}: {name} finds {leaked} on {path.__name__}: {around(leaked[0], shown)}"
            looked += shown not in ("null", "[]")
    return looked


_EVER = ("the_stream", "posts_on_chat_platforms", "on_chat_platforms")


async def play(home: Path, actions: list[str]) -> int:
    looked, done, known = 0, list[str](), Known()
    async with acting(home) as stage:
        await stage.join("Cleo", "recruiter")
        await stage.join("Stranger", "admin", tenant="t_other")
        await stage.finished()
        for action in actions:
            done.append(action)
            await acts(stage, known, action)
            looked += await looked_at(stage, known, done)
        for name in ("Noor", "Stranger"):
            interview = await stage.interview(stage.seats["Ada Okoye"])
            shown = plain(await what_is_looked_up(stage.seats[name], interview["id"]))
            assert not found(known.hidden(name, False, True)[: -len(OF_THE_MACHINE)], shown), (name, done)
        rows = await stage.rows(Scorecard)
        assert len({(r["rater_id"], r["version"]) for r in rows}) == len(rows)
        assert sum(r["state"] == "draft" for r in rows) <= len(RATERS) + 1
    return looked


# No shrinking: an example starts the whole application, and says itself what was done until something leaked.
@settings(
    max_examples=3,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=(HealthCheck.too_slow,),
    database=None,
)
@given(st.lists(st.sampled_from(ACTIONS), min_size=3, max_size=7))
def test_in_any_order_nothing_leaks(sqlite_template: Path, actions: list[str]):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(sqlite_template, Path(folder) / "parley.db")
        (Path(folder) / "parley.db").chmod(0o600)
        assert asyncio.run(play(Path(folder), actions)) >= 3 * 12


async def test_the_longest_way_round(home: Path):
    """Drafts, one card in, opened early, the other late, amended, read again by somebody blind, and uncovered."""
    order = [
        "draft Tom",
        "later Priya",
        "submit Priya",
        "restart",
        "force",
        "submit Tom",
        "amend Priya",
        "reread",
        "accept",
    ]
    assert await play(home, [*order, "reads", "amend Tom", "reread", "uncover", "day"]) > 200
