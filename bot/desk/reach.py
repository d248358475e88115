"""How an order of the team reaches a candidate: in their own chat, and in the conversations that go on there."""

from bot import hiring, people
from bot.desk.sight import Call
from bot.store.rows import Conversation
from bot.store.store import Row
from flows.cards import Card
from flows.cards import to_json as card_json


def chat(call: Call, interview: Row) -> str:
    return people.thread_of(call.scene.tx, call.scene.tenant_id, interview["candidate_id"])


def tell(call: Call, interview: Row, card: Card) -> None:
    call.scene.send(chat(call, interview), "tell", interview["candidate_id"], card=card_json(card))


def happens(call: Call, conversation: Row, event: dict[str, object], **more: object) -> None:
    """Something for one conversation, by its id: a person may have several going on."""
    where, subject = conversation["thread_id"], conversation["subject_id"]
    call.scene.send(where, "happening", subject, event=event, conversation=conversation["id"], **more)


def conversations(call: Call, interview: Row, *flows: str) -> list[Row]:
    where = {"tenant_id": call.scene.tenant_id, "interview_id": interview["id"]}
    rows = call.scene.tx.find(Conversation, where, "opened_at,id")
    return [r for r in rows if r["state"] != "ended" and r["flow"] in flows]


def learned(text: str) -> dict[str, object]:
    """What a conversation is told when it is called off."""
    return {"kind": "learned", "name": "called_off", "data": {"text": text}}


def end(call: Call, interview: Row, text: str) -> None:
    """End what the candidate is in the middle of, kindly; where nothing goes on, just say it."""
    card, going_on = Card(text, tone="notice"), conversations(call, interview, "invite", "onward", *hiring.TALKS)
    for conversation in going_on:
        happens(call, conversation, learned(text), otherwise=card_json(card))
    if not going_on:
        tell(call, interview, card)
