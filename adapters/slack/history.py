"""What of a message is in the chat already: the one thing that a channel's history is asked for."""

from dataclasses import dataclass
from typing import Any

from adapters.contract import Outcome, Outgoing
from adapters.slack.clients import Clients, Refused
from adapters.slack.parse import Payload, entries, part

EVENT = "parley_message"  # type of our metadata
_LOOK_BACK_MS = 120_000  # our clock and Slack's may differ
_PAGE, _PAGES = 100, 3


@dataclass(frozen=True, slots=True)
class Begun:
    """What is there of a message. parts: the ts of each; papers: its documents as well."""

    parts: tuple[str, ...] = ()
    papers: bool = False


def mark(id: str, part: int) -> dict[str, Any]:
    """The metadata by which a part is known."""
    return {"event_type": EVENT, "event_payload": {"id": id, "part": part}}


async def sent_before(clients: Clients, team: str, channel: str, out: Outgoing, papers: set[str]) -> Begun:
    """The parts that are there, from the first one on without a gap. papers: the names of its documents, which hang below
    them and carry no mark. Raises `Refused`, `Unavailable`."""
    home = await clients.of(team)
    ours = home.installation.bot_user if home else ""
    parts: dict[int, str] = {}
    shared: list[float] = []
    for message in await _since(clients, team, channel, out.at - _LOOK_BACK_MS, thread_of(out, channel)):
        known = part(message, "metadata")
        held = part(known, "event_payload")
        if known.get("event_type") == EVENT and held.get("id") == out.id:
            parts[int(held.get("part", 0))] = str(message["ts"])
        names = {file.get("name") for file in entries(message, "files")}
        if papers and papers <= names and message.get("user") == ours:
            shared.append(float(message["ts"]))
    found: list[str] = []
    while len(found) in parts:
        found.append(parts[len(found)])
    return Begun(tuple(found), bool(found) and any(ts > float(found[-1]) for ts in shared))


def thread_of(out: Outgoing, channel: str) -> str:
    """The ts of the message in whose thread it is to stand; "" outside of any thread of this channel."""
    where, _, numbers = out.under.rpartition(":")
    return numbers.partition("+")[0] if where.endswith(f"/{channel}") else ""


async def _since(clients: Clients, team: str, channel: str, instant: int, thread: str) -> list[Payload]:
    """The latest messages since an instant (ms); of a thread those in it, which the channel's history leaves out, and
    then the channel's, in case the thread could not be written to."""
    found: list[Payload] = []
    within = {"oldest": f"{max(0, instant) / 1000:.6f}", "limit": _PAGE, "include_all_metadata": 1}
    if thread:
        try:
            found += await _pages(clients, team, "conversations.replies", {"channel": channel, "ts": thread, **within})
        except Refused as refused:
            if refused.outcome is Outcome.LATER:
                raise
    return found + await _pages(clients, team, "conversations.history", {"channel": channel, **within})


async def _pages(clients: Clients, team: str, method: str, args: dict[str, Any]) -> list[Payload]:
    found: list[Payload] = []
    cursor = ""
    for _ in range(_PAGES):
        more: dict[str, Any] = {"cursor": cursor} if cursor else {}
        reply = await clients.call(team, method, **args, **more)
        found += entries(reply, "messages")
        cursor = str(part(reply, "response_metadata").get("next_cursor") or "")
        if not cursor:
            break
    return found
