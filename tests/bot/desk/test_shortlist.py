"""The shortlist: ties as ties, nothing sealed, names only where they may be, proposals and nothing more."""

import base64
import csv
import io
import random
from collections.abc import Sequence

import pytest

from bot import hiring
from bot.desk import compare
from bot.desk.sight import Call
from bot.desk.table import BUTTONS
from bot.funnel import shortlist
from bot.funnel.shortlist import Wish
from bot.scene import Reply
from bot.store.rows import Decision, FactRow, Interview
from flows.cards import Card
from flows.words import desk_en
from flows.words import shortlist_en as words
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.funnel.rated_people import QUOTE, People, blind, settings
from tests.bot.stagehand import Stage
from tests.bot.test_commands import ODD

BOTH = ("Priya", "Tom")


def same(own: "int | None", care: "int | None", *raters: str) -> dict[str, dict[str, "int | None"]]:
    return {r: {"ownership": own, "care": care} for r in (raters or BOTH)}


@pytest.fixture
def people(stage: Stage) -> People:
    return People(stage)


def card_of(reply: Reply) -> Card:
    assert reply.card is not None
    return reply.card


def rows_of(reply: Reply) -> dict[str, str]:
    return {r.label: r.value for r in card_of(reply).rows}


async def test_groups_are_ties_and_what_is_sealed_is_only_counted(stage: Stage, noor: Counter, people: People):
    await people.add("Ada Okoye", same(5, 5))
    await people.add("Lin Chen", same(2, 2))
    await people.add("Bo Berg", {"Priya": {"ownership": 5, "care": 4}, "Tom": {"ownership": 4, "care": 5}})
    await people.add("Cy Dee", same(None, None))
    await people.add("Sealed Sam", same(5, 5), sealed=True)
    await noor.line("invite Nobody Yet")
    shown = await noor.line("shortlist Customer top 2")
    labels = [r.label for r in card_of(shown).rows]
    assert labels == [
        "Everybody", "Group 1", "Ada Okoye", "Bo Berg", "Group 2", "Lin Chen", "Not comparable yet", "Cy Dee",
    ]  # fmt: skip
    told = rows_of(shown)
    assert told["Everybody"] == "4 people rated and open, 1 still being rated (sealed), 1 not finished"
    assert told["Group 1"] == "a tie of 2: the ratings don't tell them apart"
    assert told["Bo Berg"] == "Ownership 4–5 · Care 4–5"
    assert told["Cy Dee"] == "Ownership ? · Care ?"
    assert "Sealed" not in str(card_of(shown)).replace("(sealed)", "")
    assert text_of(shown) == "For 2 places: 2 people stand out."
    assert words.ORDER in card_of(shown).foot
    edge = await noor.line("shortlist Customer top 1")
    assert text_of(edge) == "For 1 place: 2 tie for it, and no rating says who of them it should be."
    assert await stage.rows(Decision) == []


async def test_a_minimum_is_a_mark_and_the_software_stands_beside(noor: Counter, people: People):
    await people.add("Ada Okoye", same(1, 3), machine={"ownership": (4, (4, 5)), "care": (None, None)})
    told = rows_of(await noor.line("shortlist Customer"))
    assert told["Ada Okoye"] == "Ownership 1, below the minimum (software 4–5) · Care 3"


async def test_a_rating_after_the_reveal_counts_only_where_there_is_no_other(noor: Counter, people: People):
    await people.add("Ada Okoye", {**same(5, 5, "Priya"), **same(1, 1, "Tom")}, late=["Tom"])
    await people.add("Bo Berg", same(2, 2, "Tom"), late=["Tom"])
    told = rows_of(await noor.line("shortlist Customer"))
    assert told["Ada Okoye"] == "Ownership 5 · Care 5"
    assert told["Bo Berg"] == "Ownership 2 · Care 2"


async def test_pages_filters_and_what_a_person_should_look_at_first(noor: Counter, people: People):
    for n in range(12):
        await people.add(
            f"Same {n:02}", same(3, 3), machine={"ownership": (3 if n < 2 else 4, (3, 3) if n < 2 else (4, 4))}
        )
    await people.add("High", same(5, None))
    first = await noor.line("shortlist Customer")
    assert "High" in rows_of(first)
    assert card_of(first).foot.startswith("Page 1 of 2.")
    second = await noor.presses(first.token, "next")
    assert [r.label for r in card_of(second).rows][1:] == ["Group 2 (continued)", "Same 09", "Same 10", "Same 11"]
    assert "Same 00" in rows_of(await noor.presses(second.token, "prev"))
    look = await noor.presses(first.token, "look")
    assert [r.label for r in card_of(look).rows if r.label.startswith("Same")] == ["Same 00", "Same 01"]
    assert "a person should look first" in rows_of(look)["Shown"]
    assert "look" not in options_of(look)
    narrowed = rows_of(await noor.line("shortlist Customer, care at least 4"))
    assert [n for n in narrowed if n.startswith(("Same", "High"))] == ["High"], "unknown is not low"
    assert "Ownership, Care" in text_of(await noor.line("shortlist Customer, charm at least 4"))
    assert text_of(await noor.line("shortlist Customer, stage Nowhere")) == words.NO_STAGE
    assert text_of(await noor.line("shortlist Customer, decided")) == words.NOBODY_FITS


