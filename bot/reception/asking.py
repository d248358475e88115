"""Questions and forms: which one is open, which one a message answers, and what a form or a line may be filled with."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from adapters.contract import Answer, Incoming, Who, position
from bot.arrivals import identity_space
from bot.desk import letters
from bot.desk.desk import is_desk
from bot.keyring import Erased
from bot.mail import MORE, RATE
from bot.outbox import opened_card
from bot.reception.known import Acquaintances, Known
from bot.reception.parts import Parts
from bot.scene import Scene
from bot.store import queries
from bot.store.rows import Outbox, Thread
from bot.store.store import Tx
from bot.threads import NoSuchThread
from flows.cards import to_json as card_json
from flows.words import reception_en as words


class Asking:
    """Answers what an adapter wants to show. A stranger, and a guest of a team's workspace, is shown nothing."""

    def __init__(self, parts: Parts, known: Acquaintances) -> None:
        self.parts, self.known = parts, known
        self.store, self.keys, self.desk = parts.store, parts.keys, parts.desk

    # -- what an adapter shows ------------------------------------------------------------------------

    async def form(self, who: Who, token: str) -> dict[str, Any] | None:
        """See `adapters.contract.Port`, as with the two below."""
        known = await self.known.find(who)
        if known is None or (known.member and who.outsider):
            return None
        if is_desk(token):
            return await self.store.read(lambda tx: self._desk_form(tx, who, known, token))
        with suppress(Erased, NoSuchThread):
            waiting = await self.parts.intake.waiting(known.tenant_id, known.thread_id)
            return await self.card_of(known, token) if waiting and waiting.token == token else None
        return None

    async def suggest(self, who: Who, line: str) -> list[tuple[str, str]]:
        known = await self.known.find(who)
        if known is None or not known.member or who.outsider:
            return []
        return await self.store.read(
            lambda tx: self.desk.suggest(tx, self.keys, known.tenant_id, known.person_id, line)
        )

    async def home(self, who: Who) -> dict[str, Any]:
        known = await self.known.find(who)
        if known is None or not known.member or who.outsider:
            return card_json(words.STRANGER)
        tasks = await self.store.read(lambda tx: self.desk.tasks(tx, self.keys, known.tenant_id, known.person_id))
        return {**card_json(tasks), "token": RATE}

    def _desk_form(self, tx: Tx, who: Who, known: Known, token: str) -> dict[str, Any] | None:
        chat = tx.find(Thread, {"tenant_id": known.tenant_id, "id": known.thread_id})[0]
        looking = Scene(tx, self.keys, self.parts.ids, chat, self.parts.clock.now())
        card = self.desk.form(looking, known.person_id, token)
        return letters.theirs(tx, known.tenant_id, who.platform, card_json(card)) if card else None

    # -- the questions of a person's own chat -----------------------------------------------------------

    async def card_of(self, known: Known, token: str) -> dict[str, Any] | None:
        """The card with a form that asks the question `token` of the person's own chat."""

        def unit(tx: Tx) -> dict[str, Any] | None:
            where = {"tenant_id": known.tenant_id, "thread_id": known.thread_id, "token": token, "act": "send"}
            rows = tx.find(Outbox, where, "-seq")
            for row in rows:
                self.keys.load(tx, row["tenant_id"], row["subject_id"])
                card = opened_card(self.keys, row)[0]
                if card is not None and card.get("fields"):
                    return card
            return None

        return await self.store.read(unit)

    async def answered_by(self, known: Known, message: str) -> str | None:
        """The question that was on the person's screen when they wrote `message`, as its token; None: the open one."""
        return await self.store.read(lambda tx: _asked(tx, known, message))

    # -- people in a form -----------------------------------------------------------------------------

    async def introduced(self, event: Incoming, fields: dict[str, str]) -> dict[str, Any]:
        """What the platform says of people who were picked in a form: their names, and where their own chats are."""
        who, adapter = event.who, self.parts.adapters[event.who.platform]
        names, chats = dict[str, str](), dict[str, str]()
        for user in letters.people_in(fields):
            picked = replace(who, user=user)
            if await self.known.find(picked) is None and (name := await adapter.name_of(who.workspace, user)):
                names[user], chats[user] = name, adapter.private(picked)
        return {"known": names, "chats": chats, "space": identity_space(who), "workspace": who.workspace}

    async def for_pickers(self, who: Who, known: Known, answer: Answer) -> Answer:
        """The same answer; people in its form are named as this platform's picker names them."""
        if answer.card is None or not answer.card.get("fields"):
            return answer
        card = answer.card
        shown = await self.store.read(lambda tx: letters.theirs(tx, known.tenant_id, who.platform, card))
        return replace(answer, card=shown)


def _asked(tx: Tx, known: Known, message: str) -> str | None:
    """The question that was on the person's screen when they wrote: the last that stands above their message.

    None where that can't be told (one is on its way this very moment): the words then belong to the open one.
    """
    here, platform = position(message), message.partition(":")[0]
    for row in queries.newest_questions(tx, known.tenant_id, known.thread_id):
        if row["token"] == MORE:
            continue  # a notice with a button is no question
        if row["state"] == "sending":
            return None
        if row["platform_id"].partition(":")[0] != platform:
            return None
        if position(row["platform_id"]) < here:
            return row["token"]
    return None
