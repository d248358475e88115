"""Discord's and Telegram's links and steps."""

import warnings
from urllib.parse import parse_qs, urlsplit

from bot.setup import discord, telegram

with warnings.catch_warnings():
    # The library imports its voice part, which Parley has no use for.
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    import discord as library


def test_the_permissions_are_those_of_the_names_and_no_administrators():
    ours = library.Permissions(discord.permissions())
    said = {name.lower().replace(" ", "_") for name in discord.PERMISSIONS}
    on = {name for name, value in ours if value}
    assert on == {{"view_channels": "read_messages"}.get(n, n) for n in said}
    assert "administrator" not in on
    assert all(why for _, why in discord.PERMISSIONS.values())


def test_the_bits_of_the_intents_are_discords():
    flags = library.ApplicationFlags
    assert flags(gateway_presence=True, gateway_presence_limited=True).value == discord.PRESENCE
    assert flags(gateway_guild_members=True, gateway_guild_members_limited=True).value == discord.MEMBERS
    assert flags(gateway_message_content=True, gateway_message_content_limited=True).value == discord.CONTENT
    assert not set(discord.NEEDED) & set(discord.UNNEEDED)


def test_a_server_and_a_person_are_invited_differently():
    server, person = (parse_qs(urlsplit(f("77")).query) for f in (discord.server_link, discord.user_link))
    assert server == {
        "client_id": ["77"],
        "scope": ["bot applications.commands"],
        "permissions": [str(discord.permissions())],
        "integration_type": ["0"],
    }
    assert person == {"client_id": ["77"], "scope": ["applications.commands"], "integration_type": ["1"]}


def test_the_menu_of_telegram_holds_what_telegram_takes():
    assert telegram.COMMANDS
    for name, what in telegram.COMMANDS:
        assert name.isascii()
        assert name.islower()
        assert name.replace("_", "").isalnum()
        assert 1 <= len(name) <= 32
        assert 1 <= len(what) <= 256
    assert all(f"{name} - " in telegram.steps()[-1] for name, _ in telegram.COMMANDS)


def test_a_start_link_carries_the_secret():
    assert telegram.start_link("parley_bot", "abc-_9") == "https://t.me/parley_bot?start=abc-_9"
