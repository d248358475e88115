# pyright: reportUnknownMemberType=false
# (slack_sdk's and Bolt's own types leave the elements of their dicts open.)
"""The Slack adapter: Bolt's `AsyncApp` behind Socket Mode or Parley's own web host, several workspaces at once.

    payload -> Bolt (who installed it) -> receive.Receiver -> parse -> Port.receive -> acknowledgement
    outbox  -> send.Sender -> render -> chat.postMessage / chat.update

Bolt acknowledges before its listeners run, so Parley has none: one middleware keeps the event and answers.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.contract import Delivered, Door, HttpCall, HttpReply, Outgoing, Port, Unavailable, Who
from adapters.slack import oauth
from adapters.slack.clients import Clients, Refused, log
from adapters.slack.config import SlackConfig
from adapters.slack.courtesy import Courtesies
from adapters.slack.parse import entries, part
from adapters.slack.receive import BAD, Receiver, person
from adapters.slack.render import CAPABILITIES
from adapters.slack.send import Sender

__all__ = ["SlackAdapter", "SlackConfig"]

bolt_log = logging.getLogger("parley.slack.bolt")
bolt_log.setLevel(logging.WARNING)  # see clients.sdk_log

EVENTS, INSTALL, REDIRECT = "/slack/events", "/slack/install", "/slack/oauth_redirect"
_FIRST_SECONDS = 10.0  # how long `start` waits for the first connection
_FINISH_SECONDS = 5.0
_RETRY_SECONDS = 15.0
_HISTORY = 100


class SlackAdapter:
    """A `ChatAdapter` and its `Webhooks`."""

    name = "slack"
    capabilities = CAPABILITIES
    paths = (EVENTS, INSTALL, REDIRECT)

    def __init__(self, config: SlackConfig, port: Port) -> None:
        self.config = config
        self._port = port
        self._clients = Clients(config, port)
        self._sender = Sender(self._clients, config.pace)
        self._courtesies = Courtesies(port, self._clients, self._sender)
        self._receiver = Receiver(port, self._clients, self._sender, self._courtesies)
        self._oauth = oauth.OAuth(config, port, self._clients)
        self._verifier = SignatureVerifier(config.signing_secret) if config.signing_secret.strip() else None
        self._app: AsyncApp | None = None
        self._socket: _Socket | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._silent: set[str] = set()  # workspaces that don't know the status of a thread

    # -- life ------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """See the contract."""
        self._clients.start()
        self._app = self._bolt()
        self._connecting = asyncio.create_task(self._connect())
        self._connecting.add_done_callback(_ended)
        await asyncio.wait({self._connecting}, timeout=_FIRST_SECONDS)

    async def stop(self) -> None:
        """See the contract."""
        app, self._app = self._app, None  # nothing new is taken
        if app is None:
            return
        tasks = {*self._receiver.tasks, *(self._socket.handling if self._socket else ())}
        if tasks:
            await asyncio.wait(tasks, timeout=_FINISH_SECONDS)
        for task in [*self._receiver.tasks, *([self._connecting] if self._connecting else [])]:
            task.cancel()
        if self._connecting is not None:
            await asyncio.wait({self._connecting})
        if self._socket is not None:
            await self._socket.close_async()
        await self._clients.stop()

    def ready(self, thread_id: str) -> bool:
        """Sending needs no open socket: the Web API takes it."""
        return self._app is not None

    def drained(self, thread_id: str) -> None:
        """Slack shows questions as they are; there is nothing to switch on."""

    # -- sending ---------------------------------------------------------------------------------------

    async def deliver(self, lane: Sequence[Outgoing]) -> list[Delivered]:
        """See the contract."""
        return await self._sender.deliver(lane)

    async def look_up(self, message: Outgoing) -> Delivered | None:
        """See the contract."""
        return await self._sender.look_up(message)

    def private(self, who: Who) -> str:
        """See the contract."""
        return f"{who.workspace}/{who.user}"

    async def name_of(self, workspace: str, user: str) -> str:
        """See the contract. A guest or somebody from another workspace has no name here: they can't be picked."""
        return await self._receiver.people.member(workspace, user)

    def door(self, secret: str) -> Door | None:
        """No address of Slack's carries a secret: it is sent to the app as a message."""
        return Door(self.name, "", f"start {secret}")

    def read(self, ref: dict[str, str], limit: int) -> AsyncIterator[bytes]:
        """See the contract."""
        return self._receiver.files.read(ref, limit)

    def typing(self, thread_id: str, address: str) -> None:
        """See the contract. Slack shows it beside the message that the person wrote last."""
        last, team = self._receiver.threads.get(address), address.partition("/")[0]
        if last is not None and team not in self._silent and self._app is not None:
            self._receiver.later(self._typing(team, *last))

    async def _typing(self, team: str, channel: str, thread: str) -> None:
        if not await self._courtesies.typing(team, channel, thread):
            self._silent.add(team)

    # -- receiving -------------------------------------------------------------------------------------

    async def catch_up(self, since: int) -> None:
        """See the contract. Reads the history of private chats with something going on; never of channels."""
        for chat in await self._port.open_chats(self.name):
            try:
                await self._catch_up_chat(chat.address, max(since, chat.since))
            except Refused as refused:
                log.warning("slack_catch_up_refused %s", refused.code)

    async def _catch_up_chat(self, address: str, since: int) -> None:
        team, channel = await self._sender.channel(address)
        home = await self._clients.of(team)
        if home is None:
            return
        found: list[dict[str, Any]] = []
        more: dict[str, Any] = {}
        while True:
            reply = await self._clients.call(
                team, "conversations.history", channel=channel, oldest=f"{since / 1000:.6f}", limit=_HISTORY, **more
            )  # fmt: skip
            found += entries(reply, "messages")
            cursor = part(reply, "response_metadata").get("next_cursor")
            if not cursor:
                break
            more = {"cursor": cursor}
        async with self._receiver.turns.of(address.partition("/")[2]):
            for message in sorted(found, key=lambda m: float(m["ts"])):
                await self._receiver.said_before(team, channel, home.installation.bot_user, message)

    async def handle(self, call: HttpCall) -> HttpReply:
        """See the contract."""
        if self._app is None:
            return HttpReply(503, headers={"retry-after": "5"})
        if call.path in (INSTALL, REDIRECT) and self.config.client_id:
            return await oauth.guarded(self._oauth, call)
        if call.path != EVENTS or self.config.mode != "http":
            return HttpReply(404)
        if call.method != "POST":
            return HttpReply(405)
        if not self._signed(call):
            return HttpReply(401)
        try:
            # Header values with anything else than text in them were refused with the signature.
            req = AsyncBoltRequest(body=call.body.decode(), headers=dict(call.headers))
        except BAD:
            return HttpReply(400)
        reply = await self.dispatch(self._app, req)
        headers = {"content-type": reply.first_headers().get("content-type", "text/plain")}
        return HttpReply(reply.status, reply.body.encode(), headers)

    def _signed(self, call: HttpCall) -> bool:
        """The library raises for a timestamp that is no number, or a signature with an umlaut: all of it is a 401."""
        if self._verifier is None:
            return False
        stamp = call.headers.get("x-slack-request-timestamp", "")
        mark = call.headers.get("x-slack-signature", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 15 and mark.isascii()):
            return False
        try:
            return self._verifier.is_valid(call.body, stamp, mark)
        except (ValueError, TypeError):
            return False

    async def dispatch(self, app: AsyncApp, req: AsyncBoltRequest) -> BoltResponse:
        """One payload through Bolt, in the person's turn."""
        async with self._receiver.turns.of(person(req.body)):
            return await app.async_dispatch(req)

    # -- wiring ----------------------------------------------------------------------------------------

    def _bolt(self) -> AsyncApp:
        # Requests are verified above, before anything of them is read.
        app = AsyncApp(
            client=self._clients.client(), authorize=_Authorize(self._clients), request_verification_enabled=False,
            signing_secret=self.config.signing_secret, logger=bolt_log, name="parley",
        )  # fmt: skip
        app.use(self._take)
        app.error(self._surprised)
        return app

    async def _take(self, req: AsyncBoltRequest) -> BoltResponse:
        return await self._receiver.take(req)

    async def _surprised(self, error: Exception, body: dict[str, Any]) -> BoltResponse:
        return await self._receiver.surprised(error, body)

    async def _connect(self) -> None:
        """Make the one workspace of the settings known, and open the socket; tries until both are done."""
        while self.config.bot_token:
            try:
                installed = await oauth.identify(self._clients, self.config.bot_token)
                await self._port.install(self.name, installed, None)
                break
            except Refused as refused:
                log.error("slack_bot_token %s", refused.code)
            except Unavailable:
                log.warning("slack_install_unavailable")
            await asyncio.sleep(_RETRY_SECONDS)
        if self.config.mode == "socket":
            assert self._app is not None
            self._socket = _Socket(self, self._app)
            await self._socket.connect_async()


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("slack_connect_failed %s", type(error).__name__)


