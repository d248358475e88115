"""Who somebody is: the workspace's own person, or an outsider (a guest, or somebody of another workspace)."""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from adapters.contract import Unavailable, Who
from adapters.slack.clients import Clients, Refused
from adapters.slack.parse import Sender, entries, part

_SECONDS = 600.0
_REMEMBERED = 5000
_PATIENCE = 1.5  # an acknowledgement is due within three seconds


@dataclass(frozen=True, slots=True)
class Known:
    """What Slack says about a user. teams: the workspaces they are at home in (several in an Enterprise organisation)."""

    name: str
    guest: bool
    teams: frozenset[str]
    until: float


class People:
    """Names and kinds of users, asked of Slack and remembered for ten minutes."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._known: OrderedDict[tuple[str, str], Known] = OrderedDict()

    async def who(self, sender: Sender) -> Who:
        """Default deny: somebody of whom Slack can't tell us is an outsider, until it can. Raises `Unavailable`."""
        known = await self._about(sender) if sender.user else None
        if known is None:
            return Who("slack", sender.team, sender.user, outsider=True)
        # The envelope may name an organisation (E...) instead of a workspace; only a workspace can be compared.
        foreign = sender.home[:1] == "T" and sender.home not in {sender.team, *known.teams}
        return Who(
            "slack", sender.team, sender.user, known.name, known.guest or foreign or sender.team not in known.teams
        )

    async def member(self, team: str, user: str) -> str:
        """The name of a full member of a workspace; "" for anybody else, and when Slack can't tell."""
        try:
            who = await self.who(Sender(team, user, team))
        except Unavailable:
            return ""
        return "" if who.outsider else who.name

    async def _about(self, sender: Sender) -> Known | None:
        key = (sender.team, sender.user)
        known = self._known.get(key)
        if known is not None and known.until > time.monotonic():
            return known
        try:
            async with asyncio.timeout(_PATIENCE):
                reply = await self._clients.call(sender.team, "users.info", user=sender.user)
        except (Refused, TimeoutError):
            return None
        self._known[key] = known = _read(part(reply, "user"))
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return known


def _read(user: dict[str, Any]) -> Known:
    profile = part(user, "profile")
    shown = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    name = next((str(n) for n in shown if n), "")
    guest = any(user.get(flag) for flag in ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted"))
    teams = {user.get("team_id"), *entries(part(user, "enterprise_user"), "teams")}
    return Known(name, guest, frozenset(str(t) for t in teams if t), time.monotonic() + _SECONDS)
