"""A live interview that the team follows: what it sees, what it may propose, and what becomes of that."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapters.web.parse import SubmittedIn, TappedIn
from bot.store.rows import DataKey, FactRow, Outbox, Post, Proposal, Utterance
from flows.rating import proposed
from flows.words import demo_en
from flows.words import following_en as words
from tests.bot.stagehand import Seat, Stage, acting
from tests.bot.test_model_path import asks, model, with_model
from tests.flows.rating.small_kit import GOOD, KIT, RAW, UPSET

ASKED = "What result can be checked, in a number?"
SHORT = "It broke and then it worked again."


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with acting(home) as stage:
        yield stage


async def followed(stage: Stage, until: str = "outage") -> Seat:
    """A candidate in the middle of an interview that the team follows."""
    card = await stage.seats["Noor"].orders(f"/interview follow on {demo_en.ROLE}")
    assert card["tone"] == "done", card
    ada = await stage.invite()
    await ada.plays(until=until)
    return ada


async def live(stage: Stage) -> dict[str, Any]:
    """The post from which the thread hangs."""
    shown = await stage.seats["Tom"].messages(stage.channel_id)
    (post,) = [m for m in shown if m.get("card", {}).get("title", "").startswith("Live:")]
    return post


async def thread(stage: Stage, under: str = "") -> list[str]:
    """What stands in it, message by message."""
    root = under or (await live(stage))["id"]
    shown = [m for m in await stage.seats["Tom"].messages(stage.channel_id) if m.get("under") == root]
    return ["\n".join([m["card"].get("text", ""), *(q["text"] for q in m["card"].get("quotes", ()))]) for m in shown]


async def proposes(stage: Stage, text: str, who: str = "Tom") -> dict[str, Any]:
    """Write a proposal in the thread; what is answered, in their own chat."""
    seat = stage.seats[who]
    await seat.writes(f"ask: {text}", (await live(stage))["id"])
    return (await seat.messages())[-1]


async def proposals(stage: Stage) -> list[tuple[str, str]]:
    return [(r["state"], r["why"]) for r in await stage.rows(Proposal, "at,id")]


# -- the mirror ------------------------------------------------------------------------------------------------


async def test_without_the_setting_nothing_is_mirrored_and_nothing_is_said_of_it(stage: Stage):
    ada = await stage.invite()
    await ada.plays(until="upset")
    assert not await stage.rows(Post, kind="live")
    assert words.READ_ALONG not in "\n".join(await ada.texts())


async def test_questions_and_closed_answers_are_mirrored_and_the_candidate_knew_before(stage: Stage):
    ada = await followed(stage)
    said = await ada.texts()
    assert said.index(words.READ_ALONG) < said.index(KIT.questions[0].ask)
    post = await live(stage)
    assert "Ada Okoye is being interviewed" in post["card"]["text"]
    assert await thread(stage) == [KIT.questions[0].ask]
    await ada.says("First half of an answer.")
    assert await thread(stage) == [KIT.questions[0].ask]  # not each message: the answer, when it has closed
    await ada.says(GOOD)
    await ada.taps("done")
    shown = await thread(stage)
    assert shown[1].strip() == f"First half of an answer.\n\n{GOOD}"
    await ada.plays()
    shown = await thread(stage)
    assert [KIT.questions[1].ask, UPSET] == [shown[2], shown[3].strip()]
    assert (await live(stage))["card"]["tone"] == "done"
    assert "scores" not in str(await stage.seats["Tom"].messages(stage.channel_id))  # no reading of a machine


async def test_nothing_beside_the_answers_is_mirrored(stage: Stage):
    ada = await followed(stage)
    await ada.says("What do you mean by broke?")
    await ada.says("help")
    assert await thread(stage) == [KIT.questions[0].ask]
    assert "unhurried" not in str(await stage.rows(Post, kind="live"))


async def test_a_changed_answer_changes_its_message(stage: Stage):
    ada = await followed(stage, until="upset")
    before = len(await thread(stage))
    await ada.taps("~change")
    await ada.taps("outage")
    await ada.says("A better wording of it.")
    await ada.taps("done")
    shown = await thread(stage)
    assert len(shown) == before
    assert "A better wording of it." in shown[1]
    assert GOOD not in "\n".join(shown)


async def test_a_skipped_question_says_so(stage: Stage):
    ada = await followed(stage)
    await ada.taps("~skip")
    await ada.taps("skip")
    assert (await thread(stage))[1] == "Ada Okoye has skipped this."


async def test_switched_off_meanwhile_it_stops(stage: Stage):
    ada = await followed(stage)
    await stage.seats["Noor"].orders(f"/interview follow off {demo_en.ROLE}")
    await ada.plays(until="upset")
    assert await thread(stage) == [KIT.questions[0].ask]


async def test_whoever_leaves_is_not_followed_any_further(stage: Stage):
    ada = await followed(stage)
    await ada.says("stop")
    await ada.taps("stop")
    card = (await live(stage))["card"]
    assert card["text"] == "Ada Okoye has left the interview."
    assert "options" not in card


@pytest.mark.parametrize("line", ["follow", "follow maybe", "follow on No such title"])
async def test_the_command_says_what_it_needs(stage: Stage, line: str):
    assert (await stage.seats["Noor"].orders(f"/interview {line}"))["tone"] == "kind_error"
    assert (await stage.seats["Tom"].orders(f"/interview follow on {demo_en.ROLE}"))["tone"] == "kind_error"


# -- proposing -------------------------------------------------------------------------------------------------


async def test_a_proposal_is_asked_in_its_own_words_after_the_answer_and_is_named(stage: Stage):
    ada = await followed(stage)
    told = await proposes(stage, ASKED)
    assert "I'll ask it" in told["card"]["text"]
    await ada.says(SHORT)
    await ada.taps("done")
    asked = (await ada.messages())[-1]["card"]
    assert (asked["text"], asked["title"]) == (ASKED, words.BY_THE_TEAM)
    assert await proposals(stage) == [("asked", "")]
    (fact,) = await stage.rows(FactRow, name="proposal_asked")
    assert set(orjson.loads(fact["data"])) == {"proposal", "question", "indicator"}
    shown = [m for m in await stage.seats["Tom"].messages(stage.channel_id) if m.get("under")]
    assert [m["card"]["title"] for m in shown if m["card"].get("text") == ASKED] == ["Asked, in Tom\u2019s words"]
    await ada.says("It was down for forty minutes, and never again since March.")
    await ada.taps("done")
    await ada.plays()
    scorecard = await stage.seats["Tom"].post("Ada Okoye")
    transcript = "\n".join(await thread(stage, scorecard["id"]))
    assert f"Asked, in Tom\u2019s words: {ASKED}" in transcript
    assert "forty minutes" in transcript
    export = await stage.seats["Noor"].exports((await stage.interview(ada))["id"])
    assert export is not None
    assert [(p["who"], p["text"]) for p in export["proposals"]] == [("Tom", ASKED)]


async def test_two_proposals_at_once_are_asked_one_after_the_other_or_refused_kindly(stage: Stage):
    ada = await followed(stage)
    await proposes(stage, ASKED)
    await proposes(stage, "What would you do differently next time?", "Priya")
    left = proposed.room(KIT, {}, ())["ownership"]
    assert await proposals(stage) == [("waiting", ""), ("waiting", "") if left > 1 else ("refused", "no_room")]
    await ada.says(SHORT)
    await ada.taps("done")
    assert (await ada.messages())[-1]["card"]["text"] == ASKED
    again = await proposes(stage, "Which alternative did you consider?", "Priya")
    assert again["card"]["tone"] in ("kind_error", "aside")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Do you plan to have children?", "private"),
        ("What is your religion?", "private"),
        ("Fast?", "length"),
        ("Tell me about the result.", "one_question"),
        ("What did it cost? And who paid?", "one_question"),
        ("Which level would you give yourself, as a score?", "judges"),
        (f"{RAW['competencies']['ownership']['anchors'][5]}?", "gives_away"),
        ("What does http://example.org say about the result?", "markup"),
    ],
)
async def test_what_nobody_may_be_asked_is_refused_with_a_reason(stage: Stage, text: str, why: str):
    ada = await followed(stage)
    told = await proposes(stage, text)
    assert told["card"]["text"] == words.refused(why).text
    assert await proposals(stage) == [("refused", why)]
    await ada.says(SHORT)
    await ada.taps("done")
    assert text not in str(await ada.messages())


async def test_where_the_words_do_not_say_it_the_proposer_does(stage: Stage):
    ada = await followed(stage)
    vague = "Could you say a little more?"
    told = await proposes(stage, vague)
    assert [o["id"] for o in told["card"]["options"]][-1] == "none"
    await ada.says(SHORT)
    await ada.taps("done")
    assert vague not in str(await ada.messages())  # not before it is known what it is about
    await ada.plays(until="upset")
    await stage.seats["Tom"].taps("care", told["token"])
    assert "I'll ask it" in (await stage.seats["Tom"].messages())[-1]["card"]["text"]
    await stage.seats["Tom"].taps("none", told["token"])  # an old tap changes nothing
    assert (await stage.seats["Tom"].messages())[-1]["card"]["text"] == words.GONE
    assert ("waiting", "") in await proposals(stage)


async def test_a_proposal_about_none_of_it_is_left(stage: Stage):
    await followed(stage)
    told = await proposes(stage, "Could you say a little more?")
    await stage.seats["Tom"].taps("none", told["token"])
    assert (await stage.seats["Tom"].messages())[-1]["card"]["text"] == words.NONE
    assert await proposals(stage) == [("refused", "no_competency")]


async def test_a_proposal_by_the_button_fills_in_a_form(stage: Stage):
    await followed(stage)
    post, tom = await live(stage), stage.seats["Tom"]
    tap = TappedIn(id=stage.event_id(), kind="tapped", token=post["token"], option="propose")
    await tom._does(tap, stage.channel_id, "channel")  # pyright: ignore[reportPrivateUsage]
    form = (await tom.messages())[-1]
    assert [f["key"] for f in form["card"]["fields"]] == ["question", "competency"]
    fields = {"question": "Could you say a little more?", "competency": "ownership"}
    sent = SubmittedIn(id=stage.event_id(), kind="submitted", token=form["token"], fields=fields)
    await tom._does(sent)  # pyright: ignore[reportPrivateUsage]
    assert await proposals(stage) == [("waiting", "")]


async def test_whoever_is_not_on_the_panel_proposes_nothing(stage: Stage):
    await stage.join("Observer", "observer")
    await followed(stage)
    told = await proposes(stage, ASKED, "Observer")
    assert told["card"]["text"] == words.NOT_YOURS
    assert await proposals(stage) == []


async def test_what_was_not_asked_lapses_with_a_word_to_its_proposer(stage: Stage):
    ada = await followed(stage, until="upset")
    await proposes(stage, "How did you keep the customer informed?")
    await ada.says("stop")
    await ada.taps("stop")
    assert await proposals(stage) == [("lapsed", "")]
    assert "wasn't asked" in (await stage.seats["Tom"].messages())[-1]["card"]["text"]


async def test_after_the_interview_nothing_is_taken(stage: Stage):
    ada = await followed(stage)
    await ada.plays()
    told = await proposes(stage, ASKED)
    assert told["card"]["text"] == words.OVER


async def test_talk_in_the_thread_is_kept_and_nobody_else_hears_it(stage: Stage):
    ada = await followed(stage)
    before = len(await ada.messages())
    await stage.seats["Tom"].writes("Interesting so far.", (await live(stage))["id"])
    assert len(await ada.messages()) == before
    assert await proposals(stage) == []
    assert "Interesting so far." in str(await stage.seats["Priya"].messages(stage.channel_id))


async def test_an_erased_candidate_leaves_no_words_in_the_channel(stage: Stage):
    ada = await followed(stage, until="upset")
    await proposes(stage, "How did you keep the customer informed?")
    subject = ada.who.person_id
    await stage.app.store.commit(
        lambda tx: tx.delete(DataKey, {"tenant_id": stage.app.tenant_id, "subject_id": subject})
    )
    stage.app.keys.forget(stage.app.tenant_id, subject)
    left = str(await stage.seats["Tom"].messages(stage.channel_id))
    assert GOOD not in left
    assert "Ada Okoye" not in left


# -- the transcript --------------------------------------------------------------------------------------------


async def test_the_transcript_stands_below_the_scorecard_s_post_once(stage: Stage):
    ada = await stage.finished()
    post = await stage.seats["Tom"].post("Ada Okoye")
    (text,) = await thread(stage, post["id"])
    assert GOOD in text
    assert UPSET in text
    assert all(f"{n}. {q.ask}" in text for n, q in enumerate(KIT.questions, 1))
    await stage.seats["Priya"].rates("Ada Okoye")
    await stage.seats["Tom"].rates("Ada Okoye")
    assert (await thread(stage, post["id"])).count(text) == 1
    assert (await stage.interview(ada))["status"] == "scored"


async def test_a_long_transcript_comes_in_a_dozen_messages_and_then_says_where_the_rest_is(stage: Stage):
    long = " ".join(f"word{n}" for n in range(9_000))
    await stage.finished(answers={"outage": [long[:39_000], long[:39_000]], "upset": long[:39_000]})
    post = await stage.seats["Tom"].post("Ada Okoye")
    shown = [m for m in await stage.seats["Tom"].messages(stage.channel_id) if m.get("under") == post["id"]]
    assert len(shown) == 12
    assert [m["card"]["title"] for m in shown] == [f"Transcript ({n} of 12)" for n in range(1, 13)]
    assert "/review/" in shown[-1]["card"]["foot"]
    assert not any("foot" in m["card"] for m in shown[:-1])
    assert max(len(m["card"]["text"]) for m in shown) <= 8_000
    assert len(await stage.rows(Outbox, step="post.transcript")) == 12


async def test_what_people_write_below_the_scorecard_s_post_is_sealed_with_the_interview(stage: Stage):
    ada = await stage.finished()
    post = await stage.seats["Tom"].post("Ada Okoye")
    await stage.seats["Tom"].writes("The second answer is the one to read.", post["id"])
    (kept,) = await stage.rows(Utterance, reply_to=post["id"])
    assert kept["subject_id"] == ada.who.person_id
    assert "The second answer" in str(await stage.seats["Priya"].messages(stage.channel_id))
    assert "The second answer" not in str(await stage.seats["Noor"].exports((await stage.interview(ada))["id"]))


async def test_with_a_model_too_the_team_s_words_are_asked_and_not_the_model_s(home: Path):
    async with with_model(home, model(asks("What happened after that?"))) as (stage, _):
        ada = await followed(stage)
        await proposes(stage, ASKED)
        await ada.says(SHORT)
        await ada.taps("done")
        assert (await ada.messages())[-1]["card"]["text"] == ASKED
        assert await proposals(stage) == [("asked", "")]
