"""What Parley needs of Discord: permissions, intents and installation links, each with the reason."""

from urllib.parse import urlencode

from adapters.discord.commands import registration

PERMISSIONS: dict[str, tuple[int, str]] = {
    "View Channels": (1 << 10, "find the hiring channel"),
    "Send Messages": (1 << 11, "post there"),
    "Attach Files": (
        1 << 15,
        "send an invitation for a calendar, a picture of the free times, or something to listen to",
    ),
    "Read Message History": (1 << 16, "see whether a message arrived before a crash"),
    "Create Public Threads": (1 << 35, "keep what belongs to a post below it"),
    "Send Messages in Threads": (1 << 38, "write there"),
    "Send Voice Messages": (
        1 << 46,
        "let the team listen to what a candidate said; without it the sound comes as a file",
    ),
}
"""What Parley may do on a server: name -> (bit, why). Source: Discord's documentation, topics/permissions."""

COMMANDS = tuple(str(command["name"]) for command in registration())

# Flags of an application (Discord's documentation, resources/application): switched on, as a large bot or as a small one.
PRESENCE = 1 << 12 | 1 << 13
MEMBERS = 1 << 14 | 1 << 15
CONTENT = 1 << 18 | 1 << 19
NEEDED: dict[str, tuple[int, str]] = {}
"""Privileged intents that Parley asks for: name -> (flags, why). None: direct messages, mentions of Parley, and
replies to it come with their text without any."""
UNNEEDED: dict[str, int] = {
    "Presence Intent": PRESENCE,
    "Server Members Intent": MEMBERS,
    "Message Content Intent": CONTENT,
}


def permissions() -> int:
    """All permissions as Discord's bit field."""
    return sum(bit for bit, _ in PERMISSIONS.values())


def server_link(application_id: str) -> str:
    """The link by which somebody with "Manage Server" adds Parley to a server."""
    return _link(application_id, scope="bot applications.commands", permissions=permissions(), integration_type=0)


def user_link(application_id: str) -> str:
    """The link by which a candidate adds Parley for themselves; no common server is needed then."""
    return _link(application_id, scope="applications.commands", integration_type=1)


def _link(application_id: str, **more: str | int) -> str:
    return "https://discord.com/oauth2/authorize?" + urlencode({"client_id": application_id, **more})


def steps() -> list[str]:
    """What a person does on Discord's pages, one sentence or two each."""
    intents = (
        f"switch on {' and '.join(NEEDED)} under Privileged Gateway Intents, and leave the others off."
        if NEEDED
        else "leave all Privileged Gateway Intents off; Parley needs none."
    )
    return [
        "Open https://discord.com/developers/applications, press New Application and name it Parley.",
        f"Bot: press Reset Token and copy the token; {intents} Leave \u201cRequires OAuth2 Code Grant\u201d off.",
        "Installation: tick both User Install (for candidates) and Guild Install (for your team). Leave the "
        "Interactions Endpoint URL under General Information empty.",
    ]