class _Authorize(AsyncAuthorize):
    """Whose installation it is. One that we don't have gets an empty result: the receiver then drops the event in
    silence, where Bolt would write to the person that an installation is gone."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult:
        home = await self._clients.of(team_id or "")
        if home is None:
            return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)
        known = home.installation
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=known.bot_user,
            bot_id=known.bot_id,
            bot_token=known.token,
        )


class _Socket(AsyncSocketModeHandler):
    """Bolt's Socket Mode, with the person's turn taken before anything is awaited, and finished work known."""

    def __init__(self, adapter: SlackAdapter, app: AsyncApp) -> None:
        super().__init__(app, adapter.config.app_token, logger=bolt_log, ping_interval=adapter.config.ping_seconds)
        self._adapter = adapter
        self.client.proxy = adapter.config.proxy or None  # see Clients.client
        self.handling: set[asyncio.Task[Any]] = set()

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - as in Bolt itself
        task = asyncio.current_task()
        if not self._adapter.ready("") or task is None:
            return  # on the way out: not acknowledged, so Slack sends it again
        self.handling.add(task)
        try:
            reply = await self._dispatched(req)
            await send_async_response(client, req, reply, 0.0)
        finally:
            self.handling.discard(task)

    async def _dispatched(self, req: SocketModeRequest) -> BoltResponse:
        try:
            bolt_req = AsyncBoltRequest(body=req.payload, mode="socket_mode")
        except BAD:  # Bolt reads a good deal of it already, and such a payload would come again and again
            log.warning("slack_bad_payload %s", req.envelope_id)
            return BoltResponse(status=200, body="")
        return await self._adapter.dispatch(self.app, bolt_req)
