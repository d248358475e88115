"""What Parley needs of Slack: the app manifest, made from three visible lists of what, and why."""

from typing import Any

# Where Slack sends to when it isn't Socket Mode.
EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"

SCOPES: dict[str, str] = {
    "app_mentions:read": "somebody in a channel speaks to Parley by name",
    "assistant:write": "show that Parley is reading, in the agent view",
    "channels:history": "replies under Parley's own posts in public channels",
    "channels:join": "post in the public channel that a requisition names",
    "channels:read": "hear that Parley can no longer post in a public channel, or can again",
    "chat:write": "send messages",
    "commands": "offer /interview",
    "files:read": "read a list of candidates that a recruiter sends, and the recordings of candidates",
    "files:write": "send an invitation for a calendar, a picture of the free times, or something to listen to",
    "groups:history": "replies under Parley's own posts in private channels",
    "groups:read": "hear that Parley can no longer post in a private channel, or can again",
    "im:history": "read what people write to Parley",
    "im:write": "open the chat with a person",
    "users:read": "tell a colleague from a guest",
}
"""Every bot scope, with what it is for. No user scopes."""

EVENTS: dict[str, str] = {
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "app_uninstalled": "",
    "channel_archive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "channel_unarchive": "channels:read",
    "group_archive": "groups:read",
    "group_left": "groups:read",
    "group_unarchive": "groups:read",
    "member_joined_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "tokens_revoked": "",
}
"""Every subscribed event, with the scope it needs ("" none). Source: docs.slack.dev/reference/events."""

METHODS: dict[str, tuple[str, ...]] = {
    "apps.connections.open": (),
    "assistant.threads.setStatus": ("assistant:write",),
    "auth.test": (),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.join": ("channels:join",),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "oauth.v2.access": (),
    "users.info": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.update": (),
}
"""Every Web API method that the adapter calls, with its bot scopes. Source: docs.slack.dev/reference/methods."""

APP_SCOPE = "connections:write"  # of the app-level token, which no manifest can make

_DESCRIPTION = "Structured interviews in chat: kind to candidates, and fair."
_LONG = (
    "Parley holds structured interviews where people already talk. Every candidate is asked the same questions, in "
    "their own time, and may pause, ask for a person, or stop at any moment. The hiring team rates the answers against "
    "written anchors. Parley gathers the evidence for each rating; people decide."
)
_AGENT = (
    "I hold structured interviews and keep the hiring team's work in order. Write \u201chelp\u201d at any time; "
    "\u201chuman\u201d brings you to a person."
)


def manifest(company: str, public_url: str, *, socket: bool, several: bool = False) -> dict[str, Any]:
    """The manifest of Parley's Slack app, by Slack's schema version 2.

    socket: events come by Socket Mode; otherwise to `public_url`. several: installed into several workspaces by
    OAuth, which leads back to `public_url`.
    """
    command: dict[str, Any] = {
        "command": "/interview",
        "description": "Open a role, invite a candidate, see who waits for whom",
        "usage_hint": "help",
        "should_escape": False,
    }
    settings: dict[str, Any] = {
        "event_subscriptions": {"bot_events": sorted(EVENTS)},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": socket,
        "token_rotation_enabled": False,
    }
    if not socket:
        address = public_url + EVENTS_PATH
        command["url"] = settings["event_subscriptions"]["request_url"] = address
        settings["interactivity"] |= {"request_url": address, "message_menu_options_url": address}
    oauth: dict[str, Any] = {"scopes": {"bot": sorted(SCOPES)}}
    if several:
        oauth["redirect_urls"] = [public_url + REDIRECT_PATH]
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Parley",
            "description": f"{_DESCRIPTION} For {company}."[:140],
            "long_description": _LONG,
            "background_color": "#0f5c5c",
        },
        "features": {
            "agent_view": {
                "agent_description": _AGENT,
                "suggested_prompts": [
                    {"title": "What can I do here?", "message": "help"},
                    {"title": "Where do things stand?", "message": "status"},
                ],
            },
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Parley", "always_online": True},
            "slash_commands": [command],
        },
        "oauth_config": oauth,
        "settings": settings,
    }


def steps(manifest_at: str, *, socket: bool, several: bool) -> list[str]:
    """What a person does on Slack's pages, one sentence or two each. manifest_at: where the manifest is."""
    told = [
        "Open https://api.slack.com/apps?new_app=1, choose \u201cFrom a manifest\u201d and your workspace, and paste "
        f"what is in {manifest_at}.",
    ]
    if several:
        told.append(
            "Basic Information, App Credentials: copy the Client ID and the Client Secret. Each workspace installs "
            f"Parley at {INSTALL_PATH} of your public address; Manage Distribution must be switched on."
        )
    else:
        told.append("Install App: install it into the workspace, and copy the Bot User OAuth Token (xoxb-...).")
    if socket:
        told.append(
            "Basic Information, App-Level Tokens: generate one with the scope "
            f"{APP_SCOPE} and copy it (xapp-...). Events then come through a socket; no address has to be public."
        )
    else:
        told.append(
            "Basic Information, App Credentials: copy the Signing Secret. Slack checks the address of the events once "
            "Parley runs: afterwards, press Retry under Event Subscriptions."
        )
    return told
