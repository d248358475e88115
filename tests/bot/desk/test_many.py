"""Many decisions at once: shown before, made once, each with the same named person and a reason, and stoppable."""

from typing import Any

import pytest

from bot import hiring
from bot.funnel import deciding, letters, stages
from bot.funnel.stages import Stage as Step
from bot.mail import Mail
from bot.scene import Reply, Scene
from bot.store.rows import Batch, BatchItem, Decision, Interview, Letter
from bot.store.store import Row, Tx
from flows.cards import Card
from flows.words import desk_en
from flows.words import many_en as words
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.funnel.rated_people import People, blind
from tests.bot.stagehand import DAY, HOUR, START, Stage

NAMES = ("Ada Okoye", "Bo Berg", "Cy Dee")
WHY = "others showed more of what the role asks for"


@pytest.fixture
def people(stage: Stage) -> People:
    return People(stage)


async def three(people: People) -> list[Row]:
    cards = {"Priya": {"ownership": 4, "care": 4}, "Tom": {"ownership": 4, "care": 3}}
    return [await people.add(name, cards, machine={"ownership": (4, (4, 4))}) for name in NAMES]


async def with_stages(stage: Stage) -> None:
    def go(tx: Tx) -> None:
        requisition = hiring.get_requisition(tx, stage.app.tenant_id, stage.requisition_id)
        stages.keep(tx, requisition, (Step("", "Screen", "recorded"), Step("", "Work talk", "text")))

    await stage.app.store.commit(go)


def card_of(reply: Reply) -> Card:
    assert reply.card is not None
    return reply.card


def rows_of(reply: Reply) -> dict[str, str]:
    return {r.label: r.value for r in card_of(reply).rows}


async def decisions(stage: Stage) -> list[tuple[str, str]]:
    """(interview, outcome) of every decision."""
    return [(d["interview_id"], d["outcome"]) for d in await stage.rows(Decision, "at,id")]


async def test_everything_is_shown_before_and_nothing_has_happened(stage: Stage, noor: Counter, people: People):
    rows = await three(people)
    await people.add("Sealed Sam", {"Priya": {"ownership": 1}}, sealed=True)
    late = await people.add("Late Lou", {"Priya": {"ownership": 4}}, late=["Priya"])
    shown = await noor.line(f"reject rest of Customer because {WHY}")
    assert text_of(shown) == (
        "3 people can be turned down. 1 person can't, and stays as they are. Nothing has happened yet."
    )
    told = rows_of(shown)
    assert told["Because"] == WHY
    assert told["Ada Okoye"] == "their letter goes out on Tuesday 24 November, 10:00 (UTC)"
    assert "before" in told["Late Lou"]
    assert "Sealed Sam" not in str(card_of(shown)), "whoever is being rated isn't among the rest"
    first = card_of(shown).quotes[0]
    assert first.who == "To Ada Okoye"
    assert first.text.startswith("Hello Ada Okoye,")
    assert await decisions(stage) == []
    assert await stage.rows(Letter) == []
    assert late["id"] not in [r["id"] for r in rows]


async def test_each_is_decided_once_by_whoever_confirmed_and_hears_in_the_morning(
    stage: Stage, noor: Counter, people: People
):
    rows = await three(people)
    shown = await noor.line(f"reject {NAMES[0]}, {NAMES[1]} and {NAMES[2]} because {WHY}")
    running = await noor.presses(shown.token, "yes")
    assert text_of(running).startswith("I'm going through 3 people")
    assert text_of(await noor.presses(shown.token, "yes")) == words.OVER
    assert sorted(await decisions(stage)) == sorted((r["id"], "reject") for r in rows)
    made = await stage.rows(Decision, "at,id")
    assert {d["decided_by"] for d in made} == {noor.who.person_id}

    def reasons(scene: Scene) -> Reply:
        assert {deciding.reason_of(scene, d) for d in made} == {WHY}
        return Reply()

    await noor.does(reasons)
    assert {x["state"] for x in await stage.rows(Letter)} == {"planned"}
    assert {i["body"] for i in await stage.rows(BatchItem)} == {None}, "every word of the draft is forgotten"
    assert (await stage.seats["Noor"].texts())[-1] == "3 people turned down."
    await stage.wait(START + DAY + 2 * HOUR - stage.clock.now())
    assert {x["state"] for x in await stage.rows(Letter)} == {"sent"}
    again = await noor.line(f"reject {NAMES[0]} because {WHY}")
    assert rows_of(again)[NAMES[0]] == words.ALREADY
    assert options_of(again) == []


