"""What to do on each platform's own pages, step by step, and the manifest that Slack takes there."""

import json

from rich.markup import escape

from bot.cli_setup.screen import console
from bot.settings import Settings
from bot.setup import discord, slack, telegram

TITLES = {"slack": "Slack", "telegram": "Telegram", "discord": "Discord"}
MANIFEST_FILE = "parley-slack-manifest.json"


def manifest_json(settings: Settings, *, socket: bool) -> str:
    """The manifest of the Slack app, as JSON."""
    made = slack.manifest(settings.company, settings.public_url, socket=socket, several=bool(settings.slack_client_id))
    return json.dumps(made, indent=2, ensure_ascii=False)


def by_socket(settings: Settings) -> bool:
    """Socket Mode, unless somebody has chosen HTTP by its signing secret."""
    return bool(settings.slack_app_token.get_secret_value() or not settings.slack_signing_secret.get_secret_value())


def show_steps(name: str, settings: Settings, manifest_at: str) -> None:
    """Print the steps of one platform. `manifest_at`: where Slack's manifest is to be had."""
    match name:
        case "slack":
            lines = slack.steps(manifest_at, socket=by_socket(settings), several=bool(settings.slack_client_id))
        case "telegram":
            lines = telegram.steps()
        case _:
            lines = discord.steps()
    out = console()
    out.print(f"\n[bold]{TITLES[name]}[/bold]")
    for number, line in enumerate(lines, start=1):
        out.print(f"  {number}. " + escape(line).replace("\n", "\n       "))
