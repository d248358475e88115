"""The questions of `parley setup`, in their order: each token is checked at once, and all is written at the end."""

import secrets
from collections.abc import Sequence
from pathlib import Path

import typer
from pydantic import SecretStr
from rich.markup import escape

from bot import backup
from bot.app import build
from bot.cli_setup.pages import MANIFEST_FILE, TITLES, by_socket, manifest_json, show_steps
from bot.cli_setup.screen import console, say
from bot.clock import SystemClock
from bot.doctor_platforms import configured, platform, unfinished
from bot.findings import exit_status
from bot.settings import DEFAULT_FILE, PREFIX, Settings, from_outside, settings_file, would_be, wrong
from bot.setup import check_discord, check_telegram, discord, telegram
from bot.setup.envfile import values, write
from bot.web.room import add_member


class SetupProblem(RuntimeError):
    """Setting up can't go on. The message says what to do."""


class Walk:
    """One walk through the questions. `known`: what the file sets; `new`: what is to be written at the end."""

    def __init__(self, file: Path, known: dict[str, str]) -> None:
        self.file, self.known = file, known
        self.new: dict[str, str] = {}
        self.out = console()
        self._by_http = False

    @classmethod
    def begin(cls) -> "Walk":
        file = settings_file() or DEFAULT_FILE.resolve()
        return cls(file, values(file))

    def settings(self) -> Settings:
        """The settings as they would be with the answers so far."""
        return would_be(self.known | self.new)

    def go(self, chosen: Sequence[str], *, everything: bool) -> None:
        self.settings()  # a file with errors is named before the first question
        self.out.print(f"Settings go to {escape(str(self.file))}. Enter keeps what stands in brackets.")
        if everything:
            self._company()
        for name in chosen:
            begun = configured(name, self.settings())
            if not everything or typer.confirm(f"\nSet up {TITLES[name]}?", default=begun):
                self._platform(name)
        self._write()
        self._next()

    def _company(self) -> None:
        now = self.settings()
        self._ask("company", "The name that invites candidates", now.company)
        self._ask("contact", "Who answers candidates' questions about their data (a mail address, say)", now.contact)
        self._ask("public_url", "The address people use, https://... (empty: this machine only)", now.public_url)

    def _ask(self, name: str, question: str, default: str) -> None:
        """Ask until it will do; only what differs from before is written."""
        while True:
            value = str(typer.prompt(question, default=default)).strip()
            if not (problem := wrong(name, value) if value else ""):
                break
            self.out.print(escape(problem), style="red")
        if value != default:
            self.new[PREFIX + name.upper()] = value

    def _platform(self, name: str) -> None:
        untouched = dict(self.new)
        self._way(name)
        show_steps(name, self.settings(), str(self._manifest_file()) if name == "slack" else "")
        before = dict(self.new)
        while True:
            self._tokens(name)
            settings = self.settings()
            if not configured(name, settings):
                self.out.print(f"No token: {TITLES[name]} stays off.")
                return
            self.out.print(f"Asking {TITLES[name]} ...", style="dim")
            found = platform(name, settings, SystemClock().now(), running=backup.in_use(settings.home))
            say(found)
            troubled = exit_status(found) == 2 or unfinished(name, settings)
            choice = self._choice() if troubled else "keep"
            if choice == "keep":
                self._afterwards(name)
                return
            self.new = dict(before if choice == "again" else untouched)
            if choice == "skip":
                return

    def _choice(self) -> str:
        while True:
            asked = "Enter them again, keep them as they are, or skip this platform? (again, keep, skip)"
            if (said := str(typer.prompt(asked, default="again")).strip().lower()) in ("again", "keep", "skip"):
                return said

    def _way(self, name: str) -> None:
        """How events come in: it decides which secrets there are."""
        now = self.settings()
        if name == "slack":
            if typer.confirm("Will several workspaces install it (OAuth)?", default=bool(now.slack_client_id)):
                self._secret("slack_client_id", "Client ID", hide=False)
                self._secret("slack_client_secret", "Client Secret")
            elif now.slack_client_id:
                self.new |= {"PARLEY_SLACK_CLIENT_ID": "", "PARLEY_SLACK_CLIENT_SECRET": ""}
            self._by_http = not typer.confirm("Socket Mode (no public address needed)?", default=by_socket(now))
            if self._by_http and _text(now.slack_app_token):
                self.new["PARLEY_SLACK_APP_TOKEN"] = ""
        elif name == "telegram" and now.public_url.startswith("https://"):
            has = bool(_text(now.telegram_webhook_secret))
            wanted = typer.confirm("Updates by webhook, instead of long polling?", default=has)
            if wanted != has:
                self.new["PARLEY_TELEGRAM_WEBHOOK_SECRET"] = secrets.token_urlsafe(32) if wanted else ""

    def _manifest_file(self) -> Path:
        path = self.file.parent / MANIFEST_FILE
        try:
            path.write_text(manifest_json(self.settings(), socket=not self._by_http) + "\n", "utf-8")
        except OSError as problem:
            raise SetupProblem(f"{path} cannot be written ({(problem.strerror or '').lower()}).") from None
        return path

    def _tokens(self, name: str) -> None:
        match name:
            case "slack":
                if not self.settings().slack_client_id:
                    self._secret("slack_bot_token", "Bot User OAuth Token (xoxb-...)")
                if self._by_http:
                    self._secret("slack_signing_secret", "Signing Secret")
                else:
                    self._secret("slack_app_token", "App-level token (xapp-...)")
            case "telegram":
                self._secret("telegram_token", "Token from BotFather")
            case _:
                self._secret("discord_token", "Bot token")

    def _secret(self, name: str, question: str, *, hide: bool = True) -> None:
        """Ask for a secret; nothing shows while it is typed. Enter keeps the present one."""
        variable = PREFIX + name.upper()
        has = bool(_text(getattr(self.settings(), name)))
        hint = " [Enter keeps the present one]" if has else " [Enter skips]"
        told = ", nothing shows" if hide else ""
        value = str(typer.prompt(f"{question}{told}{hint}", default="", show_default=False, hide_input=hide)).strip()
        if value:
            self.new[variable] = value

    def _afterwards(self, name: str) -> None:
        """What can only be said once the token is known."""
        if name == "discord" and (application := check_discord.application_id(self.settings())):
            self.out.print(f"Add Parley to your team's server: {discord.server_link(application)}")
            self.out.print(f"Candidates add it for themselves: {discord.user_link(application)}")

    def _write(self) -> None:
        if not self.new:
            self.out.print(f"\nNothing has changed in {escape(str(self.file))}.")
            return
        write(self.file, self.new)
        self.out.print(f"\nWritten: {escape(str(self.file))}. Only you can read it.")
        for name in from_outside(self.new):
            self.out.print(f"{name} is also set in the environment, which wins over the file.", style="yellow")

    def _next(self) -> None:
        settings = self.settings()
        self.out.print("\n[bold]Next[/bold]")
        if not from_outside(["PARLEY_SETTINGS"]):
            self.out.print("  This file is read in this folder. To use it from elsewhere:")
            self.out.print(f"  export PARLEY_SETTINGS={escape(str(self.file))}")
        self.out.print("  parley doctor    looks at everything once more\n  parley serve     starts Parley")
        if typer.confirm("\nMake a sign-in for the first administrator now?", default=True):
            self._administrator(settings)

    def _administrator(self, settings: Settings) -> None:
        who = str(typer.prompt("Their name"))
        # No platform is needed for it, and their libraries take a while to load.
        parley = build(settings.alone())
        secret = parley.store.commit_now(lambda tx: add_member(parley, tx, who, "admin"))
        self.out.print(f"{escape(who)} signs in once, in one of these places, within seven days:")
        self.out.print(f"  on the web                  {settings.base_url}/i/{secret}")
        if bot := check_telegram.username(settings):
            self.out.print(f"  in Telegram                 {telegram.start_link(bot, secret)}")
        for name, line in (("slack", "/interview join"), ("discord", "/start")):
            if configured(name, settings):
                self.out.print(f"  {f'in {TITLES[name]}, type':<27} {line} {secret}")


def _text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value or "")
