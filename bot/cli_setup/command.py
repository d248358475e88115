"""The command `parley setup`: walk through the installation, or only check it, print the manifest or the steps."""

from collections.abc import Sequence
from typing import Annotated

import typer

from bot import backup
from bot.cli_setup.pages import MANIFEST_FILE, TITLES, by_socket, manifest_json, show_steps
from bot.cli_setup.screen import say
from bot.cli_setup.walk import SetupProblem, Walk
from bot.clock import SystemClock
from bot.doctor_platforms import NAMES, configured, platform, platforms
from bot.findings import Finding, exit_status
from bot.settings import Settings
from bot.setup.envfile import EnvFileProblem

PROBLEMS = (SetupProblem, EnvFileProblem)


def setup(
    name: Annotated[str, typer.Argument(metavar="[slack|telegram|discord]", help="Only this platform.")] = "",
    check: Annotated[bool, typer.Option("--check", help="Ask nothing, change nothing: only check.")] = False,
    manifest: Annotated[bool, typer.Option("--manifest", help="Print the manifest of the Slack app, as JSON.")] = False,
    steps: Annotated[bool, typer.Option("--steps", help="Print what to do on the platform's own pages.")] = False,
) -> None:
    """Set up Slack, Telegram and Discord: what to do there, tokens checked at once, settings written.

    With --check the exit status is that of `parley doctor`: 0 good, 1 half-configured, 2 broken.
    """
    if name and name not in NAMES:
        raise SetupProblem(f"There is no platform \u201c{name}\u201d. Choose one of: {', '.join(NAMES)}.")
    chosen = (name,) if name else NAMES
    if manifest:
        _print_manifest(name)
    elif check:
        raise typer.Exit(_check(chosen if name else ()))
    elif steps:
        settings = Walk.begin().settings()
        for each in chosen:
            show_steps(each, settings, f"{MANIFEST_FILE} (parley setup slack --manifest > {MANIFEST_FILE})")
    else:
        Walk.begin().go(chosen, everything=not name)


def _print_manifest(name: str) -> None:
    if name not in ("", "slack"):
        raise SetupProblem("Only Slack has a manifest: parley setup slack --manifest")
    settings = Walk.begin().settings()
    typer.echo(manifest_json(settings, socket=by_socket(settings)))


def _check(chosen: Sequence[str]) -> int:
    settings, now = Settings.load(), SystemClock().now()
    running = backup.in_use(settings.home)
    if not chosen:
        found = platforms(settings, now, running=running)
    else:
        found = [
            f
            for name in chosen
            for f in (
                platform(name, settings, now, running=running)
                if configured(name, settings)
                else [Finding("warn", f"{TITLES[name]} is not set up.", f"Run: parley setup {name}")]
            )
        ]
    say(found)
    return exit_status(found)
