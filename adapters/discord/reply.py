"""One interaction's answers: the first within three seconds, more by its token, for fifteen minutes."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from adapters.contract import Outcome
from adapters.discord.render import EPHEMERAL, note, without_attachments
from adapters.discord.rest import Rest, Trouble, log
from flows.cards import File

Json = dict[str, Any]

# kinds of first answers (developer reference, "Interaction Callback Type")
MESSAGE, DEFER, DEFER_UPDATE, CHOICES, MODAL = 4, 5, 6, 8, 9
_COMPONENT, _MODAL_SUBMIT = 3, 5
_FOLLOW_UP = "/webhooks/{webhook_id}/{webhook_token}"


class Reply:
    """Everything is private to the person who acted. No method raises: an answer that comes too late is a courtesy
    that didn't happen, since the event itself is kept."""

    def __init__(self, rest: Rest, data: Json) -> None:
        self._rest = rest
        self.id, self._token = str(data["id"]), str(data["token"])
        self._app, self._kind = str(data["application_id"]), int(data["type"])
        self._has_message = bool(data.get("message"))
        self._given = 0  # the first answer, by its kind
        self._waiting = False  # a deferral stands as "thinking" until something is shown

    @property
    def may_open(self) -> bool:
        """Can a modal still be opened?"""
        return not self._given and self._kind != _MODAL_SUBMIT

    async def first(self, kind: int, data: Json | None = None, files: Sequence[File] = ()) -> bool:
        """The first answer. False: it came too late, or didn't get through."""
        self._given = kind

        async def answer(data: Json | None, files: Sequence[File]) -> None:
            await self._rest.answer(self.id, self._token, {"type": kind, **({"data": data} if data else {})}, files)

        return await self._tried(answer, data, files)

    async def defer(self) -> None:
        """We need longer. A button shows nothing of it; a command shows that we are at it."""
        if self._quiet:
            await self.first(DEFER_UPDATE)
        else:
            self._waiting = await self.first(DEFER, {"flags": EPHEMERAL})

    @property
    def _quiet(self) -> bool:
        return self._kind == _COMPONENT or (self._kind == _MODAL_SUBMIT and self._has_message)

    async def show(self, messages: list[Json], files: Sequence[File] = ()) -> bool:
        """Private messages; files go with the one that names them. False: they can't be shown any more."""
        private = [{**m, "flags": m["flags"] | EPHEMERAL} for m in messages]
        if not self._given and private:
            if not await self.first(MESSAGE, private[0], files):
                return False
            private = private[1:]
        return all([await self._more(m, files) for m in private])

    async def nothing(self, thanks: str) -> None:
        """There is nothing to show: a button or a form needs no words; a command gets a short one."""
        if self._waiting or not (self._given or self._quiet):
            await self.show([note(thanks)])
        elif not self._given:
            await self.first(DEFER_UPDATE)

    async def _more(self, message: Json, files: Sequence[File]) -> bool:
        waiting, self._waiting = self._waiting, False
        method, path = ("PATCH", _FOLLOW_UP + "/messages/@original") if waiting else ("POST", _FOLLOW_UP)

        async def follow(data: Json | None, files: Sequence[File]) -> None:
            await self._rest.call(method, path, data, files=files, webhook_id=self._app, webhook_token=self._token)

        return await self._tried(follow, message, files)

    async def _tried(
        self, send: Callable[[Json | None, Sequence[File]], Awaitable[None]], data: Json | None, files: Sequence[File]
    ) -> bool:
        """Once, and where there are files and it is refused, once more without them."""
        carried = files if data and data.get("attachments") else ()
        try:
            try:
                await send(data, carried)
            except Trouble as trouble:
                if not (carried and data) or trouble.outcome is Outcome.LATER:
                    raise
                await send(without_attachments(data, carried), ())
        except Trouble as trouble:
            log.warning("interaction %s: an answer didn't get through: %s", self.id, trouble.code)
            return False
        return True
