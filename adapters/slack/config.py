"""What has to be known to talk to Slack. Every address is a setting (GovSlack, a proxy, a test's own server)."""

from dataclasses import dataclass
from typing import Literal

# Kept in step with the manifest that `parley setup slack` writes: a test compares them.
SCOPES = (
    "app_mentions:read", "assistant:write", "channels:history", "channels:join", "channels:read", "chat:write", "commands",
    "files:read", "files:write", "groups:history", "groups:read", "im:history", "im:write", "users:read",
)  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class SlackConfig:
    """Never shown: it holds secrets.

    mode: "socket" needs `app_token` (xapp-...), "http" needs `signing_secret`. bot_token: of the one workspace; empty
    when workspaces come by OAuth, which needs `client_id` and `client_secret`. timeout: seconds for one call. pace: messages
    a second and channel; Slack bears about one, and short bursts.
    """

    api_url: str = "https://slack.com/api/"
    mode: Literal["socket", "http"] = "socket"
    app_token: str = ""
    bot_token: str = ""
    signing_secret: str = ""
    client_id: str = ""
    client_secret: str = ""
    authorize_url: str = "https://slack.com/oauth/v2/authorize"
    redirect_url: str = ""
    scopes: tuple[str, ...] = SCOPES
    file_origins: tuple[str, ...] = ("https://files.slack.com",)
    proxy: str = ""
    timeout: float = 10.0
    ping_seconds: float = 10.0
    pace: float = 1.0
