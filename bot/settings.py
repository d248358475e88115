"""All settings, read once. The only file that reads the environment."""

import base64
import binascii
import difflib
import os
import re
import sys
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "PARLEY_"
DEFAULT_FILE = Path("parley.env")
# Read elsewhere (tests), or read to find the settings themselves.
_NOT_OURS = ("PARLEY_SHARED", "PARLEY_SETTINGS")
_NOT_OURS_PREFIX = "PARLEY_TEST_"


class SettingsProblem(Exception):
    """The settings cannot be used. `problems`: one plain sentence for each, with what to do; never a secret."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def _setting(default: Any, what: str, must: str, **limits: Any) -> Any:
    """A setting with its line in the reference: what it is, and what a value must be."""
    return Field(default, description=what, json_schema_extra={"must": must}, **limits)


def _folder(path: Path) -> Path:
    return Path(os.path.abspath(path.expanduser()))


def _web_address(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise ValueError("not a web address")
    return text.rstrip("/")


def _folder_address(text: str) -> str:
    """With exactly one slash at the end, as Slack's library joins the method to it."""
    if not text:
        raise ValueError("not a web address")
    return _web_address(text) + "/"


def _socket_address(text: str) -> str:
    if text and not text.startswith(("ws://", "wss://")):
        raise ValueError("not the address of a web socket")
    return text


