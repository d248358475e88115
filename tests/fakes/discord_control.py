"""The fake Discord as a process of its own, told what to do over HTTP: `python -m tests.fakes.discord --port 9002`.

POST /_control/NAME with JSON: person {name, id?}, guild {name?, id?}, say {user, text, channel?, reply_to?, mention?},
edit {channel, message, text}, delete {channel, message}, tap {user, custom_id, channel?, values?}, slash {user, name,
options?, channel?}, submit {interaction, fields}, script {route, failures}, disconnect {how: reconnect | invalidate |
close | forget}, advance {seconds}, close {user}. GET /_control/: state?channel= or ?user=, violations, counts,
interaction?token=. A tap, slash or submit answers {"token"} and waits, at most 3 s, for the bot's first answer.
"""

import argparse
import asyncio
from typing import Any

from aiohttp import web

from tests.fakes.discord import FakeDiscord, Interaction
from tests.fakes.discord_gateway import GUILDS
from tests.fakes.discord_payloads import Json


def _shown(found: Interaction) -> Json:
    return {"token": found.token, "answer": found.answer, "followups": found.followups}


class Control:
    """One handler per thing that can be asked; see the module."""

    def __init__(self, fake: FakeDiscord) -> None:
        self.fake = fake

    def add(self, app: web.Application) -> None:
        app.router.add_post("/_control/{name}", self.do)
        app.router.add_get("/_control/{name}", self.look)

    async def do(self, request: web.Request) -> web.Response:
        act = getattr(self, f"_{request.match_info['name']}", None)
        if act is None:
            return web.json_response({"error": "no such control"}, status=404)
        return web.json_response(await act(await request.json()))

    async def look(self, request: web.Request) -> web.Response:
        fake, query = self.fake, request.query
        match request.match_info["name"]:
            case "state":
                channel = query.get("channel") or fake.dm_of(query["user"])
                found: Any = {"channel": channel, "messages": fake.state(channel)}
            case "violations":
                found = fake.violations
            case "counts":
                found = dict(fake.counts)
            case "interaction":
                found = _shown(fake.interactions[query["token"]])
            case _:
                return web.json_response({"error": "no such control"}, status=404)
        return web.json_response(found)

    async def _person(self, said: Json) -> Json:
        return {"user": self.fake.person(**said)}

    async def _guild(self, said: Json) -> Json:
        channel = self.fake.guild(**said)
        guild = self.fake.guilds[self.fake.channels[channel]["guild_id"]]
        await self.fake.gateway.event("GUILD_CREATE", guild, GUILDS)
        return {"channel": channel}

    async def _say(self, said: Json) -> Json:
        return {"message": await self.fake.say(**said)}

    async def _edit(self, said: Json) -> Json:
        await self.fake.edit(said["channel"], said["message"], said["text"])
        return {}

    async def _delete(self, said: Json) -> Json:
        await self.fake.delete(said["channel"], said["message"])
        return {}

    async def _tap(self, said: Json) -> Json:
        return await self._answered(await self.fake.tap(**said))

    async def _slash(self, said: Json) -> Json:
        return await self._answered(await self.fake.slash(**said))

    async def _submit(self, said: Json) -> Json:
        return await self._answered(await self.fake.submit(self.fake.interactions[said["interaction"]], said["fields"]))

    async def _answered(self, found: Interaction) -> Json:
        try:
            await asyncio.wait_for(found.answered.wait(), 3)
        except TimeoutError:
            return {**_shown(found), "late": True}
        return _shown(found)

    async def _script(self, said: Json) -> Json:
        self.fake.script.setdefault(said["route"], []).extend(said["failures"])
        return {}

    async def _disconnect(self, said: Json) -> Json:
        gateway = self.fake.gateway
        match said.get("how", "close"):
            case "reconnect":
                await gateway.reconnect()
            case "invalidate":
                await gateway.invalidate()
            case "forget":
                await gateway.disconnect(forget=True)
            case _:
                await gateway.disconnect()
        return {}

    async def _advance(self, said: Json) -> Json:
        self.fake.advance(said["seconds"])
        return {}

    async def _close(self, said: Json) -> Json:
        self.fake.closed.add(said["user"])
        return {}


def main() -> None:
    """Serve until interrupted."""
    options = argparse.ArgumentParser(description="A fake Discord on 127.0.0.1")
    options.add_argument("--port", type=int, default=9002)
    options.add_argument("--token", default="discord-test-token")
    chosen = options.parse_args()
    fake = FakeDiscord(port=chosen.port, token=chosen.token)
    app = fake.application()
    Control(fake).add(app)

    def ready(*_: object) -> None:
        print(f"fake Discord: {fake.api_url} {fake.gateway_url}", flush=True)

    web.run_app(app, host="127.0.0.1", port=chosen.port, print=ready)
