"""The door: everything that a chat platform brings or asks comes in here, and goes on to whom it concerns."""

from collections.abc import Awaitable
from typing import Any, TypeVar

from adapters.contract import (
    Answer,
    Back,
    Incoming,
    Installation,
    Left,
    Moved,
    OpenChat,
    Rewording,
    Takeback,
    Unavailable,
    Who,
    Words,
)
from bot.keyring import Erased
from bot.reception.acts import Acts, refused
from bot.reception.arriving import Arriving, code_in
from bot.reception.asking import Asking
from bot.reception.chats import Chats
from bot.reception.known import Acquaintances
from bot.reception.parts import Parts
from bot.store import queries
from bot.store.store import StoreUnavailable
from bot.threads import NoSuchThread
from flows.cards import to_json as card_json
from flows.words import reception_en as words

_T = TypeVar("_T")


class Reception:
    """Implements `adapters.contract.Port` for every chat platform."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.store, self.workspaces = parts, parts.store, parts.workspaces
        self.adapters = parts.adapters
        self.known = Acquaintances(parts.store, parts.workspaces)
        self.chats, self.asking = Chats(parts), Asking(parts, self.known)
        self.arriving, self.acts = Arriving(parts, self.known), Acts(parts, self.chats, self.asking)
        # A delivery that fails, or works again, tells of a chat as much as an event does.
        self.unreachable, self.reachable = self.chats.unreachable, self.chats.reachable

    # -- what happens ---------------------------------------------------------------------------------

    async def receive(self, event: Incoming) -> Answer:
        """See `adapters.contract.Port`."""
        # A channel is many people's: one who is slow must not keep the others waiting.
        whose = "" if event.place.private or isinstance(event.act, Left | Back | Moved) else event.who.user
        try:
            # First come, first served: what one person says stays in order.
            async with self.parts.lock(f"{event.who.platform}/{event.place.address}/{whose}"):
                return await self._take(event)
        except StoreUnavailable as problem:
            raise Unavailable from problem
        except (Erased, NoSuchThread):
            return Answer(card_json(words.GONE))

    async def _take(self, event: Incoming) -> Answer:
        act = event.act
        if isinstance(act, Left | Back | Moved):
            return await self.chats.changed(event)
        if (secret := code_in(event)) is not None:
            return await self.arriving.arrive(event, secret)
        known = await self.known.find(event.who)
        if known is None:
            return await self._stranger(event)
        if known.member and event.who.outsider and not isinstance(act, Rewording | Takeback):
            overheard = isinstance(act, Words) and not (event.place.private or act.reply_to)
            return Answer() if overheard else refused(event, words.OUTSIDER)
        return await self.acts.take(event, known)

    async def _stranger(self, event: Incoming) -> Answer:
        """Nobody we know. Whoever speaks to us gets a sentence; an edit or a chat between others is none of ours."""
        if isinstance(event.act, Rewording | Takeback) or not (event.place.private or not isinstance(event.act, Words)):
            return Answer()
        ours = event.place.private or await self.known.tenant(event.who) is not None
        return Answer(card_json(words.STRANGER if ours else words.NOT_INSTALLED))

    # -- what adapters ask ----------------------------------------------------------------------------

    async def form(self, who: Who, token: str) -> dict[str, Any] | None:
        return await _guarded(self.asking.form(who, token))

    def opens_form(self, line: str) -> bool:
        return self.parts.desk.opens_form(line)

    async def suggest(self, who: Who, line: str) -> list[tuple[str, str]]:
        return await _guarded(self.asking.suggest(who, line))

    async def home(self, who: Who) -> dict[str, Any]:
        return await _guarded(self.asking.home(who))

    async def open_chats(self, platform: str) -> list[OpenChat]:
        rows = await _guarded(self.store.read(lambda tx: queries.chats_in_play(tx, platform)))
        return [OpenChat(r["address"], r["since"]) for r in rows]

    async def installation(self, platform: str, workspace: str) -> Installation | None:
        found = await _guarded(self.workspaces.get(platform, workspace))
        return found.installation if found else None

    async def install(self, platform: str, found: Installation, installer: Who | None, state: str = "") -> None:
        await _guarded(self.workspaces.keep(platform, found, installer))

    async def uninstall(self, platform: str, workspace: str) -> None:
        await _guarded(self.workspaces.remove(platform, workspace))

    async def new_state(self, session: str) -> str:
        return await _guarded(self.workspaces.new_state(session))

    async def use_state(self, state: str, session: str) -> bool:
        return await _guarded(self.workspaces.use_state(state, session))


async def _guarded(wanted: Awaitable[_T]) -> _T:
    try:
        return await wanted
    except StoreUnavailable as problem:
        raise Unavailable from problem
