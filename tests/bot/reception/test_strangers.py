"""Nobody we know, and those who may not: kind answers, nothing stored, nobody's words in a log."""

import io
from typing import Any

import pytest

from adapters.contract import Form, Left, Rewording, Slash, Takeback, Tap, Upload, Words
from bot import people
from bot.store.rows import (
    Batch,
    Conversation,
    Identity,
    Inbox,
    Interview,
    JournalEntry,
    Outbox,
    Person,
    Requisition,
    Role,
    Scorecard,
    Session,
    TeamQuestion,
    Thread,
    Utterance,
)
from flows.words import reception_en
from tests.bot.reception.guests import PLATFORMS, TEAM, Guest, candidate, chat_of, interview_of, member, text_of
from tests.bot.stagehand import Stage

TABLES = (
    *(Batch, Conversation, Identity, Inbox, Interview, JournalEntry, Outbox, Person, Requisition),
    *(Role, Scorecard, Session, TeamQuestion, Thread, Utterance),
)
SECRET_WORDS = "mkstranger words"


async def everything(stage: Stage) -> dict[str, list[dict[str, Any]]]:
    return {t.__name__: sorted(await stage.rows(t), key=str) for t in TABLES}


async def never(limit: int) -> bytes:
    raise AssertionError("a stranger's file was fetched")


def acts(chat: Any, address: str, token: str) -> list[Any]:
    message = chat.number(address)
    return [
        Words(SECRET_WORDS, message),
        Words(f"/interview {SECRET_WORDS}", chat.number(address)),
        Tap(token, SECRET_WORDS, message),
        Tap("do:card:iv_1", "withdraw", message),
        Form(token, {"name": SECRET_WORDS}),
        Form("cmd:new", {"title": SECRET_WORDS}),
        Slash(f"invite {SECRET_WORDS}"),
        Upload(f"{SECRET_WORDS}.csv", "text/csv", 10, never, message, SECRET_WORDS),
        Rewording(message, SECRET_WORDS),
        Takeback(message),
        Left("blocked"),
    ]


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("private", [True, False])
async def test_a_stranger_gets_a_kind_answer_and_nothing_is_kept(
    stage: Stage, logs: io.StringIO, platform: str, private: bool
):
    ada = await candidate(stage, platform, "U1")
    before = await everything(stage)
    nobody = Guest(stage, platform, "U2")
    nobody = nobody if private else nobody.at("T1/C1" if platform == "slack" else "G1/C1")
    for act in acts(nobody.chat, nobody.address, ada.asks().token):
        answer = await nobody.does(act)
        silent = isinstance(act, Rewording | Takeback | Left) or (isinstance(act, Words) and not private)
        assert (answer.card is None) is silent, act
        if answer.card:
            assert answer.card["text"] == reception_en.STRANGER.text
    assert await everything(stage) == before
    assert nobody.bubbles == []
    assert SECRET_WORDS.split()[0] not in logs.getvalue()
    app = stage.app.reception
    assert await app.form(nobody.who, ada.asks().token) is None
    assert await app.form(nobody.who, "cmd:new") is None
    assert await app.suggest(nobody.who, "") == []
    assert (await app.home(nobody.who))["text"] == reception_en.STRANGER.text


async def test_another_persons_question_is_nobody_elses(stage: Stage):
    """Ben taps, and fills in, with the token of Ada's open question. Nothing of hers moves, and he is told kindly."""
    ada, ben = await candidate(stage, "telegram", "1"), await candidate(stage, "discord", "2", "Ben Roe")
    await ada.plays("consent.interview")
    (hers,) = await stage.rows(Conversation, interview_id=(await interview_of(stage, ada))["id"])
    journal = await stage.rows(JournalEntry, "n", conversation_id=hers["id"])
    token, before = ada.asks().token, len(ada.bubbles)
    assert await stage.app.reception.form(ben.who, token) is None
    await ben.taps("yes", token)
    await ben.does(Form(token, {"name": "Mallory"}))
    assert await stage.rows(JournalEntry, "n", conversation_id=hers["id"]) == journal
    assert len(ada.bubbles) == before
    assert (await ben.waiting()).key == "residence"
    assert any("earlier" in t or "button" in t for t in ben.texts)


@pytest.mark.parametrize(
    "token", ["q_forged", "do:", "do:card", "do:card:", "cmd:", "cmd:new:x", "do:nothing:iv_1", ":"]
)
async def test_forged_tokens_do_nothing(stage: Stage, token: str):
    ada, noor = await candidate(stage, "telegram", "1"), await member(stage, stage.seats["Noor"], "slack", "U9")
    before = [await stage.rows(t) for t in (Interview, Requisition, Batch, Role, Scorecard)]
    for guest in (ada, noor, noor.at(f"{TEAM}/C1")):
        for act in (Tap(token, "withdraw"), Form(token, {"title": "X", "name": "Y"})):
            await guest.does(act)
            own = Guest(stage, guest.platform, guest.user)
            assert text_of(guest.last) if guest.last.card else own.texts[-1]
    assert [await stage.rows(t) for t in (Interview, Requisition, Batch, Role, Scorecard)] == before