async def test_the_team_reads_it_and_only_recruiters_are_offered_more(stage: Stage, noor: Counter, people: People):
    await people.add("Ada Okoye", same(5, 5))
    await people.add("Lin Chen", same(1, 1))
    assert {"advance", "csv", "compare"} <= set(options_of(await noor.line("shortlist Customer top 1")))
    leila = Counter(stage, stage.seats["Leila"])
    assert text_of(await leila.line("shortlist Customer")) == desk_en.no_such("Customer"), "an observer, where none may"
    assert text_of(await leila.line("compare Ada Okoye, Lin Chen")) == words.nobody_called("Ada Okoye")
    token = (await noor.line("shortlist Customer")).token
    assert text_of(await leila.presses(token, "next")) == desk_en.NOT_FOUND
    await settings(stage, observers=True)
    for name in ("Priya", "Leila"):
        seat = Counter(stage, stage.seats[name])
        shown = await seat.line("shortlist Customer top 1")
        assert "Ada Okoye" in rows_of(shown)
        assert set(options_of(shown)) == {"csv", "compare"}
        assert text_of(await seat.presses(shown.token, "advance")) == desk_en.TOO_LATE
    stranger = Counter(stage, await stage.join("Stranger", "admin", tenant="t_other"))
    assert text_of(await stranger.presses(token, "next")) == desk_en.NOT_FOUND
    assert text_of(await stranger.line("shortlist Customer")) == desk_en.no_such("Customer")


async def test_blind_mode_keeps_every_name_until_somebody_asks(stage: Stage, noor: Counter, people: People):
    await blind(stage)
    ada, lin = await people.add("Ada Okoye", same(5, 5)), await people.add("Lin Chen", same(5, 5))
    shown = await noor.line("shortlist Customer")
    labels = [r.label for r in card_of(shown).rows if r.label.startswith("Candidate ")]
    assert len(set(labels)) == 2
    await people.add("Third", same(1, 1))
    assert set(labels) <= {r.label for r in card_of(await noor.line("shortlist Customer")).rows}, "labels stay"
    both = await noor.line(f"compare {labels[0].removeprefix('Candidate ')}, {labels[1]}")
    for reply in (shown, both, await noor.presses(shown.token, "csv"), await noor.presses(shown.token, "compare")):
        said = str(reply.card)
        assert "Ada" not in said
        assert "Lin" not in said.replace("Link", "")
        assert "/review/" not in said
    assert "Ada" not in text_of(await noor.line("compare Ada Okoye, Lin Chen")).replace("Ada Okoye", "", 1)
    named = await noor.presses(both.token, "names")
    assert "Ada Okoye" in str(named.card)
    facts = await stage.rows(FactRow, name="name_shown")
    assert {f["interview_id"] for f in facts} == {ada["id"], lin["id"]}
    assert {f["person_id"] for f in facts} == {noor.who.person_id}
    priya = Counter(stage, stage.seats["Priya"])
    assert "Ada" not in str((await priya.line("shortlist Customer")).card), "it shows to whoever asked"
    assert text_of(await priya.presses(both.token, "names")) == desk_en.NOT_FOUND
    assert "Candidate" not in str([r.label for r in card_of(await noor.line("shortlist Customer")).rows][2:4])


async def test_a_spreadsheet_runs_nothing(noor: Counter, people: People):
    for name in [*ODD, "=1+1", "@SUM(A1)"]:
        await people.add(name, same(4, None))
    file = card_of(await noor.presses((await noor.line("shortlist Customer")).token, "csv")).files[0]
    table = list(csv.DictReader(io.StringIO(base64.b64decode(file.data).decode())))
    assert len(table) == len(ODD) + 2
    assert {(r["Ownership low"], r["Care low"], r["group"], r["raters"]) for r in table} == {("4", "", "1", "2")}
    assert not [r for r in table for c in r.values() if c.startswith(("=", "+", "-", "@", "\t"))]


