"""The sounds of a chat's messages, for its page: `GET /api/v1/sounds/{message}/{n}`."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request, Response

from adapters.web.app import WebAdapter, caller_of, refuse
from bot.keyring import Erased
from bot.outbox import opened_card
from bot.ports import WebPort
from bot.sounds import MIME, Sounds, Whole
from bot.store.rows import Outbox
from bot.store.store import Row, Tx
from bot.web.ranges import ranged
from flows.words import clips_en as words


def router(adapter: WebAdapter, port: WebPort, sounds: Sounds) -> APIRouter:
    """Whoever may read a message may listen to it, as long as what is heard is still there."""
    api = APIRouter(prefix="/api/v1", tags=["chat"])

    async def sound(message_id: str, n: int, request: Request) -> Response:
        """One sound of a message: Opus in OGG, whole or the part that a player asks for."""
        caller = await caller_of(adapter, request)
        found = await port.store.read(lambda tx: _shown(port, tx, caller.tenant_id, message_id))
        if found is None or await port.kind_of(caller, found[0]["thread_id"]) is None:
            raise refuse(404, "not_found", words.NOT_HERE)
        made = await sounds.on_page(found[0], found[1], n)
        if made is None:
            raise refuse(404, "not_found", words.NOT_HERE)
        if isinstance(made, Whole):
            return ranged(request, made.blob.size, MIME, lambda start, end: sounds.bytes_of(made, start, end))
        return ranged(request, len(made.data), MIME, lambda start, end: _part(made.data, start, end))

    api.add_api_route("/sounds/{message_id}/{n}", sound, methods=["GET"], responses={200: {"content": {MIME: {}}}})
    return api


async def _part(data: bytes, start: int, end: int) -> AsyncIterator[bytes]:
    yield data[start:end]


def _shown(port: WebPort, tx: Tx, tenant_id: str, message_id: str) -> tuple[Row, dict[str, Any]] | None:
    """A message with the card that it shows now."""
    row = tx.one(Outbox, tenant_id=tenant_id, id=message_id)
    if row is None or row["act"] != "send":
        return None
    edits = tx.find(Outbox, {"tenant_id": tenant_id, "lane": row["lane"], "target": message_id, "act": "edit"}, "-seq")
    newest = next((e for e in edits if e["body"] is not None and e["state"] != "dropped"), row)
    try:
        port.keys.load(tx, tenant_id, row["subject_id"])
        card = opened_card(port.keys, newest)[0]
    except Erased:
        return None
    return None if card is None else (row, card)
