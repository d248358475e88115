"""The questions to the database that are more than "the rows that match", on both databases."""

from typing import Any

from bot.store import queries
from bot.store.rows import Conversation, Inbox, Outbox, Thread, Utterance
from bot.store.store import Row, Store

T = "t_1"


def thread(id: str, platform: str = "telegram", kind: str = "person") -> Row:
    row: Row = {
        "tenant_id": T,
        "id": id,
        "kind": kind,
        "person_id": f"p_{id}",
        "platform": platform,
        "address": f"a_{id}",
    }
    return {**row, "title": "", "subject_id": "s", "next_seq": 1, "version": 1, "blocked": ""}


def conversation(id: str, thread_id: str, state: str = "open", at: int = 10) -> Row:
    row: Row = {"tenant_id": T, "id": id, "thread_id": thread_id, "flow": "f", "flow_version": 1, "interview_id": ""}
    row |= {"subject_id": "s", "sealed": b"", "state": state, "step": "", "token": "", "entries": 0}
    return {**row, "opened_at": at, "last_at": at}


def message(n: int, platform_id: str = "", **more: Any) -> Row:
    row: Row = {"tenant_id": T, "id": f"m_{n}", "lane": "th", "thread_id": "th", "conversation_id": "", "seq": n}
    row |= {
        "interview_id": "",
        "subject_id": "s",
        "act": "send",
        "target": "",
        "state": "sent",
        "step": "",
        "token": "",
    }
    row |= {
        "chosen": "",
        "body": None,
        "platform_id": platform_id,
        "attempts": 0,
        "due_at": 0,
        "at": 0,
        "sent_at": 0,
        "under": "",
    }
    return {**row, **more}


def utterance(id: str, thread_id: str, at: int) -> Row:
    row: Row = {
        "tenant_id": T,
        "id": id,
        "version": 0,
        "thread_id": thread_id,
        "conversation_id": "",
        "interview_id": "",
    }
    return {**row, "person_id": "p", "subject_id": "s", "step": "", "reply_to": "", "seq": 1, "body": None, "at": at}


def letter(event: str, state: str, at: int) -> Row:
    row: Row = {"tenant_id": T, "source": "telegram", "event_id": event, "thread_id": "th", "subject_id": "s"}
    return {**row, "state": state, "attempts": 0, "body": None, "due_at": at, "at": at}


async def test_a_message_is_found_by_each_of_its_parts_and_by_no_other_number(store: Store):
    sent = [message(1, "telegram:9:100"), message(2, "telegram:9:101+102"), message(3, "telegram:9:1021")]
    await store.commit(lambda tx: tx.insert(Outbox, sent))
    chat = thread("th")

    async def named(platform_id: str) -> str | None:
        return await store.read(lambda tx: queries.message_named(tx, chat, platform_id))

    assert await named("telegram:9:100") == "m_1"
    assert await named("telegram:9:101") == "m_2"
    assert await named("telegram:9:102") == "m_2"
    assert await named("telegram:9:1021") == "m_3"
    assert await named("telegram:9:10") is None
    assert await named("telegram:8:100") is None
    assert await named("telegram:9:1%") is None
    assert await store.read(lambda tx: queries.message_named(tx, thread("elsewhere"), "telegram:9:100")) is None


async def test_the_newest_questions_are_those_that_went_out(store: Store):
    rows = [
        message(1, "telegram:9:1", token="a"),
        message(2, "telegram:9:2"),
        message(3, "telegram:9:3", token="b", act="edit"),
        message(4, "", token="c", state="sending"),
        message(5, "", token="d", state="pending"),
    ]
    await store.commit(lambda tx: tx.insert(Outbox, rows))
    found = await store.read(lambda tx: queries.newest_questions(tx, T, "th"))
    assert [(r["token"], r["state"]) for r in found] == [("c", "sending"), ("a", "sent")]
    assert len(await store.read(lambda tx: queries.newest_questions(tx, T, "th", 1))) == 1


async def test_chats_in_play_are_open_ones_on_the_platform_since_their_last_words(store: Store):
    def unit(tx: Any) -> None:
        tx.insert(Thread, [thread("a"), thread("b"), thread("c"), thread("d", "slack"), thread("e", kind="channel")])
        talks = [conversation(f"c_{i}", i) for i in "abde"] + [conversation("c_c", "c", "ended")]
        tx.insert(Conversation, talks)
        tx.insert(Utterance, [utterance("u_1", "a", 50), utterance("u_2", "a", 70)])

    await store.commit(unit)
    found = await store.read(lambda tx: queries.chats_in_play(tx, "telegram"))
    assert sorted((r["address"], r["since"]) for r in found) == [("a_a", 70), ("a_b", 10)]


async def test_the_last_event_is_the_newest_that_was_taken(store: Store):
    assert await store.read(queries.last_event) == 0
    rows = [letter("1", "done", 30), letter("2", "done", 40), letter("3", "pending", 90)]
    await store.commit(lambda tx: tx.insert(Inbox, rows))
    assert await store.read(queries.last_event) == 40