async def test_letters_can_be_stopped_after_all(stage: Stage, noor: Counter, people: People):
    await three(people)
    shown = await noor.line(f"reject rest of Customer because {WHY}")
    await noor.presses(shown.token, "yes")
    assert text_of(await noor.presses(shown.token, "unsend")).startswith("3 letters won't go out.")
    assert {x["state"] for x in await stage.rows(Letter)} == {"stopped"}
    assert "No letter is left" in text_of(await noor.presses(shown.token, "unsend"))
    assert len(await decisions(stage)) == 3


async def test_going_on_says_to_which_stage_and_needs_no_letter(stage: Stage, noor: Counter, people: People):
    await with_stages(stage)
    await three(people)
    shown = await noor.line("advance Ada Okoye, Bo Berg because both name their own part")
    assert rows_of(shown)["Bo Berg"] == "goes on to: Work talk"
    assert card_of(shown).quotes == ()
    await noor.presses(shown.token, "yes")
    assert [o for _, o in await decisions(stage)] == ["advance", "advance"]
    assert await stage.rows(Letter) == []
    opened = [r for r in await stage.rows(Interview) if hiring.flags(r).get("stage") == "work-talk"]
    assert len(opened) == 2


async def test_without_a_next_stage_nobody_can_go_on(noor: Counter, people: People):
    await three(people)
    shown = await noor.line("advance Ada Okoye, Bo Berg because both name their own part")
    assert text_of(shown).startswith("Nobody can be advanced.")
    assert options_of(shown) == []


async def test_from_a_shortlist_the_reason_is_asked_for_first(stage: Stage, noor: Counter, people: People):
    await with_stages(stage)
    await three(people)
    board = await noor.line("shortlist Customer top 3")
    shown = await noor.presses(board.token, "advance")
    assert "Why do you advance 3 people?" in text_of(shown), "where no form opens, a line does"
    by_line = await noor.line("advance these because all three name their own part")
    assert text_of(by_line).startswith("3 people can be advanced.")
    by_form = await noor.does(lambda s: noor.desk.act(s, noor.who.person_id, board.token, "advance", forms=True))
    assert [f.key for f in card_of(by_form).fields] == ["reason"]
    assert (await noor.submits(by_form.token, reason=" ")).problems
    previewed = await noor.submits(by_form.token, reason="all three name their own part")
    assert text_of(previewed).startswith("3 people can be advanced.")
    assert text_of(await noor.submits(by_form.token, reason="again, the same")) == words.OLD
    assert await decisions(stage) == []


async def test_what_is_decided_meanwhile_is_left_alone_and_said(stage: Stage, noor: Counter, people: People):
    rows = await three(people)
    shown = await noor.line(f"reject rest of Customer because {WHY}")
    ada = rows[0]["id"]

    def keep(scene: Scene) -> Reply:
        interview = hiring.get_interview(scene.tx, scene.tenant_id, ada)
        done = deciding.decide(scene, interview, "hold", "I would like to talk to her first", noor.who.person_id)
        assert not isinstance(done, deciding.Refused)
        return Reply()

    await noor.does(keep)
    key = {"tenant_id": stage.app.tenant_id, "id": rows[1]["id"]}
    await stage.app.store.commit(lambda tx: tx.change(Interview, key, {"status": "withdrawn"}))
    await people.erase(rows[2])
    await noor.presses(shown.token, "yes")
    assert await decisions(stage) == [(ada, "hold")]
    said = (await stage.seats["Noor"].messages())[-1]["card"]
    assert said["text"].startswith("0 people turned down. 3 people couldn't be")
    assert "Ada Okoye" in [r["label"] for r in said["rows"]]


