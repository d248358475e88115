"""A team's hiring channel, as its members see it in Slack and in Discord."""

from typing import Any

from tests.e2e.town import Town
from tests.fakes.discord_payloads import GUILD
from tests.fakes.slack import TEAM, seen_text


class InSlack:
    """The hiring channel in Slack. Posts go by their ts."""

    platform, address, channel = "slack", f"{TEAM}/C1", "C1"

    def __init__(self, place: Town) -> None:
        self.slack = place.slack

    def open(self, *users: str) -> None:
        self.slack.channel("C1", members=list(users))

    def posts(self, word: str) -> list[str]:
        """The messages of the channel itself that hold a word: by their names."""
        return [m["ts"] for m in self.slack.parleys("C1") if "thread_ts" not in m and word in seen_text(m["blocks"])]

    def text(self, post: str) -> str:
        return next(seen_text(m["blocks"]) for m in self.slack.parleys("C1") if m["ts"] == post)

    def thread(self, post: str) -> list[str]:
        return [seen_text(m["blocks"]) for m in self.slack.thread("C1", post) if m.get("bot_id")]

    async def say(self, user: str, text: str, post: str) -> None:
        await self.slack.say(user, text, "C1", thread_ts=post)

    async def rate(self, seat: Any, level: str) -> None:
        (post,) = [m for m in self.slack.parleys("C1") if m["ts"] in self.posts("Ada Okoye, ")]
        await seat.rates_from_post("C1", post, level)


class InDiscord:
    """The hiring channel in Discord. Posts go by their ids, and so do their threads."""

    platform = "discord"

    def __init__(self, place: Town) -> None:
        self.discord = place.discord
        self.channel = next(c for c, held in place.discord.channels.items() if held["type"] == 0)
        self.address = f"{GUILD}/{self.channel}"

    def open(self, *users: str) -> None:
        """Everybody in the guild sees its channel."""

    def posts(self, word: str) -> list[str]:
        return [m["id"] for m in self.discord.state(self.channel) if word in m["content"]]

    def text(self, post: str) -> str:
        return self.discord.message(self.channel, post)["content"]

    def thread(self, post: str) -> list[str]:
        return self.discord.said(post)

    async def say(self, user: str, text: str, post: str) -> None:
        """Below what stands in the thread, or, where there is none yet, below the post."""
        said = self.discord.state(post)
        where, to = (post, said[-1]["id"]) if said else (self.channel, post)
        await self.discord.say(user, text, channel=where, reply_to=to)

    async def rate(self, seat: Any, level: str) -> None:
        await seat.rates_from_tasks("Ada Okoye", level)
