"""Chats and channels themselves: which one it is, and what closes, opens or moves it."""

from contextlib import suppress
from typing import Any

from adapters.contract import Answer, Incoming, Left, Moved
from bot import people
from bot.desk.sight import RECRUITERS, Sight
from bot.keyring import Erased
from bot.mail import Mail
from bot.reception.known import Known
from bot.reception.parts import Parts
from bot.store.rows import Thread
from bot.store.store import Row, Tx
from bot.threads import NoSuchThread


class Chats:
    """Finds the chat of an event, and writes down what became of it."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.store = parts, parts.store

    # -- channels -------------------------------------------------------------------------------------

    async def channel(self, event: Incoming, tenant_id: str) -> Row | None:
        """The tenant's channel that something happened in, if it is one of ours."""
        where = {"tenant_id": tenant_id, "platform": event.who.platform, "address": event.place.address}
        found = await self.store.read(lambda tx: tx.find(Thread, {**where, "kind": "channel"}))
        return found[0] if found else None

    async def place(self, event: Incoming, known: Known, means_it: bool) -> str:
        """The chat row of the channel that an order was given in. It is made only when a recruiter's order is about the
        channel: one where somebody just asked for help is no hiring channel."""
        found = await self.channel(event, known.tenant_id)
        if found is not None or not means_it:
            return found["id"] if found else ""
        async with self.parts.lock(f"place {event.place.address}"):
            return await self.store.commit(lambda tx: self._channel_for(tx, event, known))

    def _channel_for(self, tx: Tx, event: Incoming, known: Known) -> str:
        where = {"tenant_id": known.tenant_id, "platform": event.who.platform, "address": event.place.address}
        found = tx.find(Thread, where)
        if found:
            return found[0]["id"]
        if not Sight(tx, self.parts.keys, known.tenant_id, known.person_id).holds(*RECRUITERS):
            return ""
        add = (known.tenant_id, "channel", "", known.tenant_id, event.place.title or "hiring")
        return people.add_thread(tx, self.parts.ids, *add, event.who.platform, event.place.address)

    # -- closed, open again, moved --------------------------------------------------------------------

    async def changed(self, event: Incoming) -> Answer:
        """A chat was closed, opened again or moved. Nobody did anything in it."""
        where = {"platform": event.who.platform, "address": event.place.address}
        act = event.act
        for chat in await self.store.read(lambda tx: tx.find(Thread, where)):
            if isinstance(act, Left):
                await self.unreachable(chat["tenant_id"], chat["id"], act.problem)
            else:
                to = act.address if isinstance(act, Moved) else ""
                await self._tell("chat", chat["tenant_id"], chat["id"], {"to": to})
        return Answer()

    async def unreachable(self, tenant_id: str, thread_id: str, problem: str) -> None:
        """Nothing reaches a chat any more: once for each time that happens, its recruiters get a task."""
        await self._tell("unreachable", tenant_id, thread_id, {"problem": problem})

    async def reachable(self, tenant_id: str, thread_id: str) -> None:
        """Something has reached a chat again, and its platform had not said that it would."""
        await self._tell("chat", tenant_id, thread_id, {})

    async def _tell(self, kind: str, tenant_id: str, thread_id: str, data: dict[str, Any]) -> None:
        """A letter about the state of a chat; what it changes nothing about needs none."""
        chat = await self.store.read(lambda tx: tx.one(Thread, tenant_id=tenant_id, id=thread_id))
        lost, to = bool(chat and chat["blocked"]), data.get("to", "")
        if chat is None or (to == "" and lost == (kind == "unreachable")):
            return
        # The version names the state that was seen: two who saw the same write one letter.
        name = f"{kind}/{thread_id}/{chat['version']}"
        with suppress(Erased, NoSuchThread):
            await self.parts.intake.receive(
                Mail(tenant_id, "chat", name, thread_id, kind, self.parts.clock.now(), data)
            )
