"""Is Discord set up right? What Discord says about the token, the application and its commands."""

from typing import Any, cast

from bot.findings import Finding, bad, good, warn
from bot.settings import Settings
from bot.setup.ask import NoReply, Platform, Reply, ask, clock_skew, limited, shown
from bot.setup.discord import COMMANDS, NEEDED, UNNEEDED, server_link

SETTING = "PARLEY_DISCORD_TOKEN"
_TOKEN_REMEDY = f"Press Reset Token on Discord's page Bot, and put the token into {SETTING}."


def configured(settings: Settings) -> bool:
    """Has anybody begun to set Discord up?"""
    return bool(settings.discord_token.get_secret_value())


def application_id(settings: Settings) -> str:
    """The id of the application that the token belongs to, or ""."""
    reply = _call(_discord(settings), settings, "/applications/@me")
    return "" if isinstance(reply, NoReply) else str(reply.body.get("id") or "")


def live(settings: Settings, now_ms: int) -> list[Finding]:
    """What Discord says. now_ms: this machine's clock."""
    discord = _discord(settings)
    me = _call(discord, settings, "/users/@me")
    if isinstance(me, NoReply):
        return [me.finding]
    found = [*clock_skew(discord, me, now_ms), *_me(discord, me)]
    if me.status != 200:
        return found
    application = _call(discord, settings, "/applications/@me")
    if isinstance(application, NoReply) or application.status != 200:
        what = f"Discord does not tell about the application ({getattr(application, 'status', 'no answer')})."
        return [*found, warn(what, "Run this again in a minute.")]
    found += _intents(application.body) + _installing(application.body)
    commands = _call(discord, settings, f"/applications/{application.body.get('id')}/commands")
    return found if isinstance(commands, NoReply) else found + _commands(commands)


def _discord(settings: Settings) -> Platform:
    return Platform("Discord", settings.discord_api_url, "PARLEY_DISCORD_API_URL")


def _call(discord: Platform, settings: Settings, path: str) -> Reply | NoReply:
    token = settings.discord_token.get_secret_value()
    return ask(discord, discord.url + path, headers={"Authorization": f"Bot {token}"})


def _me(discord: Platform, reply: Reply) -> list[Finding]:
    if pause := limited(discord, reply):
        return [pause]
    if reply.status == 401:
        return [bad(f"Discord does not know {SETTING} (401).", _TOKEN_REMEDY)]
    if reply.status != 200:
        return [bad(f"Discord refuses the bot ({reply.status}).", _TOKEN_REMEDY)]
    return [good(f"Discord knows the token: {shown(reply.body.get('username', ''))}.")]


def _intents(application: dict[str, Any]) -> list[Finding]:
    flags = int(application.get("flags") or 0)
    found = [
        bad(
            f"Discord: the {name} is off, so Discord closes the connection (4014); it is there to {why}.",
            f"Switch on {name} on Discord's page Bot.",
        )
        for name, (bits, why) in NEEDED.items()
        if not flags & bits
    ]
    if extra := [name for name, bits in UNNEEDED.items() if flags & bits]:
        what = f"Discord: the bot may see more than it needs: {', '.join(extra)}."
        found.append(warn(what, "Switch it off on Discord's page Bot."))
    return found or [good("Discord: the intents are those that Parley needs.")]


def _installing(application: dict[str, Any]) -> list[Finding]:
    """Can candidates and teams add Parley, and do their buttons reach it?"""
    found = list[Finding]()
    if application.get("interactions_endpoint_url"):
        found.append(
            bad(
                "Discord sends buttons and commands to an Interactions Endpoint URL, so Parley never sees them.",
                "Empty that field on Discord's page General Information.",
            )
        )
    kinds = cast(dict[str, Any], application.get("integration_types_config") or {})
    for kind, name, who in (("0", "Guild Install", "your team"), ("1", "User Install", "candidates")):
        if kind not in kinds:
            found.append(
                warn(f"Discord: {name} is off, so {who} cannot add Parley.", "Tick it on the page Installation.")
            )
    if application.get("bot_require_code_grant"):
        what = "Discord: \u201cRequires OAuth2 Code Grant\u201d is on, so nobody can add the bot by its link."
        found.append(bad(what, "Switch it off on Discord's page Bot."))
    if application.get("approximate_guild_count") == 0:
        link = server_link(str(application.get("id")))
        found.append(warn("Discord: Parley is on no server yet.", f"Open {link} and choose your server."))
    return found or [good("Discord: Parley can be added by teams and by candidates.")]


def _commands(reply: Reply) -> list[Finding]:
    if reply.status != 200:
        return [
            warn(f"Discord does not tell which commands there are ({reply.status}).", "Run this again in a minute.")
        ]
    names = {cast(dict[str, Any], c).get("name") for c in reply.items if isinstance(c, dict)}
    told = " and ".join(f"/{name}" for name in COMMANDS)
    if set(COMMANDS) - names:
        return [warn(f"Discord: {told} are not registered yet.", "`parley serve` registers them.")]
    return [good(f"Discord: {told} are registered.")]
