"""Somebody comes in by a link or a code: from then on their platform's user is known, and their chat is here."""

import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

from adapters.contract import Answer, Incoming, Slash, Start, Who, Words
from bot import arrivals, people
from bot.arrivals import Arrived
from bot.keyring import Erased
from bot.mail import Mail
from bot.reception.known import Acquaintances, Known
from bot.reception.parts import Parts
from bot.store import queries
from bot.threads import NoSuchThread
from flows.cards import to_json as card_json
from flows.words import reception_en as words

# A code that was typed, or a link that was pasted: it opens the door and is kept nowhere.
_CODE = re.compile(
    r"\s*(?:(?:/?(?:interview|parley)\s+join\s+)(\S+)|(?:/?(?:start|join)\s+|\S+/i/)([A-Za-z0-9_-]{43}))\s*",
    re.IGNORECASE,
)


def code_in(event: Incoming) -> str | None:
    """The code of a link, if that is what somebody brings."""
    act = event.act
    if isinstance(act, Start):
        return act.secret
    if isinstance(act, Words) and event.place.private and (typed := _CODE.fullmatch(act.text)):
        return typed[1] or typed[2]
    if isinstance(act, Slash):
        name, _, code = act.line.strip().partition(" ")
        return code.strip() if name.casefold() == "join" and code.strip() else None
    return None


class Arriving:
    """Lets people in, and says kindly why not."""

    def __init__(self, parts: Parts, known: Acquaintances) -> None:
        self.parts, self.known = parts, known
        self.store, self.keys, self.clock = parts.store, parts.keys, parts.clock
        self.intake, self.workspaces = parts.intake, parts.workspaces

    async def arrive(self, event: Incoming, secret: str) -> Answer:
        """Somebody brings a link or a code: from now on we know them here."""
        who, at, ids = event.who, self.clock.now(), self.parts.ids
        found = await self.workspaces.get(who.platform, who.workspace) if who.workspace else None
        if found is None and who.platform == "slack":
            return Answer(card_json(words.NOT_INSTALLED))
        tenant = found.tenant_id if found else self.workspaces.main if who.platform == "telegram" else None
        # One account that brings two links at once, here and in a channel, is let in by one and then by the other.
        async with self.parts.lock(f"in {who.platform}/{who.user}"):
            came = await self.store.commit(lambda tx: arrivals.arrive(tx, self.keys, ids, tenant, who, secret, at))
        if not isinstance(came, Arrived):
            await self._alert(came.alert, who)
            return Answer(card_json(came.say))
        self.known.forget(who)
        if came.left:
            self.intake.forget(came.left)
        if came.after.mail:
            self.parts.runner.committed(came.thread_id, came.after)
        known = Known(came.tenant_id, came.person_id, came.thread_id, came.member)
        if who.workspace and found is None and came.member:
            await self._adopt_workspace(known, who)
        return await self._welcome(event, known, came)

    async def _welcome(self, event: Incoming, known: Known, came: Arrived) -> Answer:
        """Bring the person's chat here: what waits for them follows by itself, or the open question is asked again."""
        private, here = self.parts.adapters[event.who.platform].private(event.who), event.place.private
        event = replace(event, place=replace(event.place, address=private, private=True))
        kind, say, data = "arrived", None, dict[str, Any]()
        if known.member:
            data = {"card": card_json(words.connected(came.name))}
        elif not came.after.mail:
            asks = await self.intake.waiting(known.tenant_id, known.thread_id)
            waits = await self.store.read(lambda tx: queries.question_waits(tx, known.thread_id, asks and asks.token))
            if asks is not None and not waits:
                kind, say = "happening", words.HERE_NOW
                data = {"event": {"kind": "commanded", "name": "repeat", "text": ""}}
            elif not waits:
                data = {"card": card_json(words.NOTHING_OPEN)}
        receipt = await self.parts.mail(event, known.thread_id, kind, data, known)
        say = say if here else words.SENT_TO_CHAT
        return Answer(card_json(say) if say and receipt.new else None, new=receipt.new)

    async def _adopt_workspace(self, known: Known, who: Who) -> None:
        """An admin brought a code into a server that was nobody's: it is their tenant's now."""
        admin = await self.store.read(lambda tx: people.may(tx, known.tenant_id, "*", known.person_id, "admin"))
        if admin:
            await self.workspaces.adopt(known.tenant_id, who.platform, who.workspace)

    async def _alert(self, interview_id: str, who: Who) -> None:
        """A used invitation was brought by somebody else: its recruiters hear so, once for each who tries."""
        letter = (
            await self.store.read(lambda tx: queries.letter_of_interview(tx, interview_id)) if interview_id else None
        )
        if letter is None:
            return
        tenant_id, thread_id = letter
        event_id = f"reopened/{interview_id}/{who.workspace}/{who.user}"
        data = {"interview": interview_id, "platform": who.platform}
        mail = Mail(tenant_id, who.platform, event_id, thread_id, "reopened", self.clock.now(), data)
        with suppress(Erased, NoSuchThread):  # nobody is left to be told about
            await self.intake.receive(mail)
