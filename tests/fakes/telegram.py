"""A Bot API server for tests on 127.0.0.1: what is right and wrong it knows from wirespec, both ways.

In a test: `async with FakeTelegram().running() as fake: ...` and `fake.base`; then `say`, `tap`, `start` and so on make
what people do, `text_of` and `messages` tell what they see. As a process: `python -m tests.fakes.telegram --port P`;
`tests/fakes/telegram_control.py` has the interface under /_control/ that does the same.

Kept besides the schemas: one consumer, confirmation by `offset`, single answers to a tap, the length of a text in UTF-16
units, entities that fit, the rates (30/s in all, 1/s per chat after a short burst, 20/min per group), blocked people,
groups that became supergroups, files up to 20 MB. Time is the loop's.
"""

import asyncio
import contextlib
import json
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

from tests.fakes.telegram_methods import Methods, Upload
from tests.fakes.telegram_rules import REAL, Fault, Rates, Refused, wirespec

__all__ = ["BOT", "REAL", "TOKEN", "FakeTelegram", "Fault", "Rates", "Refused", "wirespec"]

Json = dict[str, Any]
TOKEN = "123456:fake-token-for-tests"
BOT: Json = {
    "id": 123456,
    "is_bot": True,
    "first_name": "Parley",
    "username": "parley_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
_BATCH = 100


class FakeTelegram(Methods):
    """See the module."""

    def __init__(self, token: str = TOKEN, rates: Rates | None = None) -> None:
        super().__init__(dict(BOT), rates or Rates())
        self.token = token
        self.counts: Counter[str] = Counter()  # checked calls, per method
        self.updates_checked = 0
        self.script: dict[str, deque[Fault]] = {}
        self.refusals: list[tuple[str, int, str]] = []  # (method, code, description) of every reply that was not ok
        self.confirmed: list[Json] = []
        self.duplicate = self.reorder = False
        self.webhook_statuses: list[int] = []
        self.port = 0
        self._changed = asyncio.Event()
        self._closing = asyncio.Event()
        self._poller: asyncio.Future[None] | None = None

    # -- running ------------------------------------------------------------------------------------------

    @property
    def base(self) -> str:
        """What goes where https://api.telegram.org usually goes."""
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator["FakeTelegram"]:
        from tests.fakes.telegram_control import routes

        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/bot{token}/{method}", self._api)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        app.add_routes(routes(self))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.port = runner.addresses[0][1]
        hooks = asyncio.create_task(self._push())
        try:
            yield self
        finally:
            self._closing.set()
            self._arrived.set()
            hooks.cancel()
            await asyncio.gather(hooks, return_exceptions=True)
            await runner.cleanup()

    def fail(self, method: str, *faults: Fault | str) -> None:
        """The next calls of a method fail, in this order."""
        queue = self.script.setdefault(method, deque())
        queue.extend(Fault(f) if isinstance(f, str) else f for f in faults)

    def forgive(self, part: str) -> None:
        """Take exactly one violation off the list, for a test that wanted it."""
        found = [v for v in self.violations if part in v]
        assert found, f"no violation with {part!r}: {self.violations}"
        self.violations.remove(found[0])

    async def until(self, true: Callable[["FakeTelegram"], object], seconds: float = 5) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(seconds):
            while not true(self):
                self._changed.clear()
                await self._changed.wait()

    # -- updates to the bot -------------------------------------------------------------------------------

    def push(self, update: Json) -> None:
        self.violations += [f"fake: {e}" for e in wirespec().check_telegram_update(update)]
        self.updates_checked += 1
        kind = next(k for k in update if k != "update_id")
        if self._allowed and kind not in self._allowed:
            return
        self.pending.append(update)
        if self.duplicate:
            self.pending.append(update)
        self._arrived.set()

    def replay(self, count: int = 1) -> None:
        """Hand out the last confirmed updates once more, as after an accident on the platform's side."""
        self.pending.extendleft([{**u, "_again": True} for u in reversed(self.confirmed[-count:])])
        self._arrived.set()

    async def get_updates(self, p: Json) -> list[Json]:
        if self.webhook["url"]:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        if self._poller and not self._poller.done():
            self._poller.set_result(None)
        mine = self._poller = asyncio.get_running_loop().create_future()
        offset, limit = int(p.get("offset", 0)), min(int(p.get("limit", _BATCH)), _BATCH)
        self._allowed = p.get("allowed_updates") or self._allowed
        while self.pending and self.pending[0]["update_id"] < offset and "_again" not in self.pending[0]:
            self.confirmed.append(self.pending.popleft())
        self._changed.set()
        end = asyncio.get_running_loop().time() + float(p.get("timeout", 0))
        while not self.pending and not self._closing.is_set() and not mine.done():
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                break
            self._arrived.clear()
            waiting = asyncio.ensure_future(self._arrived.wait())
            await asyncio.wait({waiting, mine}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
        if mine.done():
            raise Refused(
                409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        return self._batch(limit)

    def _batch(self, limit: int) -> list[Json]:
        batch = list(self.pending)[:limit]
        self.pending = deque(u for u in self.pending if "_again" not in u)
        found = [{k: v for k, v in u.items() if k != "_again"} for u in batch]
        return found[::-1] if self.reorder else found

    async def _push(self) -> None:
        """Webhook mode: one update after the other, each again until it is taken."""
        async with aiohttp.ClientSession() as session:
            while True:
                await self._arrived.wait()
                if not (self.webhook["url"] and self.pending):
                    self._arrived.clear()
                    continue
                update = self.pending[0]
                secret = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"]}
                status = 0
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.post(self.webhook["url"], json=update, headers=secret) as reply:
                        status = reply.status
                self.webhook_statuses.append(status)
                if 200 <= status < 300:
                    self.confirmed.append(self.pending.popleft())
                else:
                    await asyncio.sleep(0.05)
                self._changed.set()

    # -- calls of the bot ---------------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params, parts = await _everything(request)
        self.counts[method] += 1
        wrong = wirespec().check_telegram_request(method, params, list(parts))
        self.violations += wrong
        fault = self.script[method].popleft() if self.script.get(method) else None
        reply: Json = {}
        try:
            if request.match_info["token"] != self.token:
                raise Refused(401, "Unauthorized")
            if fault and not fault.kind.endswith("_after"):
                await self._strike(request, fault)
            if wrong:
                raise Refused(400, f"Bad Request: {wrong[0][:120]}")
            reply = {"ok": True, "result": await self._answer(method, {k: _value(v) for k, v in params.items()}, parts)}
            if fault and fault.kind.endswith("_after"):
                await self._strike(request, fault)
        except Refused as no:
            self.refusals.append((method, no.code, no.description))
            reply = {"ok": False, "error_code": no.code, "description": no.description}
            if no.parameters:
                reply["parameters"] = no.parameters
        self.violations += [f"fake: {e}" for e in wirespec().check_telegram_response(method, reply)]
        self._changed.set()
        return web.json_response(reply, status=200 if reply["ok"] else reply["error_code"])

    async def _strike(self, request: web.Request, fault: Fault) -> None:
        if fault.kind.startswith("timeout"):
            self._changed.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(fault.seconds):
                    await self._closing.wait()
        if fault.kind.startswith(("timeout", "drop")):
            if request.transport is not None:
                request.transport.abort()
            raise Refused(502, "Bad Gateway")
        if fault.kind == "429":
            seconds = max(1, round(fault.seconds))
            raise Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        words = {
            "403": "Forbidden: bot was blocked by the user",
            "401": "Unauthorized",
            "400": "Bad Request: chat not found",
            "409": "Conflict: terminated by other getUpdates request",
            "502": "Bad Gateway",
        }
        raise Refused(int(fault.kind), fault.description or words.get(fault.kind, "Internal Server Error"))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """A fault is a page of HTML with that status; "drop": the line breaks in the middle; "trickle": it never ends."""
        self.counts["file"] += 1
        fault = self.script["file"].popleft() if self.script.get("file") else None
        if fault and fault.kind not in ("drop", "trickle"):
            return web.Response(status=int(fault.kind), text="<html>no</html>", content_type="text/html")
        data = self.paths.get(request.match_info["path"])
        if request.match_info["token"] != self.token or data is None:
            return web.Response(status=404)
        if fault is None:
            return web.Response(body=data, content_type="application/octet-stream")
        reply = web.StreamResponse(headers={"content-length": str(len(data))})
        await reply.prepare(request)
        if fault.kind == "trickle":
            for n in range(len(data)):
                await reply.write(data[n : n + 1])
                await asyncio.sleep(0.01)
        await reply.write(data[: len(data) // 2])
        if request.transport is not None:
            request.transport.abort()
        return reply


async def _everything(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    """Query, form and JSON merged; and the file parts by name."""
    params: Json = dict(request.query)
    files = dict[str, Upload]()
    if request.content_type == "application/json":
        params |= await request.json()
    elif request.can_read_body:
        for key, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[key] = (value.filename, value.content_type, value.file.read())
            else:
                params[key] = value
    return params, files


def _value(text: Any) -> Any:
    """A form field as what it means: numbers, booleans, arrays and objects come as text."""
    if isinstance(text, str) and (
        text in ("true", "false", "True", "False") or text[:1] in "{[" or text.lstrip("-").isdigit()
    ):
        with contextlib.suppress(ValueError):
            return json.loads(text.lower() if text in ("True", "False") else text)
    return text


if __name__ == "__main__":
    from tests.fakes.telegram_control import main

    main()