async def test_no_order_and_no_group_depends_on_a_sealed_card(stage: Stage, noor: Counter, people: People):
    """The same people on a board with and without sealed interviews of every kind: what is shown is the same but a number."""
    chance = random.Random(7)
    for n in range(8):
        await people.add(f"Open {n}", same(chance.randint(1, 5), chance.choice([None, 1, 3, 5])))

    async def shown() -> list[tuple[str, str]]:
        return [(r.label, r.value) for r in card_of(await noor.line("shortlist Customer, everybody")).rows[2:]]

    before = await shown()
    for n, level in enumerate((1, 2, 3, 4, 5)):
        await people.add(f"Sealed {n}", same(level, level), sealed=True, machine={"ownership": (level, (level, level))})
        assert await shown() == before
    opened = [r["id"] for r in (await stage.rows(Interview, "created_at", status="scored"))[:2]]
    for row in await stage.rows(Interview, status="submitted"):
        assert text_of(await compared(noor, [row["id"], opened[0]])) == words.GONE
        beside = await compared(noor, [row["id"], *opened])
        assert "The scorecards of 1 person aren't open yet." in text_of(beside)
        assert "Sealed" not in str(beside.card)


async def compared(counter: Counter, ids: Sequence[str]) -> Reply:
    return await counter.does(lambda s: compare.shown(Call(counter.desk, s, counter.who.person_id), list(ids)))


async def test_comparing_says_what_is_not_distinguished_unknown_and_removed(noor: Counter, people: People):
    cards = {"Priya": {"ownership": 5, "care": 3}, "Tom": {"ownership": 4, "care": None}}
    ada = await people.add("Ada Okoye", cards, machine={"ownership": (4, (4, 4))})
    bo = await people.add("Bo Berg", same(2, 3))
    cy = await people.add("Cy Dee", same(None, 3))
    shown = await noor.line("compare Ada, Bo Berg and Cy Dee")
    (quote,) = card_of(shown).quotes
    assert (quote.text, quote.who, quote.link) == (QUOTE, "Ada Okoye, Ownership", f"/review/{ada['id']}#u_1")
    told = rows_of(shown)
    assert told["Ownership"] == (
        "Ada Okoye 4–5 (software 4); Bo Berg 2; Cy Dee ?. The bands differ. Nobody has rated Cy Dee in it, so that is unknown, not low."
    )
    assert told["Care"].endswith("Not distinguished.")
    await people.erase(cy)
    after = await compared(noor, [ada["id"], bo["id"], cy["id"]])
    assert "1 person has been removed" in text_of(after)
    assert "Cy Dee" not in str(after.card)
    gone = await noor.line("shortlist Customer")
    assert "1 removed" in rows_of(gone)["Everybody"]
    assert text_of(await noor.line("compare Ada, Cy Dee")) == words.nobody_called("Cy Dee")
    assert text_of(await noor.line("compare Ada")) == words.HOW_COMPARE


async def test_who_has_withdrawn_is_said_and_not_compared(stage: Stage, noor: Counter, people: People):
    rows = [await people.add(n, same(4, 4)) for n in ("Ada Okoye", "Bo Berg", "Cy Dee")]
    key = {"tenant_id": stage.app.tenant_id, "id": rows[1]["id"]}
    await stage.app.store.commit(lambda tx: tx.change(Interview, key, {"status": "withdrawn"}))
    shown = await compared(noor, [r["id"] for r in rows])
    assert "Bo Berg has left the process." in text_of(shown)
    assert "Bo Berg" not in str([r.value for r in card_of(shown).rows])


@pytest.mark.parametrize(
    "text", ["", "x", "1.2.3", "10.2.w.9.0.0.l", "a.b.c.d.e.f.g", "10.1.w.0.99.3.-", "1.1.z.0.0.0.-"]
)
async def test_a_made_up_button_is_a_plain_shortlist(stage: Stage, noor: Counter, people: People, text: str):
    await people.add("Ada Okoye", same(4, 4))
    requisition = await stage.app.store.read(
        lambda tx: hiring.get_requisition(tx, stage.app.tenant_id, stage.requisition_id)
    )
    assert shortlist.unpacked(requisition, text) == Wish()
    shown = await noor.presses(f"do:sl:{stage.requisition_id}:{text}", "all")
    assert "Ada Okoye" in rows_of(shown) or text == ""


def test_every_button_of_it_is_in_the_table():
    assert {"sl", "slof", "cmp", "many"} <= set(BUTTONS)
