"""Cards with files on Slack: pictures in their blocks, documents below, crashes in between, and what Slack doesn't take."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.contract import Answer, Delivered, Outcome, Outgoing
from adapters.slack import words
from adapters.slack.app import SlackAdapter
from flows import cards
from flows.cards import Card, Option
from tests.adapters.files import BOOKED, BROKEN, ICS, INVITATION, PICTURE, PNG, file, png
from tests.adapters.slack.conftest import config, outgoing
from tests.fakes.port import RecordingPort
from tests.fakes.slack import TEAM, FakeSlack, controls, seen_text

ASKED = Card("Which time suits you?", files=(PICTURE,), options=(Option("a", "Tuesday"), Option("b", "Thursday")))
NO_PICTURE = "There is a picture here that I couldn\u2019t show: Your week"
NO_PAPER = "I couldn\u2019t attach invitation.ics here"


def sent(card: Card, id: str = "m1", **more: Any) -> Outgoing:
    return outgoing(id, card=cards.to_json(card), **more)


async def one(adapter: SlackAdapter, message: Outgoing) -> Delivered:
    (receipt,) = await adapter.deliver([message])
    return receipt


def methods(fake: FakeSlack) -> list[str]:
    return [m for m, _ in fake.calls if m.startswith(("files.", "upload"))]


async def test_a_picture_is_part_of_the_card_and_a_document_hangs_below(fake: FakeSlack, adapter: SlackAdapter):
    receipt = await one(adapter, sent(BOOKED))
    card, below = fake.parleys("U1")
    assert receipt.platform_id == f"slack:{TEAM}/{fake.direct('U1')}:{card['ts']}"
    assert fake.pictures(card) == [PNG]
    assert fake.uploads(below) == [("invitation.ics", ICS)]
    assert PICTURE.alt in card["text"]
    assert [b["alt_text"] for b in card["blocks"] if b["type"] == "image"] == [PICTURE.alt]


async def test_it_goes_to_the_channel_that_it_is_for(fake: FakeSlack, adapter: SlackAdapter):
    await one(adapter, sent(BOOKED, address=f"{TEAM}/C1"))
    assert [bool(fake.uploads(m)) for m in fake.parleys("C1")] == [False, True]
    assert fake.messages("U1") == []


async def test_settling_shows_the_same_picture_and_shares_nothing_again(fake: FakeSlack, adapter: SlackAdapter):
    asked = replace(ASKED, files=(PICTURE, INVITATION))
    receipt = await one(adapter, sent(asked, token="c:q"))
    before = len(methods(fake))
    settle = sent(asked, "m2", act="edit", target="m1", ref=receipt.platform_id, chosen="b")
    await one(adapter, replace(settle, card=None, shown=cards.to_json(asked)))
    card, _ = fake.parleys("U1")
    assert fake.pictures(card) == [PNG]
    assert "\u2713 Thursday" in seen_text(card["blocks"])
    assert controls(card["blocks"]) == []
    assert len(methods(fake)) == before


async def test_after_a_restart_an_edit_still_shows_the_picture(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    receipt = await one(adapter, sent(ASKED, token="c:q"))
    after = SlackAdapter(config(fake), port)
    await after.start()
    settle = sent(ASKED, "m2", act="edit", target="m1", ref=receipt.platform_id, chosen="a")
    await one(after, replace(settle, card=None, shown=cards.to_json(ASKED)))
    (card,) = fake.parleys("U1")
    assert fake.pictures(card) == [PNG]
    await after.stop()


async def test_an_edit_shows_another_picture_and_shares_a_new_document_only(fake: FakeSlack, adapter: SlackAdapter):
    receipt = await one(adapter, sent(BOOKED))
    later = file("invitation.ics", "text/calendar", ICS.replace(b"0900", b"1000"))
    changed = replace(BOOKED, files=(file("week.png", "image/png", png(8, 8), "Less"), INVITATION))
    edit = sent(changed, "m2", act="edit", target="m1", ref=receipt.platform_id, shown=cards.to_json(BOOKED))
    await one(adapter, edit)
    card, _ = fake.parleys("U1")
    assert fake.pictures(card) == [png(8, 8)]
    await one(adapter, replace(edit, id="m3", card=cards.to_json(replace(changed, files=(PICTURE, later)))))
    assert [d for m in fake.parleys("U1") for _, d in fake.uploads(m)] == [ICS, ICS.replace(b"0900", b"1000")]


@pytest.mark.parametrize(
    ("method", "failure"),
    [
        *(("files.getUploadURLExternal", how) for how in ("429", "500", "drop", "taken:drop")),
        *(("upload", how) for how in ("429", "500", "drop")),
        *(("files.completeUploadExternal", how) for how in ("429", "500", "drop", "taken:drop")),
    ],
)
async def test_a_failure_on_the_way_is_made_good_and_nothing_comes_twice(
    fake: FakeSlack, adapter: SlackAdapter, method: str, failure: str
):
    fake.script(method, failure)
    out = sent(BOOKED)
    first = await one(adapter, out)
    assert first.outcome is Outcome.LATER
    assert fake.parleys("U1") == []
    if failure == "429":
        assert first.after_ms > 0
        adapter._clients._pauses.clear()  # pyright: ignore[reportPrivateUsage] -- seven seconds
    assert (await one(adapter, out)).outcome is Outcome.SENT
    card, below = fake.parleys("U1")
    assert (fake.pictures(card), fake.uploads(below)) == ([PNG], [("invitation.ics", ICS)])


@pytest.mark.parametrize("failure", ["429", "500", "drop", "taken:drop", "taken:500"])
async def test_sharing_is_tried_again_and_done_once(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter, failure: str
):
    fake.script("files.completeUploadExternal", failure)
    out = sent(Card("It is yours.", files=(INVITATION,)), at=int(fake.now() * 1000))
    assert (await one(adapter, out)).outcome is Outcome.LATER
    after = SlackAdapter(config(fake), port)  # killed between the card and its document
    await after.start()
    found = await after.look_up(out)
    assert (found is not None) == failure.startswith("taken")
    receipt = await one(after, out) if found is None else found
    assert receipt.outcome is Outcome.SENT
    card, below = fake.parleys("U1")
    assert receipt.platform_id.endswith(card["ts"])
    assert fake.uploads(below) == [("invitation.ics", ICS)]
    assert await after.look_up(out) == receipt
    await after.stop()


async def test_an_edit_whose_document_was_shared_unheard_shares_it_once(fake: FakeSlack, adapter: SlackAdapter):
    receipt = await one(adapter, sent(Card("One moment.")))
    booked = Card("It is yours.", files=(INVITATION,))
    edit = sent(booked, "m2", act="edit", target="m1", ref=receipt.platform_id, shown={"text": "One moment."})
    fake.script("files.completeUploadExternal", "taken:500")
    assert (await one(adapter, edit)).outcome is Outcome.LATER
    assert (await one(adapter, edit)).outcome is Outcome.SENT
    card, below = fake.parleys("U1")
    assert seen_text(card["blocks"]) == "It is yours."
    assert fake.uploads(below) == [("invitation.ics", ICS)]


async def test_killed_between_the_uploads_and_the_message_nothing_was_seen(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    fake.script("chat.postMessage", "500")
    out = sent(BOOKED, at=int(fake.now() * 1000))
    assert (await one(adapter, out)).outcome is Outcome.LATER
    assert fake.parleys("U1") == []
    after = SlackAdapter(config(fake), port)
    await after.start()
    assert await after.look_up(out) is None
    assert (await one(after, out)).outcome is Outcome.SENT
    assert [bool(m.get("files")) for m in fake.parleys("U1")] == [False, True]
    await after.stop()


async def test_an_older_invitation_of_the_same_name_is_not_taken_for_it(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    out = sent(Card("It is yours.", files=(INVITATION,)), at=int(fake.now() * 1000))
    await one(adapter, out)
    second = replace(out, id="m2")
    fake.script("files.completeUploadExternal", "500")
    assert (await one(adapter, second)).outcome is Outcome.LATER
    after = SlackAdapter(config(fake), port)
    await after.start()
    assert await after.look_up(second) is None
    assert (await one(after, second)).outcome is Outcome.SENT
    assert [bool(m.get("files")) for m in fake.parleys("U1")] == [False, True, False, True]
    await after.stop()


async def test_a_picture_that_is_not_ready_is_waited_for(fake: FakeSlack, adapter: SlackAdapter):
    fake.unready = 1
    receipts = [await one(adapter, sent(ASKED))]
    assert (receipts[-1].outcome, receipts[-1].after_ms) == (Outcome.LATER, 1000)
    while receipts[-1].outcome is Outcome.LATER and len(receipts) < 6:
        receipts.append(await one(adapter, sent(ASKED)))
    (card,) = fake.parleys("U1")
    assert fake.pictures(card) == [PNG]


async def test_a_picture_that_somebody_deleted_is_brought_again(fake: FakeSlack, adapter: SlackAdapter):
    await one(adapter, sent(ASKED))
    fake._files.clear()
    receipts = [await one(adapter, sent(ASKED, "m2"))]
    while receipts[-1].outcome is Outcome.LATER and len(receipts) < 6:
        receipts.append(await one(adapter, sent(ASKED, "m2")))
    assert receipts[-1].outcome is Outcome.SENT
    assert fake.pictures(fake.parleys("U1")[-1]) == [PNG]


async def test_a_picture_that_slack_never_shows_is_said_in_words(fake: FakeSlack, adapter: SlackAdapter):
    out = sent(replace(ASKED, files=(BROKEN, INVITATION)), token="c:q")
    receipts = [await one(adapter, out)]
    while receipts[-1].outcome is Outcome.LATER and len(receipts) < 6:
        receipts.append(await one(adapter, out))
    assert receipts[-1].outcome is Outcome.SENT
    card, below = fake.parleys("U1")
    assert NO_PICTURE in seen_text(card["blocks"])
    assert NO_PAPER not in seen_text(card["blocks"])
    assert len(controls(card["blocks"])) == 2
    assert fake.uploads(below) == [("invitation.ics", ICS)]
    edit = sent(replace(ASKED, files=(BROKEN,)), "m2", act="edit", target="m1", ref=receipts[-1].platform_id)
    receipts = [await one(adapter, edit)]
    while receipts[-1].outcome is Outcome.LATER and len(receipts) < 6:
        receipts.append(await one(adapter, edit))
    assert receipts[-1].outcome is Outcome.SENT
    assert NO_PICTURE in seen_text(fake.parleys("U1")[0]["blocks"])


async def test_without_the_right_to_upload_the_card_says_so(fake: FakeSlack, adapter: SlackAdapter):
    fake.lacking = {"files:write"}
    assert (await one(adapter, sent(BOOKED))).outcome is Outcome.SENT
    (card,) = fake.parleys("U1")
    assert NO_PICTURE in seen_text(card["blocks"])
    assert NO_PAPER in seen_text(card["blocks"])


async def test_a_slack_that_takes_no_bytes_delays_the_card_three_times_at_most(fake: FakeSlack, adapter: SlackAdapter):
    fake.script("upload", *["500"] * 9)
    receipts = [await one(adapter, sent(ASKED)) for _ in range(3)]
    assert [r.outcome for r in receipts] == [Outcome.LATER, Outcome.LATER, Outcome.SENT]
    assert NO_PICTURE in seen_text(fake.parleys("U1")[0]["blocks"])


async def test_a_document_that_may_not_be_shared_is_one_sentence_below(fake: FakeSlack, adapter: SlackAdapter):
    fake.script("files.completeUploadExternal", "error:restricted_action")
    assert (await one(adapter, sent(Card("Yours.", files=(INVITATION,))))).outcome is Outcome.SENT
    _, below = fake.parleys("U1")
    assert NO_PAPER in seen_text(below["blocks"])


# -- answers that only one person sees --------------------------------------------------------------------


async def test_a_private_note_says_where_its_files_are(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    port.answer = lambda event: Answer(cards.to_json(BOOKED))
    assert await (await fake.slash("U1", "status", "C1")).ack() is None
    await fake.until(lambda f: f.ephemeral)
    assert words.FILES_IN_CHAT in seen_text(fake.ephemeral[0]["blocks"])
    card, below = fake.parleys("U1")
    assert (fake.pictures(card), fake.uploads(below)) == ([PNG], [("invitation.ics", ICS)])
    assert fake.parleys("C1") == []


async def test_a_private_note_whose_files_reach_nobody_says_so(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    port.answer = lambda event: Answer(cards.to_json(BOOKED))
    fake.script("conversations.open", "error:user_disabled")
    await (await fake.slash("U1", "status", "C1")).ack()
    await fake.until(lambda f: f.ephemeral)
    said = seen_text(fake.ephemeral[0]["blocks"])
    assert NO_PICTURE in said
    assert words.FILES_IN_CHAT not in said


async def test_an_answer_in_the_own_chat_carries_its_files(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    fake.unready = 1
    port.answer = lambda event: Answer(cards.to_json(BOOKED))
    await fake.say("U1", "where is it?")
    await fake.until(lambda f: len(f.parleys("U1")) == 2)
    card, below = fake.parleys("U1")
    assert (fake.pictures(card), fake.uploads(below)) == ([PNG], [("invitation.ics", ICS)])


async def test_the_answer_to_a_form_says_where_its_files_are(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    form = {"text": "", "fields": [{"key": "name", "label": "Name"}], "title": "New"}
    port.form_lines.add("new")
    port.answer = lambda event: Answer(form, token="c:n") if len(port.events) == 1 else Answer(cards.to_json(BOOKED))
    await (await fake.slash("U1", "new", "C1")).ack()
    await fake.until(lambda f: f.modal("U1") and "Name" in str(f.modal("U1")))
    await (await fake.submit("U1", {"name": "Ada"})).ack()
    await fake.until(lambda f: words.FILES_IN_CHAT in str(f.modal("U1")))
    assert fake.pictures(fake.parleys("U1")[0]) == [PNG]