async def test_a_stop_ends_it_between_two_people(stage: Stage, noor: Counter, people: People):
    await three(people)
    shown = await noor.line(f"reject rest of Customer because {WHY}")
    app, real = stage.app, stage.app.intake.deeds["many"]

    def stopping(scene: Scene, mail: Mail) -> None:
        real(scene, mail)
        if mail.data["n"] == 0:  # the recruiter presses Stop while the next letter is on its way
            noor.desk.act(scene, noor.who.person_id, shown.token, "stop")

    app.intake.deeds["many"] = stopping
    await noor.presses(shown.token, "yes")
    assert len(await decisions(stage)) == 1
    (batch,) = await stage.rows(Batch)
    assert batch["state"] == "stopped"
    assert text_of(await noor.presses(shown.token, "stop")) == words.OVER


async def test_a_crash_after_anybody_decides_about_nobody_twice(stage: Stage, noor: Counter, people: People):
    await three(people)
    shown = await noor.line(f"reject rest of Customer because {WHY}")
    real, stops = stage.app.intake.deeds["many"], list[int]()

    def stopping(scene: Scene, mail: Mail) -> None:
        real(scene, mail)
        if mail.data["n"] not in stops:
            stops.append(mail.data["n"])
            raise ConnectionError("killed before the commit")

    stage.app.intake.deeds["many"] = stopping
    await noor.presses(shown.token, "yes")
    assert stops == [0, 1, 2, 3]
    assert len(await decisions(stage)) == 3
    assert len(await stage.rows(Letter)) == 3


async def test_it_is_nobody_elses_and_an_old_preview_does_nothing(stage: Stage, noor: Counter, people: People):
    await three(people)
    shown = await noor.line(f"reject rest of Customer because {WHY}")
    for name, role, tenant in (("Ria", "recruiter", ""), ("Stranger", "admin", "t_other")):
        other = Counter(stage, await stage.join(name, role, tenant))
        assert text_of(await other.presses(shown.token, "yes")) == desk_en.NOT_FOUND
    priya = Counter(stage, stage.seats["Priya"])
    assert text_of(await priya.line(f"reject rest of Customer because {WHY}")) == desk_en.ONLY_RECRUITERS
    stage.clock.forward(DAY + 1)
    assert text_of(await noor.presses(shown.token, "yes")) == words.OLD
    assert await decisions(stage) == []


@pytest.mark.parametrize("line", ["reject", "reject Ada Okoye", "reject Ada Okoye because ", "reject because x"])
async def test_without_names_or_a_reason_it_says_how(noor: Counter, people: People, line: str):
    await three(people)
    assert text_of(await noor.line(line)) == words.how("reject")


async def test_names_and_these_that_mean_nobody_are_said(noor: Counter, people: People):
    await three(people)
    assert text_of(await noor.line("reject these because they are late")) == words.NO_THESE
    assert text_of(await noor.line("reject rest of Nothing because they are late")) == desk_en.NO_REQUISITION
    assert "nobody called" in text_of(await noor.line("reject Ada Okoye, Zed because they are late"))


async def test_a_letter_never_holds_a_level_or_another_name(stage: Stage, noor: Counter, people: People):
    rows = await three(people)
    await blind(stage)
    drawn: list[str] = []

    def draw(scene: Scene) -> Reply:
        for row in rows:
            interview = hiring.get_interview(scene.tx, scene.tenant_id, row["id"])
            drawn.append(letters.draft(scene, interview, "reject", "Us", "people@us.example").text)
        return Reply()

    await noor.does(draw)
    for name, text in zip(NAMES, drawn, strict=True):
        assert not any(ch.isdigit() for ch in text)
        assert [n for n in NAMES if n in text] == [name]


async def test_many_pages_of_a_preview(noor: Counter, people: People):
    cards: dict[str, Any] = {"Priya": {"ownership": 4, "care": 4}}
    for n in range(7):
        await people.add(f"Same {n}", cards)
    shown = await noor.line(f"reject rest of Customer because {WHY}")
    assert options_of(shown) == ["yes", "p2", "no"]
    second = await noor.presses(shown.token, "p2")
    assert [r.label for r in card_of(second).rows] == ["Because", "Same 5", "Same 6"]
    assert [q.who for q in card_of(second).quotes] == ["To Same 5", "To Same 6"]
    assert text_of(await noor.presses(second.token, "no")) == words.CANCELLED