def _webhook_secret(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if text and not re.fullmatch("[A-Za-z0-9_-]{32,256}", text):
        raise ValueError("not what Telegram takes, or too easy to guess")
    return secret


def _database(text: str) -> str:
    if text and not text.startswith(("postgresql://", "postgresql+psycopg://")):
        raise ValueError("not a PostgreSQL address")
    return text


def _key(secret: SecretStr) -> SecretStr:
    try:
        raw = base64.b64decode(secret.get_secret_value(), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise ValueError("not 32 bytes as base64")
    return secret


_WebAddress = Annotated[str, AfterValidator(_web_address)]
_URL = "an address that begins with https:// or http://"
_DAYS = "a whole number from 1 to {}"


class Settings(BaseSettings):
    """Everything that can be set. Frozen; make it with `Settings.load()`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    home: Annotated[Path, AfterValidator(_folder)] = _setting(
        Path("~/.parley"),
        "The data folder: database, master key, backups, lock.",
        "the path of a folder",
        validate_default=True,
    )
    host: str = _setting("127.0.0.1", "The address to listen on.", "the name or number of a network address")
    port: int = _setting(8765, "The port to listen on.", "a whole number from 0 to 65535", ge=0, le=65535)
    public_url: _WebAddress = _setting(
        "", "The address people use; invitations and links are built from it. Empty: host and port.", _URL
    )
    company: str = _setting(
        "Our company", "The name that invites candidates.", "1 to 80 characters", min_length=1, max_length=80
    )
    contact: str = _setting(
        "",
        "Who answers candidates' questions about their data; shown in the notice.",
        "up to 200 characters",
        max_length=200,
    )
    database_url: Annotated[str, AfterValidator(_database)] = _setting(
        "",
        "A PostgreSQL database. Empty: a SQLite file in the data folder.",
        "an address that begins with postgresql://",
        repr=False,
    )
    master_key: Annotated[SecretStr, AfterValidator(_key)] | None = _setting(
        None,
        "The key that wraps all other keys. Empty: the file `master.key` in the data folder, made on the first run. "
        "Keep a copy apart from the backups.",
        "32 random bytes as base64",
    )
    openai_base_url: _WebAddress = _setting("", "A server that speaks the OpenAI API. Empty: no model is asked.", _URL)
    openai_api_key: SecretStr = _setting(SecretStr(""), "The key for that server.", "text")
    openai_model: str = _setting("", "The model to ask for.", "the name of a model")
    slack_bot_token: SecretStr = _setting(
        SecretStr(""), "Slack: the bot token of one workspace. Empty: no Slack, or workspaces come by OAuth.", "text"
    )
    slack_app_token: SecretStr = _setting(
        SecretStr(""), "Slack: the app-level token for Socket Mode. Empty: events come by HTTP.", "text"
    )
    slack_signing_secret: SecretStr = _setting(
        SecretStr(""), "Slack: what its HTTP requests are signed with. Needed without an app-level token.", "text"
    )
    slack_client_id: str = _setting("", "Slack: the client id, to install into several workspaces by OAuth.", "text")
    slack_client_secret: SecretStr = _setting(SecretStr(""), "Slack: the client secret that belongs to it.", "text")
    slack_api_url: Annotated[str, AfterValidator(_folder_address)] = _setting(
        "https://slack.com/api/", "Slack: the address of its Web API (GovSlack: https://slack-gov.com/api/).", _URL
    )
    telegram_token: SecretStr = _setting(SecretStr(""), "Telegram: the bot's token. Empty: no Telegram.", "text")
    telegram_webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] = _setting(
        SecretStr(""),
        "Telegram: if set, updates come by webhook to the public address, with this secret. Empty: long polling.",
        "32 to 256 of the characters A-Z a-z 0-9 _ -",
    )
    telegram_api_url: _WebAddress = _setting(
        "https://api.telegram.org", "Telegram: the address of the Bot API; `/bot<token>/<method>` is added.", _URL
    )
    telegram_file_url: _WebAddress = _setting(
        "",
        "Telegram: where files are fetched; `/bot<token>/<path>` is added. Empty: `/file` at the Bot API's address.",
        _URL,
    )
    telegram_rate: int = _setting(
        28,
        "Telegram: messages a second in all. Telegram allows about 30, and up to 1000 where paid broadcasts are on.",
        "a whole number from 1 to 1000",
        ge=1,
        le=1000,
    )
    discord_token: SecretStr = _setting(SecretStr(""), "Discord: the bot's token. Empty: no Discord.", "text")
    discord_api_url: _WebAddress = _setting(
        "https://discord.com/api/v10", "Discord: the address of its REST API, with the version.", _URL
    )
    discord_rate: int = _setting(
        40,
        "Discord: calls a second in all. Discord allows 50, and more to large bots that have asked.",
        "a whole number from 1 to 1000",
        ge=1,
        le=1000,
    )
    discord_gateway_url: Annotated[str, AfterValidator(_socket_address)] = _setting(
        "", "Discord: the address of its gateway. Empty: Discord's own.", "an address that begins with wss:// or ws://"
    )
    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "info", "How much to log. Logs hold ids, never words.", "debug, info, warning or error"
    )
    retention_days: int = _setting(
        365, "How long answers and scorecards are kept after the decision, in days.", _DAYS.format(3650), ge=1, le=3650
    )
    invite_days: int = _setting(7, "How long an invitation can be used, in days.", _DAYS.format(90), ge=1, le=90)
    decision_days: int = _setting(
        5, "How long after the interview a candidate should hear a decision, in days.", _DAYS.format(90), ge=1, le=90
    )

    @property
    def database_path(self) -> Path:
        """The SQLite file. Not used when `database_url` is set."""
        return self.home / "parley.db"

    @property
    def backups(self) -> Path:
        """The folder of the backups of the SQLite file."""
        return self.home / "backups"

    @property
    def lock_path(self) -> Path:
        """The file that a running server holds a lock on."""
        return self.home / "serve.lock"

    def alone(self) -> Self:
        """The same, connected to no platform: for the demo, and for commands that only look into the database."""
        names = ("slack_app_token", "slack_signing_secret", "telegram_token", "discord_token")
        return self.model_copy(update=dict.fromkeys(names, SecretStr("")))

    @property
    def base_url(self) -> str:
        """The address that links begin with, without a slash at the end."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def telegram_files(self) -> str:
        """The address that Telegram's files are fetched from, without a slash at the end."""
        return self.telegram_file_url or f"{self.telegram_api_url}/file"

    @classmethod
    def load(cls) -> Self:
        """The settings of this process: the environment first, then the settings file, then the defaults.

        The file is `parley.env` in the working folder, or what PARLEY_SETTINGS names. `SettingsProblem` lists
        everything that is wrong at once.
        """
        file = settings_file()
        names, problems = _names(file)
        problems += _unknown(names)
        if problems and file and not os.access(file, os.R_OK):
            raise SettingsProblem(problems)
        try:
            source: dict[str, Any] = {"_env_file": file, "_env_file_encoding": "utf-8"}
            settings = cls(**source)
        except ValidationError as error:
            problems += [_sentence(e["loc"], e["type"]) for e in error.errors(include_input=False, include_url=False)]
        except UnicodeDecodeError:
            pass  # `_names` has said so already.
        else:
            if not problems:
                return settings
        raise SettingsProblem(problems)


def wrong(name: str, value: str) -> str:
    """What is wrong with one value for the setting `name` (`public_url`), as a sentence; "" when it will do."""
    try:
        source: dict[str, Any] = {"_env_file": None, name: value}
        Settings(**source)
    except ValidationError as error:
        found = [e for e in error.errors(include_input=False, include_url=False) if e["loc"][:1] == (name,)]
        return _sentence(found[0]["loc"], found[0]["type"]) if found else ""
    return ""


def would_be(lines: Mapping[str, str]) -> Settings:
    """The settings if the file held `lines` (variable -> value); the environment still wins.

    `SettingsProblem` lists what is wrong with them.
    """
    names = {PREFIX + name.upper(): name for name in Settings.model_fields}
    given = {n.upper(): v for n, v in lines.items() if v and n.upper().startswith(PREFIX)}
    problems = _unknown(set(given))
    source: dict[str, Any] = {"_env_file": None} | {
        names[n]: v for n, v in given.items() if n in names and not from_outside([n])
    }
    try:
        settings = Settings(**source)
    except ValidationError as error:
        problems += [_sentence(e["loc"], e["type"]) for e in error.errors(include_input=False, include_url=False)]
    else:
        if not problems:
            return settings
    raise SettingsProblem(problems)


def from_outside(names: Iterable[str]) -> list[str]:
    """Those of the variables `names` that the environment sets, so that a line in the settings file has no effect."""
    return [n for n in names if os.environ.get(n)]


def settings_file() -> Path | None:
    """The file that settings are read from, or None. A file named by PARLEY_SETTINGS need not exist."""
    named = os.environ.get("PARLEY_SETTINGS", "")
    if named:
        return Path(named).expanduser()
    # Unlike Path.is_file, this is no error in a working folder that may not be read.
    return DEFAULT_FILE.resolve() if os.path.isfile(DEFAULT_FILE) else None


def _names(file: Path | None) -> tuple[set[str], list[str]]:
    """The PARLEY_ variables that are set, and what is wrong with the file itself."""
    names, problems = set(os.environ), list[str]()
    if file is not None:
        try:
            names |= set(dotenv_values(stream=StringIO(file.read_text("utf-8"))))
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            problems.append(f"The settings file {file} cannot be read ({reason}). Check PARLEY_SETTINGS.")
        except UnicodeDecodeError:
            problems.append(f"The settings file {file} is not text in UTF-8. Save it as UTF-8.")
    return {n.upper() for n in names if n.upper().startswith(PREFIX)}, problems


def _unknown(names: set[str]) -> list[str]:
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    problems: list[str] = []
    for name in sorted(names - set(known) - set(_NOT_OURS)):
        if not name.startswith(_NOT_OURS_PREFIX):
            bare = [k.removeprefix(PREFIX) for k in known]
            near = difflib.get_close_matches(name.removeprefix(PREFIX), bare, n=1, cutoff=0.6)
            hint = (
                f"Did you mean {PREFIX}{near[0]}?"
                if near
                else "Remove it; docs/reference/settings.md lists all settings."
            )
            problems.append(f"There is no setting {name}. {hint}")
    return problems


def _must(name: str) -> str:
    extra = cast(dict[str, str], Settings.model_fields[name].json_schema_extra)
    return extra["must"]


def _sentence(where: tuple[int | str, ...], kind: str) -> str:
    """One problem in plain words. The value itself is never repeated: it may be a secret."""
    name = str(where[0]) if where else ""
    must = _must(name)
    wrong = {
        "int_parsing": "it is not a number",
        "less_than_equal": "the number is too large",
        "greater_than_equal": "the number is too small",
        "string_too_long": "it is too long",
        "literal_error": "it is none of these",
    }.get(kind, "it is something else")
    return f"{PREFIX}{name.upper()} must be {must}, but {wrong}. Correct it, or remove it to use the default."


def reference() -> str:
    """The page docs/reference/settings.md, made from the fields above."""
    lines = [
        "# Settings",
        "",
        "<!-- Made from bot/settings.py: python -m bot.settings > docs/reference/settings.md -->",
        "",
        "All settings are read once, when Parley starts. Each is an environment variable or a line `NAME=value` in the",
        "file `parley.env` in the working folder; `PARLEY_SETTINGS` names a different file. The environment wins over",
        "the file. A setting left empty has its default. `parley doctor` says what is missing or wrong.",
        "",
        "| Name | What it is | Must be | Default |",
        "|---|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        must = _must(name)
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        shown = f"`{default}`" if default not in ("", None) else "(empty)"
        lines.append(f"| `{PREFIX}{name.upper()}` | {field.description} | {must} | {shown} |")
    lines += [
        "",
        "Make a master key with:",
        "",
        "```",
        'python -c "import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())"',
        "```",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
