"""What each person and each channel was ever shown in Slack and Discord: messages, edits, answers in place, forms."""

import re
from collections.abc import Iterator
from typing import Any

from tests.e2e.town import Town, strings


def by_anybody(place: Town) -> Iterator[tuple[str, str]]:
    """(who saw it, its whole text) of everything that left for a team's platform, whether or not it still stands there.

    Who saw it is a user's id for what is one person's, and else the id of a channel.
    """
    yield from _in_slack(place)
    yield from _in_discord(place)


def others_than(place: Town, *own: str) -> str:
    """All that was shown to anybody but these users."""
    return "\n".join(text for who, text in by_anybody(place) if who not in own)


def _in_slack(place: Town) -> Iterator[tuple[str, str]]:
    slack = place.slack
    for method, args in slack.calls:
        if method == "upload":
            continue
        who = args.get("user") or args.get("user_id") or ""
        if not who and "trigger_id" in args:
            who = slack._triggers[args["trigger_id"]][1]  # pyright: ignore[reportPrivateUsage]
        if not who and "view_id" in args:
            who = slack.views[args["view_id"]]["user"]
        channel = str(args.get("channel", ""))
        yield who or slack.channels.get(channel, {}).get("user") or channel, "\n".join(strings(args))
    for aside in slack.ephemeral:
        yield aside["to"], "\n".join(strings(aside))
    for sent in slack.sent:
        who = sent.payload.get("user_id") or sent.payload.get("user", {}).get("id", "")
        yield who, "\n".join(strings(sent.reply))


def _in_discord(place: Town) -> Iterator[tuple[str, str]]:
    discord = place.discord
    for path, body in discord.said_to:
        text = "\n".join(strings(body))
        if answered := re.match(r"/(?:interactions|webhooks)/\d+/([^/]+)", path):
            found = discord.interactions[answered[1]]
            yield _alone(place, found.channel, found.user, body), text
        elif (there := re.match(r"/channels/(\d+)", path)) and there[1] in discord.channels:
            channel: dict[str, Any] = discord.channels[there[1]]
            yield (channel["recipients"][0]["id"] if channel["type"] == 1 else there[1]), text


def _alone(place: Town, channel: str, user: str, body: dict[str, Any]) -> str:
    """Whoever sees the answer to an interaction: one person, or all of a channel where it isn't marked as theirs."""
    shown = body.get("data", body)
    private = (
        place.discord.channels[channel]["type"] == 1 or body.get("type") in (6, 8, 9) or shown.get("flags", 0) & 64
    )
    return user if private else channel
