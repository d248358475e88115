"""The things that the fake Discord speaks of, as its published types ask for them: users, channels, messages, events."""

from typing import Any

Json = dict[str, Any]

BOT = "900000000000000001"
GUILD = "700000000000000001"
EPHEMERAL = 1 << 6


def user(id: str, name: str, bot: bool = False) -> Json:
    return {
        "id": id,
        "username": name.lower().replace(" ", "_"),
        "global_name": name,
        "discriminator": "0",
        "avatar": None,
        "bot": bot,
        "public_flags": 0,
        "flags": 0,
        "avatar_decoration_data": None,
        "primary_guild": None,
        "collectibles": None,
        "banner": None,
        "accent_color": None,
        "clan": None,
    }


def me() -> Json:
    return {**user(BOT, "Parley", bot=True), "mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}


def application() -> Json:
    return {
        "id": BOT,
        "name": "Parley",
        "icon": None,
        "description": "",
        "type": None,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "bot_public": False,
        "bot_require_code_grant": False,
        "owner": user("800000000000000009", "Owner"),
        "team": None,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "event_webhooks_status": 1,
        "explicit_content_filter": 0,
        "integration_types_config": {},
        "eligible_oauth2_scopes": [],
    }


def dm(channel: str, recipient: Json) -> Json:
    return {"id": channel, "type": 1, "last_message_id": None, "flags": 0, "recipients": [recipient]}


def text_channel(channel: str, guild: str, name: str) -> Json:
    return {
        "id": channel,
        "type": 0,
        "guild_id": guild,
        "name": name,
        "position": 0,
        "permission_overwrites": [],
        "flags": 0,
        "parent_id": None,
        "last_message_id": None,
        "topic": None,
        "nsfw": False,
        "rate_limit_per_user": 0,
    }


def thread(id: str, parent: Json, name: str, at: str) -> Json:
    """A public thread of a text channel."""
    kept = {"archived": False, "auto_archive_duration": 10080, "archive_timestamp": at, "locked": False}
    return {
        "id": id,
        "type": 11,
        "guild_id": parent["guild_id"],
        "name": name,
        "parent_id": parent["id"],
        "owner_id": BOT,
        "flags": 0,
        "last_message_id": None,
        "message_count": 0,
        "member_count": 1,
        "total_message_sent": 0,
        "rate_limit_per_user": 0,
        "thread_metadata": kept,
    }


def guild(id: str, name: str, channels: list[Json]) -> Json:
    return {
        "id": id,
        "name": name,
        "channels": channels,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "application_id": None,
        "banner": None,
        "default_message_notifications": 1,
        "description": None,
        "discovery_splash": None,
        "emojis": [],
        "explicit_content_filter": 0,
        "features": [],
        "guild_scheduled_events": [],
        "hub_type": None,
        "icon": None,
        "incidents_data": None,
        "joined_at": "2026-11-01T00:00:00+00:00",
        "large": False,
        "member_count": 2,
        "members": [],
        "mfa_level": 0,
        "nsfw_level": 0,
        "owner_id": "800000000000000009",
        "preferred_locale": "en-US",
        "premium_progress_bar_enabled": False,
        "premium_tier": 0,
        "presences": [],
        "public_updates_channel_id": None,
        "roles": [],
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "soundboard_sounds": [],
        "splash": None,
        "stage_instances": [],
        "stickers": [],
        "system_channel_flags": 0,
        "system_channel_id": None,
        "threads": [],
        "vanity_url_code": None,
        "verification_level": 0,
        "voice_states": [],
        "region": "",
        "unavailable": False,
    }


def member() -> Json:
    """A guild member, without its user."""
    return {
        "roles": [],
        "joined_at": "2026-11-01T00:00:00+00:00",
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "nick": None,
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "permissions": "0",
        "unusual_dm_activity_until": None,
    }


def message(id: str, channel: str, author: Json, content: str, timestamp: str) -> Json:
    return {
        "id": id,
        "channel_id": channel,
        "author": author,
        "content": content,
        "timestamp": timestamp,
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
        "components": [],
    }


def attachment(id: str, url: str, name: str, media_type: str, size: int) -> Json:
    return {
        "id": id,
        "filename": name,
        "size": size,
        "url": url,
        "proxy_url": url,
        "content_type": media_type,
    }


def interaction(id: str, kind: int, token: str, channel: Json, who: Json, data: Json) -> Json:
    """An interaction in a direct message, or, where the channel has a guild, in that guild."""
    where: Json = {"user": who, "context": 1}
    if guild_id := channel.get("guild_id"):
        place = {"id": guild_id, "features": [], "locale": "en-US"}
        where = {"member": {**member(), "user": who}, "guild_id": guild_id, "guild": place, "context": 0}
        where["guild_locale"] = "en-US"
    return {
        "id": id,
        "application_id": BOT,
        "type": kind,
        "token": token,
        "version": 1,
        "channel_id": channel["id"],
        "channel": channel,
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {},
        "app_permissions": "0",
        "attachment_size_limit": 10 << 20,
        "data": data,
        **where,
    }


def everything(nodes: list[Json]) -> list[Json]:
    """All components, nested ones too."""
    found = list[Json]()
    for node in nodes:
        inner = [*node.get("components", ()), *([node["component"]] if "component" in node else [])]
        found += [node, *everything(inner)]
    return found
