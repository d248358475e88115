"""The board with three hundred people on it: a page at a time, counted right, and with few questions to the database."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.store.rows import Interview
from bot.store.tx import Tx
from flows.words import desk_en as words
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.funnel.rated_people import People, blind
from tests.bot.stagehand import HOUR, Stage


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Generator[list[int]]:
    """How many statements are executed."""
    n, real = [0], Tx._run  # pyright: ignore[reportPrivateUsage]

    def run(self: Tx, compiled: Any, row: Any) -> Any:
        n[0] += 1
        return real(self, compiled, row)

    monkeypatch.setattr(Tx, "_run", run)
    yield n
    monkeypatch.setattr(Tx, "_run", real)


async def test_all_are_counted_and_each_is_on_one_page(stage: Stage, noor: Counter):
    people = People(stage)
    for n in range(45):
        await people.add(f"Person {n:02}", {"Priya": {"ownership": 3}}, sealed=n % 3 == 0)
    await noor.line("invite Not Yet")
    shown, seen = await noor.line("board Customer"), list[str]()
    assert shown.card is not None
    counts = {r.label: r.value for r in shown.card.rows}
    assert (counts["Being rated"], counts["Waiting for a decision"], counts["Invited"]) == ("15", "30", "1")
    for page in (1, 2, 3):
        assert shown.card is not None
        assert shown.card.foot == f"Page {page} of 3"
        seen += [r.label for r in shown.card.rows if r.label not in words.STAGES.values()]
        if page < 3:
            shown = await noor.presses(shown.token, f"p{page + 1}")
    assert sorted(seen) == [*("Not Yet",), *(f"Person {n:02}" for n in range(45))]
    assert text_of(await noor.presses(shown.token, "p99")), "the last page it is"
    stranger = Counter(stage, await stage.join("Stranger", "admin", tenant="t_other"))
    assert text_of(await stranger.presses(shown.token, "p1")) == words.NOT_FOUND


async def test_who_has_waited_longest_stands_first_and_can_be_chosen(stage: Stage, noor: Counter):
    for name in ("First", "Second"):
        await noor.line(f"invite {name}")
        stage.clock.forward(HOUR)
    shown = await noor.line("board")
    assert shown.card is not None
    assert [r.label for r in shown.card.rows] == ["Invited", "First", "Second"]
    chosen = await noor.presses(shown.token, options_of(shown)[0])
    assert chosen.card is not None
    assert chosen.card.title == "First"


async def test_more_people_cost_no_more_questions(stage: Stage, noor: Counter, monkeypatch: pytest.MonkeyPatch):
    people, asked = People(stage), list[dict[str, int]]()
    for size in (30, 90):
        while len(await stage.rows(Interview)) < size:
            await people.add("Somebody", {"Priya": {"ownership": 3}, "Tom": {"ownership": 4}})
        used: dict[str, int] = {}
        for line in ("board Customer", "shortlist Customer"):
            await noor.line(line)  # what is kept after a first look doesn't count
            with counting(monkeypatch) as n:
                await noor.line(line)
            used[line] = n[0]
        asked.append(used)
    assert asked[0] == asked[1]
    assert asked[1]["shortlist Customer"] < 40


async def test_raters_of_a_blind_requisition_see_no_names_and_recruiters_do(stage: Stage, noor: Counter):
    people = People(stage)
    await people.add("Ada Okoye", {"Priya": {"ownership": 3}})
    await blind(stage)
    priya = Counter(stage, stage.seats["Priya"])
    assert "Ada" not in str((await priya.line("board")).card)
    assert "Ada Okoye" in str((await noor.line("board")).card)