async def test_a_candidate_who_writes_like_the_team_is_answered_as_a_candidate(stage: Stage):
    ada = await candidate(stage, "telegram", "1")
    await ada.plays("outage")
    for line in ("invite Mallory", "board", "members"):
        assert text_of(await ada.orders(line)) == reception_en.FOR_THE_TEAM.text
        await ada.says(f"/interview {line}")
        assert text_of(ada.last) == reception_en.FOR_THE_TEAM.text
    assert [u for u in await stage.rows(Utterance) if u["step"] == "outage"] == []
    before = len(ada.bubbles)
    await ada.says("/interview status")
    await ada.orders("help")
    assert ada.last.card is None
    assert len(ada.bubbles) >= before + 2
    assert (await ada.waiting()).key == "outage"
    assert [u for u in await stage.rows(Utterance) if u["step"] == "outage"] == []
    assert text_of(await ada.at("-100").orders("help")) == reception_en.FOR_THE_TEAM.text
    for token in ("do:card:iv_1", "cmd:new"):
        assert text_of(await ada.taps("yes", token)) == reception_en.NOT_YOURS.text
    assert await stage.app.reception.suggest(ada.who, "") == []


async def test_words_beside_a_candidates_file_are_taken(stage: Stage):
    ada = await candidate(stage, "telegram", "1")
    await ada.plays("outage")
    message = ada.chat.number(ada.address)
    answer = await ada.does(Upload("cv.pdf", "application/pdf", 10, never, message, "Here is what I did."), "up")
    assert text_of(answer) == reception_en.FILE_UNWANTED.text
    (said,) = await stage.rows(Utterance, step="outage")
    assert said["id"]
    assert not (
        await ada.does(Upload("cv.pdf", "application/pdf", 10, never, message, "Here is what I did."), "up")
    ).new
    assert len(await stage.rows(Utterance, step="outage")) == 1


async def test_a_member_typing_a_command_in_the_private_chat(stage: Stage):
    noor = await member(stage, stage.seats["Noor"], "telegram", "9")
    await noor.says("/interview invite Lin Chen")
    assert "Lin Chen" in noor.texts[-1]
    assert len(await stage.rows(Interview)) == 1


async def test_asking_for_help_makes_no_hiring_channel(stage: Stage):
    noor, tom = (
        await member(stage, stage.seats["Noor"], "slack", "U9"),
        await member(stage, stage.seats["Tom"], "slack", "U8"),
    )
    before = len(await stage.rows(Thread, kind="channel"))
    await noor.at(f"{TEAM}/C7").orders("help")
    await tom.at(f"{TEAM}/C7").orders("new Baker kit nurse")
    assert len(await stage.rows(Thread, kind="channel")) == before
    answer = await noor.at(f"{TEAM}/C7").orders("channel")
    assert answer.token.startswith("do:chan:")
    assert len(await stage.rows(Thread, kind="channel", address=f"{TEAM}/C7")) == 1


async def test_somebody_without_a_chat_is_a_stranger(stage: Stage):
    tom = await member(stage, stage.seats["Tom"], "slack", "U8")
    app = stage.app

    def alone(tx: Any) -> str:
        person = stage.seats["Tom"].who.person_id
        assert people.chat_of(tx, app.tenant_id, person) == people.thread_of(tx, app.tenant_id, person)
        tx.delete(Thread, {"tenant_id": app.tenant_id, "person_id": person})
        with pytest.raises(LookupError, match="no chat"):
            people.thread_of(tx, app.tenant_id, person)
        return people.chat_of(tx, app.tenant_id, person)

    assert await app.store.commit(alone) == ""
    app.reception.known.clear()
    assert text_of(await tom.orders("board")) == reception_en.STRANGER.text


async def test_what_is_said_between_others_in_a_channel_is_none_of_ours(stage: Stage):
    noor = await member(stage, stage.seats["Noor"], "slack", "U9")
    there, before = noor.at(f"{TEAM}/C1"), await everything(stage)
    await there.says("Did you see the game?")
    await there.says("Yes.", reply_to=f"slack:{TEAM}/C1:99")
    assert there.last.card is None
    assert await everything(stage) == before
    assert chat_of(stage, "slack").at(f"{TEAM}/C1") == []
