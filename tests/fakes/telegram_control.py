"""The fake Telegram as a process of its own: JSON over HTTP under /_control/, so that a black box can be driven.

POST say {chat, text, user?, reply_to?} | edit {chat, message, text} | start {chat, payload} | tap {chat, label? data?
user? message?} | press {chat, message, data, user?} | upload {chat, name, text, media_type?, size?} | record {chat,
base64, kind?, seconds?, size?} | block {chat, why?} | unblock {chat} | migrate {chat, to} | script {method, faults:
[{kind, seconds?, description?}]} | deliver {duplicate?, reorder?} | replay {count}. GET state?chat=C (messages as people
see them) | violations | counts | answers.
"""

import argparse
import asyncio
import base64
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.fakes.telegram import FakeTelegram

Json = dict[str, Any]


def routes(fake: "FakeTelegram") -> list[web.RouteDef]:
    """The interface, for one server."""

    async def post(request: web.Request) -> web.Response:
        body: Json = await request.json()
        try:
            return web.json_response(act(fake, request.match_info["what"], body))
        except (LookupError, TypeError, ValueError) as problem:
            return web.json_response({"error": repr(problem)}, status=400)

    async def get(request: web.Request) -> web.Response:
        return web.json_response(look(fake, request.match_info["what"], dict(request.query)))

    return [web.post("/_control/{what}", post), web.get("/_control/{what}", get)]


def act(fake: "FakeTelegram", what: str, body: Json) -> Json:
    """One happening. `id`: the number of the message, or the id of the tap."""
    from tests.fakes.telegram import Fault

    match what:
        case "say":
            return {"id": fake.say(**body)}
        case "edit":
            fake.edit(body["chat"], body["message"], body["text"])
        case "start":
            return {"id": fake.start(**body)}
        case "tap":
            return {"id": fake.tap(**body)}
        case "press":
            return {"id": fake.press(body["chat"], body["message"], body["data"], body.get("user", 0))}
        case "upload":
            return {"id": fake.upload(data=body.pop("text").encode(), **body)}
        case "record":
            return {"id": fake.record(data=base64.b64decode(body.pop("base64")), **body)}
        case "block":
            fake.block(**body)
        case "unblock":
            fake.unblock(**body)
        case "migrate":
            fake.migrate(**body)
        case "script":
            fake.fail(body["method"], *(Fault(**f) for f in body["faults"]))
        case "deliver":
            fake.duplicate, fake.reorder = body.get("duplicate", False), body.get("reorder", False)
        case "replay":
            fake.replay(body.get("count", 1))
        case _:
            raise LookupError(what)
    return {}


def look(fake: "FakeTelegram", what: str, query: dict[str, str]) -> Any:
    """What there is to see."""
    match what:
        case "state":
            chats = [int(query["chat"])] if "chat" in query else list(fake.chats)
            return {str(chat): fake.messages(chat) for chat in chats}
        case "violations":
            return fake.violations
        case "counts":
            return {"methods": dict(fake.counts), "updates": fake.updates_checked, "refusals": len(fake.refusals)}
        case "answers":
            return fake.answers
        case _:
            return {"error": f"nothing called {what}"}


def main() -> None:
    """`python -m tests.fakes.telegram --port 8081 [--token T] [--rates]`: runs until it is stopped."""
    from tests.fakes.telegram import REAL, TOKEN, FakeTelegram, Rates

    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--rates", action="store_true", help="keep the platform's own limits and answer 429 beyond")
    given = parser.parse_args()

    async def run() -> None:
        fake = FakeTelegram(given.token, REAL if given.rates else Rates())
        async with fake.running(given.port):
            print(f"telegram {fake.base} control {fake.base}/_control/", flush=True)
            await asyncio.Event().wait()

    asyncio.run(run())
