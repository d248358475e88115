"""One interview from the invitation to the feedback, through the whole application, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.rows import Consent, Outbox, Post
from tests.bot.stagehand import Stage, acting, settle
from tests.flows.rating.small_kit import GOOD, UPSET

FACTS = [
    *("opened", "residence_given", "notice_given", "notice_given", "consent", "consent", "consent", "consented"),
    *("interview_began", "question_shown", "question_shown", "submitted", "rated", "rated"),
    *("debrief_opened", "debrief_opened"),
]
DRAFT = "Last year our mail server stopped on a Friday evening."


@pytest.fixture
async def stage(tmp_path: Path, database_url: str) -> AsyncIterator[Stage]:
    async with acting(tmp_path, database_url) as stage:
        yield stage


async def test_a_whole_interview(stage: Stage):
    ada = await stage.invite()
    assert (await stage.interview(ada))["status"] == "opened"
    await ada.plays(until="outage")
    assert (await stage.interview(ada))["status"] == "in_progress"

    # Several bubbles, one of them edited before it counts and one taken back.
    first = await ada.says("Last year something broke.")
    second = await ada.says("This one was a slip.")
    third = await ada.says(GOOD.removeprefix(DRAFT).strip())
    await ada.edits(first, DRAFT)
    await ada.removes(second)
    await ada.taps("done")
    assert (await ada.must_wait()).key == "upset"
    await ada.edits(first, "A wording that came too late.")
    await ada.plays()
    interview = await stage.interview(ada)
    assert interview["status"] == "submitted"

    # The machine's card is there, sealed; the channel knows who is due and nothing else.
    noor, priya, tom = (stage.seats[n] for n in ("Noor", "Priya", "Tom"))
    machine = (await stage.cards(ada))["machine"]
    assert (machine["kind"], machine["state"]) == ("evidence-map", "submitted")
    assert {"label": "Scorecards", "value": "0 of 2 submitted"} in (await noor.post("Ada Okoye"))["card"]["rows"]

    await priya.rates("Ada Okoye", level="4", vote="yes")
    assert (await stage.interview(ada))["revealed_at"] is None
    assert {"label": "Scorecards", "value": "1 of 2 submitted"} in (await noor.post("Ada Okoye"))["card"]["rows"]
    await tom.rates("Ada Okoye", level="2", why="I missed the numbers.", vote="no")

    # Everything opens at the same moment.
    interview = await stage.interview(ada)
    assert interview["status"] == "scored"
    cards = await stage.cards(ada)
    assert {c["state"] for c in cards.values()} == {"revealed"}
    assert {c["revealed_at"] for c in cards.values()} == {interview["revealed_at"]}
    assert sorted(await stage.facts(ada)) == sorted(FACTS)

    card = (await noor.post("Ada Okoye"))["card"]
    rows = [(r["label"], r["value"]) for r in card["rows"]]
    assert rows == [("Priya", "Yes"), ("Tom", "No"), ("They differ", "Ownership (2 to 4), Care (2 to 4)")]
    assert [[tuple(x) for x in s["levels"]] for s in card["scores"]] == [[("Priya", 4), ("Tom", 2)]] * 2

    # One post for one interview, edited and never repeated.
    (post,) = await stage.rows(Post, kind="scorecard")
    sent = await stage.rows(Outbox, "seq", thread_id=stage.channel_id, state="sent")
    debriefs = await stage.rows(Post, "at,id", kind="debrief")
    roots = [r["id"] for r in sent if r["act"] == "send" and not r["under"]]
    assert sorted(roots) == sorted([post["message_id"], *(d["message_id"] for d in debriefs)])
    assert {r["under"] for r in sent if r["under"]} == {post["message_id"]}  # the transcript
    assert {r["target"] for r in sent if r["act"] == "edit"} == {post["message_id"]}

    # What is exported is what was said, and every quote stands literally in the message it names.
    export = await noor.exports(interview["id"])
    assert export is not None
    said = {u: t for a in export["answers"] for u, t in ((x["id"], x["text"]) for x in a["utterances"])}
    assert [[x["text"] for x in a["utterances"]] for a in export["answers"]] == [
        [DRAFT, GOOD.removeprefix(DRAFT).strip()],
        [UPSET],
    ]
    assert list(said)[:2] == [first, third]
    quotes = [q for s in card["scores"] for q in s["quotes"]]
    assert len(quotes) >= 4
    for quote in quotes:
        page, _, utterance = quote["link"].partition("#")
        assert page == f"/review/{interview['id']}"
        assert quote["text"] in said[utterance]

    consents = {(c["kind"], c["answer"]) for c in await stage.rows(Consent, interview_id=interview["id"])}
    assert {("interview", "yes"), ("scoring", "yes"), ("recording", "no")} <= consents

    # The candidate hears what came across, in their own words, and can end it there.
    shown = str([m["card"] for m in await ada.messages() if m["from"] == "parley"])
    assert [q["text"] for q in quotes if q["text"] in shown]
    assert not [x for x in ("Priya", "Tom", "I missed the numbers.") if x in shown]
    assert (await ada.must_wait()).key == "close"
    await ada.taps("thanks")
    assert await ada.waiting() is None


async def test_an_answer_can_be_changed_in_the_last_look(stage: Stage):
    ada = await stage.invite()
    await ada.plays(until="end.look")
    await ada.taps("change")
    await ada.taps("2")
    await ada.says("I would rather say this about the customer.")
    await ada.taps("done")
    await ada.plays()
    export = await stage.seats["Noor"].exports((await stage.interview(ada))["id"])
    assert export is not None
    answers = [[u["text"] for u in a["utterances"]] for a in export["answers"]]
    assert answers == [[GOOD], ["I would rather say this about the customer."]]
    assert UPSET in [u["text"] for u in export["utterances"]]


async def test_skipped_questions_stay_skipped_and_a_break_is_a_break(stage: Stage):
    ada = await stage.invite()
    await ada.plays(until="upset", answers={"outage": None})
    await ada.says("pause")
    assert (await stage.interview(ada))["status"] == "paused"
    await ada.says("continue")
    assert (await stage.interview(ada))["status"] == "in_progress"
    assert "You are talking to the automated interviewer" in "\n".join((await ada.texts())[-3:])
    await ada.plays()
    export = await stage.seats["Noor"].exports((await stage.interview(ada))["id"])
    assert export is not None
    assert [(a["question"], a["skipped"]) for a in export["answers"]] == [("outage", True), ("upset", False)]


async def test_words_that_came_late_stand_where_the_candidate_put_them(stage: Stage):
    ada = await stage.invite()
    await ada.plays(until="outage")
    before = (await ada.must_wait()).token
    await ada.plays(until="upset")
    late = await ada.says("I forgot: the disk was full.", asked=before)
    await ada.taps("add")
    await ada.plays()
    interview = await stage.interview(ada)
    export = await stage.seats["Noor"].exports(interview["id"])
    assert export is not None
    assert [u["text"] for u in export["answers"][0]["utterances"]] == [GOOD, "I forgot: the disk was full."]
    page = await stage.seats["Priya"].reviews(interview["id"])
    assert page is not None
    shown = [(i["kind"], i["id"]) for i in page["items"]]
    assert shown.index(("question", "q-outage")) < shown.index(("answer", late)) < shown.index(("question", "q-upset"))


async def test_a_reply_to_a_wish_for_a_person_reaches_the_candidate(stage: Stage):
    ada, tom = await stage.invite(), stage.seats["Tom"]
    await ada.plays(until="outage")
    await ada.says("i want to talk to a real person")
    await settle()
    wish = next(m for m in await tom.messages(tom.channel_id) if "talk to a person" in str(m.get("card")))
    await tom.writes("Hi Ada, Tom here.", reply_to=wish["id"])
    await settle()
    assert any("Tom here" in text for text in await ada.texts())
    assert (await ada.must_wait()).key == "outage"
